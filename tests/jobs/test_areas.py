"""Put units where they belong in whole runs: named areas, those of the location, and what they fall back to."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from tests.jobs.world import TODAY, World, row


@pytest.mark.parametrize(
    ("location", "cells", "steps"),
    [
        pytest.param("HQ", {}, [None, "RELEASED", "CRMA"], id="own"),
        pytest.param("HQ", {"area": "MAIN-STOCK"}, [None, "RELEASED", "MAIN-STOCK"], id="named"),
        pytest.param("HQ-SALES", {}, [None, "RELEASED", "CRMA"], id="parent's"),
        pytest.param("KIOSK", {}, [None, "SOLD", "CRMA"], id="own start, grandparent's target"),
        pytest.param("ALONE", {}, [None, "RELEASED", "MAIN-STOCK"], id="default location's"),
        pytest.param("KIOSK", {"type": "Service"}, [None, "REPAIRS-IN"], id="service, grandparent's"),
        pytest.param("HQ", {"type": "Service", "area": "SOLD"}, [None, "SOLD"], id="service, named"),
        pytest.param("KIOSK", {"type": "Credit Order"}, [None, "CRMA-EX"], id="order, grandparent's"),
    ],
)
def test_areas_fall_back_along_the_locations(
    world: World, location: str, cells: dict[str, object], steps: list[str | None]
) -> None:
    world.insert("location", location_code="KIOSK", parent_location_code="HQ-SALES", out_area_code="SOLD")
    world.insert("location", location_code="ALONE")
    world.intake(row("R-1", location=location, **cells))
    assert world.exceptions() == []
    assert [(before, after) for _, before, after in world.history(world.serials("R-1")[0])] == list(
        itertools.pairwise(steps)
    )


@pytest.mark.parametrize(
    ("gone", "cells", "area_code"),
    [
        pytest.param("CRMA", {}, "MAIN-STOCK", id="receiving"),
        pytest.param("REPAIRS-IN", {"type": "Service"}, None, id="service, and no other"),
        pytest.param("RELEASED", {}, None, id="start, and no other"),
    ],
)
def test_inactive_areas_are_passed_over(
    world: World, gone: str, cells: dict[str, object], area_code: str | None
) -> None:
    world.execute("UPDATE stock_area SET active = false WHERE area_code = :gone", gone=gone)
    world.intake(row("R-1", **cells))
    if area_code is None:
        assert world.exceptions() == [("R-1", 1, "STOCK_AREA_UNRESOLVED")]
    else:
        assert world.register() == {"5001": area_code}


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        pytest.param("credit_memo_area_code", {}, id="receiving"),
        pytest.param("service_area_code", {"type": "Service"}, id="service"),
        pytest.param("credit_order_area_code", {"type": "Credit Order"}, id="order"),
        pytest.param("out_area_code", {}, id="start"),
    ],
)
def test_an_area_of_the_wrong_type_is_refused(world: World, column: str, cells: dict[str, object]) -> None:
    wrong = "SOLD" if column == "credit_memo_area_code" else "CRMA"
    world.execute(f"UPDATE location SET {column} = :wrong WHERE location_code = 'HQ'", wrong=wrong)
    world.intake(row("R-1", **cells))
    assert world.exceptions() == [("R-1", 1, "STOCK_AREA_WRONG_TYPE")]
    assert wrong in world.exception("STOCK_AREA_WRONG_TYPE")["message"]


def test_the_start_is_needed_only_where_something_is_generated(world: World) -> None:
    world.execute("UPDATE location SET out_area_code = NULL")
    world.unit("4001")
    world.intake(row("R-1", serial="4001"), row("R-2"), row("S-1", type="Service"), row("O-1", type="Credit Order"))
    assert world.exceptions() == [("R-2", 1, "STOCK_AREA_UNRESOLVED")]


@pytest.mark.parametrize(
    ("item", "codes", "area_code"),
    [
        pytest.param("CABLE", ["STOCK_AREA_UNRESOLVED"], None, id="kept in stock"),
        pytest.param("FEE", [], None, id="not kept"),
    ],
)
def test_what_is_kept_in_stock_needs_a_place(world: World, item: str, codes: list[str], area_code: str | None) -> None:
    world.execute("UPDATE location SET credit_memo_area_code = NULL")
    world.intake(row("R-1", item, 4))
    assert [code for *_, code in world.exceptions()] == codes
    assert world.tuples("SELECT area_code FROM credit_memo_line") == ([] if codes else [(area_code,)])


@pytest.mark.parametrize(
    ("closed", "codes"),
    [
        pytest.param(TODAY, ["PERIOD_CLOSED"], id="through today"),
        pytest.param(TODAY - dt.timedelta(days=1), [], id="through yesterday"),
    ],
)
def test_no_memo_is_dated_in_a_closed_period(world: World, closed: dt.date, codes: list[str]) -> None:
    world.execute("UPDATE location SET closed_through = :on WHERE location_code = 'HQ'", on=closed.isoformat())
    world.intake(row("R-1", date=dt.date(2025, 1, 1)), row("R-2", location="HQ-SALES"))
    assert [code for *_, code in world.exceptions()] == codes
    # The document's own date is not the memo's, and a period is closed for the location itself.
    assert world.status("R-2") == ("POSTED", "POSTED")
    if codes:
        world.intake(on=TODAY + dt.timedelta(days=1))
        assert world.exceptions() == []
        assert str(world.value("SELECT MAX(memo_date) FROM credit_memo")) == "2026-04-01"
