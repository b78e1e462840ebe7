"""Read a workbook: check its container, scan its sheets, let the reader read them, and put both together."""

from __future__ import annotations

import functools
import io
import os
import threading
from collections.abc import Callable, Sequence

import python_calamine

from batch.core.cells import Cell
from batch.core.columns import column_letters
from batch.edge.sheet_content import OLD_EXCEL, ZIP, check_kind, content_kind
from batch.edge.sheet_limits import ReadLimits, UnreadableError, damaged, plain, too_far
from batch.edge.sheet_marks import Marks
from batch.edge.sheet_ods import read_ods
from batch.edge.sheet_out import OUT_OF_MEMORY, SheetFiles
from batch.edge.sheet_xls import open_xls, scan_xls
from batch.edge.sheet_xlsb import scan_xlsb
from batch.edge.sheet_xlsx import scan_sheet
from batch.edge.sheet_xml import named_parts, number_shapes
from batch.edge.sheet_zip import Container, encrypted, macros

# A sheet this small is scanned before it is read, a larger one meanwhile: its scan mostly ends long before its reading.
_SCANNED_FIRST = 4 << 20

Refuse = Callable[[UnreadableError], None]


def read_workbook(content: bytes, declared: str, files: SheetFiles, limits: ReadLimits, refuse: Refuse | None) -> None:
    """Read every sheet.

    `refuse` ends the whole reading at once: with it, large sheets are scanned while they are read, else before.
    """
    kind = content_kind(content[:4096])
    if kind == OLD_EXCEL:
        open_xls(content)
        check_kind(declared, kind)
        _read_marked(content, scan_xls(content, limits), files, limits)
        return
    if kind != ZIP:
        check_kind(declared, kind)
    container = Container(content, limits)
    kind = container.kind()
    if kind == "macros":
        raise macros()
    check_kind(declared, kind)
    container.check_members()
    if kind == ".xlsx":
        _read_xlsx(content, container, files, limits, refuse)
        return
    container.check_xml(frozenset())
    if kind == ".ods":
        read_ods(container, files, limits)
    else:
        _read_marked(content, scan_xlsb(container, limits), files, limits)


def _read_xlsx(
    content: bytes, container: Container, files: SheetFiles, limits: ReadLimits, refuse: Refuse | None
) -> None:
    parts = named_parts(container)
    # The parts of the sheets are checked as they are scanned.
    container.check_xml(frozenset(parts.values()))
    shapes = number_shapes(container)
    book = _opened(content)
    for meta in _worksheets(book):
        part = parts.get(meta.name, "")
        scan = functools.partial(scan_sheet, meta.name, container.chunks(part), shapes, limits)
        if refuse is None or part not in container.members or container.members[part].file_size <= _SCANNED_FIRST:
            marks = scan()
            sheet = _sheet(book, meta.name)
        else:
            beside = _Scan(scan, refuse)
            beside.start()
            try:
                sheet = _sheet(book, meta.name)
            finally:
                beside.join()
            marks = beside.marks()
        _write(meta, sheet, marks, files, limits)


class _Scan(threading.Thread):
    """A scan beside the reader, which leaves Python alone while it reads."""

    def __init__(self, scan: Callable[[], Marks], refuse: Refuse) -> None:
        super().__init__(daemon=True)
        self._scan, self._refuse = scan, refuse
        self._marks: Marks | None = None

    def run(self) -> None:
        try:
            self._marks = self._scan()
        except UnreadableError as error:
            self._refuse(error)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)

    def marks(self) -> Marks:
        """Give the marks once the scan is done; without any it broke, and the reading must not pass for whole."""
        assert self._marks is not None, "the scan of the sheet ended without a result"
        return self._marks


def _read_marked(content: bytes, marks: Sequence[Marks], files: SheetFiles, limits: ReadLimits) -> None:
    """Read a workbook whose sheets were scanned before, in their order."""
    book = _opened(content)
    if len(marks) != len(book.sheet_names):
        raise damaged("its list of sheets contradicts itself")
    by_name = dict(zip(book.sheet_names, marks, strict=True))
    for meta in _worksheets(book):
        _write(meta, _sheet(book, meta.name), by_name[meta.name], files, limits)


def _opened(content: bytes) -> python_calamine.CalamineWorkbook:
    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except python_calamine.PasswordError as error:
        raise encrypted() from error
    except python_calamine.CalamineError as error:
        raise damaged(str(error)) from error


def _sheet(book: python_calamine.CalamineWorkbook, name: str) -> python_calamine.CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except python_calamine.CalamineError as error:
        raise damaged(f"sheet {plain(name)!r}: {error}") from error


def _worksheets(book: python_calamine.CalamineWorkbook) -> list[python_calamine.SheetMetadata]:
    sheets = [each for each in book.sheets_metadata if each.typ == python_calamine.SheetTypeEnum.WorkSheet]
    if not sheets:
        raise UnreadableError("has no sheet with cells", "Hand in a workbook with the lines on a sheet")
    return sheets


def _write(
    meta: python_calamine.SheetMetadata,
    sheet: python_calamine.CalamineSheet,
    marks: Marks,
    files: SheetFiles,
    limits: ReadLimits,
) -> None:
    bottom, right = sheet.end or (0, 0)
    if bottom >= limits.rows or right >= limits.columns:
        raise too_far(meta.name, f"{column_letters(right)}{bottom + 1}", limits)
    rows: Sequence[list[Cell]] = sheet.iter_rows()  # type: ignore[assignment]
    with files.sheet(meta.name, visible=meta.visible == python_calamine.SheetVisibleEnum.Visible) as spool:
        for first_row, block in marks.blocks(rows, left=sheet.start[1] if sheet.start else 0):
            spool.add(first_row, block)
