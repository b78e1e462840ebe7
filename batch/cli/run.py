"""Run the jobs: hand what was asked to the runner, print its report, leave with its exit status."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batch.cli.backfill import backfill
from batch.cli.exits import STRICT
from batch.cli.folders import intake_files
from batch.cli.invocation import RUN_OPTIONS, asks, invocation
from batch.cli.night_page import night_line, night_notes
from batch.cli.output import remark, say, say_json, shown
from batch.cli.printing import quiet_text, run_text
from batch.cli.progress import progressing
from batch.errors import SerialbackError
from batch.job import Job, named
from batch.report import FIGURES, NOOP, NightReport, RunReport

if TYPE_CHECKING:
    import sqlalchemy as sa


@click.group()
@asks(*RUN_OPTIONS)
def run() -> None:
    """Give returned units their serials and credit their customers.

    Each job prints what it did; --dry-run does everything but the writing, with the same figures.

    \b
    Example:
      serialback run intake returns.xlsx --dry-run
      serialback run intake returns.xlsx
    """


@run.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[FILE]...")
@asks(*RUN_OPTIONS)
def intake(files: tuple[Path, ...]) -> int:
    """Land intake FILEs and settle their documents; a folder means every intake file in it.

    Without a FILE, all open intake documents are tried again: yesterday's unknown customer may be known today.
    A file that was landed before changes nothing, so it is safe to hand it in twice.

    \b
    Example:
      serialback run intake returns.xlsx
      serialback run intake inbox/ --business-date 2026-03-31 --strict
      serialback run intake returns.xlsx --dry-run --json
    """
    chosen = intake_files(files)
    if not invocation().quiet:
        for path in chosen.passed_over:
            remark(f"Passed over, for it is no intake file: {shown(path)}")
    if files and not chosen.files:
        return _nothing_found(files)
    from jobs.intake import JOB

    return run_and_print(JOB, chosen.files)


@run.command()
@asks(*RUN_OPTIONS)
def pos() -> int:
    """Settle all open POS documents, and receive the credit orders whose goods have come.

    A document is settled whole or not at all: one refused line holds the others, unless the settings say otherwise.

    \b
    Example:
      serialback run pos
      serialback run pos --business-date 2026-03-31 --quiet
    """
    from jobs.pos import JOB

    return run_and_print(JOB)


@run.command()
@asks(*RUN_OPTIONS)
def nightly() -> int:
    """Run the whole night: the inbox, all that is open, POS documents, then the reports.

    It first finishes what an interrupted run has left. A file or document that fails stops no other. The exit status
    is the worst of the parts: failed (1), a control total (4), a refused file (65), refused lines with --strict (3).

    \b
    Example:
      serialback run nightly
      serialback run nightly --quiet --metrics /var/lib/node_exporter/serialback.prom
    """
    from batch.nightly import run_nightly
    from jobs import intake, pos
    from jobs.nightly import JOB

    asked = invocation()
    database = asked.open(any_schema=True)
    with progressing(quiet=asked.quiet) as progress:
        report = run_nightly(
            JOB,
            named([intake.JOB, pos.JOB]),
            database,
            asked.settings(),
            business_date=asked.business_date,
            dry_run=asked.dry_run,
            clock=utc_now,
            progress=progress,
        )
    return print_night(report, write_metrics_file(database, report.exit_status))


def print_night(report: NightReport, status: int) -> int:
    """Print a night's report as it was asked for and give the exit status; with --strict, refused lines count."""
    asked = invocation()
    if asked.strict and not status and report.figures()["lines_refused"]:
        status = STRICT
    if asked.json:
        say_json({**report.to_json(), "exit_status": status})
    elif status or not asked.quiet:
        say(night_line(report))
        for note in night_notes(report):
            remark(note)
    return status


run.add_command(backfill)


def run_and_print(job: Job, files: Sequence[Path] = ()) -> int:
    """Run a job as it was asked for, print its report and give the exit status."""
    from batch.runner_before import begin_reading

    asked = invocation()
    settings = asked.settings()
    with begin_reading(job, settings, files) as readings, progressing(quiet=asked.quiet) as progress:
        # The runner looks at the schema itself.
        database = asked.open(any_schema=True)
        from batch.runner import run_job

        report = run_job(
            job,
            database,
            settings,
            readings,
            business_date=asked.business_date,
            dry_run=asked.dry_run,
            clock=utc_now,
            progress=progress,
        )
    status = write_metrics_file(database, report.exit_status)
    return print_report(dataclasses.replace(report, exit_status=status))


def print_report(report: RunReport) -> int:
    """Print a run's report as it was asked for and give the exit status; with --strict, refused lines count."""
    asked = invocation()
    if asked.strict and report.exit_status == 0 and report.lines_refused:
        report = dataclasses.replace(report, exit_status=STRICT)
    if asked.json:
        say_json(report.to_json())
    elif not asked.quiet:
        say(run_text(report))
    elif report.exit_status:
        say(quiet_text(report))
    return report.exit_status


def write_metrics_file(database: sa.Engine, status: int) -> int:
    """Write the metrics where they were asked for; give the exit status, which is 1 where only they have failed."""
    asked = invocation()
    if asked.metrics is None or asked.dry_run:
        return status
    from batch.edge.database import read_only
    from batch.edge.metrics import write_metrics

    try:
        with read_only(database) as connection:
            write_metrics(connection, asked.metrics, utc_now(), asked.settings().sequence_warn_nights)
    except SerialbackError as error:
        remark(f"Error: {shown(str(error))}")
        return status or error.exit_status
    return status


def utc_now() -> dt.datetime:
    """Read the server's clock."""
    return dt.datetime.now(dt.UTC)


def _nothing_found(files: tuple[Path, ...]) -> int:
    asked = invocation()
    named = ", ".join(shown(path) for path in files)
    if asked.json:
        nothing = {"run_id": None, "job": "intake", "status": NOOP, **dict.fromkeys(FIGURES, 0)}
        say_json({**nothing, "files": [], "notes": [f"No intake file in {named}."], "exit_status": 0})
    elif not asked.quiet:
        say(f"Nothing to do: there is no intake file in {named}.")
    return 0
