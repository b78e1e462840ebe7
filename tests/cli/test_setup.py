"""Show init, load and settings as a person at a shell meets them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.cli.commands import json_of, serialback
from tests.cli.shop import reference_files
from tests.databases import Database, PostgresqlServer


def test_init_creates_and_then_has_nothing_to_do(tmp_path: Path) -> None:
    created = serialback("init", cwd=tmp_path)
    assert (created.returncode, created.stderr) == (0, "")
    assert created.stdout.startswith("Created the schema (")
    assert created.stdout.endswith(" in sqlite:///serialback.db.\nNext: serialback load FILE\n")
    assert stat.S_IMODE((tmp_path / "serialback.db").stat().st_mode) == 0o640
    again = serialback("init", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith("Nothing to do: sqlite:///serialback.db has the current schema (")
    told = json_of(serialback("init", "--json", cwd=tmp_path))
    assert (told["database"], told["before"]) == ("sqlite:///serialback.db", told["after"])


def test_init_on_postgresql_takes_the_url_from_the_environment(postgresql: PostgresqlServer, tmp_path: Path) -> None:
    with postgresql.empty() as url:
        env = {"SERIALBACK_DATABASE_URL": url}
        assert serialback("init", "--quiet", cwd=tmp_path, env=env).stdout == ""
        assert "has the current schema" in serialback("init", cwd=tmp_path, env=env).stdout
    assert list(tmp_path.iterdir()) == []


def test_load_inserts_then_changes_nothing(database: Database, tmp_path: Path) -> None:
    files = reference_files(tmp_path)
    first = serialback("load", *files, "--database", database.url, cwd=tmp_path)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == (
        "table            inserted  updated  unchanged\n"
        "location                3        0          0\n"
        "stock_area              5        0          0\n"
        "number_sequence         4        0          0\n"
        "item                    2        0          0\n"
        "customer                2        0          0\n"
    )
    told = json_of(serialback("load", *files, "--json", "--database", database.url, cwd=tmp_path))
    assert [(each["inserted"], each["updated"]) for each in told["tables"]] == [(0, 0)] * 5


def test_load_refuses_all_and_names_every_problem(sqlite_database: Database, tmp_path: Path) -> None:
    (tmp_path / "customer.csv").write_text("customer_code,name,currency\nC1,One,XYZ\nC1,Two,USD\n", encoding="utf-8")
    run = serialback("load", "customer.csv", "--database", sqlite_database.url, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (65, "")
    *problems, last = run.stderr.splitlines()
    assert [problem[:2] for problem in problems] == ["- ", "- "]
    assert last.startswith("Error: Nothing was loaded. customer.csv")
    told = json_of(serialback("load", "customer.csv", "--json", "--database", sqlite_database.url, cwd=tmp_path))
    assert (told["exit_status"], len(told["problems"])) == (65, 2)


def test_load_warns_and_loads(sqlite_database: Database, tmp_path: Path) -> None:
    (tmp_path / "number_sequence.csv").write_text(
        "sequence_code,kind,location_code,mask,next_number\nA,SERIAL,,{seq},1\nB,SERIAL,,{seq},900\n", encoding="utf-8"
    )
    run = serialback("load", "number_sequence.csv", "--quiet", "--database", sqlite_database.url, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (0, "")
    assert run.stderr.startswith("Warning: number_sequence: A, B can make one another's numbers")


@pytest.mark.parametrize(
    ("args", "env", "row"),
    [
        pytest.param([], {}, ["database", "sqlite:///serialback.db", "default"], id="default"),
        pytest.param([], {}, ["chunk_lines", "2000", "serialback.toml"], id="file"),
        pytest.param([], {}, ["default_location", "(none)", "default"], id="none"),
        pytest.param(
            [],
            {"SERIALBACK_DATABASE_URL": "postgresql://shop:secret@h/d"},
            ["database", "postgresql://shop:***@h/d", "SERIALBACK_DATABASE_URL"],
            id="variable, masked",
        ),
        pytest.param(
            ["--database", "sqlite:///o.db"], {}, ["database", "sqlite:///o.db", "--database"], id="option after"
        ),
    ],
)
def test_settings_are_shown_with_their_origin(
    args: list[str], env: dict[str, str], row: list[str], tmp_path: Path
) -> None:
    (tmp_path / "serialback.toml").write_text("chunk_lines = 2000\n", encoding="utf-8")
    run = serialback("settings", *args, cwd=tmp_path, env=env)
    assert (run.returncode, run.stderr) == (0, "")
    assert row in [line.split() for line in run.stdout.splitlines()]
    before = serialback(*args, "settings", "--json", cwd=tmp_path, env=env)
    assert "secret" not in run.stdout + before.stdout
    told = json_of(before)
    assert told["config_file"] == "serialback.toml"
    shown = {line["name"]: line["origin"] for line in told["settings"]}
    assert shown[row[0]] == row[2]


def test_the_option_after_the_command_wins(tmp_path: Path) -> None:
    run = serialback("--database", "sqlite:///a.db", "settings", "--database", "sqlite:///b.db", cwd=tmp_path)
    assert ["database", "sqlite:///b.db", "--database"] in [line.split() for line in run.stdout.splitlines()]


@pytest.mark.parametrize(
    ("args", "note"),
    [
        pytest.param([], "Note: SERIALBACK_ZZZ is not a setting and changes nothing.\n", id="told"),
        pytest.param(["--quiet"], "", id="quiet"),
    ],
)
def test_a_variable_that_is_no_setting_is_noted(args: list[str], note: str, tmp_path: Path) -> None:
    run = serialback(*args, "settings", cwd=tmp_path, env={"SERIALBACK_ZZZ": "1"})
    assert (run.returncode, run.stderr) == (0, note)


def test_a_note_that_asks_ends_with_its_question(tmp_path: Path) -> None:
    run = serialback("settings", cwd=tmp_path, env={"SERIALBACK_CHUNK_LINE": "1"})
    assert run.stderr.endswith("did you mean SERIALBACK_CHUNK_LINES?\n")
