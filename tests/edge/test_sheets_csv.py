"""Read CSV: every cell is text, and what is not sound CSV in UTF-8 is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from batch.core.cells import Cell, CellError, RawRow
from batch.edge.sheets import ReadLimits, read_sheets
from batch.errors import FileRefusedError

ODD = "\u2028\x0b\x85"


@pytest.fixture
def no_coverage_in_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a coverage run from writing its own file in the child, where the limit on files would cut it off."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


def rows_of(path: Path, scratch: Path) -> list[RawRow]:
    with read_sheets(path, scratch=scratch) as spool:
        [sheet] = spool.sheets
        assert (sheet.name, sheet.visible) == (path.name, True)
        return list(spool.rows(sheet))


@pytest.mark.parametrize(
    ("content", "read"),
    [
        pytest.param("a,b\n1,00123\n", [(1, ["a", "b"]), (2, ["1", "00123"])], id="comma"),
        pytest.param("a;b\n1,5;2\n", [(1, ["a", "b"]), (2, ["1,5", "2"])], id="semicolon, comma in numbers"),
        pytest.param("a\tb\r\n1\t2\r\n", [(1, ["a", "b"]), (2, ["1", "2"])], id="tab, CR LF"),
        pytest.param("a,b\r1,2", [(1, ["a", "b"]), (2, ["1", "2"])], id="CR alone, no end of line"),
        pytest.param("\ufeffa,b\n", [(1, ["a", "b"])], id="byte order mark"),
        pytest.param("sep=;\na;b\n", [(1, ["a", "b"])], id="delimiter said in the file"),
        pytest.param(
            "Returns of March\n\na;b;c\n1;2;3\n",
            [(1, ["Returns of March"]), (3, ["a", "b", "c"]), (4, ["1", "2", "3"])],
            id="a title and a blank line above",
        ),
        pytest.param("one\ntwo\n", [(1, ["one"]), (2, ["two"])], id="one column"),
        pytest.param('a,"x\ny, ""z"""\nb,c\n', [(1, ["a", 'x\ny, "z"']), (2, ["b", "c"])], id="a record is one row"),
        pytest.param("a,,\n,,\n,b,\n", [(1, ["a"]), (3, [None, "b"])], id="blanks"),
        pytest.param('a,5" pipe\n', [(1, ["a", '5" pipe'])], id="quotation mark inside a plain cell"),
        pytest.param(f"a{ODD}b,NA\n", [(1, [f"a{ODD}b", "NA"])], id="odd line breaks are part of a cell"),
        pytest.param("a,b" + "," * 500 + "\n", [(1, ["a", "b"])], id="blank cells beyond the limit of columns"),
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_rows(tmp_path: Path, content: str, read: list[RawRow], packed: bool) -> None:
    path = tmp_path / ("a.csv.gz" if packed else "a.csv")
    path.write_bytes(gzip.compress(content.encode()) if packed else content.encode())
    assert rows_of(path, tmp_path) == read


ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "##", "########")
TEXTS = ("#", "#7", "A #N/A", "#n/a", "# #", "=1+1", "NA", "TRUE", "1E5")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        *(pytest.param(each, CellError(each), id=each) for each in ERRORS),
        pytest.param(" #N/A ", CellError("#N/A"), id="blanks around an error"),
        pytest.param('"#REF!"', CellError("#REF!"), id="an error in quotation marks"),
        pytest.param('="00123"', "00123", id="kept text"),
        pytest.param('"=""00123"""', "00123", id="kept text in quotation marks"),
        pytest.param('="5"" pipe"', '5" pipe', id="a quotation mark in kept text"),
        pytest.param('=""', None, id="kept text that is empty"),
        pytest.param('="#N/A"', "#N/A", id="a text like an error"),
        *(
            pytest.param(each, each, id=each)
            for each in ("#", "#7", "A #N/A", "#n/a", "# #", "=1+1", "NA", "TRUE", "1E5")
        ),
        pytest.param('=A1&"x"', '=A1&"x"', id="a formula"),
    ],
)
def test_errors_and_kept_texts(tmp_path: Path, written: str, read: Cell) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"a,b\nx,{written}\n,{written},y\n", encoding="utf-8")
    assert rows_of(path, tmp_path) == [
        (1, ["a", "b"]), (2, ["x", read] if read is not None else ["x"]), (3, [None, read, "y"])
    ]  # fmt: skip


