"""Audit backfills: the source against the database by month and location, and sampled rows side by side."""

from __future__ import annotations

import openpyxl
import pytest

from batch.edge.audit import UNREADABLE, Audit, Sums, audit
from batch.edge.audit_book import verdict
from batch.edge.database import read_only
from batch.edge.reconciliation_book import write_reconciliation
from tests.jobs.legacy import backfill, legacy
from tests.jobs.test_mapping import mapped
from tests.jobs.world import World, row


def audited(world: World, run_id: int = 1) -> Audit:
    with read_only(world.database.engine) as connection:
        found = audit(connection, run_id)
    assert found is not None
    return found


def test_months_and_locations_are_set_against_the_database(world: World) -> None:
    backfill(
        world,
        legacy("L-1", "A-1", price="10.00", tax="1.00"),
        legacy("L-1", price="20.00", quantity=2),
        legacy("L-2", location="MAIN", date="2018-01-02", price="5.00"),
        legacy("L-3", item="NONE", price="7.00"),
        legacy("L-4", quantity="none"),
    )
    assert audited(world).sums == {
        ("2018-01", "MAIN", "USD"): Sums(1, 1, 500, 1, 1, 500),
        ("2019-05", "HQ", "USD"): Sums(3, 4, 5800, 2, 3, 5100, 1),
        (UNREADABLE, "", ""): Sums(1, waiting_lines=1),
    }


def test_what_is_changed_behind_our_back_shows(world: World) -> None:
    backfill(world, legacy("L-1", "A-1", price="10.00"))
    world.execute("UPDATE document_line SET unit_price_minor = 900")
    ((month, *_), sums), *_ = audited(world).sums.items()
    assert verdict(month, sums) == "DOES NOT ADD UP"


def test_rows_are_shown_beside_what_became_of_them(world: World) -> None:
    mapped(world)
    first, second, third = audited(world).sample
    assert first.cells.startswith(
        "SHOP: 01; SLIP: 1001; RETDATE: 17.05.2019; CUST: C1; ARTICLE: A-1; PCS: 1; SERNR: L-9"
    )
    assert (first.sheet_row, first.serial_cell, first.serials, first.status) == (3, "L-9", "L-9", "POSTED")
    assert (second.serial_cell, second.serials) == ("", "900, 901")
    assert (third.document_no, third.status) == ("", "refused as it stands")


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
    assert [[cell.value for cell in line][:8] for line in book["Source"].iter_rows(min_row=2)] == [
        ["2018-12", "MAIN", "USD", 1, 1, 0, 2, 2],
        ["2019-05", "HQ", "USD", 1, 1, 0, 1, 1],
        ["unreadable", None, None, 1, 0, 1, 0, 0],
    ]
    assert book["Source"]["I2"].value == 199
    assert book["Sample"].max_row == 4
    assert openpyxl.load_workbook(world.folder / "2.xlsx").sheetnames == ["Totals", "Memos", "Units"]


@pytest.mark.parametrize(
    ("month", "sums", "said"),
    [
        pytest.param("2019-05", Sums(2, 2, 10, 2, 2, 10), "adds up", id="all"),
        pytest.param("2019-05", Sums(2, 2, 10, 1, 1, 5, 1), "the rest waits", id="some wait"),
        pytest.param("2019-05", Sums(2, 2, 10, 1, 1, 5), "DOES NOT ADD UP", id="a line is gone"),
        pytest.param("2019-05", Sums(2, 2, 10, 2, 2, 9), "DOES NOT ADD UP", id="other amounts"),
        pytest.param(UNREADABLE, Sums(2, waiting_lines=2), "not read: see the reasons", id="unreadable"),
    ],
)
def test_verdicts(month: str, sums: Sums, said: str) -> None:
    assert verdict(month, sums) == said


def test_a_run_that_tried_again_is_audited_with_the_file_it_finished(world: World) -> None:
    backfill(world, legacy("L-1", item="NEW"))
    world.insert("item", item_code="NEW", inventory_type="SERIALIZED")
    backfill(world)
    assert audited(world, 2).sums == {("2019-05", "HQ", "USD"): Sums(1, 1, 0, 1, 1, 0)}
