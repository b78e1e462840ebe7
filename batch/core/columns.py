"""Declare the columns of the intake workbook, and find the sheet and the header row that hold them."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from batch.core.cells import RawRow

HEADER_ROWS = 20
INTAKE_SHEET = "intake"


@dataclasses.dataclass(frozen=True, slots=True)
class IntakeColumn:
    """One column of the intake workbook: how it is headed, what else it may be headed, and what it holds."""

    heading: str
    field: str
    mandatory: bool
    identifier: bool
    aliases: tuple[str, ...]
    help: str
    example: str


@dataclasses.dataclass(frozen=True, slots=True)
class Header:
    """The header row of a sheet: which column (from 0) holds which field, and every heading as typed."""

    row: int
    fields: Mapping[str, int]
    headings: tuple[str, ...]
    # Headings that stand for nothing we know: worth telling, since what is below them is not read.
    unread: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class MissingColumns:
    """No row near the top of the sheet has all mandatory columns; `missing` is told of the row that comes closest."""

    missing: tuple[str, ...]
    found: tuple[str, ...] = ()
    row: int | None = None
    sheet: str = ""

    @property
    def cause(self) -> str:
        """Say what is missing, and where it was looked for."""
        place = f"the sheet {self.sheet}" if self.sheet else "the sheet"
        closest = f" (row {self.row} has only {_listed(self.found)})" if self.found else ""
        return f"{place} has no column for {_listed(self.missing)} in its top {HEADER_ROWS} rows{closest}"

    @property
    def remedy(self) -> str:
        """Say which headings to put where."""
        others = "; ".join(f"{name} may also be headed {', '.join(_shown_aliases(name))}" for name in self.missing)
        return f"Put the headings {_listed(self.missing)} in the header row. {others}"


@dataclasses.dataclass(frozen=True, slots=True)
class RepeatedColumns:
    """Two or more headings of the header row stand for the same column, so nobody can say which is meant."""

    heading: str
    found: tuple[str, ...]
    row: int
    sheet: str = ""

    @property
    def cause(self) -> str:
        """Name the headings that are read as the same column."""
        place = f"row {self.row} of the sheet {self.sheet}" if self.sheet else f"row {self.row}"
        return f"{place} has several columns for {self.heading}: {_listed(self.found)}"

    @property
    def remedy(self) -> str:
        """Say to keep one of them."""
        return f"Keep one column for {self.heading} and remove the others or give them a heading of another meaning"


@dataclasses.dataclass(frozen=True, slots=True)
class SheetTop:
    """One sheet of a workbook as far as it takes to find its header: name, visibility and top rows."""

    name: str
    visible: bool
    rows: Sequence[RawRow]


@dataclasses.dataclass(frozen=True, slots=True)
class ChosenSheet:
    """The sheet to read: its position in the workbook, its name and its header."""

    position: int
    name: str
    header: Header
    # Other visible sheets with the same columns and something below them, which are not read.
    passed_over: tuple[str, ...] = ()


def choose_sheet(sheets: Sequence[SheetTop]) -> ChosenSheet | MissingColumns | RepeatedColumns:
    """Choose the sheet named Intake (any case), else the first visible one whose header fits."""
    named = [at for at, sheet in enumerate(sheets) if sheet.name.strip().casefold() == INTAKE_SHEET][:1]
    closest: MissingColumns | None = None
    for at in named or [at for at, sheet in enumerate(sheets) if sheet.visible]:
        sheet = sheets[at]
        header = find_header(sheet.rows)
        if isinstance(header, Header):
            return ChosenSheet(at, sheet.name, header, tuple(_fitting(sheets, at)))
        header = dataclasses.replace(header, sheet=sheet.name)
        # A sheet with a column twice is an intake sheet all the same: passing on to another could read an old copy.
        if isinstance(header, RepeatedColumns):
            return header
        if closest is None or len(header.missing) < len(closest.missing):
            closest = header
    return closest or MissingColumns(MANDATORY)


def _fitting(sheets: Sequence[SheetTop], but: int) -> Iterator[str]:
    """Name further visible sheets that could be read."""
    for at, sheet in enumerate(sheets):
        header = find_header(sheet.rows) if at != but and sheet.visible else None
        if isinstance(header, Header) and any(row > header.row and any(cells) for row, cells in sheet.rows):
            yield sheet.name


def find_header(rows: Sequence[RawRow]) -> Header | MissingColumns | RepeatedColumns:
    """Find the first of the top 20 rows of a sheet that has the mandatory columns."""
    closest = MissingColumns(MANDATORY)
    for sheet_row, cells in rows:
        if sheet_row > HEADER_ROWS:
            break
        headings = tuple(cell.strip() if isinstance(cell, str) else "" for cell in cells)
        places: dict[str, list[int]] = {}
        for at, heading in enumerate(headings):
            if (column := column_of(heading)) is not None:
                places.setdefault(column.field, []).append(at)
        missing = tuple(column.heading for column in COLUMNS if column.mandatory and column.field not in places)
        if not missing:
            return _header(sheet_row, headings, places)
        if len(missing) < len(closest.missing):
            found = tuple(headings[at] for at in sorted(at for taken in places.values() for at in taken))
            closest = MissingColumns(missing, found, sheet_row)
    return closest


def _header(sheet_row: int, headings: tuple[str, ...], places: Mapping[str, Sequence[int]]) -> Header | RepeatedColumns:
    for field, taken in places.items():
        if len(taken) > 1:
            found = tuple(f"{headings[at]} (column {column_letters(at)})" for at in taken)
            return RepeatedColumns(BY_FIELD[field].heading, found, sheet_row)
    fields = {field: taken[0] for field, taken in places.items()}
    read = set(fields.values())
    unread = tuple(heading for at, heading in enumerate(headings) if heading and at not in read)
    return Header(sheet_row, MappingProxyType(fields), headings, unread)


def column_of(heading: str) -> IntakeColumn | None:
    """Find the column that a heading stands for, by its own name or another."""
    return _BY_KEY.get(heading_key(heading))


def heading_key(heading: str) -> str:
    """Reduce a heading to what counts: letters and digits in lower case. A percent sign counts as the word.

    `Discount %` must not be read as the amount `Discount`.
    """
    folded = unicodedata.normalize("NFKC", heading).casefold().replace("%", "percent")
    return "".join(filter(str.isalnum, folded))


def column_letters(at: int) -> str:
    """Name a column (from 0) as a spreadsheet does: A, B, … Z, AA."""
    letters = ""
    at += 1
    while at:
        at, letter = divmod(at - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _shown_aliases(heading: str) -> tuple[str, ...]:
    return BY_HEADING[heading].aliases[:4]


def _column(
    heading: str,
    field: str,
    help_text: str,
    example: str,
    *aliases: str,
    mandatory: bool = False,
    identifier: bool = False,
) -> IntakeColumn:
    return IntakeColumn(heading, field, mandatory, identifier, aliases, help_text, example)


# fmt: off
COLUMNS: tuple[IntakeColumn, ...] = (
    _column(
        "Document #", "document_no", "The number of the slip the units came back on. One row is one line of it.",
        "R-1001",
        "Document No", "Return #", "RMA", "RMA #", "Document Number", "Document ID", "Doc #", "Doc No", "Doc Number",
        "Return No", "Return Number", "RMA No", "RMA Number", "Slip", "Slip #", "Slip No", "Slip Number",
        "Return Slip", "Return Slip No", "Return Slip Number", "Credit Order No", "Credit Order Number",
        mandatory=True, identifier=True,
    ),
    _column(
        "Line #", "line_no", "The position on the slip. Left out, the rows of a slip are counted from 1.", "1",
        "Line", "Line No", "Line Number", "Line Nr", "Document Line", "Document Line No",
    ),
    _column(
        "Type", "document_type", "Return, Service or Credit Order. Left out, it is a return.", "Return",
        "Kind", "Document Type", "Doc Type",
    ),
    _column(
        "Date", "document_date", "The date on the slip. Left out, it is the business date of the run.", "2026-03-31",
        "Document Date", "Return Date", "Ret Date", "Date of Return", "Doc Date", "Slip Date", "RMA Date",
        "Date Returned", "Returned On",
    ),
    _column(
        "Location", "location_code", "The code of the location that took the units in. Left out, the default one.",
        "HQ",
        "Store", "Branch", "Location Code", "Location No", "Store Code", "Store No", "Store Number", "Branch Code",
        "Branch No", "Branch Number", "Shop", "Site",
        identifier=True,
    ),
    _column(
        "Customer", "customer_code", "The code of the customer who is credited.", "C1",
        "Customer Code", "Account", "Customer #", "Customer No", "Customer Number", "Customer ID", "Cust", "Cust #",
        "Cust No", "Cust Code", "Account Code", "Account No", "Account Number", "Client", "Client Code", "Client No",
        mandatory=True, identifier=True,
    ),
    _column(
        "Item", "item_code", "The code of the item that came back.", "CPU",
        "Item Code", "SKU", "Part #", "Item #", "Item No", "Item Number", "Item ID", "SKU Code", "Part", "Part No",
        "Part Number", "Part Code", "Product", "Product Code", "Product No", "Product Number", "Product ID",
        "Article", "Article No", "Article Number", "Article Code", "Stock Code",
        mandatory=True, identifier=True,
    ),
    _column(
        "Quantity", "quantity", "How many units came back: a whole number above zero.", "2",
        "Qty", "Qty Returned", "Quantity Returned", "Returned Qty", "Returned Quantity", "Return Qty",
        "Return Quantity", "Units", "Units Returned", "Pcs", "Pieces",
        mandatory=True,
    ),
    _column(
        "Generate Quantity", "generate_quantity",
        "How many new serials at most may be made for the line. Left blank, as many as needed.", "1",
        "Gen Qty", "Generate", "Generate Qty", "Gen Quantity", "Qty to Generate", "Quantity to Generate",
        "Serials to Generate", "Generate Serials",
    ),
    _column(
        "Serial #", "serial_no",
        "Our own serials of the units: one, a list (new line, comma or semicolon) or a range such as 1001-1005.",
        "4001",
        "Serial No", "S/N", "Serial", "Serials", "Serial Number", "Serial Numbers", "Serial Nos", "SN", "Ser No",
        "Ser #", "Serial Num", "Internal Serial", "Internal Serials", "Internal Serial No", "Internal Serial Number",
        "Internal S/N", "Our Serial", "Our Serial No", "Our Serial Number",
        identifier=True,
    ),
    _column(
        "Mfr Serial #", "mfr_serial_no",
        "The manufacturer's serials of the units: one or a list. As many as Serial # are pairs in order.", "M-7",
        "Manufacturer Serial", "IMEI", "Mfr Serial", "Mfr S/N", "Mfr SN", "Mfr Serials", "Mfr Serial No",
        "Mfr Serial Number", "Mfr Serial Numbers", "Mfr's Serial", "Mfr's Serial No", "Mfr's Serial Number",
        "Mfg Serial", "Mfg S/N", "Mfg Serial No", "Mfg Serial Number", "Manufacturer Serials",
        "Manufacturer Serial #", "Manufacturer Serial No", "Manufacturer Serial Number", "Manufacturer S/N",
        "Manufacturer SN", "Manufacturer's Serial", "Manufacturer's Serials", "Manufacturer's Serial No",
        "Manufacturer's Serial Number", "Manufacturer's Serial Numbers", "Manufacturer's S/N", "Maker's Serial",
        "OEM Serial", "OEM Serial No", "OEM Serial Number", "OEM S/N", "Factory Serial", "MSN", "IMEI No",
        "IMEI Number", "IMEIs",
        identifier=True,
    ),
    _column(
        "Unit Price", "unit_price", "The price of one unit, in the document's currency. Left blank, the list price.",
        "150.00",
        "Price", "Price Each", "Price per Unit", "Unit Sales Price",
    ),
    _column(
        "Discount", "discount", "The discount of the whole line, as an amount.", "10.00",
        "Discount Amount", "Line Discount", "Line Discount Amount",
    ),
    _column(
        "Tax", "tax", "The tax of the whole line, as an amount.", "28.00",
        "Tax Amount", "Line Tax", "Line Tax Amount", "Sales Tax", "VAT Amount", "GST Amount",
    ),
    _column(
        "Unit Cost", "unit_cost", "The cost of one unit. Left blank, the item's average cost.", "100.00",
        "Cost", "Cost Each", "Cost per Unit", "Cost Price", "Unit Cost Price",
    ),
    _column(
        "Currency", "currency", "The currency of the amounts, such as USD. Left blank, the customer's.", "USD",
        "Currency Code", "Document Currency", "Curr", "Ccy",
        identifier=True,
    ),
    _column(
        "Area", "area_code", "The code of the stock area the units are put in. Left blank, the location's own.",
        "CRMA",
        "Stock Area", "Bin", "Area Code", "Stock Area Code", "Receiving Area", "Receiving Stock Area", "Bin Code",
        identifier=True,
    ),
    _column(
        "Reason", "reason", "Why the units came back, in free words.", "Dead on arrival",
        "Return Reason", "Reason for Return", "Reason Code",
    ),
    _column(
        "Reference", "reference", "The document the units were sold on.", "INV-2231",
        "Ref", "Ref No", "Ref Number", "Reference No", "Reference Number", "Original Document",
        "Original Document No", "Original Document Number", "Original Invoice", "Original Invoice No",
        "Original Invoice Number", "Invoice", "Invoice No", "Invoice Number", "Sales Invoice",
    ),
)
# fmt: on

BY_FIELD: Mapping[str, IntakeColumn] = MappingProxyType({column.field: column for column in COLUMNS})
BY_HEADING: Mapping[str, IntakeColumn] = MappingProxyType({column.heading: column for column in COLUMNS})
MANDATORY: tuple[str, ...] = tuple(column.heading for column in COLUMNS if column.mandatory)
_BY_KEY = {heading_key(name): column for column in COLUMNS for name in (column.heading, *column.aliases)}
