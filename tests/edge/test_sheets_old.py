"""Read .xls and .xlsb: errors, shown zeros and dates as in the newer format."""

from __future__ import annotations

import datetime as dt
import struct
from pathlib import Path

import pytest
import xlwt

from batch.core.cells import CellError, Percent, RawRow, Shown
from batch.edge.sheets import ReadLimits, read_sheets
from batch.errors import FileRefusedError
from tests.edge import workbooks as make


def rows_of(path: Path, scratch: Path) -> list[RawRow]:
    with read_sheets(path, scratch=scratch) as spool:
        return list(spool.rows(spool.sheets[0]))


def xls(path: Path) -> Path:
    book = xlwt.Workbook()
    sheet, hidden = book.add_sheet("Intake"), book.add_sheet("Söck")
    hidden.visibility = 1
    zeros, day = xlwt.easyxf(num_format_str="00000"), xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for column, (value, style) in enumerate(
        [
            ("00123", None),
            (123, zeros),
            (5, zeros),
            (6, zeros),
            (dt.date(2024, 1, 31), day),
            (True, None),
            (1.5, zeros),
            (0.1, xlwt.easyxf(num_format_str="0%")),
            (0.19, xlwt.easyxf(num_format_str="0.0%")),
        ],
        1,
    ):
        sheet.write(2, column, value, *([style] if style else []))
    sheet.write(4, 1, xlwt.Formula("1+1"))
    sheet.row(4).set_cell_error(2, "#DIV/0!")
    sheet.write(4, 3, 12345678901)
    hidden.write(0, 0, "x")
    book.save(str(path))
    return path


def test_xls(tmp_path: Path) -> None:
    path = xls(tmp_path / "a.xls")
    assert rows_of(path, tmp_path) == [
        (
            3,
            [
                None,
                "00123",
                *[Shown(each, f"{each:05}") for each in (123, 5, 6)],
                dt.date(2024, 1, 31),
                True,
                1.5,
                Percent(0.1, "10%"),
                Percent(0.19, "19.0%"),
            ],
        ),
        (5, [None, None, CellError("#DIV/0!"), 12345678901]),
    ]
    with read_sheets(path, scratch=tmp_path) as spool:
        assert [(each.name, each.visible) for each in spool.sheets] == [("Intake", True), ("Söck", False)]


@pytest.mark.parametrize(
    ("limits", "cause"),
    [
        pytest.param(ReadLimits(rows=5, columns=10), None, id="at the limits"),
        pytest.param(ReadLimits(rows=4), "has a value in cell B5", id="rows above"),
        pytest.param(ReadLimits(columns=9), "has a value in cell J3", id="columns above"),
    ],
)
def test_xls_limits(tmp_path: Path, limits: ReadLimits, cause: str | None) -> None:
    path = xls(tmp_path / "a.xls")
    if cause is None:
        read_sheets(path, scratch=tmp_path, limits=limits).remove()
        return
    with pytest.raises(FileRefusedError) as refused:
        read_sheets(path, scratch=tmp_path, limits=limits)
    assert cause in refused.value.cause


def biff(*records: tuple[int, bytes]) -> bytes:
    """Write the stream of an .xls: globals, then one sheet, Intake, of these records."""
    start = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 0)
    sheet_start = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 16, 0, 0, 0, 0)
    end = struct.pack("<HH", 0x0A, 0)
    opening = [each for each in records if each[0] in {0x2F, 0x1AE}]
    cells = [each for each in records if each not in opening]

    def written(each: tuple[int, bytes]) -> bytes:
        return struct.pack("<HH", each[0], len(each[1])) + each[1]

    bound = struct.pack("<IBBBB", 0, 0, 0, 6, 0) + b"Intake"
    length = len(start) + sum(map(len, map(written, opening))) + 4 + len(bound) + len(end)
    bound = struct.pack("<I", length) + bound[4:]
    stream = start + b"".join(map(written, opening)) + written((0x85, bound)) + end
    stream += sheet_start + b"".join(map(written, cells)) + end
    return stream.ljust(8192, b"\0")


@pytest.mark.parametrize(
    ("records", "read"),
    [
        pytest.param([(0x205, struct.pack("<HHHBB", 0, 0, 0, 0x2A, 1))], [(1, [CellError("#N/A")])], id="error"),
        pytest.param([(0x205, struct.pack("<HHHBB", 0, 0, 0, 0x99, 1))], None, id="error of no known kind"),
        pytest.param(
            [(0x06, struct.pack("<HHHBBBBBBHHI", 1, 2, 0, 2, 0, 7, 0, 0, 0, 0xFFFF, 0, 0) + b"\0\0")],
            [(2, [None, None, CellError("#DIV/0!")])],
            id="formula with an error",
        ),
        pytest.param(
            [(0x06, struct.pack("<HHHdHI", 0, 0, 0, 2.5, 0, 0) + b"\0\0")], [(1, [2.5])], id="formula with a number"
        ),
    ],
)
def test_xls_cells(tmp_path: Path, records: list[tuple[int, bytes]], read: list[RawRow] | None) -> None:
    path = make.compound(tmp_path / "a.xls", {"Workbook": biff(*records)})
    if read is not None:
        assert rows_of(path, tmp_path) == read
        return
    with pytest.raises(FileRefusedError):
        read_sheets(path, scratch=tmp_path)


def stored(row: int, column: int, value: float) -> tuple[int, bytes]:
    return 0x203, struct.pack("<HHHd", row, column, 0, value)


