"""Show that reference data is loaded whole or not at all, and what a load reports."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from batch.core.reference_columns import TABLES
from batch.edge.database import transaction
from batch.edge.reference import LoadReport, TableCount, load_reference
from batch.edge.schema import METADATA, MISSING_NUMBER, NUMBER_SEQUENCE
from batch.errors import ReferenceRefusedError, SettingsError
from tests.databases import Database

Sheet = Sequence[Sequence[object]]

SET_UP: dict[str, Sheet] = {
    "location": [
        ("Location Code", "Name", "Parent", "Is default", "Out area", "Credit Memo Area", "Closed through"),
        ("HQ-SALES", "Sales", "HQ", "no", None, None, None),
        ("HQ", "Headquarters", None, "no", "RELEASED", "CRMA", dt.date(2025, 12, 31)),
        ("MAIN", "Main store", None, "yes", None, None, None),
    ],
    "Stock Area": [
        ("area_code", "location_code", "area_type"),
        ("RELEASED", "HQ", "Out"),
        ("CRMA", "HQ", "Stock"),
    ],
    "number_sequence": [
        ("sequence_code", "kind", "location_code", "mask", "next_number", "allocation"),
        ("HQ-S", "SERIAL", "HQ", "H{seq}", 5001, "BLOCK"),
        ("CM-HQ", "CREDIT_MEMO", "HQ", "CM-HQ-{seq:05}", None, None),
    ],
    "ITEM": [
        ("SKU", "Description", "Type", "List price", "average_cost_minor", "Sequence", "mfr_serial_check"),
        ("CPU", "Processor", "Serialized", 150.0, 10000, "HQ-S", "imei"),
        (401, "Cable", "non-inventoried", "2.50", None, None, None),
    ],
    "customer": [("customer_code", "name", "currency"), ("C1", "Ann", "EUR")],
}


def workbook(folder: Path, sheets: Mapping[str, Sheet], name: str = "reference.xlsx") -> Path:
    """Write a workbook."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(folder / name)
    return folder / name


def csv(folder: Path, name: str, text: str) -> Path:
    """Write a CSV file."""
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def load(database: Database, *files: Path, currency: str = "EUR") -> LoadReport:
    """Load files."""
    return load_reference(database.engine, files, currency=currency)


def held(database: Database, table: str) -> dict[str, dict[str, object]]:
    """Read a table, by its key."""
    with database.engine.connect() as connection:
        found = connection.execute(sa.select(METADATA.tables[table])).mappings()
        return {row[TABLES[table].key]: dict(row) for row in found}


def counts(report: LoadReport) -> dict[str, tuple[int, int, int]]:
    """Give the counts of each table: inserted, updated, unchanged."""
    return {each.table: (each.inserted, each.updated, each.unchanged) for each in report.tables}


@pytest.fixture
def loaded(database: Database, tmp_path: Path) -> Database:
    """Give a database with the set-up loaded."""
    load(database, workbook(tmp_path, SET_UP))
    return database


def test_a_workbook_fills_every_table(database: Database, tmp_path: Path) -> None:
    report = load(database, workbook(tmp_path, SET_UP))
    assert report == LoadReport(
        (
            TableCount("location", 3, 0, 0),
            TableCount("stock_area", 2, 0, 0),
            TableCount("number_sequence", 2, 0, 0),
            TableCount("item", 2, 0, 0),
            TableCount("customer", 1, 0, 0),
        ),
        (),
    )
    locations = held(database, "location")
    assert locations["HQ-SALES"]["parent_location_code"] == "HQ"
    assert locations["MAIN"]["is_default"] is True
    assert locations["HQ"]["closed_through"] == dt.date(2025, 12, 31)
    assert (locations["HQ"]["out_area_code"], locations["HQ"]["credit_memo_area_code"]) == ("RELEASED", "CRMA")
    assert held(database, "stock_area")["CRMA"] == {
        "area_code": "CRMA",
        "name": "",
        "location_code": "HQ",
        "area_type": "STOCK",
        "active": True,
    }
    assert held(database, "number_sequence") == {
        "HQ-S": {
            "sequence_code": "HQ-S",
            "kind": "SERIAL",
            "location_code": "HQ",
            "mask": "H{seq}",
            "next_number": 5001,
            "allocation": "BLOCK",
            "first_number": None,
        },
        "CM-HQ": {
            "sequence_code": "CM-HQ",
            "kind": "CREDIT_MEMO",
            "location_code": "HQ",
            "mask": "CM-HQ-{seq:05}",
            "next_number": 1,
            "allocation": "GAPLESS",
            "first_number": None,
        },
    }
    items = held(database, "item")
    assert (items["CPU"]["list_price_minor"], items["CPU"]["average_cost_minor"]) == (15000, 10000)
    assert (items["CPU"]["serial_sequence_code"], items["CPU"]["mfr_serial_check"]) == ("HQ-S", "imei")
    assert (items["401"]["list_price_minor"], items["401"]["inventory_type"]) == (250, "NON_INVENTORIED")
    assert held(database, "customer")["C1"]["currency"] == "EUR"


