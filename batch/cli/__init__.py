"""Offer the commands: parse what was asked, call what does it, print what came of it.

Only names and one-line descriptions stand here. A command's module is imported when the command is named, and imports
the database and pandas when it runs, so that `serialback --help` is there at once.
"""

from __future__ import annotations

import atexit
import gc
import importlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import click

from batch.cli.exits import run_to_exit_status
from batch.cli.invocation import asks
from batch.cli.output import say

# Name of the command: module under batch.cli, and the line that `serialback --help` shows.
COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "init": ("setup", "Create the database, or bring its schema up to date."),
    "load": ("setup", "Load reference data: locations, areas, items, customers, sequences."),
    "template": ("workbooks", "Write an empty intake workbook with drop-downs and help."),
    "run": ("run", "Give returned units their serials and credit their customers."),
    "mapping": ("mapping", "Draft how the columns of another system's export are read."),
    "exceptions": ("exceptions", "List the lines that need a person, with reason and remedy."),
    "waive": ("exceptions", "Close exceptions by decision, with a note."),
    "runs": ("lookups", "List the runs, or show one of them."),
    "trace": ("lookups", "Show the life of one serial, or of a manufacturer's serial."),
    "report": ("report", "Write the reconciliation of a run as a workbook."),
    "labels": ("labels", "Print barcode labels for serials."),
    "codes": ("codes", "List every exception code with its meaning and remedy."),
    "verify": ("lookups", "Check everything that must always be true of the database."),
    "crontab": ("crontab", "Print crontab lines for the jobs."),
    "settings": ("setup", "Show every setting and where its value comes from."),
}

_OBJECTS_BETWEEN_LOOKS: Final = (50_000, 20, 100)

FIRST_STEPS: Final = """\
Serialback gives serial numbers to what comes back, and credit to who brought it.

What to do first:
  serialback init                      create the database (serialback.db in this folder)
  serialback load reference.xlsx       bring in locations, areas, items, customers and sequences
  serialback run intake returns.xlsx   give the returns in a workbook their serials and credit memos
  serialback exceptions                see which lines need a person, and why

All commands: serialback --help      One of them, with an example: serialback run intake --help
"""


class LateCommands(Mapping[str, click.Command]):
    """The commands by name; a command's module is imported when the command is asked for."""

    def __getitem__(self, name: str) -> click.Command:
        """Import the module of a command and give the command."""
        command: click.Command = getattr(importlib.import_module(f"batch.cli.{COMMANDS[name][0]}"), name)
        return command

    def __iter__(self) -> Iterator[str]:
        """Give the names in the order in which people meet the commands."""
        return iter(COMMANDS)

    def __len__(self) -> int:
        """Count the commands."""
        return len(COMMANDS)


class Commands(click.Group):
    """The group of all commands, whose every way out has the exit status of the contract."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.commands = LateCommands()  # type: ignore[assignment]  # no command is ever added at run time

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names in the order in which people meet the commands."""
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def main(  # type: ignore[override]  # the overloads tell standalone calls apart, as the first line does
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> Any:
        """Run one command and leave with its exit status."""
        if extra.pop("standalone_mode", True):
            # What is imported stays: looking again and again for what could be let go takes a tenth of the start.
            gc.set_threshold(*_OBJECTS_BETWEEN_LOOKS)
            # Nor is there anything to be gained by a last look, as long as importing SQLAlchemy.
            atexit.register(gc.freeze)
            run_to_exit_status(super().main, args, prog_name or "serialback", **extra)
        return super().main(args, prog_name, standalone_mode=False, **extra)


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@asks("database", "config", "json", "quiet", "strict", "business_date")
@click.version_option(package_name="serialback", message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Give serial numbers to what comes back, and credit to who brought it.

    Options given here count for the command that follows; given after it, they count as well.

    \b
    Example:
      serialback --database sqlite:///shop.db run intake returns.xlsx
    """
    if ctx.invoked_subcommand is None:
        say(FIRST_STEPS)
