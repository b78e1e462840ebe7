"""Run the demo of a backfill as people do, with fewer rows, in a copy of the folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sample_data.backfill_demo import STEPS
from sample_data.make import HERE
from tests.cli.commands import environment

# What it runs is counted by other tests.
pytestmark = pytest.mark.usefixtures("uncounted")

GOLDEN = (
    "Lines         1,500 read = 1,494 posted + 6 refused + 0 skipped",
    "Sequence SN-CITY goes on at 20263 instead of 10471: a legacy serial bears 20262.",
    "J       BEMERKUNG  Reason        guessed  Altbestand",
    '"Document #" = { from = ["FILIALE", "BON_NR"], join = "-" }',
    "nothing to do: run 1 brought the same content before",
    "Run 1: Everything adds up. Written to demo/audit.xlsx",
    "Lines posted as in the source              1,494      1,494  adds up",
    " invariants hold.",
)
LINES = range(50, 64)


def test_the_demo_tells_a_backfill(tmp_path: Path) -> None:
    shutil.copytree(HERE, tmp_path / "sample_data", ignore=shutil.ignore_patterns("__pycache__"))
    run = subprocess.run(
        [sys.executable, "-m", "sample_data.backfill_demo", "1500"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert [line for line in GOLDEN if line not in run.stdout] == []
    assert len(run.stdout.splitlines()) in LINES
    assert [line for line in run.stdout.splitlines() if line.startswith("===")] == [
        f"=== {number}. {step.words}" for number, step in enumerate(STEPS, start=1)
    ]
    assert sorted(path.name for path in (tmp_path / "demo").glob("*.xlsx")) == ["audit.xlsx"]
