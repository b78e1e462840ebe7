"""Show the exit status of every way out, and that each says why in one line."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click
import pytest

from batch.cli.exits import run_to_exit_status
from batch.errors import BusyError, DatabaseUnavailableError, FileRefusedError, InvariantError, ReferenceRefusedError
from tests.cli.commands import json_of, serialback
from tests.databases import Database

NOWHERE = "postgresql://shop:secret@127.0.0.1:1/none"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        pytest.param(["frobnicate"], "No such command 'frobnicate'.", id="no such command"),
        pytest.param(["runs", "--nope"], "No such option '--nope'.", id="no such option"),
        pytest.param(["runs", "seven"], "'seven' is not a valid integer range.", id="no number"),
        pytest.param(["waive", "1"], "Missing option '--note'.", id="option missing"),
        pytest.param(["run", "intake", "gone.xlsx"], "Path 'gone.xlsx' does not exist.", id="no such file"),
        pytest.param(
            ["--business-date", "31.3.2026", "runs"],
            "'31.3.2026' is not a date; type it as YYYY-MM-DD, such as 2026-03-31.",
            id="no date",
        ),
        pytest.param(
            ["codes", "NOPE"], "NOPE is not an exception code; `serialback codes` lists them all.", id="no code"
        ),
        pytest.param(
            ["exceptions", "--code", "NOPE"],
            "NOPE is not an exception code; `serialback codes` lists them all.",
            id="option that is no code",
        ),
    ],
)
def test_wrong_usage_is_2(args: list[str], message: str, tmp_path: Path) -> None:
    run = serialback(*args, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    last = run.stderr.splitlines()[-1]
    assert last.startswith("Error: ")
    assert message in last
    assert "Traceback" not in run.stderr


def test_a_group_without_a_command_shows_its_help(tmp_path: Path) -> None:
    run = serialback("run", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert "serialback run intake returns.xlsx" in run.stderr


@pytest.mark.parametrize(
    ("args", "toml", "status", "message"),
    [
        pytest.param(["runs"], "", 69, "run `serialback init`.", id="no schema"),
        pytest.param(["settings"], "curency = 'EUR'", 78, "did you mean currency?", id="unknown setting"),
        pytest.param(["settings", "--config", "gone.toml"], "", 78, "no such settings file", id="settings missing"),
        pytest.param(
            ["runs", "--database", "mysql://h/d"], "", 78, "Only sqlite:/// and postgresql://", id="wrong kind"
        ),
        pytest.param(["runs", "--database", NOWHERE], "", 69, "cannot be reached", id="no server"),
        pytest.param(["init", "--database", "sqlite:///no/folder/f.db"], "", 69, "cannot be opened", id="no folder"),
    ],
)
def test_what_the_operator_must_set_right(
    args: list[str], toml: str, status: int, message: str, tmp_path: Path
) -> None:
    (tmp_path / "serialback.toml").write_text(toml, encoding="utf-8")
    run = serialback(*args, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (status, "")
    (line,) = run.stderr.splitlines()
    assert line.startswith("Error: ")
    assert message in line
    assert "secret" not in line
    assert [path.name for path in tmp_path.iterdir()] == ["serialback.toml"]


def test_a_look_up_of_a_run_that_is_none_is_wrong_usage(database: Database, tmp_path: Path) -> None:
    run = serialback("--database", database.url, "runs", "99", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (2, "Error: There is no run 99; `serialback runs` lists them.\n")


@pytest.mark.parametrize(
    ("version", "message"),
    [
        pytest.param("0000", "is older (0000) than this program's", id="older"),
        pytest.param("9999", "is newer (9999) than this program's", id="newer"),
    ],
)
def test_another_schema_is_78(version: str, message: str, database: Database, tmp_path: Path) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    run = serialback("runs", "--database", database.url, cwd=tmp_path)
    assert run.returncode == 78
    assert message in run.stderr


def test_a_locked_database_is_75(sqlite_database: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(str(sqlite_database.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        run = serialback(
            *("waive", "1", "--note", "x", "--database", f"{sqlite_database.url}?timeout=0.2"), cwd=tmp_path
        )
    assert (run.returncode, run.stdout) == (75, "")
    assert run.stderr == "Error: The database stayed locked by another program. Try again later.\n"


def test_a_fault_in_the_program_is_1_with_a_trace_id(database: Database, tmp_path: Path) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE run RENAME TO vanished")
    run = serialback("runs", "--database", database.url, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (1, "")
    logged, line = run.stderr.splitlines()
    assert line.startswith("Error: A fault in the program (")
    trace_id = line.partition("trace id ")[2].split()[0]
    assert f'"trace_id": "{trace_id}"' in logged
    assert "Traceback (most recent call last)" in logged


@pytest.mark.parametrize(
    ("args", "status"),
    [
        pytest.param(["runs", "--json", "--nope"], 2, id="usage"),
        pytest.param(["--json", "runs"], 69, id="database, asked for before"),
        pytest.param(["runs", "--json", "--database", NOWHERE], 69, id="no database"),
    ],
)
def test_errors_are_told_as_json_where_json_is_asked_for(args: list[str], status: int, tmp_path: Path) -> None:
    run = serialback(*args, cwd=tmp_path)
    told = json_of(run)
    assert (run.returncode, told["exit_status"]) == (status, status)
    assert run.stderr.splitlines()[-1] == f"Error: {told['error']}"


def test_json_after_the_end_of_options_is_a_serial(sqlite_database: Database, tmp_path: Path) -> None:
    run = serialback("trace", "--database", sqlite_database.url, "--", "--json", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (
        0,
        "No unit bears --json, as serial or as manufacturer's serial.\n",
    )


def test_a_fault_is_told_as_json(database: Database, tmp_path: Path) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE run RENAME TO vanished")
    run = serialback("runs", "--json", "--database", database.url, cwd=tmp_path)
    told = json_of(run)
    assert (run.returncode, told["exit_status"]) == (1, 1)
    assert f'"trace_id": "{told["trace_id"]}"' in run.stderr


def returning(value: object) -> Callable[..., object]:
    """Give a command that ends well."""
    return lambda *_, **__: value


def raising(error: BaseException) -> Callable[..., object]:
    """Give a command that does not."""

    def command(*_: object, **__: object) -> object:
        raise error

    return command


@pytest.mark.parametrize(
    ("command", "status", "told"),
    [
        pytest.param(returning(None), 0, "", id="nothing said"),
        pytest.param(returning(3), 3, "", id="a status"),
        pytest.param(raising(InvariantError("It does not add up.")), 4, "Error: It does not add up.\n", id="invariant"),
        pytest.param(
            raising(FileRefusedError("a.xlsx", "it has macros", "Save it as .xlsx.")),
            65,
            "Error: a.xlsx: it has macros. Save it as .xlsx.\n",
            id="file",
        ),
        pytest.param(
            raising(ReferenceRefusedError(["item.csv, row 2: x", "item.csv, row 3: y"])),
            65,
            "- item.csv, row 2: x\n- item.csv, row 3: y\nError: Nothing was loaded. item.csv, row 2: x (and 1 more)\n",
            id="every problem of a load",
        ),
        pytest.param(raising(DatabaseUnavailableError("No\nserver.")), 69, "Error: No server.\n", id="database"),
        pytest.param(raising(BusyError("Run 7 holds it.")), 75, "Error: Run 7 holds it.\n", id="lock"),
        pytest.param(
            raising(KeyboardInterrupt()), 130, "Error: Interrupted; what was begun is rolled back.\n", id="interrupted"
        ),
        pytest.param(raising(click.Abort()), 130, "Error: Interrupted; what was begun is rolled back.\n", id="aborted"),
    ],
)
def test_every_way_out_has_its_status(
    command: Callable[..., object],
    status: int,
    told: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    with pytest.raises(SystemExit) as left:
        run_to_exit_status(command, [], "serialback")
    assert left.value.code == status
    assert capsys.readouterr() == ("", told)
