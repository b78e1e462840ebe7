"""Show what people read when a sheet brings a posted line changed, a discount too large, a number too long."""

from __future__ import annotations

from typing import Any

import pytest

from tests.jobs.world import World, row


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"quantity": 4}, "quantity 3", id="quantity"),
        pytest.param({"price": 99}, "unit price 150.00", id="price in major units"),
        pytest.param({"price": None}, "unit price 150.00", id="price taken away"),
        pytest.param({"discount": 5}, "discount 0.00", id="discount"),
        pytest.param({"area": "MAIN-STOCK"}, "area blank", id="area that was blank"),
        pytest.param({"mfr": "M-1"}, "serials blank", id="serials that were blank"),
        pytest.param({"quantity": 4, "reason": "late"}, "quantity 3, reason blank", id="two cells"),
    ],
)
def test_a_posted_line_is_shown_as_it_was_typed(world: World, changed: dict[str, Any], said: str) -> None:
    line: dict[str, Any] = {"quantity": 3, "price": 150}
    world.intake(row("R-1", **line))
    world.intake(row("R-1", **(line | changed)))
    message = world.exception("LINE_ALREADY_POSTED")["message"]
    assert f"line 1 of R-1 was posted with {said}. " in message


def test_one_unit_is_not_told_as_several(world: World) -> None:
    world.intake(row("R-1", price=10, discount=11))
    assert (
        "more than the 10.00 it is taken off (1 unit at the price of one)"
        in world.exception("AMOUNT_INVALID")["message"]
    )


def test_a_number_of_twenty_digits_refuses_its_row_and_no_other(world: World) -> None:
    report = world.intake(row(document="R-1", serial=89014103211118510720), row(document="R-2"))
    assert (report.exit_status, report.lines_posted, report.lines_refused) == (0, 1, 1)
    assert world.exceptions() == [("R-1", 1, "SERIAL_STORED_AS_NUMBER")]
    kept = world.value("SELECT cells FROM intake_row WHERE sheet_row = 2")
    assert '"8901410321111851' in kept
