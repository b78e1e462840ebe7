"""Make the GS1 element string of a unit: its GTIN and its serial, where both are such as GS1 allows."""

from __future__ import annotations

import re

# AI 21 holds at most 20 characters of the GS1 character set 82.
_SERIAL = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}")
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})


def gtin14(text: str) -> str | None:
    """Give a GTIN in 14 digits; None where the text is none, by its length or its check digit."""
    if len(text) not in _GTIN_LENGTHS or not (text.isascii() and text.isdigit()):
        return None
    digits = text.zfill(14)
    weighted = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(digits[:13]))
    return digits if (10 - weighted % 10) % 10 == int(digits[13]) else None


def serial_fits(serial_no: str) -> bool:
    """Say whether a serial may stand under AI 21."""
    return _SERIAL.fullmatch(serial_no) is not None


def element_string(gtin: str, serial_no: str) -> str:
    """Write the elements as scanners give them back: GTIN (01), then serial (21), which comes last and needs no end."""
    return f"01{gtin}21{serial_no}"


def in_words(gtin: str, serial_no: str) -> str:
    """Write the elements for people, each application identifier in brackets."""
    return f"(01){gtin}(21){serial_no}"
