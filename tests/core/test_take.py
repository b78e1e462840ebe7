"""Show what a line that stands does to the register, and what its document is then (R4, R7, R16, R18, R19, R24)."""

from __future__ import annotations

import pytest

from batch.core.chunk import OpenDocument, Terms, Unit
from batch.core.outcome import Outcome
from batch.core.settle import settle_one_by_one as settle
from batch.core.take import final_status
from tests.core.chunks import HELD_WHOLE, TERMS, TODAY, WORLD, WRITING, Doc, chunk, doc, reasons, unit

OPEN = {70: OpenDocument("SERVICE", "V-70", "C1")}
HELD_UNIT = unit("4001", "REPAIRS-IN", mfr="M-7", open_document_id=70, customer_code="C1")

Steps = list[tuple[str, str, str | None, str]]


def steps(outcome: Outcome) -> Steps:
    """Give the history: serial, action, from and to."""
    return [(row.unit.serial_no, row.action, row.from_area_code, row.to_area_code) for row in outcome.history]


def one(head: str, line: str, register: tuple[Unit, ...] = (), terms: Terms = TERMS) -> Outcome:
    """Settle a document of one line."""
    return settle(chunk(doc(head, line), register=register, open_documents=OPEN), terms)


@pytest.mark.parametrize(
    ("head", "line", "register", "expected"),
    [
        pytest.param(
            "RETURN",
            "CPU 1",
            (),
            [("5001", "GENERATED", None, "RELEASED"), ("5001", "RECEIVED", "RELEASED", "CRMA")],
            id="generated and received",
        ),
        pytest.param(
            "RETURN",
            "CPU 1 #/M-1",
            (),
            [
                ("5001", "GENERATED", None, "RELEASED"),
                ("5001", "MFR_ASSIGNED", "RELEASED", "RELEASED"),
                ("5001", "RECEIVED", "RELEASED", "CRMA"),
            ],
            id="generated with its maker's serial",
        ),
        pytest.param(
            "RETURN",
            "CPU 1 #4001 area=MAIN-STOCK",
            (unit("4001", "SOLD"),),
            [("4001", "ATTACHED", "SOLD", "SOLD"), ("4001", "RECEIVED", "SOLD", "MAIN-STOCK")],
            id="attached where it is, received where the line says",
        ),
        pytest.param(
            "RETURN",
            "CPU 1 #4001/M-1",
            (unit("4001"),),
            [
                ("4001", "ATTACHED", "RELEASED", "RELEASED"),
                ("4001", "MFR_ASSIGNED", "RELEASED", "RELEASED"),
                ("4001", "RECEIVED", "RELEASED", "CRMA"),
            ],
            id="attached, given its maker's serial",
        ),
        pytest.param(
            "RETURN",
            "CPU 1 #4001/M-7",
            (unit("4001", mfr="M-7"),),
            [("4001", "ATTACHED", "RELEASED", "RELEASED"), ("4001", "RECEIVED", "RELEASED", "CRMA")],
            id="its maker's serial is on it already",
        ),
        pytest.param(
            "LEGACY_RETURN",
            "CPU 1 #L-1",
            (),
            [("L-1", "ADOPTED", None, "RELEASED"), ("L-1", "RECEIVED", "RELEASED", "CRMA")],
            id="adopted and received",
        ),
        pytest.param("SERVICE", "CPU 1", (), [("5001", "GENERATED", None, "REPAIRS-IN")], id="in service"),
        pytest.param(
            "SERVICE",
            "CPU 1 #4001",
            (unit("4001"),),
            [("4001", "ATTACHED", "RELEASED", "REPAIRS-IN")],
            id="into service",
        ),
        pytest.param("CREDIT_ORDER", "CPU 1", (), [("5001", "GENERATED", None, "CRMA-EX")], id="ordered"),
        pytest.param(
            "CREDIT_ORDER", "CPU 1 #4001", (unit("4001"),), [("4001", "ATTACHED", "RELEASED", "CRMA-EX")], id="on order"
        ),
        pytest.param(
            "CREDIT_ORDER O-1 status=RECEIVED",
            "CPU 1 @4001 status=COMMITTED",
            (unit("4001", "CRMA-EX", open_document_id=1),),
            [("4001", "RECEIVED", "CRMA-EX", "CRMA")],
            id="an order that has come",
        ),
        pytest.param(
            "CREDIT_ORDER O-1 status=RECEIVED",
            "CPU 1 #4001 status=REFUSED",
            (unit("4001"),),
            [("4001", "ATTACHED", "RELEASED", "CRMA-EX"), ("4001", "RECEIVED", "CRMA-EX", "CRMA")],
            id="refused when ordered, good when come",
        ),
        pytest.param("RETURN", "CABLE 4", (), [], id="no serial, no history"),
        pytest.param("RETURN", "CPU 1 gen=0", (), [], id="refused, no history"),
    ],
)
def test_history(head: str, line: str, register: tuple[Unit, ...], expected: Steps) -> None:
    assert steps(one(head, line, register)) == expected


