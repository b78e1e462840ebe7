"""Show that a chunk decided before the one ahead is written comes to what both would have come to as one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from batch.core.ahead import changes_documents, crosses, following
from batch.core.chunk import Chunk, OpenDocument
from batch.core.settle import settle
from tests.core.chunks import TERMS, WORLD, Doc, World, chunk, doc, numbers, unit
from tests.core.nights import REGISTER, TERMS_OF, WORLDS, nights, told


@settings(deadline=None, max_examples=40)
@given(nights(), st.integers(0, 8), st.sampled_from(sorted(WORLDS)), st.sampled_from(sorted(TERMS_OF)))
def test_two_chunks_that_do_not_cross_come_to_what_one_does(night: list[Doc], at: int, world: str, terms: str) -> None:
    ahead, behind = cut(night, at, WORLDS[world])
    first = settle(ahead, TERMS_OF[terms])
    assume(not crosses(first, behind))
    # What the one ahead has written is in the register when the other is asked for numbers that are taken.
    second = settle(following(first, ahead.places, behind), TERMS_OF[terms], first.new_keys())
    whole = settle(chunk(*night, register=REGISTER, world=WORLDS[world]), TERMS_OF[terms])
    assert together(told(first), told(second)) == told(whole)


@settings(deadline=None, max_examples=25)
@given(nights(), st.integers(0, 6), st.integers(0, 6), st.sampled_from(sorted(WORLDS)))
def test_a_chunk_behind_two_comes_to_what_the_whole_does(night: list[Doc], at: int, more: int, world: str) -> None:
    ahead, rest = cut(night, at, WORLDS[world])
    first = settle(ahead, TERMS)
    assume(not crosses(first, rest))
    middle = chunk(*night[at : at + more], first_id=at + 1, register=REGISTER, world=WORLDS[world])
    last = chunk(*night[at + more :], first_id=at + more + 1, register=REGISTER, world=WORLDS[world])
    middle = following(first, ahead.places, middle)
    second = settle(middle, TERMS, first.new_keys())
    assume(not crosses(second, last))
    last = following(second, middle.places, following(first, ahead.places, last))
    third = settle(last, TERMS, {*first.new_keys(), *second.new_keys()})
    whole = settle(chunk(*night, register=REGISTER, world=WORLDS[world]), TERMS)
    assert together(together(told(first), told(second)), told(third)) == told(whole)


def cut(night: list[Doc], at: int, world: World = WORLD) -> tuple[Chunk, Chunk]:
    """Part a night into two chunks."""
    before, after = night[:at], night[at:]
    behind = chunk(*after, first_id=len(before) + 1, register=REGISTER, world=world)
    return chunk(*before, register=REGISTER, world=world), behind


def together(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Join what two settlements decided as if it had been one."""
    joined = {name: joined_with(value, second[name]) for name, value in first.items()}
    joined["serials"].sort(key=str)
    joined["history"].sort(key=lambda row: str(row[0]))
    joined["units"].sort()
    joined["judged"].sort(key=str)
    return joined


def joined_with(value: Any, other: Any) -> Any:
    """Join one of the things that were decided: what is counted is added, what is listed is listed together."""
    if isinstance(value, dict | set):
        return value | other
    if isinstance(value, tuple):
        parts = [joined_with(*each) for each in zip(value, other, strict=True)]
        return tuple(sorted(part) if isinstance(part, list) else part for part in parts)
    return value + other


CROSSING = (
    ("a serial that the one ahead generates", "CPU 2", "CPU 1 #5002", True),
    ("one that looks like it", "CPU 2", "CPU 1 #5OO2", True),
    ("a maker's serial that it brings", "CPU 1 #/X-1", "CPU 1 #/X-1", True),
    ("one that looks like that", "CPU 1 #/XI-1", "CPU 1 #/X1-I", True),
    ("a unit that it moves", "CPU 1 #4001", "CPU 1 #4001", True),
    ("its maker's serial", "CPU 1 #4001", "CPU 1 #/M7", True),
    ("a unit attached at the till", "CPU 1 @4001", "CPU 1 @4001", True),
    ("a maker's serial beyond the quantity", "CPU 1 #/X-1", "CPU 1 #/Y-1 #/X-1", True),
    ("only the number beyond the quantity", "CPU 1 #/X-1", "CPU 1 #/Y-1 more=3", False),
    ("another unit", "CPU 1 #4001", "CPU 1 #4002", False),
    ("nothing by name", "CPU 2 #/X-1", "CPU 3", False),
    ("what the one ahead refuses", "CPU 1 tax=-1 #/X-1", "CPU 1 #/X-1", False),
)


@pytest.mark.parametrize(
    ("line", "line_behind", "expected"), [pytest.param(*each[1:], id=each[0]) for each in CROSSING]
)
def test_which_chunks_cross(line: str, line_behind: str, expected: bool) -> None:
    ahead, behind = cut([doc("RETURN", line), doc("RETURN", line_behind)], 1)
    assert crosses(settle(ahead, TERMS), behind) is expected


def test_a_return_changes_the_slip_that_holds_its_unit() -> None:
    slip = {7: OpenDocument("SERVICE", "S-7", "C1")}
    held = unit("4001", "REPAIRS-IN", customer_code="C1", open_document_id=7)
    ahead = settle(chunk(doc("RETURN", "CPU 1 #4001"), register=[held], open_documents=slip), TERMS)
    assert changes_documents(ahead, [6, 7])
    assert not changes_documents(ahead, [1, 6])


def test_sequences_stand_where_the_one_ahead_leaves_them() -> None:
    scarce = WORLD.having(numbers("S-HQ", "HQ", 7, last=9), numbers("CM-HQ", "HQ", 3, last=5))
    places = scarce.places()
    ahead = settle(chunk(doc("RETURN", "CPU 2"), doc("RETURN", "CABLE 1"), world=scarce), TERMS)
    sequences = following(ahead, places, chunk(world=scarce)).places.sequences
    assert {code: each.ranges for code, each in sequences.items() if code.endswith("HQ")} == {
        "S-HQ": ((9, 9),),
        "CM-HQ": ((5, 5),),
    }
    # Read when the one ahead was written already, and others have gone farther than that.
    gone = scarce.having(numbers("S-HQ", "HQ", 20), numbers("CM-HQ", "HQ", 5, last=5))
    sequences = following(ahead, places, chunk(world=gone)).places.sequences
    assert (sequences["S-HQ"].ranges, sequences["CM-HQ"].ranges) == (((20, None),), ((5, 5),))
