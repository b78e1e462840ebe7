"""Show that what is fetched column by column is what the rows would be, whatever another system has written there."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import event

from batch.edge.database import read_only, transaction
from batch.edge.fetch import fetch_columns
from batch.edge.schema import CREDIT_MEMO, CUSTOMER, RUN
from tests.databases import Database

CUSTOMERS = sa.select(CUSTOMER.c.customer_code, CUSTOMER.c.name, CUSTOMER.c.currency, CUSTOMER.c.active)
BY_CODE = CUSTOMERS.order_by(CUSTOMER.c.customer_code)
ODD = 'a "quoted" \\ name, \u2028 é 😀\x1f 1.5e3'


def customers(database: Database, *names: object) -> None:
    with transaction(database.engine) as connection:
        for number, name in enumerate(names):
            connection.exec_driver_sql(
                "INSERT INTO customer (customer_code, name, currency) VALUES (?, ?, 'EUR')"
                if database.engine.dialect.name == "sqlite"
                else "INSERT INTO customer (customer_code, name, currency) VALUES (%s, %s, 'EUR')",
                (f"C{number}", name),
            )


def as_rows(connection: sa.Connection, query: sa.Select[*tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(query)]


def statements(connection: sa.Connection) -> list[str]:
    said: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda *given: said.append(given[2]))
    return said


def test_columns_are_those_of_the_rows(database: Database) -> None:
    customers(database, ODD, "", "two")
    with read_only(database.engine) as connection:
        found = fetch_columns(connection, BY_CODE, ["customer_code"])
        assert list(found) == ["customer_code", "name", "currency", "active"]
        assert list(zip(*found.values(), strict=True)) == as_rows(connection, BY_CODE)
        assert found["name"][0] == ODD
        assert {type(value) for value in found["active"]} == {type(as_rows(connection, BY_CODE)[0][3])}


def test_where_nothing_is_found_there_are_columns_without_values(database: Database) -> None:
    with read_only(database.engine) as connection:
        found = fetch_columns(connection, BY_CODE)
    assert {name: list(values) for name, values in found.items()} == {
        "customer_code": [], "name": [], "currency": [], "active": [],
    }  # fmt: skip


def test_instants_are_instants(database: Database) -> None:
    with transaction(database.engine) as connection:
        connection.execute(
            sa.text(
                "INSERT INTO run (job, status, business_date, started_at) "
                "VALUES ('intake', 'DONE', '2026-03-31', '2026-03-31 20:00:00+00:00')"
            )
        )
    query = sa.select(RUN.c.run_id, RUN.c.started_at, RUN.c.business_date)
    with read_only(database.engine) as connection:
        found = fetch_columns(connection, query, ["run_id"])
        assert list(zip(*found.values(), strict=True)) == as_rows(connection, query)


def test_sqlite_gives_one_text_a_column_and_its_rows_where_that_would_be_another(sqlite_database: Database) -> None:
    customers(sqlite_database, "one", "two")
    memos = sa.select(CREDIT_MEMO.c.credit_memo_no, CREDIT_MEMO.c.total_minor)
    with sqlite_database.engine.connect() as connection:
        said = statements(connection)
        fetch_columns(connection, BY_CODE, ["customer_code"])
        # The first begins the transaction.
        assert len(said) == 2
        # Rows in another order than the one that was promised.
        backwards = CUSTOMERS.order_by(CUSTOMER.c.customer_code.desc())
        assert fetch_columns(connection, backwards, ["customer_code"])["customer_code"] == ("C1", "C0")
        assert len(said) == 4
        # Bytes, which JSON does not know.
        connection.exec_driver_sql("UPDATE customer SET name = CAST('xyz' AS BLOB) WHERE customer_code = 'C0'")
        assert fetch_columns(connection, BY_CODE, ["customer_code"])["name"] == (b"xyz", "two")
        # More digits than SQLite gives a number in JSON.
        exact = sa.select(sa.literal_column("0.1 + 0.2", sa.Float()).label("sum"))
        assert fetch_columns(connection, exact)["sum"] == (0.1 + 0.2,)
        assert fetch_columns(connection, memos)["total_minor"] == []
        # Words where numbers are due: in no order, and no numbers.
        mixed = sa.text("SELECT 2 AS a UNION ALL SELECT 'one'").columns(sa.column("a", sa.Integer()))
        assert fetch_columns(connection, sa.select(mixed.subquery().c.a), ["a"])["a"] == (2, "one")
