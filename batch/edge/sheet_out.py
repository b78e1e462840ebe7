"""Keep the files that the reading child leaves for its parent: rows, and one answer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
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
    """The sheets written so far, and which ones are wanted."""

    def __init__(self, folder: Path, want: Sequence[str] | None, limits: ReadLimits) -> None:
        self._folder, self._limits = folder, limits
        self._want = None if want is None else {each.strip().casefold() for each in want}
        self.written: list[dict[str, object]] = []

    def wanted(self, names: Sequence[str]) -> list[str]:
        """Choose the wanted sheets that are there; all of them when none is."""
        chosen = [each for each in names if self._want is None or each.strip().casefold() in self._want]
        return chosen or list(names)

    @contextlib.contextmanager
    def sheet(self, name: str, *, visible: bool) -> Iterator[SpoolWriter]:
        """Write one sheet."""
        number = len(self.written)
        with rows_file(self._folder, number).open("wb") as out:
            spool = SpoolWriter(out, name, self._limits)
            yield spool
        self.written.append({"name": name, "visible": visible, "rows": spool.row_count, "file": number})

    def keep_wanted(self) -> None:
        """Forget the sheets that were written before it was known which ones are there."""
        names = self.wanted([str(each["name"]) for each in self.written])
        self.written = [each for each in self.written if each["name"] in names]
