"""Declare every exception code: its stage, severity, meaning and remedy. Codes are public and never re-used.

`serialback codes`, the exceptions workbook and `docs/exceptions.md` are drawn from this one table.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

REFUSE = "REFUSE"
WARN = "WARN"

SHAPE = "shape"
KNOWN = "known"
ELIGIBLE = "eligible"
SERIAL = "serial"
QUANTITY = "quantity"
PLACE = "place and number"
CREDIT = "credit"
DOCUMENT = "document"

# The order of precedence: a line refused at one stage is not judged at the next.
STAGE_ORDER = (SHAPE, KNOWN, ELIGIBLE, SERIAL, QUANTITY, PLACE, CREDIT, DOCUMENT)


@dataclasses.dataclass(frozen=True, slots=True)
class Code:
    """One exception code as people read it."""

    code: str
    stage: str
    severity: str
    meaning: str
    remedy: str


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against one line (or one warning about it), with where it was found and what stood there."""

    code: str
    message: str
    sheet_row: int | None = None
    document_type: str | None = None
    document_no: str | None = None
    line_no: int | None = None
    unit_no: int | None = None
    column: str | None = None
    value: str | None = None
    evidence: Mapping[str, object] = dataclasses.field(default_factory=dict)
    severity: str = ""

    def __post_init__(self) -> None:
        """Take the code's own severity where none is said."""
        if not self.severity:
            object.__setattr__(self, "severity", CATALOGUE[self.code].severity)


def _codes(stage: str, *entries: tuple[str, str, str] | tuple[str, str, str, str]) -> list[Code]:
    return [Code(entry[0], stage, entry[3] if len(entry) > 3 else REFUSE, entry[1], entry[2]) for entry in entries]


