"""Write the reports of a night: how it went, and a workbook of all that needs a human."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import sqlalchemy as sa

from batch.core.file_names import with_number
from batch.edge.exceptions_workbook import write_exceptions_workbook
from batch.edge.inbox import make_folder
from batch.edge.new_file import new_file
from batch.edge.schema import EXCEPTION
from batch.errors import SerialbackError
from batch.report import NightReport


def write_night(connection: sa.Connection, folder: Path, run_id: int, report: NightReport) -> None:
    """Write the reports of a night into a folder, named by their run, so that none is ever overwritten."""
    make_folder(folder)
    night, to_correct = _free_names(folder, f"run-{run_id}")
    with new_file(night) as part:
        part.write_text(json.dumps(report.to_json(), indent=1) + "\n", encoding="utf-8")
    try:
        write_exceptions_workbook(connection, to_correct)
    except OSError as error:
        raise SerialbackError(f"{folder} cannot be written to: {error.strerror or error}. The runs stand.") from error


def _free_names(folder: Path, run: str) -> tuple[Path, Path]:
    """Name both reports, with a number more where the runs of a database that has since been made anew left theirs."""
    names = (with_number(run, number) for number in itertools.count(1))
    pairs = ((folder / f"{name}-night.json", folder / f"{name}-exceptions.xlsx") for name in names)
    return next(pair for pair in pairs if not any(path.exists() for path in pair))


def open_exceptions(connection: sa.Connection) -> int:
    """Count the exceptions that wait for somebody."""
    # The status is spelt out, not bound: only so does the index of open exceptions serve.
    counted = sa.select(sa.func.count()).select_from(EXCEPTION).where(sa.text("status = 'OPEN'"))
    return int(connection.execute(counted).scalar_one())
