"""Follow exceptions over runs: raised, staying, resolved, waived; and the two ways to hold a document."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from batch.edge.database import transaction
from batch.edge.schema import EXCEPTION
from batch.edge.waive import waive
from tests.jobs.world import NOW, World, row

LIFE = "SELECT code, status, run_id, last_run_id, resolved_run_id FROM exception ORDER BY exception_id"


def test_refused_again_for_the_same_code_it_stays(world: World) -> None:
    world.intake(row("R-1", "NONE"))
    assert world.tuples(LIFE) == [("ITEM_UNKNOWN", "OPEN", 1, 1, None)]
    again = world.intake()
    assert world.tuples(LIFE) == [("ITEM_UNKNOWN", "OPEN", 1, 2, None)]
    assert (again.lines_read, again.lines_refused, again.exceptions) == (1, 1, 1)
    world.insert("item", item_code="NONE", inventory_type="SERIALIZED", list_price_minor=1, average_cost_minor=1)
    report = world.intake()
    assert world.tuples(LIFE) == [("ITEM_UNKNOWN", "RESOLVED", 1, 2, 3)]
    assert (report.lines_posted, world.status("R-1")) == (1, ("POSTED", "POSTED"))
    assert world.exception("ITEM_UNKNOWN")["resolved_at"] is not None


def test_refused_again_for_another_code_the_first_is_resolved(world: World) -> None:
    world.intake(row("R-1", "NONE", serial="4001"))
    world.insert("item", item_code="NONE", inventory_type="SERIALIZED", list_price_minor=1, average_cost_minor=1)
    world.intake()
    assert world.tuples(LIFE) == [
        ("ITEM_UNKNOWN", "RESOLVED", 1, 1, 2),
        ("SERIAL_UNKNOWN", "OPEN", 2, 2, None),
    ]


def test_a_correction_that_could_not_be_read_is_not_done_with_when_the_line_posts_as_it_was(world: World) -> None:
    """Whoever handed it in wants something else credited than what was; nobody would tell them."""
    world.intake(row("R-1", "NONE"))
    world.intake(row("R-1", "NONE", quantity="two"))
    world.insert("item", item_code="NONE", inventory_type="SERIALIZED", list_price_minor=1, average_cost_minor=1)
    world.intake()
    assert (world.status("R-1"), world.exceptions()) == (("POSTED", "POSTED"), [("R-1", 1, "QUANTITY_NOT_INTEGER")])
    world.intake(row("R-1", "NONE", quantity=2))
    assert world.exceptions() == [("R-1", 1, "LINE_ALREADY_POSTED")]
    world.intake(row("R-1", "NONE"), row("R-2"))
    assert world.exceptions() == []


def test_an_exception_is_its_units_own(world: World) -> None:
    world.intake(row("R-1", quantity=3, serial="4001, 4002, 4003"))
    units = "SELECT unit_no, status, run_id, last_run_id FROM exception ORDER BY exception_id"
    assert world.tuples(units) == [(1, "OPEN", 1, 1), (2, "OPEN", 1, 1), (3, "OPEN", 1, 1)]
    world.unit("4002")
    world.intake()
    assert world.tuples(units) == [(1, "OPEN", 1, 2), (2, "RESOLVED", 1, 1), (3, "OPEN", 1, 2)]


def test_an_exception_moves_to_the_row_of_the_corrected_file(world: World) -> None:
    world.intake(row("R-0"), row("R-1", "NONE"))
    world.intake(row("R-1", "NONE", quantity=2))
    found = world.exception("ITEM_UNKNOWN")
    assert (found["run_id"], found["last_run_id"], found["sheet_row"], found["intake_file_id"]) == (1, 2, 2, 2)
    assert "intake-2.xlsx, sheet Intake, row 2: Return R-1, line 1, Item: " in found["message"]


def test_all_reasons_of_a_stage_are_given_and_none_of_the_next(world: World) -> None:
    world.intake(row("R-1", "none", customer="NOBODY", area="NOWHERE", serial="4001", generate=9))
    assert world.exceptions() == [
        ("R-1", 1, "AREA_UNKNOWN"),
        ("R-1", 1, "CUSTOMER_UNKNOWN"),
        ("R-1", 1, "ITEM_UNKNOWN"),
    ]


def test_a_code_that_differs_in_case_is_pointed_out(world: World) -> None:
    world.intake(row("R-1", "cpu", customer="c1", location="hq", area="crma"))
    messages = [message for (message,) in world.tuples("SELECT message FROM exception ORDER BY code")]
    hints = ['(there is "CRMA"', '(there is "C1"', '(there is "CPU"', '(there is "HQ"']
    assert [hint in message for hint, message in zip(hints, messages, strict=True)] == [True] * 4


def test_all_shape_reasons_of_a_row_are_given_at_once(world: World) -> None:
    report = world.intake(row("R-1", None, 0, price="1,5", date="soon"))
    assert world.exceptions() == [
        ("R-1", 1, "AMOUNT_INVALID"),
        ("R-1", 1, "CELL_REQUIRED"),
        ("R-1", 1, "DATE_INVALID"),
        ("R-1", 1, "QUANTITY_ZERO"),
    ]
    assert (report.lines_refused, report.exceptions) == (1, 4)


def test_a_row_without_a_document_is_known_by_its_row(world: World) -> None:
    report = world.intake(row(None), row("R-1"))
    assert [code for *_, code in world.exceptions()] == ["CELL_REQUIRED"]
    assert world.exception("CELL_REQUIRED")["sheet_row"] == 2
    assert (report.lines_read, report.lines_refused, report.lines_posted) == (2, 1, 1)


def test_a_warning_on_a_line_that_posts_is_resolved_at_once(world: World) -> None:
    report = world.intake(row("R-1", mfr=12345))
    found = world.exception("SERIAL_STORED_AS_NUMBER")
    assert (found["severity"], found["status"]) == ("WARN", "RESOLVED")
    assert (report.warnings, report.exceptions) == (1, 0)
    assert world.status("R-1") == ("POSTED", "POSTED")


def test_a_row_that_is_skipped_warns_of_nothing(world: World) -> None:
    world.intake(row("R-1", mfr=12345))
    report = world.intake(row("R-1", mfr=12345), row("R-2"))
    assert (report.lines_skipped, report.warnings) == (1, 0)
    assert world.exceptions() == []


def test_what_a_price_on_file_shows_is_told_once(world: World) -> None:
    world.intake(row("R-1", discount=5000))
    world.intake()
    assert world.exceptions() == [("R-1", 1, "AMOUNT_INVALID")]
    found = world.exception("AMOUNT_INVALID")
    assert (found["run_id"], found["last_run_id"]) == (1, 2)


def test_a_warning_on_a_line_that_is_refused_waits_with_it(world: World) -> None:
    world.unit("4001", customer_code="C2")
    world.intake(row("R-1", serial="4001", generate=1))
    severities = "SELECT code, severity, status FROM exception ORDER BY code"
    assert world.tuples(severities) == [
        ("GENERATE_QUANTITY_EXCEEDED", "REFUSE", "OPEN"),
        ("NOT_SOLD_TO_CUSTOMER", "WARN", "OPEN"),
    ]
    world.intake(row("R-1", serial="4001"))
    # The warning holds as ever; the line posts, so nobody need look at it.
    assert world.exceptions() == []


def test_a_waived_exception_stays_waived_and_its_line_open(world: World) -> None:
    world.intake(row("R-1", "NONE"), row("R-2"))
    with transaction(world.database.engine) as connection:
        waive(connection, [1], "The customer kept it.", NOW)
    assert world.status("R-1") == ("HELD", "REFUSED")
    world.intake()
    (waived,) = world.rows("SELECT * FROM exception ORDER BY exception_id")
    assert (waived["status"], waived["note"], waived["last_run_id"]) == ("WAIVED", "The customer kept it.", 2)
    assert world.status("R-1") == ("HELD", "REFUSED")
    # Handed in again, the row is judged afresh: a decision was taken on another row.
    world.intake(row("R-1", "NONE"))
    waived, again = world.rows("SELECT * FROM exception ORDER BY exception_id")
    assert (waived["status"], again["status"], again["code"]) == ("WAIVED", "OPEN", "ITEM_UNKNOWN")


def test_line_already_posted_can_be_waived(world: World) -> None:
    world.intake(row("R-1"))
    world.intake(row("R-1", quantity=2))
    assert world.exceptions() == [("R-1", 1, "LINE_ALREADY_POSTED")]
    world.intake(row("R-2"))
    assert world.exceptions() == [("R-1", 1, "LINE_ALREADY_POSTED")]
    with transaction(world.database.engine) as connection:
        waive(connection, [1], "A typing error.", NOW)
    world.intake(row("R-1"))
    assert world.exceptions("WAIVED") == [("R-1", 1, "LINE_ALREADY_POSTED")]
    assert world.exceptions() == []


def test_the_report_counts_lines_by_code(world: World) -> None:
    world.intake(row("R-1", "NONE"), row("R-1", "NONE"), row("R-2", quantity=2, serial="4001, 4002"))
    world.unit("4001")
    world.unit("4002")
    world.intake()
    report = "SELECT run_id, code, severity, lines, open_lines FROM exception_report ORDER BY run_id, code"
    assert world.tuples(report) == [(1, "ITEM_UNKNOWN", "REFUSE", 2, 2), (1, "SERIAL_UNKNOWN", "REFUSE", 1, 0)]


def test_intake_may_hold_whole_documents(world: World) -> None:
    world.hold(intake="document")
    world.unit("4001")
    report = world.intake(row("R-1", serial="4001"), row("R-1", "NONE"), row("R-2", serial="4001"))
    assert world.status("R-1") == ("HELD", "HELD", "REFUSED")
    assert world.exceptions() == [("R-1", 1, "DOCUMENT_HELD"), ("R-1", 2, "ITEM_UNKNOWN")]
    # On a document that is held nothing is taken: a later one may use the unit.
    assert world.serials("R-2") == ["4001"]
    assert (report.lines_refused, report.lines_posted) == (2, 1)


def test_a_row_that_could_not_be_a_line_holds_its_document_too(world: World) -> None:
    world.hold(intake="document")
    report = world.intake(row("R-1"), row("R-1", quantity="two"), row("R-2"))
    assert (world.status("R-1"), world.status("R-2")) == (("HELD", "HELD"), ("POSTED", "POSTED"))
    assert world.exceptions() == [("R-1", 1, "DOCUMENT_HELD"), ("R-1", 2, "QUANTITY_NOT_INTEGER")]
    assert (report.lines_refused, report.lines_posted) == (2, 1)
    said = (
        "the line is good, but Return R-1 is held for a row of it that could not be a line. "
        "Correct that row and hand the document in again, or waive the row's exception"
    )
    assert said in world.value("SELECT message FROM exception WHERE code = 'DOCUMENT_HELD'")
    world.intake()
    assert world.status("R-1") == ("HELD", "HELD")
    # Handed in again, with the row as it should be.
    world.intake(row("R-1"), row("R-1", quantity=2))
    assert world.status("R-1") == ("POSTED", "POSTED", "POSTED")
    assert world.exceptions() == []


def test_a_row_whose_number_was_wrong_too_holds_nothing_once_all_has_come_again(world: World) -> None:
    """A number that cannot be read is told by the row's place: nobody will ever bring the line of that number."""
    world.hold(intake="document")
    world.intake(row("R-1", line=1), row("R-1", line="x"), row("R-2", line=1), row("R-2", line=9, quantity="two"))
    assert (world.status("R-1"), world.status("R-2")) == (("HELD", "HELD"), ("HELD", "HELD"))
    # Only the good line of the one, and another line of the other: what was refused is still to come.
    world.intake(row("R-2", line=3))
    assert world.status("R-2") == ("HELD", "HELD", "HELD")
    world.intake(row("R-1", line=1), row("R-1", line=7), row("R-2", line=1), row("R-2", line=3), row("R-2", line=2))
    assert world.status("R-1") == ("POSTED", "POSTED", "POSTED")
    assert world.status("R-2") == ("POSTED", "POSTED", "POSTED", "POSTED")


