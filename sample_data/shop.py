"""The shop the sample files are about: a computer chain with a head office, two shops and a service centre."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

from stdnum import luhn

from batch.core.mask import Mask

INTAKE_DATE = dt.date(2026, 3, 30)
NIGHT_DATE = dt.date(2026, 3, 31)

# Code, name, parent, default, areas (out, credit order, service, credit memo), closed through.
LOCATIONS = (
    ("HQ", "Larkspur Computers, head office", None, True, "SOLD", "EXPECTED", None, "HQ-RETURNS", None),
    ("CITY", "Larkspur City", "HQ", False, None, None, None, "CITY-RETURNS", None),
    ("HARBOUR", "Larkspur Harbour (run from City)", "CITY", False, None, None, None, None, None),
    ("REPAIR", "Larkspur Service Centre", "HQ", False, None, None, "REPAIRS", "RMA-CAGE", NIGHT_DATE),
)
AREAS = (
    ("SOLD", "Sold or released to customers", None, "OUT", True),
    ("EXPECTED", "Credit orders: goods not here yet", None, "OUT", True),
    ("REPAIRS", "Customers' units on the bench", "REPAIR", "OUT", True),
    ("HQ-RETURNS", "Returns kept at head office", "HQ", "STOCK", True),
    ("CITY-RETURNS", "Returns cage, City", "CITY", "STOCK", True),
    ("CITY-SHELF", "Shop floor, City", "CITY", "STOCK", True),
    ("OPEN-BOX", "Open box, sold at a discount", "CITY", "STOCK", True),
    ("RMA-CAGE", "Defectives going back to vendors", "REPAIR", "STOCK", True),
    ("OLD-CAGE", "Old returns cage, cleared 2025", "CITY", "STOCK", False),
)
# Head office takes nothing in and has no serials of its own; Harbour uses City's sequences.
SEQUENCES = (
    ("SN-CITY", "SERIAL", "CITY", "LC{seq:06}", 10471),
    ("SN-REPAIR", "SERIAL", "REPAIR", "LR{seq:05}", 2201),
    ("SN-PHONE", "SERIAL", None, "LP{yy}{seq:05}{check:iso7064_mod_37_36}", 381),
    ("SN-SMALL", "SERIAL", None, "LS{seq:07}", 52001),
    ("SN-RACK", "SERIAL", None, "LX{seq:04}", 9996),
    ("CM-HQ", "CREDIT_MEMO", "HQ", "CM-HQ-{yyyy}-{seq:05}", 58),
    ("CM-CITY", "CREDIT_MEMO", "CITY", "CM-CITY-{yyyy}-{seq:05}", 1184),
)

# Code, description, list price and average cost in USD, active; grouped by how they are kept.
ITEMS_BY_FAMILY: dict[str, tuple[tuple[str, str, str | None, str | None, bool], ...]] = {
    "laptop": (
        ("LT-A14-8", "Aster 14 laptop, 8 GB", "649.00", "498.00", True),
        ("LT-A14-16", "Aster 14 laptop, 16 GB", "749.00", "571.00", True),
        ("LT-A15-16", "Aster 15 laptop, 16 GB", "829.00", "640.00", True),
        ("LT-B13-16", "Borealis 13 laptop, 16 GB", "1099.00", "842.00", True),
        ("LT-B16-32", "Borealis 16 laptop, 32 GB", "1699.00", "1290.00", True),
        ("LT-C11-4", "Clover 11 laptop, 4 GB (until 2023)", "249.00", "190.00", False),
    ),
    "computer": (
        ("PC-M100", "Mini computer M100", "399.00", "302.00", True),
        ("PC-T300", "Tower T300", "899.00", "688.00", True),
        ("PC-T500", "Tower T500", "1399.00", "1066.00", True),
        ("AIO-24", "All-in-one 24 inch", "999.00", "775.00", True),
    ),
    "rack": (("WS-900", "Rack workstation 900", "3299.00", "2540.00", True),),
    "cpu": (
        ("CPU-6C", "Processor, 6 cores", "150.00", "100.00", True),
        ("CPU-8C", "Processor, 8 cores", "249.00", "181.00", True),
        ("CPU-12C", "Processor, 12 cores", "389.00", "290.00", True),
        ("CPU-16C", "Processor, 16 cores", "549.00", "418.00", True),
    ),
    "phone": (
        ("PH-ONE-128", "Kite One phone, 128 GB", "399.00", "310.00", True),
        ("PH-ONE-256", "Kite One phone, 256 GB", "469.00", "362.00", True),
        ("PH-PRO-256", "Kite Pro phone, 256 GB", "799.00", "633.00", True),
        ("PH-LITE-64", "Kite Lite phone, 64 GB", "219.00", "164.00", True),
    ),
    "screen": (
        ("MN-24", "Monitor 24 inch", "159.00", "118.00", True),
        ("MN-27", "Monitor 27 inch", "229.00", "171.00", True),
        ("MN-32", "Monitor 32 inch", "379.00", "288.00", True),
        ("MN-34W", "Monitor 34 inch, curved", "499.00", "384.00", True),
        ("TB-10", "Tablet 10 inch", "279.00", "213.00", True),
        ("TB-12", "Tablet 12 inch", "429.00", "331.00", True),
    ),
    "board": (
        ("GPU-8G", "Graphics card, 8 GB", "319.00", "246.00", True),
        ("GPU-12G", "Graphics card, 12 GB", "529.00", "409.00", True),
        ("GPU-16G", "Graphics card, 16 GB", "879.00", "684.00", True),
        ("MB-ATX", "Mainboard ATX", "179.00", "133.00", True),
        ("NAS-2", "Network store, 2 bays", "299.00", "231.00", True),
        ("PR-LASER", "Laser printer", "189.00", "141.00", True),
        ("DEMO-KIT", "Demonstration kit from the vendor (no price yet)", None, None, True),
    ),
    "small": (
        ("SSD-1T", "Solid state drive 1 TB", "79.00", "58.00", True),
        ("SSD-2T", "Solid state drive 2 TB", "139.00", "104.00", True),
        ("HDD-8T", "Hard disk 8 TB", "169.00", "128.00", True),
        ("MOUSE-W", "Mouse, wireless", "24.90", "13.10", True),
        ("KEYB-M", "Keyboard, mechanical", "89.00", "55.20", True),
        ("HEAD-U", "Headset, USB", "59.00", "34.00", True),
        ("CAM-HD", "Web camera", "49.00", "29.50", True),
        ("DOCK-C", "Docking station, USB-C", "149.00", "101.00", True),
    ),
    "counted": (
        ("CABLE-HDMI", "HDMI cable, 2 m", "12.90", "3.80", True),
        ("CABLE-USBC", "USB-C cable, 1 m", "14.90", "4.10", True),
        ("CABLE-NET", "Network cable, 5 m", "9.90", "2.60", True),
        ("ADP-65W", "Power adapter 65 W", "34.90", "15.70", True),
        ("ADP-100W", "Power adapter 100 W", "49.90", "23.40", True),
        ("BAG-15", "Laptop bag 15 inch", "39.00", "16.80", True),
        ("STAND-2", "Stand for two monitors", "79.00", "41.00", True),
        ("RAM-16", "Memory 16 GB", "54.90", "36.00", True),
        ("RAM-32", "Memory 32 GB", "99.90", "68.00", True),
        ("FAN-120", "Case fan 120 mm", "17.90", "7.90", True),
        ("PASTE-5", "Thermal paste, 5 g", "8.90", "2.90", True),
        ("TONER-B", "Toner, black", "69.00", "38.00", True),
        ("HUB-4", "USB hub, 4 ports", "22.90", "10.20", True),
        ("UPS-700", "Battery back-up 700 VA", "119.00", "82.00", True),
    ),
    "uncounted": (
        ("WARR-3Y", "Warranty, three years", "99.00", None, True),
        ("SETUP", "Setting up a computer", "59.00", None, True),
        ("LABOUR", "Workshop, one hour", "85.00", None, True),
        ("SHIPPING", "Shipping", "9.90", None, True),
    ),
}
KEPT_AS = {"small": "AUTO_SERIALIZED", "counted": "INVENTORIED", "uncounted": "NON_INVENTORIED"}
SEQUENCE_OF_FAMILY = {"phone": "SN-PHONE", "small": "SN-SMALL", "rack": "SN-RACK"}
CHECK_OF_FAMILY = {"phone": "imei", "laptop": "[A-C][0-9]{2}[A-Z][0-9]{6}"}
FAMILY = {item[0]: family for family, items in ITEMS_BY_FAMILY.items() for item in items}
PRICE = {item[0]: item[2] for items in ITEMS_BY_FAMILY.values() for item in items}

_DOLLARS = (
    *("Ada Birch", "Brightwater School District", "Calder & Sons, Surveyors", "Dana Ortiz", "Edwin Cho"),
    *("Fern Valley Clinic", "Grace Obi", "Halden Print Works", "Ines Duarte", "Juniper Studios"),
    *("Karim Aziz", "Lakeside Library", "Mona Petrov", "Nolan Reyes", "Oakfield Dental"),
    *("Priya Nair", "Quarry Lane Farm", "Rosa Lindt", "Sam Whitlock", "Tidewater Logistics"),
    *("Uma Castell", "Vera Holt", "Westbrook Accounting", "Xavier Lam", "Yara Costa"),
    *("Zack Morrow", "Alder House Care", "Bea Sorensen", "Cobalt Games", "Derek Vance"),
)
_EUROS = (
    *("Atelier Moreau", "Baumann Tischlerei", "Casa Ferri", "De Vries Advies", "Escuela San Telmo"),
    *("Farmacia Lusa", "Groupe Valmont", "Hofladen Petersen", "Iris Kowalska", "Jokinen Oy"),
)
DOLLAR_CUSTOMERS = tuple(f"C{1001 + at}" for at in range(len(_DOLLARS)))
EURO_CUSTOMERS = tuple(f"C{2001 + at}" for at in range(len(_EUROS)))
INACTIVE_CUSTOMER = "C1030"
SCHOOL = "C1002"


@dataclasses.dataclass(frozen=True, slots=True)
class Unit:
    """A unit whose serial the ERP knows: where it is and, when outside, who bought it."""

    serial_no: str
    item_code: str
    mfr_serial_no: str | None
    area_code: str = "SOLD"
    customer_code: str | None = None


def customers() -> Iterator[tuple[str, str, str, bool]]:
    """Give every customer: code, name, currency, active."""
    for code, name in zip(DOLLAR_CUSTOMERS, _DOLLARS, strict=True):
        yield code, name, "USD", code != INACTIVE_CUSTOMER
    for code, name in zip(EURO_CUSTOMERS, _EUROS, strict=True):
        yield code, name, "EUR", True


def mfr_serial(item_code: str, number: int) -> str:
    """Make up what a maker prints on a unit: an IMEI on a phone, else letters and digits of the maker's taste."""
    family = FAMILY[item_code]
    if family == "phone":
        # Type allocation codes that begin with 00 are for tests: no real phone bears them.
        body = f"0010{17 + number % 3}08{number:06}"
        return f"{body}{luhn.calc_check_digit(body)}"
    if family == "laptop":
        return f"{item_code[3]}{item_code[4:6]}{'KMRT'[number % 4]}{number * 37 % 1_000_000:06}"
    if family == "cpu":
        return f"U{item_code[4:].replace('C', '')}{number:05}Y{number * 7919 % 100_000:05}"
    return f"{item_code.partition('-')[0]}{number:04}-{number * 6151 % 100_000:05}"


