"""Set a document aside that the program itself fails on: an exception with a trace id, and the night goes on."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from batch.core.chunk import OPEN_LINE_STATUSES
from batch.core.codes import CATALOGUE, Refusal
from batch.core.document_names import line_words
from batch.core.intake_words import place
from batch.core.judged import JudgedLine
from batch.core.outcome import LineException, Outcome
from batch.core.take import final_status
from batch.edge.schema import DOCUMENT, DOCUMENT_LINE, INTAKE_FILE
from batch.edge.store import write_outcome


def quarantine(connection: sa.Connection, document_id: int, trace_id: str, run_id: int, now: dt.datetime) -> None:
    """Refuse every open line of a document; it is tried again on the next run."""
    # No more than is needed: what cannot even be read may be the very fault.
    wanted = sa.select(DOCUMENT.c.document_type, DOCUMENT.c.document_no, DOCUMENT.c.status)
    document = connection.execute(wanted.where(DOCUMENT.c.document_id == document_id)).one_or_none()
    if document is None:
        return
    line = DOCUMENT_LINE.c
    names = (INTAKE_FILE.c.name, INTAKE_FILE.c.sheet_name)
    rows = connection.execute(
        sa.select(line.line_id, line.line_no, line.status, line.sheet_row, line.intake_file_id, *names)
        .outerjoin(INTAKE_FILE, INTAKE_FILE.c.intake_file_id == line.intake_file_id)
        .where(line.document_id == document_id)
        .order_by(line.line_no)
    ).all()
    outcome = Outcome()
    statuses: list[str] = []
    for row in rows:
        receiving = document.status == "RECEIVED" and row.status == "COMMITTED"
        if row.status not in OPEN_LINE_STATUSES and not receiving:
            statuses.append(row.status)
            continue
        statuses.append(row.status if receiving else "HELD")
        outcome.line_statuses[row.line_id] = statuses[-1]
        outcome.lines_refused += 1
        outcome.judged_lines.append(
            JudgedLine((document.document_type, document.document_no, row.line_no), row.intake_file_id, row.sheet_row)
        )
        where = place(row.name, row.sheet_name or "").words if row.name else None
        words = line_words(document.document_type, document.document_no, row.line_no, where, row.sheet_row)
        said = f"{words}: {CATALOGUE['DOCUMENT_FAILED'].meaning} Trace id {trace_id}."
        refusal = Refusal(
            "DOCUMENT_FAILED",
            f"{said} {CATALOGUE['DOCUMENT_FAILED'].remedy}",
            sheet_row=row.sheet_row,
            document_type=document.document_type,
            document_no=document.document_no,
            line_no=row.line_no,
            evidence={"trace_id": trace_id},
        )
        outcome.exceptions.append(
            LineException(refusal, document_id, row.line_id, row.intake_file_id, line_refused=True)
        )
    outcome.document_statuses[document_id] = final_status(statuses, document.status)
    write_outcome(connection, outcome, run_id, now)
