"""Set a backfill's source against the database: by month and location, and a sample of rows side by side.

Data flow: the rows as they stood in the file → read once more, apart from the landing, each beside the line that the
database has of it → sums of both. Nothing of the source is taken from what was landed.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import pickle
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import IO, Any, Self

import sqlalchemy as sa

from batch.core.cells import RawRow, text_of
from batch.core.columns import Header, find_header
from batch.core.identity import Identities, hashed
from batch.core.intake import LEGACY_TYPE, read_lines
from batch.core.mapping import MappedRows
from batch.core.mapping import Mapping as ColumnMapping
from batch.edge.audit_lines import ROWS_AT_ONCE, Line, LinesOfFile, refused_as_they_stand
from batch.edge.audit_records import UNREADABLE, Audit, Key, SampledRow, Sums
from batch.edge.file_identities import FileIdentities
from batch.edge.kept_parts import kept_in
from batch.edge.landing import FileToLand, IntakeTerms, facts_for
from batch.edge.landing_headers import lines_on_file
from batch.edge.schema import DOCUMENT, DOCUMENT_LINE, INTAKE_FILE, INTAKE_ROW, LINE_UNIT, RUN, SERIAL
from batch.edge.sheet_spool import row_cells
from batch.report import NO_PROGRESS, Progress

SAMPLED = 100
# What became of a row that is no line of its file: one that is none of these is lost.
REFUSED, REPEATED, OTHER, LOST = "refused as it stands", "repeats a row", "with another file", "NOT FOUND"
_COUNTED_AS = {REFUSED: "refused_lines", REPEATED: "repeated_lines", OTHER: "other_lines"}


@dataclasses.dataclass(frozen=True, slots=True)
class _Source:
    """A file of the run, and how its rows are read."""

    intake_file_id: int
    name: str
    rows: int
    header: Header
    mapped: MappedRows | None
    terms: IntakeTerms

    def read(self, row: RawRow) -> RawRow:
        return row if self.mapped is None else self.mapped.read(row)


def audit(connection: sa.Connection, run_id: int, progress: Progress = NO_PROGRESS) -> Audit | None:
    """Audit the files that a backfill brought; None where the run is another job's."""
    run = connection.execute(
        sa.select(RUN.c.job, RUN.c.business_date, RUN.c.parameters).where(RUN.c.run_id == run_id)
    ).one()
    if run.job != "backfill":
        return None
    sums: defaultdict[Key, Sums] = defaultdict(Sums)
    sample: list[SampledRow] = []
    sources = list(_sources(connection, run_id, run.business_date, run.parameters))
    total = sum(source.rows for source in sources)
    # Seeded by the run, so that the same audit shows the same rows.
    chosen = set(random.Random(run_id).sample(range(total), min(SAMPLED, total)))  # noqa: S311 - no secret
    begun = 0
    progress.start("Rows of the source", total)
    for source in sources:
        with _Comparison(connection, source, sums) as comparison:
            kept = comparison.go({each - begun for each in chosen}, progress)
            sample += _sampled(connection, source, kept, comparison.fates)
        begun += source.rows
    progress.finish()
    return Audit({key: held for key, held in sorted(sums.items()) if held != Sums()}, sample)


def _sources(connection: sa.Connection, run_id: int, on: dt.date, parameters: Mapping[str, Any]) -> Iterator[_Source]:
    file = INTAKE_FILE.c
    # A run that went on where another was cut short has settled that one's file.
    settled = sa.select(DOCUMENT.c.intake_file_id).where(
        DOCUMENT.c.source == "BACKFILL", DOCUMENT.c.last_run_id == run_id, DOCUMENT.c.intake_file_id.is_not(None)
    )
    brought = (file.run_id == run_id) | file.intake_file_id.in_(settled)
    rows = connection.execute(
        sa.select(INTAKE_FILE).where(file.status == "LANDED", brought).order_by(file.intake_file_id)
    ).all()
    for row in rows:
        mapping = ColumnMapping.from_record(row.mapping) if (row.mapping or {}).get("columns") else None
        top: list[RawRow] = [(1, list(row.headings))]
        mapped = mapping.find(top) if mapping else None
        header = mapped.header if isinstance(mapped, MappedRows) else find_header(top)
        assert isinstance(header, Header), "a file was landed by a header that is none"
        formats = (*(mapping.date_formats if mapping else ()), *parameters["date_formats"])
        currency = parameters["currency"]
        # The header row itself is not among the rows kept: no row is to be taken for one.
        header = dataclasses.replace(header, row=0)
        # What was refused for its quantity is on record; the limit of today is no matter.
        terms = IntakeTerms(run_id, on, currency, formats, sys.maxsize, dt.datetime.now(dt.UTC), legacy=True)
        yield _Source(
            row.intake_file_id, row.name, _count(connection, row.intake_file_id), header,
            mapped if isinstance(mapped, MappedRows) else None, terms,
        )  # fmt: skip


