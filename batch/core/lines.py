"""Set beside each line of a chunk all that the rules ask about it: its document, item, customer, area and place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from batch.core.areas import CREDIT_MEMO_AREA, CREDIT_ORDER_AREA, OUT_AREA, SERVICE_AREA, Area
from batch.core.chunk import OPEN_LINE_STATUSES, RETURN_TYPES, SERIALIZED_TYPES, Chunk, Item, Terms
from batch.core.currency import exponent
from batch.core.frames import pd

# What the settlement reads of a line beyond the rules, one document after another.
SETTLED_COLUMNS = (
    "line_id",
    "document_id",
    "line_no",
    "document_type",
    "document_no",
    "document_status",
    "status",
    "sheet_row",
    "intake_file_id",
    "location_code",
    "customer_code",
    "currency",
    "effective_date",
    "item_code",
    "inventory_type",
    "serialized",
    "units_wanted",
    "named",
    "surplus_units",
    "generate_quantity",
    "generate_text",
    "judged",
    "sale",
    "committed",
    "foreign",
    "memo_no",
    "order",
    "received",
    "service",
    "legacy",
    "takes_into_stock",
    "writes_memo",
    "memo_sequence",
    "start_area",
    "target_area",
    "price_minor",
    "discount_minor",
    "tax_minor",
    "unit_cost_minor",
    "cost_minor",
)

STOCK = "STOCK"
OUT = "OUT"

# One value a line, under the name of the column.
Columns = dict[str, pd.Series]


def enrich(chunk: Chunk, terms: Terms) -> pd.DataFrame:
    """Give one row a line, in the chunk's order, with every column that a rule or the settlement reads.

    Joined columns are mapped by key, never merged: a doubled reference row could not multiply a line.
    """
    lines = chunk.lines.reset_index(drop=True)
    columns: Columns = {name: lines[name] for name in lines.columns}
    columns |= _about_the_document(columns, chunk, terms)
    columns |= _about_the_item(columns, chunk)
    columns |= _about_the_step(columns)
    columns |= _about_the_units(columns, chunk)
    columns["foreign"] = _foreign(columns, chunk)
    columns["judged"] = columns["judged"] | columns["foreign"]
    columns["memo_no"] = _memo_no(columns, chunk)
    columns["foreign"] = columns["foreign"] & columns["memo_no"].isna()
    columns |= _about_the_place(columns, chunk, terms)
    columns |= _about_the_money(columns, terms)
    return pd.DataFrame(columns)


def _about_the_document(lines: Columns, chunk: Chunk, terms: Terms) -> Columns:
    """Repeat what is known of each document beside each of its lines; documents and lines are in the same order."""
    found: list[tuple[object, ...]] = []
    places = chunk.places
    documents: Iterable[Any] = chunk.documents.itertuples(index=False)
    for document in documents:
        customer = chunk.customers.get(document.customer_code)
        location_code = document.location_code or terms.default_location or places.default_location
        location = places.locations.get(location_code or "")
        legacy = document.document_type == "LEGACY_RETURN"
        found.append(
            (
                document.document_type,
                document.document_no,
                document.status,
                location_code,
                location is not None,
                location.closed_through if location else None,
                document.customer_code,
                customer is not None,
                customer is not None and customer.active,
                document.currency or (customer.currency if customer else None),
                legacy,
                document.document_date if legacy and document.document_date else terms.business_date,
                document.date_text,
            )
        )
    own = chunk.documents["document_id"].to_numpy(dtype=np.int64)
    of_lines = np.searchsorted(own, lines["document_id"].to_numpy(dtype=np.int64))
    fields = list(zip(*found, strict=True)) or [()] * len(_DOCUMENT_FIELDS)
    return {
        name: pd.Series(_objects(values)[of_lines], dtype=bool if name in _FLAGS else object)
        for name, values in zip(_DOCUMENT_FIELDS, fields, strict=True)
    }


def _objects(values: Sequence[object]) -> npt.NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


_DOCUMENT_FIELDS = (
    "document_type",
    "document_no",
    "document_status",
    "location_code",
    "location_known",
    "closed_through",
    "customer_code",
    "customer_known",
    "customer_active",
    "currency",
    "legacy",
    "effective_date",
    "date_text",
)
_FLAGS = frozenset({"location_known", "customer_known", "customer_active", "legacy"})


def _about_the_item(lines: Columns, chunk: Chunk) -> Columns:
    # Found once an item, not once a line.
    found = {code: _item(chunk.items.get(code)) for code in set(lines["item_code"])}
    columns = list(zip(*(found[code] for code in lines["item_code"]), strict=True)) or [()] * len(_ITEM_FIELDS)
    return {
        name: pd.Series(_objects(values), dtype=kind)
        for (name, kind), values in zip(_ITEM_FIELDS.items(), columns, strict=True)
    }


_ITEM_FIELDS: dict[str, Any] = {
    "item_known": bool,
    "item_active": bool,
    "inventory_type": object,
    "serialized": bool,
    "list_price_minor": object,
    "average_cost_minor": object,
}


def _item(item: Item | None) -> tuple[object, ...]:
    if item is None:
        return False, False, "", False, None, None
    serialized = item.inventory_type in SERIALIZED_TYPES
    return True, item.active, item.inventory_type, serialized, item.list_price_minor, item.average_cost_minor


def _about_the_step(lines: Columns) -> Columns:
    """Say what is due on each line: nothing (a sale, or done before), a commitment, or a receipt into stock."""
    kind = lines["document_type"]
    order = kind == "CREDIT_ORDER"
    received = order & (lines["document_status"] == "RECEIVED")
    sale = (kind == "POS_INVOICE") & (lines["quantity"] > 0)
    is_open = lines["status"].isin(OPEN_LINE_STATUSES) | (received & (lines["status"] == "COMMITTED"))
    return {
        "sale": (sale & is_open).astype(bool),
        "judged": (is_open & ~sale).astype(bool),
        "committed": (lines["status"] == "COMMITTED").astype(bool),
        "order": order.astype(bool),
        "received": received.astype(bool),
        "service": (kind == "SERVICE").astype(bool),
        "takes_into_stock": (kind.isin(RETURN_TYPES) | received).astype(bool),
        "units_wanted": lines["quantity"].abs().fillna(0).clip(upper=2**53).astype("int64"),
    }


def _foreign(lines: Columns, chunk: Chunk) -> pd.Series:
    """Find lines of open documents that another system has called done: nothing on file shows that they were."""
    kind, status = lines["document_type"], lines["status"]
    if status.isin(OPEN_LINE_STATUSES).all():
        return pd.Series(data=False, index=status.index, dtype=bool)
    uncredited = status.isin({"POSTED", "CLOSED"}) & ~lines["line_id"].isin(list(chunk.credited))
    units = [chunk.units.get(line_id, ()) for line_id in lines["line_id"]]
    has_serials = pd.Series([any(unit.action for unit in those) for those in units], index=status.index, dtype=bool)
    # What neither is credited nor kept by serial leaves no trace when it is done.
    shown = ~_writes_memo(kind) & (has_serials | ~lines["serialized"].astype(bool))
    for_sale = (kind == "POS_INVOICE") & (lines["quantity"] > 0)
    foreign = (
        (uncredited & ~shown & ~for_sale)
        | ((status == "COMMITTED") & (kind != "CREDIT_ORDER"))
        | ((status == "IGNORED") & ~for_sale)
    )
    return foreign.astype(bool)


def _memo_no(lines: Columns, chunk: Chunk) -> pd.Series:
    """Give the credit memo that credits a line which is to be judged again, for another system has opened it."""
    if not chunk.credited:
        return pd.Series([None] * len(lines["line_id"]), dtype=object)
    again = zip(lines["line_id"], lines["judged"], strict=True)
    return pd.Series([chunk.credited.get(line_id) if judged else None for line_id, judged in again], dtype=object)


def _writes_memo(kind: pd.Series) -> pd.Series:
    return kind.isin((RETURN_TYPES - {"LEGACY_RETURN"}) | {"CREDIT_ORDER"})


def _about_the_units(lines: Columns, chunk: Chunk) -> Columns:
    # A range far beyond the quantity is not written out: its last entry only says how many more there are.
    surplus = [sum(each.get("count", 1) for each in extra) if extra else 0 for extra in lines["surplus_units"]]
    units = chunk.units
    named = [len(units[line_id]) if line_id in units else 0 for line_id in lines["line_id"]]
    beyond = pd.Series(surplus, dtype="int64")
    return {"surplus": beyond, "named": pd.Series(named, dtype="int64") + beyond}


def _about_the_place(lines: Columns, chunk: Chunk, terms: Terms) -> Columns:
    """Resolve for each line the area where a unit starts and the one where it is put, and the sequences."""
    remembered: dict[tuple[Any, ...], tuple[object, ...]] = {}
    fields = ("location_code", "area_code", "order", "service", "received", "takes_into_stock")
    found = []
    for key in zip(*(lines[name].tolist() for name in fields), strict=True):
        place = remembered.get(key)
        if place is None:
            place = remembered[key] = _place(chunk, terms, *key)
        found.append(place)
    columns = list(zip(*found, strict=True)) or [()] * len(_PLACE_FIELDS)
    return {
        name: pd.Series(_objects(values), dtype=object) for name, values in zip(_PLACE_FIELDS, columns, strict=True)
    }


_PLACE_FIELDS = (
    "named_area",
    "named_area_type",
    "start_area",
    "start_type",
    "target_area",
    "target_type",
    "memo_sequence",
)


def _place(  # noqa: PLR0917 - the facts of a line that decide its place, positional as zipped
    chunk: Chunk,
    terms: Terms,
    location_code: str | None,
    area_code: str | None,
    order: bool,  # noqa: FBT001
    service: bool,  # noqa: FBT001
    received: bool,  # noqa: FBT001
    takes_into_stock: bool,  # noqa: FBT001
) -> tuple[object, ...]:
    places = chunk.places
    named = places.areas.get(area_code) if area_code else None

    def resolved(role: str) -> Area | None:
        return places.area(role, location_code)

    receiving = named or places.areas.get(terms.into_area or "") or resolved(CREDIT_MEMO_AREA)
    if order:
        start = named or resolved(CREDIT_ORDER_AREA)
        target = resolved(CREDIT_MEMO_AREA) if received else start
    elif service:
        start = target = named or resolved(SERVICE_AREA)
    else:
        start, target = resolved(OUT_AREA), receiving
    memo = places.sequence("CREDIT_MEMO", location_code)
    return (
        "" if not area_code else "unknown" if named is None else "active" if named.active else "inactive",
        named.area_type if named else None,
        start.area_code if start else None,
        start.area_type if start else None,
        target.area_code if target else None,
        target.area_type if target else None,
        memo.sequence_code if memo and takes_into_stock else None,
    )


def _about_the_money(lines: Columns, terms: Terms) -> Columns:
    """Say which price and cost count, in minor units of the document's currency; None where there is none."""
    currencies = lines["currency"].tolist()
    own = [currency == terms.currency for currency in currencies]
    exponents = {currency: exponent(currency) if isinstance(currency, str) else None for currency in set(currencies)}
    writes_memo = lines["takes_into_stock"] & (~lines["legacy"] | terms.credit_memos_for_legacy)
    count = len(own)
    return {
        "price_minor": _first(lines["unit_price_minor"], lines["list_price_minor"], own),
        "cost_minor": _first(lines["unit_cost_minor"], lines["average_cost_minor"], own),
        "writes_memo": writes_memo.astype(bool),
        "company_currency": pd.Series([terms.currency] * count, dtype=object),
        "exponent": pd.Series([exponents[currency] for currency in currencies], dtype="float64"),
        "quantity_limit": pd.Series(terms.quantity_limit, index=range(count), dtype="int64"),
        "units_limit": pd.Series(terms.units_limit, index=range(count), dtype="int64"),
    }


def _first(given: pd.Series, on_file: pd.Series, own: Sequence[bool]) -> pd.Series:
    """Take what is given, else what is on file in the company's currency, else None."""
    values = zip(given.tolist(), on_file.tolist(), own, strict=True)
    return pd.Series(
        [value if value is not None else known if ours else None for value, known, ours in values], dtype=object
    )
