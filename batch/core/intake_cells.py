"""Read one column of the intake sheet: each cell becomes its value, or a flaw that says what to type instead."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Sequence
from types import NoneType
from typing import Any, TypeAlias

from batch.core.cells import NEVER_CALCULATED, Cell, CellError, Percent, Shown, Typed, text_of
from batch.core.codes import REFUSE
from batch.core.keys import serial_key

# Excel keeps 15 digits of a number; of a longer one the rest is gone, and what stands there looks plausible.
FIRST_INEXACT = 10**15
# Longer than any code or serial in use, short enough for a database index.
IDENTIFIER_LIMIT = 255
LINE_NO_LIMIT = 999_999_999

AS_TEXT = "Format the column as Text"
TYPE_AGAIN = f"{AS_TEXT} and type it again in full"


@dataclasses.dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one cell; `{}` in the problem stands for what was typed."""

    code: str
    problem: str
    remedy: str
    # Where only a part of the cell is meant, such as one serial of a list.
    about: str | None = None
    severity: str = REFUSE


@dataclasses.dataclass(frozen=True, slots=True)
class Readings:
    """A column as read: a value for every row, and the flaws with the position of their row."""

    outcomes: list[Any]
    flaws: list[tuple[int, Flaw]]


Reader: TypeAlias = Callable[[Cell], object]


def read_column(cells: Sequence[Cell], read: Reader, blank: object = None) -> Readings:
    """Read every cell of a column, each different one once; a blank cell gives `blank`, which may be a flaw."""
    kinds = set(map(type, cells))
    if kinds == {NoneType} and not isinstance(blank, Flaw):
        return Readings([blank] * len(cells), [])
    outcomes = _Outcomes(read, blank)
    # True equals 1: where both may stand in one column they are told apart by their kind.
    found = [outcomes[type(cell), cell] for cell in cells] if bool in kinds else list(map(outcomes.__getitem__, cells))
    if Flaw not in set(map(type, outcomes.values())):
        return Readings(found, [])
    flaws = [(at, value) for at, value in enumerate(found) if isinstance(value, Flaw)]
    for at, _ in flaws:
        found[at] = None
    return Readings(found, flaws)


class _Outcomes(dict[Any, Any]):
    """What each different cell of a column comes to, found out when it is first met."""

    def __init__(self, read: Reader, blank: object) -> None:
        super().__init__()
        self.read = read
        self.blank = blank

    def __missing__(self, key: Any) -> Any:
        cell: Cell = key[1] if isinstance(key, tuple) else key
        seen = cell if isinstance(cell, int | float) else visible(cell)
        if seen is None:
            self[key] = self.blank
        else:
            self[key] = seen if isinstance(seen, Flaw) else self.read(seen)
        return self[key]


def visible(cell: Cell) -> Cell | Flaw:
    """Give back a cell trimmed: None where nothing can be seen in it, a flaw where it cannot be read at all."""
    if isinstance(cell, str):
        text = cell.strip()
        if text.isprintable():
            return text or None
        if "\0" in text:
            return Flaw("CELL_UNREADABLE", "{} holds an invisible character (NUL)", "Type the value again by hand")
        return text if serial_key(text) else None
    if isinstance(cell, CellError):
        if cell == NEVER_CALCULATED:
            return Flaw(
                "CELL_UNREADABLE",
                "the cell holds a formula that was never calculated",
                "Open the workbook in a spreadsheet program and save it there, or type the value itself",
            )
        if cell.text.strip("#") == "":
            remedy = "Type the value itself, or widen the column where the file was made and save it again"
            return Flaw("CELL_UNREADABLE", "{} stands where the column was too narrow to show the value", remedy)
        if cell.text.startswith(("#", "Err:")):
            remedy = "Type the value itself, or correct the formula that the error comes from"
            return Flaw("CELL_UNREADABLE", "the cell holds the error {}", remedy)
        return Flaw("CELL_UNREADABLE", "the cell holds no value that can be used ({})", "Type the value itself")
    return cell


def required(what: str) -> Flaw:
    """Say that a cell every line needs is empty."""
    return Flaw("CELL_REQUIRED", "the cell is empty", f"Type {what}")


