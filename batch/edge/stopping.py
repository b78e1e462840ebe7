"""Turn SIGTERM and SIGINT into a stop at a safe place: the chunk at hand is finished or undone, never half done."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any, Self

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class StoppedError(KeyboardInterrupt):
    """Say which signal stopped the run.

    It is to the program what Ctrl-C is: no fault of a chunk to be tried again, and drivers give up what they wait for.
    """

    def __init__(self, number: int) -> None:
        """Keep the signal's number."""
        self.number = number
        super().__init__(f"Stopped by {signal.Signals(number).name}.")

    @property
    def exit_status(self) -> int:
        """The shell's own way to tell it: 128 and the signal's number."""
        return 128 + self.number


class Stopping:
    """Listen for signals during a run."""

    def __init__(self) -> None:
        """Hear nothing yet."""
        self._number: int | None = None
        self._at_once = False
        self._told = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        """Listen; only the main thread can."""
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._heard) for number in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Give the signals back to whoever had them."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def check(self) -> None:
        """Stop here if a signal has come: nothing is half done."""
        if self._number is not None:
            raise StoppedError(self._number)

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Mark a stretch that may be cut short anywhere, such as waiting for a file to be read."""
        self.check()
        self._at_once = True
        try:
            yield
        finally:
            self._at_once = False

    def _heard(self, number: int, frame: FrameType | None) -> None:
        del frame
        again = self._number is not None
        self._number = number
        # Whoever asks twice does not want to wait for the chunk: it is undone. Asking on must not disturb the undoing.
        if (self._at_once or again) and not self._told:
            self._told = True
            raise StoppedError(number)
