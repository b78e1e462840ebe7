"""Show that amounts become whole minor units exactly, and read as they were written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.currency import LARGEST_MINOR, AmountError, exponent, major_text, to_minor


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("EUR", 2, id="two"),
        pytest.param("JPY", 0, id="none"),
        pytest.param("KWD", 3, id="three"),
        pytest.param("CLF", 4, id="four"),
        pytest.param("HRK", 2, id="withdrawn"),
        pytest.param("eur", None, id="codes are upper case"),
        pytest.param("XAU", None, id="a metal"),
        pytest.param("", None, id="empty"),
    ],
)
def test_exponent(code: str, expected: int | None) -> None:
    assert exponent(code) == expected


@pytest.mark.parametrize(
    ("amount", "decimals", "expected"),
    [
        pytest.param("150.00", 2, 15000, id="plain"),
        pytest.param("150", 2, 15000, id="whole"),
        pytest.param("1.500", 2, 150, id="zeros more than needed"),
        pytest.param("-0.05", 2, -5, id="negative"),
        pytest.param("7", 0, 7, id="no decimals"),
        pytest.param("1.234", 3, 1234, id="three decimals"),
        pytest.param("1E+2", 2, 10000, id="with an exponent"),
        pytest.param("0E-999", 2, 0, id="a long zero"),
        pytest.param("0E+999", 2, 0, id="a wide zero"),
        pytest.param("92233720368547758.07", 2, LARGEST_MINOR, id="the largest"),
    ],
)
def test_to_minor(amount: str, decimals: int, expected: int) -> None:
    assert to_minor(Decimal(amount), decimals) == expected


@pytest.mark.parametrize(
    ("amount", "decimals", "expected"),
    [
        pytest.param("1.005", 2, "1.005 has more decimals than the currency, which has 2", id="too fine"),
        pytest.param("0.5", 0, "0.5 has more decimals than the currency, which has none", id="no decimals"),
        pytest.param("1E-999999", 2, "1E-999999 has more decimals than the currency, which has 2", id="far too fine"),
        pytest.param("92233720368547758.08", 2, "92233720368547758.08 is too large", id="one more than the largest"),
        pytest.param("1E+999999", 2, "1E+999999 is too large", id="far too large"),
        pytest.param("NaN", 2, "NaN is not an amount", id="not a number"),
        pytest.param("sNaN", 2, "sNaN is not an amount", id="signalling"),
        pytest.param("Infinity", 2, "Infinity is not an amount", id="infinite"),
    ],
)
def test_to_minor_refuses(amount: str, decimals: int, expected: str) -> None:
    with pytest.raises(AmountError) as refused:
        to_minor(Decimal(amount), decimals)
    assert str(refused.value) == expected


@pytest.mark.parametrize(
    ("minor", "code", "expected"),
    [
        pytest.param(15000, "EUR", "150.00", id="plain"),
        pytest.param(5, "EUR", "0.05", id="small"),
        pytest.param(-5, "EUR", "-0.05", id="negative"),
        pytest.param(5, "JPY", "5", id="no decimals"),
        pytest.param(1234, "KWD", "1.234", id="three decimals"),
        pytest.param(1234, "???", "12.34", id="unknown currency"),
    ],
)
def test_major_text(minor: int, code: str, expected: str) -> None:
    assert major_text(minor, code) == expected


@given(st.integers(-LARGEST_MINOR, LARGEST_MINOR), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_an_amount_comes_back_as_it_was(minor: int, code: str) -> None:
    decimals = exponent(code)
    assert decimals is not None
    assert to_minor(Decimal(major_text(minor, code)), decimals) == minor