_ALL = [
    *_codes(
        SHAPE,
        (
            "CELL_REQUIRED",
            "A cell that every line needs is empty.",
            "Fill in the cell named in the message.",
        ),
        (
            "CELL_UNREADABLE",
            "A cell holds something that cannot be read, such as a formula error.",
            "Type the value itself into the cell.",
        ),
        (
            "QUANTITY_NOT_INTEGER",
            "The quantity is not a whole number.",
            "Give the number of units as a whole number, such as 2.",
        ),
        (
            "QUANTITY_ZERO",
            "The quantity is zero.",
            "Give the number of units that came back, or remove the line.",
        ),
        (
            "QUANTITY_TOO_LARGE",
            "The quantity is over the limit of one line or one document.",
            "Split the line over several lines or documents, or correct the quantity.",
        ),
        (
            "SIGN_WRONG",
            "The quantity has the wrong sign for this type of document.",
            "Give a positive quantity; only POS invoices show returns as negative ones.",
        ),
        (
            "GENERATE_QUANTITY_INVALID",
            "The generate quantity is not a whole number of zero or more.",
            "Give a whole number, or leave it blank to generate as many serials as needed.",
        ),
        (
            "AMOUNT_INVALID",
            "An amount is not one that the document's currency can hold.",
            "Type the amount plainly, such as 150.00, not negative, with no more decimals than the currency has.",
        ),
        (
            "DATE_INVALID",
            "The date cannot be read as a date.",
            "Use a date cell or type it as YYYY-MM-DD, such as 2026-03-31.",
        ),
        (
            "TYPE_UNKNOWN",
            "The type of document is not one that a sheet can bring.",
            "Use Return, Service or Credit Order, or leave the cell blank for Return.",
        ),
        (
            "SERIAL_STORED_AS_NUMBER",
            "A serial was stored as a number, so zeros in front or digits past the fifteenth may be lost.",
            "Format the column as Text and type the serial again as it is printed on the unit.",
            WARN,
        ),
        (
            "SERIAL_MALFORMED",
            "A serial cell holds something that is no serial, such as a date.",
            "Format the column as Text and type the serial as it is printed on the unit.",
        ),
        (
            "SERIAL_RANGE_INVALID",
            "A range of serials runs backwards or is too long.",
            "Give the lower serial first and at most 10,000 units, such as 1001-1005.",
        ),
        (
            "LINE_REPEATED",
            "The file, or one handed in with it, already has a row with this document and line number.",
            "Give the row a line number of its own, or remove it.",
        ),
        (
            "DOCUMENT_INCONSISTENT",
            "Rows of one document do not agree on its customer, location, date or currency.",
            "Make these cells the same on all rows of the document, or give the rows a document number of their own.",
        ),
        (
            "LINE_ALREADY_POSTED",
            "The line was posted and is final, but the file brings it changed, or another system has opened it again.",
            "Leave the posted line as it was; correct it with a document of its own.",
        ),
        (
            "LINE_STATUS_WRONG",
            "The line's status says that it is done, but nothing of it was done here.",
            "Set the line's status to PENDING to have it settled, or take the line from the document.",
        ),
    ),
    *_codes(
        KNOWN,
        (
            "ITEM_UNKNOWN",
            "The item is not on file.",
            "Correct the item code, or have the item created.",
        ),
        (
            "CUSTOMER_UNKNOWN",
            "The customer is not on file.",
            "Correct the customer code, or have the customer created.",
        ),
        (
            "LOCATION_UNKNOWN",
            "The location is not on file, or none is given and there is no default.",
            "Correct the location code, or have the location created.",
        ),
        (
            "AREA_UNKNOWN",
            "The stock area is not on file.",
            "Correct the area code, or leave it blank to use the location's own.",
        ),
        (
            "AREA_INACTIVE",
            "The stock area is no longer in use.",
            "Name an active area, or leave it blank to use the location's own.",
        ),
        (
            "CURRENCY_UNKNOWN",
            "The currency is not a current ISO 4217 code.",
            "Use a three-letter code such as USD or EUR.",
        ),
        (
            "ITEM_INACTIVE",
            "The item is no longer in use.",
            "Correct the item code, or have the item made active again.",
        ),
        (
            "CUSTOMER_INACTIVE",
            "The customer is no longer active.",
            "Correct the customer code, or have the customer made active again.",
        ),
    ),
    *_codes(
        ELIGIBLE,
        (
            "ITEM_NOT_SERIALIZED",
            "Serials are named or asked for, but the item is not kept by serial.",
            "Clear the serial and generate cells of the line, or correct the item code.",
        ),
        (
            "PERIOD_CLOSED",
            "The credit memo would be dated in a closed period of its location.",
            "Run with a business date after the closing date, or have the period opened.",
        ),
    ),
    *_codes(
        SERIAL,
        (
            "SERIAL_UNKNOWN",
            "The serial named is not in the register.",
            "Check it against the unit; if the unit is new to the system, clear the cell and let a serial be made.",
        ),
        (
            "SERIAL_OTHER_ITEM",
            "The serial named belongs to another item.",
            "Correct the item or the serial.",
        ),
        (
            "SERIAL_ALREADY_IN_STOCK",
            "The unit is already in our stock.",
            "Check the serial; if the unit did come back twice, find out how it left.",
        ),
        (
            "SERIAL_ON_OTHER_DOCUMENT",
            "The unit is held by another open document.",
            "Finish or release that document first, or correct the serial.",
        ),
        (
            "SERIAL_REPEATED",
            "The same unit is named twice on one document.",
            "Remove the second mention, or correct the serial.",
        ),
        (
            "SERIALS_EXCEED_QUANTITY",
            "More units are named than the line's quantity.",
            "Raise the quantity, or remove the serials that are too many.",
        ),
        (
            "MFR_SERIAL_AMBIGUOUS",
            "Several units outside our stock bear this manufacturer's serial.",
            "Name the internal serial of the unit that came back.",
        ),
        (
            "MFR_SERIAL_INVALID",
            "The manufacturer's serial does not pass the check set for this item.",
            "Read it again from the unit.",
        ),
        (
            "SERIAL_MISMATCH",
            "The serial named is not that of the unit attached to the line.",
            "Find out which unit it is, and name or attach that one alone.",
        ),
        (
            "MFR_SERIAL_MISMATCH",
            "The serial named is on file with another manufacturer's serial.",
            "Check both on the unit and correct the one that is wrong.",
        ),
        (
            "MFR_SERIAL_ON_OTHER_ITEM",
            "A unit of another item bears this manufacturer's serial.",
            "Check that the item code is right.",
            WARN,
        ),
        (
            "MFR_SERIAL_NEAR_MATCH",
            "A unit on file bears a manufacturer's serial that looks almost the same.",
            "Check the unit; where it is the one on file and the line is posted, report that it now has two serials.",
            WARN,
        ),
        (
            "NOT_SOLD_TO_CUSTOMER",
            "The unit was sold to somebody else.",
            "Nothing need be done if the unit was given away.",
            WARN,
        ),
    ),
    *_codes(
        QUANTITY,
        (
            "GENERATE_QUANTITY_EXCEEDED",
            "More serials are asked for than the line has units without one.",
            "Ask for at most the allowed quantity, or leave the cell blank.",
        ),
        (
            "UNITS_WITHOUT_SERIAL",
            "Some units of the line would be left without a serial.",
            "Name their serials, or raise the generate quantity, or leave it blank.",
        ),
    ),
    *_codes(
        PLACE,
        (
            "STOCK_AREA_UNRESOLVED",
            "No stock area is set for this step at the location, its parents or the default location.",
            "Name an area on the line, or have the location's areas set.",
        ),
        (
            "STOCK_AREA_WRONG_TYPE",
            "The stock area is of the wrong type for this step.",
            "Name an area of the type given in the message, or have the location's areas corrected.",
        ),
        (
            "SEQUENCE_MISSING",
            "No number sequence is set for the item, the location, its parents or the default location.",
            "Have a number sequence set up; numbers are never started at 1 by themselves.",
        ),
        (
            "SEQUENCE_EXHAUSTED",
            "The number sequence has not enough numbers left for the line.",
            "Have the sequence's mask widened or a new sequence set up.",
        ),
    ),
    *_codes(
        CREDIT,
        (
            "PRICE_UNKNOWN",
            "There is no price for the credit memo: neither on the line nor a list price in its currency.",
            "Give a unit price on the line, or have the item's list price set.",
        ),
        (
            "COST_UNKNOWN",
            "A generated serial has no cost: neither on the line nor an average cost of the item.",
            "Nothing need be done now; the cost can be set on the serial later.",
            WARN,
        ),
    ),
    *_codes(
        DOCUMENT,
        (
            "DOCUMENT_HELD",
            "The line is good, but its document is held for another line.",
            "Correct the lines of the document that were refused; this one needs nothing.",
        ),
        (
            "DOCUMENT_FAILED",
            "The document could not be settled because of a fault in the program; nothing of it was taken.",
            "Pass the trace id in the message to whoever maintains Serialback; it is tried again on the next run.",
        ),
    ),
]

CATALOGUE: Mapping[str, Code] = MappingProxyType({entry.code: entry for entry in _ALL})
assert len(CATALOGUE) == len(_ALL), "a code is declared twice"
