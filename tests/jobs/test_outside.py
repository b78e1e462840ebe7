"""Let other systems do to documents what they should not, before a run and while it is on them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from batch.config import Settings
from batch.edge.database import transaction
from batch.job import Job
from batch.report import RunReport
from batch.runner import run_job
from jobs.intake import JOB as INTAKE
from jobs.pos import JOB as POS
from tests.databases import Database
from tests.jobs.world import NOW, TODAY, World, row

Line = dict[str, object]

WAITING = "SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def run_meeting(
    world: World, other: Callable[[], object], job: Job = POS, chunk_lines: int = 1, *, at_once: bool = False
) -> RunReport:
    """Run a job during which, once the first chunk is settled or all are chosen, another program does something."""

    class Watcher:
        """Act when the first chunk is told as done, or where none is held yet: PostgreSQL holds the next two too."""

        def start(self, label: str, total: int | None) -> None:
            self.done = int(at_once)
            if at_once and label == "Settling":
                other()

        def advance(self, n: int) -> None:
            self.done += 1
            if self.done == 1:
                other()

        def finish(self) -> None:
            """Nothing is drawn."""

    settings = Settings(chunk_lines=chunk_lines)
    clock = lambda: NOW  # noqa: E731 - a clock that stands still
    return run_job(
        job, world.database.engine, settings, business_date=TODAY, dry_run=False, clock=clock, progress=Watcher()
    )


@pytest.mark.parametrize(
    ("kind", "line", "code"),
    [
        pytest.param("POS_CREDIT", {"quantity": 1, "status": "POSTED"}, "LINE_STATUS_WRONG", id="posted, no memo"),
        pytest.param("RETURN", {"quantity": 1, "status": "CLOSED"}, "LINE_STATUS_WRONG", id="closed, no memo"),
        pytest.param("RETURN", {"quantity": 1, "status": "COMMITTED"}, "LINE_STATUS_WRONG", id="committed, no order"),
        pytest.param("RETURN", {"quantity": 1, "status": "IGNORED"}, "LINE_STATUS_WRONG", id="a return passed over"),
        pytest.param(
            "POS_INVOICE", {"quantity": -1, "status": "IGNORED"}, "LINE_STATUS_WRONG", id="as if it were sold"
        ),
        pytest.param("SERVICE", {"quantity": 1, "status": "CLOSED"}, "LINE_STATUS_WRONG", id="a slip without units"),
        pytest.param("CREDIT_ORDER", {"quantity": 1, "status": "POSTED"}, "LINE_STATUS_WRONG", id="an order not come"),
        pytest.param("POS_CREDIT", {"quantity": -1}, "SIGN_WRONG", id="a negative quantity on a credit"),
    ],
)
def test_what_only_a_run_may_write_is_an_exception(world: World, kind: str, line: Line, code: str) -> None:
    world.document(kind, "D-1", line, {"quantity": -1 if kind == "POS_INVOICE" else 1})
    world.document("RETURN", "D-2", {"quantity": 1})
    for _ in range(2):
        report = run_without_proof(world)
        assert (report.lines_refused, report.exit_status) == (2, 0)
        assert world.exceptions() == [("D-1", 1, code), ("D-1", 2, "DOCUMENT_HELD")]
        assert world.status("D-1") == ("HELD", line.get("status", "REFUSED"), "HELD")
        assert world.status("D-2") == ("POSTED", "POSTED")
    world.execute(
        "UPDATE document_line SET status = 'PENDING', quantity = :quantity WHERE line_id = :line_id",
        line_id=world.line_id("D-1", 1),
        quantity=-1 if kind == "POS_INVOICE" else 1,
    )
    world.pos()
    assert world.exceptions() == []
    assert set(world.status("D-1")) == {"COMMITTED" if kind == "CREDIT_ORDER" else "POSTED"}


def run_without_proof(world: World) -> RunReport:
    """Run the POS job without the proof of the invariants, which another system's word has just broken."""
    return run_meeting(world, lambda: None)


@pytest.mark.parametrize(
    ("kind", "line", "status"),
    [
        pytest.param("POS_INVOICE", {"quantity": 1, "status": "POSTED"}, "POSTED", id="a sale marked as done"),
        pytest.param("POS_INVOICE", {"quantity": 1, "status": "IGNORED"}, "IGNORED", id="a sale passed over"),
        pytest.param("SERVICE", {"quantity": 1, "item_code": "CABLE", "status": "POSTED"}, "POSTED", id="no serials"),
    ],
)
def test_what_another_system_may_call_done_is_left_alone(world: World, kind: str, line: Line, status: str) -> None:
    world.document(kind, "D-1", line, {"quantity": -1 if kind == "POS_INVOICE" else 1})
    run_without_proof(world)
    assert world.exceptions() == []
    assert world.status("D-1") == ("POSTED", status, "POSTED")
    world.execute("DELETE FROM document_line WHERE line_id = :line_id", line_id=world.line_id("D-1", 1))


