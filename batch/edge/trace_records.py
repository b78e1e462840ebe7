"""Hold one unit's life as plain values: text, whole numbers and nothing, ready to be printed or sent as JSON."""

from __future__ import annotations

from dataclasses import dataclass

EXACT = "EXACT"
NEAR = "NEAR"
NONE = "NONE"

BY_SERIAL = "SERIAL"
BY_MFR_SERIAL = "MFR_SERIAL"


@dataclass(frozen=True, slots=True)
class Holder:
    """The open document that holds a unit."""

    document_type: str
    document_no: str
    status: str
    document_date: str
    customer_code: str


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a unit's history; the business date is a date, `recorded_at` the server's instant."""

    action: str
    from_area_code: str | None
    to_area_code: str | None
    document_type: str | None
    document_no: str | None
    line_no: int | None
    run_id: int | None
    job: str | None
    business_date: str
    recorded_at: str


@dataclass(frozen=True, slots=True)
class Appearance:
    """One document line the unit is on; `action` is None while the line has not taken it."""

    document_type: str
    document_no: str
    document_date: str
    document_status: str
    customer_code: str
    line_no: int
    line_status: str
    unit_no: int
    action: str | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """One sheet row that brought the unit."""

    name: str
    sheet_name: str | None
    sheet_row: int | None
    landed_at: str
    run_id: int
    document_type: str
    document_no: str
    line_no: int


@dataclass(frozen=True, slots=True)
class MemoOfUnit:
    """One credit memo that credited a line of the unit; amounts are the line's, in minor units of `currency`."""

    credit_memo_no: str
    memo_date: str
    document_type: str
    document_no: str
    line_no: int
    customer_code: str
    currency: str
    quantity: int
    net_minor: int
    tax_minor: int
    area_code: str | None
    run_id: int


@dataclass(frozen=True, slots=True)
class Mention:
    """One exception that is about the unit's line or names the unit."""

    exception_id: int
    run_id: int
    code: str
    severity: str
    status: str
    document_type: str | None
    document_no: str | None
    line_no: int | None
    unit_no: int | None
    message: str
    note: str | None
    created_at: str


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of the register and all that is on file about it; `matched_by` says which of its serials was asked."""

    serial_id: int
    serial_no: str
    matched_by: str
    item_code: str
    item_description: str | None
    mfr_serial_no: str | None
    area_code: str
    area_name: str | None
    area_type: str | None
    location_code: str | None
    origin: str
    unit_cost_minor: int | None
    cost_basis: str
    customer_code: str | None
    customer_name: str | None
    held_by: Holder | None
    sequence_code: str | None
    sequence_number: int | None
    created_at: str
    history: tuple[Step, ...]
    appearances: tuple[Appearance, ...]
    memos: tuple[MemoOfUnit, ...]
    files: tuple[FileRow, ...]
    exceptions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known of a serial as asked: the units it is (EXACT), those it nearly is (NEAR), or none.

    `more` says that further units match; `mentions` are exceptions that name the text although no unit bears it.
    """

    asked: str
    match: str
    units: tuple[Unit, ...]
    more: bool
    mentions: tuple[Mention, ...]
