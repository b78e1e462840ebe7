"""Write the reconciliation of a run as a workbook: totals, memos, and every unit, as they are read."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

import sqlalchemy as sa
import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from batch.core.currency import exponent, major_text
from batch.core.document_names import DOCUMENT_WORDS
from batch.core.unit_classes import CLASSES, POSTED_CLASSES
from batch.edge.audit import audit
from batch.edge.audit_book import CELL_TEXT, audit_controls, write_audit
from batch.edge.audit_records import Audit
from batch.edge.lookup_run import no_such_run
from batch.edge.new_file import new_file
from batch.edge.reconciliation import lines_of_run
from batch.edge.reconciliation_records import BROKEN, EXPLAINED, LineOfRun, MemoOfRun, Reconciliation, RunFacts
from batch.edge.reconciliation_totals import Tally, memos_of_run, reconciled, run_facts
from batch.errors import SerialbackError
from batch.report import NO_PROGRESS, Progress

# A sheet ends here, the headings included; what is more goes on the next one.
SHEET_ROWS = 1_048_576
ROWS_A_STEP = 500

Row = TypeVar("Row")

TOTALS, MEMOS, UNITS = "Totals", "Memos", "Units"

# The heading of each column, its width, and whether it holds figures.
UNIT_COLUMNS = (
    ("Class", 20, False),
    ("Units", 7, True),
    ("Serial #", 20, False),
    ("Mfr Serial #", 20, False),
    ("Item", 14, False),
    ("Type", 14, False),
    ("Document #", 14, False),
    ("Line #", 7, True),
    ("Unit", 6, True),
    ("Credit Memo", 16, False),
    ("Area", 14, False),
    ("File", 24, False),
    ("Sheet Row", 10, True),
    ("Code", 34, False),
    ("What is wrong, and what to do", 90, False),
)
MEMO_COLUMNS = (
    ("Credit Memo", 16, False),
    ("Date", 11, False),
    ("Type", 14, False),
    ("Document #", 14, False),
    ("Customer", 14, False),
    ("Location", 12, False),
    ("Lines", 7, True),
    ("Units", 7, True),
    ("Currency", 9, False),
    ("Net", 13, True),
    ("Tax", 12, True),
    ("Total", 13, True),
)

_FAINT, _INK, _BAD, _GOOD = "#F2F5F9", "#1F3A5F", "#B00020", "#1B7A3D"


def write_reconciliation(
    connection: sa.Connection,
    run_id: int,
    path: Path,
    *,
    overwrite: bool = False,
    progress: Progress = NO_PROGRESS,
) -> Reconciliation:
    """Write the workbook of a run, row by row as its units are read, and give how it came out."""
    run = run_facts(connection, run_id)
    if run is None:
        raise no_such_run(run_id)
    tally = Tally()
    with new_file(path, overwrite=overwrite) as part, _told(path), _Book(part, run) as book:
        progress.start("Memos", run.figures["credit_memos"])
        for memo in _watched(memos_of_run(connection, run_id), progress):
            tally.count_memo(memo)
            book.memo(memo)
        progress.start("Lines", run.figures["lines_posted"] + run.figures["lines_refused"])
        for line in _watched(lines_of_run(connection, run_id), progress):
            tally.count_line(line)
            book.line(line)
        progress.finish()
        audited = audit(connection, run_id, progress)
        found = reconciled(connection, run, tally, () if audited is None else audit_controls(audited))
        book.totals(found)
        if audited is not None:
            book.audit(audited)
    return found


class _Book:
    """The workbook while it is written: rows leave memory as the next one comes."""

    def __init__(self, part: Path, run: RunFacts) -> None:
        """Begin the sheets in the order in which people leaf through them."""
        self._book: Any = xlsxwriter.Workbook(str(part), {"constant_memory": True})
        self._book.set_size(2400, 1400)
        title = f"Run {run.run_id}: every unit, in one class each"
        self._book.set_properties({"title": title, "created": dt.datetime.fromisoformat(run.started_at)})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        # Set in a little, or it would touch the figures of the column before.
        self._text = self._format(num_format="@", indent=1)
        self._figure = self._format(num_format="#,##0")
        self._totals = self._book.add_worksheet(TOTALS)
        self._refused = self._format(num_format="@", font_color=_BAD, indent=1)
        headings = (self._heading(indent=1), self._heading(align="right"))
        self._memos = _Rows(self._book, MEMOS, MEMO_COLUMNS, headings)
        self._units = _Rows(self._book, UNITS, UNIT_COLUMNS, headings)

    def __enter__(self) -> Self:
        """Give the book."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Put the file together, unless it is to be thrown away."""
        if kind is None:
            self._memos.finish()
            self._units.finish()
            self._book.close()
        else:
            # Else it would be put together, and warned about, when the object goes.
            self._book.fileclosed = 1

    def line(self, line: LineOfRun) -> None:
        """Write the units of a line, a row each."""
        text, figure, write = self._text, self._figure, self._units.write
        kind = DOCUMENT_WORDS.get(line.document_type or "", line.document_type)
        for unit in line.units:
            write(
                (
                    (unit.unit_class, text if line.posted else self._refused),
                    (unit.units, figure),
                    (unit.serial_no, text),
                    (unit.mfr_serial_no, text),
                    (line.item_code, text),
                    (kind, text),
                    (line.document_no, text),
                    (line.line_no, figure),
                    (unit.unit_no, figure),
                    (line.credit_memo_no, text),
                    (unit.area_code, text),
                    (line.file_name, text),
                    (line.sheet_row, figure),
                    (unit.code, text),
                    (unit.reason, text),
                )
            )

    def memo(self, memo: MemoOfRun) -> None:
        """Write a memo, its amounts in major units of its currency."""
        text, figure = self._text, self._figure
        money = self._money(memo.currency)
        self._memos.write(
            (
                (memo.credit_memo_no, text),
                (memo.memo_date, text),
                (DOCUMENT_WORDS.get(memo.document_type, memo.document_type), text),
                (memo.document_no, text),
                (memo.customer_code, text),
                (memo.location_code, text),
                (memo.lines, figure),
                (memo.units, figure),
                (memo.currency, text),
                *(
                    (_major(minor, memo.currency), money)
                    for minor in (memo.net_minor, memo.tax_minor, memo.total_minor)
                ),
            )
        )

    def totals(self, found: Reconciliation) -> None:
        """Write the page that says what there is, and whether it adds up."""
        page = self._totals
        page.hide_gridlines(2)
        for column, width in enumerate((34, 16, 16, 18, 90)):
            page.set_column(column, column, width)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        for at, row in enumerate(self._totals_rows(found)):
            for column, (value, form) in enumerate(row):
                _put(page, at, column, value, form)

    def audit(self, found: Audit) -> None:
        """Write what a backfill's source holds beside what the database does."""
        write_audit(self._book, found, self._format, self._heading(text_wrap=True, valign="top", indent=1))

    def _totals_rows(self, found: Reconciliation) -> Iterator[Sequence[tuple[object, Any]]]:
        run, bold, plain = found.run, self._format(bold=True), self._format(text_wrap=False)
        big = self._format(bold=True, font_size=14, font_color=_INK)
        verdict = self._format(bold=True, font_color=_BAD if found.broken else _GOOD)
        yield ((f"Run {run.run_id} ({run.job}), business date {run.business_date}: {run.status}", big),)
        yield ((f"Started {run.started_at}, finished {run.finished_at or 'not yet'} (UTC)", plain),)
        yield ((found.verdict, verdict),)
        yield ()
        heading, right = self._heading(), self._heading(align="right")
        yield (("Class", heading), ("Units", right), ("", heading), ("", heading), ("Meaning", heading))
        for name, count in found.units_by_class.items():
            colour = self._format(bold=bool(count), font_color=_INK if name in POSTED_CLASSES or not count else _BAD)
            yield ((name, colour), (count, self._figure), (None, None), (None, None), (CLASSES[name], plain))
        yield (("All units", bold), (sum(found.units_by_class.values()), self._format(num_format="#,##0", bold=True)))
        yield ()
        yield (
            ("Control total", heading),
            ("In these sheets", right),
            ("On record", right),
            ("Verdict", self._heading(indent=1)),
            ("Note", heading),
        )
        for control in found.controls:
            form = self._figure if control.currency is None else self._money(control.currency)
            values = (control.listed, control.recorded)
            shown = values if control.currency is None else [_major(minor, control.currency) for minor in values]
            colour = {BROKEN: _BAD, EXPLAINED: _INK}.get(control.verdict, _GOOD)
            yield (
                (control.what, bold),
                *((value, form) for value in shown),
                (control.verdict, self._format(bold=True, font_color=colour, indent=1)),
                (control.note, plain),
            )

    def _heading(self, **more: Any) -> Any:
        return self._format(bold=True, font_color="#FFFFFF", bg_color=_INK, border=1, border_color=_FAINT, **more)

    def _money(self, currency: str) -> Any:
        decimals = exponent(currency)
        places = 2 if decimals is None else decimals
        return self._format(num_format="#,##0" + ("." + "0" * places if places else ""))

    def _format(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"font_name": "Arial", "font_size": 10} | properties)
        return self._formats[key]


