"""Show what the empty intake workbook offers and checks, and that it lands nothing until it is filled in."""

from __future__ import annotations

import stat
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from batch.core.columns import COLUMNS, ChosenSheet, SheetTop, choose_sheet
from batch.edge.database import read_only
from batch.edge.sheets import ReadLimits, read_sheets
from batch.edge.template import write_template
from batch.errors import UsageError
from tests.databases import Database
from tests.jobs.world import World, row


@pytest.fixture
def template(database: Database, tmp_path: Path) -> Path:
    """Write the template of the shop, which has an item and an area that are no longer in use."""
    world = World(database, tmp_path)
    world.insert("item", item_code="OLD", inventory_type="SERIALIZED", active=False)
    world.insert("item", item_code="=1+1", inventory_type="SERIALIZED")
    world.insert("stock_area", area_code="GONE", area_type="STOCK", active=False)
    with read_only(database.engine) as connection:
        listed = write_template(connection, tmp_path / "template.xlsx", quantity_limit=500)
    assert listed == {"location": 3, "item": 5, "area": 6}
    return tmp_path / "template.xlsx"


def checks(sheet: Worksheet) -> dict[str, tuple[object, ...]]:
    """Read the checks of the sheet by the heading of their column."""
    found: dict[str, tuple[object, ...]] = {}
    for each in sheet.data_validations.dataValidation:
        first = str(each.sqref).split(":", maxsplit=1)[0]
        assert first.endswith("2")
        heading = str(sheet[f"{first[:-1]}1"].value)
        found[heading] = (each.type, each.formula1, each.formula2, each.errorStyle)
    return found


def test_drop_downs_offer_what_is_on_file_and_in_use(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    lists = book["Lists"]
    assert lists.sheet_state == "hidden"
    listed = {str(column[0].value): [cell.value for cell in column[1:] if cell.value] for column in lists.iter_cols()}
    assert listed == {
        "Type": ["Return", "Service", "Credit Order"],
        "Location": ["HQ", "HQ-SALES", "MAIN"],
        "Item": sorted(["=1+1", "CABLE", "CPU", "FEE", "MOUSE"]),
        "Area": ["CRMA", "CRMA-EX", "MAIN-STOCK", "RELEASED", "REPAIRS-IN", "SOLD"],
    }
    assert {cell.data_type for column in lists.iter_cols() for cell in column if cell.value} == {"s"}
    found = checks(book["Intake"])
    # What is not listed may be typed all the same, but for the type of document.
    assert {name: found[name] for name in listed} == {
        "Type": ("list", "Lists!$A$2:$A$4", None, None),
        "Location": ("list", "Lists!$B$2:$B$4", None, "warning"),
        "Item": ("list", "Lists!$C$2:$C$6", None, "warning"),
        "Area": ("list", "Lists!$D$2:$D$7", None, "warning"),
    }


def test_numbers_and_dates_are_checked(template: Path) -> None:
    found = checks(openpyxl.load_workbook(template)["Intake"])
    assert found["Quantity"][:3] == ("whole", "1", "500")
    assert found["Generate Quantity"][:3] == ("whole", "0", "500")
    assert found["Line #"][:2] == ("whole", "1")
    assert found["Date"][0] == "date"
    assert {found[each][:2] for each in ("Unit Price", "Discount", "Tax", "Unit Cost")} == {("decimal", "0")}


def test_the_sheet_is_ready_to_be_filled_in(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    sheet = book["Intake"]
    assert (book.sheetnames, book.active, sheet.freeze_panes) == (["Intake", "How to", "Lists"], sheet, "B2")
    assert [cell.value for cell in sheet[1]] == [column.heading for column in COLUMNS]
    formats = {
        at: style.number_format
        for style in sheet.column_dimensions.values()
        # Columns alike that stand side by side are kept as one.
        for at in range(style.min or 0, (style.max or 0) + 1)
    }
    for at, column in enumerate(COLUMNS, start=1):
        note = sheet.cell(1, at).comment
        assert note is not None
        assert note.text.startswith(column.help)
        assert ("Needed" in note.text) == column.mandatory
        words = column.field in {"document_type", "reason", "reference"}
        assert (formats[at] == "@") == (column.identifier or words)


def test_the_help_names_every_column_and_is_not_read(template: Path, tmp_path: Path) -> None:
    guide = openpyxl.load_workbook(template)["How to"]
    told = {str(cell.value) for line in guide.iter_rows() for cell in line if cell.value}
    assert {column.heading for column in COLUMNS} <= told
    with read_sheets(template, scratch=tmp_path, limits=ReadLimits()) as spool:
        tops = [SheetTop(each.name, each.visible, list(spool.rows(each))) for each in spool.sheets]
    chosen = choose_sheet(tops)
    assert isinstance(chosen, ChosenSheet)
    assert (chosen.name, len(tops[chosen.position].rows)) == ("Intake", 1)


def test_a_template_filled_in_is_settled(database: Database, tmp_path: Path) -> None:
    world = World(database, tmp_path)
    with read_only(database.engine) as connection:
        write_template(connection, tmp_path / "template.xlsx", quantity_limit=9)
    book = openpyxl.load_workbook(tmp_path / "template.xlsx")
    for heading, value in row("00042", quantity=2, type="Return", mfr="00123, M-2").items():
        at = next(cell.column_letter for cell in book["Intake"][1] if cell.value == heading)
        book["Intake"][f"{at}2"] = value  # type: ignore[assignment]
    book.save(tmp_path / "returns.xlsx")
    world.intake(tmp_path / "returns.xlsx")
    assert (world.exceptions(), world.serials("00042")) == ([], ["5001", "5002"])


def test_an_empty_database_gives_a_template_without_lists(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    with read_only(database.engine) as connection:
        assert write_template(connection, path, quantity_limit=9) == {"location": 0, "item": 0, "area": 0}
        assert sorted(checks(openpyxl.load_workbook(path)["Intake"])) == sorted(
            ["Type", "Line #", "Quantity", "Generate Quantity", "Date", "Unit Price", "Discount", "Tax", "Unit Cost"]
        )
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        with pytest.raises(UsageError, match="exists already"):
            write_template(connection, path, quantity_limit=9)
        write_template(connection, path, overwrite=True, quantity_limit=9)
