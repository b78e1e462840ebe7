"""Raise every exception code of the contract in a whole run; each document bears the code it is meant to raise."""

from __future__ import annotations

import datetime as dt

import pytest

from batch.core.codes import CATALOGUE
from tests.jobs.world import TODAY, Row, World, row

# What only a fault of the program raises, and what only another system's hand in our columns does (test_outside.py).
ELSEWHERE = {"DOCUMENT_FAILED", "LINE_STATUS_WRONG", "SERIAL_MISMATCH"}

Documents = dict[str, list[dict[str, object]]]
PosDocuments = dict[str, tuple[str, dict[str, object], dict[str, object], dict[str, object] | None]]

# The code, and the rows of the document that raise it and nothing else.
SHEET: Documents = {
    "CELL_REQUIRED": [{"item": None}],
    "CELL_UNREADABLE": [{"area": "=1/0"}],
    "QUANTITY_NOT_INTEGER": [{"quantity": "2 pcs"}],
    "QUANTITY_ZERO": [{"quantity": 0}],
    "QUANTITY_TOO_LARGE": [{"quantity": 10_001}],
    "SIGN_WRONG": [{"quantity": -1}],
    "GENERATE_QUANTITY_INVALID": [{"generate": "some"}],
    "AMOUNT_INVALID": [{"price": "150,00"}],
    "DATE_INVALID": [{"date": "31/03/26"}],
    "TYPE_UNKNOWN": [{"type": "Exchange"}],
    "SERIAL_STORED_AS_NUMBER": [{"mfr": 123456}],
    "SERIAL_MALFORMED": [{"mfr": dt.date(2026, 3, 1)}],
    "SERIAL_RANGE_INVALID": [{"serial": "1005-1001"}],
    "LINE_REPEATED": [{"line": 1}, {"line": 1}],
    "DOCUMENT_INCONSISTENT": [{"customer": "C1"}, {"customer": "C2"}],
    "LINE_ALREADY_POSTED": [{"quantity": 2}],
    "ITEM_UNKNOWN": [{"item": "NONE"}],
    "CUSTOMER_UNKNOWN": [{"customer": "NOBODY"}],
    "LOCATION_UNKNOWN": [{"location": "NOWHERE"}],
    "AREA_UNKNOWN": [{"area": "NOWHERE"}],
    "AREA_INACTIVE": [{"area": "CLOSED-DOWN"}],
    "CURRENCY_UNKNOWN": [{"currency": "XYZ"}],
    "ITEM_INACTIVE": [{"item": "RETIRED"}],
    "CUSTOMER_INACTIVE": [{"customer": "GONE"}],
    "ITEM_NOT_SERIALIZED": [{"item": "CABLE", "serial": "S-1"}],
    "PERIOD_CLOSED": [{"location": "CLOSED"}],
    "SERIAL_UNKNOWN": [{"serial": "NEVER"}],
    "SERIAL_OTHER_ITEM": [{"serial": "OUT-1", "item": "MOUSE"}],
    "SERIAL_ALREADY_IN_STOCK": [{"serial": "IN-1"}],
    "SERIAL_ON_OTHER_DOCUMENT": [{"serial": "HELD-1"}],
    "SERIAL_REPEATED": [{"quantity": 2, "mfr": "TWICE, twice"}],
    "SERIALS_EXCEED_QUANTITY": [{"serial": "OUT-1, OUT-2"}],
    "MFR_SERIAL_AMBIGUOUS": [{"mfr": "SAME"}],
    "MFR_SERIAL_INVALID": [{"item": "PHONE", "mfr": "79927398710"}],
    "MFR_SERIAL_MISMATCH": [{"serial": "OUT-1", "mfr": "OTHER"}],
    "MFR_SERIAL_ON_OTHER_ITEM": [{"item": "MOUSE", "mfr": "SAME"}],
    "MFR_SERIAL_NEAR_MATCH": [{"mfr": "M0DEL-l"}],
    "NOT_SOLD_TO_CUSTOMER": [{"serial": "SOLD-1"}],
    "GENERATE_QUANTITY_EXCEEDED": [{"generate": 2}],
    "UNITS_WITHOUT_SERIAL": [{"generate": 0}],
    "STOCK_AREA_UNRESOLVED": [{"type": "Credit Order", "location": "MAIN", "serial": "OUT-2"}],
    "STOCK_AREA_WRONG_TYPE": [{"area": "SOLD"}],
    "SEQUENCE_MISSING": [{"location": "MAIN"}],
    "SEQUENCE_EXHAUSTED": [{"item": "TINY", "quantity": 2}],
    "PRICE_UNKNOWN": [{"item": "PRICELESS"}],
    "COST_UNKNOWN": [{"item": "COSTLESS"}],
}