def test_a_row_that_was_waived_holds_nothing_any_more(world: World) -> None:
    world.hold(intake="document")
    world.intake(row("R-1"), row("R-1", quantity="two"))
    with transaction(world.database.engine) as connection:
        ids = connection.execute(sa.select(EXCEPTION.c.exception_id).where(EXCEPTION.c.line_no == 2)).scalars().all()
        waive(connection, ids, "never came", NOW)
    world.intake()
    assert world.status("R-1") == ("POSTED", "POSTED")


def test_a_repeated_row_holds_nothing_back(world: World) -> None:
    """The first of the two stands, and what is true of its line is said of that."""
    world.hold(intake="document")
    world.intake(row("R-1", line=1), row("R-1", line=1))
    assert world.status("R-1") == ("POSTED", "POSTED")


def test_pos_may_let_good_lines_post(world: World) -> None:
    world.hold(pos="line")
    world.pos_invoice("I-1", {"quantity": -1}, {"quantity": -1, "item_code": "NONE"})
    assert world.status("I-1") == ("PARTIAL", "POSTED", "REFUSED")
    assert [memo[:3] for memo in world.memos()] == [("CM-HQ-00001", "I-1", 1)]


def test_a_sale_is_ignored_and_skipped(world: World) -> None:
    report = world.pos_invoice("I-1", {"quantity": 2}, {"quantity": -1})
    assert world.status("I-1") == ("POSTED", "IGNORED", "POSTED")
    assert (report.lines_read, report.lines_posted, report.lines_skipped) == (2, 1, 1)
    only_sales = world.pos_invoice("I-2", {"quantity": 2, "item_code": "ANYTHING"}, {"quantity": 1})
    assert world.status("I-2") == ("POSTED", "IGNORED", "IGNORED")
    assert (only_sales.lines_read, only_sales.lines_skipped, only_sales.exceptions) == (2, 2, 0)
    assert world.pos().status == "NOOP"


