"""Say what the exceptions workbook adds to a row, so that a row handed in again is known for the one it corrects."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from batch.core.columns import heading_key

WRONG = "What is wrong"
TO_DO = "What to do"
SUGGESTION = "Suggestion"
CODE = "Code"
LINK = "Exception #"
CAME_FROM = "Came from"

# None of them may be understood as a column of the intake workbook: `Reference` and `Reason` would be.
ADDED = (WRONG, TO_DO, SUGGESTION, CODE, LINK, CAME_FROM)
_ADDED_KEYS = frozenset(map(heading_key, ADDED))
_LINK_KEY = heading_key(LINK)

# A cell must stay readable; what a row has beyond these is settled by the line's own number.
LINKED_LIMIT = 100


class Linked(NamedTuple):
    """An exception as its link knows it: nothing of it ever changes, and the instant is this database's own."""

    exception_id: int
    code: str
    created_at: dt.datetime


class Link(NamedTuple):
    """What stands in the cell of a link: the exceptions meant, and the seal that only they give."""

    exception_ids: tuple[int, ...]
    seal: str


def is_added(heading: str) -> bool:
    """Say whether a heading is one of those that the exceptions workbook adds."""
    return heading_key(heading) in _ADDED_KEYS


def link_column(headings: Sequence[str]) -> int | None:
    """Find the column of the link, counted from 0."""
    return next((at for at, heading in enumerate(headings) if heading_key(heading) == _LINK_KEY), None)


def link_text(exceptions: Iterable[Linked]) -> str:
    """Write the link back to exceptions: `17-19, 25 / 3f9ac1`; the seal tells a mistyped or foreign one."""
    linked = sorted(exceptions)
    assert len(linked) <= LINKED_LIMIT, "a link too long to be read again"
    runs: list[tuple[int, int]] = []
    for each in linked:
        if runs and runs[-1][1] == each.exception_id - 1:
            runs[-1] = (runs[-1][0], each.exception_id)
        else:
            runs.append((each.exception_id, each.exception_id))
    listed = ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in runs)
    return f"{listed} / {seal(linked)}"


def read_link(cell: object) -> Link | None:
    """Read the cell of a link; None where it is none."""
    found = _LINK.fullmatch(cell.strip()) if isinstance(cell, str) and len(cell) <= _LONGEST_LINK else None
    if found is None:
        return None
    ids: list[int] = []
    for part in found["ids"].split(","):
        first, _, last = part.strip().partition("-")
        low, high = int(first), int(last or first)
        if not low <= high < low + LINKED_LIMIT - len(ids):
            return None
        ids.extend(range(low, high + 1))
    return Link(tuple(ids), found["seal"].lower())


def seal(exceptions: Iterable[Linked]) -> str:
    """Give the seal of these exceptions: another database has others under the same numbers."""
    said = "\n".join(
        f"{each.exception_id} {each.code} {each.created_at.astimezone(dt.UTC).isoformat(timespec='microseconds')}"
        for each in sorted(exceptions)
    )
    return hashlib.sha256(said.encode()).hexdigest()[:6]


_LINK = re.compile(r"(?P<ids>[0-9]{1,18}(?:-[0-9]{1,18})?(?:,\s*[0-9]{1,18}(?:-[0-9]{1,18})?)*)\s*/\s*(?P<seal>\w{6})")
_LONGEST_LINK = 4_000
