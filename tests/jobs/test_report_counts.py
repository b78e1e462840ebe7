"""Show that a report counts lines, not reasons: a row that lacks three cells is one line."""

from __future__ import annotations

from tests.jobs.world import World, row

TOTALS_ROW = {"Quantity": 12, "Reason": "TOTAL"}


def counted(report_codes: object) -> dict[str, int]:
    """Give the number of lines of each code."""
    assert isinstance(report_codes, tuple)
    return {each.code: each.lines for each in report_codes}


def test_several_reasons_of_one_code_are_one_line(world: World) -> None:
    report = world.intake(row("R-1", reason="fine"), row("R-2", None, None, customer=None))
    assert (report.lines_refused, report.exceptions) == (1, 3)
    assert counted(report.exceptions_by_code) == {"CELL_REQUIRED": 1}


def test_rows_without_a_line_are_told_apart_by_file(world: World) -> None:
    files = [world.sheet(row("R-1", reason="fine"), TOTALS_ROW), world.sheet(row("R-2", reason="fine"), TOTALS_ROW)]
    report = world.intake(*files)
    assert counted(report.exceptions_by_code) == {"CELL_REQUIRED": 2}


def test_units_of_one_line_are_one_line(world: World) -> None:
    report = world.intake(row("R-1", quantity=2, serial="NONE-1, NONE-2"))
    assert counted(report.exceptions_by_code) == {"SERIAL_UNKNOWN": 1}
