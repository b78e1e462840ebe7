"""Hold what the reconciliation of a run lists: units, their lines, and totals set against one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

HOLDS = "adds up"
EXPLAINED = "explained"
BROKEN = "DOES NOT ADD UP"


class UnitOfRun(NamedTuple):
    """One unit, or several of a line that nothing tells apart: `units` says how many."""

    unit_class: str
    units: int
    serial_no: str | None = None
    mfr_serial_no: str | None = None
    area_code: str | None = None
    unit_no: int | None = None
    code: str | None = None
    reason: str | None = None


class LineOfRun(NamedTuple):
    """One line, or a row that never became one, with its units; `quantity` is how many it was to bring."""

    posted: bool
    quantity: int
    item_code: str | None
    document_type: str | None
    document_no: str | None
    line_no: int | None
    credit_memo_no: str | None
    file_name: str | None
    sheet_row: int | None
    units: Sequence[UnitOfRun]


class Reason(NamedTuple):
    """One refusal of a run: the line, unit or row it is about. `value` is what stood in `column`."""

    exception_id: int
    line_id: int | None
    intake_file_id: int | None
    sheet_row: int | None
    unit_no: int | None
    code: str
    document_type: str | None
    document_no: str | None
    line_no: int | None
    column: str | None
    value: str | None
    message: str


class MemoOfRun(NamedTuple):
    """One credit memo with the sums of its lines; amounts in minor units of `currency`."""

    credit_memo_no: str
    memo_date: str
    document_type: str
    document_no: str
    customer_code: str
    location_code: str
    currency: str
    lines: int
    units: int
    net_minor: int
    tax_minor: int
    total_minor: int
    lines_net_minor: int
    lines_tax_minor: int


@dataclass(frozen=True, slots=True)
class RunFacts:
    """The run as its own row tells it."""

    run_id: int
    job: str
    status: str
    business_date: str
    started_at: str
    finished_at: str | None
    figures: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Control:
    """One total, counted in two places; `note` says why they may differ. Amounts are in minor units of `currency`."""

    what: str
    listed: int
    recorded: int
    verdict: str
    note: str = ""
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How the reconciliation of a run came out."""

    run: RunFacts
    units_by_class: Mapping[str, int]
    controls: Sequence[Control]

    @property
    def broken(self) -> list[Control]:
        """Give the totals that do not hold."""
        return [control for control in self.controls if control.verdict == BROKEN]

    @property
    def verdict(self) -> str:
        """Say in one sentence whether everything adds up."""
        if self.broken:
            return f"{len(self.broken)} of {len(self.controls)} control totals do not add up."
        if any(control.verdict == EXPLAINED for control in self.controls):
            return "Everything adds up; what the sheets cannot list is explained beside its total."
        return "Everything adds up."
