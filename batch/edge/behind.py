"""Send rows to the database from a second thread, while this one makes the next ones.

Whoever asks anything else of the connection, or ends its transaction, waits first until all is sent; so the two never
use it at once, and what could not be sent fails the transaction that wanted it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Generic, TypeVar

import sqlalchemy as sa

T = TypeVar("T")

_BEHIND = "serialback_behind"
# How long one thread computes before it lets the other have a statement sent; Python's own is ten times this.
_TURN_SECONDS = 0.0005
# So many pieces of work may wait for the sender, that which it is at included.
_WAITING = 4


@dataclasses.dataclass(slots=True)
class _Behind:
    """The thread that sends, and what it was given since somebody last waited, in its order."""

    sender: ThreadPoolExecutor
    sending: list[Future[None]] = dataclasses.field(default_factory=list)
    thread: int | None = None
    is_whole: bool = True

    def send(self, work: Callable[[], object]) -> None:
        def sent() -> None:
            self.thread = threading.get_ident()
            # What was sent before it is missing: nothing of this transaction will stand.
            if not self.is_whole:
                return
            self.is_whole = False
            work()
            self.is_whole = True

        # What waits to be sent is in memory.
        wait(self.sending[-_WAITING : 1 - _WAITING])
        self.sending.append(self.sender.submit(sent))

    def wait(self) -> None:
        if threading.get_ident() == self.thread:
            return
        sending, self.sending = self.sending, []
        wait(sending)
        for sent in sending:
            sent.result()


@contextlib.contextmanager
def sending_behind(connection: sa.Connection) -> Iterator[None]:
    """Have what `send` is given for this connection sent by another thread; all of it is, at the end."""
    with short_turns(), ThreadPoolExecutor(1, "serialback-sender") as sender:
        connection.info[_BEHIND] = behind = _Behind(sender)
        try:
            yield
            behind.wait()
        finally:
            connection.info.pop(_BEHIND)


def send(connection: sa.Connection, work: Callable[[], object]) -> None:
    """Do a piece of work on a connection: behind, where that was asked for, else at once."""
    behind: _Behind | None = connection.info.get(_BEHIND)
    if behind is None:
        work()
    else:
        behind.send(work)


def wait_for_what_is_sent(connection: sa.Connection) -> None:
    """Wait, before a connection is used, until nobody else does; raises what the other has failed with."""
    behind: _Behind | None = connection.info.get(_BEHIND)
    if behind is not None:
        behind.wait()


@contextlib.contextmanager
def short_turns() -> Iterator[None]:
    """Let threads take shorter turns: most of their time they wait for the database, and want to go on at once."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(before, _TURN_SECONDS))
    try:
        yield
    finally:
        sys.setswitchinterval(before)


class OneAhead(Generic[T]):
    """Things that are made one ahead, at the moment when there is time for it."""

    def __init__(self, things: Iterable[T]) -> None:
        """Make nothing yet."""
        self._things = iter(things)
        self._made: list[T] = []

    def look_ahead(self) -> None:
        """Make the next one, if there is one and it is not made yet."""
        if not self._made:
            self._made.extend(itertools.islice(self._things, 1))

    def __iter__(self) -> Iterator[T]:
        """Give all of them in their order."""
        self.look_ahead()
        while self._made:
            yield self._made.pop()
            self.look_ahead()
