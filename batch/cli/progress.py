"""Show on a terminal how far a run is, once it has taken longer than people wait without wondering."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from batch.cli.output import on_terminal
from batch.report import NO_PROGRESS, Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

PATIENCE_SECONDS: Final = 2.0


def progress_for(*, quiet: bool) -> Progress:
    """Give bars where a person watches standard error, and silence elsewhere."""
    return NO_PROGRESS if quiet or not on_terminal(sys.stderr) else TerminalProgress()


@contextlib.contextmanager
def progressing(*, quiet: bool) -> Iterator[Progress]:
    """Give bars as `progress_for` does, and take them away however the work ends: a bar hides the cursor."""
    progress = progress_for(quiet=quiet)
    try:
        yield progress
    finally:
        progress.finish()


@contextlib.contextmanager
def under_way(label: str, *, quiet: bool = False) -> Iterator[None]:
    """Show that something goes on whose end nobody can tell, and for how long it has."""
    with progressing(quiet=quiet) as progress:
        progress.start(label, None)
        yield


class TerminalProgress:
    """One bar for the step that is under way; it appears when the step has lasted over two seconds."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience_seconds = patience_seconds
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._bars: Bars | None = None
        self._task: TaskID | None = None
        self._label, self._total, self._done, self._began = "", None, 0, 0.0

    _total: int | None

    def start(self, label: str, total: int | None) -> None:
        """Begin a step; a step still open is finished first."""
        self.finish()
        self._label, self._total, self._done, self._began = label, total, 0, time.monotonic()
        # A timer, not a look at the clock in `advance`: a step may be silent for long.
        self._timer = threading.Timer(self._patience_seconds, self._show)
        self._timer.daemon = True
        self._timer.start()

    def advance(self, n: int) -> None:
        """Count `n` more lines as done."""
        with self._lock:
            self._done += n
            if self._bars is not None and self._task is not None:
                self._bars.update(self._task, completed=self._done)

    def finish(self) -> None:
        """End the step and take its bar away."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        with self._lock:
            if self._bars is not None:
                self._bars.stop()
            self._bars = self._task = None

    def _show(self) -> None:
        from batch.cli.progress_bars import bars, begun

        with self._lock:
            if self._timer is None:
                return
            self._bars = bars()
            self._task = begun(self._bars, self._label, self._total, self._done, self._began)
            self._bars.start()
