"""Run the worked examples of the trade as intake sheets, each by its number."""

from __future__ import annotations

import pytest

from tests.jobs.world import World, row

FROM_NOTHING_TO_STOCK = [("GENERATED", None, "RELEASED"), ("RECEIVED", "RELEASED", "CRMA")]


def test_01_a_return_gets_serials_and_one_memo(world: World) -> None:
    report = world.intake(row("R-1", quantity=3))
    assert world.serials("R-1") == ["5001", "5002", "5003"]
    assert [world.history(serial_no) for serial_no in world.serials("R-1")] == [FROM_NOTHING_TO_STOCK] * 3
    assert world.memos() == [("CM-HQ-00001", "R-1", 3, 45000, 45000)]
    assert world.next_number() == 5004
    assert world.status("R-1") == ("POSTED", "POSTED")
    serial = world.serial("5001")
    assert (serial["origin"], serial["unit_cost_minor"], serial["cost_basis"]) == ("GENERATED", 10000, "AVERAGE")
    assert report.figures() == {
        "lines_read": 1,
        "lines_posted": 1,
        "lines_refused": 0,
        "lines_skipped": 0,
        "serials_generated": 3,
        "serials_attached": 0,
        "serials_adopted": 0,
        "credit_memos": 1,
        "exceptions": 0,
        "warnings": 0,
    }


def test_02_more_asked_than_allowed_takes_nothing(world: World) -> None:
    world.intake(row("R-1", quantity=3, generate=4))
    assert world.exceptions() == [("R-1", 1, "GENERATE_QUANTITY_EXCEEDED")]
    assert world.count("serial", "credit_memo", "serial_history", "missing_number") == [0, 0, 0, 0]
    assert (world.next_number(), world.next_number("CM-HQ")) == (5001, 1)
    assert world.status("R-1") == ("HELD", "REFUSED")


@pytest.mark.parametrize(
    ("generate", "code", "serials", "memos"),
    [
        pytest.param(3, "GENERATE_QUANTITY_EXCEEDED", [], [], id="three"),
        pytest.param(2, None, ["4001", "5001", "5002"], [("CM-HQ-00001", "R-1", 3, 45000, 45000)], id="two"),
    ],
)
def test_03_an_attached_unit_lowers_what_is_allowed(
    world: World, generate: int, code: str | None, serials: list[str], memos: list[object]
) -> None:
    world.unit("4001")
    world.intake(row("R-1", quantity=3, serial="4001", generate=generate))
    assert [found for *_, found in world.exceptions()] == ([code] if code else [])
    assert world.serials("R-1") == serials
    assert world.memos() == memos


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        pytest.param(1.5, "QUANTITY_NOT_INTEGER", id="half"),
        pytest.param(0, "QUANTITY_ZERO", id="zero"),
        pytest.param("two", "QUANTITY_NOT_INTEGER", id="word"),
    ],
)
def test_04_a_quantity_counts_units(world: World, quantity: object, code: str) -> None:
    report = world.intake(row("R-1", quantity=quantity))
    assert world.exceptions() == [("R-1", 1, code)]
    assert world.exception(code)["sheet_row"] == 2
    assert (report.lines_read, report.lines_refused) == (1, 1)
    assert world.count("document", "document_line", "serial") == [0, 0, 0]


def test_05_a_location_without_a_sequence_uses_its_parents(world: World) -> None:
    world.intake(row("R-1", location="HQ-SALES"))
    assert world.serials("R-1") == ["5001"]
    assert world.next_number() == 5002
    assert world.memos() == [("CM-HQ-00001", "R-1", 1, 15000, 15000)]


@pytest.mark.parametrize(
    ("gone", "serials", "codes"),
    [
        pytest.param(["S-HQ"], ["900"], [], id="the default location's"),
        pytest.param(["S-HQ", "S-MAIN"], [], ["SEQUENCE_MISSING"], id="none"),
    ],
)
def test_06_without_a_sequence_the_default_serves_or_none(
    world: World, gone: list[str], serials: list[str], codes: list[str]
) -> None:
    for code in gone:
        world.execute("DELETE FROM number_sequence WHERE sequence_code = :code", code=code)
    world.intake(row("R-1"))
    assert world.serials("R-1") == serials
    assert [code for *_, code in world.exceptions()] == codes


def test_07_a_taken_number_is_passed_over_and_recorded(world: World) -> None:
    world.unit("5002", "CRMA")
    world.intake(row("R-1", quantity=3))
    assert world.serials("R-1") == ["5001", "5003", "5004"]
    assert world.next_number() == 5005
    assert world.missing() == [("S-HQ", 5002, 5002, "TAKEN")]


