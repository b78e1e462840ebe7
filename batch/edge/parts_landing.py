"""Land a file of a backfill in parts, a transaction each, so that a killed run goes on where it was.

Data flow: rows → (a part at a time) typed and kept aside, with a hash of who they are → once the whole file is known:
each part that is not on file yet → lines, refusals and `intake_file.landed_through` in one transaction → landed.
"""

from __future__ import annotations

import dataclasses
import itertools
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from batch.core.cells import RawRow
from batch.core.identity import hashed
from batch.core.intake import read_lines
from batch.core.intake_words import Sheet, place
from batch.edge.behind import OneAhead, sending_behind
from batch.edge.bulk import send_rows
from batch.edge.failpoint import reach
from batch.edge.file_identities import FileIdentities
from batch.edge.kept_parts import kept_in
from batch.edge.landing import (
    PART_ROWS,
    FileToLand,
    IntakeTerms,
    Landed,
    PartToLand,
    facts_for,
    land_part,
    part_to_land,
    typed_rows,
)
from batch.edge.schema import DOCUMENT_LINE, INTAKE_FILE, INTAKE_ROW
from batch.edge.session import Session
from batch.edge.store import add_figures
from batch.report import Progress


@dataclasses.dataclass(frozen=True, slots=True)
class Began:
    """Where the landing of a file stands: the last row on file, and how many lines of it an earlier run has left."""

    intake_file_id: int
    through: int
    carried: int = 0
    # All rows are on file, and are landed once more, as another mapping reads them.
    again: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class PartsToLand:
    """A file and its rows: as they stand in it, and as the mapping reads them."""

    file: FileToLand
    rows: Callable[[], Iterator[RawRow]]
    read: Callable[[RawRow], RawRow]
    mapping: Mapping[str, object] | None
    # As they stand in the file.
    headings: tuple[str, ...]


def land_in_parts(  # noqa: PLR0917 - what landing a file takes
    session: Session,
    parts: PartsToLand,
    terms: IntakeTerms,
    scratch: Path,
    check_stop: Callable[[], None],
    progress: Progress,
) -> tuple[Began, Landed]:
    """Land what is not on file yet; give where it began, and what became of the rows that this run has landed."""
    with session.transaction() as connection:
        began = _begin(connection, parts, terms)
        reach("parts.begun")
    total = Landed(began.intake_file_id, Sheet(place(parts.file.name, parts.file.sheet_name), parts.file.header))
    with tempfile.TemporaryDirectory(dir=scratch) as folder, tempfile.TemporaryFile(dir=scratch) as kept:
        identities = FileIdentities(Path(folder))
        progress.start(f"Reading {parts.file.name}", None)
        typed = _type_parts(session, parts, terms, began, identities, kept, check_stop, progress)
        told_apart = identities.told_apart()
        progress.start(f"Landing {parts.file.name}", typed)
        ready = OneAhead(
            (last_row, part_to_land(part, told_apart, total.where), cells) for last_row, part, cells in kept_in(kept)
        )
        for last_row, part, cells in ready:
            check_stop()
            with session.transaction() as connection, sending_behind(connection):
                _land(connection, part, cells, terms, total, began, ready.look_ahead)
                _mark(connection, began.intake_file_id, last_row)
                reach("parts.written")
            reach("parts.committed")
            progress.advance(part.rows_read)
    with session.transaction() as connection:
        _mark(connection, began.intake_file_id, None)
        reach("parts.whole")
    return began, total


