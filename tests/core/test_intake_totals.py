"""Tell once of a row that reads like a total; any other row is told all that it lacks."""

from __future__ import annotations

import pytest

from batch.core.cells import Cell
from tests.core.test_intake import read, row

ALL = ["Document #", "Customer", "Item"]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        pytest.param({"Reason": "Total"}, ["Document #"], id="in another column"),
        pytest.param({"Item": "TOTAL:"}, ["Document #"], id="in the column of a name"),
        pytest.param({"Document": "Grand total"}, ["Customer"], id="in the first of them"),
        pytest.param({"Customer": " Sub-total "}, ["Document #"], id="in the one between"),
        pytest.param({"Item": "Summe"}, ["Document #"], id="in German"),
        pytest.param({"Item": "Total général"}, ["Document #"], id="in French"),
        pytest.param({"Reason": "Total", "Quantity": "x", "Tax": "y"}, ["Document #"], id="whatever else is wrong"),
        pytest.param({"Reason": "total loss"}, ALL, id="more than the word"),
        pytest.param({"Reason": "x"}, ALL, id="another word"),
        pytest.param({"Reason": "Total", "Document": "R-1"}, ["Customer", "Item"], id="a document is named"),
        pytest.param({"Item": "Total", "Customer": "Total"}, ["Document #"], id="two are named"),
        pytest.param({"Reason": 7}, ALL, id="no word"),
    ],
)
def test_a_total_is_told_once(cells: dict[str, Cell], told: list[str]) -> None:
    blank: dict[str, Cell] = {"Document": None, "Customer": None, "Item": None}
    part = read(row(2), row(3, **(blank | cells)))
    assert [each.column for each in part.refusals] == told
    assert (part.rows_read, part.refused_rows, len(part.lines)) == (2, [3], 1)
    assert all(each.code == "CELL_REQUIRED" for each in part.refusals)
    is_total = "tells that it is a total and no line" in part.refusals[0].message
    assert is_total == (len(told) == 1)


def test_what_is_to_be_done_is_told() -> None:
    part = read(row(9, Document=None, Customer=None, Item="TOTAL", Quantity=12))
    (told,) = part.refusals
    assert told.message == (
        'returns.xlsx, sheet Intake, row 9, Document #: the cell is empty, and "TOTAL" in this row tells that it is a '
        "total and no line. Waive this and leave the row out next time, or fill it in if it is a line."
    )
