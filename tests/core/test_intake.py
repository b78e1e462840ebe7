"""Test how rows of a sheet become lines, or refusals that say why not."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batch.core.cells import Cell, CellError, Percent, RawRow, Shown, Typed
from batch.core.columns import COLUMNS, Header, find_header
from batch.core.intake import LINE_COLUMNS, IntakeFacts, IntakePart, mentioned, read_lines

HEADINGS = [column.heading for column in COLUMNS]
GOOD: dict[str, Cell] = {"Document #": "R-1", "Customer": "C1", "Item": "CPU", "Quantity": 2}
TODAY = dt.date(2026, 3, 31)
FACTS = IntakeFacts(
    file_name="returns.xlsx",
    sheet_name="Intake",
    business_date=TODAY,
    company_currency="USD",
    customer_currency={"C1": "USD", "CJ": "JPY"},
    known_as_it_stands=frozenset({"7-9"}),
    date_formats=("%d/%m/%Y",),
)


def header_of(*headings: Cell) -> Header:
    header = find_header([(1, list(headings))])
    assert isinstance(header, Header)
    return header


HEADER = header_of(*HEADINGS)


def row(sheet_row: int = 2, /, **cells: Cell) -> RawRow:
    """Build a good row with some cells changed, named by heading with `_` for a blank and without `#`."""
    by_heading = {heading.replace(" #", "").replace(" ", "_"): heading for heading in HEADINGS}
    filled = GOOD | {by_heading[name]: cell for name, cell in cells.items()}
    return sheet_row, [filled.get(heading) for heading in HEADINGS]


def read(*rows: RawRow) -> IntakePart:
    return read_lines(rows, HEADER, FACTS)


def only_line(part: IntakePart) -> Mapping[str, object]:
    assert len(part.lines) == 1
    return {str(name): part.lines[name].tolist()[0] for name in part.lines}


def test_a_row_with_the_least_that_is_needed_becomes_a_line() -> None:
    part = read(row())
    cells = row()[1]
    assert part.refusals == []
    assert only_line(part) == {
        "sheet_row": 2,
        "document_type": "RETURN",
        "document_no": "R-1",
        "line_no": pd.NA,
        "document_date": TODAY,
        "date_given": False,
        "location_code": None,
        "customer_code": "C1",
        "currency": "USD",
        "currency_given": False,
        "item_code": "CPU",
        "quantity": 2,
        "generate_quantity": pd.NA,
        "serial_names": [],
        "serials_named": 0,
        "mfr_names": [],
        "unit_price_minor": pd.NA,
        "discount_minor": 0,
        "tax_minor": 0,
        "unit_cost_minor": pd.NA,
        "area_code": None,
        "reason": None,
        "reference": None,
        "cells": cells,
    }


def test_a_row_with_everything_becomes_a_line() -> None:
    part = read(
        row(
            9,
            Line=3,
            Type="Service",
            Date="30/03/2026",
            Location="HQ",
            Generate_Quantity=1,
            Serial="4001, 7-9",
            Mfr_Serial="M-1\nM-2",
            Unit_Price=150,
            Discount="10.00",
            Tax=28.5,
            Unit_Cost=100,
            Currency="EUR",
            Area="CRMA",
            Reason="Dead",
            Reference=2231,
        )
    )
    line = only_line(part)
    assert part.refusals == []
    assert {name: value for name, value in line.items() if name != "cells"} == {
        "sheet_row": 9,
        "document_type": "SERVICE",
        "document_no": "R-1",
        "line_no": 3,
        "document_date": dt.date(2026, 3, 30),
        "date_given": True,
        "location_code": "HQ",
        "customer_code": "C1",
        "currency": "EUR",
        "currency_given": True,
        "item_code": "CPU",
        "quantity": 2,
        "generate_quantity": 1,
        "serial_names": ["4001", "7-9"],
        "serials_named": 2,
        "mfr_names": ["M-1", "M-2"],
        "unit_price_minor": 15_000,
        "discount_minor": 1_000,
        "tax_minor": 2_850,
        "unit_cost_minor": 10_000,
        "area_code": "CRMA",
        "reason": "Dead",
        "reference": "2231",
    }


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ({"Document": None}, ["CELL_REQUIRED"]),
        ({"Customer": "  "}, ["CELL_REQUIRED"]),
        ({"Item": None}, ["CELL_REQUIRED"]),
        ({"Quantity": None}, ["CELL_REQUIRED"]),
        ({"Quantity": 1.5}, ["QUANTITY_NOT_INTEGER"]),
        ({"Quantity": "two"}, ["QUANTITY_NOT_INTEGER"]),
        ({"Quantity": 0}, ["QUANTITY_ZERO"]),
        ({"Quantity": -1}, ["SIGN_WRONG"]),
        ({"Quantity": 10_001}, ["QUANTITY_TOO_LARGE"]),
        ({"Generate_Quantity": "x"}, ["GENERATE_QUANTITY_INVALID"]),
        ({"Line": 0}, ["CELL_UNREADABLE"]),
        ({"Type": "Gift"}, ["TYPE_UNKNOWN"]),
        ({"Date": "soon"}, ["DATE_INVALID"]),
        ({"Unit_Price": "150,00"}, ["AMOUNT_INVALID"]),
        ({"Unit_Price": -1}, ["AMOUNT_INVALID"]),
        ({"Tax": 0.125}, ["AMOUNT_INVALID"]),
        ({"Unit_Cost": True}, ["AMOUNT_INVALID"]),
        ({"Unit_Price": 1.5, "Currency": "JPY"}, ["AMOUNT_INVALID"]),
        ({"Unit_Price": 1.5, "Customer": "CJ"}, ["AMOUNT_INVALID"]),
        ({"Unit_Price": 1.5, "Customer": "CJ", "Currency": "USD"}, []),
        ({"Unit_Price": 1.5, "Customer": "nobody"}, []),
        ({"Unit_Price": 5, "Discount": 10}, []),
        ({"Unit_Price": 5, "Discount": 10.01}, ["AMOUNT_INVALID"]),
        ({"Unit_Price": 0, "Discount": 0}, []),
        ({"Discount": 10_000}, []),
        ({"Unit_Price": 5, "Discount": 11, "Quantity": None}, ["CELL_REQUIRED"]),
        ({"Serial": 4001}, ["SERIAL_STORED_AS_NUMBER"]),
        ({"Serial": 10**16}, ["SERIAL_STORED_AS_NUMBER"]),
        ({"Serial": TODAY}, ["SERIAL_MALFORMED"]),
        ({"Serial": "5-1"}, ["SERIAL_RANGE_INVALID"]),
        ({"Mfr_Serial": "5-1"}, []),
        ({"Mfr_Serial": True}, ["SERIAL_MALFORMED"]),
        ({"Area": CellError("#REF!")}, ["CELL_UNREADABLE"]),
        ({"Reason": CellError("#REF!")}, ["CELL_UNREADABLE"]),
        ({"Currency": "usd"}, []),
        (
            {"Quantity": "two", "Date": "soon", "Document": None},
            ["CELL_REQUIRED", "DATE_INVALID", "QUANTITY_NOT_INTEGER"],
        ),
        ({"Serial": 4001, "Quantity": 0}, ["QUANTITY_ZERO", "SERIAL_STORED_AS_NUMBER"]),
    ],
)
def test_all_that_is_wrong_with_a_row_is_told_at_once(cells: dict[str, Cell], codes: list[str]) -> None:
    part = read(row(2, **cells))
    refused = any(told.severity == "REFUSE" for told in part.refusals)
    assert part.refused_rows == ([2] if refused else [])
    assert len(part.lines) == (0 if refused else 1)
    assert [told.code for told in part.refusals] == codes


@pytest.mark.parametrize(
    ("cells", "problem", "remedy"),
    [
        (
            {"Unit_Price": "5", "Discount": "11", "Quantity": 2},
            '"11" is more than the 10,00 it is taken off (2 units at the price of one)',
            "Type the discount of the whole line as an amount, at most 10,00, or correct the price",
        ),
        (
            {"Unit_Price": "5", "Discount": 0.125},
            '"0.125" has 3 decimals, but USD has 2',
            "Type it plainly, such as 150,00",
        ),
        ({"Discount": Percent(0.1, "10%")}, '"10%" is a percentage', "the amount that it comes to, such as 150,00"),
        (
            {"Unit_Price": Typed("12.50", None, "1.234,50")},
            '"12.50" is not typed like 1.234,50',
            "Type it like 1.234,50, or correct [numbers] in the mapping",
        ),
    ],
)
def test_amounts_are_asked_for_with_the_mark_of_the_file(cells: dict[str, Cell], problem: str, remedy: str) -> None:
    facts = dataclasses.replace(FACTS, decimal_mark=",")
    (told,) = read_lines([row(14, **cells)], HEADER, facts).refusals
    assert problem in told.message
    assert told.message.endswith(f"{remedy}.")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            {"Quantity": "two"},
            'Quantity: "two" is not a whole number. Type the number of units, such as 2.',
        ),
        ({"Customer": None}, "Customer: the cell is empty. Type the code of the customer who is credited."),
        (
            {"Unit_Price": 5, "Discount": 11, "Quantity": 2},
            (
                'Discount: "11" is more than the 10.00 it is taken off (2 units at the price of one). '
                "Type the discount of the whole line as an amount, at most 10.00, or correct the price."
            ),
        ),
        (
            {"Serial": "5-1"},
            "Serial #: the range 5-1 counts down; write the lower number first. A range is written such as 1001-1005.",
        ),
    ],
)
def test_a_refusal_says_where_what_and_what_instead(cells: dict[str, Cell], message: str) -> None:
    assert [told.message for told in read(row(14, **cells)).refusals] == [
        f"returns.xlsx, sheet Intake, row 14, {message}"
    ]


def test_a_refusal_names_its_line_as_far_as_it_can_be_read() -> None:
    part = read(row(2, Line=7, Quantity=0), row(3, Type="Gift", Document=None, Line="x"))
    named = [(told.sheet_row, told.document_type, told.document_no, told.line_no) for told in part.refusals]
    assert named == [(2, "RETURN", "R-1", 7), *[(3, None, None, None)] * 3]


def test_a_warning_leaves_the_line_standing() -> None:
    part = read(row(2, Serial=4001, Mfr_Serial=Shown(7, "007")))
    assert [(told.code, told.severity) for told in part.refusals] == [("SERIAL_STORED_AS_NUMBER", "WARN")]
    line = only_line(part)
    assert (line["serial_names"], line["mfr_names"]) == (["4001"], ["007"])


@pytest.mark.parametrize(
    ("serials", "quantity", "names", "named"),
    [
        ("1001-1003", 3, ["1001", "1002", "1003"], 3),
        ("1001-1009", 1, ["1001", "1002"], 9),
        ("A1; 1001-1002", 5, ["A1", "1001", "1002"], 3),
        ("7-9", 5, ["7-9"], 1),
    ],
)
def test_a_range_is_written_out_as_far_as_the_quantity_and_counted_in_full(
    serials: str, quantity: int, names: list[str], named: int
) -> None:
    line = only_line(read(row(2, Serial=serials, Quantity=quantity)))
    assert (line["serial_names"], line["serials_named"]) == (names, named)


def test_blank_rows_and_rows_not_below_the_header_are_passed_over() -> None:
    rows: list[RawRow] = [(1, list(HEADINGS)), (2, []), (3, [None, "", " \n"]), (4, ["\u200b"]), row(5), (6, [None, 0])]
    part = read(*rows)
    assert part.rows_read == 2
    assert part.lines["sheet_row"].tolist() == [5]
    assert part.refused_rows == [6]


def test_short_rows_and_other_columns_are_read() -> None:
    header = header_of("Notes", "Qty", "SKU", "Customer", "RMA", "Area", "Total")
    part = read_lines(
        [(2, ["x", 1, "CPU", "C1", "R-1", "CRMA", 5]), (3, [None, 2, "CPU", "C1", "R-2"]), (4, ["y"])], header, FACTS
    )
    assert part.lines["area_code"].tolist() == ["CRMA", None]
    assert [told.column for told in part.refusals] == ["Document #", "Customer", "Item", "Quantity"]
    assert part.refusals[3].evidence["cell"] == "B4"


@pytest.mark.parametrize("rows", [[], [(2, [None])], [row(2, Quantity=0)]], ids=["no rows", "blank", "refused"])
def test_no_lines_have_the_same_columns_as_many(rows: list[RawRow]) -> None:
    none, one = read_lines(rows, HEADER, FACTS).lines, read(row()).lines
    assert len(none) == 0
    assert none.dtypes.to_dict() == one.dtypes.to_dict()
    assert {name: str(kind) for name, kind in none.dtypes.items()} == LINE_COLUMNS


@pytest.mark.parametrize(
    ("rows", "customers", "range_like"),
    [
        pytest.param([], set(), set(), id="no rows"),
        pytest.param([row()], {"C1"}, set(), id="no currency"),
        pytest.param([row(2, Currency="EUR")], set(), set(), id="a currency"),
        pytest.param([row(2, Customer=17), row(3, Customer=None)], {"17"}, set(), id="a number, and none"),
        pytest.param([row(2, Serial="a1-a5, M-7"), row(3, Serial=5)], {"C1"}, {"A1-A5"}, id="ranges by key"),
        pytest.param([row(2, Mfr_Serial="1-5")], {"C1"}, set(), id="no ranges of the manufacturer"),
    ],
)
def test_what_only_the_database_knows_is_asked_once(
    rows: list[RawRow], customers: set[str], range_like: set[str]
) -> None:
    told = mentioned(rows, HEADER)
    assert (told.customers, told.range_like) == (customers, range_like)


def test_a_sheet_without_optional_columns_mentions_its_customers() -> None:
    told = mentioned([(2, ["R-1", "C1", "CPU", 1])], header_of("Document #", "Customer", "Item", "Quantity"))
    assert (told.customers, told.range_like) == ({"C1"}, set())


TEXTS = st.text(max_size=12) | st.sampled_from(["Return", "2", "150,00", "1-5", "5-1", "1E+15", "A,B", "2026-03-31"])
CELLS = st.one_of(
    st.none(),
    TEXTS,
    st.integers(-5, 20_000),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.builds(Shown, st.integers(0, 10**17), st.just("007")),
    st.builds(CellError, st.sampled_from(["#N/A", "formula without a stored value"])),
)


@st.composite
def sheets(draw: st.DrawFn) -> list[RawRow]:
    """Draw rows that are good but for some cells, so that lines and refusals come mixed."""
    changes = st.dictionaries(st.integers(0, len(HEADINGS) - 1), CELLS, max_size=4)
    rows = []
    for sheet_row, changed in enumerate(draw(st.lists(changes, max_size=8)), start=2):
        cells = row()[1]
        for at, cell in changed.items():
            cells[at] = cell
        rows.append((sheet_row, cells[: draw(st.sampled_from([len(cells), 9, 0]))]))
    return rows


@settings(deadline=None)
@given(rows=sheets())
def test_every_row_is_a_line_or_refused_and_none_is_lost(rows: list[RawRow]) -> None:
    part = read(*rows)
    lines = part.lines["sheet_row"].tolist()
    refused = sorted({told.sheet_row or 0 for told in part.refusals if told.severity == "REFUSE"})
    seen = [at for at, cells in rows if any(cell is not None and str(cell).strip() for cell in cells)]
    assert part.refused_rows == refused
    assert not set(lines) & set(refused)
    assert part.rows_read == len(lines) + len(refused)
    # A cell of nothing but invisible characters is blank, so a row of such cells may be passed over.
    assert set(lines) | set(refused) <= set(seen)
    assert all(at in {*lines, *refused} for at, cells in rows if cells[:1] == ["R-1"])


@settings(deadline=None)
@given(rows=sheets(), at=st.integers(0, 8))
def test_rows_read_in_parts_are_read_the_same(rows: list[RawRow], at: int) -> None:
    whole, parts = read(*rows), [read(*rows[:at]), read(*rows[at:])]
    assert [told for part in parts for told in part.refusals] == whole.refusals
    pd.testing.assert_frame_equal(
        pd.concat([part.lines for part in parts], ignore_index=True), whole.lines, check_index_type=False
    )