def test_the_same_again_changes_nothing(loaded: Database, tmp_path: Path) -> None:
    report = load(loaded, workbook(tmp_path, SET_UP))
    assert counts(report) == {
        "location": (0, 0, 3),
        "stock_area": (0, 0, 2),
        "number_sequence": (0, 0, 2),
        "item": (0, 0, 2),
        "customer": (0, 0, 1),
    }


def test_columns_left_out_and_blank_mandatory_ones_stay_as_they_were(loaded: Database, tmp_path: Path) -> None:
    before = held(loaded, "item")
    text = "item_code;description;inventory_type;average_cost\nCPU;;;\nNEW;Mouse;AUTO_SERIALIZED;1.00\n401;Cable;;\n"
    report = load(loaded, csv(tmp_path, "item.csv", text))
    assert counts(report) == {"item": (1, 1, 1)}
    after = held(loaded, "item")
    assert after["CPU"] == {**before["CPU"], "description": "", "average_cost_minor": None}
    assert after["401"] == before["401"]
    assert (after["NEW"]["average_cost_minor"], after["NEW"]["active"]) == (100, True)


def test_every_bad_row_is_listed_and_nothing_is_written(loaded: Database, tmp_path: Path) -> None:
    before = {table: held(loaded, table) for table in TABLES}
    book = workbook(
        tmp_path,
        {
            "customer": [("customer_code", "currency"), ("C2", "EUR"), ("C3", "EURO"), (None, "EUR"), ("C4", None)],
            "item": [("item_code", "inventory_type", "mfr_serial_check"), ("X", "OTHER", "(a+)+")],
            "location": [("name",), ("No code",)],
        },
        "bad.xlsx",
    )
    files = (
        csv(tmp_path, "number_sequence.csv", "sequence_code,kind,mask,location_code\nS2,SERIAL,{sec},XX\n"),
        csv(tmp_path, "stock_area.csv", "area_code,area_type\nNEW,OUT\nCRMA,OUT\n"),
        book,
        tmp_path / "absent.xlsx",
        csv(tmp_path, "notes.csv", "a,b\n1,2\n"),
        workbook(tmp_path, {"Notes": [("a",), (1,)]}, "notes.xlsx"),
    )
    with pytest.raises(ReferenceRefusedError) as refused:
        load(loaded, *files)
    expected = [
        "number_sequence.csv, row 2, column mask: mask {sec}: {sec} is no field;",
        'bad.xlsx, sheet customer, row 3, column currency: "EURO" is no currency',
        "bad.xlsx, sheet customer, row 4, column customer_code: the cell is empty.",
        'bad.xlsx, sheet item, row 2, column inventory_type: "OTHER" is not known here.',
        "bad.xlsx, sheet item, row 2, column mfr_serial_check: the regular expression",
        "bad.xlsx, sheet location: no row among the top 20 has the column location_code.",
        "absent.xlsx: does not exist.",
        "notes.csv: the file is not named after a table. Name it location, stock_area,",
        "notes.xlsx: no sheet is named after a table. Name it location, stock_area,",
        'number_sequence.csv, row 2, column location_code: there is no location "XX".',
        'bad.xlsx, sheet customer, row 5, column currency: "C4" is new and needs a value here.',
        'stock_area.csv, row 3, column area_type: "CRMA" is the credit_memo_area_code of location "HQ"',
    ]
    assert len(refused.value.problems) == len(expected), refused.value.problems
    for problem, beginning in zip(refused.value.problems, expected, strict=True):
        assert problem.startswith(beginning)
    assert {table: held(loaded, table) for table in TABLES} == before


def test_files_that_hold_nothing_readable_are_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(ReferenceRefusedError, match=r"Nothing was loaded. absent.csv: does not exist"):
        load(database, tmp_path / "absent.csv")


def test_what_is_not_read_is_told(database: Database, tmp_path: Path) -> None:
    sheets: dict[str, Sheet] = {
        "Notes": [("anything",)],
        "customer": [("Our customers",), ("customer_code", "currency", "Colour"), ("C1", "EUR", "red")],
    }
    report = load(database, workbook(tmp_path, sheets))
    assert counts(report) == {"customer": (1, 0, 0)}
    assert report.warnings == (
        "reference.xlsx, sheet Notes: was not read, as it is named after no table.",
        "reference.xlsx, sheet customer: these columns were not read, as customer has none of that name: Colour.",
    )