@pytest.mark.parametrize(
    ("records", "twice"),
    [
        pytest.param([stored(1, 0, 1), stored(1, 1, 2), stored(1, 0, 3)], "A2", id="cell"),
        pytest.param([stored(0, 0, 1), stored(1, 0, 2), stored(0, 0, 3)], "A1", id="row"),
        pytest.param([(0xBD, struct.pack("<HHHIHIH", 0, 0, 0, 22, 0, 26, 1)), stored(0, 1, 9)], "B1", id="several"),
        pytest.param([stored(0, 0, 1), stored(1, 0, 2), stored(0, 1, 3)], None, id="by columns"),
    ],
)
def test_a_cell_of_an_xls_that_stands_twice(
    tmp_path: Path, records: list[tuple[int, bytes]], twice: str | None
) -> None:
    path = make.compound(tmp_path / "a.xls", {"Workbook": biff(*records)})
    if twice is None:
        assert rows_of(path, tmp_path) == [(1, [1, 3]), (2, [2])]
        return
    with pytest.raises(FileRefusedError) as refused:
        read_sheets(path, scratch=tmp_path)
    assert f"is damaged or incomplete (sheet 'Intake' has cell {twice} twice)" in refused.value.cause


def cell(kind: int, column: int, style: int, value: bytes) -> bytes:
    return make.record(kind, struct.pack("<II", column, style) + value)


def row(row_no: int, *cells: bytes) -> bytes:
    return make.record(0, struct.pack("<II", row_no - 1, 0) + bytes(9)) + b"".join(cells)


XLSB_ROWS = row(
    3,
    cell(6, 1, 0, make.wide("00123")),
    cell(5, 2, make.ZEROS, struct.pack("<d", 123)),
    cell(2, 3, make.ZEROS, struct.pack("<I", 7 << 2 | 2)),
    cell(5, 4, make.DATE, struct.pack("<d", 45322)),
    cell(4, 5, 0, b"\1"),
    cell(3, 6, 0, b"\7"),
    cell(5, 7, make.LETTERED, struct.pack("<d", 7)),
) + row(
    5,
    cell(11, 1, 0, b"\x2a" + bytes(10)),
    cell(9, 2, make.ZEROS, struct.pack("<d", 9) + bytes(10)),
    cell(5, 3, make.PERCENT, struct.pack("<d", 0.1)),
)


def test_xlsb(tmp_path: Path) -> None:
    assert rows_of(make.xlsb(tmp_path / "a.xlsb", XLSB_ROWS), tmp_path) == [
        (
            3,
            [
                None,
                "00123",
                Shown(123, "00123"),
                Shown(7, "00007"),
                dt.date(2024, 1, 31),
                True,
                CellError("#DIV/0!"),
                Shown(7, "SN-0007"),
            ],
        ),
        (5, [None, CellError("#N/A"), Shown(9, "00009"), Percent(0.1, "10%")]),
    ]


@pytest.mark.parametrize(
    ("rows", "extra", "limits", "cause"),
    [
        pytest.param(XLSB_ROWS, {}, ReadLimits(rows=5, columns=8), None, id="at the limits"),
        pytest.param(XLSB_ROWS, {}, ReadLimits(rows=4), "has a value in cell B5", id="rows above"),
        pytest.param(XLSB_ROWS, {}, ReadLimits(columns=7), "has a value in cell H3", id="columns above"),
        pytest.param(
            XLSB_ROWS + row(3, cell(4, 2, 0, b"\1")),
            {},
            ReadLimits(),
            "(sheet 'Intake' has cell C3 twice)",
            id="row twice",
        ),
        pytest.param(row(5, cell(4, 7, 0, b"\1")) + XLSB_ROWS, {}, ReadLimits(), None, id="rows out of order"),
        pytest.param(XLSB_ROWS[:30], {}, ReadLimits(), "stopped the program that reads it", id="panic of the reader"),
        pytest.param(XLSB_ROWS, {"xl__vbaProject.bin": "x"}, ReadLimits(), "is a workbook with macros", id="macros"),
        pytest.param(XLSB_ROWS, {"xl__styles.bin": b"\x2c\x01\x00"}, ReadLimits(), "is damaged", id="formats cut off"),
    ],
)
def test_xlsb_refused(
    tmp_path: Path, rows: bytes, extra: dict[str, str | bytes], limits: ReadLimits, cause: str | None
) -> None:
    path = make.xlsb(tmp_path / "a.xlsb", rows, **extra)
    if cause is None:
        read_sheets(path, scratch=tmp_path, limits=limits).remove()
        return
    with pytest.raises(FileRefusedError) as refused:
        read_sheets(path, scratch=tmp_path, limits=limits)
    assert cause in refused.value.cause


@pytest.mark.parametrize(
    ("streams", "cause"),
    [
        pytest.param({"EncryptedPackage": b"x" * 5000}, "is protected by a password", id="encrypted workbook"),
        pytest.param({"Workbook": biff((0x2F, bytes(6)))}, "is protected by a password", id="encrypted records"),
        pytest.param({"Workbook": biff(), "VBA": b"x" * 5000}, "is a workbook with macros", id="macros"),
        pytest.param(
            {"Workbook": biff((0x1AE, struct.pack("<HH", 1, 5) + b"\0\1b.xls"))}, "is linked to other", id="linked"
        ),
        pytest.param({"WordDocument": b"x" * 5000}, "is no spreadsheet", id="Word document"),
        pytest.param({"Workbook": biff()[:4200]}, None, id="short but sound"),
        pytest.param({"Workbook": b"\x85\0\xff\0" + b"\x02" * 5000}, "is damaged", id="no records"),
    ],
)
def test_xls_refused(tmp_path: Path, streams: dict[str, bytes], cause: str | None) -> None:
    path = make.compound(tmp_path / "a.xls", streams)
    if cause is None:
        assert rows_of(path, tmp_path) == []
        return
    with pytest.raises(FileRefusedError) as refused:
        read_sheets(path, scratch=tmp_path)
    assert cause in refused.value.cause
