"""Read every unit of a run, each in one class: what was done with it, or why nothing was.

Data flow: ids of the run's lines, in order → (some at a time) the lines, their units and the reasons against them →
one record a line; then the rows of files that never became lines. Whatever the run, few lines are in memory at once.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from batch.core.codes import REFUSE
from batch.core.unit_classes import ADOPTED, ATTACHED, BY_QUANTITY, GENERATED, RECEIVED, SILENT
from batch.edge.reconciliation_records import LineOfRun, Reason, UnitOfRun
from batch.edge.reconciliation_refused import refused_line, refused_rows
from batch.edge.schema import (
    CREDIT_MEMO,
    CREDIT_MEMO_LINE,
    DOCUMENT,
    DOCUMENT_LINE,
    EXCEPTION,
    INTAKE_FILE,
    LINE_UNIT,
    SERIAL,
    SERIAL_HISTORY,
)
from batch.edge.stored import json_as_stored, units_of

LINES_AT_ONCE = 1_000
ROWS_AT_ONCE = 2_000

# By what the tables show that a run went through a line; the greatest counts.
_SILENTLY, _REFUSED, _CREDITED, _RECEIVED, _TAKEN = range(5)
_TAKING = {"GENERATED": GENERATED, "ADOPTED": ADOPTED, "ATTACHED": ATTACHED}


def lines_of_run(connection: sa.Connection, run_id: int) -> Iterator[LineOfRun]:
    """Read every line that a run posted or refused, in order; rows that are no lines come last."""
    reasons = _reasons(connection, run_id, of_lines=True)
    kept: list[Reason] = []
    ids = _streamed(connection, _line_ids(run_id))
    while part := list(itertools.islice(ids, LINES_AT_ONCE)):
        by_line, kept = _up_to(part[-1].line_id, kept, reasons)
        yield from _lines(connection, run_id, {row.line_id: row.how for row in part}, by_line)
    rows = itertools.groupby(
        _reasons(connection, run_id, of_lines=False), key=lambda reason: (reason.intake_file_id, reason.sheet_row)
    )
    groups = (list(each) for _, each in rows)
    while some := list(itertools.islice(groups, LINES_AT_ONCE)):
        yield from refused_rows(connection, some)


def _lines(
    connection: sa.Connection, run_id: int, how: Mapping[int, int], reasons: Mapping[int, list[Reason]]
) -> Iterator[LineOfRun]:
    """Give lines in the order of `how`, which says what the run did with them."""
    asked = {"ids": list(how)}
    facts = {row.line_id: row for row in connection.execute(_LINES, asked | {"run_id": run_id})}
    units = itertools.groupby(_streamed(connection, _UNITS, asked), key=lambda row: row.line_id)
    at, own = next(units, (None, iter(())))
    for line_id in how:
        named: list[Any] = []
        if at == line_id:
            named = list(own)
            at, own = next(units, (None, iter(())))
        if how[line_id] == _REFUSED:
            yield refused_line(facts[line_id], named, reasons[line_id])
        else:
            yield _posted(facts[line_id], named, how[line_id])


def _posted(line: Any, named: Sequence[Any], how: int) -> LineOfRun:
    quantity = units_of(line.quantity)
    if how in {_CREDITED, _SILENTLY}:
        units = [UnitOfRun(BY_QUANTITY if how == _CREDITED else SILENT, quantity, area_code=line.area_code)]
    else:
        units = [
            UnitOfRun(
                RECEIVED if how == _RECEIVED else _TAKING[row.action],
                1,
                row.serial_no,
                row.mfr_serial_no,
                row.area_code,
                row.unit_no,
            )
            for row in named
            if row.action is not None
        ]
    return LineOfRun(
        posted=True,
        quantity=quantity,
        item_code=line.item_code,
        document_type=line.document_type,
        document_no=line.document_no,
        line_no=line.line_no,
        credit_memo_no=line.credit_memo_no,
        file_name=line.file_name,
        sheet_row=line.sheet_row,
        units=units,
    )


def _up_to(
    line_id: int, kept: list[Reason], reasons: Iterator[Reason]
) -> tuple[Mapping[int, list[Reason]], list[Reason]]:
    """Take the reasons against lines up to an id, and the one that was read too far."""
    by_line: defaultdict[int, list[Reason]] = defaultdict(list)
    for reason in itertools.chain(kept, reasons):
        assert reason.line_id is not None, "a reason of a line without its line"
        if reason.line_id > line_id:
            return by_line, [reason]
        by_line[reason.line_id].append(reason)
    return by_line, []


def _reasons(connection: sa.Connection, run_id: int, *, of_lines: bool) -> Iterator[Reason]:
    """Read a run's refusals: those of lines by line, the others by row."""
    exception = EXCEPTION.c
    order = (exception.line_id,) if of_lines else (exception.intake_file_id, exception.sheet_row)
    # Sorted without their words, which are looked up some at a time: sorting is done in memory.
    found = (
        sa.select(exception.exception_id)
        .where(*_refused_by(run_id), _of_a_line() if of_lines else ~_of_a_line())
        .order_by(*order, exception.exception_id)
    )
    ids = (row.exception_id for row in _streamed(connection, found))
    while some := list(itertools.islice(ids, LINES_AT_ONCE)):
        rows: dict[int, Any] = {row.exception_id: row for row in connection.execute(_REASONS, {"ids": some})}
        for row in map(rows.__getitem__, some):
            evidence: Mapping[str, Any] = row.evidence or {}
            found_at = {name: row._mapping[name] for name in Reason._fields if name in row._mapping}
            yield Reason(**found_at, column=evidence.get("column"), value=evidence.get("value"))


