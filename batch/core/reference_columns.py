"""Declare the columns of the reference tables as `load` reads them, and find them in a sheet."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from batch.core.cells import Cell, RawRow
from batch.core.columns import HEADER_ROWS, column_letters, heading_key


class Kind(enum.Enum):
    """What the cells of a column hold."""

    CODE = "code"
    TEXT = "text"
    FLAG = "flag"
    DATE = "date"
    CHOICE = "choice"
    MINOR = "minor"
    MAJOR = "major"
    NUMBER = "number"
    CURRENCY = "currency"
    MASK = "mask"
    CHECK = "check"


@dataclasses.dataclass(frozen=True, slots=True)
class ReferenceColumn:
    """One column: what it holds, and what a row without it gets; `default` None means that it may be empty."""

    name: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    # The column of the table that is written, where the sheet's is another way to say it.
    target: str = ""
    default: object = None
    required: bool = False
    choices: tuple[str, ...] = ()
    refers: str = ""

    @property
    def field(self) -> str:
        """Name the column of the table."""
        return self.target or self.name


@dataclasses.dataclass(frozen=True, slots=True)
class ReferenceTable:
    """One table: its columns, of which the first is the key."""

    name: str
    columns: tuple[ReferenceColumn, ...]
    aliases: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Name the key column."""
        return self.columns[0].name

    @property
    def defaults(self) -> dict[str, object]:
        """Give what a new row has where it says nothing; what it must say is left out."""
        return {each.name: each.default for each in self.columns if not (each.required or each.target)}


@dataclasses.dataclass(frozen=True, slots=True)
class ReferenceHeader:
    """The header row of a sheet: each column found, with its place (from 0) and heading; and headings not read."""

    row: int
    columns: tuple[tuple[int, ReferenceColumn], ...]
    headings: Mapping[str, str]
    unread: tuple[str, ...]


def table_named(name: str) -> ReferenceTable | None:
    """Find the table a sheet or file is named after; letter case and punctuation do not count."""
    return _TABLES_BY_NAME.get(heading_key(name))


def find_columns(table: ReferenceTable, rows: Sequence[RawRow]) -> ReferenceHeader | str:
    """Find the header among the top 20 rows, or say what is wrong with it."""
    by_heading = _headings(table)
    candidates = [(row, _known(by_heading, cells)) for row, cells in rows if row <= HEADER_ROWS]
    keyed = [(row, known) for row, known in candidates if any(each.name == table.key for each in known.values())]
    if not keyed:
        names = ", ".join(column.name for column in table.columns)
        return f"no row among the top {HEADER_ROWS} has the column {table.key}. Head the columns {names}"
    # A title above the table may be worded like the key column, but stands alone.
    header_row, known = next(((row, known) for row, known in keyed if len(known) > 1), keyed[0])
    cells = next(cells for row, cells in rows if row == header_row)
    headings = [str(cell or "").strip() for cell in cells]
    for field in {column.field for column in known.values()}:
        same = [at for at, column in known.items() if column.field == field]
        if len(same) > 1:
            twice = " and ".join(f"{headings[at]} (column {column_letters(at)})" for at in same)
            return f"{twice} in row {header_row} are the same column. Keep one of them"
    return ReferenceHeader(
        header_row,
        tuple(known.items()),
        MappingProxyType({column.field: headings[at] for at, column in known.items()}),
        tuple(heading for at, heading in enumerate(headings) if heading and at not in known),
    )


def _known(by_heading: Mapping[str, ReferenceColumn], cells: Sequence[Cell]) -> dict[int, ReferenceColumn]:
    keys = (heading_key(cell) if isinstance(cell, str) else "" for cell in cells)
    return {at: by_heading[key] for at, key in enumerate(keys) if key in by_heading}


def _headings(table: ReferenceTable) -> dict[str, ReferenceColumn]:
    found: dict[str, ReferenceColumn] = {}
    for column in table.columns:
        for name in (column.name, column.name.removesuffix("_code"), *column.aliases):
            found.setdefault(heading_key(name), column)
    return found


