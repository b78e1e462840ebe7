"""Test how a single cell of each kind of column is read."""

from __future__ import annotations

import datetime as dt
import functools

import pytest

from batch.core.cells import NEVER_CALCULATED, Cell, CellError, Percent, Shown, Typed
from batch.core.intake_cells import (
    IDENTIFIER_LIMIT,
    Flaw,
    Reader,
    read_column,
    read_date,
    read_generate_quantity,
    read_identifier,
    read_legacy_type,
    read_line_no,
    read_quantity,
    read_type,
    read_words,
    required,
)

MARCH_31 = dt.date(2026, 3, 31)
quantity = functools.partial(read_quantity, limit=10_000)
date = functools.partial(read_date, formats=("%d/%m/%Y", "%b %d, %Y"))


def outcome(read: Reader, cell: Cell) -> object:
    """Read one cell as a column of its own; a flaw stands as its code."""
    readings = read_column([cell], read)
    return readings.flaws[0][1].code if readings.flaws else readings.outcomes[0]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("C1", "C1"),
        ("  C 1\u00a0", "C 1"),
        ("00123", "00123"),
        ("1E5", "1E5"),
        ("NA", "NA"),
        ("null", "null"),
        ("TRUE", "TRUE"),
        ("nan", "nan"),
        ("", None),
        (" \t\n", None),
        ("\u200b", None),
        (None, None),
        (7, "7"),
        (7.0, "7"),
        (0, "0"),
        (999_999_999_999_999, "999999999999999"),
        (10**15, "SERIAL_STORED_AS_NUMBER"),
        (1.5e20, "SERIAL_STORED_AS_NUMBER"),
        (Shown(123, "00123"), "00123"),
        (Percent(7.0, "700%"), "7"),
        (Percent(0.1, "10%"), "CELL_UNREADABLE"),
        (Shown(10**15, "00001000000000000000"), "SERIAL_STORED_AS_NUMBER"),
        (-7, "CELL_UNREADABLE"),
        (1.5, "CELL_UNREADABLE"),
        (True, "CELL_UNREADABLE"),
        (MARCH_31, "CELL_UNREADABLE"),
        (dt.timedelta(hours=30), "CELL_UNREADABLE"),
        (CellError("#DIV/0!"), "CELL_UNREADABLE"),
        (NEVER_CALCULATED, "CELL_UNREADABLE"),
        ("a\0b", "CELL_UNREADABLE"),
        ("x" * IDENTIFIER_LIMIT, "x" * IDENTIFIER_LIMIT),
        ("x" * (IDENTIFIER_LIMIT + 1), "CELL_UNREADABLE"),
    ],
)
def test_identifiers_are_text(cell: Cell, expected: object) -> None:
    assert outcome(read_identifier, cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (" Dead on\narrival ", "Dead on\narrival"),
        (12, "12"),
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        (Shown(7, "007"), "007"),
        (Percent(0.1, "10%"), "10%"),
        (True, "TRUE"),
        (MARCH_31, "2026-03-31"),
        (dt.time(9, 30), "09:30:00"),
        ("x" * 4096, "x" * 4096),
        (12345678901234567890, "SERIAL_STORED_AS_NUMBER"),
        (1.2345e19, "SERIAL_STORED_AS_NUMBER"),
        (Shown(10**16, "010000000000000000"), "SERIAL_STORED_AS_NUMBER"),
        (CellError("#N/A"), "CELL_UNREADABLE"),
    ],
)
def test_free_text_takes_what_is_seen(cell: Cell, expected: object) -> None:
    assert outcome(read_words, cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Return", "RETURN"),
        (" rEtUrN ", "RETURN"),
        ("Service", "SERVICE"),
        ("Credit Order", "CREDIT_ORDER"),
        ("creditorder", "CREDIT_ORDER"),
        ("CREDIT_ORDER", "CREDIT_ORDER"),
        ("credit  order", "CREDIT_ORDER"),
        ("Refund", "TYPE_UNKNOWN"),
        ("POS_INVOICE", "TYPE_UNKNOWN"),
        (1, "TYPE_UNKNOWN"),
        (True, "TYPE_UNKNOWN"),
        (CellError("#NAME?"), "CELL_UNREADABLE"),
    ],
)
def test_types(cell: Cell, expected: str) -> None:
    assert outcome(read_type, cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (MARCH_31, MARCH_31),
        (dt.datetime(2026, 3, 31, 23, 59), MARCH_31),
        ("2026-03-31", MARCH_31),
        (" 2026-03-31 ", MARCH_31),
        ("2026-03-31T10:00:00", MARCH_31),
        ("2026-03-31 10:00", MARCH_31),
        ("2026-03-31T10:00:00.5Z", MARCH_31),
        ("31/03/2026", MARCH_31),
        ("Mar 31, 2026", MARCH_31),
        ("03/31/2026", "DATE_INVALID"),
        ("31.03.2026", "DATE_INVALID"),
        ("2026-02-30", "DATE_INVALID"),
        ("20260331", "DATE_INVALID"),
        ("2026-W14-2", "DATE_INVALID"),
        ("yesterday", "DATE_INVALID"),
        (46112, "DATE_INVALID"),
        (46112.5, "DATE_INVALID"),
        (True, "DATE_INVALID"),
        (dt.time(10, 0), "DATE_INVALID"),
        (CellError("#VALUE!"), "CELL_UNREADABLE"),
    ],
)
def test_dates(cell: Cell, expected: object) -> None:
    assert outcome(date, cell) == expected


