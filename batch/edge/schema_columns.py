"""Make the kinds of column that every table of the schema is built from."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives only INTEGER PRIMARY KEY the row's own address; PostgreSQL wants the eight bytes said.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

# What a column of whole numbers holds at most.
LARGEST_WHOLE = 2**63 - 1

INSTANT_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


class Instant(sa.types.TypeDecorator[dt.datetime]):
    """An aware UTC instant: TIMESTAMPTZ on PostgreSQL, sortable UTC text on SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """Choose text on SQLite, whose DateTime drops the time zone."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.Text())
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """Refuse a naive instant: nobody could say later which hour was meant."""
        if value is None:
            return None
        assert value.tzinfo is not None, "an instant without a time zone"
        return instant_text(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Give back an aware UTC instant."""
        if value is None:
            return None
        if isinstance(value, str):
            return dt.datetime.fromisoformat(value).replace(tzinfo=dt.UTC)
        return value.astimezone(dt.UTC)  # type: ignore[no-any-return]


class _Day(sa.types.UserDefinedType[dt.date]):
    """A date on SQLite, where other systems write a time behind it, or what is none."""

    cache_ok = True

    def __init__(self, *, or_none: bool) -> None:
        """Give None for what is no date, if that is said elsewhere; raise ValueError otherwise."""
        self.or_none = or_none

    def get_col_spec(self, **_: object) -> str:
        """Declare it as any date is declared."""
        return "DATE"

    def bind_processor(self, dialect: Dialect) -> Any:
        """Write it as SQLite's own functions do."""
        return lambda value: None if value is None else value.isoformat()

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Read what was stored."""
        return day_or_none if self.or_none else _day


def day_or_none(value: object) -> dt.date | None:
    """Read the day of a date or instant as ISO 8601 writes them; None for all else."""
    try:
        return _day(value)
    except ValueError:
        return None


def _day(value: object) -> dt.date | None:
    if value is None or isinstance(value, dt.date):
        return value
    text = str(value)
    # A till may well write its current timestamp.
    return dt.date.fromisoformat(text) if len(text) == _LONG_AS_A_DAY else dt.datetime.fromisoformat(text).date()


_LONG_AS_A_DAY = len("2026-03-31")


def day(name: str, *, null: bool = False, or_none: bool = False) -> sa.Column[dt.date]:
    """Make a column of days that other systems write; what is no day is read as None, or raises ValueError."""
    return sa.Column(name, sa.Date().with_variant(_Day(or_none=or_none), "sqlite"), nullable=null)


def instant_text(value: dt.datetime) -> str:
    """Write an aware instant as SQLite keeps it: `YYYY-MM-DD HH:MM:SS.ffffff`, UTC."""
    return value.astimezone(dt.UTC).strftime(INSTANT_FORMAT)


def one_of(column: str, *values: str, name: str | None = None) -> sa.CheckConstraint:
    """Allow a column these values only."""
    return sa.CheckConstraint(any_of(column, *values), name=name or column)


def any_of(column: str, *values: str) -> str:
    """Say in SQL that a column has one of these values; with OR, for SQLite builds an IN list anew for every row."""
    # Not as IN: SQLite builds a table of the list anew for every row that is written, at thrice the cost of the row.
    return " OR ".join(f"{column} = '{value}'" for value in values)


def text(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[str]:
    """Make a text column."""
    return sa.Column(name, sa.Text(), nullable=null, server_default=default)


def minor(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[int]:
    """Make a column of whole minor units."""
    return sa.Column(name, sa.BigInteger(), nullable=null, server_default=default)


def now(name: str) -> sa.Column[dt.datetime]:
    """Make an instant that the server fills in."""
    return sa.Column(name, Instant(), nullable=False, server_default=sa.func.current_timestamp())


def ref(name: str, target: str, *, null: bool = False, kind: sa.types.TypeEngine[Any] = Id) -> sa.Column[Any]:
    """Make a column that points at another table."""
    return sa.Column(name, kind, sa.ForeignKey(target), nullable=null)


def row_id(name: str) -> sa.Column[int]:
    """Make our own integer key."""
    return sa.Column(name, Id, sa.Identity(always=False), primary_key=True)


def partial_index(name: str, *columns: str, where: str) -> sa.Index:
    """Index only the rows that a condition names, on both databases."""
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