def test_the_default_moves_in_one_load(loaded: Database, tmp_path: Path) -> None:
    load(loaded, csv(tmp_path, "location.csv", "location_code,is_default\nHQ,yes\nMAIN,no\nNEW,no\n"))
    assert {code for code, row in held(loaded, "location").items() if row["is_default"]} == {"HQ"}
    report = load(loaded, csv(tmp_path, "location.csv", "location_code,is_default\nSTORE,yes\nHQ,no\n"))
    assert counts(report) == {"location": (1, 1, 0)}
    assert {code for code, row in held(loaded, "location").items() if row["is_default"]} == {"STORE"}


@pytest.mark.parametrize(
    ("first_number", "said", "expected"),
    [
        pytest.param(1, 7, (10, [], 1), id="lower than on file: kept, and told"),
        pytest.param(1, 10, (10, [], 0), id="as on file"),
        pytest.param(1, 15, (15, [(10, 14, "BURNT")], 0), id="higher, in use: what is passed over is recorded"),
        pytest.param(None, 15, (15, [], 0), id="higher, never used"),
    ],
)
def test_next_number(
    loaded: Database,
    tmp_path: Path,
    first_number: int | None,
    said: int,
    expected: tuple[int, list[tuple[int, int, str]], int],
) -> None:
    with transaction(loaded.engine) as connection:
        used = sa.update(NUMBER_SEQUENCE).where(NUMBER_SEQUENCE.c.sequence_code == "HQ-S")
        connection.execute(used.values(next_number=10, first_number=first_number))
    report = load(loaded, csv(tmp_path, "number_sequence.csv", f"sequence_code,next_number\nHQ-S,{said}\n"))
    with loaded.engine.connect() as connection:
        recorded = connection.execute(
            sa.select(MISSING_NUMBER.c.first_number, MISSING_NUMBER.c.last_number, MISSING_NUMBER.c.reason)
        ).all()
    kept = held(loaded, "number_sequence")["HQ-S"]["next_number"]
    assert (kept, [tuple(row) for row in recorded], len(report.warnings)) == expected


def test_memo_numbers_in_use_are_not_passed_over(loaded: Database, tmp_path: Path) -> None:
    with transaction(loaded.engine) as connection:
        used = sa.update(NUMBER_SEQUENCE).where(NUMBER_SEQUENCE.c.sequence_code == "CM-HQ")
        connection.execute(used.values(next_number=10, first_number=1))
    with pytest.raises(ReferenceRefusedError) as refused:
        load(loaded, csv(tmp_path, "number_sequence.csv", "sequence_code,next_number\nCM-HQ,15\n"))
    assert "row 2, column next_number: credit memo numbers have no gaps" in refused.value.problems[0]
    assert held(loaded, "number_sequence")["CM-HQ"]["next_number"] == 10


def test_numbers_taken_while_a_file_is_loaded_are_not_given_back(loaded: Database, tmp_path: Path) -> None:
    file = csv(tmp_path, "number_sequence.csv", "sequence_code,next_number\nHQ-S,5002\n")
    loading = threading.Thread(target=load, args=(loaded, file))
    with transaction(loaded.engine) as connection:
        connection.execute(sa.update(NUMBER_SEQUENCE).values(next_number=6000))
        loading.start()
        # Long enough for the file to be read; then it waits for us.
        loading.join(1.5)
        assert loading.is_alive()
    loading.join(30)
    assert not loading.is_alive()
    assert held(loaded, "number_sequence")["HQ-S"]["next_number"] == 6000


def test_amounts_are_in_the_company_currency(database: Database, tmp_path: Path) -> None:
    file = csv(tmp_path, "item.csv", "item_code,inventory_type,list_price\nA,SERIALIZED,150\n")
    load(database, file, currency="JPY")
    assert held(database, "item")["A"]["list_price_minor"] == 150
    with pytest.raises(SettingsError, match="is set to EURO, which ISO 4217 does not know"):
        load(database, file, currency="EURO")


def test_many_rows_are_loaded_and_loaded_again(database: Database, tmp_path: Path) -> None:
    lines = [f"C{number},Customer {number},EUR" for number in range(20_000)]
    file = csv(tmp_path, "customers.csv", "\n".join(["customer_code,name,currency", *lines]))
    assert counts(load(database, file)) == {"customer": (20_000, 0, 0)}
    lines[5] = "C5,Another name,EUR"
    file = csv(tmp_path, "customer.csv", "\n".join(["customer_code,name,currency", *lines]))
    assert counts(load(database, file)) == {"customer": (0, 1, 19_999)}
    assert held(database, "customer")["C5"]["name"] == "Another name"
