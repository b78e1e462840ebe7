"""Tell whether a format says all that makes a date."""

from __future__ import annotations

import datetime as dt


def flaw_of_format(text: str) -> str | None:
    """Say what is wrong with a format of dates; None where nothing is."""
    day = dt.datetime(2001, 2, 3)
    # In a year that has the same weekdays; a day read without its year is something that Python warns of.
    with_year = day.strftime(text) != day.replace(year=2007).strftime(text)
    asked = text if with_year else f"{text} %Y"
    try:
        told = dt.datetime.strptime(day.strftime(asked), asked)
    except ValueError as error:
        return f"{text!r} is no date format: {error}"
    return None if with_year and told == day else f"{text!r} does not tell day, month and year"


def read_by(form: str, text: str) -> dt.date | None:
    """Read a date by a format; None where it is none."""
    try:
        return dt.datetime.strptime(text, form).date()
    except ValueError:
        return None
