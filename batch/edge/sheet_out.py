"""Keep the files that the reading child leaves for its parent: rows, and one answer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from batch.edge.sheet_limits import ReadLimits
from batch.edge.sheet_spool import SpoolWriter

ANSWER = "answer.json"
# The child's exit statuses that mean something to its parent.
OUT_OF_MEMORY, NO_ROOM = 3, 4


def rows_file(folder: Path, number: int) -> Path:
    """Name the file of a sheet's rows by its position: the name of a sheet is never a path."""
    return folder / f"{number}.rows"


class SheetFiles:
    """The sheets written so far."""

    def __init__(self, folder: Path, limits: ReadLimits) -> None:
        self._folder, self._limits = folder, limits
        self.written: list[dict[str, object]] = []

    @contextlib.contextmanager
    def sheet(self, name: str, *, visible: bool) -> Iterator[SpoolWriter]:
        """Write one sheet."""
        number = len(self.written)
        with rows_file(self._folder, number).open("wb") as out:
            spool = SpoolWriter(out, name, self._limits)
            yield spool
        self.written.append({"name": name, "visible": visible, "rows": spool.row_count, "file": number})
