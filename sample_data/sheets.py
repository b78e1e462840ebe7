"""Write workbooks that look like a shop's own, and are the same to the byte each time."""

from __future__ import annotations

import dataclasses
import datetime as dt
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import xlsxwriter

MADE_ON: Final = dt.datetime(2026, 3, 30, 8, 0)
INK: Final = "#1F3A4D"
GREY: Final = "#6B6B6B"
_LINE: Final = "#D0D7DC"
_LINE_HEIGHT: Final = 13.5

TEXT: Final = "@"
DATE: Final = "yyyy-mm-dd"
MONEY: Final = "#,##0.00"
COUNT: Final = "0"
PLAIN: Final = "General"


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its heading, how wide it is, its number format, and whether long text is broken."""

    heading: str
    width: float
    form: str = TEXT
    wrapped: bool = False
    choices: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Formatted:
    """A number in a cell of a number format of its own."""

    value: float
    form: str


@dataclasses.dataclass(frozen=True, slots=True)
class Formula:
    """A formula and the result stored with it."""

    text: str
    result: str | float


Row = Mapping[str, object]


class Book:
    """A workbook being written."""

    def __init__(self, path: Path, title: str) -> None:
        """Begin a workbook with properties that do not depend on the day or the machine."""
        self._book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False})
        self._book.set_properties({"title": title, "author": "Larkspur Computers", "created": MADE_ON})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __enter__(self) -> Self:
        """Hand out the workbook."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the file."""
        self._book.close()

    def table(
        self, name: str, columns: Sequence[Column], rows: Sequence[Row], *, first_row: int = 0, ink: str = INK
    ) -> Any:
        """Add a sheet with a header row and rows of cells by heading; an empty row stays blank."""
        sheet = self.sheet(name)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width, self.form(num_format=column.form))
            sheet.write_string(first_row, at, column.heading, self._heading(ink, column))
            if column.choices:
                sheet.data_validation(
                    first_row + 1,
                    at,
                    first_row + 500,
                    at,
                    {"validate": "list", "source": list(column.choices), "error_type": "warning"},
                )
        sheet.set_row(first_row, _LINE_HEIGHT * max(_lines(column.heading, column.width - 2) for column in columns) + 4)
        for down, row in enumerate(rows, start=first_row + 1):
            # Said outright: not every spreadsheet program makes a row as high as its text.
            sheet.set_row(down, _LINE_HEIGHT * _height(columns, row))
            for at, column in enumerate(columns if row else ()):
                self.write(sheet, down, at, row.get(column.heading), column)
        sheet.freeze_panes(first_row + 1, 0)
        sheet.autofilter(first_row, 0, first_row + len(rows), len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(first_row)
        return sheet

    def sheet(self, name: str) -> Any:
        """Add an empty sheet."""
        return self._book.add_worksheet(name)

    def form(self, **properties: object) -> Any:
        """Give the cell format of these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"font_name": "Calibri", "font_size": 10, **properties})
        return self._formats[key]

    def write(self, sheet: Any, row: int, at: int, value: object, column: Column) -> None:
        """Write one cell; text is text whatever it looks like."""
        form = self.form(num_format=column.form, **_set(column))
        if isinstance(value, Formatted):
            sheet.write_number(row, at, value.value, self.form(num_format=value.form, **_set(column)))
        elif isinstance(value, Formula):
            sheet.write_formula(row, at, value.text, self.form(**_set(column)), value.result)
        elif isinstance(value, bool):
            sheet.write_boolean(row, at, value, form)
        elif isinstance(value, dt.date):
            sheet.write_datetime(row, at, value, self.form(num_format=DATE, **_set(column)))
        elif isinstance(value, int | float):
            plain = PLAIN if column.form == TEXT else column.form
            sheet.write_number(row, at, value, self.form(num_format=plain, **_set(column)))
        elif isinstance(value, str):
            sheet.write_string(row, at, value, form)
        else:
            sheet.write_blank(row, at, None, form)

    def _heading(self, ink: str, column: Column) -> Any:
        placed = _placed(column)
        return self.form(bold=True, font_color="#FFFFFF", bg_color=ink, valign="vcenter", text_wrap=True, **placed)


def _set(column: Column) -> dict[str, object]:
    return {"valign": "top", "text_wrap": column.wrapped, "bottom": 1, "bottom_color": _LINE, **_placed(column)}


def _placed(column: Column) -> dict[str, object]:
    """Keep amounts off the text that follows them, and centre what is short."""
    if column.form in _CENTRED:
        return {"align": "center"}
    return {"align": "right", "indent": 1} if column.form == MONEY else {}


def _height(columns: Sequence[Column], row: Row) -> int:
    """Count the lines of the highest cell of a row."""
    texts = [(value, column) for column in columns if isinstance(value := row.get(column.heading), str)]
    return max((_lines(text, 1.25 * column.width) for text, column in texts if column.wrapped), default=1)


def _lines(text: str, width: float) -> int:
    """Count the lines that a text takes in a column; words are not broken."""
    return sum(len(textwrap.wrap(line, int(width), break_long_words=False)) or 1 for line in text.split("\n"))


_CENTRED: Final = (DATE, COUNT)
