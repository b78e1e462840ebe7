"""Write the reconciliation of a run."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batch.cli.invocation import asks, invocation
from batch.cli.output import figure, say, say_json, shown, table
from batch.cli.printing import amount, blocks_text, wrapped
from batch.cli.progress import progressing
from batch.errors import InvariantError

if TYPE_CHECKING:
    from batch.edge.reconciliation_records import Control, Reconciliation

OVERWRITE = click.option("--overwrite", is_flag=True, help="Replace FILE if there is one.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.xlsx")
@click.option("--run", "run_id", type=click.IntRange(min=1), required=True, metavar="N", help="The run.")
@OVERWRITE
@asks("database", "config", "json", "quiet")
def report(file: Path, run_id: int, *, overwrite: bool) -> int:
    """Write the reconciliation of a run: every unit in one class, the memos, and totals that add up.

    Each unit is generated, attached, adopted, received or credited by quantity, or it is refused: already in stock, on
    another document, of another item, unknown, ambiguous, repeated, over the quantity, held, or on a refused line.
    The exit status is 4 where a control total does not hold.

    \b
    Example:
      serialback report --run 7 run-7.xlsx
    """
    must_end(file, ".xlsx")
    from batch.edge.database import read_only
    from batch.edge.reconciliation_book import write_reconciliation

    asked = invocation()
    with progressing(quiet=asked.quiet) as progress, read_only(asked.open()) as connection:
        found = write_reconciliation(connection, run_id, file, overwrite=overwrite, progress=progress)
    status = InvariantError.exit_status if found.broken else 0
    if asked.json:
        told = dataclasses.asdict(found)
        say_json({"file": str(file), **told, "verdict": found.verdict, "exit_status": status})
    elif status or not asked.quiet:
        say(_report_text(found, file))
    return status


def _report_text(found: Reconciliation, file: Path) -> str:
    classes = [(name, figure(count)) for name, count in found.units_by_class.items() if count]
    rows = [
        (each.what, _amount(each, each.listed), _amount(each, each.recorded), each.verdict) for each in found.controls
    ]
    notes = [line for each in found.controls if each.note for line in wrapped(f"{each.what}: ", each.note)]
    return blocks_text(
        [
            [f"Run {found.run.run_id}: {found.verdict} Written to {shown(file)}"],
            table(("class", "units"), classes).splitlines() if classes else [],
            table(("control total", "in the sheets", "on record", "verdict"), rows).splitlines(),
            notes,
        ]
    )


def _amount(control: Control, value: int) -> str:
    return figure(value) if control.currency is None else amount(value, control.currency)


def must_end(file: Path, suffix: str) -> None:
    """Refuse a name that says another kind of file."""
    if file.suffix.lower() != suffix:
        raise click.UsageError(f"{file.name} is to be a file that ends in {suffix}.")
