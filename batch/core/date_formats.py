"""Tell whether a format says all that makes a date."""

from __future__ import annotations

import datetime as dt


def flaw_of_format(text: str) -> str | None:
    """Say what is wrong with a format of dates; None where nothing is."""
    day = dt.datetime(2001, 2, 3)
    try:
        told = dt.datetime.strptime(day.strftime(text), text)
    except ValueError as error:
        return f"{text!r} is no date format: {error}"
    return None if told == day else f"{text!r} does not tell day, month and year"


def read_by(form: str, text: str) -> dt.date | None:
    """Read a date by a format; None where it is none."""
    try:
        return dt.datetime.strptime(text, form).date()
    except ValueError:
        return None
