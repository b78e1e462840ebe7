"""List exceptions and close them by decision."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import click

from batch.cli.invocation import Invocation, asks, invocation
from batch.cli.output import Figure, figure, say, say_json, table
from batch.cli.printing import blocks_text, plural, wrapped
from batch.cli.report import OVERWRITE
from batch.cli.workbooks import export
from batch.core.codes import CATALOGUE
from batch.core.correction_words import parted
from batch.core.document_names import document_words
from batch.edge.lookup_records import AgeBand, ExceptionFilter, ExceptionRow

LIMIT = 200


class CodeType(click.ParamType[str]):
    """An exception code, in any case."""

    name = "code"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Show what is meant."""
        return "CODE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Take a code of the catalogue."""
        code = str(value).strip().upper()
        if code not in CATALOGUE:
            self.fail(f"{value} is not an exception code; `serialback codes` lists them all.", param, ctx)
        return code


@click.command()
@click.option(
    "--run", "run_id", type=click.IntRange(min=1), metavar="N", help="Only those that this run raised, or met again."
)
@click.option("--code", type=CodeType(), help="Only those of this code.")
@click.option("--document", "document_no", metavar="NUMBER", help="Only those of this document.")
@click.option(
    "--status",
    type=click.Choice(["open", "resolved", "waived", "all"], case_sensitive=False),
    default="open",
    show_default=True,
    help="Only those of this status.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=LIMIT,
    show_default=True,
    help="List at most this many, oldest first.",
)
@click.option("--ages", is_flag=True, help="Count the open ones of each code by how old they are; takes no filter.")
@click.option(
    "--export",
    "export_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.xlsx",
    help="Write the open ones as a workbook to correct and hand in again; goes with --run and --code.",
)
@OVERWRITE
@asks("database", "config", "json", "quiet")
def exceptions(  # noqa: PLR0917 - click passes every option by name
    run_id: int | None,
    code: str | None,
    document_no: str | None,
    status: str,
    limit: int,
    export_file: Path | None,
    *,
    ages: bool,
    overwrite: bool,
) -> None:
    """List the lines that need a person, with the reason, what to do, and for how long they have waited.

    With --quiet, nothing is printed where there is none.

    \b
    Example:
      serialback exceptions
      serialback exceptions --ages
      serialback exceptions --run 7 --code MFR_SERIAL_AMBIGUOUS
      serialback exceptions --document R-1001 --status all
      serialback exceptions --run 7 --export to-correct.xlsx
    """
    if export_file is not None:
        if ages or document_no is not None or status.lower() != "open":
            raise click.UsageError("--export writes the open exceptions; it goes with --run and --code only.")
        export(export_file, run_id, code, overwrite=overwrite)
        return
    from batch.edge.database import read_only
    from batch.edge.lookup_run import check_run
    from batch.edge.lookups import count_exceptions, list_exceptions

    wanted = ExceptionFilter(
        run_id=run_id, code=code, document_no=document_no, status=None if status == "all" else status.upper()
    )
    asked = invocation()
    if ages:
        if wanted != ExceptionFilter():
            raise click.UsageError("--ages counts all open exceptions; it goes with no other filter.")
        _say_ages(asked)
        return
    with read_only(asked.open()) as connection:
        if run_id is not None:
            check_run(connection, run_id)
        rows = list_exceptions(connection, wanted, now=dt.datetime.now(dt.UTC), limit=limit)
        total = count_exceptions(connection, wanted)
    if asked.json:
        say_json({"total": total, "exceptions": [dataclasses.asdict(row) for row in rows]})
    elif rows or not asked.quiet:
        say(_exceptions_text(rows, total, status))


@click.command()
@click.argument("ids", nargs=-1, required=True, type=click.IntRange(min=1), metavar="ID...")
@click.option("--note", required=True, metavar="TEXT", help="Why; it is kept with the exception.")
@asks("database", "config", "json", "quiet")
def waive(ids: tuple[int, ...], note: str) -> None:
    """Close exceptions by decision: they are not to be corrected, and the note says why.

    \b
    Example:
      serialback waive 12 13 --note "scrapped at the counter, see mail of 31 March"
    """
    from batch.edge.database import transaction
    from batch.edge.waive import waive as close

    asked = invocation()
    with transaction(asked.open()) as connection:
        done = close(connection, ids, note, dt.datetime.now(dt.UTC))
    if asked.json:
        say_json(dataclasses.asdict(done))
    elif not asked.quiet:
        before = f"; {len(done.closed_before):,} closed before" if done.closed_before else ""
        say(f"{plural(len(done.waived), 'exception')} waived{before}.")


def _say_ages(asked: Invocation) -> None:
    from batch.edge.database import read_only
    from batch.edge.lookups import open_exception_ages

    with read_only(asked.open()) as connection:
        bands = open_exception_ages(connection, now=dt.datetime.now(dt.UTC))
    if asked.json:
        say_json(
            {"total": sum(band.exceptions for band in bands), "ages": [dataclasses.asdict(band) for band in bands]}
        )
    elif bands or not asked.quiet:
        say(_ages_text(bands))


def _ages_text(bands: list[AgeBand]) -> str:
    if not bands:
        return "There are no open exceptions."
    headings = ("code", "open", "under 1 day", "under 7", "under 30", "older", "oldest")
    rows = [
        (
            band.code,
            *map(figure, (band.exceptions, band.under_1_day, band.under_7_days, band.under_30_days, band.older)),
            _age(band.oldest_days),
        )
        for band in bands
    ]
    return table(headings, rows)


def _exceptions_text(rows: list[ExceptionRow], total: int, status: str) -> str:
    kind = "" if status == "all" else f"{status} "
    if not rows:
        return f"There are no {kind}exceptions of this kind."
    # What was said of a cell tells what to type into it; only what the code itself advises is said once for all.
    told = [(row, *parted(row.code, row.message, row.sheet_row)) for row in rows]
    headings = ("id", "code", "status", "age", "document", "line", "unit", "found at", "message")
    listed = table(headings, [_cells(row, said, remedy) for row, said, remedy in told])
    advised = sorted({row.code for row, _, remedy in told if remedy == row.remedy})
    remedies = [line for code in advised for line in wrapped(f"  {code}: ", CATALOGUE[code].remedy)]
    more = f"; the oldest {len(rows):,} are listed" if total > len(rows) else ""
    closing = [f"{plural(total, f'{kind}exception')}{more}."]
    if status == "open":
        closing.append('Correct the rows and hand the file in again, or: serialback waive ID --note "why"')
    return blocks_text([listed.splitlines(), ["What to do:", *remedies] if remedies else [], closing])


def _cells(row: ExceptionRow, said: str, remedy: str) -> tuple[object, ...]:
    found_at = f"{row.file_name or ''} row {row.sheet_row}".strip() if row.sheet_row is not None else row.file_name
    document = document_words(row.document_type or "", row.document_no or "").strip()
    own = "" if remedy == row.remedy else f" {remedy}"
    note = f" [{row.note}]" if row.note else ""
    units = figure(row.line_no), figure(row.unit_no)
    facts = figure(row.exception_id), row.code, row.status.lower(), _age(row.age_days), document
    return *facts, *units, found_at, f"{said}{own}{note}"


def _age(days: int) -> Figure:
    return Figure("today" if days == 0 else plural(days, "day"))
