"""Show what is said of sequences that run out, and what the metrics file tells."""

from __future__ import annotations

import datetime as dt
import math
import re
from pathlib import Path

import pytest

from batch.edge.database import read_only
from batch.edge.metrics import write_metrics
from batch.edge.outlook import Outlook, outlooks, warnings_of
from batch.errors import SerialbackError
from tests.databases import Database
from tests.jobs.legacy import backfill, legacy
from tests.jobs.world import NOW, World, row

LINE = re.compile(r'^serialback_[a-z_]+\{[a-z]+="[^"\n]+"(,[a-z]+="[^"\n]+")?\} (\+Inf|-?\d+(\.\d+)?)$')


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """Give the shop, with one sequence that ends."""
    world = World(database, tmp_path)
    world.execute("UPDATE number_sequence SET mask = '{seq:04}', next_number = 9901 WHERE sequence_code = 'S-HQ'")
    return world


def look(world: World, now: dt.datetime = NOW, nights: int = 14) -> dict[str, Outlook]:
    """Look at all sequences."""
    with read_only(world.database.engine) as connection:
        return {each.sequence_code: each for each in outlooks(connection, now, nights, every=True)}


PACES = pytest.mark.parametrize(
    ("nights_ago", "nights", "a_night", "lasts"),
    [
        pytest.param([0], 14, 10, 8.9, id="one night so far"),
        pytest.param([0, 1], 14, 10, 7.9, id="two nights so far"),
        pytest.param([0, 30], 14, 10 / 14, 14 * 7.9, id="what was long ago does not count"),
        pytest.param([0, 1], 1, 10, 7.9, id="the last night only"),
        pytest.param([5], 14, 10 / 6, 53.4, id="nothing lately, but within the time"),
    ],
)


def test_a_backfill_is_no_nights_use(world: World) -> None:
    backfill(world, *(legacy(f"L-{number}") for number in range(90)))
    assert look(world)["S-HQ"] == Outlook("S-HQ", 9, 0)
    world.intake(row("R-1", quantity=2))
    assert look(world)["S-HQ"] == Outlook("S-HQ", 7, 2)


@PACES
def test_a_sequence_lasts_as_long_as_the_pace_of_late(
    world: World, nights_ago: list[int], nights: int, a_night: float, lasts: float
) -> None:
    for night in sorted(nights_ago, reverse=True):
        world.intake(row(f"R-{night}", quantity=10))
        written_at = NOW - dt.timedelta(days=night, hours=1 if night else 0)
        # Seen from here, that run was so many nights ago.
        for table, instant in (("serial", "created_at"), ("run", "started_at"), ("credit_memo", "created_at")):
            if table != "credit_memo":
                world.execute(
                    f"UPDATE {table} SET {instant} = :at WHERE run_id = (SELECT MAX(run_id) FROM run)",
                    at=written_at
                    if world.database.dialect == "postgresql"
                    else written_at.strftime("%Y-%m-%d %H:%M:%S.%f"),
                )
    found = look(world, nights=nights)["S-HQ"]
    assert found.a_night == pytest.approx(a_night)
    assert found.nights == pytest.approx(lasts)


@pytest.mark.parametrize(
    ("outlook", "nights", "said"),
    [
        pytest.param(Outlook("S", 100, 10), 14, "about 10 nights", id="fewer than asked"),
        pytest.param(Outlook("S", 140, 10), 14, None, id="just enough"),
        pytest.param(Outlook("S", 5, 10), 14, "about 0 nights", id="not even one"),
        pytest.param(Outlook("S", 0, 0), 14, "has 0 numbers left", id="nothing left"),
        pytest.param(Outlook("S", 5, 0), 14, None, id="nothing drawn of late"),
        pytest.param(Outlook("S", None, 10), 14, None, id="no end"),
        pytest.param(Outlook("S", 5, 10), 0, None, id="nobody asks"),
    ],
)
def test_who_is_warned(outlook: Outlook, nights: int, said: str | None) -> None:
    warnings = warnings_of([outlook], nights)
    assert (len(warnings) == 1 and said in warnings[0]) if said else not warnings


