"""Draft a mapping for the export of another system."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batch.cli.invocation import asks, invocation
from batch.cli.output import say, say_json, shown, table
from batch.cli.printing import plural
from batch.cli.report import OVERWRITE, must_end

if TYPE_CHECKING:
    from batch.core.mapping_draft import Draft


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option(
    "--write",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.toml",
    help="Write the draft to this file, to be looked over and corrected.",
)
@OVERWRITE
@asks("config", "json", "quiet")
def mapping(file: Path, target: Path | None, *, overwrite: bool) -> None:
    """Read an export, and draft the mapping by which a backfill reads it.

    Shows which columns were recognised, which were not, and a sample of each. What is guessed is marked as such: look
    the draft over before it is used.

    \b
    Example:
      serialback mapping returns-2019.csv
      serialback mapping returns-2019.csv --write old-shop.toml
    """
    if target is not None:
        must_end(target, ".toml")
    from batch.edge.mapping_top import draft_mapping, write_mapping
    from batch.edge.sheets import ReadLimits

    asked = invocation()
    settings = asked.settings()
    found = draft_mapping(file, ReadLimits(**settings.limits.for_reading()), settings.time_zone)
    if target is not None:
        write_mapping(found, target, overwrite=overwrite)
    if asked.json:
        say_json({"file": str(file), **dataclasses.asdict(found), "written": str(target) if target else None})
    elif not asked.quiet:
        say("\n".join(_page(found, file, target)))


def _page(found: Draft, file: Path, target: Path | None) -> Iterator[str]:
    known = sum(column.ours is not None for column in found.columns)
    columns = plural(len(found.columns), "column")
    yield f"{shown(file)}: {columns}, {known} recognised; headings in row {found.header_row}"
    yield ""
    rows = [
        (
            column.letters,
            column.heading,
            column.ours or "-",
            "" if column.ours is None else "yes" if column.certain else "guessed",
            " | ".join(column.samples),
        )
        for column in found.columns
    ]
    yield table(("column", "heading", "is our", "sure", "sample"), rows).rstrip()
    yield ""
    for heading in found.lacking:
        yield f"Not found: {heading}, which every legacy return has. Name its column, or give it as a constant."
    if found.date_formats:
        yield f"Dates may be read by {' or '.join(found.date_formats)}."
    if found.unlike_dates:
        yield f"Not read as dates: {', '.join(shown(each) for each in found.unlike_dates[:3])}."
    if found.numerals and found.other_numerals:
        meant, other = found.numerals.example, found.other_numerals.example
        yield f"Numbers may be typed like {meant} or {other}; those looked at do not tell. Drafted is {meant}."
    elif found.numerals:
        yield f"Numbers are typed like {found.numerals.example}."
    if target is None:
        yield f"Write the draft with: serialback mapping {shown(file)} --write FILE.toml"
    else:
        yield f"Drafted {shown(target)}. Look it over, then rehearse:"
        yield f"  serialback run backfill {shown(file)} --mapping {shown(target)} --sample 1000"
