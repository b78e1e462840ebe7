"""Show that bars appear to people only, and only for what lasts."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import pytest

from batch.cli.progress import TerminalProgress, progress_for
from batch.cli.progress_bars import CountColumn, LeftColumn, RateColumn, bars, begun
from batch.report import NO_PROGRESS
from tests.cli.commands import watched
from tests.databases import Database

SCRIPT = """
import sys, time
from batch.cli.progress import TerminalProgress
patience = float(sys.argv[1])
progress = TerminalProgress(patience)
progress.start("Settling", 100)
progress.advance(40)
while patience < 1 and progress._bars is None:
    time.sleep(0.01)
progress.advance(2)
progress.finish()
"""


UNDER_WAY = """
import time
from batch.cli import progress
bar = progress.TerminalProgress(0.1)
progress.progress_for = lambda quiet: bar
with progress.under_way("Checking"):
    while bar._bars is None:
        time.sleep(0.01)
    time.sleep(1.1)
"""

# The work of a command fails as soon as its bar is on the screen.
FAILS = """
import importlib, sys, time
from batch.cli import main, progress
from batch.errors import DatabaseUnavailableError
import batch.edge.labels
batch.edge.labels.labels_of_run = lambda *args: (1, iter(()))
def fails(*args, progress, **kept):
    progress.start("Working", 10)
    while progress._bars is None or not progress._bars.live.is_started:
        time.sleep(0.01)
    raise DatabaseUnavailableError("The database is gone.")
module, name = sys.argv.pop(1).split(":")
setattr(importlib.import_module(module), name, fails)
progress.progress_for = lambda quiet: progress.TerminalProgress(0.0)
main()
"""
HIDES, SHOWS = "\x1b[?25l", "\x1b[?25h"


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
    # How fast, and so how long the other fifty-eight take, is for the machine to say.
    assert bool(re.search(r"\d/s .*\d:\d\d left", text)) == appears


def test_what_has_no_end_in_sight_shows_how_long_it_takes(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(UNDER_WAY, encoding="utf-8")
    status, text = watched([sys.executable, str(script)], cwd=tmp_path, columns=100)
    assert status == 0
    assert re.search(r"Checking .*\d:(?!00)\d\d", text)
    assert "left" not in text


@pytest.mark.parametrize(
    ("total", "done", "seconds", "told"),
    [
        pytest.param(100_000, 42_000, 60, ("42,000/100,000", "700/s", "1:23 left"), id="a minute in"),
        pytest.param(10, 1, 1_000, ("1/10", "0/s", "2:30:00 left"), id="hours to go"),
        pytest.param(100, 0, 5, ("0/100", "", "0:05"), id="nothing yet"),
        pytest.param(100, 120, 10, ("120/100", "12/s", "0:00 left"), id="more than was foreseen"),
        pytest.param(None, 30, 10, ("30", "3/s", "0:10"), id="no end known"),
        pytest.param(None, 0, 10, ("", "", "0:10"), id="nothing counted"),
    ],
)
def test_a_bar_tells_count_rate_and_time(
    total: int | None, done: int, seconds: float, told: tuple[str, str, str]
) -> None:
    shown = bars()
    begun(shown, "Settling", total, done, time.monotonic() - seconds)
    (task,) = shown.tasks
    columns = (CountColumn(), RateColumn(), LeftColumn())
    assert tuple(column.render(task).plain for column in columns) == told


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


@pytest.mark.parametrize(
    ("work", "command"),
    [
        pytest.param("batch.runner:run_job", ["run", "pos"], id="a job"),
        pytest.param("batch.nightly:run_nightly", ["run", "nightly"], id="a night"),
        pytest.param("batch.edge.labels:print_labels", ["labels", "--run", "1", "run.pdf"], id="labels"),
        pytest.param(
            "batch.edge.reconciliation_book:write_reconciliation", ["report", "--run", "1", "run.xlsx"], id="a report"
        ),
    ],
)
def test_a_command_that_fails_leaves_the_cursor_as_it_was(
    work: str, command: list[str], sqlite_database: Database, tmp_path: Path
) -> None:
    database = ["--database", sqlite_database.url]
    script = tmp_path / "script.py"
    script.write_text(FAILS, encoding="utf-8")
    status, text = watched([sys.executable, str(script), work, *command, *database], cwd=tmp_path, columns=100)
    assert (status, text.count("The database is gone.")) == (69, 1)
    assert HIDES in text
    assert text.rindex(SHOWS) > text.rindex(HIDES)
