"""Write the rows of a sheet as plain text and read them back: what passes from the reading child to its parent.

One line is a block of rows, as JSON: `[number of the first row, [column, ...]]`. A column is null (all blank), a list
of plain values, `{"dates": [...]}`, `{"exact": [...]}`, or `{"cells": [...]}` in which an object is a cell that JSON
has no word for. Columns rather than rows, because their cells are mostly of one type, which is found once a block and
not once a cell.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, BinaryIO, TypeAlias, cast

import orjson

from batch.core.cells import NEVER_CALCULATED, Cell, CellError, Exact, Percent, RawRow, Shown, Typed
from batch.core.columns import column_letters
from batch.edge.sheet_limits import ReadLimits, UnreadableError, plain

# Few enough that the texts of a column mostly come to less than the limit of one.
BLOCK_ROWS = 256

Column: TypeAlias = tuple[Cell, ...]

_BLANK = (None, "")

# Dates and our own kinds of cell are written by `_tag`, not as orjson would.
_OURS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS

_PLAIN_TYPES = {str, int, float, bool, type(None)}


class SpoolWriter:
    """Write one sheet's rows, counting those that are not blank."""

    def __init__(self, out: BinaryIO, sheet: str, limits: ReadLimits) -> None:
        self._out, self._sheet, self._limits = out, sheet, limits
        self.row_count = 0

    def add(self, first_row: int, rows: Sequence[Sequence[Cell]]) -> None:
        """Write rows that follow one another from `first_row`; an empty text counts as blank."""
        written = self._write(first_row, list(itertools.zip_longest(*rows)), frozenset())
        if any(each is not None for each in written):
            full = any(each.__class__ is tuple for each in written)
            self.row_count += len(rows) if full else sum(any(cell not in _BLANK for cell in row) for row in rows)

    def add_columns(self, first_row: int, columns: Sequence[Column], exact: AbstractSet[int]) -> None:
        """Write rows given by their columns, counted from 1; those of `exact` numbers hold texts of digits."""
        written = self._write(first_row, columns, exact)
        if any(each is not None for each in written):
            full = any(each.__class__ is tuple for each in written)
            rows = zip(*columns, strict=True)
            self.row_count += len(columns[0]) if full else sum(any(cell not in _BLANK for cell in row) for row in rows)

    def _write(self, first_row: int, columns: Sequence[Column], exact: AbstractSet[int]) -> list[object]:
        """Write a block, unless all of it is blank."""
        try:
            written = [
                _exact(column) if number in exact else self._written(column, number, first_row)
                for number, column in enumerate(columns, 1)
            ]
            line = orjson.dumps([first_row, written], option=orjson.OPT_APPEND_NEWLINE)
        except (ValueError, OverflowError, orjson.JSONEncodeError):  # no number, or a whole one beyond 64 bits
            written = [
                _exact(column) if number in exact else _tagged(column) for number, column in enumerate(columns, 1)
            ]
            line = orjson.dumps([first_row, written], option=orjson.OPT_APPEND_NEWLINE)
        if any(each is not None for each in written):
            self._out.write(line)
        return written

    def _written(self, column: Column, number: int, first_row: int) -> object:
        """Write one column in the plainest way its cells allow; as the tuple it is only where no cell is blank."""
        limit = self._limits.cell_text
        try:
            # The quickest way to find that all cells are texts, and mostly that none can be too long.
            length = len("".join(column))  # type: ignore[arg-type]
        except TypeError:
            if str in (types := set(map(type, column))):
                length = max(len(each) for each in column if isinstance(each, str))
                self._check_length(length, column, number, first_row)
            return _mixed(column, types)
        if length > limit:
            self._check_length(max(map(len, column)), column, number, first_row)  # type: ignore[arg-type]
        if not length:
            return None
        return [each or None for each in column] if "" in column else column

    def _check_length(self, longest: int, column: Column, number: int, first_row: int) -> None:
        limit = self._limits.cell_text
        if longest <= limit:
            return
        row = next(row for row, each in enumerate(column, first_row) if isinstance(each, str) and len(each) > limit)
        raise UnreadableError(
            f"sheet {plain(self._sheet)!r}, cell {column_letters(number - 1)}{row}: the text is longer than "
            f"{limit:,} characters",
            "Shorten the text and hand the file in again",
        )


def _mixed(column: Column, types: set[type]) -> object:
    """Write a column whose cells are not all texts."""
    if types == {float}:
        numbers = cast("tuple[float, ...]", column)
        # What is not finite differs from itself when subtracted, and int() refuses it.
        return tuple([each if not each.is_integer() and each - each == 0 else int(each) for each in numbers])
    if types <= _PLAIN_TYPES:
        cells = [
            (None if each == "" else each)
            if each.__class__ is not float or (not each.is_integer() and each - each == 0)
            else int(each)
            for each in column
        ]
        return cells if any(each is not None for each in cells) else None
    if types <= {dt.date, str, type(None)}:
        dates = [None if each == "" else each for each in column]
        if not any(isinstance(each, str) for each in dates):
            return {"dates": dates}
    return _tagged(column)


def _exact(column: Column) -> object:
    return {"exact": column} if any(each is not None for each in column) else None


def _tagged(column: Column) -> object:
    cells = [_tag(each) for each in column]
    return {"cells": cells} if any(each is not None for each in cells) else None


def row_text(cells: Sequence[Cell]) -> str:
    """Write the cells of one row as JSON, so that `row_cells` gives every one of them back as it was."""
    try:
        return orjson.dumps(cells, default=_tag, option=_OURS).decode()
    except TypeError:  # a whole number beyond 64 bits
        return orjson.dumps([_tag(each) for each in cells]).decode()


def row_cells(text: str) -> list[Cell]:
    """Read back the cells of one row."""
    return [_untagged(each) if isinstance(each, dict) else each for each in orjson.loads(text)]


def _tag(cell: Cell) -> object:
    """Write one cell so that its type survives JSON."""
    if isinstance(cell, Exact):
        return {"exact": str(cell)}
    if cell is None or isinstance(cell, str | bool):
        return None if cell == "" else cell
    if isinstance(cell, int | float):
        return _number_tag(cell)
    if isinstance(cell, CellError):
        return {"formula": True} if cell == NEVER_CALCULATED else {"error": cell.text}
    if isinstance(cell, Percent):
        return {"percent": cell.number, "shown": cell.text}
    if isinstance(cell, Shown):
        return {"number": cell.number, "shown": cell.text}
    if isinstance(cell, dt.timedelta):
        return {"seconds": cell.total_seconds()}
    assert not isinstance(cell, Typed), "what a mapping makes of a cell is never kept"
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
    if "exact" in column:
        return [each and Exact(each) for each in column["exact"]]
    return [_untagged(each) if isinstance(each, dict) else each for each in column["cells"]]


def _untagged(tag: Mapping[str, Any]) -> Cell:
    if "percent" in tag:
        return Percent(tag["percent"], tag["shown"])
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
    "exact": Exact,
    "error": CellError,
    "formula": lambda _: NEVER_CALCULATED,
}
