"""Show what is told of number sequences as they are loaded, and that their numbers never go back."""

from __future__ import annotations

import pytest

from batch.core.reference_cells import ReferenceRow, Source
from batch.core.reference_checks import check_rows
from batch.core.reference_columns import TABLES
from batch.core.reference_sequences import passed_over

SAID = dict[str, object]


def sequence(mask: str, kind: str = "SERIAL", location: str | None = None, next_number: int = 1) -> SAID:
    """Make the values of a sequence."""
    return {"kind": kind, "mask": mask, "next_number": next_number, "allocation": "GAPLESS", "location_code": location}


def warnings_of(said: dict[str, SAID], on_file: dict[str, SAID]) -> list[str]:
    """Load sequences, all locations being known, and return the warnings."""
    rows = [
        ReferenceRow(TABLES["number_sequence"], code, values, Source("number_sequence.csv", None), at)
        for at, (code, values) in enumerate(said.items(), 2)
    ]
    checked = check_rows(rows, {"number_sequence": on_file, "location": {"HQ": {}, "MAIN": {}}})
    assert checked.problems == []
    return checked.warnings


@pytest.mark.parametrize(
    ("said", "on_file", "expected"),
    [
        pytest.param({"A": sequence("A{seq}")}, {"B": sequence("B{seq}")}, [], id="letters of its own"),
        pytest.param({"A": sequence("{seq}")}, {"B": sequence("{seq}", "CREDIT_MEMO")}, [], id="another kind"),
        pytest.param(
            {"A": sequence("{seq}", location="HQ")},
            {"B": sequence("{seq}", location="MAIN")},
            ["A, B can make one another's numbers, their masks being {seq};"],
            id="the same mask",
        ),
        pytest.param(
            {"A": sequence("{seq}")},
            {"B": sequence("1{seq}"), "C": sequence("2{seq}"), "D": sequence("D{seq}")},
            ["A, B, C can make one another's numbers, their masks being 1{seq}, 2{seq}, {seq};"],
            id="by way of another",
        ),
        pytest.param(
            {"A": sequence("A{seq}")},
            {"B": sequence("{seq}"), "C": sequence("{seq}")},
            [],
            id="others among themselves",
        ),
        pytest.param(
            {f"S{n}": sequence("{seq}") for n in range(6)}, {}, ["S0, S1, S2, S3 and 2 more can make"], id="many"
        ),
        pytest.param(
            {"A": sequence("{location}-{seq}", location="HQ"), "B": sequence("{location}-{seq}", location="MAIN")},
            {},
            [],
            id="kept apart by their locations",
        ),
        pytest.param(
            {"A": sequence("{location}-{seq}", location="HQ"), "B": sequence("{location}-{seq}")},
            {},
            ["A, B can make one another's numbers"],
            id="one of no location",
        ),
        pytest.param(
            {"A": sequence("A{seq}", location="HQ")},
            {"B": sequence("B{seq}", location="HQ"), "C": sequence("C{seq}", "CREDIT_MEMO", "HQ")},
            ["location HQ has several sequences of kind SERIAL: A, B."],
            id="two of one location",
        ),
        pytest.param(
            {"A": sequence("{seq:06}")},
            {},
            ["number_sequence.csv, row 2, sequence A: mask {seq:06}: a spreadsheet drops the leading zeros of 000001;"],
            id="spoiled by a spreadsheet",
        ),
        pytest.param(
            {"A": sequence("A{seq:02}", next_number=100)},
            {},
            ["mask A{seq:02} ends at 99 and the next number is 100, so it is exhausted. Give the mask more digits."],
            id="exhausted",
        ),
        pytest.param({"A": sequence("A{seq:02}", next_number=99)}, {}, [], id="one number left"),
        pytest.param(
            {"A": {"next_number": 5}},
            {"A": sequence("A{seq}", next_number=7)},
            ["column next_number: 5 is lower than the next number on file, 7, which was kept."],
            id="a number going back",
        ),
        pytest.param({"A": {"next_number": 9}}, {"A": sequence("A{seq}", next_number=7)}, [], id="a number going on"),
        pytest.param({"A": {}}, {"A": sequence("A{seq}", next_number=7)}, [], id="numbers left alone"),
        pytest.param(
            {"A": {"next_number": 9}},
            {"A": sequence("A"), "B": sequence("{seq}{seq}")},
            ["column mask: the mask on file, A, cannot be used. Load the right one."],
            id="a bad mask on file",
        ),
    ],
)
def test_warnings(said: dict[str, SAID], on_file: dict[str, SAID], expected: list[str]) -> None:
    warnings = warnings_of(said, on_file)
    assert len(warnings) == len(expected), warnings
    for warning, part in zip(warnings, expected, strict=True):
        assert part in warning


@pytest.mark.parametrize(
    ("first", "before", "after", "expected"),
    [
        pytest.param(1, 7, 10, (7, 9), id="in use, set higher"),
        pytest.param(1, 7, 8, (7, 7), id="one number"),
        pytest.param(1, 7, 7, None, id="as it was"),
        pytest.param(None, 7, 10, None, id="never used"),
    ],
)
def test_passed_over(first: int | None, before: int, after: int, expected: tuple[int, int] | None) -> None:
    assert passed_over({"first_number": first, "next_number": before}, {"next_number": after}) == expected
