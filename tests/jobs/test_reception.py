"""Receive credit orders, keep units in for repair, and take units in that are held, in stock, or named twice."""

from __future__ import annotations

import pytest

from tests.jobs.world import TODAY, World, row

SERVICE_LINES = (
    "SELECT l.status FROM document_line l JOIN document d ON d.document_id = l.document_id "
    "WHERE document_type = 'SERVICE' ORDER BY line_no"
)


def received(world: World, document_no: str) -> None:
    world.execute("UPDATE document SET status = 'RECEIVED' WHERE document_no = :document_no", document_no=document_no)


def order(world: World, *items: str) -> None:
    world.intake(*(row("O-1", item, type="Credit Order") for item in items))


# --- Credit orders -------------------------------------------------------------------------------


def test_a_line_refused_at_commit_makes_the_order_partial(world: World) -> None:
    order(world, "CPU", "NONE")
    assert world.status("O-1") == ("PARTIAL", "COMMITTED", "REFUSED")
    received(world, "O-1")
    report = world.pos()
    assert world.status("O-1") == ("PARTIAL", "POSTED", "REFUSED")
    assert world.register() == {"5001": "CRMA"}
    assert [memo[:3] for memo in world.memos()] == [("CM-HQ-00001", "O-1", 1)]
    assert world.exceptions() == [("O-1", 2, "ITEM_UNKNOWN")]
    assert (report.lines_read, report.lines_posted, report.lines_refused) == (2, 1, 1)


def test_a_partial_order_is_tried_again_and_its_late_line_waits_for_receipt(world: World) -> None:
    order(world, "CPU", "NONE")
    received(world, "O-1")
    world.pos()
    world.insert("item", item_code="NONE", inventory_type="SERIALIZED", list_price_minor=100, average_cost_minor=1)
    world.intake()
    assert world.status("O-1") == ("COMMITTED", "POSTED", "COMMITTED")
    assert world.exceptions() == []
    received(world, "O-1")
    world.pos()
    assert world.status("O-1") == ("POSTED", "POSTED", "POSTED")
    assert [memo[:3] for memo in world.memos()] == [("CM-HQ-00001", "O-1", 1), ("CM-HQ-00002", "O-1", 1)]


def test_price_and_period_are_judged_at_receipt(world: World) -> None:
    world.execute("UPDATE item SET list_price_minor = NULL WHERE item_code = 'MOUSE'")
    world.execute("UPDATE location SET closed_through = :on WHERE location_code = 'HQ'", on=TODAY.isoformat())
    order(world, "CPU", "MOUSE")
    assert world.status("O-1") == ("COMMITTED", "COMMITTED", "COMMITTED")
    received(world, "O-1")
    world.pos()
    assert world.exceptions() == [("O-1", 1, "PERIOD_CLOSED"), ("O-1", 2, "PERIOD_CLOSED")]
    world.execute("UPDATE location SET closed_through = NULL")
    world.pos()
    assert world.exceptions() == [("O-1", 1, "DOCUMENT_HELD"), ("O-1", 2, "PRICE_UNKNOWN")]
    assert world.status("O-1") == ("RECEIVED", "COMMITTED", "COMMITTED")
    assert world.register() == {"5001": "CRMA-EX", "5002": "CRMA-EX"}
    assert world.memos() == []
    world.execute("UPDATE item SET list_price_minor = 2000")
    world.pos()
    assert world.status("O-1") == ("POSTED", "POSTED", "POSTED")
    assert world.exceptions() == []


def test_with_lines_held_alone_the_good_ones_of_an_order_are_received(world: World) -> None:
    world.hold(pos="line")
    order(world, "CPU", "MOUSE")
    world.execute("UPDATE item SET list_price_minor = NULL WHERE item_code = 'MOUSE'")
    received(world, "O-1")
    world.pos()
    assert world.status("O-1") == ("RECEIVED", "POSTED", "COMMITTED")
    assert world.exceptions() == [("O-1", 2, "PRICE_UNKNOWN")]
    world.execute("UPDATE item SET list_price_minor = 2000")
    world.pos()
    assert world.status("O-1") == ("POSTED", "POSTED", "POSTED")
    assert [memo[:3] for memo in world.memos()] == [("CM-HQ-00001", "O-1", 1), ("CM-HQ-00002", "O-1", 1)]


def test_orders_of_sheets_are_received_by_the_pos_job_only(world: World) -> None:
    order(world, "CPU")
    received(world, "O-1")
    assert world.intake().status == "NOOP"
    assert world.status("O-1") == ("RECEIVED", "COMMITTED")
    assert world.pos().lines_posted == 1


