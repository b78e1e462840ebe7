"""Show that a rehearsal survives a document that the program fails on, though it undoes no step of its own at first."""

from __future__ import annotations

from typing import Any

import pytest

from batch.core.settle import settle
from batch.edge.session import Session
from tests.databases import Database
from tests.jobs.world import World, row

FAULT = "the program is at a loss"


def test_a_document_the_program_fails_on_is_set_aside_in_a_rehearsal_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def failing(chunk: Any, *terms: Any) -> Any:
        asked.append(len(chunk.documents))
        if "R-2" in set(chunk.documents["document_no"]):
            raise ZeroDivisionError(FAULT)
        return settle(chunk, *terms)

    for module in ("batch.runner_overlap", "batch.edge.settlement"):
        monkeypatch.setattr(f"{module}.settle", failing)
    file = world.sheet(row("R-1", quantity=3), row("R-2"), row("R-3", "NONE"))
    rehearsed = world.intake(file, dry_run=True)
    # Once ahead, once alone; then all is given up, and made again with steps that can be undone alone.
    assert asked == [3, 3, 3, 1, 1, 1]
    assert world.count("document", "serial", "exception") == [0, 0, 0]
    real = world.intake(file)
    assert rehearsed.figures() == real.figures()
    for report in (rehearsed, real):
        assert {each.code: each.lines for each in report.exceptions_by_code} == {
            "DOCUMENT_FAILED": 1,
            "ITEM_UNKNOWN": 1,
        }


@pytest.mark.parametrize("careful", [False, True])
def test_what_a_failed_step_wrote_stands_in_no_rehearsal(database: Database, *, careful: bool) -> None:
    with Session(database.engine, dry_run=True, careful=careful) as session:
        with pytest.raises(ZeroDivisionError, match=FAULT):
            fail_having_written(session)
        assert session.keeps_what_failed is not careful
        with session.transaction() as connection:
            # A step that cannot be undone alone leaves its rows until the whole rehearsal is given up.
            left = connection.exec_driver_sql("SELECT count(*) FROM stock_area").scalar_one()
            assert left == (0 if careful else 1)
    with Session(database.engine, dry_run=False) as session, session.transaction() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM stock_area").scalar_one() == 0


def fail_having_written(session: Session) -> None:
    """Write a row in a large step, and fail."""
    with session.transaction(large=True) as connection:
        connection.exec_driver_sql("INSERT INTO stock_area (area_code, area_type) VALUES ('CRMA', 'STOCK')")
        raise ZeroDivisionError(FAULT)
