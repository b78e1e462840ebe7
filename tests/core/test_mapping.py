"""Lay mappings over header rows, and read rows through them."""

from __future__ import annotations

from typing import Any

import pytest

from batch.core.cells import Cell, CellError, RawRow, Typed
from batch.core.mapping import MappedColumn, MappedRows, Mapping, Unmapped
from batch.core.numerals import Numerals

TOP: list[RawRow] = [(1, ["Export"]), (3, ["SHOP", "SLIP", None, "QTY", "Note"])]


def laid(*columns: MappedColumn, rows: list[RawRow] | None = None, **how: Any) -> MappedRows | Unmapped:
    return Mapping("old.toml", columns, **how).find(TOP if rows is None else rows)


@pytest.mark.parametrize(
    ("columns", "cells", "read"),
    [
        pytest.param([MappedColumn("document_no", ("SLIP",))], ["1", "7"], {"document_no": "7"}, id="in place"),
        pytest.param(
            [MappedColumn("document_no", ("SHOP", "SLIP"), "-"), MappedColumn("location_code", ("shop",))],
            [1, "7"],
            {"document_no": "1-7", "location_code": 1},
            id="joined, and a part by itself",
        ),
        pytest.param(
            [MappedColumn("document_no", ("SHOP", "SLIP"), "-")], ["1", " "], {"document_no": None}, id="a part missing"
        ),
        pytest.param(
            [MappedColumn("document_no", ("SHOP", "SLIP"), "-")],
            ["1", CellError("#N/A")],
            {"document_no": CellError("#N/A")},
            id="a part that is an error",
        ),
        pytest.param(
            [MappedColumn("document_no", ("SHOP", "SLIP"), "-", {"1-7": "X"})],
            ["1", "7"],
            {"document_no": "X"},
            id="joined and translated",
        ),
        pytest.param(
            [MappedColumn("location_code", ("SHOP",), "", {"1": "HQ"}), MappedColumn("reference", ("SHOP",))],
            ["1", "7"],
            {"location_code": "HQ", "reference": "1"},
            id="one column read twice",
        ),
        pytest.param(
            [MappedColumn("location_code", ("SHOP",), "", {"1": "HQ"})], [2], {"location_code": 2}, id="not translated"
        ),
        pytest.param([MappedColumn("quantity", constant=1)], ["1"], {"quantity": 1}, id="constant"),
        pytest.param(
            [MappedColumn("quantity", ("QTY",))],
            ["1", "7", None, "1.000"],
            {"quantity": Typed("1.000", "1000", "1.234,50")},
            id="number",
        ),
        pytest.param(
            [MappedColumn("quantity", ("QTY",), "", {"box": "12"})],
            ["1", "7", None, "box"],
            {"quantity": "12"},
            id="a number translated",
        ),
        pytest.param(
            [MappedColumn("quantity", ("QTY",), "", {"box": "12"})],
            ["1", "7", None, "1.000"],
            {"quantity": Typed("1.000", "1000", "1.234,50")},
            id="a number that is not translated",
        ),
        pytest.param(
            [MappedColumn("generate_quantity", ("QTY",))],
            ["1", "7", None, "1.000"],
            {"generate_quantity": Typed("1.000", "1000", "1.234,50")},
            id="how many serials may be made",
        ),
        pytest.param(
            [MappedColumn("reason", ("QTY",))], ["1", "7", None, "1.000"], {"reason": "1.000"}, id="no number"
        ),
    ],
)
def test_rows_are_read(columns: list[MappedColumn], cells: list[Cell], read: dict[str, Cell]) -> None:
    rows = laid(*columns, numerals=Numerals(",", "."))
    assert isinstance(rows, MappedRows)
    sheet_row, found = rows.read((9, cells))
    assert (sheet_row, {field: found[at] for field, at in rows.header.fields.items()}) == (9, read)


def test_the_header_tells_what_it_was_made_of() -> None:
    rows = laid(MappedColumn("document_no", ("SHOP", "SLIP"), "-"), MappedColumn("quantity", constant=1))
    assert isinstance(rows, MappedRows)
    assert rows.header.row == 3
    assert rows.header.headings == ("SHOP", "SLIP", "", "QTY", "Note", "SHOP-SLIP", "Quantity")
    assert rows.headings == ("SHOP", "SLIP", "", "QTY", "Note")
    assert rows.header.unread == ("QTY", "Note")


@pytest.mark.parametrize(
    ("source", "rows", "cause", "remedy"),
    [
        pytest.param(
            "DAY",
            TOP,
            'has no column headed "DAY" in its top 20 rows, and old.toml names it',
            "Correct the mapping or the headings",
            id="no row has any",
        ),
        pytest.param(
            "QTY",
            [(1, ["QTY", "x", "qty"])],
            'row 1 has several columns headed "QTY", which old.toml names',
            "Give the columns headings of their own",
            id="twice",
        ),
        pytest.param(
            "QTY",
            [(21, ["QTY"])],
            'has no column headed "QTY" in its top 20 rows, and old.toml names it',
            "Correct the mapping or the headings",
            id="too far down",
        ),
    ],
)
def test_what_is_not_there_is_said(source: str, rows: list[RawRow], cause: str, remedy: str) -> None:
    found = laid(MappedColumn("quantity", (source,)), rows=rows)
    assert isinstance(found, Unmapped)
    assert (found.cause("old.toml"), found.remedy) == (cause, remedy)


def test_the_closest_row_is_shown() -> None:
    found = laid(MappedColumn("quantity", ("QTY",)), MappedColumn("item_code", ("ART",)))
    assert isinstance(found, Unmapped)
    assert found.cause("old.toml").startswith('has no column headed "ART"')
    assert found.remedy == 'Correct the mapping or the headings: row 3 has "SHOP", "SLIP", "QTY", "Note"'


def test_a_mapping_comes_back_from_its_record() -> None:
    columns = (
        MappedColumn("document_no", ("SHOP", "SLIP"), "-"),
        MappedColumn("item_code", ("ART",), "", {"1": "CPU"}),
        MappedColumn("quantity", constant=1),
    )
    for numerals in (None, Numerals(",", ".")):
        mapping = Mapping("old.toml", columns, ("%d.%m.%Y",), numerals)
        assert Mapping.from_record(mapping.on_record()).on_record() == mapping.on_record()
