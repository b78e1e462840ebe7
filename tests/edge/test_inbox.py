"""Sweep inboxes into which real programs write, in which others sweep, and from which dead ones have taken files."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from batch.edge.inbox import CLAIMED, Sweep, claimed_by_the_dead, look_around, sweeping
from batch.errors import SettingsError

NOW = dt.datetime(2026, 3, 31, 20, 0, tzinfo=dt.UTC)

# Writes a byte every so many seconds to the file named, until it is told to end; the second way closes it in between.
SLOW = """
import sys, time
path, seconds, keeps_open = sys.argv[1], float(sys.argv[2]), sys.argv[3] == "open"
file = open(path, "ab", buffering=0)
print("begun", flush=True)
while True:
    time.sleep(seconds)
    if keeps_open == "open":
        file.write(b"x")
    else:
        file.close()
        file = open(path, "ab", buffering=0)
        file.write(b"x")
        file.close()
"""


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Make an inbox."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@contextmanager
def writing(path: Path, *, seconds: float, keeps_open: bool) -> Iterator[None]:
    """Have another program write to a file slowly."""
    said = "open" if keeps_open else "again"
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, str(path), str(seconds), said], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "begun\n"
        try:
            yield
        finally:
            program.kill()


def drop(inbox: Path, *names: str) -> None:
    """Put files into an inbox."""
    for name in names:
        (inbox / name).write_text(name, encoding="utf-8")


def taken(inbox: Path) -> list[str]:
    """Sweep an inbox that nobody else is at; give the names of what was claimed, in order."""
    with sweeping(inbox, NOW) as sweep:
        claims = [sweep.claim(path) for path in look_around(inbox, 0).ready]
        names = [claim.path.name for claim in claims if claim]
        for claim in claims:
            if claim:
                sweep.give_back(claim)
    return names


@pytest.mark.parametrize(
    ("keeps_open", "seconds", "settle_seconds"),
    [
        pytest.param(True, 60, 0.0, id="open for writing, and nothing written"),
        pytest.param(False, 0.05, 1.0, id="opened again for every piece"),
    ],
)
def test_a_file_that_is_still_being_written_is_left(
    inbox: Path, *, keeps_open: bool, seconds: float, settle_seconds: float
) -> None:
    drop(inbox, "a.csv", "slow.csv")
    with writing(inbox / "slow.csv", seconds=seconds, keeps_open=keeps_open):
        waiting = look_around(inbox, settle_seconds)
        assert ([path.name for path in waiting.ready], waiting.left) == (["a.csv"], ("slow.csv",))
    assert [path.name for path in look_around(inbox, 0).ready] == ["a.csv", "slow.csv"]


def test_a_file_that_is_opened_when_it_is_claimed_is_given_back(inbox: Path) -> None:
    drop(inbox, "a.csv")
    (path,) = look_around(inbox, 0).ready
    with sweeping(inbox, NOW) as sweep, writing(path, seconds=60, keeps_open=True):
        assert sweep.claim(path) is None
        assert path.read_text(encoding="utf-8") == "a.csv"


def test_what_is_no_file_of_ours_is_passed_over(inbox: Path, tmp_path: Path) -> None:
    drop(inbox, "~$a.csv", ".a.csv", "a.csv.part", "notes.txt", "b.csv")
    drop(tmp_path, "elsewhere.csv")
    (inbox / "link.csv").symlink_to(tmp_path / "elsewhere.csv")
    (inbox / "folder.csv").mkdir()
    os.mkfifo(inbox / "pipe.csv")
    waiting = look_around(inbox, 0)
    assert ([path.name for path in waiting.ready], waiting.left, waiting.strange) == (["b.csv"], (), ("notes.txt",))
    (inbox / "b.csv").unlink()
    (inbox / "b.csv").symlink_to(tmp_path / "elsewhere.csv")
    with sweeping(inbox, NOW) as sweep:
        assert sweep.claim(inbox / "b.csv") is None
    assert (inbox / "b.csv").is_symlink()


def test_nobody_waits_where_there_is_nothing(inbox: Path) -> None:
    waits: list[float] = []
    drop(inbox, "notes.txt")
    look_around(inbox, 9, waits.append)
    assert waits == []
    drop(inbox, "a.csv")
    look_around(inbox, 9, waits.append)
    assert waits == [9]


def test_two_sweeps_never_take_the_same_file(inbox: Path) -> None:
    drop(inbox, *(f"{number:02}.csv" for number in range(20)))
    with sweeping(inbox, NOW) as one, sweeping(inbox, NOW) as other:
        seen = [list(look_around(inbox, 0).ready) for _ in range(2)]
        claims = [
            sweep.claim(path)
            for pair in zip(*seen, strict=True)
            for sweep, path in zip((one, other), pair, strict=True)
        ]
        assert [claim is not None for claim in claims] == [True, False] * 20
        assert list(other.left_behind()) == []


def test_what_is_left_in_the_claim_of_a_dead_sweep_is_taken_over(inbox: Path) -> None:
    dead = inbox / CLAIMED / "20260330T201500Z-1-1" / "000001"
    dead.mkdir(parents=True)
    drop(dead, "a.csv", ".exceptions.xlsx")
    assert [path.name for path in claimed_by_the_dead(inbox)] == ["a.csv"]
    drop(inbox, "a.csv")
    with sweeping(inbox, NOW) as sweep:
        (claim,) = sweep.left_behind()
        assert (claim.path.name, claim.token) == ("a.csv", "20260330T201500Z-1-1")
        assert (claim.folder / ".exceptions.xlsx").exists()
        assert not dead.parent.exists()
        # Its name is taken in the inbox: it stays claimed, for the next sweep.
        sweep.give_back(claim)
        assert claim.path.exists()
    with sweeping(inbox, NOW) as sweep:
        (inbox / "a.csv").unlink()
        (claim,) = sweep.left_behind()
        claim.folder.joinpath(".exceptions.xlsx").unlink()
        sweep.give_back(claim)
    assert (inbox / "a.csv").exists()
    assert list((inbox / CLAIMED).iterdir()) == []


def test_a_sweep_clears_away_what_only_lay_beside_a_file(inbox: Path) -> None:
    dead = inbox / CLAIMED / "20260330T201500Z-1-1" / "000001"
    dead.mkdir(parents=True)
    drop(dead, ".reason.txt")
    with sweeping(inbox, NOW) as sweep:
        assert list(sweep.left_behind()) == []
    assert list((inbox / CLAIMED).iterdir()) == []


def test_the_claims_of_a_sweep_that_lives_are_left_alone(inbox: Path) -> None:
    drop(inbox, "a.csv", "b.csv")
    with sweeping(inbox, NOW) as first:
        assert first.claim(inbox / "a.csv") is not None
        assert claimed_by_the_dead(inbox) == []
        assert taken(inbox) == ["b.csv"]


def test_a_claim_knows_whether_it_was_written_to(inbox: Path) -> None:
    drop(inbox, "a.csv")
    with sweeping(inbox, NOW) as sweep:
        claim = sweep.claim(inbox / "a.csv")
        assert claim is not None
        assert claim.is_unchanged()
        time.sleep(0.01)
        claim.path.write_text("other", encoding="utf-8")
        assert not claim.is_unchanged()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "inbox").write_text("a file", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"inbox/\.claimed cannot be made"), sweeping(tmp_path / "inbox", NOW):
        pass


def test_folders_are_not_for_everybody(inbox: Path) -> None:
    with sweeping(inbox, NOW) as sweep:
        assert isinstance(sweep, Sweep)
        assert (inbox / CLAIMED).stat().st_mode & 0o777 == 0o750
