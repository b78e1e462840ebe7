"""Take one file of a backfill in: know it again by its content, find its header, sample it if asked, land its rows."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa

from batch.core.cells import RawRow
from batch.core.columns import HEADER_ROWS, ChosenSheet, SheetTop, choose_sheet
from batch.core.row_sample import Sample
from batch.edge.file_landing import KnownFile, LandedFile, open_lines_hint
from batch.edge.landing import FileToLand, IntakeTerms, Landed
from batch.edge.parts_landing import Began, PartsToLand, land_in_parts
from batch.edge.schema import INTAKE_FILE
from batch.edge.session import Session
from batch.edge.sheet_limits import plain
from batch.edge.sheets import SheetPart, SheetSpool
from batch.errors import FileRefusedError
from batch.job import LegacyFiles
from batch.report import Progress

NAME_KEPT = 255


def land_backfill_file(  # noqa: PLR0917 - what landing a file takes
    session: Session,
    spool: SheetSpool,
    source: LegacyFiles,
    terms: IntakeTerms,
    scratch: Path,
    check_stop: Callable[[], None],
    progress: Progress,
) -> LandedFile | KnownFile:
    """Land a file that has been read, as far as it is not on file; raises FileRefusedError."""
    with session.transaction() as connection:
        known = _known(connection, spool)
    if known is not None:
        return known
    sheet, chosen = _chosen(spool)
    header = chosen.header
    if "document_date" not in header.fields:
        raise FileRefusedError(
            spool.name,
            "has no column for Date, and a legacy return keeps its own date",
            "Add the column, or name it in a mapping: `serialback mapping FILE` drafts one",
        )

    def rows() -> Iterator[RawRow]:
        below = (row for row in spool.rows(sheet) if row[0] > header.row)
        return below if sample is None else sample.only(below, at)

    at = header.fields["document_no"]
    sample = None
    if source.sample is not None:
        sample = Sample.drawn(rows(), at, source.sample, source.seed)
    file = FileToLand(plain(spool.name, NAME_KEPT), spool.sha256, spool.size_bytes, sheet.name, header)
    parts = PartsToLand(file, rows, lambda row: row, None)
    began, landed = land_in_parts(session, parts, terms, scratch, check_stop, progress)
    return LandedFile(landed.intake_file_id, landed.rows_read + began.carried, _detail(began, landed, sheet.name))


def _known(connection: sa.Connection, spool: SheetSpool) -> KnownFile | None:
    """Find a file of this content that is landed to its end."""
    file = INTAKE_FILE.c
    row = connection.execute(
        sa.select(file.intake_file_id, file.name, file.run_id).where(
            file.sha256 == spool.sha256, file.status == "LANDED", file.landed_through.is_(None)
        )
    ).one_or_none()
    if row is None:
        return None
    hint = open_lines_hint(connection, row.intake_file_id, "serialback run backfill")
    return KnownFile(row.run_id, f"the same content was landed as {row.name} in run {row.run_id}{hint}")


def _chosen(spool: SheetSpool) -> tuple[SheetPart, ChosenSheet]:
    tops = [SheetTop(sheet.name, sheet.visible, _top(spool, sheet)) for sheet in spool.sheets]
    chosen = choose_sheet(tops)
    if not isinstance(chosen, ChosenSheet):
        raise FileRefusedError(spool.name, chosen.cause, chosen.remedy)
    return spool.sheets[chosen.position], chosen


def _top(spool: SheetSpool, sheet: SheetPart) -> list[RawRow]:
    return list(itertools.takewhile(lambda row: row[0] <= HEADER_ROWS, spool.rows(sheet)))


def _detail(began: Began, landed: Landed, sheet: str) -> str:
    counts = (
        (began.carried, "landed by a run that was cut short"),
        (landed.landed, "landed"),
        (landed.refused, "refused as they stand"),
        (landed.skipped, "posted before and unchanged"),
    )
    return f"sheet {sheet}: {', '.join(f'{count:,} {word}' for count, word in counts if count) or 'no rows'}"
