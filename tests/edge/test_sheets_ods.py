"""Read .ods cells as the sheet shows them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from batch.core.cells import NEVER_CALCULATED, Cell, CellError, Percent, RawRow, Shown
from batch.edge.sheets import read_sheets
from tests.edge import workbooks as make


def cell(kind: str, attributes: str = "", text: str = "", tag: str = "table-cell") -> str:
    shown = f"<text:p>{text}</text:p>" if text else ""
    declared = f'office:value-type="{kind}"' if kind else ""
    return f"<table:{tag} {declared} {attributes}>{shown}</table:{tag}>"


def line(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def table(*rows: str, name: str = "Intake", style: str = "") -> str:
    return f'<table:table table:name="{name}" table:style-name="{style}">{"".join(rows)}</table:table>'


def blanks(count: int) -> str:
    return f'<table:table-cell table:number-columns-repeated="{count}"/>'


def rows_of(path: Path, scratch: Path) -> list[RawRow]:
    with read_sheets(path, scratch=scratch) as spool:
        return list(spool.rows(spool.sheets[0]))


ERROR = 'calcext:value-type="error" table:formula="of:=1/0"'


@pytest.mark.parametrize(
    ("given", "read"),
    [
        pytest.param(cell("string", "", "abc"), "abc", id="text"),
        pytest.param(cell("", "", "abc"), "abc", id="text without a type"),
        pytest.param(cell("string", 'office:string-value="full"', "cut"), "full", id="text as an attribute"),
        pytest.param(
            cell("string", "", "a<text:s text:c='2'/>b<text:tab/>c<text:line-break/>d"), "a  b\tc\nd", id="gaps"
        ),
        pytest.param(cell("string", "", "a<text:span>b</text:span></text:p><text:p>c"), "ab\nc", id="paragraphs"),
        pytest.param(
            '<table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p></office:annotation>'
            "<text:p>v</text:p></table:table-cell>",
            "v",
            id="a note is not the value",
        ),
        pytest.param(cell("float", 'office:value="5"', "5"), 5, id="whole number"),
        pytest.param(cell("float", 'office:value="1.5"', "1,50"), 1.5, id="number"),
        pytest.param(cell("float", 'office:value="123"', "00123"), Shown(123, "00123"), id="zeros"),
        pytest.param(cell("float", 'office:value="0"', "000"), Shown(0, "000"), id="nothing but zeros"),
        pytest.param(cell("float", 'office:value="123456"', "123-456"), Shown(123456, "123-456"), id="dash"),
        pytest.param(cell("float", 'office:value="1234"', "1,234"), 1234, id="group mark"),
        pytest.param(cell("float", 'office:value="1234"', "1234.00"), 1234, id="decimals"),
        pytest.param(cell("float", 'office:value="100000"', "1E+05"), 100000, id="exponent"),
        pytest.param(cell("float", 'office:value="2"', "12 o"), 2, id="shown as another number"),
        pytest.param(cell("float", 'office:value="abc"', "abc"), CellError("abc"), id="no number"),
        pytest.param(cell("percentage", 'office:value="0.5"', "50 %"), Percent(0.5, "50 %"), id="percent"),
        pytest.param(cell("percentage", 'office:value="0.5"', "half"), Percent(0.5, "50.00%"), id="shown otherwise"),
        pytest.param(cell("percentage", 'office:value="NaN"', "x"), CellError("not a number"), id="no percentage"),
        pytest.param(cell("percentage", "", ""), NEVER_CALCULATED, id="percentage without a number"),
        pytest.param(cell("currency", 'office:value="1.5"', "1.50 EUR"), 1.5, id="currency"),
        pytest.param(cell("boolean", 'office:boolean-value="true"', "TRUE"), True, id="true"),
        pytest.param(cell("date", 'office:date-value="2024-01-31"', "31.1."), dt.date(2024, 1, 31), id="date"),
        pytest.param(
            cell("date", 'office:date-value="2024-01-31T10:00:00"', "x"),
            dt.datetime(2024, 1, 31, 10),
            id="date and time",
        ),
        pytest.param(cell("date", 'office:date-value="1899"', "1899"), CellError("1899"), id="no date"),
        pytest.param(cell("time", 'office:time-value="PT10H30M00S"', "10:30"), dt.time(10, 30), id="time"),
        pytest.param(cell("time", 'office:time-value="PT30H"', "30:00"), dt.timedelta(hours=30), id="duration"),
        pytest.param(cell("time", 'office:time-value="-PT1H"', "-1"), dt.timedelta(hours=-1), id="negative duration"),
        pytest.param(cell("time", 'office:time-value="noon"', "noon"), CellError("noon"), id="no time"),
        pytest.param(cell("string", f'office:string-value="" {ERROR}', "#DIV/0!"), CellError("#DIV/0!"), id="error"),
        pytest.param(cell("float", f'office:value="0" {ERROR}', "#N/A"), CellError("#N/A"), id="error stored as zero"),
        pytest.param(
            cell("float", 'office:value="0" table:formula="of:=X"', "Err:508"), CellError("Err:508"), id="Err:508"
        ),
        pytest.param(cell("", 'table:formula="of:=1+1"'), NEVER_CALCULATED, id="formula never calculated"),
        pytest.param(
            '<table:table-cell table:formula="of:=&quot;&quot;"><text:p/></table:table-cell>',
            None,
            id="formula whose result is an empty text",
        ),
        pytest.param(cell("string", 'table:formula="of:=A1"'), None, id="the same with its type"),
        pytest.param(cell("float", 'table:formula="of:=1+1"'), NEVER_CALCULATED, id="formula without a number"),
        pytest.param(cell("string", "", "hidden", "covered-table-cell"), "hidden", id="covered by a merged cell"),
    ],
)
def test_cell(tmp_path: Path, given: str, read: Cell) -> None:
    path = make.ods(tmp_path / "a.ods", table(line(given, blanks(1), cell("string", "", "end"), blanks(16000))))
    [(row_no, cells)] = rows_of(path, tmp_path)
    assert (row_no, cells) == (1, [read, None, "end"])
    assert type(cells[0]) is type(read)


@pytest.mark.parametrize(
    ("tables", "read"),
    [
        pytest.param(table(), [], id="no rows"),
        pytest.param(
            table(
                line(blanks(2), repeated=2),
                line(blanks(1), cell("string", 'table:number-columns-repeated="2"', "x")),
                line(blanks(16384), repeated=1048573),
            ),
            [(3, [None, "x", "x"])],
            id="blank rows count, repeated cells repeat",
        ),
        pytest.param(
            table(line(cell("string", "", "x"), repeated=3)), [(i, ["x"]) for i in (1, 2, 3)], id="repeated rows"
        ),
        pytest.param(
            table(line(cell("string", "", "x"), repeated=700), line(), line(cell("string", "", "y"))),
            [*[(i, ["x"]) for i in range(1, 701)], (702, ["y"])],
            id="more than a block",
        ),
        pytest.param(
            table(
                line(
                    cell("string", "", "a"),
                    f"<table:table-cell>{table(line(cell('string', '', 'in')))}</table:table-cell>",
                    cell("string", "", "b"),
                )
            ),
            [(1, ["a", None, "b"])],
            id="a table within a cell is passed over",
        ),
        pytest.param(
            "<table:tracked-changes><table:table-cell><text:p>old</text:p></table:table-cell></table:tracked-changes>"
            + table(line(cell("string", "", "new"))),
            [(1, ["new"])],
            id="what was changed is passed over",
        ),
    ],
)
def test_rows(tmp_path: Path, tables: str, read: list[RawRow]) -> None:
    assert rows_of(make.ods(tmp_path / "a.ods", tables), tmp_path) == read


def test_hidden_sheets(tmp_path: Path) -> None:
    hidden = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    x = line(cell("string", "", "x"))
    path = make.ods(tmp_path / "a.ods", table(x, name="Notes") + table(x, name="Intake", style="ta2"), hidden)
    with read_sheets(path, scratch=tmp_path) as spool:
        assert [(each.name, each.visible, each.row_count) for each in spool.sheets] == [
            ("Notes", True, 1),
            ("Intake", False, 1),
        ]
        assert list(spool.rows(spool.sheets[1])) == [(1, ["x"])]
