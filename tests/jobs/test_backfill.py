"""Bring legacy returns in: adopted and generated serials, own dates, relaxed rules, what is asked for on the way."""

from __future__ import annotations

from typing import Any, ClassVar

import openpyxl
import pytest

from batch.config import Settings
from batch.core.relaxed import NEVER_ASKED, NOT_ASKED_WITHOUT_MEMO
from batch.edge import exceptions_workbook
from batch.edge.database import read_only
from batch.edge.exception_rows import Wanted
from batch.errors import UsageError
from batch.runner import run_job
from jobs.backfill import JOB
from tests.jobs.legacy import LONG_AGO, backfill, export, legacy
from tests.jobs.world import NOW, Row, World, row


def test_a_legacy_serial_is_adopted_with_its_own_date(world: World) -> None:
    report = backfill(world, legacy("L-1", "A-77", mfr="M-1"), legacy("L-2", mfr="M-2"), legacy("L-2"))
    assert (report.lines_posted, report.serials_adopted, report.serials_generated) == (3, 1, 2)
    assert (report.credit_memos, world.memos()) == (0, [])
    assert world.serials("L-1") == ["A-77"]
    assert world.serials("L-2") == ["5001", "5002"]
    assert world.serial("A-77")["mfr_serial_no"] == "M-1"
    assert world.serial("5001")["mfr_serial_no"] == "M-2"
    assert world.serial("A-77")["origin"] == "ADOPTED"
    assert world.history("A-77") == [
        ("ADOPTED", None, "RELEASED"),
        ("MFR_ASSIGNED", "RELEASED", "RELEASED"),
        ("RECEIVED", "RELEASED", "CRMA"),
    ]
    dates = world.tuples("SELECT DISTINCT h.business_date, d.document_date, d.document_type, d.source "
                         "FROM serial_history h JOIN document d ON d.document_id = h.document_id")  # fmt: skip
    assert dates == [(world.day(LONG_AGO), world.day(LONG_AGO), "LEGACY_RETURN", "BACKFILL")]


def test_memos_are_written_where_asked_for_with_the_documents_date(world: World) -> None:
    report = backfill(world, legacy("L-1", "A-1"), credit_memos=True)
    assert (report.credit_memos, world.memos()) == (1, [("CM-HQ-00001", "L-1", 1, 15000, 15000)])
    assert world.tuples("SELECT memo_date FROM credit_memo") == [(world.day(LONG_AGO),)]


@pytest.mark.parametrize(
    ("asked", "cells", "area"),
    [
        pytest.param({}, {}, "CRMA", id="the location's"),
        pytest.param({"into_area": "MAIN-STOCK"}, {}, "MAIN-STOCK", id="the run's"),
        pytest.param({"into_area": "MAIN-STOCK"}, {"area": "CRMA"}, "CRMA", id="the line's"),
    ],
)
def test_where_units_are_brought(world: World, asked: dict[str, Any], cells: dict[str, object], area: str) -> None:
    backfill(world, legacy("L-1", "A-1", **cells), **asked)
    assert world.register() == {"A-1": area}


@pytest.mark.parametrize(
    ("area", "said"),
    [
        pytest.param("NONE", "There is no stock area NONE", id="unknown"),
        pytest.param("SOLD", "SOLD is someone else's (OUT)", id="not ours"),
        pytest.param("OLD", "OLD is not active", id="inactive"),
    ],
)
def test_an_area_that_takes_nothing_in_is_refused_before_anything_is_landed(world: World, area: str, said: str) -> None:
    world.insert("stock_area", area_code="OLD", area_type="STOCK", active=False)
    with pytest.raises(UsageError) as refused:
        backfill(world, legacy("L-1"), into_area=area)
    assert said in str(refused.value)
    assert world.count("document", "intake_file") == [0, 0]


RELAXED = {
    "ITEM_INACTIVE": "UPDATE item SET active = false",
    "CUSTOMER_INACTIVE": "UPDATE customer SET active = false",
    "PERIOD_CLOSED": "UPDATE location SET closed_through = '2025-12-31'",
    "PRICE_UNKNOWN": "UPDATE item SET list_price_minor = NULL",
    "SEQUENCE_MISSING": "DELETE FROM number_sequence WHERE kind = 'CREDIT_MEMO'",
}


