"""Show that the sample files are what `make samples` makes today, and the same whenever it is made."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from sample_data.make import FILES, HERE, make

Content = dict[str, object]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make all files in a folder of their own."""
    folder = tmp_path_factory.mktemp("made")
    make(folder)
    return folder


def content(path: Path) -> Content:
    """Read all that a person sees of a file, and when it says it was made."""
    if path.suffix != ".xlsx":
        return {"text": path.read_text(encoding="utf-8")}
    book = openpyxl.load_workbook(path)
    sheets = {
        sheet.title: (
            [(cell.coordinate, cell.value, cell.data_type, cell.number_format) for row in sheet for cell in row],
            sorted(str(merged) for merged in sheet.merged_cells.ranges),
            {letter: column.width for letter, column in sheet.column_dimensions.items()},
            {number: row.height for number, row in sheet.row_dimensions.items()},
        )
        for sheet in book.worksheets
    }
    return {"sheets": sheets, "created": book.properties.created, "modified": book.properties.modified}


@pytest.mark.parametrize("name", FILES)
def test_sample_files_are_fresh(name: str, made: Path) -> None:
    assert content(HERE / name) == content(made / name), "run `make samples`"


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_made_the_same_each_time(name: str, made: Path, tmp_path: Path) -> None:
    FILES[name](tmp_path / name)
    assert (tmp_path / name).read_bytes() == (made / name).read_bytes()


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".xlsx")])
def test_no_member_bears_the_time_of_making(name: str) -> None:
    with zipfile.ZipFile(HERE / name) as archive:
        assert {member.date_time[0] for member in archive.infolist()} == {1980}


def test_a_changed_cell_is_noticed(made: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(made / "intake_good.xlsx")
    book["Intake"]["H2"] = 9
    book.save(tmp_path / "changed.xlsx")
    assert content(tmp_path / "changed.xlsx")["sheets"] != content(made / "intake_good.xlsx")["sheets"]
