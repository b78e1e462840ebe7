"""Set text on labels: fitted to its width, with what the font lacks shown in another way rather than as a box."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from batch.errors import SettingsError

# Bitstream Vera comes with reportlab: the letters of western Europe. Anything else needs a font of the site's own.
PLAIN, BOLD = "Vera.ttf", "VeraBd.ttf"


class Lettering:
    """The fonts of a page of labels, and the characters they were found to lack."""

    def __init__(self, font: Path | None = None) -> None:
        """Load the font, from a TrueType file where one is given. Raises SettingsError where it is none."""
        self.lacking: set[str] = set()
        self._fonts = {False: _load(font or PLAIN), True: _load(font or BOLD)}
        self._glyphs = self._fonts[False].face.charToGlyph.keys() & self._fonts[True].face.charToGlyph.keys()

    def draw(  # noqa: PLR0917 - where and how
        self, canvas: Canvas, text: str, left: float, base: float, width: float, size: float, *, bold: bool = False
    ) -> None:
        """Write one line: smaller where it is too long, down to two thirds, and then cut."""
        font = self._fonts[bold].fontName
        wanted = _width(text, font, size)
        fitted = size if wanted <= width else max(size * width / wanted, size * 2 / 3)
        canvas.setFont(font, fitted)
        canvas.drawString(left, base, _cut(text, width, lambda part: _width(part, font, fitted)))

    def exact(self, text: str) -> str:
        """Write a code or serial so that nothing is taken for another: what the font lacks is shown by its number."""
        return self._printable(text, lambda char: f"<U+{ord(char):04X}>")

    def readable(self, text: str) -> str:
        """Write words: where the font lacks a letter with an accent, the letter without it will do."""
        return self._printable(text, self._plainly)

    def _printable(self, text: str, instead: Callable[[str], str]) -> str:
        if all(ord(char) in self._glyphs for char in text):
            return text
        return "".join(char if ord(char) in self._glyphs else self._missing(char, instead) for char in text)

    def _missing(self, char: str, instead: Callable[[str], str]) -> str:
        if char.isspace():
            return " "
        self.lacking.add(char)
        return instead(char)

    def _plainly(self, char: str) -> str:
        plain = unicodedata.normalize("NFKD", char)[0]
        return plain if ord(plain) in self._glyphs else f"<U+{ord(char):04X}>"


def _load(font: Path | str) -> TTFont:
    try:
        # By its whole name: reportlab keeps what was once loaded under one.
        loaded = TTFont(f"label {font}", str(font))
    except TTFError as error:
        raise SettingsError(f"{font}: cannot be used as the font of labels. Name a TrueType file (.ttf)") from error
    pdfmetrics.registerFont(loaded)
    return loaded


def _width(text: str, font: str, size: float) -> float:
    return float(pdfmetrics.stringWidth(text, font, size))


def _cut(text: str, width: float, measured: Callable[[str], float]) -> str:
    if measured(text) <= width:
        return text
    while text and measured(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"
