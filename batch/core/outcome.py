"""Say what a settlement found: everything to be written for one chunk, and nothing written yet."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Callable, Collection
from typing import NamedTuple

from batch.core.chunk import Unit
from batch.core.codes import Refusal
from batch.core.judged import DocumentKey, JudgedLine, JudgedLines
from batch.core.numbers import Context

GENERATED = "GENERATED"
ADOPTED = "ADOPTED"
ATTACHED = "ATTACHED"
MFR_ASSIGNED = "MFR_ASSIGNED"
RECEIVED = "RECEIVED"

# What is written of a serial beside its id, its run and the instant, in the order of `NewSerial.row`.
SERIAL_COLUMNS = (
    "serial_no",
    "serial_key",
    "serial_near",
    "item_code",
    "mfr_serial_no",
    "mfr_serial_key",
    "mfr_serial_near",
    "area_code",
    "origin",
    "unit_cost_minor",
    "cost_basis",
    "customer_code",
    "open_document_id",
    "line_id",
    "sequence_code",
    "sequence_number",
)


class NewSerial(NamedTuple):
    """A serial to be written; where it is and who holds it stands on `unit`."""

    unit: Unit
    origin: str
    unit_cost_minor: int | None
    cost_basis: str
    line_id: int
    sequence_code: str | None
    sequence_number: int | None

    def row(self) -> tuple[object, ...]:
        """Give it as a row, as those of plain documents are."""
        unit = self.unit
        return (
            unit.serial_no,
            unit.serial_key,
            unit.serial_near,
            unit.item_code,
            unit.mfr_serial_no,
            unit.mfr_serial_key,
            unit.mfr_serial_near,
            unit.area_code,
            self.origin,
            self.unit_cost_minor,
            self.cost_basis,
            unit.customer_code,
            unit.open_document_id,
            self.line_id,
            self.sequence_code,
            self.sequence_number,
        )


class HistoryRow(NamedTuple):
    """One step in the life of a unit."""

    unit: Unit
    action: str
    from_area_code: str | None
    to_area_code: str
    document_id: int
    line_id: int
    business_date: dt.date


class UnitRow(NamedTuple):
    """The serial that a unit of a line was given; `on_file` where the row stands already, with its names."""

    line_id: int
    unit_no: int
    unit: Unit
    action: str
    on_file: bool


class MemoLine(NamedTuple):
    """One line of a credit memo; amounts in minor units."""

    line_id: int
    item_code: str
    quantity: int
    unit_price_minor: int
    discount_minor: int
    net_minor: int
    tax_minor: int
    area_code: str | None


class Memo(NamedTuple):
    """A credit memo without its number, which is taken as late as can be."""

    document_id: int
    document_no: str
    customer_code: str
    location_code: str
    currency: str
    memo_date: dt.date
    sequence_code: str
    lines: tuple[MemoLine, ...]

    @property
    def net_minor(self) -> int:
        """The sum of the lines' nets."""
        return sum(line.net_minor for line in self.lines)

    @property
    def tax_minor(self) -> int:
        """The sum of the lines' taxes."""
        return sum(line.tax_minor for line in self.lines)


@dataclasses.dataclass(frozen=True, slots=True)
class LineException:
    """A refusal or warning with the line it is about."""

    refusal: Refusal
    document_id: int
    line_id: int
    intake_file_id: int | None
    line_refused: bool


@dataclasses.dataclass(slots=True)
class PlainRows:
    """What plain documents come to, as rows; a serial is named by its place among `serials`."""

    # As `NewSerial.row` gives them.
    serials: list[tuple[object, ...]] = dataclasses.field(default_factory=list)
    # place, action, from_area_code, to_area_code, document_id, line_id, business_date.
    history: list[tuple[int, str, str | None, str, int, int, dt.date]] = dataclasses.field(default_factory=list)
    # line_id, unit_no, place, action: of units whose row stands already, with their names, and of others.
    units_on_file: list[tuple[int, int, int, str]] = dataclasses.field(default_factory=list)
    new_units: list[tuple[int, int, int, str]] = dataclasses.field(default_factory=list)
    adopted: int = 0
    # The lines that stand, by their document; a sale is none of them.
    judged: dict[DocumentKey, Callable[[], list[JudgedLine]]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(slots=True)
class Outcome:
    """All that one chunk changes."""

    rows: PlainRows = dataclasses.field(default_factory=PlainRows)

    new_serials: list[NewSerial] = dataclasses.field(default_factory=list)
    changed_units: dict[int, Unit] = dataclasses.field(default_factory=dict)
    history: list[HistoryRow] = dataclasses.field(default_factory=list)
    units: list[UnitRow] = dataclasses.field(default_factory=list)
    memos: list[Memo] = dataclasses.field(default_factory=list)
    exceptions: list[LineException] = dataclasses.field(default_factory=list)
    line_statuses: dict[int, str] = dataclasses.field(default_factory=dict)
    document_statuses: dict[int, str] = dataclasses.field(default_factory=dict)
    # Lines looked at, with the document they are of, whose open exceptions are to be gone through.
    judged_lines: list[JudgedLine] = dataclasses.field(default_factory=list)
    # Service slips that lost a unit to a return.
    service_documents: set[int] = dataclasses.field(default_factory=set)
    passed_over: list[tuple[str, int]] = dataclasses.field(default_factory=list)
    positions: dict[str, int] = dataclasses.field(default_factory=dict)
    contexts: dict[str, Context] = dataclasses.field(default_factory=dict)
    lines_posted: int = 0
    lines_refused: int = 0
    lines_skipped: int = 0
    serials_attached: int = 0

    def generated(self) -> int:
        """Count the serials that were generated."""
        long_way = sum(1 for serial in self.new_serials if serial.origin == GENERATED)
        return long_way + len(self.rows.serials) - self.rows.adopted

    def adopted(self) -> int:
        """Count the serials that were adopted."""
        return sum(1 for serial in self.new_serials if serial.origin == ADOPTED) + self.rows.adopted

    def new_keys(self) -> list[str]:
        """Give the keys of all serials about to be written."""
        return [new.unit.serial_key for new in self.new_serials] + [str(row[1]) for row in self.rows.serials]

    def judged_documents(self) -> set[DocumentKey]:
        """Name the documents of which lines were judged."""
        return JudgedLines(self.judged_lines).judged_documents() | self.rows.judged.keys()

    def judged_of(self, documents: Collection[DocumentKey]) -> list[JudgedLine]:
        """Give the judged lines of these documents."""
        plain = (self.rows.judged[key]() for key in documents if key in self.rows.judged)
        return JudgedLines(self.judged_lines).judged_of(documents) + list(itertools.chain.from_iterable(plain))
