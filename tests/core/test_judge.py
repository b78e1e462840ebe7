"""Show what is said of lines that compete: for the quantity, for a place, for a number (R3, R4, R13 to R17, R21)."""

from __future__ import annotations

import dataclasses

import pytest

from batch.core.chunk import Unit
from batch.core.settle import settle_one_by_one as settle
from tests.core.chunks import TERMS, WORLD, WRITING, World, chunk, doc, item, location, numbers, reasons, unit

OUTSIDE = (unit("4001"), unit("4002"), unit("4003", open_document_id=1))
# S-HQ has 98 and 99 left, CM-HQ one number.
ENDING = WORLD.having(numbers("S-HQ", "HQ", 98, "{seq:02}"), numbers("CM-HQ", "HQ", 9, "{seq:01}"))
NOWHERE = WORLD.having(location("MAIN", default=True), location("HQ"))
FREE = WORLD.having(item("CPU", price=None, cost=None))


def told(
    *lines: str, head: str = "RETURN", world: World = WORLD, register: tuple[Unit, ...] = OUTSIDE
) -> list[list[str]]:
    """Give the codes told of each line of a document."""
    said = reasons(settle(chunk(doc(head, *lines), world=world, register=register), TERMS))
    return [said.get(line_id, []) for line_id in range(101, 101 + len(lines))]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("CPU 3", [], id="as many as needed"),
        pytest.param("CPU 3 gen=3", [], id="just as many"),
        pytest.param("CPU 3 gen=4", ["GENERATE_QUANTITY_EXCEEDED"], id="more than units"),
        pytest.param("CPU 3 #4001 gen=3", ["GENERATE_QUANTITY_EXCEEDED"], id="more than units without one"),
        pytest.param("CPU 3 @4001 gen=3", ["GENERATE_QUANTITY_EXCEEDED"], id="the POS attached one"),
        pytest.param("CPU 3 #4001 gen=2", [], id="the rest"),
        pytest.param("CPU 3 #4001 gen=1", ["UNITS_WITHOUT_SERIAL"], id="one unit would have none"),
        pytest.param("CPU 3 gen=0", ["UNITS_WITHOUT_SERIAL"], id="none wanted, three needed"),
        pytest.param("CPU 2 #4001 #4002 gen=0", [], id="none wanted, none needed"),
        pytest.param("CPU 2 #4001 #4002 gen=1", ["GENERATE_QUANTITY_EXCEEDED"], id="none allowed"),
        pytest.param("CPU 2 #4001 #4002 #4003", ["SERIALS_EXCEED_QUANTITY"], id="one too many named"),
        pytest.param("CPU 2 #4001 #NONE #4003", ["SERIALS_EXCEED_QUANTITY"], id="stands alone"),
        pytest.param("CPU 1 #4001 more=99", ["SERIALS_EXCEED_QUANTITY"], id="a range too long to write out"),
        pytest.param("CPU 2 #4001 #NONE gen=9", ["SERIAL_UNKNOWN/2"], id="quantity is judged after the serials"),
        pytest.param("CPU 2 # #", [], id="units without a name are units"),
        pytest.param("CPU 3 #", [], id="and so are those with no row"),
    ],
)
def test_quantity(line: str, expected: list[str]) -> None:
    assert told(line) == [expected]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("CPU 3 gen=4", "4 serials are asked for, 3 are allowed", id="asked"),
        pytest.param("CPU 3 gen=2", "1 unit of 3 would have no serial", id="one left"),
        pytest.param("CPU 3 gen=1", "2 units of 3 would have no serial", id="two left"),
        pytest.param("CPU 1 #4001 #4002", "2 units are named for a quantity of 1", id="named"),
    ],
)
def test_quantity_in_words(line: str, expected: str) -> None:
    outcome = settle(chunk(doc("RETURN", line), register=OUTSIDE), TERMS)
    assert expected in outcome.exceptions[0].refusal.message


def test_a_received_order_asks_no_quantity_of_what_was_committed() -> None:
    head = "CREDIT_ORDER O-1 status=RECEIVED"
    assert told("CPU 1 @4003 gen=1 status=COMMITTED", "CPU 1 gen=0", head=head) == [[], ["UNITS_WITHOUT_SERIAL"]]


