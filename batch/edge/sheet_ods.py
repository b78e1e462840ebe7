"""Read an OpenDocument spreadsheet (.ods) as it streams by.

Not by the library that reads the Excel formats: of an .ods it gives an error as blank or as the number 0, drops tabs,
and does not tell the text that a number is shown as, all of which the document says in plain words.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from xml.parsers import expat

from batch.core.cells import NEVER_CALCULATED, Cell, CellError, Percent, Shown
from batch.core.columns import column_letters
from batch.edge.sheet_limits import ReadLimits, damaged, too_far
from batch.edge.sheet_marks import PercentShape
from batch.edge.sheet_out import SheetFiles
from batch.edge.sheet_spool import BLOCK_ROWS, SpoolWriter
from batch.edge.sheet_zip import Container, encrypted, external_links

_URN = "urn:oasis:names:tc:opendocument:xmlns:"
TABLE, OFFICE, TEXT, STYLE = f"{_URN}table:1.0 ", f"{_URN}office:1.0 ", f"{_URN}text:1.0 ", f"{_URN}style:1.0 "
CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "

# Put together once, not for each of a million elements.
_TABLE, _ROW, _PARAGRAPH = f"{TABLE}table", f"{TABLE}table-row", f"{TEXT}p"
_COLUMNS_REPEATED, _ROWS_REPEATED = f"{TABLE}number-columns-repeated", f"{TABLE}number-rows-repeated"
_FORMULA, _VALUE_TYPE, _SHOWN_TYPE, _VALUE = (
    f"{TABLE}formula",
    f"{OFFICE}value-type",
    f"{CALC}value-type",
    f"{OFFICE}value",
)
_CELLS = {f"{TABLE}table-cell", f"{TABLE}covered-table-cell"}
_GAPS = {f"{TEXT}s": " ", f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}
_NOT_SHOWN = {f"{OFFICE}annotation", f"{TABLE}tracked-changes", f"{TABLE}shapes", f"{TABLE}detective"}
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?")
_ERROR_TEXT = re.compile(r"#[A-Z/0?!]+|Err:\d+")


def read_ods(container: Container, files: SheetFiles, limits: ReadLimits) -> None:
    """Write every sheet."""
    if b"encryption-data" in container.text("META-INF/manifest.xml"):
        raise encrypted()
    document = _Document(files, limits)
    try:
        for chunk in container.chunks("content.xml"):
            document.parser.Parse(chunk, False)  # noqa: FBT003 # expat takes no names
        document.parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise damaged(str(error)) from error
    if not files.written:
        raise damaged("it has no sheet")


class _Document:
    """The state of the walk through the document; expat calls it element by element."""

    def __init__(self, files: SheetFiles, limits: ReadLimits) -> None:
        self._files, self._limits = files, limits
        self._hidden: set[str] = set()
        self._style = ""
        self._hushed = 0  # how deep inside something that is not cell content
        self._open = contextlib.ExitStack()
        self._spool: SpoolWriter | None = None
        self._sheet = ""
        self._next_row = 1
        self._block: list[list[Cell]] = []
        self._cell: Mapping[str, str] | None = None
        self._paragraphs: list[str] = []
        self._row: list[Cell] = []
        self._row_repeats = 1
        self._blanks = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._hushed or name in _NOT_SHOWN or (name == _TABLE and self._spool is not None):
            self._hushed += 1
        elif name in _CELLS:
            self._cell, self._paragraphs = attributes, []
        elif name == _PARAGRAPH:
            self._paragraphs.append("")
        elif name in _GAPS:
            self._characters(_GAPS[name] * _count(attributes, f"{TEXT}c"))
        elif name == _ROW:
            self._row, self._blanks = [], 0
            self._row_repeats = _count(attributes, _ROWS_REPEATED)
        elif name == _TABLE:
            self._sheet, self._next_row = attributes.get(f"{TABLE}name", ""), 1
            visible = attributes.get(f"{TABLE}style-name") not in self._hidden
            self._spool = self._open.enter_context(self._files.sheet(self._sheet, visible=visible))
        elif name == f"{TABLE}table-source" or name.startswith(f"{TABLE}cell-range-source"):
            raise external_links()
        elif name == f"{STYLE}style":
            self._style = attributes.get(f"{STYLE}name", "")
        elif name == f"{STYLE}table-properties" and attributes.get(f"{TABLE}display") == "false":
            self._hidden.add(self._style)

    def _characters(self, text: str) -> None:
        if self._paragraphs and not self._hushed:
            self._paragraphs[-1] += text

    def _end(self, name: str) -> None:
        if self._hushed:
            self._hushed -= 1
        elif name in _CELLS and self._cell is not None:
            self._add_cell(_value(self._cell, self._paragraphs), self._cell)
            self._cell, self._paragraphs = None, []
        elif name == _ROW:
            self._add_row()
        elif name == _TABLE:
            self._flush()
            self._spool = None
            self._open.close()

    def _add_cell(self, value: Cell, attributes: Mapping[str, str]) -> None:
        repeats = _count(attributes, _COLUMNS_REPEATED)
        if value is None or value == "":
            self._blanks += repeats
            return
        end = len(self._row) + self._blanks + repeats
        if end > self._limits.columns:
            raise too_far(self._sheet, f"{column_letters(end - 1)}{self._next_row}", self._limits)
        self._row += [None] * self._blanks + [value] * repeats
        self._blanks = 0

    def _add_row(self) -> None:
        end = self._next_row + self._row_repeats
        if self._row and end - 1 > self._limits.rows:
            raise too_far(self._sheet, f"A{end - 1}", self._limits)
        if not self._row:
            self._flush()
            self._next_row = end
            return
        while self._next_row < end:
            self._block.append(self._row)
            self._next_row += 1
            if len(self._block) == BLOCK_ROWS:
                self._flush()

    def _flush(self) -> None:
        if self._block and self._spool is not None:
            self._spool.add(self._next_row - len(self._block), self._block)
        self._block = []


def _count(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name)
    if text is None:
        return 1
    if not (text.isascii() and text.isdigit() and len(text) <= 7):
        raise damaged(f"a count is {text}")
    return int(text)


def _value(cell: Mapping[str, str], paragraphs: Sequence[str]) -> Cell:
    """Give what a cell holds, by its declared type; an error is told by its text."""
    kind, shown = cell.get(_VALUE_TYPE), "\n".join(paragraphs)
    if cell.get(_SHOWN_TYPE) == "error" or (_FORMULA in cell and _ERROR_TEXT.fullmatch(shown)):
        return CellError(shown or "error without a name")
    if kind is None:
        # A formula whose result is an empty text has no type either, but a paragraph with nothing in it; one that was
        # never calculated has none. Other cells without a type hold text or nothing.
        return shown if paragraphs or _FORMULA not in cell else NEVER_CALCULATED
    if kind == "string":
        return cell.get(f"{OFFICE}string-value", shown)
    try:
        return _typed(kind, cell, shown)
    except (ValueError, OverflowError):
        return CellError(shown or f"{kind} that cannot be read")


def _typed(kind: str, cell: Mapping[str, str], shown: str) -> Cell:
    if kind == "percentage" and (text := cell.get(_VALUE)) is not None:
        percent = PercentShape(2).shown(float(text))
        return Percent(percent.number, shown) if isinstance(percent, Percent) and "%" in shown else percent
    if kind in {"float", "percentage", "currency"}:
        text = cell.get(_VALUE)
        return NEVER_CALCULATED if text is None else _number(float(text), shown)
    if kind == "boolean":
        return cell.get(f"{OFFICE}boolean-value") == "true"
    if kind == "date":
        text = cell.get(f"{OFFICE}date-value", "")
        return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
    return _time(cell.get(f"{OFFICE}time-value", ""))


def _number(number: float, shown: str) -> Cell:
    """Keep the zeros and letters that a whole number is shown with; not group marks, decimals or exponents."""
    if not number.is_integer() or not 0 <= number < 10**15 or not re.fullmatch(r"[A-Za-z0-9/ -]+", shown):
        return number
    digits = re.sub(r"\D", "", shown)
    plain = str(int(number))
    return Shown(int(number), shown) if shown != plain and (digits.lstrip("0") or "0") == plain else number


def _time(text: str) -> Cell:
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(text)
    sign, days, hours, minutes, seconds = found.groups("0")
    length = dt.timedelta(
        days=int(days), hours=int(hours), minutes=int(minutes), seconds=float(seconds.replace(",", "."))
    )
    if sign == "-" or length >= dt.timedelta(days=1):
        return -length if sign == "-" else length
    midnight = dt.datetime(1900, 1, 1)
    return (midnight + length).time()
