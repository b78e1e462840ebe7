"""Show what a line credits, in whole minor units, and what a generated serial costs (R20 to R22)."""

from __future__ import annotations

from typing import Any

import pytest

from batch.core.credit import cost_of, memo_line
from batch.core.lines import enrich
from batch.core.outcome import Memo, MemoLine
from tests.core.chunks import TERMS, TODAY, chunk, doc


def drawn(head: str, line: str) -> dict[str, Any]:
    """Give a line with all that is set beside it."""
    lines = enrich(chunk(doc(head, line)), TERMS)
    return {str(name): lines[name].tolist()[0] for name in lines.columns}


@pytest.mark.parametrize(
    ("head", "line", "expected"),
    [
        pytest.param("RETURN", "CPU 3", (3, 15000, 0, 45000, 0, "CRMA"), id="the list price"),
        pytest.param("RETURN", "CPU 3 price=100 discount=50 tax=19", (3, 100, 50, 250, 19, "CRMA"), id="as given"),
        pytest.param("POS_INVOICE", "CPU -3", (3, 15000, 0, 45000, 0, "CRMA"), id="a credit has no sign"),
        pytest.param("RETURN", "CPU 1 price=0", (1, 0, 0, 0, 0, "CRMA"), id="for nothing"),
        pytest.param("RETURN", "CPU 1 area=MAIN-STOCK", (1, 15000, 0, 15000, 0, "MAIN-STOCK"), id="where received"),
        pytest.param("RETURN", "CABLE 4", (4, 500, 0, 2000, 0, "CRMA"), id="kept by quantity"),
        pytest.param("RETURN", "WORK 1", (1, 7500, 0, 7500, 0, None), id="not kept, received nowhere"),
        pytest.param(
            "RETURN", "CPU 9 price=922337203685", (9, 922337203685, 0, 8301034833165, 0, "CRMA"), id="exactly"
        ),
    ],
)
def test_memo_line(head: str, line: str, expected: tuple[object, ...]) -> None:
    assert memo_line(drawn(head, line)) == MemoLine(101, line.split(maxsplit=1)[0], *expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("head", "line", "expected"),
    [
        pytest.param("RETURN", "CPU 1 cost=0", (0, "LINE"), id="the line's, if it is nothing"),
        pytest.param("RETURN", "CPU 1", (10000, "AVERAGE"), id="the item's average"),
        pytest.param("RETURN", "MOUSE 1", (None, "UNKNOWN"), id="none"),
        pytest.param("RETURN R-1 HQ C-EUR", "CPU 1", (None, "UNKNOWN"), id="an average in another currency"),
        pytest.param("RETURN R-1 HQ C-EUR", "CPU 1 cost=7", (7, "LINE"), id="the line's in any currency"),
    ],
)
def test_cost(head: str, line: str, expected: tuple[int | None, str]) -> None:
    found = drawn(head, line)
    assert cost_of(found["unit_cost_minor"], found["cost_minor"]) == expected


def test_a_memo_adds_up_its_lines() -> None:
    lines = (MemoLine(101, "CPU", 2, 100, 10, 190, 19, "CRMA"), MemoLine(102, "WORK", 1, 50, 0, 50, 0, None))
    memo = Memo(1, "R-1", "C1", "HQ", "USD", TODAY, "CM-HQ", lines)
    assert (memo.net_minor, memo.tax_minor) == (240, 19)
