"""Show how the documents of a run are parted into chunks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.edge.plan import Plan


def plan(*lines: int) -> Plan:
    """Plan documents of so many lines each, of which one is done before in every document of more than one."""
    return Plan.of((number, count, max(1, count - 1), 0) for number, count in enumerate(lines, 1))


@pytest.mark.parametrize(
    ("lines", "most", "sizes"),
    [
        pytest.param([1] * 10, 4, [4, 4, 2], id="as many as fit"),
        pytest.param([3, 3, 1, 9, 1], 4, [3, 4, 9, 1], id="whole documents, however large"),
        pytest.param([], 4, [], id="nothing"),
    ],
)
def test_chunks_of_whole_documents(lines: list[int], most: int, sizes: list[int]) -> None:
    chunks = list(plan(*lines).chunks(most))
    by_number = dict(enumerate(lines, 1))
    assert [sum(by_number[number] for number in numbers) for numbers, _ in chunks] == sizes
    assert [number for numbers, _ in chunks for number in numbers] == list(by_number)


@pytest.mark.parametrize(
    ("total", "most", "sizes"),
    [
        pytest.param(50_000, 10_000, [2_500, 5_000, *[10_000] * 3, 6_250, 3_125, 2_500, 625], id="a long run"),
        pytest.param(10_000, 10_000, [2_500, 3_750, 2_500, 1_250], id="one chunk"),
        pytest.param(2_500, 10_000, [2_500], id="a small file"),
        pytest.param(5_000, 1_000, [1_000] * 5, id="chunks that are small anyway"),
        pytest.param(3, 1, [1, 1, 1], id="chunks of one line"),
    ],
)
def test_the_first_chunks_and_the_last_are_smaller(total: int, most: int, sizes: list[int]) -> None:
    assert [len(numbers) for numbers, _ in plan(*[1] * total).tapered_chunks(most)] == sizes


@given(st.lists(st.integers(1, 3_000), max_size=60), st.integers(1, 12_000))
def test_tapered_or_not_every_document_is_in_one_chunk(lines: list[int], most: int) -> None:
    planned = plan(*lines)
    chunks = list(planned.tapered_chunks(most))
    assert [number for numbers, _ in chunks for number in numbers] == planned.document_ids
    assert sum(open_lines for _, open_lines in chunks) == planned.open_lines
    by_number = dict(enumerate(lines, 1))
    sizes = [sum(by_number[number] for number in numbers) for numbers, _ in chunks]
    assert all(size <= most or len(numbers) == 1 for size, (numbers, _) in zip(sizes, chunks, strict=True))
