"""Show what the look-ups tell of the small world, on both databases, in words and in JSON."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import json_of, serialback
from tests.databases import Database
from tests.edge.books import unguarded, with_books
from tests.edge.books_rows import NOON


@pytest.fixture
def books(database: Database) -> Database:
    """Give the small world."""
    return with_books(database)


RUNS = """\
run  job       status   for         started (UTC)     read  posted  refused  skipped
  3  backfill  RUNNING  2026-03-31  2026-03-31 12:00     1       1        0        0
  2  pos       DONE     2026-03-31  2026-03-31 12:00     2       1        0        1
  1  intake    DONE     2026-03-31  2026-03-31 12:00     5       4        1        0
"""

RUN_1 = """\
Run 1 (intake, business date 2026-03-31): DONE
Started 2026-03-31T12:00:00Z, finished 2026-03-31T12:01:30Z (90.0 s), on till-1, version 0.1.0
  hold: line

Lines         5 read = 4 posted + 1 refused + 0 skipped
Serials       4 generated, 0 attached, 0 adopted
Credit memos  1, 352.00 USD
Exceptions    0, and 0 warnings

file        outcome  rows  sheet   refused because
march.xlsx  landed      5  Intake

credit memo  document  customer  location  date             total
CM-HQ-00001  R-1       C1        HQ        2026-03-31  352.00 USD

SERIAL_UNKNOWN: 1 new, 1 still open
  e.g. Serial 9999 is not in the register.
  do:  Check it against the unit; if the unit is new to the system, clear the cell and let a serial be made.
NOT_SOLD_TO_CUSTOMER (warning): 1 new, 0 still open
  e.g. The unit was sold to somebody else.
  do:  Nothing need be done if the unit was given away.

Passed over in sequence S-HQ: 5003, already in the register
"""

TRACE_5001 = """\
Serial 5001: CPU (Processor)
  manufacturer's serial  M-1
  is in                  CRMA (Returns): our stock, location HQ
  origin                 GENERATED, number 5001 of sequence S-HQ, on file since 2026-03-31T12:00:00Z
  cost                   100.00 USD (AVERAGE)

date        what       from      to        document           run  recorded (UTC)
2026-03-31  GENERATED            RELEASED  Return R-1 line 1    1  2026-03-31 12:00
2026-03-31  RECEIVED   RELEASED  CRMA      Return R-1 line 1    1  2026-03-31 12:00

on document        date        customer  document is  line is  unit was
Return R-1 line 1  2026-03-31  C1        POSTED       POSTED   GENERATED

credit memo  date        document           customer  units  line total
CM-HQ-00001  2026-03-31  Return R-1 line 1  C1            2  330.00 USD

Sheet row: march.xlsx, sheet Intake, row 2 (run 1)
"""

EXCEPTIONS = """\
id  code                  status  {age}  document    line  unit  found at          message
 1  SERIAL_UNKNOWN        open    {old}  Return R-2     1     1  march.xlsx row 6  Serial 9999 is not in the register.
 3  MFR_SERIAL_AMBIGUOUS  open    {new}  Return R-3                                Manufacturer's serial M-2 is on \
several units: 50021, 4001.

What to do:
  MFR_SERIAL_AMBIGUOUS: Name the internal serial of the unit that came back.
  SERIAL_UNKNOWN: Check it against the unit; if the unit is new to the system, clear the cell and let a serial be made.

