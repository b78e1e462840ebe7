"""Run the command with parts of the program changed on purpose: a guard taken away, a pause, a clock that jumps.

`python -m tests.faults.changed CHANGE,CHANGE... ARGUMENTS`; a change is NAME or NAME=VALUE.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import os
import resource
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from batch.edge import failpoint


def main() -> None:
    """Make the changes, then be the command."""
    for change in filter(None, sys.argv[1].split(",")):
        name, _, value = change.partition("=")
        CHANGES[name](value)
    from batch.cli import main as command

    command(sys.argv[2:])


def put(owner: object, name: str, value: object) -> None:
    """Put something else in the place of a part that is there."""
    assert hasattr(owner, name), f"there is no {name} to change"
    setattr(owner, name, value)


def pause(place: str) -> None:
    """Pause at NAME:N until the file `go` is there, or the run gives up what it is at; tell by the file `paused`."""
    wanted, _, count = place.partition(":")
    reached: Counter[str] = Counter()
    before = failpoint.reach

    def reach(name: str) -> None:
        before(name)
        reached[name] += 1
        if name == wanted and reached[name] == int(count or 1):
            # Not before: whoever imports it takes this function as it is then.
            from batch.runner_overlap import Overlap

            given_up, give_up = threading.Event(), Overlap.give_up

            def and_go_on(overlap: Overlap) -> None:
                given_up.set()
                give_up(overlap)

            put(Overlap, "give_up", and_go_on)
            Path("paused").touch()
            while not Path("go").exists() and not given_up.is_set():
                time.sleep(0.01)

    put(failpoint, "reach", reach)


def without_lock(_: str) -> None:
    """Let every run think that it is alone."""
    from batch.edge import lock

    class Held:
        def describe(self, run_id: int) -> None:
            pass

        def check(self) -> None:
            pass

    @contextlib.contextmanager
    def settlement_lock(*_args: object, **_named: object) -> Iterator[Held]:
        yield Held()

    put(lock, "settlement_lock", settlement_lock)


def begin_with(statement: str) -> None:
    """Begin SQLite's transactions with another statement than BEGIN IMMEDIATE."""
    execute = sa.Connection.exec_driver_sql

    def exec_driver_sql(self: sa.Connection, sql: str, *args: Any, **named: Any) -> sa.CursorResult[Any]:
        return execute(self, statement if sql == "BEGIN IMMEDIATE" else sql, *args, **named)

    put(sa.Connection, "exec_driver_sql", exec_driver_sql)


def without_fence(_: str) -> None:
    """Let a run write on that another one has declared dead."""
    from batch.edge import ledger

    put(ledger, "assert_running", lambda *_: None)


def unwatched(_: str) -> None:
    """Let a run not look whether it has its lock still."""
    from batch.edge import lock

    settlement_lock = lock.settlement_lock

    @contextlib.contextmanager
    def unseen(*args: Any, **named: Any) -> Iterator[Any]:
        with settlement_lock(*args, **named) as held:
            put(type(held), "check", lambda _: None)
            yield held

    put(lock, "settlement_lock", unseen)


def without_mark(_: str) -> None:
    """Judge documents again that this run has judged."""
    from batch.edge import settlement

    put(settlement, "_not_judged_yet", lambda _connection, ids, _run: list(ids))


def clock(told: str) -> None:
    """Begin at an instant and jump by so many seconds each time the clock is read, once the run has its date.

    INSTANT/SECONDS; the lock and the business date are the first to look.
    """
    from batch.cli import run

    instant, _, seconds = told.partition("/")
    start, times = dt.datetime.fromisoformat(instant), itertools.count()
    put(run, "utc_now", lambda: start + max(0, next(times) - 1) * dt.timedelta(seconds=float(seconds)))


def pages(count: str) -> None:
    """Let the SQLite file have no more than so many pages."""
    from batch.edge import database

    put(database, "SQLITE_PRAGMAS", (*database.SQLITE_PRAGMAS, f"PRAGMA max_page_count={count}"))


def file_size(count: str) -> None:
    """Let no file become larger than so many bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(count), int(count)))


def reader(folder: str) -> None:
    """Read files by a child that starts in another folder."""
    from batch.edge import sheets

    put(sheets, "_PACKAGE_ROOT", Path(folder))


def without_package(name: str) -> None:
    """Let a package be missing, as where its extra was not installed."""
    sys.modules[name] = None  # type: ignore[assignment]


def keep_log(_: str) -> None:
    """Leave SQLite's log beside the file at the end, as a killed program does."""
    from batch.edge import lock

    settlement_lock = lock.settlement_lock

    @contextlib.contextmanager
    def then_die(*args: Any, **named: Any) -> Iterator[Any]:
        with settlement_lock(*args, **named) as held:
            yield held
        os._exit(65)

    put(lock, "settlement_lock", then_die)


CHANGES: Final[dict[str, Callable[[str], None]]] = {
    "pause": pause,
    "without-lock": without_lock,
    "begin": begin_with,
    "without-fence": without_fence,
    "unwatched": unwatched,
    "without-mark": without_mark,
    "clock": clock,
    "pages": pages,
    "file-size": file_size,
    "reader": reader,
    "without-package": without_package,
    "keep-log": keep_log,
}

if __name__ == "__main__":
    main()
