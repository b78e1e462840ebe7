"""Write the outcome of one chunk: serials, history, memos, exceptions and states, all inside its transaction."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa

from batch.core.chunk import Unit
from batch.core.outcome import SERIAL_COLUMNS, Outcome
from batch.edge.bulk import Same, insert_columns, insert_rows, keyed, next_ids, set_alike, update_rows
from batch.edge.exceptions import write_exceptions
from batch.edge.failpoint import reach
from batch.edge.memos import write_memos
from batch.edge.schema import DOCUMENT, DOCUMENT_LINE, LINE_UNIT, RUN, SERIAL, SERIAL_HISTORY
from batch.edge.sequences import advance_sequences

_HISTORY_COLUMNS = (
    "serial_id",
    "action",
    "from_area_code",
    "to_area_code",
    "document_id",
    "line_id",
    "business_date",
)


@dataclasses.dataclass(frozen=True, slots=True)
class _Ids:
    """The ids of serials: those of plain documents by their place, others by the identity of their unit."""

    plain: list[int]
    own: dict[int, int]

    def of(self, unit: Unit) -> int:
        """Give the id of a unit that was on file or has just been written."""
        return unit.serial_id if unit.serial_id is not None else self.own[id(unit)]


def write_outcome(  # noqa: PLR0917 - what is written, and who writes it when
    connection: sa.Connection,
    outcome: Outcome,
    run_id: int,
    now: dt.datetime,
    worker: int | None = None,
    now_what_is_shared: Callable[[], None] = lambda: None,
) -> None:
    """Write all that a chunk changes; numbers of credit memos are taken last.

    Whoever writes chunks beside one another is told when all is written that is about nothing but this chunk.
    """
    ids = _write_serials(connection, outcome, run_id, now)
    reach("chunk.serials")
    _write_history(connection, outcome, ids, run_id, now)
    reach("chunk.history")
    _write_units(connection, outcome, ids)
    reach("chunk.units")
    _write_statuses(connection, outcome, run_id)
    reach("chunk.statuses")
    now_what_is_shared()
    refusals, warnings = write_exceptions(connection, outcome.exceptions, outcome, run_id, now)
    reach("chunk.exceptions")
    close_services(connection, sorted(outcome.service_documents))
    reach("chunk.services")
    advance_sequences(connection, outcome, run_id, now, worker)
    reach("chunk.numbers")
    memos = write_memos(connection, outcome.memos, run_id, now)
    reach("chunk.memos")
    figures = {
        "lines_read": outcome.lines_posted + outcome.lines_refused + outcome.lines_skipped,
        "lines_posted": outcome.lines_posted,
        "lines_refused": outcome.lines_refused,
        "lines_skipped": outcome.lines_skipped,
        "serials_generated": outcome.generated(),
        "serials_attached": outcome.serials_attached,
        "serials_adopted": outcome.adopted(),
        "credit_memos": memos,
        "exceptions": refusals,
        "warnings": warnings,
    }
    add_figures(connection, run_id, figures)


def add_figures(connection: sa.Connection, run_id: int, figures: dict[str, int]) -> None:
    """Add to the figures of a run, so that a dead run's row says what it did."""
    added = {name: RUN.c[name] + count for name, count in figures.items() if count}
    if added:
        connection.execute(sa.update(RUN).where(RUN.c.run_id == run_id).values(added))


def _write_serials(connection: sa.Connection, outcome: Outcome, run_id: int, now: dt.datetime) -> _Ids:
    """Insert new serials and move the known ones; give the ids of the new."""
    rows = outcome.rows.serials + [new.row() for new in outcome.new_serials]
    ids = next_ids(connection, SERIAL, len(rows))
    if rows:
        columns = dict(zip(SERIAL_COLUMNS, zip(*rows, strict=True), strict=True))
        stamps = {"run_id": Same(run_id), "created_at": Same(now)}
        insert_columns(connection, SERIAL, {"serial_id": ids, **columns, **stamps})
    update_rows(
        connection,
        SERIAL,
        ("serial_id",),
        ("area_code", "customer_code", "open_document_id", "mfr_serial_no", "mfr_serial_key", "mfr_serial_near"),
        [
            (
                serial_id,
                unit.area_code,
                unit.customer_code,
                unit.open_document_id,
                unit.mfr_serial_no,
                unit.mfr_serial_key,
                unit.mfr_serial_near,
            )
            for serial_id, unit in sorted(outcome.changed_units.items())
        ],
    )
    plain = len(outcome.rows.serials)
    own = {id(new.unit): serial_id for new, serial_id in zip(outcome.new_serials, ids[plain:], strict=True)}
    return _Ids(ids[:plain], own)


