"""Give every whole-run test the shop of the worked examples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Database
from tests.jobs.world import World


# The programs that read sheets are counted by tests/edge, whole commands by tests/cli.
@pytest.fixture(scope="module", autouse=True)
def _uncounted(uncounted: None) -> None:
    pass


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    """Give the shop on each kind of database, and insist at the end that every invariant holds."""
    world = World(database, tmp_path)
    yield world
    world.assert_sound()
