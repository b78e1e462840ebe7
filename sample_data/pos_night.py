"""Write a night of POS documents as tills would insert them: plain SQL, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sample_data import shop
from sample_data.sql import literal

_INVOICES = 30


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """A line as the till has it, and the units it names: by serial, by maker's serial, or attached by its id."""

    item_code: str
    quantity: float
    cells: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    units: Sequence[Mapping[str, str]] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Slip:
    """A document as the till has it; `note` says what is worth telling about it."""

    document_type: str
    document_no: str
    customer_code: str
    lines: Sequence[Line]
    location_code: str = "CITY"
    note: str = ""


def write_night(path: Path) -> None:
    """Write the script: the documents, then the goods of a credit order that have come."""
    slips = [*_told(), *_bad(), *_ordinary(random.Random(20260331))]
    lines = [
        f"-- The POS documents of {shop.NIGHT_DATE}: {len(slips)} of them, as the tills insert them.",
        "-- A POS system names only its business columns; the rest has defaults. For SQLite and PostgreSQL.",
        "BEGIN;",
    ]
    for slip in slips:
        lines += ["", *_statements(slip)]
    lines += [
        "",
        "-- The goods of a credit order of the day before have come: marked as received, it is due its credit memo.",
        "UPDATE document SET status = 'RECEIVED'",
        "WHERE document_type = 'CREDIT_ORDER' AND document_no = 'CO-7001' AND status = 'COMMITTED';",
        "",
        "COMMIT;",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _told() -> Iterator[Slip]:
    """Give the slips that show one thing each."""
    yield Slip(
        "POS_INVOICE",
        "I-48001",
        "C1003",
        (Line("LT-B13-16", 1, {"unit_price_minor": 109900}), Line("LT-A14-16", -1)),
        note="A sale with a return on it: the sale is not ours",
    )
    old = _units("LC005209", "LC005210")
    for at, unit in enumerate(old):
        line = Line(unit.item_code, -1, units=({"attached": unit.serial_no},))
        customer = str(unit.customer_code)
        yield Slip("POS_INVOICE", f"I-4800{2 + at}", customer, (line,), note="The clerk attached the unit")
    screens = tuple({"attached": f"LC{4110 + at:06}"} for at in range(3))
    yield Slip(
        "POS_INVOICE",
        "I-48004",
        shop.SCHOOL,
        (Line("MN-27", -5, units=screens), Line("STAND-2", -2)),
        note="Three of five attached, two to be given a serial",
    )
    phone = _units(shop.phone_serial(107))[0]
    by_imei = Line(phone.item_code, 1, units=({"mfr_serial_no": str(phone.mfr_serial_no)},))
    yield Slip("POS_CREDIT", "K-9001", str(phone.customer_code), (by_imei,), note="A credit by the phone's IMEI")
    card = _units("LC006104")[0]
    euros = {"unit_price_minor": 29348, "tax_minor": 5576, "unit_cost_minor": 22632}
    by_serial = Line(card.item_code, 1, euros, ({"serial_no": card.serial_no},))
    yield Slip("POS_CREDIT", "K-9002", str(card.customer_code), (by_serial,), note="A credit in euros, serial typed")
    yield Slip("POS_CREDIT", "K-9003", "C1018", (Line("SSD-2T", 4, {"discount_minor": 2000}),))
    yield Slip("CREDIT_ORDER", "KO-301", "C1025", (Line("CPU-12C", 6), Line("MB-ATX", 6)), note="Goods to follow")
    yield Slip("CREDIT_ORDER", "KO-302", "C1027", (Line("PR-LASER", 2),), "HARBOUR")
    yield Slip("POS_INVOICE", "I-48005", "C1008", (Line("CAM-HD", 2), Line("HUB-4", 1)), note="Nothing comes back")


def _bad() -> Iterator[Slip]:
    """Give the slips with a line that cannot be done: each is held whole."""
    good = Line("KEYB-M", -1)
    yield Slip("POS_INVOICE", "I-48010", "C1009", (good, Line("KEYB-X", -1)), note="Bad: no such item")
    yield Slip("POS_CREDIT", "K-9010", "C1009", (Line("MOUSE-W", -1),), note="Bad: a credit carries no minus")
    yield Slip("POS_CREDIT", "K-9011", "C1009", (Line("CPU-6C", 0.5),), note="Bad: half a processor")
    shelf = Line("PC-T300", -1, units=({"attached": "LC007002"},))
    yield Slip("POS_INVOICE", "I-48011", "C1013", (shelf, good), note="Bad: the unit attached is on our shelf")
    asked = Line("MN-32", -2, {"generate_quantity": 3})
    yield Slip("POS_INVOICE", "I-48012", "C1013", (asked, Line("CABLE-NET", -3)), note="Bad: three serials, two units")
    yield Slip("POS_INVOICE", "I-48013", "C1998", (good,), note="Bad: no such customer")
    yield Slip("POS_CREDIT", "K-9012", "C1023", (Line("CPU-8C", 1),), "REPAIR", "Bad: March is closed there")
    misread = shop.misread(shop.mfr_serial("PH-PRO-256", 5002))
    wrong = Line("PH-PRO-256", 1, units=({"mfr_serial_no": misread},))
    yield Slip("POS_CREDIT", "K-9013", "C1023", (wrong, Line("ADP-65W", 1)), note="Bad: an IMEI misread")


def _ordinary(chance: random.Random) -> Iterator[Slip]:
    """Give what the tills mostly print: sales, with something coming back on them."""
    returned = [item for item in shop.PRICE if shop.PRICE[item] and item not in {"LT-C11-4", "WS-900"}]
    for at in range(_INVOICES):
        customer = chance.choice(shop.DOLLAR_CUSTOMERS[:-1])
        sales = [Line(item, chance.randrange(1, 4)) for item in chance.sample(returned, chance.randrange(3))]
        back = [Line(item, -_quantity(item, chance)) for item in chance.sample(returned, chance.choice((1, 1, 2)))]
        yield Slip("POS_INVOICE", f"I-{48100 + at}", customer, sales + back, chance.choice(("CITY", "HARBOUR")))
    for at in range(12):
        item = chance.choice(returned)
        kind, number = ("POS_CREDIT", f"K-{9100 + at}") if at % 4 else ("CREDIT_ORDER", f"KO-{310 + at}")
        customer = chance.choice(shop.DOLLAR_CUSTOMERS[:-1])
        yield Slip(kind, number, customer, (Line(item, _quantity(item, chance)),), chance.choice(("CITY", "HARBOUR")))


def _quantity(item: str, chance: random.Random) -> int:
    family = shop.FAMILY[item]
    return chance.randrange(1, 9) if family in {"small", "counted"} else chance.choice((1, 1, 1, 2))


def _statements(slip: Slip) -> Iterator[str]:
    if slip.note:
        yield f"-- {slip.document_no}: {slip.note}."
    head = {
        "document_type": slip.document_type,
        "document_no": slip.document_no,
        "location_code": slip.location_code,
        "customer_code": slip.customer_code,
        "document_date": shop.NIGHT_DATE,
    }
    yield f"INSERT INTO document ({', '.join(head)})\nVALUES ({', '.join(map(literal, head.values()))});"
    where = f"document_type = {literal(slip.document_type)} AND document_no = {literal(slip.document_no)}"
    for line_no, line in enumerate(slip.lines, start=1):
        cells = {"line_no": line_no, "item_code": line.item_code, "quantity": line.quantity, **line.cells}
        yield (
            f"INSERT INTO document_line (document_id, {', '.join(cells)})\n"
            f"SELECT document_id, {', '.join(map(literal, cells.values()))} FROM document WHERE {where};"
        )
        for unit_no, unit in enumerate(line.units, start=1):
            yield _unit_statement(where, line_no, unit_no, unit)


def _unit_statement(where: str, line_no: int, unit_no: int, unit: Mapping[str, str]) -> str:
    named = {name: literal(value) for name, value in unit.items() if name != "attached"}
    if "attached" in unit:
        serial_no = literal(unit["attached"])
        named["serial_id"] = f"(SELECT serial_id FROM serial WHERE serial_no = {serial_no})"  # noqa: S608 - quoted
    return (
        f"INSERT INTO line_unit (line_id, unit_no, {', '.join(named)})\n"
        f"SELECT line_id, {unit_no}, {', '.join(named.values())}\n"
        f"FROM document_line JOIN document ON document.document_id = document_line.document_id\n"
        f"WHERE {where} AND line_no = {line_no};"
    )


def _units(*serial_nos: str) -> list[shop.Unit]:
    known = {unit.serial_no: unit for unit in shop.register()}
    return [known[serial_no] for serial_no in serial_nos]
