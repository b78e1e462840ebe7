"""Keep the ledger of runs: begin one, close the dead ones, and end one only if its totals add up."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import platform
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from batch import __version__
from batch.core.codes import REFUSE
from batch.core.keys import near_key, serial_key
from batch.edge.bulk import keyed, update_rows
from batch.edge.schema import (
    CREDIT_MEMO,
    DOCUMENT,
    DOCUMENT_IS_OPEN,
    EXCEPTION,
    NUMBER_BLOCK,
    NUMBER_SEQUENCE,
    RUN,
    SERIAL,
)
from batch.edge.sequences import record_missing
from batch.errors import DatabaseUnavailableError, InvariantError
from batch.report import FIGURES

_KEYED_AT_ONCE = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class Opening:
    """How a run begins."""

    job: str
    business_date: dt.date
    now: dt.datetime
    parameters: Mapping[str, object]


def begin_run(connection: sa.Connection, opening: Opening) -> int:
    """Write the row of a new run; whoever holds the lock knows that every other run still RUNNING is dead."""
    _close_dead_runs(connection, opening.now)
    inserted = (
        sa.insert(RUN)
        .values(
            job=opening.job,
            status="RUNNING",
            business_date=opening.business_date,
            started_at=opening.now,
            parameters=dict(opening.parameters),
            version=__version__,
            host=platform.node(),
            pid=os.getpid(),
        )
        .returning(RUN.c.run_id)
    )
    return int(connection.execute(inserted).scalar_one())


def is_unfinished(connection: sa.Connection) -> bool:
    """Say whether a run ended without a word, or has landed documents and not settled them."""
    dead = sa.exists(sa.select(RUN.c.run_id).where(RUN.c.status == "RUNNING"))
    document = DOCUMENT.c
    landed = sa.exists(
        sa.select(document.document_id).where(
            DOCUMENT_IS_OPEN, document.status == "PENDING", document.source == "INTAKE"
        )
    )
    return bool(connection.execute(sa.select(sa.or_(dead, landed))).scalar_one())


def note_parameters(connection: sa.Connection, run_id: int, parameters: Mapping[str, object]) -> None:
    """Keep with a run what it has found out about itself."""
    connection.execute(sa.update(RUN).where(RUN.c.run_id == run_id).values(parameters=dict(parameters)))


def _close_dead_runs(connection: sa.Connection, now: dt.datetime) -> None:
    run = RUN.c
    # Locked, so that what a dead run has still under way in the database ends before we look at what it left.
    dead = list(
        connection.execute(
            sa.select(run.run_id).where(run.status == "RUNNING").order_by(run.run_id).with_for_update()
        ).scalars()
    )
    if dead:
        connection.execute(
            sa.update(RUN)
            .where(run.run_id.in_(dead))
            .values(status="INTERRUPTED", finished_at=now, error="The process ended without a word.")
        )
    burn_blocks(connection, now)


def begun_at(connection: sa.Connection, run_id: int) -> tuple[str | None, bool]:
    """Say when a run began, by which it is told from one of the same number elsewhere, and whether it is still on."""
    run = RUN.c
    row = connection.execute(sa.select(run.started_at, run.status).where(run.run_id == run_id)).one_or_none()
    return (None, False) if row is None else (row.started_at.isoformat(), row.status == "RUNNING")


def unjudged(connection: sa.Connection, document_ids: Sequence[int], run_id: int) -> int:
    """Count which of these documents the run has not judged yet, as far as anything is committed."""
    document = DOCUMENT.c
    wanted = keyed(connection, "asked_document", {"document_id": (sa.BigInteger(), document_ids)})
    asked = sa.select(sa.func.count()).select_from(wanted).join(DOCUMENT, wanted.c.document_id == document.document_id)
    return int(connection.execute(asked.where(document.last_run_id.is_distinct_from(run_id))).scalar_one())


def assert_running(connection: sa.Connection, run_id: int) -> None:
    """Refuse to write for a run that another one has declared dead, and hold off such a one until we commit."""
    run = RUN.c
    row = sa.select(run.status).where(run.run_id == run_id).with_for_update(read=True, key_share=True)
    if connection.execute(row).scalar_one() != "RUNNING":
        message = f"Run {run_id} lost its lock, and another run has taken over. Run again when that one has ended."
        raise DatabaseUnavailableError(message)


def give_back_blocks(connection: sa.Connection) -> None:
    """Let sequences go on where blocks of a run that has ended have numbers left, as far as nothing lies above them."""
    block, sequence = NUMBER_BLOCK.c, NUMBER_SEQUENCE.c
    for row in connection.execute(sa.select(NUMBER_BLOCK).order_by(block.last_number.desc())).all():
        last = (sequence.sequence_code == row.sequence_code) & (sequence.next_number == row.last_number + 1)
        if connection.execute(sa.update(NUMBER_SEQUENCE).where(last).values(next_number=row.next_number)).rowcount:
            connection.execute(sa.delete(NUMBER_BLOCK).where(block.number_block_id == row.number_block_id))


def burn_blocks(connection: sa.Connection, now: dt.datetime) -> None:
    """Put on record what reserved blocks left unused; nobody draws from a block of a run that is over."""
    block = NUMBER_BLOCK.c
    left = connection.execute(sa.select(block.sequence_code, block.next_number, block.last_number, block.run_id)).all()
    for code, first, last, run_id in left:
        record_missing(connection, ((code, number) for number in range(first, last + 1)), "BURNT", run_id, now)
    connection.execute(sa.delete(NUMBER_BLOCK))


def fill_keys(connection: sa.Connection) -> int:
    """Give the serials that other systems have written the keys by which they are found; say how many there were."""
    serial = SERIAL.c
    filled = 0
    while True:
        # Spelt out, not bound, so that the small index of such rows serves.
        rows = connection.execute(
            sa.select(serial.serial_id, serial.serial_no, serial.mfr_serial_no)
            .where(serial.serial_near.is_(None))
            .order_by(serial.serial_id)
            .limit(_KEYED_AT_ONCE)
            # Else what its writer changes in the meantime would be kept by the key of what it was.
            .with_for_update(key_share=True)
        ).all()
        if not rows:
            return filled
        keyed_rows = [(row.serial_id, *_keys(row.serial_no), *_keys(row.mfr_serial_no)) for row in rows]
        taken = _taken_by_others(connection, keyed_rows)
        update_rows(
            connection,
            SERIAL,
            ("serial_id",),
            ("serial_key", "serial_near", "mfr_serial_key", "mfr_serial_near"),
            [
                # Two rows of another system that are one serial: the second keeps no key, and verify names it.
                (serial_id, None if serial_id in taken else key, near, mfr_key, mfr_near)
                for serial_id, key, near, mfr_key, mfr_near in keyed_rows
            ],
        )
        filled += len(rows)


def _keys(text: str | None) -> tuple[str | None, str | None]:
    if text is None:
        return None, None
    key = serial_key(text)
    return key, near_key(key)


def _taken_by_others(
    connection: sa.Connection, rows: list[tuple[int, str | None, str | None, str | None, str | None]]
) -> set[int]:
    """Find the rows whose key another row has, on file or before them in this list."""
    keys = [row[1] for row in rows]
    on_file = dict(
        connection.execute(
            sa.select(SERIAL.c.serial_key, SERIAL.c.serial_id).where(SERIAL.c.serial_key.in_(keys))
        ).all()
    )
    taken: set[int] = set()
    for serial_id, key, *_ in rows:
        if on_file.setdefault(key, serial_id) != serial_id:
            taken.add(serial_id)
    return taken


def end_run(
    connection: sa.Connection, run_id: int, status: str, now: dt.datetime, expected_lines: int | None = None
) -> None:
    """Close a run; with `expected_lines`, only if its figures agree with what is in the tables."""
    assert_running(connection, run_id)
    if expected_lines is not None:
        _assert_totals(connection, run_id, expected_lines)
    connection.execute(sa.update(RUN).where(RUN.c.run_id == run_id).values(status=status, finished_at=now))


def fail_run(connection: sa.Connection, run_id: int, status: str, now: dt.datetime, error: str) -> None:
    """Close a run that did not reach its end, with the reason; one that is closed already stays as it is."""
    still_open = (RUN.c.run_id == run_id) & (RUN.c.status == "RUNNING")
    # As a chunk on another machine may be under way: it ends before we do, and none begins afterwards.
    connection.execute(sa.select(RUN.c.run_id).where(still_open).with_for_update())
    connection.execute(sa.update(RUN).where(still_open).values(status=status, finished_at=now, error=error))


def figures_of(connection: sa.Connection, run_id: int) -> dict[str, int]:
    """Read the ten figures of a run."""
    row = connection.execute(sa.select(*(RUN.c[name] for name in FIGURES)).where(RUN.c.run_id == run_id)).one()
    return dict(row._mapping)


def _assert_totals(connection: sa.Connection, run_id: int, expected_lines: int) -> None:
    """Raise InvariantError where a control total does not hold: the gate before the last commit."""
    figures = figures_of(connection, run_id)
    memos = connection.execute(
        sa.select(sa.func.count()).select_from(CREDIT_MEMO).where(CREDIT_MEMO.c.run_id == run_id)
    ).scalar_one()
    refusals = connection.execute(
        sa.select(sa.func.count())
        .select_from(EXCEPTION)
        .where(EXCEPTION.c.run_id == run_id, EXCEPTION.c.severity == REFUSE)
    ).scalar_one()
    accounted = figures["lines_posted"] + figures["lines_refused"] + figures["lines_skipped"]
    problems = [
        f"{what}: {counted} counted, {found} found"
        for what, counted, found, holds in (
            ("lines read", figures["lines_read"], expected_lines, figures["lines_read"] == expected_lines),
            ("lines accounted for", accounted, expected_lines, accounted == expected_lines),
            ("credit memos", figures["credit_memos"], memos, figures["credit_memos"] == memos),
            ("new exceptions", figures["exceptions"], refusals, figures["exceptions"] >= refusals),
        )
        if not holds
    ]
    if problems:
        raise InvariantError(f"Control totals of run {run_id} do not add up: {'; '.join(problems)}.")
