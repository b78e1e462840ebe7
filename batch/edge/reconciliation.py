"""Read every unit of a run, each in one class: what was done with it, or why nothing was.

Data flow: ids of the run's lines, in order → (some at a time) the lines, their units and their refusals, each by one
statement → rows; then the rows of files that never became lines. Whatever the run, only a few lines are in memory.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from batch.core.codes import REFUSE
from batch.core.unit_classes import (
    ADOPTED,
    ATTACHED,
    BY_QUANTITY,
    GENERATED,
    OVER_QUANTITY,
    RECEIVED,
    SILENT,
    class_of_unit,
)
from batch.edge.reconciliation_rows import MOVED, Refusal, RefusedRow, Refusals, rows_without_line
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

LINES_AT_ONCE = 1_000
ROWS_AT_ONCE = 2_000

# How a run shows in the tables that it went through a line; the greatest counts.
_SILENTLY, _REFUSED, _BY_QUANTITY, _RECEIVED, _TAKEN = range(5)
_TAKING = {"GENERATED": GENERATED, "ADOPTED": ADOPTED, "ATTACHED": ATTACHED}


class UnitOfRun(NamedTuple):
    """One unit, or several of a line that nothing tells apart: `units` says how many."""

    unit_class: str
    units: int
    serial_no: str | None = None
    mfr_serial_no: str | None = None
    area_code: str | None = None
    unit_no: int | None = None
    code: str | None = None
    reason: str | None = None


class LineOfRun(NamedTuple):
    """One line, or a row that never became one, with its units; `quantity` is what it was to bring."""

    posted: bool
    quantity: int
    item_code: str | None
    document_type: str | None
    document_no: str | None
    line_no: int | None
    credit_memo_no: str | None
    file_name: str | None
    sheet_row: int | None
    units: Iterable[UnitOfRun]


def lines_of_run(connection: sa.Connection, run_id: int) -> Iterator[LineOfRun]:
    """Read every line that a run posted or refused, in order; those without a line of their own come last."""
    refusals = Refusals(connection, run_id)
    moved: list[tuple[Any, list[Refusal]]] = []
    ids = _streamed(connection, _line_ids(run_id))
    while part := list(itertools.islice(ids, LINES_AT_ONCE)):
        how = {row.line_id: row.how for row in part}
        wanted = list(how)
        facts = {row.line_id: row for row in connection.execute(_LINES, {"ids": wanted, "run_id": run_id})}
        found = refusals.of_lines(part[-1].line_id)
        units = _by_line(_streamed(connection, _UNITS, {"ids": wanted}))
        for line_id in wanted:
            own = list(units.pop(line_id))
            if how[line_id] != _REFUSED:
                yield _posted(facts[line_id], how[line_id], own)
            elif _is_moved(facts[line_id], found[line_id]):
                yield _refused_row(rows_without_line(connection, [found[line_id]])[0])
            else:
                yield _refused(facts[line_id], found[line_id], own)
    del moved
    while rows := refusals.without_line(LINES_AT_ONCE):
        for row in rows_without_line(connection, rows):
            yield _refused_row(row)
