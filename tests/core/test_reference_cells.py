"""Show what each kind of reference cell is read as, and what is said of one that cannot be read."""

from __future__ import annotations

import datetime as dt

import pytest

from batch.core.cells import Cell, CellError, Percent, RawRow, Shown
from batch.core.reference_cells import ReferenceRow, Source, read_rows
from batch.core.reference_columns import TABLES, ReferenceHeader, find_columns


def read(table: str, heading: str, cell: Cell) -> tuple[list[ReferenceRow], list[str]]:
    """Read one row with a key and one more cell, amounts being in euros."""
    key = TABLES[table].key
    rows: list[RawRow] = [(4, [key, heading]), (5, ["K1", cell])]
    header = find_columns(TABLES[table], rows)
    assert isinstance(header, ReferenceHeader)
    return read_rows(TABLES[table], Source("ref.xlsx", table, header.headings), header, rows, "EUR")


@pytest.mark.parametrize(
    ("table", "heading", "cell", "expected"),
    [
        pytest.param("item", "gtin", " 0401 ", {"gtin": "0401"}, id="text stays text"),
        pytest.param("item", "gtin", 4012345678901, {"gtin": "4012345678901"}, id="a number for a code"),
        pytest.param("item", "gtin", Shown(401, "00401"), {"gtin": "00401"}, id="a code as shown"),
        pytest.param("item", "gtin", " ", {"gtin": None}, id="blank empties what may be empty"),
        pytest.param("item", "description", 5, {"description": "5"}, id="a number for a text"),
        pytest.param("item", "description", None, {"description": ""}, id="a blank text"),
        pytest.param("item", "active", True, {"active": True}, id="true cell"),
        pytest.param("item", "active", "No", {"active": False}, id="no"),
        pytest.param("item", "active", 1, {"active": True}, id="one"),
        pytest.param("item", "active", None, {}, id="blank keeps what cannot be empty"),
        pytest.param("item", "inventory_type", "Auto-Serialized", {"inventory_type": "AUTO_SERIALIZED"}, id="choice"),
        pytest.param("item", "inventory_type", "", {}, id="blank keeps what is required"),
        pytest.param("item", "list_price_minor", "15000", {"list_price_minor": 15000}, id="minor units"),
        pytest.param("item", "list_price", 150.1, {"list_price_minor": 15010}, id="major units"),
        pytest.param("item", "average_cost", "99.50", {"average_cost_minor": 9950}, id="major units as text"),
        pytest.param("item", "average_cost", None, {"average_cost_minor": None}, id="blank amount"),
        pytest.param("item", "mfr_serial_check", "imei", {"mfr_serial_check": "imei"}, id="check"),
        pytest.param(
            "location", "closed_through", dt.date(2026, 1, 31), {"closed_through": dt.date(2026, 1, 31)}, id="date"
        ),
        pytest.param(
            "location", "closed_through", "2026-01-31", {"closed_through": dt.date(2026, 1, 31)}, id="ISO date"
        ),
        pytest.param("number_sequence", "next_number", 0, {"next_number": 0}, id="zero"),
        pytest.param("number_sequence", "next_number", "5001", {"next_number": 5001}, id="number as text"),
        pytest.param("number_sequence", "next_number", "9223372036854775807", {"next_number": 2**63 - 1}, id="largest"),
        pytest.param("number_sequence", "mask", "SN-{seq:06}", {"mask": "SN-{seq:06}"}, id="mask"),
        pytest.param("customer", "currency", "EUR", {"currency": "EUR"}, id="currency"),
    ],
)
def test_values(table: str, heading: str, cell: Cell, expected: dict[str, object]) -> None:
    [row], problems = read(table, heading, cell)
    assert problems == []
    assert (row.key, row.values, row.sheet_row) == ("K1", expected, 5)


