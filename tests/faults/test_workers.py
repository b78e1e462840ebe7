"""Settle in several processes on PostgreSQL: the same outcome of every line, whoever dies."""

from __future__ import annotations

import random
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from batch.edge.lanes import lanes_of
from batch.edge.plan import plan_pos
from batch.runner_executor import LocalProcesses
from tests.faults.night import HEADER, WHOLE, Fresh, Night, until

WORKERS = ("--workers", "3")


@pytest.fixture
def fresh(postgresql_night: Fresh) -> Fresh:
    """Give fresh PostgreSQL databases of the shop."""
    return postgresql_night


def rows(seed: int, documents: int = 60) -> Iterator[str]:
    """Write lines that share units, makers' serials, near names and service slips across documents."""
    chance = random.Random(seed)
    for number in range(documents):
        customer, item = chance.choice(("C1", "C2")), chance.choice(("CPU", "MOUSE", "NONE"))
        unit = chance.randrange(40)
        serial, mfr = chance.choice(((f"U{unit:03}", ""), ("", f"MU{unit:03}"), ("", ""), (f"u{unit:03}", "")))
        kind = chance.choice(("Return", "Return", "Return", "Service", "Credit Order"))
        place = chance.choice(("HQ", "MAIN"))
        yield f"D-{number},{kind},{place},{customer},{item},1,,{serial},{mfr},,"
        yield f"D-{number},{kind},{place},{customer},CPU,{chance.randint(1, 3)},{chance.choice(('', '1', '9'))},,,10,"
        if number % 5 == 0:
            # Nearly the same as another's: a warning, whoever comes first.
            yield f"N-{number},Return,{place},{customer},CPU,1,,,MUO{unit:02},,"


