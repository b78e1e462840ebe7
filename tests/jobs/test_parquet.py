"""Bring the same rows in from CSV and from Parquet: the same outcome, in the register and in the reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from batch.core.mapping import Mapping
from batch.edge.mapping_file import load_mapping
from batch.edge.mapping_top import draft_mapping
from batch.edge.sheets import ReadLimits
from batch.errors import SettingsError
from batch.report import RunReport
from tests.databases import sqlite_copy
from tests.edge import parquet
from tests.jobs.legacy import backfill
from tests.jobs.world import World

# The same rows twice: as a CSV export has them, all text, and as a Parquet file types them.
CSV = """\
SHOP,SLIP,POS,DAY,CUST,ART,PCS,SERNR,MAKER,PRICE,NOTE
HQ,1001,1,2019-05-17,C1,CPU,1,123456789012345678,,150.00,old
HQ,1001,2,2019-05-17,C1,CPU,1,,M-1,1234.50,NA
MAIN,1002,1,2018-12-31,C2,MOUSE,1,900000000000000017,,0.30,
HQ,1003,1,2019-05-17,C1,NONE,1,,,7.00,unknown item
HQ,1004,1,2019-05-17,C1,CPU,0,,,7.00,nothing came
HQ,1005,1,,C1,CPU,1,,,7.00,no day
HQ,1006,1,2019-05-17,C1,CPU,1,123456789012345678,,7.00,the first once more
HQ,1007,1,2019-05-17,C1,CPU,1,,,7.005,three decimals
"""
_D = dt.date(2019, 5, 17)
TYPED: dict[str, Any] = {
    "SHOP": pa.array(["HQ", "HQ", "MAIN", *["HQ"] * 5]).dictionary_encode(),
    "SLIP": pa.array([1001, 1001, 1002, 1003, 1004, 1005, 1006, 1007], pa.int64()),
    "POS": pa.array([1, 2, 1, 1, 1, 1, 1, 1], pa.int16()),
    "DAY": pa.array([_D, _D, dt.date(2018, 12, 31), _D, _D, None, _D, _D], pa.date32()),
    "CUST": ["C1", "C1", "C2", *["C1"] * 5],
    "ART": ["CPU", "CPU", "MOUSE", "NONE", *["CPU"] * 4],
    "PCS": pa.array([1, 1, 1, 1, 0, 1, 1, 1], pa.int32()),
    "SERNR": pa.array(
        [123456789012345678, None, 900000000000000017, None, None, None, 123456789012345678, None], pa.int64()
    ),
    "MAKER": [None, "M-1", *[None] * 6],
    "PRICE": pa.array(
        [Decimal(text) for text in ("150", "1234.5", "0.3", "7", "7", "7", "7", "7.005")], pa.decimal128(12, 3)
    ),
    "NOTE": ["old", "NA", None, "unknown item", "nothing came", "no day", "the first once more", "three decimals"],
}
MAPPING = """\
[columns]
"Document #" = { from = ["SHOP", "SLIP"], join = "-" }
"Line #" = "POS"
"Location" = "SHOP"
"Date" = "DAY"
"Customer" = "CUST"
"Item" = "ART"
"Quantity" = "PCS"
"Serial #" = "SERNR"
"Mfr Serial #" = "MAKER"
"Unit Price" = "PRICE"
"Reason" = "NOTE"
"""


def mapping_of(world: World, more: str = "") -> Mapping:
    (world.folder / "old.toml").write_text(MAPPING + more, encoding="utf-8")
    return load_mapping(world.folder / "old.toml")


def from_csv(world: World) -> RunReport:
    (world.folder / "old.csv").write_text(CSV, encoding="utf-8")
    return backfill(world, world.folder / "old.csv", mapping=mapping_of(world))


def from_parquet(world: World, more: str = "", **asked: Any) -> RunReport:
    path = parquet.table(world.folder / "old.parquet", TYPED)
    return backfill(world, path, mapping=mapping_of(world, more), **asked)


def outcome(world: World) -> list[list[tuple[object, ...]]]:
    """Read back all that the rows became; of messages, what is not the name of the file or the type of a cell."""
    questions = (
        """SELECT document_type, document_no, location_code, customer_code, document_date, currency, status
           FROM document ORDER BY document_no""",
        """SELECT document_id, line_no, item_code, quantity, unit_price_minor, reason, status, sheet_row
           FROM document_line ORDER BY line_id""",
        """SELECT serial_no, item_code, mfr_serial_no, area_code, origin, unit_cost_minor
           FROM serial ORDER BY serial_id""",
        """SELECT serial_id, action, from_area_code, to_area_code, business_date
           FROM serial_history ORDER BY history_id""",
        """SELECT code, severity, document_no, line_no, sheet_row, status FROM exception ORDER BY exception_id""",
        """SELECT sequence_code, next_number FROM number_sequence ORDER BY sequence_code""",
        """SELECT lines_read, lines_posted, lines_refused, serials_adopted, serials_generated, exceptions FROM run""",
    )
    return [world.tuples(question) for question in questions]


@pytest.fixture
def other(request: pytest.FixtureRequest, world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Set the shop up once more, in a database of the same kind and a folder of its own."""
    folder = tmp_path_factory.mktemp("other")
    if world.database.engine.dialect.name == "sqlite":
        context = sqlite_copy(request.getfixturevalue("sqlite_template"), folder)
    else:
        context = request.getfixturevalue("postgresql").copy(request.getfixturevalue("postgresql_template"))
    with context as database:
        yield World(database, folder)


