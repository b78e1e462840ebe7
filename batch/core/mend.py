"""Say what a wrong cell was likely meant to hold, as far as the cell and the reason against it tell."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from batch.core.columns import column_of
from batch.core.names import range_of

Evidence = Mapping[str, Any]

TYPES = ("Return", "Service", "Credit Order")


def mended(code: str, evidence: Evidence, to_do: str) -> str:
    """Word a suggestion, such as `Quantity 2`; blank where there is no telling."""
    column = column_of(str(evidence.get("column") or ""))
    mend = _MENDS.get(code)
    meant = mend(str(evidence.get("value") or "").strip(), evidence, to_do) if mend else ""
    # What is of another column than the one that is wrong names it itself.
    return f"{column.heading} {meant}" if meant and column and not meant[0].isupper() else meant


def _number(value: str, _evidence: Evidence, _to_do: str) -> str:
    found = re.fullmatch(r"[^\d%]*?([1-9][0-9]{0,4})[^\d%]*", value)
    return found[1] if found else ""


def _amount(_value: str, _evidence: Evidence, to_do: str) -> str:
    found = re.match(r"Type ([0-9]+(?:\.[0-9]+)?)[:;]", to_do)
    return found[1] if found else ""


def _date(value: str, _evidence: Evidence, _to_do: str) -> str:
    """Read day, month and year in the orders that people write them; several are all told."""
    found = re.fullmatch(r"([0-9]{1,4})[./ -]([0-9]{1,2})[./ -]([0-9]{1,4})", value)
    if not found:
        return ""
    first, second, third = map(int, found.groups())
    year_first = len(found[1]) == 4
    orders = ((first, second, third),) if year_first else ((third, second, first), (third, first, second))
    days = (_day(*order) for order in orders)
    return " or ".join(dict.fromkeys(day.isoformat() for day in days if day))


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year + 2000 if year < 100 else year, month, day) if 0 < year < 100 or year > 1990 else None
    except ValueError:
        return None


def _type(value: str, _evidence: Evidence, _to_do: str) -> str:
    close = difflib.get_close_matches(value.casefold(), [each.casefold() for each in TYPES], n=1, cutoff=0.5)
    return f"Type {next(each for each in TYPES if each.casefold() == close[0])}" if close else ""


def _range(value: str, _evidence: Evidence, _to_do: str) -> str:
    found = range_of(value)
    if found is None or found.last >= found.first:
        return ""
    low, high = (f"{found.prefix}{number:0{found.digits}}" for number in (found.last, found.first))
    return f"Serial # {low}-{high}"


def _allowed(_value: str, evidence: Evidence, _to_do: str) -> str:
    allowed = evidence.get("allowed")
    return f"Generate Quantity {allowed}, or blank" if allowed is not None else ""


def _named(_value: str, evidence: Evidence, _to_do: str) -> str:
    return f"Quantity {evidence['named']}, if all of them came back" if "named" in evidence else ""


def _one_of(_value: str, evidence: Evidence, _to_do: str) -> str:
    serials = [str(each) for each in evidence.get("serials") or ()]
    more = f", or one of {len(serials) - 5} more" if len(serials) > 5 else ""
    return f"Serial # {' or '.join(serials[:5])}{more}" if serials else ""


def _mfr_on_file(_value: str, evidence: Evidence, _to_do: str) -> str:
    bearing, serial = evidence.get("mfr_serial_no"), evidence.get("serial_no")
    area = f", in area {evidence['area_code']}" if evidence.get("area_code") else ""
    return f"Mfr Serial # {bearing} (on serial {serial}{area})" if bearing else ""


def _item_on_file(_value: str, evidence: Evidence, _to_do: str) -> str:
    item, serial = evidence.get("item_code"), evidence.get("serial_no")
    return f"Item {item}, if the unit is {serial}" if item and serial else ""


_MENDS: Mapping[str, Callable[[str, Evidence, str], str]] = MappingProxyType(
    {
        "QUANTITY_NOT_INTEGER": _number,
        "GENERATE_QUANTITY_INVALID": _number,
        "SIGN_WRONG": _number,
        "AMOUNT_INVALID": _amount,
        "DATE_INVALID": _date,
        "TYPE_UNKNOWN": _type,
        "SERIAL_RANGE_INVALID": _range,
        "GENERATE_QUANTITY_EXCEEDED": _allowed,
        "UNITS_WITHOUT_SERIAL": _allowed,
        "SERIALS_EXCEED_QUANTITY": _named,
        "MFR_SERIAL_AMBIGUOUS": _one_of,
        "MFR_SERIAL_NEAR_MATCH": _mfr_on_file,
        "MFR_SERIAL_MISMATCH": _mfr_on_file,
        "SERIAL_OTHER_ITEM": _item_on_file,
        "MFR_SERIAL_ON_OTHER_ITEM": _item_on_file,
    }
)
