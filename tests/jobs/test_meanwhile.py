"""Let another system be at a unit of the register, and commit late, while a run wants that very unit."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from batch.edge.database import transaction
from tests.databases import Database
from tests.jobs.world import World, row

WAITING = "SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
HISTORY = (
    "SELECT action, from_area_code, to_area_code FROM serial_history JOIN serial USING (serial_id) "
    "WHERE serial_no = '{}' ORDER BY history_id"
)


def while_held(world: World, statements: tuple[str, ...], run: Callable[[], object]) -> None:
    """Execute statements, begin a run, and commit them when the run stands still for them."""
    with ThreadPoolExecutor(1) as pool:
        with transaction(world.database.engine) as connection:
            for statement in statements:
                connection.execute(sa.text(statement))
            begun = pool.submit(run)
            while not begun.done() and not any(each["query"] for each in world.rows(WAITING)):
                pass
        begun.result(timeout=60)


@pytest.fixture
def world(postgresql_database: Database, tmp_path: Path) -> World:
    """Give the world on PostgreSQL: SQLite has one writer, and whoever comes second sees what the first has done."""
    return World(postgresql_database, tmp_path)


@pytest.mark.parametrize(
    ("named", "changed", "exceptions", "left"),
    [
        pytest.param(
            {"serial_no": "4001"}, "mfr_serial_no = 'NEW'", [], ("CRMA", "NEW", None), id="it bears another serial"
        ),
        pytest.param(
            {"serial_no": "4001"},
            "area_code = 'CRMA', customer_code = NULL",
            [("D-1", 1, "SERIAL_ALREADY_IN_STOCK")],
            ("CRMA", "OLD", None),
            id="it came in",
        ),
        pytest.param(
            {"mfr_serial_no": "OLD"},
            "area_code = 'CRMA', customer_code = NULL",
            [("D-1", 1, "SERIAL_ALREADY_IN_STOCK")],
            ("CRMA", "OLD", None),
            id="it came in, and is named by its maker's serial",
        ),
        pytest.param(
            {"serial_no": "4001"},
            "item_code = 'MOUSE'",
            [("D-1", 1, "SERIAL_OTHER_ITEM")],
            ("SOLD", "OLD", "C1"),
            id="it is of another item after all",
        ),
    ],
)
def test_a_unit_is_what_its_writer_leaves(
    world: World,
    named: dict[str, object],
    changed: str,
    exceptions: list[tuple[str, int, str]],
    left: tuple[str, str, str | None],
) -> None:
    world.unit("4001", mfr_serial_no="OLD", customer_code="C1")
    world.pos()
    world.document("RETURN", "D-1", {"quantity": 1}, units=[(1, 1, named)])
    while_held(world, (f"UPDATE serial SET {changed} WHERE serial_no = '4001'",), world.pos)
    assert world.exceptions() == exceptions
    assert world.tuples("SELECT area_code, mfr_serial_no, customer_code FROM serial") == [left]


def test_a_unit_released_while_its_return_is_settled_comes_from_where_it_was_released_to(world: World) -> None:
    world.document("SERVICE", "S-1", {"quantity": 1}, units=[(1, 1, {"mfr_serial_no": "M-9"})])
    world.pos()
    world.document("RETURN", "D-1", {"quantity": 1}, units=[(1, 1, {"mfr_serial_no": "M-9"})])
    released = (
        """
        INSERT INTO serial_history (serial_id, action, from_area_code, to_area_code, business_date)
        SELECT serial_id, 'RELEASED', area_code, 'RELEASED', '2026-03-31' FROM serial
        """,
        "UPDATE serial SET area_code = 'RELEASED', open_document_id = NULL",
        "UPDATE document_line SET status = 'CLOSED' WHERE document_id = 1",
        "UPDATE document SET status = 'CLOSED' WHERE document_id = 1",
    )
    while_held(world, released, world.pos)
    assert world.tuples(HISTORY.format("5001"))[2:] == [
        ("RELEASED", "REPAIRS-IN", "RELEASED"),
        ("ATTACHED", "RELEASED", "RELEASED"),
        ("RECEIVED", "RELEASED", "CRMA"),
    ]


def test_a_unit_is_found_by_what_its_writer_leaves(world: World) -> None:
    world.unit("4001", mfr_serial_no="OLD")
    while_held(world, ("UPDATE serial SET mfr_serial_no = 'NEW'",), world.pos)
    world.document("RETURN", "D-1", {"quantity": 1}, units=[(1, 1, {"mfr_serial_no": "NEW"})])
    world.pos()
    assert world.register() == {"4001": "CRMA"}


def test_a_document_written_while_its_sheet_is_landed_is_met_on_file(world: World) -> None:
    written = (
        """
        INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
        VALUES ('RETURN', 'R-1', 'HQ', 'C1', '2026-03-31')
        """,
        "INSERT INTO document_line (document_id, line_no, item_code, quantity) VALUES (1, 1, 'CPU', 3)",
    )
    reports = []
    while_held(world, written, lambda: reports.append(world.intake(row("R-1"), row("R-2"))))
    assert [(each.exit_status, each.lines_read, each.lines_posted) for each in reports] == [(0, 2, 2)]
    # Not posted yet, the till's line was replaced by the sheet's.
    assert sorted(memo[1:3] for memo in world.memos()) == [("R-1", 1), ("R-2", 1)]
