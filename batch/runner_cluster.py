"""Have the chunks of a run settled by the workers of a Dask cluster, whoever dies.

Data flow: lanes → the next chunk of each, by reference → a worker → its word that it is done, which is not believed:
the database is asked which documents are judged. The cluster is how work gets about, and nothing is kept there.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import queue
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from importlib.util import find_spec
from typing import Any

from batch.edge.stopping import StoppedError
from batch.errors import ClusterUnavailableError, SerialbackError, SettingsError, UsageError, one_line
from batch.log import logger
from batch.runner_cluster_scheduler import Future, Scheduler, connected
from batch.runner_cluster_task import difference, examine, facts, settle_order
from batch.runner_executor import Chunk, Lane

_SECONDS_BETWEEN_LOOKS = 0.2
_SECONDS_FOR_A_WORD = 2.0
# How often a chunk is handed over again that the cluster has lost without saying why.
_TRIES = 5
_UNFIT_NAMED = 3


def check_cluster(address: str) -> None:
    """Refuse a cluster that this installation or its settings cannot reach, before anything is begun."""
    if find_spec("distributed") is None:
        raise UsageError("--cluster needs the package distributed: install the extra, serialback[cluster].")
    if address.startswith("tls://"):
        import dask
        import distributed  # noqa: F401 - brings its own part of the configuration

        if not dask.config.get("distributed.comm.tls.ca-file", None):
            raise SettingsError(
                "For tls:// Dask must be told the certificates, as by DASK_DISTRIBUTED__COMM__TLS__CA_FILE: "
                "docs/scaling.md lists what it asks for."
            )


@contextlib.contextmanager
def on_cluster(
    address: str, order: Mapping[str, Any], unjudged: Callable[[Sequence[int]], int], wait_seconds: float
) -> Iterator[Cluster]:
    """Give the cluster at an address, once all its machines are found fit for the run of this order."""
    with connected(address, wait_seconds) as scheduler:
        complete = {**order, "versions": facts()}
        try:
            _refuse_unfit(scheduler, complete)
        except TimeoutError as error:
            raise ClusterUnavailableError(f"The cluster {address} has not answered in time.") from error
        yield Cluster(scheduler, complete, unjudged)


@dataclasses.dataclass(slots=True, eq=False)
class _Lane:
    """What is left of a lane, and how often its first chunk was handed over."""

    chunks: collections.deque[Chunk]
    tries: int = 0


@dataclasses.dataclass(slots=True)
class _Work:
    """The lanes nobody is at, and those whose first chunk is handed over."""

    waiting: collections.deque[_Lane]
    under_way: dict[Future, _Lane]

    def lines_left(self) -> int:
        """Count the lines of all chunks that have not ended."""
        return sum(lines for lane in (*self.waiting, *self.under_way.values()) for _, lines in lane.chunks)


class Cluster:
    """Settle on a cluster: a chunk for each worker at a time, the chunks of a lane one after another."""

    def __init__(
        self, scheduler: Scheduler, order: Mapping[str, Any], unjudged: Callable[[Sequence[int]], int]
    ) -> None:
        """Hand nothing over yet; `unjudged` asks the database how many of some documents the run has not judged."""
        self._scheduler = scheduler
        self._order = order
        self._unjudged = unjudged
        self._bell: queue.SimpleQueue[object] = queue.SimpleQueue()

    @property
    def size(self) -> int:
        """How many workers there are."""
        return self._scheduler.workers

    def run(self, lanes: Sequence[Lane], done: Callable[[int], None], check: Callable[[], None]) -> None:
        """Settle lanes beside one another, each of them in its order."""
        work = _Work(collections.deque(_Lane(collections.deque(lane)) for lane in lanes), {})
        total = work.lines_left()
        try:
            self._settle(work, done, check)
        except ClusterUnavailableError as error:
            for lane in work.under_way.values():
                # Nobody will tell us any more; what was committed is committed.
                self._conclude(None, lane, done)
            standing = (
                f"{total - work.lines_left()} of {total} lines are settled and stay so: "
                "the same command goes on with the rest, with or without --cluster."
            )
            raise ClusterUnavailableError(f"{error} {standing}") from error
        finally:
            # Nobody is to begin what nobody waits for.
            work.under_way.clear()

    def _settle(self, work: _Work, done: Callable[[int], None], check: Callable[[], None]) -> None:
        stopped: StoppedError | None = None
        while work.waiting or work.under_way:
            stopped = stopped or _stop_asked(check)
            if stopped:
                # What is being settled is finished; nothing more is begun.
                work.waiting.clear()
            self._scheduler.look()
            while work.waiting and len(work.under_way) < self._scheduler.workers:
                lane = work.waiting.popleft()
                work.under_way[self._hand_over(lane)] = lane
            for future in self._ended(work.under_way):
                if self._conclude(future, work.under_way[future], done):
                    work.waiting.appendleft(work.under_way[future])
                del work.under_way[future]
        if stopped:
            raise stopped

    def _hand_over(self, lane: _Lane) -> Future:
        lane.tries += 1
        order = {**self._order, "documents": lane.chunks[0][0]}
        return self._scheduler.hand_over(settle_order, order, ended=lambda _: self._bell.put(None))

    def _ended(self, under_way: Mapping[Future, _Lane]) -> list[Future]:
        """Wait a moment for a chunk to end, in whatever way."""
        with contextlib.suppress(queue.Empty):
            self._bell.get(timeout=_SECONDS_BETWEEN_LOOKS)
        return [future for future in under_way if future.done()]

    def _conclude(self, future: Future | None, lane: _Lane, done: Callable[[int], None]) -> bool:
        """Ask the database whether the first chunk of a lane is judged; say whether the lane goes on."""
        document_ids, lines = lane.chunks[0]
        if self._unjudged(document_ids) and not (future and self._was_done(future, document_ids, lane.tries)):
            return True
        lane.chunks.popleft()
        lane.tries = 0
        done(lines)
        return bool(lane.chunks)

    def _was_done(self, future: Future, document_ids: Sequence[int], tries: int) -> bool:
        """Ask the cluster why there are documents that are not judged; False where it does not know."""
        from distributed import KilledWorker

        try:
            told = future.result(timeout=_SECONDS_FOR_A_WORD)
        except KilledWorker:
            raise SerialbackError(
                f"The chunk of documents {document_ids[0]} to {document_ids[-1]} has ended every worker that took it. "
                "Their logs say why; if it is memory, set a smaller chunk_lines. What is done is done."
            ) from None
        except (CancelledError, OSError) as error:
            if tries >= _TRIES:
                message = f"The cluster {self._scheduler.address} keeps losing what it is given."
                raise ClusterUnavailableError(message) from error
            logger().warning("chunk_lost", tries=tries, reason=type(error).__name__)
            return False
        except Exception as error:
            raise SerialbackError(f"A worker of the cluster failed: {_named(error)}.") from error
        if not _is_done(told):
            failure = SerialbackError(f"Worker {told['worker']}: {told['error']}")
            failure.exit_status = told["exit_status"]
            raise failure
        # Other programs have taken these documents away meanwhile; the totals of the run will tell.
        return True


def _stop_asked(check: Callable[[], None]) -> StoppedError | None:
    try:
        check()
    except StoppedError as stopped:
        return stopped
    return None


def _refuse_unfit(scheduler: Scheduler, order: Mapping[str, Any]) -> None:
    """Refuse the cluster if a machine of it is not fit for the run, naming it."""
    try:
        differs = difference(scheduler.ask(facts), order["versions"])
    except ImportError as error:
        differs = f"It lacks {error.name}. Install the same on all machines."
    if differs:
        raise SettingsError(f"The scheduler {scheduler.address}: {differs}")
    scheduler.wait_for_a_worker()
    told = scheduler.ask_workers(examine, order)
    unfit = [_unfit(address, said) for address, said in sorted(told.items()) if not _is_done(said)]
    if unfit:
        more = f" So are {len(unfit) - _UNFIT_NAMED} more." if len(unfit) > _UNFIT_NAMED else ""
        raise SettingsError(" ".join(unfit[:_UNFIT_NAMED]) + more)


def _unfit(address: str, told: object) -> str:
    if isinstance(told, dict):
        return f"Worker {told['worker']}: {told['error']}"
    if isinstance(told, ImportError):
        return f"Worker {address}: It lacks {told.name}. Install the same on all machines."
    return f"Worker {address}: {_named(told)}."


def _is_done(told: object) -> bool:
    return isinstance(told, dict) and told.get("done") is True


def _named(error: object) -> str:
    return one_line(f"{type(error).__name__}: {error}")[:300]
