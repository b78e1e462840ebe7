"""Show where a message ends and its remedy begins."""

from __future__ import annotations

import pytest

from batch.core.codes import CATALOGUE
from batch.core.remedies import said_and_remedy

PLACE = "returns.xlsx, sheet Intake, row 14"


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_remedy_is_found_at_the_end(code: str) -> None:
    said = f"{PLACE}: Return R-1, line 2, Item: something is so."
    assert said_and_remedy(code, f"{said} {CATALOGUE[code].remedy}") == (said, CATALOGUE[code].remedy)


@pytest.mark.parametrize(
    ("code", "said", "remedy"),
    [
        pytest.param(
            "AMOUNT_INVALID",
            f'{PLACE}, Price (Unit Price): "150,00" is not a plain amount.',
            "Type 150.00: a point before the decimals, nothing between thousands.",
            id="a cell's own",
        ),
        pytest.param(
            "SERIAL_MALFORMED",
            f'{PLACE}, Serial #: "A. B." is a date, not a serial.',
            "Format the column as Text and type the serial as it is printed on the unit.",
            id="full stops in what was typed",
        ),
    ],
)
def test_what_a_cell_was_told_is_its_remedy(code: str, said: str, remedy: str) -> None:
    assert said_and_remedy(code, f"{said} {remedy}") == (said, remedy)


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        pytest.param("ITEM_UNKNOWN", CATALOGUE["ITEM_UNKNOWN"].remedy, id="the code's"),
        pytest.param("NOT_OURS", "", id="a code that is none"),
    ],
)
def test_a_message_without_a_remedy_is_left_whole(code: str, remedy: str) -> None:
    assert said_and_remedy(code, "written by another system") == ("written by another system", remedy)
