"""Set a backfill's source against the database: by month and location, and a sample of rows side by side.

Data flow: the rows as they stood in the file → read once more, apart from the landing → sums; what the tables hold of
the same files → sums; both beside one another. Nothing of the source is taken from what was landed.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import sqlalchemy as sa

from batch.core.cells import RawRow, text_of
from batch.core.columns import Header, find_header
from batch.core.intake import read_lines
from batch.core.mapping import MappedRows
from batch.core.mapping import Mapping as ColumnMapping
from batch.edge.landing import FileToLand, IntakeTerms, facts_for
from batch.edge.schema import DOCUMENT, DOCUMENT_LINE, INTAKE_FILE, INTAKE_ROW, LINE_UNIT, RUN, SERIAL
from batch.edge.sheet_spool import row_cells

ROWS_AT_ONCE = 10_000
SAMPLED = 100
# What stands in the way of a row's month or location, where it could not be read.
UNREADABLE = "unreadable"


@dataclasses.dataclass(slots=True)
class Sums:
    """Lines, units and amount of one month, location and currency, in the source and in the database."""

    source_lines: int = 0
    source_units: int = 0
    source_minor: int = 0
    posted_lines: int = 0
    posted_units: int = 0
    posted_minor: int = 0
    waiting_lines: int = 0


Key = tuple[str, str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class SampledRow:
    """One row of the source beside what became of it."""

    file_name: str
    sheet_row: int
    cells: str
    serial_cell: str
    document_no: str
    status: str
    serials: str


@dataclasses.dataclass(frozen=True, slots=True)
class Audit:
    """A backfill's audit; the keys are month, location and currency."""

    sums: Mapping[Key, Sums]
    sample: Sequence[SampledRow]


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


def audit(connection: sa.Connection, run_id: int) -> Audit | None:
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
    for source in sources:
        wanted = {each - begun for each in chosen}
        sample += _sampled(connection, source, _sum_source(connection, source, sums, wanted))
        begun += source.rows
    _sum_database(connection, [source.intake_file_id for source in sources], sums)
    return Audit(dict(sorted(sums.items())), sample)


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
        terms = IntakeTerms(run_id, on, None, currency, formats, 10_000, dt.datetime.now(dt.UTC), legacy=True)
        yield _Source(
            row.intake_file_id, row.name, _count(connection, row.intake_file_id), header,
            mapped if isinstance(mapped, MappedRows) else None, terms,
        )  # fmt: skip


def _count(connection: sa.Connection, intake_file_id: int) -> int:
    kept = sa.select(sa.func.count()).where(INTAKE_ROW.c.intake_file_id == intake_file_id)
    return int(connection.execute(kept).scalar_one())


def _sum_source(
    connection: sa.Connection, source: _Source, sums: defaultdict[Key, Sums], wanted: AbstractSet[int]
) -> list[RawRow]:
    """Read the rows of a file once more and add them up; give those at the places wanted."""
    kept: list[RawRow] = []
    place = itertools.count()
    file = FileToLand(source.name, "", 0, "", source.header)
    for part in _parts(connection, source.intake_file_id):
        kept += [row for row in part if next(place) in wanted]
        read = [source.read(row) for row in part]
        found = read_lines(read, source.header, facts_for(connection, read, file, source.terms))
        lines = found.lines
        amounts = lines["quantity"] * lines["unit_price_minor"].fillna(0) - lines["discount_minor"] + lines["tax_minor"]
        columns = (lines["document_date"], lines["location_code"], lines["currency"], lines["quantity"], amounts)
        for day, location, currency, quantity, amount in zip(*columns, strict=True):
            held = sums[_month(day), location or "", currency or ""]
            held.source_lines += 1
            held.source_units += int(quantity)
            held.source_minor += int(amount)
        sums[UNREADABLE, "", ""].source_lines += len(found.refused_rows)
        sums[UNREADABLE, "", ""].waiting_lines += len(found.refused_rows)
    if not sums[UNREADABLE, "", ""].source_lines:
        del sums[UNREADABLE, "", ""]
    return kept


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