def read_identifier(cell: Cell) -> object:
    """Read a code or number as text; a whole number stands for its digits."""
    if isinstance(cell, str):
        if len(cell) > IDENTIFIER_LIMIT:
            return Flaw("CELL_UNREADABLE", too_long(cell), "Type the code alone")
        return cell
    if isinstance(cell, Shown):
        return lost_digits(cell.number) or cell.text
    number = whole_number(cell.number if isinstance(cell, Percent) else cell)
    if number is None:
        return Flaw("CELL_UNREADABLE", f"{{}} is {_kind(cell)} where a code is meant", TYPE_AGAIN)
    if number < 0:
        return Flaw("CELL_UNREADABLE", "{} is a negative number where a code is meant", TYPE_AGAIN)
    return lost_digits(number) or str(number)


def read_words(cell: Cell) -> object:
    """Read free text; whatever else stands there is written out as it is seen."""
    if isinstance(cell, int | Shown) and not isinstance(cell, bool):
        return lost_digits(cell if isinstance(cell, int) else cell.number) or text_of(cell)
    if isinstance(cell, float):
        return lost_digits(cell) or f"{cell:.15g}"
    return text_of(cell)


def read_type(cell: Cell) -> object:
    """Read the type of a document; letter case and blanks do not count."""
    key = re.sub(r"[\s_-]", "", cell).casefold() if isinstance(cell, str) else ""
    return _TYPES.get(key) or Flaw(
        "TYPE_UNKNOWN", "{} is no type of document", "Type Return, Service or Credit Order, or leave the cell blank"
    )


def read_legacy_type(cell: Cell) -> object:
    """Read the type of a document in a backfill, which brings legacy returns and nothing else."""
    key = re.sub(r"[\s_-]", "", cell).casefold() if isinstance(cell, str) else ""
    return _LEGACY_TYPES.get(key) or Flaw(
        "TYPE_UNKNOWN",
        "{} is no legacy return, and a backfill brings nothing else",
        "Hand the row in with `serialback run intake`, or leave the column out where it holds something else",
    )


def read_date(cell: Cell, formats: Sequence[str] = ()) -> object:
    """Read a date cell, ISO text, or text in one of the formats set; a time of day is left off."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, str):
        iso = _ISO_DATE.fullmatch(cell)
        for text, form in ((iso[1], "%Y-%m-%d"),) if iso else ((cell, form) for form in formats):
            try:
                return dt.datetime.strptime(text, form).date()
            except ValueError:
                continue
    examples = ["YYYY-MM-DD, such as 2026-03-31", *(f"like {_A_DATE:{form}}" for form in formats)]
    return Flaw("DATE_INVALID", "{} is not a date", f"Use a date cell, or type it as {' or '.join(examples)}")


def read_line_no(cell: Cell) -> object:
    """Read the position of a line on its slip."""
    number = whole_number(cell)
    if number is None or not 1 <= number <= LINE_NO_LIMIT:
        return Flaw(
            "CELL_UNREADABLE",
            "{} is not a line number",
            f"Type a whole number from 1 to {LINE_NO_LIMIT:,}, or leave the cell blank to have the lines counted",
        )
    return number


def read_quantity(cell: Cell, limit: int) -> object:
    """Read how many units came back: a whole number above zero, at most the limit of a line."""
    if is_percentage(cell):
        remedy = instead_of_percentage(cell, "the number of units, such as 2")
        return Flaw("QUANTITY_NOT_INTEGER", "{} is a percentage, not a number of units", remedy)
    if isinstance(cell, Typed):
        flaw = _flaw_of_typed_quantity(cell, "QUANTITY_NOT_INTEGER")
        if flaw is not None:
            return flaw
    number = whole_number(cell)
    if number is None:
        return Flaw("QUANTITY_NOT_INTEGER", "{} is not a whole number", "Type the number of units, such as 2")
    if number < 0:
        return Flaw("SIGN_WRONG", "{} is negative", "Type the number of units that came back without a minus sign")
    if number == 0:
        return Flaw("QUANTITY_ZERO", "{} means that nothing came back", "Type the number of units, or remove the row")
    if number > limit:
        return Flaw("QUANTITY_TOO_LARGE", f"{{}} is more than the {limit:,} units of one line", "Split the line")
    return number


def _flaw_of_typed_quantity(cell: Typed, code: str) -> Flaw | None:
    """Refuse a quantity in another notation than the mapping's, and 1,000 for one: more likely it is a thousand."""
    if cell.plain is None:
        return not_typed_like(cell, code)
    either = _THOUSANDS_OR_DECIMALS.fullmatch(cell.plain)
    if either is None:
        return None
    meant = f"{either[1]}{either[2]}" if int(either[2]) else f"{either[1]}{either[2]} or {either[1]}"
    return Flaw(
        code,
        "{} may have decimals, as the mapping says of its mark, or thousands",
        f"Type {meant}, without a mark; where all thousands are typed so, correct [numbers] in the mapping",
    )


