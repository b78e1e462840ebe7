"""Show that a mask becomes a rule by its name, and that a mask which loses lines is not let through."""

from __future__ import annotations

import pandas as pd
import pytest

from batch.core.rule import Mask, rule
from batch.core.rules import quantity_too_large, quantity_zero


@rule("Quantity", "quantity", "the quantity is {quantity} of {quantity_limit}")
def quantity_zero__detail(lines: pd.DataFrame) -> Mask:
    """Nothing came back."""
    return lines["quantity"] == 0


@rule("Quantity", "quantity", "blank stays blank")
def quantity_zero__undecided(lines: pd.DataFrame) -> Mask:
    """Leave open what a blank means."""
    return lines["quantity"].convert_dtypes() == 0


@rule("Quantity", "quantity", "one line is gone")
def quantity_zero__losing(lines: pd.DataFrame) -> Mask:
    """Lose a line."""
    return (lines["quantity"] == 0).iloc[1:]


LINES = pd.DataFrame({"quantity": [0.0, 2.0, None, 0.0]}, index=[7, 7, 8, 9])


def test_a_rule_is_named_by_its_code() -> None:
    assert quantity_zero.code.code == "QUANTITY_ZERO"
    assert quantity_zero__detail.code is quantity_zero.code


def test_positions_not_labels_are_given() -> None:
    assert quantity_zero__detail.broken_by(LINES).tolist() == [0, 3]


def test_a_nullable_mask_is_refused() -> None:
    with pytest.raises(AssertionError, match="QUANTITY_ZERO: mask is boolean; decide what a blank means"):
        quantity_zero__undecided.broken_by(LINES)


def test_a_mask_that_loses_lines_is_refused() -> None:
    with pytest.raises(AssertionError, match="the mask lost or made lines"):
        quantity_zero__losing.broken_by(LINES)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param({"quantity": 3.0, "quantity_limit": 2}, "the quantity is 3 of 2", id="a whole float as typed"),
        pytest.param({"quantity": 1.5, "quantity_limit": 2}, "the quantity is 1.5 of 2", id="a fraction stays"),
        pytest.param({"quantity": "two", "quantity_limit": 2}, "the quantity is two of 2", id="text stays"),
    ],
)
def test_sentence(line: dict[str, object], expected: str) -> None:
    assert quantity_zero__detail.sentence(line) == expected


def test_evidence_is_what_the_sentence_mentions() -> None:
    line = {"quantity_text": "10001", "quantity_limit": 10_000, "item_code": "CPU"}
    assert quantity_too_large.evidence(line) == {"quantity_text": "10001", "quantity_limit": 10_000}
    assert quantity_too_large.evidence({"item_code": "CPU"}) == {}
