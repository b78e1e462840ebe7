"""Show that a line is told all reasons of the first stage it fails at, and none of the stages after."""

from __future__ import annotations

import functools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batch.core.check import broken_rules, check
from batch.core.lines import enrich
from batch.core.rules import BEFORE_MATCHING, CREDIT_RULES, PLACE_RULES
from tests.core.chunks import TERMS, WORLD, Doc, chunk, doc

LINES = ("CPU 1", "CPU 0", "CPU two", "NONE 1", "CABLE 1 gen=1", "OLD-CPU 1", "CPU 0 tax=-1 gen=x", "NONE 1 area=NONE")


def found(*documents: Doc) -> list[list[str]]:
    """Give the codes told of each line, in order."""
    lines = enrich(chunk(*documents), TERMS)
    by_line = check(lines, BEFORE_MATCHING)
    return [[rule.code.code for rule in by_line.get(label, ())] for label in lines.index]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("CPU 1", [], id="nothing wrong"),
        pytest.param(
            "NONE 0 gen=-1 price=-1",
            ["QUANTITY_ZERO", "GENERATE_QUANTITY_INVALID", "AMOUNT_INVALID"],
            id="all of one stage, in the order of the stage",
        ),
        pytest.param("NONE 1 area=NONE", ["ITEM_UNKNOWN", "AREA_UNKNOWN"], id="the next stage"),
        pytest.param("CABLE 1 gen=1", ["ITEM_NOT_SERIALIZED"], id="the one after"),
        pytest.param("NONE 1 gen=1", ["ITEM_UNKNOWN"], id="an unknown item is not judged further"),
    ],
)
def test_a_line_is_judged_up_to_the_stage_it_fails_at(line: str, expected: list[str]) -> None:
    assert found(doc("RETURN", line)) == [expected]


def test_each_line_has_its_own_stage() -> None:
    assert found(doc("RETURN", "CPU 0", "NONE 1"), doc("RETURN", "CPU 1", "CABLE 2 #4001")) == [
        ["QUANTITY_ZERO"],
        ["ITEM_UNKNOWN"],
        [],
        ["ITEM_NOT_SERIALIZED"],
    ]


def test_lines_are_known_by_their_labels() -> None:
    lines = enrich(chunk(doc("RETURN", "CPU 1", "CPU 0", "NONE 1")), TERMS)
    assert sorted(check(lines.iloc[1:], BEFORE_MATCHING)) == [1, 2]


def test_no_lines() -> None:
    lines = enrich(chunk(), TERMS)
    assert check(lines, BEFORE_MATCHING) == {}
    assert broken_rules(lines, PLACE_RULES + CREDIT_RULES) == {}


def test_no_stages() -> None:
    assert check(pd.DataFrame({"quantity": [0]}), ()) == {}


@functools.cache
def found_alone(line: str) -> list[str]:
    """Name the codes of a line that has no neighbours."""
    return found(doc("RETURN", line))[0]


@settings(deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=6))
def test_what_is_said_of_a_line_does_not_depend_on_its_neighbours(lines: list[str]) -> None:
    alone = [found_alone(line) for line in lines]
    assert found(doc("RETURN", *lines)) == alone


def test_later_rules_are_all_told() -> None:
    lines = enrich(chunk(doc("RETURN R-1 HQ C-EUR", "CPU 1 area=SOLD"), world=WORLD), TERMS)
    told = broken_rules(lines, PLACE_RULES + CREDIT_RULES)
    assert [rule.code.code for rule in told[0]] == ["STOCK_AREA_WRONG_TYPE", "PRICE_UNKNOWN", "COST_UNKNOWN"]
