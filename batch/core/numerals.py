"""Read numbers as other countries type them: a decimal comma, points or blanks between thousands."""

from __future__ import annotations

import dataclasses
import re
from functools import lru_cache

from batch.core.cells import Cell, Exact, Typed


@dataclasses.dataclass(frozen=True, slots=True)
class Numerals:
    """How numbers are typed: the mark before the decimals, and the one between thousands (may be none)."""

    decimal: str
    thousands: str

    @property
    def example(self) -> str:
        """Show how a number is typed."""
        return f"1{self.thousands}234{self.decimal}50"

    def fits(self, text: str) -> bool:
        """Say whether a number is typed so."""
        return _pattern(self.decimal, self.thousands).fullmatch(text) is not None

    def plain(self, cell: Cell) -> Cell:
        """Give a text as the contract has numbers, with what was typed where that is something else."""
        if not isinstance(cell, str) or isinstance(cell, Exact) or not cell.strip():
            return cell
        text = cell.strip()
        found = _pattern(self.decimal, self.thousands).fullmatch(text)
        if found is None:
            return Typed(text, None, self.example)
        whole = found["whole"].replace(self.thousands, "") if self.thousands else found["whole"]
        plain = f"{found['sign']}{whole}.{found['decimals']}" if found["decimals"] else f"{found['sign']}{whole}"
        # With decimals, a quantity must be told by which mark it has them.
        return text if plain == text and not found["decimals"] else Typed(text, plain, self.example)


@lru_cache
def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    mark = re.escape(thousands)
    # Nothing in front of thousands is no thousands: 0,500 is a half.
    grouped = rf"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+|" if thousands else ""
    return re.compile(rf"(?P<sign>[+-]?)(?P<whole>{grouped}[0-9]+)(?:{re.escape(decimal)}(?P<decimals>[0-9]+))?")
