"""Hand legacy exports to real backfills in the shop of the worked examples."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from batch.config import Settings
from batch.job import Job, LegacyFiles
from batch.report import RunReport
from batch.runner import run_job
from jobs.backfill import JOB
from tests.jobs.world import NOW, Row, World, row

LONG_AGO = "2019-05-17"


def legacy(document: str, serial: object = None, **cells: object) -> Row:
    """Give a row of an export: one CPU back in 2019, unless said otherwise."""
    return row(document, **{"date": LONG_AGO, "serial": serial, **cells})


def export(folder: Path, rows: Sequence[Row], name: str = "legacy.csv", delimiter: str = ",") -> Path:
    """Write rows as CSV, with the columns that they use."""
    headings = list(dict.fromkeys(heading for each in rows for heading in each))
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, headings, delimiter=delimiter)
        writer.writeheader()
        writer.writerows([{name: "" if cell is None else cell for name, cell in each.items()} for each in rows])
    return path


def backfill_job(**asked: Any) -> Job:
    """Give the job as it is asked for."""
    return dataclasses.replace(JOB, source=LegacyFiles(**asked))


def backfill(
    world: World, *handed_in: Row | Path, dry_run: bool = False, name: str = "legacy.csv", **asked: Any
) -> RunReport:
    """Run the backfill job: rows make one file, paths are files as they are, nothing is all that is open."""
    rows = [each for each in handed_in if not isinstance(each, Path)]
    files = [each for each in handed_in if isinstance(each, Path)]
    if rows:
        files.append(export(world.folder, rows, name))
    report = run_job(
        backfill_job(**asked),
        world.database.engine,
        Settings(**world.settings),
        files,
        business_date=world.today,
        dry_run=dry_run,
        clock=lambda: NOW,
    )
    world.assert_sound()
    return report


def day(text: str = LONG_AGO) -> dt.date:
    """Give a day as a date."""
    return dt.date.fromisoformat(text)
