"""Close exceptions by a person's decision, with the reason on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from batch.edge.schema import EXCEPTION
from batch.edge.schema_columns import LARGEST_WHOLE
from batch.errors import UsageError

MOST_BOUND = 1_000
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Waived:
    """What a waiver did: the exceptions it closed, and those that were closed before and stay as they were."""

    waived: tuple[int, ...]
    closed_before: tuple[int, ...]


def waive(connection: sa.Connection, exception_ids: Sequence[int], note: str, now: dt.datetime) -> Waived:
    """Close the open ones among these exceptions with a note; an unknown id or a blank note refuses them all."""
    if not note.strip():
        message = "A waiver needs a note that says why: add --note TEXT."
        raise UsageError(message)
    wanted = sorted(set(exception_ids))
    statuses = _statuses(connection, wanted)
    unknown = [exception_id for exception_id in wanted if exception_id not in statuses]
    if unknown:
        raise UsageError(_unknown(unknown))
    still_open = tuple(exception_id for exception_id in wanted if statuses[exception_id] == "OPEN")
    for part in _parts(still_open):
        closed = (
            sa.update(EXCEPTION)
            .where(EXCEPTION.c.exception_id.in_(part), EXCEPTION.c.status == "OPEN")
            .values(status="WAIVED", resolved_at=now, note=note.strip())
        )
        connection.execute(closed)
    return Waived(still_open, tuple(exception_id for exception_id in wanted if statuses[exception_id] != "OPEN"))


def _statuses(connection: sa.Connection, wanted: Sequence[int]) -> dict[int, str]:
    statuses: dict[int, str] = {}
    for part in _parts([one for one in wanted if 0 < one <= LARGEST_WHOLE]):
        # Locked where the database locks rows, so that a run cannot resolve one in between.
        found = (
            sa.select(EXCEPTION.c.exception_id, EXCEPTION.c.status)
            .where(EXCEPTION.c.exception_id.in_(part))
            .order_by(EXCEPTION.c.exception_id)
            .with_for_update()
        )
        statuses.update((row.exception_id, row.status) for row in connection.execute(found))
    return statuses


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + MOST_BOUND] for start in range(0, len(ids), MOST_BOUND))


def _unknown(unknown: Sequence[int]) -> str:
    named = ", ".join(str(exception_id) for exception_id in unknown[:MOST_NAMED])
    more = f" and {len(unknown) - MOST_NAMED} more" if len(unknown) > MOST_NAMED else ""
    return f"No exception has the id {named}{more}; nothing was waived. `serialback exceptions` lists the ids."
