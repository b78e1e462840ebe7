"""Show what becomes of a unit that is named: attached, generated or adopted, or refused and why (R8 to R12, R19)."""

from __future__ import annotations

from typing import Any

import pytest

from batch.core.chunk import OpenDocument, Unit
from batch.core.settle import settle_one_by_one as settle
from tests.core.chunks import HELD_WHOLE, TERMS, WORLD, chunk, doc, item, reasons, unit

OUTSIDE = (
    unit("4001", mfr="M-7"),
    unit("4002"),
    unit("4003", mfr="M-3"),
    unit("4004", mfr="M-5"),
    unit("4005", mfr="M-5"),
    unit("4006", "CRMA", mfr="M-6"),
    unit("4007", mfr="M-6"),
)
OPEN = {
    70: OpenDocument("SERVICE", "V-70", "C1"),
    71: OpenDocument("CREDIT_ORDER", "O-71", "C1"),
    72: OpenDocument("SERVICE", "V-72", "C2"),
}
CHECKED = WORLD.having(item("CPU", mfr_serial_check="luhn"))


def told(head: str, *lines: str, register: tuple[Unit, ...] = OUTSIDE) -> list[str]:
    """Give the codes told of the last line of a document."""
    outcome = settle(chunk(doc(head, *lines), register=register, open_documents=OPEN), TERMS)
    return reasons(outcome).get(100 + len(lines), [])


@pytest.mark.parametrize(
    ("at", "line", "expected"),
    [
        pytest.param("RELEASED", "CPU 1 #4001", [], id="outside"),
        pytest.param("RELEASED", "CPU 1 #\u200b4001", [], id="by its key, not as typed"),
        pytest.param("RELEASED", "CPU 1 #4001/M-7", [], id="with its maker's serial"),
        pytest.param("RELEASED", "CPU 1 #4001/m-7", [], id="with its maker's serial by key"),
        pytest.param("RELEASED", "CPU 1 @4001", [], id="attached by the POS"),
        pytest.param("RELEASED", "CPU 1 #400", ["SERIAL_UNKNOWN/1"], id="never by prefix"),
        pytest.param("RELEASED", "CPU 1 #4OO1", ["SERIAL_UNKNOWN/1"], id="never by likeness"),
        pytest.param("RELEASED", "GPU 1 #4001", ["SERIAL_OTHER_ITEM/1"], id="of another item"),
        pytest.param("RELEASED", "CPU 1 #4001/M-8", ["MFR_SERIAL_MISMATCH/1"], id="with another maker's serial"),
        pytest.param("CRMA", "CPU 1 #4001", ["SERIAL_ALREADY_IN_STOCK/1"], id="in stock"),
        pytest.param("CRMA", "CPU 1 @4001", ["SERIAL_ALREADY_IN_STOCK/1"], id="attached by the POS, but in stock"),
        pytest.param("GONE", "CPU 1 #4001", ["AREA_UNKNOWN/1"], id="in an area that is not on file"),
        pytest.param("CRMA", "GPU 1 #4001", ["SERIAL_OTHER_ITEM/1", "SERIAL_ALREADY_IN_STOCK/1"], id="all at once"),
        pytest.param("RELEASED", "CPU 1 @9", ["SERIAL_UNKNOWN/1"], id="attached by the POS, but not on file"),
        pytest.param("RELEASED", "CPU 2 #4002 #40O1", ["SERIAL_UNKNOWN/2"], id="the unit that is meant is numbered"),
    ],
)
def test_a_unit_named_by_its_serial(at: str, line: str, expected: list[str]) -> None:
    assert told("RETURN", line, register=(unit("4001", at, mfr="M-7"), unit("4002"))) == expected


