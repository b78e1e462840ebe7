"""Make small workbooks by hand, so that a test says exactly what is in the file."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
XLSB_TYPE = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
URN = "urn:oasis:names:tc:opendocument:xmlns:"

# The cell formats of every workbook made here, by the number a cell gives as `s`.
FORMATS = (
    "General", "yyyy-mm-dd", "00000", "0%", "[h]:mm", "h:mm", "yyyy-mm-dd hh:mm", "000-000", '"SN-"0000', "#,##0",
    "[Red]000;-000", "[$-409]0000", "[$€-2]000", "\\P00_)", "0",
)  # fmt: skip
DATE, ZEROS, PERCENT, DURATION, TIME, MOMENT, DASHED, LETTERED, GROUPED, RED, LOCALE, CURRENCY, ESCAPED, PLAIN = range(
    1, 15
)


def zipped(path: Path, members: Mapping[str, str | bytes]) -> Path:
    """Write a zip file of these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in members.items():
            out.writestr(name, content)
    return path


def content_types(main: str, part: str = "/xl/workbook.xml") -> str:
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="{part}" ContentType="{main}"/></Types>'
    )


def relations(targets: Mapping[str, tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="{key}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{rows}</Relationships>'


def styles(formats: Sequence[str] = FORMATS) -> str:
    codes = "".join(f'<numFmt numFmtId="{164 + i}" formatCode={quoteattr(each)}/>' for i, each in enumerate(formats))
    cells = "".join(f'<xf numFmtId="{164 + i}"/>' for i in range(len(formats)))
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><cellStyleXfs><xf numFmtId="166"/></cellStyleXfs>'
        f"<cellXfs>{cells}</cellXfs></styleSheet>"
    )


def sheet_xml(rows: str, before: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData></worksheet>'


def xlsx_members(
    sheets: Mapping[str, str], *, hidden: Sequence[str] = (), date1904: bool = False, main_type: str = XLSX_TYPE
) -> dict[str, str | bytes]:
    """Give the members of a workbook; a sheet is given as its rows, or as a whole XML part."""
    state = dict.fromkeys(hidden, ' state="hidden"')
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="rId{i}"{state.get(name, "")}/>'
        for i, name in enumerate(sheets, 1)
    )
    epoch = '<workbookPr date1904="1"/>' if date1904 else ""
    workbook = f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{epoch}<sheets>{listed}</sheets></workbook>'
    targets = {f"rId{i}": ("worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)}
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": content_types(main_type),
        "_rels/.rels": relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": relations({**targets, "rIdS": ("styles", "styles.xml")}),
        "xl/styles.xml": styles(),
    }
    for i, content in enumerate(sheets.values(), 1):
        members[f"xl/worksheets/sheet{i}.xml"] = (
            content if "<?" in content or "worksheet" in content else sheet_xml(content)
        )
    return members


def xlsx(path: Path, rows: str, **extra: str | bytes) -> Path:
    """Write a workbook with one sheet, Intake; `extra` adds members (double underscores stand for slashes)."""
    members = xlsx_members({"Intake": rows})
    members.update({name.replace("__", "/"): content for name, content in extra.items()})
    return zipped(path, members)


def text(address: str, value: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def number(address: str, value: object, style: int = 0) -> str:
    return f'<c r="{address}" s="{style}"><v>{value}</v></c>'


def row(row_no: int, *cells: str) -> str:
    return f'<row r="{row_no}">{"".join(cells)}</row>'


def ods(path: Path, tables: str, automatic_styles: str = "", **extra: str) -> Path:
    """Write an OpenDocument spreadsheet with these tables."""
    spaces = (
        "".join(f' xmlns:{prefix}="{URN}{prefix}:1.0"' for prefix in ("office", "table", "text", "style"))
        + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    )
    content = (
        f"<office:document-content{spaces}><office:automatic-styles>{automatic_styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    members: dict[str, str | bytes] = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{URN}manifest:1.0"/>',
        "content.xml": content,
        **{name.replace("__", "/"): each for name, each in extra.items()},
    }
    return zipped(path, members)


def record(kind: int, content: bytes = b"") -> bytes:
    """Write one record of an .xlsb part."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(content)
    size = bytes([length]) if length < 128 else bytes([length & 0x7F | 0x80, length >> 7])
    return head + size + content


def wide(value: str) -> bytes:
    return struct.pack("<I", len(value)) + value.encode("utf-16-le")


def xlsb(path: Path, rows: bytes, **extra: str | bytes) -> Path:
    """Write a binary workbook with one sheet, Intake, whose rows are these records."""
    codes = b"".join(record(44, struct.pack("<H", 164 + i) + wide(each)) for i, each in enumerate(FORMATS))
    cells = b"".join(record(47, struct.pack("<HH", 0, 164 + i) + bytes(12)) for i in range(len(FORMATS)))
    bundle = struct.pack("<II", 0, 1) + wide("rId1") + wide("Intake")
    dimension = record(148, struct.pack("<IIII", 0, 9, 0, 9))
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": content_types(XLSB_TYPE, "/xl/workbook.bin"),
        "_rels/.rels": relations({"rId1": ("officeDocument", "xl/workbook.bin")}),
        "xl/_rels/workbook.bin.rels": relations(
            {"rId1": ("worksheet", "worksheets/sheet1.bin"), "rId2": ("styles", "styles.bin")}
        ),
        "xl/workbook.bin": record(131)
        + record(153, bytes(8))
        + record(143)
        + record(156, bundle)
        + record(144)
        + record(132),
        "xl/styles.bin": record(278)
        + record(615, struct.pack("<I", len(FORMATS)))
        + codes
        + record(616)
        + record(617, struct.pack("<I", len(FORMATS)))
        + cells
        + record(618)
        + record(279),
        "xl/worksheets/sheet1.bin": record(129) + dimension + record(145) + rows + record(146) + record(130),
        **{name.replace("__", "/"): each for name, each in extra.items()},
    }
    return zipped(path, members)


def compound(path: Path, streams: Mapping[str, bytes]) -> Path:
    """Write a compound file (the container of .xls and of encrypted workbooks) of streams of 4096 bytes and more."""
    sector = 512
    entries = [("Root Entry", 5, 0xFFFFFFFE, 0)]
    body = b""
    table: list[int] = []
    for name, content in streams.items():
        count = -(-len(content) // sector)
        entries.append((name, 2, len(table), len(content)))
        table += [*range(len(table) + 1, len(table) + count), 0xFFFFFFFE]
        body += content.ljust(count * sector, b"\0")
    directory = b"".join(
        struct.pack("<64sHBBIII", name.encode("utf-16-le"), 2 * len(name) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF,
                    1 if kind == 5 else 0xFFFFFFFF) + bytes(36) + struct.pack("<IQ", start, size)
        for name, kind, start, size in entries
    )  # fmt: skip
    first = len(table)
    pages = -(-len(directory) // sector)
    table += [*range(first + 1, first + pages), 0xFFFFFFFE, 0xFFFFFFFD]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(10) + struct.pack("<IIIIIIIII", 1, first, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, len(table) - 1)
    header = header.ljust(sector, b"\xff")
    fat = struct.pack(f"<{len(table)}I", *table).ljust(sector, b"\xff")
    path.write_bytes(header + body + directory.ljust(pages * sector, b"\0") + fat)
    return path
