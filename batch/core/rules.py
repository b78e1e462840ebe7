"""Declare the rules that can be judged line by line, for all lines of a chunk at once.

Lines that compete (two lines after one serial, two after one number) are judged in `batch.core.match` and
`batch.core.settle`, where order matters. Source of every rule: the trade's rules R1 to R24.
"""

from __future__ import annotations

import numpy as np

from batch.core.currency import WITHDRAWN
from batch.core.frames import pd
from batch.core.lines import OUT, STOCK
from batch.core.rule import Mask, Rule, as_number, rule
from batch.core.rules_amounts import AMOUNT_RULES, LIST_PRICE_RULES

_AMOUNTS = ("unit_price_minor", "discount_minor", "tax_minor", "unit_cost_minor")


# --- shape ---------------------------------------------------------------------------------------


@rule("Quantity", "quantity_text", '"{quantity_text}" is not a whole number of units')
def quantity_not_integer(lines: pd.DataFrame) -> Mask:
    """The quantity has a fraction or is no number at all."""
    return lines["quantity"].isna() | (lines["quantity"] % 1 != 0)


@rule("Quantity", "quantity_text", "the quantity is zero")
def quantity_zero(lines: pd.DataFrame) -> Mask:
    """Nothing came back."""
    return lines["quantity"] == 0


@rule("Quantity", "quantity_text", "{quantity_text} units on one line; at most {quantity_limit} can be taken")
def quantity_too_large(lines: pd.DataFrame) -> Mask:
    """More units than one line may have."""
    return lines["quantity"].abs() > lines["quantity_limit"]


@rule(
    "Quantity",
    "quantity_text",
    "with the {quantity_text} units of this line the document has more than the {units_limit} that one may have",
)
def quantity_too_large__document(lines: pd.DataFrame) -> Mask:
    """More units than one document may have."""
    units = lines["units_wanted"]
    if units.sum() <= lines["units_limit"].min():
        return _nowhere(lines)
    return units.groupby(lines["document_id"]).transform("sum") > lines["units_limit"]


@rule("Quantity", "quantity_text", "{quantity_text} has the wrong sign: this type of document carries positive units")
def sign_wrong(lines: pd.DataFrame) -> Mask:
    """R1: only POS invoices show a return as a negative quantity."""
    return (lines["quantity"] < 0) & (lines["document_type"] != "POS_INVOICE")


@rule("Generate Quantity", "generate_text", '"{generate_text}" is not a whole number of zero or more')
def generate_quantity_invalid(lines: pd.DataFrame) -> Mask:
    """A generate quantity that is given must be a count."""
    count = lines["generate_quantity"]
    return lines["generate_given"].astype(bool) & (count.isna() | (count < 0) | (count % 1 != 0))


@rule(
    "Surplus Units",
    "surplus_text",
    '"{surplus_text}" is not a list of units',
    remedy='Leave surplus_units blank, or write a list such as [{"serial_no": "A-1001"}].',
)
def serial_malformed(lines: pd.DataFrame) -> Mask:
    """What another system has named beyond the quantity cannot be read."""
    return lines["surplus_text"].notna()


@rule("Date", "date_text", '"{date_text}" is not a date', remedy="Write it as YYYY-MM-DD, such as 2026-03-31.")
def date_invalid(lines: pd.DataFrame) -> Mask:
    """Another system has written a document's date that is none."""
    return lines["date_text"].notna()


@rule("Status", "status", "the line is marked {status}, but no credit memo or serial shows that it was done here")
def line_status_wrong(lines: pd.DataFrame) -> Mask:
    """Another system has written a status that only a run may write."""
    return lines["foreign"].astype(bool)


@rule(
    "Status",
    "status",
    "the line was marked {status} again, but credit memo {memo_no} credits it and is final: it stays POSTED",
)
def line_already_posted(lines: pd.DataFrame) -> Mask:
    """R6: another system has opened a line again that a credit memo credits."""
    return lines["memo_no"].notna()


# --- known ---------------------------------------------------------------------------------------


@rule("Item", "item_code", 'item "{item_code}" is not on file{item_hint}')
def item_unknown(lines: pd.DataFrame) -> Mask:
    """The item's code matches no item exactly."""
    return ~lines["item_known"].astype(bool)


