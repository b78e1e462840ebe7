"""Take one file of a backfill in: know it again by its content, find its header, sample it if asked, land its rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa

from batch.core.cells import Cell, RawRow
from batch.core.columns import ChosenSheet, Header, SheetTop, choose_sheet
from batch.core.mapping import MappedRows, Mapping, Unmapped
from batch.core.row_sample import Sample
from batch.edge.file_landing import NAME_KEPT, KnownFile, LandedFile, not_read, open_lines_hint, told_of, top_of
from batch.edge.landing import FileToLand, IntakeTerms
from batch.edge.parts_landing import PartsToLand, land_in_parts
from batch.edge.schema import INTAKE_FILE
from batch.edge.session import Session
from batch.edge.sheet_limits import plain
from batch.edge.sheets import SheetPart, SheetSpool
from batch.errors import FileRefusedError
from batch.job import LegacyFiles
from batch.report import Progress

_SHEETS_NAMED = 20


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
        known = _known(connection, spool, source.mapping)
    if known is not None:
        return known
    sheet, header, mapped, passed_over = _chosen(spool, source.mapping)
    read = mapped.read if mapped else _as_it_stands
    if "document_date" not in header.fields:
        raise FileRefusedError(
            spool.name,
            "has no column for Date, and a legacy return keeps its own date",
            "Add the column, or name it in a mapping: `serialback mapping FILE` drafts one",
        )

    def rows() -> Iterator[RawRow]:
        below = (row for row in spool.rows(sheet) if row[0] > header.row)
        return below if sample is None else sample.only(below, document)

    def document(row: RawRow) -> Cell:
        cells = read(row)[1]
        at = header.fields["document_no"]
        return cells[at] if at < len(cells) else None

    sample = None
    if source.sample is not None:
        sample = Sample.drawn(rows(), document, source.sample, source.seed)
    if source.mapping is not None:
        formats, numerals = source.mapping.date_formats, source.mapping.numerals
        mark = numerals.decimal if numerals else terms.decimal_mark
        terms = dataclasses.replace(terms, date_formats=(*formats, *terms.date_formats), decimal_mark=mark)
    file = FileToLand(plain(spool.name, NAME_KEPT), spool.sha256, spool.size_bytes, sheet.name, header)
    record = source.mapping.on_record() if source.mapping else None
    parts = PartsToLand(file, rows, read, record, mapped.headings if mapped else header.headings)
    began, landed = land_in_parts(session, parts, terms, scratch, check_stop, progress)
    told = told_of(landed, sheet, began.carried)
    return LandedFile(landed.intake_file_id, landed.rows_read + began.carried, told, not_read(header, passed_over))


def _known(connection: sa.Connection, spool: SheetSpool, mapping: Mapping | None) -> KnownFile | None:
    """Find a file of this content that is landed to its end, as this mapping reads it; refuse what would double it."""
    file = INTAKE_FILE.c
    row = connection.execute(
        sa.select(file.intake_file_id, file.name, file.run_id, file.mapping, file.landed_through).where(
            file.sha256 == spool.sha256, file.status == "LANDED"
        )
    ).one_or_none()
    if row is None:
        return None
    before, ours = row.mapping or {}, mapping.on_record() if mapping else {}
    if before.get("sha256") == ours.get("sha256"):
        if row.landed_through is not None:
            return None
        hint = open_lines_hint(connection, row.intake_file_id)
        return KnownFile(row.run_id, f"the same content was landed as {row.name} in run {row.run_id}{hint}")
    name = before.get("name")
    by = f"by the mapping {name}" if name else "without a mapping"
    if row.landed_through is not None:
        raise FileRefusedError(
            spool.name,
            f"was landed {by} up to row {row.landed_through:,} in run {row.run_id}, which was cut short",
            "Hand it in as it was then, and after that as you want it now",
        )
    if not name or before.get("identity") != ours.get("identity"):
        raise FileRefusedError(
            spool.name,
            f"was landed {by} in run {row.run_id}, and is now to be read with other document or line numbers",
            "Leave these as they were, else all would come in twice; or hand in only the rows that are missing",
        )
    return None


def _chosen(spool: SheetSpool, mapping: Mapping | None) -> tuple[SheetPart, Header, MappedRows | None, tuple[str, ...]]:
    """Find the sheet and its header, how its rows are read as rows of ours, and other sheets that could be read."""
    if mapping is None:
        tops = [SheetTop(sheet.name, sheet.visible, top_of(spool, sheet)) for sheet in spool.sheets]
        chosen = choose_sheet(tops)
        if not isinstance(chosen, ChosenSheet):
            raise FileRefusedError(spool.name, chosen.cause, f"{chosen.remedy}. Or hand it in with a --mapping")
        return spool.sheets[chosen.position], chosen.header, None, chosen.passed_over
    sheets = _meant(spool, mapping)
    found = [mapping.find(top_of(spool, sheet)) for sheet in sheets]
    fitting = [(sheet, rows) for sheet, rows in zip(sheets, found, strict=True) if isinstance(rows, MappedRows)]
    if fitting:
        (sheet, rows), *others = fitting
        return sheet, rows.header, rows, tuple(other.name for other, _ in others if other.visible)
    (first, *_) = (each for each in found if isinstance(each, Unmapped))
    raise FileRefusedError(spool.name, first.cause(mapping.name), first.remedy)


def _meant(spool: SheetSpool, mapping: Mapping) -> list[SheetPart]:
    """Give the sheets that may be meant: those that are visible, or the one named, whose case matters between two."""
    wanted = mapping.sheet
    if not wanted:
        visible = [sheet for sheet in spool.sheets if sheet.visible]
        if visible:
            return visible
        raise FileRefusedError(spool.name, "has no sheet that is visible", f"Name one in {mapping.name}, [sheet] name")
    named = [sheet for sheet in spool.sheets if sheet.name.strip().casefold() == wanted.strip().casefold()]
    exact = [sheet for sheet in named if sheet.name == wanted]
    if len(exact or named) == 1:
        return exact or named
    names = ", ".join(f'"{plain(sheet.name)}"' for sheet in spool.sheets[:_SHEETS_NAMED])
    more = f" and {len(spool.sheets) - _SHEETS_NAMED:,} more" if len(spool.sheets) > _SHEETS_NAMED else ""
    raise FileRefusedError(
        spool.name,
        f'has {"several sheets" if named else "no sheet"} named "{plain(wanted)}": it has {names}{more}',
        f"Correct [sheet] name in {mapping.name}",
    )


def _as_it_stands(row: RawRow) -> RawRow:
    return row