@pytest.mark.parametrize("credit_memos", [False, True], ids=["none", "write"])
@pytest.mark.parametrize("code", RELAXED)
def test_what_is_relaxed_is_what_the_list_says(world: World, code: str, credit_memos: bool) -> None:
    world.execute(RELAXED[code])
    told = dict(NEVER_ASKED) if credit_memos else dict(NEVER_ASKED) | dict(NOT_ASKED_WITHOUT_MEMO)
    report = backfill(world, legacy("L-1", "A-1"), credit_memos=credit_memos)
    assert [found for _, _, found in world.exceptions()] == ([] if code in told else [code])
    assert report.notes[0].startswith("Relaxed for legacy returns")
    assert all(words in report.notes[0] for words in told.values())
    assert {*dict(NEVER_ASKED), *dict(NOT_ASKED_WITHOUT_MEMO)} == {*RELAXED}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param(legacy("L-1", date=None), "CELL_REQUIRED", id="no date of its own"),
        pytest.param(legacy("L-1", type="Service"), "TYPE_UNKNOWN", id="no legacy return"),
        pytest.param(legacy("L-1", item="NONE"), "ITEM_UNKNOWN", id="still judged"),
        pytest.param(legacy("L-1", type="Legacy Return"), "", id="named as what it is"),
        pytest.param(legacy("L-1", type="Return"), "", id="named as a return"),
    ],
)
def test_what_a_row_may_say(world: World, given: Row, code: str) -> None:
    backfill(world, given, legacy("L-2", "A-2", type="Return"))
    assert [found for _, _, found in world.exceptions()] == ([code] if code else [])
    assert world.status("L-2") == ("POSTED", "POSTED")


def test_a_file_without_dates_is_refused_whole(world: World) -> None:
    bare = {name: cell for name, cell in legacy("L-1").items() if name not in {"Date", "Serial #"}}
    report = backfill(world, bare)
    assert report.exit_status == 65
    assert "has no column for Date" in report.files[0].detail
    assert world.count("document") == [0]


def test_the_same_file_again_does_nothing(world: World) -> None:
    path = export(world.folder, [legacy("L-1", "A-1"), legacy("L-2", item="NONE")])
    backfill(world, path)
    again = backfill(world, path)
    assert (again.status, again.first_run_id, again.lines_read) == ("NOOP", 1, 0)
    assert "1 of its lines still wait" in again.files[0].detail
    assert "run `serialback run backfill` without a file" in again.files[0].detail
    # Whichever job is handed the file: the lines are those of a backfill.
    assert "run `serialback run backfill` without a file" in world.intake(path).files[0].detail
    world.insert("item", item_code="NONE", inventory_type="SERIALIZED")
    assert world.intake().status == "NOOP"
    tried = backfill(world)
    assert (tried.lines_posted, world.status("L-2")) == (1, ("POSTED", "POSTED"))
    assert world.next_number() == 5002


def test_a_rehearsal_tells_the_same_and_leaves_nothing(world: World) -> None:
    path = export(
        world.folder, [legacy("L-1", "A-1"), legacy("L-2"), legacy("L-2", item="NONE"), legacy("L-3", quantity="x")]
    )
    tables = ("document", "document_line", "serial", "exception", "intake_file", "intake_row", "missing_number", "run")
    rehearsed = backfill(world, path, dry_run=True)
    assert world.count(*tables) == [0] * len(tables)
    assert world.next_number() == 5001
    real = backfill(world, path)
    assert rehearsed.figures() == real.figures()
    assert rehearsed.exceptions_by_code == real.exceptions_by_code


def test_a_sample_is_drawn_in_whole_documents(world: World) -> None:
    rows = [legacy(f"L-{number // 3}", f"A-{number}") for number in range(90)]
    path = export(world.folder, rows)
    read = {backfill(world, path, sample=20, seed=seed, dry_run=True).lines_read for seed in range(5)}
    assert read == {21}
    assert backfill(world, path, sample=1_000, dry_run=True).lines_read == 90
    assert world.count("document") == [0]