def test_an_attached_serial_of_another_item_is_an_exception(world: World) -> None:
    world.unit("4001", item_code="MOUSE")
    attached = [(1, 1, {"serial_id": world.serial("4001")["serial_id"]})]
    world.document("POS_CREDIT", "D-1", {"quantity": 1}, units=attached)
    world.pos()
    assert world.exceptions() == [("D-1", 1, "SERIAL_OTHER_ITEM")]
    assert world.register() == {"4001": "SOLD"}


@pytest.mark.parametrize(
    ("named", "codes"),
    [
        pytest.param("4001", [], id="the same"),
        pytest.param(" 4001", [], id="the same, but for what does not count"),
        pytest.param("4002", [("D-1", 1, "SERIAL_MISMATCH")], id="another unit on file"),
        pytest.param("9999", [("D-1", 1, "SERIAL_MISMATCH")], id="none on file"),
    ],
)
def test_an_attached_unit_that_is_named_otherwise_is_an_exception(world: World, named: str, codes: object) -> None:
    for serial in ("4001", "4002"):
        world.unit(serial)
    attached = [(1, 1, {"serial_id": world.serial("4001")["serial_id"], "serial_no": named})]
    world.document("POS_CREDIT", "D-1", {"quantity": 1}, units=attached)
    world.pos()
    assert world.exceptions() == codes
    assert world.register() == {"4001": "SOLD" if codes else "CRMA", "4002": "SOLD"}


def test_an_attached_serial_that_is_gone_is_an_exception(world: World) -> None:
    """Only SQLite lets a writer that does not ask for foreign keys leave such a row."""
    if world.database.dialect == "postgresql":
        with pytest.raises(sa.exc.IntegrityError):
            world.document("POS_CREDIT", "D-1", {"quantity": 1}, units=[(1, 1, {"serial_id": 99})])
        return
    with world.database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql(
            "INSERT INTO document (document_type, document_no, location_code, customer_code, document_date) "
            "VALUES ('POS_CREDIT', 'D-1', 'HQ', 'C1', '2026-03-31')"
        )
        connection.exec_driver_sql(
            "INSERT INTO document_line (document_id, line_no, item_code, quantity) VALUES (1, 1, 'CPU', 1)"
        )
        connection.exec_driver_sql("INSERT INTO line_unit (line_id, unit_no, serial_id) VALUES (1, 1, 99)")
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
    run_without_proof(world)
    assert world.exceptions() == [("D-1", 1, "SERIAL_UNKNOWN")]
    world.execute("DELETE FROM line_unit")


def test_a_document_that_cannot_even_be_read_is_set_aside(world: World) -> None:
    """SQLite keeps bytes in a text column."""
    item_code = b"\xff" if world.database.dialect == "sqlite" else "CPU"
    world.document("RETURN", "D-1", {"quantity": 1, "item_code": item_code})
    world.document("RETURN", "D-2", {"quantity": 1})
    world.pos()
    expected = [("D-1", 1, "DOCUMENT_FAILED")] if world.database.dialect == "sqlite" else []
    assert world.exceptions() == expected
    assert world.status("D-2") == ("POSTED", "POSTED")


@pytest.mark.parametrize("hold", ["line", "document"])
@pytest.mark.parametrize(
    "reopened",
    [
        pytest.param({"item_code": "CABLE"}, id="not kept by serial"),
        pytest.param({"item_code": "CPU"}, id="kept by serial"),
        pytest.param({"item_code": "CABLE", "quantity": 2}, id="several units"),
    ],
)
def test_a_credited_line_that_is_opened_again_is_not_credited_twice(world: World, reopened: Line, hold: str) -> None:
    world.hold(pos=hold)
    document_id = world.document("RETURN", "D-1", {"quantity": 1} | reopened)
    world.pos()
    (memo,) = world.memos()
    world.execute("UPDATE document_line SET status = 'PENDING'")
    world.execute("UPDATE document SET status = 'PENDING'")
    world.insert("document_line", document_id=document_id, line_no=2, item_code="MOUSE", quantity=1)
    report = world.pos()
    assert (report.lines_posted, report.lines_refused, report.credit_memos) == (1, 1, 1)
    assert (world.memos()[0], world.status("D-1")) == (memo, ("POSTED", "POSTED", "POSTED"))
    assert world.exceptions() == [("D-1", 1, "LINE_ALREADY_POSTED")]
    found = world.exception("LINE_ALREADY_POSTED")
    assert found["message"] == (
        "Return D-1, line 1, Status: the line was marked PENDING again, but credit memo CM-HQ-00001 credits it and is "
        "final: it stays POSTED. Leave the posted line as it was; correct it with a document of its own."
    )
    assert found["evidence"]["memo_no"] == "CM-HQ-00001"
    assert world.pos().lines_read == 0


