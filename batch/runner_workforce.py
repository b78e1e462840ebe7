"""Choose who settles the chunks of a run: the run itself, processes of this machine, or a cluster."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from batch.core.chunk import Terms
from batch.edge import ledger
from batch.edge.session import Session
from batch.runner_chunks import ChunkSettler
from batch.runner_executor import Executor, Inline, LocalProcesses
from batch.runner_overlap import Overlapped
from batch.runner_worker import terms_as_json

if TYPE_CHECKING:
    from batch.config import Settings


@dataclasses.dataclass(frozen=True, slots=True)
class Workforce:
    """Who settles: how many beside one another, and by which executor, given the number of lanes."""

    size: int
    executor: Callable[[int], Executor]


@contextlib.contextmanager
def workforce(
    session: Session, settings: Settings, terms: Terms, run_id: int, clock: Callable[[], dt.datetime]
) -> Iterator[Workforce]:
    """Give who settles for a run that is on; a rehearsal is one transaction, which only one can hold."""
    settler = ChunkSettler(session, terms, run_id, clock)
    # A careful rehearsal undoes single chunks: they must follow one another.
    careful = session.dry_run and not session.keeps_what_failed
    alone: Executor = Inline(settler) if careful else Overlapped(settler)
    told = {"run_id": run_id, "terms": terms_as_json(terms), "block_size": settings.block_size}

    def processes(lanes: int) -> Executor:
        return LocalProcesses(settings.workers, settings.database, told) if lanes > 1 else alone

    def unjudged(document_ids: Sequence[int]) -> int:
        with session.transaction() as connection:
            return ledger.unjudged(connection, document_ids, run_id)

    if session.dry_run:
        yield Workforce(1, lambda _: alone)
    elif settings.cluster:
        from batch.runner_cluster import on_cluster

        with session.transaction() as connection:
            begun, _ = ledger.begun_at(connection, run_id)
        order = {**told, "begun_at": begun}
        with on_cluster(settings.cluster, order, unjudged, settings.cluster_wait_seconds) as cluster:
            yield Workforce(cluster.size, lambda _: cluster)
    else:
        yield Workforce(settings.workers, processes)
