"""Remember cells that the spreadsheet reader gives as blank or bare, although they say more.

The reader gives an error value and a formula without result as blank, and knows nothing of number formats. They are
found apart from it, by a scan of the file, and put on its rows afterwards.
"""

from __future__ import annotations

import dataclasses
import decimal
import math
import operator
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice, pairwise
from typing import TypeAlias

from batch.core.cells import Cell, CellError, Percent, Shown
from batch.core.columns import column_letters
from batch.edge.sheet_limits import damaged, plain
from batch.edge.sheet_spool import BLOCK_ROWS

# From sixteen digits on, what a spreadsheet stores is no longer what was typed.
_DIGITS_LOST = 10**15


@dataclasses.dataclass(frozen=True, slots=True)
class NumberShape:
    """How a number format made of zeros and literal text shows a whole number: `00000`, `000-000`, `"SN-"0000`."""

    parts: tuple[str | None, ...]  # None is a place for a digit

    def shown(self, number: Cell) -> Cell:
        """Show the number as the format does; what it shows plainly stays a number."""
        if isinstance(number, bool) or not isinstance(number, int | float):
            return number
        if not (0 <= number < _DIGITS_LOST and number == number // 1):
            return number
        whole = int(number)
        places = self.parts.count(None)
        text = str(whole).rjust(places, "0")
        if places < len(self.parts):
            digits = iter([text[: len(text) - places + 1], *text[len(text) - places + 1 :]])
            text = "".join(next(digits) if part is None else part for part in self.parts)
        return number if text == str(whole) else Shown(whole, text)


@dataclasses.dataclass(frozen=True, slots=True)
class PercentShape:
    """A number format that shows a percentage, such as `0.00%`, and with how many decimals."""

    decimals: int

    def shown(self, number: Cell) -> Cell:
        """Show the number as the format does."""
        if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
            return number
        with decimal.localcontext() as context:
            context.rounding = decimal.ROUND_HALF_UP
            text = f"{decimal.Decimal(f'{number:.15g}').scaleb(2):.{self.decimals}f}%"
        return Percent(number, text)


Shape: TypeAlias = NumberShape | PercentShape
Mark: TypeAlias = CellError | Shape

# The formats that files name by number alone.
BUILT_IN: Mapping[int, Shape | None] = {9: PercentShape(0), 10: PercentShape(2)}


class Marks:
    """The marked cells of one sheet, packed: a column of a million formatted cells is eight megabytes."""

    def __init__(self) -> None:
        self._packed = array("Q")
        self._kinds: dict[Mark, int] = {}

    def add(self, row: int, column: int, mark: Mark) -> None:
        """Mark a cell; row and column count from 1."""
        kind = self._kinds.setdefault(mark, min(len(self._kinds), 0xFFFF))
        self._packed.append(row << 32 | column << 16 | kind)

    def arrange(self) -> None:
        """Put the marks in the order of the rows; call it once, after the last one."""
        self._packed = array("Q", sorted(self._packed))

    def between(self, first_row: int, end_row: int) -> Iterator[tuple[int, int, Mark]]:
        """Give row, column and mark of the cells from `first_row` up to but not including `end_row`."""
        kinds = list(self._kinds)
        first, end = bisect_left(self._packed, first_row << 32), bisect_left(self._packed, end_row << 32)
        for packed in self._packed[first:end]:
            yield packed >> 32, packed >> 16 & 0xFFFF, kinds[packed & 0xFFFF]

    def blocks(self, rows: Iterable[list[Cell]], left: int = 0) -> Iterator[tuple[int, Sequence[list[Cell]]]]:
        """Give the reader's rows, from row 1, in blocks with their first row's number, the marks put on them.

        `left` is the number of columns that the reader leaves out on the left. Marked rows below its last follow.
        """
        first_row, source = 1, iter(rows)
        while block := list(islice(source, BLOCK_ROWS)):
            if left:
                block = [[None] * left + row for row in block]
            for row, column, mark in self.between(first_row, first_row + len(block)):
                put(block[row - first_row], column, mark)
            yield first_row, block
            first_row += len(block)
        for row, marked in groupby(self.between(first_row, 1 << 31), key=lambda each: each[0]):
            cells: list[Cell] = []
            for _, column, mark in marked:
                put(cells, column, mark)
            yield row, [cells]


def check_once(sheet: str, cells: array[int]) -> None:
    """Refuse a sheet that has a cell twice: the reader gives the last of them, in silence.

    Each is its row, counted from 1, and column, from 0, packed: `row << 16 | column`.
    """
    if all(map(operator.lt, cells, islice(cells, 1, None))):
        return
    # Some programs write the cells in the order in which they are told them.
    for cell, following in pairwise(sorted(cells)):
        if cell == following:
            address = f"{column_letters(cell & 0xFFFF)}{cell >> 16}"
            raise damaged(f"sheet {plain(sheet)!r} has cell {address} twice")


def put(cells: list[Cell], column: int, mark: Mark) -> None:
    """Put a mark on one cell of a row, making the row longer where it ends before."""
    cells.extend([None] * (column - len(cells)))
    cells[column - 1] = mark if isinstance(mark, CellError) else mark.shown(cells[column - 1])


def shape_of(code: str) -> Shape | None:
    """Understand a number format that shows more of a number, or another, than is stored; None for every other."""
    return percent_shape(code) or number_shape(code)


def percent_shape(code: str) -> PercentShape | None:
    """Understand a number format that shows a percentage."""
    if "%" not in code:
        return None
    for section in _LITERAL.sub("", code).split(";"):
        if "%" in section:
            decimals = _DECIMALS.search(section)
            return PercentShape(min(len(decimals[1]), _MOST_DECIMALS) if decimals else 0)
    return None


def number_shape(code: str) -> NumberShape | None:
    """Understand a number format that only pads with zeros or adds literal text; None for every other format."""
    parts: list[str | None] = []
    rest = iter(code)
    for each in rest:
        if each == ";":  # the sections after the first are for negative numbers, zero and text
            break
        if each == "0":
            parts.append(None)
        elif each == '"':
            parts.append("".join(iter(lambda: next(rest, '"'), '"')))
        elif each == "\\":
            parts.append(next(rest, ""))
        elif each in "_*":  # a gap as wide as the next character, or a filling with it
            next(rest, "")
        elif each == "[":
            tag = "".join(iter(lambda: next(rest, "]"), "]"))
            if not tag.isalpha() and not tag.startswith("$-"):
                return None
        elif each in "$-+/(): ":
            parts.append(each)
        else:
            return None
    return NumberShape(tuple(parts)) if None in parts and len(parts) > 1 else None


_LITERAL = re.compile(r'"[^"]*"|\\.|[_*].|\[[^\]]*\]', re.DOTALL)
_DECIMALS = re.compile(r"\.([0#?]+)")
_MOST_DECIMALS = 30
