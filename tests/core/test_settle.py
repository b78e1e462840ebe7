"""Show the worked examples of the trade on one chunk: what is refused, what is issued, what is credited."""

from __future__ import annotations

import dataclasses

import pytest

from batch.core.chunk import Terms, Unit
from batch.core.settle import settle_one_by_one as settle
from tests.core.chunks import HELD_WHOLE, TERMS, WORLD, Doc, World, chunk, doc, reasons, unit

OUT_4001 = unit("4001", mfr="M-7")
TWO_OUT = (OUT_4001, unit("4002", mfr="M-7"), unit("4003"))
IN_STOCK = unit("4001", "CRMA", mfr="M-7")
ATTACHED = (unit("4001", open_document_id=1),)


@pytest.mark.parametrize(
    ("document", "register", "world", "serials", "total", "expected"),
    [
        pytest.param(doc("POS_INVOICE", "CPU -3"), (), WORLD, ["5001", "5002", "5003"], 45000, {}, id="1"),
        pytest.param(
            doc("POS_INVOICE", "CPU -3 gen=4"), (), WORLD, [], 0, {101: ["GENERATE_QUANTITY_EXCEEDED"]}, id="2"
        ),
        pytest.param(
            doc("POS_INVOICE", "CPU -3 @4001 gen=3"),
            ATTACHED,
            WORLD,
            [],
            0,
            {101: ["GENERATE_QUANTITY_EXCEEDED"]},
            id="3, three asked for",
        ),
        pytest.param(
            doc("POS_INVOICE", "CPU -3 @4001 gen=2"), ATTACHED, WORLD, ["4001", "5001", "5002"], 45000, {}, id="3, two"
        ),
        pytest.param(
            doc("RETURN", "CPU 1.5", "CPU 0", "CPU two"),
            (),
            WORLD,
            [],
            0,
            {101: ["QUANTITY_NOT_INTEGER"], 102: ["QUANTITY_ZERO"], 103: ["QUANTITY_NOT_INTEGER"]},
            id="4",
        ),
        pytest.param(doc("RETURN R-1 HQ-SALES", "CPU 1"), (), WORLD, ["5001"], 15000, {}, id="5"),
        pytest.param(doc("RETURN", "CPU 1"), (), WORLD.without("S-HQ"), ["900"], 15000, {}, id="6, of MAIN"),
        pytest.param(
            doc("RETURN", "CPU 1"),
            (),
            WORLD.without("S-HQ", "S-MAIN"),
            [],
            0,
            {101: ["SEQUENCE_MISSING"]},
            id="6, none",
        ),
        pytest.param(
            doc("RETURN", "CPU 3"), (unit("5002", "CRMA"),), WORLD, ["5001", "5003", "5004"], 45000, {}, id="7"
        ),
        pytest.param(doc("RETURN", "CPU 2 #/M-1 #/M-2"), (), WORLD, ["5001", "5002"], 30000, {}, id="8"),
        pytest.param(doc("RETURN", "CPU 1 #/M-7"), (OUT_4001,), WORLD, ["4001"], 15000, {}, id="9"),
        pytest.param(doc("RETURN", "CPU 1 #/M-7"), TWO_OUT, WORLD, [], 0, {101: ["MFR_SERIAL_AMBIGUOUS/1"]}, id="10"),
        pytest.param(
            doc("RETURN", "CPU 1 #/M-7"), (IN_STOCK,), WORLD, [], 0, {101: ["SERIAL_ALREADY_IN_STOCK/1"]}, id="11"
        ),
        pytest.param(
            doc("RETURN R-1 HQ C2", "CPU 1 #4001"),
            (unit("4001", customer_code="C1"),),
            WORLD,
            ["4001"],
            15000,
            {101: ["NOT_SOLD_TO_CUSTOMER/1"]},
            id="12",
        ),
        pytest.param(doc("RETURN", "CPU 3 #4001"), TWO_OUT, WORLD, ["4001", "5001", "5002"], 45000, {}, id="13"),
        pytest.param(
            doc("RETURN", "CPU 3 #4001 gen=1"), TWO_OUT, WORLD, [], 0, {101: ["UNITS_WITHOUT_SERIAL"]}, id="14"
        ),
        pytest.param(
            doc("RETURN", "CPU 2 #4001 #4002 #4003"), TWO_OUT, WORLD, [], 0, {101: ["SERIALS_EXCEED_QUANTITY"]}, id="15"
        ),
        pytest.param(doc("RETURN", "CABLE 4"), (), WORLD, [], 2000, {}, id="16, by quantity"),
        pytest.param(
            doc("RETURN", "CABLE 4 #4001", "CABLE 4 gen=1"),
            TWO_OUT,
            WORLD,
            [],
            0,
            {101: ["ITEM_NOT_SERIALIZED"], 102: ["ITEM_NOT_SERIALIZED"]},
            id="16, with serials",
        ),
        pytest.param(doc("SERVICE", "CPU 1 #/M-9"), (), WORLD, ["5001"], 0, {}, id="17, the slip"),
        pytest.param(doc("CREDIT_ORDER", "CPU 2"), (), WORLD, ["5001", "5002"], 0, {}, id="18, on its way"),
        pytest.param(
            doc("RETURN", "CPU 1", "MOUSE 1 cost=1", "CPU 0", "CABLE 1"),
            (),
            WORLD,
            ["5001", "5002"],
            17500,
            {103: ["QUANTITY_ZERO"]},
            id="19, from a sheet",
        ),
    ],
)
def test_worked_examples(  # noqa: PLR0917 - the columns of the table
    document: Doc,
    register: tuple[Unit, ...],
    world: World,
    serials: list[str],
    total: int,
    expected: dict[int, list[str]],
) -> None:
    outcome = settle(chunk(document, register=register, world=world), TERMS)
    taken = [row.unit.serial_no for row in outcome.units]
    credited = sum(memo.net_minor + memo.tax_minor for memo in outcome.memos)
    assert (taken, credited, reasons(outcome)) == (serials, total, expected)


