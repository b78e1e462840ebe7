"""Show which exceptions on file stay, which are resolved and which are new when a line is judged again."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from batch.core.codes import REFUSE, WARN, Refusal
from batch.core.judged import JudgedLine
from batch.core.outcome import LineException
from batch.core.reconcile import OpenException, Reconciled, follow_links, reconcile

LINE = ("RETURN", "R-1", 1)

# What is new (by code), what stays and what is resolved (by id).
Found = tuple[list[str], list[int], list[int]]


def on_file(exception_id: int = 7, code: str = "SERIAL_UNKNOWN", **more: Any) -> OpenException:
    """Draw an open exception about unit 1 of the line, from row 5 of file 3."""
    drawn = OpenException(exception_id, code, REFUSE, *LINE, 1, "Serial #", 3, 5)
    return dataclasses.replace(drawn, **more)


def raised(
    code: str = "SERIAL_UNKNOWN", unit_no: int | None = 1, column: str = "Serial #", *, refused: bool = True
) -> LineException:
    """Draw what is said of the line now."""
    kind, number, line_no = LINE
    refusal = Refusal(
        code,
        "said",
        document_type=kind,
        document_no=number,
        line_no=line_no,
        unit_no=unit_no,
        column=column,
        sheet_row=5,
    )
    return LineException(refusal, 1, 101, 3, refused)


def judged(file_id: int | None = 3, sheet_row: int | None = 5, *, posted: bool = False) -> JudgedLine:
    """Draw the line as it has been judged."""
    return JudgedLine(LINE, file_id, sheet_row, posted)


def told(raised_now: list[LineException], lines: list[JudgedLine], before: list[OpenException]) -> Found:
    """Reconcile, and give codes and ids."""
    found = reconcile(raised_now, lines, before)
    return [each.refusal.code for each in found.new], [each for each, _ in found.staying], found.resolved


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        pytest.param([raised()], [], (["SERIAL_UNKNOWN"], [], []), id="new"),
        pytest.param([raised()], [on_file()], ([], [7], []), id="refused again for the same"),
        pytest.param([], [on_file()], ([], [], [7]), id="no longer"),
        pytest.param(
            [raised("ITEM_UNKNOWN")], [on_file()], (["ITEM_UNKNOWN"], [], [7]), id="refused again for something else"
        ),
        pytest.param([raised(unit_no=2)], [on_file()], (["SERIAL_UNKNOWN"], [], [7]), id="another unit of it"),
        pytest.param([raised(column="Mfr Serial #")], [on_file()], (["SERIAL_UNKNOWN"], [], [7]), id="another column"),
        pytest.param([raised(), raised()], [on_file(7), on_file(8)], ([], [7, 8], []), id="twice and twice"),
        pytest.param([raised(), raised()], [on_file()], (["SERIAL_UNKNOWN"], [7], []), id="twice and once"),
        pytest.param([raised()], [on_file(7), on_file(8)], ([], [7], [8]), id="once and twice"),
        pytest.param(
            [raised("COST_UNKNOWN", None, refused=False)],
            [on_file(code="COST_UNKNOWN", unit_no=None)],
            (["COST_UNKNOWN"], [], [7]),
            id="a warning on a line that now posts is done with",
        ),
        pytest.param([raised()], [on_file(line_no=2)], (["SERIAL_UNKNOWN"], [], []), id="of a line not judged now"),
        pytest.param([], [on_file(document_no=None)], ([], [], []), id="of no line at all"),
        pytest.param([], [], ([], [], []), id="nothing"),
    ],
)
def test_what_is_said_now_and_what_was_said(
    now: list[LineException], before: list[OpenException], expected: Found
) -> None:
    assert told(now, [judged()], before) == expected


@pytest.mark.parametrize(
    ("line", "before", "expected"),
    [
        pytest.param(judged(), on_file(), [7], id="its own row"),
        pytest.param(judged(), on_file(sheet_row=6), [], id="another row of its file that names the same line"),
        pytest.param(judged(), on_file(intake_file_id=2), [7], id="an earlier file that brought it"),
        pytest.param(judged(), on_file(intake_file_id=4), [], id="a later file, whose row was refused"),
        pytest.param(judged(None, None), on_file(), [7], id="a line of the POS"),
        pytest.param(judged(), on_file(intake_file_id=None), [7], id="said of a line of the POS"),
        pytest.param(
            judged(),
            on_file(code="SERIAL_STORED_AS_NUMBER", severity=WARN),
            [],
            id="seen in its row, which says so yet",
        ),
        pytest.param(
            judged(posted=True),
            on_file(code="SERIAL_STORED_AS_NUMBER", severity=WARN),
            [7],
            id="but the line stands now",
        ),
        pytest.param(judged(), on_file(code="AMOUNT_INVALID"), [7], id="of the shape, but found with a price on file"),
        pytest.param(
            judged(posted=True),
            on_file(code="CELL_UNREADABLE", sheet_row=6),
            [],
            id="seen in another row, though it stands",
        ),
        pytest.param(
            judged(), on_file(code="CELL_UNREADABLE", intake_file_id=2), [7], id="seen in an earlier file's row"
        ),
    ],
)
def test_only_what_is_this_line_s_to_resolve(line: JudgedLine, before: OpenException, expected: list[int]) -> None:
    assert told([], [line], [before]) == ([], [], expected)


def test_what_stays_takes_the_latest_wording() -> None:
    now = raised()
    assert reconcile([now], [judged()], [on_file()]).staying == [(7, now)]


@pytest.mark.parametrize(
    ("now", "waived", "expected"),
    [
        pytest.param(raised(), on_file(), ([], [7]), id="found again as it was waived"),
        pytest.param(raised(), on_file(sheet_row=6), (["SERIAL_UNKNOWN"], []), id="waived on another row"),
        pytest.param(raised(), on_file(intake_file_id=2), (["SERIAL_UNKNOWN"], []), id="waived on an earlier file"),
        pytest.param(raised(unit_no=2), on_file(), (["SERIAL_UNKNOWN"], []), id="waived on another unit"),
        pytest.param(raised(refused=False), on_file(), (["SERIAL_UNKNOWN"], []), id="on a line that posts"),
    ],
)
def test_what_a_person_has_decided_is_not_raised_anew(
    now: LineException, waived: OpenException, expected: tuple[list[str], list[int]]
) -> None:
    found = reconcile([now], [judged()], [], [waived])
    assert ([each.refusal.code for each in found.new], found.decided) == expected
    assert (found.staying, found.resolved) == ([], [])


def test_what_is_open_stays_though_it_was_waived_before() -> None:
    found = reconcile([raised()], [judged()], [on_file(7)], [on_file(8)])
    assert ([each for each, _ in found.staying], found.decided) == ([7], [])


@pytest.mark.parametrize(
    ("now", "linked", "expected"),
    [
        pytest.param([raised()], {5: [on_file(7)]}, ([], [7], []), id="raised again of the row that corrects it"),
        pytest.param([], {5: [on_file(7)]}, ([], [], [7]), id="corrected"),
        pytest.param(
            [raised("ITEM_UNKNOWN")],
            {5: [on_file(7)]},
            (["ITEM_UNKNOWN"], [], [7]),
            id="corrected, but wrong in another way",
        ),
        pytest.param([raised()], {6: [on_file(7)]}, (["SERIAL_UNKNOWN"], [], [7]), id="of another row"),
        pytest.param([raised()], {5: [on_file(7), on_file(8)]}, ([], [7], [8]), id="twice before"),
        pytest.param([raised(), raised()], {5: [on_file(7)]}, (["SERIAL_UNKNOWN"], [7], []), id="twice now"),
        pytest.param([], {5: [on_file(7)], 6: [on_file(7)]}, ([], [], [7]), id="corrected by two rows, resolved once"),
        pytest.param([raised()], {}, (["SERIAL_UNKNOWN"], [], []), id="no row corrects another"),
    ],
)
def test_a_corrected_row_takes_over_what_was_open(
    now: list[LineException], linked: dict[int, list[OpenException]], expected: Found
) -> None:
    found = follow_links(Reconciled(now, [], []), linked)
    assert ([each.refusal.code for each in found.new], [each for each, _ in found.staying], found.resolved) == expected


def test_what_the_line_itself_took_over_is_not_taken_twice() -> None:
    before = Reconciled([], [(7, raised())], [8], [9])
    found = follow_links(before, {5: [on_file(7), on_file(8), on_file(10)]})
    assert (found.staying, found.resolved, found.decided) == (before.staying, [8, 10], [9])
