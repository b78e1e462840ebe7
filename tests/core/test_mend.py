"""Show what is suggested from a wrong cell alone, and where nothing is."""

from __future__ import annotations

from typing import Any

import pytest

from batch.core.mend import mended


def cell(column: str, value: object = "", **evidence: object) -> dict[str, Any]:
    return {"column": column, "value": value} | evidence


@pytest.mark.parametrize(
    ("code", "evidence", "to_do", "suggestion"),
    [
        pytest.param("QUANTITY_NOT_INTEGER", cell("Quantity", "2 pcs"), "", "Quantity 2", id="number with words"),
        pytest.param("QUANTITY_NOT_INTEGER", cell("Quantity", "2-3"), "", "", id="two numbers"),
        pytest.param("QUANTITY_NOT_INTEGER", cell("Quantity", "two"), "", "", id="no number"),
        pytest.param("QUANTITY_NOT_INTEGER", cell("Quantity", "200%"), "", "", id="a percentage"),
        pytest.param("SIGN_WRONG", cell("Quantity", "-12"), "", "Quantity 12", id="minus"),
        pytest.param("AMOUNT_INVALID", cell("Tax", "1,50"), "Type 1.50: a point …", "Tax 1.50", id="amount"),
        pytest.param("AMOUNT_INVALID", cell("Tax", "x"), "Type it plainly, such as 150.00", "", id="no amount"),
        pytest.param(
            "AMOUNT_INVALID", cell("Tax", "10%"), "Type the amount that it comes to, such as 150.", "", id="percentage"
        ),
        pytest.param("DATE_INVALID", cell("Date", "31/03/26"), "", "Date 2026-03-31", id="day first"),
        pytest.param("DATE_INVALID", cell("Date", "3.31.2026"), "", "Date 2026-03-31", id="month first"),
        pytest.param("DATE_INVALID", cell("Date", "2026/3/1"), "", "Date 2026-03-01", id="year first"),
        pytest.param("DATE_INVALID", cell("Date", "4/3/2026"), "", "Date 2026-03-04 or 2026-04-03", id="either"),
        pytest.param("DATE_INVALID", cell("Date", "4/4/2026"), "", "Date 2026-04-04", id="the same either way"),
        pytest.param("DATE_INVALID", cell("Date", "99/99/2026"), "", "", id="no day"),
        pytest.param("DATE_INVALID", cell("Date", "1/2/1066"), "", "", id="long ago"),
        pytest.param("DATE_INVALID", cell("Date", "soon"), "", "", id="no date"),
        pytest.param("TYPE_UNKNOWN", cell("Type", "retrun"), "", "Type Return", id="type"),
        pytest.param("TYPE_UNKNOWN", cell("Type", "Exchange"), "", "", id="another type"),
        pytest.param("SERIAL_RANGE_INVALID", cell("Serial #", "A05-A01"), "", "Serial # A01-A05", id="range"),
        pytest.param("SERIAL_RANGE_INVALID", cell("Serial #", "10000-30000"), "", "", id="long range"),
        pytest.param("SERIAL_RANGE_INVALID", cell("Serial #", "5-10"), "", "", id="no range"),
        pytest.param(
            "GENERATE_QUANTITY_EXCEEDED", cell("Generate Quantity", "4", allowed=3), "",
            "Generate Quantity 3, or blank", id="allowed",
        ),
        pytest.param("UNITS_WITHOUT_SERIAL", cell("Generate Quantity", "0"), "", "", id="allowed is not known"),
        pytest.param(
            "SERIALS_EXCEED_QUANTITY", cell("Serial #", named=3, quantity=2), "",
            "Quantity 3, if all of them came back", id="named",
        ),
        pytest.param("SERIALS_EXCEED_QUANTITY", cell("Serial #"), "", "", id="named is not known"),
        pytest.param(
            "MFR_SERIAL_AMBIGUOUS", cell("Mfr Serial #", "M", serials=["1 in OUT", "2 in OUT"]), "",
            "Serial # 1 in OUT or 2 in OUT", id="one of two",
        ),
        pytest.param(
            "MFR_SERIAL_AMBIGUOUS", cell("Mfr Serial #", "M", serials=list("1234567")), "",
            "Serial # 1 or 2 or 3 or 4 or 5, or one of 2 more", id="one of many",
        ),
        pytest.param("MFR_SERIAL_AMBIGUOUS", cell("Mfr Serial #", "M"), "", "", id="one of none"),
        pytest.param(
            "MFR_SERIAL_NEAR_MATCH", cell("Mfr Serial #", "M-l", mfr_serial_no="M-1", serial_no="7", area_code="OUT"),
            "", "Mfr Serial # M-1 (on serial 7, in area OUT)", id="near",
        ),
        pytest.param(
            "MFR_SERIAL_MISMATCH", cell("Mfr Serial #", "M-2", mfr_serial_no="M-1", serial_no="7"), "",
            "Mfr Serial # M-1 (on serial 7)", id="mismatch",
        ),
        pytest.param("MFR_SERIAL_MISMATCH", cell("Mfr Serial #", "M-2"), "", "", id="mismatch with nothing"),
        pytest.param(
            "SERIAL_OTHER_ITEM", cell("Serial #", "7", item_code="MOUSE", serial_no="7"), "",
            "Item MOUSE, if the unit is 7", id="other item",
        ),
        pytest.param("SERIAL_OTHER_ITEM", cell("Serial #", "7"), "", "", id="other item that is not known"),
        pytest.param("CELL_REQUIRED", cell("Item"), "", "", id="no way to tell"),
        pytest.param("SIGN_WRONG", {"value": "-2"}, "", "2", id="no column"),
    ],
)  # fmt: skip
def test_a_cell_is_mended(code: str, evidence: dict[str, Any], to_do: str, suggestion: str) -> None:
    assert mended(code, evidence, to_do) == suggestion
