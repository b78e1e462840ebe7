"""Write many rows, and look many keys up, in a number of statements that does not grow with them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, islice, repeat
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import REGCLASS

from batch.edge.behind import send, wait_for_what_is_sent
from batch.edge.database import json_text
from batch.edge.database_errors import sql_state
from batch.edge.schema import Instant, instant_text
from batch.edge.schema_columns import LARGEST_WHOLE

Row = tuple[Any, ...]

# More than a chunk has, so that it is written in as many statements whatever its size; few enough that a million rows
# are never held at once.
_BATCH_ROWS = 50_000
# So many keys serve as arrays as well as in a temporary table, which costs the server rows of its catalogue; with
# more of them plans flip, for nothing is known of an array.
_ARRAY_KEYS = 20_000
# SQLite takes texts of ten times this; rows of very long cells come to more.
_LONGEST_TEXT = 100_000_000
_CHANGES = "serialback_changes"
# PostgreSQL: character not in repertoire, which is what it calls a NUL.
_NUL_STATE = "22021"


def insert_rows(connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert rows, their values in the order of `columns`; return how many."""
    if connection.dialect.name == "sqlite":
        kinds = [table.c[name].type for name in columns]
        statement = _insert(connection, table, columns)
        return sum(_execute(connection, statement, _sqlite_rows(kinds, batch)) for batch in _batches(rows))
    return _copy(connection, _name(connection, table), [table.c[name] for name in columns], rows)


