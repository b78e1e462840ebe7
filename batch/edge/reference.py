"""Load reference data from workbooks and CSV files: insert or update, all or nothing."""

from __future__ import annotations

import dataclasses
import itertools
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa

from batch.core.cells import RawRow
from batch.core.columns import HEADER_ROWS
from batch.core.currency import exponent
from batch.core.reference_cells import ReferenceRow, Source, read_rows
from batch.core.reference_checks import AREA_TYPES, OnFile, Values, check_rows
from batch.core.reference_columns import (
    CUSTOMER,
    ITEM,
    LOCATION,
    NUMBER_SEQUENCE,
    STOCK_AREA,
    TABLES,
    ReferenceTable,
    find_columns,
    table_named,
)
from batch.core.reference_sequences import passed_over
from batch.edge.bulk import insert_rows, keyed, update_rows
from batch.edge.database import transaction
from batch.edge.schema import METADATA, MISSING_NUMBER
from batch.edge.sheet_limits import plain
from batch.edge.sheets import ReadLimits, read_sheets
from batch.errors import FileRefusedError, ReferenceRefusedError, SettingsError


@dataclasses.dataclass(frozen=True, slots=True)
class TableCount:
    """What a load did to one table."""

    table: str
    inserted: int
    updated: int
    unchanged: int