def test_a_unit_that_is_sold_on_the_invoice_that_takes_it_back_is_not_repeated(world: World) -> None:
    world.hold(pos="line")
    world.unit("4001")
    named = {"serial_no": "4001"}
    lines = {"quantity": -1, "area_code": "NOWHERE"}, {"quantity": 1}
    world.document("POS_INVOICE", "I-1", *lines, units=[(1, 1, named), (2, 1, named)])
    world.pos()
    assert world.exceptions() == [("I-1", 1, "AREA_UNKNOWN")]
    world.execute("UPDATE document_line SET area_code = NULL")
    world.pos()
    assert world.exceptions() == []
    assert world.status("I-1") == ("POSTED", "POSTED", "IGNORED")


def test_a_sale_stays_ignored_while_its_document_is_held(world: World) -> None:
    world.pos_invoice("I-1", {"quantity": 2}, {"quantity": -1, "item_code": "NONE"})
    assert world.status("I-1") == ("HELD", "IGNORED", "REFUSED")
    report = world.pos()
    assert (report.lines_read, report.lines_refused) == (1, 1)


def test_each_job_settles_its_own_documents(world: World) -> None:
    world.document("RETURN", "P-1", {"quantity": 1})
    world.intake(row("R-1", "NONE"))
    assert world.status("P-1") == ("PENDING", "PENDING")
    report = world.pos()
    assert world.status("P-1") == ("POSTED", "POSTED")
    assert (report.lines_read, world.status("R-1")) == (1, ("HELD", "REFUSED"))