def prepare(night: Night, seed: int, allocation: str = "BLOCK") -> None:
    """Write the register and a file of many documents."""
    night.execute(
        "INSERT INTO serial (serial_no, item_code, area_code, mfr_serial_no) "
        "SELECT 'U' || lpad(n::text, 3, '0'), CASE n % 2 WHEN 0 THEN 'CPU' ELSE 'MOUSE' END, 'SOLD', "
        "'MU' || lpad(n::text, 3, '0') FROM generate_series(0, 39) AS n"
    )
    night.execute(f"UPDATE number_sequence SET allocation = '{allocation}' WHERE kind = 'SERIAL'")
    (night.folder / "b.csv").unlink(missing_ok=True)
    (night.folder / "a.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows(seed)), encoding="utf-8")


OUTCOMES = {
    "lines": "SELECT d.document_type, d.document_no, d.status, l.line_no, l.status FROM document_line l "
    "JOIN document d ON d.document_id = l.document_id",
    "exceptions": "SELECT code, severity, document_type, document_no, line_no, unit_no, status FROM exception",
    "named": "SELECT serial_no, area_code, customer_code, mfr_serial_no, item_code FROM serial "
    "WHERE origin <> 'GENERATED'",
    "generated": "SELECT d.document_no, l.line_no, s.area_code, s.item_code, COUNT(*) FROM serial s "
    "JOIN document_line l ON l.line_id = s.line_id JOIN document d ON d.document_id = l.document_id "
    "WHERE s.origin = 'GENERATED' GROUP BY 1, 2, 3, 4",
    "memos": "SELECT d.document_no, m.total_minor, m.currency FROM credit_memo m "
    "JOIN document d ON d.document_id = m.document_id",
    "figures": "SELECT SUM(lines_read), SUM(lines_posted), SUM(lines_refused), SUM(serials_generated), "
    "SUM(serials_attached), SUM(serials_adopted), SUM(credit_memos), SUM(exceptions), SUM(warnings) FROM run",
}


def outcomes(night: Night) -> dict[str, list[str]]:
    """Read what became of every line, without the numbers that were drawn."""
    with night.database.engine.begin() as connection:
        return {
            name: sorted(repr(tuple(row)) for row in connection.execute(sa.text(statement)))
            for name, statement in OUTCOMES.items()
        }


def alone(fresh: Fresh, seed: int, allocation: str = "BLOCK") -> dict[str, list[str]]:
    """Say what becomes of the lines with one worker."""
    with fresh() as night:
        prepare(night, seed, allocation)
        ran = night.run()
        assert ran.returncode == 0, ran.stderr
        return outcomes(night)


@pytest.mark.parametrize("seed", range(6 if WHOLE else 1))
@pytest.mark.parametrize("allocation", ["BLOCK", "GAPLESS"])
def test_workers_settle_as_one_does(fresh: Fresh, seed: int, allocation: str) -> None:
    expected = alone(fresh, seed, allocation)
    with fresh() as night:
        prepare(night, seed, allocation)
        ran = night.run(*WORKERS)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert outcomes(night) == expected
        night.assert_sound()


def test_two_returns_close_one_slip_of_an_earlier_night(fresh: Fresh) -> None:
    for count in ("1", "2"):
        with fresh() as night:
            (night.folder / "b.csv").unlink()
            write(night, "V-1,Service,HQ,C2,CPU,2,,4003;4004,,,")
            assert night.run().returncode == 0
            # By its own serial the one, by its maker's the other.
            many = [f"X-{number},Return,HQ,C1,CPU,2,,,,1," for number in range(8)]
            write(night, "R-1,Return,HQ,C2,CPU,1,,4003,,,", *many, "R-2,Return,HQ,C2,CPU,1,,,OLD-4004,,")
            ran = night.run("--workers", count)
            assert ran.returncode == 0, ran.stderr
            with night.database.engine.begin() as connection:
                closed = connection.execute(sa.text("SELECT status FROM document WHERE document_no = 'V-1'"))
                assert closed.scalar_one() == "CLOSED"
            night.assert_sound()


def test_returns_from_one_slip_are_on_one_lane(fresh: Fresh) -> None:
    with fresh() as night:
        (night.folder / "b.csv").unlink()
        write(night, "V-1,Service,HQ,C2,CPU,2,,4003;4004,,,")
        assert night.run().returncode == 0
        for number, column, name in (
            (1, "serial_no", "4003"),
            (2, "mfr_serial_no", "OLD-4004"),
            (3, "serial_no", "4002"),
        ):
            night.execute(
                "INSERT INTO document (document_type, document_no, location_code, customer_code, document_date) "
                f"VALUES ('POS_CREDIT', 'P-{number}', 'HQ', 'C2', '2026-03-29')"
            )
            night.execute(
                "INSERT INTO document_line (document_id, line_no, item_code, quantity) "
                "SELECT MAX(document_id), 1, 'CPU', 1 FROM document"
            )
            night.execute(
                f"INSERT INTO line_unit (line_id, unit_no, {column}) "
                f"SELECT MAX(line_id), 1, '{name}' FROM document_line"
            )
        with night.database.engine.begin() as connection:
            planned = plan_pos(connection)
            lanes = lanes_of(connection, planned, 1, 3)
        first, second, third = (document_id for document_id, *_ in planned.documents)
        assert [[chunk for chunk, _ in lane] for lane in lanes] == [[[first], [second]], [[third]]]


def write(night: Night, *lines: str) -> None:
    (night.folder / "a.csv").write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")


def workers_of(pid: int) -> list[int]:
    """List the workers of a run."""
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if "runner_worker" in line]


def at_work(program: subprocess.Popen[str]) -> list[int]:
    """Wait for the workers of a run."""
    until(lambda: bool(workers_of(program.pid)) or program.poll() is not None)
    return workers_of(program.pid)


