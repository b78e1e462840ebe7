"""Kill backfills on the way, and show that the same command goes on and leaves what an undisturbed one does."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batch.edge import failpoint, parts_landing
from tests.cli.commands import environment
from tests.databases import sqlite_copy
from tests.faults.night import Business, Night, differences
from tests.jobs.legacy import backfill, export, legacy
from tests.jobs.world import Row, World

# Rows of documents stand apart, some are refused, and legacy serials stand where the sequence would have come by.
ROWS: tuple[Row, ...] = (
    *(
        legacy(f"L-{at % 4}", None if at % 3 else 5000 + at, mfr=f"M-{at}", customer=f"C{at % 4 % 2 + 1}")
        for at in range(8)
    ),
    legacy("L-9", quantity="zero"),
    legacy("L-8", item="NONE"),
    legacy("L-2", "5003"),
    legacy("L-1", "A-1", customer="C2", location="MAIN"),
    legacy("L-1", line="1", customer="C2"),
)


def command(world: World, path: Path, failpoint_at: str = "") -> subprocess.CompletedProcess[str]:
    """Run the backfill as a program, with parts of three rows and chunks of two lines, killed where asked."""
    extra = {"SERIALBACK_FAILPOINT": failpoint_at} if failpoint_at else {}
    return subprocess.run(
        [sys.executable, "-m", "tests.jobs.small_parts", "3", "run", "backfill", str(path), "--quiet"],
        cwd=world.folder,
        env=environment(
            {
                "SERIALBACK_DATABASE_URL": world.database.url,
                "SERIALBACK_PRODUCTION": "0",
                "SERIALBACK_CHUNK_LINES": "2",
                **extra,
            }
        ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def business(world: World) -> Business:
    """Read what was left, whoever wrote it when."""
    return Night(world.database, world.folder).business()


@pytest.mark.parametrize(
    "places",
    [
        pytest.param(("parts.begun",), id="before the first part"),
        pytest.param(("parts.written:3",), id="in a part"),
        pytest.param(("parts.committed:2",), id="between parts"),
        pytest.param(("parts.whole",), id="at the end of landing"),
        pytest.param(("chunk.committed:2",), id="between chunks"),
        pytest.param(("parts.committed:1", "parts.written:2", "chunk.written:1"), id="three times"),
    ],
)
def test_a_killed_backfill_goes_on_where_it_was(
    world: World, places: Sequence[str], sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = export(world.folder, ROWS)
    for place in places:
        ran = command(world, path, place)
        assert ran.returncode == -signal.SIGKILL, f"not killed at {place}: {ran.stderr}"
    last = command(world, path)
    assert (last.returncode, last.stderr) == (0, "")
    world.assert_sound()
    assert world.count("intake_row") == [len(ROWS)]
    assert world.tuples("SELECT rows_read, landed_through FROM intake_file") == [(len(ROWS), None)]
    read = world.value("SELECT SUM(lines_read) FROM run")
    assert int(read) == len(ROWS)
    with undisturbed(sqlite_template, tmp_path_factory.mktemp("undisturbed"), path) as expected:
        found = {name: len(rows) for name, rows in business(world).items()}
        assert found == {name: len(rows) for name, rows in expected.items()}
        if world.database.dialect == "sqlite":
            assert differences(business(world), expected) == {}


@contextmanager
def undisturbed(template: Path, folder: Path, path: Path) -> Iterator[Business]:
    """Give what one backfill leaves that nothing happens to, in parts and chunks of the usual size."""
    with sqlite_copy(template, folder) as database:
        world = World(database, folder)
        backfill(world, path)
        yield business(world)


class KilledError(BaseException):
    """End a run where it stands, as a kill would."""


@st.composite
def exports(draw: st.DrawFn) -> tuple[list[Row], int, list[int]]:
    """Draw rows, the size of a part, and after how many places each run is ended."""
    rows = draw(
        st.lists(
            st.builds(
                lambda document, serial, item, line: legacy(f"L-{document}", serial, item=item, line=line),
                st.integers(1, 4),
                st.one_of(st.none(), st.integers(5000, 5010)),
                st.sampled_from(["CPU", "CPU", "CPU", "NONE"]),
                st.one_of(st.none(), st.none(), st.integers(1, 6)),
            ),
            min_size=1,
            max_size=12,
        )
    )
    return rows, draw(st.integers(1, 5)), draw(st.lists(st.integers(1, 40), min_size=1, max_size=3))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=exports())
def test_resumed_is_undisturbed(
    drawn: tuple[list[Row], int, list[int]],
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows, part_rows, ends = drawn
    folder = tmp_path_factory.mktemp("resumed")
    path = export(folder, rows)
    with sqlite_copy(sqlite_template, folder) as database:
        world = World(database, folder)
        world.settings["chunk_lines"] = 2
        with monkeypatch.context() as changed:
            changed.setattr(parts_landing, "PART_ROWS", part_rows)
            for end in ends:
                ended_after(changed, end)
                with suppress(KilledError):
                    backfill(world, path)
            changed.delenv(failpoint.VARIABLE)
            backfill(world, path)
        with undisturbed(sqlite_template, tmp_path_factory.mktemp("undisturbed"), path) as expected:
            assert differences(business(world), expected) == {}


def ended_after(changed: pytest.MonkeyPatch, places: int) -> None:
    """End the run at the place it reaches after so many."""
    left = [places]

    class Counted(Counter[str]):
        """Count every place as the one that was asked for."""

        def __getitem__(self, name: str) -> int:
            left[0] -= 1
            if left[0] < 0:
                raise KilledError
            return 0

    changed.setenv(failpoint.VARIABLE, "any")
    changed.setattr(failpoint, "_reached", Counted())
