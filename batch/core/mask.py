"""Turn a sequence's numbers into serials and back: a mask is text with fields in braces, such as `SN-{seq:06}`."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from batch.core import mask_shape
from batch.core.check_digits import SCHEMES
from batch.core.keys import serial_key
from batch.core.mask_shape import NUMBER_DIGITS, Part

# The last that a sequence can come to: the one after it still has to be kept as the next.
LAST_NUMBER: Final = 2**63 - 2


class MaskError(ValueError):
    """A mask that cannot be used, in words its author understands."""


@dataclass(frozen=True, slots=True)
class Mask:
    """A mask that has been read; `last_number` is the last it has room for: LAST_NUMBER where it does not say."""

    text: str
    parts: tuple[Part, ...] = field(repr=False)
    last_number: int = field(repr=False)

    @staticmethod
    def parse(text: str) -> Mask:
        """Read a mask, or raise MaskError saying what is wrong with it and what to write instead."""
        return _parse(text)

    def renderer(self, *, location: str, item: str, on: dt.date) -> Callable[[int], str]:
        """Return the function from number to serial; numbers above `last_number` are the caller's to refuse."""
        before, after, scheme_name = _templates(self.parts, _values(location, item, on))
        if scheme_name is None:
            return before.__mod__
        scheme = SCHEMES[scheme_name]
        strange = sorted({*_without_number(before)} - {*scheme.alphabet})
        if strange:
            raise MaskError(
                f"mask {self.text}: {scheme_name} cannot be computed over {' '.join(map(repr, strange))}, which comes "
                f"from the location or item code; put {{check:{scheme_name}}} before it, or take it out"
            )
        check_digits = scheme.digits

        def render(number: int) -> str:
            checked = before % number
            return f"{checked}{check_digits(checked)}{after}"

        return render

    def number_of(self, text: str, *, key: bool = True) -> int | None:
        """Return the number this mask turned into `text`, whatever the location, item and date, or None.

        With `key`, what has the same serial key counts as the same. Where an item or location code stands right
        beside the number nobody can say where one ends: the longest number is taken.
        """
        subject = serial_key(text) if key else text
        if len(subject) > _LONGEST_SERIAL:
            return None
        reader = _reader(self, key=key)
        for found in reader.found(subject):
            number = int(found)
            if number <= self.last_number:
                return number
        return None

    def warnings(self) -> list[str]:
        """Say how a spreadsheet would spoil what this mask makes."""
        return mask_shape.spoiled_by_spreadsheets(self.text, self.parts)


def overlap(one: Mask, other: Mask) -> bool:
    """Say whether two masks can make the same serial, for some number, location, item and date of each."""
    return mask_shape.can_meet(one.parts, other.parts)


@lru_cache(maxsize=4096)
def _parse(text: str) -> Mask:
    if len(text) > _LONGEST_MASK:
        raise MaskError(f"a mask has at most {_LONGEST_MASK} characters; this one has {len(text)}")
    parts = tuple(_part(text, piece) for piece in _PIECES.findall(text))
    fields = [part.field for part in parts if part.field]
    if fields.count("seq") != 1:
        raise MaskError(f"mask {text or '(empty)'}: the number must stand in it exactly once, as {{seq}} or {{seq:06}}")
    if fields.count("check") > 1:
        raise MaskError(f"mask {text}: one check digit field is enough; take the others out")
    if "check" in fields:
        _refuse_uncheckable(text, parts)
    if text != text.strip():
        raise MaskError(f"mask {text!r}: take out the blanks around it")
    width = next(part.width for part in parts if part.field == "seq")
    return Mask(text, parts, 10**width - 1 if width else LAST_NUMBER)


def _part(text: str, piece: str) -> Part:
    if not piece.startswith("{"):
        return _literal(text, piece)
    name, colon, option = piece.strip("{}").partition(":")
    if not piece.endswith("}") or name not in _FIELDS:
        raise MaskError(f"mask {text}: {piece} is no field; fields are {_FIELDS_TEXT}")
    if name == "check":
        if option not in SCHEMES:
            raise MaskError(f"mask {text}: {piece} names no check digit scheme; write one of {', '.join(SCHEMES)}")
        return Part("", name, SCHEMES[option].width, option)
    if name == "seq" and colon:
        if not _WIDTH.fullmatch(option) or not 0 < int(option) <= NUMBER_DIGITS:
            raise MaskError(
                f"mask {text}: {piece} must be {{seq}}, or {{seq:0N}} with N digits from 1 to {NUMBER_DIGITS}, "
                "such as {seq:06}"
            )
        return Part("", name, int(option))
    if colon:
        raise MaskError(f"mask {text}: {piece} takes nothing after the colon; write {{{name}}}")
    return Part("", name, _FIELDS[name])


def _literal(text: str, literal: str) -> Part:
    if "}" in literal:
        raise MaskError(f"mask {text}: a brace stands alone; write fields as {_FIELDS_TEXT}")
    for character in literal:
        if character in ",;":
            raise MaskError(f"mask {text}: {character!r} separates serials in a cell; use another character")
        combining = unicodedata.category(character).startswith("M")
        if character != " " and (combining or not serial_key(character)):
            raise MaskError(f"mask {text!r}: {character!r} cannot be seen or typed by itself; take it out")
    return Part(literal)


