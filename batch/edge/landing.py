"""Land a file: its rows become pending documents and lines, in one transaction; what cannot be a line, an exception.

Data flow: rows → (a part at a time) typed lines and refusals, kept aside, with a hash of who they are → once the whole
file is known: repeated lines, documents whose rows disagree → (a part at a time) set against what is on file → written.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from batch.core.cells import RawRow
from batch.core.codes import CATALOGUE, REFUSE, SHAPE, Refusal
from batch.core.columns import Header
from batch.core.correction import Link
from batch.core.frames import pd
from batch.core.identity import Identities, Rows, hashed, identify
from batch.core.intake import IntakeFacts, IntakePart, mentioned, read_lines
from batch.core.intake_words import Sheet, place, row_refusal
from batch.core.judged import JudgedLine, JudgedLines
from batch.core.outcome import LineException
from batch.core.reconcile import OpenException
from batch.edge.behind import OneAhead, sending_behind
from batch.edge.bulk import keyed, send_rows
from batch.edge.exceptions import write_exceptions
from batch.edge.failpoint import reach
from batch.edge.kept_parts import KeptParts
from batch.edge.landing_headers import lines_on_file
from batch.edge.landing_lines import LandingFile, LinesToLand, land_lines, lines_to_land
from batch.edge.landing_links import linked_exceptions, links_of
from batch.edge.schema import CUSTOMER, INTAKE_FILE, INTAKE_ROW, LOCATION, SERIAL
from batch.edge.sheet_spool import row_text

PART_ROWS = 10_000
_SEEN_IN_ROWS = frozenset(code for code, each in CATALOGUE.items() if each.stage == SHAPE)
# A part, and the rows of it that correct others.
_KeptPart = tuple[IntakePart, dict[int, Link]]


@dataclasses.dataclass(frozen=True, slots=True)
class IntakeTerms:
    """What is fixed for every file of a run."""

    run_id: int
    business_date: dt.date
    currency: str
    date_formats: tuple[str, ...]
    quantity_limit: int
    now: dt.datetime
    # What the files have before decimals.
    decimal_mark: str = "."
    # The files are those of a backfill.
    legacy: bool = False
    # Where documents are that name no location; None: the location marked so.
    default_location: str | None = None
    # Those that this run has landed before.
    earlier: frozenset[int] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True)
class FileToLand:
    """A file that has been read: what it is called, its content's hash, and the sheet chosen."""

    name: str
    sha256: str
    size_bytes: int
    sheet_name: str
    header: Header


@dataclasses.dataclass(slots=True)
class Landed:
    """What became of the rows of one file; they add up to `rows_read`."""

    intake_file_id: int
    # The file and its sheet, as messages name them.
    where: Sheet
    rows_read: int = 0
    landed: int = 0
    refused: int = 0
    skipped: int = 0
    exceptions: int = 0
    warnings: int = 0

    def figures(self) -> dict[str, int]:
        """Give what is counted here of the run's figures; what is landed is counted when it is settled."""
        return {
            "lines_read": self.refused + self.skipped,
            "lines_refused": self.refused,
            "lines_skipped": self.skipped,
            "exceptions": self.exceptions,
            "warnings": self.warnings,
        }


def land(
    connection: sa.Connection, file: FileToLand, rows: Iterable[RawRow], terms: IntakeTerms, scratch: Path
) -> Landed:
    """Land one file in the caller's transaction."""
    landed = Landed(_begin_file(connection, file, terms), Sheet(place(file.name, file.sheet_name), file.header))
    with tempfile.TemporaryFile(dir=scratch) as file_of_parts, sending_behind(connection):
        kept: KeptParts[_KeptPart] = KeptParts(file_of_parts)
        identities = _read(connection, file, rows, terms, landed, kept)
        reach("land.read")
        ready = OneAhead((part_to_land(part, identities, landed.where), links) for part, links in kept.parts())
        for part, links in ready:
            land_part(connection, part, links, terms, landed, ready.look_ahead)
            reach("land.part")
    connection.execute(
        sa.update(INTAKE_FILE)
        .where(INTAKE_FILE.c.intake_file_id == landed.intake_file_id)
        .values(rows_read=landed.rows_read)
    )
    assert landed.rows_read == landed.landed + landed.refused + landed.skipped, "a row was lost or counted twice"
    return landed


