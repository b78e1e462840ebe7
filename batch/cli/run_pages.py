"""Draw the list of runs and the page of one run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from batch.cli.output import Figure, figure, shown, table
from batch.cli.printing import amount, blocks_text, example_and_remedy, figure_lines, plural, wrapped
from batch.edge.lookup_records import CodeOfRun, FileOfRun, MemoOfRun, MissingNumbers, RunDetail, RunSummary

_LINES = ("lines_read", "lines_posted", "lines_refused", "lines_skipped")


def runs_page(runs: Sequence[RunSummary]) -> str:
    """List runs, newest first."""
    if not runs:
        return "There are no runs yet. Begin with: serialback run intake FILE"
    headings = ("run", "job", "status", "for", "started (UTC)", "read", "posted", "refused", "skipped")
    return table(
        headings,
        [
            (
                figure(run.run_id),
                run.job,
                run.status,
                run.business_date,
                run.started_at[:16].replace("T", " "),
                *(figure(run.figures[name]) for name in _LINES),
            )
            for run in runs
        ],
    )


def run_page(detail: RunDetail) -> str:
    """Show one run and what it left."""
    run = detail.run
    totals = {total.currency: total.total_minor for total in detail.memo_totals}
    memos = sum(total.memos for total in detail.memo_totals)
    return blocks_text(
        [
            _heading(run),
            figure_lines(run.figures, totals),
            _files(detail.files),
            _memos(detail.memos, memos),
            _codes(detail.exceptions_by_code),
            _missing(detail.missing_numbers),
        ]
    )


def _heading(run: RunSummary) -> Iterator[str]:
    yield f"Run {run.run_id} ({shown(run.job)}, business date {run.business_date}): {run.status}"
    ended = f", finished {run.finished_at} ({run.seconds:.1f} s)" if run.finished_at and run.seconds is not None else ""
    facts = (("on", run.host), ("pid", run.pid), ("version", run.version))
    where = "".join(f", {name} {shown(value)}" for name, value in facts if value)
    yield f"Started {run.started_at}{ended}{where}"
    for name, value in run.parameters.items():
        yield f"  {shown(name)}: {shown(value)}"
    if run.error:
        yield from wrapped("Error: ", run.error)


def _files(files: Sequence[FileOfRun]) -> list[str]:
    rows = [(each.name, each.status.lower(), figure(each.rows_read), each.sheet_name, each.refusal) for each in files]
    return table(("file", "outcome", "rows", "sheet", "refused because"), rows).splitlines() if rows else []


def _memos(memos: Sequence[MemoOfRun], total: int) -> list[str]:
    rows = [
        (
            memo.credit_memo_no,
            memo.document_no,
            memo.customer_code,
            memo.location_code,
            memo.memo_date,
            Figure(amount(memo.total_minor, memo.currency)),
        )
        for memo in memos
    ]
    if not rows:
        return []
    lines = table(("credit memo", "document", "customer", "location", "date", "total"), rows).splitlines()
    return [*lines, f"... and {total - len(memos):,} more"] if total > len(memos) else lines


def _codes(codes: Sequence[CodeOfRun]) -> Iterator[str]:
    for entry in codes:
        warning = " (warning)" if entry.severity == "WARN" else ""
        again = f", {entry.repeated:,} met again" if entry.repeated else ""
        yield f"{entry.code}{warning}: {entry.new:,} new{again}, {entry.open:,} still open"
        example, remedy = example_and_remedy(entry.code, entry.example, entry.remedy)
        yield from wrapped("  e.g. ", example)
        yield from wrapped("  do:  ", remedy)


def _missing(missing: Sequence[MissingNumbers]) -> Iterator[str]:
    for each in missing:
        numbers = f"{each.first_number}"
        if each.last_number != each.first_number:
            numbers += f"-{each.last_number} ({plural(each.last_number - each.first_number + 1, 'number')})"
        reason = "already in the register" if each.reason == "TAKEN" else "lost or skipped"
        yield f"Passed over in sequence {shown(each.sequence_code)}: {numbers}, {reason}"