def _sum_database(connection: sa.Connection, intake_file_ids: Sequence[int], sums: defaultdict[Key, Sums]) -> None:
    """Add up what the tables hold of the lines that the files brought."""
    line, document = DOCUMENT_LINE.c, DOCUMENT.c
    units = (
        sa.select(sa.func.count())
        .select_from(LINE_UNIT)
        .where(LINE_UNIT.c.line_id == line.line_id, LINE_UNIT.c.serial_id.is_not(None))
        .correlate(DOCUMENT_LINE)
        .scalar_subquery()
    )
    amount = line.quantity * sa.func.coalesce(line.unit_price_minor, 0) - line.discount_minor + line.tax_minor
    counted = (
        sa.select(document.document_date, document.location_code, document.currency, line.status, units.label("units"),
                  amount.label("amount"))
        .join(DOCUMENT, document.document_id == line.document_id)
        .where(line.intake_file_id.in_(intake_file_ids))
        .subquery()
    )  # fmt: skip
    keys = (counted.c.document_date, counted.c.location_code, counted.c.currency, counted.c.status)
    figures = (sa.func.count(), sa.func.sum(counted.c.units), sa.func.sum(counted.c.amount))
    for day, location, currency, status, lines, with_serial, minor in connection.execute(
        sa.select(*keys, *figures).group_by(*keys)
    ):
        held = sums[_month(day), location or "", currency or ""]
        if status == "POSTED":
            held.posted_lines += lines
            held.posted_units += int(with_serial)
            held.posted_minor += int(minor)
        else:
            held.waiting_lines += lines


def _month(day: dt.date) -> str:
    return f"{day.year:04}-{day.month:02}"


def _sampled(connection: sa.Connection, source: _Source, rows: Sequence[RawRow]) -> Iterator[SampledRow]:
    """Give rows of a file, and the serials that their lines have now."""
    became = _became(connection, source.intake_file_id, [sheet_row for sheet_row, _ in rows])
    serial_at = source.header.fields.get("serial_no")
    for sheet_row, cells in rows:
        _, read = source.read((sheet_row, cells))
        told = (f"{heading}: {text_of(cell)}" for heading, cell in zip(source.header.headings, cells, strict=False))
        serial = text_of(read[serial_at]) if serial_at is not None and serial_at < len(read) else ""
        document_no, status, serials = became.get(sheet_row, ("", "refused as it stands", ""))
        yield SampledRow(source.name, sheet_row, "; ".join(told), serial, document_no, status, serials)


def _became(
    connection: sa.Connection, intake_file_id: int, sheet_rows: Sequence[int]
) -> dict[int, tuple[str, str, str]]:
    line = DOCUMENT_LINE.c
    found = connection.execute(
        sa.select(line.sheet_row, DOCUMENT.c.document_no, line.status, SERIAL.c.serial_no)
        .select_from(DOCUMENT_LINE)
        .join(DOCUMENT, DOCUMENT.c.document_id == line.document_id)
        .outerjoin(LINE_UNIT, LINE_UNIT.c.line_id == line.line_id)
        .outerjoin(SERIAL, SERIAL.c.serial_id == LINE_UNIT.c.serial_id)
        .where(
            DOCUMENT.c.intake_file_id == intake_file_id,
            line.intake_file_id == intake_file_id,
            line.sheet_row.in_(sheet_rows),
        )
        .order_by(line.sheet_row, LINE_UNIT.c.unit_no)
    )
    became = {}
    for sheet_row, group in itertools.groupby(found, key=lambda each: each.sheet_row):
        units = list(group)
        serials = ", ".join(each.serial_no for each in units if each.serial_no)
        became[sheet_row] = (units[0].document_no, units[0].status, serials)
    return became
