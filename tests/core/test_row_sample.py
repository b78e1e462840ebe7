"""Show that a sample is drawn in whole documents, and by the seed alone."""

from __future__ import annotations

import pytest

from batch.core.cells import Cell, RawRow
from batch.core.row_sample import Sample

ROWS: list[RawRow] = [(number + 2, [f"D-{number // 4}", "x"]) for number in range(100)]


def document(row: RawRow) -> Cell:
    return row[1][0] if row[1] else None


def drawn(rows: list[RawRow], wanted: int, seed: int = 0) -> list[int]:
    sample = Sample.drawn(rows, document, wanted, seed)
    return [row for row, _ in sample.only(rows, document)]


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        pytest.param(1, 4, id="a document at least"),
        pytest.param(8, 8, id="two documents"),
        pytest.param(9, 12, id="the third as a whole"),
        pytest.param(100, 100, id="all"),
        pytest.param(1_000, 100, id="more than there are"),
    ],
)
def test_documents_are_drawn_until_there_are_enough_rows(wanted: int, rows: int) -> None:
    found = drawn(ROWS, wanted)
    assert len(found) == rows
    assert found == sorted(found)


def test_the_seed_decides() -> None:
    assert drawn(ROWS, 20, 1) == drawn(ROWS, 20, 1)
    assert len({tuple(drawn(ROWS, 20, seed)) for seed in range(5)}) == 5


def test_rows_without_a_document_are_drawn_together() -> None:
    assert drawn([(2, [None]), (3, [])], 1) == [2, 3]
    assert drawn([], 5) == []
