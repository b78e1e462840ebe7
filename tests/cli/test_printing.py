"""Show how a run's report reads, and when it is printed at all."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import click
import pytest

from batch.cli import main
from batch.cli.invocation import Invocation
from batch.cli.printing import amount, plural, run_text
from batch.cli.run import print_report
from batch.report import (
    DONE,
    DUPLICATE,
    FAILED,
    INTERRUPTED,
    LANDED,
    NOOP,
    REFUSED,
    CodeCount,
    FileOutcome,
    MemoLine,
    RunReport,
)

STARTED = dt.datetime(2026, 3, 31, 22, 0, tzinfo=dt.UTC)

EMPTY = RunReport(
    run_id=7,
    job="intake",
    status=DONE,
    dry_run=False,
    business_date=dt.date(2026, 3, 31),
    started_at=STARTED,
    finished_at=STARTED + dt.timedelta(seconds=1.25),
)
FULL = dataclasses.replace(
    EMPTY,
    lines_read=1204,
    lines_posted=1201,
    lines_refused=2,
    lines_skipped=1,
    serials_generated=1199,
    serials_attached=2,
    credit_memos=22,
    exceptions=2,
    warnings=1,
    memos=(
        MemoLine("CM-HQ-00001", "R-1", "C1", "USD", 45000, 3),
        MemoLine("CM-HQ-00002", "R-2", "C1", "JPY", 1145, 12),
    ),
    totals_by_currency={"USD": 123456789, "JPY": 1145},
    exceptions_by_code=(
        CodeCount(
            "SERIAL_UNKNOWN",
            "REFUSE",
            2,
            "returns.xlsx, row 7: 9999 is not on file. Look at the unit.",
            "Look at the unit.",
        ),
        CodeCount("COST_UNKNOWN", "WARN", 1, "CPU has no cost.", "Nothing need be done."),
    ),
    files=(FileOutcome("returns.xlsx", LANDED, 1204), FileOutcome("a\x1b.xlsx", DUPLICATE, 0, "landed by run 3")),
    notes=("Run 6 was interrupted; its documents are settled now.",),
)

FULL_TEXT = """\
Run 7 (intake, business date 2026-03-31): done [1.2 s]

Lines         1,204 read = 1,201 posted + 2 refused + 1 skipped
Serials       1,199 generated, 2 attached, 0 adopted
Credit memos  22, 1,145 JPY, 1,234,567.89 USD
Exceptions    2, and 1 warning

file          outcome     rows  detail
returns.xlsx  landed     1,204
a\\x1b.xlsx    duplicate      0  landed by run 3

credit memo  document  customer  units       total
CM-HQ-00001  R-1       C1            3  450.00 USD
CM-HQ-00002  R-2       C1           12   1,145 JPY
... and 20 more

SERIAL_UNKNOWN: 2 lines
  e.g. returns.xlsx, row 7: 9999 is not on file.
  do:  Look at the unit.
COST_UNKNOWN (warning): 1 line
  e.g. CPU has no cost.
  do:  Nothing need be done.

Run 6 was interrupted; its documents are settled now.

