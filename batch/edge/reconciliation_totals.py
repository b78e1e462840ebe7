"""Set what the reconciliation of a run lists against what the run itself has on record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from batch.core.codes import REFUSE
from batch.core.unit_classes import ADOPTED, ATTACHED, CLASSES, GENERATED, OVER_QUANTITY, SILENT
from batch.edge.iso import iso_date, iso_instant
from batch.edge.reconciliation import left_no_trace
from batch.edge.reconciliation_records import (
    BROKEN,
    EXPLAINED,
    HOLDS,
    Control,
    LineOfRun,
    MemoOfRun,
    Reconciliation,
    RunFacts,
)
from batch.edge.schema import (
    CREDIT_MEMO,
    CREDIT_MEMO_LINE,
    DOCUMENT,
    DOCUMENT_LINE,
    EXCEPTION,
    LINE_UNIT,
    RUN,
)
from batch.report import FIGURES

ROWS_AT_ONCE = 2_000


class Tally:
    """Count what is listed, line by line and memo by memo."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.units: Counter[str] = Counter()
        self.lines: Counter[bool] = Counter()
        self.lines_without_trace = 0
        self.quantity = 0
        self.lines_credited = 0
        self.units_credited = 0
        self.memos = 0
        self.memo_lines = 0
        self.memo_units = 0
        self.totals_by_currency: Counter[str] = Counter()
        self.of_lines_by_currency: Counter[str] = Counter()

    def count_line(self, line: LineOfRun) -> None:
        """Count a line with its units."""
        self.lines[line.posted] += 1
        self.quantity += line.quantity
        if line.credit_memo_no is not None:
            self.lines_credited += 1
            self.units_credited += sum(unit.units for unit in line.units)
        self.lines_without_trace += any(unit.unit_class == SILENT for unit in line.units)
        for unit in line.units:
            self.units[unit.unit_class] += unit.units

    def count_memo(self, memo: MemoOfRun) -> None:
        """Count a memo with its lines."""
        self.memos += 1
        self.memo_lines += memo.lines
        self.memo_units += memo.units
        self.totals_by_currency[memo.currency] += memo.total_minor
        self.of_lines_by_currency[memo.currency] += memo.lines_net_minor + memo.lines_tax_minor


def run_facts(connection: sa.Connection, run_id: int) -> RunFacts | None:
    """Read the run's own row; None if there is no such run."""
    row = connection.execute(sa.select(RUN).where(RUN.c.run_id == run_id)).one_or_none()
    if row is None:
        return None
    return RunFacts(
        run_id=row.run_id,
        job=row.job,
        status=row.status,
        business_date=iso_date(row.business_date),
        started_at=iso_instant(row.started_at),
        finished_at=iso_instant(row.finished_at),
        figures={name: row._mapping[name] for name in FIGURES},
    )


def memos_of_run(connection: sa.Connection, run_id: int) -> Iterator[MemoOfRun]:
    """Read the memos of a run, each with the sums of its lines, in the order of their numbers."""
    memo, line = CREDIT_MEMO.c, CREDIT_MEMO_LINE.c
    rows = connection.execute(
        sa.select(
            memo.credit_memo_no,
            memo.memo_date,
            DOCUMENT.c.document_type,
            DOCUMENT.c.document_no,
            memo.customer_code,
            memo.location_code,
            memo.currency,
            sa.func.count(line.line_id),
            _sum(line.quantity),
            memo.net_minor,
            memo.tax_minor,
            memo.total_minor,
            _sum(line.net_minor),
            _sum(line.tax_minor),
        )
        .join(DOCUMENT, DOCUMENT.c.document_id == memo.document_id)
        .outerjoin(CREDIT_MEMO_LINE, line.credit_memo_id == memo.credit_memo_id)
        .where(memo.run_id == run_id)
        .group_by(memo.credit_memo_id, DOCUMENT.c.document_id)
        .order_by(memo.credit_memo_id),
        execution_options={"yield_per": ROWS_AT_ONCE},
    )
    for row in rows:
        # A sum of BIGINT is NUMERIC on PostgreSQL.
        yield MemoOfRun(row[0], iso_date(row[1]), *row[2:7], *map(int, row[7:]))


def _sum(column: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(column), 0)


def reconciled(
    connection: sa.Connection, run: RunFacts, tally: Tally, of_source: Iterable[Control] = ()
) -> Reconciliation:
    """Draw up the control totals; a backfill has some of its source."""
    controls = [*_of_lines(connection, run, tally), *_of_serials(run, tally), *_of_memos(run, tally), *of_source]
    return Reconciliation(run, {name: tally.units[name] for name in CLASSES}, controls)