@pytest.mark.parametrize(
    ("register", "line", "expected"),
    [
        pytest.param((), "CPU 1 #/M-7", ["5001"], id="unknown: generated"),
        pytest.param((unit("4001", mfr="M-7"),), "CPU 1 #/m-7", ["4001"], id="one outside: attached"),
        pytest.param((unit("4001", "CRMA", mfr="M-7"), unit("4002", mfr="M-7")), "CPU 1 #/M-7", ["4002"], id="one so"),
        pytest.param(
            (unit("4002", mfr="M-7"), unit("4001", mfr="M-7")),
            "CPU 1 #/M-7",
            ["MFR_SERIAL_AMBIGUOUS/1"],
            id="two so",
        ),
        pytest.param(
            (unit("4001", "CRMA", mfr="M-7"), unit("4002", "CRMA", mfr="M-7")),
            "CPU 1 #/M-7",
            ["SERIAL_ALREADY_IN_STOCK/1"],
            id="none outside, said once",
        ),
        pytest.param((unit("4001", "GONE", mfr="M-7"),), "CPU 1 #/M-7", ["AREA_UNKNOWN/1"], id="nowhere on file"),
        pytest.param((unit("4001", mfr="M-7"),), "CPU 1 #/M7", ["MFR_SERIAL_NEAR_MATCH/1", "5001"], id="only alike"),
        pytest.param(
            (unit("4001", mfr="M-7"),), "GPU 1 #/M-7", ["MFR_SERIAL_ON_OTHER_ITEM/1", "5001"], id="another item's"
        ),
        pytest.param(
            (unit("4001", mfr="M-7", open_document_id=71),),
            "CPU 1 #/M-7",
            ["SERIAL_ON_OTHER_DOCUMENT/1"],
            id="held by an order",
        ),
    ],
)
def test_a_unit_named_by_its_maker(register: tuple[Unit, ...], line: str, expected: list[str]) -> None:
    outcome = settle(chunk(doc("RETURN", line), register=register, open_documents=OPEN), TERMS)
    taken = [each.unit.serial_no for each in outcome.units]
    assert reasons(outcome).get(101, []) + taken == expected


@pytest.mark.parametrize(
    ("head", "now", "expected"),
    [
        pytest.param("RETURN", {"open_document_id": 70}, [], id="a return takes it from service"),
        pytest.param("RETURN R-1 HQ C2", {"open_document_id": 72}, [], id="of the same customer"),
        pytest.param("RETURN", {"open_document_id": 72}, ["SERIAL_ON_OTHER_DOCUMENT/1"], id="of another customer"),
        pytest.param("RETURN", {"open_document_id": 71}, ["SERIAL_ON_OTHER_DOCUMENT/1"], id="from a credit order"),
        pytest.param("RETURN", {"open_document_id": 99}, ["SERIAL_ON_OTHER_DOCUMENT/1"], id="from what is not on file"),
        pytest.param("SERVICE", {"open_document_id": 70}, ["SERIAL_ON_OTHER_DOCUMENT/1"], id="a second service slip"),
        pytest.param("CREDIT_ORDER", {"open_document_id": 70}, ["SERIAL_ON_OTHER_DOCUMENT/1"], id="an order, never"),
        pytest.param(
            "CREDIT_ORDER O-1 status=RECEIVED",
            {"open_document_id": 70},
            ["SERIAL_ON_OTHER_DOCUMENT/1"],
            id="not even so",
        ),
        pytest.param("RETURN", {"open_document_id": 1}, [], id="held by this very document"),
        pytest.param("RETURN", {"customer_code": "C1"}, [], id="sold to this customer"),
        pytest.param("RETURN", {"customer_code": "C2"}, ["NOT_SOLD_TO_CUSTOMER/1"], id="sold to another"),
    ],
)
def test_who_may_take_a_unit(head: str, now: dict[str, Any], expected: list[str]) -> None:
    assert told(head, "CPU 1 #4001", register=(unit("4001", **now),)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(("CPU 1 #4001", "CPU 1 #4001"), ["SERIAL_REPEATED/1"], id="the same serial"),
        pytest.param(("CPU 1 #4001", "CPU 1 #\u200b4001"), ["SERIAL_REPEATED/1"], id="the same serial by key"),
        pytest.param(("CPU 2 #4001 #4001",), ["SERIAL_REPEATED/2"], id="twice on one line"),
        pytest.param(("CPU 1 #/M-7", "CPU 1 #/M-7"), ["SERIAL_REPEATED/1"], id="the same maker's serial"),
        pytest.param(("CPU 1 #/M-1", "CPU 1 #/M-1"), ["SERIAL_REPEATED/1"], id="the same maker's serial, unknown"),
        pytest.param(("CPU 1 #/M-1", "GPU 1 #/M-1"), [], id="the same maker's serial on another item"),
        pytest.param(("CPU 1 #4001", "CPU 1 #/M-7"), ["SERIAL_REPEATED/1"], id="serial, then its maker's"),
        pytest.param(("CPU 1 #/M-7", "CPU 1 #4001"), ["SERIAL_REPEATED/1"], id="its maker's, then serial"),
        pytest.param(("CPU 1 @4001", "CPU 1 #4001"), ["SERIAL_REPEATED/1"], id="attached, then named"),
        pytest.param(("CPU 1 #4001", "CPU 1 @4001"), ["SERIAL_REPEATED/1"], id="named, then attached"),
        pytest.param(("CPU 1 #/M-7", "CPU 1 @4001"), ["SERIAL_REPEATED/1"], id="its maker's, then attached"),
        pytest.param(("CPU 1 #NONE", "CPU 1 #NONE"), ["SERIAL_REPEATED/1"], id="refused before, yet named"),
        pytest.param(("CPU 0 #4001", "CPU 1 #4001"), ["SERIAL_REPEATED/1"], id="beyond a quantity of none"),
        pytest.param(("GPU 1 #4001", "CPU 1 #4001"), ["SERIAL_REPEATED/1"], id="refused as another item's"),
        pytest.param(("CPU 1 #4001 tax=-1", "CPU 1 #4001"), ["SERIAL_REPEATED/1"], id="refused for its shape"),
        pytest.param(("CPU 1 #4001 tax=-1", "CPU 1 #/M-7"), ["SERIAL_REPEATED/1"], id="shape, then its maker's"),
        pytest.param(("CPU 1 #/M-7 tax=-1", "CPU 1 #4001"), ["SERIAL_REPEATED/1"], id="maker's, shape, then serial"),
        pytest.param(("CPU 1 #/M-7 tax=-1", "CPU 1 @4001"), ["SERIAL_REPEATED/1"], id="maker's, shape, then attached"),
        pytest.param(("CPU 1 #4002 #4001", "CPU 1 #4001"), ["SERIAL_REPEATED/1"], id="named beyond the quantity"),
        pytest.param(("CPU 1 #4002 #/M-7", "CPU 1 #4001"), ["SERIAL_REPEATED/1"], id="beyond it, by its maker"),
        pytest.param(("CPU 1 #4001 status=POSTED", "CPU 1 #4001"), ["SERIAL_REPEATED/1"], id="posted before"),
        pytest.param(("CPU 1 @4001 status=POSTED", "CPU 1 #/M-7"), ["SERIAL_REPEATED/1"], id="posted, its maker's"),
        pytest.param(("CPU 1 @4001/M-3 status=POSTED", "CPU 1 #4003"), [], id="posted as another unit"),
        pytest.param(("CPU 1 #/M-5 tax=-1", "CPU 1 #4005"), [], id="a maker's serial that may mean several"),
        pytest.param(("CPU 1 #/M-6 tax=-1", "CPU 1 #4007"), ["SERIAL_REPEATED/1"], id="the one outside is meant"),
        pytest.param(("CPU 1 #", "CPU 1 #"), [], id="units without a name are strangers"),
    ],
)
def test_a_unit_named_twice_on_a_document(lines: tuple[str, ...], expected: list[str]) -> None:
    assert told("RETURN", *lines) == expected


