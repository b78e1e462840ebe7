"""Show that every public code is declared once, with its stage, severity, meaning and remedy."""

from __future__ import annotations

import pytest

from batch.core.codes import CATALOGUE, REFUSE, STAGE_ORDER, WARN, Refusal

WARNINGS = {
    "SERIAL_STORED_AS_NUMBER",
    "MFR_SERIAL_ON_OTHER_ITEM",
    "MFR_SERIAL_NEAR_MATCH",
    "NOT_SOLD_TO_CUSTOMER",
    "COST_UNKNOWN",
}


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        pytest.param(
            "known",
            "ITEM_UNKNOWN CUSTOMER_UNKNOWN LOCATION_UNKNOWN AREA_UNKNOWN AREA_INACTIVE CURRENCY_UNKNOWN ITEM_INACTIVE "
            "CUSTOMER_INACTIVE",
            id="known",
        ),
        pytest.param("eligible", "ITEM_NOT_SERIALIZED PERIOD_CLOSED", id="eligible"),
        pytest.param(
            "serial",
            "SERIAL_UNKNOWN SERIAL_OTHER_ITEM SERIAL_ALREADY_IN_STOCK SERIAL_ON_OTHER_DOCUMENT SERIAL_REPEATED "
            "SERIALS_EXCEED_QUANTITY MFR_SERIAL_AMBIGUOUS MFR_SERIAL_INVALID SERIAL_MISMATCH MFR_SERIAL_MISMATCH "
            "MFR_SERIAL_ON_OTHER_ITEM MFR_SERIAL_NEAR_MATCH NOT_SOLD_TO_CUSTOMER",
            id="serial",
        ),
        pytest.param("quantity", "GENERATE_QUANTITY_EXCEEDED UNITS_WITHOUT_SERIAL", id="quantity"),
        pytest.param(
            "place and number",
            "STOCK_AREA_UNRESOLVED STOCK_AREA_WRONG_TYPE SEQUENCE_MISSING SEQUENCE_EXHAUSTED",
            id="place and number",
        ),
        pytest.param("credit", "PRICE_UNKNOWN COST_UNKNOWN", id="credit"),
    ],
)
def test_the_codes_of_a_stage(stage: str, expected: str) -> None:
    assert [code for code, entry in CATALOGUE.items() if entry.stage == stage] == expected.split()


def test_every_code_has_a_stage_a_meaning_and_a_remedy() -> None:
    assert {entry.stage for entry in CATALOGUE.values()} == set(STAGE_ORDER)
    lacking = [
        entry.code
        for entry in CATALOGUE.values()
        if not (entry.meaning.endswith(".") and entry.remedy.endswith(".") and entry.code == entry.code.upper())
    ]
    assert not lacking


def test_which_codes_only_warn() -> None:
    assert {entry.code for entry in CATALOGUE.values() if entry.severity == WARN} == WARNINGS
    assert {entry.severity for entry in CATALOGUE.values()} == {REFUSE, WARN}


@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [
        pytest.param("ITEM_UNKNOWN", "", REFUSE, id="the code's own"),
        pytest.param("COST_UNKNOWN", "", WARN, id="a warning's own"),
        pytest.param("SERIAL_STORED_AS_NUMBER", REFUSE, REFUSE, id="as said"),
    ],
)
def test_the_severity_of_a_refusal(code: str, said: str, expected: str) -> None:
    assert Refusal(code, "said", severity=said).severity == expected
