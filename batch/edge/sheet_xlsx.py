"""Scan the XML of an .xlsx sheet for what the reader does not tell: errors, empty formulas, and what formats show.

Also for cells beyond the limits: the reader allots the whole rectangle up to the farthest cell, so one cell in the far
corner would take all memory. The scan searches bytes and parses only what it finds, so it costs a tenth of the reading.
"""

from __future__ import annotations

import operator
import re
from array import array
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import islice

from batch.core.cells import NEVER_CALCULATED, CellError
from batch.core.columns import column_letters
from batch.edge.sheet_limits import (
    SAVE_AGAIN,
    ReadLimits,
    UnreadableError,
    column_number,
    damaged,
    plain,
    too_far,
)
from batch.edge.sheet_marks import Mark, Marks, Shape
from batch.edge.sheet_zip import check_markup

# Longer than any row within the limits; a sheet without row ends is not kept in memory whole.
_LONGEST_ROW = 32 << 20
_ROW_END = re.compile(rb"</(?:\w+:)?row>")


def scan_sheet(sheet: str, xml: Iterable[bytes], shapes: Mapping[int, Shape], limits: ReadLimits) -> Marks:
    """Give the marks of one sheet, or refuse it."""
    marks = Marks()
    scan: _Scan | None = None
    for piece in _whole_cells(xml):
        if scan is None:
            # The first piece holds the beginning of the sheet, before which alone a document type may stand.
            check_markup(piece)
            scan = _Scan(sheet, piece, shapes, limits)
        scan.check_extent(piece)
        for row, column, mark in scan.marks(piece):
            marks.add(row, column, mark)
    if scan is not None:
        scan.check_rows()
    marks.arrange()
    return marks


def _whole_cells(xml: Iterable[bytes]) -> Iterator[bytes]:
    """Cut the XML after the end of a row, so that no cell lies across two pieces."""
    rest = b""
    for chunk in xml:
        rest += chunk
        end = _last_row_end(rest)
        if end:
            yield rest[:end]
            rest = rest[end:]
        elif len(rest) > _LONGEST_ROW:
            raise UnreadableError("has a row too long to be a row of a table", SAVE_AGAIN)
    yield rest


def _last_row_end(xml: bytes) -> int:
    """Find where the last row ends; a text may hold `arrow>`, but no `<`."""
    end = len(xml)
    while (end := xml.rfind(b"row>", 0, end)) >= 0:
        if _ROW_END.fullmatch(xml, xml.rfind(b"<", 0, end), end + 4):
            return end + 4
    return 0


