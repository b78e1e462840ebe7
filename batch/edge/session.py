"""Give a run its transactions: real ones, or in a rehearsal steps of one that is thrown away at the end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from batch.edge.database import transaction


class SpoiledRehearsalError(Exception):
    """Say that a step of a rehearsal failed which cannot be undone alone: rehearse again, carefully."""


class Session:
    """The transactions of one run."""

    def __init__(self, engine: sa.Engine, *, dry_run: bool, careful: bool = True) -> None:
        """Open nothing yet; unless `careful`, a large step of a rehearsal cannot be undone alone."""
        self.engine = engine
        self.dry_run = dry_run
        self._careful = careful
        self._rehearsal = contextlib.ExitStack()
        self._held: sa.Connection | None = None

    @property
    def keeps_what_failed(self) -> bool:
        """Whether a large step that fails leaves what it has written: a rehearsal that is not careful."""
        return self.dry_run and not self._careful

    def __enter__(self) -> Self:
        """Begin the one transaction of a rehearsal."""
        if self.dry_run:
            self._held = self._rehearsal.enter_context(_thrown_away(self.engine))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Throw a rehearsal away."""
        self._held = None
        self._rehearsal.__exit__(kind, error, traceback)

    @contextlib.contextmanager
    def transaction(self, *, large: bool = False) -> Iterator[sa.Connection]:
        """Give one transaction, committed at the end and rolled back on any error, but see `keeps_what_failed`."""
        if self._held is None:
            with transaction(self.engine) as connection:
                yield connection
        elif large and self.keeps_what_failed:
            # To undo a step SQLite keeps every page as it was before it, and PostgreSQL who wrote each row in which
            # step: the one takes longer than the step, the other makes every later one slower.
            yield self._held
        else:
            with self._held.begin_nested():
                yield self._held


class _ThrownAwayError(Exception):
    """Undo a rehearsal."""


@contextlib.contextmanager
def _thrown_away(engine: sa.Engine) -> Iterator[sa.Connection]:
    with contextlib.suppress(_ThrownAwayError), transaction(engine) as connection:
        yield connection
        raise _ThrownAwayError
