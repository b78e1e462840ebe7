"""Judge number sequences as they are loaded: no number twice, no mask that makes another's or that Excel spoils."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from batch.core.mask import Mask, MaskError, overlap
from batch.core.reference_cells import ReferenceRow
from batch.core.reference_columns import ITEM, NUMBER_SEQUENCE

_NAMES_SHOWN = 4


def problems(
    rows: Sequence[ReferenceRow],
    before: Mapping[str, Mapping[str, object]],
    after: Mapping[str, Mapping[str, Mapping[str, object]]],
) -> Iterator[str]:
    """List what may not be: a kind that changes, memo numbers in blocks or passed over, an item numbered by those."""
    sequences = after[NUMBER_SEQUENCE.name]
    for row in rows:
        if row.table is NUMBER_SEQUENCE:
            yield from _sequence_problems(row, before.get(row.key, {}), sequences[row.key])
        elif row.table is ITEM:
            code = str(row.values.get("serial_sequence_code"))
            if sequences.get(code, {}).get("kind", "SERIAL") != "SERIAL":
                yield row.problem(
                    "serial_sequence_code",
                    f'sequence "{code}" numbers credit memos',
                    "Name a sequence of kind SERIAL",
                )


def _sequence_problems(row: ReferenceRow, before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    kind = after.get("kind")
    if before.get("kind", kind) != kind:
        yield row.problem(
            "kind",
            f'"{row.key}" is on file as {before["kind"]}, and its numbers are accounted for as such',
            "Leave the kind as it is and load a new sequence for the other",
        )
    if kind == "CREDIT_MEMO" and after["allocation"] == "BLOCK":
        yield row.problem(
            "allocation", "credit memo numbers have no gaps, so they are not reserved in blocks", "Type GAPLESS"
        )
    if kind == "CREDIT_MEMO" and passed_over(before, after):
        yield row.problem(
            "next_number",
            f"credit memo numbers have no gaps, and the next one of this sequence is {_number(before)}, "
            f"not {_number(after)}",
            "Leave the column blank; for numbers from elsewhere on, load a sequence of another code and mask",
        )


def kept_number(before: Mapping[str, object], after: Mapping[str, object]) -> int:
    """Return the next number after a load: never lower than on file, as a number once issued is not used again."""
    return max(_number(before), _number(after))


def passed_over(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[int, int] | None:
    """Return the first and last number that a sequence in use skips by being set higher, or None."""
    if before.get("first_number") is None or _number(after) <= _number(before):
        return None
    return _number(before), _number(after) - 1


def warnings(
    rows: Sequence[ReferenceRow],
    before: Mapping[str, Mapping[str, object]],
    after: Mapping[str, Mapping[str, Mapping[str, object]]],
) -> Iterator[str]:
    """Tell what is loaded all the same but will surprise somebody."""
    sequences = after[NUMBER_SEQUENCE.name]
    for row in rows:
        yield from _row_warnings(row, before.get(row.key), sequences[row.key])
    loaded = {row.key for row in rows}
    yield from _meeting(loaded, sequences)
    yield from _of_one_location(loaded, sequences)


def _row_warnings(row: ReferenceRow, before: Mapping[str, object] | None, after: Mapping[str, object]) -> Iterator[str]:
    said = row.values.get("next_number")
    if before is not None and isinstance(said, int) and said < _number(before):
        yield row.problem(
            "next_number",
            f"{said} is lower than the next number on file, {_number(before)}, which was kept",
            "A number once issued is never used again; leave the column out to leave the numbers alone",
        )
    mask = _usable(after["mask"])
    if mask is None:
        yield row.problem("mask", f"the mask on file, {after['mask']}, cannot be used", "Load the right one")
        return
    for warning in mask.warnings():
        yield f"{row.place}, sequence {row.key}: {warning}."
    if _number(after) > mask.last_number:
        yield row.problem(
            "mask",
            f"mask {mask.text} ends at {mask.last_number} and the next number is {_number(after)}, so it is exhausted",
            "Give the mask more digits",
        )


def _meeting(loaded: set[str], sequences: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    """Warn once of each group of sequences that can make one another's numbers, if the load touches the group."""
    users: defaultdict[tuple[str, Mask], list[str]] = defaultdict(list)
    for code, sequence in sequences.items():
        mask = _usable(sequence["mask"])
        if mask is not None:
            users[str(sequence["kind"]), mask].append(code)
    for masks in _groups([*users]):
        codes = sorted(code for mask in masks for code in users[mask])
        alone = len(codes) < 2 or (len(masks) == 1 and _apart_by_location(masks[0][1], codes, sequences))
        if not alone and loaded & {*codes}:
            yield (
                f"number_sequence: {_listed(codes)} can make one another's numbers, their masks being "
                f"{_listed(sorted(mask.text for _, mask in masks))}; numbers that are taken are skipped and recorded "
                "as missing. Give each mask letters of its own."
            )


def _groups(masks: Sequence[tuple[str, Mask]]) -> list[list[tuple[str, Mask]]]:
    """Put together the masks of one kind that overlap, directly or by way of others."""
    groups: list[list[tuple[str, Mask]]] = []
    for mask in masks:
        met = [group for group in groups if any(mask[0] == one[0] and overlap(mask[1], one[1]) for one in group)]
        groups = [group for group in groups if group not in met]
        groups.append([mask, *(one for group in met for one in group)])
    return groups


def _usable(mask: object) -> Mask | None:
    # Another system may have written it, and nobody has checked it yet.
    try:
        return Mask.parse(str(mask))
    except MaskError:
        return None


def _apart_by_location(mask: Mask, codes: Sequence[str], sequences: Mapping[str, Mapping[str, object]]) -> bool:
    """Say whether one mask serves several sequences because it names the location, and each has its own."""
    places = {sequences[code].get("location_code") for code in codes}
    return "{location}" in mask.text and None not in places and len(places) == len(codes)


def _of_one_location(loaded: set[str], sequences: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    places: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for code, sequence in sequences.items():
        if sequence.get("location_code") is not None:
            places[str(sequence["location_code"]), str(sequence["kind"])].append(code)
    for (location, kind), codes in sorted(places.items()):
        if len(codes) > 1 and loaded & {*codes}:
            yield (
                f"number_sequence: location {location} has several sequences of kind {kind}: {_listed(sorted(codes))}. "
                "Keep one, and leave location_code of the others blank; items can name theirs."
            )


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _number(sequence: Mapping[str, object]) -> int:
    number = sequence["next_number"]
    assert isinstance(number, int), f"next_number is {number!r}"
    return number