def test_a_date_may_be_typed_again_as_the_formats_have_it() -> None:
    flaw = read_date("soon", ("%d/%m/%Y", "%b %d, %Y"))
    assert isinstance(flaw, Flaw)
    told = "Use a date cell, or type it as YYYY-MM-DD, such as 2026-03-31 or like 31/03/2026 or like Mar 31, 2026"
    assert flaw.remedy == told


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (1, 1),
        (3.0, 3),
        ("12", 12),
        (999_999_999, 999_999_999),
        (1_000_000_000, "CELL_UNREADABLE"),
        (0, "CELL_UNREADABLE"),
        (-1, "CELL_UNREADABLE"),
        (1.5, "CELL_UNREADABLE"),
        (Percent(1.0, "100%"), "CELL_UNREADABLE"),
        ("A", "CELL_UNREADABLE"),
        (True, "CELL_UNREADABLE"),
        (MARCH_31, "CELL_UNREADABLE"),
    ],
)
def test_line_numbers(cell: Cell, expected: object) -> None:
    assert outcome(read_line_no, cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (2, 2),
        (2.0, 2),
        (2.0000000000000004, 2),
        ("2", 2),
        (" 2 ", 2),
        ("+2", 2),
        ("2.00", 2),
        (Shown(2, "0002"), 2),
        (10_000, 10_000),
        (10_001, "QUANTITY_TOO_LARGE"),
        ("9" * 1000, "QUANTITY_TOO_LARGE"),
        ("9" * 1001, "QUANTITY_NOT_INTEGER"),
        (Typed("1.234", "1234", "1.234,50"), 1234),
        (Typed("2,00", "2.00", "1.234,50"), 2),
        (Typed("2.5", None, "1.234,50"), "QUANTITY_NOT_INTEGER"),
        (1e300, "QUANTITY_TOO_LARGE"),
        (float("inf"), "QUANTITY_NOT_INTEGER"),
        (float("nan"), "QUANTITY_NOT_INTEGER"),
        (1.5, "QUANTITY_NOT_INTEGER"),
        ("1.5", "QUANTITY_NOT_INTEGER"),
        ("two", "QUANTITY_NOT_INTEGER"),
        ("1,000", "QUANTITY_NOT_INTEGER"),
        ("1E2", "QUANTITY_NOT_INTEGER"),
        ("٢", "QUANTITY_NOT_INTEGER"),
        (True, "QUANTITY_NOT_INTEGER"),
        (MARCH_31, "QUANTITY_NOT_INTEGER"),
        (0, "QUANTITY_ZERO"),
        ("-0", "QUANTITY_ZERO"),
        (-0.0, "QUANTITY_ZERO"),
        (-2, "SIGN_WRONG"),
        ("-2", "SIGN_WRONG"),
        (NEVER_CALCULATED, "CELL_UNREADABLE"),
    ],
)
def test_quantities(cell: Cell, expected: object) -> None:
    assert outcome(quantity, cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (None, None),
        (0, 0),
        (4, 4),
        ("4", 4),
        (10**15 - 1, 10**15 - 1),
        (10**15, "GENERATE_QUANTITY_INVALID"),
        (Typed("1.234", "1234", "1.234,50"), 1234),
        (Typed("1,000", "1.000", "1.234,50"), "GENERATE_QUANTITY_INVALID"),
        (Typed("2.5", None, "1.234,50"), "GENERATE_QUANTITY_INVALID"),
        (-1, "GENERATE_QUANTITY_INVALID"),
        (0.5, "GENERATE_QUANTITY_INVALID"),
        ("all", "GENERATE_QUANTITY_INVALID"),
        (False, "GENERATE_QUANTITY_INVALID"),
    ],
)
def test_generate_quantities(cell: Cell, expected: object) -> None:
    assert outcome(read_generate_quantity, cell) == expected


def test_true_and_one_in_a_column_are_not_taken_for_one_another() -> None:
    readings = read_column([1, True, 1.0, False, 0], read_generate_quantity)
    assert readings.outcomes == [1, None, 1, None, 0]
    assert [at for at, _ in readings.flaws] == [1, 3]


