"""Read the rows that need a human, each once with all that is open about it, and the exceptions that have no row.

A line that several files have brought comes back as the last of them brought it. Rows are streamed, so that memory
does not grow with their number.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from batch.core.cells import Cell
from batch.core.columns import Header, find_header
from batch.edge.among import among
from batch.edge.schema import EXCEPTION, INTAKE_FILE, INTAKE_ROW, RUN
from batch.edge.sheet_spool import row_cells

ROWS_AT_ONCE = 2_000

_NOTHING_TO_DO = "DOCUMENT_HELD"


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are wanted: those of a file, of a run (written or met again by it), or with a code; None is any."""

    intake_file_id: int | None = None
    run_id: int | None = None
    code: str | None = None


class Problem(NamedTuple):
    """One open exception."""

    exception_id: int
    code: str
    severity: str
    document_type: str | None
    document_no: str | None
    line_no: int | None
    unit_no: int | None
    line_id: int | None
    sheet_row: int | None
    message: str
    evidence: Mapping[str, Any]
    created_at: dt.datetime


class RowToCorrect(NamedTuple):
    """A row of a file as it was typed, and what is open about it."""

    intake_file_id: int
    sheet_row: int
    cells: Sequence[Cell]
    problems: Sequence[Problem]


class SourceFile(NamedTuple):
    """A file that rows come from: its name, how many rows it had, and how its columns are headed."""

    name: str
    rows_read: int
    header: Header


def source_files(connection: sa.Connection, wanted: Wanted) -> dict[int, SourceFile]:
    """Read the files that the wanted rows come from, in order."""
    rows = _wanted_rows(wanted).subquery("wanted_row")
    file = INTAKE_FILE.c
    found = connection.execute(
        sa.select(file.intake_file_id, file.name, file.rows_read, file.headings)
        .where(file.intake_file_id.in_(sa.select(rows.c.latest_file_id)))
        .order_by(file.intake_file_id)
    )
    return {each.intake_file_id: SourceFile(each.name, each.rows_read, _header(each.headings)) for each in found}


def rows_to_correct(connection: sa.Connection, wanted: Wanted) -> Iterator[list[RowToCorrect]]:
    """Read the wanted rows in the order of their files and sheets, some at a time."""
    rows = _wanted_rows(wanted).subquery("wanted_row")
    # Only numbers are sorted; what is wide is read for some rows at a time.
    statement = sa.select(rows.c.latest_file_id, rows.c.target_row, rows.c.exception_id).order_by(
        rows.c.latest_file_id, rows.c.target_row, rows.c.exception_id
    )
    grouped = itertools.groupby(_streamed(connection, statement), key=lambda row: (row[0], row[1]))
    places = ((place, [row[2] for row in found]) for place, found in grouped)
    while part := dict(itertools.islice(places, ROWS_AT_ONCE)):
        yield _rows(connection, part)


def without_row(connection: sa.Connection, wanted: Wanted) -> Iterator[Problem]:
    """Read the open refusals that no row of an intake sheet stands for, by document and line."""
    if wanted.intake_file_id is not None:
        return
    exception = EXCEPTION.c
    statement = (
        sa.select(*(exception[name] for name in Problem._fields))
        .outerjoin(INTAKE_FILE, INTAKE_FILE.c.intake_file_id == exception.intake_file_id)
        .outerjoin(RUN, RUN.c.run_id == INTAKE_FILE.c.run_id)
        .where(sa.text("exception.status = 'OPEN'"), sa.not_(_of_a_sheet()), _asked_for(wanted))
        .order_by(exception.document_type, exception.document_no, exception.line_no, exception.exception_id)
    )
    for row in _streamed(connection, statement):
        yield Problem(*row)


