"""Follow the links of rows that come back from an exceptions workbook to what is open on the rows they correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from batch.core.cells import RawRow
from batch.core.chunk import OPEN_LINE_STATUSES
from batch.core.codes import CATALOGUE, SHAPE
from batch.core.columns import Header
from batch.core.correction import Link, Linked, link_column, read_link, seal
from batch.core.reconcile import OpenException
from batch.edge.bulk import keyed
from batch.edge.exceptions import open_exception
from batch.edge.schema import DOCUMENT_LINE, EXCEPTION


def links_of(rows: Sequence[RawRow], header: Header) -> dict[int, Link]:
    """Read the links of rows, by sheet row; what cannot be one is passed over."""
    column = link_column(header.headings)
    if column is None:
        return {}
    read = ((sheet_row, read_link(cells[column])) for sheet_row, cells in rows if column < len(cells))
    return {sheet_row: link for sheet_row, link in read if link is not None}


def linked_exceptions(connection: sa.Connection, links: Mapping[int, Link]) -> dict[int, list[OpenException]]:
    """Find what the links lead to: open exceptions that were seen in the row itself, by the sheet row that links.

    A link whose seal is not that of the exceptions it names leads nowhere. What a line that still waits was refused
    for is left to that line: correcting another row does not settle it.
    """
    if not links:
        return {}
    facts, open_ones = _mentioned(connection, sorted({each for link in links.values() for each in link.exception_ids}))
    found: dict[int, list[OpenException]] = {}
    for sheet_row, link in links.items():
        known = [facts[each] for each in link.exception_ids if each in facts]
        if len(known) == len(link.exception_ids) and seal(known) == link.seal:
            found[sheet_row] = [open_ones[each] for each in link.exception_ids if each in open_ones]
    return found


def _mentioned(
    connection: sa.Connection, exception_ids: Sequence[int]
) -> tuple[dict[int, Linked], dict[int, OpenException]]:
    exception = EXCEPTION.c
    wanted = keyed(connection, "landing_link", {"exception_id": (sa.BigInteger(), exception_ids)})
    rows = connection.execute(
        sa.select(
            exception.exception_id,
            exception.code,
            exception.severity,
            exception.created_at,
            exception.status,
            exception.document_type,
            exception.document_no,
            exception.line_no,
            exception.unit_no,
            exception.evidence,
            exception.intake_file_id,
            exception.sheet_row,
            DOCUMENT_LINE.c.status.label("line_status"),
        )
        .select_from(wanted)
        .join(EXCEPTION, exception.exception_id == wanted.c.exception_id)
        .outerjoin(DOCUMENT_LINE, DOCUMENT_LINE.c.line_id == exception.line_id)
    ).all()
    facts = {row.exception_id: Linked(row.exception_id, row.code, row.created_at) for row in rows}
    open_ones = {
        row.exception_id: open_exception(row)
        for row in rows
        if row.status == "OPEN" and CATALOGUE[row.code].stage == SHAPE and row.intake_file_id is not None
        # What is open on a line that waits is not done with by correcting another row; but the line that a repeated row
        # repeats is another row's.
        if row.line_status not in OPEN_LINE_STATUSES or row.code == "LINE_REPEATED"
    }
    return facts, open_ones
