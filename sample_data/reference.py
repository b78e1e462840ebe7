"""Write the reference workbook and the register that an ERP would put into the database itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sample_data import shop
from sample_data.sheets import COUNT, DATE, MONEY, Book, Column, Row
from sample_data.sql import literal

_LOCATION = (
    Column("location_code", 14),
    Column("name", 34),
    Column("parent_location_code", 20),
    Column("is_default", 10),
    Column("out_area_code", 15),
    Column("credit_order_area_code", 22),
    Column("service_area_code", 18),
    Column("credit_memo_area_code", 22),
    Column("closed_through", 15, DATE),
)
_AREA = (
    Column("area_code", 16),
    Column("name", 36),
    Column("location_code", 14),
    Column("area_type", 11, choices=("STOCK", "OUT")),
    Column("active", 8, choices=("yes", "no")),
)
_SEQUENCE = (
    Column("sequence_code", 15),
    Column("kind", 14, choices=("SERIAL", "CREDIT_MEMO")),
    Column("location_code", 14),
    Column("mask", 44),
    Column("next_number", 13, COUNT),
)
_ITEM = (
    Column("item_code", 14),
    Column("description", 46),
    Column("inventory_type", 17, choices=("SERIALIZED", "AUTO_SERIALIZED", "INVENTORIED", "NON_INVENTORIED")),
    Column("list_price", 11, MONEY),
    Column("average_cost", 13, MONEY),
    Column("serial_sequence_code", 21),
    Column("mfr_serial_check", 26),
    Column("active", 8, choices=("yes", "no")),
)
_CUSTOMER = (
    Column("customer_code", 15),
    Column("name", 32),
    Column("currency", 10),
    Column("active", 8, choices=("yes", "no")),
)


def write_reference(path: Path) -> None:
    """Write the workbook that `serialback load` reads: one sheet a table."""
    with Book(path, "Reference data") as book:
        book.table("location", _LOCATION, _rows(_LOCATION, shop.LOCATIONS))
        book.table("stock_area", _AREA, _rows(_AREA, shop.AREAS))
        book.table("number_sequence", _SEQUENCE, _rows(_SEQUENCE, shop.SEQUENCES))
        book.table("item", _ITEM, _rows(_ITEM, _items()))
        book.table("customer", _CUSTOMER, _rows(_CUSTOMER, tuple(shop.customers())))


def write_register(path: Path) -> None:
    """Write what the ERP knows of serials as the plain SQL it would send, good for SQLite and PostgreSQL alike."""
    lines = [
        "-- What the ERP knows: units sold with a serial, or back on the shelf. Plain SQL, for SQLite and PostgreSQL.",
        "-- Serialback takes them as EXTERNAL serials and matches what comes back to them.",
        "BEGIN;",
        "INSERT INTO serial (serial_no, item_code, mfr_serial_no, area_code, customer_code) VALUES",
    ]
    rows = [
        (unit.serial_no, unit.item_code, unit.mfr_serial_no, unit.area_code, unit.customer_code)
        for unit in shop.register()
    ]
    lines.append(",\n".join(f"    ({', '.join(map(literal, row))})" for row in rows) + ";")
    lines.append("COMMIT;")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _items() -> tuple[tuple[object, ...], ...]:
    return tuple(
        (
            code,
            description,
            shop.KEPT_AS.get(family, "SERIALIZED"),
            None if price is None else float(price),
            None if cost is None else float(cost),
            shop.SEQUENCE_OF_FAMILY.get(family),
            shop.CHECK_OF_FAMILY.get(family),
            active,
        )
        for family, items in shop.ITEMS_BY_FAMILY.items()
        for code, description, price, cost, active in items
    )


def _rows(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> list[Row]:
    return [
        {column.heading: _yes_no(value) for column, value in zip(columns, row, strict=True) if value is not None}
        for row in rows
    ]


def _yes_no(value: object) -> object:
    return ("yes" if value else "no") if isinstance(value, bool) else value
