"""Find which numbers a serial sequence must not come by again: those that serials brought from elsewhere bear (R24)."""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from batch.core.keys import serial_key
from batch.core.mask import Mask


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """A serial sequence, and where it stands."""

    sequence_code: str
    mask: Mask
    next_number: int


@dataclasses.dataclass(frozen=True, slots=True)
class Move:
    """A sequence that must go on further up: its next number before and after, and the numbers between that are borne.

    The latter are in order, each once.
    """

    sequence_code: str
    before: int
    after: int
    borne: Sequence[int]

    def passed_over(self) -> Iterator[tuple[int, int]]:
        """Give the ranges of numbers between that no serial bears: (first, last)."""
        reached = self.before
        for number in self.borne:
            if number > reached:
                yield reached, number - 1
            reached = number + 1


def moves(standings: Iterable[Standing], serials: Iterable[str]) -> list[Move]:
    """Say which sequences must be moved past the highest number that their mask makes of one of the serials."""
    known = [(_beginning(each.mask), each, array("q")) for each in standings]
    for serial in serials:
        key = serial_key(serial)
        for beginning, standing, numbers in known:
            if key.startswith(beginning):
                number = standing.mask.number_of(key)
                if number is not None and number >= standing.next_number:
                    numbers.append(number)
    return [
        _move(standing, np.unique(np.frombuffer(numbers, dtype=np.int64)).tolist())
        for _, standing, numbers in known
        if numbers
    ]


def _move(standing: Standing, borne: list[int]) -> Move:
    return Move(standing.sequence_code, standing.next_number, borne[-1] + 1, borne)


def _beginning(mask: Mask) -> str:
    """Give what every serial of a mask begins with: most of another make are passed by at once."""
    first = mask.parts[0]
    return "" if first.field else serial_key(first.literal)
