"""Show what GS1 takes for a GTIN and a serial, and how the elements are written."""

from __future__ import annotations

import pytest

from batch.core.gs1 import element_string, gtin14, in_words, serial_fits


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        pytest.param("09506000134352", "09506000134352", id="14 digits"),
        pytest.param("9506000134352", "09506000134352", id="13 digits"),
        pytest.param("036000291452", "00036000291452", id="12 digits"),
        pytest.param("96385074", "00000096385074", id="8 digits"),
        pytest.param("9506000134353", None, id="wrong check digit"),
        pytest.param("950600013435", None, id="a digit lost"),
        pytest.param("95060001343", None, id="no such length"),
        pytest.param("95060001343S2", None, id="a letter"),
        pytest.param("٩٥٠٦٠٠٠١٣٤٣٥٢", None, id="digits of another script"),
    ],
)
def test_a_gtin_is_known_by_its_check_digit(text: str, gtin: str | None) -> None:
    assert gtin14(text) == gtin


@pytest.mark.parametrize(
    ("serial_no", "fits"),
    [
        pytest.param("5001", True, id="digits"),
        pytest.param("SN-7/A.b_1", True, id="marks"),
        pytest.param("1" * 20, True, id="twenty"),
        pytest.param("1" * 21, False, id="twenty-one"),
        pytest.param("SN 1", False, id="a blank"),
        pytest.param("SN#1", False, id="a mark that GS1 lacks"),
        pytest.param("СН1", False, id="other letters"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_serial_fits_or_not(serial_no: str, fits: bool) -> None:
    assert serial_fits(serial_no) == fits


def test_the_elements_are_written_for_scanners_and_for_people() -> None:
    assert element_string("09506000134352", "5001") == "0109506000134352215001"
    assert in_words("09506000134352", "5001") == "(01)09506000134352(21)5001"
