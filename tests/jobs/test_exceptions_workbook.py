"""Show what the exceptions workbook holds: which rows, which cells, how they look, and what is suggested."""

from __future__ import annotations

import datetime as dt
import re
import stat
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from batch.edge.database import read_only, transaction
from batch.edge.exceptions_workbook import write_exceptions_workbook
from batch.edge.waive import waive
from batch.errors import UsageError
from tests.jobs.world import NOW, World, row

OURS = {"What is wrong", "What to do", "Suggestion", "Code", "Exception #", "Came from"}
RED, YELLOW = "FFFFC7CE", "FFFFEB9C"


def export(world: World, **wanted: Any) -> tuple[int, Path]:
    path = world.folder / "exceptions.xlsx"
    path.unlink(missing_ok=True)
    with read_only(world.database.engine) as connection:
        return write_exceptions_workbook(connection, path, **wanted), path


def intake_sheet(path: Path) -> Worksheet:
    return openpyxl.load_workbook(path)["Intake"]


def cells(sheet: Worksheet, row_no: int) -> dict[str, Cell]:
    found = zip(sheet[1], sheet[row_no], strict=True)
    return {str(heading.value): cell for heading, cell in found if isinstance(cell, Cell)}


def documents(path: Path) -> list[object]:
    sheet = intake_sheet(path)
    return [cells(sheet, row_no)["Document #"].value for row_no in range(2, sheet.max_row + 1)]


def raw(world: World, text: str, name: str = "raw.csv") -> Path:
    path = world.folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_only_rows_that_need_a_human_are_in_it(world: World) -> None:
    world.hold(intake="document")
    world.intake(row("R-1"), row("R-2", "NONE"), row("R-3"), row("R-3", "NONE"), row("R-4", quantity=0))
    rows, path = export(world)
    # The first line of R-3 only waits for the second.
    assert (rows, documents(path)) == (3, ["R-2", "R-3", "R-4"])


def test_where_nobody_is_needed_nothing_is_written(world: World) -> None:
    world.intake(row("R-1"))
    rows, path = export(world)
    assert (rows, path.exists()) == (0, False)
    world.intake(row("R-2", "NONE"))
    with transaction(world.database.engine) as connection:
        waive(connection, [1], "not ours", NOW)
    assert export(world)[0] == 0


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param({}, ["R-1", "R-2", "R-3"], id="all"),
        pytest.param({"run_id": 1}, ["R-1", "R-2"], id="of a run"),
        pytest.param({"run_id": 2}, ["R-3"], id="of another run"),
        pytest.param({"intake_file_id": 2}, ["R-3"], id="of a file"),
        pytest.param({"code": "ITEM_UNKNOWN"}, ["R-1", "R-3"], id="of a code"),
        pytest.param({"code": "ITEM_UNKNOWN", "run_id": 1}, ["R-1"], id="of a code and a run"),
        pytest.param({"code": "DATE_INVALID"}, [], id="none"),
    ],
)
def test_rows_are_chosen(world: World, wanted: dict[str, Any], expected: list[str]) -> None:
    world.intake(row("R-1", "NONE"), row("R-2", quantity=0))
    world.intake(row("R-3", "NONE"))
    rows, path = export(world, **wanted)
    assert rows == len(expected)
    assert (documents(path) if rows else []) == expected


def test_a_file_there_is_not_overwritten_unasked_and_not_for_everybody(world: World) -> None:
    world.intake(row("R-1", "NONE"))
    _, path = export(world)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    before = path.read_bytes()
    with read_only(world.database.engine) as connection:
        with pytest.raises(UsageError, match="exists already"):
            write_exceptions_workbook(connection, path)
        assert path.read_bytes() == before
        assert write_exceptions_workbook(connection, path, code="ITEM_UNKNOWN", overwrite=True) == 1
    assert sorted(each.name for each in world.folder.glob("*.xlsx")) == ["exceptions.xlsx", "intake-1.xlsx"]


