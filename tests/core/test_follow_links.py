"""Show what a row that comes back with a link takes over from the row it corrects."""

from __future__ import annotations

import pytest

from batch.core.codes import REFUSE, Refusal
from batch.core.outcome import LineException
from batch.core.reconcile import OpenException, Reconciled, follow_links


def opened(exception_id: int, code: str, column: str) -> OpenException:
    return OpenException(exception_id, code, REFUSE, None, None, None, None, column, 1, 7)


def raised(sheet_row: int, code: str, column: str) -> LineException:
    return LineException(Refusal(code, "…", sheet_row=sheet_row, column=column), 0, 0, 2, line_refused=True)


ITEM = opened(1, "CELL_REQUIRED", "Item")
CUSTOMER = opened(2, "CELL_REQUIRED", "Customer")
STILL = raised(2, "CELL_REQUIRED", "Item")
OTHER = raised(2, "CELL_REQUIRED", "Quantity")


@pytest.mark.parametrize(
    ("new", "linked", "staying", "resolved", "left"),
    [
        pytest.param([], {2: [ITEM, CUSTOMER]}, [], [1, 2], [], id="all put right"),
        pytest.param([STILL], {2: [ITEM, CUSTOMER]}, [1], [2], [], id="one put right"),
        pytest.param([OTHER], {2: [ITEM]}, [], [1], [OTHER], id="another thing wrong"),
        pytest.param([STILL], {3: [ITEM]}, [], [1], [STILL], id="another row wrong"),
        pytest.param([STILL], {2: [ITEM], 3: [ITEM]}, [1], [], [], id="two rows with one link"),
        pytest.param([STILL, STILL], {2: [ITEM]}, [1], [], [STILL], id="raised twice"),
        pytest.param([STILL], {}, [], [], [STILL], id="no link"),
    ],
)
def test_open_exceptions_are_taken_over(
    new: list[LineException],
    linked: dict[int, list[OpenException]],
    staying: list[int],
    resolved: list[int],
    left: list[LineException],
) -> None:
    found = follow_links(Reconciled(new, [], []), linked)
    assert ([each for each, _ in found.staying], found.resolved, found.new) == (staying, resolved, left)


def test_what_the_lines_own_number_settled_is_not_settled_twice() -> None:
    before = Reconciled([], [(1, STILL)], [2])
    assert follow_links(before, {2: [ITEM, CUSTOMER]}) == before