def _code(name: str, *aliases: str, refers: str = "", required: bool = False) -> ReferenceColumn:
    return ReferenceColumn(name, Kind.CODE, aliases, refers=refers, required=required)


def _choice(name: str, *choices: str, aliases: tuple[str, ...] = (), default: object = None) -> ReferenceColumn:
    return ReferenceColumn(name, Kind.CHOICE, aliases, default=default, required=default is None, choices=choices)


_NAME: Final = ReferenceColumn("name", Kind.TEXT, default="")
_ACTIVE: Final = ReferenceColumn("active", Kind.FLAG, ("is active",), default=True)

LOCATION: Final = ReferenceTable(
    "location",
    (
        _code("location_code", "code", required=True),
        _NAME,
        _code("parent_location_code", "parent", refers="location"),
        ReferenceColumn("is_default", Kind.FLAG, ("default",), default=False),
        _code("out_area_code", "default out area", refers="stock_area"),
        _code("credit_order_area_code", "credit order out area", refers="stock_area"),
        _code("service_area_code", "service out area", refers="stock_area"),
        _code("credit_memo_area_code", "receiving area", refers="stock_area"),
        ReferenceColumn("closed_through", Kind.DATE, ("closed through date",)),
    ),
    ("locations", "store", "stores"),
)
STOCK_AREA: Final = ReferenceTable(
    "stock_area",
    (
        _code("area_code", "code", "stock area", "stock area code", required=True),
        _NAME,
        _code("location_code", refers="location"),
        _choice("area_type", "STOCK", "OUT", aliases=("type",)),
        _ACTIVE,
    ),
    ("stock_areas", "area", "areas"),
)
NUMBER_SEQUENCE: Final = ReferenceTable(
    "number_sequence",
    (
        _code("sequence_code", "code", "number sequence", "number sequence code", required=True),
        _choice("kind", "SERIAL", "CREDIT_MEMO", aliases=("type",)),
        _code("location_code", refers="location"),
        ReferenceColumn("mask", Kind.MASK, default="{seq}"),
        ReferenceColumn("next_number", Kind.NUMBER, ("next",), default=1),
        _choice("allocation", "GAPLESS", "BLOCK", default="GAPLESS"),
    ),
    ("number_sequences", "sequence", "sequences"),
)
ITEM: Final = ReferenceTable(
    "item",
    (
        _code("item_code", "code", "sku", "part #", required=True),
        ReferenceColumn("description", Kind.TEXT, ("name",), default=""),
        _choice("inventory_type", "SERIALIZED", "AUTO_SERIALIZED", "INVENTORIED", "NON_INVENTORIED", aliases=("type",)),
        ReferenceColumn("list_price_minor", Kind.MINOR),
        ReferenceColumn("list_price", Kind.MAJOR, ("price",), target="list_price_minor"),
        ReferenceColumn("average_cost_minor", Kind.MINOR),
        ReferenceColumn("average_cost", Kind.MAJOR, ("cost",), target="average_cost_minor"),
        _code("serial_sequence_code", "sequence", "sequence code", refers="number_sequence"),
        ReferenceColumn("mfr_serial_check", Kind.CHECK, ("mfr check", "manufacturer serial check")),
        _code("gtin", "ean", "upc"),
        _ACTIVE,
    ),
    ("items",),
)
CUSTOMER: Final = ReferenceTable(
    "customer",
    (
        _code("customer_code", "code", "account", required=True),
        _NAME,
        ReferenceColumn("currency", Kind.CURRENCY, required=True),
        _ACTIVE,
    ),
    ("customers",),
)

# In the order in which a row can rely on the ones before it.
TABLES: Final[Mapping[str, ReferenceTable]] = MappingProxyType(
    {table.name: table for table in (LOCATION, STOCK_AREA, NUMBER_SEQUENCE, ITEM, CUSTOMER)}
)

_TABLES_BY_NAME: Final = {
    heading_key(name): table for table in TABLES.values() for name in (table.name, *table.aliases)
}