class _Scan:
    """The patterns of one sheet: some programs put a prefix on every tag (`<x:c>`), some use the other quotes."""

    def __init__(self, sheet: str, start: bytes, shapes: Mapping[int, Shape], limits: ReadLimits) -> None:
        self._sheet, self._shapes, self._limits = sheet, shapes, limits
        prefixed = re.search(rb"<(\w+:)worksheet[\s>]", start)
        prefix = re.escape(prefixed[1]) if prefixed else b""
        quote = b"'" if b"<%sc r='" % (prefixed[1] if prefixed else b"") in start else b'"'
        tag = prefixed[1] if prefixed else b""
        self._cell, self._cell_end = b"<%sc " % tag, b"</%sc>" % tag
        columns = beyond(column_letters(limits.columns - 1).encode(), b"A", b"Z")
        # A cell or row that is only formatted counts for nothing: it ends in its own tag.
        filled = rb"[^<>]*(?<!/)>"
        self._far_cell = re.compile(rb"<%sc r=%s((?:%s)[0-9]+)%s%s" % (prefix, quote, columns, quote, filled))
        self._row = b"<%srow r=%s" % (tag, quote)
        self._row_no = re.compile(rb"<%srow r=%s([0-9]{1,7})%s%s" % (prefix, quote, quote, filled))
        self._rows = array("I")
        self._error = re.compile(rb" t=%se%s" % (quote, quote))
        self._formula = re.compile(rb"<%sf[\s/>]" % prefix)
        none = rb"\s*(<%sv[^<>]*/>|<%sv[^<>]*>\s*</%sv>)?\s*</%sc>" % (prefix, prefix, prefix, prefix)
        self._no_result = [
            re.compile(rb"</%sf>%s" % (prefix, none)),
            re.compile(rb"<%sf\b[^<>]*/>%s" % (prefix, none)),
        ]
        self._styled = [(re.compile(rb" s=%s%d%s" % (quote, style, quote)), shape) for style, shape in shapes.items()]
        self._value = re.compile(
            rb"[^<>]*>[^<]*(?:<%sf\b[^<>]*(?:/>|>[^<]*</%sf>)\s*)?<%sv[^<>]*>([^<]*)<" % ((prefix,) * 3)
        )
        # How nearly every cell is written; the attributes of others are read one by one.
        self._usual = re.compile(
            rb"<%sc r=%s([A-Z]{1,3})([0-9]{1,7})%s(?: s=%s[0-9]*%s)?(?: t=%s(\w*)%s)?>" % (prefix, *(quote,) * 6)
        )
        self._attribute = re.compile(rb"\s(r|t)=[\"']([^\"']*)[\"']")
        self._reference = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
        self._columns: dict[bytes, int] = {}

    def check_extent(self, piece: bytes) -> None:
        """Refuse a cell or row beyond the limits before anything allots room for it."""
        if far := self._far_cell.search(piece):
            raise too_far(self._sheet, far[1].decode(), self._limits)
        # Rows come in order; where they do not, the reader's own account is checked after it has read.
        last = piece.rfind(self._row) + len(self._row)
        row = piece[last : last + 12].partition(self._row[-1:])[0]
        if last >= len(self._row) and row.isdigit() and int(row) > self._limits.rows:
            raise too_far(self._sheet, f"A{int(row)}", self._limits)
        self._rows.extend(map(int, self._row_no.findall(piece)))

    def check_rows(self) -> None:
        """Refuse a sheet that has a row twice: of cells with one address the reader gives the last, in silence."""
        if not any(map(operator.ge, self._rows, islice(self._rows, 1, None))):
            return
        seen: set[int] = set()
        for row in self._rows:
            if row in seen:
                raise damaged(f"sheet {plain(self._sheet)!r} has row {row} twice")
            seen.add(row)

    def marks(self, piece: bytes) -> Iterator[tuple[int, int, Mark]]:
        """Find the cells of a piece that say more than the reader gives."""
        for found in self._error.finditer(piece):
            start = piece.rfind(b"<", 0, found.start())
            if (place := self._place(piece, start, {b"e"})) is not None:
                value = self._value.match(piece, found.end())
                text = plain(value[1].decode("utf-8", "replace")) if value else ""
                yield *place, CellError(text or "error without a name")
        for pattern in self._no_result if self._formula.search(piece) else ():
            for found in pattern.finditer(piece):
                # An error is marked above; and a text formula may well result in an empty text.
                types = {b"", b"n", b"b", b"d"} if found[1] else {b"", b"n", b"b", b"d", b"str", b"inlineStr", b"s"}
                if (place := self._place(piece, self._open_cell(piece, found.start()), types)) is not None:
                    yield *place, NEVER_CALCULATED
        for pattern, shape in self._styled:
            for found in pattern.finditer(piece):
                start = piece.rfind(b"<", 0, found.start())
                if (place := self._place(piece, start, {b"", b"n"})) is not None:
                    yield *place, shape

    def _open_cell(self, piece: bytes, position: int) -> int:
        """Find the start of the cell that a position lies in."""
        start = piece.rfind(self._cell, 0, position)
        end = piece.find(b">", start)
        closed = piece.startswith(b"/", end - 1) or piece.find(self._cell_end, end, position) >= 0
        if start < 0 or closed:
            raise self._no_address()
        return start

    def _place(self, piece: bytes, start: int, types: Container[bytes]) -> tuple[int, int] | None:
        """Give row and column of the cell that starts here; None where no cell does, or one of another type."""
        if usual := self._usual.match(piece, start):
            letters, row, kind = usual.groups(b"")
        elif piece.startswith(self._cell, start):
            attributes = dict(self._attribute.findall(piece, start, piece.find(b">", start)))
            kind = attributes.get(b"t", b"")
            reference = self._reference.fullmatch(attributes.get(b"r", b""))
            if reference is None and kind in types:
                raise self._no_address()
            letters, row = reference.groups() if reference else (b"", b"0")
        else:
            return None
        if kind not in types:
            return None
        if letters not in self._columns:
            self._columns[letters] = column_number(letters.decode())
        return int(row), self._columns[letters]

    def _no_address(self) -> UnreadableError:
        return UnreadableError(
            f"sheet {plain(self._sheet)!r} has cells without an address, among them errors, uncalculated formulas or "
            "numbers shown with zeros",
            SAVE_AGAIN,
        )


def beyond(limit: bytes, lowest: bytes, highest: bytes) -> bytes:
    """Write a pattern for the column letters or row digits that come after a limit: longer, or later in order."""
    longer = b"[%s-%s]{%d,}" % (lowest, highest, len(limit) + 1)
    later = [
        re.escape(limit[:i]) + b"[%c-%s]" % (limit[i] + 1, highest) + b"[%s-%s]{%d}" % (lowest, highest, rest)
        for i, rest in enumerate(range(len(limit) - 1, -1, -1))
        if limit[i] < highest[0]
    ]
    return b"|".join([longer, *later])
