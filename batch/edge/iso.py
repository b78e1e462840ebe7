"""Write dates and instants as ISO 8601 text, so that what is looked up can be printed as JSON as it stands."""

from __future__ import annotations

import datetime as dt
from typing import overload


@overload
def iso_instant(value: dt.datetime) -> str: ...
@overload
def iso_instant(value: None) -> None: ...
def iso_instant(value: dt.datetime | None) -> str | None:
    """Write an aware instant in UTC to the second: `2026-03-31T22:15:00Z`."""
    if value is None:
        return None
    return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@overload
def iso_date(value: dt.date) -> str: ...
@overload
def iso_date(value: None) -> None: ...
def iso_date(value: dt.date | None) -> str | None:
    """Write a date: `2026-03-31`."""
    return None if value is None else value.isoformat()
