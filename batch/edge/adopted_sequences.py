"""Move serial sequences past the numbers of serials that a backfill brings, before it generates any (R24)."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa

from batch.core.adopted_numbers import Move, Standing, moves
from batch.core.mask import Mask, MaskError
from batch.edge.bulk import insert_rows
from batch.edge.schema import (
    DOCUMENT,
    DOCUMENT_IS_OPEN,
    DOCUMENT_LINE,
    LINE_UNIT,
    MISSING_NUMBER,
    NUMBER_SEQUENCE,
)
from batch.edge.sequences import ranges

_ROWS_AT_ONCE = 10_000


def pass_adopted(connection: sa.Connection, run_id: int, now: dt.datetime) -> list[str]:
    """Move every sequence that could come by a serial which waits to be adopted; tell from where to where.

    Done before anything is settled: else an early document would be given the number of a later one's unit.
    """
    standings, unused = _standings(connection)
    told = []
    for move in moves(standings.values(), _named(connection)):
        code, mask = move.sequence_code, standings[move.sequence_code].mask
        connection.execute(
            sa.update(NUMBER_SEQUENCE).where(NUMBER_SEQUENCE.c.sequence_code == code).values(next_number=move.after)
        )
        if code not in unused:
            _account_for(connection, move, run_id, now)
        exhausted = " It is exhausted by that." if move.after > mask.last_number else ""
        told.append(
            f"Sequence {code} goes on at {move.after} instead of {move.before}: a legacy serial bears "
            f"{move.after - 1}.{exhausted}"
        )
    return told


def _standings(connection: sa.Connection) -> tuple[dict[str, Standing], set[str]]:
    """Read the serial sequences in order, and which of them no run has drawn from yet."""
    sequence = NUMBER_SEQUENCE.c
    rows = connection.execute(
        sa.select(sequence.sequence_code, sequence.mask, sequence.next_number, sequence.first_number)
        .where(sequence.kind == "SERIAL")
        .order_by(sequence.sequence_code)
        .with_for_update()
    ).all()
    standings = {}
    for row in rows:
        # A sequence whose mask cannot be used issues nothing.
        with contextlib.suppress(MaskError):
            standings[row.sequence_code] = Standing(row.sequence_code, Mask.parse(row.mask), row.next_number)
    return standings, {row.sequence_code for row in rows if row.first_number is None}


def _named(connection: sa.Connection) -> Iterator[str]:
    """Read the serials that open legacy returns name."""
    unit, line, document = LINE_UNIT.c, DOCUMENT_LINE.c, DOCUMENT.c
    rows = connection.execute(
        sa.select(unit.serial_no)
        .join(DOCUMENT_LINE, line.line_id == unit.line_id)
        .join(DOCUMENT, document.document_id == line.document_id)
        .where(
            DOCUMENT_IS_OPEN,
            document.document_type == "LEGACY_RETURN",
            document.source == "BACKFILL",
            unit.serial_no.is_not(None),
            unit.serial_id.is_(None),
        ),
        execution_options={"stream_results": True, "yield_per": _ROWS_AT_ONCE},
    )
    yield from rows.scalars()


def _account_for(connection: sa.Connection, move: Move, run_id: int, now: dt.datetime) -> None:
    """Record the numbers passed over: taken where a legacy serial bears them, burnt where none does."""
    code = move.sequence_code
    taken = ((first, last, "TAKEN") for _, first, last in ranges((code, number) for number in move.borne))
    burnt = ((first, last, "BURNT") for first, last in move.passed_over())
    columns = ("sequence_code", "first_number", "last_number", "reason", "run_id", "recorded_at")
    for rows in (taken, burnt):
        insert_rows(
            connection, MISSING_NUMBER, columns, ((code, first, last, why, run_id, now) for first, last, why in rows)
        )
