"""Write a small consistent world into a database, and let a test take its guards down to break it on purpose.

Two locations, one posted return with its memo, a service slip, a committed credit order, a refused return, a POS
invoice and a settled legacy return; serials 5001-5010 of sequence S-HQ are all accounted for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from batch.edge.database import transaction
from batch.edge.schema import METADATA
from tests.databases import Database
from tests.edge.books_results import results
from tests.edge.books_rows import AREAS_OF_A_LOCATION, documents, ledger, reference, register


def with_books(database: Database) -> Database:
    """Write the world into an empty database and give it back."""
    with transaction(database.engine) as connection:
        for table, rows in (*reference(), *ledger(), *documents(), *register(), *results()):
            for row in rows:
                connection.execute(METADATA.tables[table].insert().values(row))
        connection.execute(METADATA.tables["location"].update().values(AREAS_OF_A_LOCATION))
    return database


@contextmanager
def unguarded(database: Database) -> Iterator[sa.Connection]:
    """Give a write transaction in which no trigger, check or foreign key of the database refuses anything."""
    with transaction(database.engine) as connection:
        if database.dialect == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for name in connection.exec_driver_sql(triggers).scalars().all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            checks = "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'c' AND conrelid > 0"
            for table, name in connection.exec_driver_sql(f"{checks} AND connamespace = 'public'::regnamespace").all():
                connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        yield connection