def _begin(connection: sa.Connection, parts: PartsToLand, terms: IntakeTerms) -> Began:
    """Put the file on record, or find how far an earlier run has come with it."""
    file = INTAKE_FILE.c
    known = connection.execute(sa.select(INTAKE_FILE).where(file.sha256 == parts.file.sha256)).one_or_none()
    if known is not None and known.landed_through is not None:
        waiting = sa.select(sa.func.count()).where(
            DOCUMENT_LINE.c.intake_file_id == known.intake_file_id,
            DOCUMENT_LINE.c.status == "PENDING",
            DOCUMENT_LINE.c.sheet_row <= known.landed_through,
        )
        carried = connection.execute(waiting).scalar_one()
        again = bool((known.mapping or {}).get("again"))
        return Began(known.intake_file_id, known.landed_through, carried, again=again)
    again = known is not None and known.status == "LANDED"
    values: dict[str, Any] = {
        "name": parts.file.name,
        "size_bytes": parts.file.size_bytes,
        "status": "LANDED",
        "landed_at": terms.now,
        "sheet_name": parts.file.sheet_name,
        "headings": list(parts.headings),
        "refusal": None,
        "landed_through": 0,
        "mapping": {**(parts.mapping or {}), "again": again},
    }
    if known is None:
        new = sa.insert(INTAKE_FILE).values(values | {"sha256": parts.file.sha256, "run_id": terms.run_id})
        return Began(int(connection.execute(new.returning(file.intake_file_id)).scalar_one()), 0)
    changed = values if again else values | {"run_id": terms.run_id}
    connection.execute(sa.update(INTAKE_FILE).where(file.intake_file_id == known.intake_file_id).values(changed))
    return Began(known.intake_file_id, 0, again=again)


def _type_parts(  # noqa: PLR0917 - the way of a part
    session: Session,
    parts: PartsToLand,
    terms: IntakeTerms,
    began: Began,
    identities: FileIdentities,
    kept: IO[bytes],
    check_stop: Callable[[], None],
    progress: Progress,
) -> int:
    """Type every row, and keep aside what is not on file yet; how many rows that is."""
    typed = 0
    for raw in _batched(parts.rows(), began.through):
        check_stop()
        read = [parts.read(row) for row in raw]
        with session.transaction() as connection:
            facts = facts_for(connection, read, parts.file, terms)
        part = read_lines(read, parts.file.header, facts)
        if not part.rows_read:
            continue
        progress.advance(part.rows_read)
        identities.add(hashed(part.identities))
        last_row = raw[-1][0]
        if last_row > began.through:
            cells = [] if began.again else list(typed_rows(began.intake_file_id, raw, part))
            told = dataclasses.replace(part, lines=part.lines.drop(columns="cells"))
            pickle.dump((last_row, told, cells), kept, pickle.HIGHEST_PROTOCOL)
            typed += part.rows_read
    return typed


def _batched(rows: Iterable[RawRow], through: int) -> Iterator[list[RawRow]]:
    """Cut rows into parts, and where those on file end."""
    for _, side in itertools.groupby(rows, key=lambda row: row[0] > through):
        while part := list(itertools.islice(side, PART_ROWS)):
            yield part


def _land(  # noqa: PLR0917 - what a part is, and what is known of its file
    connection: sa.Connection,
    part: PartToLand,
    cells: list[tuple[int, int, str]],
    terms: IntakeTerms,
    total: Landed,
    began: Began,
    look_ahead: Callable[[], None],
) -> None:
    landed = Landed(began.intake_file_id, total.where, part.rows_read)

    def meanwhile() -> None:
        send_rows(connection, INTAKE_ROW, ("intake_file_id", "sheet_row", "cells"), cells)
        look_ahead()

    land_part(connection, part, {}, terms, landed, meanwhile)
    assert landed.rows_read == landed.landed + landed.refused + landed.skipped, "a row was lost or counted twice"
    add_figures(connection, terms.run_id, landed.figures())
    if not began.again:
        connection.execute(
            sa.update(INTAKE_FILE)
            .where(INTAKE_FILE.c.intake_file_id == began.intake_file_id)
            .values(rows_read=INTAKE_FILE.c.rows_read + landed.rows_read)
        )
    for name in ("rows_read", "landed", "refused", "skipped", "exceptions", "warnings"):
        setattr(total, name, getattr(total, name) + getattr(landed, name))


def _mark(connection: sa.Connection, intake_file_id: int, through: int | None) -> None:
    connection.execute(
        sa.update(INTAKE_FILE).where(INTAKE_FILE.c.intake_file_id == intake_file_id).values(landed_through=through)
    )
