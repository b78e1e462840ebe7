"""Work out what a line credits: whole minor units, as given, nothing recomputed (R20 to R22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batch.core.outcome import MemoLine

Line = Mapping[str, Any]


def memo_line(line: Line) -> MemoLine:
    """Give the memo line of a standing line."""
    return memo_line_of(
        line["line_id"],
        line["item_code"],
        line["units_wanted"],
        int(line["price_minor"]),
        int(line["discount_minor"]),
        int(line["tax_minor"]),
        line["target_area"] if is_kept(line["inventory_type"], serialized=line["serialized"]) else None,
    )


def memo_line_of(  # noqa: PLR0917 - the fields of a memo line, less the net
    line_id: int, item_code: str, quantity: int, price: int, discount: int, tax: int, area_code: str | None
) -> MemoLine:
    """Give a memo line: net = quantity times price, less the discount."""
    return MemoLine(line_id, item_code, quantity, price, discount, quantity * price - discount, tax, area_code)


def is_kept(inventory_type: str, *, serialized: bool) -> bool:
    """Say whether goods are put anywhere: what is not kept in stock needs no area."""
    return serialized or inventory_type == "INVENTORIED"


def cost_of(unit_cost_minor: int | None, cost_minor: int | None) -> tuple[int | None, str]:
    """Give the cost of a serial generated for a line, and its basis: LINE, AVERAGE or UNKNOWN.

    `unit_cost_minor` is the line's own, `cost_minor` what counts where it has none.
    """
    if unit_cost_minor is not None:
        return int(unit_cost_minor), "LINE"
    if cost_minor is not None:
        return int(cost_minor), "AVERAGE"
    return None, "UNKNOWN"
