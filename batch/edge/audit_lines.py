"""Read the lines that files of a backfill brought, in the order of their rows, and which rows could be none.

A row of a file is matched with its line by the row's number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import sqlalchemy as sa

from batch.core.codes import CATALOGUE, REFUSE, SHAPE
from batch.edge.schema import DOCUMENT, DOCUMENT_LINE, EXCEPTION, LINE_UNIT

ROWS_AT_ONCE = 10_000
_OF_SHAPE = sorted(code for code, entry in CATALOGUE.items() if entry.stage == SHAPE)


class Line(NamedTuple):
    """A line as the database has it; `serials` counts the units that bear a serial the row named."""

    sheet_row: int
    day: dt.date
    location: str
    currency: str
    item: str
    quantity: int
    minor: int
    units: int
    serials: int
    status: str


class LinesOfFile:
    """The lines of one file, streamed in the order of their rows."""

    def __init__(self, connection: sa.Connection, intake_file_id: int) -> None:
        """Begin at the first row."""
        found = connection.execute(_LINES, {"file": intake_file_id}, execution_options={"yield_per": ROWS_AT_ONCE})
        self._lines = (_line(row) for row in found)
        self._next = next(self._lines, None)

    def up_to(self, sheet_row: int) -> dict[int, Line]:
        """Give the lines of the rows up to one, that was not asked for before."""
        found = {}
        while self._next is not None and self._next.sheet_row <= sheet_row:
            found[self._next.sheet_row] = self._next
            self._next = next(self._lines, None)
        return found

    def rest(self) -> Iterator[Line]:
        """Give what is left: lines of rows that the file has not."""
        while self._next is not None:
            yield self._next
            self._next = next(self._lines, None)


def refused_as_they_stand(connection: sa.Connection, intake_file_id: int) -> AbstractSet[int]:
    """Find the rows of a file that were refused before they could become lines."""
    exception = EXCEPTION.c
    return frozenset(
        connection.scalars(
            sa.select(exception.sheet_row).where(
                exception.intake_file_id == intake_file_id,
                exception.sheet_row.is_not(None),
                exception.severity == REFUSE,
                exception.code.in_(_OF_SHAPE),
            )
        )
    )


def _line(row: Any) -> Line:
    return Line(
        row.sheet_row,
        row.document_date,
        row.location_code or "",
        row.currency or "",
        row.item_code,
        int(row.quantity),
        int(row.minor),
        int(row.units),
        int(row.serials),
        row.status,
    )


def _units(*conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .select_from(LINE_UNIT)
        .where(LINE_UNIT.c.line_id == DOCUMENT_LINE.c.line_id, LINE_UNIT.c.serial_id.is_not(None), *conditions)
        .correlate(DOCUMENT_LINE)
        .scalar_subquery()
    )


_LINES = (
    sa.select(
        DOCUMENT_LINE.c.sheet_row,
        DOCUMENT.c.document_date,
        DOCUMENT.c.location_code,
        DOCUMENT.c.currency,
        DOCUMENT_LINE.c.item_code,
        DOCUMENT_LINE.c.quantity,
        (
            DOCUMENT_LINE.c.quantity * sa.func.coalesce(DOCUMENT_LINE.c.unit_price_minor, 0)
            - DOCUMENT_LINE.c.discount_minor
            + DOCUMENT_LINE.c.tax_minor
        ).label("minor"),
        _units().label("units"),
        _units(LINE_UNIT.c.serial_no.is_not(None)).label("serials"),
        DOCUMENT_LINE.c.status,
    )
    .join(DOCUMENT, DOCUMENT.c.document_id == DOCUMENT_LINE.c.document_id)
    .where(DOCUMENT_LINE.c.intake_file_id == sa.bindparam("file"), DOCUMENT_LINE.c.sheet_row.is_not(None))
    .order_by(DOCUMENT_LINE.c.sheet_row)
)
