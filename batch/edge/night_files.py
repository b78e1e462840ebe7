"""Write the reports of a night: how it went, and a workbook of all that needs a human."""

from __future__ import annotations

import json
from pathlib import Path

import sqlalchemy as sa

from batch.edge.exceptions_workbook import write_exceptions_workbook
from batch.edge.inbox import make_folder
from batch.edge.new_file import new_file
from batch.edge.schema import EXCEPTION
from batch.errors import SerialbackError
from batch.report import NightReport


def write_night(connection: sa.Connection, folder: Path, run_id: int, report: NightReport) -> None:
    """Write the reports of a night into a folder, named by their run, so that none is ever overwritten."""
    make_folder(folder)
    with new_file(folder / f"run-{run_id}-night.json") as part:
        part.write_text(json.dumps(report.to_json(), indent=1) + "\n", encoding="utf-8")
    try:
        write_exceptions_workbook(connection, folder / f"run-{run_id}-exceptions.xlsx")
    except OSError as error:
        raise SerialbackError(f"{folder} cannot be written to: {error.strerror or error}. The runs stand.") from error


def open_exceptions(connection: sa.Connection) -> int:
    """Count the exceptions that wait for somebody."""
    # The status is spelt out, not bound: only so does the index of open exceptions serve.
    counted = sa.select(sa.func.count()).select_from(EXCEPTION).where(sa.text("status = 'OPEN'"))
    return int(connection.execute(counted).scalar_one())
