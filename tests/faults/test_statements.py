"""Count the statements of a chunk, at the driver: they do not grow with its lines."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from batch.config import Settings
from batch.edge.database import open_database
from batch.runner import run_job
from jobs.intake import JOB
from tests.faults.night import DAY, HEADER, Fresh
from tests.jobs.world import NOW

# Ten lines that go every way there is; a chunk of any size has some of each.
PATTERN = (
    "R-{n}1,Return,HQ,C1,CPU,2,,,,99.50,1.25",
    "R-{n}1,Return,HQ,C1,MOUSE,1,,A{n},,,",
    "R-{n}2,Return,HQ-SALES,C2,CPU,1,,,M-A{n},,",
    "R-{n}3,Return,HQ,C1,none,1,,,,,",
    "R-{n}3,Return,HQ,C1,CPU,1,,NEW{n},,,",
    "V-{n}1,Service,HQ,C2,CPU,1,,B{n},,,",
    "R-{n}4,Return,HQ,C2,CPU,1,,B{n},,,",
    "R-{n}6,Return,MAIN,C1,CPU,2,3,,,,",
    "O-{n}1,Credit Order,HQ,C1,CPU,1,,C{n},,,",
    "R-{n}7,Return,MAIN,C1,CPU,3,,,,,",
)


@dataclasses.dataclass(slots=True)
class Count:
    """Count what is sent to the database, chunk by chunk."""

    statements: Counter[str] = dataclasses.field(default_factory=Counter)
    stretches: list[int] = dataclasses.field(default_factory=list)
    settling: bool = False

    def start(self, label: str, total: int | None) -> None:
        """Begin anew with a step."""
        self.settling = label == "Settling"
        self.statements.clear()

    def advance(self, n: int) -> None:
        """Note the statements since the last chunk."""
        if self.settling:
            self.stretches.append(self.statements.total())
            self.statements.clear()

    def finish(self) -> None:
        """End the step."""


def sqlite_cursor(count: Count) -> type[sqlite3.Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, *args: Any) -> Cursor:
            count.statements[sql] += 1
            return super().execute(sql, *args)

        def executemany(self, sql: str, *args: Any) -> Cursor:
            count.statements[sql] += 1
            return super().executemany(sql, *args)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def executemany(self, sql: str, rows: Iterable[Any], /) -> sqlite3.Cursor:
            count.statements[sql] += 1
            return super().executemany(sql, rows)

    return Connection


def postgresql_cursor(count: Count) -> type[psycopg.Cursor[Any]]:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *args: Any, **named: Any) -> Any:
            count.statements[str(query)] += 1
            return super().execute(query, *args, **named)

        def executemany(self, query: Any, params_seq: Iterable[Any], **named: Any) -> None:
            rows = list(params_seq)
            count.statements[str(query)] += len(rows)
            super().executemany(query, rows, **named)

        def copy(self, statement: Any, *args: Any, **named: Any) -> Any:
            count.statements[str(statement)] += 1
            return super().copy(statement, *args, **named)

    return Cursor


def counted_engine(url: str, count: Count) -> sa.Engine:
    """Open a database so that every statement is counted where the driver sends it."""
    engine = open_database(url)

    @sa.event.listens_for(engine, "do_connect")
    def counted(dialect: sa.Dialect, _record: object, _args: object, named: dict[str, Any]) -> None:
        if dialect.name == "sqlite":
            named["factory"] = sqlite_cursor(count)
        else:
            named["cursor_factory"] = postgresql_cursor(count)

    return engine


def write_lines(path: Path, lines: int) -> None:
    rows = [row.format(n=n) for n in range(lines // len(PATTERN)) for row in PATTERN]
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")


def statements_of_a_chunk(fresh: Fresh, lines: int) -> int:
    """Settle one chunk of so many lines and count its statements."""
    with fresh() as night:
        night.execute(
            "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 499) "
            "INSERT INTO serial (serial_no, item_code, area_code, mfr_serial_no) "
            "SELECT k || n, CASE k WHEN 'A' THEN 'MOUSE' ELSE 'CPU' END, 'SOLD', 'M-' || k || n "
            "FROM n CROSS JOIN (SELECT 'A' AS k UNION ALL SELECT 'B' UNION ALL SELECT 'C') AS kinds"
        )
        # A number that is taken costs a look more, which the small chunk would not have.
        night.execute("DELETE FROM serial WHERE serial_no = '5004'")
        file = night.folder / "many.csv"
        write_lines(file, lines)
        count = Count()
        engine = counted_engine(night.database.url, count)
        settings = Settings(chunk_lines=1_000_000)
        run_job(JOB, engine, settings, [file], business_date=DAY, dry_run=False, clock=lambda: NOW, progress=count)
        engine.dispose()
        night.assert_sound()
        (counted,) = count.stretches
        return counted


def test_statements_do_not_grow_with_the_lines(fresh: Fresh) -> None:
    counted = {lines: statements_of_a_chunk(fresh, lines) for lines in (10, 1_000, 5_000)}
    assert len(set(counted.values())) == 1, counted
    assert counted[10] < 150, counted


@pytest.mark.parametrize("statement", ["SELECT 1"])
def test_a_statement_is_counted(fresh: Fresh, statement: str) -> None:
    count = Count()
    with fresh() as night:
        engine = counted_engine(night.database.url, count)
        with engine.begin() as connection:
            for _ in range(3):
                connection.exec_driver_sql(statement)
        engine.dispose()
    assert count.statements[statement] == 3
