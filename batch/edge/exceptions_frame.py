"""Make everything of the exceptions workbook but its rows: sheets, looks, notes, the summary and its chart."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batch.core.codes import CATALOGUE
from batch.core.columns import BY_FIELD
from batch.core.correction import ADDED, CAME_FROM, CODE, LINK, SUGGESTION, TO_DO, WRONG
from batch.edge.book_rows import LINE_HEIGHT

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

INTAKE = "Intake"
SUMMARY = "Summary"
ELSEWHERE = "Not from a sheet"
ELSEWHERE_COLUMNS = ("Document type", "Document", "Line", "Unit", WRONG, TO_DO, CODE, LINK)

# What a cell may hold, and the number format it is shown in; each once plain, once as wrong, once as doubtful.
KINDS: Mapping[str, Mapping[str, Any]] = {
    "text": {"num_format": "@"},
    # Away from the text of the next column.
    "number": {"num_format": "General", "align": "center"},
    "day": {"num_format": "yyyy-mm-dd", "align": "left"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "time": {"num_format": "hh:mm:ss"},
    "duration": {"num_format": "[h]:mm:ss"},
}
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "": {},
    "wrong": {"bg_color": "#FFC7CE", "font_color": "#9C0006", "border": 1, "border_color": "#E6A3AB"},
    "doubtful": {"bg_color": "#FFEB9C", "font_color": "#7F6000", "border": 1, "border_color": "#E0C766"},
}
# The cells that we add, apart from what was typed.
SAID: Mapping[str, Mapping[str, Any]] = {
    "said": {"text_wrap": True, "bg_color": "#F2F2F2"},
    "suggested": {"text_wrap": True, "bg_color": "#F2F2F2", "font_color": "#1F4E79", "bold": True},
    "ours": {"bg_color": "#F2F2F2", "font_color": "#595959"},
}
STYLES = (*((kind, look) for look in LOOKS for kind in KINDS), *((name, "") for name in SAID))

WIDTHS = {WRONG: 46, TO_DO: 38, SUGGESTION: 32, CODE: 26, LINK: 17, CAME_FROM: 26}
_FIELD_WIDTHS = {"serial_no": 18, "mfr_serial_no": 20, "document_no": 14, "reason": 20, "generate_quantity": 11}
# Red and yellow are told once, in the summary; so is what to do with the file.
_STEPS = (
    "1. On the sheet Intake, correct the cells in red. Yellow ones are only doubtful. Grey columns tell why.",
    "2. A suggestion is what looks likely. Nothing of it has been filled in: check it against the unit or the slip.",
    "3. Delete rows that should not be handed in. Leave the columns Line # and Exception # as they are.",
    "4. Save the workbook and hand it in as it is: put it in the inbox, or run `serialback run intake` with it.",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Note:
    """A note on a cell of the sheet Intake: row and column counted from 0."""

    row: int
    column: int
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Frame:
    """What the frame is made from; `codes` are rows and exceptions by code."""

    columns: Sequence[str]
    intake_rows: int
    elsewhere_rows: int
    codes: Mapping[str, tuple[int, int]]
    notes: Sequence[Note] = ()
    remarks: Sequence[str] = ()


def make_frame(path: Path, frame: Frame) -> None:
    """Write the workbook, with a model row where rows are to be filled in; sheets without rows are left out."""
    from xlsxwriter.workbook import Workbook

    with Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        styles = _styles(book)
        if frame.intake_rows:
            _intake(book, frame, styles)
        _summary(book, frame)
        if frame.elsewhere_rows:
            _elsewhere(book, frame, styles)


def members(frame: Frame) -> tuple[str, str]:
    """Name the parts of the workbook that hold the sheets Intake and Not from a sheet."""
    return "xl/worksheets/sheet1.xml", f"xl/worksheets/sheet{3 if frame.intake_rows else 2}.xml"


def field_of(column: str) -> str | None:
    """Give the field of a heading that the contract has, None for one of ours or of the file's own."""
    return next((field for field, known in BY_FIELD.items() if known.heading == column), None)


def _styles(book: Workbook) -> list[Format]:
    plain: dict[str, Any] = {"valign": "top", "bottom": 1, "bottom_color": "#D9D9D9"}
    looks = [book.add_format({**plain, **KINDS[kind], **LOOKS[look]}) for kind, look in STYLES if kind in KINDS]
    return [*looks, *(book.add_format(plain | {"num_format": "@"} | dict(SAID[name])) for name in SAID)]