def _write_history(connection: sa.Connection, outcome: Outcome, ids: _Ids, run_id: int, now: dt.datetime) -> None:
    rows = [(ids.plain[place], *rest) for place, *rest in outcome.rows.history]
    rows += [
        (
            ids.of(row.unit),
            row.action,
            row.from_area_code,
            row.to_area_code,
            row.document_id,
            row.line_id,
            row.business_date,
        )
        for row in outcome.history
    ]
    if rows:
        columns = dict(zip(_HISTORY_COLUMNS, zip(*rows, strict=True), strict=True))
        insert_columns(connection, SERIAL_HISTORY, {**columns, "run_id": Same(run_id), "recorded_at": Same(now)})


def _write_units(connection: sa.Connection, outcome: Outcome, ids: _Ids) -> None:
    rows = [(row.line_id, row.unit_no, ids.of(row.unit), row.action, row.on_file) for row in outcome.units]
    plain = outcome.rows
    insert_rows(
        connection,
        LINE_UNIT,
        ("line_id", "unit_no", "serial_id", "action"),
        [(line_id, unit_no, ids.plain[place], action) for line_id, unit_no, place, action in plain.new_units]
        + [row[:4] for row in rows if not row[4]],
    )
    update_rows(
        connection,
        LINE_UNIT,
        ("line_id", "unit_no"),
        ("serial_id", "action"),
        [(line_id, unit_no, ids.plain[place], action) for line_id, unit_no, place, action in plain.units_on_file]
        + [row[:4] for row in rows if row[4]],
    )


def _write_statuses(connection: sa.Connection, outcome: Outcome, run_id: int) -> None:
    set_alike(connection, DOCUMENT_LINE, "line_id", "status", outcome.line_statuses)
    judged = [(document_id, status, run_id) for document_id, status in outcome.document_statuses.items()]
    update_rows(connection, DOCUMENT, ("document_id",), ("status", "last_run_id"), judged)


def close_services(connection: sa.Connection, document_ids: list[int]) -> None:
    """Close the lines of service slips whose last unit has left, and the slips whose lines are all closed (R19)."""
    if not document_ids:
        return
    wanted = keyed(connection, "service_document", {"document_id": (sa.BigInteger(), document_ids)})
    line = DOCUMENT_LINE.c
    chosen = sa.select(wanted.c.document_id)
    held = (
        sa.select(LINE_UNIT.c.line_id)
        .join(SERIAL, SERIAL.c.serial_id == LINE_UNIT.c.serial_id)
        .where(LINE_UNIT.c.line_id == line.line_id, SERIAL.c.open_document_id == line.document_id)
        .correlate(DOCUMENT_LINE)
    )
    with_units = sa.select(LINE_UNIT.c.line_id).where(LINE_UNIT.c.line_id == line.line_id).correlate(DOCUMENT_LINE)
    connection.execute(
        sa.update(DOCUMENT_LINE)
        .where(line.document_id.in_(chosen), line.status == "POSTED", sa.exists(with_units), ~sa.exists(held))
        .values(status="CLOSED")
    )
    unfinished = (
        sa.select(line.line_id)
        .where(line.document_id == DOCUMENT.c.document_id, line.status != "CLOSED")
        .where(sa.or_(line.status != "POSTED", sa.exists(with_units)))
        .correlate(DOCUMENT)
    )
    connection.execute(
        sa.update(DOCUMENT)
        .where(DOCUMENT.c.document_id.in_(chosen), DOCUMENT.c.document_type == "SERVICE", ~sa.exists(unfinished))
        .values(status="CLOSED")
    )
