"""Say what an invariant is, and the words of the contract that several of them share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

# A line in one of these is done with its units: they have left the open work of the night.
SETTLED = "('POSTED', 'COMMITTED', 'CLOSED')"
OPEN_LINE = "('PENDING', 'REFUSED', 'HELD')"
SERIALIZED = "('SERIALIZED', 'AUTO_SERIALIZED')"

# Document types whose posted lines bring a unit into stock and write a memo, always. A legacy return may do neither.
RETURNING = "('POS_INVOICE', 'POS_CREDIT', 'CREDIT_ORDER', 'RETURN')"

LINE_WORDS = "{document_type} {document_no} line {line_no}"


@dataclass(frozen=True, slots=True)
class Invariant:
    """One thing that is always true: a SELECT of the rows that break it, and how to name such a row.

    Where SQL cannot tell, `fault` says of each row selected what is wrong with it, empty if nothing is.
    """

    name: str
    meaning: str
    sql: str
    wording: str
    order: str
    fault: Callable[[Sequence[Any]], str] | None = None

    def counted_sql(self) -> str:
        """Give the SELECT that counts all broken rows (`breaches`) and returns the first `:rows_named` of them."""
        return (
            f"SELECT *, COUNT(*) OVER () AS breaches FROM ({self.sql}) broken ORDER BY {self.order} LIMIT :rows_named"
        )