def test_characters_and_lines_across_pieces(tmp_path: Path) -> None:
    lines = [f"{i},é{'€' * (i % 50)}" for i in range(30_000)]
    path = tmp_path / "a.csv"
    path.write_text("\r\n".join(lines), encoding="utf-8", newline="")
    assert path.stat().st_size > 2 << 20
    assert rows_of(path, tmp_path) == [(i, each.split(",")) for i, each in enumerate(lines, 1)]


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        pytest.param("a.csv", b"", "is empty (0 bytes)", id="empty"),
        pytest.param("a.csv.gz", gzip.compress(b""), "is empty (0 bytes)", id="empty when unpacked"),
        pytest.param("a.csv", b"a,b\nx,\xe9\n", "is not UTF-8 text: byte 0xE9 at offset 6", id="Latin-1"),
        pytest.param(
            "a.csv", b"a" * (1 << 20) + b",\xc3", "byte 0xC3 at offset 1,048,577", id="cut within a character"
        ),
        pytest.param("a.csv", b"a,b\n" * (1 << 19) + b"\xff", "byte 0xFF at offset 2,097,152", id="far down"),
        pytest.param("a.csv", "a,b\n".encode("utf-16"), "is UTF-16 text", id="UTF-16"),
        pytest.param("a.csv", b"a,b\n\xff\xfe", "byte 0xFF at offset 4", id="its mark, further down"),
        pytest.param("a.csv", b"a,b\n" * 200 + b"\0,1\n", "holds NUL characters", id="NUL"),
        pytest.param("a.csv", b"\0\1\2\3", "its content is binary content", id="binary"),
        pytest.param("a.csv", b'a,b\n1,"2\n3,4\n', "is not sound CSV near line 3", id="quotation mark not closed"),
        pytest.param("a.csv", b'a,b\n1,"2" x\n', "is not sound CSV near line 2", id="text after a quoted cell"),
        pytest.param("a.csv", b"PK\x03\x04" + b"x" * 90, "is named .csv, and its content is a workbook", id="workbook"),
        pytest.param("a.csv", gzip.compress(b"a,b\n"), "is named .csv, and its content is .csv.gz", id="gzip"),
        pytest.param("a.csv.gz", b"a,b\n", "is not compressed by gzip", id="not gzip"),
        pytest.param("a.csv.gz", gzip.compress(b"a,b\n" * 99)[:-9], "is damaged or incomplete", id="gzip cut off"),
        pytest.param("a.csv", b"<html><table><tr><td>a", "its content is a web page", id="web page"),
        pytest.param("a.csv", b"x" * (3 << 20), "has a line too long", id="no line ends"),
    ],
)
def test_refused(tmp_path: Path, name: str, content: bytes, cause: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileRefusedError) as refused:
        read_sheets(tmp_path / name, scratch=tmp_path)
    assert refused.value.name == name
    assert cause in refused.value.cause
    assert refused.value.remedy
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.usefixtures("no_coverage_in_the_child")
@pytest.mark.parametrize(
    ("name", "content", "limits", "cause"),
    [
        pytest.param("a.csv", b"1234567\n", ReadLimits(csv_bytes=8), None, id="bytes at the limit"),
        pytest.param(
            "a.csv", b"1234567\n", ReadLimits(csv_bytes=7), "has 8 bytes, more than 7 bytes", id="bytes above"
        ),
        pytest.param(
            "a.csv.gz", gzip.compress(b"a" * 4000), ReadLimits(csv_bytes=4000), None, id="unpacked at the limit"
        ),
        pytest.param(
            "a.csv.gz",
            gzip.compress(b"a" * 4000),
            ReadLimits(csv_bytes=3999),
            "unpacks to more than 3,999 bytes",
            id="unpacked above",
        ),
        pytest.param("a.csv", b"x\na,b,c\n", ReadLimits(columns=3), None, id="columns at the limit"),
        pytest.param("a.csv", b"x\na,b,c\n", ReadLimits(columns=2), "has a value in cell C2", id="columns above"),
        pytest.param("a.csv", b"x\nabcd\n", ReadLimits(cell_text=4), None, id="text at the limit"),
        pytest.param(
            "a.csv",
            b"x\nabcd\n",
            ReadLimits(cell_text=3),
            "cell A2: the text is longer than 3 characters",
            id="text above",
        ),
        pytest.param("a.csv", b"a\n" * 5000, ReadLimits(rows=10), None, id="rows are not limited"),
        pytest.param(
            "a.csv",
            b"abcdefgh\n" * 5000,
            ReadLimits(spool_bytes=9000),
            "takes, as plain rows, more than 9,000 bytes",
            id="spool too large",
        ),
    ],
)
def test_limits(tmp_path: Path, name: str, content: bytes, limits: ReadLimits, cause: str | None) -> None:
    (tmp_path / name).write_bytes(content)
    if cause is None:
        read_sheets(tmp_path / name, scratch=tmp_path, limits=limits).remove()
        return
    with pytest.raises(FileRefusedError) as refused:
        read_sheets(tmp_path / name, scratch=tmp_path, limits=limits)
    assert cause in refused.value.cause