@dataclasses.dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did, table by table, and what is worth telling about it."""

    tables: tuple[TableCount, ...]
    warnings: tuple[str, ...]


@dataclasses.dataclass(slots=True)
class _Found:
    """What was read from all files, before anything is judged."""

    rows: list[ReferenceRow] = dataclasses.field(default_factory=list)
    tables: set[str] = dataclasses.field(default_factory=set)
    problems: list[str] = dataclasses.field(default_factory=list)
    warnings: list[str] = dataclasses.field(default_factory=list)


def load_reference(
    engine: sa.Engine, files: Sequence[Path], *, currency: str, limits: ReadLimits | None = None
) -> LoadReport:
    """Load reference files all or not at all; ReferenceRefusedError lists every problem of every file.

    Amounts in major units are in `currency`, the company's.
    """
    if exponent(currency) is None:
        raise SettingsError(f"The company's currency is set to {currency}, which ISO 4217 does not know. Correct it.")
    found = _Found()
    for file in files:
        _read_file(file, currency, limits or ReadLimits(), found)
    if found.problems and not found.rows:
        raise ReferenceRefusedError(found.problems)
    with transaction(engine) as connection:
        on_file = _on_file(connection, found.rows)
        checked = check_rows(found.rows, on_file)
        problems = found.problems + checked.problems
        if problems:
            raise ReferenceRefusedError(problems)
        counts = _write(connection, found.rows, on_file, checked.after)
    tables = tuple(counts[name] for name in TABLES if name in found.tables)
    return LoadReport(tables, tuple(found.warnings + checked.warnings))


def _read_file(file: Path, currency: str, limits: ReadLimits, found: _Found) -> None:
    with tempfile.TemporaryDirectory(prefix="serialback-") as scratch:
        try:
            spool = read_sheets(file, scratch=Path(scratch), limits=limits)
        except FileRefusedError as refused:
            found.problems.append(str(refused))
            return
        is_csv = file.name.casefold().endswith((".csv", ".csv.gz"))
        named = [(sheet, table_named(file.name.split(".")[0] if is_csv else sheet.name)) for sheet in spool.sheets]
        if not any(table for _, table in named):
            what = "the file" if is_csv else "no sheet"
            negation = "not " if is_csv else ""
            found.problems.append(f"{file.name}: {what} is {negation}named after a table. Name it {', '.join(TABLES)}.")
            return
        for sheet, table in named:
            source = Source(plain(file.name), None if is_csv else plain(sheet.name))
            if table is None:
                found.warnings.append(f"{source}: was not read, as it is named after no table.")
            else:
                found.tables.add(table.name)
                _read_sheet(table, source, spool.rows(sheet), currency, found)


def _read_sheet(table: ReferenceTable, source: Source, rows: Iterable[RawRow], currency: str, found: _Found) -> None:
    unread = iter(rows)
    top = list(itertools.islice(unread, HEADER_ROWS))
    header = find_columns(table, top)
    if isinstance(header, str):
        found.problems.append(f"{source}: {header}.")
        return
    if header.unread:
        found.warnings.append(
            f"{source}: these columns were not read, as {table.name} has none of that name: {', '.join(header.unread)}."
        )
    headed = dataclasses.replace(source, headings=header.headings)
    rows_read, problems = read_rows(table, headed, header, itertools.chain(top, unread), currency)
    found.rows.extend(rows_read)
    found.problems.extend(problems)


def _on_file(connection: sa.Connection, rows: Sequence[ReferenceRow]) -> OnFile:
    """Read what the load is judged against: small tables whole, of items and customers those it names."""
    held: dict[str, Mapping[str, Values]] = {}
    for table in (LOCATION, STOCK_AREA, NUMBER_SEQUENCE):
        # In the order in which runs take sequences, so that the two never wait for each other.
        query = sa.select(METADATA.tables[table.name]).order_by(METADATA.tables[table.name].c[table.key])
        # Locked, so that no run advances a sequence between our look and our write.
        held[table.name] = _by_key(connection, table, query.with_for_update() if table is NUMBER_SEQUENCE else query)
    for table in (ITEM, CUSTOMER):
        codes = sorted({row.key for row in rows if row.table is table})
        if codes:
            target = METADATA.tables[table.name]
            named = keyed(connection, f"load_{table.name}", {table.key: (sa.Text(), codes)})
            held[table.name] = _by_key(
                connection, table, sa.select(target).join(named, named.c[table.key] == target.c[table.key])
            )
    return held


def _by_key(
    connection: sa.Connection, table: ReferenceTable, query: sa.Select[tuple[object, ...]]
) -> dict[str, Values]:
    return {row[table.key]: dict(row) for row in connection.execute(query).mappings()}


def _write(
    connection: sa.Connection, rows: Sequence[ReferenceRow], on_file: OnFile, after: OnFile
) -> dict[str, TableCount]:
    """Write what is new or has changed, in an order in which every reference holds."""
    plans = {name: _Plan(table, rows, on_file.get(name, {}), after[name]) for name, table in TABLES.items()}
    locations = plans.pop(LOCATION.name)
    # Locations and areas point at each other: locations come first and bare, and get their areas and parents last.
    locations.insert(connection, leaving_out=_LATER)
    plans[STOCK_AREA.name].write(connection)
    locations.update(connection)
    _record_passed_over(connection, plans[NUMBER_SEQUENCE.name])
    for name in (NUMBER_SEQUENCE.name, ITEM.name, CUSTOMER.name):
        plans[name].write(connection)
    return {plan.table.name: plan.count for plan in (locations, *plans.values())}


class _Plan:
    """Sort the rows of one table into new, changed and unchanged, and write them."""

    def __init__(
        self,
        table: ReferenceTable,
        rows: Sequence[ReferenceRow],
        before: Mapping[str, Values],
        after: Mapping[str, Values],
    ) -> None:
        self.table, self.before, self.after = table, before, after
        mine = [row for row in rows if row.table is table]
        self.new = [row for row in mine if row.key not in before]
        self.changed = [row for row in mine if row.key in before and before[row.key] != after[row.key]]
        self.count = TableCount(
            table.name, len(self.new), len(self.changed), len(mine) - len(self.new) - len(self.changed)
        )

    def write(self, connection: sa.Connection) -> None:
        """Insert the new rows and update the changed ones."""
        self.insert(connection)
        self.update(connection)

    def insert(self, connection: sa.Connection, *, leaving_out: frozenset[str] = frozenset()) -> None:
        """Insert the new rows; what is left out at first comes with the next update."""
        columns = [column.name for column in self.table.columns if not column.target and column.name not in leaving_out]
        made = [(row.key, *map(self.after[row.key].get, columns[1:])) for row in self.new]
        insert_rows(connection, METADATA.tables[self.table.name], columns, made)
        if leaving_out:
            self.changed = [*self.new, *self.changed]

    def update(self, connection: sa.Connection) -> None:
        """Update the changed rows, the columns that the load names only."""
        groups: defaultdict[tuple[bool, tuple[str, ...]], list[tuple[object, ...]]] = defaultdict(list)
        for row in self.changed:
            after = self.after[row.key]
            columns = tuple(name for name in after if name in row.values)
            # The default moves from one location to another, and there are never two: the old one goes first.
            groups[bool(after.get("is_default")), columns].append((row.key, *(after[name] for name in columns)))
        for (_, columns), made in sorted(groups.items()):
            if columns:
                update_rows(connection, METADATA.tables[self.table.name], [self.table.key], columns, made)


def _record_passed_over(connection: sa.Connection, plan: _Plan) -> None:
    """Record the numbers a sequence in use skips by being set higher."""
    burnt = [
        (row.key, *numbers, "BURNT")
        for row in plan.changed
        if (numbers := passed_over(plan.before[row.key], plan.after[row.key]))
    ]
    insert_rows(connection, MISSING_NUMBER, ["sequence_code", "first_number", "last_number", "reason"], burnt)


_LATER = frozenset({"parent_location_code", "is_default", *AREA_TYPES})
