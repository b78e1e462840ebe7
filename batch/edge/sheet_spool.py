"""Write the rows of a sheet as plain text and read them back: what passes from the reading child to its parent.

One line is a block of rows, as JSON: `[number of the first row, [column, ...]]`. A column is null (all blank), a list
of plain values, `{"dates": [...]}`, or `{"cells": [...]}` in which an object is a cell that JSON has no word for.
Columns rather than rows, because their cells are mostly of one type, which is found once a block and not once a cell.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, TypeAlias

import orjson

from batch.core.cells import NEVER_CALCULATED, Cell, CellError, RawRow, Shown
from batch.edge.sheet_limits import ReadLimits, UnreadableError, column_letters, plain

BLOCK_ROWS = 512

# None stands for a column without a value in the whole block.
_Column: TypeAlias = Sequence[Cell] | None

_PLAIN_TYPES = {str, int, float, bool, type(None)}


class SpoolWriter:
    """Write one sheet's rows, counting those that are not blank."""

    def __init__(self, out: BinaryIO, sheet: str, limits: ReadLimits) -> None:
        self._out, self._sheet, self._limits = out, sheet, limits
        self.row_count = 0

    def add(self, first_row: int, rows: Sequence[Sequence[Cell]]) -> None:
        """Write rows that follow one another from `first_row`; an empty text counts as blank."""
        columns = [_blank_as_none(column) for column in itertools.zip_longest(*rows)]
        while columns and columns[-1] is None:
            columns.pop()
        if not columns:
            return
        types = [set(map(type, column or ())) for column in columns]
        self._check_texts(first_row, columns, types)
        self.row_count += _filled(columns, len(rows))
        try:
            written = [_column(*each) for each in zip(columns, types, strict=True)]
            line = orjson.dumps([first_row, written], option=orjson.OPT_APPEND_NEWLINE)
        except (ValueError, OverflowError, orjson.JSONEncodeError):  # no number, or a whole one beyond 64 bits
            line = orjson.dumps([first_row, [_tagged(each) for each in columns]], option=orjson.OPT_APPEND_NEWLINE)
        self._out.write(line)

    def _check_texts(self, first_row: int, columns: Sequence[_Column], types: Sequence[set[type]]) -> None:
        limit = self._limits.cell_text
        for number, (column, kinds) in enumerate(zip(columns, types, strict=True), 1):
            if str not in kinds or column is None:
                continue
            lengths = [len(each) if each.__class__ is str else 0 for each in column]
            if max(lengths) > limit:
                row = next(i for i, length in enumerate(lengths) if length > limit)
                raise UnreadableError(
                    f"sheet {plain(self._sheet)!r}, cell {column_letters(number)}{first_row + row}: the text is longer "
                    f"than {limit:,} characters",
                    "Shorten the text and hand the file in again",
                )


def _blank_as_none(column: Sequence[Cell]) -> _Column:
    """Give the column with None for blanks, or None when there is nothing in it."""
    if "" in column:
        column = [None if each == "" else each for each in column]
    return None if None in column and column.count(None) == len(column) else column


def _filled(columns: Sequence[_Column], height: int) -> int:
    """Count the rows that are not blank."""
    if any(each is not None and None not in each for each in columns):
        return height
    return sum(any(cell is not None for cell in row) for row in zip(*filter(None, columns), strict=True))


def _column(column: _Column, types: set[type]) -> object:
    """Write one column in the plainest way its cells allow."""
    if column is None:
        return None
    if not types <= _PLAIN_TYPES:
        return {"dates": column} if types <= {dt.date, type(None)} else _tagged(column)
    if float not in types:
        return column
    # What is not finite differs from itself when subtracted, and int() refuses it.
    return [
        each if each.__class__ is not float or (not each.is_integer() and each - each == 0) else int(each)
        for each in column
    ]


def _tagged(column: _Column) -> object:
    return None if column is None else {"cells": [_tag(each) for each in column]}


def _tag(cell: Cell) -> object:
    """Write one cell so that its type survives JSON."""
    if cell is None or isinstance(cell, str | bool):
        return cell
    if isinstance(cell, int | float):
        return _number_tag(cell)
    if isinstance(cell, CellError):
        return {"formula": True} if cell == NEVER_CALCULATED else {"error": cell.text}
    if isinstance(cell, Shown):
        return {"number": cell.number, "shown": cell.text}
    if isinstance(cell, dt.timedelta):
        return {"seconds": cell.total_seconds()}
    return {"time" if isinstance(cell, dt.time) else "date": cell.isoformat()}


def _number_tag(number: float) -> object:
    if not math.isfinite(number):
        return _NAN
    if number != number // 1:
        return number
    return int(number) if abs(number) < 2**53 else {"whole": str(int(number))}


_NAN = {"error": "not a number"}


def decoded(lines: Iterator[bytes]) -> Iterator[RawRow]:
    """Give the rows of a spool; blank ones are left out and the others keep their numbers."""
    for line in lines:
        first_row, columns = orjson.loads(line)
        read = [_cells(each) for each in columns]
        blank = [None] * max(len(each) for each in read)
        cells = [each or blank for each in read]
        for row_no, row in enumerate(map(list, zip(*cells, strict=True)), first_row):
            while row and row[-1] is None:
                row.pop()
            if row:
                yield row_no, row


def _cells(column: Any) -> Sequence[Cell]:
    if column is None:
        return ()
    if not isinstance(column, dict):
        return column  # type: ignore[no-any-return]
    if "dates" in column:
        return [each and dt.date.fromisoformat(each) for each in column["dates"]]
    return [_untagged(each) if isinstance(each, dict) else each for each in column["cells"]]


def _untagged(tag: Mapping[str, Any]) -> Cell:
    if "shown" in tag:
        return Shown(tag["number"], tag["shown"])
    [(kind, value)] = tag.items()
    return _READERS[kind](value)


def _date(text: str) -> Cell:
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)


_READERS: Mapping[str, Callable[[Any], Cell]] = {
    "date": _date,
    "time": dt.time.fromisoformat,
    "seconds": lambda value: dt.timedelta(seconds=value),
    "whole": int,
    "error": CellError,
    "formula": lambda _: NEVER_CALCULATED,
}