def test_a_line_posted_before_counts_as_named_though_it_stands_below() -> None:
    drawn = chunk(doc("RETURN", "CPU 1 #4001", "CPU 1 #4001 status=POSTED"), register=OUTSIDE)
    assert reasons(settle(drawn, TERMS)) == {101: ["SERIAL_REPEATED/1"]}


def test_a_sale_on_the_invoice_names_nothing_that_comes_back() -> None:
    drawn = chunk(doc("POS_INVOICE", "CPU 1 #4001", "CPU -1 #4001"), register=OUTSIDE)
    assert reasons(settle(drawn, TERMS)) == {}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("CPU 1 #/79927398713", [], id="passes"),
        pytest.param("CPU 1 #/79927398710", ["MFR_SERIAL_INVALID/1"], id="does not pass"),
        pytest.param("CPU 1 #4002/79927398710", ["MFR_SERIAL_INVALID/1"], id="put on a serial that has none"),
        pytest.param("CPU 1 #4002/79927398713", [], id="put on a serial, passes"),
        pytest.param("CPU 1 #4001/M-7", [], id="not asked of one that is on it already"),
        pytest.param("CPU 1 #/M-7", [], id="not asked of one that matched"),
        pytest.param("GPU 1 #/M-1", [], id="an item without a check"),
    ],
)
def test_the_check_of_an_item(line: str, expected: list[str]) -> None:
    drawn = chunk(doc("RETURN", line), register=OUTSIDE, world=CHECKED)
    assert reasons(settle(drawn, TERMS)).get(101, []) == expected


