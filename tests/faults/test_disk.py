"""Run out of room in the middle: one clear line, exit 1, a sound database, and on from there when there is room."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.faults.conftest import Undisturbed
from tests.faults.night import ROWS, WHOLE, Fresh, Night, differences, may_mount, write_files

# What it runs is counted by other tests.
pytestmark = pytest.mark.usefixtures("uncounted")

MANY = tuple(f"M-{number},Return,HQ,C1,CPU,9,,,,," for number in range(100))
LARGER = {"SERIALBACK_CHUNK_LINES": "20"}
FULL = "The disk of the database is full. Nothing of this step was written; make room and run again."


@pytest.fixture(scope="module")
def many(sqlite_night: Fresh) -> Undisturbed:
    """Give what an undisturbed night of many rows leaves."""
    with sqlite_night() as night:
        write_files(night.folder, ROWS + MANY)
        assert night.run(env=LARGER).returncode == 65
        return Undisturbed(night.business(), ())


@pytest.fixture
def filled(sqlite_night: Fresh, many: Undisturbed) -> Iterator[tuple[Night, Undisturbed]]:
    """Give a night with many rows, and what an undisturbed one leaves."""
    with sqlite_night() as night:
        write_files(night.folder, ROWS + MANY)
        yield night, many
        night.assert_sound()


def pages(night: Night) -> int:
    """Count the pages that a SQLite file has."""
    with night.database.engine.begin() as connection:
        return int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())


@pytest.mark.parametrize("room", [2, 20, 50], ids=["for the run's row", "for the landing", "for some chunks"])
def test_sqlite_has_no_more_pages(filled: tuple[Night, Undisturbed], room: int) -> None:
    night, undisturbed = filled
    stopped = night.run(changes=f"pages={pages(night) + room}", env=LARGER)
    assert (stopped.returncode, stopped.stderr.splitlines()[-1]) == (1, f"Error: {FULL}")
    night.assert_sound()
    assert night.run(env=LARGER).returncode == 65
    assert differences(night.business(), undisturbed.business) == {}


@pytest.mark.parametrize("room", [60_000, 400_000], ids=["for the landing", "for some chunks"])
def test_a_file_may_not_grow(filled: tuple[Night, Undisturbed], room: int) -> None:
    night, undisturbed = filled
    # The log beside the file grows first, from nothing.
    stopped = night.run(changes=f"file-size={room}", env={**LARGER, "SERIALBACK_LIMITS__SPOOL_MIB": "1"})
    assert stopped.returncode == 1
    assert "could not be read or written" in stopped.stderr.splitlines()[-1]
    night.assert_sound()
    assert night.run(env=LARGER).returncode == 65
    assert differences(night.business(), undisturbed.business) == {}


def test_postgresql_says_that_the_disk_is_full(postgresql_night: Fresh) -> None:
    with postgresql_night() as night:
        assert night.run(env=LARGER).returncode == 65
        expected = night.business()
    with postgresql_night() as night:
        night.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF (SELECT COUNT(*) FROM credit_memo) > 3 THEN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; "
            "END IF; RETURN NULL; END $$"
        )
        night.execute("CREATE TRIGGER full_disk AFTER INSERT ON credit_memo EXECUTE FUNCTION full_disk()")
        stopped = night.run(env=LARGER)
        assert (stopped.returncode, stopped.stderr.splitlines()[-1]) == (1, f"Error: {FULL}")
        assert night.statuses() == ["FAILED"]
        night.execute("DROP TRIGGER full_disk ON credit_memo")
        assert night.run(env=LARGER).returncode == 65
        assert differences(night.business(), expected) == {}
        night.assert_sound()


@contextmanager
def small_disk(night: Night) -> Iterator[Path]:
    """Mount a disk of 256 kB that the server may write to, and keep the history of serials there."""
    with tempfile.TemporaryDirectory(prefix="sb-disk-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        disk = folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "none", str(disk)], check=True)
        try:
            with psycopg.connect(libpq(night.database.url), autocommit=True) as connection:
                (directory,) = connection.execute("SHOW data_directory").fetchone() or ("",)
                os.chown(disk, Path(directory).stat().st_uid, -1)
                connection.execute(f"CREATE TABLESPACE {disk.parent.name.replace('-', '_')} LOCATION '{disk}'")
                connection.execute(f"ALTER TABLE serial_history SET TABLESPACE {disk.parent.name.replace('-', '_')}")
            yield disk
            with psycopg.connect(libpq(night.database.url), autocommit=True) as connection:
                connection.execute("ALTER TABLE serial_history SET TABLESPACE pg_default")
                connection.execute(f"DROP TABLESPACE {disk.parent.name.replace('-', '_')}")
        finally:
            subprocess.run(["umount", str(disk)], check=True)


def libpq(url: str) -> str:
    """Give a URL as psycopg reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


if WHOLE and may_mount():

    def test_the_disk_of_postgresql_is_full(postgresql_night: Fresh) -> None:
        with postgresql_night() as night:
            write_files(night.folder, ROWS + MANY)
            assert night.run(env=LARGER).returncode == 65
            expected = night.business()
        with postgresql_night() as night, small_disk(night) as disk:
            write_files(night.folder, ROWS + MANY)
            stopped = night.run(env=LARGER)
            assert (stopped.returncode, stopped.stderr.splitlines()[-1]) == (1, f"Error: {FULL}")
            subprocess.run(["mount", "-o", "remount,size=16m", str(disk)], check=True)
            assert night.run(env=LARGER).returncode == 65
            assert differences(night.business(), expected) == {}
            night.assert_sound()
