"""Show which numbers are issued, which are passed over, and that a document that is held gives them all back."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batch.core.areas import Sequence
from batch.core.mask import LAST_NUMBER
from batch.core.numbers import Context, Numbers
from tests.core.chunks import TODAY, numbers

OPEN = numbers("S-HQ", "HQ", 5001)
# 0098, 0099 and no more.
ENDING = numbers("S-END", "HQ", 98, "{seq:02}")
BLOCKS = dataclasses.replace(OPEN, ranges=((11, 12), (21, 21), (31, 33)))


def context(issuing: Numbers, sequence: Sequence = OPEN, item_code: str = "CPU") -> Context:
    """Ask for a sequence as it serves HQ."""
    return issuing.context(sequence, "HQ", item_code, TODAY)


def take(issuing: Numbers, count: int, sequence: Sequence = OPEN) -> list[str] | None:
    """Give the serials issued, or None."""
    issued = issuing.take(context(issuing, sequence), count)
    return None if issued is None else [each.serial_no for each in issued]


@pytest.mark.parametrize(
    ("taken", "known", "reserved", "expected"),
    [
        pytest.param([], [], [], (["5001", "5002", "5003"], []), id="one after another"),
        pytest.param(["5002"], [], [], (["5001", "5003", "5004"], [5002]), id="one is in the register"),
        pytest.param([], ["5001", "5002"], [], (["5003", "5004", "5005"], [5001, 5002]), id="mentioned by the chunk"),
        pytest.param([], [], ["5003"], (["5001", "5002", "5004"], [5003]), id="the document brings it itself"),
        pytest.param(["5004"], [], [], (["5001", "5002", "5003"], []), id="recorded only once it is reached"),
    ],
)
def test_take(taken: list[str], known: list[str], reserved: list[str], expected: tuple[list[str], list[int]]) -> None:
    issuing = Numbers(frozenset(taken), frozenset(known))
    issuing.begin()
    issuing.reserve(reserved)
    assert take(issuing, 3) == expected[0]
    assert issuing.passed_over == [("S-HQ", number) for number in expected[1]]
    assert issuing.positions() == {"S-HQ": int(expected[0][-1]) + 1}


@pytest.mark.parametrize(
    ("sequence", "counts", "expected"),
    [
        pytest.param(ENDING, (2,), [["98", "99"]], id="to the very end"),
        pytest.param(ENDING, (3,), [None], id="beyond the end"),
        pytest.param(ENDING, (3, 1, 1, 1), [None, ["98"], ["99"], None], id="a smaller one after it may still fit"),
        pytest.param(BLOCKS, (3,), [["11", "12", "21"]], id="over blocks"),
        pytest.param(BLOCKS, (1, 4, 1), [["11"], ["12", "21", "31", "32"], ["33"]], id="over blocks, bit by bit"),
        pytest.param(BLOCKS, (6, 1), [["11", "12", "21", "31", "32", "33"], None], id="all blocks used up"),
        pytest.param(BLOCKS, (7,), [None], id="more than the blocks hold"),
        pytest.param(dataclasses.replace(OPEN, ranges=()), (1,), [None], id="no block at all"),
    ],
)
def test_the_end_of_a_sequence(sequence: Sequence, counts: tuple[int, ...], expected: list[list[str] | None]) -> None:
    issuing = Numbers(frozenset(), frozenset())
    assert [take(issuing, count, sequence) for count in counts] == expected


def test_what_could_not_be_issued_leaves_nothing_passed_over() -> None:
    issuing = Numbers(frozenset({"98"}), frozenset())
    assert take(issuing, 2, ENDING) is None
    assert (issuing.passed_over, issuing.positions()) == ([], {})
    assert take(issuing, 1, ENDING) == ["99"]
    assert issuing.passed_over == [("S-END", 98)]


@pytest.mark.parametrize(
    ("taken", "count", "expected"),
    [
        pytest.param([], 2, True, id="as many as there are"),
        pytest.param([], 3, False, id="more than there are"),
        pytest.param(["98"], 2, False, id="one of them is taken"),
    ],
)
def test_enough_takes_none(taken: list[str], count: int, *, expected: bool) -> None:
    issuing = Numbers(frozenset(taken), frozenset())
    assert issuing.enough(context(issuing, ENDING), count) is expected
    assert (issuing.passed_over, issuing.positions()) == ([], {})


def test_enough_counts_from_what_has_been_issued() -> None:
    issuing = Numbers(frozenset(), frozenset())
    assert take(issuing, 1, ENDING) == ["98"]
    assert issuing.enough(context(issuing, ENDING), 1)
    assert not issuing.enough(context(issuing, ENDING), 2)


@pytest.mark.parametrize(
    ("sequence", "expected"),
    [
        pytest.param(OPEN, LAST_NUMBER - 5000, id="to the end of all numbers"),
        pytest.param(ENDING, 2, id="to the end of its mask"),
        pytest.param(BLOCKS, 6, id="all its blocks"),
        pytest.param(numbers("S-END", "HQ", 100, "{seq:02}"), 0, id="past its end"),
    ],
)
def test_room(sequence: Sequence, expected: int) -> None:
    issuing = Numbers(frozenset(), frozenset())
    assert issuing.room(context(issuing, sequence)) == expected


def test_a_held_document_gives_everything_back() -> None:
    issuing = Numbers(frozenset({"5002", "98"}), frozenset())
    issuing.begin()
    assert take(issuing, 2) == ["5001", "5003"]
    before = issuing.positions(), list(issuing.passed_over)
    issuing.begin()
    assert take(issuing, 2) == ["5004", "5005"]
    assert take(issuing, 1) == ["5006"]
    assert take(issuing, 1, ENDING) == ["99"]
    issuing.undo()
    assert (issuing.positions(), issuing.passed_over) == before
    assert take(issuing, 1) == ["5004"]
    assert take(issuing, 1, ENDING) == ["99"]


def test_what_a_document_reserves_is_free_for_the_next() -> None:
    issuing = Numbers(frozenset(), frozenset())
    issuing.begin()
    issuing.reserve(["5001"])
    issuing.begin()
    assert take(issuing, 1) == ["5001"]


def test_sequences_that_overlap_never_issue_the_same_serial() -> None:
    issuing = Numbers(frozenset(), frozenset())
    other = numbers("S-OTHER", "HQ", 5002)
    assert take(issuing, 2) == ["5001", "5002"]
    assert take(issuing, 2, other) == ["5003", "5004"]
    assert take(issuing, 1) == ["5005"]
    assert issuing.passed_over == [("S-OTHER", 5002), ("S-HQ", 5003), ("S-HQ", 5004)]


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        pytest.param("{location}-{item}-{yyyy}{mm}{dd}-{seq}", "HQ-CPU-20260331-7", id="all that a mask may print"),
        pytest.param("N{seq:03}", "N007", id="padded"),
    ],
)
def test_what_a_mask_prints(mask: str, expected: str) -> None:
    issuing = Numbers(frozenset(), frozenset())
    assert take(issuing, 1, numbers("S-HQ", "HQ", 7, mask)) == [expected]


def test_one_counter_whatever_the_item_printed() -> None:
    issuing = Numbers(frozenset(), frozenset())
    sequence = numbers("S-HQ", "HQ", 7, "{item}-{seq}")
    issued = [issuing.take(context(issuing, sequence, code), 1) for code in ("CPU", "GPU", "CPU")]
    assert [each[0].serial_no for each in issued if each] == ["CPU-7", "GPU-8", "CPU-9"]


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        pytest.param("{seq}", None, id="sound"),
        pytest.param("no number", "{seq}", id="no counter"),
        pytest.param("{seq}{seq}", "{seq}", id="two counters"),
    ],
)
def test_a_spoiled_mask_is_said(mask: str, expected: str | None) -> None:
    issuing = Numbers(frozenset(), frozenset())
    problem = context(issuing, numbers("S-HQ", "HQ", 7, mask)).problem
    assert problem is None if expected is None else expected in (problem or "")


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=8),
    st.frozensets(st.integers(5001, 5020).map(str), max_size=8),
)
def test_every_number_is_issued_once_or_passed_over(documents: list[tuple[int, bool]], taken: frozenset[str]) -> None:
    issuing = Numbers(taken, frozenset())
    issued: list[int] = []
    for count, held in documents:
        issuing.begin()
        found = take(issuing, count)
        assert found is not None
        if held:
            issuing.undo()
        else:
            issued += [int(each) for each in found]
    end = issuing.positions().get("S-HQ", 5001)
    assert sorted(issued + [number for _, number in issuing.passed_over]) == list(range(5001, end))
    assert {str(number) for _, number in issuing.passed_over} <= taken
