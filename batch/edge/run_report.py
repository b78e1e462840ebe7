"""Read the report of a run back from the database: what is printed is what is stored."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from batch.core.codes import CATALOGUE
from batch.edge.ledger import figures_of
from batch.edge.schema import CREDIT_MEMO, CREDIT_MEMO_LINE, DOCUMENT, EXCEPTION, RUN
from batch.report import CodeCount, FileOutcome, MemoLine, RunReport

MEMOS_SHOWN = 20


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What a run knows of itself that its row does not say."""

    run_id: int
    job: str
    dry_run: bool
    business_date: dt.date
    started_at: dt.datetime
    files: tuple[FileOutcome, ...]
    first_run_id: int | None
    exit_status: int
    notes: tuple[str, ...] = ()


def read_report(connection: sa.Connection, facts: RunFacts) -> RunReport:
    """Read what a run did from what it wrote."""
    figures: Mapping[str, Any] = figures_of(connection, facts.run_id)
    row = connection.execute(sa.select(RUN.c.status, RUN.c.finished_at).where(RUN.c.run_id == facts.run_id)).one()
    return RunReport(
        run_id=None if facts.dry_run else facts.run_id,
        job=facts.job,
        status=row.status,
        dry_run=facts.dry_run,
        business_date=facts.business_date,
        started_at=facts.started_at,
        finished_at=row.finished_at,
        **figures,
        memos=_memos(connection, facts.run_id),
        totals_by_currency=_totals(connection, facts.run_id),
        exceptions_by_code=_codes(connection, facts.run_id),
        files=facts.files,
        first_run_id=facts.first_run_id if row.status == "NOOP" else None,
        notes=facts.notes,
        exit_status=facts.exit_status,
    )


def _memos(connection: sa.Connection, run_id: int) -> tuple[MemoLine, ...]:
    memo = CREDIT_MEMO.c
    units = (
        sa.select(sa.func.sum(CREDIT_MEMO_LINE.c.quantity))
        .where(CREDIT_MEMO_LINE.c.credit_memo_id == memo.credit_memo_id)
        .correlate(CREDIT_MEMO)
        .scalar_subquery()
    )
    rows = connection.execute(
        sa.select(
            memo.credit_memo_no, DOCUMENT.c.document_no, memo.customer_code, memo.currency, memo.total_minor, units
        )
        .join(DOCUMENT, DOCUMENT.c.document_id == memo.document_id)
        .where(memo.run_id == run_id)
        .order_by(memo.credit_memo_id)
        .limit(MEMOS_SHOWN)
    )
    return tuple(MemoLine(*row[:5], int(row[5])) for row in rows)


def _totals(connection: sa.Connection, run_id: int) -> dict[str, int]:
    memo = CREDIT_MEMO.c
    rows = connection.execute(
        sa.select(memo.currency, sa.func.sum(memo.total_minor))
        .where(memo.run_id == run_id)
        .group_by(memo.currency)
        .order_by(memo.currency)
    )
    return {currency: int(total) for currency, total in rows}


def _codes(connection: sa.Connection, run_id: int) -> tuple[CodeCount, ...]:
    """Count by code the lines that this run refused or warned about, with the first as an example."""
    exception = EXCEPTION.c
    rows = connection.execute(
        sa.select(
            exception.code,
            exception.severity,
            sa.func.count(_LINE.distinct()),
            sa.func.min(exception.exception_id),
        )
        .where(sa.or_(exception.run_id == run_id, exception.last_run_id == run_id), exception.status != "WAIVED")
        .group_by(exception.code, exception.severity)
    ).all()
    examples = dict(
        connection.execute(
            sa.select(exception.exception_id, exception.message).where(
                exception.exception_id.in_([first for *_, first in rows])
            )
        ).all()
    )
    counted = [
        CodeCount(code, severity, count, examples[first], CATALOGUE[code].remedy)
        for code, severity, count, first in rows
    ]
    return tuple(sorted(counted, key=lambda each: (each.severity, -each.lines, each.code)))


def _text(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    return sa.func.coalesce(sa.cast(column, sa.Text()), "")


# A row that could not be read as far as its line, by where it stands.
_ROW = _text(EXCEPTION.c.intake_file_id).concat(":").concat(_text(EXCEPTION.c.sheet_row))

# A line by what people call it.
_LINE = (
    _text(EXCEPTION.c.document_type)
    .concat(":")
    .concat(_text(EXCEPTION.c.document_no))
    .concat(":")
    .concat(sa.case((EXCEPTION.c.line_no.is_(None), _ROW), else_=_text(EXCEPTION.c.line_no)))
)
