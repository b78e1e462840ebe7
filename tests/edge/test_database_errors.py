"""Show that a database that cannot be used is told apart from a fault of program or rows."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from batch.edge.database import read_only, transaction
from batch.edge.database_errors import transient, translated
from batch.errors import BusyError, DatabaseUnavailableError, SerialbackError
from tests.databases import Database, opened


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("reason")
    error.sqlite_errorcode = code
    return error


def wrapped(error: Exception) -> sa.exc.DBAPIError:
    return sa.exc.DBAPIError("SELECT 1", None, error)


@pytest.mark.parametrize(
    ("error", "kind", "again"),
    [
        pytest.param(sqlite_error(sqlite3.SQLITE_BUSY), BusyError, True, id="locked"),
        pytest.param(sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT), BusyError, True, id="locked in a snapshot"),
        pytest.param(sqlite_error(sqlite3.SQLITE_CANTOPEN), DatabaseUnavailableError, False, id="no file"),
        pytest.param(sqlite_error(sqlite3.SQLITE_READONLY), DatabaseUnavailableError, False, id="read only"),
        pytest.param(sqlite_error(sqlite3.SQLITE_NOTADB), DatabaseUnavailableError, False, id="no database"),
        pytest.param(sqlite_error(sqlite3.SQLITE_FULL), SerialbackError, False, id="disk full"),
        pytest.param(sqlite_error(sqlite3.SQLITE_IOERR_WRITE), SerialbackError, False, id="disk broken"),
        pytest.param(sqlite_error(sqlite3.SQLITE_CONSTRAINT), None, False, id="constraint"),
        pytest.param(sqlite_error(sqlite3.SQLITE_ERROR), None, False, id="bad SQL"),
        pytest.param(psycopg.OperationalError("no answer"), DatabaseUnavailableError, True, id="no server"),
        pytest.param(psycopg.errors.AdminShutdown(), DatabaseUnavailableError, True, id="shut down"),
        pytest.param(psycopg.errors.ConnectionFailure(), DatabaseUnavailableError, True, id="connection failed"),
        pytest.param(psycopg.errors.TooManyConnections(), DatabaseUnavailableError, True, id="too many"),
        pytest.param(psycopg.errors.InvalidPassword(), DatabaseUnavailableError, False, id="password"),
        pytest.param(psycopg.errors.LockNotAvailable(), BusyError, True, id="lock time-out"),
        pytest.param(psycopg.errors.QueryCanceled(), DatabaseUnavailableError, False, id="statement time-out"),
        pytest.param(psycopg.errors.DiskFull(), SerialbackError, False, id="server's disk full"),
        pytest.param(psycopg.errors.InsufficientPrivilege(), DatabaseUnavailableError, False, id="no right"),
        pytest.param(psycopg.errors.DeadlockDetected(), None, True, id="deadlock"),
        pytest.param(psycopg.errors.SerializationFailure(), None, True, id="serialization"),
        pytest.param(psycopg.errors.UniqueViolation(), None, False, id="duplicate"),
        pytest.param(ValueError("not ours"), None, False, id="something else"),
    ],
)
def test_each_error_has_its_kind(error: Exception, kind: type[SerialbackError] | None, again: bool) -> None:
    for raised in (error, wrapped(error)):
        known = translated(raised)
        assert (None if known is None else type(known)) is kind
        assert transient(raised) is again


def test_an_error_in_plain_words_still_tells_whether_to_try_again() -> None:
    told = BusyError("locked")
    told.__cause__ = wrapped(sqlite_error(sqlite3.SQLITE_BUSY))
    assert transient(told)
    assert not transient(BusyError("held by a run"))
    assert translated(told) is told


def test_rows_quoted_by_the_server_are_left_out() -> None:
    known = translated(psycopg.errors.InsufficientPrivilege("no right.\nDETAIL:  Key (serial_no)=(A1)"))
    assert str(known) == "The database role may not do this: no right."


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        pytest.param("postgresql://u:secret@127.0.0.1:1/d", "cannot be reached", id="no server"),
        pytest.param("postgresql://u:secret@no-such-host.invalid/d", "cannot be reached", id="no host"),
    ],
)
def test_a_server_that_is_not_there_is_named_without_its_password(url: str, complaint: str) -> None:
    with opened(url) as database, pytest.raises(DatabaseUnavailableError, match=complaint) as raised:
        look(database)
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


def look(database: Database) -> None:
    with read_only(database.engine) as connection:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/none/x.db") as database, pytest.raises(DatabaseUnavailableError, match="none/x"):
        look(database)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("a letter, not a database" * 100)
    with (
        opened(f"sqlite:///{tmp_path}/x.db") as database,
        pytest.raises(DatabaseUnavailableError, match="not a database"),
    ):
        look(database)


def test_a_full_disk_stops_with_nothing_written(sqlite_database: Database) -> None:
    def fill() -> None:
        with transaction(sqlite_database.engine) as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")
            for number in range(5000):
                connection.exec_driver_sql(
                    "INSERT INTO customer (customer_code, currency) VALUES (?, 'EUR')", (f"C{number}" * 20,)
                )

    with pytest.raises(SerialbackError, match="full") as raised:
        fill()
    assert raised.value.exit_status == 1
    with read_only(sqlite_database.engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM customer").scalar_one() == 0