@pytest.mark.parametrize("status", ["PENDING", "COMMITTED"])
def test_an_order_that_is_received_again_is_not_credited_twice(world: World, status: str) -> None:
    world.document("CREDIT_ORDER", "O-1", {"quantity": 2}, {"quantity": 1, "item_code": "CABLE"})
    for _ in range(2):
        world.pos()
        world.execute("UPDATE document SET status = 'RECEIVED'")
        world.execute("UPDATE document_line SET status = :status WHERE status = 'POSTED'", status=status)
    report = world.pos()
    assert (report.lines_refused, world.count("credit_memo"), world.status("O-1")) == (2, [1], ("POSTED",) * 3)
    assert world.exceptions() == [("O-1", 1, "LINE_ALREADY_POSTED"), ("O-1", 2, "LINE_ALREADY_POSTED")]


@pytest.mark.parametrize(
    ("statements", "serials", "lines_read", "noted"),
    [
        pytest.param(
            ["DELETE FROM document_line WHERE document_id = 3", "DELETE FROM document WHERE document_id = 3"],
            ["5001", "5002"],
            2,
            True,
            id="removed",
        ),
        pytest.param(
            ["UPDATE document SET status = 'CLOSED' WHERE document_id = 3"], ["5001", "5002"], 2, True, id="called done"
        ),
        pytest.param(
            ["UPDATE document_line SET quantity = 2 WHERE document_id = 3"],
            ["5001", "5002", "5003", "5004"],
            3,
            False,
            id="changed",
        ),
        pytest.param(
            ["INSERT INTO document_line (document_id, line_no, item_code, quantity) VALUES (3, 2, 'CPU', 1)"],
            ["5001", "5002", "5003", "5004"],
            4,
            True,
            id="a line more on what is still to come",
        ),
        pytest.param(
            [
                (
                    "INSERT INTO document (document_type, document_no, location_code, customer_code, document_date) "
                    "VALUES ('RETURN', 'D-4', 'HQ', 'C1', '2026-03-31')"
                ),
                "INSERT INTO document_line (document_id, line_no, item_code, quantity) VALUES (4, 1, 'CPU', 1)",
            ],
            ["5001", "5002", "5003"],
            3,
            False,
            id="a document more",
        ),
    ],
)
def test_what_changes_during_a_run_is_seen_whole_or_next_time(
    world: World, statements: list[str], serials: list[str], lines_read: int, *, noted: bool
) -> None:
    for number in (1, 2, 3):
        world.document("RETURN", f"D-{number}", {"quantity": 1})

    def other() -> None:
        for statement in statements:
            world.from_outside(statement)

    report = run_meeting(world, other, at_once=True)
    assert sorted(world.register()) == serials
    assert (report.status, report.lines_read, report.exit_status) == ("DONE", lines_read, 0)
    assert [note for note in report.notes if "Other programs changed documents" in note] == list(report.notes)
    assert bool(report.notes) == noted
    world.execute("UPDATE document SET status = 'PENDING' WHERE document_id = 3 AND status = 'CLOSED'")
    world.assert_sound()
    world.pos()
    assert {status for document in ("D-1", "D-3") for status in world.status(document)} == {"POSTED"}
    assert world.value("SELECT COUNT(*) FROM document_line WHERE status = 'PENDING'") == 0


def test_what_was_read_ahead_and_changed_by_others_is_read_again(sqlite_database: Database, tmp_path: Path) -> None:
    world = World(sqlite_database, tmp_path)
    for number in (1, 2, 3):
        world.document("RETURN", f"D-{number}", {"quantity": 1})
    # On PostgreSQL the second document is held by now, and whoever wants to change it waits.
    run_meeting(world, lambda: world.from_outside("UPDATE document_line SET quantity = 2 WHERE document_id = 2"))
    assert (world.serials("D-1"), world.serials("D-2"), world.serials("D-3")) == (["5001"], ["5002", "5003"], ["5004"])
    world.assert_sound()


