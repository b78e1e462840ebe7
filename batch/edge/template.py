"""Write an empty intake workbook: headings with notes, drop-downs from the database, checks, and a page of help."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from batch.core.columns import COLUMNS, IntakeColumn, column_letters
from batch.core.mend import TYPES
from batch.edge.new_file import new_file
from batch.edge.schema import ITEM, LOCATION, STOCK_AREA
from batch.edge.template_guide import write_guide

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

# As many rows are prepared as a person fills in; more may be added below and are read all the same.
PREPARED_ROWS = 5_000
# A list beyond this is no help to anybody, and slow to open.
LISTED_LIMIT = 20_000
LISTS = "Lists"

_LATEST_DAY = dt.date(2199, 12, 31)
_WIDTHS = {"document_no": 14, "item_code": 18, "serial_no": 24, "mfr_serial_no": 24, "reason": 26, "reference": 16}

_LISTED: Mapping[str, tuple[str, sa.Select[Any]]] = {
    "location_code": ("location", sa.select(LOCATION.c.location_code).order_by(LOCATION.c.location_code)),
    "item_code": ("item", sa.select(ITEM.c.item_code).where(ITEM.c.active).order_by(ITEM.c.item_code)),
    "area_code": (
        "area",
        sa.select(STOCK_AREA.c.area_code).where(STOCK_AREA.c.active).order_by(STOCK_AREA.c.area_code),
    ),
}


def write_template(
    connection: sa.Connection, path: Path, *, overwrite: bool = False, quantity_limit: int
) -> dict[str, int]:
    """Write the template, and say how many of each kind its drop-downs list.

    Raises UsageError where `path` is taken and is not to be overwritten.
    """
    from xlsxwriter.workbook import Workbook

    listed = {field: _codes(connection, statement) for field, (_, statement) in _LISTED.items()}
    with (
        new_file(path, overwrite=overwrite) as part,
        Workbook(part, {"strings_to_formulas": False, "strings_to_urls": False}) as book,
    ):
        sheet = book.add_worksheet("Intake")
        guide = book.add_worksheet("How to")
        _write_headings(book, sheet)
        _write_checks(sheet, quantity_limit)
        _write_lists(book, sheet, {"document_type": TYPES, **listed})
        write_guide(book, guide)
        sheet.activate()
    return {_LISTED[field][0]: len(codes) for field, codes in listed.items()}


def _codes(connection: sa.Connection, statement: sa.Select[Any]) -> list[str]:
    return [str(code) for code in connection.execute(statement.limit(LISTED_LIMIT)).scalars()]


def _write_headings(book: Workbook, sheet: Worksheet) -> None:
    look = {"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 2, "font_color": "#FFFFFF"}
    needed, optional = (book.add_format({**look, "bg_color": colour}) for colour in ("#1F4E79", "#7F96AD"))
    text, number = book.add_format({"num_format": "@"}), book.add_format({"num_format": "General"})
    amount, day = book.add_format({"num_format": "0.00##"}), book.add_format({"num_format": "yyyy-mm-dd"})
    amounts = {"unit_price", "discount", "tax", "unit_cost"}
    counts = {"line_no", "quantity", "generate_quantity"}
    for at, column in enumerate(COLUMNS):
        # Currencies differ in their decimals, but most have two; a cell shows what is typed in the bar above.
        look_of = amount if column.field in amounts else number if column.field in counts else text
        width = _WIDTHS.get(column.field, 11)
        sheet.set_column(at, at, width, day if column.field == "document_date" else look_of)
        sheet.write_string(0, at, column.heading, needed if column.mandatory else optional)
        sheet.write_comment(0, at, _note(column), {"x_scale": 1.8, "y_scale": 1.1})
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, 1)
    last = f"A2:{column_letters(len(COLUMNS) - 1)}{PREPARED_ROWS + 1}"
    # Serials are texts on purpose: no green corner should tell people to turn them into numbers.
    sheet.ignore_errors({"number_stored_as_text": last})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _note(column: IntakeColumn) -> str:
    needed = "Needed on every row." if column.mandatory else "May be left blank."
    return f"{column.help}\n{needed} Such as: {column.example}"


def _write_checks(sheet: Worksheet, quantity_limit: int) -> None:
    """Let the spreadsheet refuse what would be refused later; what only may be wrong is left to the reading."""
    whole: dict[str, Any] = {"validate": "integer", "criteria": "between"}
    amount: dict[str, Any] = {"validate": "decimal", "criteria": ">=", "value": 0}
    plainly = "Type the amount plainly, such as 150.00: no currency sign, nothing between thousands."
    checks: Mapping[str, tuple[dict[str, Any], str]] = {
        "line_no": ({**whole, "minimum": 1, "maximum": 999_999_999}, "Type a whole number from 1, or leave it blank."),
        "quantity": (
            {**whole, "minimum": 1, "maximum": quantity_limit},
            f"Type how many units came back: a whole number from 1 to {quantity_limit:,}.",
        ),
        "generate_quantity": (
            {**whole, "minimum": 0, "maximum": quantity_limit},
            "Type how many serials may be made at most, or leave it blank for as many as needed.",
        ),
        "document_date": (
            {"validate": "date", "criteria": "between", "minimum": dt.date(1990, 1, 1), "maximum": _LATEST_DAY},
            "Type a date, such as 2026-03-31.",
        ),
        "unit_price": (amount, plainly),
        "discount": (amount, plainly),
        "tax": (amount, plainly),
        "unit_cost": (amount, plainly),
    }
    for at, column in enumerate(COLUMNS):
        if column.field in checks:
            rule, remedy = checks[column.field]
            _check(sheet, at, {**rule, "error_title": column.heading, "error_message": remedy})


def _write_lists(book: Workbook, sheet: Worksheet, lists: Mapping[str, Sequence[str]]) -> None:
    """Put the codes on a hidden sheet, and offer them in their columns; a code not listed may be typed all the same."""
    hidden = book.add_worksheet(LISTS)
    hidden.hide()
    text = book.add_format({"num_format": "@"})
    for at, (field, codes) in enumerate(lists.items()):
        place = next(place for place, column in enumerate(COLUMNS) if column.field == field)
        heading = COLUMNS[place].heading
        hidden.write_string(0, at, heading)
        for row, code in enumerate(codes, start=1):
            # As rich text it would be taken for XML.
            hidden.write_string(row, at, code if not code.startswith("<r>") else "", text)
        if not codes:
            continue
        letters = column_letters(at)
        _check(
            sheet,
            place,
            {
                "validate": "list",
                "source": f"={LISTS}!${letters}$2:${letters}${len(codes) + 1}",
                "error_type": "stop" if field == "document_type" else "warning",
                "error_title": heading,
                "error_message": "Choose Return, Service or Credit Order, or leave it blank for Return."
                if field == "document_type"
                else "This code was not on file when the workbook was made. Is it spelt right?",
            },
        )


def _check(sheet: Worksheet, at: int, rule: dict[str, Any]) -> None:
    sheet.data_validation(1, at, PREPARED_ROWS, at, rule)
