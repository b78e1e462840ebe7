"""Show that bulk writing keeps every value and counts its rows, and that keys are joined through indexes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from batch.edge.bulk import delete_rows, insert_rows, keyed, next_ids, update_rows
from batch.edge.database import read_only, transaction
from batch.edge.schema import CUSTOMER, DOCUMENT, DOCUMENT_LINE, ITEM, RUN, SERIAL
from batch.errors import DatabaseUnavailableError
from tests.databases import Database

DAY = dt.date(2026, 11, 23)
NOON = dt.datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=dt.UTC)
MANY = 25_000

AWKWARD = (
    "",
    " ",
    "'; DROP TABLE serial; --",
    'say "so"',
    "tab\tand\nnew line\r",
    "back\\slash \\N \\.",
    "%s %(a)s :a ?1 {}",
    "naïve Ω Кирилл 日本 \U0001f600 \u200b",
    "00123",
    "1E5",
)


@pytest.fixture
def connection(database: Database) -> Iterator[sa.Connection]:
    """Give one write transaction on each kind of database."""
    with transaction(database.engine) as connection:
        yield connection


def customers(count: int) -> list[tuple[Any, ...]]:
    return [(f"C{number:05}", f"name {number}", "EUR", number % 2 == 0) for number in range(count)]


CUSTOMER_COLUMNS = ("customer_code", "name", "currency", "active")


@pytest.mark.parametrize("count", [0, 1, 4_999, 5_000, 5_001, MANY])
def test_rows_arrive_all_and_are_counted(connection: sa.Connection, count: int) -> None:
    rows = customers(count)
    assert insert_rows(connection, CUSTOMER, CUSTOMER_COLUMNS, iter(rows)) == count
    found = connection.execute(sa.select(*(CUSTOMER.c[name] for name in CUSTOMER_COLUMNS)).order_by("customer_code"))
    assert [tuple(row) for row in found] == rows


def test_rows_too_long_for_one_statement_arrive_all(connection: sa.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("batch.edge.bulk._LONGEST_TEXT", 100)
    rows = [*customers(7), ("C9", "n" * 1000, "EUR", True)]
    assert insert_rows(connection, CUSTOMER, CUSTOMER_COLUMNS, rows) == len(rows)
    found = connection.execute(sa.select(*(CUSTOMER.c[name] for name in CUSTOMER_COLUMNS)).order_by("customer_code"))
    assert [tuple(row) for row in found] == rows


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_a_number_beyond_eight_bytes_is_refused_and_not_rounded(connection: sa.Connection, number: int) -> None:
    insert_rows(
        connection, ITEM, ("item_code", "inventory_type", "list_price_minor"), [("A", "INVENTORIED", 2**63 - 1)]
    )
    assert connection.execute(sa.select(ITEM.c.list_price_minor)).scalars().all() == [2**63 - 1]
    with pytest.raises((OverflowError, sa.exc.DBAPIError)):
        insert_rows(
            connection, ITEM, ("item_code", "inventory_type", "list_price_minor"), [("B", "INVENTORIED", number)]
        )


@pytest.mark.parametrize("text", AWKWARD)
def test_text_comes_back_as_it_went(connection: sa.Connection, text: str) -> None:
    insert_rows(connection, CUSTOMER, ("customer_code", "name", "currency"), [("C1", text, "EUR")])
    assert update_rows(connection, CUSTOMER, ("customer_code",), ("currency",), [("C1", text)]) == 1
    found = connection.execute(sa.select(CUSTOMER.c.name, CUSTOMER.c.currency)).one()
    assert tuple(found) == (text, text)


@pytest.mark.parametrize(
    ("table", "column", "value", "read"),
    [
        pytest.param(RUN, "finished_at", NOON, NOON, id="an instant"),
        pytest.param(
            RUN, "finished_at", NOON.astimezone(dt.timezone(dt.timedelta(hours=-5))), NOON, id="an instant elsewhere"
        ),
        pytest.param(RUN, "finished_at", None, None, id="no instant"),
        pytest.param(RUN, "business_date", dt.date(1999, 12, 31), dt.date(1999, 12, 31), id="a date"),
        pytest.param(RUN, "parameters", {"a": [1, None, "é\\\t"]}, {"a": [1, None, "é\\\t"]}, id="a JSON object"),
        pytest.param(RUN, "parameters", [], [], id="an empty JSON list"),
        pytest.param(RUN, "pid", 2**62, 2**62, id="a large number"),
        pytest.param(RUN, "pid", -1, -1, id="a negative number"),
        pytest.param(RUN, "pid", None, None, id="no number"),
        pytest.param(RUN, "error", None, None, id="no text"),
    ],
)
def test_each_kind_of_value_comes_back(
    connection: sa.Connection, table: sa.Table, column: str, value: Any, read: Any
) -> None:
    given = {"job": "intake", "business_date": DAY, column: value}
    assert insert_rows(connection, table, tuple(given), [tuple(given.values())]) == 1
    assert connection.execute(sa.select(table.c[column])).scalar_one() == read


@pytest.mark.parametrize(
    ("quantity", "read"),
    [
        pytest.param(3, "3", id="whole"),
        pytest.param(-2, "-2", id="negative"),
        pytest.param(1.5, "1.5", id="float"),
        pytest.param(Decimal("0.1"), "0.1", id="decimal"),
    ],
)
def test_quantities_are_exact(connection: sa.Connection, quantity: float | Decimal, read: str) -> None:
    insert_rows(connection, DOCUMENT, ("document_id", *DOCUMENT_COLUMNS), [(1, "RETURN", "R1", "C1", DAY)])
    rows = [(1, number, "A", value) for number, value in enumerate([1, quantity, 2], start=1)]
    insert_rows(connection, DOCUMENT_LINE, ("document_id", "line_no", "item_code", "quantity"), rows)
    stored = sa.cast(DOCUMENT_LINE.c.quantity, sa.Text())
    found = connection.execute(sa.select(stored).where(DOCUMENT_LINE.c.line_no == 2)).scalar_one()
    assert found == read


DOCUMENT_COLUMNS = ("document_type", "document_no", "customer_code", "document_date")


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        pytest.param(float("nan"), "a blank is None", id="not a number"),
        pytest.param(float("inf"), "a blank is None", id="infinite"),
    ],
)
def test_what_is_no_quantity_is_refused(connection: sa.Connection, value: float, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        insert_rows(connection, DOCUMENT_LINE, ("document_id", "quantity"), [(1, value)])
    connection.rollback()


@pytest.mark.parametrize("text", ["\0", "A\0B", "tail\0"])
def test_a_nul_is_refused_in_plain_words(connection: sa.Connection, text: str) -> None:
    with pytest.raises(ValueError, match="NUL"):
        insert_rows(connection, CUSTOMER, CUSTOMER_COLUMNS, [*customers(3), ("C9", text, "EUR", True)])
    connection.rollback()


def test_columns_left_out_take_their_defaults(connection: sa.Connection) -> None:
    insert_rows(connection, ITEM, ("item_code", "inventory_type"), [("CPU", "SERIALIZED")])
    found = connection.execute(sa.select(ITEM.c.active, ITEM.c.description, ITEM.c.gtin)).one()
    assert tuple(found) == (True, "", None)


@pytest.mark.parametrize("count", [0, 1, MANY])
def test_updates_and_deletes_reach_their_rows_only(connection: sa.Connection, count: int) -> None:
    insert_rows(connection, CUSTOMER, CUSTOMER_COLUMNS, customers(MANY + 1))
    changed = [(f"C{number:05}", f"new {number}", "USD") for number in range(count)]
    assert update_rows(connection, CUSTOMER, ("customer_code",), ("name", "currency"), iter(changed)) == count
    dollars = sa.select(sa.func.count(), sa.func.min(CUSTOMER.c.name)).where(CUSTOMER.c.currency == "USD")
    assert connection.execute(dollars).one() == (count, "new 0" if count else None)
    assert delete_rows(connection, CUSTOMER, ("customer_code",), iter([(row[0],) for row in changed])) == count
    assert connection.execute(sa.select(sa.func.count()).select_from(CUSTOMER)).scalar_one() == MANY + 1 - count


def test_keys_of_two_columns_name_one_row(connection: sa.Connection) -> None:
    insert_rows(connection, CUSTOMER, CUSTOMER_COLUMNS, customers(4))
    key = ("customer_code", "name")
    rows = [("C00001", "name 1", "GBP"), ("C00002", "name 1", "GBP"), ("C00009", "name 9", "GBP")]
    assert update_rows(connection, CUSTOMER, key, ("currency",), rows) == 1
    assert delete_rows(connection, CUSTOMER, key, [("C00001", "name 1"), ("C00003", "name 1")]) == 1
    assert connection.execute(sa.select(sa.func.count()).select_from(CUSTOMER)).scalar_one() == 3


def test_a_key_taken_twice_is_an_integrity_error_without_its_values(connection: sa.Connection) -> None:
    rows = [*customers(2), customers(1)[0]]
    with pytest.raises(sa.exc.IntegrityError) as refused:
        insert_rows(connection, CUSTOMER, CUSTOMER_COLUMNS, rows)
    assert "customer" in str(refused.value)
    connection.rollback()


def test_rows_that_fail_to_be_made_stop_the_insert(database: Database) -> None:
    def broken() -> Iterator[tuple[Any, ...]]:
        yield from customers(2)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction(database.engine) as connection:
        insert_rows(connection, CUSTOMER, CUSTOMER_COLUMNS, broken())
    with read_only(database.engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(CUSTOMER)).scalar_one() == 0


def test_a_connection_lost_in_mid_copy_is_named(postgresql_database: Database) -> None:
    engine = postgresql_database.engine

    def rows(pid: int) -> Iterator[tuple[Any, ...]]:
        yield from customers(10)
        with engine.begin() as other:
            other.execute(sa.select(sa.func.pg_terminate_backend(pid)))
        yield from customers(MANY)

    def insert() -> None:
        with transaction(engine) as connection:
            pid = connection.execute(sa.select(sa.func.pg_backend_pid())).scalar_one()
            insert_rows(connection, CUSTOMER, CUSTOMER_COLUMNS, rows(pid))

    with pytest.raises(DatabaseUnavailableError, match="cannot be reached"):
        insert()
    with read_only(engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(CUSTOMER)).scalar_one() == 0


@pytest.mark.parametrize("count", [0, 1, MANY])
def test_keys_are_joined_in_their_positions(connection: sa.Connection, count: int) -> None:
    insert_rows(connection, CUSTOMER, CUSTOMER_COLUMNS, customers(10))
    codes = [f"C{number:05}" for number in range(count)]
    keys = keyed(connection, "wanted", {"code": (sa.Text(), codes)})
    joined = sa.select(keys.c.ordinal, CUSTOMER.c.name).join_from(
        keys, CUSTOMER, CUSTOMER.c.customer_code == keys.c.code
    )
    found = connection.execute(joined.order_by(keys.c.ordinal)).all()
    assert [tuple(row) for row in found] == [(number, f"name {number}") for number in range(min(count, 10))]
    assert connection.execute(sa.select(sa.func.count()).select_from(keys)).scalar_one() == count


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_keys_are_themselves(connection: sa.Connection, text: str) -> None:
    kinds: dict[str, tuple[sa.types.TypeEngine[Any], list[Any]]] = {
        "text": (sa.Text(), [text, None]),
        "number": (sa.BigInteger(), [2**62, None]),
        "day": (sa.Date(), [DAY, None]),
    }
    keys = keyed(connection, "wanted", kinds)
    found = connection.execute(sa.select(keys.c.text, keys.c.number, keys.c.day).order_by(keys.c.ordinal)).all()
    assert [tuple(row) for row in found] == [(text, 2**62, DAY), (None, None, None)]


def test_keys_may_be_looked_up_without_writing(database: Database) -> None:
    with read_only(database.engine) as connection:
        first = keyed(connection, "first", {"code": (sa.Text(), ["A", "B"])})
        second = keyed(connection, "second", {"code": (sa.Text(), ["B"])})
        common = sa.select(first.c.ordinal).join_from(first, second, first.c.code == second.c.code)
        assert connection.execute(common).scalars().all() == [1]
        again = keyed(connection, "second", {"code": (sa.Text(), ["C", "D"])})
        assert connection.execute(sa.select(again.c.code).order_by(again.c.ordinal)).scalars().all() == ["C", "D"]


@pytest.mark.parametrize("count", [2, MANY])
def test_a_key_with_a_nul_is_refused_in_plain_words(connection: sa.Connection, count: int) -> None:
    with pytest.raises(ValueError, match="NUL"):
        keyed(connection, "wanted", {"code": (sa.Text(), ["A\0"] + ["B"] * (count - 1))})
    connection.rollback()


def test_keys_of_unequal_length_are_refused(connection: sa.Connection) -> None:
    with pytest.raises(ValueError, match=r"zip|different lengths"):
        keyed(connection, "wanted", {"a": (sa.Text(), ["A", "B"]), "b": (sa.Text(), ["A"])})
    connection.rollback()


@pytest.mark.parametrize("outer", [False, True], ids=["inner", "outer"])
@pytest.mark.parametrize(
    ("columns", "index"),
    [
        pytest.param(("serial_key",), "sqlite_autoindex_serial", id="serial"),
        pytest.param(("serial_near",), "ix_serial_serial_near", id="near"),
        pytest.param(("mfr_serial_key",), "ix_serial_mfr_serial_key", id="manufacturer"),
        pytest.param(("mfr_serial_key", "item_code"), "ix_serial_mfr_serial_key", id="manufacturer and item"),
    ],
)
def test_sqlite_looks_each_key_up_in_an_index(
    sqlite_database: Database, columns: tuple[str, ...], index: str, outer: bool
) -> None:
    with read_only(sqlite_database.engine) as connection:
        keys = keyed(connection, "wanted", {name: (sa.Text(), ["A"]) for name in columns})
        on = sa.and_(*(SERIAL.c[name] == keys.c[name] for name in columns))
        joined = sa.select(keys.c.ordinal, SERIAL.c.serial_no).join_from(keys, SERIAL, on, isouter=outer)
        query = joined.compile(dialect=connection.dialect)
        values = tuple(query.params[name] for name in query.positiontup or ())
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)]
    searched = [step for step in plan if step.startswith("SEARCH serial")]
    assert len(searched) == 1
    assert index in searched[0]
    assert all(f"{name}=?" in searched[0] for name in columns)


def test_ids_are_ascending_and_nobody_elses(connection: sa.Connection) -> None:
    assert next_ids(connection, RUN, 0) == []
    first, second = next_ids(connection, RUN, 3), next_ids(connection, RUN, MANY)
    assert len(second) == MANY
    assert first + second == sorted(set(first + second))
    insert_rows(connection, RUN, ("run_id", "job", "business_date"), [(second[-1], "intake", DAY)])
    connection.execute(sa.insert(RUN).values(job="pos", business_date=DAY))
    assert connection.execute(sa.select(sa.func.max(RUN.c.run_id))).scalar_one() == second[-1] + 1
