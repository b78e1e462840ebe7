"""Show that PostgreSQL counts what a run has multiplied, and nobody else's tables or time."""

from __future__ import annotations

import time
from typing import Any

import pytest
import sqlalchemy as sa

from batch.edge.bulk import insert_rows
from batch.edge.database import transaction
from batch.edge.planner_figures import PlannerFigures
from batch.edge.schema import CUSTOMER, ITEM, SERIAL
from batch.edge.session import Session
from tests.databases import Database


def register(database: Database, first: int, after: int) -> None:
    with transaction(database.engine) as connection:
        if first == 0:
            insert_rows(connection, ITEM, ("item_code", "inventory_type"), [("CPU", "SERIALIZED")])
            insert_rows(connection, CUSTOMER, ("customer_code", "currency"), [(f"C{n}", "EUR") for n in range(9_000)])
        rows = [(f"S{n:09}", f"S{n:09}", "CPU", "RELEASED", "EXTERNAL", "EXTERNAL") for n in range(first, after)]
        columns = ("serial_no", "serial_key", "item_code", "area_code", "origin", "cost_basis")
        insert_rows(connection, SERIAL, columns, rows)


def counted(database: Database) -> float:
    with database.engine.connect() as connection:
        return float(
            connection.execute(sa.text("SELECT reltuples FROM pg_class WHERE relname = 'serial'")).scalar_one()
        )


def test_a_table_is_counted_once_it_has_grown(postgresql_database: Database) -> None:
    with transaction(postgresql_database.engine) as connection:
        connection.exec_driver_sql("INSERT INTO stock_area (area_code, area_type) VALUES ('RELEASED', 'OUT')")
    register(postgresql_database, 0, 12_000)
    with Session(postgresql_database.engine, dry_run=False) as session, PlannerFigures(session) as figures:
        assert (figures.refresh(), counted(postgresql_database)) == (["serial"], 12_000)
        assert figures.refresh() == []
        register(postgresql_database, 12_000, 13_000)
        assert figures.refresh() == []
        register(postgresql_database, 13_000, 30_000)
        figures.settled(4_999)
        assert counted(postgresql_database) == 12_000
        figures.settled(1)
        figures.wait()
        assert counted(postgresql_database) == 30_000


def test_a_rehearsal_counts_what_only_it_sees(postgresql_database: Database) -> None:
    with transaction(postgresql_database.engine) as connection:
        connection.exec_driver_sql("INSERT INTO stock_area (area_code, area_type) VALUES ('RELEASED', 'OUT')")
    register(postgresql_database, 0, 12_000)
    with Session(postgresql_database.engine, dry_run=True) as session:
        assert PlannerFigures(session).refresh() == ["serial"]
        with session.transaction() as connection:
            before = connection.exec_driver_sql("SHOW lock_timeout").scalar_one()
    with transaction(postgresql_database.engine) as connection:
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar_one() == before


def test_whoever_finds_the_table_locked_goes_on(postgresql_database: Database) -> None:
    with transaction(postgresql_database.engine) as connection:
        connection.exec_driver_sql("INSERT INTO stock_area (area_code, area_type) VALUES ('RELEASED', 'OUT')")
    register(postgresql_database, 0, 12_000)
    with (
        transaction(postgresql_database.engine) as connection,
        Session(postgresql_database.engine, dry_run=False) as session,
    ):
        connection.exec_driver_sql("LOCK TABLE serial IN SHARE UPDATE EXCLUSIVE MODE")
        PlannerFigures(session).refresh()
    assert counted(postgresql_database) == -1


def test_whoever_stops_does_not_wait_for_the_counting(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(postgresql_database.engine) as connection:
        connection.exec_driver_sql("INSERT INTO stock_area (area_code, area_type) VALUES ('RELEASED', 'OUT')")
    register(postgresql_database, 0, 12_000)
    executed = sa.Connection.exec_driver_sql

    def slowly(connection: sa.Connection, statement: str, *more: Any) -> Any:
        return executed(connection, "SELECT pg_sleep(600)" if statement.startswith("ANALYZE") else statement, *more)

    def sleeping() -> bool:
        with postgresql_database.engine.connect() as connection:
            found = sa.text(
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"
            )
            return bool(connection.execute(found).scalar_one())

    monkeypatch.setattr(sa.Connection, "exec_driver_sql", slowly)

    def stopped() -> None:
        with (
            Session(postgresql_database.engine, dry_run=False) as session,
            PlannerFigures(session, first=1) as figures,
        ):
            figures.settled(1)
            while not sleeping():
                time.sleep(0.01)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert not sleeping()


def test_sqlite_has_nothing_to_count(sqlite_database: Database) -> None:
    with Session(sqlite_database.engine, dry_run=False) as session:
        assert PlannerFigures(session).refresh() == []


@pytest.mark.parametrize(("lines", "looks"), [([5_000] * 8, 4), ([4_999], 0), ([100_000], 1)])
def test_it_looks_whenever_the_lines_have_doubled(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, lines: list[int], looks: int
) -> None:
    looked: list[None] = []
    monkeypatch.setattr(PlannerFigures, "refresh", lambda _: looked.append(None))
    with Session(sqlite_database.engine, dry_run=False) as session, PlannerFigures(session) as figures:
        for count in lines:
            figures.settled(count)
            # A look that still goes on stands for the next.
            figures.wait()
    assert len(looked) == looks
