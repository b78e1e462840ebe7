"""Settle chunks that are decided while the one before them is written, and let either go wrong."""

from __future__ import annotations

import itertools
import signal
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from batch.core.chunk import Chunk
from batch.core.outcome import Outcome
from batch.core.settle import settle
from batch.edge.exceptions import write_exceptions
from batch.edge.stopping import StoppedError
from batch.edge.store import _write_statuses, write_outcome
from batch.errors import BusyError
from batch.log import logger
from tests.jobs.world import World, row

# The third document names a unit that the second brings; the fourth stands alone.
NIGHT = (row("R-1", quantity=2), row("R-2", mfr="M-1"), row("R-3", mfr="M-1"), row("R-4", quantity=2))
SERIALS = {"R-1": ["5001", "5002"], "R-2": ["5003"], "R-3": [], "R-4": ["5004", "5005"]}


@pytest.fixture
def world(world: World) -> World:
    """Have every document settled as a chunk of its own."""
    logger()
    world.settings["chunk_lines"] = 1
    return world


def assert_settled(world: World) -> None:
    """Insist that the night came to what it comes to in one chunk."""
    assert {document_no: world.serials(document_no) for document_no in SERIALS} == SERIALS
    assert world.exceptions() == [("R-3", 1, "SERIAL_ALREADY_IN_STOCK")]
    assert [memo[:2] for memo in world.memos()] == [
        ("CM-HQ-00001", "R-1"),
        ("CM-HQ-00002", "R-2"),
        ("CM-HQ-00003", "R-4"),
    ]


def test_a_chunk_is_decided_while_the_one_before_it_is_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    decided: list[str] = []
    written: list[list[str]] = []
    # The third waits for the second, without which it would be taken in; the last has none after it.
    ahead = iter((2, 2, 4, 4))

    def deciding(chunk: Chunk, *terms: Any) -> Outcome:
        decided.extend(chunk.documents["document_no"])
        return settle(chunk, *terms)

    def writing(connection: sa.Connection, outcome: Outcome, *more: Any) -> None:
        wanted = next(ahead)
        for _ in range(3_000):
            if len(decided) < wanted:
                time.sleep(0.01)
        write_outcome(connection, outcome, *more)
        written.append(list(decided))

    monkeypatch.setattr("batch.runner_overlap.settle", deciding)
    monkeypatch.setattr("batch.runner_overlap.write_outcome", writing)
    world.intake(*NIGHT)
    assert written == [["R-1", "R-2"], ["R-1", "R-2"], ["R-1", "R-2", "R-3", "R-4"], ["R-1", "R-2", "R-3", "R-4"]]
    assert_settled(world)


def test_a_chunk_begins_to_be_written_while_the_one_ahead_takes_its_numbers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL has two writers; what chunks share is written in their order all the same."""
    two_writers = world.database.engine.dialect.name == "postgresql"
    told: list[str] = []

    def own_written(*given: Any) -> None:
        _write_statuses(*given)
        told.append("own")

    def shared(*given: Any) -> tuple[int, int]:
        for _ in range(3_000):
            if two_writers and told.count("shared") == 0 and told.count("own") < 2:
                time.sleep(0.01)
        told.append("shared")
        return write_exceptions(*given)

    monkeypatch.setattr("batch.edge.store._write_statuses", own_written)
    monkeypatch.setattr("batch.edge.store.write_exceptions", shared)
    # The second is known to be right while the first is not written; the others follow as they can.
    world.intake(*NIGHT)
    assert told[:4] == (["own", "own", "shared", "shared"] if two_writers else ["own", "shared"] * 2)
    assert sorted(told) == ["own"] * 4 + ["shared"] * 4
    assert_settled(world)


@pytest.mark.parametrize(
    "fault",
    [ZeroDivisionError("the program is at a loss"), BusyError("locked")],
    ids=["the program's", "the database's"],
)
@pytest.mark.parametrize("at", [1, 2, 4])
def test_a_chunk_that_cannot_be_written_is_settled_alone(
    world: World, at: int, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = itertools.count(1)

    def failing(connection: sa.Connection, outcome: Outcome, *more: Any) -> None:
        turn = next(turns)
        write_outcome(connection, outcome, *more)
        if turn == at:
            raise fault

    monkeypatch.setattr("batch.runner_overlap.write_outcome", failing)
    with structlog.testing.capture_logs() as told:
        report = world.intake(*NIGHT)
    assert (report.lines_read, report.lines_posted, report.exit_status) == (4, 3, 0)
    assert_settled(world)
    assert [(each["event"], each["reason"]) for each in told] == [("chunk_not_written", type(fault).__name__)]


def test_a_chunk_behind_one_that_fails_is_not_begun(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for the one ahead to have written what is its own, and what that one has not, nobody follows."""
    two_writers = world.database.engine.dialect.name == "postgresql"
    given: list[Outcome] = []
    second_given = threading.Event()
    turns = itertools.count(1)
    submit = ThreadPoolExecutor.submit

    def submitting(*work: Any) -> Future[Any]:
        if next(turns) == 2:
            second_given.set()
        return submit(*work)

    def failing(connection: sa.Connection, outcome: Outcome, *more: Any) -> None:
        given.append(outcome)
        if len(given) == 1:
            assert not two_writers or second_given.wait(60)
            raise ZeroDivisionError
        write_outcome(connection, outcome, *more)

    monkeypatch.setattr("batch.runner_overlap.ThreadPoolExecutor.submit", submitting)
    monkeypatch.setattr("batch.runner_overlap.write_outcome", failing)
    world.intake(*NIGHT)
    assert len(given) == (3 if two_writers else 4)
    assert_settled(world)