def test_a_known_unit_moves_to_the_area_of_credit_orders_and_then_to_stock(world: World) -> None:
    world.unit("4001", customer_code="C1")
    world.intake(row("O-1", type="Credit Order", serial="4001"))
    held = world.serial("4001")
    assert (held["area_code"], held["open_document_id"]) == ("CRMA-EX", 1)
    received(world, "O-1")
    world.pos()
    assert world.history("4001") == [("ATTACHED", "SOLD", "CRMA-EX"), ("RECEIVED", "CRMA-EX", "CRMA")]
    free = world.serial("4001")
    assert (free["customer_code"], free["open_document_id"]) == (None, None)


@pytest.mark.parametrize("named", ["SOLD-1", None])
def test_a_line_that_was_never_committed_starts_outside_too(world: World, named: str | None) -> None:
    world.unit("SOLD-1")
    world.intake(row("O-1", type="Credit Order"), row("O-1", serial=named, type="Credit Order", area="CRMA"))
    first = world.exception("STOCK_AREA_WRONG_TYPE")
    received(world, "O-1")
    world.pos()
    assert world.status("O-1") == ("PARTIAL", "POSTED", "REFUSED")
    again = world.exception("STOCK_AREA_WRONG_TYPE")
    assert (again["status"], again["message"]) == ("OPEN", first["message"])
    assert world.register() == {"5001": "CRMA", "SOLD-1": "SOLD"}


def test_an_attached_unit_of_an_order_needs_a_place_to_wait(world: World) -> None:
    world.unit("SOLD-1")
    world.unit("SOLD-2")
    world.intake(
        row("O-1", serial="SOLD-1", type="Credit Order"), row("O-1", "NONE", serial="SOLD-2", type="Credit Order")
    )
    world.execute("UPDATE location SET credit_order_area_code = NULL")
    world.execute("UPDATE document_line SET item_code = 'CPU'")
    received(world, "O-1")
    world.pos()
    assert world.status("O-1") == ("PARTIAL", "POSTED", "REFUSED")
    assert world.exceptions() == [("O-1", 2, "STOCK_AREA_UNRESOLVED")]


def test_an_order_may_name_an_out_area_for_its_units(world: World) -> None:
    world.intake(row("O-1", type="Credit Order", area="SOLD"), row("O-2", type="Credit Order", area="CRMA"))
    assert world.register() == {"5001": "SOLD"}
    assert world.exceptions() == [("O-2", 1, "STOCK_AREA_WRONG_TYPE")]
    received(world, "O-1")
    world.pos()
    assert world.register() == {"5001": "CRMA"}


def test_goods_without_serials_are_credited_when_the_order_is_received(world: World) -> None:
    world.intake(row("O-1", "CABLE", 4, type="Credit Order"))
    assert (world.status("O-1"), world.memos()) == (("COMMITTED", "COMMITTED"), [])
    received(world, "O-1")
    world.pos()
    assert world.memos() == [("CM-HQ-00001", "O-1", 4, 2000, 2000)]
    assert world.value("SELECT area_code FROM credit_memo_line") == "CRMA"


def test_a_committed_line_is_final_for_sheets(world: World) -> None:
    order(world, "CPU")
    report = world.intake(row("O-1", type="Credit Order"), row("O-1", "MOUSE", type="Credit Order"))
    assert (report.lines_skipped, report.lines_posted) == (1, 1)
    world.intake(row("O-1", "CPU", 2, type="Credit Order"))
    assert world.exceptions() == [("O-1", 1, "LINE_ALREADY_POSTED")]


def test_a_row_handed_in_again_leaves_what_its_receipt_waits_for(world: World) -> None:
    world.execute("UPDATE item SET list_price_minor = NULL WHERE item_code = 'CPU'")
    order(world, "CPU")
    received(world, "O-1")
    world.pos()
    world.intake(row("O-1", "CPU", 2, type="Credit Order"))
    world.pos()
    assert world.exceptions() == [("O-1", 1, "LINE_ALREADY_POSTED"), ("O-1", 1, "PRICE_UNKNOWN")]
    report = world.intake(row("O-1", type="Credit Order"))
    assert report.lines_skipped == 1
    assert world.exceptions() == [("O-1", 1, "PRICE_UNKNOWN")]


def test_a_unit_on_an_order_is_held(world: World) -> None:
    order(world, "CPU")
    world.intake(row("R-1", serial="5001"), row("S-1", serial="5001", type="Service"))
    assert world.exceptions() == [("R-1", 1, "SERIAL_ON_OTHER_DOCUMENT"), ("S-1", 1, "SERIAL_ON_OTHER_DOCUMENT")]
    assert "Credit order O-1" in world.value("SELECT message FROM exception WHERE document_no = 'R-1'")


# --- Service slips -------------------------------------------------------------------------------


