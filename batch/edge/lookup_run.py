"""Look up runs, and everything that one run left: exceptions by code, memos, files, missing numbers."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from batch.core.codes import CATALOGUE
from batch.edge.iso import iso_date, iso_instant
from batch.edge.lookup_records import CodeOfRun, FileOfRun, MemoOfRun, MemoTotal, MissingNumbers, RunDetail, RunSummary
from batch.edge.schema import CREDIT_MEMO, DOCUMENT, EXCEPTION, INTAKE_FILE, MISSING_NUMBER, RUN
from batch.errors import UsageError
from batch.report import FIGURES


def list_runs(connection: sa.Connection, *, limit: int = 20, job: str | None = None) -> list[RunSummary]:
    """Read the latest runs, newest first; of one job if it is named."""
    latest = sa.select(RUN).order_by(RUN.c.run_id.desc()).limit(limit)
    if job is not None:
        latest = latest.where(RUN.c.job == job)
    return [_run_summary(row) for row in connection.execute(latest)]


def no_such_run(run_id: int) -> UsageError:
    """Give what is said of a run that there is not."""
    return UsageError(f"There is no run {run_id}; `serialback runs` lists them.")


def check_run(connection: sa.Connection, run_id: int) -> None:
    """Raise UsageError where there is no such run: nothing found would pass for nothing there."""
    if connection.execute(sa.select(RUN.c.run_id).where(RUN.c.run_id == run_id)).first() is None:
        raise no_such_run(run_id)


def one_run(connection: sa.Connection, run_id: int, *, most: int = 100) -> RunDetail | None:
    """Read one run, with at most `most` of its memos and missing numbers; None if there is no such run."""
    row = connection.execute(sa.select(RUN).where(RUN.c.run_id == run_id)).one_or_none()
    if row is None:
        return None
    return RunDetail(
        run=_run_summary(row),
        exceptions_by_code=_codes(connection, run_id),
        memo_totals=_memo_totals(connection, run_id),
        memos=_memos(connection, run_id, most),
        files=_files(connection, run_id),
        missing_numbers=_missing_numbers(connection, run_id, most),
    )


def _run_summary(row: sa.Row[*tuple[object, ...]]) -> RunSummary:
    finished_at: dt.datetime | None = row.finished_at
    return RunSummary(
        run_id=row.run_id,
        job=row.job,
        status=row.status,
        business_date=iso_date(row.business_date),
        started_at=iso_instant(row.started_at),
        finished_at=iso_instant(finished_at),
        seconds=None if finished_at is None else round((finished_at - row.started_at).total_seconds(), 3),
        figures={name: row._mapping[name] for name in FIGURES},
        parameters=row.parameters,
        error=row.error,
        version=row.version,
        host=row.host,
        pid=row.pid,
    )


def _codes(connection: sa.Connection, run_id: int) -> tuple[CodeOfRun, ...]:
    new = sa.case((EXCEPTION.c.run_id == run_id, 1), else_=0)
    still_open = sa.case((EXCEPTION.c.status == "OPEN", 1), else_=0)
    counted = (
        sa.select(
            EXCEPTION.c.code,
            EXCEPTION.c.severity,
            sa.func.sum(new).label("new"),
            sa.func.sum(1 - new).label("repeated"),
            sa.func.sum(still_open).label("still_open"),
            sa.func.min(EXCEPTION.c.message).label("example"),
        )
        .where(sa.or_(EXCEPTION.c.run_id == run_id, EXCEPTION.c.last_run_id == run_id))
        .group_by(EXCEPTION.c.code, EXCEPTION.c.severity)
        .order_by(EXCEPTION.c.severity, sa.func.count().desc(), EXCEPTION.c.code)
    )
    return tuple(
        CodeOfRun(
            code=row.code,
            severity=row.severity,
            new=row.new,
            repeated=row.repeated,
            open=row.still_open,
            example=row.example,
            remedy=CATALOGUE[row.code].remedy if row.code in CATALOGUE else "",
        )
        for row in connection.execute(counted)
    )


def _memo_totals(connection: sa.Connection, run_id: int) -> tuple[MemoTotal, ...]:
    summed = (
        sa.select(
            CREDIT_MEMO.c.currency,
            sa.func.count().label("memos"),
            *(sa.func.sum(CREDIT_MEMO.c[name]).label(name) for name in ("net_minor", "tax_minor", "total_minor")),
        )
        .where(CREDIT_MEMO.c.run_id == run_id)
        .group_by(CREDIT_MEMO.c.currency)
        .order_by(CREDIT_MEMO.c.currency)
    )
    return tuple(
        # A sum of BIGINT is NUMERIC on PostgreSQL.
        MemoTotal(row.currency, row.memos, int(row.net_minor), int(row.tax_minor), int(row.total_minor))
        for row in connection.execute(summed)
    )


def _memos(connection: sa.Connection, run_id: int, most: int) -> tuple[MemoOfRun, ...]:
    listed = (
        sa.select(CREDIT_MEMO, DOCUMENT.c.document_type, DOCUMENT.c.document_no)
        .join(DOCUMENT, DOCUMENT.c.document_id == CREDIT_MEMO.c.document_id)
        .where(CREDIT_MEMO.c.run_id == run_id)
        .order_by(CREDIT_MEMO.c.credit_memo_id)
        .limit(most)
    )
    return tuple(
        MemoOfRun(
            credit_memo_no=row.credit_memo_no,
            memo_date=iso_date(row.memo_date),
            document_type=row.document_type,
            document_no=row.document_no,
            customer_code=row.customer_code,
            location_code=row.location_code,
            currency=row.currency,
            net_minor=row.net_minor,
            tax_minor=row.tax_minor,
            total_minor=row.total_minor,
        )
        for row in connection.execute(listed)
    )


def _files(connection: sa.Connection, run_id: int) -> tuple[FileOfRun, ...]:
    listed = sa.select(INTAKE_FILE).where(INTAKE_FILE.c.run_id == run_id).order_by(INTAKE_FILE.c.intake_file_id)
    return tuple(
        FileOfRun(
            intake_file_id=row.intake_file_id,
            name=row.name,
            status=row.status,
            size_bytes=row.size_bytes,
            rows_read=row.rows_read,
            sheet_name=row.sheet_name,
            refusal=row.refusal,
            sha256=row.sha256,
            landed_at=iso_instant(row.landed_at),
        )
        for row in connection.execute(listed)
    )


def _missing_numbers(connection: sa.Connection, run_id: int, most: int) -> tuple[MissingNumbers, ...]:
    listed = (
        sa.select(MISSING_NUMBER)
        .where(MISSING_NUMBER.c.run_id == run_id)
        .order_by(MISSING_NUMBER.c.sequence_code, MISSING_NUMBER.c.first_number)
        .limit(most)
    )
    return tuple(
        MissingNumbers(row.sequence_code, row.first_number, row.last_number, row.reason, iso_instant(row.recorded_at))
        for row in connection.execute(listed)
    )