serialback exceptions --run 7       every line that needs a person
serialback runs 7                   this run again, with its files and missing numbers
"""


def test_a_full_report_reads_well() -> None:
    assert run_text(FULL) == FULL_TEXT


@pytest.mark.parametrize(
    ("changes", "headline", "last_line"),
    [
        pytest.param({}, "Run 7 (intake, business date 2026-03-31): done [1.2 s]", "serialback runs 7 ", id="done"),
        pytest.param(
            {"dry_run": True, "run_id": None},
            "Dry run (intake, business date 2026-03-31): done; nothing was written, no number taken [1.2 s]",
            "Exceptions    0, and 0 warnings",
            id="dry run",
        ),
        pytest.param(
            {"files": (FileOutcome("a.xlsx", REFUSED, 0, "a.xlsx: is empty"),)},
            "Run 7 (intake, business date 2026-03-31): done, but for 1 file [1.2 s]",
            "serialback runs 7 ",
            id="a file refused",
        ),
        pytest.param(
            {"status": NOOP, "first_run_id": 3},
            "Run 7 (intake, business date 2026-03-31): nothing to do: run 3 brought the same content before [1.2 s]",
            "serialback runs 3 ",
            id="all done before",
        ),
        pytest.param(
            {"status": NOOP},
            "Run 7 (intake, business date 2026-03-31): nothing to do [1.2 s]",
            "Run 7 ",
            id="nothing to do",
        ),
        pytest.param(
            {"status": FAILED},
            "Run 7 (intake, business date 2026-03-31): failed; nothing is half done, "
            "and it is safe to run again [1.2 s]",
            "serialback runs 7 ",
            id="failed",
        ),
        pytest.param(
            {"status": INTERRUPTED},
            "Run 7 (intake, business date 2026-03-31): interrupted; the chunk it was at is finished or rolled back, "
            "and the next run completes the rest [1.2 s]",
            "serialback runs 7 ",
            id="interrupted",
        ),
    ],
)
def test_the_headline_says_how_it_ended(changes: dict[str, object], headline: str, last_line: str) -> None:
    lines = run_text(dataclasses.replace(EMPTY, **changes)).splitlines()  # type: ignore[arg-type]
    assert lines[0] == headline
    assert lines[-1].startswith(last_line)


@pytest.mark.parametrize(
    ("asked", "changes", "status", "printed"),
    [
        pytest.param(Invocation(), {}, 0, "text", id="told"),
        pytest.param(Invocation(quiet=True), {}, 0, "", id="quiet and all went well"),
        pytest.param(Invocation(quiet=True), {"exit_status": 65}, 65, "text", id="quiet, but a file was refused"),
        pytest.param(Invocation(strict=True), {}, 3, "text", id="strict and lines were refused"),
        pytest.param(Invocation(strict=True, quiet=True), {}, 3, "text", id="strict and quiet"),
        pytest.param(
            Invocation(strict=True), {"lines_refused": 0, "lines_skipped": 3}, 0, "text", id="strict and none refused"
        ),
        pytest.param(Invocation(strict=True), {"exit_status": 65}, 65, "text", id="the graver status stands"),
        pytest.param(Invocation(json=True), {}, 0, "json", id="json"),
        pytest.param(Invocation(json=True, strict=True), {}, 3, "json", id="json knows of strict"),
        pytest.param(Invocation(json=True, quiet=True), {}, 0, "json", id="json asked for is json given"),
    ],
)
def test_what_is_printed_and_the_status(
    asked: Invocation, changes: dict[str, object], status: int, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with click.Context(main, obj=asked):
        given = print_report(dataclasses.replace(FULL, **changes))  # type: ignore[arg-type]
    out = capsys.readouterr().out
    assert given == status
    if printed == "json":
        assert (json.loads(out)["exit_status"], json.loads(out)["lines_read"]) == (status, 1204)
    else:
        assert bool(out) == (printed == "text")


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        pytest.param(0, "USD", "0.00 USD", id="nothing"),
        pytest.param(-5, "USD", "-0.05 USD", id="below nothing"),
        pytest.param(123456789, "EUR", "1,234,567.89 EUR", id="thousands"),
        pytest.param(1145, "JPY", "1,145 JPY", id="no decimals"),
        pytest.param(1500, "BHD", "1.500 BHD", id="three decimals"),
    ],
)
def test_amounts_are_in_major_units(minor: int, currency: str, text: str) -> None:
    assert amount(minor, currency) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        pytest.param(0, "0 lines", id="none"),
        pytest.param(1, "1 line", id="one"),
        pytest.param(2000, "2,000 lines", id="many"),
    ],
)
def test_things_are_counted(count: int, text: str) -> None:
    assert plural(count, "line") == text