@pytest.mark.parametrize(
    ("head", "line", "expected"),
    [
        pytest.param("RETURN", "CPU 1 #4001", ("CRMA", None, None, "Return R-1"), id="received: nobody's but ours"),
        pytest.param("SERVICE S-1 HQ C2", "CPU 1 #4002", ("REPAIRS-IN", "C2", 1, ""), id="in service: its owner's"),
        pytest.param("CREDIT_ORDER", "CPU 1 #4002", ("CRMA-EX", "C1", 1, ""), id="ordered: still whose it was"),
    ],
)
def test_where_an_attached_unit_is_left(
    head: str, line: str, expected: tuple[str, str | None, int | None, str]
) -> None:
    outcome = one(head, line, (HELD_UNIT, unit("4002", customer_code="C1")))
    (changed,) = outcome.changed_units.values()
    assert (changed.area_code, changed.customer_code, changed.open_document_id, changed.brought_by) == expected


@pytest.mark.parametrize(
    ("head", "line", "expected"),
    [
        pytest.param("RETURN", "CPU 1 #/M-1", ("5001", "M-1", "CRMA", None, None, "GENERATED", "S-HQ", 5001)),
        pytest.param(
            "SERVICE", "CPU 1", ("5001", None, "REPAIRS-IN", "C1", 1, "GENERATED", "S-HQ", 5001), id="service"
        ),
        pytest.param(
            "CREDIT_ORDER", "CPU 1", ("5001", None, "CRMA-EX", None, 1, "GENERATED", "S-HQ", 5001), id="order"
        ),
        pytest.param("LEGACY_RETURN", "CPU 1 #L-1/M-1", ("L-1", "M-1", "CRMA", None, None, "ADOPTED", None, None)),
    ],
)
def test_a_new_serial(head: str, line: str, expected: tuple[object, ...]) -> None:
    (new,) = one(head, line).new_serials
    unit_now = new.unit
    left = (unit_now.serial_no, unit_now.mfr_serial_no, unit_now.area_code, unit_now.customer_code)
    assert (*left, unit_now.open_document_id, new.origin, new.sequence_code, new.sequence_number) == expected
    assert new.line_id == 101


def test_the_chunk_s_own_units_are_left_as_they_were() -> None:
    drawn = chunk(doc("RETURN", "CPU 1 #4001"), register=(unit("4001"),))
    settle(drawn, TERMS)
    assert drawn.register[0].area_code == "RELEASED"


def test_a_unit_given_its_maker_s_serial_is_found_by_it() -> None:
    drawn = chunk(doc("SERVICE", "CPU 1 #4001/M-1"), doc("RETURN", "CPU 1 #/M-1"), register=(unit("4001"),))
    outcome = settle(drawn, TERMS)
    assert [row.unit.serial_no for row in outcome.units] == ["4001", "4001"]
    assert outcome.service_documents == {1}
    assert outcome.changed_units[1].mfr_serial_no == "M-1"


def test_a_unit_generated_before_is_found_by_the_documents_after() -> None:
    drawn = chunk(doc("SERVICE", "CPU 1 #/M-1"), doc("RETURN", "CPU 1 #/M-1"))
    outcome = settle(drawn, TERMS)
    assert [row.unit.serial_no for row in outcome.units] == ["5001", "5001"]
    # It has no id yet: where it is left stands on the new serial.
    assert outcome.changed_units == {}
    assert outcome.new_serials[0].unit.area_code == "CRMA"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            "CPU 2 #4001", [(1, "4001", "ATTACHED", True), (2, "5001", "GENERATED", False)], id="a row, no row"
        ),
        pytest.param("CPU 2 # #4001", [(1, "5001", "GENERATED", True), (2, "4001", "ATTACHED", True)], id="in order"),
    ],
)
def test_units_of_a_line(line: str, expected: list[tuple[int, str, str, bool]]) -> None:
    rows = one("RETURN", line, (unit("4001"),)).units
    assert sorted((row.unit_no, row.unit.serial_no, row.action, row.on_file) for row in rows) == expected


