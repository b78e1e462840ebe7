"""Name the check digit schemes a mask may use: what each can be computed over, and what it adds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme: the characters it is computed over, the ones it adds, how many, and the module that computes them."""

    alphabet: str
    adds: str
    width: int
    module: str
    function: str = "calc_check_digit"

    @property
    def digits(self) -> Callable[[str], str]:
        """Return the function from a text to its check digits."""
        # Slow to import, and most masks have no check digit.
        function: Callable[[str], str] = _function(self.module, self.function)
        return function


@cache
def _function(module: str, name: str) -> Any:
    return getattr(import_module(f"stdnum.{module}"), name)


SCHEMES = {
    "luhn": Scheme(DIGITS, DIGITS, 1, "luhn"),
    "verhoeff": Scheme(DIGITS, DIGITS, 1, "verhoeff"),
    "damm": Scheme(DIGITS, DIGITS, 1, "damm"),
    "iso7064_mod_11_10": Scheme(DIGITS, DIGITS, 1, "iso7064.mod_11_10"),
    "iso7064_mod_37_2": Scheme(DIGITS + LETTERS, DIGITS + LETTERS + "*", 1, "iso7064.mod_37_2"),
    "iso7064_mod_37_36": Scheme(DIGITS + LETTERS, DIGITS + LETTERS, 1, "iso7064.mod_37_36"),
    "iso7064_mod_97_10": Scheme(DIGITS + LETTERS, DIGITS, 2, "iso7064.mod_97_10", "calc_check_digits"),
}
