"""Let two writers be at one line at once on PostgreSQL: one lowers its quantity, the other names a unit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from batch.edge.database import create_or_upgrade, transaction
from tests.databases import Database

LINE = """
INSERT INTO document (document_id, document_type, document_no, customer_code, document_date)
    VALUES (1, 'RETURN', 'R1', 'C1', '2026-11-23');
INSERT INTO document_line (line_id, document_id, line_no, item_code, quantity) VALUES (1, 1, 1, 'CPU', 3),
    (2, 1, 2, 'CPU', 9);
INSERT INTO line_unit (line_id, unit_no) VALUES (1, 1), (2, 9);
"""
LOWERED = "UPDATE document_line SET quantity = 2 WHERE line_id = 1"
ADDED = "INSERT INTO line_unit (line_id, unit_no) VALUES (1, 2), (1, 3)"
RENUMBERED = "UPDATE line_unit SET unit_no = 3 WHERE line_id = 1"
MOVED = "UPDATE line_unit SET line_id = 1, unit_no = 3 WHERE line_id = 2"
WAITS = {"line_unit_update": "FOR KEY SHARE", "document_line_quantity": "FOR UPDATE"}
WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.mark.parametrize("unit", [ADDED, RENUMBERED, MOVED])
@pytest.mark.parametrize("lowered_first", [True, False])
def test_of_two_writers_at_one_line_the_second_is_refused(
    postgresql_database: Database, unit: str, lowered_first: bool
) -> None:
    engine = postgresql_database.engine
    first, second = (LOWERED, unit) if lowered_first else (unit, LOWERED)
    with transaction(engine) as connection:
        connection.exec_driver_sql(LINE)
    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as connection:
            connection.exec_driver_sql(first)
            begun = pool.submit(_execute, engine, second)
            while not begun.done() and not _is_waited_for(engine):
                pass
        with pytest.raises(sa.exc.IntegrityError, match="above the quantity"):
            begun.result(timeout=60)


def test_whoever_names_a_unit_that_fits_waits_for_nobody_at_its_line(postgresql_database: Database) -> None:
    engine = postgresql_database.engine
    with transaction(engine) as connection:
        connection.exec_driver_sql(LINE)
    with transaction(engine) as connection:
        connection.exec_driver_sql("UPDATE document_line SET status = 'REFUSED' WHERE line_id = 1")
        _execute(engine, "SET LOCAL lock_timeout = 500; " + ADDED)


def test_a_database_of_before_is_given_the_waits(postgresql_database: Database) -> None:
    engine = postgresql_database.engine
    _execute(engine, "UPDATE alembic_version SET version_num = '0002'")
    for name in WAITS:
        _execute(engine, f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'")
    create_or_upgrade(engine)
    with engine.connect() as connection:
        bodies: dict[str, str] = dict(connection.exec_driver_sql("SELECT proname, prosrc FROM pg_proc").all())
    assert all(wait in bodies[name] for name, wait in WAITS.items())


def _execute(engine: sa.Engine, statement: str) -> None:
    with transaction(engine) as connection:
        connection.exec_driver_sql(statement)


def _is_waited_for(engine: sa.Engine) -> bool:
    with engine.connect() as connection:
        return connection.exec_driver_sql(WAITING).first() is not None
