"""Draft mappings from the tops of exports, and see what is recognised and what the draft reads."""

from __future__ import annotations

import datetime as dt
import tomllib

import pytest

from batch.core.cells import Cell, RawRow
from batch.core.mapping_draft import Draft, draft
from batch.core.mapping_text import read_mapping
from batch.core.numerals import Numerals

TOP: list[RawRow] = [
    (1, ["Old shop"]),
    (2, ["SHOP_NO", "SLIPNO", "RETDATE", "CUST_NO", "ARTICLE", "QTY_RET", "SERNR", "PREIS", "CLERK", None]),
    (3, ["01", "1001", "17.05.2019", "C1", "A-1", "1", "L-9", "1.150,00", "Ann"]),
    (4, ["02", "1002", "31.12.2018", "C1", "A-1", "2", None, "99,50", "a clerk of a name that is long\nvery"]),
    (5, ["02"]),
]


def drafted(rows: list[RawRow]) -> Draft:
    found = draft("old.csv", rows)
    assert found is not None
    return found


def column(heading: str, *cells: Cell) -> list[RawRow]:
    """Draw an export whose other columns are sure."""
    rows: list[RawRow] = [(row, ["1", "C", "I", 1, cell]) for row, cell in enumerate(cells, start=2)]
    return [(1, ["Document #", "Customer", "Item", "Quantity", heading]), *rows]


def test_a_draft_is_a_mapping() -> None:
    found = drafted(TOP)
    assert {each.heading: (each.ours, each.certain) for each in found.columns} == {
        "SHOP_NO": ("Location", False),
        "SLIPNO": ("Document #", True),
        "RETDATE": ("Date", False),
        "CUST_NO": ("Customer", True),
        "ARTICLE": ("Item", True),
        "QTY_RET": ("Quantity", False),
        "SERNR": ("Serial #", False),
        "PREIS": ("Unit Price", False),
        "CLERK": (None, False),
    }
    assert (found.header_row, found.lacking) == (2, ())
    assert found.columns[2].samples == ("17.05.2019", "31.12.2018")
    assert found.columns[8].samples == ("Ann", "a clerk of a name that i")
    mapping = read_mapping("old.toml", tomllib.loads(found.text), lambda _key, _file: {})
    assert mapping.date_formats == ("%d.%m.%Y",)
    assert mapping.numerals == Numerals(",", ".")
    assert [each.sources for each in mapping.columns][:2] == [("SHOP_NO",), ("SLIPNO",)]


@pytest.mark.parametrize(
    ("rows", "ours", "formats"),
    [
        pytest.param(column("X", "2019-05-17"), "Date", (), id="dates of ISO under any heading"),
        pytest.param(column("X", dt.date(2019, 5, 17)), "Date", (), id="date cells"),
        pytest.param(column("DAT", "17/05/2019"), "Date", ("%d/%m/%Y",), id="days first"),
        pytest.param(column("X", "05/06/2019"), "Date", ("%d/%m/%Y", "%m/%d/%Y"), id="may be either"),
        pytest.param(column("X", "yes", "2019-05-17"), None, (), id="no dates"),
        pytest.param(column("X", 1), None, (), id="numbers are no dates"),
        pytest.param(column("X"), None, (), id="nothing in it"),
        pytest.param(column("Kind", "Return"), None, (), id="a type is not for a mapping"),
        pytest.param(column("Refernce", "x"), "Reference", (), id="misspelt"),
        pytest.param(column("SKU", "x"), None, (), id="ours already"),
    ],
)
def test_columns_are_recognised(rows: list[RawRow], ours: str | None, formats: tuple[str, ...]) -> None:
    found = drafted(rows)
    assert (found.columns[4].ours, found.date_formats) == (ours, formats)
    assert found.lacking == (() if ours == "Date" else ("Date",))
    assert ("do not tell it from" in found.text) == (len(formats) > 1)


@pytest.mark.parametrize(
    ("cells", "numerals"),
    [
        pytest.param(["1,50"], Numerals(",", "."), id="decimal comma"),
        pytest.param(["1.50", "12"], None, id="as the contract has them"),
        pytest.param(["1,234.50"], Numerals(".", ","), id="commas between thousands"),
        pytest.param(["1 234,50"], Numerals(",", " "), id="blanks between thousands"),
        pytest.param(["a,b"], None, id="no numbers"),
        pytest.param([1.5], None, id="number cells"),
    ],
)
def test_numbers_are_recognised(cells: list[Cell], numerals: Numerals | None) -> None:
    found = drafted(column("Price", *cells))
    assert found.numerals == numerals
    assert ("[numbers]" in found.text) == (numerals is not None)


@pytest.mark.parametrize("rows", [[], [(1, ["only one"])], [(21, ["Item", "Customer"])], [(1, [1, 2])]])
def test_without_a_header_there_is_no_draft(rows: list[RawRow]) -> None:
    assert draft("old.csv", rows) is None
