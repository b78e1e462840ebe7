"""Set up: create the schema, load reference data, show the settings."""

from __future__ import annotations

import dataclasses

import click

from batch.cli.invocation import asks, invocation
from batch.cli.output import say, say_json, table


@click.command()
@asks("database", "config", "json", "quiet")
def init() -> None:
    """Create the database, or bring its schema up to date. Safe to run again.

    \b
    Example:
      serialback init
      serialback --database postgresql://shop@db.example/serialback init
    """
    from batch.edge.database import create_or_upgrade, masked_url, open_database

    asked = invocation()
    url = asked.settings().database
    before, after = create_or_upgrade(open_database(url))
    name = masked_url(url)
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
