"""Look up exceptions, as plain values that can be printed or sent as JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from batch.core.codes import CATALOGUE
from batch.edge.iso import iso_instant
from batch.edge.lookup_records import AgeBand, ExceptionFilter, ExceptionRow
from batch.edge.schema import EXCEPTION, INTAKE_FILE

DAY = dt.timedelta(days=1)

# Upper bounds in days of the bands that open exceptions are counted in; what is older falls in the last.
AGE_BANDS = (1, 7, 30)


def list_exceptions(
    connection: sa.Connection,
    wanted: ExceptionFilter | None = None,
    *,
    now: dt.datetime,
    limit: int | None = 1_000,
) -> list[ExceptionRow]:
    """Read the exceptions wanted (open ones, if nothing is said), oldest first, each with its age at `now`."""
    listed = (
        sa.select(EXCEPTION, INTAKE_FILE.c.name.label("file_name"))
        .outerjoin(INTAKE_FILE, INTAKE_FILE.c.intake_file_id == EXCEPTION.c.intake_file_id)
        .where(*_conditions(wanted or ExceptionFilter()))
        .order_by(EXCEPTION.c.exception_id)
        .limit(limit)
    )
    return [_exception_row(row, now) for row in connection.execute(listed)]


def count_exceptions(connection: sa.Connection, wanted: ExceptionFilter | None = None) -> int:
    """Count the exceptions wanted, whatever the limit of the list."""
    counted = sa.select(sa.func.count()).select_from(EXCEPTION).where(*_conditions(wanted or ExceptionFilter()))
    return connection.scalars(counted).one()


def _conditions(wanted: ExceptionFilter) -> list[sa.ColumnElement[bool]]:
    conditions = [
        column == value
        for column, value in (
            (EXCEPTION.c.status, wanted.status),
            (EXCEPTION.c.code, wanted.code),
            (EXCEPTION.c.document_no, wanted.document_no),
        )
        if value is not None
    ]
    if wanted.run_id is not None:
        # A refusal that a later run met again was not written anew; it is that run's all the same.
        conditions.append(sa.or_(EXCEPTION.c.run_id == wanted.run_id, EXCEPTION.c.last_run_id == wanted.run_id))
    return conditions


def _exception_row(row: sa.Row[*tuple[object, ...]], now: dt.datetime) -> ExceptionRow:
    known = CATALOGUE.get(row.code)
    return ExceptionRow(
        exception_id=row.exception_id,
        run_id=row.run_id,
        last_run_id=row.last_run_id,
        code=row.code,
        severity=row.severity,
        status=row.status,
        document_type=row.document_type,
        document_no=row.document_no,
        line_no=row.line_no,
        unit_no=row.unit_no,
        file_name=row.file_name,
        sheet_row=row.sheet_row,
        message=row.message,
        remedy=known.remedy if known else "",
        evidence=row.evidence,
        note=row.note,
        created_at=iso_instant(row.created_at),
        resolved_at=iso_instant(row.resolved_at),
        resolved_run_id=row.resolved_run_id,
        age_days=_days(row.created_at, row.resolved_at or now),
    )


def _days(since: dt.datetime, until: dt.datetime) -> int:
    # A clock set back must not make an exception younger than new.
    return max(0, (until - since) // DAY)


def open_exception_ages(connection: sa.Connection, *, now: dt.datetime) -> list[AgeBand]:
    """Count the open exceptions of each code by how old they are at `now`, the oldest code first."""
    created_at = EXCEPTION.c.created_at
    bounds = [now - days * DAY for days in AGE_BANDS]
    counted = (
        sa.select(
            EXCEPTION.c.code,
            EXCEPTION.c.severity,
            sa.func.count().label("exceptions"),
            sa.func.min(created_at).label("oldest_at"),
            *(_count_since(created_at, bound).label(f"band_{index}") for index, bound in enumerate(bounds)),
        )
        .where(EXCEPTION.c.status == "OPEN")
        .group_by(EXCEPTION.c.code, EXCEPTION.c.severity)
        .order_by(sa.literal_column("oldest_at"), EXCEPTION.c.code)
    )
    return [_age_band(row, now) for row in connection.execute(counted)]


def _count_since(created_at: sa.ColumnElement[dt.datetime], bound: dt.datetime) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((created_at > bound, 1), else_=0))


def _age_band(row: sa.Row[*tuple[object, ...]], now: dt.datetime) -> AgeBand:
    younger: Sequence[int] = (row.band_0, row.band_1, row.band_2)
    return AgeBand(
        code=row.code,
        severity=row.severity,
        exceptions=row.exceptions,
        under_1_day=younger[0],
        under_7_days=younger[1] - younger[0],
        under_30_days=younger[2] - younger[1],
        older=row.exceptions - younger[2],
        oldest_at=iso_instant(row.oldest_at),
        oldest_days=_days(row.oldest_at, now),
    )