2 open exceptions.
Correct the rows and hand the file in again, or: serialback waive ID --note "why"
"""


def ages() -> tuple[int, int]:
    """Give the days that the two open exceptions of the small world have waited: one came ten days after the other."""
    days = (dt.datetime.now(dt.UTC) - NOON).days
    return days, days - 10


@pytest.mark.parametrize(
    ("args", "text"),
    [
        pytest.param(["runs"], RUNS, id="runs"),
        pytest.param(["runs", "1"], RUN_1, id="one run"),
        pytest.param(
            ["runs", "--job", "none"], "There are no runs yet. Begin with: serialback run intake FILE\n", id="none"
        ),
        pytest.param(["trace", " 5001 "], TRACE_5001, id="trace"),
        pytest.param(["trace", "m-1"], TRACE_5001, id="trace by manufacturer's serial"),
        pytest.param(
            ["trace", "5oo1"],
            f"No unit bears 5oo1. These look almost the same:\n\n{TRACE_5001}",
            id="trace of a look-alike",
        ),
        pytest.param(["trace", "x"], "No unit bears x, as serial or as manufacturer's serial.\n", id="trace of none"),
        pytest.param(["exceptions"], EXCEPTIONS, id="exceptions"),
        pytest.param(
            ["exceptions", "--code", "price_unknown"],
            "There are no open exceptions of this kind.\n",
            id="no exceptions",
        ),
        pytest.param(["exceptions", "--code", "price_unknown", "--quiet"], "", id="no exceptions, quietly"),
        pytest.param(["exceptions", "--quiet"], EXCEPTIONS, id="exceptions, quietly"),
        pytest.param(["verify", "--quiet"], "", id="all holds, quietly"),
    ],
)
def test_what_people_read(args: list[str], text: str, books: Database, tmp_path: Path) -> None:
    before = ages()
    run = serialback("--database", books.url, *args, cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    # They are a day older where the clock has struck meanwhile.
    assert run.stdout in {told_at(text, before), told_at(text, ages())}


def told_at(text: str, ages: tuple[int, int]) -> str:
    """Fill in how old the two open exceptions are."""
    old, new = (f"{age:,} days" for age in ages)
    return text.replace("{age}", "age".rjust(len(old))).replace("{old}", old).replace("{new}", new.rjust(len(old)))


def test_open_exceptions_are_counted_by_age(books: Database, tmp_path: Path) -> None:
    asked = ("exceptions", "--ages", "--database", books.url)
    before = ages()
    lines = serialback(*asked, cwd=tmp_path).stdout.splitlines()
    assert [line.split() for line in lines] in [
        [
            ["code", "open", "under", "1", "day", "under", "7", "under", "30", "older", "oldest"],
            ["SERIAL_UNKNOWN", "1", "0", "0", "0", "1", f"{old:,}", "days"],
            ["MFR_SERIAL_AMBIGUOUS", "1", "0", "0", "0", "1", f"{new:,}", "days"],
        ]
        for old, new in (before, ages())
    ]
    told = json_of(serialback(*asked, "--json", cwd=tmp_path))
    assert (told["total"], [band["older"] for band in told["ages"]]) == (2, [1, 1])
    refused = serialback(*asked, "--code", "SERIAL_UNKNOWN", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")


def test_where_nothing_waits_no_age_is_told(database: Database, tmp_path: Path) -> None:
    run = serialback("exceptions", "--ages", "--database", database.url, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (0, "There are no open exceptions.\n")
    quiet = serialback("exceptions", "--ages", "--quiet", "--database", database.url, cwd=tmp_path)
    assert (quiet.returncode, quiet.stdout) == (0, "")


def test_the_look_ups_as_json(books: Database, tmp_path: Path) -> None:
    def told(*args: str) -> dict[str, Any]:
        return json_of(serialback(*args, "--json", "--database", books.url, cwd=tmp_path))

    (latest,) = told("runs", "--limit", "1")["runs"]
    assert (latest["run_id"], latest["figures"]["lines_read"]) == (3, 1)
    assert told("runs", "1")["memo_totals"][0]["total_minor"] == 35200
    assert told("trace", "5001")["units"][0]["area_code"] == "CRMA"
    assert told("exceptions", "--run", "1", "--status", "all", "--limit", "1")["total"] == 2
    assert told("verify")["holds"] is True


@pytest.mark.parametrize(
    ("args", "ids"),
    [
        pytest.param([], [1, 3], id="open ones"),
        pytest.param(["--status", "ALL"], [1, 2, 3], id="all"),
        pytest.param(["--status", "resolved"], [2], id="resolved"),
        pytest.param(["--run", "2"], [1, 3], id="of a run, those it met again too"),
        pytest.param(["--code", "MFR_SERIAL_AMBIGUOUS"], [3], id="of a code"),
        pytest.param(["--document", "R-2"], [1], id="of a document"),
        pytest.param(["--limit", "1"], [1], id="the oldest"),
    ],
)
def test_exceptions_are_chosen(args: list[str], ids: list[int], books: Database, tmp_path: Path) -> None:
    told = json_of(serialback("exceptions", "--json", *args, "--database", books.url, cwd=tmp_path))
    assert [row["exception_id"] for row in told["exceptions"]] == ids


def test_a_list_cut_short_says_so(books: Database, tmp_path: Path) -> None:
    run = serialback("exceptions", "--limit", "1", "--database", books.url, cwd=tmp_path)
    assert "2 open exceptions; the oldest 1 are listed." in run.stdout.splitlines()


def test_waiving_closes_with_a_note_and_no_more(books: Database, tmp_path: Path) -> None:
    def waive(*args: str) -> tuple[int, str, str]:
        run = serialback("waive", *args, "--database", books.url, cwd=tmp_path)
        return run.returncode, run.stdout, run.stderr

    unknown = "Error: No exception has the id 99; nothing was waived. `serialback exceptions` lists the ids.\n"
    assert waive("1", "99", "--note", "seen") == (2, "", unknown)
    assert waive("1", "2", "--note", "seen") == (0, "1 exception waived; 1 closed before.\n", "")
    assert waive("3", "--note", "seen", "--quiet") == (0, "", "")
    listed = serialback("exceptions", "--status", "waived", "--database", books.url, cwd=tmp_path).stdout
    assert re.findall(r"^ (\d) .*\[seen\]$", listed, re.MULTILINE) == ["1", "3"]


def test_waiving_as_json(books: Database, tmp_path: Path) -> None:
    run = serialback("waive", "1", "2", "--note", "seen", "--json", "--database", books.url, cwd=tmp_path)
    assert json_of(run) == {"waived": [1], "closed_before": [2]}


def test_verify_says_that_all_holds(books: Database, tmp_path: Path) -> None:
    run = serialback("verify", "--database", books.url, cwd=tmp_path)
    assert run.returncode == 0
    assert re.fullmatch(r"All \d+ invariants hold\.\n", run.stdout)


def test_verify_names_what_does_not_hold(books: Database, tmp_path: Path) -> None:
    with unguarded(books) as connection:
        connection.exec_driver_sql("UPDATE serial SET area_code = 'MAIN-STOCK' WHERE serial_no = '5001'")
    run = serialback("verify", "--quiet", "--database", books.url, cwd=tmp_path)
    assert run.returncode == 4
    assert re.match(r"1 of \d+ invariants do not hold\.\n", run.stdout)
    assert "  - serial 5001: it is in MAIN-STOCK, its history says CRMA\n" in run.stdout
    told = json_of(serialback("verify", "--json", "--database", books.url, cwd=tmp_path))
    assert (told["holds"], told["exit_status"], told["breaches"][0]["count"]) == (False, 4, 1)
