"""Write the workbooks that people fill in: the empty template, and the rows to correct and hand in again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from batch.cli.invocation import asks, invocation
from batch.cli.output import say, say_json, shown
from batch.cli.printing import plural
from batch.cli.progress import under_way
from batch.cli.report import OVERWRITE, must_end

if TYPE_CHECKING:
    from batch.edge.exceptions_workbook import Exported


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.xlsx")
@OVERWRITE
@asks("database", "config", "json", "quiet")
def template(file: Path, *, overwrite: bool) -> None:
    """Write an empty intake workbook, with drop-downs from the database, checks, and a page of help.

    \b
    Example:
      serialback template returns.xlsx
    """
    must_end(file, ".xlsx")
    from batch.edge.database import read_only
    from batch.edge.template import write_template

    asked = invocation()
    limit = asked.settings().limits.line_quantity
    with under_way("Writing the template", quiet=asked.quiet), read_only(asked.open()) as connection:
        listed = write_template(connection, file, overwrite=overwrite, quantity_limit=limit)
    if asked.json:
        say_json({"file": str(file), "listed": listed})
    elif not asked.quiet:
        counts = ", ".join(plural(count, name) for name, count in listed.items())
        say(f"Written to {shown(file)}, with drop-downs for {counts}.\nFill it in, then: serialback run intake {file}")


def export(file: Path, run_id: int | None, code: str | None, *, overwrite: bool) -> None:
    """Write the rows that need a human to a workbook, and say how many there were."""
    must_end(file, ".xlsx")
    from batch.edge.database import read_only
    from batch.edge.exception_rows import Wanted
    from batch.edge.exceptions_workbook import export_exceptions
    from batch.edge.lookup_run import check_run

    asked = invocation()
    with under_way("Writing the rows", quiet=asked.quiet), read_only(asked.open()) as connection:
        if run_id is not None:
            check_run(connection, run_id)
        written = export_exceptions(connection, file, Wanted(None, run_id, code), overwrite=overwrite)
    if asked.json:
        say_json({"file": str(file) if written.rows else None, "rows": written.rows, "left_out": written.remarks})
    elif not asked.quiet:
        say(_export_text(written, file))


def _export_text(written: Exported, file: Path) -> str:
    from batch.edge.exceptions_frame import ELSEWHERE

    if not written.rows:
        return "There are no rows that need a person; nothing was written."
    told = [f"{plural(written.rows, 'row')} written to {shown(file)}."]
    if written.to_correct:
        told.append(f"Correct the cells in red and hand the workbook in as it is: serialback run intake {shown(file)}")
    if written.to_read:
        told.append(
            f"{plural(written.to_read, 'row')} of the sheet {ELSEWHERE} can only be read in it: correct those of "
            "a backfill in a file of their own (serialback run backfill), others where they come from."
        )
    return "\n".join([*told, *written.remarks])
