"""Make up a day of returns, service slips and credit orders on which nothing is odd."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator, Sequence

from sample_data import shop
from sample_data.sheets import Row

REASONS = (
    *("Dead on arrival", "Changed mind within 14 days", "Wrong item ordered", "Screen flickers", "Does not charge"),
    *("Runs too hot", "Duplicate order", "Scratched in transit", "Upgrade to a larger model", "Noise from the fan"),
    *("Battery swollen", "Not compatible with customer's set-up", "Project cancelled", "Lease ended"),
)
_EURO_RATE = 0.92
_DOCUMENTS = 58


def good_rows() -> list[Row]:
    """Give the rows in the order of the counter's day: what is told first, then the rest of the slips."""
    return [*_told(), *_slips(random.Random(20260330))]


def _told() -> Iterator[Row]:
    """Give the slips that show one thing each that a shop does."""
    yield _row("R-26001", "C1001", "CPU-6C", 3, reason="Three of a tray, never sold with a serial")
    yield _row("R-26001", "C1001", "CABLE-HDMI", 4, reason="Goes with it: kept by quantity")
    yield _row("R-26002", "C1001", "MN-24", 1, serial="00412", reason="Has our old five-digit serial")
    yield _row("R-26003", shop.SCHOOL, "MN-27", 5, serial="LC004101-LC004105", reason="Classroom cleared, a range")
    yield _row("R-26003", shop.SCHOOL, "MN-27", 2, serial="LC004106, LC004107", reason="Two more, as a list")
    pair = {"serial": "LC004108\nLC004109", "mfr": "MN90108-11\nMN90109-12"}
    yield _row("R-26003", shop.SCHOOL, "MN-27", 2, **pair, reason="With the maker's numbers, in pairs")
    yield _row("R-26003", shop.SCHOOL, "SSD-1T", 4, serial="LS0051001-LS0051004", reason="Lease ended")
    for at in (0, 1, 2):
        unit = _known(f"LC{5201 + at:06}")
        said = "Found by the maker's number on the lid"
        yield _row(f"R-2600{4 + at}", unit.customer_code, unit.item_code, 1, mfr=unit.mfr_serial_no, reason=said)
    unit = _known("LC005204")
    serials = {"serial": "lc 005204", "mfr": unit.mfr_serial_no}
    yield _row("R-26007", unit.customer_code, unit.item_code, 1, **serials, reason="Typed in small letters: the same")
    for at in range(4):
        unit = _known(shop.phone_serial(101 + at))
        yield _row(f"R-2601{at}", unit.customer_code, unit.item_code, 1, mfr=unit.mfr_serial_no, reason=REASONS[4])
    serials_4 = "LC006009-LC006012"
    yield _row("R-26014", "C1029", "CPU-6C", 6, serial=serials_4, reason="Four with our serial, two without")
    yield _row("R-26015", "C1010", "WS-900", 1, serial="3501-3508", reason="One serial, although it looks like a range")
    for at in range(3):
        unit = _known(f"LC{6101 + at:06}")
        cells = {"serial": unit.serial_no, "reason": REASONS[3], **_euros(unit.item_code, 1, serialized=False)}
        yield _row(f"R-2602{at}", unit.customer_code, unit.item_code, 1, **cells)
    unit = _known("LC008001")
    slip = {"kind": "Service", "location": "REPAIR", "reason": "No picture; customer waits for it"}
    yield _row("S-1101", unit.customer_code, unit.item_code, 1, serial=unit.serial_no, **slip)
    yield _row("S-1102", "C1015", "LT-B16-32", 1, mfr="B16K777001", **slip)
    yield _row("R-26023", unit.customer_code, unit.item_code, 1, serial=unit.serial_no, reason="S-1101: beyond repair")
    order = {"kind": "Credit Order", "reason": "Agreed by phone, goods to follow"}
    yield _row("CO-7001", "C1012", "AIO-24", 2, serial="LC008002\nLC008003", **order)
    yield _row("CO-7001", "C1012", "CPU-8C", 5, **order)
    yield _row("CO-7002", "C1020", "DOCK-C", 12, **order)
    yield _row("CO-7003", "C2003", "TB-12", 3, **order, **_euros("TB-12", 3, serialized=True))