def test_the_same_rows_have_the_same_outcome(world: World, other: World) -> None:
    csv, typed = from_csv(world), from_parquet(other)
    assert (typed.lines_posted, typed.lines_refused, typed.serials_adopted) == (3, 5, 2)
    assert typed.figures() == csv.figures()
    assert outcome(other) == outcome(world)
    assert other.serials("HQ-1001") == ["123456789012345678", "900000000000000018"]


def test_typed_numbers_are_not_read_as_a_country_types_them(world: World) -> None:
    report = from_parquet(world, '[numbers]\ndecimal = ","\nthousands = "."\n')
    assert report.lines_posted == 3
    prices = world.tuples("SELECT unit_price_minor FROM document_line WHERE status = 'POSTED' ORDER BY line_id")
    assert prices == [(15000,), (123450,), (30,)]


def test_a_rehearsal_and_a_second_time(world: World) -> None:
    rehearsed = from_parquet(world, dry_run=True)
    assert world.count("document", "intake_file") == [0, 0]
    real = from_parquet(world)
    assert rehearsed.figures() == real.figures()
    again = from_parquet(world)
    assert (again.status, again.first_run_id) == ("NOOP", real.run_id)


def test_a_refusal_names_the_row_as_csv_would_number_it(world: World) -> None:
    from_parquet(world)
    assert world.exception("QUANTITY_ZERO")["message"].startswith('old.parquet, row 6, PCS (Quantity): "0" means')


def test_what_is_refused_in_it_is_not_said_as_of_a_spreadsheet(world: World) -> None:
    columns = {
        "Document #": ["L-1", "L-2"], "Date": [_D, _D], "Customer": ["C1"] * 2, "Item": ["CPU"] * 2,
        "Quantity": [float("nan"), 1.0], "Location": ["HQ"] * 2, "Serial #": [None, 1234567890123456.0],
    }  # fmt: skip
    backfill(world, parquet.table(world.folder / "old.parquet", columns))
    assert world.exception("CELL_UNREADABLE")["message"] == (
        'old.parquet, row 2, Quantity: the cell holds no value that can be used ("not a number"). '
        "Type the value itself."
    )
    assert world.exception("SERIAL_STORED_AS_NUMBER")["message"] == (
        'old.parquet, row 3, Serial #: "1234567890123456" is stored as a number of more than 15 digits, of which the '
        "last ones are lost. Write the column to the file as text and type it again in full."
    )


def test_a_text_with_nul_waits_for_a_person(world: World) -> None:
    columns = {"Document #": ["L-1", "L\0-2"], "Date": [_D, _D], "Customer": ["C1"] * 2, "Item": ["CPU"] * 2,
               "Quantity": [1, 1], "Location": ["HQ"] * 2}  # fmt: skip
    report = backfill(world, parquet.table(world.folder / "nul.parquet", columns))
    assert (report.lines_posted, report.lines_refused) == (1, 1)
    assert "invisible character (NUL)" in world.exception("CELL_UNREADABLE")["message"]


@pytest.mark.parametrize(("zone", "on"), [("UTC", "2019-05-17"), ("Europe/Vienna", "2019-05-18")])
def test_an_instant_is_a_day_where_the_shop_is(world: World, zone: str, on: str) -> None:
    late = pa.array([dt.datetime(2019, 5, 17, 22, 30)], pa.timestamp("us", "UTC"))
    columns = {
        "Document #": ["L-1"],
        "Date": late,
        "Customer": ["C1"],
        "Item": ["CPU"],
        "Quantity": [1],
        "Location": ["HQ"],
    }
    world.settings = {"time_zone": zone}
    backfill(world, parquet.table(world.folder / "late.parquet", columns))
    assert world.tuples("SELECT document_date FROM document") == [(world.day(on),)]


def test_intake_refuses_it_and_says_who_reads_it(world: World) -> None:
    path = parquet.table(world.folder / "old.parquet", TYPED)
    report = world.intake(path)
    assert report.exit_status == 65
    assert report.files[0].detail == (
        "old.parquet: is a Parquet file, and only a backfill reads those. "
        "Save it as .csv or .xlsx; legacy returns go to `serialback run backfill` as they are"
    )


def test_translations_are_not_read_from_it(world: World) -> None:
    parquet.table(world.folder / "items.parquet", {"old": ["A"], "new": ["CPU"]})
    text = MAPPING.replace('"Item" = "ART"', '"Item" = { from = "ART", translate = "items.parquet" }')
    (world.folder / "old.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"items\.parquet: is a Parquet file"):
        load_mapping(world.folder / "old.toml")


def test_a_draft_shows_its_columns(world: World) -> None:
    path = parquet.table(world.folder / "old.parquet", TYPED)
    found = draft_mapping(path, ReadLimits(), "UTC")
    assert (found.header_row, found.date_formats, found.numerals) == (1, (), None)
    assert {column.heading: column.ours for column in found.columns}["SERNR"] == "Serial #"
    assert {column.heading: column.samples for column in found.columns}["DAY"] == ("2019-05-17", "2018-12-31")
