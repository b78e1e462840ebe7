"""Show how an exception is worded: where it is, what is wrong, what to do, and the pieces as evidence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from batch.core import rules
from batch.core import rules_amounts as amounts
from batch.core.chunk import Chunk
from batch.core.codes import CATALOGUE
from batch.core.document_names import document_words
from batch.core.landed_sheet import LandedSheet
from batch.core.lines import enrich
from batch.core.rule import Rule
from batch.core.say import Speaker
from tests.core.chunks import TERMS, WORLD, World, chunk, customer, doc, location

CLOSED = WORLD.having(
    location("HQ", None, "RELEASED", None, None, "CRMA", closed_through=dt.date(2026, 4, 30)), customer("C-YEN", "JPY")
)


def line_of(drawn: Chunk) -> dict[str, Any]:
    """Give the only line of a chunk with all that is set beside it."""
    lines = enrich(drawn, TERMS)
    return {str(name): lines[name].tolist()[0] for name in lines.columns}


@pytest.mark.parametrize(
    ("document_type", "expected"),
    [
        pytest.param("RETURN", "Return R-1", id="a return"),
        pytest.param("POS_INVOICE", "POS invoice R-1", id="a POS invoice"),
        pytest.param("SERVICE", "Service slip R-1", id="a service slip"),
        pytest.param("LOAN", "LOAN R-1", id="a type not known"),
    ],
)
def test_document_words(document_type: str, expected: str) -> None:
    assert document_words(document_type, "R-1") == expected


@pytest.mark.parametrize(
    ("line", "sheets", "expected"),
    [
        pytest.param("CPU 1", {}, "Return R-1, line 1: it is so.", id="no sheet"),
        pytest.param(
            "CPU 1 row=7 file=3",
            {3: LandedSheet("may.xlsx", "Slips\n2")},
            "may.xlsx, sheet Slips 2, row 7: Return R-1, line 1: it is so.",
            id="a sheet",
        ),
        pytest.param(
            "CPU 1 row=7 file=3",
            {3: LandedSheet("may.csv.gz", "may.csv.gz")},
            "may.csv.gz, row 7: Return R-1, line 1: it is so.",
            id="a file without sheets",
        ),
        pytest.param(
            "CPU 1 row=7 file=3",
            {3: LandedSheet("may.xlsx")},
            "may.xlsx, row 7: Return R-1, line 1: it is so.",
            id="a sheet not on record",
        ),
        pytest.param("CPU 1 row=7 file=3", {}, "Return R-1, line 1 (row 7): it is so.", id="a sheet of no name"),
        pytest.param(
            "CPU 1 row=7", {3: LandedSheet("may.xlsx")}, "Return R-1, line 1 (row 7): it is so.", id="a row of no file"
        ),
    ],
)
def test_where(line: str, sheets: dict[int, LandedSheet], expected: str) -> None:
    drawn = chunk(doc("RETURN", line), sheets=sheets)
    refusal = Speaker(drawn).refusal(line_of(drawn), "ITEM_UNKNOWN", "it is so")
    assert refusal.message == f"{expected} {CATALOGUE['ITEM_UNKNOWN'].remedy}"
    assert (refusal.sheet_row, refusal.document_type, refusal.document_no, refusal.line_no) == (
        line_of(drawn)["sheet_row"],
        "RETURN",
        "R-1",
        1,
    )


HEADED = ("RMA", "Account", "sku ", "Qty", "Serial#", "Colour")
MAPPED = {
    "name": "old.toml",
    "columns": [
        {"field": "item_code", "sources": ["Colour", "sku"], "join": "-", "translate": {}, "constant": None},
        {"field": "document_no", "sources": ["RMA"], "join": "", "translate": {}, "constant": None},
        {"field": "customer_code", "sources": [], "join": "", "translate": {}, "constant": "C1"},
    ],
    "date_formats": [],
    "numerals": None,
}


@pytest.mark.parametrize(
    ("sheet", "column", "expected"),
    [
        pytest.param(LandedSheet("may.csv", None, HEADED), "Item", "sku (Item)", id="headed otherwise"),
        pytest.param(LandedSheet("may.csv", None, HEADED), "Serial #", "Serial #", id="headed alike"),
        pytest.param(LandedSheet("may.csv", None, HEADED), "Area", "Area", id="left out"),
        pytest.param(LandedSheet("may.csv", None, HEADED), "Status", "Status", id="no column of a sheet"),
        pytest.param(LandedSheet("may.csv", None, HEADED, {"again": False}), "Item", "sku (Item)", id="of a backfill"),
        pytest.param(LandedSheet("may.csv", None, HEADED, MAPPED), "Item", "Colour-sku (Item)", id="mapped"),
        pytest.param(LandedSheet("may.csv", None, HEADED, MAPPED), "Quantity", "Quantity", id="not mapped"),
        pytest.param(LandedSheet("may.csv", None, HEADED, MAPPED), "Customer", "Customer", id="the same in all rows"),
        pytest.param(LandedSheet("may.csv", None, HEADED[:2], MAPPED), "Item", "Item", id="of another mapping"),
        pytest.param(LandedSheet("may.csv"), "Item", "Item", id="no headings on record"),
    ],
)
def test_a_column_is_named_as_its_sheet_has_it(sheet: LandedSheet, column: str, expected: str) -> None:
    drawn = chunk(doc("RETURN", "CPU 1 row=7 file=3"), sheets={3: sheet})
    refusal = Speaker(drawn).refusal(line_of(drawn), "ITEM_UNKNOWN", "it is so", column=column)
    assert f", row 7: Return R-1, line 1, {expected}: it is so." in refusal.message
    assert refusal.column == column


def test_a_unit_and_its_evidence() -> None:
    drawn = chunk(doc("RETURN", "CPU 1"))
    evidence = {"day": dt.date(2026, 3, 31), "count": 2, "known": True, "of": None, "all": ["4001"]}
    refusal = Speaker(drawn).refusal(
        line_of(drawn), "SERIAL_UNKNOWN", "so", column="Serial #", value="4OO1", unit_no=2, evidence=evidence
    )
    assert (refusal.unit_no, refusal.column, refusal.value) == (2, "Serial #", "4OO1")
    # What JSON has no word for is said as text.
    assert refusal.evidence == evidence | {"day": "2026-03-31"}


@pytest.mark.parametrize(
    ("rule", "head", "line", "value", "expected"),
    [
        pytest.param(
            rules.quantity_not_integer,
            "RETURN",
            "CPU two",
            "two",
            '"two" is not a whole number of units',
            id="as typed",
        ),
        pytest.param(
            amounts.amount_invalid__gross,
            "RETURN",
            "CPU 2 price=100 discount=20150",
            "201.50",
            "the discount (201.50) is more than 2 times the price (1.00)",
            id="amounts in major units",
        ),
        pytest.param(
            amounts.amount_invalid__tax,
            "RETURN R-1 HQ C-YEN",
            "CPU 1 tax=-150",
            "-150",
            "the tax is negative (-150)",
            id="yen",
        ),
        pytest.param(
            amounts.amount_invalid__tax, "RETURN R-1 HQ C9", "CPU 1 tax=-150", "-1.50", "(-1.50)", id="as ours"
        ),
        pytest.param(
            rules.item_unknown,
            "RETURN",
            "cpu 1",
            "cpu",
            'item "cpu" is not on file (there is "CPU", which differs only in upper and lower case)',
            id="an item in another case",
        ),
        pytest.param(rules.item_unknown, "RETURN", "NONE 1", "NONE", 'item "NONE" is not on file.', id="no such item"),
        pytest.param(
            rules.customer_unknown,
            "RETURN R-1 HQ c1",
            "CPU 1",
            "c1",
            '(there is "C1",',
            id="a customer in another case",
        ),
        pytest.param(
            rules.location_unknown,
            "RETURN R-1 hq",
            "CPU 1",
            "hq",
            'location "hq" is not on file (there is "HQ",',
            id="case",
        ),
        pytest.param(
            rules.location_unknown, "RETURN R-1 X", "CPU 1", "X", 'location "X" is not on file.', id="location"
        ),
        pytest.param(
            rules.area_unknown, "RETURN", "CPU 1 area=crma", "crma", '(there is "CRMA",', id="an area in another case"
        ),
        pytest.param(
            rules.stock_area_wrong_type__target,
            "RETURN",
            "CPU 1 area=SOLD",
            "SOLD",
            "area SOLD is of type OUT, but this step needs one of type STOCK",
            id="what is needed",
        ),
        pytest.param(
            rules.stock_area_wrong_type__target,
            "SERVICE",
            "CPU 1 area=CRMA",
            "CRMA",
            "area CRMA is of type STOCK, but this step needs one of type OUT",
            id="what a slip needs",
        ),
        pytest.param(
            rules.period_closed,
            "RETURN",
            "CPU 1",
            "2026-03-31",
            "a memo dated 2026-03-31 falls in the closed period of HQ, which is closed through 2026-04-30",
            id="dates",
        ),
        pytest.param(
            rules.price_unknown, "RETURN R-1 HQ C-EUR", "CPU 1", "", "no list price of CPU in EUR", id="blank"
        ),
        pytest.param(
            rules.currency_unknown__decimals,
            "RETURN R-1 HQ C-YEN",
            "CPU 1 price=1 decimals=2",
            "JPY",
            "with 2 decimals, but JPY has 0",
            id="decimals",
        ),
    ],
)
def test_rules_are_worded(rule: Rule, head: str, line: str, value: str, expected: str) -> None:
    hints = {"item:cpu": "CPU", "customer:c1": "C1"}
    drawn = chunk(doc(head, line), world=CLOSED, hints=hints)
    refusal = Speaker(drawn).by_rule(rule, line_of(drawn))
    assert expected in refusal.message
    assert (refusal.code, refusal.column, refusal.value) == (rule.code.code, rule.column, value)
    assert refusal.message.endswith(rule.remedy or rule.code.remedy)


def test_no_location_at_all() -> None:
    world: World = WORLD.without("MAIN")
    drawn = chunk(doc("RETURN R-1 -", "CPU 1"), world=world)
    refusal = Speaker(drawn).by_rule(rules.location_unknown, line_of(drawn))
    assert "no location is given and there is no default location" in refusal.message
    assert refusal.value == ""


def test_evidence_is_said_as_people_read_it() -> None:
    drawn = chunk(doc("RETURN", "CPU 2 price=100 discount=20150"))
    refusal = Speaker(drawn).by_rule(amounts.amount_invalid__gross, line_of(drawn))
    assert refusal.evidence == {"discount_minor": "201.50", "price_minor": "1.00", "quantity_text": "2"}