def test_08_unknown_manufacturers_serials_are_put_on_new_ones(world: World) -> None:
    world.intake(row("R-1", quantity=2, mfr="M-1, M-2"))
    assert world.tuples("SELECT serial_no, mfr_serial_no, mfr_serial_key FROM serial ORDER BY serial_no") == [
        ("5001", "M-1", "M-1"),
        ("5002", "M-2", "M-2"),
    ]
    assert [action for action, *_ in world.history("5001")] == ["GENERATED", "MFR_ASSIGNED", "RECEIVED"]


def test_09_a_known_manufacturers_serial_is_attached(world: World) -> None:
    world.unit("4001", mfr_serial_no="M-7")
    report = world.intake(row("R-1", mfr="M-7"))
    assert world.serials("R-1") == ["4001"]
    assert world.history("4001") == [("ATTACHED", "SOLD", "SOLD"), ("RECEIVED", "SOLD", "CRMA")]
    assert world.register() == {"4001": "CRMA"}
    assert (report.serials_generated, report.serials_attached, world.next_number()) == (0, 1, 5001)
    assert world.memos() == [("CM-HQ-00001", "R-1", 1, 15000, 15000)]


def test_10_several_outside_are_for_a_person_to_choose(world: World) -> None:
    world.unit("4001", mfr_serial_no="M-7")
    world.unit("4002", mfr_serial_no="M-7")
    world.intake(row("R-1", mfr="M-7"))
    assert world.exceptions() == [("R-1", 1, "MFR_SERIAL_AMBIGUOUS")]
    found = world.exception("MFR_SERIAL_AMBIGUOUS")
    assert found["evidence"]["serials"] == ["4001 in SOLD", "4002 in SOLD"]
    assert found["unit_no"] == 1
    assert world.register() == {"4001": "SOLD", "4002": "SOLD"}


def test_11_a_unit_in_stock_is_here_already(world: World) -> None:
    world.unit("4001", "CRMA", mfr_serial_no="M-7")
    world.intake(row("R-1", mfr="M-7"))
    assert world.exceptions() == [("R-1", 1, "SERIAL_ALREADY_IN_STOCK")]
    evidence = world.exception("SERIAL_ALREADY_IN_STOCK")["evidence"]
    assert (evidence["serial_no"], evidence["area_code"]) == ("4001", "CRMA")
    assert world.count("credit_memo", "serial_history") == [0, 0]


def test_12_a_unit_sold_to_another_is_only_pointed_out(world: World) -> None:
    world.unit("4001", customer_code="C1")
    report = world.intake(row("R-1", serial="4001", customer="C2"))
    assert world.serials("R-1") == ["4001"]
    found = world.exception("NOT_SOLD_TO_CUSTOMER")
    assert (found["severity"], found["status"], found["unit_no"]) == ("WARN", "RESOLVED", 1)
    assert (report.warnings, report.exceptions, report.lines_posted) == (1, 0, 1)
    assert world.serial("4001")["customer_code"] is None


def test_13_what_is_not_named_is_generated(world: World) -> None:
    world.unit("4001")
    report = world.intake(row("R-1", quantity=3, serial="4001"))
    assert world.serials("R-1") == ["4001", "5001", "5002"]
    assert (report.serials_attached, report.serials_generated) == (1, 2)


def test_14_a_unit_may_not_be_left_without_a_serial(world: World) -> None:
    world.unit("4001")
    world.intake(row("R-1", quantity=3, serial="4001", generate=1))
    assert world.exceptions() == [("R-1", 1, "UNITS_WITHOUT_SERIAL")]
    assert "1 unit of 3" in world.exception("UNITS_WITHOUT_SERIAL")["message"]
    assert world.register() == {"4001": "SOLD"}


def test_15_more_serials_than_units(world: World) -> None:
    for serial_no in ("4001", "4002", "4003"):
        world.unit(serial_no)
    world.intake(row("R-1", quantity=2, serial="4001, 4002, 4003"))
    assert world.exceptions() == [("R-1", 1, "SERIALS_EXCEED_QUANTITY")]
    assert set(world.register().values()) == {"SOLD"}


@pytest.mark.parametrize(
    ("cells", "codes", "memos"),
    [
        pytest.param({"quantity": 4}, [], [("CM-HQ-00001", "R-1", 4, 2000, 2000)], id="by quantity"),
        pytest.param({"serial": "4001"}, ["ITEM_NOT_SERIALIZED"], [], id="with a serial"),
        pytest.param({"generate": 1}, ["ITEM_NOT_SERIALIZED"], [], id="with a generate quantity"),
    ],
)
def test_16_what_is_not_serialized_is_credited_by_quantity(
    world: World, cells: dict[str, object], codes: list[str], memos: list[object]
) -> None:
    world.intake(row("R-1", "CABLE", **cells))
    assert [code for *_, code in world.exceptions()] == codes
    assert world.memos() == memos
    assert world.count("serial") == [0]


