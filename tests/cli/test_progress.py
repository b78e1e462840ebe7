"""Show that bars appear to people only, and only for what lasts."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from batch.cli.progress import TerminalProgress, progress_for
from batch.report import NO_PROGRESS
from tests.cli.commands import watched

SCRIPT = """
import sys, time
from batch.cli.progress import TerminalProgress
progress = TerminalProgress(float(sys.argv[1]))
progress.start("Settling", 100)
progress.advance(40)
time.sleep(0.6)
progress.advance(2)
time.sleep(0.3)
progress.finish()
"""


@pytest.mark.parametrize("quiet", [True, False])
def test_where_nobody_watches_nothing_is_shown(quiet: bool) -> None:
    assert progress_for(quiet=quiet) is NO_PROGRESS


@pytest.mark.parametrize(
    ("patience_seconds", "appears"),
    [pytest.param("0.2", True, id="it lasts"), pytest.param("30", False, id="it is soon over")],
)
def test_a_bar_appears_when_it_lasts(patience_seconds: str, appears: bool, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    status, text = watched([sys.executable, str(script), patience_seconds], cwd=tmp_path, columns=100)
    assert status == 0
    assert ("Settling" in text) == appears
    assert ("42/100" in text) == appears


def test_steps_follow_one_another() -> None:
    progress = TerminalProgress(0.05)
    before = time.perf_counter()
    progress.advance(1)
    progress.finish()
    for label in ("Reading", "Settling"):
        progress.start(label, None)
        progress.advance(1)
    progress.finish()
    progress.finish()
    assert time.perf_counter() - before < 5
