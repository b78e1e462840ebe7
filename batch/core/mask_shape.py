"""Reason about what a mask can make, by its structure: what a spreadsheet would spoil, what another mask makes too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from batch.core.check_digits import DIGITS, SCHEMES
from batch.core.keys import serial_key

# As many as every whole number of the database has room for.
NUMBER_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a mask: literal text, or a field with its width (0: it varies) and, for a check digit, its scheme."""

    literal: str
    field: str = ""
    width: int = 0
    scheme: str = ""


def spoiled_by_spreadsheets(text: str, parts: tuple[Part, ...]) -> list[str]:
    """Say, one sentence each, what a spreadsheet would do to what the mask makes when typed into a plain cell."""
    if any(part.field in ("location", "item") for part in parts):
        return []
    shown = "".join(_sample(part) for part in parts)
    found: list[str] = []
    if shown.isdigit() and _may_start_with_zero(parts[0]):
        found.append(f"mask {text}: a spreadsheet drops the leading zeros of {shown}; begin the mask with a letter")
    if shown.isdigit() and len(shown) > _SPREADSHEET_DIGITS:
        found.append(
            f"mask {text}: a spreadsheet keeps {_SPREADSHEET_DIGITS} digits and {shown} has {len(shown)}; "
            "begin the mask with a letter"
        )
    if _SCIENTIFIC.fullmatch(shown):
        found.append(f"mask {text}: a spreadsheet reads {shown} as a number with an exponent; avoid E between digits")
    if _DATE.fullmatch(shown):
        found.append(f"mask {text}: a spreadsheet reads {shown} as a date; begin the mask with another letter")
    return found


def can_meet(one: tuple[Part, ...], other: tuple[Part, ...]) -> bool:
    """Say whether some text fits both structures, compared as serial keys are."""
    left, right = _steps(one), _steps(other)
    reached = {(0, 0)}
    waiting = [(0, 0)]
    while waiting:
        at = waiting.pop()
        if at == (len(left), len(right)):
            return True
        for following in _next(left, right, *at) - reached:
            reached.add(following)
            waiting.append(following)
    return False


@dataclass(frozen=True, slots=True)
class _Step:
    """One place of a structure: the characters it takes (None: any), once, or as often as one likes."""

    characters: frozenset[str] | None
    repeats: bool = False


def _next(left: tuple[_Step, ...], right: tuple[_Step, ...], i: int, j: int) -> set[tuple[int, int]]:
    """Return where one more character that both take leads; a repeated step may be left or stayed in."""
    if i == len(left) or j == len(right) or not _share(left[i].characters, right[j].characters):
        return set()
    return {(a, b) for a in ((i, i + 1) if left[i].repeats else (i + 1,)) for b in _after(right[j], j)}


def _after(step: _Step, place: int) -> tuple[int, ...]:
    return (place, place + 1) if step.repeats else (place + 1,)


def _share(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    return one is None or other is None or not one.isdisjoint(other)


@lru_cache(maxsize=4096)
def _steps(parts: tuple[Part, ...]) -> tuple[_Step, ...]:
    steps: list[_Step] = []
    for part in parts:
        if not part.field:
            steps.extend(_Step(frozenset(character)) for character in serial_key(part.literal))
        elif part.field == "check":
            steps.extend([_Step(frozenset(SCHEMES[part.scheme].adds))] * part.width)
        elif part.width:
            steps.extend([_Step(frozenset(DIGITS))] * part.width)
        elif part.field == "seq":
            steps.append(_Step(frozenset(DIGITS), repeats=True))
        else:
            steps.append(_Step(None, repeats=True))
    return tuple(steps)


def _sample(part: Part) -> str:
    """Write what a field looks like: digits wherever it can be digits."""
    if part.field == "seq":
        return "1".rjust(part.width, "0")
    return part.literal or _SAMPLES.get(part.field, "1" * part.width)


def _may_start_with_zero(part: Part) -> bool:
    if part.field == "seq":
        return part.width > 1
    return part.literal.startswith("0") or part.field in ("mm", "dd")


_SPREADSHEET_DIGITS = 15

_SAMPLES = {"yy": "26", "yyyy": "2026", "mm": "01", "dd": "02"}

_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?E[+-]?[0-9]+", re.IGNORECASE)

_DATE = re.compile(
    r"[0-9]{1,4}[-/.][0-9]{1,2}([-/.][0-9]{1,4})?"
    r"|(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*[ /-]?[0-9]{1,4}",
    re.IGNORECASE,
)
