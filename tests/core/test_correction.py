"""Show how a row names the exceptions it corrects, and that what we add to a sheet is never taken for an answer."""

from __future__ import annotations

import datetime as dt

import pytest

from batch.core.columns import Header, column_of, find_header
from batch.core.correction import ADDED, LINK, Link, Linked, is_added, link_column, link_text, read_link, seal

NOW = dt.datetime(2026, 3, 31, 20, 0, 0, 123456, tzinfo=dt.UTC)


def linked(*ids: int, code: str = "CELL_REQUIRED", at: dt.datetime = NOW) -> list[Linked]:
    return [Linked(each, code, at) for each in ids]


@pytest.mark.parametrize(
    ("ids", "listed"),
    [
        pytest.param([7], "7", id="one"),
        pytest.param([7, 8], "7-8", id="two in a row"),
        pytest.param([9, 7, 8, 25], "7-9, 25", id="a run and one"),
        pytest.param([1, 3, 5], "1, 3, 5", id="apart"),
    ],
)
def test_a_link_is_read_as_it_was_written(ids: list[int], listed: str) -> None:
    text = link_text(linked(*ids))
    assert text == f"{listed} / {seal(linked(*ids))}"
    assert read_link(f"  {text.upper()} ") == Link(tuple(sorted(ids)), seal(linked(*ids)))


def test_the_longest_link_can_be_read_again() -> None:
    ids = [10**17 + 2 * each for each in range(100)]
    assert read_link(link_text(linked(*ids))) == Link(tuple(ids), seal(linked(*ids)))


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(None, id="blank"),
        pytest.param(17, id="number"),
        pytest.param("17", id="no seal"),
        pytest.param("/ 3f9ac1", id="no exception"),
        pytest.param("17 / 3f9ac", id="short seal"),
        pytest.param("17-16 / 3f9ac1", id="downwards"),
        pytest.param("1-101 / 3f9ac1", id="too many"),
        pytest.param("1-60, 61-101 / 3f9ac1", id="too many in two runs"),
        pytest.param("1-999999999999999999 / 3f9ac1", id="hostile"),
        pytest.param("1," * 4_000 + "1 / 3f9ac1", id="long"),
        pytest.param("1; DROP TABLE exception / 3f9ac1", id="words"),
    ],
)
def test_what_is_no_link_leads_nowhere(cell: object) -> None:
    assert read_link(cell) is None


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(linked(8), id="id"),
        pytest.param(linked(7, code="DATE_INVALID"), id="code"),
        pytest.param(linked(7, at=NOW + dt.timedelta(microseconds=1)), id="instant"),
        pytest.param(linked(7, 8), id="one more"),
    ],
)
def test_the_seal_is_of_these_exceptions_only(other: list[Linked]) -> None:
    assert seal(other) != seal(linked(7))


def test_the_seal_does_not_depend_on_order_or_time_zone() -> None:
    east = NOW.astimezone(dt.timezone(dt.timedelta(hours=5)))
    assert seal(linked(8, 7, at=east)) == seal(linked(7, 8))


@pytest.mark.parametrize("heading", ADDED)
def test_an_added_heading_is_no_intake_column(heading: str) -> None:
    assert column_of(heading) is None
    assert is_added(heading.upper())


def test_the_added_columns_do_not_hide_the_header() -> None:
    headings = [*ADDED[:3], "Document #", "Customer", "Item", "Quantity", "Till", *ADDED[3:]]
    header = find_header([(1, list(headings))])
    assert isinstance(header, Header)
    assert [each for each in header.unread if not is_added(each)] == ["Till"]
    assert link_column(header.headings) == headings.index(LINK)
    assert link_column(("Document #",)) is None