def test_cells_come_back_as_they_were_typed(world: World) -> None:
    typed: dict[str, Any] = {
        "document": "00042", "item": "NONE", "quantity": 2, "customer": "C1", "location": "HQ", "price": 12.5,
        "date": dt.date(2026, 3, 1), "serial": "1E5, NA", "mfr": 123456, "reason": "late", "reference": "INV-1",
    }  # fmt: skip
    world.intake(row(**typed))
    _, path = export(world)
    found = cells(intake_sheet(path), 2)
    values = {name: cell.value for name, cell in found.items() if cell.value is not None and name not in OURS}
    assert values == {
        "Document #": "00042", "Line #": 1, "Date": dt.datetime(2026, 3, 1), "Location": "HQ", "Customer": "C1",
        "Item": "NONE", "Quantity": 2, "Serial #": "1E5, NA", "Mfr Serial #": "123456", "Unit Price": 12.5,
        "Reason": "late", "Reference": "INV-1",
    }  # fmt: skip
    identifiers = ("Document #", "Location", "Customer", "Item", "Serial #", "Mfr Serial #", "Code", "Exception #")
    assert {(found[each].data_type, found[each].number_format) for each in identifiers} == {("s", "@")}


def test_the_wrong_cells_are_coloured_and_noted(world: World) -> None:
    world.intake(row("R-1", quantity="two", mfr=4711, price="1,50"), row("R-2", customer=None))
    _, path = export(world)
    sheet = intake_sheet(path)
    colours = [
        {heading: cell.fill.fgColor.rgb for heading, cell in cells(sheet, row_no).items() if heading not in OURS}
        for row_no in (2, 3)
    ]
    marked = [{name: colour for name, colour in each.items() if colour in {RED, YELLOW}} for each in colours]
    assert marked == [{"Quantity": RED, "Unit Price": RED, "Mfr Serial #": YELLOW}, {"Customer": RED}]
    first = cells(sheet, 2)
    note = first["Quantity"].comment
    assert note is not None
    assert note.text == 'Quantity: "two" is not a whole number.\nType the number of units, such as 2.'
    assert str(first["What is wrong"].value).splitlines()[0] == 'Quantity: "two" is not a whole number.'
    assert str(first["What to do"].value).splitlines()[0] == "Type the number of units, such as 2."
    assert first["Suggestion"].value == "Unit Price 1.50"
    assert first["Code"].value == "QUANTITY_NOT_INTEGER, SERIAL_STORED_AS_NUMBER, AMOUNT_INVALID"


def test_no_row_is_there_twice_where_notes_hang_on_several(world: World) -> None:
    world.intake(*(row(f"R-{at}", quantity="two") for at in range(3)))
    _, path = export(world)
    with zipfile.ZipFile(path) as book:
        rows = re.findall(r'<row r="(\d+)"', book.read("xl/worksheets/sheet1.xml").decode())
    assert rows == ["1", "2", "3", "4"]
    assert [cells(intake_sheet(path), at)["Quantity"].comment is None for at in (2, 3, 4)] == [False] * 3


def test_columns_unknown_to_us_are_kept_at_the_end(world: World) -> None:
    head = "Till,RMA,Account,SKU,Qty,Store,Unit,Came from,Note to self\n"
    world.intake(raw(world, head + "7,R-1,C1,NONE,1,HQ,=2+2,elsewhere,+ask Ann\n"))
    world.intake(raw(world, "Document #,Customer,Item,Quantity,Clerk\nR-2,C1,NONE,1,Bob\n", "two.csv"))
    _, path = export(world)
    sheet = intake_sheet(path)
    headings = [str(cell.value) for cell in sheet[1]]
    assert headings[22:] == ["Till", "Unit", "Note to self", "Clerk", "Code", "Exception #", "Came from"]
    first, second = cells(sheet, 2), cells(sheet, 3)
    assert [first[each].value for each in headings[22:26]] == ["7", "=2+2", "+ask Ann", None]
    assert [first[each].data_type for each in headings[22:25]] == ["s", "s", "s"]
    assert (first["Came from"].value, second["Clerk"].value) == ("raw.csv, row 2", "Bob")


