"""Say how a run went: the record a runner returns and the protocol by which it tells its progress.

Pure values: nothing here reads a database, so that a report can be printed, kept or compared anywhere.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol

DONE: Final = "DONE"
NOOP: Final = "NOOP"
FAILED: Final = "FAILED"
INTERRUPTED: Final = "INTERRUPTED"

LANDED: Final = "LANDED"
REFUSED: Final = "REFUSED"
DUPLICATE: Final = "DUPLICATE"

# The names of the ten figures of the `run` table, in its order.
FIGURES: Final = (
    "lines_read",
    "lines_posted",
    "lines_refused",
    "lines_skipped",
    "serials_generated",
    "serials_attached",
    "serials_adopted",
    "credit_memos",
    "exceptions",
    "warnings",
)


@dataclasses.dataclass(frozen=True, slots=True)
class MemoLine:
    """One credit memo a run wrote; `total_minor` in whole minor units of `currency`."""

    credit_memo_no: str
    document_no: str
    customer_code: str
    currency: str
    total_minor: int
    units: int


@dataclasses.dataclass(frozen=True, slots=True)
class CodeCount:
    """One exception code of a run: on how many lines, with one example and what to do about it."""

    code: str
    severity: str
    lines: int
    example_message: str
    remedy: str


@dataclasses.dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file handed in: LANDED, REFUSED, DUPLICATE or (by a fault of ours) FAILED, and why."""

    name: str
    outcome: str
    rows: int
    detail: str = ""
    # Of a landed file: which columns or sheets were not read.
    not_read: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """How one run went. `run_id` is None in a dry run, `first_run_id` is set where nothing was left to do."""

    run_id: int | None
    job: str
    status: str
    dry_run: bool
    business_date: dt.date
    started_at: dt.datetime
    finished_at: dt.datetime
    lines_read: int = 0
    lines_posted: int = 0
    lines_refused: int = 0
    lines_skipped: int = 0
    serials_generated: int = 0
    serials_attached: int = 0
    serials_adopted: int = 0
    credit_memos: int = 0
    exceptions: int = 0
    warnings: int = 0
    memos: tuple[MemoLine, ...] = ()
    totals_by_currency: Mapping[str, int] = dataclasses.field(default_factory=lambda: MappingProxyType({}))
    exceptions_by_code: tuple[CodeCount, ...] = ()
    files: tuple[FileOutcome, ...] = ()
    first_run_id: int | None = None
    notes: tuple[str, ...] = ()
    exit_status: int = 0

    def __post_init__(self) -> None:
        """Insist that every line read is accounted for."""
        accounted = self.lines_posted + self.lines_refused + self.lines_skipped
        assert self.lines_read == accounted, f"{self.lines_read} lines read, {accounted} accounted for"

    @property
    def seconds(self) -> float:
        """Give the time the run took."""
        return (self.finished_at - self.started_at).total_seconds()

    def figures(self) -> dict[str, int]:
        """Give the ten figures by the names of the `run` table."""
        return {name: getattr(self, name) for name in FIGURES}

    def to_json(self) -> dict[str, object]:
        """Give the report as plain JSON values: instants as ISO 8601 in UTC, amounts in minor units."""
        return {
            "run_id": self.run_id,
            "job": self.job,
            "status": self.status,
            "dry_run": self.dry_run,
            "business_date": self.business_date.isoformat(),
            "started_at": _instant(self.started_at),
            "finished_at": _instant(self.finished_at),
            "seconds": round(self.seconds, 3),
            **self.figures(),
            "memos": [dataclasses.asdict(memo) for memo in self.memos],
            "totals_by_currency": dict(self.totals_by_currency),
            "exceptions_by_code": [dataclasses.asdict(entry) for entry in self.exceptions_by_code],
            "files": [dataclasses.asdict(entry) for entry in self.files],
            "first_run_id": self.first_run_id,
            "notes": list(self.notes),
            "exit_status": self.exit_status,
        }