def test_a_return_from_service_names_the_slip() -> None:
    outcome = one("RETURN", "CPU 1 #/M-7", (HELD_UNIT,))
    assert outcome.service_documents == {70}
    assert steps(outcome)[0] == ("4001", "ATTACHED", "REPAIRS-IN", "REPAIRS-IN")


@pytest.mark.parametrize(
    ("head", "terms", "expected"),
    [
        pytest.param("RETURN", TERMS, [("CM-HQ", TODAY)], id="a return"),
        pytest.param("SERVICE", TERMS, [], id="a service slip"),
        pytest.param("CREDIT_ORDER", TERMS, [], id="an order on its way"),
        pytest.param("CREDIT_ORDER O-1 status=RECEIVED", TERMS, [("CM-HQ", TODAY)], id="an order that has come"),
        pytest.param("LEGACY_RETURN", TERMS, [], id="settled elsewhere"),
        pytest.param("LEGACY_RETURN R-1 on=2026-03-31", WRITING, [("CM-HQ", TODAY)], id="settled here after all"),
    ],
)
def test_memo(head: str, terms: Terms, expected: list[tuple[object, object]]) -> None:
    memos = one(head, "CPU 1", terms=terms).memos
    assert [(memo.sequence_code, memo.memo_date) for memo in memos] == expected


def test_one_memo_for_all_lines_that_stand() -> None:
    outcome = settle(chunk(doc("RETURN", "CPU 1", "CABLE 0", "CABLE 2", "CPU 1 status=POSTED")), TERMS)
    (memo,) = outcome.memos
    assert [line.line_id for line in memo.lines] == [101, 103]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(
            doc("RETURN", "CPU 1", "CPU 0"), {101: ["DOCUMENT_HELD"], 102: ["QUANTITY_ZERO"]}, id="one refused"
        ),
        pytest.param(
            doc("RETURN", "CPU 0", "CPU 0"), {101: ["QUANTITY_ZERO"], 102: ["QUANTITY_ZERO"]}, id="all refused"
        ),
        pytest.param(
            doc("RETURN", "MOUSE 1", "CPU 0"), {101: ["COST_UNKNOWN", "DOCUMENT_HELD"], 102: ["QUANTITY_ZERO"]}
        ),
        pytest.param(doc("RETURN", "CPU 1", "CPU 2"), {}, id="none refused"),
        pytest.param(doc("POS_INVOICE", "CPU 5", "CPU 0"), {102: ["QUANTITY_ZERO"]}, id="a sale is not held"),
        pytest.param(
            doc("CREDIT_ORDER O-1 status=RECEIVED", "CPU 1 @4001 status=COMMITTED", "CPU 0 status=REFUSED"),
            {102: ["QUANTITY_ZERO"]},
            id="what was refused at commit does not hold what was committed",
        ),
        pytest.param(
            doc("CREDIT_ORDER O-1 status=RECEIVED", "CPU 1 @4002 status=COMMITTED", "CPU 1 @4001 status=COMMITTED"),
            {101: ["SERIAL_ON_OTHER_DOCUMENT/1"], 102: ["DOCUMENT_HELD"]},
            id="but a committed line does",
        ),
    ],
)
def test_a_document_held_whole(document: Doc, expected: dict[int, list[str]]) -> None:
    register = (unit("4001", open_document_id=1), unit("4002", open_document_id=70))
    outcome = settle(chunk(document, register=register, open_documents=OPEN), HELD_WHOLE)
    assert reasons(outcome) == expected
    if any("DOCUMENT_HELD" in codes for codes in expected.values()):
        assert (outcome.new_serials, outcome.history, outcome.memos, outcome.positions) == ([], [], [], {})


def test_a_warning_on_a_line_that_posts_is_told_apart() -> None:
    posted, held = (settle(chunk(doc("RETURN", "MOUSE 1", "CPU 0")), terms) for terms in (TERMS, HELD_WHOLE))
    told = [[(each.refusal.code, each.line_refused) for each in outcome.exceptions] for outcome in (posted, held)]
    assert ("COST_UNKNOWN", False) in told[0]
    assert ("COST_UNKNOWN", True) in told[1]


