"""Kill the command with SIGKILL at every place; the same command again must leave what an undisturbed one leaves."""

from __future__ import annotations

import itertools
import random
import signal
import time

import pytest

from tests.faults.conftest import Undisturbed
from tests.faults.night import WHOLE, Fresh, Night, differences

# What it runs is counted by other tests.
pytestmark = pytest.mark.usefixtures("uncounted")

# One transaction for landing, one for each chunk, and one before and after: every place in them, in order.
PLACES = (
    "run.begun",
    "land.read",
    "land.part",
    "land.written",
    "land.committed",
    "refusal.written",
    "chunk.begun",
    "chunk.decided",
    "chunk.serials",
    "chunk.history",
    "chunk.units",
    "chunk.statuses",
    "chunk.exceptions",
    "chunk.services",
    "chunk.numbers",
    "chunk.memos",
    "chunk.written",
    "chunk.committed",
    "run.worked",
    "run.ended",
    "run.over",
)


# One of each kind, for every change; all of them by `make faults`.
SAMPLE = (
    "run.begun",
    "land.part",
    "land.committed",
    "chunk.memos",
    "chunk.committed",
    "run.ended",
)


def killed(night: Night, point: str) -> None:
    """Run the command with a failpoint, and insist that it was reached."""
    ran = night.run(env={"SERIALBACK_FAILPOINT": point})
    assert ran.returncode == -signal.SIGKILL, f"not killed at {point}: {ran.returncode} {ran.stderr}"


def completed(night: Night, expected: Undisturbed, after: str) -> None:
    """Run the command again, and insist that all is as if nothing had happened."""
    ran = night.run()
    assert ran.returncode == 65, f"after {after}: {ran.stderr}"
    assert differences(night.business(), expected.business) == {}, f"after {after}"
    night.assert_sound()


def test_every_place_is_known(undisturbed: Undisturbed) -> None:
    reached = {point.partition(":")[0] for point in undisturbed.points}
    assert reached == set(PLACES)
    assert len(undisturbed.of("chunk.committed")) > 2


@pytest.mark.parametrize("place", PLACES if WHOLE else SAMPLE)
def test_a_kill_loses_and_doubles_nothing(place: str, fresh: Fresh, undisturbed: Undisturbed) -> None:
    points = undisturbed.of(place)
    for point in points if WHOLE else points[len(points) // 2 :][:1]:
        with fresh() as night:
            killed(night, point)
            completed(night, undisturbed, f"a kill at {point}")


@pytest.mark.parametrize("first", ["land.committed:1", "chunk.written:2"])
def test_a_kill_of_the_second_run_too(first: str, fresh: Fresh, undisturbed: Undisturbed) -> None:
    for number in itertools.count(1):
        with fresh() as night:
            killed(night, first)
            second = f"chunk.committed:{number}" if WHOLE else "chunk.memos:2"
            ran = night.run(env={"SERIALBACK_FAILPOINT": second})
            completed(night, undisturbed, f"kills at {first} and {second}")
            assert differences(night.business(), undisturbed.business) == {}
            if not WHOLE or ran.returncode != -signal.SIGKILL:
                assert WHOLE or ran.returncode == -signal.SIGKILL
                return


@pytest.mark.parametrize("seed", range(20 if WHOLE else 1))
def test_kills_at_any_time(seed: int, fresh: Fresh, undisturbed: Undisturbed) -> None:
    chance = random.Random(seed)
    with fresh() as night:
        for _ in range(3):
            with night.started() as program:
                time.sleep(chance.uniform(0.3, 1.5))
                program.kill()
                program.communicate()
        completed(night, undisturbed, f"kills at random times from seed {seed}")


def test_the_same_command_again_changes_nothing(night: Night, undisturbed: Undisturbed) -> None:
    for _ in range(2):
        assert night.run().returncode == 65
        assert differences(night.business(), undisturbed.business) == {}
    assert night.statuses()[0] == "DONE"


def test_failpoints_are_refused_in_production(night: Night) -> None:
    before = night.business()
    ran = night.run(env={"SERIALBACK_FAILPOINT": "run.begun", "SERIALBACK_PRODUCTION": "1"})
    assert (ran.returncode, night.statuses()) == (78, [])
    assert "SERIALBACK_FAILPOINT is set, which makes a run fail on purpose" in ran.stderr
    assert night.business() == before