def _count(connection: sa.Connection, intake_file_id: int) -> int:
    kept = sa.select(sa.func.count()).where(INTAKE_ROW.c.intake_file_id == intake_file_id)
    return int(connection.execute(kept).scalar_one())


class _Comparison:
    """The rows of one file, each set beside its line."""

    def __init__(self, connection: sa.Connection, source: _Source, sums: defaultdict[Key, Sums]) -> None:
        """Begin with no rows."""
        self._connection, self._source, self._sums = connection, source, sums
        self._folder = tempfile.TemporaryDirectory(prefix="serialback-")
        self._identities = FileIdentities(Path(self._folder.name))
        self._lines = LinesOfFile(connection, source.intake_file_id)
        # What became of the rows that are no lines, as far as they are in the sample.
        self.fates: dict[int, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def go(self, wanted: AbstractSet[int], progress: Progress) -> list[RawRow]:
        """Read the rows of the file once more and add them up; give those at the places wanted."""
        kept: list[RawRow] = []
        place = itertools.count()
        with tempfile.TemporaryFile(dir=self._folder.name) as lineless:
            for part in _parts(self._connection, self._source.intake_file_id):
                kept += [row for row in part if next(place) in wanted]
                pickle.dump(self._add(part), lineless)
                progress.advance(len(part))
            for line in self._lines.rest():
                self._count_line(line, _key_of(line), differing=False)
            self._account_for(lineless, {sheet_row for sheet_row, _ in kept})
        return kept

    def _add(self, part: Sequence[RawRow]) -> list[tuple[int, Key, str]]:
        """Add a part up, and give what of it is no line: its row, where it counts, and its document."""
        source = self._source
        file = FileToLand(source.name, "", 0, "", source.header)
        read = [source.read(row) for row in part]
        found = read_lines(read, source.header, facts_for(self._connection, read, file, source.terms))
        self._identities.add(hashed(found.identities))
        lines = self._lines.up_to(part[-1][0])
        lineless = []
        for sheet_row in found.refused_rows:
            self._sums[UNREADABLE, "", ""].source_lines += 1
            line = lines.pop(sheet_row, None)
            if line is None:
                lineless.append((sheet_row, (UNREADABLE, "", ""), ""))
            else:
                self._count_line(line, (UNREADABLE, "", ""), differing=False)
        for document_no, row, currency_said in _rows(found.lines):
            key = _key_of(row)
            self._count_source(row, key)
            line = lines.pop(row.sheet_row, None)
            if line is None:
                lineless.append((row.sheet_row, key, document_no))
                continue
            seen = line._replace(
                location=line.location if row.location else "",
                currency=line.currency if currency_said else row.currency,
            )
            self._count_line(seen, _key_of(seen), differing=_content(row) != _content(seen))
            if seen.status == "POSTED":
                self._sums[_key_of(seen)].due_serials += row.serials
        for line in lines.values():
            self._count_line(line, _key_of(line), differing=False)
        return lineless

    def _count_source(self, row: Line, key: Key) -> None:
        held = self._sums[key]
        held.source_lines += 1
        held.source_units += row.quantity
        held.source_minor += row.minor
        held.source_serials += row.serials

    def _count_line(self, line: Line, key: Key, *, differing: bool) -> None:
        held = self._sums[key]
        if line.status != "POSTED":
            held.waiting_lines += 1
            return
        held.posted_lines += 1
        held.posted_units += line.units
        held.posted_minor += line.minor
        held.posted_serials += line.serials
        held.differing_lines += differing

    def _account_for(self, lineless: IO[bytes], sampled: AbstractSet[int]) -> None:
        """Count the rows that are no lines by what became of them."""
        told = self._identities.told_apart()
        refused = refused_as_they_stand(self._connection, self._source.intake_file_id)
        for rows in kept_in(lineless):
            for (sheet_row, key, _), fate in zip(rows, self._fates(rows, told, refused), strict=True):
                if fate in _COUNTED_AS:
                    held = self._sums[key]
                    setattr(held, _COUNTED_AS[fate], getattr(held, _COUNTED_AS[fate]) + 1)
                if sheet_row in sampled:
                    self.fates[sheet_row] = fate

    def _fates(
        self, rows: Sequence[tuple[int, Key, str]], told: Identities, refused: AbstractSet[int]
    ) -> Iterator[str]:
        places = told.of([sheet_row for sheet_row, _, _ in rows])
        fates = [
            _fate(month, repeated=bool(told.repeated[at]), refused=sheet_row in refused)
            for (sheet_row, (month, _, _), _), at in zip(rows, places, strict=True)
        ]
        named = [(LEGACY_TYPE, row[2], int(told.line_no[at])) for row, at in zip(rows, places, strict=True)]
        open_lines = [line for line, fate in zip(named, fates, strict=True) if fate is None]
        there = lines_on_file(self._connection, open_lines)
        for line, fate in zip(named, fates, strict=True):
            yield fate or (OTHER if line in there else LOST)


def _fate(month: str, *, repeated: bool, refused: bool) -> str | None:
    """Say what became of a row that is no line; None where a line of another file may tell."""
    if repeated and month != UNREADABLE:
        return REPEATED
    return REFUSED if refused or month == UNREADABLE else None


def _rows(lines: Any) -> Iterator[tuple[str, Line, bool]]:
    """Give rows as lines, each with its document and whether it says its currency."""
    amounts = lines["quantity"] * lines["unit_price_minor"].fillna(0) - lines["discount_minor"] + lines["tax_minor"]
    names = ("sheet_row", "document_date", "location_code", "currency", "item_code", "quantity", "serials_named")
    columns = [lines[name].tolist() for name in names]
    said = zip(lines["document_no"], lines["currency_given"].tolist(), amounts.tolist(), strict=True)
    for (document_no, given, minor), row in zip(said, zip(*columns, strict=True), strict=True):
        sheet_row, day, location, currency, item, quantity, serials = row
        line = Line(sheet_row, day, location or "", currency or "", item, quantity, int(minor), quantity, serials, "")
        yield document_no, line, given


def _key_of(line: Line) -> Key:
    return f"{line.day.year:04}-{line.day.month:02}", line.location, line.currency


def _content(line: Line) -> tuple[object, ...]:
    """Give what a row and the line made of it have in common."""
    return line.day, line.location, line.currency, line.item, line.quantity, line.minor, line.serials


def _parts(connection: sa.Connection, intake_file_id: int) -> Iterator[list[RawRow]]:
    last = 0
    row = INTAKE_ROW.c
    while found := connection.execute(
        sa.select(row.sheet_row, row.cells)
        .where(row.intake_file_id == intake_file_id, row.sheet_row > last)
        .order_by(row.sheet_row)
        .limit(ROWS_AT_ONCE)
    ).all():
        yield [(sheet_row, row_cells(cells)) for sheet_row, cells in found]
        last = found[-1].sheet_row


def _sampled(
    connection: sa.Connection, source: _Source, rows: Sequence[RawRow], fates: Mapping[int, str]
) -> Iterator[SampledRow]:
    """Give rows of a file, and the serials that their lines have now."""
    became = _became(connection, source.intake_file_id, [sheet_row for sheet_row, _ in rows])
    for sheet_row, cells in rows:
        _, read = source.read((sheet_row, cells))
        told = (f"{heading}: {text_of(cell)}" for heading, cell in zip(source.header.headings, cells, strict=False))
        document_no, serial = (_cell(source.header, read, field) for field in ("document_no", "serial_no"))
        status, serials = became.get(sheet_row) or (fates[sheet_row], "")
        yield SampledRow(source.name, sheet_row, "; ".join(told), serial, document_no, status, serials)


def _cell(header: Header, cells: Sequence[Any], field: str) -> str:
    at = header.fields.get(field)
    return text_of(cells[at]).strip() if at is not None and at < len(cells) else ""


def _became(connection: sa.Connection, intake_file_id: int, sheet_rows: Sequence[int]) -> dict[int, tuple[str, str]]:
    line = DOCUMENT_LINE.c
    found = connection.execute(
        sa.select(line.sheet_row, line.status, SERIAL.c.serial_no)
        .select_from(DOCUMENT_LINE)
        .outerjoin(LINE_UNIT, LINE_UNIT.c.line_id == line.line_id)
        .outerjoin(SERIAL, SERIAL.c.serial_id == LINE_UNIT.c.serial_id)
        .where(line.intake_file_id == intake_file_id, line.sheet_row.in_(sheet_rows))
        .order_by(line.sheet_row, LINE_UNIT.c.unit_no)
    )
    became = {}
    for sheet_row, group in itertools.groupby(found, key=lambda each: each.sheet_row):
        units = list(group)
        serials = ", ".join(each.serial_no for each in units if each.serial_no)
        became[sheet_row] = (units[0].status, serials)
    return became
