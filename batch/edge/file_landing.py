"""Take one file in: know it again by its content, find its sheet and header, land its rows."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa

from batch.core.cells import RawRow
from batch.core.codes import REFUSE
from batch.core.columns import HEADER_ROWS, ChosenSheet, Header, SheetTop, choose_sheet
from batch.core.correction import is_added
from batch.core.intake import LEGACY_TYPE
from batch.edge.landing import FileToLand, IntakeTerms, Landed, land, refuse_file
from batch.edge.schema import DOCUMENT, DOCUMENT_LINE, EXCEPTION, INTAKE_FILE
from batch.edge.sheet_limits import plain
from batch.edge.sheets import SheetPart, SheetSpool
from batch.edge.store import add_figures
from batch.errors import FileRefusedError
from batch.report import Progress

_ROWS_A_STEP = 1_000
# A name of bytes that are no text cannot be kept as it is.
NAME_KEPT = 255


@dataclasses.dataclass(frozen=True, slots=True)
class LandedFile:
    """A file whose rows were landed by this run."""

    intake_file_id: int
    rows_read: int
    detail: str
    # What of it was not read, in words.
    not_read: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class KnownFile:
    """A file whose content an earlier run has landed."""

    first_run_id: int
    detail: str


def land_file(  # noqa: PLR0917 - what landing a file takes
    connection: sa.Connection,
    spool: SheetSpool,
    terms: IntakeTerms,
    scratch: Path,
    check_stop: Callable[[], None],
    progress: Progress,
) -> LandedFile | KnownFile:
    """Land a file that has been read, unless its content is on file; raises FileRefusedError."""
    known = _known(connection, spool.sha256)
    if known is not None:
        return known
    tops = [SheetTop(sheet.name, sheet.visible, top_of(spool, sheet)) for sheet in spool.sheets]
    chosen = choose_sheet(tops)
    if not isinstance(chosen, ChosenSheet):
        raise FileRefusedError(spool.name, chosen.cause, chosen.remedy)
    sheet = spool.sheets[chosen.position]
    file = FileToLand(plain(spool.name, NAME_KEPT), spool.sha256, spool.size_bytes, sheet.name, chosen.header)
    landed = land(connection, file, _watched(spool.rows(sheet), check_stop, progress), terms, scratch)
    add_figures(connection, terms.run_id, landed.figures())
    left = not_read(chosen.header, chosen.passed_over)
    return LandedFile(landed.intake_file_id, landed.rows_read, told_of(landed, sheet), left)


def told_of(landed: Landed, sheet: SheetPart, carried: int = 0) -> str:
    """Say what became of the rows of a sheet."""
    counts = (
        (carried, "landed by a run that was cut short"),
        (landed.landed, "landed"),
        (landed.refused, "refused as they stand"),
        (landed.skipped, "on file before and unchanged"),
    )
    told = ", ".join(f"{count:,} {word}" for count, word in counts if count) or "no rows"
    return f"sheet {sheet.name}: {told}"


def not_read(header: Header, sheets: Sequence[str] = ()) -> str:
    """Say which columns of the sheet, and which other sheets of the same columns, were not read."""
    columns = ", ".join(f'"{heading}"' for heading in header.unread if not is_added(heading))
    others = ", ".join(f'"{name}"' for name in sheets)
    told = [f"columns not read: {columns}"] if columns else []
    if others:
        told.append(f"sheets not read, though they have the columns: {others} (one sheet of a file is read)")
    return "; ".join(told)


def record_refusal(connection: sa.Connection, path: Path, refusal: FileRefusedError, terms: IntakeTerms) -> None:
    """Put a refused file on record, if its content could be told at all."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return
    with os.fdopen(descriptor, "rb") as file:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            refuse_file(
                connection, plain(path.name, NAME_KEPT), sha256, os.fstat(descriptor).st_size, str(refusal), terms
            )


def _known(connection: sa.Connection, sha256: str) -> KnownFile | None:
    file = INTAKE_FILE.c
    row = connection.execute(
        sa.select(file.intake_file_id, file.name, file.run_id).where(file.sha256 == sha256, file.status == "LANDED")
    ).one_or_none()
    if row is None:
        return None
    hint = open_lines_hint(connection, row.intake_file_id)
    return KnownFile(row.run_id, f"the same content was landed as {row.name} in run {row.run_id}{hint}")


def open_lines_hint(connection: sa.Connection, intake_file_id: int) -> str:
    """Say how many lines of a file still wait, and how they are tried again; nothing where none does."""
    hint = _open_lines_hint(connection, intake_file_id)
    exception = EXCEPTION.c
    refused = connection.execute(
        sa.select(sa.func.count(sa.distinct(exception.sheet_row))).where(
            exception.status == "OPEN",
            exception.severity == REFUSE,
            exception.intake_file_id == intake_file_id,
            exception.line_id.is_(None),
        )
    ).scalar_one()
    if refused:
        hint += f"; of {refused} of its rows nothing was landed, and they wait to be corrected and handed in again"
    return hint


def _open_lines_hint(connection: sa.Connection, intake_file_id: int) -> str:
    line, document = DOCUMENT_LINE.c, DOCUMENT.c
    open_lines, document_type = connection.execute(
        sa.select(sa.func.count(), sa.func.min(document.document_type))
        .select_from(DOCUMENT_LINE)
        .join(DOCUMENT, document.document_id == line.document_id)
        .where(line.intake_file_id == intake_file_id, line.status.in_(("REFUSED", "HELD")))
    ).one()
    if not open_lines:
        return ""
    # The job that settles them, whichever was handed the file just now.
    command = f"serialback run {'backfill' if document_type == LEGACY_TYPE else 'intake'}"
    return f"; {open_lines} of its lines still wait: correct them, or run `{command}` without a file to try them again"


def top_of(spool: SheetSpool, sheet: SheetPart) -> list[RawRow]:
    """Give the rows of a sheet among which its headings are looked for."""
    return list(itertools.takewhile(lambda row: row[0] <= HEADER_ROWS, spool.rows(sheet)))


def _watched(rows: Iterator[RawRow], check_stop: Callable[[], None], progress: Progress) -> Iterator[RawRow]:
    """Pass rows on, telling how far they have come, and stopping between them when asked to."""
    for count, row in enumerate(rows, start=1):
        if count % _ROWS_A_STEP == 0:
            check_stop()
            progress.advance(_ROWS_A_STEP)
        yield row
