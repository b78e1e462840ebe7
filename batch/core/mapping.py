"""Read rows whose columns are headed and filled as another system does, as rows of the contract's columns.

A mapping is read from TOML. Nothing of it is guessed: a key that it does not know, or a column that it does not name,
is refused in words. Data flow: row as it stands in the file → the same row, with what is made of several columns, is
translated, or is the same in all rows, written in its place or behind the last column.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Lookup
from types import MappingProxyType
from typing import Any, Self

from batch.core.cells import Cell, CellError, RawRow, text_of
from batch.core.columns import BY_FIELD, HEADER_ROWS, Header, heading_key
from batch.core.numerals import Numerals

# Columns in which text may be a number as another country types it.
QUANTITIES = ("quantity", "generate_quantity")
AMOUNTS = ("unit_price", "discount", "tax", "unit_cost")
# What makes a line the line it is: by another mapping that makes these otherwise, all would come in twice.
IDENTITY = ("document_no", "line_no")


@dataclasses.dataclass(frozen=True, slots=True)
class MappedColumn:
    """Where one of our columns comes from: source columns joined, then translated; or the same in every row."""

    field: str
    sources: tuple[str, ...] = ()
    join: str = ""
    translate: Lookup[str, str] = dataclasses.field(default_factory=lambda: MappingProxyType({}))
    constant: Cell = None


@dataclasses.dataclass(frozen=True, slots=True)
class Mapping:
    """How the columns of one kind of export are read."""

    name: str
    columns: tuple[MappedColumn, ...]
    date_formats: tuple[str, ...] = ()
    numerals: Numerals | None = None
    sheet: str | None = None

    def on_record(self) -> dict[str, object]:
        """Give by what the mapping is known again."""
        columns = [_as_json(column) for column in self.columns]
        identity = [column for column in columns if column["field"] in IDENTITY]
        numerals = None if self.numerals is None else [self.numerals.decimal, self.numerals.thousands]
        return {
            "name": self.name,
            "sha256": _digest([columns, self.date_formats, numerals, self.sheet]),
            "identity": _digest(identity),
            # Written out, so that an audit reads the rows as the run did, whatever has become of the file.
            "columns": columns,
            "date_formats": list(self.date_formats),
            "numerals": numerals,
        }

    @classmethod
    def from_record(cls, record: Lookup[str, Any]) -> Self:
        """Make a mapping from what is on record of it."""
        columns = (
            MappedColumn(
                **{**each, "sources": tuple(each["sources"]), "translate": MappingProxyType(each["translate"])}
            )
            for each in record["columns"]
        )
        numerals = Numerals(*record["numerals"]) if record["numerals"] else None
        return cls(record["name"], tuple(columns), tuple(record["date_formats"]), numerals)

    def find(self, rows: Sequence[RawRow]) -> MappedRows | Unmapped:
        """Find the first of the top 20 rows that has all the headings named, or say what the closest one lacks."""
        wanted = list(dict.fromkeys(source for column in self.columns for source in column.sources))
        closest = Unmapped(tuple(wanted), None, ())
        for sheet_row, cells in rows:
            if sheet_row > HEADER_ROWS:
                break
            headings = tuple(text_of(cell).strip() for cell in cells)
            places: dict[str, list[int]] = {}
            for at, heading in enumerate(headings):
                places.setdefault(heading_key(heading), []).append(at)
            missing = tuple(source for source in wanted if heading_key(source) not in places)
            if not missing:
                twice = tuple(source for source in wanted if len(places[heading_key(source)]) > 1)
                if twice:
                    return Unmapped((), sheet_row, headings, twice)
                return self._over(sheet_row, headings, {source: places[heading_key(source)][0] for source in wanted})
            if len(missing) < len(closest.missing):
                closest = Unmapped(missing, sheet_row, headings)
        return closest

    def _over(self, sheet_row: int, headings: tuple[str, ...], places: Lookup[str, int]) -> MappedRows:
        """Lay our columns over those of a header row: in place where only one of ours reads it, else behind."""
        while headings and not headings[-1]:
            headings = headings[:-1]
        fields: dict[str, int] = {}
        makers: list[tuple[int, Callable[[Sequence[Cell]], Cell]]] = []
        shown = list(headings)
        read_by = [source for column in self.columns for source in column.sources]
        for column in self.columns:
            make = self._maker(column, [places[source] for source in column.sources])
            alone = len(column.sources) == 1 and read_by.count(column.sources[0]) == 1
            if alone or (len(column.sources) == 1 and make is None):
                at = places[column.sources[0]]
            else:
                at = len(shown)
                shown.append(column.join.join(column.sources) or BY_FIELD[column.field].heading)
            fields[column.field] = at
            if make is not None:
                makers.append((at, make))
        read = {heading_key(source) for source in read_by}
        unread = tuple(heading for heading in headings if heading and heading_key(heading) not in read)
        header = Header(sheet_row, MappingProxyType(fields), tuple(shown), unread)
        return MappedRows(header, headings, len(shown), tuple(makers))

    def _maker(self, column: MappedColumn, places: Sequence[int]) -> Callable[[Sequence[Cell]], Cell] | None:
        """Give what makes the cell of a column from those of a row; None where it is taken as it stands."""
        if not places:
            return lambda _: column.constant
        if len(places) > 1:
            return _joined(places, column.join, column.translate)
        (at,) = places
        numerals = self.numerals if column.field in {*QUANTITIES, *AMOUNTS} else None
        if column.translate:
            return _translated(at, column.translate, numerals)
        return _number(at, numerals) if numerals else None


@dataclasses.dataclass(frozen=True, slots=True)
class MappedRows:
    """A mapping laid over the header row of a sheet."""

    header: Header
    # As they stand in the file, without what is written behind them.
    headings: tuple[str, ...]
    width: int
    makers: tuple[tuple[int, Callable[[Sequence[Cell]], Cell]], ...]

    def read(self, row: RawRow) -> RawRow:
        """Read one row as a row of ours."""
        sheet_row, cells = row
        headed = len(self.headings)
        full = cells[:headed] + [None] * (self.width - min(len(cells), headed))
        made = [(at, make(full)) for at, make in self.makers]
        read = list(full)
        for at, cell in made:
            read[at] = cell
        # What stands beyond the headings stays beyond them.
        return sheet_row, read + cells[headed:]


@dataclasses.dataclass(frozen=True, slots=True)
class Unmapped:
    """No row near the top of a sheet has all headings that a mapping names, or one has a heading twice."""

    missing: tuple[str, ...]
    row: int | None
    found: tuple[str, ...]
    twice: tuple[str, ...] = ()

    def cause(self, mapping: str) -> str:
        """Say what the mapping names and the sheet has not."""
        if self.twice:
            return f"row {self.row} has several columns headed {_listed(self.twice)}, which {mapping} names"
        return f"has no column headed {_listed(self.missing)} in its top {HEADER_ROWS} rows, and {mapping} names it"

    @property
    def remedy(self) -> str:
        """Say what stands there."""
        if self.twice:
            return "Give the columns headings of their own"
        headings = [heading for heading in self.found if heading]
        there = f": row {self.row} has {_listed(headings)}" if headings else ""
        return f"Correct the mapping or the headings{there}"


def _joined(places: Sequence[int], join: str, translate: Lookup[str, str]) -> Callable[[Sequence[Cell]], Cell]:
    def make(cells: Sequence[Cell]) -> Cell:
        parts = [text_of(cells[at]).strip() for at in places]
        if CellError in {type(cells[at]) for at in places}:
            return next(cells[at] for at in places if isinstance(cells[at], CellError))
        # With a part missing, two documents might become one.
        if not all(parts):
            return None
        text = join.join(parts)
        return translate.get(text, text)

    return make


def _translated(at: int, translate: Lookup[str, str], numerals: Numerals | None) -> Callable[[Sequence[Cell]], Cell]:
    def make(cells: Sequence[Cell]) -> Cell:
        told = translate.get(text_of(cells[at]).strip())
        # What is told is told as ours are; what is not is still a number of theirs.
        if told is not None:
            return told
        return numerals.plain(cells[at]) if numerals else cells[at]

    return make


def _number(at: int, numerals: Numerals) -> Callable[[Sequence[Cell]], Cell]:
    def make(cells: Sequence[Cell]) -> Cell:
        return numerals.plain(cells[at])

    return make


def _as_json(column: MappedColumn) -> dict[str, object]:
    return {
        "field": column.field,
        "sources": list(column.sources),
        "join": column.join,
        "translate": dict(column.translate),
        "constant": column.constant,
    }


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
