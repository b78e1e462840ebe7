"""Show which row of a file is which line: positions, repeated lines, and documents whose rows disagree."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batch.core.identity import HEADER_FIELDS, Identities, hashed, identify
from batch.core.intake import IDENTITY_COLUMNS

# Document type and number, line number, then what the header says.
Row = tuple[str | None, str | None, int | None, dict[str, object]]

DAY = dt.date(2026, 3, 30)


def row(document: str | None = "R-1", line_no: int | None = None, kind: str | None = "RETURN", **header: object) -> Row:
    """Draw a row; what is not said of its header is blank."""
    return kind, document, line_no, header


def frame(rows: list[Row], first: int = 2) -> pd.DataFrame:
    """Lay rows out as intake does."""
    columns: dict[str, list[object]] = {
        "sheet_row": [*range(first, first + len(rows))],
        "document_type": [each[0] for each in rows],
        "document_no": [each[1] for each in rows],
        "line_no": [each[2] for each in rows],
        **{name: [each[3].get(name) for each in rows] for name in HEADER_FIELDS},
    }
    return pd.DataFrame({name: pd.Series(columns[name], dtype=kind) for name, kind in IDENTITY_COLUMNS.items()})


def told(*rows: Row) -> Identities:
    """Tell rows of one part."""
    return identify([hashed(frame(list(rows)))])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([row(), row(), row()], [1, 2, 3], id="counted within the document"),
        pytest.param([row("R-1"), row("R-2"), row("R-1")], [1, 1, 2], id="each document for itself"),
        pytest.param([row(kind="RETURN"), row(kind="SERVICE")], [1, 1], id="of another type is another document"),
        pytest.param([row(line_no=7), row(), row(line_no=2)], [7, 2, 2], id="those given stay, the others by position"),
        pytest.param([row(None), row(None, 3)], [0, 3], id="no document, no position"),
        pytest.param([row(kind=None), row(kind=None)], [1, 2], id="an unreadable type"),
    ],
)
def test_line_numbers(rows: list[Row], expected: list[int]) -> None:
    assert told(*rows).line_no.tolist() == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([row(line_no=1), row(line_no=1), row(line_no=1)], [False, True, True], id="the first stands"),
        pytest.param([row(line_no=2), row()], [False, True], id="a position that is given already"),
        pytest.param([row("R-1", 1), row("R-2", 1)], [False, False], id="of another document"),
        pytest.param([row(None, 1), row(None, 1)], [False, False], id="of no document"),
        pytest.param([row("A", 1), row("a", 1)], [False, False], id="a document number is what was typed"),
    ],
)
def test_repeated(rows: list[Row], expected: list[bool]) -> None:
    assert told(*rows).repeated.tolist() == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([row(customer_code="C1"), row(customer_code="C1")], [False, False], id="they agree"),
        pytest.param([row(customer_code="C1"), row(customer_code="C2")], [True, True], id="customer"),
        pytest.param([row(location_code="HQ"), row(location_code="MAIN")], [True, True], id="location"),
        pytest.param([row(document_date=DAY), row(document_date=DAY.replace(day=1))], [True, True], id="date"),
        pytest.param([row(currency="USD"), row(currency="EUR")], [True, True], id="currency"),
        pytest.param([row(decimals=2), row(decimals=0)], [True, True], id="amounts read with other decimals"),
        pytest.param([row(customer_code="C1"), row(), row(customer_code="C1")], [False] * 3, id="blank has no opinion"),
        pytest.param([row(customer_code="C1"), row(), row(customer_code="C2")], [True] * 3, id="all rows are refused"),
        pytest.param([row("R-1", customer_code="C1"), row("R-2", customer_code="C2")], [False] * 2, id="two documents"),
        pytest.param([row(None, customer_code="C1"), row(None, customer_code="C2")], [False] * 2, id="no document"),
        pytest.param(
            [row(customer_code="C1", location_code="C2"), row(location_code="C2")], [False] * 2, id="by column"
        ),
    ],
)
def test_inconsistent(rows: list[Row], expected: list[bool]) -> None:
    assert told(*rows).inconsistent.tolist() == expected


def test_rows_are_found_by_their_sheet_row() -> None:
    told_of = identify([hashed(frame([row(), row()], first=5)), hashed(frame([row()], first=9))])
    assert told_of.of([9, 5, 6]).tolist() == [2, 0, 1]
    assert told_of.of([]).tolist() == []


@pytest.mark.parametrize("parts", [0, 1, 2], ids=["no part", "an empty part", "two empty parts"])
def test_no_rows(parts: int) -> None:
    told_of = identify([hashed(frame([]))] * parts)
    assert [each.tolist() for each in (told_of.line_no, told_of.repeated, told_of.inconsistent)] == [[], [], []]


def test_nothing_said_at_all_is_zero() -> None:
    part = hashed(frame([row(None), row("R-1")]))
    assert part.document[0] == 0
    assert part.document[1] != 0
    assert all(not each.any() for each in part.header)
    assert part.line_no.dtype == np.int64


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            row,
            st.sampled_from(["R-1", "R-2", None]),
            st.sampled_from([None, None, 1, 2]),
            st.sampled_from(["RETURN", "SERVICE"]),
            customer_code=st.sampled_from(["C1", "C2", None, None]),
        ),
        max_size=8,
    ),
    st.integers(0, 8),
)
def test_the_cut_into_parts_does_not_matter(rows: list[Row], cut: int) -> None:
    parts = [hashed(frame(rows[:cut])), hashed(frame(rows[cut:], first=2 + min(cut, len(rows))))]
    whole, cut_up = told(*rows), identify(parts)
    for name in ("sheet_row", "line_no", "repeated", "inconsistent"):
        assert getattr(whole, name).tolist() == getattr(cut_up, name).tolist()
