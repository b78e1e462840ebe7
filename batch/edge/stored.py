"""Read values as other systems have stored them: SQLite keeps in any column whatever it is given."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

_NAN = float("nan")
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


def _as_number(value: object) -> float:
    if value is None or isinstance(value, str | bytes):
        return _NAN
    return float(value)  # type: ignore[arg-type]


def number_text(value: object) -> str:
    """Write a number of the database without trailing zeros."""
    number = _as_number(value)
    return str(int(number)) if number.is_integer() else str(value)
