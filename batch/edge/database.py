"""Open the database so that a transaction is one, and say in plain words when it cannot be used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from batch.edge.behind import wait_for_what_is_sent
from batch.edge.database_errors import translated
from batch.edge.network_files import network_file_system
from batch.errors import DatabaseUnavailableError, SchemaMismatchError, SettingsError

SCHEMA_HEAD = "0003"

SQLITE_WAIT_SECONDS = 30
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    # 64 MB: keys of a large register are spread over its whole index.
    "PRAGMA cache_size=-65536",
    # About 64 MB of log before it is copied back, so that not every chunk pays for a checkpoint.
    "PRAGMA wal_autocheckpoint=16000",
    # What a statement with triggers keeps to undo itself: on disk it doubles the cost of an insert.
    "PRAGMA temp_store=MEMORY",
)

POSTGRESQL_SETTINGS = {
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "10min",
    "statement_timeout": "30min",
    # A machine that is gone without a word, its plug pulled, holds nothing for longer than a minute: by the server's
    # own settings it would keep its locks, and every later run out, for two hours.
    "tcp_keepalives_idle": "30s",
    "tcp_keepalives_interval": "10s",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "60s",
    "timezone": "UTC",
    # Our statements are few and short; compiling them costs more than it gains.
    "jit": "off",
}
POSTGRESQL_CONNECT = {
    "application_name": "serialback",
    "client_encoding": "utf8",
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    # In milliseconds: of what was sent and never answered for.
    "tcp_user_timeout": 60_000,
    # Temporary tables come and go: a plan kept for one would be a plan for another's rows.
    "prepare_threshold": None,
}

_SECONDS_TO_CANCEL = 5.0
_SECRET_QUERY_KEYS = frozenset({"password", "sslpassword"})
_READS_ONLY = "serialback_reads_only"


def open_database(url: str) -> sa.Engine:
    """Make the engine for a database URL; nothing is connected or created yet."""
    parsed = _parsed(url)
    engine = _open_sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _open_postgresql(parsed)

    @sa.event.listens_for(engine, "before_cursor_execute")
    def wait(connection: sa.Connection, *_: Any) -> None:
        wait_for_what_is_sent(connection)

    return engine


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError:
        # The text is not shown: it may hold a password.
        message = "The database URL cannot be read. Write sqlite:///FILE or postgresql://USER@HOST/NAME."
        raise SettingsError(message) from None
    if parsed.drivername in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        return parsed
    message = f"The database URL names {parsed.drivername}. Only sqlite:/// and postgresql:// are understood."
    raise SettingsError(message)


def _open_sqlite(url: URL) -> sa.Engine:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        message = "SQLite needs a plain file, so that runs can find and lock it. Write sqlite:///FILE."
        raise SettingsError(message)
    file = Path(url.database).expanduser().resolve()
    kind = network_file_system(file)
    if kind is not None:
        message = (
            f"{file} is on a network file system ({kind}), where SQLite cannot lock safely. "
            "Move it to a local disk, or use PostgreSQL."
        )
        raise SettingsError(message)
    waits = {} if "timeout" in url.query else {"timeout": SQLITE_WAIT_SECONDS}
    engine = sa.create_engine(
        url.set(database=str(file)),
        connect_args={"isolation_level": None, **waits},
        pool_size=2,
        hide_parameters=True,
        json_serializer=json_text,
        json_deserializer=orjson.loads,
    )

    @sa.event.listens_for(engine, "do_connect")
    def create_file(_dialect: Any, _record: Any, _args: Any, _parameters: Any) -> None:
        _create_file(file)

    @sa.event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # Taken at once: a read that turns into a write in mid-transaction can fail without waiting.
        reads = connection.get_execution_options().get(_READS_ONLY, False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _create_file(file: Path) -> None:
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640))
    except OSError as error:
        message = f"The database file {file} cannot be opened: {error.strerror}."
        raise DatabaseUnavailableError(message) from error


def _open_postgresql(url: URL) -> sa.Engine:
    ours = " ".join(f"-c {name}={value}" for name, value in POSTGRESQL_SETTINGS.items())
    theirs = url.query.get("options", "")
    connect = {name: value for name, value in POSTGRESQL_CONNECT.items() if name not in url.query}
    return sa.create_engine(
        url,
        # What the site says comes last and wins.
        connect_args={**connect, "options": f"{ours} {theirs if isinstance(theirs, str) else ' '.join(theirs)}"},
        # A run writes two chunks, reads a third and has the tables counted.
        pool_size=4,
        max_overflow=2,
        pool_pre_ping=True,
        hide_parameters=True,
        json_serializer=json_text,
        json_deserializer=orjson.loads,
    )


def json_text(value: object) -> str:
    """Write a JSON value as the database keeps it."""
    return orjson.dumps(value).decode()


def masked_url(url: str) -> str:
    """Show a database URL without its passwords."""
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError:
        return "***"
    hidden = {key: "***" for key in parsed.query if key.lower() in _SECRET_QUERY_KEYS}
    # The driver is our choice, and nothing that anybody has typed.
    parsed = parsed.set(drivername=parsed.get_backend_name())
    return parsed.update_query_dict(hidden).render_as_string(hide_password=True).replace("%2A%2A%2A", "***")


def database_file(engine: sa.Engine) -> Path | None:
    """Name the file of a SQLite database; None for PostgreSQL."""
    return Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None


@contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give one write transaction: committed at the end, rolled back on any error."""
    with _in_plain_words(), engine.begin() as connection:
        yield connection


