"""Show that our workbooks, saved by another spreadsheet program, are read as we wrote them.

The files were made by `serialback template` and `serialback exceptions --export`, two rows typed into the first, and
saved by LibreOffice 7.4 as .xlsx and .ods. To make them anew, see docs/workbooks.md.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from batch.core.cells import CellError, RawRow
from batch.core.columns import COLUMNS, ChosenSheet, SheetTop, choose_sheet
from batch.core.correction import is_added
from batch.edge.landing_links import links_of
from batch.edge.sheets import ReadLimits, read_sheets

FILES = Path(__file__).parent / "files"
NA = CellError("#N/A")

TYPED = [
    [
        "R-0001", None, "Return", dt.date(2026, 3, 31), "HQ", "C1", "CPU", 2, None, "00123, 1E5", "M-7", 150.25, 0.3,
        28, None, "USD", "CRMA", "=odd", "INV-1",
    ],
    [
        "0042", 1, "Service", "2026-03-31", "HQ", "C1", "CPU", 1, 0, "1001-1005", None, None, None, None, None, None,
        None, "-x", "+y",
    ],
]  # fmt: skip

# From the column Document # to the column Reference.
GIVEN_BACK = [
    [
        "00042", 1, None, dt.date(2026, 3, 1), "HQ", "C1", "NONE", 1, None, "1E5, NA", "00123", 12.5, None, None, None,
        None, None, NA, "-x",
    ],
    ["R-2", 1, None, None, "HQ", "C1", "CPU", "two", None, "4O01", *[None] * 9],
    ["R-3", 1, None, None, "HQ", "C1", "CPU", 1, None, dt.date(2026, 3, 1), *[None] * 6, NA, None, None],
    [None, 9, None, None, "HQ", "C1", "CPU", 1, None, None, *[None] * 9],
]  # fmt: skip


def read(name: str, folder: Path) -> tuple[ChosenSheet, list[RawRow]]:
    with read_sheets(FILES / name, scratch=folder, limits=ReadLimits()) as spool:
        chosen = choose_sheet([SheetTop(each.name, each.visible, list(spool.rows(each))) for each in spool.sheets])
        assert isinstance(chosen, ChosenSheet)
        return chosen, list(spool.rows(spool.sheets[chosen.position]))


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_template_filled_in_is_read_as_typed(kind: str, tmp_path: Path) -> None:
    chosen, rows = read(f"template-by-libreoffice.{kind}", tmp_path)
    assert (chosen.name, chosen.header.headings) == ("Intake", tuple(column.heading for column in COLUMNS))
    assert [cells for _, cells in rows[1:]] == TYPED


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_rows_given_back_are_read_as_given_with_their_links(kind: str, tmp_path: Path) -> None:
    chosen, rows = read(f"exceptions-by-libreoffice.{kind}", tmp_path)
    assert (chosen.name, [each for each in chosen.header.unread if not is_added(each)]) == ("Intake", [])
    assert [cells[3:22] for _, cells in rows[1:]] == GIVEN_BACK
    links = links_of(rows, chosen.header)
    assert {row: link.exception_ids for row, link in links.items()} == {2: (1,), 3: (2,), 4: (3, 4), 5: (5,)}
    assert {len(link.seal) for link in links.values()} == {6}
