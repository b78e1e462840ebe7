"""Name documents as people do."""

from __future__ import annotations

from collections.abc import Mapping

DOCUMENT_WORDS: Mapping[str, str] = {
    "POS_INVOICE": "POS invoice",
    "POS_CREDIT": "POS credit memo",
    "CREDIT_ORDER": "Credit order",
    "RETURN": "Return",
    "SERVICE": "Service slip",
    "LEGACY_RETURN": "Legacy return",
}


def document_words(document_type: str, document_no: str) -> str:
    """Name a document as people do: `Return R-1001`."""
    return f"{DOCUMENT_WORDS.get(document_type, document_type)} {document_no}"


def line_words(document_type: str, document_no: str, line_no: int, place: str | None, sheet_row: int | None) -> str:
    """Name a line, and before it where it stands: `returns.xlsx, sheet Intake, row 7: Return R-1001, line 2`."""
    words = f"{document_words(document_type, document_no)}, line {line_no}"
    if sheet_row is None:
        return words
    return f"{place}, row {sheet_row}: {words}" if place else f"{words} (row {sheet_row})"
