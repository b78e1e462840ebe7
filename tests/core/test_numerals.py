"""Show how numbers are read that other countries type."""

from __future__ import annotations

import pytest

from batch.core.cells import Cell, Exact, Typed
from batch.core.numerals import Numerals


@pytest.mark.parametrize(
    ("marks", "cell", "plain"),
    [
        pytest.param(",.", "1.234,50", "1234.50", id="both marks"),
        pytest.param(",.", "1234,5", "1234.5", id="thousands left out"),
        pytest.param(",.", "1.234", "1234", id="thousands alone"),
        pytest.param(",.", "-1,00", "-1.00", id="sign"),
        pytest.param(",.", " 2 ", "2", id="blanks around"),
        pytest.param(",.", "12.50", None, id="a decimal point"),
        pytest.param(",.", "1.2345,00", None, id="four digits"),
        pytest.param(",", "1.234,50", None, id="no mark between thousands"),
        pytest.param(",", "99,50", "99.50", id="decimal comma"),
        pytest.param(",.", "0.500", None, id="a half is no thousands"),
        pytest.param(".,", "1.000", "1.000", id="decimals as the contract has them"),
        pytest.param(".,", "1,234.50", "1234.50", id="the other way round"),
        pytest.param(",.", 12.5, 12.5, id="a number is one"),
        pytest.param(",.", Exact("1.234"), "1.234", id="an exact number is one too"),
        pytest.param(",.", "  ", "  ", id="blank"),
        pytest.param(",.", None, None, id="none"),
    ],
)
def test_numbers_are_read_as_they_are_typed(marks: str, cell: Cell, plain: Cell) -> None:
    numerals = Numerals(marks[0], marks[1:])
    read = numerals.plain(cell)
    assert (read.plain if isinstance(read, Typed) else read) == plain
    if isinstance(read, Typed):
        assert isinstance(cell, str)
        # What is shown to people is what stands in the file.
        assert (read.text, read.like) == (cell.strip(), numerals.example)
