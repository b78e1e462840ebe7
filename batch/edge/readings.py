"""Read the files of a run one ahead of their landing."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from batch.edge.sheets import Reading, ReadLimits, start_reading


class Readings:
    """The files of a run, read one ahead of the landing, in a folder that is gone at the end of a `with`."""

    def __init__(self, files: Sequence[Path], limits: ReadLimits, export_zone: str | None = None) -> None:
        """Start reading the first file; `export_zone` is given where they are exports of another system."""
        self.paths = list(files)
        self._limits, self._export_zone = limits, export_zone
        self._folder = tempfile.TemporaryDirectory(prefix="serialback-")
        self._started: dict[int, Reading] = {}
        self._start(0)

    @property
    def scratch(self) -> Path:
        """The folder for what the run has to lay aside."""
        return Path(self._folder.name)

    def anew(self) -> Readings:
        """Read the same files once more."""
        return Readings(self.paths, self._limits, self._export_zone)

    def get(self, place: int) -> Reading:
        """Give the reading of a file, and start that of the next."""
        self._start(place)
        self._start(place + 1)
        return self._started.pop(place)

    def __enter__(self) -> Self:
        """Give it as it is: it reads already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End what is still being read, and leave nothing behind; more than once does no harm."""
        for reading in self._started.values():
            reading.cancel()
        self._started.clear()
        self._folder.cleanup()

    def _start(self, place: int) -> None:
        if place < len(self.paths) and place not in self._started:
            self._started[place] = start_reading(
                self.paths[place], scratch=self.scratch, limits=self._limits, export_zone=self._export_zone
            )
