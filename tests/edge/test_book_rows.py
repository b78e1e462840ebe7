"""Show that rows written as XML are read back cell by cell as they were, and that no text becomes a formula."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import pytest
from xlsxwriter.workbook import Workbook

from batch.core.cells import Cell, CellError
from batch.edge.book_rows import (
    SheetRows,
    blank_cell,
    day_number,
    error_cell,
    fill,
    lines_needed,
    number_cell,
    styles_of_model_row,
    text_cell,
    truth_cell,
)
from batch.edge.sheets import ReadLimits, read_sheets

SHEET = "xl/worksheets/sheet1.xml"
FORMATS = ("General", "@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm:ss", "[h]:mm:ss")
GENERAL, TEXT, DAY, MOMENT, TIME, DURATION = range(6)

TEXTS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "a\r\nb", "a\nb", "_x0041_", "a_x000D_b", "<r><t>x</t></r>", "&amp;",
    "<b>", "\x01", "\x7f", "\x85", "\ufeff", " x ", "é Я 漢 😀", "-", "=", "'", '"', "1E5", "00123", "TRUE",
)  # fmt: skip


def written(folder: Path, cells: list[str]) -> Path:
    """Write a column of cells, given with the places of their formats, which are those of the workbook."""
    frame = folder / "frame.xlsx"
    with Workbook(frame) as book:
        sheet = book.add_worksheet("Intake")
        sheet.write_string(0, 0, "Heading", book.add_format({"bold": True}))
        for at, number_format in enumerate(FORMATS):
            sheet.write_blank(1, at, None, book.add_format({"num_format": number_format, "bottom": 1}))
    styles = styles_of_model_row(frame, SHEET, len(FORMATS))
    out = io.BytesIO()
    rows = SheetRows(out)
    for cell in cells:
        rows.add([(0, re.sub(r's="(\d+)"', lambda found: f's="{styles[int(found[1])]}"', cell, count=1))])
    rows.flush()
    fill(frame, folder / "book.xlsx", {SHEET: out})
    return folder / "book.xlsx"


def read(path: Path, folder: Path) -> list[Cell]:
    with read_sheets(path, scratch=folder, limits=ReadLimits()) as spool:
        return [cells[0] for _, cells in spool.rows(spool.sheets[0])][1:]


def test_texts_stay_texts(tmp_path: Path) -> None:
    path = written(tmp_path, [text_cell(each, TEXT) for each in TEXTS])
    assert read(path, tmp_path) == list(TEXTS)
    with zipfile.ZipFile(path) as book:
        sheet = book.read(SHEET).decode()
    assert "<f" not in re.sub("<(format|filter)[^>]*>", "", sheet)
    assert sheet.count('t="inlineStr"') == len(TEXTS)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        pytest.param(number_cell(5, GENERAL), 5, id="whole"),
        pytest.param(number_cell(0.1, GENERAL), 0.1, id="fraction"),
        pytest.param(number_cell(-1e-9, GENERAL), -1e-9, id="small"),
        pytest.param(number_cell(1234567890123456, GENERAL), 1234567890123456, id="sixteen digits"),
        pytest.param(truth_cell(True, GENERAL), True, id="true"),
        pytest.param(truth_cell(False, GENERAL), False, id="false"),
        pytest.param(error_cell("#DIV/0!", GENERAL), CellError("#DIV/0!"), id="error"),
        pytest.param(error_cell("Err:502", GENERAL), CellError("#VALUE!"), id="error of another program"),
    ],
)
def test_other_cells_stay_what_they_are(cell: str, value: Cell, tmp_path: Path) -> None:
    assert read(written(tmp_path, [cell]), tmp_path) == [value]


@pytest.mark.parametrize(
    ("moment", "style"),
    [
        pytest.param(dt.date(2026, 3, 31), DAY, id="day"),
        pytest.param(dt.date(1900, 3, 1), DAY, id="the first sure day"),
        pytest.param(dt.datetime(2026, 3, 31, 10, 30, 15), MOMENT, id="moment"),
        pytest.param(dt.time(10, 30, 15), TIME, id="time"),
        pytest.param(dt.timedelta(hours=30, seconds=1), DURATION, id="duration"),
    ],
)
def test_moments_stay_moments(moment: dt.date | dt.time | dt.timedelta, style: int, tmp_path: Path) -> None:
    days = day_number(moment)
    assert days is not None
    assert read(written(tmp_path, [number_cell(days, style)]), tmp_path) == [moment]


@pytest.mark.parametrize("moment", [dt.date(1900, 2, 28), dt.datetime(1066, 1, 1), dt.timedelta(days=-1)])
def test_a_moment_that_spreadsheets_cannot_count_is_none(moment: dt.date | dt.timedelta) -> None:
    assert day_number(moment) is None


def test_blank_cells_and_high_rows_are_written_as_such() -> None:
    out = io.BytesIO()
    rows = SheetRows(out, first_row=5)
    rows.add([(0, blank_cell(3)), (27, blank_cell(4))], lines=3)
    rows.flush()
    assert out.getvalue() == b'<row r="5" ht="45" customHeight="1"><c r="A5" s="3"/><c r="AB5" s="4"/></row>'
    assert rows.row == 6


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("", 1, id="blank"),
        pytest.param("x" * 10, 1, id="full"),
        pytest.param("x" * 11, 2, id="over"),
        pytest.param("a\n\nb", 3, id="breaks"),
    ],
)
def test_lines_are_counted(text: str, lines: int) -> None:
    assert lines_needed(text, 10) == lines
