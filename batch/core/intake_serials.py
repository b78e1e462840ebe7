"""Read the serial columns of the intake sheet: one serial, a list, or ranges in a cell."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from batch.core.cells import Cell, Percent, Shown
from batch.core.codes import WARN
from batch.core.intake_cells import (
    AS_TEXT,
    IDENTIFIER_LIMIT,
    TYPE_AGAIN,
    Flaw,
    Readings,
    lost_digits,
    too_long,
    visible,
    whole_number,
)
from batch.core.keys import serial_key
from batch.core.names import SerialRange, range_of, split_names

# One serial, or a range not yet written out.
Named: TypeAlias = str | SerialRange

NO_SERIAL = "Leave the cell blank where the unit has none, or type the serial as it is printed on the unit"
AS_PRINTED = f"{AS_TEXT} and type the serial as it is printed on the unit"


def read_serials(cells: Sequence[Cell], known: AbstractSet[str] = frozenset(), *, ranges: bool = True) -> Readings:
    """Read what every cell of a serial column names: a list, or a tuple where there are ranges to be written out.

    A name whose key is known, being in the register as it stands, is that one serial and no range.
    """
    values: list[object] = []
    flaws: list[tuple[int, Flaw]] = []
    for at, cell in enumerate(cells):
        if cell is None:
            values.append([])
        # Most serials are plain; the rest is looked at closely.
        elif type(cell) is str and cell.isascii() and cell.isalnum() and len(cell) <= IDENTIFIER_LIMIT:
            values.append([cell])
        else:
            named, wrong = _read_cell(cell, known, ranges=ranges)
            values.append(tuple(named) if any(type(name) is SerialRange for name in named) else named)
            flaws.extend((at, flaw) for flaw in wrong)
    return Readings(values, flaws)


def range_keys(cells: Iterable[Cell]) -> set[str]:
    """Collect the keys of all names that look like ranges, for the register may know them as they stand."""
    keys: set[str] = set()
    for cell in cells:
        # A hyphen of another width counts as one, so only plain text without any is passed over.
        if isinstance(cell, str) and ("-" in cell or not cell.isascii()):
            keys.update(serial_key(name) for name in split_names(cell) if range_of(name))
    return keys


def named_count(named: Iterable[Named]) -> int:
    """Count the serials that a cell names, ranges included."""
    return sum(name.last - name.first + 1 if isinstance(name, SerialRange) else 1 for name in named)


def written_out(named: Iterable[Named], limit: int) -> list[str]:
    """Write ranges out, until there are more serials than the limit: the line is refused whatever follows."""
    names: list[str] = []
    for name in named:
        if isinstance(name, str):
            names.append(name)
        elif len(names) <= limit:
            names.extend(name.names()[: limit + 1 - len(names)])
    return names


def _read_cell(cell: Cell, known: AbstractSet[str], *, ranges: bool) -> tuple[list[Named], Sequence[Flaw]]:
    seen = visible(cell)
    if seen is None:
        return [], ()
    if isinstance(seen, Flaw):
        return [], (seen,)
    if not isinstance(seen, str):
        return _read_number(seen)
    names = [seen] if _ONE_NAME.fullmatch(seen) else [name for name in split_names(seen) if serial_key(name)]
    flaws = [flaw for name in names if (flaw := _malformed(name))]
    if not ranges:
        return list(names), flaws
    named = [_range_or_name(name, known) for name in names]
    flaws += [_bad_range(name) for name in named if isinstance(name, SerialRange) and name.problem]
    return named, flaws


def _read_number(cell: Cell) -> tuple[list[Named], Sequence[Flaw]]:
    if isinstance(cell, Shown):
        lost = lost_digits(cell.number)
        return ([], (lost,)) if lost else ([cell.text], ())
    number = whole_number(cell.number if isinstance(cell, Percent) else cell)
    if number is None:
        return [], (Flaw("SERIAL_MALFORMED", f"{{}} is {_kind(cell)}, not a serial", AS_PRINTED),)
    if number < 0:
        return [], (Flaw("SERIAL_MALFORMED", "{} is a negative number, not a serial", AS_PRINTED),)
    return [str(number)], (lost_digits(number) or _STORED_AS_NUMBER,)


def _kind(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "a true/false value"
    if isinstance(cell, dt.date):
        return "a date"
    if isinstance(cell, Percent):
        return "a percentage"
    return "a number with decimals" if isinstance(cell, float) else "a time"


def _malformed(name: str) -> Flaw | None:
    if _E_NOTATION.fullmatch(name):
        return Flaw("SERIAL_MALFORMED", "{} is a number as Excel shortens it, not a serial", AS_PRINTED, about=name)
    if not any(map(str.isalnum, name)):
        return Flaw(
            "SERIAL_MALFORMED", "{} has neither a letter nor a digit, so it is no serial", NO_SERIAL, about=name
        )
    if len(name) > IDENTIFIER_LIMIT:
        return Flaw("SERIAL_MALFORMED", too_long(name), TYPE_AGAIN, about=name)
    return None


def _range_or_name(name: str, known: AbstractSet[str]) -> Named:
    span = range_of(name) if "-" in name or not name.isascii() else None
    return name if span is None or serial_key(name) in known else span


def _bad_range(span: SerialRange) -> Flaw:
    assert span.problem, span
    return Flaw("SERIAL_RANGE_INVALID", span.problem, "A range is written such as 1001-1005", about=span.text)


# Zeros in front may be lost, but which ones nobody can tell: it is taken as it stands.
_STORED_AS_NUMBER = Flaw(
    "SERIAL_STORED_AS_NUMBER",
    "{} is stored as a number and taken as it stands, so zeros in front would be lost",
    f"{AS_TEXT} and type it again if the serial begins with zeros",
    severity=WARN,
)

# Printable ASCII without blanks and separators: nothing to split, trim or look through.
_ONE_NAME = re.compile(r"[!-+\--:<-~]{1,255}")

_E_NOTATION = re.compile(r"[0-9]+(?:\.[0-9]+E\+?|E\+)[0-9]{1,3}", re.IGNORECASE)
