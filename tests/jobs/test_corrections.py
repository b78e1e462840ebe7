"""Hand sheets in again, as they were or corrected: what is posted is final, what is not is replaced."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from batch.edge.audit import audit
from batch.edge.audit_book import audit_controls
from batch.edge.database import read_only
from batch.edge.reconciliation_records import HOLDS
from tests.jobs.legacy import backfill, export, legacy
from tests.jobs.world import TODAY, World, row

TOMORROW = TODAY + dt.timedelta(days=1)
REFERENCES = "SELECT reference FROM document ORDER BY document_no"


def test_the_same_content_under_another_name_is_the_same_file(world: World) -> None:
    first = world.sheet(row("R-1"), row("R-2", "NONE"), name="monday.xlsx")
    world.intake(first)
    again = Path(shutil.copy(first, world.folder / "tuesday.xlsx"))
    report = world.intake(again, row("R-3"))
    assert [each.outcome for each in report.files] == ["DUPLICATE", "LANDED"]
    assert "landed as monday.xlsx in run 1; 1 of its lines still wait" in report.files[0].detail
    assert (report.status, report.first_run_id, report.lines_read) == ("DONE", None, 1)
    assert world.count("intake_file") == [2]


def test_the_same_content_again_tells_of_rows_of_which_nothing_was_landed(world: World) -> None:
    file = world.sheet(row("R-1"), row("R-2", quantity="many"), row("", quantity=0))
    world.intake(file)
    (again,) = world.intake(file).files
    assert again.detail == (
        "the same content was landed as intake-1.xlsx in run 1; of 2 of its rows nothing was landed, "
        "and they wait to be corrected and handed in again"
    )


def test_the_same_file_twice_in_one_run_counts_once(world: World) -> None:
    file = world.sheet(row("R-1"))
    report = world.intake(file, file)
    assert [each.outcome for each in report.files] == ["LANDED", "DUPLICATE"]
    assert (report.lines_read, report.lines_posted) == (1, 1)


def test_a_line_that_waits_is_replaced_whole(world: World) -> None:
    world.unit("4001")
    world.intake(row("R-1", "NONE", 3, serial="4001, 4009", price=1, area="CRMA", reason="old"))
    report = world.intake(row("R-1", "CPU", 2, mfr="M-1", tax=2))
    assert world.rows(
        "SELECT item_code, quantity, unit_price_minor, tax_minor, area_code, reason, status FROM document_line"
    ) == [
        {
            "item_code": "CPU",
            "quantity": 2,
            "unit_price_minor": None,
            "tax_minor": 200,
            "area_code": None,
            "reason": None,
            "status": "POSTED",
        }
    ]
    assert world.serials("R-1") == ["5001", "5002"]
    assert world.register()["4001"] == "SOLD"
    assert (report.lines_read, report.lines_posted, report.lines_skipped) == (1, 1, 0)


def test_surplus_units_are_replaced_too(world: World) -> None:
    world.unit("4001")
    world.intake(row("R-1", serial="4001, 4002"))
    assert world.exceptions() == [("R-1", 1, "SERIALS_EXCEED_QUANTITY")]
    again = world.intake()
    assert world.exceptions() == [("R-1", 1, "SERIALS_EXCEED_QUANTITY")]
    assert (again.lines_refused, again.exceptions) == (1, 1)
    world.intake(row("R-1", serial="4001"))
    assert world.serials("R-1") == ["4001"]
    assert world.exceptions() == []


def test_a_posted_line_written_otherwise_is_unchanged(world: World) -> None:
    world.unit("A-1")
    world.intake(row("R-1", quantity=2, serial="A-1", mfr="m-1", price=150, reason="broken"))
    report = world.intake(row(" R-1 ", quantity=" 2 ", serial=" a-1 ", mfr="M -1", price="150.00", reason="broken"))
    assert (report.lines_read, report.lines_skipped, report.exceptions) == (1, 1, 0)
    assert world.count("credit_memo", "exception") == [1, 0]


# One line a field: as it was posted, as it comes again, and how the message names what was posted.
CHANGES: tuple[tuple[dict[str, object], dict[str, object], str], ...] = (
    ({}, {"item": "MOUSE"}, "item CPU"),
    ({}, {"quantity": 3}, "quantity 2"),
    ({}, {"generate": 2}, "generate quantity blank"),
    ({"price": 10}, {"price": 11}, "unit price 10.00"),
    ({"discount": 1}, {"discount": 2}, "discount 1.00"),
    ({}, {"tax": 1}, "tax 0.00"),
    ({}, {"cost": 1}, "unit cost blank"),
    ({"area": "CRMA"}, {"area": "MAIN-STOCK"}, "area CRMA"),
    ({"reason": "broken"}, {"reason": "unwanted"}, "reason broken"),
    ({"serial": "4001"}, {"serial": "4002"}, "serials 4001"),
    ({"mfr": "M-1"}, {"mfr": None}, "serials M-1"),
    ({"serial": "4003"}, {"serial": "4003", "mfr": "M-2"}, "serials 4003"),
)


def test_a_posted_line_may_change_in_no_field(world: World) -> None:
    for serial_no in ("4001", "4002", "4003"):
        world.unit(serial_no)
    posted = [row("R-1", **({"quantity": 2} | first)) for first, _, _ in CHANGES]
    changed = [row("R-1", **({"quantity": 2} | first | second)) for first, second, _ in CHANGES]
    world.intake(*posted)
    assert set(world.status("R-1")) == {"POSTED"}
    before = world.rows("SELECT * FROM document_line ORDER BY line_id")
    report = world.intake(*changed)
    assert world.exceptions() == [("R-1", line_no, "LINE_ALREADY_POSTED") for line_no in range(1, len(CHANGES) + 1)]
    messages = [each for (each,) in world.tuples("SELECT message FROM exception ORDER BY line_no")]
    assert [said in message for message, (*_, said) in zip(messages, CHANGES, strict=True)] == [True] * len(CHANGES)
    assert world.rows("SELECT * FROM document_line ORDER BY line_id") == before
    assert (report.lines_refused, report.lines_posted, world.count("credit_memo")) == (len(CHANGES), 0, [1])
    back = world.intake(*posted, row("R-2"))
    assert world.exceptions() == []
    assert (back.lines_skipped, back.lines_posted) == (len(CHANGES), 1)


def test_a_posted_line_may_not_change_the_documents_reference(world: World) -> None:
    world.intake(row("R-1", reference="INV-1"), row("R-1", "MOUSE", reference="INV-9"), row("R-2"))
    again = (row("R-1", reference="INV-2"), row("R-1", "MOUSE"), row("R-1", "MOUSE", reference="INV-2"))
    world.intake(*again)
    assert world.exceptions() == [("R-1", 1, "LINE_ALREADY_POSTED")]
    message = world.value("SELECT message FROM exception")
    assert "line 1 of R-1 was posted with reference INV-1" in message
    # What a refused row brings is none of the document's; what a new line of it brings is.
    assert world.tuples(REFERENCES) == [("INV-1; INV-9; INV-2",), (None,)]
    # Left out, it says nothing.
    world.intake(row("R-1", reference="INV-1"), row("R-1", "MOUSE", reference="INV-9"), row("R-2"))
    assert world.exceptions() == []


def test_a_posted_line_may_not_be_given_a_reference_afterwards(world: World) -> None:
    world.intake(row("R-1"))
    report = world.intake(row("R-1", reference="INV-1"))
    assert (report.lines_skipped, report.lines_refused) == (0, 1)
    assert "was posted with reference blank" in world.exception("LINE_ALREADY_POSTED")["message"]


def test_a_new_line_of_a_posted_document_gets_a_memo_of_its_own(world: World) -> None:
    world.intake(row("R-1"))
    report = world.intake(row("R-1"), row("R-1", "MOUSE"), on=TOMORROW)
    assert [memo[:3] for memo in world.memos()] == [("CM-HQ-00001", "R-1", 1), ("CM-HQ-00002", "R-1", 1)]
    assert (report.lines_skipped, report.lines_posted) == (1, 1)
    # The date was left out both times: that says nothing, so the document keeps the date it has.
    assert str(world.value("SELECT document_date FROM document")) == "2026-03-31"
    assert [str(on) for (on,) in world.tuples("SELECT memo_date FROM credit_memo ORDER BY 1")] == [
        "2026-03-31",
        "2026-04-01",
    ]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        pytest.param({"customer": "C2"}, "customer C1", id="customer"),
        pytest.param({"location": "MAIN"}, "location HQ", id="location"),
        pytest.param({"currency": "EUR"}, "currency USD", id="currency"),
        pytest.param({"date": dt.date(2026, 1, 2)}, "date 2026-03-31", id="date"),
    ],
)
def test_the_header_of_a_posted_document_is_final(world: World, cells: dict[str, object], said: str) -> None:
    world.intake(row("R-1"), row("R-1", "NONE"))
    report = world.intake(row("R-1", **cells), row("R-1", "CPU", **cells), row("R-2"))
    assert world.exceptions() == [
        ("R-1", 1, "DOCUMENT_INCONSISTENT"),
        ("R-1", 2, "DOCUMENT_INCONSISTENT"),
    ]
    assert said in world.value("SELECT message FROM exception WHERE code LIKE 'DOCUMENT%' AND line_no = 1")
    assert world.status("R-1") == ("PARTIAL", "POSTED", "REFUSED")
    assert world.tuples("SELECT customer_code, location_code FROM document WHERE document_no = 'R-1'") == [("C1", "HQ")]
    assert (report.lines_refused, report.lines_posted) == (2, 1)


def test_the_header_of_a_document_with_nothing_posted_is_replaced(world: World) -> None:
    old = {"customer": "NOBODY", "reference": "old"}
    world.intake(row("R-1", date=dt.date(2026, 3, 1), **old), row("R-1", "NONE", **old))
    world.intake(row("R-1", customer="C2", location="HQ-SALES", date=dt.date(2026, 3, 2), reference="new"))
    header = "SELECT customer_code, location_code, currency, document_date, reference, status FROM document"
    ((*codes, on, reference, status),) = world.tuples(header)
    assert (codes, str(on), reference, status) == (["C2", "HQ-SALES", "USD"], "2026-03-02", "new", "PARTIAL")
    assert world.exceptions() == [("R-1", 2, "ITEM_UNKNOWN")]


def test_a_line_repeated_in_a_file_is_refused_and_the_first_stands(world: World) -> None:
    report = world.intake(row("R-1", line=7), row("R-1", "MOUSE", line=7), row("R-2"))
    assert world.exceptions() == [("R-1", 7, "LINE_REPEATED")]
    assert world.exception("LINE_REPEATED")["sheet_row"] == 3
    assert world.status("R-1") == ("POSTED", "POSTED")
    assert world.tuples("SELECT item_code FROM credit_memo_line ORDER BY line_id") == [("CPU",), ("CPU",)]
    assert (report.lines_read, report.lines_posted, report.lines_refused) == (3, 2, 1)


def test_a_row_whose_number_cannot_be_read_takes_no_other_rows_number(world: World) -> None:
    world.intake(row("R-1", line="x"), row("R-1", line=1))
    assert world.status("R-1") == ("POSTED", "POSTED")
    assert [code for *_, code in world.exceptions()] == ["CELL_UNREADABLE"]


def test_the_same_numbers_on_a_return_and_a_slip_are_two_lines(world: World) -> None:
    world.intake(row("X-1", line=1), row("X-1", line=1, type="Service"))
    assert world.exceptions() == []
    assert world.register() == {"5001": "CRMA", "5002": "REPAIRS-IN"}


def test_lines_without_a_number_are_counted_within_their_document(world: World) -> None:
    world.intake(row("R-1"), row("R-2"), row("R-1", "NONE"), row("R-2", "MOUSE"), row("R-1", "CABLE"))
    lines = world.tuples(
        "SELECT d.document_no, l.line_no, l.item_code FROM document_line l "
        "JOIN document d ON d.document_id = l.document_id ORDER BY l.sheet_row"
    )
    assert lines == [("R-1", 1, "CPU"), ("R-2", 1, "CPU"), ("R-1", 2, "NONE"), ("R-2", 2, "MOUSE"), ("R-1", 3, "CABLE")]


def test_a_row_refused_for_its_shape_is_counted_among_the_lines(world: World) -> None:
    report = world.intake(row("R-1"), row("R-1", quantity=0), row("R-1", "MOUSE"))
    assert world.exceptions() == [("R-1", 2, "QUANTITY_ZERO")]
    assert world.tuples("SELECT line_no, item_code FROM document_line ORDER BY line_no") == [(1, "CPU"), (3, "MOUSE")]
    assert (report.lines_read, report.lines_posted, report.lines_refused) == (3, 2, 1)
    fixed = world.intake(row("R-1"), row("R-1"), row("R-1", "MOUSE"))
    assert (fixed.lines_skipped, fixed.lines_posted) == (2, 1)
    assert world.exceptions() == []


def test_a_line_on_file_stays_when_its_row_is_refused_for_its_shape(world: World) -> None:
    world.intake(row("R-1", "NONE", 2))
    world.intake(row("R-1", "CPU", "two"))
    assert world.exceptions() == [("R-1", 1, "QUANTITY_NOT_INTEGER")]
    assert world.exceptions("RESOLVED") == [("R-1", 1, "ITEM_UNKNOWN")]
    assert world.exception("QUANTITY_NOT_INTEGER")["line_id"] == world.line_id("R-1", 1)
    assert world.status("R-1") == ("HELD", "REFUSED")
    assert world.tuples("SELECT item_code, CAST(quantity AS INTEGER) AS quantity FROM document_line") == [("NONE", 2)]
    world.intake()
    assert world.exceptions() == [("R-1", 1, "ITEM_UNKNOWN"), ("R-1", 1, "QUANTITY_NOT_INTEGER")]
    world.intake(row("R-1", "CPU", 2))
    assert world.exceptions() == []


@pytest.mark.parametrize("dry_run", [False, True])
def test_of_two_files_of_a_run_the_first_stands(world: World, dry_run: bool) -> None:
    first = world.sheet(row("R-1"), row("R-2", "NONE"), row("R-3"), row("R-4", quantity=2), name="a.xlsx")
    others = row("R-1", line=2, customer="C2"), row("R-2"), row("R-3"), row("R-4", "MOUSE", 2), row("R-5")
    report = world.intake(first, world.sheet(*others, name="b.xlsx"), dry_run=dry_run)
    counted = (report.lines_read, report.lines_posted, report.lines_refused, report.lines_skipped)
    assert (counted, report.notes, report.exit_status) == ((9, 4, 4, 1), (), 0)
    if dry_run:
        return
    assert [memo[1:3] for memo in world.memos()] == [("R-1", 1), ("R-3", 1), ("R-4", 2), ("R-5", 1)]
    assert world.exceptions() == [
        ("R-1", 2, "DOCUMENT_INCONSISTENT"),
        ("R-2", 1, "ITEM_UNKNOWN"),
        ("R-2", 1, "LINE_REPEATED"),
        ("R-4", 1, "LINE_REPEATED"),
    ]
    messages = world.tuples("SELECT message FROM exception WHERE code = 'LINE_REPEATED' ORDER BY sheet_row")
    assert [message.partition(", Line #: ")[2].partition(". ")[0] for (message,) in messages] == [
        "line 1 of R-2 is in a file handed in with this one, with item NONE",
        "line 1 of R-4 is in a file handed in with this one, with item CPU",
    ]


@pytest.mark.parametrize("first", ["A-1", "A-2"])
def test_of_two_exports_of_a_backfill_the_first_stands(world: World, first: str) -> None:
    report = backfill(
        world,
        export(world.folder, [legacy("L-1", first)], "may.csv"),
        export(world.folder, [legacy("L-1", "A-1"), legacy("L-2", "A-9")], "june.csv"),
    )
    counted = (report.lines_read, report.lines_posted, report.lines_refused, report.lines_skipped)
    assert counted == ((3, 2, 0, 1) if first == "A-1" else (3, 2, 1, 0))
    assert world.register().keys() == {first, "A-9"}
    with read_only(world.database.engine) as connection:
        found = audit(connection, report.run_id or 0)
    assert found is not None
    assert {each.verdict for each in audit_controls(found)} == {HOLDS}


def test_a_document_over_two_files_of_a_run_is_one(world: World) -> None:
    report = world.intake(world.sheet(row("R-1", line=1)), world.sheet(row("R-1", line=2)))
    assert ([memo[1:3] for memo in world.memos()], report.lines_read) == ([("R-1", 2)], 2)
