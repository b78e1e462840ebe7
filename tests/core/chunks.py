"""Draw a chunk from a few words, in the world of the worked examples: MAIN and HQ, a CPU, a MOUSE, a CABLE.

A document is drawn as `doc("RETURN R-1 HQ C1", "CPU 3 #4001 #/M-7 gen=2")`: its type, number, location and customer,
then its lines: item, quantity, units (`#serial/mfr`, either half may be missing; `@serial` as the POS attaches it)
and other columns by name. A dash says that a cell is blank. A line that is posted is on a memo, unless `memo=none`.
Document 1 has the lines 101, 102 ...
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from batch.core.areas import AREA_ROLES, Area, Location, Places
from batch.core.areas import Sequence as NumberSequence
from batch.core.chunk import (
    DOCUMENT_COLUMNS,
    LINE_COLUMNS,
    OPEN_LINE_STATUSES,
    Chunk,
    Customer,
    Item,
    NamedUnit,
    OpenDocument,
    Terms,
    Unit,
)
from batch.core.hold import Hold
from batch.core.keys import serial_key
from batch.core.outcome import Outcome

TODAY = dt.date(2026, 3, 31)
TERMS = Terms(business_date=TODAY, hold=Hold.LINE, currency="USD")
HELD_WHOLE = dataclasses.replace(TERMS, hold=Hold.DOCUMENT)
# The id of a unit attached that is none of the register's.
NOT_ON_FILE = 9999
WRITING = dataclasses.replace(TERMS, credit_memos_for_legacy=True)

Row = Location | Area | NumberSequence | Item | Customer


def location(code: str, parent: str | None = None, *areas: str | None, default: bool = False, **more: Any) -> Location:
    """Draw a location with its areas in the order of the roles: Out, credit order, service, credit memo."""
    own = dict.fromkeys(AREA_ROLES) | dict(zip(AREA_ROLES, areas, strict=False))
    return Location(code, parent, default, own, **more)


def area(code: str, area_type: str = "OUT", *, active: bool = True) -> Area:
    """Draw a stock area."""
    return Area(code, area_type, active)


def numbers(code: str, at: str | None, first: int, mask: str = "{seq}", last: int | None = None) -> NumberSequence:
    """Draw a sequence; its kind is told by its code, CM for credit memos."""
    kind = "CREDIT_MEMO" if code.startswith("CM") else "SERIAL"
    return NumberSequence(code, kind, at, mask, ((first, last),))


def item(code: str, kind: str = "SERIALIZED", price: int | None = 15000, cost: int | None = 10000, **more: Any) -> Item:
    """Draw an item; amounts in minor units."""
    return dataclasses.replace(Item(code, kind, price, cost, None, None, active=True), **more)


def customer(code: str, currency: str = "USD", *, active: bool = True) -> Customer:
    """Draw a customer."""
    return Customer(code, currency, active)


@dataclasses.dataclass(frozen=True)
class World:
    """Reference rows; every change makes another world."""

    rows: tuple[Row, ...]

    def having(self, *rows: Row) -> World:
        """Put rows in, in the place of those with the same code."""
        kept = self.without(*(code_of(row) for row in rows))
        return World((*kept.rows, *rows))

    def without(self, *codes: str) -> World:
        """Leave out the rows of these codes."""
        return World(tuple(row for row in self.rows if code_of(row) not in codes))

    def places(self) -> Places:
        """Give locations, areas and sequences as a snapshot does."""
        return Places(self.of(Location), self.of(Area), self.of(NumberSequence))

    def of(self, kind: type[Any]) -> list[Any]:
        """Give the rows of one kind."""
        return [row for row in self.rows if isinstance(row, kind)]


def code_of(row: Row) -> str:
    """Give the code of a reference row: the field it begins with."""
    return str(getattr(row, dataclasses.fields(row)[0].name))


WORLD = World(
    (
        location("MAIN", None, "RELEASED", None, None, "MAIN-STOCK", default=True),
        location("HQ", None, "RELEASED", "CRMA-EX", "REPAIRS-IN", "CRMA"),
        location("HQ-SALES", "HQ"),
        area("RELEASED"),
        area("SOLD"),
        area("CRMA-EX"),
        area("REPAIRS-IN"),
        area("CRMA", "STOCK"),
        area("MAIN-STOCK", "STOCK"),
        area("OLD-STOCK", "STOCK", active=False),
        numbers("S-HQ", "HQ", 5001),
        numbers("S-MAIN", "MAIN", 900),
        numbers("CM-HQ", "HQ", 1, "CM-HQ-{seq:05}"),
        numbers("CM-MAIN", "MAIN", 1, "CM-MAIN-{seq:05}"),
        item("CPU"),
        item("GPU"),
        item("MOUSE", "AUTO_SERIALIZED", 2000, None),
        item("CABLE", "INVENTORIED", 500),
        item("WORK", "NON_INVENTORIED", 7500),
        item("OLD-CPU", active=False),
        customer("C1"),
        customer("C2"),
        customer("C-EUR", "EUR"),
        customer("C-OLD", active=False),
    )
)


@dataclasses.dataclass(frozen=True)
class Doc:
    """A document as drawn."""

    words: str
    lines: tuple[str, ...]


def doc(words: str, *lines: str) -> Doc:
    """Draw a document: `RETURN R-1 HQ C1 currency=EUR`; what is left out is R-<n>, HQ, C1 and no currency."""
    return Doc(words, lines)


def unit(serial_no: str, at: str = "RELEASED", *, of: str = "CPU", mfr: str | None = None, **more: Any) -> Unit:
    """Draw a unit of the register; its id is given by the chunk."""
    mfr_key = serial_key(mfr) if mfr else None
    drawn = Unit(None, serial_no, serial_key(serial_no), of, mfr, mfr_key, at, None, None)
    return dataclasses.replace(drawn, **more)


def chunk(
    *documents: Doc,
    register: Iterable[Unit] = (),
    world: World = WORLD,
    first_id: int = 1,
    open_documents: Mapping[int, OpenDocument] | None = None,
    **more: Any,
) -> Chunk:
    """Draw a chunk: document `first_id` and those that follow, and the world they mention."""
    units = [dataclasses.replace(each, serial_id=each.serial_id or place) for place, each in enumerate(register, 1)]
    ids = {each.serial_no: each.serial_id for each in units}
    heads, lines, named, credited = [], [], {}, {}
    for document_id, document in enumerate(documents, first_id):
        heads.append(_document(document_id, document.words))
        for line_no, words in enumerate(document.lines, 1):
            line_id = document_id * 100 + line_no
            line, those = _line(line_id, document_id, line_no, words, ids)
            lines.append(line)
            if those:
                named[line_id] = those
            memo_no = _split(words.split())[1].get("memo", "CM-1" if line["status"] in {"POSTED", "CLOSED"} else "none")
            if memo_no != "none":
                credited[line_id] = memo_no
    fields: dict[str, Any] = {
        "documents": _frame(heads, DOCUMENT_COLUMNS),
        "lines": _frame(lines, LINE_COLUMNS).astype({"quantity": "float64", "generate_quantity": "float64"}),
        "units": named,
        "items": {each.item_code: each for each in world.of(Item)},
        "customers": {each.customer_code: each for each in world.of(Customer)},
        "places": world.places(),
        "register": units,
        "open_documents": open_documents or {},
        "sheets": {},
        "hints": {},
        "credited": credited,
    }
    return Chunk(**(fields | more))


def reasons(outcome: Outcome) -> dict[int, list[str]]:
    """Give the codes said of each line, those of a unit with its number: `{101: ["SERIAL_UNKNOWN/1"]}`."""
    said: dict[int, list[str]] = {}
    for each in outcome.exceptions:
        unit_no = each.refusal.unit_no
        said.setdefault(each.line_id, []).append(each.refusal.code + (f"/{unit_no}" if unit_no else ""))
    return said


def _document(document_id: int, words: str) -> dict[str, object]:
    plain, named = _split(words.split())
    given = [None if word == "-" else word for word in plain]
    left_out = [None, f"R-{document_id}", "HQ", "C1"][len(given) :]
    document_type, document_no, location_code, customer_code = [*given, *left_out]
    return {
        "document_id": document_id,
        "document_type": document_type,
        "document_no": document_no,
        "location_code": location_code,
        "customer_code": customer_code or "",
        "currency": named.get("currency"),
        "document_date": dt.date.fromisoformat(named.get("on", "2026-03-30")),
        "date_text": named.get("on_text"),
        "status": named.get("status", "PENDING"),
        "source": named.get("source", "INTAKE"),
    }


def _line(
    line_id: int, document_id: int, line_no: int, words: str, ids: Mapping[str, int | None]
) -> tuple[dict[str, object], list[NamedUnit]]:
    (item_code, quantity_text, *rest), given = _split(words.split())
    quantity = _number(quantity_text)
    room = int(abs(quantity)) if math.isfinite(quantity) else 0
    # On a line that is done, an earlier run has said what it did to the unit.
    action = None if given.get("status", "PENDING") in OPEN_LINE_STATUSES else "ATTACHED"
    named = [_named(unit_no, word, ids, action) for unit_no, word in enumerate(rest, 1)]
    surplus: list[dict[str, object]] = [
        {"serial_no": each.serial_no, "mfr_serial_no": each.mfr_serial_no} for each in named[room:]
    ]
    if "more" in given:
        surplus.append({"count": int(given["more"])})
    line = {
        "line_id": line_id,
        "document_id": document_id,
        "line_no": line_no,
        "item_code": item_code,
        "quantity": quantity,
        "generate_quantity": _number(given.get("gen", "nan")),
        "generate_given": "gen" in given,
        "quantity_text": quantity_text,
        "generate_text": given.get("gen"),
        "unit_price_minor": _whole(given.get("price")),
        "discount_minor": _whole(given.get("discount", "0")),
        "tax_minor": _whole(given.get("tax", "0")),
        "unit_cost_minor": _whole(given.get("cost")),
        "unit_price_text": given.get("price_text"),
        "discount_text": given.get("discount_text"),
        "tax_text": given.get("tax_text"),
        "unit_cost_text": given.get("cost_text"),
        "area_code": given.get("area"),
        "surplus_units": surplus or None,
        "surplus_text": given.get("surplus_text"),
        "status": given.get("status", "PENDING"),
        "sheet_row": _whole(given.get("row")),
        "intake_file_id": _whole(given.get("file")),
        "amount_decimals": _whole(given.get("decimals")),
    }
    return line, named[:room]


def _named(unit_no: int, word: str, ids: Mapping[str, int | None], action: str | None) -> NamedUnit:
    name, _, mfr = word[1:].partition("/")
    if word.startswith("@"):
        return NamedUnit(unit_no, None, mfr or None, ids.get(name, NOT_ON_FILE), action)
    return NamedUnit(unit_no, name or None, mfr or None, None, None)


def _split(words: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    named = dict(word.split("=", 1) for word in words if "=" in word)
    return [word for word in words if "=" not in word], named


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _whole(text: str | None) -> int | None:
    return None if text is None else int(text)


def _frame(rows: Sequence[Mapping[str, object]], names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=object) for name in names})