@pytest.mark.parametrize(
    ("world", "lines", "expected"),
    [
        pytest.param(ENDING, ("CPU 2",), [[]], id="to the end"),
        pytest.param(ENDING, ("CPU 3",), [["SEQUENCE_EXHAUSTED"]], id="beyond the end"),
        pytest.param(
            ENDING, ("CPU 3", "CPU 1", "CPU 1", "CPU 1"), [["SEQUENCE_EXHAUSTED"], [], [], ["SEQUENCE_EXHAUSTED"]]
        ),
        pytest.param(ENDING, ("CPU 3 #4001",), [[]], id="only what is generated counts"),
        pytest.param(WORLD.without("S-HQ", "S-MAIN"), ("CPU 1",), [["SEQUENCE_MISSING"]], id="no sequence"),
        pytest.param(WORLD.without("S-HQ", "S-MAIN"), ("CPU 1 #4001",), [[]], id="none needed"),
        pytest.param(WORLD.without("S-HQ", "S-MAIN"), ("CABLE 1",), [[]], id="nothing serialized"),
        pytest.param(
            WORLD.having(numbers("S-HQ", "HQ", 1, "{none}")), ("CPU 1",), [["SEQUENCE_MISSING"]], id="spoiled"
        ),
        pytest.param(
            WORLD.without("CM-HQ", "CM-MAIN"), ("CPU 1", "CABLE 1"), [["SEQUENCE_MISSING"]] * 2, id="no memos"
        ),
        pytest.param(
            WORLD.having(numbers("CM-HQ", "HQ", 1, "{none}")), ("CABLE 1",), [["SEQUENCE_MISSING"]], id="memos spoiled"
        ),
        pytest.param(
            WORLD.having(numbers("CM-HQ", "HQ", 10, "{seq:01}")),
            ("CABLE 1",),
            [["SEQUENCE_EXHAUSTED"]],
            id="no memo left",
        ),
        pytest.param(
            WORLD.having(numbers("S-HQ", "HQ", 100, "{seq:02}"), numbers("CM-HQ", "HQ", 10, "{seq:01}")),
            ("CPU 1", "CPU 1 #4001"),
            [["SEQUENCE_EXHAUSTED", "SEQUENCE_EXHAUSTED"], ["SEQUENCE_EXHAUSTED"]],
            id="no memo and no serial left, at once",
        ),
        pytest.param(
            WORLD.having(numbers("S-HQ", "HQ", 100, "{seq:02}")).without("CM-HQ", "CM-MAIN"),
            ("CPU 1",),
            [["SEQUENCE_MISSING", "SEQUENCE_EXHAUSTED"]],
            id="no memos, and no serial left",
        ),
        pytest.param(
            NOWHERE.having(numbers("S-HQ", "HQ", 100, "{seq:02}")),
            ("CPU 1 area=CRMA",),
            [["STOCK_AREA_UNRESOLVED", "SEQUENCE_EXHAUSTED"]],
            id="no place, and no serial left",
        ),
        pytest.param(
            NOWHERE, ("CPU 1",), [["STOCK_AREA_UNRESOLVED", "STOCK_AREA_UNRESOLVED"]], id="no area for either step"
        ),
        pytest.param(NOWHERE, ("CPU 1 #4001",), [["STOCK_AREA_UNRESOLVED"]], id="nothing starts"),
        pytest.param(
            NOWHERE.without("S-HQ", "S-MAIN"),
            ("CPU 1 area=CRMA",),
            [["STOCK_AREA_UNRESOLVED", "SEQUENCE_MISSING"]],
            id="no place and no number, at once",
        ),
    ],
)
def test_place_and_number(world: World, lines: tuple[str, ...], expected: list[list[str]]) -> None:
    assert told(*lines, world=world) == expected


