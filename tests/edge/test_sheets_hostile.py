"""Refuse hostile and broken files with one plain line, and leave nothing behind."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from batch.edge.sheets import ReadLimits, read_sheets, start_reading
from batch.errors import FileRefusedError
from tests.edge import workbooks as make

GOOD = make.row(1, make.text("A1", "Document #"), make.number("B1", 2))


def refusal(path: Path, scratch: Path, limits: ReadLimits | None = None) -> FileRefusedError:
    before = sorted(scratch.iterdir())
    with pytest.raises(FileRefusedError) as refused:
        read_sheets(path, scratch=scratch, limits=limits)
    assert sorted(scratch.iterdir()) == before, "something was left behind"
    assert "\n" not in str(refused.value)
    assert refused.value.remedy
    return refused.value


def members(**extra: str | bytes) -> dict[str, str | bytes]:
    return make.xlsx_members({"Intake": GOOD}) | {name.replace("__", "/"): each for name, each in extra.items()}


def packed(**extra: str | bytes) -> Callable[[Path], Path]:
    return lambda path: make.zipped(path, members(**extra))


def written(content: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return write


def cut(path: Path) -> Path:
    whole = make.xlsx(path, GOOD).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def scratched(path: Path) -> Path:
    """Change bytes within a packed part, so that it no longer has its checksum."""
    with zipfile.ZipFile(make.xlsx(path, GOOD * 40)) as made:
        start = made.getinfo("xl/worksheets/sheet1.xml").header_offset
    whole = bytearray(path.read_bytes())
    whole[start + 70 : start + 90] = bytes(20)
    path.write_bytes(whole)
    return path


def lying(path: Path) -> Path:
    """Say in the directory that a part is smaller than it is."""
    make.xlsx(path, make.row(1, make.text("A1", "x" * 70_000)))
    with zipfile.ZipFile(path) as made:
        size = made.getinfo("xl/worksheets/sheet1.xml").file_size
    path.write_bytes(path.read_bytes().replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little")))
    return path


def locked(path: Path) -> Path:
    """Set the bit that says a part is encrypted."""
    whole = bytearray(make.xlsx(path, GOOD).read_bytes())
    whole[whole.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(whole)
    return path


def far(address: str) -> Callable[[Path], Path]:
    row_no = int(re.sub("[A-Z]", "", address))
    return lambda path: make.xlsx(path, make.row(1, make.number("A1", 1)) + make.row(row_no, make.number(address, 2)))


DTD = '<!DOCTYPE w [<!ENTITY a "aaaa">]>'
LINK = make.relations({"rId1": ("worksheet", "worksheets/sheet1.xml"), "rId9": ("externalLinkPath", "file:///b.xlsx")})
UTF16 = make.sheet_xml(GOOD).encode("utf-16")


@pytest.mark.parametrize(
    ("name", "make_file", "cause"),
    [
        pytest.param("a.xlsx", written(b""), "is empty (0 bytes)", id="empty"),
        pytest.param("a.xlsx", written(bytes(range(256)) * 40), "its content is binary content", id="random bytes"),
        pytest.param("a.xlsx", written(b"just a letter"), "its content is plain text", id="text"),
        pytest.param("a.xls", written(b"\r\n<HTML><table>"), "its content is a web page", id="HTML named .xls"),
        pytest.param(
            "a.xls", written(b'<?xml version="1.0"?><Workbook/>'), "its content is XML text", id="XML named .xls"
        ),
        pytest.param("a.xlsx", written(b"%PDF-1.7"), "its content is a PDF document", id="PDF"),
        pytest.param("a.ods", make_xlsx := packed(), "is named .ods, and its content is .xlsx", id="wrong extension"),
        pytest.param("a.xls", make_xlsx, "is named .xls, and its content is .xlsx", id="new workbook named .xls"),
        pytest.param("a.xlsm", make_xlsx, "may hold macros", id="extension of macros"),
        pytest.param("a.txt", make_xlsx, "does not end in .xlsx", id="no extension of ours"),
        pytest.param("a.xlsx", cut, "is damaged or incomplete", id="cut off"),
        pytest.param("a.xlsx", scratched, "is damaged or incomplete", id="wrong checksum"),
        pytest.param("a.xlsx", lying, "is damaged or incomplete", id="part larger than it says"),
        pytest.param(
            "a.xlsx",
            lambda path: make.xlsx(path, make.row(2, make.text("A2", "x")) + make.row(3) + make.row(2)),
            "is damaged or incomplete (sheet 'Intake' has row 2 twice)",
            id="row twice",
        ),
        pytest.param(
            "a.xlsx",
            lambda path: make.xlsx(path, "<row r='5'><c r='A5'><v>1</v></c></row><row r='5' spans='1:1'></row>"),
            "has row 5 twice",
            id="row twice, in other quotes",
        ),
        pytest.param("a.xlsx", locked, "is protected by a password", id="encrypted zip"),
        pytest.param(
            "a.xlsx", written(b"PK\x03\x04" + b"\0" * 500), "is damaged or incomplete", id="zip without directory"
        ),
        pytest.param("a.xlsx", lambda path: make.zipped(path, {"a": "b"}), "is a zip archive", id="other zip"),
        pytest.param(
            "a.xlsx",
            lambda path: make.zipped(path, {"[Content_Types].xml": make.content_types("x.wordprocessingml.y")}),
            "is a Word document",
            id="Word document",
        ),
        pytest.param("a.xlsx", packed(xl__vbaProject=b"x", **{"xl/vbaProject.bin": b"x"}), "with macros", id="macros"),
        pytest.param(
            "a.xlsx",
            lambda path: make.zipped(
                path, make.xlsx_members({"a": ""}, main_type="application/vnd.ms-excel.sheet.macroEnabled.main+xml")
            ),
            "is a workbook with macros",
            id="content type of macros",
        ),
        pytest.param("a.xlsx", packed(xl__macrosheets__sheet1="x"), "with macros", id="macro sheet"),
        pytest.param(
            "a.xlsx", packed(xl__externalLinks__externalLink1="x"), "is linked to other workbooks", id="link part"
        ),
        pytest.param(
            "a.xlsx", packed(**{"xl/_rels/workbook.xml.rels": LINK}), "is linked to other workbooks", id="link"
        ),
        pytest.param("a.xlsx", packed(**{"xl/sharedStrings.xml": DTD + "<sst/>"}), "(DTD)", id="DTD in the texts"),
        pytest.param(
            "a.xlsx", packed(**{"xl/worksheets/sheet1.xml": DTD + make.sheet_xml(GOOD)}), "(DTD)", id="DTD in a sheet"
        ),
        pytest.param("a.xlsx", packed(**{"xl/sharedStrings.xml": UTF16}), "is not UTF-8", id="UTF-16 part"),
        pytest.param("a.xlsx", packed(**{"xl/worksheets/sheet1.xml": UTF16}), "is not UTF-8", id="UTF-16 sheet"),
        pytest.param("a.xlsx", packed(**{"../a": "x"}), "an unlikely name (../a)", id="name that climbs out"),
        pytest.param("a.xlsx", packed(**{"xl/WORKBOOK.xml": "x"}), "two parts of one name", id="name twice"),
        pytest.param(
            "a.xlsx", packed(**{"xl/styles.xml": "<styleSheet"}), "is damaged or incomplete", id="broken styles"
        ),
        pytest.param(
            "a.xlsx",
            packed(**{"xl/worksheets/sheet1.xml": "<worksheet><sheetData><row"}),
            "is damaged",
            id="broken sheet",
        ),
        pytest.param("a.xlsx", packed(x=b"0" * (64 << 20)), "packs x more than 200 times smaller", id="zip bomb"),
        pytest.param("a.xlsx", far("XFD1048576"), "has a value in cell XFD1048576", id="far corner"),
        pytest.param("a.xlsx", far("GS1"), "has a value in cell GS1", id="first column beyond"),
        pytest.param("a.xlsx", far("HA7"), "has a value in cell HA7", id="column far beyond"),
        pytest.param("a.xlsx", far("A1048577"), "has a value in cell A1048577", id="row beyond"),
        pytest.param("a.xlsx", far("A4000000000"), "has a value in cell A4000000000", id="row far beyond"),
        pytest.param(
            "a.xlsx",
            lambda path: make.xlsx(path, make.row(4000000, make.number("A4000000", 1)) + GOOD),
            "has a value in cell B4000000",
            id="row beyond, out of order",
        ),
        pytest.param(
            "a.xlsx",
            lambda path: make.xlsx(path, '<row r="1"><c t="e"><v>#N/A</v></c><c r="B1"/><c><f>1</f></c></row>'),
            "has cells without an address",
            id="error without an address",
        ),
        pytest.param(
            "a.xlsx",
            lambda path: make.xlsx(path, '<row r="1"><c r="A1" s="1"/><c><f>1</f></c></row>'),
            "has cells without an address",
            id="formula without an address",
        ),
        pytest.param(
            "a.xlsx", lambda path: make.xlsx(path, "<row>" + " " * (33 << 20) + "</row>"), "packs", id="endless row"
        ),
        pytest.param(
            "a.ods",
            lambda path: make.ods(path, "", **{"META-INF/manifest.xml": "<encryption-data/>"}),
            "is protected by a password",
            id="encrypted .ods",
        ),
        pytest.param("a.ods", lambda path: make.ods(path, "", Basic__a="x"), "with macros", id=".ods with macros"),
        pytest.param("a.ods", lambda path: make.ods(path, ""), "it has no sheet", id=".ods without a sheet"),
        pytest.param(
            "a.ods", lambda path: make.ods(path, "<table:table>"), "is damaged or incomplete", id="broken .ods"
        ),
        pytest.param(
            "a.ods",
            lambda path: make.ods(path, "<table:table><table:table-source/></table:table>"),
            "is linked",
            id="linked .ods",
        ),
        pytest.param(
            "a.ods",
            lambda path: make.ods(
                path,
                '<table:table table:name="a"><table:table-row table:number-rows-repeated="1048577"><table:table-cell>'
                "<text:p>x</text:p></table:table-cell></table:table-row></table:table>",
            ),
            "has a value in cell A1048577",
            id=".ods with endless rows",
        ),
        pytest.param(
            "a.ods",
            lambda path: make.ods(
                path,
                '<table:table table:name="a"><table:table-row><table:table-cell table:number-columns-repeated="201">'
                "<text:p>x</text:p></table:table-cell></table:table-row></table:table>",
            ),
            "has a value in cell GS1",
            id=".ods with endless columns",
        ),
        pytest.param(
            "a.ods",
            lambda path: make.ods(
                path, '<table:table><table:table-row table:number-rows-repeated="-1"/></table:table>'
            ),
            "a count is -1",
            id=".ods with a negative count",
        ),
    ],
)
def test_refused(tmp_path: Path, name: str, make_file: Callable[[Path], Path], cause: str) -> None:
    error = refusal(make_file(tmp_path / name), tmp_path)
    assert error.name == name
    assert cause in error.cause


ROWS = make.row(1, make.number("A1", 1)) + make.row(9, make.text("C9", "four"))
WIDE = make.row(1, make.number("A1", 1)) + make.row(40_000, make.number("GR40000", 1))
BIG = "".join(make.row(i, make.text(f"A{i}", f"serial {i}"), make.number(f"B{i}", i)) for i in range(1, 60_000))


@pytest.mark.parametrize(
    ("rows", "limits", "cause"),
    [
        pytest.param(ROWS, ReadLimits(rows=9, columns=3, cell_text=4, members=6), None, id="at the limits"),
        pytest.param(ROWS, ReadLimits(rows=8), "only 200 columns and 8 rows are read", id="rows above"),
        pytest.param(ROWS, ReadLimits(columns=2), "only 2 columns", id="columns above"),
        pytest.param(ROWS, ReadLimits(cell_text=3), "cell C9: the text is longer than 3 characters", id="text above"),
        pytest.param(ROWS, ReadLimits(members=5), "holds 6 parts, more than 5", id="members above"),
        pytest.param(ROWS, ReadLimits(file_bytes=1000), "bytes, more than 1,000 bytes", id="file above"),
        pytest.param(ROWS, ReadLimits(unpacked_bytes=1000), "unpacks to more than 1,000 bytes", id="unpacked above"),
        pytest.param(ROWS, ReadLimits(spool_bytes=20), "stopped the program that reads it", id="no room for an answer"),
        pytest.param(BIG, ReadLimits(wall_seconds=0.05), "takes longer to read than 0.05 seconds", id="hangs"),
        pytest.param(
            WIDE, ReadLimits(memory_bytes=128 << 20), "takes more memory to read than 128 MiB", id="eats memory"
        ),
        pytest.param(
            BIG, ReadLimits(spool_bytes=64 << 10), "takes, as plain rows, more than 64 KiB", id="rows too large"
        ),
    ],
)
def test_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: str, limits: ReadLimits, cause: str | None
) -> None:
    # A coverage run writes its own file in the child, which must not be cut off by the limit on files.
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    path = make.xlsx(tmp_path / "a.xlsx", rows)
    if cause is None:
        read_sheets(path, scratch=tmp_path, limits=limits).remove()
    else:
        assert cause in refusal(path, tmp_path, limits).cause


def test_a_file_that_takes_too_long_to_compute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    # Several times what a second of computing reads, on a machine that is faster than those of today.
    cells = [make.number(f"{column}%d", "%d") for column in "ABCDEF"]
    rows = "".join(make.row(0, *cells).replace('r="0"', 'r="%d"') % ((i,) * 13) for i in range(1, 1_000_000))
    path = make.xlsx(tmp_path / "a.xlsx", rows)
    assert "takes more than 1 seconds of computing" in refusal(path, tmp_path, ReadLimits(cpu_seconds=1)).cause


def test_far_corner_of_a_large_sheet(tmp_path: Path) -> None:
    rows = "".join(make.row(i, make.text(f"A{i}", "x" * 900)) for i in range(1, 5200))
    path = make.xlsx(tmp_path / "a.xlsx", rows + make.row(1048576, make.number("XFD1048576", 1)))
    assert "has a value in cell XFD1048576" in refusal(path, tmp_path).cause


def test_rectangle_too_large_for_memory(tmp_path: Path) -> None:
    corners = make.row(1, make.number("A1", 1)) + make.row(1048576, make.number("GR1048576", 1))
    path = make.xlsx(tmp_path / "a.xlsx", corners)
    assert path.stat().st_size < 4700
    assert "takes more memory to read than 2 GiB" in refusal(path, tmp_path).cause


def test_file_changed_while_it_is_read(tmp_path: Path) -> None:
    path = make.xlsx(tmp_path / "a.xlsx", BIG)
    reading = start_reading(path, scratch=tmp_path)
    with path.open("ab") as out:
        out.write(b"more")
    with pytest.raises(FileRefusedError, match="was changed or replaced while it was read"):
        reading.result()


@pytest.mark.parametrize("gone", [False, True], ids=["replaced", "taken away"])
def test_file_replaced_while_it_is_read(tmp_path: Path, gone: bool) -> None:
    path, other = make.xlsx(tmp_path / "a.xlsx", GOOD), make.xlsx(tmp_path / "b.xlsx", GOOD)
    reading = start_reading(path, scratch=tmp_path)
    if gone:
        path.unlink()
    else:
        other.replace(path)
    with pytest.raises(FileRefusedError, match="was changed or replaced while it was read"):
        reading.result()


def test_what_is_no_file(tmp_path: Path) -> None:
    make.xlsx(tmp_path / "real.xlsx", GOOD)
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "real.xlsx")
    (tmp_path / "folder.xlsx").mkdir()
    os.mkfifo(tmp_path / "pipe.xlsx")
    assert {
        name: refusal(tmp_path / f"{name}.xlsx", tmp_path).cause for name in ("link", "folder", "pipe", "missing")
    } == {
        "link": "is a symbolic link",
        "folder": "is not a regular file",
        "pipe": "is not a regular file",
        "missing": "does not exist",
    }


def test_name_is_shown_escaped(tmp_path: Path) -> None:
    path = tmp_path / "a\n\x1b[31mred.xlsx"
    path.write_bytes(b"x")
    assert str(refusal(path, tmp_path)).startswith(r"a\n\x1b[31mred.xlsx: is named .xlsx")


def test_secrets_stay_with_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERIALBACK_DATABASE_URL", "secret")
    monkeypatch.setenv("PGPASSWORD", "secret")
    path = make.xlsx(tmp_path / "a.xlsx", BIG)
    reading = start_reading(path, scratch=tmp_path)
    child = next(each for each in Path("/proc").glob("[0-9]*") if _is_ours(each))
    environment = (child / "environ").read_bytes()
    reading.cancel()
    assert b"PYTHONPATH" in environment
    assert b"secret" not in environment
    assert list(tmp_path.iterdir()) == [path]


def _is_ours(folder: Path) -> bool:
    try:
        parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
        return parent == str(os.getpid()) and b"sheet_child" in (folder / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