def _wanted_rows(wanted: Wanted) -> sa.Select[Any]:
    """Give each open exception the row it is told on, and keep those of rows with one that is asked for."""
    exception = EXCEPTION.c
    key = (exception.document_type, exception.document_no, exception.line_no)
    # A repeated line is another row than the line it repeats, although both bear its number.
    is_line = sa.and_(*(each.is_not(None) for each in key), exception.code != "LINE_REPEATED")
    latest = sa.func.max(sa.case((is_line, exception.intake_file_id))).over(partition_by=key)
    opened = (
        sa.select(
            exception.exception_id,
            exception.intake_file_id,
            exception.sheet_row,
            *key,
            is_line.label("is_line"),
            sa.case((is_line, latest), else_=exception.intake_file_id).label("latest_file_id"),
            sa.case((_asked_for(wanted), 1), else_=0).label("asked_for"),
        )
        .join(INTAKE_FILE, INTAKE_FILE.c.intake_file_id == exception.intake_file_id)
        .join(RUN, RUN.c.run_id == INTAKE_FILE.c.run_id)
        # Spelt out, not bound, so that the index of open exceptions may serve.
        .where(sa.text("exception.status = 'OPEN'"), _of_a_sheet())
        .cte("opened")
    )
    first_row = sa.func.min(
        sa.case((opened.c.is_line & (opened.c.intake_file_id == opened.c.latest_file_id), opened.c.sheet_row))
    ).over(partition_by=[opened.c.document_type, opened.c.document_no, opened.c.line_no])
    in_latest = opened.c.intake_file_id == opened.c.latest_file_id
    placed = sa.select(
        opened.c.exception_id,
        opened.c.latest_file_id,
        sa.case((in_latest, opened.c.sheet_row), else_=first_row).label("target_row"),
        opened.c.asked_for,
    ).cte("placed")
    chosen = sa.func.max(placed.c.asked_for).over(partition_by=[placed.c.latest_file_id, placed.c.target_row])
    judged = sa.select(placed, chosen.label("chosen")).cte("judged")
    conditions = [judged.c.chosen == 1]
    if wanted.intake_file_id is not None:
        conditions.append(judged.c.latest_file_id == wanted.intake_file_id)
    return sa.select(judged.c.exception_id, judged.c.latest_file_id, judged.c.target_row).where(*conditions)


def _of_a_sheet() -> sa.ColumnElement[bool]:
    """Say whether an exception is about a row of an intake sheet: what a backfill brought has columns of its own."""
    exception = EXCEPTION.c
    return sa.and_(
        exception.sheet_row.is_not(None),
        exception.intake_file_id.is_not(None),
        sa.func.coalesce(RUN.c.job, "") != "backfill",
    )


def _asked_for(wanted: Wanted) -> sa.ColumnElement[bool]:
    exception = EXCEPTION.c
    if wanted.code is None:
        asked = sa.and_(exception.severity == "REFUSE", exception.code != _NOTHING_TO_DO)
    else:
        asked = sa.and_(exception.code == wanted.code)
    if wanted.run_id is not None:
        asked &= sa.or_(exception.run_id == wanted.run_id, exception.last_run_id == wanted.run_id)
    return asked


def _streamed(connection: sa.Connection, statement: sa.Select[Any]) -> Iterator[Sequence[Any]]:
    rows: Iterable[Any] = connection.execute(
        statement, execution_options={"stream_results": True, "yield_per": ROWS_AT_ONCE}
    )
    yield from rows


def _rows(connection: sa.Connection, part: Mapping[tuple[int, int], Sequence[int]]) -> list[RowToCorrect]:
    exception, typed = EXCEPTION.c, INTAKE_ROW.c
    ids = [each for found in part.values() for each in found]
    problems: dict[int, Problem] = {}
    for row in connection.execute(
        sa.select(*(exception[name] for name in Problem._fields)).where(among(connection, exception.exception_id, ids))
    ):
        problems[row.exception_id] = Problem(*row)
    cells: dict[tuple[int, int], Sequence[Cell]] = {}
    for file_id in dict.fromkeys(file_id for file_id, _ in part):
        in_file = [sheet_row for each, sheet_row in part if each == file_id]
        for sheet_row, text in connection.execute(
            sa.select(typed.sheet_row, typed.cells).where(
                typed.intake_file_id == file_id, among(connection, typed.sheet_row, in_file)
            )
        ):
            cells[file_id, sheet_row] = row_cells(text)
    return [RowToCorrect(*place, cells[place], [problems[each] for each in found]) for place, found in part.items()]


def _header(headings: Sequence[str]) -> Header:
    header = find_header([(1, list(headings))])
    assert isinstance(header, Header), "a file was landed without its mandatory columns"
    return header
