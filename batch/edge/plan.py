"""Choose the documents a run settles, and part them into chunks of whole documents."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from batch.core.chunk import OPEN_LINE_STATUSES
from batch.edge.schema import DOCUMENT, DOCUMENT_IS_OPEN, DOCUMENT_LINE, INTAKE_FILE

_DOCUMENTS_AT_ONCE = 20_000
# The smallest chunk there is for the sake of overlapping, as a part of a whole one; and what is not worth parting.
_PARTS_OF_A_CHUNK = 4
_FEW_LINES = 500

# A document, its lines in all, those that are open, and of these the ones that this run's files have landed.
Planned = tuple[int, int, int, int]


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """The documents of a run in order, a row each: an array, for a backfill has millions of them."""

    rows: npt.NDArray[np.int64]

    @classmethod
    def of(cls, documents: Iterable[Planned]) -> Plan:
        """Plan these documents."""
        return cls(np.array(list(documents), dtype=np.int64).reshape(-1, 4))

    @property
    def documents(self) -> Iterator[Planned]:
        """Each document as it is planned."""
        for first in range(0, len(self.rows), _DOCUMENTS_AT_ONCE):
            rows: list[list[int]] = self.rows[first : first + _DOCUMENTS_AT_ONCE].tolist()
            yield from ((row[0], row[1], row[2], row[3]) for row in rows)

    @property
    def document_ids(self) -> list[int]:
        """The ids of the documents alone."""
        ids: list[int] = self.rows[:, 0].tolist()
        return ids

    @property
    def open_lines(self) -> int:
        """How many lines will be looked at."""
        return int(self.rows[:, 2].sum())

    @property
    def lines_from_elsewhere(self) -> int:
        """How many of them are not rows of this run's own files."""
        return int((self.rows[:, 2] - self.rows[:, 3]).sum())

    def chunks(self, lines: int) -> Iterator[tuple[list[int], int]]:
        """Part the documents into chunks of about so many lines: (documents, open lines)."""
        return self._parted(lambda _: lines)

    def tapered_chunks(self, lines: int) -> Iterator[tuple[list[int], int]]:
        """Part them so that the first chunks and the last are smaller.

        Where a chunk is decided while another is written, nothing is written while the first is decided, and nothing
        decided while the last is written.
        """
        total = int(self.rows[:, 1].sum())
        return self._parted(lambda before: _tapered(before, total - before, lines))

    def _parted(self, most: Callable[[int], int]) -> Iterator[tuple[list[int], int]]:
        """Part the documents; `most` says how many lines a chunk may have, by how many are in those before it."""
        chunk: list[int] = []
        size = looked_at = before = 0
        for document_id, all_lines, open_lines, _ in self.documents:
            if chunk and size + all_lines > most(before):
                yield chunk, looked_at
                before += size
                chunk, size, looked_at = [], 0, 0
            chunk.append(document_id)
            size += all_lines
            looked_at += open_lines
        if chunk:
            yield chunk, looked_at


def _tapered(before: int, left: int, lines: int) -> int:
    """Say how many lines a chunk has: the first ones more and more, the last ones less and less."""
    least = lines // _PARTS_OF_A_CHUNK
    if least < _FEW_LINES or left <= least:
        return lines
    return min(lines, max(least, 2 * before), max(least, left // 2))


def plan_files(connection: sa.Connection, intake_file_ids: Sequence[int]) -> Plan:
    """Choose the documents these files have brought lines for, and those that an interrupted run left pending."""
    left = (DOCUMENT.c.status == "PENDING") & (DOCUMENT.c.source == "INTAKE")
    return _plan(connection, left | _brought(intake_file_ids), intake_file_ids)


def plan_intake(connection: sa.Connection, judged_by: Sequence[int] = ()) -> Plan:
    """Choose all open documents that sheets have brought: what was refused yesterday may be known today.

    Those that one of the runs `judged_by` has judged are left out.
    """
    document = DOCUMENT.c
    open_ones = (document.source == "INTAKE") & (document.status != "RECEIVED")
    not_judged = document.last_run_id.is_(None) | document.last_run_id.not_in(judged_by)
    return _plan(connection, open_ones & not_judged if judged_by else open_ones, ())


def plan_backfill(connection: sa.Connection, intake_file_ids: Sequence[int], *, all_open: bool) -> Plan:
    """Choose the legacy returns of these files and those left pending, or all that are open.

    Those of a file of which only a part is landed wait until the rest is: their lines may not all be there.
    """
    document, file = DOCUMENT.c, INTAKE_FILE.c
    cut_short = sa.select(file.intake_file_id).where(file.landed_through.is_not(None))
    whole = (document.source == "BACKFILL") & document.intake_file_id.not_in(cut_short)
    if all_open:
        return _plan(connection, whole, ())
    return _plan(connection, whole & ((document.status == "PENDING") | _brought(intake_file_ids)), intake_file_ids)


def plan_pos(connection: sa.Connection) -> Plan:
    """Choose all open documents of other systems, and the credit orders marked as received, whoever brought them."""
    return _plan(connection, (DOCUMENT.c.source == "POS") | (DOCUMENT.c.status == "RECEIVED"), ())


def _plan(connection: sa.Connection, chosen: sa.ColumnElement[bool], intake_file_ids: Sequence[int]) -> Plan:
    line = DOCUMENT_LINE.c
    is_open = line.status.in_(OPEN_LINE_STATUSES) | ((line.status == "COMMITTED") & (DOCUMENT.c.status == "RECEIVED"))
    landed = is_open & line.intake_file_id.in_(intake_file_ids) & (line.status == "PENDING")
    found = connection.execute(
        sa.select(DOCUMENT.c.document_id, sa.func.count(), _count(is_open), _count(landed))
        .join(DOCUMENT_LINE, line.document_id == DOCUMENT.c.document_id)
        .where(DOCUMENT_IS_OPEN, chosen)
        .group_by(DOCUMENT.c.document_id)
        .order_by(DOCUMENT.c.document_id),
        execution_options={"yield_per": _DOCUMENTS_AT_ONCE},
    )
    parts = [Plan.of((row[0], row[1], row[2], row[3]) for row in part).rows for part in found.partitions()]
    return Plan(np.concatenate(parts)) if parts else Plan.of(())


def _brought(intake_file_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    if not intake_file_ids:
        return sa.false()
    return sa.exists(
        sa.select(DOCUMENT_LINE.c.line_id)
        .where(
            DOCUMENT_LINE.c.document_id == DOCUMENT.c.document_id,
            DOCUMENT_LINE.c.status == "PENDING",
            DOCUMENT_LINE.c.intake_file_id.in_(intake_file_ids),
        )
        .correlate(DOCUMENT)
    )


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
