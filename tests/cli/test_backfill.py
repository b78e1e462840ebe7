"""Draft a mapping and run a backfill by it, as people type the commands."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import ROOT, json_of, serialback
from tests.databases import sqlite_copy
from tests.edge import parquet
from tests.jobs.legacy import export, legacy
from tests.jobs.world import World


@pytest.fixture
def world(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """Set up the shop in a folder of its own."""
    with sqlite_copy(sqlite_template, tmp_path) as database:
        yield World(database, tmp_path)


ODD = {"Document #": "SLIP", "Date": "DAY", "Location": "SHOP", "Customer": "CUST", "Item": "ART", "Quantity": "PCS"}


def test_a_mapping_is_drafted_corrected_and_used(world: World) -> None:
    rows = [{ODD.get(name, name): cell for name, cell in legacy(f"L-{number}").items()} for number in range(3)]
    export(world.folder, rows, "old.csv")
    drafted = serialback("mapping", "old.csv", "--write", "old.toml", cwd=world.folder)
    assert (drafted.returncode, drafted.stderr) == (0, "")
    assert "Drafted old.toml. Look it over, then rehearse:" in drafted.stdout
    again = serialback("mapping", "old.csv", "--write", "old.toml", cwd=world.folder)
    assert (again.returncode, "exists already" in again.stderr) == (2, True)
    told = json_of(serialback("mapping", "old.csv", "--json", cwd=world.folder))
    assert (told["header_row"], told["lacking"], told["written"]) == (1, [], None)
    command = ("run", "backfill", "old.csv", "--mapping", "old.toml", "--database", world.database.url, "--json")
    rehearsed = json_of(serialback(*command, "--sample", "1", cwd=world.folder))
    assert (rehearsed["dry_run"], rehearsed["lines_posted"]) == (True, 1)
    ran = json_of(serialback(*command, "--into", "MAIN-STOCK", "--credit-memos", "write", cwd=world.folder))
    assert (ran["lines_posted"], ran["credit_memos"], ran["status"]) == (3, 3, "DONE")
    parameters = json.loads(world.value("SELECT parameters FROM run"))
    assert {name: parameters[name] for name in ("mapping", "credit_memos", "into")} == {
        "mapping": "old.toml", "credit_memos": "write", "into": "MAIN-STOCK",
    }  # fmt: skip


def test_numbers_that_may_be_thousands_are_told(tmp_path: Path) -> None:
    export(tmp_path, [legacy("L-1", quantity="1,000"), legacy("L-2", quantity="5")], "old.csv", ";")
    drafted = serialback("mapping", "old.csv", cwd=tmp_path)
    said = "Numbers may be typed like 1,234.50 or 1.234,50; those looked at do not tell. Drafted is 1,234.50.\n"
    assert said in drafted.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        pytest.param(("--mapping", "bad.toml"), 78, "bad.toml, [colums]: there is no such key", id="mapping"),
        pytest.param(("--into", "NONE"), 2, "There is no stock area NONE", id="area"),
        pytest.param(("--credit-memos", "some"), 2, "'some' is not one of 'none', 'write'", id="memos"),
        pytest.param(("--sample", "0"), 2, "0 is not in the range", id="sample"),
    ],
)
def test_what_cannot_be_meant_is_refused(world: World, arguments: tuple[str, ...], status: int, said: str) -> None:
    export(world.folder, [legacy("L-1")])
    (world.folder / "bad.toml").write_text("[colums]\n", encoding="utf-8")
    ran = serialback("run", "backfill", "legacy.csv", *arguments, "--database", world.database.url, cwd=world.folder)
    assert (ran.returncode, said in ran.stderr) == (status, True), ran.stderr


def test_translations_are_read_within_the_limits_of_the_site(world: World) -> None:
    export(world.folder, [legacy("L-1")])
    (world.folder / "items.csv").write_text("old,new\nA,CPU\nB,CPU\n", encoding="utf-8")
    mapping = '[columns]\n"Item" = { from = "Item", translate = "items.csv" }\n'
    (world.folder / "old.toml").write_text(mapping, encoding="utf-8")
    (world.folder / "serialback.toml").write_text("[limits]\ncolumns = 1\n", encoding="utf-8")
    ran = serialback("run", "backfill", "legacy.csv", "--mapping", "old.toml", cwd=world.folder)
    assert (ran.returncode, '"Item" translate: items.csv: ' in ran.stderr) == (78, True), ran.stderr
    assert "only 1 columns" in ran.stderr


def test_every_fault_of_a_mapping_is_told_on_a_line_of_its_own(world: World) -> None:
    export(world.folder, [legacy("L-1")])
    (world.folder / "bad.toml").write_text('[dates]\nformats = 1\n[numbers]\ndecimal = ";"\n', encoding="utf-8")
    ran = serialback("run", "backfill", "legacy.csv", "--mapping", "bad.toml", cwd=world.folder)
    assert (ran.returncode, [line[:30] for line in ran.stderr.splitlines()[-3:]]) == (
        78,
        ["- bad.toml, [dates] formats: i", "- bad.toml, [numbers] decimal:", "Error: The mapping has 7 fault"],
    )


def test_an_installation_without_what_reads_parquet_says_so(tmp_path: Path) -> None:
    # A module that is found before the real one, and is not there.
    shutil.copytree(ROOT / "batch", tmp_path / "batch", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pyarrow.py").write_text("raise ModuleNotFoundError(\"No module named 'pyarrow'\")\n", encoding="utf-8")
    parquet.table(tmp_path / "old.parquet", {"SLIP": ["L-1"]})
    ran = serialback("mapping", "old.parquet", cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)})
    assert (ran.returncode, ran.stdout) == (65, "")
    assert ran.stderr == (
        "Error: old.parquet: is a Parquet file, and what reads those is not installed here. "
        "Run: pip install 'serialback[parquet]'\n"
    )


def test_a_file_without_headings_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bare.csv").write_text("1\n2\n", encoding="utf-8")
    ran = serialback("mapping", "bare.csv", cwd=tmp_path)
    assert ran.returncode == 65
    assert "bare.csv: has no row near its top that could hold headings" in ran.stderr