@pytest.mark.parametrize(
    ("world", "lines", "expected"),
    [
        pytest.param(FREE, ("CPU 1",), [["PRICE_UNKNOWN", "COST_UNKNOWN"]], id="no price and no cost"),
        pytest.param(FREE, ("CPU 1 price=1",), [["COST_UNKNOWN"]], id="no cost is only a warning"),
        pytest.param(FREE, ("CPU 1 #4001 price=1",), [[]], id="an attached serial has its cost"),
        pytest.param(FREE, ("CPU 1 area=SOLD",), [["STOCK_AREA_WRONG_TYPE"]], id="credit is judged after the place"),
        pytest.param(
            FREE.having(numbers("S-HQ", "HQ", 100, "{seq:02}")),
            ("CPU 1",),
            [["SEQUENCE_EXHAUSTED"]],
            id="and after the number",
        ),
        pytest.param(
            FREE.having(numbers("S-HQ", "HQ", 99, "{seq:02}")),
            ("CPU 1", "CPU 1 price=1 cost=1"),
            [["PRICE_UNKNOWN", "COST_UNKNOWN"], []],
            id="a line without a price takes no number",
        ),
    ],
)
def test_credit(world: World, lines: tuple[str, ...], expected: list[list[str]]) -> None:
    assert told(*lines, world=world) == expected


def test_memo_numbers_run_out_from_document_to_document() -> None:
    outcome = settle(chunk(doc("RETURN", "CABLE 1"), doc("RETURN", "CABLE 1"), world=ENDING), TERMS)
    assert reasons(outcome) == {201: ["SEQUENCE_EXHAUSTED"]}
    assert len(outcome.memos) == 1


def test_a_document_refused_whole_uses_no_memo_number() -> None:
    outcome = settle(chunk(doc("RETURN", "CABLE 0"), doc("RETURN", "CABLE 1"), world=ENDING), TERMS)
    assert reasons(outcome) == {101: ["QUANTITY_ZERO"]}


def test_no_memo_no_memo_number() -> None:
    world = WORLD.without("CM-HQ", "CM-MAIN")
    assert told("CPU 1", head="SERVICE", world=world) == [[]]
    assert told("CPU 1", head="LEGACY_RETURN", world=world) == [[]]
    drawn = chunk(doc("LEGACY_RETURN", "CPU 1"), world=world)
    assert reasons(settle(drawn, WRITING)) == {101: ["SEQUENCE_MISSING"]}


@pytest.mark.parametrize(
    ("own", "head", "expected"),
    [
        pytest.param(None, "RETURN", "5001", id="the location's"),
        pytest.param("S-CPU", "RETURN", "C7", id="the item's own"),
        pytest.param(None, "RETURN R-1 HQ-SALES", "5001", id="the parent's"),
        pytest.param(None, "RETURN R-1 MAIN", "900", id="another location's"),
    ],
)
def test_which_sequence(own: str | None, head: str, expected: str) -> None:
    world = WORLD.having(item("CPU", serial_sequence_code=own), numbers("S-CPU", None, 7, "C{seq}"))
    outcome = settle(chunk(doc(head, "CPU 1"), world=world), TERMS)
    assert [each.unit.serial_no for each in outcome.new_serials] == [expected]


def test_a_serial_to_be_adopted_is_not_issued_on_the_same_document() -> None:
    outcome = settle(chunk(doc("LEGACY_RETURN", "CPU 1", "CPU 1 #5001")), TERMS)
    assert [each.unit.serial_no for each in outcome.new_serials] == ["5002", "5001"]
    assert outcome.passed_over == [("S-HQ", 5001)]


def test_a_date_in_a_number_is_that_of_the_step() -> None:
    world = WORLD.having(numbers("S-HQ", "HQ", 7, "{yyyy}{mm}{dd}-{seq}"))
    drawn = chunk(doc("LEGACY_RETURN R-1 on=2019-02-28", "CPU 1"), doc("RETURN", "CPU 1"), world=world)
    serials = [each.unit.serial_no for each in settle(drawn, TERMS).new_serials]
    assert serials == ["20190228-7", "20260331-8"]


def test_a_limit_of_units_is_of_the_document() -> None:
    terms = dataclasses.replace(TERMS, units_limit=3)
    drawn = chunk(doc("RETURN", "CPU 2", "CPU 2"), doc("RETURN", "CPU 3"))
    assert reasons(settle(drawn, terms)) == {101: ["QUANTITY_TOO_LARGE"], 102: ["QUANTITY_TOO_LARGE"]}