def _refuse_uncheckable(text: str, parts: tuple[Part, ...]) -> None:
    place = next(index for index, part in enumerate(parts) if part.field == "check")
    scheme_name = parts[place].scheme
    alphabet = SCHEMES[scheme_name].alphabet
    kind = "digits" if alphabet.isdigit() else "digits and the letters A to Z"
    if all(part.field != "seq" for part in parts[:place]):
        raise MaskError(f"mask {text}: the check digit must stand after the number it checks")
    for part in parts[:place]:
        strange = sorted({*part.literal} - {*alphabet})
        if strange:
            raise MaskError(
                f"mask {text}: {scheme_name} is computed over {kind}, but {' '.join(map(repr, strange))} stands before "
                "it; take it out, put it after the check digit, or choose another scheme"
            )
        if part.field in _CODES and alphabet.isdigit():
            raise MaskError(
                f"mask {text}: {scheme_name} is computed over digits, and a code such as {{{part.field}}} may have "
                "letters; put it after the check digit, or choose an iso7064 scheme with letters"
            )


def _values(location: str, item: str, on: dt.date) -> dict[str, str]:
    return {
        "location": location,
        "item": item,
        "yy": f"{on.year % 100:02}",
        "yyyy": f"{on.year:04}",
        "mm": f"{on.month:02}",
        "dd": f"{on.day:02}",
    }


def _templates(parts: tuple[Part, ...], values: dict[str, str]) -> tuple[str, str, str | None]:
    """Return the %-template up to the check digit, the text after it, and the scheme; without one, only the first."""
    before, after, scheme_name = "", "", None
    for part in parts:
        if part.field == "check":
            scheme_name = part.scheme
        elif part.field == "seq":
            before += f"%0{part.width}d" if part.width else "%d"
        elif scheme_name is None:
            before += (values[part.field] if part.field else part.literal).replace("%", "%%")
        else:
            after += values[part.field] if part.field else part.literal
    return before, after, scheme_name


def _without_number(template: str) -> str:
    return template % 0


@dataclass(frozen=True, slots=True)
class _Reader:
    """Find the number in a serial: the pattern before the check digit, and the one after it."""

    head: re.Pattern[str]
    tail: re.Pattern[str] | None = None
    scheme_name: str = ""

    def found(self, subject: str) -> Iterator[str]:
        """Give every reading of the number that fits, with its check digit right."""
        if self.tail is None:
            whole = self.head.fullmatch(subject)
            if whole:
                yield whole["seq"]
            return
        scheme = SCHEMES[self.scheme_name]
        # From the back: the longest number first.
        for place in range(len(subject) - scheme.width, 0, -1):
            digits_end = place + scheme.width
            if not self.tail.fullmatch(subject, digits_end):
                continue
            head = self.head.fullmatch(subject, 0, place)
            checked = subject[:place]
            if head and {*checked} <= {*scheme.alphabet} and scheme.digits(checked) == subject[place:digits_end]:
                yield head["seq"]


@lru_cache(maxsize=4096)
def _reader(mask: Mask, *, key: bool) -> _Reader:
    place = next((index for index, part in enumerate(mask.parts) if part.field == "check"), None)
    if place is None:
        return _Reader(_pattern(mask.parts, key=key))
    after = _pattern(mask.parts[place + 1 :], key=key)
    return _Reader(_pattern(mask.parts[:place], key=key), after, mask.parts[place].scheme)


def _pattern(parts: tuple[Part, ...], *, key: bool) -> re.Pattern[str]:
    pieces: list[str] = []
    for part in parts:
        if not part.field:
            pieces.append(re.escape(serial_key(part.literal) if key else part.literal))
        elif part.field == "seq":
            digits = f"[0-9]{{{part.width}}}" if part.width else f"0|[1-9][0-9]{{0,{NUMBER_DIGITS}}}"
            pieces.append(f"(?P<seq>{digits})")
        elif part.field not in _CODES:
            pieces.append(_DATE_PATTERNS[part.field])
        # The same code again must be the same text; free, each would multiply the ways to read a serial.
        elif f"(?P<{part.field}>.+?)" in pieces:
            pieces.append(f"(?P={part.field})")
        else:
            pieces.append(f"(?P<{part.field}>.+?)")
    return re.compile("".join(pieces), re.DOTALL)


_LONGEST_MASK = 100
_LONGEST_SERIAL = 512

_PIECES = re.compile(r"\{[^{}]*\}?|[^{]+")
_WIDTH = re.compile(r"0[0-9]{1,2}")

# The width of each field; 0 where it varies.
_FIELDS = {"seq": 0, "location": 0, "item": 0, "yy": 2, "yyyy": 4, "mm": 2, "dd": 2, "check": 0}
_FIELDS_TEXT = "{seq}, {seq:06}, {location}, {item}, {yy}, {yyyy}, {mm}, {dd} and {check:SCHEME}"
_CODES = ("location", "item")

_DATE_PATTERNS = {
    "yy": "[0-9]{2}",
    "yyyy": "[0-9]{4}",
    "mm": "(?:0[1-9]|1[0-2])",
    "dd": "(?:0[1-9]|[12][0-9]|3[01])",
}
