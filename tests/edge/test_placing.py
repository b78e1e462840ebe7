"""Move files where others are: nothing is overwritten, and what belongs together stays together."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from batch.edge import placing
from batch.edge.placing import put, put_with_companion

KIND = "exceptions.xlsx"


def write(path: Path, text: str) -> Path:
    """Write a small file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def contents(folder: Path) -> dict[str, str]:
    """Read every file of a folder."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}


@pytest.fixture(params=[True, False], ids=["with links", "without links"])
def done(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder on a file system that knows hard links, or does not."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if not request.param:
        monkeypatch.setattr(os, "link", refuse)
    folder = tmp_path / "done"
    folder.mkdir()
    return folder


def test_a_name_that_is_taken_is_not_overwritten(done: Path, tmp_path: Path) -> None:
    write(done / "a.csv", "first")
    source = write(tmp_path / "a.csv", "second")
    with pytest.raises(FileExistsError):
        put(source, done / "a.csv")
    assert (contents(done), source.read_text(encoding="utf-8")) == ({"a.csv": "first"}, "second")
    put(source, done / "b.csv")
    assert contents(done) == {"a.csv": "first", "b.csv": "second"}
    assert not source.exists()


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        pytest.param([], "a.csv", id="free"),
        pytest.param(["a.csv"], "a-2.csv", id="taken"),
        pytest.param(["a.csv", "a-2.csv"], "a-3.csv", id="taken twice"),
        pytest.param(["a.exceptions.xlsx"], "a-2.csv", id="the name of what lies beside is taken"),
    ],
)
def test_a_file_and_what_lies_beside_it_bear_one_name(
    there: list[str], expected: str, done: Path, tmp_path: Path
) -> None:
    for name in there:
        write(done / name, "older")
    source, companion = write(tmp_path / "a.csv", "new"), write(tmp_path / ".exceptions.xlsx", "rows")
    placed = put_with_companion(source, done, companion, KIND)
    beside = placed.with_name(f"{placed.stem}.{KIND}")
    assert (placed.name, placed.read_text(encoding="utf-8"), beside.read_text(encoding="utf-8")) == (
        expected,
        "new",
        "rows",
    )
    assert {name: contents(done)[name] for name in there} == dict.fromkeys(there, "older")
    assert not companion.exists()


def test_a_link_to_nowhere_is_a_name_too(done: Path, tmp_path: Path) -> None:
    (done / "a.csv").symlink_to(tmp_path / "nowhere")
    assert put_with_companion(write(tmp_path / "a.csv", "new"), done, None, KIND).name == "a-2.csv"
    assert not (tmp_path / "nowhere").exists()


def test_what_was_cut_short_is_finished_under_the_same_name(tmp_path: Path) -> None:
    done = tmp_path / "done"
    source, companion = write(tmp_path / "a.csv", "new"), write(tmp_path / ".exceptions.xlsx", "rows")
    done.mkdir()
    os.link(companion, done / "a.exceptions.xlsx")
    assert put_with_companion(source, done, companion, KIND) == done / "a.csv"
    os.link(done / "a.csv", source)
    put(source, done / "a.csv")
    assert contents(done) == {"a.csv": "new", "a.exceptions.xlsx": "rows"}
    assert not source.exists()


def test_a_place_that_cannot_be_filled_is_not_left_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path / "a.csv", "new")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="cross-device"):
        put(source, tmp_path / "b.csv")
    assert contents(tmp_path) == {"a.csv": "new"}


def test_there_is_an_end_to_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "_MOST_NAMES", 3)
    for name in ("a.csv", "a-2.csv"):
        write(tmp_path / "done" / name, "older")
    with pytest.raises(FileExistsError, match="too many files of this name"):
        put_with_companion(write(tmp_path / "a.csv", "new"), tmp_path / "done", None, KIND)
