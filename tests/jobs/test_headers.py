"""Hand in documents of several rows: what the rows say of their document, together, and where they disagree."""

from __future__ import annotations

import datetime as dt

import pytest

from batch.edge import landing
from tests.jobs.legacy import backfill, legacy
from tests.jobs.world import TODAY, World, row

REFERENCES = "SELECT reference FROM document ORDER BY document_no"


def test_a_document_has_every_reference_that_its_rows_give(world: World) -> None:
    """Units of one slip may have been sold on several invoices."""
    first, second, third = (row("R-1", line=at, reference=f"INV-{at}") for at in (1, 2, 3))
    world.intake(first, row("R-1", line=2, quantity="two", reference="INV-2"))
    assert world.tuples(REFERENCES) == [("INV-1",)]
    world.intake(second)
    assert world.tuples(REFERENCES) == [("INV-1; INV-2",)]
    # Any of its rows may come again, alone or with others.
    again = world.intake(second, third, row("R-2", reference="INV-1"))
    assert (world.exceptions(), again.lines_skipped, again.lines_posted) == ([], 1, 2)
    assert world.tuples(REFERENCES) == [("INV-1; INV-2; INV-3",), ("INV-1",)]
    world.intake(row("R-1", line=2, reference="INV-9"))
    assert world.exceptions() == [("R-1", 2, "LINE_ALREADY_POSTED")]


def test_two_files_of_one_run_both_give_references(world: World) -> None:
    files = [world.sheet(row("R-1", line=at, reference=reference)) for at, reference in enumerate("AB", 1)]
    world.intake(*files)
    assert (world.exceptions(), world.tuples(REFERENCES)) == ([], [("A; B",)])


def test_references_are_kept_over_the_parts_of_a_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [legacy("L-1", line=at, reference=reference) for at, reference in enumerate(("A", None, "B", "A", "C"), 1)]
    monkeypatch.setattr("batch.edge.parts_landing.PART_ROWS", 2)
    backfill(world, *lines)
    assert world.tuples(REFERENCES) == [("A; B; C",)]


def test_a_reference_that_comes_with_a_corrected_row_is_no_change_of_the_others(world: World) -> None:
    world.intake(row("R-1"), row("R-1", quantity="two", reference="INV-1"))
    corrected = (row("R-1"), row("R-1", quantity=2, reference="INV-1"))
    world.intake(*corrected)
    assert (world.exceptions(), world.status("R-1")) == ([], ("POSTED", "POSTED", "POSTED"))
    assert world.value("SELECT reference FROM document") == "INV-1"
    report = world.intake(*corrected, row("R-2"))
    assert (world.exceptions(), report.lines_skipped) == ([], 2)


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param({"customer": "C2"}, id="customer"),
        pytest.param({"location": "MAIN"}, id="location"),
        pytest.param({"date": dt.date(2026, 1, 2)}, id="date"),
        pytest.param({"currency": "EUR"}, id="currency"),
    ],
)
def test_rows_that_disagree_are_refused_with_all_rows_of_their_document(world: World, cells: dict[str, object]) -> None:
    given = {"date": TODAY, "currency": "USD"}
    report = world.intake(row("R-1", **given), row("R-2", **given), row("R-1", **(given | cells)), row("R-1", **given))
    assert world.exceptions() == [("R-1", line_no, "DOCUMENT_INCONSISTENT") for line_no in (1, 2, 3)]
    assert world.status("R-1") == ()
    assert (report.lines_refused, report.lines_posted) == (3, 1)


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param({"location": "HQ"}, id="location"),
        pytest.param({"date": dt.date(2026, 1, 2)}, id="date"),
        pytest.param({"currency": "EUR", "price": 1}, id="currency"),
    ],
)
def test_a_blank_header_cell_says_nothing(world: World, cells: dict[str, object]) -> None:
    blank = {"location": None, "price": 1}
    world.intake(row("R-1", **blank), row("R-1", **(blank | cells)), row("R-1", **blank))
    assert world.exceptions() == []
    assert [memo[1:] for memo in world.memos()] == [("R-1", 3, 300, 300)]
    ((location, currency, on),) = world.tuples("SELECT location_code, currency, document_date FROM document")
    expected = {"location": "MAIN", "currency": "USD", "date": TODAY} | {
        name: value for name, value in cells.items() if name != "price"
    }
    assert {"location": location, "currency": currency, "date": dt.date.fromisoformat(str(on))} == expected


