"""Write an intake workbook as people really send them: titles, other headings, lost zeros, a totals row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sample_data import shop
from sample_data.sheets import DATE, GREY, INK, MONEY, PLAIN, Book, Column, Formatted, Formula, Row

_HEADER_ROW = 4

# In the order in which the clerk likes them; nothing says that a column is text.
_COLUMNS = (
    Column("Return Date", 12, DATE),
    Column("RMA", 11, PLAIN),
    Column("Clerk", 8, PLAIN),
    Column("Branch", 10, PLAIN),
    Column("SKU", 13, PLAIN),
    Column("Article name", 30, PLAIN),
    Column("Qty.", 6, PLAIN),
    Column("S/N", 19, PLAIN, wrapped=True),
    Column("IMEI", 19, PLAIN, wrapped=True),
    Column("Kind", 13, PLAIN),
    Column("Price", 10, MONEY),
    Column("Account", 9, PLAIN),
    Column("Return reason", 34, PLAIN, wrapped=True),
)


def write_as_sent(path: Path) -> None:
    """Write the workbook: a note to the office first, then the list under a merged title."""
    with Book(path, "Returns week 13") as book:
        _note(book)
        sheet = book.table("Returns wk 13", _COLUMNS, _with_totals(_rows()), first_row=_HEADER_ROW, ink=GREY)
        title = book.form(bold=True, font_size=16, font_color=INK, valign="vcenter")
        sheet.merge_range(0, 0, 0, len(_COLUMNS) - 1, "RETURNS CITY + HARBOUR, WEEK 13", title)
        sheet.set_row(0, 26)
        sheet.write_string(1, 0, "Please book by Tuesday! Questions: Toni, ext. 214", book.form(italic=True))
        sheet.write_string(2, 0, "printed 30.03.2026 17:52", book.form(font_color="#808080"))


def _note(book: Book) -> None:
    sheet = book.sheet("Read me first")
    sheet.set_column(0, 0, 70, book.form(text_wrap=True))
    lines = ("Hi,", "", "the list is on the next sheet. Toni could not read two of the labels.", "", "Thanks, Sam")
    for at, line in enumerate(lines):
        sheet.write_string(at, 0, line, book.form())


def _with_totals(rows: Sequence[Row]) -> list[Row]:
    first, last = _HEADER_ROW + 2, _HEADER_ROW + 1 + len(rows)
    units = sum(value for row in rows if isinstance(value := row.get("Qty."), int))
    total = Formula(f"=SUM(G{first}:G{last})", units)
    return [*rows, {}, {"Article name": "TOTAL", "Qty.": total}]


def _rows() -> list[Row]:
    return [_filled(row) for row in (*_city(), {}, *_harbour())]


def _city() -> Sequence[dict[str, Any]]:
    laptop = _unit("LC005207")
    phone = _unit(shop.phone_serial(105))
    fresh = "\n".join(shop.mfr_serial("PH-LITE-64", number) for number in (2001, 2002))
    zeros = Formatted(float(phone.mfr_serial_no or ""), "0")
    return (
        {"RMA": "w13-01", "SKU": "MN-24", "S/N": Formatted(418, "00000"), "Account": "C1007", "Kind": "RETURN"},
        {"RMA": "w13-02", "SKU": "MN-24", "S/N": Formatted(417, PLAIN), "Account": "C1006"},
        {"RMA": "w13-03", "SKU": laptop.item_code, "S/N": laptop.serial_no, "Account": laptop.customer_code},
        {"RMA": "w13-04", "SKU": phone.item_code, "IMEI": zeros, "Account": phone.customer_code, "Kind": "return"},
        {"RMA": "w13-05", "SKU": "PH-LITE-64", "Qty.": 2, "IMEI": fresh, "Account": "C1016", "Kind": "Return "},
        {},
        {"RMA": "w13-06", "SKU": "CABLE-USBC", "Qty.": 6, "Account": "C1016", "Price": 11.9},
        {"RMA": "w13-07", "SKU": "MN-24", "S/N": dt.date(2026, 5, 12), "Account": "C1008", "Clerk": "Sam"},
        {"RMA": "w13-08", "SKU": "GPU-8G", "Account": "C2004", "Price": 289.5, "Return reason": "coil noise"},
        {"RMA": "w13-09", "SKU": "TB-10", "Qty.": Formula("=1+1", 2), "Account": "C1011", "Kind": "credit order"},
        {"RMA": "w13-10", "SKU": "lt-b13-16", "Account": "C1011", "Return reason": "second one this month"},
        {"RMA": Formatted(20130011, PLAIN), "SKU": "HUB-4", "Qty.": 3, "Account": "C1017", "Clerk": "Sam"},
    )


def _harbour() -> Sequence[dict[str, Any]]:
    laptop = _unit("LC005208")
    price = {"SKU": laptop.item_code, "Price": "1 099,00", "Return reason": "too heavy"}
    return (
        {"RMA": "H-311", "Branch": "HARBOUR", "SKU": "KEYB-M", "Qty.": 2, "Account": "C1019", "Kind": "Return"},
        {"RMA": "H-311", "Branch": "HARBOUR", "SKU": "WARR-3Y", "Account": "C1019", "Return reason": "goes with it"},
        {"RMA": "H-312", "Branch": "HARBOUR", "S/N": laptop.serial_no, "Account": "C1008", **price},
        {"RMA": "H-313", "Branch": "Harbour", "SKU": "PASTE-5", "Qty.": 5, "Account": "C1021"},
        {"RMA": "H-314", "Branch": "HARBOUR", "SKU": "CPU-8C", "Qty.": 2, "Account": "C1022"},
    )


def _filled(row: dict[str, Any]) -> Row:
    """Complete a row with what the clerk types everywhere, and leave a blank one blank."""
    if not row:
        return row
    day = shop.INTAKE_DATE - dt.timedelta(days=len(str(row["RMA"])) % 4)
    given = {"Return Date": day, "Clerk": "Toni", "Branch": "CITY", "Qty.": 1}
    return given | {"Article name": _NAMES.get(row["SKU"].upper())} | row


def _unit(serial_no: str) -> shop.Unit:
    return next(unit for unit in shop.register() if unit.serial_no == serial_no)


_NAMES = {item[0]: item[1] for items in shop.ITEMS_BY_FAMILY.values() for item in items}
