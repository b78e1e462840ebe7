"""Fixtures that every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import (
    Database,
    PostgresqlServer,
    migrated_sqlite,
    postgresql_server,
    sqlite_copy,
)


@pytest.fixture(scope="module")
def uncounted() -> Iterator[None]:
    """Start programs without counting the lines they run, which takes as long as they do; others' tests count them."""
    with pytest.MonkeyPatch.context() as changed:
        changed.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        yield


# Where a test that runs on both databases is counted on one: the other's own lines are counted in tests/edge.
_COUNTED_ONCE = ("tests/cli/", "tests/faults/", "tests/jobs/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Do not count again on PostgreSQL what is counted on SQLite: counting takes as long as what is counted."""
    collected = {item.nodeid for item in items}
    for item in items:
        twin = item.nodeid.replace("postgresql", "sqlite")
        if item.nodeid.startswith(_COUNTED_ONCE) and twin != item.nodeid and twin in collected:
            item.add_marker("no_cover")


@pytest.fixture(autouse=True)
def _uncounted_twin(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("no_cover") is not None:
        monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated SQLite file to copy."""
    return migrated_sqlite(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """Give a PostgreSQL server; without one the tests fail."""
    with postgresql_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql: PostgresqlServer) -> Iterator[str]:
    """Give the name of a migrated PostgreSQL database to copy."""
    with postgresql.template() as name:
        yield name


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """Give a fresh, migrated SQLite database."""
    with sqlite_copy(sqlite_template, tmp_path) as database:
        yield database


@pytest.fixture
def postgresql_database(postgresql: PostgresqlServer, postgresql_template: str) -> Iterator[Database]:
    """Give a fresh, migrated PostgreSQL database."""
    with postgresql.copy(postgresql_template) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Give a fresh, migrated database; the test runs once on each kind."""
    database = request.getfixturevalue(f"{request.param}_database")
    assert isinstance(database, Database)
    return database
