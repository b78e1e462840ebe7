"""Name the sizes labels come in: sheets of so many across and down, and rolls of one label a page."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from types import MappingProxyType

MM_PER_INCH = 25.4
SMALLEST_MM, LARGEST_MM = 15.0, 300.0


class LabelSizeError(ValueError):
    """Say that a text names no size."""


@dataclasses.dataclass(frozen=True, slots=True)
class LabelSize:
    """Where labels are on their page; millimetres, from the page's top left corner."""

    name: str
    page: tuple[float, float]
    label: tuple[float, float]
    columns: int = 1
    rows: int = 1
    first: tuple[float, float] = (0.0, 0.0)
    pitch: tuple[float, float] = (0.0, 0.0)

    @property
    def a_page(self) -> int:
        """How many labels a page holds."""
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[float, float]:
        """Give the top left corner of a label by its place on the page, from 0, row by row."""
        row, column = divmod(place, self.columns)
        return self.first[0] + column * self.pitch[0], self.first[1] + row * self.pitch[1]


def label_size(text: str) -> LabelSize:
    """Find a size by its name, or take a roll by its measures: `62x29` is 62 mm wide and 29 mm long."""
    name = text.strip().lower()
    if name in SIZES:
        return SIZES[name]
    measures = _MEASURES.fullmatch(name)
    if measures is None:
        known = ", ".join(SIZES)
        raise LabelSizeError(f"{text!r} is no label size; take one of {known}, or measures in mm such as 62x29")
    width, length = float(measures[1]), float(measures[2])
    if min(width, length) < SMALLEST_MM or max(width, length) > LARGEST_MM:
        raise LabelSizeError(f"{text!r} is out of bounds; labels measure from {SMALLEST_MM:g} to {LARGEST_MM:g} mm")
    return _roll(name, width, length)


def _roll(name: str, width: float, length: float) -> LabelSize:
    return LabelSize(name, (width, length), (width, length))


def _sheet(  # noqa: PLR0917 - a table's row
    name: str,
    page: tuple[float, float],
    across: int,
    down: int,
    label: tuple[float, float],
    first: tuple[float, float],
    pitch: tuple[float, float],
) -> LabelSize:
    return LabelSize(name, page, label, across, down, first, pitch)


_A4 = (210.0, 297.0)
_LETTER = (8.5 * MM_PER_INCH, 11 * MM_PER_INCH)

_MEASURES = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?)\s*x\s*([0-9]{1,3}(?:\.[0-9]{1,2})?)(?:\s*mm)?")

# The makers' own measures.
SIZES: Mapping[str, LabelSize] = MappingProxyType(
    {
        size.name: size
        for size in (
            _sheet("avery-l7160", _A4, 3, 7, (63.5, 38.1), (7.25, 15.15), (66.0, 38.1)),
            _sheet("avery-l7159", _A4, 3, 8, (63.5, 33.9), (7.25, 12.9), (66.0, 33.9)),
            _sheet("avery-l7163", _A4, 2, 7, (99.1, 38.1), (4.65, 15.15), (101.6, 38.1)),
            _sheet("avery-l7651", _A4, 5, 13, (38.1, 21.2), (4.75, 10.7), (40.6, 21.2)),
            _sheet("avery-5160", _LETTER, 3, 10, (66.675, 25.4), (4.76, 12.7), (69.85, 25.4)),
            _roll("roll-62", 62.0, 40.0),
            _roll("roll-62x29", 62.0, 29.0),
            _roll("roll-57x32", 57.0, 32.0),
            _roll("roll-90x29", 90.0, 29.0),
            _roll("roll-100x50", 100.0, 50.0),
        )
    }
)

DEFAULT_SIZE = "avery-l7160"