def test_17_a_unit_in_for_repair_is_returned_instead(world: World) -> None:
    world.intake(row("S-1", type="Service", mfr="M-9"))
    held = world.serial("5001")
    assert (held["area_code"], held["customer_code"], held["mfr_serial_no"]) == ("REPAIRS-IN", "C1", "M-9")
    assert held["open_document_id"] == world.value("SELECT document_id FROM document")
    assert world.memos() == []
    assert world.status("S-1") == ("POSTED", "POSTED")
    world.intake(row("R-1", mfr="M-9"))
    returned = world.serial("5001")
    assert (returned["area_code"], returned["customer_code"], returned["open_document_id"]) == ("CRMA", None, None)
    assert world.serials("R-1") == ["5001"]
    assert world.memos() == [("CM-HQ-00001", "R-1", 1, 15000, 15000)]
    assert world.status("S-1") == ("CLOSED", "CLOSED")
    assert world.history("5001") == [
        ("GENERATED", None, "REPAIRS-IN"),
        ("MFR_ASSIGNED", "REPAIRS-IN", "REPAIRS-IN"),
        ("ATTACHED", "REPAIRS-IN", "REPAIRS-IN"),
        ("RECEIVED", "REPAIRS-IN", "CRMA"),
    ]


def test_18_a_credit_order_waits_for_its_goods(world: World) -> None:
    world.intake(row("O-1", type="Credit Order", quantity=5))
    assert world.register() == dict.fromkeys(["5001", "5002", "5003", "5004", "5005"], "CRMA-EX")
    assert world.memos() == []
    assert world.status("O-1") == ("COMMITTED", "COMMITTED")
    assert world.count("serial WHERE open_document_id IS NOT NULL") == [5]
    world.execute("UPDATE document SET status = 'RECEIVED'")
    world.pos()
    assert set(world.register().values()) == {"CRMA"}
    assert world.memos() == [("CM-HQ-00001", "O-1", 5, 75000, 75000)]
    assert world.status("O-1") == ("POSTED", "POSTED")
    assert world.history("5003") == [("GENERATED", None, "CRMA-EX"), ("RECEIVED", "CRMA-EX", "CRMA")]
    assert world.count("serial WHERE open_document_id IS NOT NULL") == [0]


def test_19_good_lines_of_a_sheet_do_not_wait_for_a_bad_one(world: World) -> None:
    report = world.intake(row("R-1"), row("R-1", "MOUSE", 2), row("R-1", "NONE"), row("R-1", "CABLE", 4))
    assert world.memos() == [("CM-HQ-00001", "R-1", 7, 21000, 21000)]
    assert world.exceptions() == [("R-1", 3, "ITEM_UNKNOWN")]
    assert world.status("R-1") == ("PARTIAL", "POSTED", "POSTED", "REFUSED", "POSTED")
    assert (report.lines_posted, report.lines_refused, report.credit_memos) == (3, 1, 1)


def test_20_the_same_file_again_changes_nothing(world: World) -> None:
    file = world.sheet(row("R-1"), row("R-1", "NONE"))
    first = world.intake(file)
    before = [world.rows(f"SELECT * FROM {table} ORDER BY 1") for table in ("serial", "credit_memo", "exception")]
    again = world.intake(file)
    assert (again.status, again.first_run_id, again.lines_read) == ("NOOP", first.run_id, 0)
    assert f"run {first.run_id}" in again.files[0].detail
    after = [world.rows(f"SELECT * FROM {table} ORDER BY 1") for table in ("serial", "credit_memo", "exception")]
    assert after == before


def test_21_a_corrected_file_posts_what_was_corrected(world: World) -> None:
    good = [row("R-1", line=1), row("R-1", "MOUSE", 2, line=2), row("R-1", "CABLE", 4, line=3)]
    world.intake(*good, row("R-1", "CUP", line=4))
    report = world.intake(*good, row("R-1", "CPU", line=4))
    assert [memo[:3] for memo in world.memos()] == [("CM-HQ-00001", "R-1", 7), ("CM-HQ-00002", "R-1", 1)]
    assert (report.lines_skipped, report.lines_posted, report.lines_read) == (3, 1, 4)
    assert world.exceptions() == []
    found = world.exception("ITEM_UNKNOWN")
    assert (found["status"], found["resolved_run_id"]) == ("RESOLVED", report.run_id)
    assert world.status("R-1")[0] == "POSTED"


def test_22_a_credited_line_that_changed_is_refused(world: World) -> None:
    world.intake(row("R-1", quantity=2, line=1))
    memos = world.rows("SELECT * FROM credit_memo"), world.rows("SELECT * FROM credit_memo_line")
    report = world.intake(row("R-1", quantity=3, line=1))
    assert world.exceptions() == [("R-1", 1, "LINE_ALREADY_POSTED")]
    assert (report.lines_refused, report.credit_memos) == (1, 0)
    assert (world.rows("SELECT * FROM credit_memo"), world.rows("SELECT * FROM credit_memo_line")) == memos
    assert world.status("R-1") == ("POSTED", "POSTED")
