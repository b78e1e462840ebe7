"""Show which numbers of a sequence serials from elsewhere bear, and how far it is moved for them."""

from __future__ import annotations

import pytest

from batch.core.adopted_numbers import Move, Standing, moves
from batch.core.mask import Mask


@pytest.mark.parametrize(
    ("mask", "next_number", "serials", "after", "borne"),
    [
        pytest.param("{seq}", 5001, ["5003", "5001", "5003"], 5004, [5001, 5003], id="plain"),
        pytest.param("{seq}", 5001, ["5000", "4", "A-9000"], None, [], id="nothing it could still come by"),
        pytest.param("A-{seq:04}", 1, ["a-0007", "A-7", "B-0009"], 8, [7], id="by its letters and width"),
        pytest.param("{location}-{seq}", 1, ["HQ-3", "MAIN-9"], 10, [3, 9], id="whatever the location"),
        pytest.param("{seq:02}", 1, ["99"], 100, [99], id="its last number"),
        pytest.param("{seq}", 1, [], None, [], id="no serials"),
    ],
)
def test_sequences_are_moved(
    mask: str, next_number: int, serials: list[str], after: int | None, borne: list[int]
) -> None:
    found = moves([Standing("S", Mask.parse(mask), next_number)], serials)
    assert found == ([] if after is None else [Move("S", next_number, after, borne)])


@pytest.mark.parametrize(
    ("before", "borne", "passed_over"),
    [
        pytest.param(1, [1, 2, 3], [], id="none"),
        pytest.param(1, [3], [(1, 2)], id="up to the first"),
        pytest.param(1, [1, 5, 6, 9], [(2, 4), (7, 8)], id="between"),
    ],
)
def test_what_no_serial_bears_is_passed_over(before: int, borne: list[int], passed_over: list[tuple[int, int]]) -> None:
    assert list(Move("S", before, borne[-1] + 1, borne).passed_over()) == passed_over
