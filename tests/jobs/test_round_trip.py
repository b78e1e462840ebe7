"""Take the rows that need a human out as a workbook, correct its cells, hand it in: just those lines are settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from batch.edge.database import read_only
from batch.edge.exceptions_workbook import write_exceptions_workbook
from tests.jobs.world import World, row

Cells = Mapping[str, Any]


def exported(world: World, name: str = "exceptions.xlsx", **wanted: int | str) -> Path:
    path = world.folder / name
    with read_only(world.database.engine) as connection:
        assert write_exceptions_workbook(connection, path, **wanted)  # type: ignore[arg-type]
    return path


def sheet_of(path: Path) -> list[dict[str, object]]:
    """Read the sheet to hand in: a row each, by heading."""
    book = openpyxl.load_workbook(path)
    headings, *rows = list(book["Intake"].iter_rows(values_only=True))
    return [dict(zip(map(str, headings), values, strict=True)) for values in rows]


def corrected(path: Path, *corrections: tuple[str, Cells], name: str = "corrected.xlsx") -> Path:
    """Type into the cells of rows, each found by its code (or codes); every other row is deleted."""
    book = openpyxl.load_workbook(path)
    sheet = book["Intake"]
    places = {str(cell.value): at for at, cell in enumerate(sheet[1], start=1)}
    wanted = list(corrections)
    for row_no in range(sheet.max_row, 1, -1):
        code = sheet.cell(row_no, places["Code"]).value
        found = next((each for each in reversed(wanted) if each[0] == code), None)
        if found is None:
            sheet.delete_rows(row_no)
            continue
        wanted.remove(found)
        for heading, value in found[1].items():
            sheet.cell(row_no, places[heading]).value = value
    assert not wanted
    book.save(path.with_name(name))
    return path.with_name(name)


# What is handed in, the code under which it comes back, what is typed, and the line that it is then.
TRIPS = (
    pytest.param([{"item": "NONE"}], "ITEM_UNKNOWN", {"Item": "CPU"}, ("R-1", 1), id="item"),
    pytest.param([{"customer": "c1"}], "CUSTOMER_UNKNOWN", {"Customer": "C1"}, ("R-1", 1), id="customer"),
    pytest.param([{"quantity": "two"}], "QUANTITY_NOT_INTEGER", {"Quantity": 2}, ("R-1", 1), id="shape"),
    pytest.param(
        [{}, {"serial": "4O01"}], "SERIAL_UNKNOWN", {"Serial #": "4001"}, ("R-1", 2), id="serial, second line"
    ),
    pytest.param([{}, {"document": None}], "CELL_REQUIRED", {"Document #": "R-1"}, ("R-1", 5), id="no document"),
    pytest.param([{}, {"line": "x"}], "CELL_UNREADABLE", {"Line #": 2}, ("R-1", 2), id="no line"),
    pytest.param([{}, {"type": "Exchange"}], "TYPE_UNKNOWN", {"Type": "Return"}, ("R-1", 5), id="no type"),
    pytest.param([{"line": 1}, {"line": 1}], "LINE_REPEATED", {"Line #": 2}, ("R-1", 2), id="line repeated"),
    pytest.param(
        [{"line": 1, "item": "NONE"}, {"line": 1}], "LINE_REPEATED", {"Line #": 2}, ("R-1", 2), id="of a waiting line"
    ),
    pytest.param([{"serial": dt.date(2026, 3, 1)}], "SERIAL_MALFORMED", {"Serial #": "4001"}, ("R-1", 1), id="date"),
    pytest.param(
        [{"serial": 1234567890123456}], "SERIAL_STORED_AS_NUMBER", {"Serial #": "4001"}, ("R-1", 1), id="lost digits"
    ),
)


@pytest.mark.parametrize(("rows", "code", "typed", "line"), TRIPS)
def test_a_corrected_row_settles_its_line_and_resolves_its_exception(
    world: World, rows: list[dict[str, Any]], code: str, typed: Cells, line: tuple[str, int]
) -> None:
    world.unit("4001")
    world.intake(*(row(**({"document": "R-1"} | cells)) for cells in rows))
    others = [each for each in world.exceptions() if each[2] != code]
    report = world.intake(corrected(exported(world), (code, typed)))
    assert world.exceptions() == others
    assert (report.lines_read, report.lines_posted, report.lines_refused) == (1 + len(others), 1, len(others))
    assert (
        world.value(
            "SELECT l.status FROM document_line l JOIN document d ON d.document_id = l.document_id "
            "WHERE d.document_no = :document AND l.line_no = :line",
            document=line[0],
            line=line[1],
        )
        == "POSTED"
    )


def test_rows_that_disagree_come_back_and_settle_together(world: World) -> None:
    world.intake(row("R-1"), row("R-1", customer="C2"), row("R-2"))
    path = exported(world)
    second: Cells = {"Customer": "C1"}
    world.intake(corrected(path, ("DOCUMENT_INCONSISTENT", {}), ("DOCUMENT_INCONSISTENT", second)))
    assert (world.exceptions(), world.status("R-1")) == ([], ("POSTED", "POSTED", "POSTED"))
    assert len(world.exceptions("RESOLVED")) == 2


def test_a_posted_line_that_changed_comes_back_and_may_become_a_document_of_its_own(world: World) -> None:
    world.intake(row("R-1"))
    world.intake(row("R-1", quantity=2))
    typed = {"Document #": "R-9", "Quantity": 1}
    world.intake(corrected(exported(world), ("LINE_ALREADY_POSTED", typed)))
    assert (world.exceptions(), world.status("R-9")) == ([], ("POSTED", "POSTED"))
    assert [memo[:3] for memo in world.memos()] == [("CM-HQ-00001", "R-1", 1), ("CM-HQ-00002", "R-9", 1)]


def test_nothing_else_is_touched(world: World) -> None:
    world.intake(row("R-1"), row("R-1", "NONE"), row("R-2", "NONE"), row("R-3", quantity=0), row("R-4"))
    tables = "SELECT * FROM document_line WHERE status = 'POSTED' ORDER BY line_id", "SELECT * FROM credit_memo"
    before = [world.rows(each) for each in tables]
    report = world.intake(corrected(exported(world), ("QUANTITY_ZERO", {"Quantity": 1})))
    assert (report.lines_read, report.lines_posted) == (1, 1)
    assert world.exceptions() == [("R-1", 2, "ITEM_UNKNOWN"), ("R-2", 1, "ITEM_UNKNOWN")]
    after = [world.rows(each) for each in tables]
    assert [rows[: len(old)] for rows, old in zip(after, before, strict=True)] == before


def test_a_row_still_wrong_keeps_its_exception_and_one_no_longer_so_loses_it(world: World) -> None:
    world.intake(row(None, quantity="two", type="Exchange"))
    first = {code: each for each, code in world.tuples("SELECT exception_id, code FROM exception")}
    codes = "CELL_REQUIRED, TYPE_UNKNOWN, QUANTITY_NOT_INTEGER"
    world.intake(corrected(exported(world), (codes, {"Document #": "R-1", "Quantity": "three"}), name="a.xlsx"))
    open_ones = world.tuples(
        "SELECT exception_id, code, document_no, run_id, last_run_id FROM exception WHERE status = 'OPEN' ORDER BY code"
    )
    assert open_ones == [
        (first["QUANTITY_NOT_INTEGER"], "QUANTITY_NOT_INTEGER", "R-1", 1, 2),
        (first["TYPE_UNKNOWN"], "TYPE_UNKNOWN", "R-1", 1, 2),
    ]
    again = exported(world, "again.xlsx")
    (back,) = sheet_of(again)
    assert (back["Document #"], back["Quantity"], back["Came from"]) == ("R-1", "three", "a.xlsx, row 2")
    codes = "TYPE_UNKNOWN, QUANTITY_NOT_INTEGER"
    report = world.intake(corrected(again, (codes, {"Type": None, "Quantity": 3}), name="b.xlsx"))
    assert (world.exceptions(), report.lines_posted, len(world.serials("R-1"))) == ([], 1, 3)


def test_a_line_moved_to_another_document_leaves_the_old_one_waiting(world: World) -> None:
    world.intake(row("R-1", "NONE"))
    world.intake(corrected(exported(world), ("ITEM_UNKNOWN", {"Document #": "R-9", "Item": "CPU"})))
    assert (world.status("R-9"), world.status("R-1")) == (("POSTED", "POSTED"), ("HELD", "REFUSED"))
    assert world.exceptions() == [("R-1", 1, "ITEM_UNKNOWN")]


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("1 / 000000", id="another seal"),
        pytest.param("1", id="no seal"),
        pytest.param("99 / 123abc", id="no such exception"),
        pytest.param("1-999999999999999999 / 123abc", id="too many"),
        pytest.param("somewhere", id="no link"),
        pytest.param(7, id="a number"),
        pytest.param(None, id="blank"),
    ],
)
def test_a_wrong_or_foreign_link_leads_nowhere(world: World, link: object) -> None:
    world.intake(row(None))
    typed = {"Document #": "R-1", "Exception #": link}
    report = world.intake(corrected(exported(world), ("CELL_REQUIRED", typed)))
    assert report.lines_posted == 1
    assert [code for *_, code in world.exceptions()] == ["CELL_REQUIRED"]


def test_a_row_handed_in_as_it_came_is_refused_as_before(world: World) -> None:
    world.intake(
        row("R-1", serial=dt.date(2026, 3, 1)),
        row("R-2", serial=True),
        row("R-3", serial=1234567890123456),
        row("R-4", mfr=1.5),
        row("R-5", area="=1/0"),
        row("R-6", quantity="two"),
        row(None),
        row("R-7", mfr=-5),
    )
    before = world.tuples("SELECT exception_id, document_no, code FROM exception ORDER BY 1")
    report = world.intake(exported(world))
    assert world.tuples("SELECT exception_id, document_no, code FROM exception ORDER BY 1") == before
    assert (report.lines_refused, report.lines_posted) == (8, 0)


def test_a_line_of_several_files_comes_back_as_the_last_brought_it(world: World) -> None:
    world.intake(row("R-1", "NONE", 3))
    world.intake(row("R-2"), row("R-1", "NONE", "three"))
    (back,) = sheet_of(exported(world))
    assert (back["Quantity"], back["Code"]) == ("three", "QUANTITY_NOT_INTEGER")
    world.intake(corrected(world.folder / "exceptions.xlsx", ("QUANTITY_NOT_INTEGER", {"Item": "CPU", "Quantity": 3})))
    assert (world.exceptions(), len(world.serials("R-1"))) == ([], 3)


def test_positions_do_not_shift(world: World) -> None:
    world.intake(*(row("R-1", item) for item in ("CPU", "NONE", "MOUSE", "NONE", "CABLE")))
    assert [each["Line #"] for each in sheet_of(exported(world))] == [2, 4]


@pytest.mark.parametrize(
    "quantities",
    [
        pytest.param(["two", 1], id="the first is no line, the second repeats it"),
        pytest.param(["two", "three", 3], id="nor is the second"),
        pytest.param([1, 2, 3], id="the first is a line"),
    ],
)
def test_rows_of_one_line_handed_in_as_they_came_stay_open_each(world: World, quantities: list[object]) -> None:
    world.intake(*(row("R-1", quantity=quantity, line=8) for quantity in quantities))
    before = world.tuples("SELECT exception_id, code, status FROM exception ORDER BY exception_id")
    for _ in range(2):
        world.intake(exported(world))
        (world.folder / "exceptions.xlsx").unlink()
        # What repeated a line that is posted since is not what is posted.
        assert len(world.exceptions()) == len(before)
        if quantities[0] == "two":
            assert world.tuples("SELECT exception_id, code, status FROM exception ORDER BY exception_id") == before
