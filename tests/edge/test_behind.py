"""Show that rows sent from a second thread arrive in their order, and that what fails there fails here."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from batch.edge.behind import send, sending_behind
from batch.edge.bulk import insert_rows, send_rows
from batch.edge.database import transaction
from batch.edge.schema import CUSTOMER
from tests.databases import Database

COLUMNS = ("customer_code", "name", "currency")


def slow(count: int, started: threading.Event) -> Iterator[tuple[str, str, str]]:
    """Make rows that take their time."""
    started.set()
    for number in range(count):
        time.sleep(0.01)
        yield f"C{number}", threading.current_thread().name, "EUR"


def test_rows_are_sent_by_another_thread_and_are_there_when_asked_for(database: Database) -> None:
    started = threading.Event()
    with transaction(database.engine) as connection, sending_behind(connection):
        send_rows(connection, CUSTOMER, COLUMNS, slow(20, started))
        assert started.wait(timeout=30)
        # Told apart from the thread that waits for them; none is missing, whoever asks next.
        assert connection.execute(sa.select(sa.func.count()).select_from(CUSTOMER)).scalar_one() == 20
        send_rows(connection, CUSTOMER, COLUMNS, [("D1", "one", "EUR")])
        assert insert_rows(connection, CUSTOMER, COLUMNS, [("D2", "two", "EUR")]) == 1
    with transaction(database.engine) as connection:
        names = set(connection.execute(sa.select(CUSTOMER.c.name)).scalars())
    assert names == {"serialback-sender_0", "one", "two"}


def test_without_a_thread_of_their_own_rows_are_sent_at_once(database: Database) -> None:
    with transaction(database.engine) as connection:
        send_rows(connection, CUSTOMER, COLUMNS, slow(1, threading.Event()))
        assert connection.execute(sa.select(CUSTOMER.c.name)).scalars().all() == ["MainThread"]


@pytest.mark.parametrize("asked_again", [True, False])
def test_what_cannot_be_sent_fails_the_transaction(database: Database, *, asked_again: bool) -> None:
    def send_twice() -> None:
        with transaction(database.engine) as connection, sending_behind(connection):
            send_rows(connection, CUSTOMER, COLUMNS, [("C0", "before", "EUR")])
            send_rows(connection, CUSTOMER, COLUMNS, [("C1", "one", "EUR"), ("C1", "again", "EUR")])
            if asked_again:
                connection.execute(sa.select(CUSTOMER))

    with pytest.raises(sa.exc.IntegrityError):
        send_twice()
    with transaction(database.engine) as connection:
        assert connection.execute(sa.select(CUSTOMER)).all() == []


def test_who_fails_here_is_told_before_who_fails_there(database: Database) -> None:
    here = threading.Event()

    def fail_there() -> None:
        here.wait(timeout=30)
        raise ZeroDivisionError

    def fail_here() -> None:
        with transaction(database.engine) as connection, sending_behind(connection):
            send(connection, fail_there)
            here.set()
            raise LookupError

    with pytest.raises(LookupError):
        fail_here()


def test_threads_take_the_turns_they_took_before(database: Database) -> None:
    before = sys.getswitchinterval()
    with transaction(database.engine) as connection, sending_behind(connection):
        assert sys.getswitchinterval() < before
    assert sys.getswitchinterval() == before
