"""Tell once of a row that reads like a total: it is no line, and not each of its empty cells needs filling in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from batch.core.cells import Cell, RawRow
from batch.core.intake_cells import Flaw

# A line names all of these; a total names none, or with its own word.
_NAMES = ("document_no", "customer_code", "item_code")
_TOTAL = re.compile(
    r"(grand |sub)?totals?|(grand |sub)?total (units|quantity|qty)|sum|summe|gesamt(summe)?"
    r"|total g[eé]n[eé]ral|totale|suma"
)


def totals_told_once(
    flaws: Sequence[tuple[int, str, Flaw]], rows: Sequence[RawRow], cells: Mapping[str, Sequence[Cell]]
) -> list[tuple[int, str, Flaw]]:
    """Put one flaw in the place of all those of a row that lacks what a line has and reads like a total."""
    lacking = {at for at, field, flaw in flaws if flaw.code == "CELL_REQUIRED" and field in _NAMES}
    totals = {at: word for at in lacking if (word := _total_in(at, rows[at][1], cells))}
    if not totals:
        return list(flaws)
    told = [each for each in flaws if each[0] not in totals]
    for at, word in totals.items():
        field = next(each for each in _NAMES if cells[each][at] is None or _word(cells[each][at]) is None)
        told.append((at, field, _flaw(word)))
    return told


def _total_in(at: int, row: Sequence[Cell], cells: Mapping[str, Sequence[Cell]]) -> str | None:
    """Give the word that makes a row a total; None where the row names more than that."""
    word = next((text for cell in row if (text := _word(cell))), None)
    named = [cells[field][at] for field in _NAMES]
    filled = [cell for cell in named if cell is not None and str(cell).strip()]
    return word if word and all(_word(cell) for cell in filled) else None


def _word(cell: Cell) -> str | None:
    if not isinstance(cell, str):
        return None
    text = " ".join(re.sub(r"[^\w\s]", "", cell).split())
    return text if _TOTAL.fullmatch(text.casefold()) else None


def _flaw(word: str) -> Flaw:
    return Flaw(
        "CELL_REQUIRED",
        f'the cell is empty, and "{word}" in this row tells that it is a total and no line',
        "Waive this and leave the row out next time, or fill it in if it is a line",
    )
