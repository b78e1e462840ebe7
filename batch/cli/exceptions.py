"""List exceptions and close them by decision."""

from __future__ import annotations

import dataclasses
import datetime as dt

import click

from batch.cli.invocation import asks, invocation
from batch.cli.output import figure, say, say_json, table
from batch.cli.printing import blocks_text, plural, without_remedy, wrapped
from batch.core.codes import CATALOGUE
from batch.edge.lookup_records import ExceptionFilter, ExceptionRow

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
@click.option("--run", "run_id", type=click.IntRange(min=1), metavar="N", help="Only those of this run.")
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
@asks("database", "config", "json")
def exceptions(run_id: int | None, code: str | None, document_no: str | None, status: str, limit: int) -> None:
    """List the lines that need a person, with the reason and what to do.

    \b
    Example:
      serialback exceptions
      serialback exceptions --run 7 --code MFR_SERIAL_AMBIGUOUS
      serialback exceptions --document R-1001 --status all
    """
    from batch.edge.database import read_only
    from batch.edge.lookups import count_exceptions, list_exceptions

    wanted = ExceptionFilter(
        run_id=run_id, code=code, document_no=document_no, status=None if status == "all" else status.upper()
    )
    asked = invocation()
    with read_only(asked.open()) as connection:
        rows = list_exceptions(connection, wanted, now=dt.datetime.now(dt.UTC), limit=limit)
        total = count_exceptions(connection, wanted)
    if asked.json:
        say_json({"total": total, "exceptions": [dataclasses.asdict(row) for row in rows]})
        return
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


def _exceptions_text(rows: list[ExceptionRow], total: int, status: str) -> str:
    kind = "" if status == "all" else f"{status} "
    if not rows:
        return f"There are no {kind}exceptions of this kind."
    listed = table(
        ("id", "code", "status", "document", "line", "unit", "found at", "message"), [_cells(row) for row in rows]
    )
    remedies = [line for code in sorted({row.code for row in rows}) for line in _remedy(code)]
    more = f"; the oldest {len(rows):,} are listed" if total > len(rows) else ""
    closing = [f"{plural(total, f'{kind}exception')}{more}."]
    if status == "open":
        closing.append('Correct the rows and hand the file in again, or: serialback waive ID --note "why"')
    return blocks_text([listed.splitlines(), ["What to do:", *remedies], closing])


def _cells(row: ExceptionRow) -> tuple[object, ...]:
    found_at = f"{row.file_name or ''} row {row.sheet_row}".strip() if row.sheet_row is not None else row.file_name
    document = " ".join(part for part in (row.document_type, row.document_no) if part)
    note = f" [{row.note}]" if row.note else ""
    message = without_remedy(row.message, row.remedy) + note
    units = figure(row.line_no), figure(row.unit_no)
    return figure(row.exception_id), row.code, row.status.lower(), document, *units, found_at, message


def _remedy(code: str) -> list[str]:
    return wrapped(f"  {code}: ", CATALOGUE[code].remedy) if code in CATALOGUE else []
