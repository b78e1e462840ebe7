"""Show the commands that write workbooks to fill in: what they print, what they write, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.cli.commands import json_of, serialback
from tests.cli.shop import GOOD, TOO_MANY, intake_file
from tests.databases import Database


def run(shop: Database, folder: Path, *args: str) -> tuple[int, str, str]:
    done = serialback(*args, "--database", shop.url, cwd=folder)
    return done.returncode, done.stdout, done.stderr


def test_a_template_is_written_and_not_over_another_file(shop: Database, tmp_path: Path) -> None:
    said = (
        "Written to returns.xlsx, with drop-downs for 3 locations, 2 items, 5 areas.\n"
        "Fill it in, then: serialback run intake returns.xlsx\n"
    )
    assert run(shop, tmp_path, "template", "returns.xlsx") == (0, said, "")
    assert openpyxl.load_workbook(tmp_path / "returns.xlsx").sheetnames == ["Intake", "How to", "Lists"]
    status, _, refused = run(shop, tmp_path, "template", "returns.xlsx")
    assert (status, "returns.xlsx exists already" in refused) == (2, True)
    assert run(shop, tmp_path, "template", "returns.xlsx", "--overwrite", "--quiet") == (0, "", "")
    told = json_of(serialback("template", "x.xlsx", "--json", "--database", shop.url, cwd=tmp_path))
    assert told == {"file": "x.xlsx", "listed": {"location": 3, "item": 2, "area": 5}}


def test_a_template_checks_quantities_by_the_sites_limit(shop: Database, tmp_path: Path) -> None:
    (tmp_path / "serialback.toml").write_text("[limits]\nline_quantity = 75\n", encoding="utf-8")
    assert run(shop, tmp_path, "template", "returns.xlsx", "--config", "serialback.toml")[0] == 0
    checks = openpyxl.load_workbook(tmp_path / "returns.xlsx")["Intake"].data_validations.dataValidation
    assert [check.formula2 for check in checks if check.errorTitle == "Quantity"] == ["75"]


def test_rows_of_a_backfill_are_not_to_be_handed_in_as_an_intake(shop: Database, tmp_path: Path) -> None:
    intake_file(tmp_path / "old.csv", TOO_MANY)
    headings, line = (tmp_path / "old.csv").read_text(encoding="utf-8").splitlines()
    lines = "".join(f"{line.replace('R-2', f'R-{number}')},2019-03-31\n" for number in range(1_002))
    (tmp_path / "old.csv").write_text(f"{headings},Date\n{lines}", encoding="utf-8")
    assert run(shop, tmp_path, "run", "backfill", "old.csv", "--quiet")[0] == 0
    said = (
        "1,000 rows written to back.xlsx.\n"
        "1,000 rows of the sheet Not from a sheet can only be read in it: correct those of a backfill in a file of "
        "their own (serialback run backfill), others where they come from.\n"
        "2 more exceptions of other documents are left out: of each code the first 1,000 are listed. All are counted, "
        "and in the database.\n"
    )
    assert run(shop, tmp_path, "exceptions", "--export", "back.xlsx") == (0, said, "")
    sheet = openpyxl.load_workbook(tmp_path / "back.xlsx")["Not from a sheet"]
    assert any("old.csv, row 2" in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_exceptions_are_exported_corrected_and_handed_in(shop: Database, tmp_path: Path) -> None:
    intake_file(tmp_path / "march.csv", GOOD, TOO_MANY)
    assert run(shop, tmp_path, "exceptions", "--export", "back.xlsx") == (
        0, "There are no rows that need a person; nothing was written.\n", "",
    )  # fmt: skip
    assert run(shop, tmp_path, "exceptions", "--export", "back.xlsx", "--quiet") == (0, "", "")
    assert run(shop, tmp_path, "run", "intake", "march.csv", "--quiet")[0] == 0
    said = (
        "1 row written to back.xlsx.\n"
        "Correct the cells in red and hand the workbook in as it is: serialback run intake back.xlsx\n"
    )
    assert run(shop, tmp_path, "exceptions", "--export", "back.xlsx", "--run", "1") == (0, said, "")
    book = openpyxl.load_workbook(tmp_path / "back.xlsx")
    at = next(cell.column_letter for cell in book["Intake"][1] if cell.value == "Generate Quantity")
    assert book["Intake"][f"{at}2"].value == "4"
    book["Intake"][f"{at}2"] = 3
    book.save(tmp_path / "back.xlsx")
    done = json_of(serialback("run", "intake", "back.xlsx", "--json", "--database", shop.url, cwd=tmp_path))
    assert (done["lines_read"], done["lines_posted"]) == (1, 1)
    told = json_of(serialback("exceptions", "--export", "no.xlsx", "--json", "--database", shop.url, cwd=tmp_path))
    assert told == {"file": None, "rows": 0, "left_out": []}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param(["template", "returns.xls"], "returns.xls is to be a file that ends in .xlsx", id="template"),
        pytest.param(["exceptions", "--export", "back.csv"], "back.csv is to be a file that ends in", id="export"),
        pytest.param(["exceptions", "--export", "b.xlsx", "--document", "R-1"], "--export writes the", id="document"),
        pytest.param(["exceptions", "--export", "b.xlsx", "--status", "all"], "--export writes the", id="status"),
        pytest.param(["exceptions", "--export", "b.xlsx", "--ages"], "--export writes the", id="ages"),
    ],
)
def test_what_cannot_be_meant_is_refused(args: list[str], said: str, tmp_path: Path) -> None:
    done = serialback(*args, cwd=tmp_path)
    assert (done.returncode, said in done.stderr) == (2, True)
