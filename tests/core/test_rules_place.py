"""Show by one table a rule what breaks it: the rules of place and credit, and what every rule must bear."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from batch.core import rules
from batch.core import rules_amounts as amounts
from batch.core.chunk import Terms
from batch.core.codes import STAGE_ORDER
from batch.core.lines import enrich
from batch.core.rule import Rule
from tests.core.chunks import TERMS, WORLD, WRITING, World, area, chunk, doc, item, location

EVERY_RULE = tuple(itertools.chain.from_iterable(rules.STAGES))
NOWHERE = WORLD.having(location("MAIN", default=True), location("HQ"))
INTO_OUT = WORLD.having(location("HQ", None, "RELEASED", "CRMA-EX", "REPAIRS-IN", "SOLD"))
FROM_STOCK = WORLD.having(location("HQ", None, "CRMA", "CRMA", "CRMA", "CRMA"))
FREE = WORLD.having(item("CPU", price=None, cost=None))


def verdict(rule: Rule, head: str, line: str, world: World = WORLD, terms: Terms = TERMS) -> str | None:
    """Give the code of a rule where the only line of a document breaks it."""
    lines = enrich(chunk(doc(head, line), world=world), terms)
    return rule.code.code if rule.broken_by(lines).tolist() else None


@pytest.mark.parametrize(
    ("world", "head", "line", "expected"),
    [
        pytest.param(WORLD, "RETURN", "CPU 1", None, id="the location's own"),
        pytest.param(WORLD, "RETURN R-1 HQ-SALES", "CPU 1", None, id="its parent's"),
        pytest.param(NOWHERE, "RETURN", "CPU 1", "STOCK_AREA_UNRESOLVED", id="none"),
        pytest.param(NOWHERE, "RETURN", "CABLE 1", "STOCK_AREA_UNRESOLVED", id="none for what is kept by quantity"),
        pytest.param(NOWHERE, "RETURN", "WORK 1", None, id="what is not kept needs no place"),
        pytest.param(NOWHERE, "RETURN", "CPU 1 area=CRMA", None, id="the line's own"),
        pytest.param(NOWHERE, "SERVICE", "CPU 1", "STOCK_AREA_UNRESOLVED", id="none for a service slip"),
        pytest.param(NOWHERE, "CREDIT_ORDER", "CPU 1", "STOCK_AREA_UNRESOLVED", id="none for a credit order"),
        pytest.param(NOWHERE, "CREDIT_ORDER", "CABLE 1", None, id="goods on their way are nowhere yet"),
    ],
)
def test_stock_area_unresolved(world: World, head: str, line: str, expected: str | None) -> None:
    assert verdict(rules.stock_area_unresolved__target, head, line, world) == expected


@pytest.mark.parametrize(
    ("world", "head", "line", "expected"),
    [
        pytest.param(WORLD, "RETURN", "CPU 1", None, id="the location's own"),
        pytest.param(NOWHERE, "RETURN", "CPU 1", "STOCK_AREA_UNRESOLVED", id="none"),
        pytest.param(NOWHERE, "RETURN", "CPU 1 area=CRMA", "STOCK_AREA_UNRESOLVED", id="the line's own is its end"),
        pytest.param(NOWHERE, "RETURN", "CABLE 1", None, id="no serial, no start"),
        pytest.param(NOWHERE, "SERVICE", "CPU 1", None, id="a service slip's units start where they stay"),
    ],
)
def test_stock_area_unresolved_where_serials_start(world: World, head: str, line: str, expected: str | None) -> None:
    assert verdict(rules.stock_area_unresolved__start, head, line, world) == expected


@pytest.mark.parametrize(
    ("world", "head", "line", "expected"),
    [
        pytest.param(WORLD, "RETURN", "CPU 1 area=MAIN-STOCK", None, id="into stock"),
        pytest.param(WORLD, "RETURN", "CPU 1 area=SOLD", "STOCK_AREA_WRONG_TYPE", id="a return outside"),
        pytest.param(WORLD, "RETURN", "CABLE 1 area=SOLD", "STOCK_AREA_WRONG_TYPE", id="by quantity too"),
        pytest.param(WORLD, "RETURN", "WORK 1 area=SOLD", None, id="what is not kept is put nowhere"),
        pytest.param(INTO_OUT, "RETURN", "CPU 1", "STOCK_AREA_WRONG_TYPE", id="the location's is outside"),
        pytest.param(WORLD, "SERVICE", "CPU 1 area=SOLD", None, id="a service slip stays outside"),
        pytest.param(WORLD, "SERVICE", "CPU 1 area=CRMA", "STOCK_AREA_WRONG_TYPE", id="a service slip in stock"),
        pytest.param(WORLD, "CREDIT_ORDER", "CPU 1 area=CRMA", "STOCK_AREA_WRONG_TYPE", id="an order in stock"),
        pytest.param(WORLD, "CREDIT_ORDER O-1 status=RECEIVED", "CPU 1 area=SOLD", None, id="received: into stock"),
        pytest.param(NOWHERE, "RETURN", "CPU 1", None, id="none at all is another rule's"),
    ],
)
def test_stock_area_wrong_type(world: World, head: str, line: str, expected: str | None) -> None:
    assert verdict(rules.stock_area_wrong_type__target, head, line, world) == expected


@pytest.mark.parametrize(
    ("world", "head", "line", "expected"),
    [
        pytest.param(WORLD, "RETURN", "CPU 1", None, id="outside"),
        pytest.param(FROM_STOCK, "RETURN", "CPU 1", "STOCK_AREA_WRONG_TYPE", id="in stock"),
        pytest.param(FROM_STOCK, "RETURN", "CABLE 1", None, id="no serial, no start"),
        pytest.param(FROM_STOCK, "SERVICE", "CPU 1", None, id="judged as where it stays"),
        pytest.param(NOWHERE, "RETURN", "CPU 1", None, id="none at all is another rule's"),
    ],
)
def test_stock_area_wrong_type_where_serials_start(world: World, head: str, line: str, expected: str | None) -> None:
    assert verdict(rules.stock_area_wrong_type__start, head, line, world) == expected


@pytest.mark.parametrize(
    ("head", "line", "terms", "expected"),
    [
        pytest.param("RETURN", "CPU 1", TERMS, "PRICE_UNKNOWN", id="no price anywhere"),
        pytest.param("RETURN", "CPU 1 price=0", TERMS, None, id="a price of nothing"),
        pytest.param("RETURN", "MOUSE 1", TERMS, None, id="the list price"),
        pytest.param("RETURN R-1 HQ C-EUR", "MOUSE 1", TERMS, "PRICE_UNKNOWN", id="a list price in another currency"),
        pytest.param("SERVICE", "CPU 1", TERMS, None, id="no memo, no price"),
        pytest.param("CREDIT_ORDER", "CPU 1", TERMS, None, id="judged at receipt"),
        pytest.param("CREDIT_ORDER O-1 status=RECEIVED", "CPU 1", TERMS, "PRICE_UNKNOWN", id="at receipt"),
        pytest.param("LEGACY_RETURN", "CPU 1", TERMS, None, id="settled elsewhere"),
        pytest.param("LEGACY_RETURN", "CPU 1", WRITING, "PRICE_UNKNOWN", id="settled here after all"),
    ],
)
def test_price_unknown(head: str, line: str, terms: Terms, expected: str | None) -> None:
    assert verdict(rules.price_unknown, head, line, FREE, terms) == expected


@pytest.mark.parametrize(
    ("head", "line", "expected"),
    [
        pytest.param("RETURN", "CPU 2 discount=30000", None, id="given away"),
        pytest.param("RETURN", "CPU 2 discount=30001", "AMOUNT_INVALID", id="net below zero"),
        pytest.param("RETURN", "CPU 2 price=1 discount=30001", None, id="a price of its own is judged before"),
        pytest.param("SERVICE", "CPU 2 discount=30001", None, id="no memo, no net"),
    ],
)
def test_amount_invalid_by_the_list_price(head: str, line: str, expected: str | None) -> None:
    assert verdict(amounts.amount_invalid__list_price, head, line) == expected


@pytest.mark.parametrize(
    ("head", "line", "expected"),
    [
        pytest.param("RETURN", "CPU 2 tax=4398046511104", None, id="as much as an account holds"),
        pytest.param("RETURN", "CPU 5", "AMOUNT_INVALID", id="more"),
        pytest.param("RETURN", "CPU 5 price=1", None, id="a price of its own is judged before"),
        pytest.param("SERVICE", "CPU 5", None, id="no memo"),
    ],
)
def test_a_list_price_too_large_for_the_quantity(head: str, line: str, expected: str | None) -> None:
    dear = WORLD.having(item("CPU", price=2**41))
    assert verdict(amounts.amount_invalid__list_price_size, head, line, dear) == expected


@pytest.mark.parametrize(
    ("head", "line", "expected"),
    [
        pytest.param("RETURN", "CPU 1", None, id="the average"),
        pytest.param("RETURN", "MOUSE 1", "COST_UNKNOWN", id="none"),
        pytest.param("RETURN", "MOUSE 1 cost=0", None, id="a cost of nothing"),
        pytest.param("RETURN R-1 HQ C-EUR", "CPU 1", "COST_UNKNOWN", id="an average in another currency"),
    ],
)
def test_cost_unknown(head: str, line: str, expected: str | None) -> None:
    assert verdict(rules.cost_unknown, head, line) == expected


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: f"{rule.test.__name__}")
def test_every_rule_takes_an_empty_frame(rule: Rule) -> None:
    lines = enrich(chunk(), TERMS)
    assert rule.test(lines).dtype == bool
    assert rule.broken_by(lines).tolist() == []


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: f"{rule.test.__name__}")
def test_every_rule_takes_a_frame_of_blanks(rule: Rule) -> None:
    # Whatever another system leaves out: no number, no item, no customer, no location, no currency, no area.
    blank = chunk(doc("RETURN - - -", "- two"), world=WORLD.without("MAIN"))
    lines = enrich(blank, TERMS)
    assert rule.test(lines).dtype == bool
    assert set(rule.broken_by(lines).tolist()) <= {0}


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: f"{rule.test.__name__}")
def test_every_rule_knows_lines_by_their_place(rule: Rule) -> None:
    drawn = chunk(doc("RETURN", "CPU 0", "CPU two", "NONE 1 gen=-1", "CABLE 3 gen=1 tax=-1", "CPU 1"), world=NOWHERE)
    lines = enrich(drawn, TERMS)
    alone = [bool(rule.broken_by(lines.iloc[[place]]).tolist()) for place in range(len(lines))]
    assert rule.broken_by(lines).tolist() == [place for place, broken in enumerate(alone) if broken]


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: f"{rule.test.__name__}")
def test_every_rule_can_be_worded_with_columns_that_exist(rule: Rule) -> None:
    lines = enrich(chunk(doc("RETURN", "CPU 1")), TERMS)
    spoken = {"item_hint", "customer_hint", "area_hint", "location_said", "target_needed"}
    wanted = {part.split("}")[0] for part in rule.says.split("{")[1:]} | {rule.value}
    assert wanted <= set(lines.columns) | spoken


def test_rules_stand_in_the_stage_of_their_code() -> None:
    stages = [[STAGE_ORDER.index(rule.code.stage) for rule in stage] for stage in rules.BEFORE_MATCHING]
    assert [set(stage) for stage in stages] == [{0}, {1}, {2}]
    assert {rule.code.stage for rule in rules.PLACE_RULES} == {"place and number"}
    # A discount above the list price is an amount's code, but can be seen only once the price is known.
    assert {rule.code.stage for rule in rules.CREDIT_RULES} == {"credit", "shape"}


def test_an_inactive_area_of_a_location_is_passed_over() -> None:
    world = WORLD.having(area("CRMA", "STOCK", active=False))
    lines: pd.DataFrame = enrich(chunk(doc("RETURN", "CPU 1"), world=world), TERMS)
    assert lines["target_area"].tolist() == ["MAIN-STOCK"]
