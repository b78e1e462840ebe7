"""Name the check digit schemes a mask may use: what each can be computed over, and what it adds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stdnum import damm, luhn, verhoeff
from stdnum.iso7064 import mod_11_10, mod_37_2, mod_37_36, mod_97_10

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme: the characters it is computed over, the ones it adds, how many, and how they are computed."""

    alphabet: str
    adds: str
    width: int
    digits: Callable[[str], str]


SCHEMES = {
    "luhn": Scheme(DIGITS, DIGITS, 1, luhn.calc_check_digit),
    "verhoeff": Scheme(DIGITS, DIGITS, 1, verhoeff.calc_check_digit),
    "damm": Scheme(DIGITS, DIGITS, 1, damm.calc_check_digit),
    "iso7064_mod_11_10": Scheme(DIGITS, DIGITS, 1, mod_11_10.calc_check_digit),
    "iso7064_mod_37_2": Scheme(DIGITS + LETTERS, DIGITS + LETTERS + "*", 1, mod_37_2.calc_check_digit),
    "iso7064_mod_37_36": Scheme(DIGITS + LETTERS, DIGITS + LETTERS, 1, mod_37_36.calc_check_digit),
    "iso7064_mod_97_10": Scheme(DIGITS + LETTERS, DIGITS, 2, mod_97_10.calc_check_digits),
}