@contextmanager
def read_only(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give one unchanging view of the database, without SQLite's write lock; what is written there is thrown away."""
    options: dict[str, Any] = {_READS_ONLY: True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with _in_plain_words(), engine.connect().execution_options(**options) as connection:
        yield connection


def interrupt(connection: sa.Connection) -> None:
    """End the statement that another thread has under way on a connection, if one is; it fails there."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        driver.interrupt()
    else:
        driver.cancel_safe(timeout=_SECONDS_TO_CANCEL)


def written_by_others(connection: sa.Connection) -> object:
    """Give a mark that is another one once anybody else has written to a SQLite database since it was given."""
    version = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
    # It counts what others have written as one connection sees it: of another it says nothing.
    return id(connection.connection.dbapi_connection), version


@contextmanager
def _in_plain_words() -> Iterator[None]:
    try:
        yield
    except sa.exc.DBAPIError as error:
        known = translated(error)
        if known is None:
            raise
        raise known from error


def check_schema(engine: sa.Engine) -> None:
    """Refuse a database that is not there, or whose schema is missing, older or newer than this code."""
    file = database_file(engine)
    if file is not None and not file.exists():
        raise DatabaseUnavailableError(f"There is no database {file}: check the name, or run `serialback init`.")
    version = schema_version(engine)
    if version == SCHEMA_HEAD:
        return
    name = masked_url(engine.url.render_as_string(hide_password=True))
    if version is None:
        message = f"There is no Serialback schema in {name}: run `serialback init`."
    elif version < SCHEMA_HEAD:
        message = (
            f"The schema of {name} is older ({version}) than this program's ({SCHEMA_HEAD}): run `serialback init`."
        )
    else:
        message = f"The schema of {name} is newer ({version}) than this program's ({SCHEMA_HEAD}): update Serialback."
    raise SchemaMismatchError(message)


def schema_version(engine: sa.Engine) -> str | None:
    """Read which schema the database has; None if it has none."""
    file = database_file(engine)
    if file is not None and not file.exists():
        return None
    with read_only(engine) as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none()
        return None if version is None else str(version)


def create_or_upgrade(engine: sa.Engine) -> tuple[str | None, str]:
    """Bring the schema to SCHEMA_HEAD in one transaction; return the version before and after."""
    # Slow to import, and needed by `serialback init` alone.
    from batch.edge.migrations import upgrade

    before = schema_version(engine)
    if before is not None and before > SCHEMA_HEAD:
        check_schema(engine)
    if before != SCHEMA_HEAD:
        with transaction(engine) as connection:
            upgrade(connection, SCHEMA_HEAD)
    return before, SCHEMA_HEAD
