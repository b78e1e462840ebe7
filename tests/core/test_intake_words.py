"""Test the words in which people are told what is wrong with a cell."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from batch.core.cells import Cell, CellError
from batch.core.columns import Header
from batch.core.intake_cells import TYPE_AGAIN, Flaw
from batch.core.intake_words import SHOWN_LIMIT, Row, Sheet, head, place, refusal, row_refusal, shown

HEADER = Header(
    3,
    MappingProxyType({"document_no": 0, "quantity": 1, "item_code": 27}),
    ("Document No.", "QUANTITY", *[""] * 25, "SKU"),
)
ROW = Row(14, "RETURN", "R-1", 2)
FLAW = Flaw("QUANTITY_NOT_INTEGER", "{} is not a whole number", "Type the number of units, such as 2")


@pytest.mark.parametrize(
    ("file_name", "sheet_name", "words"),
    [
        ("returns.xlsx", "Intake", "returns.xlsx, sheet Intake"),
        ("Intake.xlsx", "Intake", "Intake.xlsx, sheet Intake"),
        ("returns.csv", "returns", "returns.csv"),
        ("RETURNS.CSV", "RETURNS.CSV", "RETURNS.CSV"),
        ("legacy.csv.gz", "legacy", "legacy.csv.gz"),
        ("odd\nname.xlsx", "a\tb", "odd name.xlsx, sheet a b"),
    ],
)
def test_the_place_is_the_file_and_its_sheet(file_name: str, sheet_name: str, words: str) -> None:
    assert place(file_name, sheet_name).words == words


@pytest.mark.parametrize(
    ("field", "words", "letters"),
    [
        ("quantity", "Quantity", "B"),
        ("document_no", "Document No. (Document #)", "A"),
        ("item_code", "SKU (Item)", "AB"),
    ],
)
def test_a_column_is_called_as_it_is_headed(field: str, words: str, letters: str) -> None:
    headed = head(HEADER, field)
    assert (headed.words, headed.letters) == (words, letters)


@pytest.mark.parametrize(
    ("cell", "flaw", "said"),
    [
        pytest.param(
            "two", FLAW, '"two" is not a whole number. Type the number of units, such as 2.', id="what was typed"
        ),
        pytest.param(1.5, FLAW, '"1.5" is not a whole number. Type the number of units, such as 2.', id="a number"),
        pytest.param(
            None, Flaw("CELL_REQUIRED", "the cell is empty", "Type it"), "the cell is empty. Type it.", id="nothing"
        ),
        pytest.param(
            CellError("#DIV/0!"),
            Flaw("CELL_UNREADABLE", "the cell holds the error {}", "Type it"),
            'the cell holds the error "#DIV/0!". Type it.',
            id="an error",
        ),
        pytest.param(
            "A1, 1E+15",
            Flaw("SERIAL_MALFORMED", "{} is none", "Type it", about="1E+15"),
            '"1E+15" is none. Type it.',
            id="a part of it",
        ),
        pytest.param("{}", FLAW, '"{}" is not a whole number. Type the number of units, such as 2.', id="braces"),
    ],
)
def test_a_message_tells_place_value_and_remedy(cell: Cell, flaw: Flaw, said: str) -> None:
    told = refusal(place("returns.xlsx", "Intake"), ROW, head(HEADER, "quantity"), cell, flaw)
    assert told.message == f"returns.xlsx, sheet Intake, row 14, Quantity: {said}"


@pytest.mark.parametrize(
    ("file_name", "remedy", "said"),
    [
        pytest.param("a.xlsx", TYPE_AGAIN, TYPE_AGAIN, id="a workbook"),
        pytest.param(
            "a.Parquet", TYPE_AGAIN, "Write the column to the file as text and type it again in full", id="Parquet"
        ),
        pytest.param("a.parquet", "Type it", "Type it", id="nothing about formats"),
    ],
)
def test_nobody_is_told_to_format_a_column_where_there_are_no_formats(file_name: str, remedy: str, said: str) -> None:
    flaw = Flaw("CELL_UNREADABLE", "{} is wrong", remedy)
    told = refusal(place(file_name, "Intake"), ROW, head(HEADER, "quantity"), "x", flaw)
    assert told.message.endswith(f': "x" is wrong. {said}.')


def test_a_refusal_bears_all_its_pieces() -> None:
    told = refusal(place("returns.xlsx", "Intake"), ROW, head(HEADER, "item_code"), "a\0b", FLAW)
    assert (told.document_type, told.document_no, told.line_no, told.sheet_row) == ("RETURN", "R-1", 2, 14)
    assert (told.code, told.severity, told.column, told.value) == (FLAW.code, "REFUSE", "Item", "a<U+0000>b")
    assert told.evidence == {
        "file": "returns.xlsx",
        "sheet": "Intake",
        "row": 14,
        "column": "Item",
        "value": "a<U+0000>b",
        "cell": "AB14",
        "heading": "SKU",
    }


@pytest.mark.parametrize(
    ("line_no", "told_as", "field", "column", "words", "there"),
    [
        pytest.param(
            2, 2, "quantity", "Quantity", "Quantity", {"cell": "B14", "heading": "QUANTITY"}, id="as it is headed"
        ),
        pytest.param(
            0,
            None,
            "document_no",
            "Document #",
            "Document No. (Document #)",
            {"cell": "A14", "heading": "Document No."},
            id="another heading, no line",
        ),
        pytest.param(2, 2, "line_no", "Line #", "Line #", {}, id="a column the sheet has not"),
    ],
)
def test_a_row_whose_cells_are_innocent_is_told_with_the_remedy_of_the_code(  # noqa: PLR0917 - a table
    line_no: int, told_as: int | None, field: str, column: str, words: str, there: dict[str, str]
) -> None:
    sheet = Sheet(place("returns.xlsx", "Intake"), HEADER)
    told = row_refusal(sheet, Row(14, "RETURN", "R-1", line_no), "LINE_REPEATED", field, "2", "row 3 has it already")
    assert told.message == (
        f"returns.xlsx, sheet Intake, row 14, {words}: row 3 has it already. "
        "Give the row a line number of its own, or remove it."
    )
    assert (told.sheet_row, told.document_type, told.document_no, told.line_no) == (14, "RETURN", "R-1", told_as)
    assert (told.code, told.column, told.value) == ("LINE_REPEATED", column, "2")
    named = {"file": "returns.xlsx", "sheet": "Intake", "row": 14, "column": column, "value": "2"}
    assert told.evidence == named | there


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain", "plain"),
        ("A1\n B2\u00a0C3", "A1 B2 C3"),
        ("A\u200b1\x07", "A<U+200B>1<U+0007>"),
        ("x" * SHOWN_LIMIT, "x" * SHOWN_LIMIT),
        ("x" * (SHOWN_LIMIT + 1), "x" * (SHOWN_LIMIT - 1) + "…"),
    ],
)
def test_a_text_is_shown_on_one_line(text: str, line: str) -> None:
    assert shown(text) == line