@pytest.mark.parametrize(
    ("used", "missing"),
    [
        pytest.param(False, [], id="a sequence never used owes no account"),
        pytest.param(
            True,
            [("S-HQ", 5002, 5002, "BURNT"), ("S-HQ", 5003, 5003, "TAKEN"), ("S-HQ", 5004, 5006, "BURNT"),
             ("S-HQ", 5007, 5007, "TAKEN")],
            id="taken by legacy serials, burnt between them",
        ),
    ],
)  # fmt: skip
def test_sequences_go_on_past_adopted_serials(
    world: World, used: bool, missing: list[tuple[str, int, int, str]]
) -> None:
    if used:
        world.intake(row("R-1"))
    start = 5001 + used
    # The document without a serial comes first, and must not be given the number of a later one's unit.
    report = backfill(world, legacy("L-1"), legacy("L-2", "5007"), legacy("L-3", "5003"), legacy("L-4", "300"))
    assert world.serials("L-1") == ["5008"]
    assert (world.next_number(), world.next_number("S-MAIN")) == (5009, 5008)
    assert [each for each in world.missing() if each[0] == "S-HQ"] == missing
    assert report.notes[1:] == (
        f"Sequence S-HQ goes on at 5008 instead of {start}: a legacy serial bears 5007.",
        "Sequence S-MAIN goes on at 5008 instead of 900: a legacy serial bears 5007.",
    )


def test_an_exhausted_sequence_is_told(world: World) -> None:
    world.execute("UPDATE number_sequence SET mask = 'A{seq:02}', next_number = 3 WHERE sequence_code = 'S-HQ'")
    report = backfill(world, legacy("L-1", "A99"))
    assert (
        report.notes[1]
        == "Sequence S-HQ goes on at 100 instead of 3: a legacy serial bears 99. It is exhausted by that."
    )


def test_of_a_million_alike_the_first_are_listed_and_all_are_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exceptions_workbook, "LISTED_OF_A_CODE", 3)
    report = backfill(world, *(legacy(f"L-{number}", item="NONE") for number in range(5)), legacy("L-9", quantity="x"))
    assert [(each.code, each.lines) for each in report.exceptions_by_code] == [
        ("ITEM_UNKNOWN", 5),
        ("QUANTITY_NOT_INTEGER", 1),
    ]
    assert len(world.exceptions()) == 6
    path = world.folder / "exceptions.xlsx"
    with read_only(world.database.engine) as connection:
        written = exceptions_workbook.export_exceptions(connection, path, Wanted(None, None, None), overwrite=False)
    book = openpyxl.load_workbook(path)
    told = [str(cell.value) for sheet in book for line in sheet.iter_rows() for cell in line if cell.value]
    assert told.count("ITEM_UNKNOWN") == 3 + 1
    assert (written.rows, len(written.remarks), told.count(written.remarks[0])) == (4, 1, 1)
    assert written.remarks[0].startswith("2 more exceptions of other documents are left out")
    assert "4 rows listed of those that need a person" in told


def test_a_backfill_tells_how_far_it_has_read_and_landed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Told:
        """Keep what a terminal would show: each step with its length, and how far it came."""

        steps: ClassVar[list[list[object]]] = []

        def start(self, label: str, total: int | None) -> None:
            self.steps.append([label, total, 0])

        def advance(self, n: int) -> None:
            self.steps[-1][2] += n  # type: ignore[operator]

        def finish(self) -> None:
            """Nothing is drawn."""

    monkeypatch.setattr("batch.edge.parts_landing.PART_ROWS", 2)
    file = export(world.folder, [legacy(f"L-{number}", None) for number in range(5)])
    run_job(
        JOB,
        world.database.engine,
        Settings(),
        [file],
        business_date=world.today,
        dry_run=False,
        clock=lambda: NOW,
        progress=Told(),
    )
    assert Told.steps[1:] == [[f"Reading {file.name}", None, 5], [f"Landing {file.name}", 5, 5], ["Settling", 5, 5]]