def test_what_has_no_end_or_cannot_be_read(world: World) -> None:
    world.execute("UPDATE number_sequence SET mask = 'nonsense' WHERE sequence_code = 'S-MAIN'")
    world.execute(
        "INSERT INTO run (job, business_date, started_at) VALUES ('intake', '2026-03-31', '2026-03-31 20:00:00.000000')"
    )
    world.execute(
        "INSERT INTO number_block (sequence_code, worker, first_number, next_number, last_number, run_id) "
        "SELECT 'S-HQ', 1, 9001, 9011, 9020, MAX(run_id) FROM run"
    )
    found = look(world)
    assert {code: each.left for code, each in found.items()} == {
        "S-HQ": 99 + 10,
        "S-MAIN": 0,
        "CM-HQ": 99_999,
        "CM-MAIN": 99_999,
    }
    world.execute("UPDATE number_sequence SET mask = '{seq}'")
    world.execute("DELETE FROM number_block")
    assert {each.left for each in look(world).values()} == {None}


def test_a_run_says_which_sequence_is_running_out(world: World) -> None:
    report = world.intake(row("R-1", quantity=10))
    assert [note for note in report.notes if note.startswith("Sequence S-HQ has 89 numbers left, enough for about 8")]
    world.settings["sequence_warn_nights"] = 0
    assert world.intake(row("R-2", quantity=10)).notes == ()


def metrics(world: World, path: Path, now: dt.datetime = NOW) -> dict[str, float]:
    """Write the metrics and read them as a collector does."""
    with read_only(world.database.engine) as connection:
        write_metrics(connection, path, now, 14)
    lines = path.read_text(encoding="utf-8").splitlines()
    samples = [line for line in lines if not line.startswith("#")]
    assert [line for line in samples if not LINE.match(line)] == []
    typed = {line.split()[2] for line in lines if line.startswith("# TYPE ")}
    assert {line.partition("{")[0] for line in samples} <= typed
    told = dict(line.rsplit(" ", 1) for line in samples)
    assert len(told) == len(samples), "a metric told twice"
    return {name.removeprefix("serialback_"): float(value) for name, value in told.items()}


def test_the_metrics_file(world: World, tmp_path: Path) -> None:
    path = tmp_path / "serialback.prom"
    world.intake(row("R-1", quantity=10), row("R-2", "NONE"), row("R-3", "NONE"))
    world.pos()
    told = metrics(world, path, NOW + dt.timedelta(hours=2))
    expected = {
        'last_success_timestamp_seconds{job="intake"}': NOW.timestamp(),
        'last_success_timestamp_seconds{job="pos"}': NOW.timestamp(),
        'last_run_duration_seconds{job="intake"}': 0,
        'last_run_lines{job="intake",outcome="posted"}': 1,
        'last_run_lines{job="intake",outcome="refused"}': 2,
        'last_run_lines{job="intake",outcome="skipped"}': 0,
        'lines_total{job="intake",outcome="refused"}': 2,
        'open_exceptions{code="ITEM_UNKNOWN"}': 2,
        'oldest_open_exception_age_seconds{code="ITEM_UNKNOWN"}': 7200,
        'sequence_numbers_left{sequence="S-HQ"}': 89,
        'sequence_numbers_left{sequence="S-MAIN"}': math.inf,
        'sequence_nights_left{sequence="S-HQ"}': 8.9,
        'sequence_nights_left{sequence="CM-MAIN"}': math.inf,
    }
    assert {name: told[name] for name in expected} == expected


def test_a_run_that_fails_is_no_success(world: World, tmp_path: Path) -> None:
    world.intake(row("R-1"))
    world.execute("UPDATE run SET status = 'FAILED'")
    told = metrics(world, tmp_path / "m.prom")
    assert [name for name in told if name.startswith("last_success")] == []
    assert told['last_run_timestamp_seconds{job="intake"}'] == NOW.timestamp()
    world.execute("UPDATE run SET status = 'DONE'")


def test_the_file_is_replaced_whole(world: World, tmp_path: Path) -> None:
    path = tmp_path / "m.prom"
    metrics(world, path)
    assert path.stat().st_mode & 0o777 == 0o640
    path.chmod(0o444)
    with path.open(encoding="utf-8") as reading:
        before = reading.read()
        world.intake(row('R"1\n', "NO\\NE"))
        metrics(world, path)
        reading.seek(0)
        assert reading.read() == before
    assert path.stat().st_mode & 0o777 == 0o444
    assert [each.name for each in tmp_path.iterdir() if "prom" in each.name] == ["m.prom"]


def test_a_file_that_cannot_be_written_is_said(world: World, tmp_path: Path) -> None:
    (tmp_path / "folder.prom").mkdir()
    for path in (tmp_path / "gone" / "m.prom", tmp_path / "folder.prom"):
        with read_only(world.database.engine) as connection, pytest.raises(SerialbackError, match="cannot be written"):
            write_metrics(connection, path, NOW, 14)
    assert list(tmp_path.glob(".*")) == []
