"""Reserve numbers for a worker, so that workers do not wait for one another (R15: serials only, never memos)."""

from __future__ import annotations

import dataclasses
from collections import Counter

import sqlalchemy as sa

from batch.core.areas import Sequence
from batch.core.chunk import OPEN_LINE_STATUSES, SERIALIZED_TYPES, Chunk, Terms
from batch.core.mask import Mask, MaskError
from batch.edge.failpoint import reach
from batch.edge.schema import NUMBER_BLOCK, NUMBER_SEQUENCE
from batch.edge.sequences import mark_first_use
from batch.edge.snapshot import read_places


@dataclasses.dataclass(frozen=True, slots=True)
class NumberOwner:
    """Who draws from a block: a worker of a run, and how many numbers it takes at a time at least."""

    run_id: int
    worker: int
    block_size: int


def with_numbers(
    connection: sa.Connection,
    chunk: Chunk,
    terms: Terms,
    owner: NumberOwner,
    *,
    spare: int = 0,
) -> Chunk:
    """Give the chunk sequences that are ours to draw from: blocks reserved and committed, or rows locked till the end.

    A chunk reserves the most it could need before it is settled, so that no line is refused for want of a block.
    """
    straight: list[str] = []
    for code, units in sorted(_wanted(chunk, terms).items()):
        sequence = chunk.places.sequences[code]
        if sequence.allocation == "BLOCK":
            _reserve(connection.engine, sequence, units + spare, owner)
        else:
            straight.append(code)
    if straight:
        # In the order of their names, so that two workers never wait for each other in a circle.
        connection.execute(
            sa.select(NUMBER_SEQUENCE.c.sequence_code)
            .where(NUMBER_SEQUENCE.c.sequence_code.in_(straight))
            .order_by(NUMBER_SEQUENCE.c.sequence_code)
            .with_for_update()
        )
    return dataclasses.replace(chunk, places=read_places(connection, owner.worker))


def _wanted(chunk: Chunk, terms: Terms) -> Counter[str]:
    """Count by sequence the most units that the chunk's lines could ask numbers for."""
    locations = dict(zip(chunk.documents["document_id"], chunk.documents["location_code"], strict=True))
    wanted: Counter[str] = Counter()
    lines = chunk.lines
    columns = (lines["document_id"], lines["item_code"], lines["quantity"], lines["status"])
    for document_id, item_code, quantity, status in zip(*columns, strict=True):
        item = chunk.items.get(item_code)
        if status not in OPEN_LINE_STATUSES or item is None or item.inventory_type not in SERIALIZED_TYPES:
            continue
        location = locations[document_id] or terms.default_location or chunk.places.default_location
        sequence = chunk.places.serial_sequence(item.serial_sequence_code, location)
        if sequence is not None and 0 < abs(quantity) <= terms.quantity_limit:
            wanted[sequence.sequence_code] += int(abs(quantity))
    return wanted


def _reserve(engine: sa.Engine, sequence: Sequence, wanted: int, owner: NumberOwner) -> None:
    """Take a block of the sequence in a transaction of its own, if what the worker has left is not enough."""
    block, row = NUMBER_BLOCK.c, NUMBER_SEQUENCE.c
    code = sequence.sequence_code
    with engine.begin() as connection:
        left = connection.execute(
            sa.select(sa.func.coalesce(sa.func.sum(block.last_number - block.next_number + 1), 0)).where(
                block.sequence_code == code, block.worker == owner.worker
            )
        ).scalar_one()
        if left >= wanted:
            return
        found = connection.execute(
            sa.select(row.next_number, row.mask).where(row.sequence_code == code).with_for_update()
        ).one()
        last = found.next_number + max(owner.block_size, int(wanted - left)) - 1
        end = _end_of(found.mask)
        last = last if end is None else min(last, end)
        if last < found.next_number:
            return
        mark_first_use(connection, [code])
        connection.execute(sa.update(NUMBER_SEQUENCE).where(row.sequence_code == code).values(next_number=last + 1))
        connection.execute(
            sa.insert(NUMBER_BLOCK).values(
                sequence_code=code,
                first_number=found.next_number,
                last_number=last,
                next_number=found.next_number,
                run_id=owner.run_id,
                worker=owner.worker,
            )
        )
    reach("block.reserved")


def _end_of(mask: str) -> int | None:
    try:
        return Mask.parse(mask).last_number
    except MaskError:
        return None
