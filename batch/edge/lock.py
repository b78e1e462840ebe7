"""Let one settlement at a time work on a database; the lock dies with its holder, however it dies."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa

from batch.edge.database import database_file
from batch.edge.database_errors import translated
from batch.errors import BusyError, DatabaseUnavailableError

if TYPE_CHECKING:
    # Imported where it is used: a run on SQLite should not wait for it.
    import psycopg

# PostgreSQL knows an advisory lock by a number alone, and shows it in two halves.
LOCK_KEY = int.from_bytes(b"serialbk", "big")

# How long the last word of a holder that just died may take to reach the lock.
_TRIES = 10
_SECONDS_BETWEEN_TRIES = 0.1

# PostgreSQL cuts an application name after 63 bytes.
_NAME_BYTES = 63
_SINCE_FORMAT = "%Y%m%dT%H%MZ"

_HELD_SQL = """
FROM pg_locks AS held JOIN pg_stat_activity AS activity USING (pid)
WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
    AND held.classid::bigint = %(high)s AND held.objid::bigint = %(low)s
    AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_HALVES = {"high": LOCK_KEY >> 32, "low": LOCK_KEY & 0xFFFFFFFF}


@dataclass(frozen=True)
class Holder:
    """Who holds the lock, as far as a reader can tell."""

    host: str
    pid: int
    since: str
    purpose: str = ""
    run_id: int | None = None

    def words(self) -> str:
        """Name run, host, pid and since when."""
        run = "a run that is starting" if self.run_id is None else f"run {self.run_id}"
        since = dt.datetime.strptime(self.since, _SINCE_FORMAT).replace(tzinfo=dt.UTC)
        return f"{run}, host {self.host}, pid {self.pid}, since {since:%Y-%m-%d %H:%M} UTC"

    def is_dead(self) -> bool:
        """Tell whether the holder ran on this machine and is gone."""
        if self.host != _host():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False


class HeldLock(Protocol):
    """The lock while it is held."""

    def describe(self, run_id: int) -> None:
        """Tell others which run holds the lock."""

    def check(self) -> None:
        """Raise DatabaseUnavailableError if the lock is no longer held."""


@contextlib.contextmanager
def settlement_lock(engine: sa.Engine, *, purpose: str, clock: Callable[[], dt.datetime]) -> Iterator[HeldLock]:
    """Hold the one lock of a database; raise BusyError naming the holder if somebody else does."""
    since = clock().astimezone(dt.UTC).strftime(_SINCE_FORMAT)
    holder = Holder(_host(), os.getpid(), since, purpose)
    file = database_file(engine)
    if file is not None:
        with _file_lock(file.with_name(f"{file.name}.lock"), holder) as file_lock:
            yield file_lock
    else:
        with _session_lock(engine, holder) as session_lock:
            yield session_lock


def is_held(connection: sa.Connection) -> bool:
    """Say whether a run is on in this PostgreSQL database, on whatever machine."""
    return connection.exec_driver_sql(f"SELECT 1 {_HELD_SQL}", _HALVES).first() is not None


def _host() -> str:
    return socket.gethostname()


def _try_until_told(take: Callable[[], bool], read_holder: Callable[[], Holder | None]) -> None:
    holder = None
    for _ in range(_TRIES):
        if take():
            return
        holder = read_holder()
        if holder is not None and not holder.is_dead():
            break
        # Just taken, or its holder just died: a moment later there is a name, or no lock.
        time.sleep(_SECONDS_BETWEEN_TRIES)
    words = "another run" if holder is None else holder.words()
    message = f"The database is held by {words}. Nothing was done; try again when that run has ended."
    raise BusyError(message, holder=words)


# --- SQLite: a file beside the database -------------------------------------------------------------


