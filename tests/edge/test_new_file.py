"""Show that a file for people comes whole or not at all, and never over another one unasked."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from batch.edge.new_file import new_file
from batch.errors import SerialbackError, UsageError


@pytest.fixture(autouse=True)
def open_mask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def write(path: Path, text: str, *, overwrite: bool = False) -> None:
    with new_file(path, overwrite=overwrite) as part:
        part.write_text(text, encoding="utf-8")


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_it_comes_whole_and_not_for_everybody(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    with new_file(path) as part:
        part.write_text("half", encoding="utf-8")
        assert not path.exists()
    assert (path.read_text(encoding="utf-8"), stat.S_IMODE(path.stat().st_mode)) == ("half", 0o640)
    assert names(tmp_path) == ["report.xlsx"]


def test_where_it_fails_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(SerialbackError, match="cannot be written: No space left on device"), new_file(tmp_path / "a"):
        raise OSError(28, "No space left on device")
    assert names(tmp_path) == []


@pytest.mark.parametrize("overwrite", [False, True])
def test_another_file_is_replaced_only_when_asked(overwrite: bool, tmp_path: Path) -> None:
    path = tmp_path / "labels.pdf"
    path.write_text("theirs", encoding="utf-8")
    if overwrite:
        write(path, "ours", overwrite=True)
    else:
        with pytest.raises(UsageError, match="exists already"):
            write(path, "ours")
    assert path.read_text(encoding="utf-8") == ("ours" if overwrite else "theirs")
    assert names(tmp_path) == ["labels.pdf"]


def test_a_file_that_came_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "labels.pdf"
    writing = new_file(path)
    writing.__enter__().write_text("ours", encoding="utf-8")
    path.write_text("theirs", encoding="utf-8")
    with pytest.raises(UsageError, match="exists already"):
        writing.__exit__(None, None, None)
    assert path.read_text(encoding="utf-8") == "theirs"


@pytest.mark.parametrize("name", ["nowhere/report.xlsx", "file/report.xlsx"])
def test_a_folder_that_is_none_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SerialbackError, match="cannot be written"):
        write(tmp_path / name, "text")
