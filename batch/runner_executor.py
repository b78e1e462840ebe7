"""Have the chunks of a run settled: here, one after another, or by worker processes beside one another.

An executor is a small port: it is given lanes (lists of chunks that must follow one another) and says when a chunk is
done. Whether the work was really done is for the database to say.
"""

from __future__ import annotations

import collections
import dataclasses
import json
import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from batch import DATABASE_VARIABLE
from batch.edge.stopping import StoppedError
from batch.errors import SerialbackError
from batch.log import logger
from batch.runner_chunks import ChunkSettler

Chunk = tuple[list[int], int]
Lane = Sequence[Chunk]

_SECONDS_BETWEEN_LOOKS = 0.2
_DEATHS_A_WORKER = 3
_ROOT = Path(__file__).resolve().parents[1]


class Executor(Protocol):
    """Settle lanes of chunks."""

    def run(self, lanes: Sequence[Lane], done: Callable[[int], None], check: Callable[[], None]) -> None:
        """Settle all chunks; call `done` with the lines of each, and `check` between them: it may raise to stop."""


@dataclasses.dataclass(frozen=True, slots=True)
class Inline:
    """Settle in this very process."""

    settler: ChunkSettler

    def run(self, lanes: Sequence[Lane], done: Callable[[int], None], check: Callable[[], None]) -> None:
        """Settle lane after lane."""
        for lane in lanes:
            for document_ids, lines in lane:
                check()
                self.settler.settle(document_ids)
                done(lines)


@dataclasses.dataclass(slots=True, eq=False)
class _Worker:
    """A worker process, and the chunk it is at."""

    process: subprocess.Popen[str]
    lane: collections.deque[Chunk] | None = None


class LocalProcesses:
    """Settle in processes of this machine; the chunk of one that dies is done by another."""

    def __init__(self, count: int, database_url: str, set_up: Mapping[str, Any]) -> None:
        """Start nothing yet; `set_up` is what every worker is told of the run."""
        self._count = count
        self._url = database_url
        self._set_up = set_up
        self._started = 0

    def run(self, lanes: Sequence[Lane], done: Callable[[int], None], check: Callable[[], None]) -> None:
        """Settle lanes beside one another, each of them in its order."""
        waiting = collections.deque(collections.deque(lane) for lane in lanes)
        workers: list[_Worker] = []
        try:
            # One by one: where one cannot be started, those before it are in the list, and ended.
            workers.extend(self._start() for _ in range(min(self._count, len(lanes))))
            while waiting or any(worker.lane is not None for worker in workers):
                try:
                    check()
                except StoppedError:
                    # What is being settled is finished; nothing more is begun.
                    waiting.clear()
                    self._turn(workers, waiting, done, last=True)
                    raise
                self._turn(workers, waiting, done)
        finally:
            for worker in workers:
                _end(worker)

    def _turn(
        self,
        workers: list[_Worker],
        waiting: collections.deque[collections.deque[Chunk]],
        done: Callable[[int], None],
        *,
        last: bool = False,
    ) -> None:
        """Give idle workers work, then wait a moment for answers; the last time, for all of them."""
        while True:
            for worker in workers:
                if worker.lane is None and waiting:
                    _give(worker, waiting.popleft())
            busy = [worker for worker in workers if worker.lane is not None]
            for worker in _answering(busy):
                self._hear(worker, workers, waiting, done, going_on=not last)
            if not (last and any(worker.lane is not None for worker in workers)):
                return

    def _hear(
        self,
        worker: _Worker,
        workers: list[_Worker],
        waiting: collections.deque[collections.deque[Chunk]],
        done: Callable[[int], None],
        *,
        going_on: bool,
    ) -> None:
        lane = worker.lane
        assert lane is not None, "a worker without work has spoken"
        assert worker.process.stdout is not None, "a worker without a voice"
        worker.lane = None
        line = worker.process.stdout.readline()
        if not line:
            # Dead, and nobody knows how far it came: its chunk is done again, and done is done only once.
            logger().warning("worker_died", status=worker.process.wait())
            workers.remove(worker)
            if going_on:
                waiting.appendleft(lane)
                workers.append(self._start())
            return
        answer = json.loads(line)
        if "error" in answer:
            failure = SerialbackError(answer["error"])
            failure.exit_status = answer["exit_status"]
            raise failure
        _, lines = lane.popleft()
        done(lines)
        if lane and going_on:
            waiting.appendleft(lane)

    def _start(self) -> _Worker:
        self._started += 1
        if self._started > self._count * (_DEATHS_A_WORKER + 1):
            raise SerialbackError("Workers keep dying. See the log for their last words; what is done is done.")
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "batch.runner_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # The password, if the URL has one, goes the way it came: never on a command line.
            env={**os.environ, DATABASE_VARIABLE: self._url, "PYTHONPATH": str(_ROOT)},
            start_new_session=True,
        )
        worker = _Worker(process)
        _tell(worker, {**self._set_up, "worker": self._started})
        return worker


def _give(worker: _Worker, lane: collections.deque[Chunk]) -> None:
    worker.lane = lane
    _tell(worker, {"documents": lane[0][0]})


def _tell(worker: _Worker, said: Mapping[str, Any]) -> None:
    assert worker.process.stdin is not None, "a worker without ears"
    try:
        worker.process.stdin.write(json.dumps(said) + "\n")
        worker.process.stdin.flush()
    except BrokenPipeError:
        # Dead already: its silence is heard when it is asked for an answer.
        logger().warning("worker_deaf")


def _answering(workers: Sequence[_Worker]) -> list[_Worker]:
    """Wait a moment for workers that have something to say, or have died."""
    with selectors.DefaultSelector() as selector:
        for worker in workers:
            assert worker.process.stdout is not None, "a worker without a voice"
            selector.register(worker.process.stdout, selectors.EVENT_READ, worker)
        return [key.data for key, _ in selector.select(_SECONDS_BETWEEN_LOOKS)] if workers else []


def _end(worker: _Worker) -> None:
    """Let an idle worker go home; end one that is still at work, whose chunk is undone."""
    assert worker.process.stdin is not None, "a worker without ears"
    assert worker.process.stdout is not None, "a worker without a voice"
    if worker.lane is not None:
        worker.process.kill()
    try:
        worker.process.stdin.close()
    except BrokenPipeError:
        worker.process.kill()
    worker.process.stdout.close()
    worker.process.wait()
