"""Show in which class a refused unit falls, and that every class is explained."""

from __future__ import annotations

import pytest

from batch.core import unit_classes
from batch.core.codes import CATALOGUE
from batch.core.unit_classes import CLASSES, POSTED_CLASSES, class_of_unit


@pytest.mark.parametrize(
    ("own", "of_line", "unit_class"),
    [
        pytest.param(["SERIAL_ALREADY_IN_STOCK"], [], "already in stock", id="in stock"),
        pytest.param(["SERIAL_ON_OTHER_DOCUMENT"], [], "on another document", id="held elsewhere"),
        pytest.param(["SERIAL_OTHER_ITEM"], [], "other item", id="other item"),
        pytest.param(["SERIAL_UNKNOWN"], [], "unknown", id="unknown"),
        pytest.param(["MFR_SERIAL_AMBIGUOUS"], [], "ambiguous", id="ambiguous"),
        pytest.param(["SERIAL_REPEATED"], [], "repeated", id="repeated"),
        pytest.param(
            ["SERIAL_OTHER_ITEM", "SERIAL_ALREADY_IN_STOCK"], [], "already in stock", id="in stock goes first"
        ),
        pytest.param(["MFR_SERIAL_INVALID"], ["MFR_SERIAL_INVALID"], "line refused", id="a code without a class"),
        pytest.param([], ["SERIAL_UNKNOWN"], "line refused", id="another unit's reason"),
        pytest.param([], ["DOCUMENT_HELD"], "held", id="document held"),
        pytest.param([], ["DOCUMENT_HELD", "ITEM_UNKNOWN"], "line refused", id="held, and refused itself"),
    ],
)
def test_a_refused_unit_has_one_class(own: list[str], of_line: list[str], unit_class: str) -> None:
    assert class_of_unit(own, of_line) == unit_class


def test_every_class_is_explained_once() -> None:
    declared = [text for name, text in vars(unit_classes).items() if name.isupper() and isinstance(text, str)]
    assert sorted(declared) == sorted(CLASSES)
    assert set(POSTED_CLASSES) < set(CLASSES)
    assert set(unit_classes._BY_CODE) <= set(CATALOGUE)  # noqa: SLF001 - the table this test is about
    assert all(meaning.endswith(".") for meaning in CLASSES.values())
