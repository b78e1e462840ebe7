"""Read values as other systems have stored them: SQLite keeps in any column whatever it is given."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import sqlalchemy as sa

_NAN = float("nan")
_LONGEST_SHOWN = 200
_MOST_COUNTED = 2**31
_AS_TEXT = sa.Text().with_variant(sa.LargeBinary(), "sqlite")
_NUMBERS = {int, float, Decimal, type(None)}


def serial_text(stored: str | bytes | None) -> str | None:
    """Read a serial as it is stored; SQLite keeps bytes, and characters that are none."""
    if stored is None:
        return None
    text = stored.decode(errors="replace") if isinstance(stored, bytes) else stored
    return text.replace("\0", "") or None


def whole_numbers(values: Sequence[Any], blank: int | None) -> tuple[Sequence[int | None], Sequence[str | None]]:
    """Part amounts as they are stored into whole numbers, and the texts of those that are none."""
    if {type(value) for value in values} <= {int, type(None)}:
        return values, [None] * len(values)
    is_whole = [value is None or _as_number(value).is_integer() for value in values]
    return (
        [
            (None if value is None else int(value)) if whole else blank
            for value, whole in zip(values, is_whole, strict=True)
        ],
        [None if whole else number_text(value) for value, whole in zip(values, is_whole, strict=True)],
    )


def numbers(values: Sequence[object]) -> npt.NDArray[np.float64]:
    """Read numbers as they are stored; NaN where there is none, or what another system wrote is none."""
    if {type(value) for value in values} <= _NUMBERS:
        return np.array(values, dtype=np.float64)
    return np.array([_as_number(value) for value in values], dtype=np.float64)


def units_of(quantity: object) -> int:
    """Read how many units a quantity is, as it is stored; none where it is no whole number."""
    number = _as_number(quantity)
    return abs(int(number)) if number.is_integer() else 0


def _as_number(value: object) -> float:
    if value is None or isinstance(value, str | bytes):
        return _NAN
    return float(value)  # type: ignore[arg-type]


def json_as_stored(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Read JSON as the text it is; on SQLite, where it may be none, as bytes."""
    return sa.cast(column, _AS_TEXT).label(column.name)


def surplus_units(
    stored: Sequence[str | bytes | None],
) -> tuple[Sequence[list[dict[str, Any]] | None], Sequence[str | None]]:
    """Part what lines name beyond their quantity into lists of units, and the texts of what is no such list."""
    if set(stored) <= {None}:
        return [None] * len(stored), [None] * len(stored)
    read = [_surplus(serial_text(value)) for value in stored]
    return [units for units, _ in read], [text for _, text in read]


def _surplus(text: str | None) -> tuple[list[dict[str, Any]] | None, str | None]:
    if text is None or not text.strip():
        return None, None
    try:
        units = orjson.loads(text)
    except orjson.JSONDecodeError:
        units = text
    if units is None or (isinstance(units, list) and all(map(_is_unit, units))):
        return units, None
    return None, text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _is_unit(each: object) -> bool:
    if not isinstance(each, dict):
        return False
    names, count = (each.get("serial_no"), each.get("mfr_serial_no")), each.get("count", 1)
    return all(name is None or isinstance(name, str) for name in names) and (
        type(count) is int and 0 < count <= _MOST_COUNTED
    )


def number_text(value: object) -> str:
    """Write a number of the database without trailing zeros."""
    number = _as_number(value)
    return str(int(number)) if number.is_integer() else str(value)
