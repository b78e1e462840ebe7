"""Test how the intake sheet and its header row are found."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from batch.core.cells import Cell, CellError, RawRow
from batch.core.columns import (
    BY_FIELD,
    COLUMNS,
    MANDATORY,
    ChosenSheet,
    Header,
    MissingColumns,
    RepeatedColumns,
    SheetTop,
    choose_sheet,
    column_letters,
    column_of,
    find_header,
    heading_key,
)

GOOD: list[Cell] = ["Document #", "Customer", "Item", "Quantity"]


def test_the_contract_columns_stand_in_the_contract_order() -> None:
    assert [column.heading for column in COLUMNS] == [
        "Document #",
        "Line #",
        "Type",
        "Date",
        "Location",
        "Customer",
        "Item",
        "Quantity",
        "Generate Quantity",
        "Serial #",
        "Mfr Serial #",
        "Unit Price",
        "Discount",
        "Tax",
        "Unit Cost",
        "Currency",
        "Area",
        "Reason",
        "Reference",
    ]
    assert MANDATORY == ("Document #", "Customer", "Item", "Quantity")


def test_an_alias_belongs_to_one_column_only() -> None:
    keys = [{heading_key(name) for name in (column.heading, *column.aliases)} for column in COLUMNS]
    counts = Counter(key for of_column in keys for key in of_column)
    assert [key for key, count in counts.items() if count > 1] == []


def test_every_column_has_help_and_an_example() -> None:
    assert [column.heading for column in COLUMNS if not (column.help.endswith(".") and column.example)] == []


def test_no_alias_is_listed_twice() -> None:
    assert [column.heading for column in COLUMNS if len(set(column.aliases)) < len(column.aliases)] == []


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Document #", "document_no"),
        ("DOCUMENT", "document_no"),
        ("Doc. No.", "document_no"),
        ("Document №", "document_no"),
        ("Return #", "document_no"),
        ("RMA", "document_no"),
        ("rma#", "document_no"),
        ("slip #", "document_no"),
        ("Document Date", "document_date"),
        ("Return Date", "document_date"),
        ("Document Type", "document_type"),
        ("Kind", "document_type"),
        ("Line", "line_no"),
        ("Line No", "line_no"),
        ("Store", "location_code"),
        ("Branch", "location_code"),
        ("Customer Code", "customer_code"),
        ("Cust", "customer_code"),
        ("Account", "customer_code"),
        ("Customer Name", None),
        ("Item Code", "item_code"),
        ("SKU", "item_code"),
        ("Part #", "item_code"),
        ("Mfr Part #", None),
        ("Qty", "quantity"),
        ("Qty Returned", "quantity"),
        ("Gen Qty", "generate_quantity"),
        ("Generate", "generate_quantity"),
        ("Serial #", "serial_no"),
        ("Serial No", "serial_no"),
        ("S/N", "serial_no"),
        ("Internal Serial #", "serial_no"),
        ("Mfr Serial #", "mfr_serial_no"),
        ("Mfr S/N", "mfr_serial_no"),
        ("Manufacturer's Serial", "mfr_serial_no"),
        ("Manufacturer’s Serial Number", "mfr_serial_no"),
        ("MSN", "mfr_serial_no"),
        ("IMEI", "mfr_serial_no"),
        ("Unit Price", "unit_price"),
        ("Price", "unit_price"),
        ("Unit Cost", "unit_cost"),
        ("Cost", "unit_cost"),
        ("Discount", "discount"),
        ("Discount %", None),
        ("Tax", "tax"),
        ("Tax (%)", None),
        ("Currency", "currency"),
        ("Stock Area", "area_code"),
        ("Bin", "area_code"),
        ("Return Reason", "reason"),
        ("Ref.", "reference"),
        ("Original Invoice", "reference"),
        (" q u a n t i t y ", "quantity"),
        ("Ｑｔｙ", "quantity"),
        ("", None),
        ("#", None),
    ],
)
def test_headings_are_understood_whatever_their_dress(heading: str, field: str | None) -> None:
    column = column_of(heading)
    assert (column.field if column else None) == field


@pytest.mark.parametrize(
    ("rows", "row", "fields"),
    [
        pytest.param(
            [(1, GOOD)], 1, {"document_no": 0, "customer_code": 1, "item_code": 2, "quantity": 3}, id="first row"
        ),
        pytest.param(
            [(1, ["Returns of March"]), (4, ["qty", None, "sku", "ACCOUNT", " rma # "])],
            4,
            {"document_no": 4, "customer_code": 3, "item_code": 2, "quantity": 0},
            id="below a title, in another order",
        ),
        pytest.param(
            [(20, GOOD), (21, ["R-1", "C1", "CPU", 1])],
            20,
            {"document_no": 0, "customer_code": 1, "item_code": 2, "quantity": 3},
            id="the twentieth row",
        ),
        pytest.param(
            [(2, [*GOOD, 7, dt.date(2026, 3, 31), CellError("#REF!"), True, "Tax"]), (3, GOOD)],
            2,
            {"document_no": 0, "customer_code": 1, "item_code": 2, "quantity": 3, "tax": 8},
            id="cells that are no text, and a second header",
        ),
    ],
)
def test_the_first_row_with_the_mandatory_columns_is_the_header(
    rows: list[RawRow], row: int, fields: dict[str, int]
) -> None:
    header = find_header(rows)
    assert isinstance(header, Header)
    assert header.row == row
    assert dict(header.fields) == fields


def test_a_header_keeps_every_heading_as_typed_and_tells_those_it_does_not_read() -> None:
    header = find_header([(1, [*GOOD, None, "  Discount %", 12])])
    assert isinstance(header, Header)
    assert header.headings == ("Document #", "Customer", "Item", "Quantity", "", "Discount %", "")
    assert header.unread == ("Discount %",)


@pytest.mark.parametrize(
    ("rows", "cause"),
    [
        pytest.param(
            [],
            "the sheet has no column for Document #, Customer, Item and Quantity in its top 20 rows",
            id="an empty sheet",
        ),
        pytest.param(
            [(1, ["Title"]), (3, ["RMA", "Sku", "Qty"]), (4, ["Qty"])],
            "the sheet has no column for Customer in its top 20 rows (row 3 has only RMA, Sku and Qty)",
            id="the row that comes closest",
        ),
        pytest.param(
            [(21, GOOD)],
            "the sheet has no column for Document #, Customer, Item and Quantity in its top 20 rows",
            id="a header one row too low",
        ),
    ],
)
def test_a_sheet_without_a_mandatory_column_says_which(rows: list[RawRow], cause: str) -> None:
    missing = find_header(rows)
    assert isinstance(missing, MissingColumns)
    assert missing.cause == cause


def test_the_remedy_for_a_missing_column_names_what_else_it_may_be_headed() -> None:
    assert MissingColumns(("Quantity",)).remedy == (
        "Put the headings Quantity in the header row. "
        "Quantity may also be headed Qty, Qty Returned, Quantity Returned, Returned Qty"
    )


def test_two_headings_for_one_column_are_refused_naming_both() -> None:
    repeated = find_header([(2, [*GOOD, "Serial #", "S/N"])])
    assert isinstance(repeated, RepeatedColumns)
    assert repeated.cause == "row 2 has several columns for Serial #: Serial # (column E) and S/N (column F)"
    assert repeated.remedy.startswith("Keep one column for Serial #")


@pytest.mark.parametrize(
    ("sheets", "position"),
    [
        pytest.param([SheetTop("Returns", True, [(1, GOOD)])], 0, id="the only one"),
        pytest.param(
            [SheetTop("Old", True, [(1, GOOD)]), SheetTop(" INTAKE ", True, [(1, GOOD)])], 1, id="Intake comes first"
        ),
        pytest.param(
            [SheetTop("Old", True, [(1, GOOD)]), SheetTop("Intake", False, [(1, GOOD)])], 1, id="also when hidden"
        ),
        pytest.param(
            [
                SheetTop("Lists", False, [(1, GOOD)]),
                SheetTop("Notes", True, [(1, ["Qty"])]),
                SheetTop("March", True, [(1, GOOD)]),
            ],
            2,
            id="the first visible one that fits",
        ),
    ],
)
def test_the_sheet_is_chosen(sheets: list[SheetTop], position: int) -> None:
    chosen = choose_sheet(sheets)
    assert isinstance(chosen, ChosenSheet)
    assert (chosen.position, chosen.name) == (position, sheets[position].name)


def test_sheets_that_could_be_read_and_are_not_are_named() -> None:
    filled: list[RawRow] = [(1, GOOD), (2, ["R-1", "C1", "CPU", 1])]
    sheets = [
        SheetTop("March", True, filled),
        SheetTop("April", True, filled),
        SheetTop("Blank", True, [(1, GOOD), (2, [None])]),
        SheetTop("Hidden", False, filled),
        SheetTop("Notes", True, [(1, ["Read me"]), (2, ["first"])]),
        SheetTop("May", True, filled),
    ]
    chosen = choose_sheet(sheets)
    assert isinstance(chosen, ChosenSheet)
    assert (chosen.name, chosen.passed_over) == ("March", ("April", "May"))


@pytest.mark.parametrize(
    ("sheets", "cause"),
    [
        pytest.param(
            [SheetTop("Intake", True, [(1, ["Qty"])]), SheetTop("March", True, [(1, GOOD)])],
            "the sheet Intake has no column for Document #, Customer and Item in its top 20 rows (row 1 has only Qty)",
            id="Intake without its columns",
        ),
        pytest.param(
            [
                SheetTop("Notes", True, []),
                SheetTop("March", True, [(1, GOOD[:3])]),
                SheetTop("April", True, [(1, GOOD[:3])]),
            ],
            "the sheet March has no column for Quantity in its top 20 rows"
            " (row 1 has only Document #, Customer and Item)",
            id="none fits: the first of the closest",
        ),
        pytest.param(
            [SheetTop("New", True, [(1, [*GOOD, "Qty"])]), SheetTop("Old", True, [(1, GOOD)])],
            "row 1 of the sheet New has several columns for Quantity: Quantity (column D) and Qty (column E)",
            id="a column twice is no reason to read another sheet",
        ),
        pytest.param(
            [SheetTop("Lists", False, [(1, GOOD)])],
            "the sheet has no column for Document #, Customer, Item and Quantity in its top 20 rows",
            id="nothing visible",
        ),
    ],
)
def test_a_workbook_without_a_usable_sheet_says_why(sheets: list[SheetTop], cause: str) -> None:
    refused = choose_sheet(sheets)
    assert isinstance(refused, MissingColumns | RepeatedColumns)
    assert refused.cause == cause


@pytest.mark.parametrize(("at", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ")])
def test_columns_are_named_as_a_spreadsheet_does(at: int, letters: str) -> None:
    assert column_letters(at) == letters


def test_fields_are_found_by_name() -> None:
    assert BY_FIELD["mfr_serial_no"].heading == "Mfr Serial #"
