"""Show what an item's check lets through, and which checks are refused at load."""

from __future__ import annotations

import time

import pytest

from batch.core.mfr_check import LONGEST_SERIAL, MfrCheckError, check_problem, mfr_serial_check


@pytest.mark.parametrize(
    ("check", "serial", "expected"),
    [
        pytest.param("imei", "352099001761481", True, id="imei"),
        pytest.param("IMEI ", "35-209900-176148-1", True, id="imei as printed, name in capitals"),
        pytest.param("imei", "352099001761482", False, id="imei, wrong check digit"),
        pytest.param("imei", "A52099001761481", False, id="imei with a letter"),
        pytest.param("luhn", "79927398713", True, id="luhn"),
        pytest.param("luhn", " 7992 7398-713 ", True, id="luhn as printed"),
        pytest.param("luhn", "79927398714", False, id="luhn, wrong check digit"),
        pytest.param("luhn", "79X27398713", False, id="luhn with a letter"),
        pytest.param("[A-Z]{2}[0-9]{6}", "AB123456", True, id="pattern"),
        pytest.param("[A-Z]{2}[0-9]{6}", " AB123456\n", True, id="pattern, trimmed"),
        pytest.param("[A-Z]{2}[0-9]{6}", "ab123456", True, id="pattern, the same serial in lower case"),
        pytest.param("[A-Z]{2}[0-9]{6}", "AB 123\u200b456", True, id="pattern, the same serial with blanks"),
        pytest.param("[a-z]{2}[0-9]{6}", "ab123456", True, id="pattern, as typed"),
        pytest.param("[A-Z]{2}[0-9]{6}", "AB-123456", False, id="pattern, another serial"),
        pytest.param("[A-Z]{2}[0-9]{6}", "AB1234567", False, id="pattern, the whole"),
        pytest.param("A|B", "AX", False, id="alternatives, the whole"),
        pytest.param(".*", "", False, id="an empty serial"),
        pytest.param(".*", "1" * LONGEST_SERIAL, True, id="as long as it may be"),
        pytest.param(".*", "1" * (LONGEST_SERIAL + 1), False, id="longer"),
    ],
)
def test_mfr_serial_check(check: str, serial: str, expected: bool) -> None:
    assert mfr_serial_check(check)(serial) is expected


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        pytest.param("imei", None, id="imei"),
        pytest.param("Luhn", None, id="luhn"),
        pytest.param("[A-Z]{2}[0-9]{6,8}", None, id="pattern"),
        pytest.param("[0-9]{15}|[0-9]{17}", None, id="alternatives"),
        pytest.param("(?:[0-9A-F]{2}:){5}[0-9A-F]{2}", None, id="a group repeated as it is"),
        pytest.param("(?:[0-9]{4}-?){3}", None, id="a group repeated few times"),
        pytest.param("(a|b)*", None, id="alternatives of one character"),
        pytest.param("(?=.*[0-9])[A-Z0-9]+", None, id="looking ahead"),
        pytest.param("(?!0+)[0-9]{8}", None, id="looking ahead for what may not be"),
        pytest.param("(A)?(?(1)B|C)(?(1)D)", None, id="depending on a group"),
        pytest.param("(?>[A-Z]+)[0-9]++", None, id="atomic and possessive"),
        pytest.param("A{99}", None, id="longer than a serial, but quick"),
        pytest.param(" ", "the check is empty", id="blank"),
        pytest.param("[", "'[' is neither imei, luhn nor a regular expression: unterminated", id="no pattern"),
        pytest.param("[[a]", "'[[a]' is neither imei, luhn nor", id="a set within a set"),
        pytest.param("A{99999999999}", "neither imei, luhn nor a regular expression: the repetition", id="overflow"),
        pytest.param("A" * 201, "the regular expression has 201 characters; at most 200", id="long"),
        pytest.param("(a+)+", "can take too long", id="a repeat within a repeat"),
        pytest.param("(aa|a)*b", "can take too long", id="alternatives within a repeat"),
        pytest.param("(a?){30}a{30}", "can take too long", id="many optional ones"),
        pytest.param(".*.*.*", "can take too long", id="many open repeats"),
        pytest.param("(?:(?:(?:a|bc){9}){9}){9}", "can take too long", id="repeats of repeats"),
    ],
)
def test_check_problem(check: str, expected: str | None) -> None:
    problem = check_problem(check)
    assert problem == expected if expected is None else expected in str(problem)


def test_a_check_with_a_problem_cannot_be_used() -> None:
    with pytest.raises(MfrCheckError, match="can take too long"):
        mfr_serial_check("(a+)+")


@pytest.mark.parametrize("check", [".*.*!", "[0-9]?[0-9]?[0-9]?[0-9]?[0-9]?[0-9]?[0-9]+!", "(?:(?:a|aa){2}){4}!"])
def test_the_slowest_check_allowed_is_quick(check: str) -> None:
    assert check_problem(check) is None
    holds = mfr_serial_check(check)
    began = time.perf_counter()
    assert not any(holds(character * LONGEST_SERIAL) for character in "a0")
    # One that is slow takes longer than anybody has.
    assert time.perf_counter() - began < 30
