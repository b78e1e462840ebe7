"""Say what a spreadsheet cell may hold once it is read, before anybody decides what it means."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TypeAlias


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """A number whose format shows more zeros than the number has: 123 formatted `00000` is shown `00123`."""

    number: int
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Percent:
    """A number that its format shows as a percentage: 0.1 formatted `0%` is shown `10%`."""

    number: float
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class CellError:
    """A cell without a usable value: an error such as `#DIV/0!`, or a formula that was never calculated."""

    text: str


class Exact(str):
    """A number to the last digit, as a file that has types keeps it: to everybody the text of its digits.

    It stands apart from a text only where texts are read as numbers are typed somewhere.
    """

    __slots__ = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Typed:
    """A number as it was typed in another notation, and as the contract has it: None where it does not fit."""

    text: str
    plain: str | None
    # A number as all are to be typed, such as `1.234,50`.
    like: str


# A formula saved without its result, as programs that write workbooks but do not calculate leave it.
NEVER_CALCULATED = CellError("formula without a stored value")

# Blank is None, never an empty text. A duration (format `[h]:mm`) is a timedelta, a time of day a time.
Cell: TypeAlias = (
    str
    | int
    | float
    | bool
    | dt.date
    | dt.datetime
    | dt.time
    | dt.timedelta
    | Shown
    | Percent
    | Typed
    | CellError
    | None
)

# The row's number as the spreadsheet shows it, from 1, and its cells from column A; blanks at the end are left out.
RawRow: TypeAlias = tuple[int, list[Cell]]


def text_of(cell: Cell) -> str:
    """Show a cell as a person would see it, for messages and evidence."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Shown | Percent | Typed | CellError):
        return cell.text
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)
