"""Show that runs and exceptions are found as asked, with their figures and ages."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest

from batch.edge.database import read_only, transaction
from batch.edge.lookup_records import AgeBand, CodeOfRun, ExceptionFilter, MemoTotal
from batch.edge.lookup_run import list_runs, one_run
from batch.edge.lookups import count_exceptions, list_exceptions, open_exception_ages
from batch.edge.schema import EXCEPTION
from tests.databases import Database
from tests.edge.books import with_books
from tests.edge.books_rows import NOON

LATER = NOON + dt.timedelta(days=12, hours=3)


def test_runs_are_listed_newest_first(database: Database) -> None:
    with read_only(with_books(database).engine) as connection:
        assert [run.run_id for run in list_runs(connection)] == [3, 2, 1]
        assert [run.run_id for run in list_runs(connection, limit=2)] == [3, 2]
        assert [run.run_id for run in list_runs(connection, job="intake")] == [1]


def test_a_run_is_told_with_its_figures(database: Database) -> None:
    with read_only(with_books(database).engine) as connection:
        going_on, _, run = list_runs(connection)
    assert (run.job, run.status, run.business_date, run.host) == ("intake", "DONE", "2026-03-31", "till-1")
    assert (run.started_at, run.finished_at, run.seconds) == ("2026-03-31T12:00:00Z", "2026-03-31T12:01:30Z", 90.0)
    assert (run.figures["lines_read"], run.figures["lines_posted"], run.figures["warnings"]) == (5, 4, 0)
    assert run.parameters == {"hold": "line"}
    assert (going_on.status, going_on.finished_at, going_on.seconds) == ("RUNNING", None, None)


def test_one_run_tells_what_it_left(database: Database) -> None:
    with read_only(with_books(database).engine) as connection:
        detail = one_run(connection, 1)
    assert detail is not None
    assert detail.run.run_id == 1
    assert [(code.code, code.new, code.repeated, code.open) for code in detail.exceptions_by_code] == [
        ("SERIAL_UNKNOWN", 1, 0, 1),
        ("NOT_SOLD_TO_CUSTOMER", 1, 0, 0),
    ]
    assert detail.memo_totals == (MemoTotal("USD", 1, 32_000, 3_200, 35_200),)
    assert [(memo.credit_memo_no, memo.document_no, memo.total_minor) for memo in detail.memos] == [
        ("CM-HQ-00001", "R-1", 35_200)
    ]
    assert [(file.name, file.status, file.rows_read) for file in detail.files] == [("march.xlsx", "LANDED", 5)]
    assert [(gap.first_number, gap.last_number, gap.reason) for gap in detail.missing_numbers] == [
        (5003, 5003, "TAKEN")
    ]


def test_what_a_run_met_again_is_apart_from_what_it_wrote(database: Database) -> None:
    with read_only(with_books(database).engine) as connection:
        detail = one_run(connection, 2)
    assert detail is not None
    ambiguous, unknown = detail.exceptions_by_code
    assert (ambiguous.code, ambiguous.new, ambiguous.repeated) == ("MFR_SERIAL_AMBIGUOUS", 1, 0)
    assert unknown == CodeOfRun(
        *("SERIAL_UNKNOWN", "REFUSE", 0, 1, 1, "Serial 9999 is not in the register."), remedy=unknown.remedy
    )
    assert unknown.remedy


def test_the_lists_of_a_run_are_cut_short_and_its_totals_are_not(database: Database) -> None:
    with read_only(with_books(database).engine) as connection:
        detail = one_run(connection, 1, most=0)
    assert detail is not None
    assert (detail.memos, detail.missing_numbers) == ((), ())
    assert detail.memo_totals[0].memos == 1


def test_there_is_no_such_run(database: Database) -> None:
    with read_only(with_books(database).engine) as connection:
        assert one_run(connection, 77) is None


# What is wanted; the exceptions found.
WANTED = [
    pytest.param(None, [1, 3], id="nothing said: the open ones"),
    pytest.param(ExceptionFilter(), [1, 3], id="open by default"),
    pytest.param(ExceptionFilter(status=None), [1, 2, 3], id="any status"),
    pytest.param(ExceptionFilter(status="RESOLVED"), [2], id="resolved"),
    pytest.param(ExceptionFilter(status="WAIVED"), [], id="waived"),
    pytest.param(ExceptionFilter(run_id=1, status=None), [1, 2], id="written by a run"),
    pytest.param(ExceptionFilter(run_id=2), [1, 3], id="written or met again by a run"),
    pytest.param(ExceptionFilter(run_id=3), [], id="a run without any"),
    pytest.param(ExceptionFilter(code="SERIAL_UNKNOWN"), [1], id="code"),
    pytest.param(ExceptionFilter(document_no="R-2"), [1], id="document number"),
    pytest.param(ExceptionFilter(run_id=1, code="SERIAL_UNKNOWN", document_no="R-3"), [], id="all must hold"),
    pytest.param(ExceptionFilter(code="' OR '1'='1"), [], id="text is only ever compared"),
]


@pytest.mark.parametrize(("wanted", "found"), WANTED)
def test_exceptions_are_found_as_wanted(database: Database, wanted: ExceptionFilter | None, found: list[int]) -> None:
    with read_only(with_books(database).engine) as connection:
        rows = list_exceptions(connection, wanted, now=LATER)
        assert count_exceptions(connection, wanted) == len(found)
    assert [row.exception_id for row in rows] == found


def test_an_exception_is_told_whole(database: Database) -> None:
    with read_only(with_books(database).engine) as connection:
        (row,) = list_exceptions(connection, now=LATER, limit=1)
    assert (row.document_type, row.document_no, row.line_no, row.unit_no) == ("RETURN", "R-2", 1, 1)
    assert (row.file_name, row.sheet_row) == ("march.xlsx", 6)
    assert (row.run_id, row.last_run_id, row.created_at) == (1, 2, "2026-03-31T12:00:00Z")
    assert row.evidence == {"serial_no": "9999", "near": ["4001"]}
    assert row.remedy


def test_a_code_of_another_version_has_no_remedy(database: Database) -> None:
    with transaction(with_books(database).engine) as connection:
        connection.execute(EXCEPTION.update().where(EXCEPTION.c.exception_id == 1).values(code="OF_TOMORROW"))
        (row,) = list_exceptions(connection, ExceptionFilter(code="OF_TOMORROW"), now=LATER)
        detail = one_run(connection, 1)
    assert row.remedy == ""
    assert detail is not None
    assert detail.exceptions_by_code[0].remedy == ""


# When it is asked; the exception; its age in days.
AGES = [
    pytest.param(LATER, 1, 12, id="open: until now"),
    pytest.param(LATER, 2, 2, id="resolved: until then"),
    pytest.param(LATER, 3, 2, id="whole days"),
    pytest.param(NOON - dt.timedelta(days=1), 1, 0, id="a clock set back"),
]


@pytest.mark.parametrize(("now", "exception_id", "age_days"), AGES)
def test_an_exception_has_its_age(database: Database, now: dt.datetime, exception_id: int, age_days: int) -> None:
    with read_only(with_books(database).engine) as connection:
        rows = list_exceptions(connection, ExceptionFilter(status=None), now=now)
    assert {row.exception_id: row.age_days for row in rows}[exception_id] == age_days


# How long after the first exception it is asked; the bands of SERIAL_UNKNOWN: a day, a week, a month, older.
BANDS = [
    pytest.param(dt.timedelta(hours=23), (1, 0, 0, 0), id="under a day"),
    pytest.param(dt.timedelta(days=1), (0, 1, 0, 0), id="a day"),
    pytest.param(dt.timedelta(days=7), (0, 0, 1, 0), id="a week"),
    pytest.param(dt.timedelta(days=30), (0, 0, 0, 1), id="a month"),
]


@pytest.mark.parametrize(("after", "bands"), BANDS)
def test_open_exceptions_are_counted_by_age(
    database: Database, after: dt.timedelta, bands: tuple[int, int, int, int]
) -> None:
    with read_only(with_books(database).engine) as connection:
        oldest = open_exception_ages(connection, now=NOON + after)[0]
    assert oldest == AgeBand("SERIAL_UNKNOWN", "REFUSE", 1, *bands, "2026-03-31T12:00:00Z", after.days)


def test_only_open_exceptions_have_an_age_and_the_oldest_come_first(database: Database) -> None:
    with read_only(with_books(database).engine) as connection:
        ages = open_exception_ages(connection, now=LATER)
    assert [age.code for age in ages] == ["SERIAL_UNKNOWN", "MFR_SERIAL_AMBIGUOUS"]


def test_what_is_looked_up_is_plain_json(database: Database) -> None:
    with read_only(with_books(database).engine) as connection:
        detail = one_run(connection, 1)
        rows = list_exceptions(connection, now=LATER)
        ages = open_exception_ages(connection, now=LATER)
    assert detail is not None
    told = [json.loads(json.dumps(dataclasses.asdict(each))) for each in (detail, rows[0], ages[0])]
    assert told[0]["run"]["figures"]["lines_read"] == 5
    assert told[1]["evidence"]["near"] == ["4001"]
    assert told[2]["exceptions"] == 1
