"""Scan an old .xls workbook for what the reader does not tell: errors and formats that show more.

An .xls is a row of records, each a number, a length and its content; the sheets are stretches of it. A formula that was
never calculated cannot be told here from one whose result is an empty text: both are blank.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Mapping

from batch.core.cells import CellError
from batch.core.columns import column_letters
from batch.edge.sheet_cfb import CompoundFile
from batch.edge.sheet_limits import ReadLimits, UnreadableError, damaged, too_far
from batch.edge.sheet_marks import BUILT_IN, Mark, Marks, Shape, check_once, shape_of
from batch.edge.sheet_zip import encrypted, external_links, macros

BOF, EOF, FILEPASS, BOUNDSHEET, SUPBOOK, FORMAT, XF = 0x809, 0x0A, 0x2F, 0x85, 0x1AE, 0x41E, 0xE0
NUMBER, RK, MULRK, BOOLERR, FORMULA, LABEL, LABELSST = 0x203, 0x27E, 0xBD, 0x205, 0x06, 0x204, 0xFD
# A reference to functions of an add-in, which is none to another file; one to the own sheets is four bytes long.
_ADD_IN = 0x3A01
_MACRO_SHEETS = {1, 6}

ERRORS: Mapping[int, str] = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


def open_xls(content: bytes) -> tuple[bytes, bool]:
    """Give the stream of records and whether it is of the kind written since Excel 97, or refuse the file."""
    streams = CompoundFile(content)
    if "EncryptedPackage" in streams.streams:
        raise encrypted()
    if {"VBA", "_VBA_PROJECT", "_VBA_PROJECT_CUR"} & streams.streams.keys():
        raise macros()
    name = next((each for each in streams.streams if each.lower() in {"workbook", "book"}), None)
    if name is None:
        raise UnreadableError("is no spreadsheet (perhaps another office document)", "Hand in a workbook or a CSV file")
    return streams.read(name), name.lower() == "workbook"


def scan_xls(content: bytes, limits: ReadLimits) -> list[Marks]:
    """Give the marks of each sheet in their order, or refuse the workbook."""
    stream, modern = open_xls(content)
    starts: list[tuple[str, int]] = []
    codes = dict(BUILT_IN)
    shapes: list[Shape | None] = []
    try:
        for kind, start, end in _records(stream, 0):
            if kind == FILEPASS:
                raise encrypted()
            if kind == SUPBOOK and end - start > 4 and struct.unpack_from("<H", stream, start + 2)[0] != _ADD_IN:
                raise external_links()
            if kind == BOUNDSHEET:
                offset, _, sheet_type = struct.unpack_from("<IBB", stream, start)
                if sheet_type in _MACRO_SHEETS:
                    raise macros()
                starts.append((_text(stream, start + 6, 1, modern=modern), offset))
            elif kind == FORMAT:
                codes[stream[start] | stream[start + 1] << 8] = shape_of(
                    _text(stream, start + 2, 2 if modern else 1, modern=modern)
                )
            elif kind == XF:
                shapes.append(codes.get(struct.unpack_from("<H", stream, start + 2)[0]))
        return [_scan_sheet(name, stream, offset, shapes, limits) for name, offset in starts]
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise damaged("a record is cut off") from error


def _records(stream: bytes, position: int) -> Iterator[tuple[int, int, int]]:
    """Give number, start and end of each record from a position to the end of its stretch."""
    depth = 0
    head = struct.Struct("<HH").unpack_from
    while position + 4 <= len(stream):
        kind, length = head(stream, position)
        position += 4
        depth += (kind == BOF) - (kind == EOF)
        yield kind, position, position + length
        if depth <= 0:
            return
        position += length


def _text(stream: bytes, position: int, count_bytes: int, *, modern: bool) -> str:
    count = int.from_bytes(stream[position : position + count_bytes], "little")
    position += count_bytes
    if not modern:
        return stream[position : position + count].decode("cp1252", "replace")
    if stream[position] & 1:
        return stream[position + 1 : position + 1 + 2 * count].decode("utf-16-le")
    return stream[position + 1 : position + 1 + count].decode("latin-1")


def _scan_sheet(name: str, stream: bytes, position: int, shapes: list[Shape | None], limits: ReadLimits) -> Marks:
    marks, cells = Marks(), array("Q")
    place = struct.Struct("<HHH").unpack_from
    for kind, start, end in _records(stream, position):
        if kind not in {NUMBER, RK, MULRK, BOOLERR, FORMULA, LABEL, LABELSST}:
            continue
        row, column, style = place(stream, start)
        last = struct.unpack_from("<H", stream, end - 2)[0] if kind == MULRK else column
        if last >= limits.columns or row >= limits.rows:
            raise too_far(name, f"{column_letters(last)}{row + 1}", limits)
        styles = [style] if kind != MULRK else [place(stream, each)[0] for each in range(start + 4, end - 2, 6)]
        special = _special(kind, stream[start:end])
        for offset, each in enumerate(styles):
            cells.append(row + 1 << 16 | column + offset)
            shape = shapes[each] if kind in {NUMBER, RK, MULRK, FORMULA} and each < len(shapes) else None
            mark: Mark | None = special or shape
            if mark is not None:
                marks.add(row + 1, column + offset + 1, mark)
    check_once(name, cells)
    marks.arrange()
    return marks


def _special(kind: int, record: bytes) -> CellError | None:
    """Give the error of an error cell, or of a formula whose result is one."""
    if kind == BOOLERR and record[7]:
        return CellError(ERRORS.get(record[6], "#ERROR"))
    if kind == FORMULA and record[12:14] == b"\xff\xff" and record[6] == 2:
        return CellError(ERRORS.get(record[8], "#ERROR"))
    return None
