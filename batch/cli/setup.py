"""Set up: create the schema, load reference data, show the settings."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from batch.cli.invocation import asks, invocation
from batch.cli.output import figure, remark, say, say_json, shown, table
from batch.cli.progress import under_way


@click.command()
@asks("database", "config", "json", "quiet")
def init() -> None:
    """Create the database, or bring its schema up to date. Safe to run again.

    \b
    Example:
      serialback init
      serialback --database postgresql://shop@db.example/serialback init
    """
    from batch.edge.database import create_or_upgrade, masked_url

    asked = invocation()
    before, after = create_or_upgrade(asked.open(any_schema=True))
    name = masked_url(asked.settings().database)
    if asked.json:
        say_json({"database": name, "before": before, "after": after})
    elif not asked.quiet:
        if before is None:
            say(f"Created the schema ({after}) in {name}.\nNext: serialback load FILE")
        elif before == after:
            say(f"Nothing to do: {name} has the current schema ({after}).")
        else:
            say(f"Upgraded {name} from schema {before} to {after}.")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE...")
@asks("database", "config", "json", "quiet")
def load(files: tuple[Path, ...]) -> None:
    """Load reference data: insert what is new, update what is on file, all or nothing.

    A FILE is a workbook whose sheets are named as the tables (location, stock_area, number_sequence, item, customer),
    or one table as TABLE.csv. Columns left out stay as they were.

    \b
    Example:
      serialback load reference.xlsx
      serialback load item.csv customer.csv
    """
    from batch.edge.reference import load_reference
    from batch.edge.sheets import ReadLimits

    asked = invocation()
    settings = asked.settings()
    limits = ReadLimits(**settings.limits.for_reading())
    with under_way("Loading", quiet=asked.quiet):
        report = load_reference(asked.open(), files, currency=settings.currency, limits=limits)
    if asked.json:
        say_json(dataclasses.asdict(report))
        return
    for warning in report.warnings:
        remark(f"Warning: {shown(warning)}")
    if not asked.quiet:
        rows = [(each.table, *map(figure, (each.inserted, each.updated, each.unchanged))) for each in report.tables]
        say(table(("table", "inserted", "updated", "unchanged"), rows))


@click.command()
@asks("database", "config", "json")
def settings() -> None:
    """Show every setting, its value and where the value comes from. Passwords are masked.

    A setting comes from serialback.toml, is overridden by its SERIALBACK_ variable, and that by an option.

    \b
    Example:
      serialback settings
      SERIALBACK_CHUNK_LINES=2000 serialback settings
    """
    asked = invocation()
    found = asked.settings()
    lines = found.described()
    if asked.json:
        file = str(found.config_file) if found.config_file else None
        say_json({"config_file": file, "settings": [dataclasses.asdict(line) for line in lines]})
        return
    rows = [(line.name, "(none)" if line.value in (None, []) else line.value, line.origin) for line in lines]
    say(table(("setting", "value", "from"), rows))
