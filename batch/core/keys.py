"""Reduce a serial as typed to the key that decides whether two serials are the same one.

`serial_key` is the exact key of rule R10; `near_key` is the coarser one by which look-alikes are pointed out.
"""

from __future__ import annotations

import functools
import unicodedata


def serial_key(text: str) -> str:
    """Return the key of a serial: NFKC, nothing invisible, upper case; the key of a key is itself."""
    if text.isascii():
        # Mostly there is nothing to take out, and seeing that is cheaper than doing it.
        if not text.isalnum() and (" " in text or not text.isprintable()):
            text = text.translate(_ASCII_UNSEEN)
        return text.upper()
    key = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).translate(_UNSEEN).upper())
    # Taking a character out lets its neighbours combine, so once is not always enough.
    return key if key == text else serial_key(key)


# Asked about the same names where they are looked up, counted, matched and written: a chunk's worth is kept.
@functools.lru_cache(maxsize=1 << 15)
def near_key(key: str) -> str:
    """Return what two keys have in common when an eye takes them for one another; never empty unless the key is."""
    skeleton = key.translate(_SKELETON)
    return skeleton.lstrip("0") or skeleton[-1:] or key


class _Unseen(dict[int, int | None]):
    """Say of each character, once, whether the eye cannot see it: None drops it, itself keeps it."""

    def __missing__(self, code: int) -> int | None:
        unseen = unicodedata.category(chr(code)) in _UNSEEN_CATEGORIES or any(code in part for part in _IGNORABLE)
        self[code] = None if unseen else code
        return self[code]


class _Skeleton(dict[int, int | None]):
    """Say of each character, once, which plain one it looks like: None drops it."""

    def __missing__(self, code: int) -> int | None:
        self[code] = _plain(chr(code))
        return self[code]


def _plain(character: str) -> int | None:
    if unicodedata.category(character)[0] in "PSM":
        return None
    # Arabic-Indic and other digits survive NFKC but read as the same number.
    digit = unicodedata.decimal(character, None)
    return ord(character) if digit is None else ord("0") + digit


_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})

# Letters and marks by category, yet drawn as nothing (Unicode: Default_Ignorable_Code_Point; and the empty Braille
# cell), so the categories alone would let them through.
_IGNORABLE = (
    range(0x034F, 0x0350),
    range(0x115F, 0x1161),
    range(0x17B4, 0x17B6),
    range(0x180B, 0x1810),
    range(0x2065, 0x2066),
    range(0x2800, 0x2801),
    range(0x3164, 0x3165),
    range(0xFE00, 0xFE10),
    range(0xFFA0, 0xFFA1),
    range(0xFFF0, 0xFFF9),
    range(0xE0000, 0xE1000),
)

_ASCII_UNSEEN = dict.fromkeys((*range(0x21), 0x7F))

_UNSEEN = _Unseen()

# Cyrillic and Greek capitals in alphabetical order, and the Latin capital or digit each is drawn like.
_LOOK_ALIKES = (
    ("\u0405\u0406\u0408\u0410\u0412\u0415\u0417\u041a\u041c\u041d\u041e\u0420\u0421\u0422", "S1JABE3KMH0PCT"),
    ("\u0423\u0425\u04ae\u04c0\u051a\u051c", "YXY1QW"),
    ("\u037f\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7", "JABEZH1KMN0PTYX"),
    ("OIL", "011"),
)

_SKELETON = _Skeleton(
    {ord(seen): ord(read) for alike, plain in _LOOK_ALIKES for seen, read in zip(alike, plain, strict=True)}
)
