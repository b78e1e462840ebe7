"""Write the rows of a sheet as the XML they are in a workbook: fast, flat in memory, and never a formula.

A workbook made with every other part stays as it is; the rows are put in the place of its model row.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

from batch.core.columns import column_letters

LINE_HEIGHT = 15
_BUFFERED = 1 << 20


class SheetRows:
    """Write rows one after another, beginning below the header, into a file of its own."""

    def __init__(self, out: IO[bytes], *, first_row: int = 2) -> None:
        """Begin at the row given, counted as a spreadsheet shows it."""
        self._out = out
        self._parts: list[str] = []
        self._size = 0
        self._letters = [column_letters(at) for at in range(256)]
        self.row = first_row

    def add(self, cells: Iterable[tuple[int, str]], *, lines: int = 1) -> None:
        """Write one row, as high as so many lines of text; a cell is its column from 0 and what `text_cell` gives."""
        letters, row = self._letters, self.row
        inside = "".join([f'<c r="{letters[at]}{row}"{rest}' for at, rest in cells])
        # Said outright: not every program finds out for itself how high a row must be.
        height = f' ht="{LINE_HEIGHT * lines}" customHeight="1"' if lines > 1 else ""
        self._parts.append(f'<row r="{row}"{height}>{inside}</row>')
        self._size += len(inside)
        self.row += 1
        if self._size >= _BUFFERED:
            self.flush()

    def flush(self) -> None:
        """Hand what was collected to the file."""
        self._out.write("".join(self._parts).encode())
        self._parts, self._size = [], 0


def lines_needed(text: str, width: int) -> int:
    """Count the lines that a text takes in a column so many characters wide."""
    return sum(-(-max(len(part), 1) // width) for part in text.split("\n"))


def text_cell(text: str, style: int) -> str:
    """Write a text, whatever it looks like."""
    if not _PLAIN.fullmatch(text):
        text = _escaped(text)
    return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def number_cell(number: float, style: int) -> str:
    """Write a number, exactly as long as it needs to be."""
    return f' s="{style}"><v>{number!r}</v></c>'


def truth_cell(truth: object, style: int) -> str:
    """Write a true/false value."""
    return f' s="{style}" t="b"><v>{1 if truth else 0}</v></c>'


def error_cell(text: str, style: int) -> str:
    """Write an error value; one that workbooks have no word for becomes the plainest."""
    return f' s="{style}" t="e"><v>{text if text in _ERRORS else "#VALUE!"}</v></c>'


def blank_cell(style: int) -> str:
    """Write a cell that has a look and nothing in it."""
    return f' s="{style}"/>'


def day_number(moment: dt.date | dt.time | dt.timedelta) -> float | None:
    """Give a date, time or duration as the days a spreadsheet counts; None where it can count none."""
    if isinstance(moment, dt.timedelta):
        return moment / _DAY if moment >= dt.timedelta(0) else None
    if isinstance(moment, dt.time):
        since = dt.timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second)
        return (since + dt.timedelta(microseconds=moment.microsecond)) / _DAY
    at = moment.replace(tzinfo=None) if isinstance(moment, dt.datetime) else dt.datetime(*moment.timetuple()[:3])
    if at < _FIRST_SURE_DAY:
        return None
    days = (at - _EPOCH) / _DAY
    return int(days) if days.is_integer() else days


def fill(frame: Path, target: Path, rows: Mapping[str, IO[bytes]]) -> None:
    """Copy a workbook, with rows in the place of the model row of the members named."""
    with zipfile.ZipFile(frame) as given, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as made:
        for member in given.infolist():
            written = rows.get(member.filename)
            if written is None:
                made.writestr(member.filename, given.read(member), zipfile.ZIP_DEFLATED)
                continue
            before, after = _around_model_row(given.read(member).decode())
            with made.open(member.filename, "w", force_zip64=True) as out:
                out.write(before.encode())
                written.seek(0)
                shutil.copyfileobj(written, out, _BUFFERED)
                out.write(after.encode())


def styles_of_model_row(frame: Path, member: str, count: int) -> list[int]:
    """Read which looks the cells of the model row were given, in the order of the columns."""
    with zipfile.ZipFile(frame) as given:
        found = _MODEL_ROW.search(given.read(member).decode())
    assert found, f"{member} has no model row"
    styles = [int(style) for style in re.findall(r'<c r="[A-Z]+2" s="(\d+)"', found[0])]
    assert len(styles) == count, f"{member}: {len(styles)} looks in the model row, not {count}"
    return styles


def _around_model_row(sheet: str) -> tuple[str, str]:
    # The extent is left out: it may be, and a reader finds the rows without it.
    sheet = re.sub(r"<dimension [^>]*/>", "", sheet, count=1)
    found = _MODEL_ROW.search(sheet)
    assert found, "a sheet to be filled has no model row"
    # Rows below it are empty ones, written where a note is hung on; a row must not be there twice.
    return sheet[: found.start()], _EMPTY_ROW.sub("", sheet[found.end() :])


def _escaped(text: str) -> str:
    # What looks like an escape must not be read as one; what XML cannot hold is written as one.
    text = _UNHOLDABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", _LIKE_ESCAPE.sub("_x005F_", text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_PLAIN = re.compile(r"[ !-%'-;=?-^`-~\u00a0-\ud7ff]*")
_LIKE_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_UNHOLDABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_MODEL_ROW = re.compile(r'<row r="2"[^>]*>.*?</row>', re.DOTALL)
_EMPTY_ROW = re.compile(r'<row r="\d+"[^>]*/>')

_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})

_DAY = dt.timedelta(days=1)
_EPOCH = dt.datetime(1899, 12, 30)
# Before it, spreadsheets do not agree: one counts a 29 February 1900.
_FIRST_SURE_DAY = dt.datetime(1900, 3, 1)
