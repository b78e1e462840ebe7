"""Check when a job is to run, as it will stand in a crontab line (crontab(5))."""

from __future__ import annotations

import re
from typing import Final

NICKNAMES: Final = ("@reboot", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
# The second is cronie's: a number somewhere between, drawn when the line is read.
_RANGE: Final = re.compile("[-~]")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# What each field is called, its lowest and highest number, and the numbers that have a name.
_FIELDS: Final[tuple[tuple[str, int, int, dict[str, int]], ...]] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("day of the week", 0, 7, {name: number for number, name in enumerate(_DAYS)}),
)


def cron_flaw(text: str) -> str | None:
    """Say what cron would not understand, None where it would."""
    fields = text.split()
    if text.startswith("@"):
        return None if text.strip().lower() in NICKNAMES else f"cron knows no {text}, but {', '.join(NICKNAMES)}"
    if len(fields) != len(_FIELDS):
        return "a cron line has five fields, such as */15 6-20 * * 1-6"
    for given, (name, lowest, highest, named) in zip(fields, _FIELDS, strict=True):
        if not all(_is_one_of(part, lowest, highest, named) for part in given.split(",")):
            return f"{given} is no {name}: that is {lowest} to {highest}, a range such as {lowest}-{highest}, or *"
    return None


def _is_one_of(part: str, lowest: int, highest: int, named: dict[str, int]) -> bool:
    """Say whether a part of a list is a number, a range or *, either of these with a step."""
    among, slash, step = part.partition("/")
    if slash and not (step.isdecimal() and step.isascii() and int(step) > 0):
        return False
    if among == "*":
        return True
    ends = [_number(end, named) for end in _RANGE.split(among, maxsplit=1)]
    known = [end for end in ends if end is not None and lowest <= end <= highest]
    return len(known) == len(ends) and known == sorted(known)


def _number(text: str, named: dict[str, int]) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() else named.get(text.lower())
