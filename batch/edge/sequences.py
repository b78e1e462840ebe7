"""Read, move and account for number sequences inside the transaction that uses their numbers (R13 to R15)."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from batch.core.outcome import Outcome
from batch.edge.bulk import insert_rows, update_rows
from batch.edge.schema import MISSING_NUMBER, NUMBER_BLOCK, NUMBER_SEQUENCE


class SequenceMovedError(Exception):
    """Say that somebody else took numbers between the snapshot and the writing: settle the chunk again."""


def advance_sequences(
    connection: sa.Connection, outcome: Outcome, run_id: int, now: dt.datetime, worker: int | None
) -> None:
    """Move every sequence that issued serials to its next number, and record the numbers passed over."""
    straight = {
        code: position
        for code, position in outcome.positions.items()
        if worker is None or outcome.contexts[code].sequence.allocation != "BLOCK"
    }
    lock_sequences(connection, {code: _found_at(outcome, code) for code in straight})
    mark_first_use(connection, sorted(straight))
    update_rows(connection, NUMBER_SEQUENCE, ("sequence_code",), ("next_number",), sorted(straight.items()))
    if worker is not None:
        _use_up_blocks(connection, outcome, worker, set(outcome.positions) - set(straight))
    record_missing(connection, outcome.passed_over, "TAKEN", run_id, now)


def lock_sequences(connection: sa.Connection, expected: dict[str, int]) -> None:
    """Lock sequences in the order of their names; raise SequenceMovedError where one is not where it was."""
    if not expected:
        return
    sequence = NUMBER_SEQUENCE.c
    rows = connection.execute(
        sa.select(sequence.sequence_code, sequence.next_number)
        .where(sequence.sequence_code.in_(sorted(expected)))
        .order_by(sequence.sequence_code)
        .with_for_update()
    )
    for code, next_number in rows:
        if next_number != expected[code]:
            raise SequenceMovedError(code)


def mark_first_use(connection: sa.Connection, codes: list[str]) -> None:
    """Note where the first run finds a sequence: numbers below are older than Serialback and owe nobody an account."""
    if codes:
        sequence = NUMBER_SEQUENCE.c
        connection.execute(
            sa.update(NUMBER_SEQUENCE)
            .where(sequence.sequence_code.in_(codes), sequence.first_number.is_(None))
            .values(first_number=sequence.next_number)
        )


def record_missing(
    connection: sa.Connection,
    numbers: Iterable[tuple[str, int]],
    reason: str,
    run_id: int | None,
    now: dt.datetime,
) -> None:
    """Record numbers that were passed over, neighbours as one range."""
    rows = [(code, first, last, reason, run_id, now) for code, first, last in ranges(numbers)]
    columns = ("sequence_code", "first_number", "last_number", "reason", "run_id", "recorded_at")
    insert_rows(connection, MISSING_NUMBER, columns, rows)


def ranges(numbers: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int, int]]:
    """Join neighbouring numbers of a sequence: (sequence, first, last)."""
    for _, group in itertools.groupby(enumerate(sorted(numbers)), key=lambda each: (each[1][0], each[1][1] - each[0])):
        run = [number for _, number in group]
        yield run[0][0], run[0][1], run[-1][1]


def _found_at(outcome: Outcome, code: str) -> int:
    return outcome.contexts[code].sequence.ranges[0][0]


def _use_up_blocks(connection: sa.Connection, outcome: Outcome, worker: int, codes: set[str]) -> None:
    """Move on within a worker's own blocks; a block used up is dropped."""
    block = NUMBER_BLOCK.c
    for code in sorted(codes):
        mine = (block.sequence_code == code) & (block.worker == worker)
        position = outcome.positions[code]
        connection.execute(sa.delete(NUMBER_BLOCK).where(mine, block.last_number < position))
        connection.execute(
            sa.update(NUMBER_BLOCK).where(mine, block.next_number < position).values(next_number=position)
        )
