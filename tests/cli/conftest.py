"""Give a small shop to run for: its reference files are loaded once, and each test gets a copy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.cli.commands import serialback
from tests.cli.shop import GOOD, TOO_MANY, intake_file, reference_files
from tests.databases import Database, PostgresqlServer, sqlite_copy


def loaded(url: str, folder: Path) -> None:
    """Load the shop's reference files as a user does."""
    run = serialback("load", *reference_files(folder), "--quiet", "--database", url, cwd=folder)
    assert (run.returncode, run.stderr) == (0, "")


def ran(url: str, folder: Path) -> None:
    """Settle one file: three serials made, a line refused."""
    file = intake_file(folder / "r.csv", GOOD, TOO_MANY)
    run = serialback("run", "intake", str(file), "--database", url, cwd=folder)
    assert (run.returncode, run.stderr) == (0, "")


def whole_file(database: Database) -> Path:
    """Bring all of a SQLite database into the one file that is copied, with nothing in the log beside it."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(str(database.engine.url.database))


@contextmanager
def copied(request: pytest.FixtureRequest, name: str, folder: Path) -> Iterator[Database]:
    """Give a copy of a template, on the kind of database that the test asks for."""
    template = request.getfixturevalue(f"{request.param}_{name}")
    if request.param == "sqlite":
        with sqlite_copy(template, folder) as database:
            yield database
    else:
        with request.getfixturevalue("postgresql").copy(template) as database:
            yield database


@pytest.fixture(scope="session")
def sqlite_shop(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a SQLite file of the shop to copy."""
    folder = tmp_path_factory.mktemp("shop")
    with sqlite_copy(sqlite_template, folder) as database:
        loaded(database.url, folder)
        return whole_file(database)


@pytest.fixture(scope="session")
def postgresql_shop(
    postgresql: PostgresqlServer, postgresql_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Give the name of a PostgreSQL database of the shop to copy."""
    with postgresql.copy(postgresql_template) as database:
        loaded(database.url, tmp_path_factory.mktemp("shop"))
        database.engine.dispose()
        yield str(make_url(database.url).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give a database with the reference of the shop and nothing else; the test runs once on each kind."""
    with copied(request, "shop", tmp_path) as database:
        yield database


@pytest.fixture(scope="session")
def sqlite_ran(sqlite_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a SQLite file of the shop after a run, to copy."""
    folder = tmp_path_factory.mktemp("ran")
    with sqlite_copy(sqlite_shop, folder) as database:
        ran(database.url, folder)
        return whole_file(database)


@pytest.fixture(scope="session")
def postgresql_ran(
    postgresql: PostgresqlServer, postgresql_shop: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Give the name of a PostgreSQL database of the shop after a run, to copy."""
    with postgresql.copy(postgresql_shop) as database:
        ran(database.url, tmp_path_factory.mktemp("ran"))
        database.engine.dispose()
        yield str(make_url(database.url).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def settled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give the shop after a run of one file: three serials made, a line refused."""
    with copied(request, "ran", tmp_path) as database:
        yield database
