"""Show that the reconciliation of a run lists each of its units once, adds up, and says so where it does not."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from batch.core.unit_classes import CLASSES
from batch.edge.database import read_only
from batch.edge.reconciliation_book import write_reconciliation
from batch.edge.reconciliation_records import BROKEN, EXPLAINED, HOLDS, Reconciliation
from batch.errors import UsageError
from tests.jobs.legacy import backfill, legacy
from tests.jobs.world import Row, World, row

Rows = list[dict[str, Any]]


def reported(world: World, run_id: int, path: Path | None = None) -> Reconciliation:
    with read_only(world.database.engine) as connection:
        return write_reconciliation(connection, run_id, path or world.folder / f"run-{run_id}.xlsx", overwrite=True)


def sheet(world: World, run_id: int, name: str) -> Rows:
    """Read a sheet of a run's workbook by its headings."""
    book = openpyxl.load_workbook(world.folder / f"run-{run_id}.xlsx")
    headings, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(map(str, headings), each, strict=True)) for each in rows]


def classes(found: Reconciliation) -> Mapping[str, int]:
    return {name: count for name, count in found.units_by_class.items() if count}


@pytest.fixture
def busy(world: World) -> World:
    """Put units into the register that returns will meet."""
    world.unit("IN-1", "CRMA")
    for name in ("OUT-1", "OUT-2", "OUT-3"):
        world.unit(name, mfr_serial_no="SAME" if name != "OUT-3" else None)
    world.unit("HELD-1", open_document_id=world.document("CREDIT_ORDER", "ELSEWHERE", status="COMMITTED"))
    return world


ONE_OF_EACH: tuple[tuple[Row, dict[str, int]], ...] = (
    (row("R-01", quantity=3), {"generated": 3}),
    (row("R-02", quantity=2, serial="OUT-3"), {"attached": 1, "generated": 1}),
    (row("R-03", "CABLE", 4), {"by quantity": 4}),
    (row("R-04", "CABLE", 2, type="Service"), {"posted, no memo": 2}),
    (row("R-05", quantity=2, serial="IN-1"), {"already in stock": 1, "line refused": 1}),
    (row("R-06", serial="HELD-1"), {"on another document": 1}),
    (row("R-07", "MOUSE", serial="OUT-1"), {"other item": 1}),
    (row("R-08", quantity=2, serial="NEVER, NEVER-2"), {"unknown": 2}),
    (row("R-09", mfr="SAME"), {"ambiguous": 1}),
    (row("R-10", quantity=2, mfr="X, x"), {"line refused": 1, "repeated": 1}),
    (row("R-11", serial="OUT-1, OUT-2, OUT-3"), {"line refused": 1, "over quantity": 2}),
    (row("R-12", "NONE", 5), {"line refused": 5}),
    (row("R-13", quantity="two"), {}),
    (row("R-14", quantity=3, date="31/03/26"), {"line refused": 3}),
)


@pytest.mark.parametrize(
    ("line", "expected"), [pytest.param(*each, id=str(each[0]["Document #"])) for each in ONE_OF_EACH]
)
def test_each_unit_is_in_its_class(busy: World, line: Row, expected: dict[str, int]) -> None:
    run_id = busy.intake(line).run_id
    assert run_id is not None
    found = reported(busy, run_id)
    assert (classes(found), found.verdict) == (expected, "Everything adds up.")


def test_a_whole_run_adds_up(busy: World) -> None:
    run_id = busy.intake(*(line for line, _ in ONE_OF_EACH if "OUT-3" not in str(line.get("Serial #")))).run_id
    assert run_id is not None
    found = reported(busy, run_id)
    assert found.broken == []
    units = sheet(busy, run_id, "Units")
    assert sum(each["Units"] for each in units) == sum(found.units_by_class.values())
    assert {each["Class"] for each in units} <= set(CLASSES)
    first = next(each for each in units if each["Serial #"] == "5001")
    assert (first["Class"], first["Document #"], first["Credit Memo"], first["Sheet Row"], first["Area"]) == (
        "generated",
        "R-01",
        "CM-HQ-00001",
        2,
        "CRMA",
    )
    memos = sheet(busy, run_id, "Memos")
    assert [(each["Credit Memo"], each["Units"], each["Total"]) for each in memos] == [
        ("CM-HQ-00001", 3, 450),
        ("CM-HQ-00002", 4, 20),
    ]


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        pytest.param(row("R-1", line=1), {"generated": 1, "line refused": 2}, id="posted"),
        pytest.param(row("R-1", "NONE", line=1), {"line refused": 3}, id="refused when it was settled"),
        pytest.param(row("R-1", quantity="two", line=1), {"line refused": 2}, id="refused as it stands"),
    ],
)
def test_a_row_that_repeats_a_line_is_listed_beside_it(world: World, first: Row, expected: dict[str, int]) -> None:
    run_id = world.intake(first, row("R-1", quantity=2, line=1)).run_id
    assert run_id is not None
    world.intake(row("R-1", line=1))
    found = reported(world, run_id)
    assert (classes(found), found.verdict) == (expected, "Everything adds up.")