def test_the_same_flaw_is_told_of_every_row() -> None:
    readings = read_column(["two", 2, "two", None], quantity, required("a quantity"))
    assert [(at, flaw.code) for at, flaw in readings.flaws] == [
        (0, "QUANTITY_NOT_INTEGER"),
        (2, "QUANTITY_NOT_INTEGER"),
        (3, "CELL_REQUIRED"),
    ]
    assert readings.outcomes == [None, 2, None, None]


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        pytest.param(Typed("1,000", "1.000", "1.234,50"), "1000 or 1", id="comma"),
        pytest.param(Typed("1.000", "1.000", "1,234.50"), "1000 or 1", id="point"),
        pytest.param(Typed("12,500", "12.500", "1.234,50"), "12500", id="more than decimals of zero"),
        pytest.param(Typed("1.234,000", "1234.000", "1.234,50"), None, id="thousands stand before it"),
        pytest.param(Typed("2,0", "2.0", "1.234,50"), None, id="no three decimals"),
    ],
)
def test_a_quantity_that_may_be_a_thousand_is_not_taken_for_one(cell: Cell, meant: str | None) -> None:
    found = quantity(cell)
    assert isinstance(found, Flaw) == (meant is not None)
    if isinstance(found, Flaw):
        assert found.code == "QUANTITY_NOT_INTEGER"
        assert found.remedy.startswith(f"Type {meant}, without a mark; ")


@pytest.mark.parametrize(
    ("cells", "blank", "expected"),
    [
        pytest.param([], "MAIN", [], id="no rows"),
        pytest.param([None, None], "MAIN", ["MAIN", "MAIN"], id="all blank"),
        pytest.param([None, "HQ", " "], "MAIN", ["MAIN", "HQ", "MAIN"], id="some blank"),
    ],
)
def test_a_blank_cell_stands_for_what_is_said(cells: list[Cell], blank: str, expected: list[str]) -> None:
    assert read_column(cells, read_identifier, blank).outcomes == expected


def test_a_column_of_blanks_that_are_required_is_flawed_in_every_row() -> None:
    assert [flaw.code for _, flaw in read_column([None, None], read_identifier, required("x")).flaws] == [
        "CELL_REQUIRED",
        "CELL_REQUIRED",
    ]


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (True, "{} is a true/false value where a code is meant"),
        (1.5, "{} is a number with decimals where a code is meant"),
        (Percent(0.1, "10%"), "{} is a percentage where a code is meant"),
        (MARCH_31, "{} is a date or time where a code is meant"),
        (-1, "{} is a negative number where a code is meant"),
        (CellError("#REF!"), "the cell holds the error {}"),
        (CellError("Err:508"), "the cell holds the error {}"),
        (CellError("########"), "{} stands where the column was too narrow to show the value"),
        (CellError("not a number"), "the cell holds no value that can be used ({})"),
        (10**15, "{} is stored as a number of more than 15 digits, of which the last ones are lost"),
        (NEVER_CALCULATED, "the cell holds a formula that was never calculated"),
    ],
)
def test_a_flaw_says_what_stands_there(cell: Cell, problem: str) -> None:
    flaw = read_column([cell], read_identifier).flaws[0][1]
    assert isinstance(flaw, Flaw)
    assert flaw.problem == problem


SEEN_AS_PERCENTAGES: list[Cell] = [
    Percent(2.0, "200%"),
    Shown(2, "2%"),
    "2%",
    "2 %",
    "%2",
    "2\u066a",
    "2\uff05",
]


@pytest.mark.parametrize("cell", SEEN_AS_PERCENTAGES)
@pytest.mark.parametrize(
    ("read", "code", "typed"),
    [
        (quantity, "QUANTITY_NOT_INTEGER", "the number of units, such as 2"),
        (read_generate_quantity, "GENERATE_QUANTITY_INVALID", "how many serials may be made, such as 2"),
    ],
)
def test_a_percentage_is_no_quantity(cell: Cell, read: Reader, code: str, typed: str) -> None:
    [(_, flaw)] = read_column([cell], read).flaws
    remedy = f"Type {typed}" if isinstance(cell, str) else f"Format the column as Number and type {typed}"
    assert (flaw.code, flaw.remedy) == (code, remedy)
    assert flaw.problem.startswith("{} is a percentage, not")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param("Legacy Return", "LEGACY_RETURN", id="as people write it"),
        pytest.param("legacy_return", "LEGACY_RETURN", id="as systems write it"),
        pytest.param("Service", "TYPE_UNKNOWN", id="another type"),
        pytest.param(7, "TYPE_UNKNOWN", id="no text"),
    ],
)
def test_a_backfill_brings_legacy_returns_only(cell: Cell, expected: str) -> None:
    read = read_legacy_type(cell)
    assert (read.code if isinstance(read, Flaw) else read) == expected