@pytest.mark.parametrize(
    ("table", "heading", "cell", "expected"),
    [
        pytest.param("item", "gtin", 1.5, '"1.5" is a number with decimals where a code is meant', id="no code"),
        pytest.param("item", "gtin", 10**15, "more than 15 digits", id="digits lost"),
        pytest.param("item", "gtin", "A\u200bB", "holds characters that cannot be seen", id="invisible within"),
        pytest.param("item", "active", "maybe", '"maybe" is neither yes nor no. Type yes or no.', id="flag"),
        pytest.param("item", "inventory_type", "SERIAL", "Type one of SERIALIZED, AUTO_SERIALIZED,", id="choice"),
        pytest.param("item", "list_price_minor", 150.5, "15000 for 150.00", id="minor units with decimals"),
        pytest.param("item", "list_price", "150,00", '"150,00" is not a plain amount. Type 150.00', id="comma"),
        pytest.param("item", "list_price", 1.005, "has 3 decimals, but EUR has 2.", id="too fine"),
        pytest.param("item", "list_price", Percent(0.1, "10%"), '"10%" is a percentage, not an amount', id="percent"),
        pytest.param("item", "list_price_minor", Percent(1.0, "100%"), '"100%" is not a whole number', id="percents"),
        pytest.param("item", "list_price", -1, "is negative", id="negative"),
        pytest.param("item", "mfr_serial_check", "[{}", "neither imei, luhn nor a regular expression", id="check"),
        pytest.param("location", "closed_through", "31.01.2026", "is not a date", id="date"),
        pytest.param("number_sequence", "next_number", -1, "is not a whole number of zero or more", id="number"),
        pytest.param("number_sequence", "next_number", 2**63, "is not a whole number", id="larger than a number"),
        pytest.param("number_sequence", "next_number", 10**15, "more than 15 digits", id="digits of a number lost"),
        pytest.param("number_sequence", "mask", "{}{seq}", "mask { }{seq}: { } is no field", id="mask"),
        pytest.param("customer", "currency", "eur", '"eur" is no currency of ISO 4217. Type EUR.', id="small letters"),
        pytest.param("customer", "currency", "Euro", "three capitals, such as EUR.", id="currency"),
        pytest.param("customer", "name", CellError("#REF!"), 'the error "#REF!"', id="error cell"),
        pytest.param("customer", "name", CellError("x" * 99), f'"{"x" * 60}…"', id="long text cut"),
    ],
)
def test_problems(table: str, heading: str, cell: Cell, expected: str) -> None:
    [row], [problem] = read(table, heading, cell)
    assert problem.startswith(f"ref.xlsx, sheet {table}, row 5, column {heading}: ")
    assert expected in problem
    assert not row.values
    assert row.flawed == {"list_price_minor" if heading == "list_price" else heading}


def test_a_value_that_comes_again_is_read_again_as_what_it_is() -> None:
    table = TABLES["customer"]
    cells: list[Cell] = [True, 1, "1", False, 0, True, 0]
    rows: list[RawRow] = [(1, ["code", "active"]), *((at, [f"C{at}", cell]) for at, cell in enumerate(cells, 2))]
    header = find_columns(table, rows)
    assert isinstance(header, ReferenceHeader)
    found, problems = read_rows(table, Source("customer.csv", None), header, rows, "EUR")
    assert problems == []
    assert [row.values["active"] for row in found] == [True, True, True, False, False, True, False]


def test_a_row_without_its_key_is_a_problem_and_no_row() -> None:
    table = TABLES["customer"]
    rows: list[RawRow] = [(1, ["Account", "Name"]), (2, [None, "Ann"]), (3, ["C1"])]
    header = find_columns(table, rows)
    assert isinstance(header, ReferenceHeader)
    source = Source("customer.csv", None, header.headings)
    found, problems = read_rows(table, source, header, rows, "EUR")
    assert [(row.key, row.place, row.values) for row in found] == [("C1", "customer.csv, row 3", {"name": ""})]
    assert problems == [
        "customer.csv, row 2, column Account: the cell is empty. Type the code, or clear the whole row."
    ]