def test_a_row_that_is_no_line_is_told_as_it_was_shown(world: World) -> None:
    path = world.sheet(row("R-1", 42, quantity=3, serial=dt.date(2026, 3, 1)))
    book = openpyxl.load_workbook(path)
    headings = [cell.value for cell in book.worksheets[0][1]]
    for heading in ("Item", "Quantity"):
        book.worksheets[0].cell(2, headings.index(heading) + 1).number_format = "00000"
    book.save(path)
    run_id = world.intake(path).run_id
    assert run_id is not None
    assert classes(reported(world, run_id)) == {"line refused": 3}
    (told,) = sheet(world, run_id, "Units")
    assert (told["Item"], told["Serial #"], told["Units"]) == ("00042", "2026-03-01", 3)


def test_a_document_held_and_a_credit_order_received(world: World) -> None:
    world.document("POS_CREDIT", "P-1", {"quantity": 2}, {"quantity": 1, "item_code": "NONE"})
    world.document("CREDIT_ORDER", "O-1", {"quantity": 2}, {"quantity": 3, "item_code": "CABLE"})
    first = world.pos().run_id
    assert first is not None
    committed = reported(world, first)
    assert classes(committed) == {"generated": 2, "posted, no memo": 3, "held": 2, "line refused": 1}
    assert {each.verdict for each in committed.controls} == {HOLDS}
    world.execute("UPDATE document SET status = 'RECEIVED' WHERE document_no = 'O-1'")
    second = world.pos().run_id
    assert second is not None
    assert classes(reported(world, second)) == {"received": 2, "by quantity": 3, "held": 2, "line refused": 1}
    # Since they are received, the cables bear the mark of the run that received them alone.
    explained = [(each.what, each.note) for each in reported(world, first).controls if each.verdict == EXPLAINED]
    assert [what for what, _ in explained] == ["Lines posted"]
    assert explained[0][1].startswith("1 not listed: goods without serials")


def test_earlier_runs_still_add_up(world: World) -> None:
    """What a later run refuses again, or settles, does not spoil the report of the first."""
    first = world.intake(row("R-1", "NONE"), row("R-2", "NONE", 2), row("R-3")).run_id
    middle = world.intake().run_id
    last = world.intake(row("R-1"), row("R-2", "NONE", 2)).run_id
    found = [reported(world, run_id or 0) for run_id in (first, middle, last)]
    assert [classes(each) for each in found] == [
        {"generated": 1, "line refused": 3},
        {"line refused": 1},
        {"generated": 1, "line refused": 2},
    ]
    assert [[each.what for each in one.controls if each.verdict == EXPLAINED] for one in found] == [
        [],
        ["Lines refused"],
        [],
    ]
    assert [one.broken for one in found] == [[], [], []]
    corrected = [each for each in sheet(world, first or 0, "Units") if each["Document #"] == "R-1"]
    assert [(each["Item"], each["File"], each["Sheet Row"]) for each in corrected] == [("NONE", "intake-1.xlsx", 2)]


def test_goods_without_serials_are_listed_by_the_run_that_posted_them(world: World) -> None:
    first = backfill(world, legacy("L-1", item="CABLE"), legacy("L-2", item="NEW"), legacy("L-2", item="CABLE")).run_id
    world.insert("item", item_code="NEW", inventory_type="INVENTORIED", list_price_minor=700, average_cost_minor=1)
    second = backfill(world).run_id
    found = [reported(world, run_id or 0) for run_id in (first, second)]
    assert [one.broken for one in found] == [[], []]
    posted = [next(each for each in one.controls if each.what == "Lines posted") for one in found]
    assert [(each.listed, each.recorded, each.verdict) for each in posted] == [(1, 2, EXPLAINED), (2, 1, EXPLAINED)]
    assert posted[1].note.startswith("1 listed of an earlier run: goods without serials")


def test_what_does_not_add_up_is_said(world: World) -> None:
    run_id = world.intake(row("R-1")).run_id or 0
    world.execute("UPDATE run SET serials_generated = 7")
    found = reported(world, run_id)
    assert [(each.what, each.listed, each.recorded) for each in found.controls if each.verdict == BROKEN] == [
        ("Serials generated", 1, 7)
    ]
    assert found.verdict == "1 of 11 control totals do not add up."
    world.execute("UPDATE run SET serials_generated = 1")


def test_text_that_looks_like_a_formula_stays_text(world: World) -> None:
    run_id = world.intake(row("=1+1", serial="@SUM(A1)"), row("-R", "+NONE", 1, mfr="=cmd|' /C calc'!A0")).run_id or 0
    path = world.folder / f"run-{run_id}.xlsx"
    reported(world, run_id, path)
    with zipfile.ZipFile(path) as package:
        pages = {name: package.read(name).decode() for name in package.namelist() if name.startswith("xl/worksheets/s")}
    assert len(pages) == 3
    assert not [name for name, xml in pages.items() if "<f>" in xml or "<f " in xml]
    assert [each["Serial #"] for each in sheet(world, run_id, "Units")] == ["@SUM(A1)", None]


def test_the_same_run_gives_the_same_file(world: World) -> None:
    run_id = world.intake(row("R-1")).run_id or 0
    first, second = world.folder / "first.xlsx", world.folder / "second.xlsx"
    reported(world, run_id, first)
    reported(world, run_id, second)
    assert first.read_bytes() == second.read_bytes()


def test_a_run_that_is_none_writes_nothing(world: World) -> None:
    with pytest.raises(UsageError, match="There is no run 9"):
        reported(world, 9)
    assert not list(world.folder.glob("*.xlsx"))
