"""Run the demo as people do, in a copy of the folder, twice over."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sample_data.demo import LOOK_FURTHER, STEPS, Step, shortened
from sample_data.make import HERE
from tests.cli.commands import environment, serialback

# What it runs is counted by other tests.
pytestmark = pytest.mark.usefixtures("uncounted")

GOLDEN = (
    "Lines         144 read = 144 posted + 0 refused + 0 skipped",
    "Run 2 (intake, business date 2026-03-30): nothing to do",
    "Lines         54 read = 7 posted + 47 refused + 0 skipped",
    "Lines         17 read = 10 posted + 7 refused + 0 skipped",
    "Night of 2026-03-31: done; 0 files; 59 lines posted;",
    " invariants hold.",
)
LINES = range(80, 130)

BLOCK = "\n".join(f"line {number}" for number in range(1, 8))
REASONS = "\n".join(f"{code}: 1 line\n  e.g. so\n  do:  thus" for code in ("ONE", "TWO", "THREE"))


def run_demo(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the copy in a folder, which comes first in the path; the product itself is the one under test."""
    command = [sys.executable, "-m", "sample_data.demo"]
    return subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy the sample files to a folder of their own."""
    shutil.copytree(HERE, tmp_path / "sample_data", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_demo_tells_the_day_and_starts_clean_again(copy: Path) -> None:
    (copy / "demo.db").write_text("left over from something else", encoding="utf-8")
    first = run_demo(copy)
    assert (first.returncode, first.stderr) == (0, "")
    assert [line for line in GOLDEN if line not in first.stdout] == []
    lines = first.stdout.splitlines()
    assert len(lines) in LINES
    assert [line for line in lines if line.startswith("===")] == [
        *(f"=== {number}. {step.words}" for number, step in enumerate(STEPS, start=1)),
        "=== Look further",
    ]
    for arguments, _ in LOOK_FURTHER:
        look = serialback("--database", "sqlite:///demo.db", *arguments.split(), cwd=copy)
        assert (look.returncode, look.stderr) == (0, "")
        assert len(look.stdout.splitlines()) > 5
    assert (copy / "demo" / "night" / "reports" / "2026-03-31").is_dir()
    second = run_demo(copy)
    assert second.returncode == 0
    assert [line for line in GOLDEN if line not in second.stdout] == []


def test_the_demo_stops_where_a_step_fails(copy: Path) -> None:
    (copy / "sample_data" / "reference.xlsx").write_bytes(b"not a workbook")
    run = run_demo(copy)
    assert run.returncode == 65
    assert run.stderr.endswith("The demo stops here: exit status 65.\n")
    assert "=== 3." not in run.stdout


@pytest.mark.parametrize(
    ("output", "step", "lines"),
    [
        pytest.param("all of it\n", Step("", ""), ["all of it"], id="short"),
        pytest.param(BLOCK, Step("", "", shown=6), BLOCK.splitlines(), id="a cut would save nothing"),
        pytest.param(BLOCK, Step("", "", shown=2), ["line 1", "line 2", "  [5 lines more]"], id="cut"),
        pytest.param(REASONS, Step("", ""), [*REASONS.splitlines()[:3], "  [6 lines more]"], id="whole reasons"),
        pytest.param("done\n\nserialback runs 1    this run", Step("", ""), ["done"], id="next commands left out"),
    ],
)
def test_long_blocks_are_cut(output: str, step: Step, lines: list[str]) -> None:
    assert list(shortened(output, step)) == lines
