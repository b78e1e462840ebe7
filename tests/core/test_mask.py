"""Show what masks make of numbers, which masks are refused, and that a serial leads back to its number."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from batch.core.check_digits import SCHEMES
from batch.core.mask import LAST_NUMBER, Mask, MaskError, overlap

ON = dt.date(2026, 3, 9)


@pytest.mark.parametrize(
    ("mask", "number", "expected"),
    [
        pytest.param("{seq}", 5001, "5001", id="bare"),
        pytest.param("SN-{seq:06}", 42, "SN-000042", id="zeros"),
        pytest.param("CM-{location}-{seq:05}", 1, "CM-HQ-00001", id="location"),
        pytest.param("{item}/{seq}", 7, "CPU/7", id="item"),
        pytest.param("{yy}{yyyy}{mm}{dd}-{seq}", 7, "2620260309-7", id="dates"),
        pytest.param("100%{seq}%d", 7, "100%7%d", id="percent signs"),
        pytest.param("\u4e00{seq}", 7, "\u4e007", id="another script"),
        pytest.param("{seq}{check:luhn}", 7992739871, "79927398713", id="luhn"),
        pytest.param("{seq}{check:verhoeff}", 1234, "12340", id="verhoeff"),
        pytest.param("{seq}{check:damm}", 572, "5724", id="damm"),
        pytest.param("{seq}{check:iso7064_mod_11_10}", 79462, "794623", id="mod 11,10"),
        pytest.param("G{seq}{check:iso7064_mod_37_2}", 123489654321, "G123489654321Y", id="mod 37,2"),
        pytest.param("A12425GABC{seq}{check:iso7064_mod_37_36}", 1234002, "A12425GABC1234002M", id="mod 37,36"),
        pytest.param("{seq}{check:iso7064_mod_97_10}", 4354111611551114, "435411161155111431", id="mod 97,10"),
        pytest.param("{item}{seq}{check:iso7064_mod_37_2}", 1, "CPU15", id="over an item code"),
        pytest.param("{seq}{check:luhn}-{location}%", 7992739871, "79927398713-HQ%", id="what follows is not checked"),
    ],
)
def test_renderer(mask: str, number: int, expected: str) -> None:
    assert Mask.parse(mask).renderer(location="HQ", item="CPU", on=ON)(number) == expected


def test_a_code_that_a_scheme_cannot_take_is_refused() -> None:
    mask = Mask.parse("{location}{seq}{check:iso7064_mod_37_2}")
    with pytest.raises(MaskError, match=r"iso7064_mod_37_2 cannot be computed over '-' 's', which comes from"):
        mask.renderer(location="HQ-s", item="CPU", on=ON)


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        pytest.param("{seq}", LAST_NUMBER, id="no end but that of all numbers"),
        pytest.param("{seq:06}", 999_999, id="six digits"),
        pytest.param("{seq:01}", 9, id="one digit"),
        pytest.param("{seq:018}", 10**18 - 1, id="as many as may be"),
    ],
)
def test_last_number(mask: str, expected: int) -> None:
    assert Mask.parse(mask).last_number == expected


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        pytest.param("", "exactly once", id="empty"),
        pytest.param("SN", "exactly once", id="no number"),
        pytest.param("{seq}-{seq}", "exactly once", id="number twice"),
        pytest.param("{seq:6}", "must be {seq}, or {seq:0N}", id="width without a zero"),
        pytest.param("{seq:00}", "from 1 to 18", id="width of nothing"),
        pytest.param("{seq:019}", "from 1 to 18", id="wider than a number"),
        pytest.param("{seq:}", "must be {seq}", id="colon without a width"),
        pytest.param("{Seq}", "{Seq} is no field", id="capitals"),
        pytest.param("{seq}{shop}", "{shop} is no field", id="unknown field"),
        pytest.param("{seq}{", "{ is no field", id="open brace"),
        pytest.param("{seq}}", "a brace stands alone", id="closing brace"),
        pytest.param("{{seq}}", "{ is no field", id="doubled braces"),
        pytest.param("{seq}{yy:2}", "{yy:2} takes nothing after the colon; write {yy}", id="width of a year"),
        pytest.param("{seq}{check}", "{check} names no check digit scheme; write one of luhn,", id="no scheme"),
        pytest.param("{seq}{check:crc}", "{check:crc} names no check digit scheme", id="unknown scheme"),
        pytest.param("{seq}{check:luhn}{check:damm}", "one check digit field is enough", id="two checks"),
        pytest.param("{check:luhn}{seq}", "after the number it checks", id="check before the number"),
        pytest.param("SN{seq}{check:luhn}", "over digits, but 'N' 'S' stands before it", id="letters before luhn"),
        pytest.param("a{seq}{check:iso7064_mod_37_2}", "digits and the letters A to Z, but 'a'", id="small letter"),
        pytest.param("{item}{seq}{check:luhn}", "a code such as {item} may have letters", id="code before luhn"),
        pytest.param(" {seq}", "take out the blanks around it", id="blank before"),
        pytest.param("A,{seq}", "',' separates serials in a cell", id="comma"),
        pytest.param("A\u200b{seq}", "cannot be seen or typed by itself", id="zero width"),
        pytest.param("A\n{seq}", "cannot be seen or typed by itself", id="new line"),
        pytest.param("e\u0301{seq}", "cannot be seen or typed by itself", id="combining accent"),
        pytest.param("A" * 96 + "{seq}", "at most 100 characters; this one has 101", id="long"),
    ],
)
def test_parse_refuses(mask: str, expected: str) -> None:
    with pytest.raises(MaskError) as refused:
        Mask.parse(mask)
    assert expected in str(refused.value)


@pytest.mark.parametrize(
    ("mask", "text", "expected"),
    [
        pytest.param("{seq}", "5001", 5001, id="bare"),
        pytest.param("{seq}", "05001", None, id="a zero the mask does not make"),
        pytest.param("{seq}", "0", 0, id="zero"),
        pytest.param("{seq}", str(LAST_NUMBER), LAST_NUMBER, id="the largest"),
        pytest.param("{seq}", str(LAST_NUMBER + 1), None, id="so large that none could follow"),
        pytest.param("{seq:06}", "000042", 42, id="zeros"),
        pytest.param("{seq:06}", "42", None, id="zeros missing"),
        pytest.param("SN {seq}", "sn42", 42, id="by key"),
        pytest.param("SN{seq}", "XSN42", None, id="something before"),
        pytest.param("S.{seq}", "SX42", None, id="a dot is a dot"),
        pytest.param("{location}-{seq:05}", "HQ-SALES-00042", 42, id="whatever the location"),
        pytest.param("{item}{seq}", "AB12", 12, id="the longest number"),
        pytest.param("{item}-{seq}-{item}", "AB-7-AB", 7, id="the same code twice"),
        pytest.param("{item}-{seq}-{item}", "AB-7-AC", None, id="another code"),
        pytest.param("{yy}{mm}{dd}{seq:03}", "260309007", 7, id="a date"),
        pytest.param("{yy}{mm}{dd}{seq:03}", "261309007", None, id="no month"),
        pytest.param("{seq}{check:luhn}", "79927398713", 7992739871, id="check digit"),
        pytest.param("{seq}{check:luhn}", "79927398714", None, id="wrong check digit"),
        pytest.param("{seq}{check:luhn}-{item}", "79927398713-A-1", 7992739871, id="something behind the check"),
        pytest.param("{seq}{check:luhn}{item}", "1259X", 12, id="the reading whose check digit is right"),
        pytest.param("{item}{seq}{check:iso7064_mod_37_2}", "A-B1K", None, id="a code the scheme cannot take"),
        pytest.param("{seq}", "1" * 600, None, id="no serial is so long"),
    ],
)
def test_number_of(mask: str, text: str, expected: int | None) -> None:
    assert Mask.parse(mask).number_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [pytest.param("Sn 42", 42, id="as made"), pytest.param("SN42", None, id="only by key")],
)
def test_number_of_exact_text(text: str, expected: int | None) -> None:
    assert Mask.parse("Sn {seq}").number_of(text, key=False) == expected


@given(
    st.sampled_from(["{seq}", "{seq:018}"]),
    st.sampled_from(["", *SCHEMES]),
    st.sampled_from(["", "-{location}", "/{yy}{mm}{dd}", "-{item}.{location}"]),
    st.integers(0, 10**18 - 1),
    st.dates(),
)
def test_a_serial_leads_back_to_its_number(field: str, scheme: str, rest: str, number: int, on: dt.date) -> None:
    mask = Mask.parse(field + (f"{{check:{scheme}}}" if scheme else "") + rest)
    made = mask.renderer(location="HQ-1", item="cpu 9", on=on)(number)
    assert mask.number_of(made) == number
    assert mask.number_of(made, key=False) == number


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        pytest.param("SN{seq:06}", [], id="a letter first"),
        pytest.param("{seq}", [], id="plain digits"),
        pytest.param("{seq:06}", ["drops the leading zeros of 000001"], id="leading zeros"),
        pytest.param("0{seq}", ["drops the leading zeros of 01"], id="a zero first"),
        pytest.param("{mm}{seq}", ["drops the leading zeros of 011"], id="a month first"),
        pytest.param("{yyyy}{seq:012}", ["keeps 15 digits and 2026000000000001 has 16"], id="16 digits"),
        pytest.param("{yyyy}{seq:011}", [], id="15 digits"),
        pytest.param("{seq:016}", ["leading zeros", "keeps 15 digits"], id="both"),
        pytest.param("1E{seq}", ["reads 1E1 as a number with an exponent"], id="exponent"),
        pytest.param("{seq}e{yy}", ["reads 1e26 as a number with an exponent"], id="exponent, small letter"),
        pytest.param("{yyyy}-{seq}", ["reads 2026-1 as a date"], id="year and number"),
        pytest.param("{yyyy}-{seq:05}", [], id="too many digits for a date"),
        pytest.param("DEC{seq}", ["reads DEC1 as a date"], id="a month's name"),
        pytest.param("{seq}{check:luhn}", [], id="with a check digit"),
        pytest.param("0{location}{seq}", [], id="a code may be anything"),
    ],
)
def test_warnings(mask: str, expected: list[str]) -> None:
    warnings = Mask.parse(mask).warnings()
    assert len(warnings) == len(expected)
    assert all(part in warning for part, warning in zip(expected, warnings, strict=True))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("{seq}", "{seq}", True, id="the same"),
        pytest.param("{seq}", "{seq:04}", True, id="zeros or not"),
        pytest.param("{seq:04}", "{seq:05}", False, id="other widths"),
        pytest.param("A{seq}", "B{seq}", False, id="other letters"),
        pytest.param("a {seq}", "A{seq}", True, id="the same by key"),
        pytest.param("A{seq}", "{seq}", False, id="a letter or none"),
        pytest.param("1{seq}", "{seq}", True, id="a digit or none"),
        pytest.param("A{seq}", "{location}{seq}", True, id="a location may be called anything"),
        pytest.param("A{seq}", "{location}-{seq}", False, id="a hyphen the other has not"),
        pytest.param("{seq}{item}", "{location}{seq}", True, id="two codes"),
        pytest.param("{yy}{seq:04}", "{seq:06}", True, id="a year is digits"),
        pytest.param("{seq}{check:luhn}", "{seq}", True, id="a check digit is a digit"),
        pytest.param("{seq}{check:iso7064_mod_37_2}", "{seq}*", True, id="a check character"),
        pytest.param("{seq}{check:luhn}", "{seq}*", False, id="no check digit"),
        pytest.param("{seq:02}{check:iso7064_mod_97_10}", "{seq:04}", True, id="two check digits"),
    ],
)
def test_overlap(one: str, other: str, expected: bool) -> None:
    assert overlap(Mask.parse(one), Mask.parse(other)) is expected
    assert overlap(Mask.parse(other), Mask.parse(one)) is expected


def masks(*others: str) -> st.SearchStrategy[Mask]:
    """Draw masks: the number, of one width or another, with other pieces around it."""
    around = st.lists(st.sampled_from(others), max_size=2).map("".join)
    number = st.sampled_from(["{seq}", "{seq:02}", "{seq:03}"])
    return st.builds("{}{}{}".format, around, number, around).map(Mask.parse)


@given(
    masks("1", "{item}", "{yy}"), masks("1", "2", "{item}", "{location}"), st.integers(0, 999), st.sampled_from("12")
)
@settings(suppress_health_check=[HealthCheck.filter_too_much])
def test_what_another_mask_can_read_overlaps(mine: Mask, theirs: Mask, number: int, code: str) -> None:
    made = mine.renderer(location=code, item=code, on=ON)(min(number, mine.last_number))
    assume(theirs.number_of(made) is not None)
    assert overlap(mine, theirs)
