"""Make ready what a backfill needs before it settles: an area to bring into, and what its report must tell."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from batch.core.relaxed import relaxed_text
from batch.edge.adopted_sequences import pass_adopted
from batch.edge.schema import INTAKE_FILE, STOCK_AREA
from batch.errors import UsageError
from batch.job import LegacyFiles


def before_landing(connection: sa.Connection, source: LegacyFiles) -> list[str]:
    """Give the notes that a backfill begins with; raises UsageError where the area asked for takes no units in."""
    notes = [relaxed_text(credit_memos=source.credit_memos)]
    if source.into_area is not None:
        check_area(connection, source.into_area)
        notes.append(f"Units are brought into {source.into_area}, unless their line names another area.")
    return notes


def before_settling(connection: sa.Connection, run_id: int, now: dt.datetime) -> list[str]:
    """Make sequences ready for the serials that wait to be adopted, and give the notes on what has been landed."""
    return _cut_short(connection) + pass_adopted(connection, run_id, now)


def check_area(connection: sa.Connection, area_code: str) -> None:
    """Refuse an area that is not there, or is not ours."""
    area = STOCK_AREA.c
    row = connection.execute(sa.select(area.area_type, area.active).where(area.area_code == area_code)).one_or_none()
    if row is None:
        raise UsageError(f"There is no stock area {area_code}: give --into a code of the table stock_area.")
    if not row.active or row.area_type != "STOCK":
        flaw = "is not active" if not row.active else "is someone else's (OUT)"
        raise UsageError(f"The area {area_code} {flaw}: give --into an active area of type STOCK.")


def _cut_short(connection: sa.Connection) -> list[str]:
    file = INTAKE_FILE.c
    rows = connection.execute(
        sa.select(file.name, file.run_id, file.landed_through).where(file.landed_through.is_not(None))
    )
    return [
        f"{name} is landed only up to row {through:,} (run {run_id} was cut short): hand it in again."
        for name, run_id, through in rows
    ]
