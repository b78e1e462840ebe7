"""Write a backfill's audit as two sheets of the workbook of its run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from batch.core.currency import exponent
from batch.edge.audit import UNREADABLE, Audit, Sums

SOURCE, SAMPLE = "Source", "Sample"

_SOURCE_COLUMNS = (
    ("Month", 12),
    ("Location", 14),
    ("Currency", 10),
    ("Lines in the source", 12),
    ("Lines posted", 12),
    ("Lines waiting", 12),
    ("Units in the source", 12),
    ("Units with a serial", 12),
    ("Amount in the source", 18),
    ("Amount posted", 18),
    ("Verdict", 18),
)
_SAMPLE_COLUMNS = (
    ("File", 24),
    ("Row", 8),
    ("Serial in the source", 24),
    ("Serial now", 24),
    ("Document #", 18),
    ("Line is", 20),
    ("All cells of the source", 120),
)
CELL_TEXT = 32_767


def write_audit(workbook: Any, audit: Audit, form: Callable[..., Any], heading: Any) -> None:
    """Write the sums by month and location, and the sampled rows."""
    text, figure = form(num_format="@"), form(num_format="#,##0")
    page = _page(workbook, SOURCE, _SOURCE_COLUMNS, heading)
    for at, ((month, location, currency), sums) in enumerate(audit.sums.items(), start=1):
        places = exponent(currency)
        decimals = 2 if places is None else places
        money = form(num_format="#,##0" + ("." + "0" * decimals if decimals else ""))
        amounts = ((minor / 10**decimals, money) for minor in (sums.source_minor, sums.posted_minor))
        counts = (
            sums.source_lines,
            sums.posted_lines,
            sums.waiting_lines,
            sums.source_units,
            sums.posted_units,
        )
        words = ((month, text), (location, text), (currency, text))
        _row(page, at, (*words, *((count, figure) for count in counts), *amounts, (verdict(month, sums), text)))
    page = _page(workbook, SAMPLE, _SAMPLE_COLUMNS, heading)
    for at, row in enumerate(audit.sample, start=1):
        told = (row.serial_cell, row.serials, row.document_no, row.status, row.cells)
        _row(page, at, ((row.file_name, text), (row.sheet_row, figure), *((each, text) for each in told)))


def verdict(month: str, sums: Sums) -> str:
    """Say whether the lines of a month are all there: posted, or waiting for a person."""
    if month == UNREADABLE:
        return "not read: see the reasons"
    if sums.source_lines != sums.posted_lines + sums.waiting_lines:
        return "DOES NOT ADD UP"
    if sums.waiting_lines:
        return "the rest waits"
    return "adds up" if sums.source_minor == sums.posted_minor else "DOES NOT ADD UP"


def _page(workbook: Any, name: str, columns: Sequence[tuple[str, int]], heading: Any) -> Any:
    page = workbook.add_worksheet(name)
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    for column, (words, width) in enumerate(columns):
        page.set_column(column, column, width)
        page.write_string(0, column, words, heading)
    return page


def _row(page: Any, at: int, cells: Sequence[tuple[object, Any]]) -> None:
    """Write a row: text is text, whatever it begins with."""
    for column, (value, form) in enumerate(cells):
        if isinstance(value, int | float):
            page.write_number(at, column, value, form)
        elif value:
            page.write_string(at, column, str(value)[:CELL_TEXT], form)