def refuse_file(  # noqa: PLR0917 - what is on record of a file
    connection: sa.Connection, name: str, sha256: str, size_bytes: int, refusal: str, terms: IntakeTerms
) -> None:
    """Put on record a file that could not be read; one refused before with the same content stays as it is."""
    known = sa.select(INTAKE_FILE.c.intake_file_id).where(INTAKE_FILE.c.sha256 == sha256)
    if connection.execute(known).first() is None:
        connection.execute(
            sa.insert(INTAKE_FILE).values(
                sha256=sha256,
                name=name,
                size_bytes=size_bytes,
                status="REFUSED",
                refusal=refusal,
                run_id=terms.run_id,
                landed_at=terms.now,
            )
        )


def _begin_file(connection: sa.Connection, file: FileToLand, terms: IntakeTerms) -> int:
    values = {
        "sha256": file.sha256,
        "name": file.name,
        "size_bytes": file.size_bytes,
        "status": "LANDED",
        "run_id": terms.run_id,
        "landed_at": terms.now,
        "sheet_name": file.sheet_name,
        "headings": list(file.header.headings),
        "refusal": None,
    }
    known = connection.execute(
        sa.select(INTAKE_FILE.c.intake_file_id).where(INTAKE_FILE.c.sha256 == file.sha256)
    ).scalar_one_or_none()
    if known is None:
        inserted = sa.insert(INTAKE_FILE).values(values).returning(INTAKE_FILE.c.intake_file_id)
        return int(connection.execute(inserted).scalar_one())
    # The same content was refused before, under other limits or settings.
    connection.execute(sa.update(INTAKE_FILE).where(INTAKE_FILE.c.intake_file_id == known).values(values))
    return int(known)


def _read(  # noqa: PLR0917 - the way of a part
    connection: sa.Connection,
    file: FileToLand,
    rows: Iterable[RawRow],
    terms: IntakeTerms,
    landed: Landed,
    kept: KeptParts[_KeptPart],
) -> Identities:
    """Type every row, keep the parts aside, and tell who is who over the whole file."""
    seen: list[Rows] = []
    for raw in _batched(rows):
        part = read_lines(raw, file.header, facts_for(connection, raw, file, terms))
        if not part.rows_read:
            continue
        send_rows(
            connection,
            INTAKE_ROW,
            ("intake_file_id", "sheet_row", "cells"),
            typed_rows(landed.intake_file_id, raw, part),
        )
        seen.append(hashed(part.identities))
        slim = dataclasses.replace(part, lines=part.lines.drop(columns="cells"))
        kept.add((slim, links_of(raw, file.header)))
        landed.rows_read += part.rows_read
    return identify(seen)


def _batched(rows: Iterable[RawRow]) -> Iterator[Sequence[RawRow]]:
    source = iter(rows)
    while part := list(itertools.islice(source, PART_ROWS)):
        yield part


def facts_for(connection: sa.Connection, raw: Sequence[RawRow], file: FileToLand, terms: IntakeTerms) -> IntakeFacts:
    """Ask the database what the reading of these rows needs to know."""
    asked = mentioned(raw, file.header)
    return IntakeFacts(
        file_name=file.name,
        sheet_name=file.sheet_name,
        business_date=terms.business_date,
        company_currency=terms.currency,
        customer_currency=_currencies(connection, sorted(asked.customers)),
        known_as_it_stands=_known(connection, sorted(asked.range_like)),
        date_formats=terms.date_formats,
        decimal_mark=terms.decimal_mark,
        quantity_limit=terms.quantity_limit,
        legacy=terms.legacy,
    )


def _currencies(connection: sa.Connection, codes: list[str]) -> dict[str, str]:
    if not codes:
        return {}
    customer = CUSTOMER.c
    wanted = keyed(connection, "landing_customer", {"customer_code": (sa.Text(), codes)})
    rows = connection.execute(
        sa.select(customer.customer_code, customer.currency).join(
            wanted, wanted.c.customer_code == customer.customer_code
        )
    )
    return dict(rows.all())


