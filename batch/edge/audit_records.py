"""Hold what the audit of a backfill sets against one another."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

# What stands in the way of a row's month or location, where it could not be read.
UNREADABLE = "unreadable"

# Month, location and currency. What a row itself does not say is blank on both sides, whoever says it for the row; its
# currency is its customer's then.
Key = tuple[str, str, str]


@dataclasses.dataclass(slots=True)
class Sums:
    """Lines, units, amount and legacy serials of one month, location and currency, in the source and in the database.

    Of the lines of the source each is in one place: posted, waiting for a person, refused as its row stands, the
    repetition of another row, or brought by another file, before or since. `differing` ones are posted otherwise.
    """

    source_lines: int = 0
    source_units: int = 0
    source_minor: int = 0
    source_serials: int = 0
    # What the source names on the lines that are posted.
    due_serials: int = 0
    posted_lines: int = 0
    posted_units: int = 0
    posted_minor: int = 0
    posted_serials: int = 0
    waiting_lines: int = 0
    refused_lines: int = 0
    repeated_lines: int = 0
    other_lines: int = 0
    differing_lines: int = 0

    @property
    def found_lines(self) -> int:
        """Count the lines of the source whose whereabouts are known."""
        return self.posted_lines + self.resting_lines + self.other_lines

    @property
    def resting_lines(self) -> int:
        """Count the lines of the source that came to nothing so far."""
        return self.waiting_lines + self.refused_lines + self.repeated_lines

    def add(self, more: Sums) -> None:
        """Add other sums to these."""
        for field in dataclasses.fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(more, field.name))


@dataclasses.dataclass(frozen=True, slots=True)
class SampledRow:
    """One row of the source beside what became of it."""

    file_name: str
    sheet_row: int
    cells: str
    serial_cell: str
    document_no: str
    status: str
    serials: str


@dataclasses.dataclass(frozen=True, slots=True)
class Audit:
    """A backfill's audit; the keys are month, location and currency."""

    sums: Mapping[Key, Sums]
    sample: Sequence[SampledRow]

    @property
    def total(self) -> Sums:
        """Add everything up; of amounts, whatever their currency."""
        total = Sums()
        for each in self.sums.values():
            total.add(each)
        return total