def _of_lines(connection: sa.Connection, run: RunFacts, tally: Tally) -> Iterator[Control]:
    figures = run.figures
    read, posted, refused, skipped = (figures[f"lines_{what}"] for what in ("read", "posted", "refused", "skipped"))
    without_trace = _goods_without_trace(connection, run.run_id)
    yield _control(
        "Lines posted", tally.lines[True], posted, explained=without_trace, of_others=tally.lines_without_trace
    )
    yield _control("Lines refused", tally.lines[False], refused, explained=_judged_again(connection, run.run_id))
    said = f"and {skipped:,} skipped, which are not listed: on file before and unchanged, or sales on an invoice"
    yield _control("Lines posted, refused and skipped", posted + refused + skipped, read, said)
    within = sum(count for name, count in tally.units.items() if name != OVER_QUANTITY)
    yield _control("Units of these lines", within, tally.quantity, f'all classes but "{OVER_QUANTITY}"')


def _of_serials(run: RunFacts, tally: Tally) -> Iterator[Control]:
    for unit_class in (GENERATED, ATTACHED, ADOPTED):
        yield _control(f"Serials {unit_class}", tally.units[unit_class], run.figures[f"serials_{unit_class}"])


def _of_memos(run: RunFacts, tally: Tally) -> Iterator[Control]:
    yield _control("Credit memos", tally.memos, run.figures["credit_memos"])
    yield _control("Lines credited", tally.lines_credited, tally.memo_lines)
    yield _control("Units credited", tally.units_credited, tally.memo_units)
    for currency, total in sorted(tally.totals_by_currency.items()):
        of_lines = tally.of_lines_by_currency[currency]
        yield Control(f"Credited in {currency}", of_lines, total, _verdict(of_lines == total), currency=currency)


def _control(
    what: str, listed: int, recorded: int, note: str = "", *, explained: tuple[int, str] = (0, ""), of_others: int = 0
) -> Control:
    """Set two counts against each other.

    So many as `explained` says may be on record and not listed, and so many listed may be of others, for that reason.
    """
    unlisted = recorded - listed
    if 0 < unlisted <= explained[0]:
        return Control(what, listed, recorded, EXPLAINED, f"{unlisted:,} not listed: {explained[1]}")
    if 0 < -unlisted <= of_others:
        return Control(what, listed, recorded, EXPLAINED, f"{-unlisted:,} listed of an earlier run: {explained[1]}")
    return Control(what, listed, recorded, _verdict(unlisted == 0), note)


def _verdict(holds: bool) -> str:  # noqa: FBT001 - the one thing it is asked
    return HOLDS if holds else BROKEN


def _goods_without_trace(connection: sa.Connection, run_id: int) -> tuple[int, str]:
    """Count lines that any run may have posted without a serial or a memo to tell which run it was."""
    line = DOCUMENT_LINE.c
    with_a_serial = sa.select(LINE_UNIT.c.line_id).where(LINE_UNIT.c.serial_id.is_not(None))
    counted = (
        sa.select(sa.func.count())
        .select_from(DOCUMENT_LINE)
        .join(DOCUMENT, DOCUMENT.c.document_id == line.document_id)
        .where(*left_no_trace(), sa.func.coalesce(DOCUMENT.c.last_run_id, 0) != run_id)
    )
    received_since = (
        sa.select(sa.func.count())
        .select_from(CREDIT_MEMO_LINE)
        .join(CREDIT_MEMO, CREDIT_MEMO.c.credit_memo_id == CREDIT_MEMO_LINE.c.credit_memo_id)
        .join(DOCUMENT, DOCUMENT.c.document_id == CREDIT_MEMO.c.document_id)
        .where(CREDIT_MEMO.c.run_id > run_id, DOCUMENT.c.document_type == "CREDIT_ORDER")
        .where(~sa.exists(with_a_serial.where(LINE_UNIT.c.line_id == CREDIT_MEMO_LINE.c.line_id)))
    )
    reason = "goods without serials on a slip that writes no memo bear no mark of their run but the slip's last"
    return connection.scalars(counted).one() + connection.scalars(received_since).one(), reason


def _judged_again(connection: sa.Connection, run_id: int) -> tuple[int, str]:
    """Count lines refused before this run and after it: their exceptions bear those runs' marks alone."""
    exception = EXCEPTION.c
    counted = (
        sa.select(sa.func.count())
        .select_from(EXCEPTION)
        .where(exception.severity == REFUSE, exception.run_id < run_id, exception.last_run_id > run_id)
    )
    return connection.scalars(counted).one(), "later runs refused these lines again, and list them"
