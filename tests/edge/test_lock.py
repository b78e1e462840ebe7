"""Show that one settlement works at a time, and that no dead one is ever waited for."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from batch.edge.lock import LOCK_KEY, is_held, settlement_lock
from batch.errors import BusyError, DatabaseUnavailableError
from tests.databases import Database

NOON = dt.datetime(2026, 11, 23, 12, 5, tzinfo=dt.UTC)
HOLDER = Path(__file__).with_name("lock_holder.py")


def noon() -> dt.datetime:
    return NOON


@contextmanager
def another(database: Database, run_id: str = "") -> Iterator[subprocess.Popen[str]]:
    """Start another process after the lock; end it if it is still there."""
    root = str(HOLDER.parents[2])
    process = subprocess.Popen(
        [sys.executable, str(HOLDER), database.url, run_id],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize(
    ("run_id", "named"),
    [
        pytest.param("", "a run that is starting", id="before its run is recorded"),
        pytest.param("42", "run 42", id="once its run is recorded"),
    ],
)
def test_the_second_taker_is_told_who_holds_it(database: Database, run_id: str, named: str) -> None:
    with another(database, run_id) as holder:
        assert said(holder) == "HELD"
        with pytest.raises(BusyError) as busy, settlement_lock(database.engine, purpose="pos", clock=noon):
            pass
        assert busy.value.holder.startswith(f"{named}, host {socket.gethostname()}, pid {holder.pid}, since 2")
        assert busy.value.holder in str(busy.value)


def test_another_process_is_told_too(database: Database) -> None:
    with settlement_lock(database.engine, purpose="pos", clock=noon) as lock:
        lock.describe(7)
        with another(database) as second:
            expected = f"run 7, host {socket.gethostname()}, pid {os.getpid()}, since 2026-11-23 12:05 UTC"
            assert said(second) == f"BUSY {expected}"


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM])
def test_a_dead_holder_never_blocks(database: Database, death: signal.Signals) -> None:
    for _ in range(3):
        with another(database, "42") as holder:
            assert said(holder) == "HELD"
            holder.send_signal(death)
            holder.wait()
            with settlement_lock(database.engine, purpose="pos", clock=noon) as lock:
                lock.check()


def test_a_holder_that_ends_gives_it_back(database: Database) -> None:
    for _ in range(3):
        with settlement_lock(database.engine, purpose="intake", clock=noon) as lock:
            lock.check()
    with another(database) as next_one:
        assert said(next_one) == "HELD"


def test_the_server_has_it_back_before_the_session_is_closed(postgresql_database: Database) -> None:
    database, held = postgresql_database, []

    def look(*_: object) -> None:
        # On a connection of its own: the pool is at work.
        with sa.create_engine(database.engine.url, poolclass=sa.NullPool).connect() as another_session:
            held.append(is_held(another_session))

    with settlement_lock(database.engine, purpose="intake", clock=noon):
        look()
        sa.event.listen(database.engine, "invalidate", look)
    assert held == [True, False]


def test_an_error_inside_gives_it_back(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), settlement_lock(database.engine, purpose="intake", clock=noon):
        raise ZeroDivisionError
    with settlement_lock(database.engine, purpose="intake", clock=noon) as lock:
        lock.check()


def test_a_child_does_not_inherit_it(database: Database) -> None:
    with subprocess.Popen(["sleep", "60"], close_fds=False) as before:
        with settlement_lock(database.engine, purpose="intake", clock=noon):
            child = subprocess.Popen(["sleep", "60"], close_fds=False)
        try:
            with another(database) as next_one:
                assert said(next_one) == "HELD"
        finally:
            for process in (before, child):
                process.kill()
                process.wait()


def test_the_lock_file_is_not_for_everybody(sqlite_database: Database, tmp_path: Path) -> None:
    with settlement_lock(sqlite_database.engine, purpose="intake", clock=noon):
        assert (tmp_path / "serialback.db.lock").stat().st_mode & 0o137 == 0


def test_a_removed_lock_file_is_noticed(sqlite_database: Database, tmp_path: Path) -> None:
    with settlement_lock(sqlite_database.engine, purpose="intake", clock=noon) as lock:
        (tmp_path / "serialback.db.lock").unlink()
        with pytest.raises(DatabaseUnavailableError, match="removed or replaced"):
            lock.check()


def test_a_lock_file_that_cannot_be_opened_is_named(sqlite_database: Database, tmp_path: Path) -> None:
    (tmp_path / "serialback.db.lock").symlink_to(tmp_path / "elsewhere")
    with (
        pytest.raises(DatabaseUnavailableError, match=r"serialback\.db\.lock cannot be opened"),
        settlement_lock(sqlite_database.engine, purpose="intake", clock=noon),
    ):
        pass


@pytest.mark.parametrize("content", ["", "{", '{"pid": 1}', "[]"])
def test_a_lock_file_nobody_can_read_still_locks(sqlite_database: Database, tmp_path: Path, content: str) -> None:
    with settlement_lock(sqlite_database.engine, purpose="intake", clock=noon):
        (tmp_path / "serialback.db.lock").write_text(content)
        with (
            pytest.raises(BusyError, match="held by another run"),
            settlement_lock(sqlite_database.engine, purpose="pos", clock=noon),
        ):
            pass


def test_a_lost_connection_loses_the_lock_and_says_so(postgresql_database: Database) -> None:
    database = postgresql_database
    with settlement_lock(database.engine, purpose="intake", clock=noon) as lock:
        lock.check()
        with database.engine.begin() as connection:
            holders = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid::bigint = :low"
            low = {"low": LOCK_KEY & 0xFFFFFFFF}
            pid = connection.execute(sa.text(holders), low).scalar_one()
            connection.execute(sa.select(sa.func.pg_terminate_backend(pid)))
        with pytest.raises(DatabaseUnavailableError, match="the lock with it"):
            lock.check()


def test_a_stranger_on_the_advisory_lock_is_not_mistaken_for_a_run(postgresql_database: Database) -> None:
    database = postgresql_database
    with database.engine.connect() as stranger:
        stranger.execute(sa.select(sa.func.pg_advisory_lock(LOCK_KEY)))
        with (
            pytest.raises(BusyError, match="held by another run"),
            settlement_lock(database.engine, purpose="intake", clock=noon),
        ):
            pass


def test_databases_of_one_server_do_not_share_it(postgresql_database: Database, sqlite_database: Database) -> None:
    with (
        settlement_lock(postgresql_database.engine, purpose="intake", clock=noon) as one,
        settlement_lock(sqlite_database.engine, purpose="intake", clock=noon) as other,
    ):
        one.check()
        other.check()
