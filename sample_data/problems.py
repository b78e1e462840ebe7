"""Give a row or two for every code that a sheet can raise: what is odd in plain words, and the code expected.

They are meant to be handed in after the good sheet, which has posted and committed what some of them meet.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator

from sample_data import shop
from sample_data.sheets import Formatted, Formula, Row

EXPECTED = "Code expected"
FINE = "none"


def problem_rows() -> list[Row]:
    """Give the rows in the order of the catalogue, one document each unless two must meet."""
    numbers = (f"R-27{at:03}" for at in itertools.count(1))
    return [
        {
            "Document #": next(numbers),
            "Date": shop.INTAKE_DATE,
            "Location": "CITY",
            "Customer": "C1001",
            "Item": "CPU-6C",
            "Quantity": 1,
            "Reason": reason,
            EXPECTED: code,
            **cells,
        }
        for code, reason, cells in itertools.chain(_shape(), _meeting(), _known(), _serial(), _place_and_credit())
    ]


Problem = tuple[str, str, Row]


def _shape() -> Iterator[Problem]:
    yield "CELL_REQUIRED", "The customer was left out", {"Customer": None}
    lookup = Formula("=VLOOKUP(B2,prices!A:C,3,FALSE)", "#N/A")
    yield "CELL_UNREADABLE", "The item is a look-up that finds nothing", {"Item": lookup}
    yield "QUANTITY_NOT_INTEGER", "One and a half processors", {"Quantity": Formatted(1.5, "0.0")}
    yield "QUANTITY_NOT_INTEGER", "The quantity is written out as a word", {"Quantity": "two"}
    yield "QUANTITY_ZERO", "Nothing came back", {"Quantity": 0}
    yield "QUANTITY_TOO_LARGE", "More than one line can take: a serial was typed as the quantity?", {"Quantity": 12_000}
    yield "SIGN_WRONG", "A minus sign, as a till prints it", {"Quantity": -1}
    yield "GENERATE_QUANTITY_INVALID", "A word where a number is meant", {"Generate Quantity": "all"}
    yield "AMOUNT_INVALID", "The price has a decimal comma and is stored as text", {"Unit Price": "150,00"}
    yield "AMOUNT_INVALID", "The discount is more than the line is worth", {"Unit Price": 150.0, "Discount": 200.0}
    yield "DATE_INVALID", "The date is text in a form nobody has agreed on", {"Date": "30.3.26"}
    yield "TYPE_UNKNOWN", "An exchange is no type of document here", {"Type": "Exchange"}
    number = {"Item": "MN-32", "Mfr Serial #": Formatted(73004170, "General")}
    yield "SERIAL_STORED_AS_NUMBER", "The maker's number is stored as a number: taken, with a warning", number
    long = Formatted(89014103211118510720, "0")
    yield "SERIAL_STORED_AS_NUMBER", "Twenty digits stored as a number: the last five are lost", {"Mfr Serial #": long}
    day = {"Item": "MN-24", "Serial #": dt.date(2026, 5, 12)}
    yield "SERIAL_MALFORMED", "Serial 5-12 became a date when it was typed", day
    yield "SERIAL_MALFORMED", "A long number as a spreadsheet shortens it", {"Mfr Serial #": "8.90141E+19"}
    backwards = {"Item": "MN-27", "Customer": shop.SCHOOL, "Quantity": 7, "Serial #": "LC004116-LC004110"}
    yield "SERIAL_RANGE_INVALID", "The range runs backwards", backwards


def _meeting() -> Iterator[Problem]:
    """Give the rows that are odd only beside another one."""
    yield FINE, "Nothing odd: the first line 1 of this slip stands", {"Document #": "R-27801", "Line #": 1}
    yield "LINE_REPEATED", "Line 1 of the same slip once more", {"Document #": "R-27801", "Line #": 1}
    clash = "The rows of this slip name two customers"
    yield "DOCUMENT_INCONSISTENT", clash, {"Document #": "R-27802", "Customer": "C1002"}
    yield "DOCUMENT_INCONSISTENT", clash, {"Document #": "R-27802", "Customer": "C1003"}
    changed = {"Document #": "R-26001", "Line #": 1, "Quantity": 4}
    yield "LINE_ALREADY_POSTED", "Credited with a quantity of 3 by the good sheet, and now 4", changed


def _known() -> Iterator[Problem]:
    yield "ITEM_UNKNOWN", "The item code in small letters", {"Item": "cpu-6c"}
    yield "CUSTOMER_UNKNOWN", "No such customer yet", {"Customer": "C1999"}
    yield "LOCATION_UNKNOWN", "No such shop yet", {"Location": "MARINA"}
    yield "AREA_UNKNOWN", "No such stock area", {"Area": "CAGE-9"}
    yield "AREA_INACTIVE", "The old cage was cleared last year", {"Area": "OLD-CAGE"}
    yield "CURRENCY_UNKNOWN", "A slip of the finger for USD", {"Currency": "USS", "Unit Price": 150.0}
    yield "ITEM_INACTIVE", "No longer in the range", {"Item": "LT-C11-4"}
    yield "CUSTOMER_INACTIVE", "The account was closed", {"Customer": shop.INACTIVE_CUSTOMER}
    cable = {"Item": "CABLE-HDMI", "Serial #": "LC000001"}
    yield "ITEM_NOT_SERIALIZED", "A cable has no serial", cable
    yield "PERIOD_CLOSED", "The service centre has closed March already", {"Location": "REPAIR"}


def _serial() -> Iterator[Problem]:
    yield "SERIAL_UNKNOWN", "Our serial, but not on file", {"Serial #": "LC009999"}
    lost = {"Item": "MN-24", "Customer": "C1004", "Serial #": Formatted(415, "General")}
    yield "SERIAL_STORED_AS_NUMBER, SERIAL_UNKNOWN", "00415 lost its zeros", lost
    card = {"Item": "GPU-8G", "Customer": "C1029", "Serial #": "LC006001"}
    yield "SERIAL_OTHER_ITEM", "LC006001 is a processor", card
    yield "SERIAL_ALREADY_IN_STOCK", "LC007001 stands on the shelf", {"Item": "PC-T300", "Serial #": "LC007001"}
    held = {"Item": "AIO-24", "Customer": "C1012", "Serial #": "LC008002"}
    yield "SERIAL_ON_OTHER_DOCUMENT", "Waits for the goods of credit order CO-7001", held
    twice = {"Document #": "R-27803", "Customer": "C1029", "Serial #": "LC006002"}
    yield FINE, "Nothing odd: LC006002 comes back", twice
    yield "SERIAL_REPEATED", "LC006002 once more on the same slip", twice
    three = {"Quantity": 2, "Customer": "C1029", "Serial #": "LC006005\nLC006006\nLC006007"}
    yield "SERIALS_EXCEED_QUANTITY", "Three serials for a quantity of two", three
    tray = {"Item": "CPU-8C", "Customer": "C1005", "Mfr Serial #": "U8-TRAY-0007"}
    yield "MFR_SERIAL_AMBIGUOUS", "The maker printed the tray's number on two processors we sold", tray
    wrong = shop.misread(shop.mfr_serial("PH-ONE-128", 5001))
    yield "MFR_SERIAL_INVALID", "The last digit of the IMEI is misread", {"Item": "PH-ONE-128", "Mfr Serial #": wrong}
    mismatch = {"Customer": "C1029", "Serial #": "LC006003", "Mfr Serial #": "U699999Y00001"}
    yield "MFR_SERIAL_MISMATCH", "LC006003 bears another maker's number", mismatch
    other = {"Item": "CPU-16C", "Mfr Serial #": "U8-TRAY-0007"}
    yield "MFR_SERIAL_ON_OTHER_ITEM", "Two CPU-8C bear this number: the right item? Posted all the same", other
    near = {"Item": "CPU-12C", "Customer": "C1006", "Mfr Serial #": "U12-BOOK-31"}
    yield "MFR_SERIAL_NEAR_MATCH", "On file with zeros, here with the letter O: posted as a new one", near
    given = {"Serial #": "LC006004"}
    yield "NOT_SOLD_TO_CUSTOMER", "Sold to C1029, brought by C1001: a present, perhaps", given
    yield "GENERATE_QUANTITY_EXCEEDED", "Three serials asked for two units", {"Quantity": 2, "Generate Quantity": 3}
    yield "UNITS_WITHOUT_SERIAL", "One serial asked for three units", {"Quantity": 3, "Generate Quantity": 1}


def _place_and_credit() -> Iterator[Problem]:
    service = {"Type": "Service", "Item": "LT-A15-16"}
    yield "STOCK_AREA_UNRESOLVED", "The shop has no bench: repairs go to the service centre", service
    yield "STOCK_AREA_WRONG_TYPE", "A return put where sold goods are", {"Area": "SOLD"}
    nowhere = {"Location": None}
    yield "SEQUENCE_MISSING", "No location given: head office takes it, and has no serials of its own", nowhere
    yield "SEQUENCE_EXHAUSTED", "Five rack serials wanted, four are left", {"Item": "WS-900", "Quantity": 5}
    yield "PRICE_UNKNOWN", "The demonstration kit has no price", {"Item": "DEMO-KIT", "Unit Cost": 80.0}
    kit = {"Item": "DEMO-KIT", "Unit Price": 120.0}
    yield "COST_UNKNOWN", "Now with a price, but nobody knows what the kit cost: posted all the same", kit
