"""Write exceptions as rows: new ones, those that stay, and those that a run has resolved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

import sqlalchemy as sa

from batch.core.codes import REFUSE, WARN
from batch.core.judged import DocumentKey, JudgedLine
from batch.core.outcome import LineException
from batch.core.reconcile import OpenException, follow_links, reconcile
from batch.edge.bulk import insert_rows, keyed, set_alike, update_rows
from batch.edge.schema import EXCEPTION

_COLUMNS = (
    "run_id",
    "code",
    "severity",
    "document_type",
    "document_no",
    "line_no",
    "unit_no",
    "document_id",
    "line_id",
    "intake_file_id",
    "sheet_row",
    "message",
    "evidence",
    "status",
    "last_run_id",
    "resolved_run_id",
    "resolved_at",
    "created_at",
)

# What of an exception that stays is as the latest run found it.
_LATEST = (
    "last_run_id",
    "document_type",
    "document_no",
    "line_no",
    "message",
    "evidence",
    "line_id",
    "document_id",
    "intake_file_id",
    "sheet_row",
)


class Judged(Protocol):
    """The lines that were judged, by document; not all are asked for where they are many."""

    def judged_documents(self) -> Collection[DocumentKey]:
        """Name the documents."""

    def judged_of(self, documents: Collection[DocumentKey]) -> Collection[JudgedLine]:
        """Give the lines of some of them."""


def write_exceptions(
    connection: sa.Connection,
    raised: Sequence[LineException],
    judged: Judged,
    run_id: int,
    now: dt.datetime,
    *,
    only: Collection[str] | None = None,
    linked: Mapping[int, Sequence[OpenException]] | None = None,
    left: Collection[int] = (),
) -> tuple[int, int]:
    """Write what was raised on these lines and resolve what no longer holds; count (refusals, warnings).

    With `only`, no open exception of another code is looked at; `linked` is what rows of this file take over, and
    those `left` are taken over by others.
    """
    documents = judged.judged_documents()
    on_file = [each for each in open_exceptions(connection, documents) if each.exception_id not in left]
    named = {(each.refusal.document_type, each.refusal.document_no) for each in raised}
    waived = open_exceptions(connection, named, status="WAIVED")
    concerned = judged.judged_of({each.line_key[:2] for each in on_file})
    found = reconcile(raised, concerned, [each for each in on_file if only is None or each.code in only], waived)
    if linked:
        found = follow_links(found, linked)
    insert_rows(connection, EXCEPTION, _COLUMNS, [_row(each, run_id, now) for each in found.new])
    update_rows(
        connection,
        EXCEPTION,
        ("exception_id",),
        _LATEST,
        [
            (
                exception_id,
                run_id,
                each.refusal.document_type,
                each.refusal.document_no,
                each.refusal.line_no,
                each.refusal.message,
                evidence_of(each),
                each.line_id or None,
                each.document_id or None,
                each.intake_file_id,
                each.refusal.sheet_row,
            )
            for exception_id, each in found.staying
        ],
    )
    resolve(connection, found.resolved, run_id, now)
    set_alike(connection, EXCEPTION, "exception_id", "last_run_id", dict.fromkeys(found.decided, run_id))
    refusals = sum(1 for each in raised if each.refusal.severity == REFUSE)
    return refusals, len(raised) - refusals


def resolve(connection: sa.Connection, exception_ids: Sequence[int], run_id: int, now: dt.datetime) -> None:
    """Mark exceptions as resolved by this run."""
    rows = [(exception_id, "RESOLVED", run_id, now) for exception_id in exception_ids]
    update_rows(connection, EXCEPTION, ("exception_id",), ("status", "resolved_run_id", "resolved_at"), rows)


def open_exceptions(
    connection: sa.Connection, documents: Iterable[tuple[str | None, str | None]], status: str = "OPEN"
) -> list[OpenException]:
    """Read the open (or waived) exceptions of documents, named as the outside names them."""
    named = sorted((kind, number) for kind, number in documents if kind and number)
    if not named:
        return []
    exception = EXCEPTION.c
    wanted = keyed(
        connection,
        "exception_document",
        {
            "document_type": (sa.Text(), [kind for kind, _ in named]),
            "document_no": (sa.Text(), [number for _, number in named]),
        },
    )
    # The status is spelt out, not bound: only so does the index of open exceptions serve.
    rows = connection.execute(
        sa.select(
            exception.exception_id,
            exception.code,
            exception.severity,
            exception.document_type,
            exception.document_no,
            exception.line_no,
            exception.unit_no,
            exception.evidence,
            exception.intake_file_id,
            exception.sheet_row,
        )
        .select_from(wanted)
        .join(
            EXCEPTION,
            (exception.document_type == wanted.c.document_type) & (exception.document_no == wanted.c.document_no),
        )
        .where(exception.status == sa.literal_column(f"'{status}'"))
        .order_by(exception.exception_id)
    )
    return [open_exception(row) for row in rows]


def open_exception(row: sa.Row[*tuple[Any, ...]]) -> OpenException:
    """Make an exception of its row."""
    return OpenException(
        row.exception_id,
        row.code,
        row.severity,
        row.document_type,
        row.document_no,
        row.line_no,
        row.unit_no,
        (row.evidence or {}).get("column"),
        row.intake_file_id,
        row.sheet_row,
    )


def evidence_of(each: LineException) -> dict[str, object]:
    """Give the evidence as stored: the sheet's column and the value found there, and what the code rests on."""
    refusal = each.refusal
    own: dict[str, object] = {}
    if refusal.column is not None:
        own["column"] = refusal.column
    if refusal.value is not None:
        own["value"] = refusal.value
    return own | dict(refusal.evidence)


def _row(each: LineException, run_id: int, now: dt.datetime) -> tuple[object, ...]:
    refusal = each.refusal
    # A warning about a line that posts needs nobody; it is kept for who asks later.
    settled = refusal.severity == WARN and not each.line_refused
    return (
        run_id,
        refusal.code,
        refusal.severity,
        refusal.document_type,
        refusal.document_no,
        refusal.line_no,
        refusal.unit_no,
        each.document_id or None,
        each.line_id or None,
        each.intake_file_id,
        refusal.sheet_row,
        refusal.message,
        evidence_of(each),
        "RESOLVED" if settled else "OPEN",
        run_id,
        run_id if settled else None,
        now if settled else None,
        now,
    )
