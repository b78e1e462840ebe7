"""Put what is open about a row into the cells of the exceptions workbook: what is wrong, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from batch.core.columns import column_of
from batch.core.remedies import said_and_remedy

# What a person reads in one cell; the rest is counted.
SAID_LIMIT = 5
TEXT_LIMIT = 1_000


def parted(code: str, message: str, sheet_row: int | None) -> tuple[str, str]:
    """Part a message into what is wrong and what to do, without the file and row that it begins with."""
    return said_and_remedy(code, _without_place(message, sheet_row))


def together(texts: Iterable[str]) -> str:
    """Put several texts into one cell, each once; of many, the first and how many more there are."""
    distinct = list(dict.fromkeys(filter(None, texts)))
    shown = [_cut(text) for text in distinct[:SAID_LIMIT]]
    more = len(distinct) - len(shown)
    return "\n".join([*shown, f"… and {more:,} more"] if more else shown)


def wrong_fields(code: str, column: str | None) -> Sequence[str]:
    """Name the fields whose cells a code is about: the column of the evidence, else what the remedy speaks of."""
    named = column_of(column) if column else None
    if code == "DOCUMENT_INCONSISTENT":
        return ("document_no", "customer_code", "location_code", "document_date", "currency")
    return (named.field,) if named else _FIELDS.get(code, ())


def _without_place(message: str, sheet_row: int | None) -> str:
    if sheet_row is not None:
        row = f", row {sheet_row}"
        end = message.find(row, 0, _LONGEST_PLACE) + len(row)
        if end >= len(row) and message[end : end + 2] in {", ", ": "}:
            message = message[end + 2 :]
    return _LINE_WORDS.sub("", message, count=1)


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_LIMIT else f"{text[: TEXT_LIMIT - 1]}…"


# A file's name has at most 255 characters, and a sheet's 31; both may be shown escaped.
_LONGEST_PLACE = 800

_FIELDS = {
    "SEQUENCE_MISSING": ("location_code",),
    "SEQUENCE_EXHAUSTED": ("item_code",),
    "SERIALS_EXCEED_QUANTITY": ("serial_no",),
}

# `Return R-1001, line 2, Serial #: …`: the row shows which line it is.
_LINE_WORDS = re.compile(
    r"\A(?:Return|Service slip|Credit order|Legacy return) .{1,300}?, line \d+(?:, |: )", re.DOTALL
)
