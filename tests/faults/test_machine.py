"""Let days come as they come: files, runs, kills, corrections, receipts, in any order; every invariant holds always."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import multiprocessing
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.faults.night import DAY, HEADER, WHOLE, Fresh

# What it runs is counted by other tests.
pytestmark = pytest.mark.usefixtures("uncounted")

# Forked from a child that has all imported: a real program, killed for real, without a second of imports.
PROGRAMS = multiprocessing.get_context("forkserver")
PROGRAMS.set_forkserver_preload(["batch.cli", "batch.runner", "batch.edge.landing", "batch.edge.settlement", "psycopg"])

ITEMS = st.sampled_from(["CPU", "MOUSE", "FEE", "NONE", "cpu"])
UNITS = st.sampled_from(["", "4001", "4002", "4003", "4004", "4005", "4009", "NEW-1", "new-1", "4001-4003"])
MAKERS = st.sampled_from(["", "OLD-4001", "0LD-4002", "M-1", "M-2"])
KINDS = st.sampled_from(["Return", "Return", "Service", "Credit Order"])
PLACES = ("run.begun", "land.part", "land.committed", "chunk.units", "chunk.memos", "chunk.committed", "run.ended")
LINE = st.tuples(
    st.integers(1, 4),
    KINDS,
    st.sampled_from(["HQ", "MAIN"]),
    st.sampled_from(["C1", "C2", "C9"]),
    ITEMS,
    st.integers(0, 3),
    st.sampled_from(["", "0", "1", "5"]),
    UNITS,
    MAKERS,
    st.sampled_from(["", "10", "10.5"]),
)


def be_the_command(args: list[str], folder: str, env: dict[str, str]) -> None:
    """Be the real command, in its folder and environment."""
    os.chdir(folder)
    os.environ.update(env)
    with Path("said").open("a", encoding="utf-8") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
        from batch.cli import main

        main(args)


class Days(RuleBasedStateMachine):
    """A shop's days, in any order."""

    fresh: Fresh

    @initialize()
    def open_the_shop(self) -> None:
        """Begin with a database of the shop."""
        self.stack = contextlib.ExitStack()
        night = self.stack.enter_context(self.fresh())
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="sb-days-")))
        self.night = dataclasses.replace(night, folder=folder)
        self.day = DAY
        self.files: list[Path] = []

    def command(self, *args: str, failpoint: str = "") -> int:
        """Run the command to whatever end."""
        env = {"SERIALBACK_PRODUCTION": "0", "SERIALBACK_CHUNK_LINES": "2", "SERIALBACK_FAILPOINT": failpoint}
        given = [*args, "--quiet", "--database", self.night.database.url, "--business-date", self.day.isoformat()]
        program = PROGRAMS.Process(target=be_the_command, args=(given, str(self.night.folder), env))
        program.start()
        program.join(60)
        status = program.exitcode
        assert status is not None, "the command does not end"
        return status

    def ran(self, *args: str) -> None:
        """Run the command, which must do its work."""
        status = self.command("run", *args)
        assert status == 0, (self.night.folder / "said").read_text(encoding="utf-8")

    @rule(lines=st.lists(LINE, min_size=1, max_size=6))
    def land(self, lines: list[tuple[Any, ...]]) -> None:
        """Hand in a file."""
        self.hand_in(lines)
        self.ran("intake", str(self.files[-1]))

    def hand_in(self, lines: list[tuple[Any, ...]]) -> None:
        """Write a file; it may bring lines that are on file already, corrected or not."""
        file = self.night.folder / f"{len(self.files)}.csv"
        rows = [f"D-{number},{','.join(map(str, rest))}," for number, *rest in lines]
        file.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        self.files.append(file)

    @rule(lines=st.lists(LINE, min_size=1, max_size=6), place=st.sampled_from(PLACES), number=st.integers(1, 2))
    def kill(self, lines: list[tuple[Any, ...]], place: str, number: int) -> None:
        """Hand in a file to a run that is killed somewhere."""
        self.hand_in(lines)
        assert self.command("run", "intake", str(self.files[-1]), failpoint=f"{place}:{number}") in {0, -signal.SIGKILL}

    @rule(which=st.integers(0, 9))
    def land_again(self, which: int) -> None:
        """Hand in a file again under another name."""
        if self.files:
            again = self.night.folder / f"{len(self.files)}.csv"
            shutil.copy(self.files[which % len(self.files)], again)
            self.files.append(again)
            self.ran("intake", str(again))

    @rule(code=st.sampled_from(["NONE", "cpu"]))
    def correct(self, code: str) -> None:
        """Make known what was unknown, and try what waits."""
        known = "SELECT 1 FROM item WHERE item_code = '{}'"
        self.night.execute(
            "INSERT INTO item (item_code, inventory_type, list_price_minor) "
            f"SELECT '{code}', 'SERIALIZED', 500 WHERE NOT EXISTS ({known.format(code)})"
        )
        self.ran("intake")

    @rule()
    def run_again(self) -> None:
        """Run with nothing new."""
        self.ran("intake")
        before = self.night.business()
        self.ran("intake")
        assert self.night.business() == before

    @rule()
    def receive(self) -> None:
        """Receive the goods of credit orders."""
        self.night.execute("UPDATE document SET status = 'RECEIVED' WHERE status = 'COMMITTED'")
        self.ran("pos")

    @rule(days=st.integers(1, 30))
    def wait(self, days: int) -> None:
        """Let days pass."""
        self.day += dt.timedelta(days=days)

    @invariant()
    def is_sound(self) -> None:
        """Check every invariant."""
        if hasattr(self, "night"):
            self.night.assert_sound()

    def teardown(self) -> None:
        """Close the shop."""
        if hasattr(self, "stack"):
            self.stack.close()


@pytest.mark.parametrize(
    ("kind", "sample", "whole"),
    [pytest.param("sqlite", 2, 60, id="sqlite"), pytest.param("postgresql", 1, 20, id="postgresql")],
)
def test_days(kind: str, sample: int, whole: int, request: pytest.FixtureRequest) -> None:
    machine: type[Days] = type("Days", (Days,), {"fresh": staticmethod(request.getfixturevalue(f"{kind}_night"))})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=whole if WHOLE else sample,
            stateful_step_count=20 if WHOLE else 8,
            deadline=None,
            derandomize=not WHOLE,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
