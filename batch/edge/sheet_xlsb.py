"""Scan a binary .xlsb workbook for what the reader does not tell: errors and formats that show more.

Its parts are rows of records, each a number, a length (both in groups of seven bits) and its content. A formula always
has a stored result here: the programs that write this format calculate.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator

from batch.core.cells import CellError
from batch.core.columns import column_letters
from batch.edge.sheet_limits import ReadLimits, damaged, too_far
from batch.edge.sheet_marks import BUILT_IN, Marks, Shape, check_once, shape_of
from batch.edge.sheet_xls import ERRORS
from batch.edge.sheet_xml import WORKBOOK_FOLDER, sheet_parts
from batch.edge.sheet_zip import Container

ROW, RK, ERROR, REAL, FORMULA_NUMBER, FORMULA_ERROR = 0, 2, 3, 5, 9, 11
BUNDLE_SHEET, FORMAT, FORMATS_START, FORMATS_END, CELL_FORMAT = 156, 44, 617, 618, 47
_CELLS = range(2, 12)


def scan_xlsb(container: Container, limits: ReadLimits) -> list[Marks]:
    """Give the marks of each sheet in their order, or refuse the workbook."""
    parts = sheet_parts(container, "workbook.bin")
    try:
        shapes = _number_shapes(container)
        named: list[tuple[str, str]] = []
        for kind, record in _records(container.text(f"{WORKBOOK_FOLDER}/workbook.bin")):
            if kind == BUNDLE_SHEET:
                relation, name_at = _wide_text(record, 8)
                named.append((_wide_text(record, name_at)[0], parts.get(relation, "")))
        return [_scan_sheet(name, container.text(part), shapes, limits) for name, part in named]
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise damaged("a record is cut off") from error


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    position, size = 0, len(part)
    while position < size:
        kind = part[position]
        position += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (part[position] & 0x7F) << 7
            position += 1
        length = shift = 0
        while True:
            byte = part[position]
            position += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 or shift > 21:
                break
        yield kind, part[position : position + length]
        position += length


def _wide_text(record: bytes, position: int) -> tuple[str, int]:
    """Give the text at a position and where it ends."""
    (count,) = struct.unpack_from("<I", record, position)
    end = position + 4 + 2 * count
    return record[position + 4 : end].decode("utf-16-le"), end


def _number_shapes(container: Container) -> list[Shape | None]:
    codes = dict(BUILT_IN)
    shapes: list[Shape | None] = []
    inside = False
    styles = f"{WORKBOOK_FOLDER}/styles.bin"
    for kind, record in _records(container.text(styles) if styles in container.members else b""):
        if kind == FORMAT:
            codes[struct.unpack_from("<H", record)[0]] = shape_of(_wide_text(record, 2)[0])
        elif kind in {FORMATS_START, FORMATS_END}:
            inside = kind == FORMATS_START
        elif kind == CELL_FORMAT and inside:
            shapes.append(codes.get(struct.unpack_from("<HH", record)[1]))
    return shapes


def _scan_sheet(name: str, part: bytes, shapes: list[Shape | None], limits: ReadLimits) -> Marks:
    marks, cells = Marks(), array("Q")
    place = struct.Struct("<II").unpack_from
    row = 0
    for kind, record in _records(part):
        if kind == ROW:
            row = place(record)[0] + 1
        elif kind in _CELLS:
            column, style = place(record)
            if column >= limits.columns or row > limits.rows:
                raise too_far(name, f"{column_letters(column)}{row}", limits)
            cells.append(row << 16 | column)
            shape = shapes[style & 0xFFFFFF] if (style & 0xFFFFFF) < len(shapes) else None
            if kind in {ERROR, FORMULA_ERROR}:
                marks.add(row, column + 1, CellError(ERRORS.get(record[8], "#ERROR")))
            elif shape is not None and kind in {RK, REAL, FORMULA_NUMBER}:
                marks.add(row, column + 1, shape)
    check_once(name, cells)
    marks.arrange()
    return marks
