"""Show that a trace tells one unit's whole life, and what is nearly the serial asked when nothing is."""

from __future__ import annotations

import dataclasses
import json

import pytest
import sqlalchemy as sa

from batch.edge.database import read_only, transaction
from batch.edge.schema import EXCEPTION, SERIAL
from batch.edge.trace import trace
from batch.edge.trace_records import Holder, MemoOfUnit, Step, Trace
from tests.databases import Database
from tests.edge.books import with_books
from tests.edge.books_rows import NOON, serial_row

# What is typed; how it matches; the serials found and by which of their names.
ASKED = [
    pytest.param("5001", "EXACT", [("5001", "SERIAL")], id="a serial"),
    pytest.param(" old-1\u200b", "EXACT", [("OLD-1", "SERIAL")], id="a serial typed carelessly"),
    pytest.param("m-9", "EXACT", [("5004", "MFR_SERIAL")], id="a manufacturer's serial"),
    pytest.param("M-2", "EXACT", [("5002", "MFR_SERIAL"), ("4001", "MFR_SERIAL")], id="one on several units"),
    pytest.param("5OO1", "NEAR", [("5001", "SERIAL")], id="O for zero"),
    pytest.param("005001", "NEAR", [("5001", "SERIAL")], id="zeros in front"),
    pytest.param("M9", "NEAR", [("5004", "MFR_SERIAL")], id="punctuation left out"),
    pytest.param("500", "NONE", [], id="the beginning of one"),
    pytest.param("%", "NONE", [], id="a wildcard of SQL"),
    pytest.param(" \u200b", "NONE", [], id="nothing that can be seen"),
]


@pytest.mark.parametrize(("asked", "match", "found"), ASKED)
def test_a_serial_is_found_as_asked_or_nearly(
    database: Database, asked: str, match: str, found: list[tuple[str, str]]
) -> None:
    told = _traced(with_books(database), asked)
    assert (told.match, [(unit.serial_no, unit.matched_by) for unit in told.units]) == (match, found)
    assert (told.asked, told.more) == (asked.strip(), False)


def test_the_unit_is_described(database: Database) -> None:
    (unit,) = _traced(with_books(database), "5004").units
    assert (unit.area_code, unit.area_name, unit.area_type, unit.location_code) == (
        "REPAIRS-IN",
        "In for repair",
        "OUT",
        "HQ",
    )
    assert (unit.item_code, unit.item_description, unit.mfr_serial_no) == ("CPU", "Processor", "M-9")
    assert (unit.origin, unit.unit_cost_minor, unit.cost_basis) == ("GENERATED", 10_000, "AVERAGE")
    assert (unit.sequence_code, unit.sequence_number) == ("S-HQ", 5004)
    assert (unit.customer_code, unit.customer_name) == ("C2", "Bo")
    assert unit.held_by == Holder("SERVICE", "S-1", "POSTED", "2026-03-31", "C2")
    assert unit.created_at == "2026-03-31T12:00:00Z"


def test_the_life_of_a_unit_is_told_in_order(database: Database) -> None:
    (unit,) = _traced(with_books(database), "5002").units
    assert [(step.action, step.from_area_code, step.to_area_code) for step in unit.history] == [
        ("GENERATED", None, "RELEASED"),
        ("MFR_ASSIGNED", None, None),
        ("RECEIVED", "RELEASED", "CRMA"),
    ]
    assert unit.history[0] == Step(
        *("GENERATED", None, "RELEASED", "RETURN", "R-1", 1, 1, "intake", "2026-03-31", "2026-03-31T12:00:00Z")
    )
    (line,) = unit.appearances
    assert (line.document_type, line.document_no, line.line_no, line.unit_no) == ("RETURN", "R-1", 1, 2)
    assert (line.document_status, line.line_status, line.action) == ("POSTED", "POSTED", "GENERATED")
    assert unit.memos == (
        MemoOfUnit(
            *("CM-HQ-00001", "2026-03-31", "RETURN", "R-1", 1, "C1", "USD", 2, 30_000, 3_000),
            area_code="CRMA",
            run_id=1,
        ),
    )
    (file,) = unit.files
    assert (file.name, file.sheet_name, file.sheet_row, file.run_id) == ("march.xlsx", "Intake", 2, 1)
    assert (unit.held_by, unit.customer_name) == (None, None)


