"""Read the exports of other systems through mappings, whole runs at a time, and refuse what would come in twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from batch.edge.mapping_file import load_mapping
from batch.errors import SettingsError
from batch.report import RunReport
from tests.jobs.legacy import LONG_AGO, backfill
from tests.jobs.world import World

EXPORT = """\
Returns of the old shop;;;;;;;;
SHOP;SLIP;RETDATE;CUST;ARTICLE;PCS;SERNR;PREIS;CLERK
01;1001;17.05.2019;C1;A-1;1;L-9;1.150,00;Ann
02;1001;31.12.2018;C2;A-1;2;;99,50;Bob
01;1002;17.05.2019;C1;CPU;1;;12.50;Ann
"""
MAPPING = """\
[columns]
"Document #" = { from = ["SHOP", "SLIP"], join = "-" }
"Location" = { from = "SHOP", translate = { "01" = "HQ", "02" = "MAIN" } }
"Date" = "RETDATE"
"Customer" = "CUST"
"Item" = { from = "ARTICLE", translate = "items.csv" }
"Quantity" = "PCS"
"Serial #" = "SERNR"
"Unit Price" = "PREIS"

[constants]
"Reason" = "legacy"

[dates]
formats = ["%d.%m.%Y"]

[numbers]
decimal = ","
thousands = "."
"""
ITEMS = "old,new\nA-1,MOUSE\n"


def mapped(world: World, mapping: str = MAPPING, export: str = EXPORT, items: str = ITEMS, **asked: Any) -> RunReport:
    """Hand the export in through a mapping."""
    for name, text in (("old.toml", mapping), ("items.csv", items), ("export.csv", export)):
        (world.folder / name).write_text(text, encoding="utf-8")
    found = load_mapping(world.folder / "old.toml")
    return backfill(world, world.folder / "export.csv", mapping=found, **asked)


def test_an_export_is_read_through_its_mapping(world: World) -> None:
    report = mapped(world)
    assert (report.lines_posted, report.lines_refused, report.exit_status) == (2, 1, 0)
    (file,) = report.files
    assert file.detail == "sheet export.csv: 2 landed, 1 refused as they stand"
    assert file.not_read == 'columns not read: "CLERK"'
    lines = world.tuples(
        "SELECT d.document_no, d.location_code, d.customer_code, d.document_date, l.item_code, l.unit_price_minor, "
        "l.reason FROM document d JOIN document_line l ON l.document_id = d.document_id ORDER BY d.document_no"
    )
    assert lines == [
        ("01-1001", "HQ", "C1", world.day("2019-05-17"), "MOUSE", 115000, "legacy"),
        ("02-1001", "MAIN", "C2", world.day("2018-12-31"), "MOUSE", 9950, "legacy"),
    ]
    assert world.serials("01-1001") == ["L-9"]
    refused = world.exception("AMOUNT_INVALID")
    assert "export.csv, row 5, PREIS (Unit Price)" in refused["message"]
    assert refused["message"].endswith(
        '"12.50" is not typed like 1.234,50, as the mapping says that numbers are. '
        "Type it like 1.234,50, or correct [numbers] in the mapping."
    )
    # What is kept of a row is the row of the file, not what was made of it.
    assert world.value("SELECT cells FROM intake_row WHERE sheet_row = 3") == (
        '["01","1001","17.05.2019","C1","A-1","1","L-9","1.150,00","Ann"]'
    )


def test_a_row_that_goes_on_beyond_the_headings_is_refused_though_columns_are_laid_behind_them(world: World) -> None:
    # Item and location are made of one column each, and stand behind those of the export.
    export = EXPORT.replace("CLERK", " ") + "02;1003;17.05.2019;C1;A-1;1;L-7;1.150;00;Ann\n"
    report = mapped(world, export=export.replace(";Ann", "").replace(";Bob", "").replace(";;;;;;;;", ""))
    assert (report.lines_posted, report.lines_refused) == (2, 2)
    assert world.exception("CELL_UNREADABLE")["message"].startswith(
        "export.csv, row 6, SHOP-SLIP (Document #): the row goes on for a column beyond the last heading"
    )


def test_what_is_found_when_settling_is_told_by_the_headings_of_the_export(world: World) -> None:
    mapped(world, items="old,new\nA-1,GONE\n")
    told = 'export.csv, row 3: Legacy return 01-1001, line 1, ARTICLE (Item): item "GONE" is not on file. '
    ((message,), _) = world.tuples("SELECT message FROM exception WHERE code = 'ITEM_UNKNOWN' ORDER BY line_id")
    assert message.startswith(told)


def test_a_thousand_is_not_posted_as_one(world: World) -> None:
    report = mapped(world, export=EXPORT.replace("A-1;2;;", "A-1;2,000;;"))
    assert (report.lines_posted, report.lines_refused) == (1, 2)
    assert world.exception("QUANTITY_NOT_INTEGER")["message"].endswith(
        '"2,000" may have decimals, as the mapping says of its mark, or thousands. '
        "Type 2000 or 2, without a mark; where all thousands are typed so, correct [numbers] in the mapping."
    )


def test_what_to_type_is_said_as_the_mapping_has_numbers(world: World) -> None:
    export = EXPORT.replace("CLERK", "RABATT").replace("1.150,00;Ann", "5;11")
    mapped(world, MAPPING.replace('"PREIS"', '"PREIS"\n"Discount" = "RABATT"'), export)
    message = "SELECT message FROM exception WHERE document_no = '01-1001'"
    assert "at most 5,00, or correct the price." in world.value(message)


def test_a_corrected_mapping_reads_the_same_file_again_without_doubling(world: World) -> None:
    first = mapped(world, items="old,new\nB-1,MOUSE\n")
    assert (first.lines_posted, world.exceptions()) == (
        0,
        [("01-1001", 1, "ITEM_UNKNOWN"), ("01-1002", 1, "AMOUNT_INVALID"), ("02-1001", 1, "ITEM_UNKNOWN")],
    )
    second = mapped(world)
    assert (second.lines_posted, second.lines_refused) == (2, 1)
    # What was seen in a row is told once, however often it is read.
    assert world.exceptions() == [("01-1002", 1, "AMOUNT_INVALID")]
    third = mapped(world)
    assert (third.status, third.lines_read) == ("NOOP", 0)
    assert world.count("intake_file", "intake_row", "document") == [1, 3, 2]


def test_a_mapping_that_would_make_other_documents_of_a_landed_file_is_refused(world: World) -> None:
    mapped(world)
    again = mapped(world, MAPPING.replace('join = "-"', 'join = "/"'))
    assert again.exit_status == 65
    assert "now to be read with other document or line numbers" in again.files[0].detail
    assert world.count("document") == [2]


@pytest.mark.parametrize(
    ("export", "said"),
    [
        pytest.param(
            EXPORT.replace("ARTICLE", "ART"),
            'has no column headed "ARTICLE" in its top 20 rows, and old.toml',
            id="gone",
        ),
        pytest.param(EXPORT.replace("CLERK", "Cust"), 'row 2 has several columns headed "CUST"', id="twice"),
    ],
)
def test_a_file_of_other_headings_is_refused(world: World, export: str, said: str) -> None:
    report = mapped(world, export=export)
    assert report.exit_status == 65
    assert said in report.files[0].detail


def by_sheets(world: World, wanted: str, *titles: str) -> RunReport:
    """Hand a workbook of these sheets in, a line on the last, through a mapping that names one."""
    book = openpyxl.Workbook()
    for title in titles:
        page = book.create_sheet()
        # Behind the back of openpyxl, which tells titles apart regardless of case.
        page._WorkbookChild__title = title  # noqa: SLF001
        page.append(["SLIP", "DAY", "CUST", "ART"])
    page.append(["L-1", LONG_AGO, "C1", "CPU"])
    del book["Sheet"]
    book.save(world.folder / "old.xlsx")
    text = '"Document #" = "SLIP"\n"Date" = "DAY"\n"Customer" = "CUST"\n"Item" = "ART"\n'
    (world.folder / "old.toml").write_text(
        f'[columns]\n{text}[constants]\n"Quantity" = 1\n[sheet]\nname = "{wanted}"\n', encoding="utf-8"
    )
    return backfill(world, world.folder / "old.xlsx", mapping=load_mapping(world.folder / "old.toml"))


@pytest.mark.parametrize("titles", [("Notes", "EXPORT"), ("Notes", "Export "), ("EXPORT", "export")])
def test_a_sheet_is_found_whatever_its_case(world: World, titles: tuple[str, ...]) -> None:
    assert by_sheets(world, "export", *titles).lines_posted == 1


@pytest.mark.parametrize(
    ("titles", "said"),
    [
        (("Notes", "Old"), 'has no sheet named "export": it has "Notes", "Old". Correct [sheet] name in old.toml'),
        (("EXPORT", "Export"), 'has several sheets named "export": it has "EXPORT", "Export". Correct [sheet] name'),
        (tuple(f"S{at}" for at in range(22)), '"S19" and 2 more. Correct [sheet] name'),
    ],
)
def test_where_no_sheet_is_told_the_sheets_are_named(world: World, titles: tuple[str, ...], said: str) -> None:
    report = by_sheets(world, "export", *titles)
    assert report.exit_status == 65
    assert said in report.files[0].detail


@pytest.mark.parametrize(
    ("items", "said"),
    [
        pytest.param("old,new\nA-1\n", "row 2 of items.csv has not two codes", id="one code"),
        pytest.param(
            "old,new\nA,B\nA,C\n", "row 3 of items.csv translates A into C, and a row before it into B", id="two"
        ),
        pytest.param("", "items.csv: is empty", id="empty"),
    ],
)
def test_translations_that_cannot_be_meant_are_refused(tmp_path: Path, items: str, said: str) -> None:
    (tmp_path / "old.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "items.csv").write_text(items, encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load_mapping(tmp_path / "old.toml")
    assert said in str(refused.value)
    assert str(refused.value).startswith('old.toml, [columns] "Item" translate: ')


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"[columns\n", "is not sound TOML", id="no TOML"),
        pytest.param(b"\xff\xfe", "is not UTF-8 text", id="no UTF-8"),
        pytest.param(None, "cannot be read: No such file", id="not there"),
        pytest.param(b"#" * (1 << 20) + b"#", "is larger than a mapping can be", id="too large"),
    ],
)
def test_files_that_are_no_mappings_are_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "old.toml").write_bytes(content)
    with pytest.raises(SettingsError) as refused:
        load_mapping(tmp_path / "old.toml")
    assert said in str(refused.value)
