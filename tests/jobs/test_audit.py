"""Audit backfills: the source against the database by month and location, and sampled rows side by side."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest

from batch.edge import audit as audit_module
from batch.edge.audit import audit
from batch.edge.audit_book import audit_controls, verdict
from batch.edge.audit_records import UNREADABLE, Audit, Sums
from batch.edge.database import read_only
from batch.edge.reconciliation_book import write_reconciliation
from batch.edge.reconciliation_records import HOLDS
from tests.jobs.legacy import backfill, legacy
from tests.jobs.test_mapping import mapped
from tests.jobs.world import World, row


def audited(world: World, run_id: int = 1) -> Audit:
    with read_only(world.database.engine) as connection:
        found = audit(connection, run_id)
    assert found is not None
    return found


def sums(lines: int, units: int, minor: int, serials: int = 0, **more: int) -> Sums:
    """Give the sums of lines that are all posted, unless more is said."""
    posted = {"posted_lines": lines, "posted_units": units, "posted_minor": minor, "posted_serials": serials}
    return Sums(lines, units, minor, serials, **({"due_serials": serials} | posted | more))


def test_months_and_locations_are_set_against_the_database(world: World) -> None:
    backfill(
        world,
        legacy("L-1", "A-1", price="10.00", tax="1.00"),
        legacy("L-1", price="20.00", quantity=2),
        legacy("L-2", location="MAIN", date="2018-01-02", price="5.00"),
        legacy("L-3", item="NONE", price="7.00"),
        legacy("L-4", quantity="none"),
    )
    found = audited(world)
    assert found.sums == {
        ("2018-01", "MAIN", "USD"): sums(1, 1, 500),
        ("2019-05", "HQ", "USD"): Sums(
            3, 4, 5800, 1, due_serials=1, posted_lines=2, posted_units=3, posted_minor=5100, posted_serials=1,
            waiting_lines=1,
        ),
        (UNREADABLE, "", ""): Sums(1, refused_lines=1),
    }  # fmt: skip
    assert [(each.what, each.listed, each.recorded, each.verdict) for each in audit_controls(found)] == [
        ("Rows of the source", 5, 5, HOLDS),
        ("Lines posted as in the source", 3, 3, HOLDS),
        ("Serials they name", 1, 1, HOLDS),
    ]


MAY = ("2019-05", "HQ", "USD")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(
            [legacy("L-1", "A-1", price="1.00"), legacy("L-1", "A-2", location=None, price="2.00")],
            [],
            {("2019-05", "", "USD"): sums(1, 1, 200, 1), MAY: sums(1, 1, 100, 1)},
            id="location of another row",
        ),
        pytest.param(
            [legacy("L-1", "A-1", location=None, price="1.00")],
            [],
            {("2019-05", "", "USD"): sums(1, 1, 100, 1)},
            id="location of nobody",
        ),
        pytest.param(
            [legacy("L-1", "A-1", currency="EUR", price="1.00"), legacy("L-1", "A-2", price="2.00")],
            [],
            {("2019-05", "HQ", "EUR"): sums(1, 1, 100, 1), MAY: sums(1, 1, 200, 1)},
            id="currency of another row",
        ),
        pytest.param(
            [legacy("L-1", "A-1", customer="NONE", price="1.00")],
            [],
            {("2019-05", "HQ", ""): Sums(1, 1, 100, 1, waiting_lines=1)},
            id="currency of nobody",
        ),
        pytest.param(
            [legacy("L-1", "A-1", line=1), legacy("L-1", "A-2", line=1)],
            [],
            {MAY: Sums(2, 2, 0, 2, 1, 1, 1, 0, 1, repeated_lines=1)},
            id="a line twice in the file",
        ),
        pytest.param(
            [legacy("L-1", "A-1"), legacy("L-1", "A-2", location="MAIN")],
            [],
            {("2019-05", "MAIN", "USD"): Sums(1, 1, 0, 1, refused_lines=1), MAY: Sums(1, 1, 0, 1, refused_lines=1)},
            id="rows that disagree",
        ),
        pytest.param(
            [legacy("L-1", "A-1"), legacy("L-2", "A-1")],
            [],
            {MAY: Sums(2, 2, 0, 2, 1, 1, 1, 0, 1, waiting_lines=1)},
            id="a serial twice in the file",
        ),
        pytest.param(
            [legacy("L-0", "A-0")],
            [legacy("L-0", "A-0"), legacy("L-1", "A-1")],
            {MAY: Sums(2, 2, 0, 2, 1, 1, 1, 0, 1, other_lines=1)},
            id="posted before and unchanged",
        ),
        pytest.param(
            [legacy("L-0", "A-0")],
            [legacy("L-0", "A-0", quantity=2), legacy("L-1", "A-1")],
            {MAY: Sums(2, 3, 0, 2, 1, 1, 1, 0, 1, refused_lines=1)},
            id="posted before and changed",
        ),
        pytest.param(
            [legacy("L-1", "A-1", quantity=3, item="MOUSE")],
            [],
            {MAY: sums(1, 3, 0, 1)},
            id="units the source does not name",
        ),
        pytest.param(
            [legacy("L-1", quantity=4, item="CABLE", price="1.00", discount="0.50")],
            [],
            {MAY: sums(1, 4, 350, posted_units=0)},
            id="goods without serials",
        ),
    ],
)  # fmt: skip
def test_every_row_is_in_one_place(
    world: World, monkeypatch: pytest.MonkeyPatch, first: Any, second: Any, expected: Any
) -> None:
    # Each row is a part of its own.
    monkeypatch.setattr(audit_module, "ROWS_AT_ONCE", 1)
    report = backfill(world, *first, name="first.csv")
    if second:
        report = backfill(world, *second, name="second.csv")
    found = audited(world, report.run_id or 0)
    assert found.sums == expected
    total = found.total
    assert (total.source_lines, total.found_lines) == (report.lines_read, report.lines_read)
    assert total.posted_lines == report.lines_posted
    assert total.resting_lines == report.lines_refused
    assert total.other_lines == report.lines_skipped
    assert total.posted_serials == report.serials_adopted
    assert [each.verdict for each in audit_controls(found)] == [HOLDS] * 3


def test_what_another_file_has_corrected_since_is_with_that_one(world: World) -> None:
    first = backfill(world, legacy("L-1", "A-1", item="NONE"), legacy("L-2", quantity="two"), name="first.csv")
    second = backfill(world, legacy("L-1", "A-1"), legacy("L-2", quantity=2), name="second.csv")
    before, after = audited(world, first.run_id or 0), audited(world, second.run_id or 0)
    assert before.sums == {MAY: Sums(1, 1, 0, 1, other_lines=1), (UNREADABLE, "", ""): Sums(1, refused_lines=1)}
    assert after.sums == {MAY: sums(2, 3, 0, 1)}
    assert [(each.document_no, each.status) for each in before.sample] == [
        ("L-1", "with another file"),
        ("L-2", "refused as it stands"),
    ]
    assert [(each.document_no, each.status) for each in after.sample] == [("L-1", "POSTED"), ("L-2", "POSTED")]


TAMPERED = {
    "price": "UPDATE document_line SET unit_price_minor = 900",
    "two prices that make up for one another": "UPDATE document_line SET unit_price_minor = 3000 - unit_price_minor",
    "item": "UPDATE document_line SET item_code = 'MOUSE' WHERE sheet_row = 2",
    "month": "UPDATE document SET document_date = '2020-01-01' WHERE document_no = 'L-1'",
    "row": "UPDATE document_line SET sheet_row = 99 WHERE sheet_row = 2",
    "name of a serial": "UPDATE line_unit SET serial_no = NULL WHERE serial_no = 'A-1'",
    "status": "UPDATE document_line SET intake_file_id = NULL WHERE sheet_row = 3",
}


@pytest.mark.parametrize("changed", TAMPERED)
def test_what_is_changed_behind_our_back_shows(world: World, changed: str) -> None:
    backfill(world, legacy("L-1", "A-1", price="10.00"), legacy("L-2", "A-2", price="20.00"))
    world.execute(TAMPERED[changed])
    found = audited(world)
    # A line of no file is somebody else's: then the row has come with another.
    broken = {"DOES NOT ADD UP"} if changed != "status" else {"adds up"}
    assert {verdict(month, each) for (month, *_), each in found.sums.items()} >= broken
    assert any(each.verdict != HOLDS for each in audit_controls(found)) == (changed != "status")


def test_a_line_that_is_gone_shows(world: World) -> None:
    backfill(world, legacy("L-1", "A-1"), legacy("L-2", item="NONE"))
    world.execute("DELETE FROM line_unit WHERE line_id IN (SELECT line_id FROM document_line WHERE item_code = 'NONE')")
    world.execute("DELETE FROM exception")
    world.execute("DELETE FROM document_line WHERE item_code = 'NONE'")
    found = audited(world)
    assert verdict("2019-05", found.sums[MAY]) == "DOES NOT ADD UP"
    assert [each.status for each in found.sample] == ["POSTED", "NOT FOUND"]
    path = world.folder / "audit.xlsx"
    with read_only(world.database.engine) as connection:
        written = write_reconciliation(connection, 1, path)
    assert [each.what for each in written.broken if each.what.startswith("Rows")] == ["Rows of the source"]


def test_rows_are_shown_beside_what_became_of_them(world: World) -> None:
    mapped(world)
    first, second, third = audited(world).sample
    assert first.cells.startswith(
        "SHOP: 01; SLIP: 1001; RETDATE: 17.05.2019; CUST: C1; ARTICLE: A-1; PCS: 1; SERNR: L-9"
    )
    assert (first.sheet_row, first.serial_cell, first.serials, first.status) == (3, "L-9", "L-9", "POSTED")
    assert (second.serial_cell, second.serials) == ("", "900, 901")
    assert (third.document_no, third.status) == ("01-1002", "refused as it stands")


def test_a_sample_is_a_hundred_rows_the_same_each_time(world: World) -> None:
    backfill(world, *(legacy(f"L-{number}", f"A-{number}") for number in range(150)))
    sample = audited(world).sample
    assert len({each.sheet_row for each in sample}) == 100
    assert sample == audited(world).sample
    assert all(each.serial_cell == each.serials for each in sample)


def test_the_audit_stands_in_the_workbook_of_a_backfill_alone(world: World) -> None:
    mapped(world)
    world.intake(row("R-1"))
    with read_only(world.database.engine) as connection:
        for run_id in (1, 2):
            write_reconciliation(connection, run_id, world.folder / f"{run_id}.xlsx")
    book = openpyxl.load_workbook(world.folder / "1.xlsx")
    assert book.sheetnames == ["Totals", "Memos", "Units", "Source", "Sample"]
    lines = [[cell.value for cell in line] for line in book["Source"].iter_rows(min_row=2)]
    assert [line[:14] for line in lines] == [
        ["2018-12", "MAIN", "USD", 1, 1, 0, 0, 0, 0, 0, 2, 2, 0, 0],
        ["2019-05", "HQ", "USD", 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1],
        ["unreadable", None, None, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
        ["Total", None, None, 3, 2, 0, 1, 0, 0, 0, 3, 3, 1, 1],
    ]
    assert lines[0][14:] == [199, 199, "adds up"]
    assert lines[3][14:] == [None, None, "the rest waits"]
    assert book["Sample"].max_row == 4
    totals = [str(cell.value) for line in book["Totals"].iter_rows() for cell in line]
    assert {"Rows of the source", "2 posted, 1 refused as they stand"} <= set(totals)
    assert openpyxl.load_workbook(world.folder / "2.xlsx").sheetnames == ["Totals", "Memos", "Units"]


@pytest.mark.parametrize(
    ("month", "found", "said"),
    [
        pytest.param("2019-05", sums(2, 2, 10, 1), "adds up", id="all"),
        pytest.param("2019-05", sums(2, 2, 10, posted_lines=1, waiting_lines=1), "the rest waits", id="some wait"),
        pytest.param("2019-05", sums(2, 2, 10, posted_lines=1), "DOES NOT ADD UP", id="a line is gone"),
        pytest.param("2019-05", sums(2, 2, 10, differing_lines=1), "DOES NOT ADD UP", id="a line is another"),
        pytest.param("2019-05", sums(2, 2, 10, 1, posted_serials=0), "DOES NOT ADD UP", id="a serial is gone"),
        pytest.param(UNREADABLE, Sums(2, refused_lines=2), "not read: see the reasons", id="unreadable"),
        pytest.param(UNREADABLE, Sums(2, refused_lines=1), "DOES NOT ADD UP", id="unreadable and gone"),
    ],
)
def test_verdicts(month: str, found: Sums, said: str) -> None:
    assert verdict(month, found) == said


def test_a_run_that_tried_again_is_audited_with_the_file_it_finished(world: World) -> None:
    backfill(world, legacy("L-1", item="NEW"))
    world.insert("item", item_code="NEW", inventory_type="SERIALIZED")
    backfill(world)
    assert audited(world, 2).sums == {MAY: sums(1, 1, 0)}
