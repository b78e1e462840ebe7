"""Show by one table a rule what breaks it: the rules of the stages before matching."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from batch.core import rules
from batch.core import rules_amounts as amounts
from batch.core.chunk import Terms
from batch.core.lines import enrich
from batch.core.rule import Rule
from tests.core.chunks import TERMS, WORLD, WRITING, World, chunk, customer, doc, location

DAYS = dt.date(2026, 3, 30), dt.date(2026, 3, 31), dt.date(2026, 4, 1)


def verdict(rule: Rule, head: str, line: str, world: World = WORLD, terms: Terms = TERMS) -> str | None:
    """Give the code of a rule where the only line of a document breaks it."""
    lines = enrich(chunk(doc(head, line), world=world), terms)
    return rule.code.code if rule.broken_by(lines).tolist() else None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("CPU 3", None, id="whole"),
        pytest.param("CPU 3.0", None, id="whole with a point"),
        pytest.param("CPU 1.5", "QUANTITY_NOT_INTEGER", id="a fraction"),
        pytest.param("CPU two", "QUANTITY_NOT_INTEGER", id="a word"),
        pytest.param("CPU nan", "QUANTITY_NOT_INTEGER", id="no number"),
        pytest.param("CPU inf", "QUANTITY_NOT_INTEGER", id="without end"),
    ],
)
def test_quantity_not_integer(line: str, expected: str | None) -> None:
    assert verdict(rules.quantity_not_integer, "RETURN", line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("CPU 0", "QUANTITY_ZERO", id="none"),
        pytest.param("CPU -0.0", "QUANTITY_ZERO", id="none below none"),
        pytest.param("CPU 1", None, id="one"),
        pytest.param("CPU two", None, id="not known to be zero"),
    ],
)
def test_quantity_zero(line: str, expected: str | None) -> None:
    assert verdict(rules.quantity_zero, "RETURN", line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("CPU 10000", None, id="at the limit"),
        pytest.param("CPU 10001", "QUANTITY_TOO_LARGE", id="above"),
        pytest.param("CPU -10001", "QUANTITY_TOO_LARGE", id="above, with a sign"),
        pytest.param("CPU 1e300", "QUANTITY_TOO_LARGE", id="beyond any integer"),
        pytest.param("CPU two", None, id="not known to be large"),
    ],
)
def test_quantity_too_large(line: str, expected: str | None) -> None:
    assert verdict(rules.quantity_too_large, "RETURN", line) == expected


@pytest.mark.parametrize(
    ("head", "line", "expected"),
    [
        pytest.param("RETURN", "CPU -1", "SIGN_WRONG", id="a return"),
        pytest.param("POS_CREDIT", "CPU -1", "SIGN_WRONG", id="a POS credit memo"),
        pytest.param("SERVICE", "CPU -1", "SIGN_WRONG", id="a service slip"),
        pytest.param("CREDIT_ORDER", "CPU -1", "SIGN_WRONG", id="a credit order"),
        pytest.param("POS_INVOICE", "CPU -1", None, id="a POS invoice shows returns so"),
        pytest.param("RETURN", "CPU 1", None, id="positive"),
    ],
)
def test_sign_wrong(head: str, line: str, expected: str | None) -> None:
    assert verdict(rules.sign_wrong, head, line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("CPU 3", None, id="blank"),
        pytest.param("CPU 3 gen=0", None, id="none"),
        pytest.param("CPU 3 gen=2", None, id="some"),
        pytest.param("CPU 3 gen=-1", "GENERATE_QUANTITY_INVALID", id="below zero"),
        pytest.param("CPU 3 gen=1.5", "GENERATE_QUANTITY_INVALID", id="a fraction"),
        pytest.param("CPU 3 gen=all", "GENERATE_QUANTITY_INVALID", id="a word"),
    ],
)
def test_generate_quantity_invalid(line: str, expected: str | None) -> None:
    assert verdict(rules.generate_quantity_invalid, "RETURN", line) == expected


@pytest.mark.parametrize(
    ("rule", "line", "expected"),
    [
        pytest.param(amounts.amount_invalid__price, "CPU 1 price=-1", "AMOUNT_INVALID", id="price below zero"),
        pytest.param(amounts.amount_invalid__price, "CPU 1 price=0", None, id="price of nothing"),
        pytest.param(amounts.amount_invalid__price, "CPU 1", None, id="price left out"),
        pytest.param(amounts.amount_invalid__discount, "CPU 1 discount=-1", "AMOUNT_INVALID", id="discount below zero"),
        pytest.param(amounts.amount_invalid__discount, "CPU 1", None, id="no discount"),
        pytest.param(amounts.amount_invalid__tax, "CPU 1 tax=-1", "AMOUNT_INVALID", id="tax below zero"),
        pytest.param(amounts.amount_invalid__tax, "CPU 1 tax=7", None, id="some tax"),
        pytest.param(amounts.amount_invalid__cost, "CPU 1 cost=-1", "AMOUNT_INVALID", id="cost below zero"),
        pytest.param(amounts.amount_invalid__cost, "CPU 1", None, id="cost left out"),
        pytest.param(amounts.amount_invalid__size, f"CPU 9 price={2**62}", "AMOUNT_INVALID", id="more than there is"),
        pytest.param(amounts.amount_invalid__tax_size, f"CPU 1 tax={2**62}", "AMOUNT_INVALID", id="such a tax"),
        pytest.param(amounts.amount_invalid__tax_size, "CPU 1", None, id="no tax"),
        pytest.param(amounts.amount_invalid__size, f"CPU 1 tax={2**62}", None, id="said of the tax already"),
        pytest.param(amounts.amount_invalid__size, f"CPU 2 price={2**42} tax={2**42}", "AMOUNT_INVALID", id="together"),
        pytest.param(amounts.amount_invalid__gross, "CPU 1 price=-5 discount=1", None, id="said of the price already"),
        pytest.param(amounts.amount_invalid__size, "CPU 10000 price=100000000", None, id="ten thousand dear units"),
        pytest.param(amounts.amount_invalid__size, "CPU two", None, id="size of nothing known"),
        pytest.param(
            amounts.amount_invalid__gross, "CPU 2 price=100 discount=201", "AMOUNT_INVALID", id="net below zero"
        ),
        pytest.param(amounts.amount_invalid__gross, "CPU 2 price=100 discount=200", None, id="given away"),
        pytest.param(amounts.amount_invalid__gross, "CPU 2 discount=201", None, id="price not known here"),
    ],
)
def test_amount_invalid(rule: Rule, line: str, expected: str | None) -> None:
    assert verdict(rule, "RETURN", line) == expected


@pytest.mark.parametrize(
    ("head", "line", "expected"),
    [
        pytest.param("RETURN", "CPU 1 status=POSTED", None, id="posted, and on a memo"),
        pytest.param("RETURN", "CPU 1 status=POSTED memo=none", "LINE_STATUS_WRONG", id="posted, and on none"),
        pytest.param("RETURN", "CABLE 1 status=CLOSED memo=none", "LINE_STATUS_WRONG", id="closed, and on none"),
        pytest.param("RETURN", "CPU 1 status=COMMITTED", "LINE_STATUS_WRONG", id="only an order commits"),
        pytest.param("CREDIT_ORDER", "CPU 1 status=COMMITTED", None, id="an order commits"),
        pytest.param("RETURN", "CPU 1 status=IGNORED", "LINE_STATUS_WRONG", id="only a sale is ignored"),
        pytest.param("POS_INVOICE", "CPU 1 status=IGNORED", None, id="a sale is ignored"),
        pytest.param("POS_INVOICE", "CPU 1 status=POSTED memo=none", None, id="a sale needs no memo"),
        pytest.param("SERVICE", "CPU 1 status=POSTED memo=none", "LINE_STATUS_WRONG", id="in service without a serial"),
        pytest.param("SERVICE", "CPU 1 @4001 status=POSTED memo=none", None, id="in service"),
        pytest.param("SERVICE", "CABLE 1 status=POSTED memo=none", None, id="in service, not kept by serial"),
        pytest.param("LEGACY_RETURN", "CPU 1 @4001 status=POSTED memo=none", None, id="settled elsewhere"),
    ],
)
def test_line_status_wrong(head: str, line: str, expected: str | None) -> None:
    assert verdict(rules.line_status_wrong, head, line) == expected


@pytest.mark.parametrize(
    ("head", "line", "expected"),
    [
        pytest.param("RETURN", "CPU 1", None, id="on no memo"),
        pytest.param("RETURN", "CPU 1 memo=CM-7", "LINE_ALREADY_POSTED", id="opened again"),
        pytest.param("RETURN", "CPU 1 status=REFUSED memo=CM-7", "LINE_ALREADY_POSTED", id="marked as refused"),
        pytest.param("RETURN", "CPU 1 status=COMMITTED memo=CM-7", "LINE_ALREADY_POSTED", id="only an order commits"),
        pytest.param("RETURN", "CPU 1 status=POSTED memo=CM-7", None, id="posted"),
        pytest.param("CREDIT_ORDER O-1 status=RECEIVED", "CPU 1 status=COMMITTED memo=CM-7", "LINE_ALREADY_POSTED"),
    ],
)
def test_line_already_posted(head: str, line: str, expected: str | None) -> None:
    assert verdict(rules.line_already_posted, head, line) == expected
    assert verdict(rules.line_status_wrong, head, line) is None


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(("CPU 6", "CPU 4"), [], id="at the limit of a document"),
        pytest.param(("CPU 6", "CPU 5"), [0, 1], id="above it: every line of it"),
        pytest.param(("CPU 6", "CPU 5 status=POSTED"), [0, 1], id="lines done before count"),
        pytest.param(("CPU two", "CPU 10"), [], id="what is no number counts as none"),
    ],
)
def test_quantity_too_large_in_a_document(lines: tuple[str, ...], expected: list[int]) -> None:
    terms = dataclasses.replace(TERMS, units_limit=10)
    found = enrich(chunk(doc("RETURN", *lines), doc("RETURN", "CPU 10")), terms)
    assert rules.quantity_too_large__document.broken_by(found).tolist() == expected


@pytest.mark.parametrize(
    ("rule", "head", "line", "expected"),
    [
        pytest.param(rules.item_unknown, "RETURN", "CPU 1", None, id="an item"),
        pytest.param(rules.item_unknown, "RETURN", "cpu 1", "ITEM_UNKNOWN", id="an item in another case"),
        pytest.param(rules.item_inactive, "RETURN", "OLD-CPU 1", "ITEM_INACTIVE", id="an inactive item"),
        pytest.param(rules.item_inactive, "LEGACY_RETURN", "OLD-CPU 1", None, id="inactive now, but not then"),
        pytest.param(rules.item_inactive, "RETURN", "NONE 1", None, id="an unknown item is not inactive"),
        pytest.param(rules.customer_unknown, "RETURN R-1 HQ C9", "CPU 1", "CUSTOMER_UNKNOWN", id="a customer"),
        pytest.param(rules.customer_unknown, "RETURN R-1 HQ C1", "CPU 1", None, id="a known customer"),
        pytest.param(rules.customer_inactive, "RETURN R-1 HQ C-OLD", "CPU 1", "CUSTOMER_INACTIVE", id="inactive"),
        pytest.param(rules.customer_inactive, "LEGACY_RETURN R-1 HQ C-OLD", "CPU 1", None, id="active then"),
        pytest.param(rules.customer_inactive, "RETURN R-1 HQ C9", "CPU 1", None, id="unknown is not inactive"),
        pytest.param(rules.location_unknown, "RETURN R-1 hq", "CPU 1", "LOCATION_UNKNOWN", id="a location"),
        pytest.param(rules.location_unknown, "RETURN R-1 HQ", "CPU 1", None, id="a known location"),
        pytest.param(rules.location_unknown, "RETURN R-1 -", "CPU 1", None, id="left out: the default one"),
        pytest.param(rules.area_unknown, "RETURN", "CPU 1 area=NONE", "AREA_UNKNOWN", id="an area"),
        pytest.param(rules.area_unknown, "RETURN", "CPU 1 area=OLD-STOCK", None, id="an inactive area is known"),
        pytest.param(rules.area_unknown, "RETURN", "CPU 1", None, id="no area"),
        pytest.param(rules.area_inactive, "RETURN", "CPU 1 area=OLD-STOCK", "AREA_INACTIVE", id="an inactive area"),
        pytest.param(rules.area_inactive, "RETURN", "CPU 1 area=CRMA", None, id="an active area"),
        pytest.param(
            rules.area_inactive,
            "CREDIT_ORDER O-1 status=RECEIVED",
            "CPU 1 area=OLD-STOCK status=COMMITTED",
            None,
            id="what is committed has left its area",
        ),
        pytest.param(rules.currency_unknown, "RETURN R-1 HQ C1 currency=XQX", "CPU 1", "CURRENCY_UNKNOWN", id="none"),
        pytest.param(rules.currency_unknown, "RETURN R-1 HQ C1 currency=EUR", "CPU 1", None, id="a currency"),
        pytest.param(rules.currency_unknown, "RETURN R-1 HQ C9", "CPU 1", None, id="no customer to ask"),
        pytest.param(
            rules.currency_unknown, "RETURN R-1 HQ C1 currency=HRK", "CPU 1", "CURRENCY_UNKNOWN", id="withdrawn"
        ),
        pytest.param(
            rules.currency_unknown,
            "POS_CREDIT R-1 HQ C1 currency=BYR",
            "CPU 1",
            "CURRENCY_UNKNOWN",
            id="none for a POS",
        ),
        pytest.param(
            rules.currency_unknown, "LEGACY_RETURN R-1 HQ C1 currency=HRK", "CPU 1", None, id="money of its time"
        ),
        pytest.param(
            rules.currency_unknown, "LEGACY_RETURN R-1 HQ C1 currency=XQX", "CPU 1", "CURRENCY_UNKNOWN", id="of no time"
        ),
    ],
)
def test_known(rule: Rule, head: str, line: str, expected: str | None) -> None:
    assert verdict(rule, head, line) == expected


def test_no_location_and_no_default_one() -> None:
    world = WORLD.without("MAIN")
    assert verdict(rules.location_unknown, "RETURN R-1 -", "CPU 1", world) == "LOCATION_UNKNOWN"
    named = dataclasses.replace(TERMS, default_location="HQ")
    assert verdict(rules.location_unknown, "RETURN R-1 -", "CPU 1", world, named) is None


@pytest.mark.parametrize(
    ("head", "line", "expected"),
    [
        pytest.param("RETURN R-1 HQ C-YEN", "CPU 1 price=100 decimals=2", "CURRENCY_UNKNOWN", id="yen read as cents"),
        pytest.param("RETURN R-1 HQ C-YEN", "CPU 1 cost=100 decimals=2", "CURRENCY_UNKNOWN", id="a cost too"),
        pytest.param("RETURN R-1 HQ C-YEN", "CPU 1 decimals=2", None, id="no amount, nothing read wrongly"),
        pytest.param("RETURN R-1 HQ C-YEN", "CPU 1 price=0 decimals=2", None, id="nothing is nothing in any currency"),
        pytest.param("RETURN R-1 HQ C-YEN currency=JPY", "CPU 1 price=100 decimals=0", None, id="the sheet said yen"),
        pytest.param("POS_CREDIT P-1 HQ C-YEN source=POS", "CPU 1 price=100", None, id="the POS knows its customer"),
        pytest.param("RETURN R-1 HQ C-EUR", "CPU 1 price=100 decimals=2", None, id="as many decimals"),
        pytest.param(
            "RETURN R-1 HQ C1 currency=JPY",
            "CPU 1 price=100 decimals=2",
            "CURRENCY_UNKNOWN",
            id="a later file gave the document another currency",
        ),
    ],
)
def test_currency_unknown_when_the_sheet_was_read(head: str, line: str, expected: str | None) -> None:
    world = WORLD.having(customer("C-YEN", "JPY"))
    assert verdict(rules.currency_unknown__decimals, head, line, world) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("CABLE 4", None, id="credited by quantity"),
        pytest.param("CABLE 4 gen=0", None, id="none asked for"),
        pytest.param("CABLE 4 gen=1", "ITEM_NOT_SERIALIZED", id="asked for"),
        pytest.param("CABLE 4 #4001", "ITEM_NOT_SERIALIZED", id="named"),
        pytest.param("CABLE 4 #/M-1", "ITEM_NOT_SERIALIZED", id="named by its maker"),
        pytest.param("CABLE 1 more=3", "ITEM_NOT_SERIALIZED", id="named beyond the quantity"),
        pytest.param("CPU 4 #4001 gen=1", None, id="serialized"),
        pytest.param("MOUSE 4 #4001 gen=1", None, id="auto-serialized"),
    ],
)
def test_item_not_serialized(line: str, expected: str | None) -> None:
    assert verdict(rules.item_not_serialized, "RETURN", line) == expected


@pytest.mark.parametrize(
    ("head", "terms", "through", "expected"),
    [
        pytest.param("RETURN", TERMS, DAYS[0], None, id="closed through the day before"),
        pytest.param("RETURN", TERMS, DAYS[1], "PERIOD_CLOSED", id="closed through the business date"),
        pytest.param("RETURN", TERMS, DAYS[2], "PERIOD_CLOSED", id="closed beyond it"),
        pytest.param("RETURN", TERMS, None, None, id="never closed"),
        pytest.param("SERVICE", TERMS, DAYS[2], None, id="no memo, no period"),
        pytest.param("CREDIT_ORDER", TERMS, DAYS[2], None, id="judged at receipt"),
        pytest.param("CREDIT_ORDER O-1 status=RECEIVED", TERMS, DAYS[2], "PERIOD_CLOSED", id="at receipt"),
        pytest.param("LEGACY_RETURN R-1 on=2026-03-30", TERMS, DAYS[2], None, id="settled elsewhere"),
        pytest.param("LEGACY_RETURN R-1 on=2026-03-30", WRITING, DAYS[0], "PERIOD_CLOSED", id="by its own date"),
        pytest.param("LEGACY_RETURN R-1 on=2026-04-01", WRITING, DAYS[1], None, id="own date after"),
    ],
)
def test_period_closed(head: str, terms: Terms, through: dt.date | None, expected: str | None) -> None:
    world = WORLD.having(location("HQ", None, "RELEASED", "CRMA-EX", "REPAIRS-IN", "CRMA", closed_through=through))
    assert verdict(rules.period_closed, head, "CPU 1", world, terms) == expected
