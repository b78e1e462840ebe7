"""Show each exception's message once, as the sample files bring it to a user: where, which value, and what to do."""

from __future__ import annotations

import re

import pytest

from batch.core.codes import CATALOGUE
from batch.core.remedies import said_and_remedy
from sample_data.messages import messages

# What only another line of the document, or a fault of the program, stands behind: no cell of this line.
NO_COLUMN = {"DOCUMENT_HELD", "DOCUMENT_FAILED"}
DOCUMENTS = "Return|Service slip|Credit order|Legacy return|POS invoice|POS credit memo"
PLACE = re.compile(
    rf"(?:.+\.xlsx(?:, sheet .+)?, row \d+(?:: (?:{DOCUMENTS}) \S+, line \d+)?|(?:{DOCUMENTS}) \S+, line \d+)"
)
CELLS = {
    "CELL_REQUIRED": "intake_problems.xlsx, sheet Intake, row 2, Customer: the cell is empty. "
    "Type the code of the customer who is credited.",
    "ITEM_UNKNOWN": "intake_problems.xlsx, sheet Intake, row 24: Return R-27023, line 1, Item: "
    'item "cpu-6c" is not on file (there is "CPU-6C", which differs only in upper and lower case). '
    "Correct the item code, or have the item created.",
    "GENERATE_QUANTITY_EXCEEDED": "intake_problems.xlsx, sheet Intake, row 48: Return R-27047, line 1, "
    "Generate Quantity: 3 serials are asked for, 2 are allowed. "
    "Ask for at most the allowed quantity, or leave the cell blank.",
    "DOCUMENT_HELD": "POS invoice I-48010, line 1: the line is good, but POS invoice I-48010 is held for another line "
    "of it. Correct the lines of the document that were refused; this one needs nothing.",
}


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    """Run the sample files once."""
    return messages()


def test_every_code_has_a_message_of_its_own(shown: dict[str, str]) -> None:
    assert set(shown) == set(CATALOGUE)
    assert len(set(shown.values())) == len(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_message_says_where_what_and_what_to_do(code: str, shown: dict[str, str]) -> None:
    said, remedy = said_and_remedy(code, shown[code])
    where = PLACE.match(said)
    assert where, said
    rest = said[where.end() :]
    column = re.match(r", ([A-Z][^:]+): \S", rest)
    assert bool(column) == (code not in NO_COLUMN), said
    assert said.endswith("."), said
    assert re.fullmatch(r"[A-Z].+\.", remedy), remedy
    assert "None" not in shown[code]
    assert "nan" not in shown[code].split()


@pytest.mark.parametrize("code", CELLS)
def test_messages_read_as_they_should(code: str, shown: dict[str, str]) -> None:
    assert shown[code] == CELLS[code]
