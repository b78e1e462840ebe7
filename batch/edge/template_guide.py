"""Explain in plain words how the intake workbook is filled in, with examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batch.core.columns import BY_FIELD, COLUMNS

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

STEPS = (
    "1. Fill in the sheet Intake: one row for each item of a slip. Dark headings are needed on every row.",
    "2. Rest the mouse on a heading to see what belongs below it. Cells with a list show an arrow when chosen.",
    "3. Save the workbook and hand it in: put it in the inbox, or run `serialback run intake` with its name.",
    "4. Rows that cannot be done come back in a workbook of their own, with the reason and what to do.",
)

RULES = (
    ("One serial", "SN-0001", "Type it as it is printed on the unit. Zeros in front count; the column is text."),
    ("Several serials", "SN-0001, SN-0007", "Part them by commas, semicolons or new lines (Alt+Enter)."),
    ("A range", "1001-1005", "Stands for 1001, 1002, 1003, 1004 and 1005. Only for Serial #."),
    ("Manufacturer's serials", "M-1, M-2", "One for each unit. With as many Serial #, they are pairs in order."),
    ("No serial at all", "", "Leave both blank: serials are made for as many units as the quantity says."),
    ("Fewer new serials", "1", "Generate Quantity is the most that may be made; the other units must be named."),
    ("Amounts", "1234.50", "With a point before the decimals and nothing between thousands. Blank is the list price."),
    ("Dates", "2026-03-31", "Year, month, day; or a date as your spreadsheet knows it."),
    ("Same slip, several rows", "R-1001", "Repeat the document number; customer, location and date must be the same."),
)

# Rows as they might be typed, by field, with what they say.
EXAMPLES = (
    ({"document_no": "R-1001", "customer_code": "C1", "item_code": "CPU", "quantity": "3"},
     "Three units came back, none with a known serial: three serials are made."),
    ({"document_no": "R-1002", "customer_code": "C1", "item_code": "CPU", "quantity": "2", "serial_no": "4001"},
     "One unit is 4001, which is on file; for the other a serial is made."),
    ({"document_no": "R-1003", "customer_code": "C2", "item_code": "CPU", "quantity": "5",
      "serial_no": "1001-1005"}, "Five units, all on file: no serial is made."),
    ({"document_no": "R-1004", "customer_code": "C2", "item_code": "CPU", "quantity": "2",
      "mfr_serial_no": "M-1, M-2"}, "Found by the manufacturer's serials; what is not on file gets a serial."),
    ({"document_no": "S-0007", "document_type": "Service", "customer_code": "C1", "item_code": "CPU",
      "quantity": "1", "mfr_serial_no": "M-9"}, "Taken in for repair: it stays the customer's, with no credit."),
)  # fmt: skip

_EXAMPLE_FIELDS = (
    "document_no",
    "document_type",
    "customer_code",
    "item_code",
    "quantity",
    "serial_no",
    "mfr_serial_no",
)


def write_guide(book: Workbook, sheet: Worksheet) -> None:
    """Write the page of help."""
    title = book.add_format({"bold": True, "font_size": 14})
    part = book.add_format({"bold": True, "font_size": 12, "font_color": "#1F4E79"})
    head = book.add_format({"bold": True, "bg_color": "#D9E2EC", "bottom": 1})
    cell = book.add_format(
        {"text_wrap": True, "valign": "top", "num_format": "@", "bottom": 1, "bottom_color": "#D9D9D9"}
    )
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 16)
    sheet.set_column(2, 6, 18)
    sheet.set_column(7, 7, 62)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, "How to fill in the sheet Intake", title)
    row = 1
    for step in STEPS:
        row += 1
        sheet.write_string(row, 0, step)
    row = _table(sheet, row + 2, "What to type", ("What", "Such as", "How"), RULES, (part, head, cell))
    headings = tuple(BY_FIELD[field].heading for field in _EXAMPLE_FIELDS)
    rows = tuple((*(cells.get(field, "") for field in _EXAMPLE_FIELDS), said) for cells, said in EXAMPLES)
    row = _table(
        sheet, row + 1, "Rows as they might be typed", (*headings, "What becomes of it"), rows, (part, head, cell)
    )
    columns = tuple(
        (each.heading, "needed" if each.mandatory else "", f"{each.help} Such as: {each.example}") for each in COLUMNS
    )
    _table(sheet, row + 1, "The columns", ("Column", "Needed", "What it holds"), columns, (part, head, cell))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _table(  # noqa: PLR0917 - a table: where, its title, headings, rows and looks
    sheet: Worksheet,
    row: int,
    title: str,
    headings: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
    looks: tuple[object, object, object],
) -> int:
    """Write a table, the last column over what is left of the page; give the row below it."""
    part, head, cell = looks
    sheet.write_string(row, 0, title, part)
    for place, (values, look) in enumerate([(headings, head), *((each, cell) for each in rows)], start=row + 1):
        for at, value in enumerate(values[:-1]):
            sheet.write_string(place, at, value, look)
        last = len(values) - 1
        if last < 7:
            sheet.merge_range(place, last, place, 7, "", look)
        sheet.write_string(place, last, values[-1], look)
    return row + len(rows) + 2
