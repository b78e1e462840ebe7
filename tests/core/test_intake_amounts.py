"""Test how amounts are read into whole minor units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.cells import Cell, CellError, Percent, Shown, Typed
from batch.core.intake_amounts import AMOUNT_LIMIT_MINOR, read_amount, read_amounts
from batch.core.intake_cells import Flaw


@pytest.mark.parametrize(
    ("cell", "currency", "minor"),
    [
        (150, "EUR", 15_000),
        (150.0, "EUR", 15_000),
        (99.99, "EUR", 9_999),
        (0.1 + 0.2, "EUR", 30),
        (1.005, "BHD", 1_005),
        (0, "EUR", 0),
        (-0.0, "EUR", 0),
        (100_000_000_000, "EUR", AMOUNT_LIMIT_MINOR),
        (100_000_000_000.0, "EUR", AMOUNT_LIMIT_MINOR),
        (Shown(150, "00150"), "EUR", 15_000),
        ("150.00", "EUR", 15_000),
        ("150", "EUR", 15_000),
        ("150.", "EUR", 15_000),
        (".5", "EUR", 50),
        ("+1.5", "EUR", 150),
        ("0.125", "BHD", 125),
        ("150", "JPY", 150),
        (150.0, "JPY", 150),
        ("1.2345", "CLF", 12_345),
    ],
)
def test_amounts_are_whole_minor_units(cell: Cell, currency: str, minor: int) -> None:
    assert read_amount(cell, currency) == minor


@pytest.mark.parametrize(
    ("text", "plain", "read"),
    [
        ("1.234,50", "1234.50", 123_450),
        ("1,500", "1.500", ("{} has 3 decimals, but EUR has 2", "Type it plainly, such as 150,00")),
        ("-1,50", "-1.50", ("{} is negative", "Type 1,50; what is credited is a positive amount here")),
        (
            "1,234.50",
            None,
            (
                "{} is not typed like 1.234,50, as the mapping says that numbers are",
                "Type it like 1.234,50, or correct [numbers] in the mapping",
            ),
        ),
    ],
)
def test_amounts_of_another_notation_are_spoken_of_in_it(text: str, plain: str | None, read: object) -> None:
    found = read_amount(Typed(text, plain, "1.234,50"), "EUR", ",")
    assert ((found.problem, found.remedy) if isinstance(found, Flaw) else found) == read


@pytest.mark.parametrize(
    ("cell", "currency", "remedy"),
    [
        ("150,00", "EUR", "Type 150.00: a point before the decimals, nothing between thousands"),
        ("150,5", "EUR", "Type 150.50: a point before the decimals, nothing between thousands"),
        ("1,234.50", "EUR", "Type 1234.50: a point before the decimals, nothing between thousands"),
        ("1.234,50", "EUR", "Type 1234.50: a point before the decimals, nothing between thousands"),
        ("1 234.50", "EUR", "Type 1234.50: a point before the decimals, nothing between thousands"),
        ("1'234'567.50", "CHF", "Type 1234567.50: a point before the decimals, nothing between thousands"),
        ("1,234", "EUR", "Type 1234.00: a point before the decimals, nothing between thousands"),
        ("1,234", "JPY", "Type 1234: a point before the decimals, nothing between thousands"),
        ("$150", "USD", "Type 150.00: a point before the decimals, nothing between thousands"),
        ("$1.234", "USD", "Type 1234.00: a point before the decimals, nothing between thousands"),
        ("150.00 €", "EUR", "Type 150.00: a point before the decimals, nothing between thousands"),
        ("EUR 150", "EUR", "Type 150.00: a point before the decimals, nothing between thousands"),
        ("(150.00)", "EUR", "Type it plainly, such as 150.00"),
        ("-150,00", "EUR", "Type it plainly, such as 150.00"),
        ("1,2,3", "EUR", "Type it plainly, such as 150.00"),
        ("free", "EUR", "Type it plainly, such as 150.00"),
        ("1e3", "EUR", "Type it plainly, such as 150.00"),
        ("9" * 101, "EUR", "Type it plainly, such as 150.00"),
        ("free", "JPY", "Type it plainly, such as 150"),
        (0.125, "EUR", "Type it plainly, such as 150.00"),
        ("0.125", "EUR", "Type it plainly, such as 150.00"),
        ("150.000", "EUR", "Type it plainly, such as 150.00"),
        ("150.00", "JPY", "Type it plainly, such as 150"),
        (1e-7, "EUR", "Type it plainly, such as 150.00"),
        (100_000_000_000.01, "EUR", "Type it plainly, such as 150.00"),
        (1e300, "EUR", "Type it plainly, such as 150.00"),
        (10**400, "EUR", "Type it plainly, such as 150.00"),
        (float("inf"), "EUR", "Type it plainly, such as 150.00"),
        (float("nan"), "EUR", "Type it plainly, such as 150.00"),
        (True, "EUR", "Type it plainly, such as 150.00"),
        (dt.date(2026, 3, 31), "EUR", "Type it plainly, such as 150.00"),
        ("10%", "EUR", "Type the amount that it comes to, such as 150.00"),
        ("10,5 %", "JPY", "Type the amount that it comes to, such as 150"),
        (
            Percent(0.1, "10%"),
            "EUR",
            "Format the column as Number and type the amount that it comes to, such as 150.00",
        ),
        (Shown(10, "10%"), "EUR", "Format the column as Number and type the amount that it comes to, such as 150.00"),
        (-5, "EUR", "Type 5; what is credited is a positive amount here"),
        ("-5.50", "EUR", "Type 5.50; what is credited is a positive amount here"),
        (-0.01, "EUR", "Type 0.01; what is credited is a positive amount here"),
    ],
)
def test_an_amount_that_is_none_is_refused_with_what_to_type(cell: Cell, currency: str, remedy: str) -> None:
    flaw = read_amount(cell, currency)
    assert isinstance(flaw, Flaw)
    assert (flaw.code, flaw.remedy) == ("AMOUNT_INVALID", remedy)


@pytest.mark.parametrize(
    ("cell", "currency", "problem"),
    [
        ("0.125", "EUR", "{} has 3 decimals, but EUR has 2"),
        ("1.5", "JPY", "{} has 1 decimal, but JPY has none"),
        ("1e3", "EUR", "{} is not a plain amount"),
        (True, "EUR", "{} is not an amount"),
        (-1, "EUR", "{} is negative"),
        (Percent(0.1, "10%"), "EUR", "{} is a percentage, not an amount"),
        (10**12, "EUR", "{} is larger than any price"),
    ],
)
def test_an_amount_that_is_none_is_told_why(cell: Cell, currency: str, problem: str) -> None:
    flaw = read_amount(cell, currency)
    assert isinstance(flaw, Flaw)
    assert flaw.problem == problem


@given(minor=st.integers(0, AMOUNT_LIMIT_MINOR), currency=st.sampled_from(["EUR", "JPY", "BHD", "CLF"]))
def test_every_amount_comes_back_from_its_float_and_its_text(minor: int, currency: str) -> None:
    decimals = {"EUR": 2, "JPY": 0, "BHD": 3, "CLF": 4}[currency]
    amount = Decimal(minor).scaleb(-decimals)
    assert read_amount(float(amount), currency) == minor
    assert read_amount(f"{amount:f}", currency) == minor
    assert read_amounts([float(amount)], {currency: [0]}, currency).outcomes == [minor]


@given(cell=st.floats(allow_nan=False, allow_infinity=False), currency=st.sampled_from(["EUR", "JPY", "BHD"]))
def test_a_float_is_an_amount_just_when_its_fifteen_digits_are(cell: float, currency: str) -> None:
    shown = read_amount(f"{Decimal(f'{cell:.15g}'):f}", currency)
    read = read_amount(cell, currency)
    assert isinstance(read, Flaw) if isinstance(shown, Flaw) else read == shown
    in_column = read_amounts([cell], {currency: [0]}, currency)
    assert in_column.flaws if isinstance(shown, Flaw) else in_column.outcomes == [shown]


@pytest.mark.parametrize(
    ("cells", "places", "blank", "outcomes", "flawed"),
    [
        pytest.param([], {}, 0, [], [], id="no rows"),
        pytest.param([1, None, 1.5], {"EUR": [0, 1, 2]}, 0, [100, 0, 150], [], id="one currency"),
        pytest.param([1, 1, None, 1], {"EUR": [0, 2], "JPY": [1, 3]}, None, [100, 1, None, 1], [], id="two"),
        pytest.param(["1.5", "1.5", "1.5"], {"EUR": [0, 2], "JPY": [1]}, 0, [150, None, 150], [1], id="a flaw in one"),
        pytest.param([1, 1], {None: [0], "QQQ": [1]}, 0, [1000, 1000], [], id="unknown: scaled as the company's"),
        pytest.param(
            [1e308, -(10**400), 10**400, float("inf"), float("nan"), -1, 5],
            {"EUR": range(7)},
            0,
            [None, None, None, None, None, None, 500],
            [0, 1, 2, 3, 4, 5],
            id="beyond all bounds",
        ),
        pytest.param([None, None], {"EUR": [0, 1]}, 0, [0, 0], [], id="all blank"),
        pytest.param([0.1 + 0.2, True, 2], {"EUR": [0, 1, 2]}, 0, [30, None, 200], [1], id="a true among numbers"),
        pytest.param(
            [0.1, Percent(0.1, "10%"), 0.1], {"EUR": [0, 1, 2]}, 0, [10, None, 10], [1], id="one of them a percentage"
        ),
        pytest.param([0.1 + 0.2, 2], {"EUR": [0, 1]}, 0, [30, 200], [], id="fifteen digits count"),
        pytest.param([CellError("#N/A")], {"EUR": [0]}, 0, [None], [0], id="an error"),
    ],
)
def test_a_column_is_read_in_the_currency_of_each_row(
    cells: list[Cell],
    places: dict[str | None, Sequence[int]],
    blank: int | None,
    outcomes: list[int | None],
    flawed: list[int],
) -> None:
    readings = read_amounts(cells, places, "BHD", blank)
    assert readings.outcomes == outcomes
    assert [at for at, _ in readings.flaws] == flawed
