"""Take apart what a cell names: a list of serials, and ranges of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import normalize

from batch.core.keys import serial_key

RANGE_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class SerialRange:
    """Every serial from one number to another under one prefix; `problem` says why it cannot be meant."""

    text: str
    prefix: str
    first: int
    last: int
    digits: int

    @property
    def problem(self) -> str | None:
        """Say in plain words what is wrong with the range, or None."""
        if self.last < self.first:
            return f"the range {self.text} counts down; write the lower number first"
        count = self.last - self.first + 1
        if count > RANGE_LIMIT:
            return f"the range {self.text} names {count:,} serials; one range names at most {RANGE_LIMIT:,}"
        return None

    def names(self) -> list[str]:
        """List the serials of a range that has no problem, zeros and all, as the first end was typed."""
        assert self.problem is None, self.problem
        return [f"{self.prefix}{number:0{self.digits}}" for number in range(self.first, self.last + 1)]


def split_names(text: str) -> list[str]:
    """List the names of a cell: split at new lines, commas and semicolons, trimmed, empty ones dropped."""
    if text.isascii() and text.isalnum():
        return [text]
    names = [name.strip() for name in _SEPARATORS.split(text)]
    # A name of nothing but invisible characters is as empty as a blank one.
    return [name for name in names if name and (name.isascii() or serial_key(name))]


def range_of(name: str) -> SerialRange | None:
    """Read `A-B` as a range when both have the same prefix and as many digits; else it is one serial: None."""
    if len(name) > _LONGEST_NAME:
        return None
    plain = name if name.isascii() else normalize("NFKC", name).translate(_HYPHENS)
    for hyphen in _HYPHEN_AFTER_DIGIT.finditer(plain):
        low = _NUMBERED.fullmatch(plain[: hyphen.start()].strip())
        high = _NUMBERED.fullmatch(plain[hyphen.end() :].strip())
        if low and high and len(low["digits"]) == len(high["digits"]) and _same_prefix(low["prefix"], high["prefix"]):
            return SerialRange(name, low["prefix"], int(low["digits"]), int(high["digits"]), len(low["digits"]))
    return None


def _same_prefix(one: str, other: str) -> bool:
    return one == other or serial_key(one) == serial_key(other)


# No two serials are longer; the bound keeps a hostile cell from costing more than it is worth.
_LONGEST_NAME = 512

# The last three are what NFKC makes a comma or a semicolon of: the key could not tell them apart.
_SEPARATORS = re.compile("[\n\r\v\f\x85\u2028\u2029,;\uff0c\uff1b\u037e]")

# Word processors and spreadsheets make a dash of a hyphen as it is typed.
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")

_HYPHEN_AFTER_DIGIT = re.compile(r"(?<=[0-9\s])-")

_NUMBERED = re.compile(r"(?P<prefix>(?:.*[^0-9])?)(?P<digits>[0-9]+)", re.DOTALL)
