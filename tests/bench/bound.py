"""Measure the lower bound of a run: reading the same file bare, and loading the rows the run left, bare.

Source of the definition: nothing that keeps our promises can be faster by much than reading the input with the library
and dropping it, plus loading the finished rows by COPY or one executemany into an empty copy of the same schema.
"""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import Any

import python_calamine
import sqlalchemy as sa

from batch.edge.database import open_database
from batch.edge.schema import METADATA

# What was there beforehand is not loaded again.
REFERENCE = frozenset({"location", "stock_area", "item", "customer", "number_sequence"})

Rows = dict[str, list[tuple[Any, ...]]]


def seconds(after: str, empty: str, path: Path, registered: int) -> float:
    """Measure the bound of a run: of the database it left, an empty copy of it, and its file."""
    engine = open_database(after)
    left = rows_left(engine, registered)
    engine.dispose()
    engine = open_database(empty)
    taken = bare_read(path) + bare_load(engine, left)
    engine.dispose()
    return taken


def bare_read(path: Path) -> float:
    """Iterate the file with the bare library and drop the rows; seconds."""
    started = time.perf_counter()
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8") as file:
            for _ in csv.reader(file):
                pass
    else:
        sheet = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        for _ in sheet.iter_rows():
            pass
    return time.perf_counter() - started


def rows_left(engine: sa.Engine, registered: int) -> Rows:
    """Take the rows that a finished run left, as the driver gives them, in an order that foreign keys allow."""
    rows: Rows = {}
    with engine.connect() as connection:
        for table in METADATA.sorted_tables:
            if table.name in REFERENCE:
                continue
            where = f" WHERE serial_id > {registered}" if table.name == "serial" else ""
            names = ", ".join(column.name for column in table.columns)
            cursor = connection.exec_driver_sql(f"SELECT {names} FROM {table.name}{where}")
            rows[table.name] = [tuple(row) for row in cursor]
    return rows


def bare_load(engine: sa.Engine, rows: Rows) -> float:
    """Load the rows in one transaction into a copy of the database as it was before the run; seconds."""
    raw: Any = engine.raw_connection()
    try:
        driver = raw.driver_connection
        started = time.perf_counter()
        if engine.dialect.name == "sqlite":
            driver.execute("BEGIN IMMEDIATE")
            for table in METADATA.sorted_tables:
                if rows.get(table.name):
                    marks = ", ".join("?" * len(table.columns))
                    names = ", ".join(column.name for column in table.columns)
                    driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows[table.name])
            driver.execute("COMMIT")
        else:
            with driver.cursor() as cursor:
                for table in METADATA.sorted_tables:
                    if rows.get(table.name):
                        _copy(cursor, table, rows[table.name])
            driver.commit()
        return time.perf_counter() - started
    finally:
        raw.close()


def _copy(cursor: Any, table: sa.Table, rows: list[tuple[Any, ...]]) -> None:
    names = ", ".join(column.name for column in table.columns)
    types = [
        column.type.compile(sa.create_mock_engine("postgresql://", print).dialect).lower() for column in table.columns
    ]
    from psycopg.types.json import Jsonb

    json_places = [place for place, column in enumerate(table.columns) if isinstance(column.type, sa.JSON)]
    with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(types)
        for row in rows:
            if json_places:
                values = list(row)
                for place in json_places:
                    values[place] = None if values[place] is None else Jsonb(values[place])
                copy.write_row(values)
            else:
                copy.write_row(row)