@pytest.mark.parametrize("kind", ["RETURN", "CREDIT_ORDER"])
def test_a_line_added_to_what_was_just_done_is_in_the_next_run(world: World, kind: str) -> None:
    world.document(kind, "D-1", {"quantity": 1})
    world.document(kind, "D-2", {"quantity": 1})
    add = "INSERT INTO document_line (document_id, line_no, item_code, quantity) VALUES (1, 2, 'CPU', 1)"
    run_meeting(world, lambda: world.from_outside(add))
    done = "COMMITTED" if kind == "CREDIT_ORDER" else "POSTED"
    assert world.status("D-1") == (done, done, "PENDING")
    assert world.pos().lines_read == 1
    assert world.status("D-1") == (done, done, done)
    assert world.pos().lines_read == 0


def test_a_line_whose_till_commits_after_a_later_one_is_found(world: World) -> None:
    world.document("RETURN", "D-1", {"quantity": 1})
    assert world.pos().lines_read == 1
    world.document("RETURN", "D-2", {"quantity": 1, "line_id": 1000})
    assert world.pos().lines_read == 1
    # It was given its number before the other, and was not to be seen when the run looked.
    world.execute(
        "INSERT INTO document_line (line_id, document_id, line_no, item_code, quantity) VALUES (999, 1, 2, 'CPU', 1)"
    )
    assert [world.pos().lines_read for _ in range(2)] == [1, 0]
    assert world.status("D-1") == ("POSTED", "POSTED", "POSTED")


def test_an_intake_document_that_is_removed_during_a_run_is_no_fault(world: World) -> None:
    world.intake(row("R-1", "NONE"), row("R-2", "NONE"), row("R-3", "NONE"))
    removed = world.line_id("R-3", 1)

    def other() -> None:
        world.from_outside(
            "UPDATE exception SET line_id = NULL, document_id = NULL WHERE line_id = :line_id", line_id=removed
        )
        world.from_outside("DELETE FROM document_line WHERE line_id = :line_id", line_id=removed)
        world.from_outside("DELETE FROM document WHERE document_no = 'R-3'")

    report = run_meeting(world, other, INTAKE, at_once=True)
    assert (report.lines_read, report.lines_refused, report.exit_status) == (2, 2, 0)


def test_a_released_unit_closes_its_service_line(world: World) -> None:
    world.document("SERVICE", "S-1", {"quantity": 2}, {"quantity": 1, "item_code": "CABLE"})
    world.pos()
    released = (
        (
            "INSERT INTO serial_history (serial_id, action, from_area_code, to_area_code, business_date) "
            "SELECT serial_id, 'RELEASED', area_code, 'RELEASED', '2026-03-31' FROM serial WHERE serial_no = :serial_no"
        ),
        "UPDATE serial SET area_code = 'RELEASED', open_document_id = NULL WHERE serial_no = :serial_no",
    )
    for serial_no, statuses in (
        ("5001", ("POSTED", "POSTED", "POSTED")),
        ("5002", ("CLOSED", "CLOSED", "POSTED")),
    ):
        for statement in released:
            world.execute(statement, serial_no=serial_no)
        report = world.pos()
        assert world.status("S-1") == statuses
        assert (report.status, bool(report.notes)) == (("DONE", True) if statuses[0] == "CLOSED" else ("NOOP", False))
    assert world.pos().status == "NOOP"


@pytest.mark.parametrize(
    ("change", "customer", "units"),
    [
        pytest.param("UPDATE document SET customer_code = 'C2'", "C2", 1, id="its header"),
        pytest.param("UPDATE document_line SET quantity = 3", "C1", 3, id="its line"),
        pytest.param(
            "INSERT INTO document_line (document_id, line_no, item_code, quantity) VALUES (1, 2, 'CPU', 4)",
            "C1",
            5,
            id="another line",
        ),
    ],
)
def test_a_writer_that_is_at_a_document_is_waited_for(
    postgresql_database: Database, tmp_path: Path, change: str, customer: str, units: int
) -> None:
    world = World(postgresql_database, tmp_path)
    world.document("RETURN", "D-1", {"quantity": 1})
    waited: list[object] = []
    with ThreadPoolExecutor(1) as pool:
        with transaction(world.database.engine) as connection:
            connection.execute(sa.text(change))
            run = pool.submit(run_without_proof, world)
            while not waited:
                # The run stands still at the document, and has not read it as it was.
                waited = [each for each in world.rows(WAITING) if each["query"]]
        report = run.result(timeout=60)
    assert (report.status, report.lines_refused) == ("DONE", 0)
    assert [memo[1:3] for memo in world.memos()] == [("D-1", units)]
    assert world.rows("SELECT customer_code FROM credit_memo") == [{"customer_code": customer}]
    world.assert_sound()