def _known(connection: sa.Connection, keys: list[str]) -> frozenset[str]:
    if not keys:
        return frozenset()
    wanted = keyed(connection, "landing_range", {"serial_key": (sa.Text(), keys)})
    rows = connection.execute(sa.select(SERIAL.c.serial_key).join(wanted, wanted.c.serial_key == SERIAL.c.serial_key))
    return frozenset(rows.scalars())


def typed_rows(intake_file_id: int, raw: Sequence[RawRow], part: IntakePart) -> Iterator[tuple[int, int, str]]:
    """Give the cells of each row that was read, as typed, for whoever has to correct them."""
    read = set(part.identities["sheet_row"])
    for sheet_row, cells in raw:
        if sheet_row in read:
            yield intake_file_id, sheet_row, row_text(cells)


@dataclasses.dataclass(frozen=True, slots=True)
class PartToLand:
    """A part of a file whose rows have all been told apart, ready to be landed."""

    rows_read: int
    # One row a row read: who it is, its line's number, and what the whole file shows of it.
    rows: pd.DataFrame
    refusals: Sequence[Refusal]
    lines: LinesToLand


def part_to_land(part: IntakePart, identities: Identities, where: Sheet) -> PartToLand:
    """Make a part ready to be landed, which asks nothing of the database."""
    places = identities.of(part.identities["sheet_row"].tolist())
    rows = part.identities.assign(
        line_no=identities.line_no[places],
        repeated=identities.repeated[places],
        inconsistent=identities.inconsistent[places],
    )
    numbers = dict(zip(rows["sheet_row"], rows["line_no"], strict=True))
    refusals = [dataclasses.replace(each, line_no=_line_no(numbers, each)) for each in part.refusals]
    refusals += _refused_over_the_file(rows, where)
    refused = {each.sheet_row for each in refusals if each.severity == REFUSE}
    standing = part.lines[~part.lines["sheet_row"].isin(refused)]
    decimals = dict(zip(rows["sheet_row"], rows["decimals"], strict=True))
    standing = standing.assign(
        line_no=[numbers[sheet_row] for sheet_row in standing["sheet_row"]],
        amount_decimals=pd.array([decimals[sheet_row] for sheet_row in standing["sheet_row"]], dtype="Int64"),
    )
    others = rows[rows["sheet_row"].isin(refused) & rows["document_no"].notna()]
    return PartToLand(part.rows_read, rows, refusals, lines_to_land(standing, others))


def land_part(  # noqa: PLR0917 - what a part is, and what is known of its file
    connection: sa.Connection,
    part: PartToLand,
    links: Mapping[int, Link],
    terms: IntakeTerms,
    landed: Landed,
    meanwhile: Callable[[], None],
) -> None:
    """Land a part, and count what became of its rows; `meanwhile` is done while its rows are being sent."""
    refused = {each.sheet_row for each in part.refusals if each.severity == REFUSE}
    linked = linked_exceptions(connection, links)
    judged = land_lines(connection, part.lines, _landing_file(connection, landed, terms), terms.now)
    meanwhile()
    # What a row warns of was said when it was posted.
    told = judged.skipped_rows | judged.met_rows
    refusals = [*(each for each in part.refusals if each.sheet_row not in told), *judged.refusals]
    refused |= {each.sheet_row for each in judged.refusals}
    _write_refusals(connection, part.rows, refusals, judged.skipped_rows, linked, landed, terms)
    landed.refused += len(refused)
    skipped = len(judged.skipped_rows) + len(judged.met_rows)
    landed.skipped += skipped
    landed.landed += len(part.rows) - len(refused) - skipped


def _landing_file(connection: sa.Connection, landed: Landed, terms: IntakeTerms) -> LandingFile:
    source = "BACKFILL" if terms.legacy else "INTAKE"
    default = _default_location(connection, terms.default_location)
    return LandingFile(landed.intake_file_id, landed.where, source, terms.earlier, default)


