"""Be a worker of a cluster: settle the one chunk that a run asks for, in the database that this machine is set to.

An order comes by reference, as plain JSON values: which run, its terms, document ids, the versions it works with. No
row and no password is in it. What this machine is not fit for, and a run that is over, is refused before any writing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import os
import platform
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

from batch import __version__
from batch.errors import DatabaseUnavailableError, SerialbackError, SettingsError, one_line

if TYPE_CHECKING:
    import sqlalchemy as sa

# The scheduler takes in this module too and needs no database: what is slow is imported by whoever settles.

Order = Mapping[str, Any]

# Above what the workers of one machine are numbered by; the column holds 63 bits.
_FIRST_OWNER: Final = 2**16
_OWNERS: Final = 2**62

# A chunk at a time in one process: two threads would wait for each other, and each take the memory of one.
_at_work = threading.Lock()


def settle_order(order: Order) -> dict[str, Any]:
    """Settle the chunk of an order; tell what spoke against it, if anything did, and who is telling."""
    from distributed import get_worker

    worker = get_worker()
    with _at_work:
        told = _told(lambda: settle_as(order, owner(), _kept_open))
    return {**told, "worker": _label(worker)}


def examine(order: Order, dask_worker: Any) -> dict[str, Any]:
    """Tell what speaks against this worker's settling for a run, before there is a chunk."""

    def stand_by() -> None:
        with standing_by(order, _open):
            pass

    return {**_told(stand_by), "worker": _label(dask_worker)}


def settle_as(order: Order, number_owner: int, opened: Callable[[str], sa.Engine]) -> None:
    """Settle the chunk of an order, drawing from number blocks as `number_owner`, whom there must be only one of."""
    from batch.edge.session import Session
    from batch.runner_chunks import ChunkSettler
    from batch.runner_worker import terms_from

    with standing_by(order, opened) as engine, Session(engine, dry_run=False) as session:
        ChunkSettler(
            session,
            terms_from(order["terms"]),
            order["run_id"],
            lambda: dt.datetime.now(dt.UTC),
            worker=number_owner,
            block_size=order["block_size"],
        ).settle(order["documents"])


@contextlib.contextmanager
def standing_by(order: Order, opened: Callable[[str], sa.Engine]) -> Iterator[sa.Engine]:
    """Give our own database, if we are fit for the run and it is on in there; raise what should be done if not."""
    from batch.edge.database import check_schema, read_only
    from batch.edge.ledger import begun_at
    from batch.edge.lock import is_held

    differs = difference(facts(), order["versions"])
    if differs:
        raise SettingsError(differs)
    engine = opened(_database_url())
    try:
        check_schema(engine)
        with read_only(engine) as connection:
            begun, running = begun_at(connection, order["run_id"])
            held = is_held(connection)
        if begun != order["begun_at"]:
            raise SettingsError("It is set to another database than the run's. Set both to the same one.")
        if not running or not held:
            raise DatabaseUnavailableError(f"Run {order['run_id']} is over, and nothing more is settled for it.")
        yield engine
    finally:
        # Between chunks nothing stays connected: nobody tells us when the run is over.
        engine.dispose()


def facts() -> dict[str, str]:
    """Give the versions that must be the same on all machines.

    Python's is one of them: its tables of letters decide which serials are equal.
    """
    return {
        "Serialback": __version__,
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "distributed": metadata.version("distributed"),
    }


def difference(found: Mapping[str, str], wanted: Mapping[str, str]) -> str | None:
    """Say what is another version than wanted, and what to do; None where all are the same."""
    for name, version in wanted.items():
        if found.get(name) != version:
            had = found.get(name, "missing")
            return f"Its {name} is {had}, and the run's is {version}. Install the same on all machines."
    return None


def owner() -> int:
    """Give the number under which this very process draws from number blocks, on whatever machine."""
    return _owner_of(os.getpid())


@functools.lru_cache(maxsize=1)
def _owner_of(pid: int) -> int:
    del pid  # A forked child must not draw as its parent does.
    return _FIRST_OWNER + secrets.randbelow(_OWNERS)


def _open(url: str) -> sa.Engine:
    from batch.edge.database import open_database

    return open_database(url)


# From chunk to chunk for the statements it has compiled; connections are not kept.
_kept_open = functools.lru_cache(maxsize=1)(_open)


def _database_url() -> str:
    from batch.config import DEFAULT_ORIGIN, load_settings
    from batch.log import configure_log

    settings = load_settings()
    configure_log(settings.log_level)
    remedy = "Set SERIALBACK_DATABASE_URL in its environment, or `database` in the serialback.toml of its folder"
    if settings.origin("database") == DEFAULT_ORIGIN:
        raise SettingsError(f"It has no database setting. {remedy}.")
    if settings.database.startswith("sqlite"):
        raise SettingsError(f"It is set to an SQLite file, and the run's database is PostgreSQL. {remedy}.")
    return settings.database


def _told(work: Callable[[], object]) -> dict[str, Any]:
    try:
        work()
    except SerialbackError as error:
        return {"error": one_line(str(error)), "exit_status": error.exit_status}
    return {"done": True}


def _label(worker: Any) -> str:
    """Name a worker by its address, and by the name it was given, if any."""
    name, address = str(worker.name), str(worker.address)
    return address if name == address else f"{name} ({address})"
