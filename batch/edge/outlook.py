"""Say how many numbers each sequence has left, and for how many nights that is at the pace of late."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import sqlalchemy as sa

from batch.core.mask import LAST_NUMBER, Mask, MaskError
from batch.edge.schema import CREDIT_MEMO, NUMBER_BLOCK, NUMBER_SEQUENCE, RUN, SERIAL

_DAY = dt.timedelta(days=1)
# Years of returns in one run are no night's use.
_BACKFILLS = sa.select(RUN.c.run_id).where(RUN.c.job == "backfill")


@dataclasses.dataclass(frozen=True, slots=True)
class Outlook:
    """What a sequence has left: None for one without an end; `a_night` is how many it gives in a night of late."""

    sequence_code: str
    left: int | None
    a_night: float

    @property
    def nights(self) -> float | None:
        """For how many nights it lasts; None where it has no end, or nothing is drawn from it."""
        return None if self.left is None or not self.a_night else self.left / self.a_night


def outlooks(connection: sa.Connection, now: dt.datetime, nights: int, *, every: bool = False) -> list[Outlook]:
    """Look at every sequence; the pace is that of the last `nights`, or of those since the first run.

    Unless `every` pace is asked for, none is told where no sequence can be near its end.
    """
    left = _left(connection)
    with_end = {code for code, count in left.items() if count is not None}
    if not with_end or not nights:
        return [Outlook(code, count, 0) for code, count in sorted(left.items())]
    first_run = connection.execute(sa.select(sa.func.min(RUN.c.started_at))).scalar_one() or now
    span = min(max(math.ceil((now - first_run) / _DAY), 1), nights)
    # Mostly no sequence is near its end even if all that was drawn of late had come from it: nobody need count then.
    at_most = _drawn_in_all(connection, now - span * _DAY) * nights
    if not every and all(count * span >= at_most for count in left.values() if count is not None):
        return [Outlook(code, count, 0) for code, count in sorted(left.items())]
    drawn: dict[str, int] = {}
    for table, row_id in ((SERIAL, SERIAL.c.serial_id), (CREDIT_MEMO, CREDIT_MEMO.c.credit_memo_id)):
        drawn |= _drawn_since(connection, table, row_id, now - span * _DAY)
    return [Outlook(code, count, drawn.get(code, 0) / span) for code, count in sorted(left.items())]


def warnings_of(found: list[Outlook], nights: int) -> list[str]:
    """Word what has less left than so many nights of its late use, or nothing at all."""
    return [
        f"Sequence {each.sequence_code} has {each.left:,} numbers left, enough for about "
        f"{math.floor(each.nights or 0)} nights like the last: have its mask widened or a new sequence set up."
        for each in found
        if each.left is not None
        and nights
        and (each.nights is not None or not each.left)
        and (each.nights or 0) < nights
    ]


def _left(connection: sa.Connection) -> dict[str, int | None]:
    reserved = dict(
        connection.execute(
            sa.select(
                NUMBER_BLOCK.c.sequence_code,
                sa.func.sum(NUMBER_BLOCK.c.last_number - NUMBER_BLOCK.c.next_number + 1),
            ).group_by(NUMBER_BLOCK.c.sequence_code)
        ).all()
    )
    sequence = NUMBER_SEQUENCE.c
    left: dict[str, int | None] = {}
    for code, mask, next_number in connection.execute(
        sa.select(sequence.sequence_code, sequence.mask, sequence.next_number)
    ):
        try:
            last = Mask.parse(mask).last_number
        except MaskError:
            # Another system wrote it past the loader: nothing can be drawn from it.
            left[code] = 0
            continue
        endless = last == LAST_NUMBER
        left[code] = None if endless else max(last - next_number + 1, 0) + int(reserved.get(code, 0))
    return left


def _drawn_in_all(connection: sa.Connection, since: dt.datetime) -> int:
    """Count the numbers of all sequences that runs have drawn since an instant, from their figures."""
    figures = sa.func.coalesce(sa.func.sum(RUN.c.serials_generated + RUN.c.credit_memos), 0)
    return int(
        connection.execute(
            sa.select(figures).where(RUN.c.finished_at >= since, RUN.c.run_id.not_in(_BACKFILLS))
        ).scalar_one()
    )


def _drawn_since(
    connection: sa.Connection, table: sa.Table, row_id: sa.Column[int], since: dt.datetime
) -> dict[str, int]:
    """Count the numbers drawn since an instant, by sequence, without looking at the rows before it."""
    rows = connection.execute(
        sa.select(table.c.sequence_code, sa.func.count())
        .where(
            row_id >= _first_row_since(connection, table, row_id, since),
            table.c.sequence_code.is_not(None),
            table.c.created_at >= since,
            sa.or_(table.c.run_id.is_(None), table.c.run_id.not_in(_BACKFILLS)),
        )
        .group_by(table.c.sequence_code)
    )
    return {code: int(count) for code, count in rows}


def _first_row_since(connection: sa.Connection, table: sa.Table, row_id: sa.Column[int], since: dt.datetime) -> int:
    """Halve the way to the first row written since an instant: rows are numbered as they come."""
    low = 0
    high = int(connection.execute(sa.select(sa.func.max(row_id))).scalar_one() or 0)
    while low < high:
        middle = (low + high) // 2
        written_at = connection.execute(
            sa.select(table.c.created_at).where(row_id > middle).order_by(row_id).limit(1)
        ).scalar_one_or_none()
        if written_at is None or written_at >= since:
            high = middle
        else:
            low = middle + 1
    return low
