"""Print the catalogue of exception codes."""

from __future__ import annotations

import dataclasses

import click

from batch.cli.invocation import asks, invocation
from batch.cli.output import say, say_json, table
from batch.core.codes import CATALOGUE


@click.command()
@click.argument("code", nargs=-1)
@asks("json")
def codes(code: tuple[str, ...]) -> None:
    """List every exception CODE with its meaning and remedy; all of them where none is named.

    \b
    Example:
      serialback codes
      serialback codes MFR_SERIAL_AMBIGUOUS
    """
    wanted = [text.strip().upper() for text in code]
    for text in wanted:
        if text not in CATALOGUE:
            raise click.UsageError(f"{text} is not an exception code; `serialback codes` lists them all.")
    entries = [CATALOGUE[text] for text in wanted] or list(CATALOGUE.values())
    if invocation().json:
        say_json({"codes": [dataclasses.asdict(entry) for entry in entries]})
        return
    rows = [(entry.code, entry.stage, entry.severity, entry.meaning, entry.remedy) for entry in entries]
    say(table(("code", "stage", "severity", "meaning", "what to do"), rows))