@rule("Customer", "customer_code", 'customer "{customer_code}" is not on file{customer_hint}')
def customer_unknown(lines: pd.DataFrame) -> Mask:
    """The customer's code matches no customer exactly."""
    return ~lines["customer_known"].astype(bool)


@rule("Location", "location_code", "{location_said}")
def location_unknown(lines: pd.DataFrame) -> Mask:
    """The location's code matches no location exactly, or there is none."""
    return ~lines["location_known"].astype(bool)


@rule("Area", "area_code", 'stock area "{area_code}" is not on file{area_hint}')
def area_unknown(lines: pd.DataFrame) -> Mask:
    """The area named on the line matches none exactly."""
    return (lines["named_area"] == "unknown").astype(bool) & ~lines["committed"]


@rule("Area", "area_code", 'stock area "{area_code}" is no longer in use')
def area_inactive(lines: pd.DataFrame) -> Mask:
    """The area named on the line is inactive."""
    return (lines["named_area"] == "inactive").astype(bool) & ~lines["committed"]


@rule("Currency", "currency", 'currency "{currency}" is not a current ISO 4217 code')
def currency_unknown(lines: pd.DataFrame) -> Mask:
    """The document's currency, or its customer's, is none that ISO 4217 knows; withdrawn ones are for R24 alone."""
    unknown = lines["currency"].notna() & lines["exponent"].isna()
    return (unknown | (lines["currency"].isin(WITHDRAWN) & ~lines["legacy"].astype(bool))).astype(bool)


@rule(
    "Currency",
    "currency",
    "the amounts were read with {amount_decimals} decimals, but {currency} has {exponent}: hand the row in again",
)
def currency_unknown__decimals(lines: pd.DataFrame) -> Mask:
    """Amounts of a sheet were read as those of another currency than the document turned out to have."""
    read_with, has = as_number(lines, "amount_decimals"), as_number(lines, "exponent")
    other = read_with.notna() & has.notna() & (read_with != has)
    if not other.any():
        return _nowhere(lines)
    amounts = pd.DataFrame({name: as_number(lines, name).fillna(0) != 0 for name in _AMOUNTS}).any(axis="columns")
    return (other & amounts).astype(bool)


@rule("Item", "item_code", 'item "{item_code}" is no longer in use')
def item_inactive(lines: pd.DataFrame) -> Mask:
    """An inactive item, unless the return is a legacy one (R24)."""
    return lines["item_known"].astype(bool) & ~lines["item_active"].astype(bool) & ~lines["legacy"].astype(bool)


@rule("Customer", "customer_code", 'customer "{customer_code}" is no longer active')
def customer_inactive(lines: pd.DataFrame) -> Mask:
    """An inactive customer, unless the return is a legacy one (R24)."""
    active = lines["customer_active"].astype(bool) | lines["legacy"].astype(bool)
    return lines["customer_known"].astype(bool) & ~active


# --- eligible ------------------------------------------------------------------------------------


@rule("Item", "item_code", 'item "{item_code}" is not kept by serial, but the line names or asks for serials')
def item_not_serialized(lines: pd.DataFrame) -> Mask:
    """R2, R5: serials belong to serialized items only."""
    asks = (lines["named"] > 0) | (lines["generate_quantity"].fillna(0) > 0)
    return ~lines["serialized"].astype(bool) & asks


@rule(
    "Date",
    "effective_date",
    "a memo dated {effective_date} falls in the closed period of {location_code}, which is closed through "
    "{closed_through}",
)
def period_closed(lines: pd.DataFrame) -> Mask:
    """R23: no memo is dated in a closed period of its location."""
    if lines["closed_through"].isna().all():
        return _nowhere(lines)
    dates = zip(lines["effective_date"], lines["closed_through"], strict=True)
    closed = pd.Series([through is not None and on <= through for on, through in dates], index=lines.index, dtype=bool)
    return closed & lines["writes_memo"]


# --- place ---------------------------------------------------------------------------------------


@rule(
    "Area", "area_code", "no area to receive the unit is set for {location_code}, its parents or the default location"
)
def stock_area_unresolved__target(lines: pd.DataFrame) -> Mask:
    """R17: the goods must be put somewhere; what is not kept in stock needs no place."""
    return lines["target_area"].isna() & _needs_target(lines)


@rule(
    "Location",
    "location_code",
    "no Out area to start a new serial in is set for {location_code}, its parents or the default location",
    only_when_starting=True,
)
def stock_area_unresolved__start(lines: pd.DataFrame) -> Mask:
    """R16: a generated serial starts in an Out area."""
    return lines["start_area"].isna() & _starts_elsewhere(lines)


