"""Print labels for serials: barcodes that scanners read back, and beside them what people read.

The same serials give the same bytes: nothing in the file tells when or where it was made.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from batch.core.document_names import document_words
from batch.core.gs1 import gtin14, in_words, serial_fits
from batch.core.keys import serial_key
from batch.core.label_sizes import LabelSize
from batch.edge.label_codes import draw_code128, draw_qr
from batch.edge.label_text import Lettering
from batch.edge.lookup_run import check_run
from batch.edge.new_file import new_file
from batch.edge.schema import DOCUMENT, DOCUMENT_LINE, ITEM, SERIAL
from batch.errors import UsageError
from batch.report import NO_PROGRESS, Progress

ROWS_AT_ONCE = 500
PADDING = 1.8 * mm


@dataclasses.dataclass(frozen=True, slots=True)
class Label:
    """What stands on one label."""

    serial_no: str
    item_code: str
    description: str
    mfr_serial_no: str | None
    document: str
    gtin: str | None


@dataclasses.dataclass(slots=True)
class Printed:
    """How many labels were made, and what some of them could not show."""

    labels: int = 0
    pages: int = 0
    without_code128: int = 0
    without_qr: int = 0
    without_gs1: int = 0
    letters_lacking: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class LabelTerms:
    """How labels are laid out; `start` is the place of the first one on its sheet, from 1."""

    size: LabelSize
    start: int = 1
    font: Path | None = None


def labels_of_run(connection: sa.Connection, run_id: int) -> tuple[int, Iterator[Label]]:
    """Count and read the labels of the serials a run generated, in the order of their numbers' making."""
    check_run(connection, run_id)
    chosen = (SERIAL.c.run_id == run_id) & (SERIAL.c.origin == "GENERATED")
    count = connection.scalars(sa.select(sa.func.count()).select_from(SERIAL).where(chosen)).one()
    rows = connection.execute(
        _LABELS.where(chosen).order_by(SERIAL.c.serial_id), execution_options={"yield_per": ROWS_AT_ONCE}
    )
    return count, map(_label, rows)


def labels_of_serials(connection: sa.Connection, serials: Sequence[str]) -> list[Label]:
    """Read the labels of serials as named; raises UsageError for one that is not in the register."""
    labels = []
    for text in serials:
        named = (SERIAL.c.serial_key == serial_key(text)) | (SERIAL.c.serial_no == text.strip())
        row = connection.execute(_LABELS.where(named)).first()
        if row is None:
            raise UsageError(
                f"{text} is no serial of the register; `serialback trace` finds what looks almost the same."
            )
        labels.append(_label(row))
    return labels


def print_labels(
    labels: Iterable[Label],
    path: Path,
    terms: LabelTerms,
    *,
    overwrite: bool = False,
    progress: Progress = NO_PROGRESS,
) -> Printed:
    """Write labels into a PDF file, one after another as they are read."""
    printed = Printed()
    size = terms.size
    if not 1 <= terms.start <= size.a_page:
        raise UsageError(f"A page of {size.name} has the places 1 to {size.a_page}; {terms.start} is none of them.")
    with new_file(path, overwrite=overwrite) as part:
        lettering = Lettering(terms.font)
        canvas = Canvas(str(part), pagesize=(size.page[0] * mm, size.page[1] * mm), invariant=1, pageCompression=1)
        canvas.setTitle("Labels")
        canvas.setCreator("Serialback")
        canvas.setProducer("Serialback")
        place = terms.start - 1
        for label in labels:
            if place == size.a_page:
                canvas.showPage()
                place = 0
            if place == 0 or not printed.labels:
                printed.pages += 1
            _draw(canvas, label, lettering, _box(size, place), printed)
            printed.labels += 1
            place += 1
            progress.advance(1)
        progress.finish()
        if printed.labels:
            canvas.save()
        else:
            raise UsageError("There is no serial to print a label for.")
    printed.letters_lacking = "".join(sorted(lettering.lacking))
    return printed


def _box(size: LabelSize, place: int) -> tuple[float, float, float, float]:
    """Give a label's (left, bottom, width, height) in points, from the lower left corner of its page."""
    left, top = size.corner(place)
    width, height = size.label
    return left * mm, (size.page[1] - top - height) * mm, width * mm, height * mm


def _draw(
    canvas: Canvas, label: Label, lettering: Lettering, box: tuple[float, float, float, float], printed: Printed
) -> None:
    """Draw the QR symbol top right, the words beside it, and Code 128 across the foot."""
    left, bottom, width, height = (box[0] + PADDING, box[1] + PADDING, box[2] - 2 * PADDING, box[3] - 2 * PADDING)
    gtin = gtin14(label.gtin) if label.gtin and serial_fits(label.serial_no) else None
    printed.without_gs1 += bool(label.gtin) and gtin is None
    foot = height * 0.3
    canvas.setFillGray(0)
    if not draw_code128(canvas, label.serial_no, (left, bottom, width, foot)):
        printed.without_code128 += 1
        foot = 0.0
    side = min(height - foot - (0.8 * mm if foot else 0), width * 0.4)
    if not draw_qr(canvas, label.serial_no, gtin, (left + width - side, bottom + height - side), side):
        printed.without_qr += 1
        side = 0.0
    room = height - foot - (0.8 * mm if foot else 0)
    _write(canvas, label, gtin, lettering, (left, bottom + height, width - side - 1.5 * mm, room))


def _write(
    canvas: Canvas, label: Label, gtin: str | None, lettering: Lettering, box: tuple[float, float, float, float]
) -> None:
    """Write the words from the top down; the serial is the largest."""
    left, top, width, height = box
    exact = lettering.exact
    item = f"{exact(label.item_code)} {lettering.readable(label.description)}".strip()
    lines = [(exact(label.serial_no), 1.7, True), (item, 1.0, False)]
    if label.mfr_serial_no:
        lines.append((f"Mfr {exact(label.mfr_serial_no)}", 1.0, False))
    if label.document:
        lines.append((exact(label.document), 1.0, False))
    if gtin is not None:
        lines.append((in_words(gtin, label.serial_no), 0.8, False))
    unit = min(height / (sum(weight for _, weight, _ in lines) * 1.25), 8.0)
    base = top
    for text, weight, bold in lines:
        base -= unit * weight * 1.25
        lettering.draw(canvas, text, left, base + unit * weight * 0.28, width, unit * weight, bold=bold)


def _label(row: Any) -> Label:
    document = ""
    if row.document_type is not None:
        document = f"{document_words(row.document_type, row.document_no)}, line {row.line_no}"
    return Label(row.serial_no, row.item_code, row.description or "", row.mfr_serial_no, document, row.gtin)


_LABELS = (
    sa.select(
        SERIAL.c.serial_no,
        SERIAL.c.item_code,
        ITEM.c.description,
        SERIAL.c.mfr_serial_no,
        DOCUMENT.c.document_type,
        DOCUMENT.c.document_no,
        DOCUMENT_LINE.c.line_no,
        ITEM.c.gtin,
    )
    .select_from(SERIAL)
    .outerjoin(ITEM, ITEM.c.item_code == SERIAL.c.item_code)
    .outerjoin(DOCUMENT_LINE, DOCUMENT_LINE.c.line_id == SERIAL.c.line_id)
    .outerjoin(DOCUMENT, DOCUMENT.c.document_id == DOCUMENT_LINE.c.document_id)
)
