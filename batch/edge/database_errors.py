"""Tell the errors a database driver raises apart: whose turn it is, and whether another try can help."""

from __future__ import annotations

import sqlite3

import sqlalchemy as sa

from batch.errors import BusyError, DatabaseUnavailableError, SerialbackError

_LOST_CLASS = "08"
_LOST_STATES = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03", "53300"})
# Wrong password, no such role, no such database: trying again changes nothing.
_REFUSED_STATES = frozenset({"28000", "28P01", "3D000"})
_LOCK_STATE = "55P03"
_RACE_STATES = frozenset({"40001", "40P01"})
_FULL_STATES = frozenset({"53100"})
_TOO_LONG_STATE = "57014"
_NO_RIGHT_STATE = "42501"

_BUSY = "The database stayed locked by another program. Try again later."
_FULL = "The disk of the database is full. Nothing of this step was written; make room and run again."


def translated(error: BaseException) -> SerialbackError | None:
    """Put a driver's error in an operator's words; None for what is a fault of program or rows."""
    if isinstance(error, SerialbackError):
        return error
    orig = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    if isinstance(orig, sqlite3.Error):
        return _translated_sqlite(orig)
    if type(orig).__module__.startswith("psycopg"):
        return _translated_postgresql(orig)
    return None


def _translated_sqlite(error: sqlite3.Error) -> SerialbackError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError(_BUSY)
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOTADB):
        return DatabaseUnavailableError(f"The database file cannot be used: {error}.")
    if code == sqlite3.SQLITE_FULL:
        return SerialbackError(_FULL)
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT):
        return SerialbackError(f"The database file could not be read or written: {error}. Look at the disk.")
    return None


def _translated_postgresql(error: BaseException | None) -> SerialbackError | None:
    state = sql_state(error)
    if state == _LOCK_STATE:
        return BusyError(_BUSY)
    if state in _FULL_STATES:
        return SerialbackError(_FULL)
    if state == _TOO_LONG_STATE:
        return DatabaseUnavailableError("The database took longer than statement_timeout allows. Try again later.")
    if state == _NO_RIGHT_STATE:
        return DatabaseUnavailableError(f"The database role may not do this: {first_line(error)}.")
    if state in _REFUSED_STATES or _connection_lost(error):
        return DatabaseUnavailableError(f"The database cannot be reached: {first_line(error)}.")
    return None


def transient(error: BaseException | None) -> bool:
    """Tell whether the same transaction may succeed when tried again: a lock, a race, a lost connection."""
    while error is not None:
        orig = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        if isinstance(orig, sqlite3.Error):
            return (getattr(orig, "sqlite_errorcode", 0) & 0xFF) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        if type(orig).__module__.startswith("psycopg"):
            return sql_state(orig) in _RACE_STATES | {_LOCK_STATE} or _connection_lost(orig)
        error = error.__cause__
    return False


def _connection_lost(error: BaseException | None) -> bool:
    state = sql_state(error)
    if state is not None:
        return state in _LOST_STATES or state.startswith(_LOST_CLASS)
    # What the client library says of its own carries no state: no host, no answer, closed in mid-sentence.
    return type(error).__name__ == "OperationalError"


def sql_state(error: BaseException | None) -> str | None:
    """Read PostgreSQL's five-letter state from a driver's error."""
    state = getattr(error, "sqlstate", None)
    return state if isinstance(state, str) else None


def first_line(error: BaseException | None) -> str:
    """Keep what an error says before its DETAIL, which quotes rows."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else "no reason given"
