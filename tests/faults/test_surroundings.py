"""Run the night in odd places: clocks that jump, strange zones and locales, readers that fail, other schemas."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from tests.cli.commands import COMMAND, environment
from tests.faults.conftest import Undisturbed
from tests.faults.night import Fresh, Night, differences, sample

# What it runs is counted by other tests.
pytestmark = pytest.mark.usefixtures("uncounted")

READER = Path(__file__).with_name("reader")


@pytest.mark.parametrize(
    ("changes", "zone"),
    sample(
        [
            pytest.param("clock=2026-03-29T12:00:00+00:00/-86400", "UTC", id="moved back a day at every look"),
            pytest.param("clock=2026-03-29T23:59:59+00:00/3600", "UTC", id="midnight passes"),
            pytest.param("clock=2026-03-29T00:59:59+00:00/1", "Europe/Berlin", id="an hour is left out"),
            pytest.param(
                "clock=2026-03-29T12:59:59+00:00/3600", "Asia/Tokyo", id="tomorrow already, from the second look"
            ),
        ],
        2,
    ),
)
def test_the_day_of_a_run_is_fixed_when_it_starts(
    night: Night, undisturbed: Undisturbed, changes: str, zone: str
) -> None:
    ran = night.run(changes=changes, env={"SERIALBACK_TIME_ZONE": zone}, on=None)
    assert ran.returncode == 65, ran.stderr
    assert differences(night.business(), undisturbed.business) == {}


@pytest.mark.parametrize(
    "env",
    sample(
        [
            pytest.param({"TZ": "Antarctica/Troll"}, id="a zone of two hours' summer time"),
            pytest.param({"TZ": "nonsense/nowhere"}, id="a zone that is none"),
            pytest.param({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, id="the locale C"),
        ][::-1],
        2,
    ),
)
def test_zone_and_locale_change_nothing(night: Night, undisturbed: Undisturbed, env: dict[str, str]) -> None:
    ran = night.run(env=env)
    assert ran.returncode == 65, ran.stderr
    assert differences(night.business(), undisturbed.business) == {}


def test_files_made_without_a_mask_are_not_for_everybody(sqlite_night: Fresh) -> None:
    with sqlite_night() as night:
        file = night.folder / "serialback.db"
        night.database.engine.dispose()
        file.chmod(0o640)
        ran = night.run(umask=0, changes="keep-log")
        assert ran.returncode == 65, ran.stderr
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in night.folder.glob("serialback.db*")}
    assert modes == dict.fromkeys(
        ("serialback.db", "serialback.db-wal", "serialback.db-shm", "serialback.db.lock"), 0o640
    )


def test_a_new_database_made_without_a_mask_is_not_either(tmp_path: Path) -> None:
    made = subprocess.run(
        [*COMMAND, "init", "--quiet", "--database", "sqlite:///new.db"],
        cwd=tmp_path,
        env=environment(),
        umask=0,
        check=False,
    )
    assert made.returncode == 0
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {"new.db": 0o640}


@pytest.mark.parametrize("name", ["crash", "hang", "eat"])
def test_a_reader_that_fails_costs_its_file_only(night: Night, undisturbed: Undisturbed, name: str) -> None:
    (night.folder / "b.csv").rename(night.folder / f"{name}.csv")
    limits = {"SERIALBACK_LIMITS__WALL_SECONDS": "4", "SERIALBACK_LIMITS__MEMORY_MIB": "400"}
    ran = night.run(changes=f"reader={READER}", env=limits)
    assert ran.returncode == 65, ran.stderr
    found, expected = night.business(), dict(undisturbed.business)
    (refused,) = [row for row in found["intake_file"] if row[4] == "REFUSED"]
    assert refused[0] == f"{name}.csv"
    del found["intake_file"], expected["intake_file"]
    assert differences(found, expected) == {}
    assert not list(night.folder.glob("core*"))


@pytest.mark.parametrize(
    ("version", "said"), [("0000", "older (0000)"), ("9999", "newer (9999)")], ids=["older", "newer"]
)
def test_another_schema_is_left_alone(night: Night, version: str, said: str) -> None:
    before = night.business()
    night.execute(f"UPDATE alembic_version SET version_num = '{version}'")
    ran = night.run()
    assert (ran.returncode, night.statuses()) == (78, [])
    assert said in ran.stderr
    assert night.business() == before


def test_no_schema_is_said(night: Night) -> None:
    night.execute("DELETE FROM alembic_version")
    ran = night.run()
    assert ran.returncode == 78
    assert "run `serialback init`" in ran.stderr