def _intake(book: Workbook, frame: Frame, styles: Sequence[Format]) -> None:
    sheet = book.add_worksheet(INTAKE)
    column_style = {kind: styles[STYLES.index((kind, ""))] for kind in KINDS}
    for at, heading in enumerate(frame.columns):
        field = field_of(heading)
        text = field is None or BY_FIELD[field].identifier
        look = column_style["day" if field == "document_date" else "text" if text else "number"]
        width = WIDTHS.get(heading) or _FIELD_WIDTHS.get(field or "", max(10, min(len(heading) + 3, 40)))
        sheet.set_column(at, at, width, None if heading in ADDED else look)
        sheet.write_string(0, at, heading, _heading_style(book, heading))
        if field is not None:
            sheet.write_comment(0, at, BY_FIELD[field].help, {"x_scale": 1.6, "y_scale": 0.8})
    sheet.set_row(0, 32)
    for at, style in enumerate(styles):
        sheet.write_blank(1, at, None, style)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, frame.intake_rows, len(frame.columns) - 1)
    last = f"A2:XFD{frame.intake_rows + 1}"
    # Identifiers are texts on purpose: the green corner on each of them would only hide what matters.
    sheet.ignore_errors({"number_stored_as_text": last, "two_digit_text_year": last})
    for note in frame.notes:
        sheet.write_comment(note.row, note.column, note.text, {"x_scale": 2.4, "y_scale": 1.2})
    _page(sheet)


def _heading_style(book: Workbook, heading: str) -> Format:
    ours = heading in ADDED
    look: dict[str, Any] = {"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 2, "font_color": "#FFFFFF"}
    return book.add_format({**look, "bg_color": "#595959" if ours else "#1F4E79"})


def _summary(book: Workbook, frame: Frame) -> None:
    sheet = book.add_worksheet(SUMMARY)
    title, head = book.add_format({"bold": True, "font_size": 14}), book.add_format({"bold": True, "bottom": 2})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "indent": 1})
    top, count = book.add_format({"valign": "top"}), book.add_format({"num_format": "#,##0", "valign": "top"})
    sheet.set_column("A:A", 32)
    sheet.set_column("B:C", 12)
    sheet.set_column("D:E", 58)
    listed = f"{frame.intake_rows + frame.elsewhere_rows:,} rows"
    said = "listed of those that need a person" if frame.remarks else "need a person"
    sheet.write_string(0, 0, f"{listed} {said}", title)
    steps = _STEPS if frame.intake_rows else ()
    for row, said in enumerate([*steps, *frame.remarks], start=1):
        sheet.write_string(row, 0, said)
    first = len(steps) + len(frame.remarks) + 3
    for at, heading in enumerate((CODE, "Rows", "Exceptions", "What it means", TO_DO)):
        sheet.write_string(first - 1, at, heading, head)
    ordered = sorted(frame.codes.items(), key=lambda item: (-item[1][0], item[0]))
    for row, (code, (rows, exceptions)) in enumerate(ordered, start=first):
        sheet.set_row(row, 2 * LINE_HEIGHT)
        sheet.write_string(row, 0, code, top)
        sheet.write_number(row, 1, rows, count)
        sheet.write_number(row, 2, exceptions, count)
        sheet.write_string(row, 3, CATALOGUE[code].meaning if code in CATALOGUE else "", wrapped)
        sheet.write_string(row, 4, CATALOGUE[code].remedy if code in CATALOGUE else "", wrapped)
    _chart(book, sheet, first, len(ordered))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)


def _chart(book: Workbook, sheet: Worksheet, first: int, count: int) -> None:
    chart = book.add_chart({"type": "bar"})
    last = first + count - 1
    chart.add_series(
        {
            "name": "Rows",
            "categories": [SUMMARY, first, 0, last, 0],
            "values": [SUMMARY, first, 1, last, 1],
            "fill": {"color": "#1F4E79"},
            "data_labels": {"value": True},
            "gap": 40,
        }
    )
    chart.set_title({"name": "Rows by code", "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    # Most frequent on top, as in the table.
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_size({"width": 900, "height": 110 + 26 * count})
    sheet.insert_chart(last + 2, 0, chart)


def _elsewhere(book: Workbook, frame: Frame, styles: Sequence[Format]) -> None:
    sheet = book.add_worksheet(ELSEWHERE)
    for at, (heading, width) in enumerate(zip(ELSEWHERE_COLUMNS, (16, 16, 7, 7, 60, 50, 28, 17), strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, heading, _heading_style(book, heading))
    for at, style in enumerate(styles):
        sheet.write_blank(1, at, None, style)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, frame.elsewhere_rows, len(ELSEWHERE_COLUMNS) - 1)
    _page(sheet)


def _page(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
