"""Hold what is looked up about runs and exceptions: text, whole numbers and nothing, ready to be sent as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run with its ten figures; `seconds` is None while it has not finished."""

    run_id: int
    job: str
    status: str
    business_date: str
    started_at: str
    finished_at: str | None
    seconds: float | None
    figures: Mapping[str, int]
    parameters: Mapping[str, object]
    error: str | None
    version: str
    host: str
    pid: int | None


@dataclass(frozen=True, slots=True)
class CodeOfRun:
    """The exceptions of one code that a run wrote (`new`) or met again (`repeated`), and how many are open now."""

    code: str
    severity: str
    new: int
    repeated: int
    open: int
    example: str
    remedy: str


@dataclass(frozen=True, slots=True)
class MemoOfRun:
    """One credit memo a run wrote; amounts in minor units of `currency`."""

    credit_memo_no: str
    memo_date: str
    document_type: str
    document_no: str
    customer_code: str
    location_code: str
    currency: str
    net_minor: int
    tax_minor: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class MemoTotal:
    """What a run credited in one currency, in its minor units."""

    currency: str
    memos: int
    net_minor: int
    tax_minor: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class FileOfRun:
    """One file a run landed or refused."""

    intake_file_id: int
    name: str
    status: str
    size_bytes: int
    rows_read: int
    sheet_name: str | None
    refusal: str | None
    sha256: str
    landed_at: str


@dataclass(frozen=True, slots=True)
class MissingNumbers:
    """A range of numbers that a run passed over, and why."""

    sequence_code: str
    first_number: int
    last_number: int
    reason: str
    recorded_at: str


@dataclass(frozen=True, slots=True)
class RunDetail:
    """One run and what it left; the lists may be cut short, the totals are of all."""

    run: RunSummary
    exceptions_by_code: tuple[CodeOfRun, ...]
    memo_totals: tuple[MemoTotal, ...]
    memos: tuple[MemoOfRun, ...]
    files: tuple[FileOfRun, ...]
    missing_numbers: tuple[MissingNumbers, ...]


@dataclass(frozen=True, slots=True)
class ExceptionFilter:
    """Which exceptions are wanted; None means any. Unless told otherwise, the open ones.

    A run's exceptions are those it wrote and those it was the last to meet.
    """

    run_id: int | None = None
    code: str | None = None
    status: str | None = "OPEN"
    document_no: str | None = None


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """One exception as people read it; its age is in whole days, up to its end if it has ended."""

    exception_id: int
    run_id: int
    last_run_id: int
    code: str
    severity: str
    status: str
    document_type: str | None
    document_no: str | None
    line_no: int | None
    unit_no: int | None
    file_name: str | None
    sheet_row: int | None
    message: str
    remedy: str
    evidence: Mapping[str, object]
    note: str | None
    created_at: str
    resolved_at: str | None
    resolved_run_id: int | None
    age_days: int


@dataclass(frozen=True, slots=True)
class AgeBand:
    """The open exceptions of one code, counted by age."""

    code: str
    severity: str
    exceptions: int
    under_1_day: int
    under_7_days: int
    under_30_days: int
    older: int
    oldest_at: str
    oldest_days: int
