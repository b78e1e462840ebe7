"""Look up: runs, the life of a serial, whether everything holds that must."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from batch.cli.invocation import asks, invocation
from batch.cli.output import say, say_json
from batch.cli.printing import blocks_text, plural, wrapped
from batch.cli.progress import under_way
from batch.errors import InvariantError

if TYPE_CHECKING:
    from batch.edge.verify import Breach

LIMIT = 20


@click.command()
@click.argument("run_id", required=False, type=click.IntRange(min=1), metavar="[N]")
@click.option("--job", metavar="NAME", help="Only the runs of this job.")
@click.option("--limit", type=click.IntRange(min=1), default=LIMIT, show_default=True, help="List so many at most.")
@asks("database", "config", "json")
def runs(run_id: int | None, job: str | None, limit: int) -> None:
    """List the latest runs, or show run N with its reasons, memos, files and missing numbers.

    \b
    Example:
      serialback runs
      serialback runs 7
      serialback runs --job nightly --limit 5 --json
    """
    from batch.cli.run_pages import run_page, runs_page
    from batch.edge.database import read_only
    from batch.edge.lookup_run import list_runs, no_such_run, one_run

    asked = invocation()
    with read_only(asked.open()) as connection:
        if run_id is None:
            listed = list_runs(connection, limit=limit, job=job)
            say_json({"runs": [dataclasses.asdict(each) for each in listed]}) if asked.json else say(runs_page(listed))
            return
        detail = one_run(connection, run_id)
    if detail is None:
        raise no_such_run(run_id)
    say_json(dataclasses.asdict(detail)) if asked.json else say(run_page(detail))


@click.command()
@click.argument("serial")
@asks("database", "config", "json")
def trace(serial: str) -> None:
    """Show the life of SERIAL, an internal serial or a manufacturer's: where it is, and all that was done with it.

    Letter case and blanks do not count. Where no unit bears it, those that look almost the same are shown.

    \b
    Example:
      serialback trace 5001
      serialback trace "SN 7A-0042" --json
    """
    from batch.cli.trace_page import trace_page
    from batch.edge.database import read_only
    from batch.edge.trace import trace as find

    asked = invocation()
    with read_only(asked.open()) as connection:
        found = find(connection, serial)
    say_json(dataclasses.asdict(found)) if asked.json else say(trace_page(found, asked.settings().currency))


@click.command()
@asks("database", "config", "json", "quiet")
def verify() -> int:
    """Check everything that must always be true: figures, units, memos, numbers, areas. Nothing is written.

    The exit status is 4 where something does not hold; each breach is named with its rows.

    \b
    Example:
      serialback verify
      serialback verify --quiet || echo "look into it"
    """
    from batch.edge.database import read_only
    from batch.edge.verify import INVARIANTS
    from batch.edge.verify import verify as check

    asked = invocation()
    with under_way("Checking", quiet=asked.quiet), read_only(asked.open()) as connection:
        breaches = check(connection)
    status = InvariantError.exit_status if breaches else 0
    if asked.json:
        listed = [dataclasses.asdict(breach) for breach in breaches]
        say_json({"holds": not breaches, "checked": len(INVARIANTS), "breaches": listed, "exit_status": status})
    elif breaches:
        say(_breaches_text(breaches, len(INVARIANTS)))
    elif not asked.quiet:
        say(f"All {plural(len(INVARIANTS), 'invariant')} hold.")
    return status


def _breaches_text(breaches: list[Breach], checked: int) -> str:
    blocks = [[f"{len(breaches)} of {plural(checked, 'invariant')} do not hold."]]
    for breach in breaches:
        lines = [f"{breach.invariant}: {plural(breach.count, 'row')}", *wrapped("  ", breach.meaning)]
        for row in breach.rows:
            lines += wrapped("  - ", row)
        if breach.count > len(breach.rows):
            lines.append(f"  - ... and {breach.count - len(breach.rows):,} more")
        blocks.append(lines)
    return blocks_text(blocks)
