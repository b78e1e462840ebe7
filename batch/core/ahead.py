"""Decide a chunk before the one ahead of it is written: say whether that can be, and what it must be told.

What is not written yet is known all the same: it is the outcome of the chunk ahead. Where the two mention the same
unit, or a document of the one is changed by the other, the later chunk has to wait and be read again.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterator

from batch.core.areas import Places, Sequence
from batch.core.chunk import Chunk
from batch.core.keys import near_key, serial_key
from batch.core.outcome import SERIAL_COLUMNS, Outcome

_NEAR = (SERIAL_COLUMNS.index("serial_near"), SERIAL_COLUMNS.index("mfr_serial_near"))


def changes_documents(ahead: Outcome, document_ids: Collection[int]) -> bool:
    """Say whether the outcome ahead changes documents that are not its own, and are among these."""
    return not ahead.service_documents.isdisjoint(document_ids)


def crosses(ahead: Outcome, chunk: Chunk) -> bool:
    """Say whether a chunk names a unit that the outcome ahead brings or changes, or one that looks like it."""
    names, ids = set(_names_changed(ahead)), ahead.changed_units.keys()
    for units in chunk.units.values():
        for unit in units:
            if unit.serial_id in ids or not names.isdisjoint(_near(unit.serial_no, unit.mfr_serial_no)):
                return True
    # Of what is named beyond the quantity, the register is asked for the manufacturer's serials alone.
    surplus = (extra.get("mfr_serial_no") for extras in chunk.lines["surplus_units"] if extras for extra in extras)
    return not names.isdisjoint(_near(*surplus))


def following(ahead: Outcome, found: Places, chunk: Chunk) -> Chunk:
    """Give a chunk whose sequences stand where the outcome ahead will leave them, which was decided on what it `found`.

    Numbers that memos pass over are not known before they are written: whoever runs short then is settled again.
    """
    memos = Counter(memo.sequence_code for memo in ahead.memos)
    left_at = {code: found.sequences[code].ranges[0][0] + count for code, count in memos.items()} | ahead.positions
    places = chunk.places

    def moved(sequence: Sequence) -> Sequence:
        (first, last), *rest = sequence.ranges
        # Where the outcome ahead is written already, or others have gone farther, what is on file counts.
        number = max(first, left_at.get(sequence.sequence_code, first))
        return dataclasses.replace(sequence, ranges=((number, last), *rest))

    sequences = map(moved, places.sequences.values())
    return dataclasses.replace(chunk, places=Places(places.locations.values(), places.areas.values(), sequences))


def _names_changed(ahead: Outcome) -> Iterator[str]:
    """Give what the units look like that an outcome brings or changes, by either name."""
    for row in ahead.rows.serials:
        yield from (str(row[place]) for place in _NEAR if row[place])
    for unit in (*(new.unit for new in ahead.new_serials), *ahead.changed_units.values()):
        yield unit.serial_near
        if unit.mfr_serial_near:
            yield unit.mfr_serial_near


def _near(*names: str | None) -> Iterator[str]:
    return (near_key(serial_key(name)) for name in names if name)