@pytest.mark.parametrize("seed", range(8 if WHOLE else 1))
def test_a_worker_that_is_killed_loses_nothing(fresh: Fresh, seed: int) -> None:
    chance, expected = random.Random(seed), alone(fresh, seed)
    with fresh() as night:
        prepare(night, seed)
        with night.started(*WORKERS) as program:
            for _ in range(2):
                workers = at_work(program)
                time.sleep(chance.uniform(0, 1.2))
                if workers:
                    subprocess.run(["kill", "-KILL", str(chance.choice(workers))], check=False, capture_output=True)
            _, said = program.communicate(timeout=120)
            assert program.returncode == 0, said
        assert outcomes(night) == expected
        night.assert_sound()


def test_workers_are_ended_where_not_all_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[subprocess.Popen[str]] = []
    popen = subprocess.Popen

    def starting(_: list[str], **given: Any) -> subprocess.Popen[str]:
        if begun:
            raise OSError("no process can be had")
        begun.append(popen(["cat"], **given))
        return begun[0]

    monkeypatch.setattr("batch.runner_executor.subprocess.Popen", starting)
    with pytest.raises(OSError, match="no process"):
        LocalProcesses(2, "", {}).run([[([1], 1)], [([2], 1)]], lambda _: None, lambda: None)
    assert begun[0].returncode is not None


def test_a_killed_run_leaves_no_worker(fresh: Fresh) -> None:
    expected = alone(fresh, 1)
    with fresh() as night:
        prepare(night, 1)
        with night.started(*WORKERS) as program:
            workers = at_work(program)
            time.sleep(0.7)
            program.kill()
            program.communicate()
        assert workers
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), seconds=10)
        assert night.run(*WORKERS).returncode == 0
        found = outcomes(night)
        del found["figures"], expected["figures"]
        assert found == expected
        night.assert_sound()


def test_a_stopped_run_stops_its_workers(fresh: Fresh) -> None:
    with fresh() as night:
        prepare(night, 2)
        with night.started(*WORKERS) as program:
            workers = at_work(program)
            time.sleep(0.5)
            program.terminate()
            _, said = program.communicate(timeout=60)
            assert program.returncode == 143, said
        assert not any(Path(f"/proc/{pid}").exists() for pid in workers)
        assert night.statuses() == ["INTERRUPTED"]
        assert night.run(*WORKERS).returncode == 0
        night.assert_sound()


def test_sqlite_has_one_writer(sqlite_night: Fresh) -> None:
    with sqlite_night() as night:
        before = night.business()
        ran = night.run("--workers", "2")
        assert (ran.returncode, night.business(), night.statuses()) == (2, before, [])
        assert "SQLite lets one process write at a time: run with --workers 1, or use PostgreSQL." in ran.stderr


def test_other_writers_do_not_wait_longer_than_a_chunk(fresh: Fresh) -> None:
    with fresh() as night:
        prepare(night, 3)
        waits: list[float] = []
        over = threading.Event()

        def write_documents() -> None:
            url = make_url(night.database.url).set(drivername="postgresql").render_as_string(hide_password=False)
            with psycopg.connect(url, autocommit=True) as connection:
                while not over.is_set():
                    began = time.monotonic()
                    connection.execute(
                        "WITH made AS (INSERT INTO document (document_type, document_no, location_code, customer_code, "
                        "document_date) VALUES ('POS_INVOICE', %s, 'HQ', 'C1', '2026-03-29') RETURNING document_id) "
                        "INSERT INTO document_line (document_id, line_no, item_code, quantity) "
                        "SELECT document_id, 1, 'CPU', -1 FROM made",
                        [f"POS-{len(waits)}"],
                    )
                    waits.append(time.monotonic() - began)
                    time.sleep(0.002)

        writer = threading.Thread(target=write_documents)
        writer.start()
        began = time.monotonic()
        try:
            ran = night.run(*WORKERS)
        finally:
            over.set()
            writer.join()
        took = time.monotonic() - began
        assert ran.returncode == 0, ran.stderr
        assert len(waits) > 20
        # More than thirty chunks were settled in that time.
        assert max(waits) < took / 3, (max(waits), took)