def test_a_serial_of_another_writer_needs_no_history(database: Database) -> None:
    (unit,) = _traced(with_books(database), "5003").units
    assert (unit.origin, unit.customer_code) == ("EXTERNAL", "C1")
    assert (unit.history, unit.appearances, unit.memos, unit.files, unit.exceptions) == ((), (), (), (), ())


def test_a_unit_of_unknown_item_area_and_line_is_still_told(database: Database) -> None:
    with transaction(with_books(database).engine) as connection:
        connection.execute(SERIAL.update().where(SERIAL.c.serial_id == 3).values(item_code="GONE", area_code="GONE"))
    (unit,) = _traced(database, "5003").units
    assert (unit.item_code, unit.item_description, unit.area_code, unit.area_type) == ("GONE", None, "GONE", None)


def test_a_serial_that_no_run_has_given_a_key_is_found_as_written(database: Database) -> None:
    bare = {"serial_key": None, "serial_near": None}
    with transaction(with_books(database).engine) as connection:
        connection.execute(SERIAL.insert().values(serial_row(90, "Ж-17", None, "RELEASED", bare)))
    assert [unit.serial_id for unit in _traced(database, "Ж-17").units] == [90]


# Which unit; the exceptions that are about it.
MENTIONED = [
    pytest.param("4001", [1, 2, 3], id="by its line, by evidence and by message"),
    pytest.param("5005", [], id="another unit of a line with an exception"),
    pytest.param("5002", [3], id="by its manufacturer's serial, not by the beginning of another"),
    pytest.param("5001", [], id="none"),
]


@pytest.mark.parametrize(("asked", "exception_ids"), MENTIONED)
def test_exceptions_that_mention_the_unit_are_told(database: Database, asked: str, exception_ids: list[int]) -> None:
    (unit,) = _traced(with_books(database), asked).units
    assert [mention.exception_id for mention in unit.exceptions] == exception_ids


# What stands in an exception's message and evidence; what is asked; whether it is a mention.
WORDED = [
    pytest.param("It was X-77.", {}, "x-77", True, id="in the message, in other letters"),
    pytest.param("It was X-778.", {}, "X-77", False, id="the beginning of another"),
    pytest.param("It was 4X-77.", {}, "X-77", False, id="the end of another"),
    pytest.param("No.", {"serials": ["A", "Ж-77"]}, "Ж-77", True, id="in the evidence, beyond ASCII"),
    pytest.param("No.", {"serials": ['7" X']}, '7" X', True, id="in the evidence, with a quotation mark"),
    pytest.param("It was X_77.", {}, "X_77", True, id="a wildcard of SQL as it stands"),
    pytest.param("It was X-77.", {}, "X_77", False, id="a wildcard of SQL is none"),
]


@pytest.mark.parametrize(("message", "evidence", "asked", "mentioned"), WORDED)
def test_what_no_unit_bears_is_found_in_exceptions(
    database: Database, message: str, evidence: dict[str, object], asked: str, mentioned: bool
) -> None:
    row = {"exception_id": 9, "run_id": 1, "last_run_id": 1, "code": "SERIAL_UNKNOWN", "severity": "REFUSE"}
    with transaction(with_books(database).engine) as connection:
        connection.execute(EXCEPTION.insert().values(**row, message=message, evidence=evidence, created_at=NOON))
    told = _traced(database, asked)
    assert (told.match, [mention.exception_id for mention in told.mentions]) == ("NONE", [9] if mentioned else [])


def test_more_units_than_shown_are_owned_up_to(database: Database) -> None:
    with_books(database)
    with read_only(database.engine) as connection:
        told = trace(connection, "M-2", most_units=1)
    assert ([unit.serial_no for unit in told.units], told.more) == (["5002"], True)


def test_a_trace_is_plain_json(database: Database) -> None:
    told = json.loads(json.dumps(dataclasses.asdict(_traced(with_books(database), "4001"))))
    assert told["units"][0]["held_by"]["document_no"] == "O-1"
    assert told["units"][0]["exceptions"][0]["message"] == "Serial 9999 is not in the register."


def test_the_statements_sent_do_not_grow_with_the_units(database: Database) -> None:
    with_books(database)
    sent: list[str] = []

    @sa.event.listens_for(database.engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    counts = []
    for asked in ("M-1", "M-2"):
        sent.clear()
        _traced(database, asked)
        counts.append(len(sent))
    assert counts[0] == counts[1] > 0


def _traced(database: Database, asked: str) -> Trace:
    with read_only(database.engine) as connection:
        return trace(connection, asked)