class _Rows:
    """Rows under headings, on as many sheets as they need."""

    def __init__(self, book: Any, name: str, columns: Sequence[tuple[str, int, bool]], headings: Sequence[Any]) -> None:
        """Begin the first sheet."""
        self._book, self._name, self._columns, self._headings = book, name, columns, headings
        self._sheets = 0
        self._begin()

    def write(self, cells: Sequence[tuple[object, Any]]) -> None:
        """Write one row."""
        if self._at == SHEET_ROWS:
            self.finish()
            self._begin()
        for column, (value, form) in enumerate(cells):
            if value is not None:
                _put(self._page, self._at, column, value, form)
        self._at += 1

    def finish(self) -> None:
        """Let the last sheet be filtered by its headings."""
        self._page.autofilter(0, 0, max(self._at - 1, 1), len(self._columns) - 1)

    def _begin(self) -> None:
        self._sheets += 1
        self._page = self._book.add_worksheet(self._name if self._sheets == 1 else f"{self._name} {self._sheets}")
        self._page.freeze_panes(1, 0)
        self._page.set_landscape()
        self._page.fit_to_pages(1, 0)
        self._page.repeat_rows(0)
        for column, (name, width, figures) in enumerate(self._columns):
            self._page.set_column(column, column, width)
            self._page.write_string(0, column, name, self._headings[figures])
        self._at = 1


def _watched(rows: Iterable[Row], progress: Progress) -> Iterator[Row]:
    """Pass rows on, telling how far they have come only now and then: drawing a bar costs more than a row."""
    for count, row in enumerate(rows, start=1):
        yield row
        if count % ROWS_A_STEP == 0:
            progress.advance(ROWS_A_STEP)


def _put(page: Any, row: int, column: int, value: object, form: Any) -> None:
    """Write a cell by its kind: text is text, whatever it begins with."""
    if isinstance(value, int | float):
        page.write_number(row, column, value, form)
    elif value:
        page.write_string(row, column, str(value)[:CELL_TEXT], form)
    elif form is not None:
        page.write_blank(row, column, None, form)


def _major(minor: int, currency: str) -> float:
    return float(major_text(minor, currency))


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except XlsxWriterException as error:
        raise SerialbackError(f"{path} cannot be written: {error}.") from error
