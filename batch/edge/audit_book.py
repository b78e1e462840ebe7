"""Write a backfill's audit as two sheets of the workbook of its run, and give its control totals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from batch.core.currency import exponent
from batch.edge.audit_records import UNREADABLE, Audit, Key, Sums
from batch.edge.reconciliation_records import BROKEN, HOLDS, Control

SOURCE, SAMPLE = "Source", "Sample"
BLANK, TOTAL = "(blank)", "Total"

_SOURCE_COLUMNS = (
    ("Month", 12),
    ("Location", 14),
    ("Currency", 10),
    ("Lines in the source", 11),
    ("Posted", 11),
    ("Waiting", 11),
    ("Refused as they stand", 11),
    ("Repeated in the file", 11),
    ("With another file", 11),
    ("Posted otherwise", 11),
    ("Units in the source", 11),
    ("Units with a serial", 11),
    ("Serials in the source", 11),
    ("Serials posted", 11),
    ("Amount in the source", 17),
    ("Amount posted", 17),
    ("Verdict", 20),
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
    text, figure = form(num_format="@", indent=1), form(num_format="#,##0")
    page = _page(workbook, SOURCE, _SOURCE_COLUMNS, heading)
    # Its headings take two lines.
    page.set_row(0, 30)
    at = 0
    for at, (key, sums) in enumerate(audit.sums.items(), start=1):
        amounts = tuple((minor / 10 ** _places(key[2]), form(num_format=_money(key[2]))) for minor in _amounts(sums))
        words = ((_said(each, key), text) for each in key)
        _row(page, at, (*words, *((count, figure) for count in _counts(sums)), *amounts, (verdict(key[0], sums), text)))
    bold, sums = form(num_format="#,##0", bold=True), audit.total
    told = (TOTAL, "", "", *_counts(sums), "", "", verdict("", sums))
    _row(page, at + 1, tuple((each, bold) for each in told))
    page.autofilter(0, 0, max(at, 1), len(_SOURCE_COLUMNS) - 1)
    page = _page(workbook, SAMPLE, _SAMPLE_COLUMNS, heading)
    for at, row in enumerate(audit.sample, start=1):
        cells = (row.serial_cell, row.serials, row.document_no, row.status, row.cells)
        _row(page, at, ((row.file_name, text), (row.sheet_row, figure), *((each, text) for each in cells)))


def audit_controls(audit: Audit) -> Iterator[Control]:
    """Give what must hold between the source and the database, over all months."""
    total = audit.total
    whereabouts = (
        (total.posted_lines, "posted"),
        (total.waiting_lines, "waiting"),
        (total.refused_lines, "refused as they stand"),
        (total.repeated_lines, "repeated in the file"),
        (total.other_lines, "with another file, before or since"),
    )
    said = ", ".join(f"{count:,} {what}" for count, what in whereabouts if count)
    yield _control("Rows of the source", total.source_lines, total.found_lines, said)
    as_in_source = total.posted_lines - total.differing_lines
    yield _control("Lines posted as in the source", as_in_source, total.posted_lines, "day, place, item, units, amount")
    yield _control("Serials they name", total.due_serials, total.posted_serials, "each borne by a unit now")


def verdict(month: str, sums: Sums) -> str:
    """Say whether the lines of a month are all there: posted, or waiting for a person."""
    if sums.source_lines != sums.found_lines or sums.differing_lines or sums.due_serials != sums.posted_serials:
        return BROKEN
    if month == UNREADABLE:
        return "not read: see the reasons"
    return "the rest waits" if sums.resting_lines else HOLDS


def _control(what: str, listed: int, recorded: int, note: str) -> Control:
    return Control(what, listed, recorded, HOLDS if listed == recorded else BROKEN, note)


def _counts(sums: Sums) -> tuple[int, ...]:
    return (
        sums.source_lines,
        sums.posted_lines,
        sums.waiting_lines,
        sums.refused_lines,
        sums.repeated_lines,
        sums.other_lines,
        sums.differing_lines,
        sums.source_units,
        sums.posted_units,
        sums.source_serials,
        sums.posted_serials,
    )


def _amounts(sums: Sums) -> tuple[int, int]:
    return sums.source_minor, sums.posted_minor


def _said(word: str, key: Key) -> str:
    return word or ("" if key[0] == UNREADABLE else BLANK)


def _places(currency: str) -> int:
    places = exponent(currency)
    return 2 if places is None else places


def _money(currency: str) -> str:
    places = _places(currency)
    return "#,##0" + ("." + "0" * places if places else "")


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