@dataclass
class _FileLock:
    path: Path
    descriptor: int
    holder: Holder

    def describe(self, run_id: int) -> None:
        self.holder = replace(self.holder, run_id=run_id)
        self.write()

    def check(self) -> None:
        try:
            same = os.path.samestat(self.path.stat(), os.fstat(self.descriptor))
        except FileNotFoundError:
            same = False
        if not same:
            message = f"The lock file {self.path} was removed or replaced while a run held it. Run again."
            raise DatabaseUnavailableError(message)

    def write(self) -> None:
        text = json.dumps(asdict(self.holder)).encode()
        os.pwrite(self.descriptor, text, 0)
        os.ftruncate(self.descriptor, len(text))

    def take(self) -> bool:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def read_holder(self) -> Holder | None:
        try:
            return Holder(**json.loads(self.path.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None


@contextlib.contextmanager
def _file_lock(path: Path, holder: Holder) -> Iterator[HeldLock]:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags, 0o640)
    except OSError as error:
        message = f"The lock file {path} cannot be opened: {error.strerror}."
        raise DatabaseUnavailableError(message) from error
    # Closing is what gives the lock back; the file stays, so that all find the same one.
    try:
        lock = _FileLock(path, descriptor, holder)
        _try_until_told(lock.take, lock.read_holder)
        lock.write()
        lock.check()
        yield lock
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


# --- PostgreSQL: an advisory lock of a session of its own -------------------------------------------


@dataclass
class _SessionLock:
    session: psycopg.Connection
    holder: Holder

    def describe(self, run_id: int) -> None:
        self.holder = replace(self.holder, run_id=run_id)
        self.write()

    def check(self) -> None:
        import psycopg

        try:
            self.session.execute("SELECT 1")
        except psycopg.OperationalError as error:
            message = "The connection that held the lock is lost, and the lock with it. Run again."
            raise DatabaseUnavailableError(message) from error

    def write(self) -> None:
        self.session.execute("SELECT set_config('application_name', %s, false)", [_application_name(self.holder)])

    def take(self) -> bool:
        row = self.session.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_KEY]).fetchone()
        return bool(row and row[0])

    def give_back(self) -> None:
        import psycopg

        # A session that is lost has no lock any more.
        with contextlib.suppress(psycopg.OperationalError):
            self.session.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])

    def read_holder(self) -> Holder | None:
        row = self.session.execute(f"SELECT activity.application_name {_HELD_SQL}", _HALVES).fetchone()
        return _holder_of(str(row[0])) if row else None


@contextlib.contextmanager
def _session_lock(engine: sa.Engine, holder: Holder) -> Iterator[HeldLock]:
    import psycopg

    try:
        pooled = engine.raw_connection()
    except sa.exc.DBAPIError as error:
        raise (translated(error) or error) from error
    try:
        session = pooled.driver_connection
        assert isinstance(session, psycopg.Connection)
        lock = _SessionLock(session, holder)
        try:
            session.autocommit = True
            _try_until_told(lock.take, lock.read_holder)
            lock.write()
        except psycopg.Error as error:
            raise (translated(error) or error) from error
        try:
            yield lock
        finally:
            # A server that is told of a closed session ends it a moment later, and the next job asks at once.
            lock.give_back()
    finally:
        # However it comes to this, closing the session gives the lock back; the pool must not hand it on.
        pooled.invalidate()


def _application_name(holder: Holder) -> str:
    run = "-" if holder.run_id is None else str(holder.run_id)
    name = f"serialback {run} {holder.pid} {holder.since} {holder.host}"
    return name.encode()[:_NAME_BYTES].decode(errors="ignore")


def _holder_of(application_name: str) -> Holder | None:
    words = application_name.split(" ")
    if len(words) != len(("serialback", "run", "pid", "since", "host")) or words[0] != "serialback":
        return None
    _, run, pid, since, host = words
    try:
        dt.datetime.strptime(since, _SINCE_FORMAT).replace(tzinfo=dt.UTC)
        numbers = int(pid), None if run == "-" else int(run)
    except ValueError:
        return None
    # The host may have been cut short in the name.
    own = _host()
    return Holder(own if own.startswith(host) else host, numbers[0], since, run_id=numbers[1])