def _refused_by(run_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    exception = EXCEPTION.c
    return (exception.severity == REFUSE, (exception.run_id == run_id) | (exception.last_run_id == run_id))


def _of_a_line() -> sa.ColumnElement[bool]:
    """Say of an exception that it is about a line as it stands.

    Others are about a row: one that is no line, repeats one, would have changed one, or has been corrected since.
    """
    exception, line = EXCEPTION.c, DOCUMENT_LINE.c
    same_row = (line.intake_file_id == exception.intake_file_id) & (line.sheet_row == exception.sheet_row)
    return sa.exists(
        sa.select(line.line_id)
        .where(line.line_id == exception.line_id, exception.intake_file_id.is_(None) | same_row)
        .correlate(EXCEPTION)
    )


def _line_ids(run_id: int) -> sa.Select[Any, Any]:
    """Find the lines of a run by what it left: history, memos, exceptions, or nothing but its mark on the document."""
    step, line = SERIAL_HISTORY.c, DOCUMENT_LINE.c
    went_through = sa.union_all(
        sa.select(step.line_id, sa.case((step.action == "RECEIVED", _RECEIVED), else_=_TAKEN).label("how")).where(
            step.run_id == run_id, step.line_id.is_not(None), step.action.in_([*_TAKING, "RECEIVED"])
        ),
        sa.select(CREDIT_MEMO_LINE.c.line_id, sa.literal(_CREDITED))
        .join(CREDIT_MEMO, CREDIT_MEMO.c.credit_memo_id == CREDIT_MEMO_LINE.c.credit_memo_id)
        .where(CREDIT_MEMO.c.run_id == run_id),
        sa.select(EXCEPTION.c.line_id, sa.literal(_REFUSED)).where(*_refused_by(run_id), _of_a_line()),
        sa.select(line.line_id, sa.literal(_SILENTLY))
        .join(DOCUMENT, DOCUMENT.c.document_id == line.document_id)
        .where(DOCUMENT.c.last_run_id == run_id, *left_no_trace()),
    ).subquery()
    return (
        sa.select(went_through.c.line_id, sa.func.max(went_through.c.how).label("how"))
        .group_by(went_through.c.line_id)
        .order_by(went_through.c.line_id)
    )


def left_no_trace() -> tuple[sa.ColumnElement[bool], ...]:
    """Say of a line that it was posted without a serial and without a memo, as goods on a service slip are."""
    line, unit = DOCUMENT_LINE.c, LINE_UNIT.c
    return (
        line.status.in_(("POSTED", "COMMITTED", "CLOSED")),
        ~sa.exists(sa.select(unit.line_id).where(unit.line_id == line.line_id, unit.serial_id.is_not(None))),
        ~sa.exists(sa.select(CREDIT_MEMO_LINE.c.line_id).where(CREDIT_MEMO_LINE.c.line_id == line.line_id)),
    )


def _streamed(
    connection: sa.Connection, statement: sa.Select[*tuple[Any, ...]], values: Mapping[str, object] | None = None
) -> Iterator[Any]:
    """Read rows as they are asked for: by a cursor of the server, or of the file."""
    return iter(connection.execute(statement, dict(values or {}), execution_options={"yield_per": ROWS_AT_ONCE}))


_IDS: sa.BindParameter[int] = sa.bindparam("ids", expanding=True)

_LINES = (
    sa.select(
        DOCUMENT_LINE.c.line_id,
        DOCUMENT_LINE.c.line_no,
        DOCUMENT_LINE.c.item_code,
        sa.type_coerce(DOCUMENT_LINE.c.quantity, sa.types.NullType()).label("quantity"),
        json_as_stored(DOCUMENT_LINE.c.surplus_units),
        DOCUMENT_LINE.c.intake_file_id,
        DOCUMENT_LINE.c.sheet_row,
        DOCUMENT.c.document_type,
        DOCUMENT.c.document_no,
        INTAKE_FILE.c.name.label("file_name"),
        CREDIT_MEMO.c.credit_memo_no,
        CREDIT_MEMO_LINE.c.area_code,
    )
    .select_from(DOCUMENT_LINE)
    .join(DOCUMENT, DOCUMENT.c.document_id == DOCUMENT_LINE.c.document_id)
    .outerjoin(INTAKE_FILE, INTAKE_FILE.c.intake_file_id == DOCUMENT_LINE.c.intake_file_id)
    .outerjoin(CREDIT_MEMO_LINE, CREDIT_MEMO_LINE.c.line_id == DOCUMENT_LINE.c.line_id)
    .outerjoin(
        CREDIT_MEMO,
        (CREDIT_MEMO.c.credit_memo_id == CREDIT_MEMO_LINE.c.credit_memo_id)
        & (CREDIT_MEMO.c.run_id == sa.bindparam("run_id")),
    )
    .where(DOCUMENT_LINE.c.line_id.in_(_IDS))
)

_UNITS = (
    sa.select(
        LINE_UNIT.c.line_id,
        LINE_UNIT.c.unit_no,
        LINE_UNIT.c.action,
        LINE_UNIT.c.serial_id,
        LINE_UNIT.c.serial_no.label("named_serial_no"),
        LINE_UNIT.c.mfr_serial_no.label("named_mfr_serial_no"),
        SERIAL.c.serial_no,
        SERIAL.c.mfr_serial_no,
        SERIAL.c.area_code,
    )
    .outerjoin(SERIAL, SERIAL.c.serial_id == LINE_UNIT.c.serial_id)
    .where(LINE_UNIT.c.line_id.in_(_IDS))
    .order_by(LINE_UNIT.c.line_id, LINE_UNIT.c.unit_no)
)

_REASONS = sa.select(
    EXCEPTION.c.exception_id,
    EXCEPTION.c.line_id,
    EXCEPTION.c.intake_file_id,
    EXCEPTION.c.sheet_row,
    EXCEPTION.c.unit_no,
    EXCEPTION.c.code,
    EXCEPTION.c.document_type,
    EXCEPTION.c.document_no,
    EXCEPTION.c.line_no,
    EXCEPTION.c.message,
    EXCEPTION.c.evidence,
).where(EXCEPTION.c.exception_id.in_(_IDS))