# The code, and the document that raises it: its type, header, line, and the unit it names.
POS: PosDocuments = {
    "QUANTITY_NOT_INTEGER": ("RETURN", {}, {"quantity": 0.5}, None),
    "QUANTITY_ZERO": ("POS_INVOICE", {}, {"quantity": 0}, None),
    "QUANTITY_TOO_LARGE": ("POS_INVOICE", {}, {"quantity": -10_001}, None),
    "SIGN_WRONG": ("POS_CREDIT", {}, {"quantity": -1}, None),
    "GENERATE_QUANTITY_INVALID": ("RETURN", {}, {"generate_quantity": -1}, None),
    "AMOUNT_INVALID": ("RETURN", {}, {"discount_minor": 15_001}, None),
    "ITEM_UNKNOWN": ("RETURN", {}, {"item_code": "cpu"}, None),
    "CUSTOMER_UNKNOWN": ("RETURN", {"customer_code": "NOBODY"}, {}, None),
    "LOCATION_UNKNOWN": ("RETURN", {"location_code": "NOWHERE"}, {}, None),
    "AREA_UNKNOWN": ("RETURN", {}, {"area_code": "NOWHERE"}, None),
    "AREA_INACTIVE": ("RETURN", {}, {"area_code": "CLOSED-DOWN"}, None),
    "CURRENCY_UNKNOWN": ("RETURN", {"currency": "XYZ"}, {}, None),
    "ITEM_INACTIVE": ("RETURN", {}, {"item_code": "RETIRED"}, None),
    "CUSTOMER_INACTIVE": ("RETURN", {"customer_code": "GONE"}, {}, None),
    "ITEM_NOT_SERIALIZED": ("RETURN", {}, {"item_code": "FEE", "generate_quantity": 1}, None),
    "PERIOD_CLOSED": ("RETURN", {"location_code": "CLOSED"}, {}, None),
    "SERIAL_UNKNOWN": ("RETURN", {}, {}, {"serial_no": "NEVER"}),
    "SERIAL_OTHER_ITEM": ("RETURN", {}, {"item_code": "MOUSE"}, {"serial_no": "OUT-1"}),
    "SERIAL_ALREADY_IN_STOCK": ("RETURN", {}, {}, {"serial_no": "IN-1"}),
    "SERIAL_ON_OTHER_DOCUMENT": ("SERVICE", {}, {}, {"serial_no": "HELD-1"}),
    "MFR_SERIAL_AMBIGUOUS": ("POS_INVOICE", {}, {"quantity": -1}, {"mfr_serial_no": "SAME"}),
    "MFR_SERIAL_INVALID": ("RETURN", {}, {"item_code": "PHONE"}, {"mfr_serial_no": "79927398710"}),
    "MFR_SERIAL_MISMATCH": ("RETURN", {}, {}, {"serial_no": "OUT-1", "mfr_serial_no": "OTHER"}),
    "MFR_SERIAL_ON_OTHER_ITEM": ("RETURN", {}, {"item_code": "MOUSE"}, {"mfr_serial_no": "SAME"}),
    "MFR_SERIAL_NEAR_MATCH": ("RETURN", {}, {}, {"mfr_serial_no": "M0DEL-l"}),
    "NOT_SOLD_TO_CUSTOMER": ("RETURN", {}, {}, {"serial_no": "SOLD-1"}),
    "GENERATE_QUANTITY_EXCEEDED": ("RETURN", {}, {"generate_quantity": 2}, None),
    "UNITS_WITHOUT_SERIAL": ("RETURN", {}, {"generate_quantity": 0}, None),
    "STOCK_AREA_UNRESOLVED": ("CREDIT_ORDER", {"location_code": "MAIN"}, {}, {"serial_no": "OUT-2"}),
    "STOCK_AREA_WRONG_TYPE": ("SERVICE", {}, {"area_code": "CRMA"}, None),
    "SEQUENCE_MISSING": ("RETURN", {"location_code": "MAIN"}, {}, None),
    "SEQUENCE_EXHAUSTED": ("RETURN", {}, {"item_code": "TINY", "quantity": 2}, None),
    "PRICE_UNKNOWN": ("RETURN", {}, {"item_code": "PRICELESS"}, None),
    "COST_UNKNOWN": ("RETURN", {}, {"item_code": "COSTLESS"}, None),
}


