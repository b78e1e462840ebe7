"""Run the worked examples that a till can bring as POS documents, inserted with plain SQL, each by its number."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.jobs.world import World


def test_01_an_invoice_shows_a_return_as_a_negative_quantity(world: World) -> None:
    report = world.pos_invoice("I-1", {"quantity": -3})
    assert world.serials("I-1") == ["5001", "5002", "5003"]
    assert world.history("5002") == [("GENERATED", None, "RELEASED"), ("RECEIVED", "RELEASED", "CRMA")]
    assert world.memos() == [("CM-HQ-00001", "I-1", 3, 45000, 45000)]
    assert world.tuples("SELECT unit_price_minor, quantity, area_code FROM credit_memo_line") == [(15000, 3, "CRMA")]
    assert world.next_number() == 5004
    assert world.status("I-1") == ("POSTED", "POSTED")
    assert (report.lines_read, report.lines_posted) == (1, 1)


def test_02_more_asked_than_allowed_takes_nothing(world: World) -> None:
    world.pos_invoice("I-1", {"quantity": -3, "generate_quantity": 4})
    assert world.exceptions() == [("I-1", 1, "GENERATE_QUANTITY_EXCEEDED")]
    assert world.count("serial", "credit_memo", "missing_number") == [0, 0, 0]
    assert world.next_number() == 5001
    assert world.status("I-1") == ("HELD", "REFUSED")


@pytest.mark.parametrize(
    ("generate", "codes", "serials", "memos"),
    [
        pytest.param(3, ["GENERATE_QUANTITY_EXCEEDED"], [], [], id="three"),
        pytest.param(2, [], ["5001", "4001", "5002"], [("CM-HQ-00001", "I-1", 3, 45000, 45000)], id="two"),
    ],
)
def test_03_a_unit_the_clerk_attached_counts(
    world: World, generate: int, codes: list[str], serials: list[str], memos: list[object]
) -> None:
    world.unit("4001")
    serial_id = world.value("SELECT serial_id FROM serial")
    world.document(
        "POS_INVOICE",
        "I-1",
        {"quantity": -3, "generate_quantity": generate},
        units=[(1, 2, {"serial_id": serial_id})],
    )
    world.pos()
    assert [code for *_, code in world.exceptions()] == codes
    assert world.serials("I-1") == serials
    assert world.memos() == memos


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        pytest.param(-1.5, "QUANTITY_NOT_INTEGER", id="half"),
        pytest.param(0, "QUANTITY_ZERO", id="zero"),
    ],
)
def test_04_a_quantity_counts_units(world: World, quantity: float, code: str) -> None:
    world.pos_invoice("I-1", {"quantity": quantity})
    assert world.exceptions() == [("I-1", 1, code)]
    assert world.status("I-1") == ("HELD", "REFUSED")
    assert world.count("serial", "credit_memo") == [0, 0]


def test_05_a_location_without_a_sequence_uses_its_parents(world: World) -> None:
    world.pos_invoice("I-1", {"quantity": -1}, location_code="HQ-SALES")
    assert world.serials("I-1") == ["5001"]


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
    world.pos_invoice("I-1", {"quantity": -1})
    assert world.serials("I-1") == serials
    assert [code for *_, code in world.exceptions()] == codes


def test_07_a_taken_number_is_passed_over_and_recorded(world: World) -> None:
    world.unit("5002", "CRMA")
    world.pos_invoice("I-1", {"quantity": -3})
    assert world.serials("I-1") == ["5001", "5003", "5004"]
    assert world.next_number() == 5005
    assert world.missing() == [("S-HQ", 5002, 5002, "TAKEN")]


@pytest.mark.parametrize(
    ("generate", "codes", "serials"),
    [
        pytest.param(None, [], ["4001", "5001", "5002"], id="13 blank"),
        pytest.param(1, ["UNITS_WITHOUT_SERIAL"], [], id="14 one"),
    ],
)
def test_13_14_what_is_not_named_is_generated_if_it_may(
    world: World, generate: int | None, codes: list[str], serials: list[str]
) -> None:
    world.unit("4001")
    world.document(
        "POS_INVOICE",
        "I-1",
        {"quantity": -3, "generate_quantity": generate},
        units=[(1, 1, {"serial_no": "4001"})],
    )
    world.pos()
    assert [code for *_, code in world.exceptions()] == codes
    assert world.serials("I-1") == serials


def test_15_the_database_itself_refuses_more_units_than_the_quantity(world: World) -> None:
    world.document("POS_INVOICE", "I-1", {"quantity": -2})
    with pytest.raises(sa.exc.DBAPIError, match="above the quantity"):
        world.insert("line_unit", line_id=world.line_id("I-1", 1), unit_no=3, serial_no="4003")


def test_15_more_serials_than_units(world: World) -> None:
    world.document(
        "POS_INVOICE",
        "I-1",
        {"quantity": -2, "surplus_units": '[{"serial_no": "4003", "mfr_serial_no": null}]'},
        units=[(1, 1, {"serial_no": "4001"}), (1, 2, {"serial_no": "4002"})],
    )
    world.pos()
    assert world.exceptions() == [("I-1", 1, "SERIALS_EXCEED_QUANTITY")]


@pytest.mark.parametrize(
    ("line", "units", "codes", "memos"),
    [
        pytest.param({"quantity": -4}, [], [], [("CM-HQ-00001", "I-1", 4, 2000, 2000)], id="by quantity"),
        pytest.param({"quantity": -1}, [(1, 1, {"serial_no": "4001"})], ["ITEM_NOT_SERIALIZED"], [], id="serial"),
        pytest.param({"quantity": -1, "generate_quantity": 1}, [], ["ITEM_NOT_SERIALIZED"], [], id="generate"),
    ],
)
def test_16_what_is_not_serialized_is_credited_by_quantity(
    world: World,
    line: dict[str, object],
    units: list[tuple[int, int, dict[str, object]]],
    codes: list[str],
    memos: list[object],
) -> None:
    world.document("POS_INVOICE", "I-1", {"item_code": "CABLE"} | line, units=units)
    world.pos()
    assert [code for *_, code in world.exceptions()] == codes
    assert world.memos() == memos


def test_17_a_unit_in_for_repair_is_returned_instead(world: World) -> None:
    named = [(1, 1, {"mfr_serial_no": "M-9"})]
    world.document("SERVICE", "S-1", {"quantity": 1}, units=named)
    world.pos()
    assert world.register() == {"5001": "REPAIRS-IN"}
    assert world.memos() == []
    world.document("POS_CREDIT", "P-1", {"quantity": 1}, units=named)
    world.pos()
    assert world.register() == {"5001": "CRMA"}
    assert world.serials("P-1") == ["5001"]
    assert world.memos() == [("CM-HQ-00001", "P-1", 1, 15000, 15000)]
    assert world.status("S-1") == ("CLOSED", "CLOSED")


def test_17_both_in_one_run(world: World) -> None:
    named = [(1, 1, {"mfr_serial_no": "M-9"})]
    world.document("SERVICE", "S-1", {"quantity": 1}, units=named)
    world.document("POS_CREDIT", "P-1", {"quantity": 1}, units=named)
    world.pos()
    assert world.register() == {"5001": "CRMA"}
    assert world.status("S-1") == ("CLOSED", "CLOSED")
    assert world.status("P-1") == ("POSTED", "POSTED")


def test_18_a_credit_order_waits_for_its_goods(world: World) -> None:
    world.document("CREDIT_ORDER", "O-1", {"quantity": 5})
    world.pos()
    assert set(world.register().values()) == {"CRMA-EX"}
    assert world.memos() == []
    assert world.status("O-1") == ("COMMITTED", "COMMITTED")
    idle = world.pos()
    assert (idle.status, idle.lines_read) == ("NOOP", 0)
    world.execute("UPDATE document SET status = 'RECEIVED'")
    report = world.pos()
    assert set(world.register().values()) == {"CRMA"}
    assert world.memos() == [("CM-HQ-00001", "O-1", 5, 75000, 75000)]
    assert world.status("O-1") == ("POSTED", "POSTED")
    assert (report.lines_posted, report.serials_generated, report.serials_attached) == (1, 0, 0)


def test_19_one_bad_line_holds_the_whole_document(world: World) -> None:
    lines = [{"item_code": item, "quantity": -1} for item in ("CPU", "MOUSE", "NONE", "CABLE")]
    world.document("POS_INVOICE", "I-1", *lines)
    report = world.pos()
    assert world.status("I-1") == ("HELD", "HELD", "HELD", "REFUSED", "HELD")
    assert world.exceptions() == [
        ("I-1", 1, "DOCUMENT_HELD"),
        ("I-1", 2, "DOCUMENT_HELD"),
        ("I-1", 3, "ITEM_UNKNOWN"),
        ("I-1", 4, "DOCUMENT_HELD"),
    ]
    assert world.count("serial", "credit_memo") == [0, 0]
    assert (world.next_number(), world.next_number("CM-HQ")) == (5001, 1)
    assert (report.lines_read, report.lines_refused, report.exceptions) == (4, 4, 4)
    world.execute("UPDATE document_line SET item_code = 'CPU' WHERE item_code = 'NONE'")
    world.pos()
    assert world.status("I-1") == ("POSTED", "POSTED", "POSTED", "POSTED", "POSTED")
    assert world.exceptions() == []
    assert [memo[:3] for memo in world.memos()] == [("CM-HQ-00001", "I-1", 4)]
