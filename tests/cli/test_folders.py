"""Show which files a command line means."""

from __future__ import annotations

from pathlib import Path

import pytest

from batch.cli.folders import intake_files

IN_FOLDER = [
    *("b.xlsx", "A.XLSX", "c.csv", "d.ods", "e.xls", "f.xlsb", "g.xlsm"),
    *("~$b.xlsx", ".hidden.xlsx", "half.xlsx.part", "half.csv.PART", "half.tmp"),
    *("notes.txt", "list.csv.bak"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder of all sorts of files, with a folder in it."""
    for name in IN_FOLDER:
        (tmp_path / name).touch()
    (tmp_path / "done.xlsx").mkdir()
    (tmp_path / "done.xlsx" / "old.xlsx").touch()
    return tmp_path


def test_a_folder_means_its_intake_files_by_name(folder: Path) -> None:
    chosen = intake_files([folder])
    assert [path.name for path in chosen.files] == [
        *("A.XLSX", "b.xlsx", "c.csv", "d.ods", "e.xls", "f.xlsb", "g.xlsm"),
    ]
    assert [path.name for path in chosen.passed_over] == ["list.csv.bak", "notes.txt"]


@pytest.mark.parametrize(
    ("named", "files"),
    [
        pytest.param([], [], id="nothing named"),
        pytest.param(["notes.txt"], ["notes.txt"], id="a file named is taken as it is"),
        pytest.param([".hidden.xlsx"], [".hidden.xlsx"], id="even a hidden one"),
        pytest.param(["b.xlsx", "A.XLSX"], ["b.xlsx", "A.XLSX"], id="in the order named"),
        pytest.param(["b.xlsx", "b.xlsx"], ["b.xlsx"], id="twice is once"),
        pytest.param(["done.xlsx"], ["done.xlsx/old.xlsx"], id="a folder with a suffix"),
        pytest.param(["done.xlsx", "b.xlsx"], ["done.xlsx/old.xlsx", "b.xlsx"], id="a folder and a file"),
        pytest.param(["done.xlsx", "done.xlsx/old.xlsx"], ["done.xlsx/old.xlsx"], id="a file of a folder"),
    ],
)
def test_what_is_named_is_taken(named: list[str], files: list[str], folder: Path) -> None:
    chosen = intake_files([folder / name for name in named])
    assert [str(path.relative_to(folder)) for path in chosen.files] == files
    assert chosen.passed_over == ()