def read_generate_quantity(cell: Cell) -> object:
    """Read how many serials at most may be made: a whole number, zero or more."""
    if is_percentage(cell):
        remedy = instead_of_percentage(cell, "how many serials may be made, such as 2")
        return Flaw("GENERATE_QUANTITY_INVALID", "{} is a percentage, not a number of serials", remedy)
    if isinstance(cell, Typed):
        flaw = _flaw_of_typed_quantity(cell, "GENERATE_QUANTITY_INVALID")
        if flaw is not None:
            return flaw
    number = whole_number(cell)
    if number is None or not 0 <= number < FIRST_INEXACT:
        return Flaw(
            "GENERATE_QUANTITY_INVALID",
            "{} is not a whole number of zero or more",
            "Type how many serials may be made, such as 2, or leave the cell blank for as many as needed",
        )
    return number


def whole_number(cell: Cell) -> int | None:
    """Return the whole number of a cell, whether stored as a number or typed plainly; None where it is none."""
    if isinstance(cell, int):
        return None if isinstance(cell, bool) else cell
    if isinstance(cell, float):
        exact = float(f"{cell:.15g}")
        return int(exact) if exact.is_integer() else None
    if isinstance(cell, Shown):
        return cell.number
    if isinstance(cell, Typed):
        return whole_number(cell.plain)
    if isinstance(cell, str) and (plain := _WHOLE.fullmatch(cell)):
        return int(plain[1])
    return None


def is_percentage(cell: Cell) -> bool:
    """Say whether a person sees a percentage in a cell, be it by its format or as text."""
    return isinstance(cell, Percent) or (
        isinstance(cell, str | Shown) and _PERCENT_SIGN.search(text_of(cell)) is not None
    )


def instead_of_percentage(cell: Cell, what: str) -> str:
    """Say what to type instead of a percentage; in a cell that keeps its format it would become another one."""
    return f"Type {what}" if isinstance(cell, str) else f"Format the column as Number and type {what}"


def not_typed_like(cell: Typed, code: str) -> Flaw:
    """Say that a number is typed otherwise than a mapping says that all are."""
    problem = f"{{}} is not typed like {cell.like}, as the mapping says that numbers are"
    return Flaw(code, problem, f"Type it like {cell.like}, or correct [numbers] in the mapping")


def lost_digits(number: float) -> Flaw | None:
    """Say that a number is too long for Excel to have kept all its digits; None where it kept them."""
    if abs(number) < FIRST_INEXACT:
        return None
    return _LOST_DIGITS


def too_long(text: str) -> str:
    """Say that a text is longer than any code or serial."""
    return f"{{}} has {len(text):,} characters; at most {IDENTIFIER_LIMIT} are read"


def _kind(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "a true/false value"
    if isinstance(cell, Percent):
        return "a percentage"
    return "a number with decimals" if isinstance(cell, float) else "a date or time"


_LOST_DIGITS = Flaw(
    "SERIAL_STORED_AS_NUMBER",
    "{} is stored as a number of more than 15 digits, of which the last ones are lost",
    TYPE_AGAIN,
)

_TYPES = {"return": "RETURN", "service": "SERVICE", "creditorder": "CREDIT_ORDER"}

_LEGACY_TYPES = dict.fromkeys(("return", "legacyreturn"), "LEGACY_RETURN")

_A_DATE = dt.date(2026, 3, 31)
_ISO_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?)?")

_PERCENT_SIGN = re.compile("[%\u2030\u066a\uff05]")

# The bound keeps a hostile cell from costing more than it is worth.
_WHOLE = re.compile(r"([+-]?[0-9]{1,1000})(?:\.0*)?")
_THOUSANDS_OR_DECIMALS = re.compile(r"[+-]?([1-9][0-9]{0,2})\.([0-9]{3})")