def test_nothing_typed_becomes_a_formula(world: World) -> None:
    hostile = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tTAB", "\rCR", "=HYPERLINK(1)")
    lines = "".join(f'"R-{at}","{each}","{each}","1","{each}"\n' for at, each in enumerate(hostile))
    world.intake(raw(world, f"Document #,Customer,Item,Quantity,=1+1\n{lines}"))
    world.pos_invoice("=1+1", {"quantity": -3, "generate_quantity": 4})
    _, path = export(world)
    with zipfile.ZipFile(path) as book:
        sheets = {name: book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name}
        everything = b"".join(book.read(name) for name in book.namelist())
    assert len(sheets) == 3
    for name, sheet in sheets.items():
        assert not re.search(r"<f[ >/]", sheet), name
        kinds = {kind for text, kind in re.findall(r'<c [^>]*?(t="(\w+)")', sheet)}
        assert kinds <= {"inlineStr", "s"}, name
    assert b"HYPERLINK" in everything
    reasons = [cells(intake_sheet(path), at)["Customer"].value for at in range(2, 9)]
    assert [str(each).replace("_x000D_", "\r") for each in reasons] == [each.strip("\t\r") and each for each in hostile]


def test_documents_of_other_systems_have_a_sheet_of_their_own(world: World) -> None:
    world.pos_invoice("INV-1", {"quantity": -3, "generate_quantity": 4})
    rows, path = export(world)
    assert (rows, openpyxl.load_workbook(path).sheetnames) == (1, ["Summary", "Not from a sheet"])
    world.intake(row("R-1", "NONE"))
    rows, path = export(world)
    book = openpyxl.load_workbook(path)
    assert (rows, book.sheetnames) == (2, ["Intake", "Summary", "Not from a sheet"])
    assert [cell.value for cell in book["Not from a sheet"][2]] == [
        "POS invoice", "INV-1", "1", None,
        "POS invoice INV-1, line 1, Generate Quantity: 4 serials are asked for, 3 are allowed.",
        "Ask for at most the allowed quantity, or leave the cell blank.", "GENERATE_QUANTITY_EXCEEDED", "1",
    ]  # fmt: skip
    rows, path = export(world, intake_file_id=1)
    assert (rows, openpyxl.load_workbook(path).sheetnames) == (1, ["Intake", "Summary"])


def test_the_summary_counts_rows_by_code_and_draws_them(world: World) -> None:
    world.intake(row("R-1", "NONE"), row("R-2", "NONE"), row("R-3", quantity=0, date="soon", mfr=1.5))
    _, path = export(world)
    book = openpyxl.load_workbook(path)
    table = [values[:3] for values in book["Summary"].iter_rows(values_only=True) if isinstance(values[1], int)]
    assert table == [
        ("ITEM_UNKNOWN", 2, 2), ("DATE_INVALID", 1, 1), ("QUANTITY_ZERO", 1, 1), ("SERIAL_MALFORMED", 1, 1),
    ]  # fmt: skip
    with zipfile.ZipFile(path) as parts:
        chart = parts.read("xl/charts/chart1.xml").decode()
    assert "Summary!$B$8:$B$11" in chart


# What is on file, what is typed instead, and what is suggested.
SUGGESTIONS = [
    pytest.param({"serial": "4O01"}, "Serial # 4001: item CPU, in area SOLD, outside", id="letter for digit"),
    pytest.param({"serial": "40l7"}, "Serial # 4017: item CPU, in area SOLD, outside", id="l for 1"),
    pytest.param({"serial": "4010"}, "Serial # 4001: item CPU, in area SOLD, outside", id="swapped"),
    pytest.param({"serial": "401"}, "Serial # 4001: item CPU, in area SOLD, outside", id="zero left out"),
    pytest.param({"serial": "SN-А7"}, "Serial # SN-A7: item CPU, in area CRMA, in stock", id="Cyrillic letter"),
    pytest.param({"serial": "9999"}, None, id="nothing near"),
    pytest.param({"serial": "5100"}, "Serial # 5010: item CPU, in area SOLD, outside", id="in stock, another is not"),
    pytest.param({"serial": "4001", "item": "MOUSE"}, "Item CPU, if the unit is 4001", id="another item"),
    pytest.param({"mfr": "SAME"}, "Serial # 4018 in SOLD or 4019 in SOLD", id="one of two"),
    pytest.param({"item": "cpu"}, "Item CPU", id="item in lower case"),
    pytest.param({"item": "CABEL"}, "Item CABLE", id="item swapped"),
    pytest.param({"customer": "EUR0"}, "Customer EURO", id="customer look-alike"),
    pytest.param({"location": "H Q"}, "Location HQ", id="location with a blank"),
    pytest.param({"area": "CMRA"}, "Area CRMA", id="area swapped"),
    pytest.param({"currency": "US"}, "Currency USD", id="currency"),
]


