"""Find rows of a CSV file that go on beyond the header: a comma inside a value has parted it, and shifted the rest."""

from __future__ import annotations

from collections.abc import Sequence

from batch.core.cells import RawRow
from batch.core.columns import Header
from batch.core.intake_cells import Flaw, visible


def told_where_too_wide(
    flaws: Sequence[tuple[int, str, Flaw]], rows: Sequence[RawRow], header: Header
) -> list[tuple[int, str, Flaw]]:
    """Put one flaw in the place of all those of a row that is wider than the header: none of its cells is sure."""
    width = max((at for at, heading in enumerate(header.headings, 1) if heading), default=0)
    too_wide: dict[int, int] = {}
    for at, (_, cells) in enumerate(rows):
        if len(cells) > width:
            filled = [column for column, cell in enumerate(cells[width:], width) if visible(cell) is not None]
            if filled:
                too_wide[at] = filled[-1] + 1 - width
    if not too_wide:
        return list(flaws)
    told = [each for each in flaws if each[0] not in too_wide]
    return told + [(at, "document_no", _flaw(beyond)) for at, beyond in too_wide.items()]


def _flaw(beyond: int) -> Flaw:
    columns = "a column" if beyond == 1 else f"{beyond} columns"
    return Flaw(
        "CELL_UNREADABLE",
        f"the row goes on for {columns} beyond the last heading: a comma (or what else parts the columns) inside a "
        "value may have moved all that follows it",
        'Put that value in quotation marks, such as "5,00"; or, if the column has no heading, give it one',
    )
