"""Kill a whole night in each of its phases: the same command again leaves what an undisturbed one leaves."""

from __future__ import annotations

import dataclasses
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.commands import COMMAND
from tests.faults.night import WHOLE, Business, Fresh, Night, differences, until
from tests.jobs.world import World

# What it runs is counted by other tests.
pytestmark = pytest.mark.usefixtures("uncounted")

# The phases of a night, and one place in each.
PLACES = (
    "night.interrupted",
    "inbox.claimed",
    "run.begun",
    "land.written",
    "land.committed",
    "refusal.written",
    "chunk.written",
    "chunk.committed",
    "run.ended",
    "inbox.reported",
    "inbox.put.companion",
    "inbox.put",
    "inbox.moved",
    "night.inbox",
    "night.intake",
    "night.pos",
    "reports.begun",
    "reports.written",
    "night.reports",
)

# Those by which a night is killed with every change; by all of them with `make faults`.
SAMPLE = (
    "inbox.claimed",
    "land.committed",
    "inbox.put.companion",
    "inbox.moved",
    "reports.written",
)

FOLDERS = {
    "done/2026-03-29/a.csv",
    "done/2026-03-29/a.exceptions.xlsx",
    "duplicate/again.csv",
    "duplicate/again.reason.txt",
    "refused/b.csv",
    "refused/b.reason.txt",
    "inbox/half.csv.part",
}


@dataclasses.dataclass(frozen=True)
class WholeNight(Night):
    """A night with an inbox and POS documents."""

    def command(self, *extra: str, changes: str = "") -> list[str]:
        """Give the command of the night."""
        assert not changes, "a night is only run as it is"
        return [*COMMAND, "run", "nightly", "--quiet", "--database", self.database.url, *extra]

    def go(self, point: str = "") -> subprocess.CompletedProcess[str]:
        """Run the night, killed at a place if one is named."""
        asked = {"SERIALBACK_FAILPOINT": point} if point else {}
        return self.run(env={"SERIALBACK_INBOX_SETTLE_SECONDS": "0", **asked})

    def files(self) -> set[str]:
        """List what lies in the folders of the inbox."""
        folders = ("inbox", "done", "duplicate", "refused")
        found = (path for name in folders for path in (self.folder / name).rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder)) for path in found}


@dataclasses.dataclass(frozen=True)
class Undisturbed:
    """What a night leaves that nothing happens to, and the places it comes by."""

    business: Business
    points: tuple[str, ...]


@contextmanager
def whole(fresh: Fresh) -> Iterator[WholeNight]:
    """Give a fresh night with files in its inbox and documents of the POS system."""
    with fresh() as night:
        inbox = night.folder / "inbox"
        inbox.mkdir()
        for name in ("a.csv", "b.csv"):
            (night.folder / name).rename(inbox / name)
        shutil.copy(inbox / "a.csv", inbox / "again.csv")
        (inbox / "half.csv.part").write_text("half", encoding="utf-8")
        world = World.__new__(World)
        world.database = night.database
        world.document("POS_INVOICE", "P-1", {"quantity": -2}, {"quantity": 1})
        world.document("POS_CREDIT", "P-2", {"quantity": 1}, {"quantity": 1, "item_code": "NONE"})
        world.document("SERVICE", "P-3", {"quantity": 1})
        yield WholeNight(night.database, night.folder)


_known: dict[int, Undisturbed] = {}


@pytest.fixture
def undisturbed(fresh: Fresh) -> Undisturbed:
    """Give what an undisturbed night leaves, found once for each kind of database."""
    if id(fresh) not in _known:
        with whole(fresh) as night:
            ran = night.go("?")
            assert ran.returncode == 65, ran.stderr
            assert night.files() == FOLDERS
            night.assert_sound()
            points = tuple(re.findall(r"^failpoint (\S+)$", ran.stderr, re.MULTILINE))
            _known[id(fresh)] = Undisturbed(night.business(), points)
    return _known[id(fresh)]


def test_every_place_is_reached(undisturbed: Undisturbed) -> None:
    assert set(PLACES) <= {point.partition(":")[0] for point in undisturbed.points}


@pytest.mark.parametrize("place", PLACES if WHOLE else SAMPLE)
def test_a_killed_night_is_finished_by_the_next(place: str, fresh: Fresh, undisturbed: Undisturbed) -> None:
    points = [point for point in undisturbed.points if point.partition(":")[0] == place]
    for point in points if WHOLE else points[len(points) // 2 :][:1]:
        with whole(fresh) as night:
            killed = night.go(point)
            assert killed.returncode == -signal.SIGKILL, f"not killed at {point}: {killed.stderr}"
            finished = night.go()
            assert finished.returncode in {0, 65}, f"after {point}: {finished.stderr}"
            assert night.files() == FOLDERS, f"after {point}"
            assert differences(night.business(), undisturbed.business) == {}, f"after {point}"
            assert list((night.folder / "inbox" / ".claimed").iterdir()) == []
            night.assert_sound()


def test_a_night_that_finds_nothing_new_changes_nothing(fresh: Fresh, undisturbed: Undisturbed) -> None:
    with whole(fresh) as night:
        assert [night.go().returncode for _ in range(2)] == [65, 0]
        assert night.files() == FOLDERS
        assert differences(night.business(), undisturbed.business) == {}


def test_two_nights_at_once_are_one(fresh: Fresh, undisturbed: Undisturbed) -> None:
    with whole(fresh) as night, night.started(env={"SERIALBACK_INBOX_SETTLE_SECONDS": "10"}) as first:
        until((night.folder / "inbox" / ".claimed").is_dir)
        second = night.go()
        assert second.returncode == 75
        assert re.search(rf"held by .*, host \S+, pid {first.pid}, since ", second.stderr)
        assert first.wait(timeout=60) == 65
        assert night.files() == FOLDERS
        assert differences(night.business(), undisturbed.business) == {}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_night_that_is_stopped_leaves_the_rest_for_the_next(
    number: signal.Signals, fresh: Fresh, undisturbed: Undisturbed
) -> None:
    with whole(fresh) as night:
        with night.started(env={"SERIALBACK_INBOX_SETTLE_SECONDS": "20"}) as program:
            until((night.folder / "inbox" / ".claimed").is_dir)
            program.send_signal(number)
            assert program.wait(timeout=60) == 128 + number
        assert night.files() == {"inbox/a.csv", "inbox/again.csv", "inbox/b.csv", "inbox/half.csv.part"}
        assert night.go().returncode == 65
        assert night.files() == FOLDERS
        assert differences(night.business(), undisturbed.business) == {}


def test_two_databases_with_one_inbox_do_not_take_the_same_file(fresh: Fresh) -> None:
    with whole(fresh) as night, whole(fresh) as other:
        shutil.rmtree(other.folder / "inbox")
        (other.folder / "inbox").symlink_to(night.folder / "inbox")
        with night.started(env={"SERIALBACK_INBOX_SETTLE_SECONDS": "12"}) as first:
            until((night.folder / "inbox" / ".claimed").is_dir)
            assert other.go().returncode == 65
            assert first.wait(timeout=60) == 0
        assert night.files() == FOLDERS
