"""Show the runs as cron and people start them: what they print, what they leave, and with which exit status."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from batch.edge.schema import CREDIT_MEMO, RUN, SERIAL
from tests.cli.commands import json_of, serialback
from tests.cli.shop import GOOD, TOO_MANY, intake_file
from tests.databases import Database

FIGURES = "Lines         2 read = 1 posted + 1 refused + 0 skipped\nSerials       3 generated, 0 attached, 0 adopted\n"


def counted(shop: Database) -> tuple[int, int, int]:
    """Count runs, serials and credit memos."""
    with shop.engine.connect() as connection:
        runs, serials, memos = (
            connection.scalars(sa.select(sa.func.count()).select_from(table)).one()
            for table in (RUN, SERIAL, CREDIT_MEMO)
        )
    return runs, serials, memos


def test_a_dry_run_tells_the_same_and_leaves_nothing(shop: Database, tmp_path: Path) -> None:
    file = intake_file(tmp_path / "returns.csv", GOOD, TOO_MANY)
    rehearsed = serialback("run", "--dry-run", "intake", file.name, "--database", shop.url, cwd=tmp_path)
    assert (rehearsed.returncode, rehearsed.stderr) == (0, "")
    assert rehearsed.stdout.startswith("Dry run (intake, ")
    assert counted(shop) == (0, 0, 0)
    done = serialback("run", "intake", file.name, "--database", shop.url, cwd=tmp_path)
    assert done.stdout.startswith("Run ")
    assert counted(shop) == (1, 3, 1)
    for run in (rehearsed, done):
        assert FIGURES in run.stdout
        assert "Credit memos  1, 450.00 USD\n" in run.stdout
        assert "GENERATE_QUANTITY_EXCEEDED: 1 line\n  e.g. returns.csv, row 3: " in run.stdout


def test_the_same_file_again_is_nothing_to_do(shop: Database, tmp_path: Path) -> None:
    file = intake_file(tmp_path / "returns.csv", GOOD)
    run = ("run", "intake", file.name, "--database", shop.url)
    first = json_of(serialback(*run, "--json", cwd=tmp_path))
    assert (first["status"], first["run_id"], first["serials_generated"]) == ("DONE", 1, 3)
    assert first["totals_by_currency"] == {"USD": 45000}
    again = serialback(*run, cwd=tmp_path)
    assert again.returncode == 0
    assert "nothing to do: run 1 brought the same content before" in again.stdout.splitlines()[0]
    assert counted(shop)[1:] == (3, 1)


@pytest.mark.parametrize(
    ("args", "rows", "status_and_printed"),
    [
        pytest.param([], [GOOD, TOO_MANY], (0, True), id="refused lines are business as usual"),
        pytest.param(["--quiet"], [GOOD, TOO_MANY], (0, False), id="quietly"),
        pytest.param(["--strict"], [GOOD], (0, True), id="strict, and none refused"),
        pytest.param(["--strict", "--quiet"], [GOOD, TOO_MANY], (3, True), id="strict, and one refused"),
    ],
)
def test_the_exit_status(
    args: list[str], rows: list[str], status_and_printed: tuple[int, bool], shop: Database, tmp_path: Path
) -> None:
    intake_file(tmp_path / "returns.csv", *rows)
    run = serialback("run", "intake", "returns.csv", *args, "--database", shop.url, cwd=tmp_path)
    assert ((run.returncode, bool(run.stdout)), run.stderr) == (status_and_printed, "")


def test_a_refused_file_is_65_and_the_others_are_done(shop: Database, tmp_path: Path) -> None:
    intake_file(tmp_path / "good.csv", GOOD)
    (tmp_path / "bad.xlsx").write_bytes(b"no workbook")
    run = serialback("run", "intake", "bad.xlsx", "good.csv", "--quiet", "--database", shop.url, cwd=tmp_path)
    assert (run.returncode, run.stderr) == (65, "")
    headline, refused = run.stdout.splitlines()
    assert headline.startswith("Run 1 (intake, business date ")
    assert refused.startswith("bad.xlsx: is named .xlsx, and its content is plain text. Open it in a spreadsheet")
    assert counted(shop) == (1, 3, 1)


def test_strict_and_quiet_tells_what_was_refused_and_where_to_look(shop: Database, tmp_path: Path) -> None:
    intake_file(tmp_path / "returns.csv", GOOD, TOO_MANY)
    run = serialback("run", "intake", "returns.csv", "--strict", "--quiet", "--database", shop.url, cwd=tmp_path)
    assert run.returncode == 3
    _, *told = run.stdout.splitlines()
    assert told == [
        "Lines         2 read = 1 posted + 1 refused + 0 skipped",
        "GENERATE_QUANTITY_EXCEEDED: 1 line",
        "serialback exceptions --run 1       every line that needs a person",
    ]


def test_a_folder_means_its_files(shop: Database, tmp_path: Path) -> None:
    for name in ("b.csv", "~$a.csv", "c.csv.part", "notes.txt"):
        intake_file(tmp_path / "in" / name, GOOD)
    run = serialback("run", "intake", "in", "--json", "--database", shop.url, cwd=tmp_path)
    assert [file["name"] for file in json_of(run)["files"]] == ["b.csv"]
    assert run.stderr == "Passed over, for it is no intake file: in/notes.txt\n"


def test_an_empty_folder_is_nothing_to_do_and_no_run(shop: Database, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    run = serialback("run", "intake", "in", "--database", shop.url, cwd=tmp_path)
    assert (run.returncode, run.stdout, run.stderr) == (0, "Nothing to do: there is no intake file in in.\n", "")
    told = json_of(serialback("run", "intake", "in", "--json", "--database", shop.url, cwd=tmp_path))
    assert (told["status"], told["run_id"]) == ("NOOP", None)
    assert serialback("run", "intake", "in", "--quiet", "--database", shop.url, cwd=tmp_path).stdout == ""
    assert counted(shop) == (0, 0, 0)


@pytest.mark.parametrize("where", ["before", "between", "after"])
def test_the_business_date_may_stand_anywhere(where: str, shop: Database, tmp_path: Path) -> None:
    intake_file(tmp_path / "returns.csv", GOOD)
    given = ("--business-date", "2026-03-31")
    args = {
        "before": (*given, "run", "intake", "returns.csv"),
        "between": ("run", *given, "intake", "returns.csv"),
        "after": ("run", "intake", "returns.csv", *given),
    }[where]
    told = json_of(serialback(*args, "--json", "--database", shop.url, cwd=tmp_path))
    assert told["business_date"] == "2026-03-31"


def test_open_documents_are_tried_again_without_a_file(shop: Database, tmp_path: Path) -> None:
    intake_file(tmp_path / "returns.csv", TOO_MANY)
    serialback("run", "intake", "returns.csv", "--database", shop.url, cwd=tmp_path)
    told = json_of(serialback("run", "intake", "--json", "--database", shop.url, cwd=tmp_path))
    assert (told["lines_read"], told["lines_refused"]) == (1, 1)


def test_without_pos_documents_there_is_nothing_to_do(shop: Database, tmp_path: Path) -> None:
    told = json_of(serialback("run", "pos", "--json", "--database", shop.url, cwd=tmp_path))
    assert (told["job"], told["status"], told["exit_status"]) == ("pos", "NOOP", 0)


def test_a_run_without_a_database_is_69_and_makes_none(tmp_path: Path) -> None:
    intake_file(tmp_path / "returns.csv", GOOD)
    run = serialback("run", "intake", "returns.csv", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (69, "")
    assert "run `serialback init`." in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["returns.csv"]