def misread(imei: str) -> str:
    """Get the last digit of an IMEI, which checks the others, wrong by one."""
    return f"{imei[:-1]}{(int(imei[-1]) + 1) % 10}"


def phone_serial(number: int) -> str:
    """Give the serial that last year's sequence made for a phone."""
    mask = Mask.parse(SEQUENCES[2][3])
    return mask.renderer(location="CITY", item="", on=dt.date(2025, 1, 1))(number)


def register() -> tuple[Unit, ...]:
    """Give every unit that the ERP knows, in the order of its export."""
    return tuple(_sold()) + tuple(_peculiar())


def _sold() -> Iterator[Unit]:
    for at in range(20):
        # From before the present system: five digits, zeros in front.
        yield Unit(f"{412 + at:05}", "MN-24", None, customer_code=DOLLAR_CUSTOMERS[at])
    for at in range(16):
        yield Unit(f"LC{4101 + at:06}", "MN-27", None, customer_code=SCHOOL)
    laptops = ("LT-A14-8", "LT-A14-16", "LT-A15-16", "LT-B13-16")
    for at in range(24):
        item = laptops[at % 4]
        yield Unit(f"LC{5201 + at:06}", item, mfr_serial(item, 201 + at), customer_code=DOLLAR_CUSTOMERS[at])
    for at in range(12):
        yield Unit(f"LC{6001 + at:06}", "CPU-6C", mfr_serial("CPU-6C", 301 + at), customer_code="C1029")
    for at in range(12):
        item = ("GPU-8G", "GPU-12G", "GPU-16G")[at % 3]
        yield Unit(f"LC{6101 + at:06}", item, mfr_serial(item, 401 + at), customer_code=EURO_CUSTOMERS[at % 10])
    phones = ("PH-ONE-128", "PH-ONE-256", "PH-PRO-256")
    for at in range(15):
        item = phones[at % 3]
        yield Unit(phone_serial(101 + at), item, mfr_serial(item, 501 + at), customer_code=DOLLAR_CUSTOMERS[at])
    for at in range(6):
        yield Unit(f"LS{51001 + at:07}", "SSD-1T", None, customer_code=SCHOOL)


def _peculiar() -> Iterator[Unit]:
    """Give the units with a history: shared maker's numbers, units back in stock, a number out of turn."""
    yield Unit("LC006201", "CPU-8C", "U8-TRAY-0007", customer_code="C1005")
    yield Unit("LC006202", "CPU-8C", "U8-TRAY-0007", customer_code="C1029")
    yield Unit("LC006203", "CPU-12C", "U12-B00K-31", customer_code="C1006")
    for at in range(6):
        yield Unit(f"LC{7001 + at:06}", "PC-T300", mfr_serial("PC-T300", 601 + at), area_code="CITY-SHELF")
    yield Unit("3501-3508", "WS-900", None, customer_code="C1010")
    # Typed by hand ahead of its turn: the sequence has to pass it over.
    yield Unit("LC010480", "LT-B13-16", mfr_serial("LT-B13-16", 701), area_code="CITY-SHELF")
    for at in range(6):
        yield Unit(f"LC{8001 + at:06}", "AIO-24", mfr_serial("AIO-24", 801 + at), customer_code="C1012")