@rule(
    "Area",
    "target_area",
    "area {target_area} is of type {target_type}, but this step needs one of type {target_needed}",
)
def stock_area_wrong_type__target(lines: pd.DataFrame) -> Mask:
    """R17: returns are received into STOCK; service slips and credit orders stay in an OUT area."""
    needed = np.where(lines["takes_into_stock"], STOCK, OUT)
    return lines["target_area"].notna() & (lines["target_type"] != needed) & _needs_target(lines)


@rule(
    "Area",
    "start_area",
    "area {start_area} is of type {start_type}, but this step needs one of type OUT",
    only_when_starting=True,
)
def stock_area_wrong_type__named_start(lines: pd.DataFrame) -> Mask:
    """R19: the area that a line of a credit order names is where its units wait outside, also once it has come."""
    return _starts_in_our_stock(lines) & lines["named_area_type"].notna() & lines["order"].astype(bool)


@rule(
    "Location",
    "start_area",
    "area {start_area}, where new serials start, is of type {start_type}, but must be of type OUT",
    only_when_starting=True,
)
def stock_area_wrong_type__start(lines: pd.DataFrame) -> Mask:
    """R16: a serial never starts in our own stock."""
    named = lines["named_area_type"].notna() & lines["order"].astype(bool)
    return _starts_in_our_stock(lines) & ~named


# --- credit --------------------------------------------------------------------------------------


@rule("Unit Price", "price_minor", "no unit price on the line and no list price of {item_code} in {currency}")
def price_unknown(lines: pd.DataFrame) -> Mask:
    """R21: the line's price, else the item's list price in the company's currency."""
    return lines["price_minor"].isna() & lines["writes_memo"]


@rule(
    "Unit Cost",
    "cost_minor",
    "no unit cost on the line and no average cost of {item_code} in {currency}",
    only_when_starting=True,
)
def cost_unknown(lines: pd.DataFrame) -> Mask:
    """R22: the cost of a generated serial is the line's, else the item's average."""
    return lines["cost_minor"].isna()


def _nowhere(lines: pd.DataFrame) -> Mask:
    return pd.Series(data=False, index=lines.index, dtype=bool)


def _needs_target(lines: pd.DataFrame) -> Mask:
    """NON_INVENTORIED goods are put nowhere, and nothing unserialized is put in an Out area."""
    kept = lines["serialized"].astype(bool) | ((lines["inventory_type"] == "INVENTORIED") & lines["takes_into_stock"])
    return kept.astype(bool)


def _starts_in_our_stock(lines: pd.DataFrame) -> Mask:
    wrong = lines["start_area"].notna() & (lines["start_type"] != OUT) & _starts_elsewhere(lines)
    return wrong.astype(bool)


def _starts_elsewhere(lines: pd.DataFrame) -> Mask:
    """A return's units start in one area and end in another; a service slip's stay where they start."""
    return (lines["takes_into_stock"] & lines["serialized"].astype(bool)).astype(bool)


# Rules of the first three stages refuse before a line competes for anything.
BEFORE_MATCHING: tuple[tuple[Rule, ...], ...] = (
    (
        quantity_not_integer,
        quantity_zero,
        quantity_too_large,
        quantity_too_large__document,
        sign_wrong,
        generate_quantity_invalid,
        serial_malformed,
        date_invalid,
        *AMOUNT_RULES,
        line_status_wrong,
        line_already_posted,
    ),
    (
        item_unknown,
        customer_unknown,
        location_unknown,
        area_unknown,
        area_inactive,
        currency_unknown,
        currency_unknown__decimals,
        item_inactive,
        customer_inactive,
    ),
    (item_not_serialized, period_closed),
)

# Rules of the last two stages are masks too, but count only once it is known what a line generates.
PLACE_RULES: tuple[Rule, ...] = (
    stock_area_unresolved__target,
    stock_area_unresolved__start,
    stock_area_wrong_type__target,
    stock_area_wrong_type__named_start,
    stock_area_wrong_type__start,
)
CREDIT_RULES: tuple[Rule, ...] = (price_unknown, *LIST_PRICE_RULES, cost_unknown)

STAGES = (*BEFORE_MATCHING, PLACE_RULES, CREDIT_RULES)
