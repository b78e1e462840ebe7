"""Take in what other systems have done to documents since: units of slips released, lines added to what was done."""

from __future__ import annotations

import sqlalchemy as sa

from batch.edge.bulk import keyed
from batch.edge.plan import Plan
from batch.edge.schema import DOCUMENT, DOCUMENT_LINE, LINE_UNIT, RUN, SERIAL
from batch.edge.store import close_services

LINE_MARK = "last_line_id"
_LINES_LOOKED_AT_AGAIN = 100_000


def close_released(connection: sa.Connection) -> int:
    """Close the service slips whose units have been released outside; give how many lines that were (R19)."""
    line = DOCUMENT_LINE.c
    on_line = sa.select(LINE_UNIT.c.line_id).where(LINE_UNIT.c.line_id == line.line_id)
    held = on_line.join(SERIAL, SERIAL.c.serial_id == LINE_UNIT.c.serial_id).where(
        SERIAL.c.open_document_id == line.document_id
    )
    rows = connection.execute(
        sa.select(line.document_id, sa.func.count())
        .join(DOCUMENT, DOCUMENT.c.document_id == line.document_id)
        .where(
            # The unique key begins with the type, so that only slips are looked at.
            DOCUMENT.c.document_type == "SERVICE",
            DOCUMENT.c.status != "CLOSED",
            line.status == "POSTED",
            sa.exists(on_line.where(LINE_UNIT.c.action.is_not(None)).correlate(DOCUMENT_LINE)),
            ~sa.exists(held.correlate(DOCUMENT_LINE)),
        )
        .group_by(line.document_id)
        .order_by(line.document_id)
    ).all()
    close_services(connection, [document_id for document_id, _ in rows])
    return sum(count for _, count in rows)


def reopen_added_to(connection: sa.Connection, job: str) -> tuple[int, int]:
    """Open documents again to which a line was added when they were done: (how many, the mark for the next run).

    Lines are numbered as they come, so only those since the run before are looked at, and some more: one that had its
    number may have been waiting for its till to commit, and SQLite gives the number of a line that is gone once more.
    """
    line = DOCUMENT_LINE.c
    last = connection.execute(sa.select(sa.func.max(line.line_id))).scalar_one()
    added = (
        sa.select(line.document_id)
        .join(DOCUMENT, DOCUMENT.c.document_id == line.document_id)
        .where(
            line.line_id > _mark_of_the_run_before(connection, job) - _LINES_LOOKED_AT_AGAIN,
            line.status == "PENDING",
            DOCUMENT.c.source == "POS",
            DOCUMENT.c.status.in_(("POSTED", "COMMITTED", "CLOSED")),
        )
    )
    document_ids = sorted(set(connection.execute(added).scalars()))
    if document_ids:
        wanted = keyed(connection, "added_to", {"document_id": (sa.BigInteger(), document_ids)})
        connection.execute(
            sa.update(DOCUMENT)
            .where(DOCUMENT.c.document_id.in_(sa.select(wanted.c.document_id)))
            .values(status="PARTIAL")
        )
    return len(document_ids), int(last or 0)


def left_untouched(connection: sa.Connection, plan: Plan) -> int:
    """Count the documents of a plan that nobody has settled: still there, and still as if nothing had happened."""
    wanted = keyed(connection, "planned_again", {"document_id": (sa.BigInteger(), plan.document_ids)})
    still_pending = (
        sa.select(sa.func.count())
        .select_from(wanted)
        .join(DOCUMENT, DOCUMENT.c.document_id == wanted.c.document_id)
        .where(
            DOCUMENT.c.status == "PENDING",
            sa.exists(sa.select(DOCUMENT_LINE.c.line_id).where(DOCUMENT_LINE.c.document_id == DOCUMENT.c.document_id)),
        )
    )
    return int(connection.execute(still_pending).scalar_one())


def _mark_of_the_run_before(connection: sa.Connection, job: str) -> int:
    """Read up to which line the last run of a job had looked; 0 where there was none."""
    parameters = connection.execute(sa.select(RUN.c.parameters).where(RUN.c.job == job).order_by(RUN.c.run_id.desc()))
    for (said,) in parameters:
        if LINE_MARK in said:
            return int(said[LINE_MARK])
    return 0