def test_files_settle_their_own_documents_and_what_was_left_pending(world: World) -> None:
    world.intake(row("R-1", "NONE"))
    world.insert("item", item_code="NONE", inventory_type="NON_INVENTORIED", list_price_minor=1)
    world.document("RETURN", "R-2", {"quantity": 1}, source="INTAKE")
    report = world.intake(row("R-3"))
    assert (world.status("R-1"), world.status("R-2")) == (("HELD", "REFUSED"), ("POSTED", "POSTED"))
    assert (report.lines_read, report.lines_posted) == (2, 2)
    world.intake()
    assert world.status("R-1") == ("POSTED", "POSTED")


def test_nothing_to_do_is_a_success(world: World) -> None:
    reports = [world.intake(), world.pos()]
    assert [(each.status, each.exit_status, each.lines_read) for each in reports] == [("NOOP", 0, 0)] * 2


def test_a_dead_run_is_marked_and_its_pending_documents_are_finished(world: World) -> None:
    world.insert("run", job="intake", business_date=dt.date(2026, 3, 30).isoformat())
    world.document("RETURN", "R-1", {"quantity": 1}, source="INTAKE")
    world.intake()
    assert world.tuples("SELECT status, finished_at IS NOT NULL AS ended FROM run ORDER BY run_id") == [
        ("INTERRUPTED", True),
        ("DONE", True),
    ]
    assert world.status("R-1") == ("POSTED", "POSTED")


def test_a_rehearsal_tells_the_same_and_changes_nothing(world: World) -> None:
    file = world.sheet(row("R-1", quantity=3), row("R-1", "NONE"), row("R-2", mfr="M-1"))
    rehearsed = world.intake(file, dry_run=True)
    tables = ("run", "document", "document_line", "serial", "credit_memo", "exception", "intake_file", "missing_number")
    assert world.count(*tables) == [0] * len(tables)
    assert (world.next_number(), world.next_number("CM-HQ")) == (5001, 1)
    real = world.intake(file)
    assert rehearsed.figures() == real.figures()
    assert rehearsed.exceptions_by_code == real.exceptions_by_code
    assert (rehearsed.memos, rehearsed.run_id, real.run_id) == (real.memos, None, real.run_id)
