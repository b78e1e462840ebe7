"""Show that results reach whoever reads them: a pipe that closes, a full disk, a narrow terminal, a plain locale."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from batch.cli.output import figure, say_json, shown, table
from batch.core.codes import CATALOGUE
from tests.cli.commands import COMMAND, environment, on_terminal, serialback

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def test_a_reader_that_leaves_early_is_no_failure(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        run = serialback("codes", cwd=tmp_path, stdout=writer)
    finally:
        os.close(writer)
    assert (run.returncode, run.stderr) == (0, "")


def test_head_reads_the_first_line(tmp_path: Path) -> None:
    command = f"set -o pipefail; {' '.join(COMMAND)} codes | head -n 1"
    run = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.split() == ["code", "stage", "severity", "meaning", "what", "to", "do"]


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        run = serialback("codes", cwd=tmp_path, stdout=full)
    told = "Error: The result cannot be written to standard output: No space left on device.\n"
    assert (run.returncode, run.stderr) == (1, told)


def test_no_standard_output_at_all_is_no_failure(tmp_path: Path) -> None:
    command = f"{' '.join(COMMAND)} codes >&-"
    run = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_no_standard_error_at_all_keeps_the_status(tmp_path: Path) -> None:
    command = f"{' '.join(COMMAND)} runs 2>&-"
    run = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (69, "")


@pytest.mark.parametrize(
    "env",
    [
        pytest.param({"LANG": "C", "LC_ALL": "C"}, id="plain locale"),
        pytest.param({"PYTHONIOENCODING": "ascii"}, id="ASCII only"),
        pytest.param({"PYTHONIOENCODING": "latin-1"}, id="Latin only"),
    ],
)
def test_any_character_can_be_told_in_any_locale(env: dict[str, str], tmp_path: Path) -> None:
    written = 'default_location = "Склад №1"\n'
    (tmp_path / "serialback.toml").write_text(written, encoding="utf-8")
    run = serialback("settings", cwd=tmp_path, env=env)
    assert (run.returncode, run.stderr) == (0, "")
    assert "default_location" in run.stdout
    if env.get("LC_ALL") == "C":
        assert "Склад №1" in run.stdout
    else:
        assert r"\u0421\u043a\u043b\u0430\u0434 \u21161" in run.stdout


def test_where_a_program_reads_nothing_is_cut(tmp_path: Path) -> None:
    run = serialback("codes", cwd=tmp_path, env={"COLUMNS": "20"})
    assert len(run.stdout.splitlines()) == 1 + len(CATALOGUE)
    for entry in CATALOGUE.values():
        assert f"{entry.meaning}  " in run.stdout
        assert f"{entry.remedy}\n" in run.stdout


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 200])
def test_on_a_terminal_lines_fit_and_codes_stay_whole(columns: int, tmp_path: Path) -> None:
    status, text = on_terminal("codes", cwd=tmp_path, columns=columns)
    plain = ANSI.sub("", text)
    assert status == 0
    assert max(map(len, plain.splitlines())) <= columns
    for code in CATALOGUE:
        assert re.search(rf"\b{code}\b", plain)


@pytest.mark.parametrize(
    ("env", "colours"),
    [
        pytest.param({}, set(), id="bold at most"),
        pytest.param({"NO_COLOR": "1"}, set(), id="no colour"),
    ],
)
def test_no_colour_is_needed(env: dict[str, str], colours: set[str], tmp_path: Path) -> None:
    _, text = on_terminal("codes", cwd=tmp_path, columns=100, env=env)
    assert set(re.findall(r"\x1b\[(3\d|4\d|9\d)", text)) == colours


def test_a_terminal_without_line_drawing_gets_plain_lines(tmp_path: Path) -> None:
    _, text = on_terminal("codes", cwd=tmp_path, columns=100, env={"PYTHONIOENCODING": "ascii"})
    assert "\u2500" not in text
    assert "\\u2500" not in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(None, "", id="nothing"),
        pytest.param(True, "yes", id="yes"),
        pytest.param(False, "no", id="no"),
        pytest.param(1234567, "1234567", id="an identifier keeps its digits together"),
        pytest.param(Decimal("2.50"), "2.50", id="decimal"),
        pytest.param(["a", 1], "a, 1", id="list"),
        pytest.param(dt.datetime(2026, 3, 31, 23, tzinfo=dt.UTC), "2026-03-31 23:00:00", id="instant"),
        pytest.param("a\nb\tc", "a b c", id="line break"),
        pytest.param("\x1b[2J", "\\x1b[2J", id="terminal command"),
        pytest.param("a\u202eb\u200bc", "a\\u202eb\\u200bc", id="hidden characters"),
        pytest.param("[red]x[/red]", "[red]x[/red]", id="markup"),
        pytest.param("\udce4", "\\udce4", id="byte that is no character"),
        pytest.param("Ärger №1", "Ärger №1", id="plain"),
    ],
)
def test_values_are_shown_and_never_obeyed(value: object, text: str) -> None:
    assert shown(value) == text


def test_a_table_for_programs_lines_up() -> None:
    rows = [("C1", figure(5), "one"), ("C12", figure(1200), None)]
    assert table(("code", "units", "name"), rows) == "code  units  name\nC1        5  one\nC12   1,200\n"


def test_a_table_without_rows_has_its_headings() -> None:
    assert table(("code", "name"), []) == "code  name\n"


def test_json_is_plain_ascii_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    say_json(
        {
            "name": "№",
            "path": Path("a/b"),
            "day": dt.date(2026, 3, 31),
            "at": dt.datetime(2026, 3, 31, 23, tzinfo=dt.UTC),
            "half": Decimal("0.5"),
            "whole": Decimal(2),
            "set": frozenset({"b", "a"}),
        }
    )
    assert capsys.readouterr().out == (
        '{"name": "\\u2116", "path": "a/b", "day": "2026-03-31", "at": "2026-03-31T23:00:00.000Z", '
        '"half": "0.5", "whole": 2, "set": ["a", "b"]}\n'
    )


def test_what_has_no_json_form_is_a_fault() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        say_json({"what": object()})