@pytest.mark.parametrize("begun", [1, 2, 3])
def test_what_is_being_written_when_a_run_is_stopped_is_finished(
    world: World, begun: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []

    def stopping(_: object) -> None:
        if len(given) >= begun:
            raise StoppedError(signal.SIGTERM)

    def writing(connection: sa.Connection, outcome: Outcome, *more: Any) -> None:
        given.append("chunk")
        # Long enough to be met at it, were it not waited for.
        time.sleep(0.2)
        write_outcome(connection, outcome, *more)

    monkeypatch.setattr("batch.runner_overlap.write_outcome", writing)
    monkeypatch.setattr("batch.edge.stopping.Stopping.check", stopping)
    report = world.intake(*NIGHT)
    assert report.status == "INTERRUPTED"
    assert world.value("SELECT COUNT(*) FROM document_line WHERE status <> 'PENDING'") == len(given)
    monkeypatch.undo()
    world.intake()
    assert_settled(world)


@pytest.mark.parametrize("at", [1, 2, 3, 4, 5])
def test_a_chunk_that_cannot_be_decided_ahead_is_settled_alone(
    world: World, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided: list[int] = []

    def failing(*given: Any) -> Outcome:
        decided.append(1)
        if len(decided) == at:
            raise ZeroDivisionError
        return settle(*given)

    monkeypatch.setattr("batch.runner_overlap.settle", failing)
    with structlog.testing.capture_logs() as told:
        world.intake(*NIGHT)
    assert_settled(world)
    # The first is not ahead of anything, and the third is decided when the second is written.
    expected = {1: ["chunk_not_ready"], 2: ["chunk_not_ahead"], 3: ["chunk_not_ready"], 4: ["chunk_not_ahead"], 5: []}
    assert [each["event"] for each in told] == expected[at]


@pytest.mark.parametrize(
    ("fault", "lines_refused"),
    [pytest.param(ZeroDivisionError, 1, id="the program's"), pytest.param(BusyError, None, id="the database's")],
)
def test_a_rehearsal_that_cannot_write_is_given_up_or_made_again(
    world: World, fault: type[Exception], lines_refused: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> None:
        raise fault("at a loss")

    monkeypatch.setattr("batch.runner_overlap.write_outcome", failing)
    if lines_refused is None:
        with pytest.raises(BusyError) as raised:
            world.intake(*NIGHT, dry_run=True)
        assert raised.value.__cause__ is None
    else:
        assert world.intake(*NIGHT, dry_run=True).lines_refused == lines_refused
    assert world.count("document", "serial", "exception") == [0, 0, 0]


def test_a_rehearsal_in_many_chunks_comes_to_what_the_run_does(world: World) -> None:
    file = world.sheet(*NIGHT)
    rehearsed = world.intake(file, dry_run=True)
    assert rehearsed.figures() == world.intake(file).figures()
    assert_settled(world)


def test_two_sequences_that_bring_forth_the_same_number_pass_over_it(world: World) -> None:
    """Whichever chunk comes later finds the number taken, be the one ahead committed or still being written."""
    sequence = {"kind": "SERIAL", "mask": "{seq}", "next_number": 5001}
    world.insert("number_sequence", sequence_code="S-BOX", **sequence)
    item = {"inventory_type": "SERIALIZED", "list_price_minor": 1, "average_cost_minor": 1}
    world.insert("item", item_code="BOX", serial_sequence_code="S-BOX", **item)
    world.intake(row("R-1"), row("R-2", "BOX"), row("R-3"), row("R-4", "BOX"))
    assert [world.serials(f"R-{number}") for number in range(1, 5)] == [["5001"], ["5002"], ["5003"], ["5004"]]
    assert world.exceptions() == []


def test_a_slip_and_the_return_of_its_unit_follow_one_another(world: World) -> None:
    """The return closes the slip, of which another line is still to come in the very next chunk."""
    world.intake(row("R-0", serial="5001"))
    world.intake(row("S-1", type="Service"), row("S-1", "NONE", type="Service"))
    assert (world.status("R-0"), world.status("S-1")) == (("HELD", "REFUSED"), ("PARTIAL", "POSTED", "REFUSED"))
    world.insert("item", item_code="NONE", inventory_type="SERIALIZED", list_price_minor=1, average_cost_minor=1)
    world.intake()
    assert world.status("R-0") == ("POSTED", "POSTED")
    assert world.status("S-1") == ("POSTED", "CLOSED", "POSTED")
