"""Check a manufacturer's serial by what its item prescribes: `imei`, `luhn`, or a regular expression."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable
from functools import lru_cache

# The standard library's own reading of a pattern: what `re` will do is known only from there.
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from batch.core.keys import serial_key

LONGEST_SERIAL = 64


class MfrCheckError(ValueError):
    """A check that cannot be used, in words its author understands."""


@lru_cache(maxsize=1024)
def mfr_serial_check(check: str) -> Callable[[str], bool]:
    """Return the predicate a check stands for; raise MfrCheckError where `check_problem` finds one."""
    problem = check_problem(check)
    if problem:
        raise MfrCheckError(problem)
    named = _NAMED.get(check.strip().casefold())
    fits = named or re.compile(check.strip()).fullmatch

    def holds(serial: str) -> bool:
        typed = serial.strip()
        # The key is what tells serials apart (R10): a blank or an invisible character makes it no other serial.
        return 0 < len(typed) <= LONGEST_SERIAL and any(map(fits, (typed, serial_key(typed))))

    return holds


def check_problem(check: str) -> str | None:
    """Say what is wrong with a check and what to write instead, or None."""
    pattern = check.strip()
    if pattern.casefold() in _NAMED:
        return None
    if not pattern:
        return "the check is empty; leave the cell blank for no check"
    if len(pattern) > _LONGEST_PATTERN:
        return f"the regular expression has {len(pattern)} characters; at most {_LONGEST_PATTERN} are read"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
            ways = _ways(_parser.parse(pattern))
    except (re.error, OverflowError, RecursionError, FutureWarning, DeprecationWarning) as error:
        return f"{pattern!r} is neither imei, luhn nor a regular expression: {error}"
    if ways > _MOST_WAYS:
        return (
            f"the regular expression {pattern!r} can take too long on a long serial; do not repeat a group whose "
            "content varies in length or has alternatives, and use few open repeats such as .* or [A-Z]+"
        )
    return None


def _is_luhn(typed: str) -> bool:
    # Slow to import, and most items have no check.
    from stdnum import luhn
    from stdnum.util import clean

    return bool(luhn.is_valid(clean(typed, " -")))


def _is_imei(typed: str) -> bool:
    from stdnum import imei

    return bool(imei.is_valid(typed))


def _ways(pattern: Iterable[tuple[Any, Any]]) -> int:
    """Bound in how many ways a pattern can be tried on one serial: each repeat and alternative multiplies."""
    ways = 1
    for operation, argument in pattern:
        ways = min(ways * _ways_of(operation, argument), _TOO_MANY)
    return ways


def _ways_of(operation: Any, argument: Any) -> int:
    if operation in _REPEATS:
        least, most, content = argument
        return _repeated(_ways(content), least, min(int(most), max(LONGEST_SERIAL, least)))
    if operation is op.BRANCH:
        return sum(_ways(branch) for branch in argument[1])
    if operation is op.SUBPATTERN:
        return _ways(argument[-1])
    if operation is op.ATOMIC_GROUP:
        return _ways(argument)
    if operation in (op.ASSERT, op.ASSERT_NOT):
        return _ways(argument[1])
    if operation is op.GROUPREF_EXISTS:
        return _ways(argument[1]) + _ways(argument[2] or ())
    return 1


def _repeated(ways: int, least: int, most: int) -> int:
    """Sum `ways` to the power of every count from least to most, stopping where it is too many anyway."""
    if ways == 1:
        return most - least + 1
    total = 0
    for count in range(least, most + 1):
        total += ways ** min(count, _MOST_DOUBLINGS)
        if total > _MOST_WAYS:
            return _TOO_MANY
    return total


_NAMED: dict[str, Callable[[str], object]] = {"imei": _is_imei, "luhn": _is_luhn}

_LONGEST_PATTERN = 200
_MOST_WAYS = 10_000
_TOO_MANY = _MOST_WAYS + 1
# Two to this power is too many, whatever the base.
_MOST_DOUBLINGS = 14

_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