@dataclasses.dataclass(frozen=True, slots=True)
class NightPart:
    """One part of a night: the report of its run, or why there is none."""

    name: str
    report: RunReport | None
    error: str = ""
    exit_status: int = 0

    def to_json(self) -> dict[str, object]:
        """Give the part as plain JSON values."""
        told = self.report.to_json() if self.report else {"status": FAILED, "exit_status": self.exit_status}
        return {"part": self.name, **told, **({"error": self.error} if self.error else {})}


# What ends a night, since nothing after it could be done; then what matters most.
_WORST_FIRST: Final = (143, 130, 69, 78, 1, 4, 75, 65, 3)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NightReport:
    """How a whole night went. `open_exceptions` are those open when it was over; None where nobody could count them."""

    business_date: dt.date
    dry_run: bool
    started_at: dt.datetime
    finished_at: dt.datetime
    parts: tuple[NightPart, ...]
    open_exceptions: int | None
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def exit_status(self) -> int:
        """Give the worst exit status of the parts; a problem outside of them counts as a failure."""
        told = {part.exit_status for part in self.parts} | ({1} if self.problems else set())
        worst = next((status for status in _WORST_FIRST if status in told), 0)
        # Whatever else a part has ended with is a failure.
        return worst or int(any(told))

    @property
    def status(self) -> str:
        """Say how the night ended, in the words of a run."""
        if self.exit_status in {143, 130}:
            return INTERRUPTED
        if self.problems or any(part.report is None for part in self.parts):
            return FAILED
        return DONE if any(report.status != NOOP for report in self.reports) else NOOP

    @property
    def reports(self) -> tuple[RunReport, ...]:
        """Give the reports of the runs there were."""
        return tuple(part.report for part in self.parts if part.report)

    @property
    def seconds(self) -> float:
        """Give the time the night took."""
        return (self.finished_at - self.started_at).total_seconds()

    def figures(self) -> dict[str, int]:
        """Add up the figures of the runs; what was refused in one and tried again in another counts in both."""
        return {name: sum(getattr(report, name) for report in self.reports) for name in FIGURES}

    def totals_by_currency(self) -> dict[str, int]:
        """Add up what was credited, in minor units."""
        totals: dict[str, int] = {}
        for report in self.reports:
            for currency, minor in report.totals_by_currency.items():
                totals[currency] = totals.get(currency, 0) + minor
        return totals

    def files(self) -> tuple[FileOutcome, ...]:
        """Give what became of the files of the inbox."""
        return tuple(each for report in self.reports for each in report.files)

    def to_json(self) -> dict[str, object]:
        """Give the report as plain JSON values."""
        return {
            "job": "nightly",
            "status": self.status,
            "dry_run": self.dry_run,
            "business_date": self.business_date.isoformat(),
            "started_at": _instant(self.started_at),
            "finished_at": _instant(self.finished_at),
            "seconds": round(self.seconds, 3),
            **self.figures(),
            "totals_by_currency": self.totals_by_currency(),
            "files": [dataclasses.asdict(entry) for entry in self.files()],
            "open_exceptions": self.open_exceptions,
            "runs": [part.to_json() for part in self.parts],
            "notes": list(self.notes),
            "problems": list(self.problems),
            "exit_status": self.exit_status,
        }


class Progress(Protocol):
    """What a run tells about where it stands: one step at a time, begun, advanced and finished."""

    def start(self, label: str, total: int | None) -> None:
        """Begin a step of `total` lines (None: not known); a step still open is finished first."""

    def advance(self, n: int) -> None:
        """Count `n` more lines of the step as done."""

    def finish(self) -> None:
        """End the step; harmless where none is open."""


class _NoProgress:
    def start(self, label: str, total: int | None) -> None:
        """Say nothing."""

    def advance(self, n: int) -> None:
        """Say nothing."""

    def finish(self) -> None:
        """Say nothing."""


NO_PROGRESS: Final[Progress] = _NoProgress()


def _instant(value: dt.datetime) -> str:
    return value.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
