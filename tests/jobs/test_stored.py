"""Settle documents in which another system has stored what is no value of its column."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

from batch.edge.database import read_only
from batch.edge.reconciliation_book import write_reconciliation
from batch.edge.schema import DOCUMENT
from tests.databases import Database
from tests.jobs.world import TODAY, World

Line = dict[str, object]


def test_a_padded_code_is_pointed_out(world: World) -> None:
    """A till whose columns have a fixed width writes blanks behind a code; it matches exactly all the same."""
    line: Line = {"quantity": 1, "item_code": " CPU ", "area_code": "CRMA "}
    world.document("POS_CREDIT", "D-1", line, location_code="HQ  ", customer_code="C1 ")
    world.pos()
    messages = [each for (each,) in world.tuples("SELECT message FROM exception ORDER BY code")]
    assert len(messages) == 4
    hints = [f'(there is "{code}", which has no blanks around it)' for code in ("CRMA", "C1", "CPU", "HQ")]
    assert [hint in message for hint, message in zip(hints, messages, strict=True)] == [True] * 4


@pytest.mark.parametrize(
    ("date", "text"),
    [
        ("2026-03-30", None),
        ("2026-03-30 14:22:00", None),
        ("2026-03-30T14:22:00Z", None),
        ("2026-03-30T14:22:00.123456+02:00", None),
        (20260330, None),
        ("31.03.2026", "31.03.2026"),
        ("2026-02-30", "2026-02-30"),
        ("", ""),
        (b"2026", "b'2026'"),
    ],
)
def test_a_date_that_sqlite_keeps_is_read_or_told(
    sqlite_database: Database, tmp_path: Path, date: object, text: str | None
) -> None:
    """A till writes its current timestamp; PostgreSQL would make a date of it, and refuse what is none."""
    world = World(sqlite_database, tmp_path)
    world.document("POS_CREDIT", "D-1", {"quantity": 1}, document_date=date)
    world.document("POS_CREDIT", "D-2", {"quantity": 1})
    world.pos()
    world.assert_sound()
    assert world.status("D-2") == ("POSTED", "POSTED")
    if text is None:
        assert world.exceptions() == []
        with read_only(sqlite_database.engine) as connection:
            documents = connection.execute(sa.select(DOCUMENT.c.document_date).order_by(DOCUMENT.c.document_id))
            assert documents.scalars().all() == [dt.date(2026, 3, 30), TODAY]
        return
    assert world.exceptions() == [("D-1", 1, "DATE_INVALID")]
    assert world.value("SELECT message FROM exception") == (
        f'POS credit memo D-1, line 1, Date: "{text}" is not a date. Write it as YYYY-MM-DD, such as 2026-03-31.'
    )
    world.execute("UPDATE document SET document_date = '2026-03-30' WHERE document_id = 1")
    world.pos()
    assert world.status("D-1") == ("POSTED", "POSTED")


@pytest.mark.parametrize(
    ("amounts", "column", "text"),
    [
        pytest.param({"unit_price_minor": 199.99}, "Unit Price", "199.99", id="a price in major units"),
        pytest.param({"unit_price_minor": "abc"}, "Unit Price", "abc", id="a word"),
        pytest.param({"discount_minor": 0.5}, "Discount", "0.5", id="a discount"),
        pytest.param({"tax_minor": 7.99}, "Tax", "7.99", id="a tax"),
        pytest.param({"tax_minor": float("inf")}, "Tax", "inf", id="no number"),
        pytest.param({"unit_cost_minor": 99.5}, "Unit Cost", "99.5", id="a cost"),
    ],
)
def test_an_amount_that_is_no_whole_number_is_told(
    sqlite_database: Database, tmp_path: Path, amounts: Line, column: str, text: str
) -> None:
    """A till that writes 199.99 for 19999 must not have 1.99 credited; PostgreSQL keeps whole numbers only."""
    world = World(sqlite_database, tmp_path)
    world.document("POS_CREDIT", "D-1", {"quantity": 3} | amounts)
    world.document("POS_CREDIT", "D-2", {"quantity": 1, "unit_price_minor": 15000.0, "tax_minor": 0.0})
    world.pos()
    world.assert_sound()
    assert world.exceptions() == [("D-1", 1, "AMOUNT_INVALID")]
    assert world.value("SELECT message FROM exception") == (
        f'POS credit memo D-1, line 1, {column}: "{text}" is not a whole number of minor units. '
        "Write whole minor units of the document's currency, such as 15000 for 150.00."
    )
    assert world.value("SELECT total_minor FROM credit_memo") == 15000


def test_a_list_price_that_is_no_whole_number_is_none(sqlite_database: Database, tmp_path: Path) -> None:
    world = World(sqlite_database, tmp_path)
    world.execute("UPDATE item SET list_price_minor = 199.99, average_cost_minor = 'dear'")
    world.document("POS_CREDIT", "D-1", {"quantity": 1})
    world.pos()
    assert world.exceptions() == [("D-1", 1, "COST_UNKNOWN"), ("D-1", 1, "PRICE_UNKNOWN")]


def test_a_period_closed_through_an_instant_is_closed_through_its_day(
    sqlite_database: Database, tmp_path: Path
) -> None:
    world = World(sqlite_database, tmp_path)
    world.execute("UPDATE location SET closed_through = '2026-03-31 23:59:59' WHERE location_code = 'HQ'")
    world.document("POS_CREDIT", "D-1", {"quantity": 1})
    world.pos()
    assert world.exceptions() == [("D-1", 1, "PERIOD_CLOSED")]


def test_a_serial_that_sqlite_keeps_as_bytes_is_read(sqlite_database: Database, tmp_path: Path) -> None:
    world = World(sqlite_database, tmp_path)
    named: list[tuple[int, int, Line]] = [
        (1, 1, {"mfr_serial_no": b"M-1"}),
        (1, 2, {"mfr_serial_no": "M\0-2"}),
        (1, 3, {"mfr_serial_no": "\0"}),
    ]
    world.document("POS_CREDIT", "D-1", {"quantity": 3}, units=named)
    world.pos()
    world.assert_sound()
    assert world.tuples("SELECT mfr_serial_no FROM serial ORDER BY serial_id") == [("M-1",), ("M-2",), (None,)]


@pytest.mark.parametrize("quantity", ["two", b"\xff", float("inf")])
def test_a_quantity_that_sqlite_keeps_is_told_by_the_report_too(
    sqlite_database: Database, tmp_path: Path, quantity: object
) -> None:
    world = World(sqlite_database, tmp_path)
    world.document("POS_CREDIT", "D-1", {"quantity": quantity})
    world.document("POS_CREDIT", "D-2", {"quantity": 2})
    world.pos()
    with read_only(world.database.engine) as connection:
        found = write_reconciliation(connection, 1, world.folder / "report.xlsx", overwrite=True)
    assert {name: count for name, count in found.units_by_class.items() if count} == {"generated": 2}


@pytest.mark.parametrize(
    "surplus",
    [
        pytest.param("5", id="a number"),
        pytest.param('"4003"', id="a text"),
        pytest.param('{"serial_no": "4003"}', id="a unit, not a list"),
        pytest.param('["4003", "4004"]', id="serials, not units"),
        pytest.param('[{"serial_no": 4003}]', id="a serial that is a number"),
        pytest.param('[{"count": -1}]', id="fewer than none"),
        pytest.param('[{"count": true}]', id="a count that is none"),
        pytest.param(f"[{'9' * 400}]", id="a number beyond measure"),
    ],
)
def test_surplus_units_that_are_no_list_of_units_are_told(world: World, surplus: str) -> None:
    """More was named than the quantity, and nobody can read what: the line waits."""
    world.document("POS_CREDIT", "D-1", {"quantity": 1, "surplus_units": surplus})
    world.document(
        "POS_CREDIT", "D-2", {"quantity": 1, "surplus_units": "null"}, {"quantity": 1, "surplus_units": "[]"}
    )
    world.pos()
    _assert_waits_for_its_surplus(world, surplus)


@pytest.mark.parametrize("surplus", ["4003", "4003; 4004", b"\xff", b"[1", "[1" * 2000, 1.5, "\0["])
def test_surplus_units_that_sqlite_keeps_are_told(
    sqlite_database: Database, tmp_path: Path, surplus: str | bytes | float
) -> None:
    world = World(sqlite_database, tmp_path)
    world.document("POS_CREDIT", "D-1", {"quantity": 1, "surplus_units": surplus})
    world.document("POS_CREDIT", "D-2", {"quantity": 1, "surplus_units": " "})
    world.pos()
    text = surplus.decode(errors="replace") if isinstance(surplus, bytes) else str(surplus).replace("\0", "")
    _assert_waits_for_its_surplus(world, text)


def _assert_waits_for_its_surplus(world: World, text: str) -> None:
    world.assert_sound()
    assert world.exceptions() == [("D-1", 1, "SERIAL_MALFORMED")]
    shown = text if len(text) <= 200 else f"{text[:200]}..."
    assert world.value("SELECT message FROM exception") == (
        f'POS credit memo D-1, line 1, Surplus Units: "{shown}" is not a list of units. '
        'Leave surplus_units blank, or write a list such as [{"serial_no": "A-1001"}].'
    )
    file = world.folder / "report.xlsx"
    with read_only(world.database.engine) as connection:
        found = write_reconciliation(connection, 1, file, overwrite=True)
    assert (found.units_by_class["line refused"], found.units_by_class["generated"]) == (1, len(world.serials("D-2")))
    world.execute("UPDATE document_line SET surplus_units = NULL WHERE document_id = 1")
    world.pos()
    assert world.status("D-1") == ("POSTED", "POSTED")