def test_19_a_pos_document_is_held_whole() -> None:
    outcome = settle(chunk(doc("POS_CREDIT", "CPU 1", "CPU 0", "CABLE 1")), HELD_WHOLE)
    assert reasons(outcome) == {101: ["DOCUMENT_HELD"], 102: ["QUANTITY_ZERO"], 103: ["DOCUMENT_HELD"]}
    assert (outcome.units, outcome.memos, outcome.document_statuses) == ([], [], {1: "HELD"})


def test_17_a_return_takes_the_unit_out_of_service() -> None:
    drawn = chunk(doc("SERVICE", "CPU 1 #/M-9"), doc("RETURN", "CPU 1 #/M-9"))
    outcome = settle(drawn, TERMS)
    assert [(row.unit.serial_no, row.unit.area_code) for row in outcome.units] == [("5001", "CRMA")] * 2
    assert (len(outcome.memos), outcome.service_documents) == (1, {1})


def test_18_a_credit_order_is_received() -> None:
    committed = tuple(unit(str(number), "CRMA-EX", open_document_id=1) for number in (5001, 5002))
    head, line = "CREDIT_ORDER O-1 status=RECEIVED", "CPU 2 @5001 @5002 status=COMMITTED"
    outcome = settle(chunk(doc(head, line), register=committed), TERMS)
    assert {each.area_code for each in outcome.changed_units.values()} == {"CRMA"}
    assert [memo.net_minor for memo in outcome.memos] == [30000]
    # The serials were attached when the order was committed: nothing is attached anew.
    assert (outcome.units, outcome.serials_attached) == ([], 0)


@pytest.mark.parametrize(
    ("documents", "terms", "expected"),
    [
        pytest.param((), TERMS, (0, 0, 0), id="no documents"),
        pytest.param((doc("RETURN"),), TERMS, (0, 0, 0), id="a document without lines"),
        pytest.param((doc("RETURN", "CPU 1", "CPU 0"),), TERMS, (1, 1, 0), id="in part"),
        pytest.param((doc("RETURN", "CPU 1", "CPU 0"),), HELD_WHOLE, (0, 2, 0), id="held"),
        pytest.param((doc("POS_INVOICE", "CPU 1", "CPU -1"),), TERMS, (1, 0, 1), id="a sale is skipped"),
        pytest.param(
            (doc("RETURN", "CPU 1 status=POSTED", "CPU 1"),), TERMS, (1, 0, 0), id="done before is not looked at"
        ),
        pytest.param((doc("CREDIT_ORDER", "CPU 1"),), TERMS, (1, 0, 0), id="committed is as good as posted"),
    ],
)
def test_lines_are_counted(documents: tuple[Doc, ...], terms: Terms, expected: tuple[int, int, int]) -> None:
    outcome = settle(chunk(*documents), terms)
    assert (outcome.lines_posted, outcome.lines_refused, outcome.lines_skipped) == expected


def test_serials_are_counted() -> None:
    drawn = chunk(doc("LEGACY_RETURN", "CPU 3 #L-1 #4001"), register=TWO_OUT)
    outcome = settle(drawn, TERMS)
    assert (outcome.generated(), outcome.adopted(), outcome.serials_attached) == (1, 1, 1)


def test_numbers_found_taken_are_passed_over() -> None:
    drawn = chunk(doc("RETURN", "CPU 2"))
    outcome = settle(drawn, TERMS, taken=frozenset({"5001"}))
    assert [row.unit.serial_no for row in outcome.units] == ["5002", "5003"]
    assert (outcome.passed_over, outcome.positions) == ([("S-HQ", 5001)], {"S-HQ": 5004})
    assert set(outcome.contexts) == {"S-HQ"}


def test_a_line_that_came_from_a_file_is_known_by_its_row() -> None:
    outcome = settle(chunk(doc("RETURN", "CPU 1 row=7 file=3", "CPU 0 row=8 file=3")), TERMS)
    assert [(each.key, each.intake_file_id, each.sheet_row, each.posted) for each in outcome.judged_lines] == [
        (("RETURN", "R-1", 1), 3, 7, True),
        (("RETURN", "R-1", 2), 3, 8, False),
    ]
    assert [(each.document_id, each.line_id, each.intake_file_id) for each in outcome.exceptions] == [(1, 102, 3)]


def test_lines_of_one_document_that_want_the_last_numbers() -> None:
    # The first asks for more than is left and takes nothing, so the second still fits.
    world = WORLD.having(dataclasses.replace(WORLD.places().sequences["S-HQ"], ranges=((1, 2),)))
    outcome = settle(chunk(doc("RETURN", "CPU 3", "CPU 2", "CPU 1"), world=world), TERMS)
    assert reasons(outcome) == {101: ["SEQUENCE_EXHAUSTED"], 103: ["SEQUENCE_EXHAUSTED"]}
    assert [row.unit.serial_no for row in outcome.units] == ["1", "2"]
