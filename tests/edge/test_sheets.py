"""Read .xlsx cells as the sheet shows them."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from batch.core.cells import NEVER_CALCULATED, Cell, CellError, Percent, RawRow, Shown
from batch.edge.sheet_marks import percent_shape, shape_of
from batch.edge.sheets import read_sheets
from tests.edge import workbooks as make


def rows_of(path: Path, scratch: Path) -> list[RawRow]:
    with read_sheets(path, scratch=scratch) as spool:
        assert [each.row_count for each in spool.sheets] == [len(list(spool.rows(each))) for each in spool.sheets]
        return list(spool.rows(spool.sheets[0]))


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        pytest.param(make.text("A1", " A-1 "), " A-1 ", id="text with blanks"),
        pytest.param(make.text("A1", "00123"), "00123", id="text that looks like a number"),
        pytest.param(make.text("A1", "NA"), "NA", id="text that looks like nothing"),
        pytest.param(make.text("A1", "a_x000D_\nb"), "a\r\nb", id="line breaks"),
        pytest.param(make.text("A1", "a\u200b\u00a0\U0001f600"), "a\u200b\u00a0\U0001f600", id="odd characters"),
        pytest.param('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>', "ab", id="rich text"),
        pytest.param(make.number("A1", 5), 5, id="whole number"),
        pytest.param(make.number("A1", "5.0"), 5, id="whole number with a point"),
        pytest.param(make.number("A1", "0.30000000000000004"), 0.30000000000000004, id="stored float"),
        pytest.param(make.number("A1", "12345678901234567890"), 12345678901234567168, id="twenty digits"),
        pytest.param(make.number("A1", "1E300"), int(1e300), id="beyond 64 bits"),
        pytest.param(make.number("A1", "NaN"), CellError("not a number"), id="not a number"),
        pytest.param(make.number("A1", "-inf"), CellError("not a number"), id="infinite"),
        pytest.param('<c r="A1" t="b"><v>1</v></c>', True, id="true"),
        pytest.param('<c r="A1" t="b"><v>0</v></c>', False, id="false"),
        pytest.param(make.number("A1", 45322, make.DATE), dt.date(2024, 1, 31), id="date"),
        pytest.param(make.number("A1", 45322.5, make.MOMENT), dt.datetime(2024, 1, 31, 12), id="date and time"),
        pytest.param(make.number("A1", 0.5, make.TIME), dt.time(12), id="time"),
        pytest.param(make.number("A1", 1.5, make.DURATION), dt.timedelta(hours=36), id="duration"),
        pytest.param('<c r="A1" t="d"><v>2024-01-31</v></c>', dt.date(2024, 1, 31), id="ISO date"),
        pytest.param('<c r="A1" t="d"><v>2024-01-31T10:00:00</v></c>', dt.datetime(2024, 1, 31, 10), id="ISO moment"),
        pytest.param(make.number("A1", 0.5, make.PERCENT), Percent(0.5, "50%"), id="percent"),
        pytest.param(make.number("A1", "NaN", make.PERCENT), CellError("not a number"), id="no number as percent"),
        pytest.param(make.text("A1", "10%"), "10%", id="percent as text"),
        pytest.param('<c r="A1" s="3" t="b"><v>1</v></c>', True, id="true under a percent format"),
        pytest.param(make.number("A1", 1234, make.GROUPED), 1234, id="grouped"),
        pytest.param(make.number("A1", 123, make.ZEROS), Shown(123, "00123"), id="zeros"),
        pytest.param(make.number("A1", 0, make.ZEROS), Shown(0, "00000"), id="nothing but zeros"),
        pytest.param(make.number("A1", 123456, make.ZEROS), 123456, id="more digits than zeros"),
        pytest.param(make.number("A1", -5, make.ZEROS), -5, id="negative with zeros"),
        pytest.param(make.number("A1", 1.5, make.ZEROS), 1.5, id="fraction with zeros"),
        pytest.param(make.number("A1", "1E15", make.ZEROS), 10**15, id="digits lost, so not shown"),
        pytest.param(make.number("A1", 1234567, make.DASHED), Shown(1234567, "1234-567"), id="dash in between"),
        pytest.param(make.number("A1", 7, make.LETTERED), Shown(7, "SN-0007"), id="letters before"),
        pytest.param(make.number("A1", 7, make.RED), Shown(7, "007"), id="colour and negative section"),
        pytest.param(make.number("A1", 7, make.LOCALE), Shown(7, "0007"), id="locale"),
        pytest.param(make.number("A1", 7, make.CURRENCY), 7, id="currency is an amount"),
        pytest.param(make.number("A1", 7, make.ESCAPED), Shown(7, "P07"), id="escaped letter and a gap"),
        pytest.param(make.number("A1", 7, make.PLAIN), 7, id="plain format"),
        pytest.param('<c r="A1" s="2" t="n"><v>7</v></c>', Shown(7, "00007"), id="zeros, type said"),
        pytest.param("<c r='A1' s='2'><v>7</v></c>", Shown(7, "00007"), id="zeros, other quotes"),
        pytest.param('<c r="A1" s="2"><f>3+4</f><v>7</v></c>', Shown(7, "00007"), id="zeros of a formula"),
        pytest.param('<c r="A1" s="2" t="str"><f>"a"</f><v>a</v></c>', "a", id="text under zeros"),
        pytest.param('<c r="A1" t="e"><v>#DIV/0!</v></c>', CellError("#DIV/0!"), id="error"),
        pytest.param('<c r="A1" t="e"><f>1/0</f><v>#N/A</v></c>', CellError("#N/A"), id="error of a formula"),
        pytest.param('<c r="A1" t="e"/>', CellError("error without a name"), id="error without text"),
        pytest.param('<c r="A1"><f>1+1</f><v>2</v></c>', 2, id="formula with result"),
        pytest.param('<c r="A1"><f>1+1</f></c>', NEVER_CALCULATED, id="formula without result"),
        pytest.param('<c r="A1"><f>1+1</f><v></v></c>', NEVER_CALCULATED, id="formula with an empty result"),
        pytest.param('<c r="A1"><f>1+1</f><v /></c>', NEVER_CALCULATED, id="formula with a closed result"),
        pytest.param('<c r="A1"><f t="shared" si="0"/></c>', NEVER_CALCULATED, id="shared formula without result"),
        pytest.param('<c r="A1" t="str"><f>B1</f></c>', NEVER_CALCULATED, id="text formula without result"),
    ],
)
def test_cell(tmp_path: Path, cell: str, read: Cell) -> None:
    path = make.xlsx(tmp_path / "a.xlsx", make.row(1, cell, make.text("C1", "end")))
    [(row_no, cells)] = rows_of(path, tmp_path)
    assert (row_no, cells) == (1, [read, None, "end"])
    assert type(cells[0]) is type(read)


@pytest.mark.parametrize(
    ("rows", "read"),
    [
        pytest.param("", [], id="no rows"),
        pytest.param('<row r="1"><c r="A1" s="1"/></row>', [], id="formatted only"),
        pytest.param(make.row(1, '<c r="A1" t="str"><f>B1</f><v></v></c>'), [], id="formula whose result is empty"),
        pytest.param(
            make.row(3, make.number("B3", 1)) + make.row(6, make.number("D6", 2), '<c r="F6"/>'),
            [(3, [None, 1]), (6, [None, None, None, 2])],
            id="table that begins lower and farther right",
        ),
        pytest.param(
            make.row(1, make.number("B1", 1))
            + make.row(2, '<c r="A2"><f>B1</f></c>')
            + make.row(9, '<c r="D9" t="e"/>'),
            [(1, [None, 1]), (2, [NEVER_CALCULATED]), (9, [None, None, None, CellError("error without a name")])],
            id="marks left of, below and right of all values",
        ),
        pytest.param(
            make.row(5, make.number("A5", 5)) + make.row(2, make.number("A2", 2)),
            [(2, [2]), (5, [5])],
            id="rows out of order",
        ),
        pytest.param(
            make.row(2, make.number("A2", 2)) + '<row r="2" spans="1:25"/>', [(2, [2])], id="an empty row twice"
        ),
        pytest.param(
            "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>",
            [(1, [1, 2]), (2, [3])],
            id="cells without addresses",
        ),
        pytest.param(
            make.row(1, make.text("A1", ' t="e" <f> s="2"'), make.number("B1", 3)),
            [(1, [' t="e" <f> s="2"', 3])],
            id="text that looks like marks",
        ),
        pytest.param(
            make.sheet_xml(
                "".join(make.row(i, make.number(f"A{i}", i)) for i in range(1, 4)), '<dimension ref="A1:A2"/>'
            ),
            [(1, [1]), (2, [2]), (3, [3])],
            id="false dimension drops nothing",
        ),
        pytest.param(
            make.sheet_xml(make.row(1, make.number("A1", 1)), '<dimension ref="A1:XFD1048576"/>'),
            [(1, [1])],
            id="huge dimension costs nothing",
        ),
        pytest.param(
            f'<x:worksheet xmlns:x="{make.MAIN}"><x:sheetData><x:row r="1"><x:c r="A1" s="2"><x:v>4</x:v></x:c>'
            '<x:c r="B1" t="e"><x:v>#REF!</x:v></x:c><x:c r="C1"><x:f>A1</x:f></x:c></x:row>'
            "</x:sheetData></x:worksheet>",
            [(1, [Shown(4, "00004"), CellError("#REF!"), NEVER_CALCULATED])],
            id="prefix on every tag",
        ),
        pytest.param(
            make.row(1, make.text("A1", "head"), '<c r="B1"/>') + "</sheetData>"
            '<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells><sheetData>',
            [(1, ["head"])],
            id="merged cells count once",
        ),
    ],
)
def test_rows(tmp_path: Path, rows: str, read: list[RawRow]) -> None:
    assert rows_of(make.xlsx(tmp_path / "a.xlsx", rows), tmp_path) == read


def test_many_rows_with_marks_in_several_blocks(tmp_path: Path) -> None:
    cells = {
        i: make.number(f"A{i}", i, make.ZEROS) if i % 3 else f'<c r="A{i}" t="e"><v>#N/A</v></c>'
        for i in range(1, 1200)
    }
    path = make.xlsx(tmp_path / "a.xlsx", "".join(make.row(i, each) for i, each in cells.items()))
    read = rows_of(path, tmp_path)
    assert read == [(i, [Shown(i, f"{i:05}") if i % 3 else CellError("#N/A")]) for i in cells]


def test_large_sheet_is_scanned_while_it_is_read(tmp_path: Path) -> None:
    rows = "".join(make.row(i, make.text(f"A{i}", "x" * 900), f'<c r="B{i}"><f>A{i}</f></c>') for i in range(1, 5200))
    read = rows_of(make.xlsx(tmp_path / "a.xlsx", rows), tmp_path)
    assert len(rows) > 4 << 20
    assert read == [(i, ["x" * 900, NEVER_CALCULATED]) for i in range(1, 5200)]


def test_cells_are_not_cut_where_a_text_looks_like_the_end_of_a_row(tmp_path: Path) -> None:
    texts = ["".join(f"{i * each % 9973}arrow>" for each in range(600)) for i in range(1, 600)]
    rows = "".join(make.row(i, f'<c r="A{i}"><f>{each}</f></c>') for i, each in enumerate(texts, 1))
    assert rows_of(make.xlsx(tmp_path / "a.xlsx", rows), tmp_path) == [(i, [NEVER_CALCULATED]) for i in range(1, 600)]


def test_dates_since_1904(tmp_path: Path) -> None:
    rows = make.row(1, make.number("A1", 43860, make.DATE))
    path = make.zipped(tmp_path / "a.xlsx", make.xlsx_members({"Intake": rows}, date1904=True))
    assert rows_of(path, tmp_path) == [(1, [dt.date(2024, 1, 31)])]


def test_dates_with_blanks_and_mixed_columns(tmp_path: Path) -> None:
    day = make.number("A1", 45322, make.DATE)
    rows = (
        make.row(1, day, make.number("B1", 1)) + make.row(2, make.number("B2", 2)) + make.row(3, make.text("B3", "x"))
    )
    assert rows_of(make.xlsx(tmp_path / "a.xlsx", rows), tmp_path) == [
        (1, [dt.date(2024, 1, 31), 1]), (2, [None, 2]), (3, [None, "x"]),
    ]  # fmt: skip


def test_workbooks_as_people_write_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Document #", "Serial #", "When", "Sum"])
    sheet.append(["RMA-1", 123, dt.date(2024, 1, 31), "=1+1"])
    sheet["B2"].number_format = "00000"
    book.save(tmp_path / "openpyxl.xlsx")
    assert rows_of(tmp_path / "openpyxl.xlsx", tmp_path)[1] == (
        2, ["RMA-1", Shown(123, "00123"), dt.date(2024, 1, 31), NEVER_CALCULATED],
    )  # fmt: skip
    with xlsxwriter.Workbook(tmp_path / "xlsxwriter.xlsx") as other:
        page = other.add_worksheet()
        page.write_row(4, 2, ["a", 1.5, "a"])
        page.write_formula(4, 5, "=1/0", None, "#DIV/0!")
    assert rows_of(tmp_path / "xlsxwriter.xlsx", tmp_path) == [(5, [None, None, "a", 1.5, "a", CellError("#DIV/0!")])]


def test_every_sheet_is_read(tmp_path: Path) -> None:
    cells = make.row(1, make.number("A1", 1))
    members = make.xlsx_members({"Notes": cells, "INTAKE": cells, "Old": cells}, hidden=["Old"])
    with read_sheets(make.zipped(tmp_path / "a.xlsx", members), scratch=tmp_path) as spool:
        assert [(each.name, each.visible) for each in spool.sheets] == [
            ("Notes", True), ("INTAKE", True), ("Old", False),
        ]  # fmt: skip


def test_what_is_read_is_what_is_hashed(tmp_path: Path) -> None:
    path = make.xlsx(tmp_path / "a.xlsx", make.row(1, make.number("A1", 1)))
    with read_sheets(path, scratch=tmp_path) as spool:
        assert (spool.sha256, spool.size_bytes) == (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size)
        folder = spool.folder
    assert not folder.exists()


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        pytest.param("0000", "0042", id="zeros"),
        pytest.param("0", None, id="one zero"),
        pytest.param("0.00", None, id="decimals"),
        pytest.param("0,000", None, id="group marks"),
        pytest.param("00E+00", None, id="exponent"),
        pytest.param("#0000", None, id="optional digit"),
        pytest.param('"never closed', None, id="no digit at all"),
        pytest.param("0*-", None, id="filled with dashes"),
        pytest.param("[>9]000", None, id="condition"),
        pytest.param('0" pcs"', "42 pcs", id="unit"),
    ],
)
def test_number_formats(code: str, shown: str | None) -> None:
    shape = shape_of(code)
    assert (shape and shape.shown(42.0)) == (shown and Shown(42, shown))


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [
        pytest.param("0%", 0.1, "10%", id="whole"),
        pytest.param("0.00%", 0.19, "19.00%", id="decimals"),
        pytest.param("0%", 0.125, "13%", id="half is rounded up"),
        pytest.param("#,##0.0#\\ %", -0.5, "-50.00%", id="groups and a gap"),
        pytest.param("General;[Red]-0.0%", 2, "200.0%", id="in a later section"),
        pytest.param("0.%", 0.5, "50%", id="a point alone"),
        pytest.param(f"0.{'0' * 999}%", 0.5, f"50.{'0' * 30}%", id="more decimals than there are"),
        pytest.param("0%", 1e300, f"1{'0' * 302}%", id="huge"),
    ],
)
def test_percent_formats(code: str, number: float, shown: str) -> None:
    shape = percent_shape(code)
    assert shape is not None
    assert shape.shown(number) == Percent(number, shown)


@pytest.mark.parametrize("code", ["0", '0"%"', "0\\%", "[$%]0", "0_%"])
def test_a_percent_sign_that_is_only_text_is_no_percentage(code: str) -> None:
    assert percent_shape(code) is None


def test_percentages_of_built_in_formats(tmp_path: Path) -> None:
    formats = "".join(f'<xf numFmtId="{each}"/>' for each in (0, 9, 10))
    cells = make.number("A1", 0.1, 1), make.number("B1", 0.19, 2), make.number("C1", 0.1)
    members = make.xlsx_members({"Intake": make.row(1, *cells)}) | {
        "xl/styles.xml": f'<styleSheet xmlns="{make.MAIN}"><cellXfs>{formats}</cellXfs></styleSheet>'
    }
    path = make.zipped(tmp_path / "a.xlsx", members)
    assert rows_of(path, tmp_path) == [(1, [Percent(0.1, "10%"), Percent(0.19, "19.00%"), 0.1])]
