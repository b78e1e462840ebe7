"""Choose the documents a run settles, and part them into chunks of whole documents."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from batch.edge.schema import DOCUMENT, DOCUMENT_IS_OPEN, DOCUMENT_LINE, INTAKE_FILE


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """The documents of a run in order: (document, lines in all, open lines, open lines landed by this run's files)."""

    documents: Sequence[tuple[int, int, int, int]]

    @property
    def open_lines(self) -> int:
        """How many lines will be looked at."""
        return sum(open_lines for _, _, open_lines, _ in self.documents)

    @property
    def lines_from_elsewhere(self) -> int:
        """How many of them are not rows of this run's own files."""
        return sum(open_lines - landed for _, _, open_lines, landed in self.documents)

    def chunks(self, lines: int) -> Iterator[tuple[list[int], int]]:
        """Part the documents into chunks of about so many lines: (documents, open lines)."""
        chunk: list[int] = []
        size = looked_at = 0
        for document_id, all_lines, open_lines, _ in self.documents:
            if chunk and size + all_lines > lines:
                yield chunk, looked_at
                chunk, size, looked_at = [], 0, 0
            chunk.append(document_id)
            size += all_lines
            looked_at += open_lines
        if chunk:
            yield chunk, looked_at


def plan_files(connection: sa.Connection, intake_file_ids: Sequence[int]) -> Plan:
    """Choose the documents these files have brought lines for, and those that an interrupted run left pending."""
    left = (DOCUMENT.c.status == "PENDING") & (DOCUMENT.c.source == "INTAKE")
    return _plan(connection, left | _brought(intake_file_ids), intake_file_ids)


def plan_intake(connection: sa.Connection) -> Plan:
    """Choose all open documents that sheets have brought: what was refused yesterday may be known today."""
    document = DOCUMENT.c
    return _plan(connection, (document.source == "INTAKE") & (document.status != "RECEIVED"), ())


def plan_backfill(connection: sa.Connection, intake_file_ids: Sequence[int], *, all_open: bool) -> Plan:
    """Choose the legacy returns of these files and those left pending, or all that are open.

    Those of a file of which only a part is landed wait until the rest is: their lines may not all be there.
    """
    document, file = DOCUMENT.c, INTAKE_FILE.c
    cut_short = sa.select(file.intake_file_id).where(file.landed_through.is_not(None))
    whole = (document.source == "BACKFILL") & document.intake_file_id.not_in(cut_short)
    if all_open:
        return _plan(connection, whole, ())
    return _plan(connection, whole & ((document.status == "PENDING") | _brought(intake_file_ids)), intake_file_ids)


def plan_pos(connection: sa.Connection) -> Plan:
    """Choose all open documents of other systems, and the credit orders marked as received, whoever brought them."""
    return _plan(connection, (DOCUMENT.c.source == "POS") | (DOCUMENT.c.status == "RECEIVED"), ())


def _plan(connection: sa.Connection, chosen: sa.ColumnElement[bool], intake_file_ids: Sequence[int]) -> Plan:
    line = DOCUMENT_LINE.c
    is_open = line.status.in_(("PENDING", "REFUSED", "HELD")) | (
        (line.status == "COMMITTED") & (DOCUMENT.c.status == "RECEIVED")
    )
    landed = is_open & line.intake_file_id.in_(intake_file_ids) & (line.status == "PENDING")
    rows = connection.execute(
        sa.select(DOCUMENT.c.document_id, sa.func.count(), _count(is_open), _count(landed))
        .join(DOCUMENT_LINE, line.document_id == DOCUMENT.c.document_id)
        .where(DOCUMENT_IS_OPEN, chosen)
        .group_by(DOCUMENT.c.document_id)
        .order_by(DOCUMENT.c.document_id)
    )
    return Plan(rows.all())


def _brought(intake_file_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    if not intake_file_ids:
        return sa.false()
    return sa.exists(
        sa.select(DOCUMENT_LINE.c.line_id)
        .where(
            DOCUMENT_LINE.c.document_id == DOCUMENT.c.document_id,
            DOCUMENT_LINE.c.status == "PENDING",
            DOCUMENT_LINE.c.intake_file_id.in_(intake_file_ids),
        )
        .correlate(DOCUMENT)
    )


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