@pytest.fixture
def strange(world: World) -> World:
    """Add to the shop what is closed, retired, unpriced or held by another."""
    world.insert("stock_area", area_code="CLOSED-DOWN", area_type="STOCK", active=False)
    world.insert("location", location_code="CLOSED", parent_location_code="HQ", closed_through=TODAY.isoformat())
    world.execute("DELETE FROM number_sequence WHERE sequence_code = 'S-MAIN'")
    world.insert("number_sequence", sequence_code="S-TINY", kind="SERIAL", mask="T{seq:01}", next_number=9)
    world.insert("customer", customer_code="GONE", currency="USD", active=False)
    special: dict[str, dict[str, object]] = {
        "RETIRED": {"active": False},
        "TINY": {"serial_sequence_code": "S-TINY"},
        "PHONE": {"mfr_serial_check": "luhn"},
        "PRICELESS": {"list_price_minor": None},
        "COSTLESS": {"average_cost_minor": None},
    }
    for item_code, values in special.items():
        priced = {"inventory_type": "SERIALIZED", "list_price_minor": 100, "average_cost_minor": 50}
        world.insert("item", **({"item_code": item_code} | priced | values))
    world.unit("IN-1", "CRMA")
    world.unit("OUT-1", mfr_serial_no="SAME")
    world.unit("OUT-2", mfr_serial_no="SAME")
    world.unit("SOLD-1", customer_code="C2")
    world.unit("NEAR-1", mfr_serial_no="MODEL-1")
    holder = world.document("CREDIT_ORDER", "ELSEWHERE", status="COMMITTED")
    world.unit("HELD-1", open_document_id=holder)
    return world


def codes_by_document(world: World) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for document_no, _, code in [each for status in ("OPEN", "RESOLVED") for each in world.exceptions(status)]:
        found.setdefault(document_no, set()).add(code)
    return found


def test_every_code_that_a_sheet_can_raise(strange: World) -> None:
    strange.intake(row("LINE_ALREADY_POSTED"))
    rows: list[Row] = [row(code, **cells) for code, lines in SHEET.items() for cells in lines]
    strange.intake(*rows)
    assert codes_by_document(strange) == {code: {code} for code in SHEET}


def test_every_code_that_a_pos_document_can_raise(strange: World) -> None:
    for code, (kind, header, line, unit) in POS.items():
        units = [(1, 1, unit)] if unit else []
        strange.document(kind, code, {"quantity": 1} | line, units=units, **header)
    strange.document(
        "POS_CREDIT",
        "SERIAL_REPEATED",
        {"quantity": 2},
        units=[(1, 1, {"mfr_serial_no": "X"}), (1, 2, {"mfr_serial_no": "x"})],
    )
    strange.document("POS_CREDIT", "DOCUMENT_HELD", {"quantity": 1}, {"quantity": 1, "item_code": "NONE"})
    strange.pos()
    assert codes_by_document(strange) == {code: {code} for code in POS} | {
        "SERIAL_REPEATED": {"SERIAL_REPEATED"},
        "DOCUMENT_HELD": {"DOCUMENT_HELD", "ITEM_UNKNOWN"},
    }


def test_no_code_is_left_out() -> None:
    assert set(SHEET) | set(POS) | {"DOCUMENT_HELD"} == set(CATALOGUE) - ELSEWHERE
