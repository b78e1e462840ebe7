"""Show which serials are one serial, and which only look like one."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from batch.core.keys import near_key, serial_key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("A1", "A1", id="already a key"),
        pytest.param("", "", id="empty"),
        pytest.param("a1", "A1", id="lower case"),
        pytest.param(" a\t1\r\n", "A1", id="white space"),
        pytest.param("a\x00\x1f\x7f1", "A1", id="ascii control characters"),
        pytest.param("ab-12.3/x", "AB-12.3/X", id="punctuation stays"),
        pytest.param("00123", "00123", id="leading zeros stay"),
        pytest.param("A\xa01", "A1", id="no-break space"),
        pytest.param("A\u200b1", "A1", id="zero-width space"),
        pytest.param("\ufeffA1\u200f", "A1", id="byte order mark and direction mark"),
        pytest.param("A\xad1", "A1", id="soft hyphen"),
        pytest.param("A\u20281\u3000", "A1", id="line separator, ideographic space"),
        pytest.param("A\ufe0f1\U000e0100", "A1", id="variation selectors"),
        pytest.param("A\u31641\uffa0\u115f", "A1", id="hangul fillers"),
        pytest.param("A\u034f1\u180e\u2800", "A1", id="joiner, mongolian separator, empty braille"),
        pytest.param("\uff21\uff11", "A1", id="full width"),
        pytest.param("\u2460", "1", id="circled digit"),
        pytest.param("e\u0301", "\xc9", id="composed"),
        pytest.param("e\u200b\u0301", "\xc9", id="composed once what stood between is gone"),
        pytest.param("stra\xdfe", "STRASSE", id="sharp s"),
        pytest.param("\u0410", "\u0410", id="a Cyrillic letter stays Cyrillic"),
        pytest.param("\u200b", "", id="nothing visible"),
    ],
)
def test_serial_key(text: str, expected: str) -> None:
    assert serial_key(text) == expected


@given(st.text())
@example("\u1fb7")
@example("\u0345\u0301a")
@example("\u3164\u0301e\u115f\u0301")
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert serial_key(serial_key(text)) == serial_key(text)


def test_the_key_of_a_key_is_itself_for_every_character() -> None:
    characters = (chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF)
    moving = [character for character in characters if serial_key(key := serial_key(character)) != key]
    assert moving == []


@given(st.text(), st.sampled_from([" ", "\xa0", "\u200b", "\t", "\u2060", "\ufeff"]), st.integers(0, 50))
def test_what_cannot_be_seen_changes_no_key(text: str, unseen: str, place: int) -> None:
    assert serial_key(text[:place] + unseen + text[place:]) == serial_key(text)


@given(st.text(st.characters(codec="ascii")))
def test_ascii_agrees_with_the_rule_at_large(text: str) -> None:
    kept = "".join(character for character in text if unicodedata.category(character) not in {"Cc", "Zs"})
    assert serial_key(text) == kept.upper()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("SN10", "SNIO", True, id="O for 0 and I for 1"),
        pytest.param("SL1", "S1L", True, id="L for 1"),
        pytest.param("AB-12", "AB12", True, id="punctuation"),
        pytest.param("AB_1+2", "AB12", True, id="symbols"),
        pytest.param("00123", "123", True, id="leading zeros"),
        pytest.param("O123", "123", True, id="leading O"),
        pytest.param("\u0410\u0412", "AB", True, id="Cyrillic"),
        pytest.param("\u0391\u0392", "AB", True, id="Greek"),
        pytest.param("\u041e", "0", True, id="Cyrillic O and zero"),
        pytest.param("\u0661\u0662", "12", True, id="Arabic-Indic digits"),
        pytest.param("A\u20101", "A1", True, id="another hyphen"),
        pytest.param("0", "00", True, id="nothing but zeros"),
        pytest.param("A1", "A2", False, id="another digit"),
        pytest.param("A10", "A1", False, id="a trailing zero counts"),
        pytest.param("A01", "A1", False, id="a zero within counts"),
        pytest.param("-", "+", False, id="nothing but punctuation is compared as it is"),
        pytest.param("\u4e00", "A", False, id="another script"),
    ],
)
def test_near_key(one: str, other: str, expected: bool) -> None:
    assert (near_key(one) == near_key(other)) is expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        pytest.param("SN-0012", "SN0012", id="plain"),
        pytest.param("000", "0", id="one zero is kept"),
        pytest.param("--", "--", id="punctuation only"),
        pytest.param("", "", id="empty"),
    ],
)
def test_near_key_text(key: str, expected: str) -> None:
    assert near_key(key) == expected


@given(st.text())
def test_a_near_key_is_settled_and_empty_only_with_its_key(text: str) -> None:
    key = serial_key(text)
    near = near_key(key)
    assert near_key(near) == near
    assert bool(near) == bool(key)
