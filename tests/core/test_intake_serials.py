"""Test what the serial columns of a sheet name."""

from __future__ import annotations

import datetime as dt

import pytest

from batch.core.cells import Cell, CellError, Percent, Shown
from batch.core.codes import REFUSE, WARN
from batch.core.intake_cells import IDENTIFIER_LIMIT
from batch.core.intake_serials import Named, named_count, range_keys, read_serials, written_out
from batch.core.names import SerialRange


def span(text: str, first: int, last: int, prefix: str = "") -> SerialRange:
    return SerialRange(text, prefix, first, last, len(text.partition("-")[0].strip()) - len(prefix))


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        (None, []),
        ("", []),
        ("  ", []),
        ("\u200b", []),
        (" , ;\n", []),
        ("\x01, A1", ["A1"]),
        ("4001", ["4001"]),
        (" 4001 ", ["4001"]),
        ("00123", ["00123"]),
        ("1E5", ["1E5"]),
        ("NA", ["NA"]),
        ("null", ["null"]),
        ("TRUE", ["TRUE"]),
        ("SN 1", ["SN 1"]),
        ("A1,B2; C3\nD4", ["A1", "B2", "C3", "D4"]),
        ("A1,A1", ["A1", "A1"]),
        ("АЁ-1", ["АЁ-1"]),
        ("M-1", ["M-1"]),
        ("AB-1001-X", ["AB-1001-X"]),
        (Shown(123, "00123"), ["00123"]),
        ("x" * IDENTIFIER_LIMIT, ["x" * IDENTIFIER_LIMIT]),
    ],
)
def test_serials_are_read_as_typed(cell: Cell, names: list[str]) -> None:
    readings = read_serials([cell])
    assert readings.outcomes == [names]
    assert readings.flaws == []


@pytest.mark.parametrize(
    ("cell", "named"),
    [
        ("1001-1005", (span("1001-1005", 1001, 1005),)),
        ("A07 - A09, B1", (span("A07 - A09", 7, 9, "A"), "B1")),
        ("1001\uff0d1002", (SerialRange("1001\uff0d1002", "", 1001, 1002, 4),)),
        ("998-1001", ["998-1001"]),
        ("A1-B2", ["A1-B2"]),
        ("KNOWN1-KNOWN5", ["KNOWN1-KNOWN5"]),
        ("known1 - known5", ["known1 - known5"]),
    ],
)
def test_ranges_are_known_by_their_ends_unless_they_are_in_the_register(
    cell: str, named: tuple[Named, ...] | list[str]
) -> None:
    readings = read_serials([cell], {"KNOWN1-KNOWN5"})
    assert readings.outcomes == [named]
    assert readings.flaws == []


def test_a_manufacturer_knows_no_ranges() -> None:
    assert read_serials(["1001-1005, 5-1"], ranges=False).outcomes == [["1001-1005", "5-1"]]