def test_another_customer_cannot_return_a_unit_that_is_in_for_repair(world: World) -> None:
    world.intake(row("S-1", type="Service", mfr="M-9"))
    world.intake(row("R-1", mfr="M-9", customer="C2"))
    assert world.exceptions() == [("R-1", 1, "NOT_SOLD_TO_CUSTOMER"), ("R-1", 1, "SERIAL_ON_OTHER_DOCUMENT")]
    assert world.register() == {"5001": "REPAIRS-IN"}
    assert world.tuples(SERVICE_LINES) == [("POSTED",)]


def test_a_service_line_closes_with_its_last_unit(world: World) -> None:
    world.intake(row("S-1", quantity=2, type="Service"), row("S-1", "MOUSE", type="Service"))
    assert world.register() == {"5001": "REPAIRS-IN", "5002": "REPAIRS-IN", "5003": "REPAIRS-IN"}
    world.intake(row("R-1", serial="5001"))
    assert world.status("S-1") == ("POSTED", "POSTED", "POSTED")
    world.intake(row("R-2", serial="5002"))
    assert world.status("S-1") == ("POSTED", "CLOSED", "POSTED")
    world.intake(row("R-3", "MOUSE", serial="5003"))
    assert world.status("S-1") == ("CLOSED", "CLOSED", "CLOSED")


def test_a_line_without_units_does_not_open_a_closed_slip(world: World) -> None:
    world.intake(row("S-1", type="Service"))
    world.intake(row("R-1", serial="5001"))
    world.intake(row("S-1", line=2, item="CABLE", type="Service"))
    assert world.status("S-1") == ("CLOSED", "CLOSED", "POSTED")


def test_a_slip_with_a_line_that_waits_is_not_closed(world: World) -> None:
    world.intake(row("S-1", type="Service"), row("S-1", "NONE", type="Service"))
    assert world.status("S-1") == ("PARTIAL", "POSTED", "REFUSED")
    world.intake(row("R-1", serial="5001"))
    assert world.status("S-1") == ("PARTIAL", "CLOSED", "REFUSED")


@pytest.mark.parametrize("kind", ["Service", "Credit Order"])
def test_only_a_return_takes_a_unit_off_its_slip(world: World, kind: str) -> None:
    world.intake(row("S-1", type="Service"))
    world.intake(row("X-1", serial="5001", type=kind))
    assert world.exceptions() == [("X-1", 1, "SERIAL_ON_OTHER_DOCUMENT")]


def test_a_slip_keeps_the_cost_and_asks_no_price(world: World) -> None:
    world.insert("item", item_code="FOREIGN", inventory_type="SERIALIZED")
    world.execute("UPDATE location SET closed_through = :on", on=TODAY.isoformat())
    world.intake(row("S-1", "FOREIGN", type="Service", cost=12.5))
    serial = world.serial("5001")
    assert (serial["unit_cost_minor"], serial["cost_basis"]) == (1250, "LINE")
    assert world.status("S-1") == ("POSTED", "POSTED")


def test_a_unit_without_any_cost_is_only_pointed_out(world: World) -> None:
    world.insert("item", item_code="FOREIGN", inventory_type="SERIALIZED", list_price_minor=1)
    world.intake(row("R-1", "FOREIGN"))
    assert world.exceptions("RESOLVED") == [("R-1", 1, "COST_UNKNOWN")]
    assert world.serial("5001")["cost_basis"] == "UNKNOWN"


def test_an_attached_unit_keeps_its_own_cost(world: World) -> None:
    world.unit("4001", unit_cost_minor=777)
    world.intake(row("R-1", serial="4001", cost=1))
    serial = world.serial("4001")
    assert (serial["unit_cost_minor"], serial["cost_basis"], serial["origin"]) == (777, "EXTERNAL", "EXTERNAL")