@pytest.mark.parametrize(("typed", "suggestion"), SUGGESTIONS)
def test_what_was_likely_meant_is_suggested_and_not_applied(
    world: World, typed: dict[str, Any], suggestion: str | None
) -> None:
    for serial_no, mfr in (("4001", None), ("4017", None), ("5010", None), ("4018", "SAME"), ("4019", "SAME")):
        world.unit(serial_no, mfr_serial_no=mfr)
    for serial_no in ("SN-A7", "5100"):
        world.unit(serial_no, "CRMA")
    world.intake(row("R-1", **typed))
    _, path = export(world)
    found = cells(intake_sheet(path), 2)
    assert found["Suggestion"].value == suggestion
    ((name, value),) = list(typed.items())[:1]
    assert found[{"serial": "Serial #", "mfr": "Mfr Serial #"}.get(name, name.capitalize())].value == value


def test_what_is_of_the_same_item_comes_first_also_where_its_zeros_are_only_shown(world: World) -> None:
    world.insert("item", item_code="00042", inventory_type="SERIALIZED", list_price_minor=1)
    world.unit("4001")
    world.unit("4OO1", item_code="00042")
    path = world.sheet(row("R-1", 42, serial="40O1"))
    book = openpyxl.load_workbook(path)
    cells(book["Intake"], 2)["Item"].number_format = "00000"
    book.save(path)
    world.intake(path)
    _, path = export(world)
    suggested = str(cells(intake_sheet(path), 2)["Suggestion"].value)
    assert suggested.startswith("Serial # 4OO1: item 00042")


def test_a_percentage_comes_back_as_text_and_nothing_is_suggested(world: World) -> None:
    path = world.sheet(row("R-1", discount=0.1, reason=0.5), row("R-2", quantity=2), row("R-3", discount="10%"))
    book = openpyxl.load_workbook(path)
    sheet = book["Intake"]
    for cell in (cells(sheet, 2)["Discount"], cells(sheet, 2)["Reason"], cells(sheet, 3)["Quantity"]):
        cell.number_format = "0%"
    cells(sheet, 2)["Item"].value = 7
    cells(sheet, 2)["Item"].number_format = "0.00%"
    book.save(path)
    world.intake(path)
    assert [each[2] for each in world.exceptions()] == ["AMOUNT_INVALID", "QUANTITY_NOT_INTEGER", "AMOUNT_INVALID"]
    _, path = export(world)
    first, second, third = (cells(intake_sheet(path), at) for at in (2, 3, 4))
    assert first["What is wrong"].value == 'Discount: "10%" is a percentage, not an amount.'
    typed = "ype the amount that it comes to, such as 150.00."
    assert first["What to do"].value == f"Format the column as Number and t{typed}"
    assert third["What to do"].value == f"T{typed}"
    assert (first["Discount"].value, first["Reason"].value, second["Quantity"].value) == ("10%", "50%", "200%")
    assert (first["Item"].value, first["Item"].number_format) == (7, "General")
    assert [each["Suggestion"].value for each in (first, second, third)] == [None, None, None]
    # Handed in again as it is, it is refused again.
    world.intake(path)
    assert [each[2] for each in world.exceptions()] == ["AMOUNT_INVALID", "QUANTITY_NOT_INTEGER", "AMOUNT_INVALID"]


def test_repeated_lines_are_each_offered_a_number_of_their_own(world: World) -> None:
    world.intake(row("R-1", line=1), row("R-1", line=1), row("R-1", line=1), row("R-1", line=4, quantity=0))
    _, path = export(world)
    sheet = intake_sheet(path)
    assert [cells(sheet, at)["Suggestion"].value for at in (2, 3, 4)] == ["Line # 5", "Line # 6", None]


def test_a_check_that_fails_is_compared_with_the_register(world: World) -> None:
    world.insert("item", item_code="PHONE", inventory_type="SERIALIZED", mfr_serial_check="luhn", list_price_minor=1)
    world.unit("4001", item_code="PHONE", mfr_serial_no="79927398713")
    world.intake(row("R-1", "PHONE", mfr="79927398731"))
    _, path = export(world)
    suggested = cells(intake_sheet(path), 2)["Suggestion"].value
    assert suggested == "Mfr Serial # 79927398713: on serial 4001, item PHONE, in area SOLD, outside"
