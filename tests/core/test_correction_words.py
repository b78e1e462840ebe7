"""Show how a message is parted for a person who has the row before them."""

from __future__ import annotations

import pytest

from batch.core.correction_words import SAID_LIMIT, parted, together, wrong_fields

REQUIRED = "Fill in the cell named in the message."


@pytest.mark.parametrize(
    ("code", "message", "sheet_row", "wrong", "to_do"),
    [
        pytest.param(
            "QUANTITY_NOT_INTEGER",
            'm.xlsx, sheet Intake, row 7, Quantity: "two" is not a whole number. Type the number of units, such as 2.',
            7,
            'Quantity: "two" is not a whole number.',
            "Type the number of units, such as 2.",
            id="seen in a cell",
        ),
        pytest.param(
            "ITEM_UNKNOWN",
            'a, row 1.xlsx, row 12: Return R-1, line 2, Item: item "X" is not on file. '
            "Correct the item code, or have the item created.",
            12,
            'Item: item "X" is not on file.',
            "Correct the item code, or have the item created.",
            id="found when settling",
        ),
        pytest.param(
            "ITEM_UNKNOWN",
            'a.xlsx, sheet Slips, row 12: Return R-1, line 2, sku (Item): item "X" is not on file. '
            "Correct the item code, or have the item created.",
            12,
            'sku (Item): item "X" is not on file.',
            "Correct the item code, or have the item created.",
            id="found when settling, with the sheet's own heading",
        ),
        pytest.param(
            "DOCUMENT_HELD",
            "x.xlsx, row 3: Return R-1, line 2: the line is good, but Return R-1 is held for another line of it. "
            "Correct the lines of the document that were refused; this one needs nothing.",
            3,
            "the line is good, but Return R-1 is held for another line of it.",
            "Correct the lines of the document that were refused; this one needs nothing.",
            id="without a column",
        ),
        pytest.param("CELL_REQUIRED", f"Something else. {REQUIRED}", 9, "Something else.", REQUIRED, id="no place"),
        pytest.param(
            "CELL_REQUIRED", f"POS credit memo P-1, line 1. {REQUIRED}", None, "POS credit memo P-1, line 1.",
            REQUIRED, id="no row",
        ),
        pytest.param("CELL_REQUIRED", f"x, row 12th. {REQUIRED}", 12, "x, row 12th.", REQUIRED, id="no row either"),
    ],
)  # fmt: skip
def test_a_message_is_parted(code: str, message: str, sheet_row: int | None, wrong: str, to_do: str) -> None:
    assert parted(code, message, sheet_row) == (wrong, to_do)


@pytest.mark.parametrize(
    ("texts", "cell"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param(["a", "", "b", "a"], "a\nb", id="each once"),
        pytest.param([str(each) for each in range(SAID_LIMIT)], "0\n1\n2\n3\n4", id="just as many"),
        pytest.param([str(each) for each in range(1_007)], "0\n1\n2\n3\n4\n… and 1,002 more", id="too many"),
        pytest.param(["x" * 2_000], "x" * 999 + "…", id="too long"),
    ],
)
def test_texts_are_put_into_one_cell(texts: list[str], cell: str) -> None:
    assert together(texts) == cell


@pytest.mark.parametrize(
    ("code", "column", "fields"),
    [
        pytest.param("ITEM_UNKNOWN", "Item", ("item_code",), id="named"),
        pytest.param("LINE_REPEATED", "Line", ("line_no",), id="named otherwise"),
        pytest.param(
            "DOCUMENT_INCONSISTENT",
            "Document #",
            ("document_no", "customer_code", "location_code", "document_date", "currency"),
            id="the header of a document",
        ),
        pytest.param("SEQUENCE_MISSING", None, ("location_code",), id="by its code"),
        pytest.param("DOCUMENT_HELD", None, (), id="none"),
        pytest.param("DOCUMENT_HELD", "Elsewhere", (), id="none of ours"),
    ],
)
def test_the_wrong_cells_are_named(code: str, column: str | None, fields: tuple[str, ...]) -> None:
    assert wrong_fields(code, column) == fields
