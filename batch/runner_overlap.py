"""Settle the chunks of a run so that each is decided while the one before it is being written.

Data flow: chunk read → decided, meanwhile the one before is written and committed by a second thread → asked of the
register what of it is taken → it is the one before. What it was read before the other was written must not matter:
`core.ahead` sees to that. Whatever goes wrong, the chunk is settled once more, alone, which is how it is found out why.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import sqlalchemy as sa

from batch.core.ahead import changes_documents, crosses, following
from batch.core.chunk import Chunk
from batch.core.outcome import Outcome
from batch.core.settle import settle
from batch.edge.behind import short_turns
from batch.edge.database import interrupt, read_only, written_by_others
from batch.edge.failpoint import reach
from batch.edge.session import SpoiledRehearsalError
from batch.edge.settlement import clear_of_taken, read_open
from batch.edge.store import write_outcome
from batch.errors import SerialbackError
from batch.log import logger
from batch.runner_chunks import ChunkSettler


class _NotWrittenError(Exception):
    """Undo the transaction of a chunk that is not to be written as it was decided."""


@dataclasses.dataclass(slots=True, eq=False)
class _Step:
    """A chunk on its way."""

    document_ids: Sequence[int]
    lines: int
    transaction: contextlib.ExitStack = dataclasses.field(default_factory=contextlib.ExitStack)
    connection: sa.Connection | None = None
    chunk: Chunk | None = None
    outcome: Outcome | None = None
    # On SQLite, what others had written when the transaction began, and when the one did under which it was read.
    others: object = None
    others_when_read: object = None

    def abandon(self) -> None:
        """Undo what its transaction has done, and forget what was read and decided."""
        # What is lost with its connection is undone as well.
        with contextlib.suppress(SerialbackError, sa.exc.SQLAlchemyError):
            self.transaction.__exit__(_NotWrittenError, _NotWrittenError(), None)
        self.connection = self.chunk = self.outcome = None


@dataclasses.dataclass(frozen=True, slots=True)
class Overlapped:
    """Settle in this very process, deciding a chunk while the one before it is being written."""

    settler: ChunkSettler

    def run(
        self, lanes: Sequence[Sequence[tuple[list[int], int]]], done: Callable[[int], None], check: Callable[[], None]
    ) -> None:
        """Settle lane after lane."""
        session = self.settler.session
        steps = (_Step(document_ids, lines) for document_ids, lines in itertools.chain.from_iterable(lanes))
        with contextlib.ExitStack() as held:
            reader = None
            if session.engine.dialect.name == "sqlite" and not session.dry_run:
                reader = held.enter_context(read_only(session.engine))
            held.enter_context(short_turns())
            writer = held.enter_context(ThreadPoolExecutor(1, "serialback-writer"))
            Overlap(self.settler, writer, reader).run(steps, done, check)


@dataclasses.dataclass(slots=True)
class Overlap:
    """The two threads of one run, and the connection that reads beside the writer's on SQLite."""

    settler: ChunkSettler
    writer: ThreadPoolExecutor
    reader: sa.Connection | None
    # Chunks whose transaction is not known to have ended.
    open: list[_Step] = dataclasses.field(default_factory=list)
    writing: sa.Connection | None = None
    given_up: bool = False

    def run(self, steps: Iterable[_Step], done: Callable[[int], None], check: Callable[[], None]) -> None:
        """Settle chunk after chunk."""
        ready: _Step | None = None
        try:
            for step in itertools.chain(steps, [None]):
                check()
                ahead, ready = ready, None
                if ahead is not None:
                    self._write_deciding(ahead, step)
                    done(ahead.lines)
                if step is None:
                    continue
                if self._is_ready(step):
                    ready = step
                else:
                    self.settler.settle(step.document_ids)
                    done(step.lines)
        except BaseException:
            self.give_up()
            raise
        finally:
            # A chunk that the writer has ended has nothing left to be undone.
            self.writer.shutdown()
            while self.open:
                self.open.pop().abandon()

    def give_up(self) -> None:
        """Have the chunk undone that is being written, if one is: nobody waits for it any more."""
        self.given_up = True
        if (connection := self.writing) is not None:
            # It may just have ended by itself.
            with contextlib.suppress(Exception):
                interrupt(connection)

    def _write_deciding(self, step: _Step, behind: _Step | None) -> None:
        """Write a chunk that is decided, and meanwhile decide the one behind it, if that can be."""
        if behind is not None and (step.outcome is None or changes_documents(step.outcome, behind.document_ids)):
            behind = None
        if behind is not None and self._has_one_connection:
            self._attempt(behind, lambda: self._read_behind(step, behind))
        written = self.writer.submit(self._write, step)
        if behind is not None and not self._has_one_connection:
            self._attempt(behind, lambda: self._read_behind(step, behind))
        # Its frames are as large as what came of them, and have served.
        step.chunk = None
        if behind is not None and behind.chunk is not None:
            self._attempt(behind, lambda: self._decide(behind))
        is_written = self._is_written(written)
        self.open.remove(step)
        if not is_written:
            if behind is not None:
                # It was decided on what has not come to be.
                self._abandon(behind)
            self.settler.settle(step.document_ids)

    def _attempt(self, step: _Step, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as fault:
            logger().warning("chunk_not_ahead", reason=type(fault).__name__)
            self._abandon(step)

    def _read_behind(self, step: _Step, behind: _Step) -> None:
        """Read a chunk before the one ahead is written; leave it unread where that one must be written first."""
        assert step.connection is not None, "a chunk decided outside a transaction"
        assert step.chunk is not None, "a chunk decided without being read"
        assert step.outcome is not None, "a chunk read behind one that is not decided"
        if self.reader is not None:
            try:
                self._read(behind, self.reader)
            finally:
                # Each chunk sees what is there by then; and SQLite starts its log anew when nobody looks at it.
                self.reader.rollback()
            behind.others_when_read = step.others
        elif self._has_one_connection:
            self._read(behind, step.connection)
        else:
            self._read(behind, self._begun(behind))
        if behind.chunk is None:
            return
        if crosses(step.outcome, behind.chunk):
            self._abandon(behind)
        else:
            behind.chunk = following(step.outcome, step.chunk.places, behind.chunk)

    def _is_ready(self, step: _Step) -> bool:
        """Have a chunk decided, in a transaction, with nothing of it taken; False where it is to be settled alone."""
        try:
            connection = step.connection or self._begun(step)
            if step.chunk is None or step.others != step.others_when_read:
                self._read(step, connection)
                self._decide(step)
            if step.chunk is not None and step.outcome is not None:
                step.outcome = clear_of_taken(connection, step.chunk, step.outcome, self.settler.terms)
        except Exception as fault:
            logger().warning("chunk_not_ready", reason=type(fault).__name__)
            self._abandon(step)
            return False
        return True

    @property
    def _has_one_connection(self) -> bool:
        """Whether all is read and written on one connection, as in a rehearsal: by one thread at a time."""
        return self.settler.session.dry_run

    def _begun(self, step: _Step) -> sa.Connection:
        self.open.append(step)
        step.connection = step.transaction.enter_context(self.settler.session.transaction(large=True))
        step.others = written_by_others(step.connection) if self.reader is not None else None
        return step.connection

    def _abandon(self, step: _Step) -> None:
        step.abandon()
        if step in self.open:
            self.open.remove(step)

    def _read(self, step: _Step, connection: sa.Connection) -> None:
        step.chunk = read_open(connection, step.document_ids, self.settler.run_id)

    def _decide(self, step: _Step) -> None:
        step.outcome = settle(step.chunk, self.settler.terms) if step.chunk is not None else None

    def _write(self, step: _Step) -> None:
        """Write a chunk and commit it; in the writer's thread, which has the connection for as long."""
        self.writing = step.connection
        try:
            with step.transaction:
                assert step.connection is not None, "a chunk decided outside a transaction"
                if step.outcome is not None:
                    write_outcome(step.connection, step.outcome, self.settler.run_id, self.settler.clock())
                if self.given_up:
                    raise _NotWrittenError
                reach("chunk.written")
        finally:
            self.writing = None
        reach("chunk.committed")

    def _is_written(self, written: Future[None]) -> bool:
        try:
            written.result()
        except Exception as fault:
            if self.settler.session.keeps_what_failed:
                # What it has written stays in the rehearsal: going on from there would tell nothing.
                raise fault if isinstance(fault, SerialbackError) else SpoiledRehearsalError(str(fault)) from fault
            logger().warning("chunk_not_written", reason=type(fault).__name__)
            return False
        return True
