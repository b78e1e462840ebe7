"""Put the report of a run into words: figures that add up, memos, reasons with remedies, and where to look further."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from batch.cli.exits import STRICT
from batch.cli.output import Figure, figure, on_terminal, shown, table
from batch.core.codes import REFUSE
from batch.core.currency import major_text
from batch.core.remedies import said_and_remedy
from batch.report import DONE, FAILED, INTERRUPTED, NOOP, REFUSED, CodeCount, FileOutcome, MemoLine, RunReport

_HEADLINES: Final = {
    DONE: "done",
    NOOP: "nothing to do",
    FAILED: "failed; nothing is half done, and it is safe to run again",
    INTERRUPTED: "interrupted; the chunk it was at is finished or rolled back, and the next run completes the rest",
}


def run_text(report: RunReport) -> str:
    """Write the report of a run for people."""
    return blocks_text(
        [
            [_headline(report)],
            [] if report.status == NOOP else figure_lines(report.figures(), report.totals_by_currency),
            _file_lines(report.files),
            memo_lines(report.memos, report.credit_memos),
            code_lines(report.exceptions_by_code),
            [shown(note) for note in report.notes],
            _next_lines(report),
        ]
    )


def quiet_text(report: RunReport) -> str:
    """Write of a run that did not go all well no more than what a person must know: what failed, and where to look."""
    failed = [shown(file.detail) for file in report.files if file.outcome in {REFUSED, FAILED}]
    # Refused lines are business as usual, unless they are what is complained of.
    counts = [
        f"{each.code}: {plural(each.lines, 'line')}" for each in report.exceptions_by_code if each.severity == REFUSE
    ]
    complained_of = report.exit_status == STRICT
    listed = [figure_lines(report.figures(), {})[0], *counts] if complained_of else []
    where = [f"{command:<36}{purpose}" for command, purpose in _next_commands(report)][:1] if complained_of else []
    return "\n".join([_headline(report), *failed, *listed, *where]) + "\n"


def blocks_text(blocks: Iterable[Iterable[str]]) -> str:
    """Put blocks of lines under one another, with a blank line between those that say something."""
    return "\n\n".join("\n".join(lines) for lines in map(list, blocks) if lines) + "\n"


def figure_lines(figures: Mapping[str, int], totals: Mapping[str, int]) -> list[str]:
    """Write the figures of a run, so that a person can add them up; `totals` in minor units by currency."""
    count = {name: f"{value:,}" for name, value in figures.items()}
    credited = "".join(f", {amount(minor, currency)}" for currency, minor in sorted(totals.items()))
    sums = " + ".join(f"{count[f'lines_{what}']} {what}" for what in ("posted", "refused", "skipped"))
    serials = ", ".join(f"{count[f'serials_{what}']} {what}" for what in ("generated", "attached", "adopted"))
    return [
        f"Lines         {count['lines_read']} read = {sums}",
        f"Serials       {serials}",
        f"Credit memos  {count['credit_memos']}{credited}",
        f"Exceptions    {count['exceptions']}, and {plural(figures['warnings'], 'warning')}",
    ]


def memo_lines(memos: Sequence[MemoLine], total: int) -> list[str]:
    """Write the credit memos as a table, and how many more there are."""
    if not memos:
        return []
    rows = [
        (
            memo.credit_memo_no,
            memo.document_no,
            memo.customer_code,
            figure(memo.units),
            Figure(amount(memo.total_minor, memo.currency)),
        )
        for memo in memos
    ]
    lines = table(("credit memo", "document", "customer", "units", "total"), rows).splitlines()
    return [*lines, f"... and {total - len(memos):,} more"] if total > len(memos) else lines


def code_lines(codes: Iterable[CodeCount]) -> list[str]:
    """Write each reason with the lines it concerns, one example and the remedy."""
    lines: list[str] = []
    for entry in codes:
        warning = " (warning)" if entry.severity == "WARN" else ""
        lines.append(f"{entry.code}{warning}: {plural(entry.lines, 'line')}")
        example, remedy = example_and_remedy(entry.code, entry.example_message, entry.remedy)
        lines += wrapped("  e.g. ", example)
        lines += wrapped("  do:  ", remedy)
    return lines


def example_and_remedy(code: str, message: str, remedy: str) -> tuple[str, str]:
    """Part an example from what to do about it, so that this is said once: its own words, else the code's."""
    said, own = said_and_remedy(code, message)
    return (said, own) if said != message else (message, remedy)


def amount(minor: int, currency: str) -> str:
    """Write an amount as people read it: `1,150.00 EUR`."""
    return f"{Decimal(major_text(minor, currency)):,} {currency}"


def plural(count: int, noun: str) -> str:
    """Count things: `1 line`, `2,000 lines`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def wrapped(lead: str, text: str) -> list[str]:
    """Write a lead and a sentence, broken to the terminal's width; in one line where a program reads."""
    plain = lead + shown(text)
    if not on_terminal(sys.stdout):
        return [plain]
    return textwrap.wrap(plain, shutil.get_terminal_size().columns, subsequent_indent=" " * len(lead)) or [plain]


def _headline(report: RunReport) -> str:
    which = f"Run {report.run_id}" if report.run_id is not None else "Dry run"
    what = _HEADLINES[report.status]
    left = sum(file.outcome in {REFUSED, FAILED} for file in report.files)
    if left and report.status == DONE:
        what = f"done, but for {plural(left, 'file')}"
    if report.dry_run and report.status == DONE:
        what += "; nothing was written, no number taken"
    if report.status == NOOP and report.first_run_id is not None:
        what = f"nothing to do: run {report.first_run_id} brought the same content before"
    return f"{which} ({report.job}, business date {report.business_date}): {what} [{report.seconds:.1f} s]"


def _file_lines(files: Sequence[FileOutcome]) -> list[str]:
    rows = [
        (each.name, each.outcome.lower(), figure(each.rows), "; ".join(filter(None, (each.detail, each.not_read))))
        for each in files
    ]
    return table(("file", "outcome", "rows", "detail"), rows).splitlines() if rows else []


def _next_lines(report: RunReport) -> list[str]:
    return [f"{command:<36}{purpose}" for command, purpose in _next_commands(report)]


def _next_commands(report: RunReport) -> Iterator[tuple[str, str]]:
    run_id = report.run_id
    if run_id is None:
        return
    if report.exceptions:
        yield f"serialback exceptions --run {run_id}", "every line that needs a person"
    if report.status == NOOP and report.first_run_id is not None:
        yield f"serialback runs {report.first_run_id}", "what that run did"
    elif report.status != NOOP:
        yield f"serialback runs {run_id}", "this run again, with its files and missing numbers"
