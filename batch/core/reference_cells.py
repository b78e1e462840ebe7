"""Read the rows of a reference sheet: each becomes typed values, or problems that name the cell and the remedy."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Iterable, Mapping, Sequence

from batch.core.cells import Cell, RawRow, text_of
from batch.core.currency import LARGEST_MINOR, exponent
from batch.core.intake_amounts import read_amount
from batch.core.intake_cells import (
    Flaw,
    lost_digits,
    read_date,
    read_identifier,
    read_words,
    visible,
    whole_number,
)
from batch.core.mask import Mask, MaskError
from batch.core.mfr_check import check_problem
from batch.core.reference_columns import Kind, ReferenceColumn, ReferenceHeader, ReferenceTable


class Blank(enum.Enum):
    """A blank cell in a column that cannot be empty: the row keeps what it has, a new one gets the default."""

    KEEP = "keep"


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from: the file, the sheet (None in a CSV file), and the heading of each column."""

    file: str
    sheet: str | None
    headings: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return self.file if self.sheet is None else f"{self.file}, sheet {self.sheet}"


@dataclasses.dataclass(frozen=True, slots=True)
class ReferenceRow:
    """One row as read: what it says of its table's columns; what could not be read is in `flawed`."""

    table: ReferenceTable
    key: str
    values: Mapping[str, object]
    source: Source
    sheet_row: int
    flawed: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        """Say where the row stands."""
        return f"{self.source}, row {self.sheet_row}"

    def problem(self, column: str, what: str, remedy: str) -> str:
        """Write one problem of one cell: place, column, what is wrong, what to do."""
        return _problem(self.source, self.sheet_row, column, what, remedy)


def read_rows(
    table: ReferenceTable, source: Source, header: ReferenceHeader, rows: Iterable[RawRow], currency: str
) -> tuple[list[ReferenceRow], list[str]]:
    """Read the rows below a header, and list every cell that cannot be read."""
    read: list[ReferenceRow] = []
    problems: list[str] = []
    readers = [(at, column.field, _reader(column, currency), _blank(table, column)) for at, column in header.columns]
    for sheet_row, cells in rows:
        if sheet_row <= header.row:
            continue
        said: dict[str, object] = {}
        flawed: set[str] = set()
        for at, field, reader, blank in readers:
            cell = cells[at] if at < len(cells) else None
            value = _read_cell(cell, reader, blank)
            if isinstance(value, Flaw):
                flawed.add(field)
                problems.append(_cell_problem(source, sheet_row, field, cell, value))
            elif value is not Blank.KEEP:
                said[field] = value
        if table.key not in flawed:
            read.append(ReferenceRow(table, str(said.pop(table.key)), said, source, sheet_row, frozenset(flawed)))
    return read, problems


def _read_cell(cell: Cell, reader: Callable[[Cell], object], blank: object) -> object:
    seen = visible(cell)
    if seen is None:
        return blank
    return seen if isinstance(seen, Flaw) else reader(seen)


def _blank(table: ReferenceTable, column: ReferenceColumn) -> object:
    if column.name == table.key:
        return Flaw("", "the cell is empty", "Type the code, or clear the whole row")
    if column.kind is Kind.TEXT:
        return ""
    return Blank.KEEP if column.required or column.default is not None else None


def _cell_problem(source: Source, sheet_row: int, column: str, cell: Cell, flaw: Flaw) -> str:
    shown = text_of(cell).strip()
    what = flaw.problem.replace("{}", f'"{shown[:60]}…"' if len(shown) > 60 else f'"{shown}"')
    return _problem(source, sheet_row, column, what, flaw.remedy)


def _problem(source: Source, sheet_row: int, column: str, what: str, remedy: str) -> str:
    heading = source.headings.get(column, column)
    return f"{source}, row {sheet_row}, column {heading}: {what}. {remedy.rstrip('.')}."


def _reader(column: ReferenceColumn, currency: str) -> Callable[[Cell], object]:
    if column.kind is Kind.CHOICE:
        return _remembering(lambda cell: _read_choice(cell, column.choices))
    if column.kind is Kind.MAJOR:
        return _remembering(lambda cell: read_amount(cell, currency))
    reader = _READERS[column.kind]
    # Codes and texts are cheap to read and mostly all different; of the others a column repeats a few.
    return reader if column.kind in (Kind.CODE, Kind.TEXT) else _remembering(reader)


def _remembering(reader: Callable[[Cell], object]) -> Callable[[Cell], object]:
    known: dict[tuple[type, Cell], object] = {}

    def read(cell: Cell) -> object:
        # True equals 1 and would be taken for it.
        key = (type(cell), cell)
        if key not in known:
            known[key] = reader(cell)
        return known[key]

    return read


def _read_code(cell: Cell) -> object:
    code = read_identifier(cell)
    if isinstance(code, str) and not code.isprintable():
        return Flaw("", "{} holds characters that cannot be seen", "Type the code again by hand")
    return code


def _read_choice(cell: Cell, choices: Sequence[str]) -> object:
    typed = _letters(cell)
    found = next((choice for choice in choices if choice.replace("_", "") == typed), None)
    return found or Flaw("", "{} is not known here", f"Type one of {', '.join(choices)}")


def _read_flag(cell: Cell) -> object:
    typed = _letters(cell)
    if typed in _TRUE or typed in _FALSE:
        return typed in _TRUE
    return Flaw("", "{} is neither yes nor no", "Type yes or no")


def _letters(cell: Cell) -> str:
    return "".join(filter(str.isalnum, text_of(cell))).upper()


def _read_minor(cell: Cell) -> object:
    number = _read_number(cell)
    if isinstance(number, Flaw):
        remedy = "Type the amount in whole minor units, 15000 for 150.00; or head the column without _minor"
        return dataclasses.replace(number, remedy=f"{remedy} and type 150.00")
    return number


def _read_number(cell: Cell) -> object:
    number = whole_number(cell)
    if number is None or not 0 <= number <= LARGEST_MINOR:
        return Flaw("", "{} is not a whole number of zero or more", "Type a whole number such as 5001")
    return (None if isinstance(cell, str) else lost_digits(number)) or number


def _read_currency(cell: Cell) -> object:
    typed = text_of(cell)
    if exponent(typed) is not None:
        return typed
    meant = typed.upper() if exponent(typed.upper()) is not None else "its code of three capitals, such as EUR"
    return Flaw("", "{} is no currency of ISO 4217", f"Type {meant}")


def _read_mask(cell: Cell) -> object:
    text = text_of(cell)
    try:
        return Mask.parse(text).text
    except MaskError as error:
        return Flaw("", _literally(str(error)), "Correct the mask, such as SN-{seq:06}")


def _read_check(cell: Cell) -> object:
    text = text_of(cell)
    problem = check_problem(text)
    remedy = "Type imei, luhn, or a regular expression for the whole serial"
    return Flaw("", _literally(problem), remedy) if problem else text


def _literally(text: str) -> str:
    """Keep two braces side by side from being taken for the place of the cell's text."""
    return text.replace("{}", "{ }")


_TRUE = frozenset({"TRUE", "YES", "Y", "1", "X"})
_FALSE = frozenset({"FALSE", "NO", "N", "0"})

_READERS: Mapping[Kind, Callable[[Cell], object]] = {
    Kind.CODE: _read_code,
    Kind.TEXT: read_words,
    Kind.FLAG: _read_flag,
    Kind.DATE: read_date,
    Kind.MINOR: _read_minor,
    Kind.NUMBER: _read_number,
    Kind.CURRENCY: _read_currency,
    Kind.MASK: _read_mask,
    Kind.CHECK: _read_check,
}
