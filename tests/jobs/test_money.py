"""Credit money in whole runs: minor units of every currency, prices, discounts, taxes, costs."""

from __future__ import annotations

import pytest

from tests.jobs.world import World, row


def test_a_memo_adds_its_lines_up(world: World) -> None:
    world.intake(
        row("R-1", quantity=3, price=150, discount="50.05", tax=0.30000000000000004),
        row("R-1", "CABLE", 4, tax="1.00"),
        row("R-1", "FEE", 2, price=0),
    )
    assert world.tuples("SELECT net_minor, tax_minor, total_minor, status FROM credit_memo") == [
        (41995, 130, 42125, "OPEN")
    ]
    lines = (
        "SELECT quantity, unit_price_minor, discount_minor, net_minor, tax_minor FROM credit_memo_line ORDER BY line_id"
    )
    assert world.tuples(lines) == [(3, 15000, 5005, 39995, 30), (4, 500, 0, 2000, 100), (2, 0, 0, 0, 0)]


@pytest.mark.parametrize(
    ("currency", "price", "minor"),
    [
        pytest.param("USD", 12.5, 1250, id="two decimals"),
        pytest.param("JPY", 1500, 1500, id="none"),
        pytest.param("JPY", "1500.0", None, id="one too many"),
        pytest.param("JPY", 15.5, None, id="a fraction of a yen"),
        pytest.param("KWD", "1.234", 1234, id="three"),
        pytest.param("KWD", "1.2345", None, id="four of three"),
        pytest.param("USD", "150,00", None, id="comma"),
        pytest.param("USD", "1,234.50", None, id="thousands"),
        pytest.param("USD", " 150.00 ", 15000, id="blanks"),
        pytest.param("USD", -1, None, id="negative"),
        pytest.param("USD", 1.005, None, id="half a cent"),
        pytest.param("USD", 0, 0, id="zero"),
    ],
)
def test_amounts_are_minor_units_of_the_documents_currency(
    world: World, currency: str, price: object, minor: int | None
) -> None:
    world.intake(row("R-1", currency=currency, price=price, cost=0))
    assert world.tuples("SELECT unit_price_minor FROM document_line") == ([] if minor is None else [(minor,)])
    assert world.exceptions() == ([("R-1", 1, "AMOUNT_INVALID")] if minor is None else [])
    assert world.tuples("SELECT currency, total_minor FROM credit_memo") == (
        [] if minor is None else [(currency, minor)]
    )


def test_the_list_price_is_in_the_companys_currency(world: World) -> None:
    world.intake(row("R-1", customer="EURO"), row("R-2", customer="EURO", price=99), row("R-3", currency="EUR"))
    refused = [each for each in world.exceptions() if each[2] != "COST_UNKNOWN"]
    assert refused == [("R-1", 1, "PRICE_UNKNOWN"), ("R-3", 1, "PRICE_UNKNOWN")]
    # Neither does the item's average cost count there.
    assert world.serial("5001")["cost_basis"] == "UNKNOWN"
    assert world.exceptions("RESOLVED") == [("R-2", 1, "COST_UNKNOWN")]
    world.settings["currency"] = "EUR"
    world.intake()
    assert world.exceptions() == []
    assert world.tuples("SELECT currency, total_minor FROM credit_memo ORDER BY credit_memo_id") == [
        ("EUR", 9900),
        ("EUR", 15000),
        ("EUR", 15000),
    ]


@pytest.mark.parametrize(
    ("cells", "row_read"),
    [
        pytest.param({"price": 10, "discount": 20.01, "quantity": 2}, False, id="the row's price"),
        pytest.param({"discount": 300.01, "quantity": 2}, True, id="the list price"),
    ],
)
def test_a_discount_is_at_most_the_gross(world: World, cells: dict[str, object], row_read: bool) -> None:
    world.intake(row("R-1", **cells))
    assert world.exceptions() == [("R-1", 1, "AMOUNT_INVALID")]
    assert world.count("document_line") == [int(row_read)]


@pytest.mark.parametrize(
    ("currency", "price", "codes", "total"),
    [
        pytest.param("USD", 2, [], 200, id="as many decimals"),
        pytest.param("JPY", 2, ["CURRENCY_UNKNOWN"], None, id="fewer decimals"),
        pytest.param("JPY", None, ["PRICE_UNKNOWN"], None, id="no amounts"),
    ],
)
def test_amounts_read_before_the_customer_was_known(
    world: World, currency: str, price: object, codes: list[str], total: int | None
) -> None:
    world.intake(row("R-1", customer="LATE", price=price))
    assert world.exceptions() == [("R-1", 1, "CUSTOMER_UNKNOWN")]
    world.insert("customer", customer_code="LATE", currency=currency)
    world.intake()
    assert [code for *_, code in world.exceptions() if code != "COST_UNKNOWN"] == codes
    assert world.tuples("SELECT total_minor FROM credit_memo") == ([] if total is None else [(total,)])
    if codes == ["CURRENCY_UNKNOWN"]:
        world.intake(row("R-1", customer="LATE", price=price))
        assert world.tuples("SELECT currency, total_minor FROM credit_memo") == [("JPY", 2)]
        assert world.exceptions() == []


def test_pos_amounts_are_minor_units_already(world: World) -> None:
    line = {"quantity": -2, "unit_price_minor": 1999, "discount_minor": 8, "tax_minor": 5, "unit_cost_minor": 3}
    world.document("POS_INVOICE", "I-1", line, currency="KWD")
    world.pos()
    assert world.tuples("SELECT currency, net_minor, tax_minor, total_minor FROM credit_memo") == [
        ("KWD", 3990, 5, 3995)
    ]
    assert world.serial("5001")["unit_cost_minor"] == 3


@pytest.mark.parametrize(
    "amounts",
    [
        pytest.param({"unit_price_minor": -1}, id="price"),
        pytest.param({"discount_minor": -1}, id="discount"),
        pytest.param({"tax_minor": -1}, id="tax"),
        pytest.param({"unit_cost_minor": -1}, id="cost"),
        pytest.param({"unit_price_minor": 2**62}, id="more than any account"),
        pytest.param({"unit_price_minor": 5, "discount_minor": 6}, id="discount above gross"),
    ],
)
def test_amounts_of_other_systems_are_judged_too(world: World, amounts: dict[str, object]) -> None:
    world.pos_invoice("I-1", {"quantity": -1} | amounts)
    assert set(world.exceptions()) == {("I-1", 1, "AMOUNT_INVALID")}
