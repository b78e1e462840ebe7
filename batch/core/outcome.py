"""Say what a settlement found: everything to be written for one chunk, and nothing written yet."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import NamedTuple

from batch.core.chunk import Unit
from batch.core.codes import Refusal
from batch.core.judged import JudgedLine
from batch.core.numbers import Context

GENERATED = "GENERATED"
ADOPTED = "ADOPTED"
ATTACHED = "ATTACHED"
MFR_ASSIGNED = "MFR_ASSIGNED"
RECEIVED = "RECEIVED"


class NewSerial(NamedTuple):
    """A serial to be written; where it is and who holds it stands on `unit`."""

    unit: Unit
    origin: str
    unit_cost_minor: int | None
    cost_basis: str
    line_id: int
    sequence_code: str | None
    sequence_number: int | None


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


@dataclasses.dataclass(frozen=True, slots=True)
class Memo:
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
class Outcome:
    """All that one chunk changes."""

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

    def count(self, origin: str) -> int:
        """Count the new serials of an origin."""
        return sum(1 for serial in self.new_serials if serial.origin == origin)
