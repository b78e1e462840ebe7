"""Talk to the scheduler of a Dask cluster, and never wait for it without an end.

Dask's client is imported and spoken to here alone; what it is, is known only when a cluster is asked for.
"""

from __future__ import annotations

import contextlib
import logging
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from batch.errors import ClusterUnavailableError, one_line
from batch.log import logger

Client = Any
# What becomes of an order that was handed over.
Future = Any

_SECONDS_BETWEEN_CALLS = 1.0
_SECONDS_FOR_AN_ANSWER = 2.0
# A worker that is asked for the first time has much to import.
_SECONDS_FOR_A_FIRST_ANSWER = 60.0
_SECONDS_BETWEEN_LOOKS = 0.2
_SECONDS_TO_CLOSE = 5.0


@contextlib.contextmanager
def connected(address: str, wait_seconds: float) -> Iterator[Scheduler]:
    """Connect to a scheduler, and leave it in bounded time."""
    from distributed import Client

    _listen()
    try:
        with warnings.catch_warnings():
            # What differs between the machines is looked at by whoever asked for the cluster.
            warnings.simplefilter("ignore")
            client: Any = Client(address, timeout=wait_seconds, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        cause = one_line(str(error) or type(error).__name__)[:300].rstrip(".")
        raise ClusterUnavailableError(f"The scheduler {address} cannot be reached: {cause}.") from error
    try:
        yield Scheduler(client, address, wait_seconds)
    finally:
        # A scheduler that is gone must not keep us; nothing of ours is there.
        with contextlib.suppress(Exception):
            client.close(timeout=_SECONDS_TO_CLOSE)


class Scheduler:
    """The one end of a cluster that we know."""

    def __init__(self, client: Client, address: str, wait_seconds: float) -> None:
        """Begin to count the time from here."""
        self.workers = 0
        self.address = address
        self.wait_seconds = wait_seconds
        self._client = client
        self._called = self._answered = self._manned = time.monotonic()

    def wait_for_a_worker(self) -> None:
        """Return once there is one; raise if there is none for long."""
        self.look()
        while not self.workers:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            self.look()

    def look(self) -> None:
        """See how many workers there are, now and then; raise if there is no scheduler or, for long, no worker."""
        if self._client.status != "running":
            raise self._lost()
        if time.monotonic() - self._called < _SECONDS_BETWEEN_CALLS and self.workers:
            return
        try:
            # Only those that take work: one that is short of memory takes none.
            self.workers = len(self.call(self._client.scheduler.ncores_running))
        except TimeoutError:
            if time.monotonic() - self._answered > self.wait_seconds:
                raise self._gone("has not answered") from None
            return
        finally:
            self._called = time.monotonic()
        self._answered = self._called
        if self.workers:
            self._manned = self._called
        elif self._called - self._manned > self.wait_seconds:
            raise self._gone("has had no worker that takes work")

    def hand_over(self, work: Callable[..., Any], *args: object, ended: Callable[[Future], None]) -> Future:
        """Give work to any worker; `ended` is called from another thread once it has ended in whatever way."""
        try:
            # Not pure: another run's work on this cluster may look the same.
            future = self._client.submit(work, *args, pure=False, retries=0)
            future.add_done_callback(ended)
        except Exception as error:
            if self._client.status == "running":
                raise
            raise self._lost() from error
        return future

    def ask_workers(self, work: Callable[..., Any], *args: object) -> dict[str, Any]:
        """Have every worker do something small; give its answer, or the exception, by its address."""
        answers: dict[str, Any] = self.call(
            lambda: self._client.run(work, *args, on_error="return"), seconds=_SECONDS_FOR_A_FIRST_ANSWER
        )
        return answers

    def ask(self, work: Callable[[], Any]) -> Any:
        """Have the scheduler do something small."""
        return self.call(lambda: self._client.run_on_scheduler(work), seconds=_SECONDS_FOR_A_FIRST_ANSWER)

    def call(self, asked: Callable[[], Any], seconds: float = _SECONDS_FOR_AN_ANSWER) -> Any:
        """Ask something; TimeoutError where there is silence."""
        try:
            return self._client.sync(asked, callback_timeout=seconds)
        except TimeoutError:
            raise
        except Exception as error:
            if self._client.status == "running" and not isinstance(error, OSError):
                raise
            raise self._lost() from error

    def _lost(self) -> ClusterUnavailableError:
        return ClusterUnavailableError(f"The connection to the scheduler {self.address} is lost.")

    def _gone(self, what: str) -> ClusterUnavailableError:
        return ClusterUnavailableError(f"The scheduler {self.address} {what} for {self.wait_seconds:.0f} seconds.")


class _OurLog(logging.Handler):
    """Let our log tell what Dask has to say."""

    def emit(self, record: logging.LogRecord) -> None:
        logger().info("cluster", said=one_line(record.getMessage())[:500])


def _listen() -> None:
    for name in ("distributed", "tornado"):
        theirs = logging.getLogger(name)
        theirs.handlers, theirs.propagate = [_OurLog(logging.WARNING)], False
