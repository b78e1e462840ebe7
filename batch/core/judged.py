"""Name a line that has just been judged, as the exceptions on file name it."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from typing import NamedTuple

DocumentKey = tuple[str | None, str | None]
LineKey = tuple[str | None, str | None, int | None]


class JudgedLine(NamedTuple):
    """A line that has just been judged, and where the file that brought it stands."""

    key: LineKey
    intake_file_id: int | None
    sheet_row: int | None
    # Whether it stands now: only then is what was seen in its very row, when it landed, done with.
    posted: bool = False

    @property
    def document_key(self) -> DocumentKey:
        """The document it is of, by what the outside calls it."""
        return self.key[:2]


@dataclasses.dataclass(frozen=True, slots=True)
class JudgedLines:
    """Lines that were judged, to be asked for by document."""

    lines: Sequence[JudgedLine]

    def judged_documents(self) -> set[DocumentKey]:
        """Name their documents."""
        return {line.document_key for line in self.lines}

    def judged_of(self, documents: Collection[DocumentKey]) -> list[JudgedLine]:
        """Give those of some documents."""
        return [line for line in self.lines if line.document_key in documents]