def test_a_row_that_is_refused_speaks_for_its_document(world: World) -> None:
    said = {"location": "MAIN", "date": dt.date(2026, 1, 2), "currency": "EUR"}
    blank = {"location": None, "price": 1}
    world.intake(row("R-1", quantity=0, price=1, **said), row("R-1", **blank), row("R-2", **blank))
    found = world.tuples("SELECT location_code, currency, document_date FROM document ORDER BY document_id")
    assert [tuple(map(str, each)) for each in found] == [
        ("MAIN", "EUR", "2026-01-02"),
        ("MAIN", "USD", TODAY.isoformat()),
    ]


@pytest.mark.parametrize(("setting", "place"), [(None, "MAIN"), ("HQ", "HQ"), ("NOWHERE", None)])
def test_a_location_left_out_is_the_default_one_if_that_is_on_file(
    world: World, setting: str | None, place: str | None
) -> None:
    world.settings["default_location"] = setting
    world.intake(row("R-1", location=None))
    assert world.value("SELECT location_code FROM document") == place
    # With a wrong setting it waits for a right one.
    world.settings["default_location"] = "HQ"
    world.intake()
    assert world.value("SELECT location_code FROM credit_memo") == (place or "HQ")


def test_a_later_row_may_name_the_default_location(world: World) -> None:
    bad = {"quantity": "two", "line": 2}
    world.intake(row("R-1", location=None), row("R-1", location=None, **bad))
    world.intake(row("R-1", location="HQ", line=2))
    assert world.exceptions()[-1] == ("R-1", 2, "DOCUMENT_INCONSISTENT")
    world.intake(row("R-1", location="MAIN", line=2))
    assert (world.exceptions(), world.status("R-1")) == ([], ("POSTED", "POSTED", "POSTED"))


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param({}, id="no amount"),
        pytest.param({"price": 150, "customer": None}, id="no customer"),
    ],
)
def test_a_row_that_tells_no_money_agrees_with_any_currency(world: World, cells: dict[str, object]) -> None:
    world.intake(row("R-1", currency="JPY", price=150), row("R-1", **cells))
    assert "DOCUMENT_INCONSISTENT" not in {code for *_, code in world.exceptions()}
    assert world.value("SELECT currency FROM document") == "JPY"
    assert world.status("R-1")[1] == "POSTED"


def test_a_blank_currency_is_not_read_with_the_decimals_of_another(world: World) -> None:
    world.intake(row("R-1", currency="JPY", price=150), row("R-1", price=150), row("R-2", currency="JPY", price=150))
    assert world.exceptions() == [("R-1", line_no, "DOCUMENT_INCONSISTENT") for line_no in (1, 2)]
    world.intake(row("R-2", currency="JPY", price=150), row("R-2", price=150))
    assert world.exceptions()[2:] == [("R-2", line_no, "DOCUMENT_INCONSISTENT") for line_no in (1, 2)]
    world.intake(row("R-2", price=150))
    assert world.exceptions()[2:] == [("R-2", line_no, "DOCUMENT_INCONSISTENT") for line_no in (1, 2)]
    assert "posted lines with currency JPY" in world.value("SELECT message FROM exception WHERE last_run_id = 3")


def test_a_currency_left_out_follows_the_customer_as_corrected(world: World) -> None:
    world.intake(row("R-1", "NONE", price=1))
    world.intake(row("R-1", price=1, customer="EURO"))
    assert world.tuples("SELECT customer_code, currency FROM document") == [("EURO", "EUR")]


def test_a_document_may_be_long(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing, "PART_ROWS", 2)
    said = {"currency": "EUR", "reference": "X", "date": dt.date(2026, 3, 1)}
    rows = [row("R-1", price=1, location=None) for _ in range(6)]
    world.intake(*rows[:2], row("R-1", price=1, location="HQ", **said), *rows[2:], row("R-1", line=3, price=1))
    ((location, currency, on, reference),) = world.tuples(
        "SELECT location_code, currency, document_date, reference FROM document"
    )
    assert (location, currency, str(on), reference) == ("HQ", "EUR", "2026-03-01", "X")
    assert world.memos() == [("CM-HQ-00001", "R-1", 7, 700, 700)]
    assert world.exceptions() == [("R-1", 3, "LINE_REPEATED")]
