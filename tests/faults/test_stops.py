"""Stop a run by signals, start two at once, take its lock away: the chunk is done or undone, and the next completes."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.faults.conftest import Undisturbed
from tests.faults.night import Night, differences, sample, until

# What it runs is counted by other tests.
pytestmark = pytest.mark.usefixtures("uncounted")

MIDDLE = "chunk.units:2"


def done_chunks(night: Night) -> int:
    """Count the lines that runs have settled so far."""
    with night.database.engine.connect() as connection:
        read = connection.execute(sa.text("SELECT MAX(lines_posted) FROM run")).scalar_one()
        connection.rollback()
    return int(read)


def send(program: subprocess.Popen[str], *signals: signal.Signals) -> None:
    """Send signals one by one: two of a kind at once are one."""
    for number in signals:
        program.send_signal(number)
        time.sleep(0.3)


@pytest.mark.parametrize(
    ("signals", "status", "chunk_stands"),
    sample(
        [
            pytest.param([signal.SIGTERM], 143, True, id="SIGTERM finishes the chunk"),
            pytest.param([signal.SIGTERM] * 2, 143, False, id="SIGTERM twice undoes the chunk"),
            pytest.param([signal.SIGINT] * 3, 130, False, id="SIGINT three times undoes it once"),
            pytest.param([signal.SIGINT], 130, True, id="SIGINT finishes the chunk"),
            pytest.param([signal.SIGINT, signal.SIGTERM], 143, False, id="the last one counts"),
        ],
        3,
    ),
)
def test_a_signal_stops_at_a_safe_place(
    night: Night, undisturbed: Undisturbed, signals: list[signal.Signals], status: int, chunk_stands: bool
) -> None:
    with night.started(changes=f"pause={MIDDLE}") as program:
        night.paused_at(program)
        send(program, *signals)
        if chunk_stands:
            night.go_on()
        _, said = program.communicate(timeout=60)
        # A signal that comes when all is done ends the program as it ends any.
        ended = program.returncode if program.returncode >= 0 else 128 - program.returncode
        assert ended == status, said
    assert night.statuses() == ["INTERRUPTED"]
    # The first chunk has four lines: what stands of the second one is more.
    assert (done_chunks(night) > 4) == chunk_stands
    assert night.business()["exception"] == [
        row for row in night.business()["exception"] if row in undisturbed.business["exception"]
    ], "a stop was taken for a fault"
    night.go_on()
    assert night.run().returncode == 65
    assert differences(night.business(), undisturbed.business) == {}
    assert night.statuses() == ["INTERRUPTED", "DONE"]


@pytest.mark.parametrize("number", sample([signal.SIGTERM, signal.SIGINT], 1))
def test_a_signal_while_a_file_is_landed(night: Night, undisturbed: Undisturbed, number: signal.Signals) -> None:
    with night.started(changes="pause=land.part:1") as program:
        night.paused_at(program)
        send(program, number, number)
        program.communicate(timeout=60)
        assert program.returncode == 128 + number
    assert night.business()["document"] == []
    assert night.run().returncode == 65
    assert differences(night.business(), undisturbed.business) == {}


def second_is_turned_away(night: Night, changes: str = "") -> None:
    """Insist that a run beside a paused one is turned away, told who is at work, and does nothing."""
    with night.started(changes=f"{changes},pause={MIDDLE}") as first:
        night.paused_at(first)
        second = night.run(changes=changes)
        assert second.returncode == 75, second.stderr
        assert f"run 1, host {socket.gethostname()}, pid {first.pid}, since " in second.stderr
        night.go_on()
        first.communicate(timeout=60)
        assert first.returncode == 65
    assert night.statuses() == ["DONE"]


def test_two_runs_at_once(night: Night, undisturbed: Undisturbed) -> None:
    second_is_turned_away(night)
    assert differences(night.business(), undisturbed.business) == {}


def test_many_runs_at_once(night: Night, undisturbed: Undisturbed) -> None:
    with night.started() as one, night.started() as two, night.started() as three:
        ended = []
        for program in (one, two, three):
            program.communicate(timeout=120)
            ended.append(program.returncode)
    assert set(ended) <= {65, 75}
    assert 65 in ended
    assert night.run().returncode == 65
    assert differences(night.business(), undisturbed.business) == {}


def children_of(pid: int) -> list[int]:
    """List the processes that a process has started."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in listed.stdout.split()]


def test_a_killed_run_leaves_no_reader_for_long(night: Night) -> None:
    reader = Path(__file__).with_name("reader")
    (night.folder / "a.csv").rename(night.folder / "hang.csv")
    with night.started(changes=f"reader={reader}", env={"SERIALBACK_LIMITS__WALL_SECONDS": "1"}) as program:
        until(lambda: bool(children_of(program.pid)))
        readers = children_of(program.pid)
        program.kill()
        program.communicate()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in readers), seconds=20)
