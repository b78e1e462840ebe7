"""Settle one chunk inside one transaction: read what it mentions, decide, write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from batch.core.chunk import Chunk, Terms
from batch.core.hold import Hold
from batch.core.keys import serial_key
from batch.core.mask import Mask
from batch.core.outcome import Outcome
from batch.core.settle import settle
from batch.edge.blocks import NumberOwner, with_numbers
from batch.edge.bulk import keyed
from batch.edge.failpoint import reach
from batch.edge.fetch import fetch_columns
from batch.edge.ledger import assert_running
from batch.edge.schema import DOCUMENT, SERIAL
from batch.edge.snapshot import read_chunk
from batch.edge.store import write_outcome

# How far to look past the numbers wanted once one of them is found taken; doubled each time it was not enough.
_FIRST_LOOK_AHEAD = 256


def settle_chunk(
    connection: sa.Connection,
    document_ids: Sequence[int],
    terms: Terms,
    run_id: int,
    now: dt.datetime,
    *,
    worker: int | None = None,
    block_size: int = 1000,
) -> None:
    """Settle whole documents in the caller's transaction; raise SequenceMovedError where it must be tried again.

    With a `worker` number, others settle beside us: numbers come from blocks of our own where the sequence allows it.
    """
    chunk = read_open(connection, document_ids, run_id, terms.hold)
    if chunk is None:
        return
    numbers = None if worker is None else NumberOwner(run_id, worker, block_size)
    if numbers is not None:
        chunk = with_numbers(connection, chunk, terms, numbers)
    outcome = clear_of_taken(connection, chunk, settle(chunk, terms), terms, numbers)
    write_outcome(connection, outcome, run_id, now, worker)


def read_open(connection: sa.Connection, document_ids: Sequence[int], run_id: int, hold: Hold) -> Chunk | None:
    """Read what is still open of these documents, and keep others off it; None where nothing is."""
    reach("chunk.begun")
    assert_running(connection, run_id)
    still_open = _not_judged_yet(connection, document_ids, run_id)
    return read_chunk(connection, still_open, hold) if still_open else None


def clear_of_taken(
    connection: sa.Connection, chunk: Chunk, outcome: Outcome, terms: Terms, numbers: NumberOwner | None = None
) -> Outcome:
    """Settle the chunk again for as long as its outcome has serials that the register has already."""
    taken: set[str] = set()
    look_ahead = _FIRST_LOOK_AHEAD
    while found := _taken(connection, outcome, look_ahead=0):
        # Settling is a pure function: with the taken numbers known, it is simply asked again.
        taken |= found | _taken(connection, outcome, look_ahead=look_ahead)
        look_ahead *= 2
        if numbers is not None:
            chunk = with_numbers(connection, chunk, terms, numbers, spare=len(taken))
        outcome = settle(chunk, terms, taken)
    reach("chunk.decided")
    return outcome


def _not_judged_yet(connection: sa.Connection, document_ids: Sequence[int], run_id: int) -> list[int]:
    """Lock the documents and leave out those that this run has judged: the word of a commit may have been lost.

    Whoever else is at them, a transaction of ours that is still ending included, ends before we read on.
    """
    document = DOCUMENT.c
    wanted = keyed(connection, "chunk_asked", {"document_id": (sa.BigInteger(), document_ids)})
    query = (
        sa.select(document.document_id)
        .join(wanted, wanted.c.document_id == document.document_id)
        .where(document.last_run_id.is_distinct_from(run_id))
        .order_by(document.document_id)
        .with_for_update(key_share=True, of=DOCUMENT)
    )
    return list(fetch_columns(connection, query, ["document_id"])["document_id"])


def _taken(connection: sa.Connection, outcome: Outcome, look_ahead: int) -> set[str]:
    """Find which serials about to be written, or (looking ahead) about to be numbered, are in the register already."""
    keys = [] if look_ahead else outcome.new_keys()
    if look_ahead:
        for code, position in outcome.positions.items():
            context = outcome.contexts[code]
            end = min(position + look_ahead, Mask.parse(context.sequence.mask).last_number + 1)
            keys.extend(serial_key(context.render(number)) for number in range(position, end))
    if not keys:
        return set()
    wanted = keyed(connection, "wanted_serial", {"serial_key": (sa.Text(), keys)})
    rows = connection.execute(sa.select(SERIAL.c.serial_key).join(wanted, wanted.c.serial_key == SERIAL.c.serial_key))
    return set(rows.scalars())