def test_a_check_that_cannot_be_used_is_said() -> None:
    spoiled = WORLD.having(item("CPU", mfr_serial_check="("))
    outcome = settle(chunk(doc("RETURN", "CPU 1 #/M-1"), world=spoiled), TERMS)
    assert [each.refusal.code for each in outcome.exceptions] == ["MFR_SERIAL_INVALID"]
    assert "the check set for item CPU cannot be used" in outcome.exceptions[0].refusal.message


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("CPU 1 #L-1", ([], ["L-1"]), id="adopted"),
        pytest.param("CPU 1 #L-1/M-1", ([], ["L-1"]), id="adopted with its maker's serial"),
        pytest.param("CPU 1 #4001", ([], ["4001"]), id="known: attached"),
        pytest.param("CPU 1", ([], ["5001"]), id="none: generated"),
        pytest.param("CPU 2 #L-1 #L-1", (["SERIAL_REPEATED/2"], []), id="twice"),
    ],
)
def test_a_legacy_return_keeps_its_serial(line: str, expected: tuple[list[str], list[str]]) -> None:
    outcome = settle(chunk(doc("LEGACY_RETURN", line), register=OUTSIDE), TERMS)
    assert (reasons(outcome).get(101, []), [each.unit.serial_no for each in outcome.units]) == expected


def test_a_legacy_serial_with_a_maker_s_serial_that_fails_its_check() -> None:
    drawn = chunk(doc("LEGACY_RETURN", "CPU 1 #L-1/M-1"), world=CHECKED)
    assert reasons(settle(drawn, TERMS)) == {101: ["MFR_SERIAL_INVALID/1"]}


@pytest.mark.parametrize(
    ("line", "register", "expected"),
    [
        pytest.param("CPU 1 #4OO1", OUTSIDE, {"near": "4001"}, id="what it looks like"),
        pytest.param("CPU 1 #9", OUTSIDE, {}, id="like none"),
        pytest.param("GPU 1 #4001", OUTSIDE, {"serial_no": "4001", "item_code": "CPU"}, id="whose it is"),
        pytest.param(
            "CPU 1 #4001", (unit("4001", "CRMA"),), {"serial_no": "4001", "area_code": "CRMA"}, id="where it is"
        ),
        pytest.param(
            "CPU 1 #4001",
            (unit("4001", "CRMA", brought_by="Return R-9"),),
            {"serial_no": "4001", "area_code": "CRMA", "document": "Return R-9"},
            id="and who brought it",
        ),
        pytest.param(
            "CPU 1 #/M-7",
            (unit("4002", mfr="M-7"), unit("4001", mfr="M-7")),
            {"serials": ["4001 in RELEASED", "4002 in RELEASED"]},
            id="all it may be, in order",
        ),
        pytest.param(
            "CPU 1 #4001", (unit("4001", open_document_id=71),), {"serial_no": "4001", "document": "Credit order O-71"}
        ),
    ],
)
def test_evidence(line: str, register: tuple[Unit, ...], expected: dict[str, object]) -> None:
    outcome = settle(chunk(doc("RETURN", line), register=register, open_documents=OPEN), TERMS)
    assert outcome.exceptions[0].refusal.evidence == expected


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        pytest.param(doc("RETURN", "CPU 1 #4001"), ["SERIAL_ALREADY_IN_STOCK/1"], id="received before"),
        pytest.param(doc("SERVICE", "CPU 1 #4001"), [], id="taken from the service slip before"),
        pytest.param(doc("SERVICE R-1 HQ C2", "CPU 1 #4001"), ["SERIAL_ON_OTHER_DOCUMENT/1"], id="another's slip"),
        pytest.param(doc("CREDIT_ORDER", "CPU 1 #4001"), ["SERIAL_ON_OTHER_DOCUMENT/1"], id="ordered before"),
        pytest.param(doc("RETURN", "CPU 2 #4001 gen=0"), [], id="refused before: left as it was"),
        pytest.param(doc("RETURN", "CPU 1 #4001", "CPU 0"), [], id="held before: left as it was"),
    ],
)
def test_documents_that_compete_for_one_unit(first: object, expected: list[str]) -> None:
    assert isinstance(first, type(doc("")))
    drawn = chunk(first, doc("RETURN", "CPU 1 #4001"), register=OUTSIDE)
    codes = [code for code in reasons(settle(drawn, HELD_WHOLE)).get(201, []) if code != "NOT_SOLD_TO_CUSTOMER/1"]
    assert codes == expected
