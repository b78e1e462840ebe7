"""Put a flaw of a cell into the words that operations staff read: file, sheet, row, column, what stood there."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from batch.core.cells import Cell, text_of
from batch.core.codes import CATALOGUE, Refusal
from batch.core.columns import BY_FIELD, Header, column_letters, heading_key
from batch.core.intake_cells import AS_TEXT, Flaw

SHOWN_LIMIT = 80


class Place(NamedTuple):
    """The file and sheet that rows stand in, and both in words."""

    file_name: str
    sheet_name: str
    words: str


class Head(NamedTuple):
    """How a column is headed in the contract and in the sheet, its letters, and what people call it."""

    column: str
    heading: str
    letters: str
    words: str


class Sheet(NamedTuple):
    """A sheet as messages name it: where it is, and how its columns are headed."""

    place: Place
    header: Header


class Row(NamedTuple):
    """Where a row stands in its sheet and, as far as it could be read, which line of which document it is."""

    sheet_row: int
    document_type: str | None
    document_no: str | None
    line_no: int | None


def refusal(where: Place, row: Row, headed: Head, cell: Cell, flaw: Flaw) -> Refusal:
    """Say what is wrong with one cell of one row, and what to type instead."""
    value = text_of(cell).replace("\0", "<U+0000>")
    problem = flaw.problem.replace("{}", f'"{shown(value if flaw.about is None else flaw.about)}"', 1)
    return Refusal(
        code=flaw.code,
        message=f"{where.words}, row {row.sheet_row}, {headed.words}: {problem}. {_remedy(where, flaw)}.",
        sheet_row=row.sheet_row,
        document_type=row.document_type,
        document_no=row.document_no,
        line_no=row.line_no,
        column=headed.column,
        value=value,
        evidence={
            "file": where.file_name,
            "sheet": where.sheet_name,
            "row": row.sheet_row,
            "column": headed.column,
            "value": value,
            "cell": f"{headed.letters}{row.sheet_row}",
            "heading": headed.heading,
        },
        severity=flaw.severity,
    )


def row_refusal(  # noqa: PLR0917 - what a message is made of
    sheet: Sheet, row: Any, code: str, field: str, value: str, said: str
) -> Refusal:
    """Say what is wrong with a row that each of its cells is innocent of; `row` names itself by its fields."""
    headed = _head_or_name(sheet.header, field)
    there = {"cell": f"{headed.letters}{row.sheet_row}", "heading": headed.heading} if headed.letters else {}
    return Refusal(
        code=code,
        message=f"{sheet.place.words}, row {row.sheet_row}, {headed.words}: {said}. {CATALOGUE[code].remedy}",
        sheet_row=int(row.sheet_row),
        document_type=row.document_type,
        document_no=row.document_no,
        line_no=int(row.line_no) or None,
        column=headed.column,
        value=value,
        evidence={
            "file": sheet.place.file_name,
            "sheet": sheet.place.sheet_name,
            "row": int(row.sheet_row),
            "column": headed.column,
            "value": value,
            **there,
        },
    )


def _remedy(where: Place, flaw: Flaw) -> str:
    # A Parquet file has no formats: whoever writes it chooses the type of the column.
    if flaw.remedy.startswith(AS_TEXT) and where.file_name.casefold().endswith(".parquet"):
        return f"Write the column to the file as text{flaw.remedy.removeprefix(AS_TEXT)}"
    return flaw.remedy


def place(file_name: str, sheet_name: str) -> Place:
    """Name a file and its sheet; a CSV file has no sheets, whatever stands for one."""
    has_none = not sheet_name or file_name.casefold().endswith((".csv", ".csv.gz", ".parquet"))
    sheet = "" if has_none else f", sheet {shown(sheet_name)}"
    return Place(file_name, sheet_name, f"{shown(file_name)}{sheet}")


def head(header: Header, field: str) -> Head:
    """Name a column as it is headed in the sheet, and as the contract calls it where that is another word."""
    column = BY_FIELD[field].heading
    at = header.fields[field]
    typed = header.headings[at]
    words = column if heading_key(typed) == heading_key(column) else f"{shown(typed)} ({column})"
    return Head(column, typed, column_letters(at), words)


def _head_or_name(header: Header, field: str) -> Head:
    """Name a column that the sheet may have left out, such as the line's number."""
    if field in header.fields:
        return head(header, field)
    column = BY_FIELD[field].heading
    return Head(column, "", "", column)


def shown(text: str) -> str:
    """Show a text on one line: white space as blanks, what cannot be seen by its number, long ones cut."""
    line = re.sub(r"\s+", " ", text)
    if not line.isprintable():
        line = "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in line)
    return line if len(line) <= SHOWN_LIMIT else f"{line[: SHOWN_LIMIT - 1]}…"