def _slips(chance: random.Random) -> Iterator[Row]:
    """Give ordinary slips of one to four lines, as many as fill the day."""
    numbers = itertools.count(1001)
    for at in range(_DOCUMENTS):
        if at % 9 == 4:
            yield from _service(f"S-{1110 + at}", chance, next(numbers))
            continue
        euros = chance.random() < 0.2
        customer = chance.choice(shop.EURO_CUSTOMERS if euros else shop.DOLLAR_CUSTOMERS[:-1])
        place = chance.choice(("CITY", "CITY", "HARBOUR"))
        day = shop.INTAKE_DATE - dt.timedelta(days=chance.choice((0, 0, 0, 1, 2)))
        reference = f"INV-{chance.randrange(180_000, 260_000)}"
        for item in chance.sample(_returnable(), chance.choice((1, 1, 2, 2, 3, 4))):
            yield _ordinary(f"R-{26100 + at}", customer, item, place, day, reference, chance, numbers)


def _ordinary(  # noqa: PLR0917 - the cells of a slip's line
    document_no: str,
    customer: str,
    item: str,
    place: str,
    day: dt.date,
    reference: str,
    chance: random.Random,
    numbers: Iterator[int],
) -> Row:
    family = shop.FAMILY[item]
    quantity = chance.randrange(1, 13) if family in shop.KEPT_AS else chance.choice((1, 1, 1, 2, 3))
    if family == "uncounted":
        quantity = 1
    cells: dict[str, object] = {}
    if family == "phone" or (family in {"laptop", "cpu", "board"} and chance.random() < 0.6):
        cells["mfr"] = "\n".join(shop.mfr_serial(item, next(numbers)) for _ in range(quantity))
    if customer in shop.EURO_CUSTOMERS:
        cells |= _euros(item, quantity, serialized=family not in {"counted", "uncounted"})
    elif chance.random() < 0.3:
        cells["price"] = round(float(shop.PRICE[item] or 0) * chance.choice((0.9, 0.95, 1.0)), 2)
        cells["tax"] = round(quantity * float(str(cells["price"])) * 0.08, 2)
        if quantity > 2:
            cells["discount"] = 5.0
    if family == "screen" and chance.random() < 0.3 and place == "CITY":
        cells["area"] = "OPEN-BOX"
    if family == "laptop" and quantity > 1:
        cells["generate"] = quantity
    cells |= {"location": place, "day": day, "reason": chance.choice(REASONS), "reference": reference}
    return _row(document_no, customer, item, quantity, **cells)


def _service(document_no: str, chance: random.Random, number: int) -> Iterator[Row]:
    item = chance.choice(("LT-A15-16", "PH-PRO-256", "PC-T500", "PR-LASER", "AIO-24"))
    customer = chance.choice(shop.DOLLAR_CUSTOMERS[:-1])
    mfr = shop.mfr_serial(item, number)
    reason = chance.choice(("Bought elsewhere, will not start", "Screen broken", "Battery does not hold"))
    yield _row(document_no, customer, item, 1, kind="Service", location="REPAIR", mfr=mfr, reason=reason)


def _returnable() -> Sequence[str]:
    return [
        code
        for family, items in shop.ITEMS_BY_FAMILY.items()
        for code, _, price, _, active in items
        if active and price and family != "rack"
    ]


def _euros(item: str, quantity: int, *, serialized: bool) -> dict[str, object]:
    """Give the amounts of a line in euros, which are never taken from the list."""
    price = round(float(shop.PRICE[item] or 0) * _EURO_RATE, 2)
    cells: dict[str, object] = {"price": price, "tax": round(quantity * price * 0.19, 2)}
    return cells | ({"cost": round(price * 0.76, 2)} if serialized else {})


def _known(serial_no: str) -> shop.Unit:
    return next(unit for unit in shop.register() if unit.serial_no == serial_no)


def _row(document_no: str, customer: str | None, item: str, quantity: int, **cells: object) -> Row:
    """Lay out one row; what a slip leaves blank is blank."""
    given: dict[str, object] = {
        "Document #": document_no,
        "Customer": customer,
        "Item": item,
        "Quantity": quantity,
        "Location": "CITY",
        "Date": shop.INTAKE_DATE,
    }
    return given | {_HEADINGS[name]: value for name, value in cells.items()}


_HEADINGS = {
    "kind": "Type",
    "day": "Date",
    "location": "Location",
    "generate": "Generate Quantity",
    "serial": "Serial #",
    "mfr": "Mfr Serial #",
    "price": "Unit Price",
    "discount": "Discount",
    "tax": "Tax",
    "cost": "Unit Cost",
    "area": "Area",
    "reason": "Reason",
    "reference": "Reference",
}
