"""Say what a settlement is given: the lines of a chunk, and the part of the world they mention."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from batch.core.areas import Places
from batch.core.frames import pd
from batch.core.hold import Hold
from batch.core.landed_sheet import LandedSheet

# Documents that take units into our stock, and so write a credit memo.
RETURN_TYPES = frozenset({"POS_INVOICE", "POS_CREDIT", "RETURN", "LEGACY_RETURN"})
SERIALIZED_TYPES = frozenset({"SERIALIZED", "AUTO_SERIALIZED"})
OPEN_LINE_STATUSES = frozenset({"PENDING", "REFUSED", "HELD"})

# What a blank amount stands for: no discount and no tax, but a price and a cost to be found elsewhere.
AMOUNT_BLANKS: Mapping[str, int | None] = {"unit_price": None, "discount": 0, "tax": 0, "unit_cost": None}

# What the snapshot must deliver, in this order; `quantity` and `generate_quantity` are floats, NaN where no number.
# The text of an amount, a date or surplus units is there only where it is none: another system has written it.
DOCUMENT_COLUMNS = (
    "document_id",
    "document_type",
    "document_no",
    "location_code",
    "customer_code",
    "currency",
    "document_date",
    "date_text",
    "status",
    "source",
)
LINE_COLUMNS = (
    "line_id",
    "document_id",
    "line_no",
    "item_code",
    "quantity",
    "generate_quantity",
    "generate_given",
    "quantity_text",
    "generate_text",
    "unit_price_minor",
    "discount_minor",
    "tax_minor",
    "unit_cost_minor",
    "unit_price_text",
    "discount_text",
    "tax_text",
    "unit_cost_text",
    "area_code",
    "surplus_units",
    "surplus_text",
    "status",
    "sheet_row",
    "intake_file_id",
    "amount_decimals",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """An item as the chunk sees it; amounts in minor units of the company's currency."""

    item_code: str
    inventory_type: str
    list_price_minor: int | None
    average_cost_minor: int | None
    serial_sequence_code: str | None
    mfr_serial_check: str | None
    active: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the chunk sees it."""

    customer_code: str
    currency: str
    active: bool


@dataclasses.dataclass(frozen=True, slots=True)
class NamedUnit:
    """A unit of a line as handed in, or as an earlier run left it."""

    unit_no: int
    serial_no: str | None
    mfr_serial_no: str | None
    serial_id: int | None
    action: str | None


@dataclasses.dataclass(slots=True)
class Unit:
    """A unit of the register while a chunk is settled; `serial_id` is None until it is written."""

    serial_id: int | None
    serial_no: str
    serial_key: str
    item_code: str
    mfr_serial_no: str | None
    mfr_serial_key: str | None
    area_code: str
    customer_code: str | None
    open_document_id: int | None
    # The document that brought it into stock, in words; empty where none is on record.
    brought_by: str = ""
    # What it looks like, by either name; the register notes them.
    serial_near: str = ""
    mfr_serial_near: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class OpenDocument:
    """A service slip or credit order that holds a unit."""

    document_type: str
    document_no: str
    customer_code: str


@dataclasses.dataclass(frozen=True)
class Chunk:
    """Whole documents, their lines in order, and all of the world that they mention."""

    documents: pd.DataFrame
    lines: pd.DataFrame
    units: Mapping[int, Sequence[NamedUnit]]
    items: Mapping[str, Item]
    customers: Mapping[str, Customer]
    places: Places
    register: Sequence[Unit]
    open_documents: Mapping[int, OpenDocument]
    sheets: Mapping[int, LandedSheet]
    # An unknown code, and the one on file that differs only in letter case.
    hints: Mapping[str, str]
    # The lines that stand on a credit memo, with its number.
    credited: Mapping[int, str] = dataclasses.field(default_factory=dict)
    # Documents with rows of a sheet that could not be lines at all, and still wait to be corrected.
    rows_missing: Collection[int] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True)
class Terms:
    """What is fixed for a whole run."""

    business_date: dt.date
    hold: Hold
    currency: str
    credit_memos_for_legacy: bool = False
    default_location: str | None = None
    into_area: str | None = None
    quantity_limit: int = 10_000
    units_limit: int = 100_000
