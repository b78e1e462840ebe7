"""Show how reference tables and their columns are found, and that the declarations agree with the schema."""

from __future__ import annotations

import pytest

from batch.core.cells import Cell, RawRow
from batch.core.reference_columns import TABLES, ReferenceHeader, find_columns, table_named
from batch.edge.schema import METADATA


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("item", "item", id="as it is"),
        pytest.param(" ITEM", "item", id="letter case and blanks"),
        pytest.param("Stock Areas", "stock_area", id="words, plural"),
        pytest.param("Number-Sequence", "number_sequence", id="hyphen"),
        pytest.param("Notes", None, id="no table"),
    ],
)
def test_table_named(name: str, expected: str | None) -> None:
    found = table_named(name)
    assert (found and found.name) == expected


@pytest.mark.parametrize("name", [*TABLES])
def test_every_column_is_one_of_the_table_with_its_default(name: str) -> None:
    table, declared = TABLES[name], METADATA.tables[name]
    assert [column.name for column in declared.primary_key] == [table.key]
    for column in table.columns:
        stored = declared.c[column.field]
        assert stored.nullable == (column.default is None and not column.required)
        assert (stored.server_default is not None) == (column.default is not None)
        assert {key.column.table.name for key in stored.foreign_keys} == ({column.refers} if column.refers else set())
    unread = {column.name for column in declared.c} - {column.field for column in table.columns}
    assert unread == ({"first_number"} if name == "number_sequence" else set())


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([["item_code", "active"]], (1, ["item_code", "active"], ()), id="as the table has them"),
        pytest.param([["SKU", "Active?"]], (1, ["item_code", "active"], ()), id="other names"),
        pytest.param([["Items"], ["Item", "Name"]], (2, ["item_code", "description"], ()), id="a title above"),
        pytest.param([["Item"], ["Item", "Name"]], (2, ["item_code", "description"], ()), id="a title like the key"),
        pytest.param([["Item"], ["X"]], (1, ["item_code"], ()), id="nothing but the key"),
        pytest.param([["Item", "Colour", 5, None]], (1, ["item_code"], ("Colour", "5")), id="columns not read"),
        pytest.param([["Price", "Item"]], (1, ["list_price", "item_code"], ()), id="any order"),
    ],
)
def test_find_columns(rows: list[list[Cell]], expected: tuple[int, list[str], tuple[str, ...]]) -> None:
    found = find_columns(TABLES["item"], list(enumerate(rows, 1)))
    assert isinstance(found, ReferenceHeader)
    assert (found.row, [column.name for _, column in found.columns], found.unread) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([], "no row among the top 20 has the column item_code", id="empty"),
        pytest.param([(1, ["Description"])], "no row among the top 20 has the column item_code", id="no key"),
        pytest.param([(21, ["item_code"])], "no row among the top 20 has the column item_code", id="too far down"),
        pytest.param([(3, ["Item", "SKU"])], "Item (column A) and SKU (column B) in row 3", id="a column twice"),
        pytest.param([(1, ["Item", "Price", "list_price_minor"])], "Price (column B) and list_price", id="two prices"),
    ],
)
def test_find_columns_refuses(rows: list[RawRow], expected: str) -> None:
    found = find_columns(TABLES["item"], rows)
    assert isinstance(found, str)
    assert expected in found
