"""Show that a transaction is one, that settings reach the database, and that errors come in plain words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from batch.edge.database import (
    SCHEMA_HEAD,
    check_schema,
    create_or_upgrade,
    masked_url,
    open_database,
    read_only,
    schema_version,
    transaction,
)
from batch.edge.schema import CUSTOMER
from batch.errors import BusyError, DatabaseUnavailableError, SchemaMismatchError, SettingsError
from tests.databases import Database, PostgresqlServer, opened

COUNT = sa.select(sa.func.count()).select_from(CUSTOMER)


def add(connection: sa.Connection, code: str) -> None:
    connection.execute(sa.insert(CUSTOMER).values(customer_code=code, currency="EUR"))


def count(database: Database) -> int:
    with read_only(database.engine) as connection:
        return connection.execute(COUNT).scalar_one()


def test_a_transaction_is_kept_whole(database: Database) -> None:
    with transaction(database.engine) as connection:
        add(connection, "C1")
        add(connection, "C2")
    assert count(database) == 2


@pytest.mark.parametrize("statement", ["SELECT 1", "CREATE TABLE extra (a INTEGER)"])
def test_an_error_undoes_everything_since_the_beginning(database: Database, statement: str) -> None:
    def fail() -> None:
        with transaction(database.engine) as connection:
            connection.exec_driver_sql(statement)
            add(connection, "C1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert count(database) == 0
    assert "extra" not in sa.inspect(database.engine).get_table_names()


def test_a_reader_sees_one_state_and_waits_for_nobody(database: Database) -> None:
    with read_only(database.engine) as reader:
        assert reader.execute(COUNT).scalar_one() == 0
        with transaction(database.engine) as writer:
            add(writer, "C1")
        assert reader.execute(COUNT).scalar_one() == 0
    assert count(database) == 1


def test_what_a_reader_writes_is_thrown_away(database: Database) -> None:
    with read_only(database.engine) as reader:
        add(reader, "C1")
    assert count(database) == 0


def test_a_sqlite_writer_takes_the_lock_before_it_reads(sqlite_database: Database) -> None:
    def second(database: Database) -> None:
        with transaction(database.engine):
            pass

    with transaction(sqlite_database.engine), opened(f"{sqlite_database.url}?timeout=0.1") as other:
        with pytest.raises(BusyError, match="Try again later"):
            second(other)
        assert count(other) == 0


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 30_000),
        ("temp_store", 2),
    ],
)
def test_sqlite_is_set_to_lose_nothing(sqlite_database: Database, setting: str, value: str | int) -> None:
    with read_only(sqlite_database.engine) as connection:
        assert connection.exec_driver_sql(f"PRAGMA {setting}").scalar_one() == value


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("application_name", "serialback"),
        ("TimeZone", "UTC"),
        ("lock_timeout", "30s"),
        ("statement_timeout", "30min"),
        ("idle_in_transaction_session_timeout", "10min"),
        ("client_encoding", "UTF8"),
        ("jit", "off"),
    ],
)
def test_postgresql_never_waits_for_ever(postgresql_database: Database, setting: str, value: str) -> None:
    with read_only(postgresql_database.engine) as connection:
        assert connection.exec_driver_sql(f"SHOW {setting}").scalar_one() == value


def test_a_machine_that_is_gone_holds_nothing_for_long(postgresql_database: Database) -> None:
    # As the server was asked to: what it shows is what it does, and a local socket has no other end to lose.
    asked = "SELECT name, reset_val FROM pg_settings WHERE starts_with(name, 'tcp_')"
    with read_only(postgresql_database.engine) as connection:
        found = dict(tuple(row) for row in connection.exec_driver_sql(asked))
    assert found == {
        "tcp_keepalives_idle": "30",
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "3",
        "tcp_user_timeout": "60000",
    }


def test_what_the_site_says_wins(postgresql_database: Database) -> None:
    given = sa.make_url(postgresql_database.url)
    options = {"options": "-c lock_timeout=7s", "application_name": "night"}
    url = given.update_query_dict(options).render_as_string(hide_password=False)
    with opened(url) as database, read_only(database.engine) as connection:
        asked = "SELECT current_setting('lock_timeout'), current_setting('application_name')"
        assert tuple(connection.exec_driver_sql(asked).one()) == ("7s", "night")


def test_the_sqlite_file_is_not_for_everybody(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with opened(f"sqlite:///{tmp_path}/new.db") as database:
            create_or_upgrade(database.engine)
            with transaction(database.engine) as connection:
                add(connection, "C1")
                modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == {"new.db": 0o640, "new.db-wal": 0o640, "new.db-shm": 0o640}


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        pytest.param("nonsense", "cannot be read", id="no URL"),
        pytest.param("://user:secret@host/x", "cannot be read", id="no dialect"),
        pytest.param("mysql://user:secret@host/x", "names mysql", id="another database"),
        pytest.param("postgresql+psycopg2://user:secret@host/x", "names postgresql", id="another driver"),
        pytest.param("sqlite://", "plain file", id="no file"),
        pytest.param("sqlite:///:memory:", "plain file", id="memory"),
        pytest.param("sqlite:///file:x.db?uri=true", "plain file", id="file URI"),
    ],
)
def test_a_url_that_cannot_be_meant_is_refused(url: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint) as refused:
        open_database(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///serialback.db", "sqlite:///serialback.db"),
        ("postgresql://u:secret@h/d", "postgresql://u:***@h/d"),
        ("postgresql+psycopg://u:secret@h/d", "postgresql://u:***@h/d"),
        ("postgresql://u@h/d?password=secret&sslmode=require", "postgresql://u@h/d?password=***&sslmode=require"),
        ("u:secret@h/d", "***"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    assert masked_url(url) == shown


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_may_be_written_in_three_ways(scheme: str) -> None:
    assert open_database(f"{scheme}://u@h/d").url.drivername == "postgresql+psycopg"


def test_a_schema_is_created_once(database: Database) -> None:
    check_schema(database.engine)
    assert create_or_upgrade(database.engine) == (SCHEMA_HEAD, SCHEMA_HEAD)


def test_a_missing_sqlite_file_is_not_made_by_looking(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/none.db") as database:
        with pytest.raises(DatabaseUnavailableError, match="run `serialback init`"):
            check_schema(database.engine)
        assert list(tmp_path.iterdir()) == []
        assert create_or_upgrade(database.engine) == (None, SCHEMA_HEAD)
        check_schema(database.engine)


def test_an_empty_postgresql_database_is_told_to_init(postgresql: PostgresqlServer) -> None:
    with postgresql.empty() as url, opened(url) as database:
        with pytest.raises(SchemaMismatchError, match="no Serialback schema"):
            check_schema(database.engine)
        assert create_or_upgrade(database.engine) == (None, SCHEMA_HEAD)


@pytest.mark.parametrize(
    ("version", "complaint"),
    [
        pytest.param("0000", "older", id="older"),
        pytest.param("9999", "newer", id="newer"),
    ],
)
def test_another_version_is_refused(database: Database, version: str, complaint: str) -> None:
    with transaction(database.engine) as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    with pytest.raises(SchemaMismatchError, match=complaint):
        check_schema(database.engine)


def test_a_newer_schema_is_left_alone_by_init(database: Database) -> None:
    with transaction(database.engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatchError, match="newer"):
        create_or_upgrade(database.engine)
    assert schema_version(database.engine) == "9999"


def test_the_head_is_the_last_migration() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "batch/edge/migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA_HEAD]


def test_looking_at_the_schema_does_not_import_alembic() -> None:
    seen = "import sys, batch.edge.database; print('alembic' in sys.modules, 'pandas' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["False", "False"]
