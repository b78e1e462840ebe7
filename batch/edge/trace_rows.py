"""Read the history, lines, files and memos of a few units, each kind with one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from batch.edge.iso import iso_date, iso_instant
from batch.edge.schema import (
    CREDIT_MEMO,
    CREDIT_MEMO_LINE,
    DOCUMENT,
    DOCUMENT_LINE,
    INTAKE_FILE,
    LINE_UNIT,
    RUN,
    SERIAL_HISTORY,
)
from batch.edge.trace_records import Appearance, FileRow, MemoOfUnit, Step


@dataclass(frozen=True, slots=True)
class Appearances:
    """The lines a unit is on, the sheet rows that brought them, and its (line id, unit number) on each."""

    lines: tuple[Appearance, ...]
    files: tuple[FileRow, ...]
    units: tuple[tuple[int, int], ...]


def steps_of(connection: sa.Connection, serial_ids: Sequence[int]) -> dict[int, tuple[Step, ...]]:
    """Read the history of each unit, oldest first."""
    steps: defaultdict[int, list[Step]] = defaultdict(list)
    for row in connection.execute(_STEPS, {"ids": serial_ids}):
        steps[row.serial_id].append(
            Step(
                action=row.action,
                from_area_code=row.from_area_code,
                to_area_code=row.to_area_code,
                document_type=row.document_type,
                document_no=row.document_no,
                line_no=row.line_no,
                run_id=row.run_id,
                job=row.job,
                business_date=iso_date(row.business_date),
                recorded_at=iso_instant(row.recorded_at),
            )
        )
    return {serial_id: tuple(steps[serial_id]) for serial_id in serial_ids}


def appearances_of(connection: sa.Connection, serial_ids: Sequence[int]) -> dict[int, Appearances]:
    """Read the document lines each unit is on, in the order they came."""
    found: defaultdict[int, list[sa.Row[*tuple[object, ...]]]] = defaultdict(list)
    for row in connection.execute(_APPEARANCES, {"ids": serial_ids}):
        found[row.serial_id].append(row)
    return {
        serial_id: Appearances(
            lines=tuple(_appearance(row) for row in found[serial_id]),
            files=tuple(_file_row(row) for row in found[serial_id] if row.file_name is not None),
            units=tuple((row.line_id, row.unit_no) for row in found[serial_id]),
        )
        for serial_id in serial_ids
    }


def _appearance(row: sa.Row[*tuple[object, ...]]) -> Appearance:
    return Appearance(
        document_type=row.document_type,
        document_no=row.document_no,
        document_date=iso_date(row.document_date),
        document_status=row.document_status,
        customer_code=row.customer_code,
        line_no=row.line_no,
        line_status=row.line_status,
        unit_no=row.unit_no,
        action=row.action,
    )


def _file_row(row: sa.Row[*tuple[object, ...]]) -> FileRow:
    return FileRow(
        name=row.file_name,
        sheet_name=row.sheet_name,
        sheet_row=row.sheet_row,
        landed_at=iso_instant(row.landed_at),
        run_id=row.file_run_id,
        document_type=row.document_type,
        document_no=row.document_no,
        line_no=row.line_no,
    )


def memos_of(connection: sa.Connection, serial_ids: Sequence[int]) -> dict[int, tuple[MemoOfUnit, ...]]:
    """Read the credit memos that credited a line of each unit, oldest first."""
    memos: defaultdict[int, list[MemoOfUnit]] = defaultdict(list)
    for row in connection.execute(_MEMOS, {"ids": serial_ids}):
        memos[row.serial_id].append(
            MemoOfUnit(
                credit_memo_no=row.credit_memo_no,
                memo_date=iso_date(row.memo_date),
                document_type=row.document_type,
                document_no=row.document_no,
                line_no=row.line_no,
                customer_code=row.customer_code,
                currency=row.currency,
                quantity=row.quantity,
                net_minor=row.net_minor,
                tax_minor=row.tax_minor,
                area_code=row.area_code,
                run_id=row.run_id,
            )
        )
    return {serial_id: tuple(memos[serial_id]) for serial_id in serial_ids}


_STEPS = (
    sa.select(
        SERIAL_HISTORY,
        DOCUMENT.c.document_type,
        DOCUMENT.c.document_no,
        DOCUMENT_LINE.c.line_no,
        RUN.c.job.label("job"),
    )
    .select_from(SERIAL_HISTORY)
    .outerjoin(DOCUMENT, DOCUMENT.c.document_id == SERIAL_HISTORY.c.document_id)
    .outerjoin(DOCUMENT_LINE, DOCUMENT_LINE.c.line_id == SERIAL_HISTORY.c.line_id)
    .outerjoin(RUN, RUN.c.run_id == SERIAL_HISTORY.c.run_id)
    .where(SERIAL_HISTORY.c.serial_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(SERIAL_HISTORY.c.history_id)
)

_APPEARANCES = (
    sa.select(
        LINE_UNIT.c.serial_id,
        LINE_UNIT.c.line_id,
        LINE_UNIT.c.unit_no,
        LINE_UNIT.c.action,
        DOCUMENT_LINE.c.line_no,
        DOCUMENT_LINE.c.status.label("line_status"),
        DOCUMENT_LINE.c.sheet_row,
        DOCUMENT.c.document_type,
        DOCUMENT.c.document_no,
        DOCUMENT.c.document_date,
        DOCUMENT.c.status.label("document_status"),
        DOCUMENT.c.customer_code,
        INTAKE_FILE.c.name.label("file_name"),
        INTAKE_FILE.c.sheet_name,
        INTAKE_FILE.c.landed_at,
        INTAKE_FILE.c.run_id.label("file_run_id"),
    )
    .select_from(LINE_UNIT)
    .join(DOCUMENT_LINE, DOCUMENT_LINE.c.line_id == LINE_UNIT.c.line_id)
    .join(DOCUMENT, DOCUMENT.c.document_id == DOCUMENT_LINE.c.document_id)
    .outerjoin(
        INTAKE_FILE,
        INTAKE_FILE.c.intake_file_id == sa.func.coalesce(DOCUMENT_LINE.c.intake_file_id, DOCUMENT.c.intake_file_id),
    )
    .where(LINE_UNIT.c.serial_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(LINE_UNIT.c.line_id, LINE_UNIT.c.unit_no)
)

_MEMOS = (
    sa.select(
        LINE_UNIT.c.serial_id,
        CREDIT_MEMO.c.credit_memo_no,
        CREDIT_MEMO.c.memo_date,
        CREDIT_MEMO.c.customer_code,
        CREDIT_MEMO.c.currency,
        CREDIT_MEMO.c.run_id,
        CREDIT_MEMO_LINE.c.quantity,
        CREDIT_MEMO_LINE.c.net_minor,
        CREDIT_MEMO_LINE.c.tax_minor,
        CREDIT_MEMO_LINE.c.area_code,
        DOCUMENT.c.document_type,
        DOCUMENT.c.document_no,
        DOCUMENT_LINE.c.line_no,
    )
    .select_from(LINE_UNIT)
    .join(CREDIT_MEMO_LINE, CREDIT_MEMO_LINE.c.line_id == LINE_UNIT.c.line_id)
    .join(CREDIT_MEMO, CREDIT_MEMO.c.credit_memo_id == CREDIT_MEMO_LINE.c.credit_memo_id)
    .join(DOCUMENT_LINE, DOCUMENT_LINE.c.line_id == LINE_UNIT.c.line_id)
    .join(DOCUMENT, DOCUMENT.c.document_id == DOCUMENT_LINE.c.document_id)
    .where(LINE_UNIT.c.serial_id.in_(sa.bindparam("ids", expanding=True)), LINE_UNIT.c.action.is_not(None))
    .order_by(CREDIT_MEMO.c.credit_memo_id, CREDIT_MEMO_LINE.c.line_id)
)
