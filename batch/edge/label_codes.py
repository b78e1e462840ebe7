"""Draw Code 128 and QR symbols; what does not fit, or cannot be held, is told by None."""

from __future__ import annotations

from typing import Any

from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel, QRFNC1First, QRNumber
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from batch.core.gs1 import element_string

# Narrower bars are beyond office printers and hand scanners; wider ones gain nothing.
NARROWEST, WIDEST = 0.19 * mm, 0.5 * mm
QUIET_MODULES = 10
SMALLEST_DOT = 0.25 * mm
QR_QUIET = 2


def draw_code128(canvas: Canvas, text: str, box: tuple[float, float, float, float]) -> bool:
    """Draw a text as Code 128 into (left, bottom, width, height), quiet zones included; False where it cannot be."""
    left, bottom, width, height = box
    if not text.isascii() or not text:
        return False
    modules = round(Code128(text, barWidth=1, quiet=0, barHeight=1).width)
    narrow = min(width / (modules + 2 * QUIET_MODULES), WIDEST)
    if narrow < NARROWEST:
        return False
    symbol = Code128(text, barWidth=narrow, quiet=0, barHeight=height)
    symbol.drawOn(canvas, left + (width - symbol.width) / 2, bottom)
    return True


def draw_qr(canvas: Canvas, serial_no: str, gtin: str | None, corner: tuple[float, float], side: float) -> bool:
    """Draw a serial, with its item's GTIN as GS1 elements, into a square from its lower left corner."""
    symbol: Any = QRCode(None, QRErrorCorrectLevel.M)
    if gtin is None:
        symbol.addData(QRNumber(serial_no) if serial_no.isascii() and serial_no.isdigit() else QR8bitByte(serial_no))
    else:
        elements = element_string(gtin, serial_no)
        digits = len(elements) - len(serial_no)
        for part in (QRFNC1First(), QRNumber(elements[:digits]), QR8bitByte(serial_no)):
            symbol.addData(part)
    symbol.make()
    count: int = symbol.getModuleCount()
    dot = side / (count + 2 * QR_QUIET)
    if dot < SMALLEST_DOT:
        return False
    canvas.drawPath(_path(canvas, symbol, corner, dot), stroke=0, fill=1)
    return True


def _path(canvas: Canvas, symbol: Any, corner: tuple[float, float], dot: float) -> Any:
    """Join the dark dots of each row into bars, so that no hairline shows between them."""
    path = canvas.beginPath()
    count: int = symbol.getModuleCount()
    left, top = corner[0] + QR_QUIET * dot, corner[1] + (QR_QUIET + count) * dot
    for row in range(count):
        at = 0
        while at < count:
            begun = at
            while at < count and symbol.isDark(row, at):
                at += 1
            if at > begun:
                path.rect(left + begun * dot, top - (row + 1) * dot, (at - begun) * dot, dot)
            at += 1
    return path
