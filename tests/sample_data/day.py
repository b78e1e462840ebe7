"""Run the sample files on a database, one after another, as the demo does."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import sqlalchemy as sa

from batch.config import Settings
from batch.edge.database import read_only
from batch.edge.reference import load_reference
from batch.edge.verify import verify
from batch.report import RunReport
from batch.runner import run_job
from jobs.intake import JOB as INTAKE
from jobs.pos import JOB as POS
from sample_data.make import HERE
from sample_data.shop import INTAKE_DATE, NIGHT_DATE
from sample_data.sql import send
from tests.databases import Database

NOW = dt.datetime(2026, 3, 31, 21, 30, tzinfo=dt.UTC)
SHEETS = ("intake_good.xlsx", "intake_problems.xlsx", "intake_as_sent.xlsx")


@dataclasses.dataclass(frozen=True)
class Day:
    """A database after the sample day: what loading warned of, and the report of each run."""

    database: Database
    warnings: tuple[str, ...]
    reports: dict[str, RunReport]

    def rows(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """Read rows as tuples."""
        with read_only(self.database.engine) as connection:
            return [tuple(each) for each in connection.execute(sa.text(statement), values)]

    def codes(self, name: str) -> dict[int, set[str]]:
        """Read the codes raised for each row of a sheet."""
        found: dict[int, set[str]] = {}
        statement = (
            "SELECT e.sheet_row, e.code FROM exception e JOIN intake_file f ON f.intake_file_id = e.intake_file_id "
            "WHERE f.name = :name"
        )
        for sheet_row, code in self.rows(statement, name=name):
            assert isinstance(sheet_row, int)
            found.setdefault(sheet_row, set()).add(str(code))
        return found


def run_day(database: Database) -> Day:
    """Load the shop, let the ERP write its serials, run the three sheets, and the tills' documents in the night."""
    loaded = load_reference(database.engine, [HERE / "reference.xlsx"], currency="USD")
    send(HERE / "erp.sql", database.url)
    reports = {}
    for name in SHEETS:
        reports[name] = run_job(
            INTAKE,
            database.engine,
            Settings(),
            [HERE / name],
            business_date=INTAKE_DATE,
            dry_run=False,
            clock=lambda: NOW,
        )
    send(HERE / "pos_night.sql", database.url)
    reports["pos_night.sql"] = run_job(
        POS, database.engine, Settings(), (), business_date=NIGHT_DATE, dry_run=False, clock=lambda: NOW
    )
    with read_only(database.engine) as connection:
        assert verify(connection) == []
    return Day(database, loaded.warnings, reports)


def sheet_rows(path: Path, sheet: str) -> Iterator[tuple[int, dict[str, object]]]:
    """Read the rows of a sheet whose header is its first row: row number and cells by heading."""
    rows = openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True)
    headings = [str(heading) for heading in next(rows)]
    for number, cells in enumerate(rows, start=2):
        yield number, dict(zip(headings, cells, strict=True))
