"""Settle the chunks of a run so that each is decided while the one before it is being written.

Data flow: chunk read → decided, meanwhile the one before is written and committed by another thread → asked of the
register what of it is taken → it is the one before. What it was read before the other was written must not matter:
`core.ahead` sees to that. Whatever goes wrong, the chunk is settled once more, alone, which is how it is found out why.
PostgreSQL takes two writers: there a chunk begins to be written while the one ahead still takes its numbers; its own
are taken after that one is committed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import sqlalchemy as sa

from batch.core.ahead import changes_documents, crosses, following
from batch.core.areas import Places
from batch.core.chunk import Chunk
from batch.core.outcome import Outcome
from batch.core.settle import settle
from batch.edge.behind import short_turns
from batch.edge.database import interrupt, read_only, written_by_others
from batch.edge.failpoint import reach
from batch.edge.session import SpoiledRehearsalError
from batch.edge.settlement import clear_of_taken, read_open
from batch.edge.stopping import StoppedError
from batch.edge.store import write_outcome
from batch.errors import SerialbackError
from batch.log import logger
from batch.runner_chunks import ChunkSettler


def _must_be_written_first(ahead: _Step, behind: _Step) -> bool:
    return ahead.outcome is None or changes_documents(ahead.outcome, behind.document_ids)


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
    # What its outcome was decided on, which outlives its frames.
    found: Places | None = None
    # On SQLite, what others had written when the transaction began, and when the one did under which it was read.
    others: object = None
    others_when_read: object = None
    # Who is being written ahead of it; and how far it has come itself, for the one behind.
    ahead: _Step | None = None
    own_written: threading.Event = dataclasses.field(default_factory=threading.Event)
    ended: threading.Event = dataclasses.field(default_factory=threading.Event)
    committed: bool = False

    def abandon(self) -> None:
        """Undo what its transaction has done, and forget what was read and decided."""
        # What is lost with its connection is undone as well.
        with contextlib.suppress(SerialbackError, sa.exc.SQLAlchemyError):
            self.transaction.__exit__(_NotWrittenError, _NotWrittenError(), None)
        self.connection = self.chunk = self.outcome = None

    def now_what_is_shared(self) -> None:
        """Let the chunk behind begin, and wait until the one ahead is committed: numbers and memos follow in order."""
        self.own_written.set()
        if self.ahead is not None:
            self.ahead.ended.wait()
            if not self.ahead.committed:
                # This one was decided on what has not come to be.
                raise _NotWrittenError
            self.ahead = None


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
            writers = held.enter_context(ThreadPoolExecutor(2, "serialback-writer"))
            Overlap(self.settler, writers, reader).run(steps, done, check)


@dataclasses.dataclass(slots=True)
class Overlap:
    """The threads of one run, and the connection that reads beside the writer's on SQLite."""

    settler: ChunkSettler
    writers: ThreadPoolExecutor
    reader: sa.Connection | None
    # Chunks whose transaction is not known to have ended.
    open: list[_Step] = dataclasses.field(default_factory=list)
    # Chunks given to the writers whose end was not looked at yet, in their order; there are never more than two.
    given: list[tuple[_Step, Future[None]]] = dataclasses.field(default_factory=list)
    writing: set[sa.Connection] = dataclasses.field(default_factory=set)
    given_up: bool = False

    def run(self, steps: Iterable[_Step], done: Callable[[int], None], check: Callable[[], None]) -> None:
        """Settle chunk after chunk."""
        ready: _Step | None = None
        try:
            for step in itertools.chain(steps, [None]):
                self._check(check, done, ready)
                ahead, ready = ready, None
                if ahead is not None:
                    self._write_deciding(ahead, step, done)
                if step is None:
                    continue
                if self._is_ready(step, done):
                    ready = step
                else:
                    self._see_to(0, done)
                    self.settler.settle(step.document_ids)
                    done(step.lines)
            self._see_to(0, done)
        except BaseException:
            self.give_up()
            raise
        finally:
            # A chunk that a writer has ended has nothing left to be undone.
            self.writers.shutdown()
            while self.open:
                self.open.pop().abandon()

    def _check(self, check: Callable[[], None], done: Callable[[int], None], ready: _Step | None) -> None:
        """Ask whether to go on; whoever stops politely has what is nearly written finished."""
        try:
            check()
        except StoppedError:
            self._see_to(0, done, ready)
            raise

    def give_up(self) -> None:
        """Have the chunks undone that are being written: nobody waits for them any more."""
        self.given_up = True
        for connection in tuple(self.writing):
            # It may just have ended by itself.
            with contextlib.suppress(Exception):
                interrupt(connection)

    def _write_deciding(self, step: _Step, behind: _Step | None, done: Callable[[int], None]) -> None:
        """Write a chunk that is decided, and meanwhile decide the one behind it, if that can be."""
        ahead = [*(each for each, _ in self.given), step]
        if behind is not None and any(_must_be_written_first(each, behind) for each in ahead):
            behind = None
        if behind is not None and self._has_one_connection:
            self._attempt(behind, lambda: self._read_behind(ahead, behind))
        step.ahead = ahead[-2] if self.given else None
        self.given.append((step, self.writers.submit(self._write, step)))
        if behind is not None and not self._has_one_connection:
            self._attempt(behind, lambda: self._read_behind(ahead, behind))
        # Its frames are as large as what came of them, and have served.
        step.chunk = None
        if behind is not None and behind.chunk is not None:
            self._attempt(behind, lambda: self._decide(behind))
        self._see_to(1 if self._writes_side_by_side else 0, done, behind)

    def _see_to(self, left: int, done: Callable[[int], None], behind: _Step | None = None) -> None:
        """Wait until no more than so many chunks are being written; what failed is settled alone.

        Those after it, and the one `behind` them, were decided on what has not come to be.
        """
        while len(self.given) > left:
            step, written = self.given.pop(0)
            if self._is_written(written):
                self.open.remove(step)
                done(step.lines)
                continue
            failed = [step, *(each for each, _ in self.given)]
            for _, follower in self.given:
                # It ends of itself.
                follower.exception()
            self.given.clear()
            if behind is not None:
                self._abandon(behind)
            for each in failed:
                self.open.remove(each)
                self.settler.settle(each.document_ids)
                done(each.lines)

    def _attempt(self, step: _Step, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as fault:
            logger().warning("chunk_not_ahead", reason=type(fault).__name__)
            self._abandon(step)

    def _read_behind(self, ahead: Sequence[_Step], behind: _Step) -> None:
        """Read a chunk before those ahead are written; leave it unread where one of them must be written first."""
        last = ahead[-1]
        assert last.connection is not None, "a chunk decided outside a transaction"
        if self.reader is not None:
            try:
                self._read(behind, self.reader)
            finally:
                # Each chunk sees what is there by then; and SQLite starts its log anew when nobody looks at it.
                self.reader.rollback()
            behind.others_when_read = last.others
        elif self._has_one_connection:
            self._read(behind, last.connection)
        else:
            self._read(behind, self._begun(behind))
        for each in ahead:
            if behind.chunk is None:
                return
            assert each.outcome is not None, "a chunk read behind one that is not decided"
            assert each.found is not None, "a chunk decided without being read"
            if crosses(each.outcome, behind.chunk):
                self._abandon(behind)
            else:
                behind.chunk = following(each.outcome, each.found, behind.chunk)

    def _is_ready(self, step: _Step, done: Callable[[int], None]) -> bool:
        """Have a chunk decided, in a transaction, with nothing of it taken; False where it is to be settled alone."""
        if step.chunk is None:
            self._see_to(0, done, step)
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
    def _writes_side_by_side(self) -> bool:
        """Whether a chunk may begin to be written while the one ahead still writes what they share."""
        return self.reader is None and not self._has_one_connection

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
        step.chunk = read_open(connection, step.document_ids, self.settler.run_id, self.settler.terms.hold)

    def _decide(self, step: _Step) -> None:
        step.outcome = settle(step.chunk, self.settler.terms) if step.chunk is not None else None
        step.found = step.chunk.places if step.chunk is not None else None

    def _write(self, step: _Step) -> None:
        """Write a chunk and commit it; in a writer's thread, which has the connection for as long."""
        assert step.connection is not None, "a chunk decided outside a transaction"
        self.writing.add(step.connection)
        try:
            if step.ahead is not None:
                step.ahead.own_written.wait()
            with step.transaction:
                self._assert_wanted(step)
                if step.outcome is not None:
                    now = self.settler.clock()
                    write_outcome(
                        step.connection, step.outcome, self.settler.run_id, now, None, step.now_what_is_shared
                    )
                step.now_what_is_shared()
                self._assert_wanted(step)
                reach("chunk.written")
            step.committed = True
        finally:
            self.writing.discard(step.connection)
            step.ended.set()
            # Last, so that the one behind that waits for it knows whether this one has failed.
            step.own_written.set()
        reach("chunk.committed")

    def _assert_wanted(self, step: _Step) -> None:
        """Raise where nobody waits for the chunk any more, or the one ahead of it has failed."""
        failed = step.ahead is not None and step.ahead.ended.is_set() and not step.ahead.committed
        if self.given_up or failed:
            raise _NotWrittenError

    def _is_written(self, written: Future[None]) -> bool:
        try:
            written.result()
        except Exception as fault:
            if self.settler.session.keeps_what_failed:
                # What it has written stays in the rehearsal: going on from there would tell nothing.
                if isinstance(fault, SerialbackError):
                    raise
                raise SpoiledRehearsalError(str(fault)) from fault
            logger().warning("chunk_not_written", reason=type(fault).__name__)
            return False
        return True