def test_the_same_reason_is_told_once() -> None:
    world = WORLD.without("S-HQ", "S-MAIN", "CM-HQ", "CM-MAIN")
    outcome = settle(chunk(doc("RETURN", "CPU 1 price=-1 discount=-1"), doc("RETURN", "CPU 1"), world=world), TERMS)
    assert reasons(outcome) == {101: ["AMOUNT_INVALID", "AMOUNT_INVALID"], 201: ["SEQUENCE_MISSING"]}


@pytest.mark.parametrize(
    ("before", "lines", "expected"),
    [
        pytest.param("PENDING", ["POSTED", "POSTED"], "POSTED", id="all done"),
        pytest.param("PENDING", ["POSTED", "IGNORED"], "POSTED", id="sales do not count"),
        pytest.param("PENDING", ["IGNORED"], "POSTED", id="nothing returned"),
        pytest.param("PENDING", ["POSTED", "REFUSED"], "PARTIAL", id="some refused"),
        pytest.param("PENDING", ["REFUSED", "HELD"], "HELD", id="none done"),
        pytest.param("PENDING", ["REFUSED", "IGNORED"], "HELD", id="none done of what came back"),
        pytest.param("PENDING", ["COMMITTED", "COMMITTED"], "COMMITTED", id="an order on its way"),
        pytest.param("PENDING", ["COMMITTED", "REFUSED"], "PARTIAL", id="an order in part"),
        pytest.param("PARTIAL", ["POSTED", "PENDING"], "PARTIAL", id="one line still to come"),
        pytest.param("RECEIVED", ["POSTED", "POSTED"], "POSTED", id="an order come"),
        pytest.param("RECEIVED", ["POSTED", "REFUSED"], "PARTIAL", id="an order come in part"),
        pytest.param("RECEIVED", ["COMMITTED", "REFUSED"], "RECEIVED", id="an order that cannot be received"),
        pytest.param("RECEIVED", ["COMMITTED", "POSTED"], "RECEIVED", id="not all of it"),
        pytest.param("RECEIVED", ["REFUSED", "HELD"], "RECEIVED", id="nothing of it"),
        pytest.param("RECEIVED", [], "POSTED", id="an order of nothing"),
        pytest.param("POSTED", ["CLOSED", "CLOSED"], "CLOSED", id="all units have left"),
        pytest.param("POSTED", ["CLOSED", "POSTED"], "POSTED", id="one has not"),
        pytest.param("PENDING", ["CLOSED", "REFUSED"], "PARTIAL", id="closed, and refused"),
        pytest.param("PENDING", [], "POSTED", id="no lines"),
    ],
)
def test_final_status(before: str, lines: list[str], expected: str) -> None:
    assert final_status(lines, before) == expected


@pytest.mark.parametrize(
    ("document", "terms", "expected"),
    [
        pytest.param(doc("RETURN", "CPU 1", "CPU 0"), TERMS, ["POSTED", "REFUSED", "PARTIAL"], id="in part"),
        pytest.param(doc("RETURN", "CPU 1", "CPU 0"), HELD_WHOLE, ["HELD", "REFUSED", "HELD"], id="held"),
        pytest.param(doc("POS_INVOICE", "CPU 1", "CPU -1"), TERMS, ["IGNORED", "POSTED", "POSTED"], id="an invoice"),
        pytest.param(doc("SERVICE", "CPU 1"), TERMS, ["POSTED", "POSTED"], id="a service slip"),
        pytest.param(doc("CREDIT_ORDER", "CPU 1", "CPU 0"), TERMS, ["COMMITTED", "REFUSED", "PARTIAL"], id="an order"),
        pytest.param(
            doc("CREDIT_ORDER O-1 status=RECEIVED", "CPU 1 status=COMMITTED area=NONE price=-1"),
            TERMS,
            ["COMMITTED", "RECEIVED"],
            id="an order that cannot be received stays committed",
        ),
    ],
)
def test_statuses(document: Doc, terms: Terms, expected: list[str]) -> None:
    outcome = settle(chunk(document), terms)
    lines = [outcome.line_statuses[line_id] for line_id in sorted(outcome.line_statuses)]
    assert [*lines, outcome.document_statuses[1]] == expected