@pytest.mark.parametrize(
    ("cell", "severity", "code"),
    [
        (4001, WARN, "SERIAL_STORED_AS_NUMBER"),
        (4001.0, WARN, "SERIAL_STORED_AS_NUMBER"),
        (999_999_999_999_999, WARN, "SERIAL_STORED_AS_NUMBER"),
        (1_000_000_000_000_000, REFUSE, "SERIAL_STORED_AS_NUMBER"),
        (1.2345678901234567e19, REFUSE, "SERIAL_STORED_AS_NUMBER"),
        (Percent(4001.0, "400100%"), WARN, "SERIAL_STORED_AS_NUMBER"),
        (Percent(0.1, "10%"), REFUSE, "SERIAL_MALFORMED"),
        (Shown(10**15, "00001000000000000000"), REFUSE, "SERIAL_STORED_AS_NUMBER"),
        (-5, REFUSE, "SERIAL_MALFORMED"),
        (1.5, REFUSE, "SERIAL_MALFORMED"),
        (True, REFUSE, "SERIAL_MALFORMED"),
        (False, REFUSE, "SERIAL_MALFORMED"),
        (dt.date(2026, 3, 31), REFUSE, "SERIAL_MALFORMED"),
        (dt.datetime(2026, 3, 31, 10, 0), REFUSE, "SERIAL_MALFORMED"),
        (dt.time(10, 0), REFUSE, "SERIAL_MALFORMED"),
        (dt.timedelta(hours=30), REFUSE, "SERIAL_MALFORMED"),
        ("1.23E+15", REFUSE, "SERIAL_MALFORMED"),
        ("1.23e+15", REFUSE, "SERIAL_MALFORMED"),
        ("1E+15", REFUSE, "SERIAL_MALFORMED"),
        ("1.23E15", REFUSE, "SERIAL_MALFORMED"),
        ("A1, 1.23E+15", REFUSE, "SERIAL_MALFORMED"),
        ("1,23E+15", REFUSE, "SERIAL_MALFORMED"),
        ("x" * (IDENTIFIER_LIMIT + 1), REFUSE, "SERIAL_MALFORMED"),
        ("-", REFUSE, "SERIAL_MALFORMED"),
        ("A1; ./.", REFUSE, "SERIAL_MALFORMED"),
        ("5-1", REFUSE, "SERIAL_RANGE_INVALID"),
        ("A9-A1", REFUSE, "SERIAL_RANGE_INVALID"),
        ("00001-10001", REFUSE, "SERIAL_RANGE_INVALID"),
        ("a\0b", REFUSE, "CELL_UNREADABLE"),
        (CellError("#DIV/0!"), REFUSE, "CELL_UNREADABLE"),
    ],
)
def test_what_is_no_serial_is_told(cell: Cell, severity: str, code: str) -> None:
    flaws = read_serials(["A1", cell]).flaws
    assert [(at, flaw.severity, flaw.code) for at, flaw in flaws] == [(1, severity, code)]


def test_a_range_of_ten_thousand_is_the_longest() -> None:
    assert read_serials(["00001-10000"]).flaws == []


def test_all_that_is_wrong_in_a_cell_is_told_naming_the_serial_meant() -> None:
    flaws = read_serials(["1E+15, 5-1, A1, 2E+15"]).flaws
    assert [(flaw.code, flaw.about) for _, flaw in flaws] == [
        ("SERIAL_MALFORMED", "1E+15"),
        ("SERIAL_MALFORMED", "2E+15"),
        ("SERIAL_RANGE_INVALID", "5-1"),
    ]


def test_a_number_taken_as_it_stands_names_its_digits() -> None:
    assert read_serials([4001, 4002.0]).outcomes == [["4001"], ["4002"]]


@pytest.mark.parametrize(
    ("named", "limit", "names"),
    [
        pytest.param((span("1-3", 1, 3), "B"), 10, ["1", "2", "3", "B"], id="all of it"),
        pytest.param((span("1-3", 1, 3),), 3, ["1", "2", "3"], id="just as many"),
        pytest.param((span("1-9", 1, 9),), 2, ["1", "2", "3"], id="one more than the limit is enough"),
        pytest.param(("A", span("1-9", 1, 9), "B"), 1, ["A", "1", "B"], id="what is typed out stays"),
        pytest.param(("A", "B", span("1-9", 1, 9)), 1, ["A", "B"], id="already too many"),
        pytest.param((span("08-11", 8, 11),), 9, ["08", "09", "10", "11"], id="zeros and all"),
    ],
)
def test_ranges_are_written_out_no_further_than_needed(named: tuple[Named, ...], limit: int, names: list[str]) -> None:
    assert written_out(named, limit) == names


def test_the_count_is_of_all_that_is_named() -> None:
    assert named_count(("A", span("0001-9999", 1, 9999), "B")) == 10_001


@pytest.mark.parametrize(
    ("cells", "keys"),
    [
        pytest.param([None, 5, "4001", "A,B"], set(), id="none"),
        pytest.param(["1001-1005", "M-1", "x"], {"1001-1005"}, id="a range, and a hyphen"),
        pytest.param(["a1 - a5\n7-9"], {"A1-A5", "7-9"}, id="two, by key"),
        pytest.param(["9-1"], {"9-1"}, id="also one that counts down"),
        pytest.param(["1\uff0d2"], {"1-2"}, id="a wide hyphen"),
    ],
)
def test_names_like_ranges_are_collected_by_key(cells: list[Cell], keys: set[str]) -> None:
    assert range_keys(cells) == keys
