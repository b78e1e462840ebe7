"""Turn rows of an intake sheet into typed lines, or into refusals that say what to type instead.

Pure: what has to be asked of the database is told by `mentioned` and comes back in `IntakeFacts`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import compress
from operator import itemgetter
from typing import Any, TypeAlias

import numpy as np

from batch.core.cells import Cell, RawRow
from batch.core.chunk import AMOUNT_BLANKS
from batch.core.codes import REFUSE, Refusal
from batch.core.columns import COLUMNS, Header
from batch.core.currency import exponent, major_text
from batch.core.frames import pd
from batch.core.identity import UNREADABLE_NO
from batch.core.intake_amounts import read_amounts
from batch.core.intake_cells import (
    Flaw,
    Reader,
    Readings,
    read_column,
    read_date,
    read_generate_quantity,
    read_identifier,
    read_legacy_type,
    read_line_no,
    read_quantity,
    read_type,
    read_words,
    required,
    visible,
)
from batch.core.intake_serials import named_count, range_keys, read_serials, written_out
from batch.core.intake_totals import totals_told_once
from batch.core.intake_width import told_where_too_wide
from batch.core.intake_words import Row, head, place, refusal

DEFAULT_TYPE = "RETURN"
LEGACY_TYPE = "LEGACY_RETURN"
NUMBER_OF_UNITS = "the number of units that came back, such as 2"

# The columns of `IntakePart.lines` in order, and how each is kept; object is text, a list, or None where blank.
LINE_COLUMNS: Mapping[str, str] = {
    "sheet_row": "int64",
    "document_type": "object",
    "document_no": "object",
    "line_no": "Int64",
    "document_date": "object",
    "date_given": "bool",
    "location_code": "object",
    "customer_code": "object",
    "currency": "object",
    "currency_given": "bool",
    "item_code": "object",
    "quantity": "int64",
    "generate_quantity": "Int64",
    "serial_names": "object",
    "serials_named": "int64",
    "mfr_names": "object",
    "unit_price_minor": "Int64",
    "discount_minor": "int64",
    "tax_minor": "int64",
    "unit_cost_minor": "Int64",
    "area_code": "object",
    "reason": "object",
    "reference": "object",
    "cells": "object",
}

# The columns of `IntakePart.identities`, by which rows are told apart and documents found at odds with themselves.
IDENTITY_COLUMNS: Mapping[str, str] = {
    "sheet_row": "int64",
    "document_type": "object",
    "document_no": "object",
    "line_no": "Int64",
    "customer_code": "object",
    "location_code": "object",
    "document_date": "object",
    "currency": "object",
    # How many decimals the row's amounts were read with: a document has but one currency.
    "decimals": "Int64",
}

Columns: TypeAlias = dict[str, Sequence[Any]]
Flaws: TypeAlias = list[tuple[int, str, Flaw]]


@dataclasses.dataclass(frozen=True, slots=True)
class IntakeFacts:
    """What the reading of a sheet needs to know beyond the sheet."""

    file_name: str
    sheet_name: str
    business_date: dt.date
    company_currency: str
    customer_currency: Mapping[str, str]
    # Keys of serials that look like ranges but are in the register as they stand.
    known_as_it_stands: AbstractSet[str] = frozenset()
    date_formats: tuple[str, ...] = ()
    # What the file has before decimals, for remedies to be given in.
    decimal_mark: str = "."
    quantity_limit: int = 10_000
    # The rows are legacy returns, each with a date of its own (R24).
    legacy: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Mentioned:
    """What rows mention that only the database knows: customers without a currency, keys that look like ranges."""

    customers: set[str]
    range_like: set[str]


@dataclasses.dataclass(frozen=True, slots=True)
class IntakePart:
    """Rows as read: the good ones as lines, a reason or more for each of the others, and warnings for either.

    `lines` and `refused_rows` together are the rows read: none is in both, none in neither.
    """

    lines: pd.DataFrame
    # One row a row read, refused or not: who it is and what it says of its document, None where it says nothing.
    identities: pd.DataFrame
    refusals: list[Refusal]
    refused_rows: list[int]
    rows_read: int


def read_lines(rows: Sequence[RawRow], header: Header, facts: IntakeFacts) -> IntakePart:
    """Read rows below the header into lines, one a good row; blank rows are passed over."""
    filled = _below(rows, header)
    cells = _by_field(filled, header)
    columns, flaws = _read_fields(cells, len(filled), facts)
    flaws = totals_told_once(flaws + _discounts_above_gross(columns, facts.decimal_mark), filled, cells)
    # In a workbook a cell is where it is, whatever stands beside it.
    if facts.file_name.casefold().endswith((".csv", ".csv.gz")):
        flaws = told_where_too_wide(flaws, filled, header)
    refused = {at for at, _, flaw in flaws if flaw.severity == REFUSE}
    columns["sheet_row"] = [sheet_row for sheet_row, _ in filled]
    columns["cells"] = [row_cells for _, row_cells in filled]
    identities = pd.DataFrame(
        {name: _array(values, IDENTITY_COLUMNS[name]) for name, values in _identities(columns, flaws)}
    )
    lines = _frame(columns, refused, len(filled))
    assert len(lines) + len(refused) == len(filled), "a row was lost or counted twice"
    return IntakePart(
        lines=lines,
        identities=identities,
        refusals=_refusals(flaws, columns, cells, header, facts),
        refused_rows=[filled[at][0] for at in sorted(refused)],
        rows_read=len(filled),
    )


def mentioned(rows: Sequence[RawRow], header: Header) -> Mentioned:
    """Collect what a part of the rows mentions that only the database knows."""
    below = _below(rows, header)
    cells = _by_field(below, header)
    nothing: Sequence[Cell] = [None] * len(below)
    customers = read_column(cells["customer_code"], read_identifier).outcomes
    currencies = read_column(cells.get("currency", nothing), read_identifier).outcomes
    wanted = {customer for customer, given in zip(customers, currencies, strict=True) if given is None}
    return Mentioned(customers=wanted - {None}, range_like=range_keys(cells.get("serial_no", ())))


def _below(rows: Sequence[RawRow], header: Header) -> list[RawRow]:
    return [row for row in rows if row[0] > header.row and _is_filled(row[1])]


def _is_filled(cells: Iterable[Cell]) -> bool:
    for cell in cells:
        # The first cell of most rows begins with a letter or digit: no need to look closer.
        if cell is not None and ((type(cell) is str and cell[:1].isalnum()) or visible(cell) is not None):
            return True
    return False


def _by_field(rows: Sequence[RawRow], header: Header) -> dict[str, Sequence[Cell]]:
    if not rows:
        return dict.fromkeys(header.fields, ())
    width = max(header.fields.values()) + 1
    full = [cells if len(cells) >= width else cells + [None] * (width - len(cells)) for _, cells in rows]
    # Not zip(*full): an iterator a row would keep the garbage collector busy.
    return {field: list(map(itemgetter(at), full)) for field, at in header.fields.items()}


def _read_fields(cells: Mapping[str, Sequence[Cell]], count: int, facts: IntakeFacts) -> tuple[Columns, Flaws]:
    """Read all columns; the names are those of the lines, also where the sheet lacks the column."""
    columns: Columns = {}
    flaws: Flaws = []

    def keep(name: str, field: str, readings: Readings) -> None:
        columns[name] = readings.outcomes
        flaws.extend((at, field, flaw) for at, flaw in readings.flaws)

    nothing: Sequence[Cell] = [None] * count
    for field, (read, blank) in _readers(facts).items():
        keep(field, field, read_column(cells.get(field, nothing), read, blank))
    keep("serial_names", "serial_no", read_serials(cells.get("serial_no", nothing), facts.known_as_it_stands))
    keep("mfr_names", "mfr_serial_no", read_serials(cells.get("mfr_serial_no", nothing), ranges=False))
    columns["date_given"] = [date is not None for date in columns["document_date"]]
    columns["document_date"] = [date or facts.business_date for date in columns["document_date"]]
    columns["currency_given"] = [given is not None for given in columns["currency"]]
    columns["currency"] = [
        given or facts.customer_currency.get(customer)
        for given, customer in zip(columns["currency"], columns["customer_code"], strict=True)
    ]
    places = _places(columns["currency"])
    with_amounts = map(any, zip(*(cells.get(field, nothing) for field in AMOUNT_BLANKS), strict=True))
    columns["decimals"] = _decimals(columns, with_amounts, facts.company_currency)
    for field, blank in AMOUNT_BLANKS.items():
        amounts = read_amounts(cells.get(field, nothing), places, facts.company_currency, blank, facts.decimal_mark)
        keep(f"{field}_minor", field, amounts)
    return columns, flaws


def _decimals(columns: Columns, with_amounts: Iterable[bool], company_currency: str) -> list[int | None]:
    """Say with how many decimals each row speaks of money: None where it names no currency and no amount.

    Nor does one that names amounts, but not the customer whose currency they are in.
    """
    company = exponent(company_currency)
    decimals = {name: exponent(name or "") for name in set(columns["currency"])}
    decimals = {name: company if places is None else places for name, places in decimals.items()}
    rows = zip(columns["currency_given"], columns["customer_code"], with_amounts, columns["currency"], strict=True)
    return [decimals[name] if given or (amounts and customer) else None for given, customer, amounts, name in rows]


def _readers(facts: IntakeFacts) -> dict[str, tuple[Reader, object]]:
    """Say how each column is read by itself, and what a blank cell of it stands for."""
    return {
        "document_no": (read_identifier, required("the number of the slip, such as R-1001")),
        "line_no": (read_line_no, None),
        "document_type": (read_legacy_type, LEGACY_TYPE) if facts.legacy else (read_type, DEFAULT_TYPE),
        "document_date": (
            functools.partial(read_date, formats=facts.date_formats),
            required("the day the units came back, such as 2019-03-31") if facts.legacy else None,
        ),
        "location_code": (read_identifier, None),
        "customer_code": (read_identifier, required("the code of the customer who is credited")),
        "item_code": (read_identifier, required("the code of the item that came back")),
        "quantity": (functools.partial(read_quantity, limit=facts.quantity_limit), required(NUMBER_OF_UNITS)),
        "generate_quantity": (read_generate_quantity, None),
        "currency": (read_identifier, None),
        "area_code": (read_identifier, None),
        "reason": (read_words, None),
        "reference": (read_words, None),
    }


def _identities(columns: Columns, flaws: Flaws) -> Iterator[tuple[str, Sequence[Any]]]:
    unreadable = {at for at, field, _ in flaws if field == "line_no"}
    for name in IDENTITY_COLUMNS:
        values = columns[name]
        if name == "line_no" and unreadable:
            values = [UNREADABLE_NO if at in unreadable else value for at, value in enumerate(values)]
        if name == "document_date":
            values = [date if given else None for date, given in zip(values, columns["date_given"], strict=True)]
        elif name == "currency":
            values = [code if given else None for code, given in zip(values, columns["currency_given"], strict=True)]
        yield name, values


def _places(values: Sequence[str | None]) -> dict[str | None, Sequence[int]]:
    if len(set(values)) == 1:
        return {values[0]: range(len(values))}
    places: dict[str | None, list[int]] = defaultdict(list)
    for at, value in enumerate(values):
        places[value].append(at)
    return dict(places)


def _discounts_above_gross(columns: Columns, mark: str) -> Flaws:
    """Find discounts larger than what they are taken off, where the row itself gives the price."""
    discounts, prices, quantities = columns["discount_minor"], columns["unit_price_minor"], columns["quantity"]
    flaws: Flaws = []
    for at in [at for at, discount in enumerate(discounts) if discount]:
        if prices[at] is None or quantities[at] is None or discounts[at] <= quantities[at] * prices[at]:
            continue
        gross = major_text(quantities[at] * prices[at], columns["currency"][at] or "").replace(".", mark)
        units = f"{quantities[at]:,} {'unit' if quantities[at] == 1 else 'units'}"
        problem = f"{{}} is more than the {gross} it is taken off ({units} at the price of one)"
        remedy = f"Type the discount of the whole line as an amount, at most {gross}, or correct the price"
        flaws.append((at, "discount", Flaw("AMOUNT_INVALID", problem, remedy)))
    return flaws


def _frame(columns: Columns, refused: AbstractSet[int], count: int) -> pd.DataFrame:
    good = columns
    if refused:
        kept = [at not in refused for at in range(count)]
        good = {name: list(compress(values, kept)) for name, values in columns.items()}
    named, quantities = good["serial_names"], good["quantity"]
    good["serials_named"] = [len(names) if type(names) is list else named_count(names) for names in named]
    good["serial_names"] = [
        names if type(names) is list else written_out(names, quantity)
        for names, quantity in zip(named, quantities, strict=True)
    ]
    arrays = {name: _array(good[name], kind) for name, kind in LINE_COLUMNS.items()}
    return pd.DataFrame(arrays, index=pd.RangeIndex(count - len(refused)))


def _array(values: Sequence[Any], kind: str) -> Any:
    if kind == "Int64":
        # Floats on the way, in which None is NaN; all that is read is well below their largest whole number.
        numbers = np.array(values, np.float64)
        blank = np.isnan(numbers)
        return pd.arrays.IntegerArray(np.where(blank, 0, numbers).astype(np.int64), blank)
    if kind == "object":
        array = np.empty(len(values), object)
        array[:] = values
        # A bare array of texts would become pandas' own text type, in which None is no longer None.
        return pd.Series(array, dtype=object, copy=False)
    return np.array(values, kind)


def _refusals(
    flaws: Flaws, columns: Columns, cells: Mapping[str, Sequence[Cell]], header: Header, facts: IntakeFacts
) -> list[Refusal]:
    """Put the flaws into words, in the order of the rows and, within a row, of the contract's columns."""
    heads = {field: head(header, field) for field in {field for _, field, _ in flaws}}
    where = place(facts.file_name, facts.sheet_name)
    refusals = []
    for at, field, flaw in sorted(flaws, key=lambda found: (found[0], _ORDER[found[1]])):
        row = Row(
            columns["sheet_row"][at], columns["document_type"][at], columns["document_no"][at], columns["line_no"][at]
        )
        refusals.append(refusal(where, row, heads[field], cells[field][at], flaw))
    return refusals


_ORDER = {column.field: at for at, column in enumerate(COLUMNS)}
