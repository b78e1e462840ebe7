"""Make the inputs of the benchmark: a shop's reference rows, a register, and sheets of any length, all from a seed."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
import xlsxwriter

from batch.core.keys import near_key, serial_key
from batch.edge.bulk import insert_rows
from batch.edge.schema import CUSTOMER, ITEM, LOCATION, NUMBER_SEQUENCE, SERIAL, STOCK_AREA

HEADINGS = (
    "Document #",
    "Line",
    "Type",
    "Date",
    "Location",
    "Customer",
    "Item",
    "Quantity",
    "Generate Quantity",
    "Serial #",
    "Mfr Serial #",
    "Unit Price",
    "Tax",
    "Reason",
)
ITEMS = 200
CUSTOMERS = 500
LOCATIONS = 4
DAY = dt.date(2026, 3, 31)
NOW = dt.datetime(2026, 3, 31, 22, tzinfo=dt.UTC)
LINES_A_DOCUMENT = 3

Line = tuple[object, ...]


def write_reference(connection: sa.Connection) -> None:
    """Write the chain: a default location and shops, areas, sequences, items, customers."""
    codes = [f"L{number}" for number in range(LOCATIONS)]
    areas = [("RELEASED", "OUT"), ("ORDERED", "OUT"), ("REPAIRS", "OUT"), ("RETURNS", "STOCK")]
    insert_rows(connection, STOCK_AREA, ("area_code", "area_type"), areas)
    insert_rows(
        connection,
        LOCATION,
        (
            "location_code",
            "is_default",
            "out_area_code",
            "credit_order_area_code",
            "service_area_code",
            "credit_memo_area_code",
        ),
        [(code, code == "L0", "RELEASED", "ORDERED", "REPAIRS", "RETURNS") for code in codes],
    )
    insert_rows(
        connection,
        NUMBER_SEQUENCE,
        ("sequence_code", "kind", "location_code", "mask", "next_number", "allocation"),
        [(f"S-{code}", "SERIAL", code, f"{code}-{{seq:09}}", 1, "BLOCK") for code in codes]
        + [(f"CM-{code}", "CREDIT_MEMO", code, f"CM-{code}-{{seq:08}}", 1, "GAPLESS") for code in codes],
    )
    insert_rows(
        connection,
        ITEM,
        ("item_code", "inventory_type", "list_price_minor", "average_cost_minor"),
        [(item_code(number), "SERIALIZED", 10_000 + number, 7_000 + number) for number in range(ITEMS)],
    )
    insert_rows(
        connection,
        CUSTOMER,
        ("customer_code", "currency"),
        [(f"C{number:05}", "USD") for number in range(CUSTOMERS)],
    )


def write_register(connection: sa.Connection, serials: int) -> None:
    """Write the register that was there beforehand: units sold, each with its maker's serial."""
    insert_rows(
        connection,
        SERIAL,
        (
            "serial_no",
            "serial_key",
            "serial_near",
            "item_code",
            "mfr_serial_no",
            "mfr_serial_key",
            "mfr_serial_near",
            "area_code",
            "origin",
            "cost_basis",
        ),
        (_registered(number) for number in range(serials)),
    )


def _registered(number: int) -> tuple[object, ...]:
    serial, mfr = f"OLD{number:09}", f"MX{number * 7919 % 10**9:09}"
    return (
        serial,
        serial_key(serial),
        near_key(serial),
        item_code(number % ITEMS),
        mfr,
        mfr,
        near_key(mfr),
        "RELEASED",
        "EXTERNAL",
        "EXTERNAL",
    )


def item_code(number: int) -> str:
    """Name an item."""
    return f"ITEM-{number:04}"


def lines(count: int, *, refused: float = 0.01, matched: float = 0.02, seed: int = 1) -> Iterator[Line]:
    """Make lines: about 1.1 units each, a share matched against the register, a share refused."""
    chance = random.Random(seed)
    fresh = iter(range(count))
    old = iter(range(0, 1_000_000, 7))
    for number in range(count):
        document, line = divmod(number, LINES_A_DOCUMENT)
        item, quantity, serial, mfr = chance.randrange(ITEMS), 1, None, None
        draw = chance.random()
        if draw < refused:
            quantity, wanted = 1, 5
        else:
            wanted = None
            if draw < refused + matched:
                known = next(old)
                item, serial = known % ITEMS, f"OLD{known:09}"
            elif draw < 0.5:
                mfr = f"NEW{next(fresh):09}"
            elif draw < 0.6:
                quantity = 2
        yield (
            f"R-{document:08}",
            line + 1,
            "Return",
            DAY.isoformat(),
            f"L{document % LOCATIONS}",
            f"C{document % CUSTOMERS:05}",
            item_code(item),
            quantity,
            wanted,
            serial,
            mfr,
            round(chance.uniform(10, 900), 2),
            round(chance.uniform(0, 90), 2),
            "does not start",
        )


def write_workbook(path: Path, made: Iterator[Line]) -> None:
    """Write lines as an intake workbook."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Intake")
        sheet.write_row(0, 0, HEADINGS)
        for row, line in enumerate(made, start=1):
            sheet.write_row(row, 0, line)


def write_csv(path: Path, made: Iterator[Line]) -> None:
    """Write lines as an intake CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(made)
