"""Declare the rules about what a line says of money (R20, R21): each judged for all lines of a chunk at once."""

from __future__ import annotations

from batch.core.currency import LARGEST_MINOR
from batch.core.frames import pd
from batch.core.rule import Mask, Rule, as_number, rule

# Net and tax of a line together, with room to add a document up.
LARGEST_TOGETHER = LARGEST_MINOR / 2**20

_MINOR_REMEDY = "Write whole minor units of the document's currency, such as 15000 for 150.00."
_NO_MINOR = '"{%s}" is not a whole number of minor units'


@rule("Unit Price", "unit_price_text", _NO_MINOR % "unit_price_text", remedy=_MINOR_REMEDY)
def amount_invalid__price_minor(lines: pd.DataFrame) -> Mask:
    """A price that another system has written with a fraction, or that is no number."""
    return lines["unit_price_text"].notna()


@rule("Discount", "discount_text", _NO_MINOR % "discount_text", remedy=_MINOR_REMEDY)
def amount_invalid__discount_minor(lines: pd.DataFrame) -> Mask:
    """A discount that is no whole number."""
    return lines["discount_text"].notna()


@rule("Tax", "tax_text", _NO_MINOR % "tax_text", remedy=_MINOR_REMEDY)
def amount_invalid__tax_minor(lines: pd.DataFrame) -> Mask:
    """A tax that is no whole number."""
    return lines["tax_text"].notna()


@rule("Unit Cost", "unit_cost_text", _NO_MINOR % "unit_cost_text", remedy=_MINOR_REMEDY)
def amount_invalid__cost_minor(lines: pd.DataFrame) -> Mask:
    """A cost that is no whole number."""
    return lines["unit_cost_text"].notna()


@rule("Unit Price", "unit_price_minor", "the unit price is negative ({unit_price_minor})")
def amount_invalid__price(lines: pd.DataFrame) -> Mask:
    """A price below zero."""
    return as_number(lines, "unit_price_minor") < 0


@rule("Discount", "discount_minor", "the discount is negative ({discount_minor})")
def amount_invalid__discount(lines: pd.DataFrame) -> Mask:
    """A discount below zero."""
    return as_number(lines, "discount_minor") < 0


@rule("Tax", "tax_minor", "the tax is negative ({tax_minor})")
def amount_invalid__tax(lines: pd.DataFrame) -> Mask:
    """A tax below zero."""
    return as_number(lines, "tax_minor") < 0


@rule("Unit Cost", "unit_cost_minor", "the unit cost is negative ({unit_cost_minor})")
def amount_invalid__cost(lines: pd.DataFrame) -> Mask:
    """A cost below zero."""
    return as_number(lines, "unit_cost_minor") < 0


@rule("Tax", "tax_minor", "a tax of {tax_minor} is more than any account holds")
def amount_invalid__tax_size(lines: pd.DataFrame) -> Mask:
    """The tax alone must fit."""
    return as_number(lines, "tax_minor") > LARGEST_TOGETHER


@rule(
    "Unit Price",
    "unit_price_minor",
    "a price of {unit_price_minor} for a quantity of {quantity_text}, and a tax of {tax_minor}, is more than any "
    "account holds",
)
def amount_invalid__size(lines: pd.DataFrame) -> Mask:
    """Net and tax together must fit the columns that keep them, with room to add a document up."""
    return _too_large(lines, "unit_price_minor")


_DISCOUNT_REMEDY = "Lower the discount, which is that of the whole line, or correct the quantity or the price."


@rule(
    "Discount",
    "discount_minor",
    "the discount ({discount_minor}) is more than {quantity_text} times the price ({price_minor})",
    remedy=_DISCOUNT_REMEDY,
)
def amount_invalid__gross(lines: pd.DataFrame) -> Mask:
    """R20: a line's net is never below zero."""
    price = as_number(lines, "unit_price_minor")
    return (price >= 0) & (as_number(lines, "discount_minor") > price * lines["quantity"].abs())


@rule(
    "Discount",
    "discount_minor",
    "the discount ({discount_minor}) is more than {quantity_text} times the list price ({price_minor})",
    remedy=_DISCOUNT_REMEDY,
)
def amount_invalid__list_price(lines: pd.DataFrame) -> Mask:
    """R20: a line's net is never below zero, with the list price too."""
    gross = as_number(lines, "price_minor") * lines["quantity"].abs()
    listed = lines["unit_price_minor"].isna() & lines["writes_memo"]
    return listed & (as_number(lines, "discount_minor") > gross)


@rule(
    "Unit Price",
    "price_minor",
    "a list price of {price_minor} for a quantity of {quantity_text}, and a tax of {tax_minor}, is more than any "
    "account holds",
    remedy="Give the line a unit price, or have the item's list price corrected.",
)
def amount_invalid__list_price_size(lines: pd.DataFrame) -> Mask:
    """Net and tax together must fit, with the list price too."""
    return lines["unit_price_minor"].isna() & lines["writes_memo"] & _too_large(lines, "price_minor")


def _too_large(lines: pd.DataFrame, price: str) -> Mask:
    gross = as_number(lines, price).fillna(0) * lines["quantity"].abs().fillna(0)
    tax = as_number(lines, "tax_minor").fillna(0)
    return (tax <= LARGEST_TOGETHER) & (gross + tax > LARGEST_TOGETHER)


# Of what a line says itself.
AMOUNT_RULES: tuple[Rule, ...] = (
    amount_invalid__price_minor,
    amount_invalid__discount_minor,
    amount_invalid__tax_minor,
    amount_invalid__cost_minor,
    amount_invalid__price,
    amount_invalid__discount,
    amount_invalid__tax,
    amount_invalid__cost,
    amount_invalid__tax_size,
    amount_invalid__size,
    amount_invalid__gross,
)

# With the price of the item's list, which is looked up later.
LIST_PRICE_RULES: tuple[Rule, ...] = (amount_invalid__list_price, amount_invalid__list_price_size)
