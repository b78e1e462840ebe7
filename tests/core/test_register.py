"""Show how units of the register are found: by serial, by id, by their maker's serial, by what they look like."""

from __future__ import annotations

import pytest

from batch.core.register import Register
from tests.core.chunks import unit

UNITS = (
    unit("4001", mfr="M-7", serial_id=1),
    unit("4002", mfr="M-7", serial_id=2),
    unit("5001", of="GPU", mfr="M-7", serial_id=3),
    unit("5000", of="GPU", mfr="M-7", serial_id=4),
    unit("AO-1", mfr="MO-1", serial_id=5),
    unit("A0-1", mfr="M0-1", serial_id=6),
    unit("7001"),
)


def test_by_key_and_by_id() -> None:
    register = Register(UNITS)
    assert register.by_key["4001"] is UNITS[0]
    assert register.by_id[5] is UNITS[4]
    assert len(register.by_id) == 6
    assert "7001" in register.by_key


@pytest.mark.parametrize(
    ("item_code", "key", "expected"),
    [
        pytest.param("CPU", "M-7", ["4001", "4002"], id="all of an item"),
        pytest.param("MOUSE", "M-7", [], id="of another item"),
        pytest.param("CPU", "M-8", [], id="not borne by any"),
        pytest.param("CPU", "M7", [], id="never by likeness"),
    ],
)
def test_with_mfr(item_code: str, key: str, expected: list[str]) -> None:
    assert [each.serial_no for each in Register(UNITS).with_mfr(item_code, key)] == expected


@pytest.mark.parametrize(
    ("item_code", "key", "expected"),
    [
        pytest.param("CPU", "M-7", "5000", id="the first by serial"),
        pytest.param("CPU", "MO-1", None, id="of this item alone"),
        pytest.param("CPU", "M-8", None, id="not borne by any"),
    ],
)
def test_with_mfr_elsewhere(item_code: str, key: str, expected: str | None) -> None:
    found = Register(UNITS).with_mfr_elsewhere(item_code, key)
    assert (found and found.serial_no) == expected


@pytest.mark.parametrize(
    ("item_code", "key", "expected"),
    [
        pytest.param("CPU", "M7", "4001", id="without its hyphen"),
        pytest.param("CPU", "MOI", "A0-1", id="letters like digits, the first by serial"),
        pytest.param("CPU", "MO-1", "A0-1", id="equal is not near, but another is"),
        pytest.param("MOUSE", "M7", None, id="of another item"),
        pytest.param("CPU", "X", None, id="like none"),
    ],
)
def test_near_mfr(item_code: str, key: str, expected: str | None) -> None:
    found = Register(UNITS).near_mfr(item_code, key)
    assert (found and found.serial_no) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        pytest.param("AOI", "A0-1", id="the first by serial"),
        pytest.param("04001", "4001", id="a leading zero"),
        pytest.param("4003", None, id="like none"),
    ],
)
def test_near(key: str, expected: str | None) -> None:
    found = Register(UNITS).near(key)
    assert (found and found.serial_no) == expected


def test_a_unit_is_found_by_the_name_it_is_given_later() -> None:
    register = Register(UNITS)
    new = unit("9001")
    register.add(new)
    assert register.with_mfr("CPU", "M-9") == []
    new.mfr_serial_no = new.mfr_serial_key = "M-9"
    register.note_mfr(new)
    assert register.with_mfr("CPU", "M-9") == [new]
    assert register.near_mfr("CPU", "M9") is new


def test_only_what_bears_a_name_is_noted_by_it() -> None:
    with pytest.raises(AssertionError, match="a unit without a manufacturer's serial"):
        Register(()).note_mfr(unit("9001"))
