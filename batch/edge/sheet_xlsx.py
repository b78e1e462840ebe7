"""Scan the XML of an .xlsx sheet for what the reader does not tell: errors, formulas without result, shown zeros.

Also for cells beyond the limits: the reader allots the whole rectangle up to the farthest cell, so one cell in the far
corner would take all memory. The scan searches bytes and parses only what it finds, so it costs a tenth of the reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from batch.core.cells import NEVER_CALCULATED, CellError
from batch.edge.sheet_limits import SAVE_AGAIN, ReadLimits, UnreadableError, column_letters, plain, too_far
from batch.edge.sheet_marks import Mark, Marks, NumberShape
from batch.edge.sheet_zip import check_markup

# Longer than any row within the limits; a sheet without row ends is not kept in memory whole.
_LONGEST_ROW = 32 << 20


def scan_sheet(sheet: str, xml: Iterable[bytes], shapes: Mapping[int, NumberShape], limits: ReadLimits) -> Marks:
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
    marks.arrange()
    return marks


def _whole_cells(xml: Iterable[bytes]) -> Iterator[bytes]:
    """Cut the XML after the end of a row, so that no cell lies across two pieces."""
    rest = b""
    for chunk in xml:
        rest += chunk
        end = rest.rfind(b"row>") + 4
        if end > 4:
            yield rest[:end]
            rest = rest[end:]
        elif len(rest) > _LONGEST_ROW:
            raise UnreadableError("has a row too long to be a row of a table", SAVE_AGAIN)
    yield rest


class _Scan:
    """The patterns of one sheet: some programs put a prefix on every tag (`<x:c>`), some use the other quotes."""

    def __init__(self, sheet: str, start: bytes, shapes: Mapping[int, NumberShape], limits: ReadLimits) -> None:
        self._sheet, self._shapes, self._limits = sheet, shapes, limits
        prefixed = re.search(rb"<(\w+:)worksheet[\s>]", start)
        prefix = re.escape(prefixed[1]) if prefixed else b""
        quote = b"'" if b"<" + (prefixed[1] if prefixed else b"") + b"c r='" in start else b'"'
        self._cell = b"<" + (prefixed[1] if prefixed else b"") + b"c "
        columns = beyond(column_letters(limits.columns).encode(), b"A", b"Z")
        # A cell or row that is only formatted counts for nothing: it ends in its own tag.
        filled = rb"[^<>]*(?<!/)>"
        self._far_cell = re.compile(rb"<%sc r=%s((?:%s)[0-9]+)%s%s" % (prefix, quote, columns, quote, filled))
        self._row = b"<" + (prefixed[1] if prefixed else b"") + b"row r=" + quote
        self._error = re.compile(rb" t=%se%s" % (quote, quote))
        self._formula = re.compile(rb"<%sf[\s/>]" % prefix)
        none = rb"\s*(<%sv[^<>]*/>|<%sv[^<>]*>\s*</%sv>)?\s*</%sc>" % (prefix, prefix, prefix, prefix)
        self._no_result = [
            re.compile(rb"</%sf>%s" % (prefix, none)),
            re.compile(rb"<%sf\b[^<>]*/>%s" % (prefix, none)),
        ]
        self._styled = [(re.compile(rb" s=%s%d%s" % (quote, style, quote)), shape) for style, shape in shapes.items()]
        self._attribute = re.compile(rb"\s(r|t)=[\"']([^\"']*)[\"']")
        self._value = re.compile(rb"<%sv[^<>]*>([^<]*)<" % prefix)
        self._reference = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")

    def check_extent(self, piece: bytes) -> None:
        """Refuse a cell or row beyond the limits before anything allots room for it."""
        if far := self._far_cell.search(piece):
            raise too_far(self._sheet, far[1].decode(), self._limits)
        # Rows come in order; where they do not, the reader's own account is checked after it has read.
        last = piece.rfind(self._row) + len(self._row)
        row = piece[last : last + 12].partition(self._row[-1:])[0]
        if last >= len(self._row) and row.isdigit() and int(row) > self._limits.rows:
            raise too_far(self._sheet, f"A{int(row)}", self._limits)

    def marks(self, piece: bytes) -> Iterator[tuple[int, int, Mark]]:
        """Find the cells of a piece that say more than the reader gives."""
        for found in self._error.finditer(piece):
            start, attributes = self._enclosing(piece, found.start())
            if start >= 0 and attributes.get(b"t") == b"e":
                value = self._value.search(piece, start, piece.find(b"</" + self._cell[1:-1] + b">", start))
                text = plain(value[1].decode("utf-8", "replace")) if value else ""
                yield *self._place(attributes), CellError(text or "error without a name")
        for pattern in self._no_result if self._formula.search(piece) else ():
            for found in pattern.finditer(piece):
                attributes = self._open_cell(piece, found.start())
                # An error is marked above; and a text formula may well result in an empty text.
                if attributes.get(b"t") != b"e" and not (attributes.get(b"t") == b"str" and found[1]):
                    yield *self._place(attributes), NEVER_CALCULATED
        for pattern, shape in self._styled:
            for found in pattern.finditer(piece):
                start, attributes = self._enclosing(piece, found.start())
                if start >= 0 and attributes.get(b"t", b"n") == b"n":
                    yield *self._place(attributes), shape

    def _enclosing(self, piece: bytes, position: int) -> tuple[int, dict[bytes, bytes]]:
        """Give the start and attributes of the cell tag that stands around a position, or -1: it was in a text."""
        start = piece.rfind(b"<", 0, position)
        if start < 0 or not piece.startswith(self._cell, start):
            return -1, {}
        return start, dict(self._attribute.findall(piece, start, piece.find(b">", start)))

    def _open_cell(self, piece: bytes, position: int) -> dict[bytes, bytes]:
        """Give the attributes of the cell that a position lies in; none where the cell's own tag has none."""
        start = piece.rfind(self._cell, 0, position)
        end = piece.find(b">", start)
        closed = piece.startswith(b"/", end - 1) or piece.find(b"</" + self._cell[1:-1] + b">", end, position) >= 0
        return {} if start < 0 or closed else dict(self._attribute.findall(piece, start, end))

    def _place(self, attributes: Mapping[bytes, bytes]) -> tuple[int, int]:
        reference = self._reference.fullmatch(attributes.get(b"r", b""))
        if reference is None:
            raise UnreadableError(
                f"sheet {plain(self._sheet)!r} has cells without an address, among them errors, uncalculated formulas "
                "or numbers shown with zeros",
                SAVE_AGAIN,
            )
        column = 0
        for letter in reference[1]:
            column = column * 26 + letter - ord("A") + 1
        return int(reference[2]), column


def beyond(limit: bytes, lowest: bytes, highest: bytes) -> bytes:
    """Write a pattern for the column letters or row digits that come after a limit: longer, or later in order."""
    longer = b"[%s-%s]{%d,}" % (lowest, highest, len(limit) + 1)
    later = [
        re.escape(limit[:i]) + b"[%c-%s]" % (limit[i] + 1, highest) + b"[%s-%s]{%d}" % (lowest, highest, rest)
        for i, rest in enumerate(range(len(limit) - 1, -1, -1))
        if limit[i] < highest[0]
    ]
    return b"|".join([longer, *later])