# --- The same unit again -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"serial": "4001"}, {"serial": " 4001"}, id="serial"),
        pytest.param({"mfr": "NEW-1"}, {"mfr": "new-1"}, id="manufacturer's serial"),
        pytest.param({"serial": "4001"}, {"mfr": "M-1"}, id="serial, then its other name"),
        pytest.param({"mfr": "M-1"}, {"serial": "4001"}, id="other name, then its serial"),
    ],
)
def test_a_unit_named_twice_on_a_document_is_refused_the_second_time(
    world: World, first: dict[str, object], second: dict[str, object]
) -> None:
    world.unit("4001", mfr_serial_no="M-1")
    world.intake(row("R-1", **first), row("R-1", **second))
    assert world.exceptions() == [("R-1", 2, "SERIAL_REPEATED")]
    assert world.status("R-1") == ("PARTIAL", "POSTED", "REFUSED")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"serial": "4001"}, {"mfr": "M-1"}, id="serial, then its other name"),
        pytest.param({"mfr": "M-1"}, {"serial": "4001"}, id="other name, then its serial"),
    ],
)
def test_a_unit_in_stock_is_repeated_under_either_name(
    world: World, first: dict[str, object], second: dict[str, object]
) -> None:
    world.unit("4001", "CRMA", mfr_serial_no="M-1")
    world.intake(row("R-1", **first), row("R-1", **second))
    assert world.exceptions() == [("R-1", 1, "SERIAL_ALREADY_IN_STOCK"), ("R-1", 2, "SERIAL_REPEATED")]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        pytest.param({"mfr": "Q-1"}, {"serial": "4001", "mfr": "Q-1"}, "Q-1 is named before", id="by the maker's"),
        pytest.param({"serial": "4001"}, {"serial": "4001", "mfr": "Q-1"}, "4001 is named before", id="by its own"),
        pytest.param(
            {"serial": "4001"}, {"mfr": "M-1"}, "M-1 is on serial 4001, which is named before", id="by its own, first"
        ),
    ],
)
def test_what_was_named_before_is_told(
    world: World, first: dict[str, object], second: dict[str, object], said: str
) -> None:
    world.unit("4001", mfr_serial_no="M-1")
    world.intake(row("R-1", **first), row("R-1", **second))
    assert said in world.exception("SERIAL_REPEATED")["message"]


def test_it_is_repeated_whatever_became_of_the_earlier_line(world: World) -> None:
    world.unit("4001")
    world.intake(row("R-1", "NONE", serial="4001"), row("R-1", serial="4001"))
    assert world.exceptions() == [("R-1", 1, "ITEM_UNKNOWN"), ("R-1", 2, "SERIAL_REPEATED")]
    world.intake()
    assert world.exceptions() == [("R-1", 1, "ITEM_UNKNOWN"), ("R-1", 2, "SERIAL_REPEATED")]


def test_the_same_manufacturers_serial_of_two_items_is_two_units(world: World) -> None:
    world.intake(row("R-1", mfr="M-1"), row("R-1", "MOUSE", mfr="M-1"))
    assert world.exceptions() == []
    assert world.serials("R-1") == ["5001", "5002"]


def test_across_documents_the_later_finds_it_in_stock(world: World) -> None:
    world.unit("4001")
    world.intake(row("R-1", serial="4001"), row("R-2", serial="4001"), row("R-3", mfr="M-1"), row("R-4", mfr="M-1"))
    assert world.exceptions() == [("R-2", 1, "SERIAL_ALREADY_IN_STOCK"), ("R-4", 1, "SERIAL_ALREADY_IN_STOCK")]
    found = world.rows("SELECT document_no, message FROM exception ORDER BY document_no")
    assert "brought by Return R-1" in found[0]["message"]
    assert "brought by Return R-3" in found[1]["message"]


def test_a_held_document_leaves_its_units_to_a_later_one(world: World) -> None:
    world.unit("4001")
    named = [(1, 1, {"serial_no": "4001"})]
    world.document("RETURN", "P-1", {"quantity": 1}, {"quantity": 1, "item_code": "NONE"}, units=named)
    world.document("RETURN", "P-2", {"quantity": 1}, units=named)
    world.document("RETURN", "P-3", {"quantity": 2})
    world.pos()
    assert world.status("P-1") == ("HELD", "HELD", "REFUSED")
    assert world.serials("P-2") == ["4001"]
    assert world.serials("P-3") == ["5001", "5002"]
    assert [memo[0] for memo in world.memos()] == ["CM-HQ-00001", "CM-HQ-00002"]


def test_a_check_is_asked_only_of_what_would_be_put_on_a_serial(world: World) -> None:
    world.execute("UPDATE item SET mfr_serial_check = 'luhn' WHERE item_code = 'CPU'")
    world.unit("4001", mfr_serial_no="BAD-1")
    world.unit("4002")
    world.intake(
        row("R-1", mfr="BAD-1"),
        row("R-2", mfr="79927398710"),
        row("R-3", mfr="79927398713"),
        row("R-4", serial="4002", mfr="1"),
    )
    assert world.exceptions() == [("R-2", 1, "MFR_SERIAL_INVALID"), ("R-4", 1, "MFR_SERIAL_INVALID")]
    assert world.serials("R-1") == ["4001"]
    assert world.serials("R-3") == ["5001"]


def test_too_many_serials_stand_alone(world: World) -> None:
    world.unit("4001", "CRMA")
    world.intake(row("R-1", "CPU", 1, serial="4001, 4001, NEVER", generate=9, area="SOLD"))
    assert world.exceptions() == [("R-1", 1, "SERIALS_EXCEED_QUANTITY")]


def test_a_named_range_far_over_the_quantity_is_told_by_its_count(world: World) -> None:
    world.intake(row("R-1", quantity=2, serial="1001-9000"))
    assert "8000 units are named for a quantity of 2" in world.exception("SERIALS_EXCEED_QUANTITY")["message"]
