"""Show which slips of the finger and look-alikes are thought of, and which codes are close."""

from __future__ import annotations

import pytest

from batch.core.near import COMPARED_CODES, Codes, slips


@pytest.mark.parametrize(
    ("key", "meant", "thought_of"),
    [
        pytest.param("4013", "4103", True, id="two digits swapped"),
        pytest.param("4013", "0413", True, id="the first two"),
        pytest.param("7012", "70012", True, id="a zero left out"),
        pytest.param("701", "7010", True, id="the last zero"),
        pytest.param("70012", "7012", True, id="a zero too many"),
        pytest.param("4013", "4310", False, id="three digits moved"),
        pytest.param("4013", "4014", False, id="another digit"),
        pytest.param("4013", "4013", False, id="itself"),
        pytest.param("0", "", False, id="nothing"),
        pytest.param("", "0", False, id="from nothing"),
        pytest.param("1" * 41, "1" * 41 + "0", False, id="too long"),
    ],
)
def test_slips(key: str, meant: str, thought_of: bool) -> None:
    assert (meant in slips(key)) == thought_of


ITEMS = [("CPU", "Processor"), ("MOUSE", "Mouse"), ("K0-1", "Keyboard, zero"), ("CABLE", ""), ("CABLE-2", "")]


@pytest.mark.parametrize(
    ("typed", "close"),
    [
        pytest.param("cpu", ["CPU (Processor)"], id="case"),
        pytest.param("KO-1", ["K0-1 (Keyboard, zero)"], id="look-alike"),
        pytest.param("МOUSE", ["MOUSE (Mouse)"], id="a letter of another alphabet"),
        pytest.param("MOUES", ["MOUSE (Mouse)"], id="swapped"),
        pytest.param("CABL", ["CABLE", "CABLE-2"], id="a letter left out"),
        pytest.param("PRINTER", [], id="nothing near"),
        pytest.param("", [], id="blank"),
        pytest.param("C" * 50, [], id="long"),
    ],
)
def test_close_codes(typed: str, close: list[str]) -> None:
    codes = Codes(ITEMS)
    assert codes.close_to(typed) == close
    assert codes.close_to(typed) == close


def test_among_very_many_codes_only_slips_are_found() -> None:
    codes = Codes((f"ITEM{each:05}", "") for each in range(COMPARED_CODES + 1))
    assert (codes.close_to("ITEM99999"), codes.close_to("ITEM0102"), codes.close_to("ITM01023")) == (
        [], ["ITEM00102", "ITEM01002", "ITEM01020"], [],
    )  # fmt: skip
