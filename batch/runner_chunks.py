"""Settle the chunks of a run one at a time: try again what may pass, set aside the document the program fails on."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
import uuid
from collections.abc import Callable, Sequence

from batch.core.chunk import Terms
from batch.edge.database_errors import transient
from batch.edge.failpoint import reach
from batch.edge.quarantine import quarantine
from batch.edge.sequences import SequenceMovedError
from batch.edge.session import Session, SpoiledRehearsalError
from batch.edge.settlement import settle_chunk
from batch.edge.stopping import StoppedError
from batch.errors import SerialbackError
from batch.log import logger

TRIES = 5
FIRST_WAIT_SECONDS = 0.2


@dataclasses.dataclass(frozen=True, slots=True)
class ChunkSettler:
    """Settle chunks for one run; `worker` is who draws from number blocks, None for the run alone."""

    session: Session
    terms: Terms
    run_id: int
    clock: Callable[[], dt.datetime]
    worker: int | None = None
    block_size: int = 1000

    def settle(self, document_ids: Sequence[int]) -> None:
        """Settle a chunk; where it fails for a reason of its own, document by document."""
        try:
            self._in_one_transaction(document_ids)
        except (SerialbackError, StoppedError):
            raise
        except Exception as fault:
            if self.session.keeps_what_failed:
                raise SpoiledRehearsalError(str(fault)) from fault
            if len(document_ids) == 1:
                self._set_aside(document_ids[0], fault)
                return
            logger().warning("chunk_failed", documents=len(document_ids), fault=type(fault).__name__)
            for document_id in document_ids:
                self.settle([document_id])

    def _in_one_transaction(self, document_ids: Sequence[int]) -> None:
        for left in reversed(range(TRIES)):
            try:
                with self.session.transaction(large=True) as connection:
                    settle_chunk(
                        connection,
                        document_ids,
                        self.terms,
                        self.run_id,
                        self.clock(),
                        worker=self.worker,
                        block_size=self.block_size,
                    )
                    reach("chunk.written")
                reach("chunk.committed")
            except SequenceMovedError:
                if not left or self.session.keeps_what_failed:
                    raise
            except SerialbackError as error:
                if not left or not transient(error) or self.session.dry_run:
                    raise
                logger().warning("chunk_retried", reason=type(error).__name__, left=left)
                time.sleep(FIRST_WAIT_SECONDS * 2 ** (TRIES - 1 - left))
            else:
                return

    def _set_aside(self, document_id: int, fault: Exception) -> None:
        trace_id = uuid.uuid4().hex[:12]
        logger().error("document_failed", document_id=document_id, trace_id=trace_id, exc_info=fault)
        with self.session.transaction() as connection:
            quarantine(connection, document_id, trace_id, self.run_id, self.clock())