def send_rows(connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows, in a thread of their own where that was asked for: see `batch.edge.behind`."""
    send(connection, lambda: insert_rows(connection, table, columns, rows))


@dataclasses.dataclass(frozen=True, slots=True)
class Same:
    """A column in which every row has the same value."""

    value: Any


def insert_columns(connection: sa.Connection, table: sa.Table, columns: Mapping[str, Sequence[Any] | Same]) -> int:
    """Insert rows given column by column: what is made that way need not be turned around twice. Return how many."""
    names = list(columns)
    described = [table.c[name] for name in names]
    counts = {len(each) for each in columns.values() if not isinstance(each, Same)}
    assert len(counts) == 1, f"columns of different lengths for {table.name}: {counts}"
    if counts == {0}:
        return 0
    if connection.dialect.name != "sqlite":
        values = (repeat(each.value) if isinstance(each, Same) else each for each in columns.values())
        return _copy(connection, _name(connection, table), described, zip(*values, strict=False))
    alike = {name: each.value for name, each in columns.items() if isinstance(each, Same)}
    unlike = [(table.c[name], each) for name, each in columns.items() if not isinstance(each, Same)]
    typed = [_sqlite_values(column.type, values) for column, values in unlike]
    bound = [next(iter(_sqlite_values(table.c[name].type, [value]))) for name, value in alike.items()]
    statement = _insert(connection, table, [column.name for column, _ in unlike], list(alike))
    return sum(_execute(connection, statement, batch, bound) for batch in _batches(zip(*typed, strict=True)))


def update_rows(
    connection: sa.Connection, table: sa.Table, key: Sequence[str], columns: Sequence[str], rows: Iterable[Row]
) -> int:
    """Update the rows that distinct keys name; each row is its key, then its new values. Return how many matched."""
    return _change(connection, table, key, columns, rows)


def set_alike(connection: sa.Connection, table: sa.Table, key: str, column: str, values: Mapping[int, object]) -> None:
    """Set one column of many rows, of which most are given the same few values: a statement a value."""
    alike: dict[object, list[int]] = {}
    for row_id, value in values.items():
        alike.setdefault(value, []).append(row_id)
    for place, (value, row_ids) in enumerate(sorted(alike.items(), key=lambda each: str(each[0]))):
        wanted = keyed(connection, f"alike_{place}", {"row_id": (sa.BigInteger(), row_ids)})
        connection.execute(
            sa.update(table).where(table.c[key].in_(sa.select(wanted.c.row_id))).values({table.c[column]: value})
        )


def delete_rows(connection: sa.Connection, table: sa.Table, key: Sequence[str], rows: Iterable[Row]) -> int:
    """Delete the rows that distinct keys name; return how many there were."""
    return _change(connection, table, key, (), rows)


def _change(
    connection: sa.Connection, table: sa.Table, key: Sequence[str], columns: Sequence[str], rows: Iterable[Row]
) -> int:
    given = [table.c[name] for name in (*key, *columns)]
    quoted = [connection.dialect.identifier_preparer.quote(column.name) for column in given]
    target = _name(connection, table)
    left = iter(rows)
    first = next(left, None)
    if first is None:
        return 0
    rows = chain((first,), left)
    matched = " AND ".join(f"{target}.{name} = changes.{name}" for name in quoted[: len(key)])
    assigned = ", ".join(f"{name} = changes.{name}" for name in quoted[len(key) :])
    update = f"UPDATE {target} SET {assigned} FROM {{source}} WHERE {matched}"
    if connection.dialect.name == "sqlite":
        values = _extracted(quoted)
        named = ", ".join(f"{value} AS {name}" for value, name in zip(values, quoted, strict=True))
        source = f"(SELECT {named} FROM json_each(?1)) AS changes"
        keys = f"SELECT {', '.join(values[: len(key)])} FROM json_each(?1)"
        delete = f"DELETE FROM {target} WHERE ({', '.join(quoted[: len(key)])}) IN ({keys})"
        statement = update.format(source=source) if assigned else delete
        kinds = [column.type for column in given]
        return sum(_execute(connection, statement, _sqlite_rows(kinds, batch)) for batch in _batches(rows))
    _temporary(connection, _CHANGES, [(column.name, column.type) for column in given], rows)
    source = f"pg_temp.{_CHANGES} AS changes"
    delete = f"DELETE FROM {target} USING {source} WHERE {matched}"
    return connection.exec_driver_sql(update.format(source=source) if assigned else delete).rowcount


def keyed(
    connection: sa.Connection, name: str, columns: Mapping[str, tuple[sa.types.TypeEngine[Any], Sequence[Any]]]
) -> sa.FromClause:
    """Make a set of keys joinable under a name that the transaction uses once; `ordinal` is a key's position.

    `columns` maps a column's name to its type and its values, one a key.
    """
    if connection.dialect.name == "sqlite":
        return _json_keys(name, columns)
    values = [values for _, values in columns.values()]
    if len(values[0]) <= _ARRAY_KEYS:
        return _array_keys(name, columns)
    typed = [(column, kind) for column, (kind, _) in columns.items()]
    rows = zip(*values, range(len(values[0])), strict=True)
    _temporary(connection, name, [*typed, ("ordinal", sa.BigInteger())], rows)
    named = [sa.column(column, kind) for column, kind in typed]
    return sa.table(name, *named, sa.column("ordinal", sa.BigInteger()), schema="pg_temp").alias(name)


def next_ids(connection: sa.Connection, table: sa.Table, count: int) -> list[int]:
    """Reserve ascending ids for rows that will be inserted with their key given."""
    (column,) = table.primary_key.columns
    if count == 0:
        return []
    if connection.dialect.name == "sqlite":
        # Remembered as well as looked up: what was reserved may not have been inserted yet.
        reserved: dict[str, int] = connection.info.setdefault("serialback_reserved_ids", {})
        highest = connection.execute(sa.select(sa.func.max(column))).scalar_one() or 0
        first = max(highest, reserved.get(table.name, 0)) + 1
        reserved[table.name] = first + count - 1
        return list(range(first, first + count))
    # In a query of its own, or the sequence would be looked for once a number.
    sequence = sa.select(sa.cast(sa.func.pg_get_serial_sequence(_name(connection, table), column.name), REGCLASS))
    numbers = sa.select(sa.func.nextval(sequence.scalar_subquery())).select_from(sa.func.generate_series(1, count))
    return list(connection.execute(numbers).scalars())


# --- SQLite: a batch of rows as one JSON text, in one statement --------------------------------------


def _insert(connection: sa.Connection, table: sa.Table, columns: Sequence[str], alike: Sequence[str] = ()) -> str:
    """Word an insert of a batch: the columns of its rows, then those that are alike in all, bound after the batch."""
    values = [*_extracted(columns), *(f"?{place}" for place in range(2, len(alike) + 2))]
    named = _names(connection, [*columns, *alike])
    return f"INSERT INTO {_name(connection, table)} ({named}) SELECT {', '.join(values)} FROM json_each(?1)"


def _extracted(columns: Sequence[str]) -> list[str]:
    """Take the values of a row out of its JSON."""
    return [f"json_extract(value, '$[{place}]')" for place in range(len(columns))]


def _execute(connection: sa.Connection, statement: str, batch: Iterable[Row], alike: Sequence[Any] = ()) -> int:
    """Execute a statement for a batch of rows at once: row by row, every row would want Python's own lock back."""
    assert connection.in_transaction(), "rows would be written outside a transaction"
    rows = list(batch)
    text = json_text(rows)
    if len(text) > _LONGEST_TEXT and len(rows) > 1:
        half = len(rows) // 2
        return sum(_execute(connection, statement, part, alike) for part in (rows[:half], rows[half:]))
    return connection.exec_driver_sql(statement, (text, *alike)).rowcount


def _sqlite_rows(kinds: Sequence[sa.types.TypeEngine[Any]], batch: Sequence[Row]) -> Iterator[Row]:
    columns = (_sqlite_values(kind, given) for kind, given in zip(kinds, zip(*batch, strict=True), strict=True))
    return zip(*columns, strict=True)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while batch := list(islice(source, _BATCH_ROWS)):
        yield batch


def _sqlite_values(kind: sa.types.TypeEngine[Any], values: Sequence[Any]) -> Iterable[Any]:
    if isinstance(kind, sa.Text):
        # SQLite would store it and cut the text there ever after.
        if "\0" in "".join(filter(None, values)):
            raise _nul_refused()
        return values
    if isinstance(kind, sa.Integer):
        # In JSON a larger number would go, and come out of it rounded.
        given = [value for value in values if value]
        if given and not -LARGEST_WHOLE - 1 <= min(given) <= max(given) <= LARGEST_WHOLE:
            raise OverflowError("a whole number takes more than eight bytes")
        return values
    if isinstance(kind, Instant):
        return _converted(values, instant_text)
    if isinstance(kind, sa.Date):
        return _converted(values, lambda date: date.isoformat())
    if isinstance(kind, sa.JSON):
        return [None if value is None else json_text(value) for value in values]
    if isinstance(kind, sa.Numeric):
        # As text, which the column takes for the number it is; as float a decimal would lose digits.
        return _converted(values, lambda number: number if isinstance(number, int) else str(_decimal(number)))
    return values


def _converted(values: Sequence[Any], convert: Callable[[Any], Any]) -> Iterable[Any]:
    # Most rows of a batch share their dates: each distinct value is converted once.
    known = {value: None if value is None else convert(value) for value in set(values)}
    return map(known.__getitem__, values)


def _decimal(number: float | Decimal) -> Decimal:
    exact = Decimal(str(number))
    if not exact.is_finite():
        raise ValueError(f"{number} is not a quantity: a blank is None")
    return exact


def _nul_refused() -> ValueError:
    return ValueError("a text holds a NUL character, which no database keeps: refuse it where it is read")


def _json_keys(name: str, columns: Mapping[str, tuple[sa.types.TypeEngine[Any], Sequence[Any]]]) -> sa.FromClause:
    values = [_sqlite_values(kind, given) for kind, given in columns.values()]
    single = len(values) == 1
    rows = list(values[0]) if single else list(zip(*values, strict=True))
    listed = sa.func.json_each(sa.literal(json_text(rows), sa.Text())).table_valued("key", "value")
    selected = [
        sa.type_coerce(
            listed.c.value if single else sa.func.json_extract(listed.c.value, sa.literal_column(f"'$[{place}]'")), kind
        ).label(column)
        for place, (column, (kind, _)) in enumerate(columns.items())
    ]
    return sa.select(*selected, sa.type_coerce(listed.c.key, sa.BigInteger()).label("ordinal")).subquery(name)


# --- PostgreSQL: binary COPY, and arrays of keys ---------------------------------------------------


def _array_keys(name: str, columns: Mapping[str, tuple[sa.types.TypeEngine[Any], Sequence[Any]]]) -> sa.FromClause:
    counts = {len(values) for _, values in columns.values()}
    if len(counts) > 1:
        raise ValueError(f"keys of {name} are of different lengths: {sorted(counts)}")
    for kind, values in columns.values():
        if isinstance(kind, sa.Text) and "\0" in "".join(filter(None, values)):
            raise _nul_refused()
    arrays = [sa.literal(list(values), sa.ARRAY(kind)) for kind, values in columns.values()]
    typed = [sa.column(column, kind) for column, (kind, _) in columns.items()]
    listed = sa.func.unnest(*arrays).table_valued(*typed, with_ordinality="place").render_derived()
    selected = [listed.c[column] for column in columns]
    return sa.select(*selected, sa.type_coerce(listed.c.place - 1, sa.BigInteger()).label("ordinal")).subquery(name)


def _temporary(
    connection: sa.Connection, name: str, columns: Sequence[tuple[str, sa.types.TypeEngine[Any]]], rows: Iterable[Row]
) -> int:
    quote = connection.dialect.identifier_preparer.quote
    typed = ", ".join(f"{quote(column)} {kind.compile(connection.dialect)}" for column, kind in columns)
    connection.exec_driver_sql(
        f"DROP TABLE IF EXISTS pg_temp.{quote(name)}; CREATE TEMPORARY TABLE {quote(name)} ({typed}) ON COMMIT DROP"
    )
    described = [sa.Column(column, kind) for column, kind in columns]
    copied = _copy(connection, f"pg_temp.{quote(name)}", described, rows)
    if copied:
        # Without figures the planner takes any temporary table for a small one, and reads the other table whole.
        connection.exec_driver_sql(f"ANALYZE pg_temp.{quote(name)}")
    return copied


def _copy(connection: sa.Connection, target: str, columns: Sequence[sa.Column[Any]], rows: Iterable[Row]) -> int:
    # Imported here: a run on SQLite should not wait for it.
    import psycopg

    source = iter(rows)
    first = next(source, None)
    if first is None:
        return 0
    wait_for_what_is_sent(connection)
    assert connection.in_transaction(), "rows would be written outside a transaction"
    listed = _names(connection, [column.name for column in columns])
    statement = f"COPY {target} ({listed}) FROM STDIN (FORMAT BINARY)"
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    try:
        with driver.cursor() as cursor:
            with cursor.copy(statement) as copy:
                copy.set_types([column.type.compile(connection.dialect).lower() for column in columns])
                write_row = copy.write_row
                for row in _postgresql_rows(columns, chain((first,), source)):
                    write_row(row)
            return cursor.rowcount
    except psycopg.Error as error:
        raise _as_sqlalchemy(connection, statement, error, psycopg.Error) from error


def _postgresql_rows(columns: Sequence[sa.Column[Any]], rows: Iterable[Row]) -> Iterable[Row]:
    numeric = [place for place, column in enumerate(columns) if isinstance(column.type, sa.Numeric)]
    if not numeric:
        return rows
    return _with_decimals(numeric, rows)


def _with_decimals(numeric: Sequence[int], rows: Iterable[Row]) -> Iterator[Row]:
    for batch in _batches(rows):
        values: list[Iterable[Any]] = list(zip(*batch, strict=True))
        for place in numeric:
            # The driver writes an exact column from exact numbers only.
            values[place] = _converted(
                tuple(values[place]), lambda number: number if isinstance(number, int) else _decimal(number)
            )
        yield from zip(*values, strict=True)


def _as_sqlalchemy(
    connection: sa.Connection, statement: str, error: Exception, driver_error: type[Exception]
) -> Exception:
    # Bulk writing goes past SQLAlchemy, which would have named the error and dropped a lost connection.
    if sql_state(error) == _NUL_STATE:
        return _nul_refused()
    raised: Any = error
    lost = connection.dialect.is_disconnect(raised, connection.connection.dbapi_connection, None)
    if lost:
        connection.invalidate(error)
    return sa.exc.DBAPIError.instance(
        statement, None, error, driver_error, hide_parameters=True, connection_invalidated=lost
    )


def _name(connection: sa.Connection, table: sa.Table) -> str:
    return connection.dialect.identifier_preparer.format_table(table)


def _names(connection: sa.Connection, columns: Sequence[str]) -> str:
    return ", ".join(map(connection.dialect.identifier_preparer.quote, columns))