def _default_location(connection: sa.Connection, setting: str | None) -> str | None:
    """Give where documents are that name no location, if it is on file: a wrong setting is not written down."""
    location = LOCATION.c
    chosen = location.is_default if setting is None else location.location_code == setting
    return connection.execute(sa.select(location.location_code).where(chosen)).scalar()


def _line_no(numbers: dict[int, int], refusal: Refusal) -> int | None:
    assert refusal.sheet_row is not None, "a refusal from a sheet without its row"
    return int(numbers[refusal.sheet_row]) or None


def _refused_over_the_file(rows: pd.DataFrame, where: Sheet) -> Iterator[Refusal]:
    """Word what only the whole file shows: a line twice, a document whose rows disagree."""
    found: Iterable[Any] = rows[rows["repeated"] | rows["inconsistent"]].itertuples(index=False)
    for row in found:
        if row.repeated:
            said = f"line {row.line_no} of {row.document_no} is in the file already"
            yield row_refusal(where, row, "LINE_REPEATED", "line_no", str(row.line_no), said)
        if row.inconsistent:
            said = f"the rows of {row.document_no} do not agree on customer, location, date or currency"
            yield row_refusal(where, row, "DOCUMENT_INCONSISTENT", "document_no", row.document_no, said)


def _write_refusals(  # noqa: PLR0917 - what a part has come to
    connection: sa.Connection,
    rows: pd.DataFrame,
    refusals: list[Refusal],
    skipped_rows: set[int],
    linked: Mapping[int, Sequence[OpenException]],
    landed: Landed,
    terms: IntakeTerms,
) -> None:
    """Write the part's exceptions; what was open on a line refused anew or found posted as it was is gone through."""
    raised_rows = {each.sheet_row for each in refusals if each.severity == REFUSE and each.code != "LINE_REPEATED"}
    repeats = [each for each in refusals if each.sheet_row not in raised_rows and each.code == "LINE_REPEATED"]
    others = [each for each in refusals if each.sheet_row in raised_rows or each.code != "LINE_REPEATED"]
    # A line on file stays as it was; what its row is refused for now is its reason from here on.
    known = lines_on_file(
        connection,
        (
            (each.document_type, each.document_no, each.line_no)
            for each in refusals
            if each.document_type and each.document_no and each.line_no
        ),
    )
    repeating = {each.sheet_row for each in repeats}
    for raised, sheet_rows, only, own in (
        (others, raised_rows, None, linked.keys() - skipped_rows - repeating),
        # It is as it was posted; whether it can be received is another matter.
        ([], skipped_rows, _SEEN_IN_ROWS, skipped_rows),
        # The first row of a repeated line stands: what is open on it is its own affair.
        (repeats, repeating, frozenset({"LINE_REPEATED"}), repeating),
    ):
        follow = {row: each for row, each in linked.items() if row in own}
        leave = [each for row, each in linked.items() if row not in own]
        named: Iterable[Any] = rows[rows["sheet_row"].isin(sheet_rows)].itertuples(index=False)
        # Read anew, so that what an earlier reading of this very row saw in it is done with.
        judged = [
            JudgedLine(
                (row.document_type, row.document_no, row.line_no), landed.intake_file_id, row.sheet_row, posted=True
            )
            for row in named
            if row.document_no is not None and row.line_no
        ]
        counted = write_exceptions(
            connection,
            [_about_line(each, known, landed.intake_file_id) for each in raised],
            JudgedLines(judged),
            terms.run_id,
            terms.now,
            only=only,
            linked=follow,
            left={exception.exception_id for each in leave for exception in each},
        )
        landed.exceptions += counted[0]
        landed.warnings += counted[1]


def _about_line(
    refusal: Refusal, known: Mapping[tuple[str, str, int], tuple[int, int]], intake_file_id: int
) -> LineException:
    key = (refusal.document_type or "", refusal.document_no or "", refusal.line_no or 0)
    document_id, line_id = known.get(key, (0, 0))
    return LineException(refusal, document_id, line_id, intake_file_id, line_refused=True)
