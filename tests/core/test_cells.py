"""Show cells as a person sees them."""

from __future__ import annotations

import datetime as dt

import pytest

from batch.core.cells import NEVER_CALCULATED, Cell, CellError, Percent, Shown, Typed, text_of


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        pytest.param(None, "", id="blank"),
        pytest.param(" A-1 ", " A-1 ", id="text as it stands"),
        pytest.param(True, "TRUE", id="true"),
        pytest.param(False, "FALSE", id="false"),
        pytest.param(12, "12", id="whole number"),
        pytest.param(1.5, "1.5", id="number"),
        pytest.param(Shown(123, "00123"), "00123", id="zeros of the format"),
        pytest.param(Percent(0.1, "10%"), "10%", id="percentage"),
        pytest.param(Typed("1,50", "1.50", "1.234,50"), "1,50", id="as it was typed"),
        pytest.param(CellError("#DIV/0!"), "#DIV/0!", id="error"),
        pytest.param(NEVER_CALCULATED, "formula without a stored value", id="never calculated"),
        pytest.param(dt.date(2024, 1, 31), "2024-01-31", id="date"),
        pytest.param(dt.datetime(2024, 1, 31, 10, 5), "2024-01-31 10:05:00", id="date and time"),
        pytest.param(dt.time(10, 5), "10:05:00", id="time"),
        pytest.param(dt.timedelta(hours=30), "1 day, 6:00:00", id="duration"),
    ],
)
def test_text_of(cell: Cell, text: str) -> None:
    assert text_of(cell) == text
