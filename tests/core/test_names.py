"""Show how a cell that names several serials is taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.names import RANGE_LIMIT, range_of, split_names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("A1", ["A1"], id="one"),
        pytest.param(" A 1 ", ["A 1"], id="trimmed, blanks within stay"),
        pytest.param("A1\nA2\r\nA3", ["A1", "A2", "A3"], id="lines"),
        pytest.param("A1, A2;A3", ["A1", "A2", "A3"], id="commas and semicolons"),
        pytest.param("A1,, ;\n", ["A1"], id="empties dropped"),
        pytest.param("A1,\u200b,A2", ["A1", "A2"], id="an invisible name is empty"),
        pytest.param("\u4e001", ["\u4e001"], id="another script"),
        pytest.param("A1\uff0cA2\uff1bA3", ["A1", "A2", "A3"], id="full-width separators"),
        pytest.param("A1\tA2", ["A1\tA2"], id="a tab is no separator"),
        pytest.param("1001-1005", ["1001-1005"], id="a range is one name"),
        pytest.param("A1,A1", ["A1", "A1"], id="a name twice is told twice"),
        pytest.param("", [], id="nothing"),
        pytest.param(" \n ", [], id="blank"),
    ],
)
def test_split_names(text: str, expected: list[str]) -> None:
    assert split_names(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("1001-1003", ["1001", "1002", "1003"], id="digits"),
        pytest.param("SN08-SN11", ["SN08", "SN09", "SN10", "SN11"], id="prefix and zeros"),
        pytest.param("A-1-A-3", ["A-1", "A-2", "A-3"], id="prefix with a hyphen"),
        pytest.param("1-2-1-3", ["1-2", "1-3"], id="prefix of digits and a hyphen"),
        pytest.param("sn1 - SN2", ["sn1", "sn2"], id="blanks, prefix compared by key"),
        pytest.param("7-7", ["7"], id="from a number to itself"),
        pytest.param("\uff11\uff0d\uff13", ["1", "2", "3"], id="full width"),
        pytest.param("1001\u20131003", ["1001", "1002", "1003"], id="en dash"),
        pytest.param("A1 \u2010 A2", ["A1", "A2"], id="typographic hyphen"),
        pytest.param("7\u22127", ["7"], id="minus"),
        pytest.param("\u201312", None, id="nothing before a dash"),
        pytest.param("1001", None, id="no hyphen"),
        pytest.param("AB-CD", None, id="no digits"),
        pytest.param("AB-1001", None, id="digits on one side"),
        pytest.param("1-", None, id="nothing after"),
        pytest.param("-1", None, id="nothing before"),
        pytest.param("1001-105", None, id="not as many digits"),
        pytest.param("A1-B2", None, id="another prefix"),
        pytest.param("1001A-1005A", None, id="digits not last"),
        pytest.param("1" * 300 + "-" + "2" * 300, None, id="longer than any two serials"),
    ],
)
def test_range_of(name: str, expected: list[str] | None) -> None:
    found = range_of(name)
    assert (found and found.names()) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("1005-1001", "the range 1005-1001 counts down; write the lower number first", id="descending"),
        pytest.param("00001-10000", None, id="as long as it may be"),
        pytest.param(
            "00001-10001", "the range 00001-10001 names 10,001 serials; one range names at most 10,000", id="too long"
        ),
    ],
)
def test_range_problem(name: str, expected: str | None) -> None:
    found = range_of(name)
    assert found is not None
    assert found.problem == expected


def test_a_range_with_a_problem_gives_no_names() -> None:
    found = range_of("9-1")
    assert found is not None
    with pytest.raises(AssertionError, match="counts down"):
        found.names()


@given(
    st.text(st.characters(codec="ascii", categories=["L", "P"]), max_size=5), st.integers(0, 10**6), st.integers(0, 50)
)
def test_a_range_names_its_ends_and_all_between(prefix: str, first: int, more: int) -> None:
    low, high = f"{prefix}{first:08}", f"{prefix}{first + more:08}"
    found = range_of(f"{low} - {high}")
    assert found is not None
    names = found.names()
    assert (names[0], names[-1], len(names)) == (low, high, more + 1)
    assert len(names) <= RANGE_LIMIT
