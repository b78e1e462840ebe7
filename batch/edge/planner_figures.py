"""Have PostgreSQL count again the tables that a run has multiplied, so that it plans for what is there.

Its own housekeeping does so too, but a minute later: until then a table that was empty is taken for a small one, read
whole for every chunk, and a backfill grows slower with every line.
"""

from __future__ import annotations

import contextlib
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

import sqlalchemy as sa

from batch.edge.database import interrupt
from batch.edge.schema import (
    CREDIT_MEMO,
    CREDIT_MEMO_LINE,
    DOCUMENT,
    DOCUMENT_LINE,
    EXCEPTION,
    LINE_UNIT,
    SERIAL,
    SERIAL_HISTORY,
)
from batch.edge.session import Session
from batch.errors import SerialbackError

_TABLES = (DOCUMENT, DOCUMENT_LINE, LINE_UNIT, SERIAL, SERIAL_HISTORY, CREDIT_MEMO, CREDIT_MEMO_LINE, EXCEPTION)
# Grown by a quarter, and by more than a handful of pages, since they were counted last.
_GROWN = sa.text(
    "SELECT relname FROM pg_class WHERE oid = ANY(CAST(:names AS regclass[])) "
    "AND pg_relation_size(oid) / current_setting('block_size')::bigint > relpages * 1.25 + 100 ORDER BY relname"
)


class PlannerFigures:
    """When to count: after what was landed, and whenever the lines settled have doubled."""

    def __init__(self, session: Session, first: int = 5_000) -> None:
        """Count nothing yet; `first` is how many lines are settled before the first look."""
        self._session = session
        self._settled = 0
        self._next = first
        self._counter = ThreadPoolExecutor(1, "serialback-counter")
        self._counting: Future[list[str]] | None = None
        self._connection: sa.Connection | None = None

    def __enter__(self) -> Self:
        """Give it as it is."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait for what is being counted, or have it left where nobody wants it any more."""
        if kind is not None and (connection := self._connection) is not None:
            # It may just have ended by itself, and its connection been given back.
            with contextlib.suppress(sa.exc.SQLAlchemyError, AttributeError, connection.dialect.loaded_dbapi.Error):
                interrupt(connection)
        self._counter.shutdown()
        if kind is None:
            self.wait()

    def wait(self) -> None:
        """Wait for what is being counted; raises what the program fails with at it."""
        if self._counting is not None:
            self._counting.result()

    def settled(self, lines: int) -> None:
        """Note lines that were settled, and look when they have doubled: beside what goes on, where that can be."""
        self._settled += lines
        if self._settled < self._next:
            return
        self._next = 2 * self._settled
        if self._session.dry_run:
            self.refresh()
        elif self._counting is None or self._counting.done():
            self._counting = self._counter.submit(self.refresh)

    def refresh(self) -> list[str]:
        """Count the tables that have grown; their names. On SQLite nothing is to be done: it plans without counting."""
        if self._session.engine.dialect.name != "postgresql":
            return []
        grown: list[str] = []
        # A help and no more: whoever may not count, or finds somebody else counting, goes on without.
        with contextlib.suppress(sa.exc.DBAPIError, SerialbackError), self._session.transaction() as connection:
            grown = list(connection.execute(_GROWN, {"names": [table.name for table in _TABLES]}).scalars())
            if grown and not self._session.dry_run:
                # Until this transaction ends; a rehearsal's is the whole run.
                connection.exec_driver_sql("SET LOCAL lock_timeout = '200ms'")
            if grown:
                self._connection = connection
                try:
                    connection.exec_driver_sql(f"ANALYZE {', '.join(grown)}")
                finally:
                    self._connection = None
        return grown
