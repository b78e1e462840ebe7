"""Read the files of a run one ahead of their landing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from batch.edge.sheets import Reading, ReadLimits, start_reading


class Readings:
    """The files of a run, read one ahead of the landing."""

    def __init__(
        self, files: Sequence[Path], scratch: Path, limits: ReadLimits, export_zone: str | None = None
    ) -> None:
        """Start reading the first file; `export_zone` is given where they are exports of another system."""
        self.scratch = scratch
        self.paths = list(files)
        self._limits, self._export_zone = limits, export_zone
        self._started: dict[int, Reading] = {}
        self._start(0)

    def get(self, place: int) -> Reading:
        """Give the reading of a file, and start that of the next."""
        self._start(place)
        self._start(place + 1)
        return self._started.pop(place)

    def cancel(self) -> None:
        """End what is still being read."""
        for reading in self._started.values():
            reading.cancel()
        self._started.clear()

    def _start(self, place: int) -> None:
        if place < len(self.paths) and place not in self._started:
            self._started[place] = start_reading(
                self.paths[place], scratch=self.scratch, limits=self._limits, export_zone=self._export_zone
            )
