"""Issue serial numbers from sequences for one chunk, so that a refused line or held document takes none."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Collection, Container, Iterable
from typing import NamedTuple

from batch.core.areas import Sequence
from batch.core.keys import serial_key
from batch.core.mask import Mask, MaskError


class Issued(NamedTuple):
    """A number of a sequence and the serial it makes."""

    sequence_code: str
    number: int
    serial_no: str
    serial_key: str


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Context:
    """A sequence as it serves one location, item and date: how it prints a number, or why it cannot."""

    sequence: Sequence
    render: Callable[[int], str]
    problem: str | None = None


@dataclasses.dataclass(slots=True)
class _Cursor:
    """Where a sequence stands: the range it is in, and the next number of it."""

    range_index: int
    next_number: int


class Numbers:
    """The sequences of one chunk, with a way back to where the document began."""

    def __init__(self, taken: Collection[str], known: Container[str]) -> None:
        """Take the keys that the register already has: `taken` looked up for this, `known` mentioned by the chunk."""
        self._taken = taken
        self._known = known
        self._issued: set[str] = set()
        self._reserved: set[str] = set()
        self._cursors: dict[str, _Cursor] = {}
        self._contexts: dict[tuple[str, str, str, dt.date], Context] = {}
        self._masks: dict[str, Mask] = {}
        self.passed_over: list[tuple[str, int]] = []
        self.contexts: dict[str, Context] = {}
        self._back: list[tuple[str, _Cursor | None]] = []
        self._issued_here: list[str] = []
        self._passed_here = 0

    def positions(self) -> dict[str, int]:
        """Give for every sequence that issued a number the first number not issued."""
        return {code: cursor.next_number for code, cursor in self._cursors.items()}

    def begin(self) -> None:
        """Begin a document: this is where `undo` returns to."""
        self._reserved.clear()
        self._back.clear()
        self._issued_here.clear()
        self._passed_here = len(self.passed_over)

    def undo(self) -> None:
        """Give back all that was issued since `begin`: the document is held."""
        for code, cursor in reversed(self._back):
            if cursor is None:
                del self._cursors[code]
            else:
                self._cursors[code] = cursor
        self._issued.difference_update(self._issued_here)
        del self.passed_over[self._passed_here :]
        self.begin()

    def take(self, context: Context, count: int) -> list[Issued] | None:
        """Issue `count` serials, skipping taken numbers; None, with nothing taken, where the sequence ends first."""
        code = context.sequence.sequence_code
        before = self._cursors.get(code)
        cursor = _Cursor(before.range_index, before.next_number) if before else _Cursor(0, -1)
        passed: list[tuple[str, int]] = []
        issued = self._find(context, count, cursor, passed)
        if issued is None:
            return None
        self._back.append((code, before))
        self._cursors[code] = cursor
        for each in issued:
            self._issued.add(each.serial_key)
            self._issued_here.append(each.serial_key)
        self.passed_over.extend(passed)
        self.contexts[code] = context
        return issued

    def enough(self, context: Context, count: int) -> bool:
        """Say whether `count` serials could be issued, taking none."""
        before = self._cursors.get(context.sequence.sequence_code)
        cursor = _Cursor(before.range_index, before.next_number) if before else _Cursor(0, -1)
        return self._find(context, count, cursor, []) is not None

    def room(self, context: Context) -> int:
        """Count the numbers a sequence had left when the chunk was read."""
        left = 0
        for first, last in context.sequence.ranges:
            end = self._mask(context.sequence).last_number if last is None else last
            left += max(end - first + 1, 0)
        return left

    def context(self, sequence: Sequence, location_code: str, item_code: str, on: dt.date) -> Context:
        """Say how a sequence serves; its mask may be spoiled, for other systems write sequences too."""
        key = (sequence.sequence_code, location_code, item_code, on)
        context = self._contexts.get(key)
        if context is None:
            try:
                render = self._mask(sequence).renderer(location=location_code, item=item_code, on=on)
                context = Context(sequence, render)
            except MaskError as error:
                context = Context(sequence, str, str(error))
            self._contexts[key] = context
        return context

    def note(self, key: str) -> None:
        """Keep a serial that was brought in from being issued."""
        self._issued.add(key)

    def reserve(self, keys: Iterable[str]) -> None:
        """Keep serials that the document brings of its own (to be adopted) from being issued within it."""
        self._reserved.update(keys)

    def _find(
        self, context: Context, count: int, cursor: _Cursor, passed: list[tuple[str, int]]
    ) -> list[Issued] | None:
        sequence, render = context.sequence, context.render
        code = sequence.sequence_code
        issued: list[Issued] = []
        while cursor.range_index < len(sequence.ranges):
            first, last = sequence.ranges[cursor.range_index]
            end = self._mask(sequence).last_number if last is None else last
            number = max(cursor.next_number, first)
            while len(issued) < count and number <= end:
                serial_no = render(number)
                key = serial_key(serial_no)
                if key in self._issued or key in self._taken or key in self._known or key in self._reserved:
                    passed.append((code, number))
                else:
                    issued.append(Issued(code, number, serial_no, key))
                number += 1
            cursor.next_number = number
            if len(issued) == count:
                return issued
            cursor.range_index += 1
        return None

    def _mask(self, sequence: Sequence) -> Mask:
        mask = self._masks.get(sequence.sequence_code)
        if mask is None:
            mask = self._masks[sequence.sequence_code] = Mask.parse(sequence.mask)
        return mask
