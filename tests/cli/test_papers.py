"""Show the papers of a run as an operator asks for them: the reconciliation and the labels."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.cli.commands import json_of, on_terminal, serialback
from tests.databases import Database


def test_the_reconciliation_is_written_and_told(settled: Database, tmp_path: Path) -> None:
    run = serialback("report", "--run", "1", "run.xlsx", "--database", settled.url, cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines()[:5] == [
        "Run 1: Everything adds up. Written to run.xlsx",
        "",
        "class         units",
        "generated         3",
        "line refused      3",
    ]
    assert stat.S_IMODE((tmp_path / "run.xlsx").stat().st_mode) == 0o640
    told = json_of(
        serialback("report", "--run", "1", "run.xlsx", "--overwrite", "--json", "--database", settled.url, cwd=tmp_path)
    )
    assert (told["verdict"], told["exit_status"], told["units_by_class"]["generated"]) == ("Everything adds up.", 0, 3)


def test_a_total_that_does_not_hold_gives_status_4(settled: Database, tmp_path: Path) -> None:
    with settled.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE run SET serials_generated = 2")
    run = serialback("report", "--run", "1", "run.xlsx", "--quiet", "--database", settled.url, cwd=tmp_path)
    assert run.returncode == 4
    (line,) = [each.split("  ") for each in run.stdout.splitlines() if each.startswith("Serials generated")]
    assert [part.strip() for part in line if part] == ["Serials generated", "3", "2", "DOES NOT ADD UP"]


def test_labels_are_printed_for_a_run_and_for_serials(settled: Database, tmp_path: Path) -> None:
    run = serialback("labels", "--run", "1", "run.pdf", "--database", settled.url, cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == "3 labels on 1 page of avery-l7160, written to run.pdf. Print at 100%.\n"
    assert stat.S_IMODE((tmp_path / "run.pdf").stat().st_mode) == 0o640
    one = ("labels", "--serial", " 5002", "one.pdf", "--json", "--database", settled.url)
    told = json_of(serialback(*one, cwd=tmp_path, env={"SERIALBACK_LABEL_SIZE": "roll-62"}))
    assert (told["labels"], told["pages"], told["size"]) == (1, 1, "roll-62")


def test_a_run_without_serials_has_no_labels_and_is_no_error(settled: Database, tmp_path: Path) -> None:
    serialback("run", "intake", "--database", settled.url, cwd=tmp_path)
    run = serialback("labels", "--run", "2", "none.pdf", "--database", settled.url, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (0, "Run 2 generated no serials; nothing was written.\n")
    told = json_of(serialback("labels", "--run", "2", "none.pdf", "--json", "--database", settled.url, cwd=tmp_path))
    assert (told["file"], told["labels"]) == (None, 0)
    assert not (tmp_path / "none.pdf").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param(("report", "--run", "9", "x.xlsx"), "There is no run 9; `serialback runs` lists them.", id="run"),
        pytest.param(("report", "--run", "1", "x.pdf"), "x.pdf is to be a file that ends in .xlsx.", id="suffix"),
        pytest.param(("report", "--run", "1", "r.xlsx"), "r.xlsx exists already. Give another name, or", id="taken"),
        pytest.param(("labels", "--run", "9", "x.pdf"), "There is no run 9", id="labels of no run"),
        pytest.param(("exceptions", "--run", "9"), "There is no run 9", id="exceptions of no run"),
        pytest.param(("exceptions", "--run", "9", "--export", "x.xlsx"), "There is no run 9", id="export of no run"),
        pytest.param(("labels", "x.pdf"), "Say which labels: --run N, or --serial S once or more.", id="nothing said"),
        pytest.param(("labels", "--serial", "500I", "x.pdf"), "500I is no serial of the register", id="no serial"),
        pytest.param(("labels", "--run", "1", "--size", "a4", "x.pdf"), "'a4' is no label size; take one", id="size"),
        pytest.param(("labels", "--run", "1", "x.xlsx"), "x.xlsx is to be a file that ends in .pdf.", id="pdf"),
    ],
)
def test_what_cannot_be_meant_is_refused(args: tuple[str, ...], said: str, settled: Database, tmp_path: Path) -> None:
    (tmp_path / "r.xlsx").write_text("theirs", encoding="utf-8")
    run = serialback(*args, "--database", settled.url, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert said in run.stderr
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(("x.", ".x"))]


def test_what_is_soon_done_shows_no_bar(settled: Database, tmp_path: Path) -> None:
    status, text = on_terminal("report", "--run", "1", "run.xlsx", "--database", settled.url, cwd=tmp_path, columns=120)
    assert status == 0
    assert "Lines  " not in text.split("class")[0]
