"""Work out what a line credits: whole minor units, as given, nothing recomputed (R20 to R22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batch.core.outcome import MemoLine

Line = Mapping[str, Any]


def memo_line(line: Line) -> MemoLine:
    """Give the memo line of a standing line: net = quantity times price, less the discount."""
    quantity, price, discount = line["units_wanted"], int(line["price_minor"]), int(line["discount_minor"])
    kept = line["serialized"] or line["inventory_type"] == "INVENTORIED"
    return MemoLine(
        line["line_id"],
        line["item_code"],
        quantity,
        price,
        discount,
        quantity * price - discount,
        int(line["tax_minor"]),
        line["target_area"] if kept else None,
    )


def cost_of(line: Line) -> tuple[int | None, str]:
    """Give the cost of a serial generated for a line, and its basis: LINE, AVERAGE or UNKNOWN."""
    if line["unit_cost_minor"] is not None:
        return int(line["unit_cost_minor"]), "LINE"
    if line["cost_minor"] is not None:
        return int(line["cost_minor"]), "AVERAGE"
    return None, "UNKNOWN"
