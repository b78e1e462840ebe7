"""Tell how a night went: one line for the log, and what else somebody should know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from batch.cli.output import shown
from batch.cli.printing import amount, plural
from batch.report import DONE, FAILED, INTERRUPTED, NOOP, NightReport

_ENDS: Final = {DONE: "done", NOOP: "nothing to do", FAILED: "failed in part", INTERRUPTED: "interrupted"}


def night_line(report: NightReport) -> str:
    """Write the night in one line."""
    figures = report.figures()
    totals = "".join(f", {amount(minor, code)}" for code, minor in sorted(report.totals_by_currency().items()))
    rehearsed = "Dry run of the night" if report.dry_run else "Night"
    facts = [
        f"{rehearsed} of {report.business_date}: {_ENDS[report.status]}",
        _files(report),
        f"{plural(figures['lines_posted'], 'line')} posted",
        f"{plural(figures['serials_generated'], 'serial')} generated, {figures['serials_attached']:,} attached",
        f"{plural(figures['credit_memos'], 'credit memo')}{totals}",
    ]
    still_open = [] if report.open_exceptions is None else [f"{plural(report.open_exceptions, 'exception')} open"]
    told = [*(facts[:1] if report.status == NOOP else facts), *still_open]
    return f"{'; '.join(told)} [{report.seconds:.1f} s]"


def night_notes(report: NightReport) -> Iterator[str]:
    """Write what went wrong, and what is worth knowing."""
    for part in report.parts:
        if part.error:
            yield f"Error: {part.name}: {shown(part.error)}"
    for problem in report.problems:
        yield f"Error: {shown(problem)}"
    for file in report.files():
        if file.outcome in {"REFUSED", FAILED}:
            yield f"Error: {file.outcome.lower()}: {shown(file.detail)}"
        if file.not_read:
            yield f"Note: {shown(file.name)}: {shown(file.not_read)}"
    for note in report.notes:
        yield f"Note: {shown(note)}"


def _files(report: NightReport) -> str:
    outcomes = [each.outcome.lower() for each in report.files()]
    counted = ", ".join(f"{outcomes.count(each):,} {each}" for each in dict.fromkeys(outcomes))
    return f"{plural(len(outcomes), 'file')}{f' ({counted})' if counted else ''}"
