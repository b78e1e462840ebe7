"""Name a line that has just been judged, as the exceptions on file name it."""

from __future__ import annotations

from typing import NamedTuple

LineKey = tuple[str | None, str | None, int | None]


class JudgedLine(NamedTuple):
    """A line that has just been judged, and where the file that brought it stands."""

    key: LineKey
    intake_file_id: int | None
    sheet_row: int | None
    # Whether it stands now: only then is what was seen in its very row, when it landed, done with.
    posted: bool = False
