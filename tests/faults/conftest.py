"""Give fresh databases of the shop, and what an undisturbed night leaves in one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.databases import PostgresqlServer, sqlite_copy
from tests.faults.night import WHOLE, Business, Fresh, Night, may_mount, set_up, write_files


@dataclass(frozen=True)
class Undisturbed:
    """What a night leaves that nothing happens to, and the places it comes by."""

    business: Business
    points: tuple[str, ...]

    def of(self, name: str) -> list[str]:
        """Give the places of one name in order."""
        return [point for point in self.points if point.partition(":")[0] == name]


def pytest_report_header() -> list[str]:
    """Say how much is rehearsed."""
    if not WHOLE:
        return ["faults: a sample of each kind; `make faults` rehearses all"]
    disk = "a full disk" if may_mount() else "no full disk under PostgreSQL (nothing may be mounted here)"
    return [f"faults: the whole sweep, with {disk}"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave of a test on both databases the one or the other by turns, unless all is to be rehearsed."""
    if WHOLE:
        return
    collected = {item.nodeid for item in items}
    twins = [
        (item, pair)
        for item in items
        if "tests/faults/" in item.nodeid
        and (pair := item.nodeid.replace("sqlite", "postgresql")) != item.nodeid
        and pair in collected
    ]
    left = {pair if place % 2 else item.nodeid for place, (item, pair) in enumerate(twins)}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left])
    items[:] = [item for item in items if item.nodeid not in left]


@pytest.fixture(scope="session")
def sqlite_night(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """Give fresh SQLite databases of the shop."""
    folder = tmp_path_factory.mktemp("night")
    with sqlite_copy(sqlite_template, folder) as database:
        set_up(database, folder)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        template = Path(str(database.engine.url.database))

    @contextmanager
    def fresh() -> Iterator[Night]:
        folder = tmp_path_factory.mktemp("night")
        write_files(folder)
        with sqlite_copy(template, folder) as database:
            yield Night(database, folder)

    return fresh


@pytest.fixture(scope="session")
def postgresql_night(
    postgresql: PostgresqlServer, postgresql_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fresh]:
    """Give fresh PostgreSQL databases of the shop."""
    with postgresql.copy(postgresql_template) as template:
        set_up(template, tmp_path_factory.mktemp("night"))
        template.engine.dispose()
        name = str(make_url(template.url).database)

        @contextmanager
        def fresh() -> Iterator[Night]:
            folder = tmp_path_factory.mktemp("night")
            write_files(folder)
            with postgresql.copy(name) as database:
                yield Night(database, folder)

        yield fresh


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest) -> Fresh:
    """Give fresh databases of the shop; the test runs once on each kind."""
    made: Fresh = request.getfixturevalue(f"{request.param}_night")
    return made


@pytest.fixture
def night(fresh: Fresh) -> Iterator[Night]:
    """Give one fresh database of the shop, and insist at the end that every invariant holds."""
    with fresh() as night:
        yield night
        night.assert_sound()


_known: dict[int, Undisturbed] = {}


@pytest.fixture
def undisturbed(fresh: Fresh) -> Undisturbed:
    """Give what an undisturbed night leaves, found once for each kind of database."""
    if id(fresh) not in _known:
        with fresh() as night:
            ran = night.run(env={"SERIALBACK_FAILPOINT": "?"})
            assert ran.returncode == 65, ran.stderr
            points = tuple(re.findall(r"^failpoint (\S+)$", ran.stderr, re.MULTILINE))
            night.assert_sound()
            _known[id(fresh)] = Undisturbed(night.business(), points)
    return _known[id(fresh)]
