"""Draft mappings from the tops of exports, and see what is recognised and what the draft reads."""

from __future__ import annotations

import datetime as dt
import itertools
import tomllib

import pytest

from batch.core.cells import Cell, Exact, RawRow
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
        "RETDATE": ("Date", True),
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


def headed(*headings: str) -> dict[str, str | None]:
    """Say what each heading of an export is taken for."""
    cells: list[Cell] = ["1"] * len(headings)
    found = drafted([(1, list(headings)), (2, cells)])
    return {each.heading: each.ours for each in found.columns}


@pytest.mark.parametrize(
    ("heading", "ours"),
    [
        pytest.param("FILIALE", "Location", id="shop"),
        pytest.param("BON_NR", "Document #", id="slip"),
        pytest.param("POS", "Line #", id="position"),
        pytest.param("DISPOSAL", None, id="no position"),
        pytest.param("HERST_SN", "Mfr Serial #", id="maker's serial, before the serial"),
        pytest.param("RABATT", "Discount", id="discount"),
        pytest.param("Discount %", None, id="a rate is no amount"),
        pytest.param("RABATT_PROZ", None, id="a rate in German"),
        pytest.param("Belegdatum", "Date", id="the date of a slip"),
        pytest.param("Belegnummer", "Document #", id="the number of a slip"),
        pytest.param("RETDAT", "Date", id="ends in a date"),
        pytest.param("Seriennummer", "Serial #", id="serial"),
        pytest.param("SERIENNR", "Serial #", id="serial, short"),
        pytest.param("Numéro de série", "Serial #", id="serial in French"),
        pytest.param("INT_SN", "Serial #", id="a word of its own"),
        pytest.param("Artikelseriennummer", "Serial #", id="the serial of an item"),
        pytest.param("Herstellerseriennummer", "Mfr Serial #", id="the maker's serial"),
        pytest.param("Rechnungsnummer", "Reference", id="no serial though there is sn in it"),
        pytest.param("Firma", None, id="no slip though there is rma in it"),
        pytest.param("Währungscode", "Currency", id="currency"),
        pytest.param("BEMERKUNG", "Reason", id="remark"),
    ],
)
def test_what_other_systems_call_a_column(heading: str, ours: str | None) -> None:
    assert headed(heading, "X")[heading] == ours
    # A second one of the kind is left to a person.
    assert headed(heading, f"{heading}_2")[f"{heading}_2"] is None


def test_only_what_fits_best_is_guessed() -> None:
    assert headed("KUNDE_NAME", "KUNDE_NR") == {"KUNDE_NAME": None, "KUNDE_NR": "Customer"}
    assert headed("Belegdatum", "Belegnummer", "Belegart") == {
        "Belegdatum": "Date", "Belegnummer": "Document #", "Belegart": None,
    }  # fmt: skip
    assert headed("ARTIKEL", "ARTIKEL_NR") == {"ARTIKEL": None, "ARTIKEL_NR": "Item"}
    # Neither is likelier than the other: a person knows.
    assert headed("DATE_IN", "DATE_AT") == {"DATE_IN": None, "DATE_AT": None}


def test_a_few_odd_dates_and_numbers_do_not_hide_the_rest() -> None:
    dates: list[Cell] = ["17.05.2019"] * 30
    odd = drafted(column("Date", *dates, "in May", "in May", "June"))
    assert (odd.date_formats, odd.unlike_dates) == (("%d.%m.%Y",), ("in May", "June"))
    assert "# Not read as dates: in May, June\n" in odd.text
    iso = drafted(column("Date", *["2019-05-17"] * 30, "in May"))
    assert (iso.date_formats, iso.unlike_dates) == ((), ("in May",))
    assert drafted(column("Date", *dates[:3], "in May")).date_formats == ()
    assert drafted(column("Price", *["1,50"] * 30, "free")).numerals == Numerals(",", ".")


@pytest.mark.parametrize(
    ("headings", "shops", "remarks"),
    [
        pytest.param(
            ("SHOP", "SLIP", "ARTICLE"),
            ["07", "11", "07", None],
            [
                '# "Document #" = { from = ["SHOP", "SLIP"], join = "-" }',
                '# "Location" = { from = "SHOP", translate = { "07" = "?", "11" = "?" } }',
                '# "Item" = { from = "ARTICLE", translate = "items.csv" }',
            ],
            id="shops, slips and items",
        ),
        pytest.param(
            ("SHOP", "X", "Y"),
            ["07"],
            ['# "Location" = { from = "SHOP", translate = { "07" = "?" } }'],
            id="shops alone",
        ),
        pytest.param(
            ("SHOP", "SLIP", "Y"),
            [str(shop) for shop in range(13)],
            ['# "Document #" = { from = ["SHOP", "SLIP"], join = "-" }'],
            id="more shops than are written out",
        ),
        pytest.param(("X", "SLIP", "ARTICLE"), ["07"], ['# "Location" = "HQ"'], id="no shops"),
    ],
)
def test_what_no_program_can_tell_is_left_ready_to_be_used(
    headings: tuple[str, ...], shops: list[Cell], remarks: list[str]
) -> None:
    found = drafted([(1, list(headings)), *((row, [shop, "1", "2"]) for row, shop in enumerate(shops, start=2))])
    ready = [line for line in found.text.splitlines() if line.startswith('# "') and "?  #" not in line]
    assert ready == [*(remarks if "HQ" not in remarks[0] else []), '# "Quantity" = 1', *(
        remarks if "HQ" in remarks[0] else []
    )]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "numerals"),
    [
        pytest.param(["1,50"], Numerals(",", "."), id="decimal comma"),
        pytest.param(["1.50", "12"], None, id="as the contract has them"),
        pytest.param(["1,234.50"], Numerals(".", ","), id="commas between thousands"),
        pytest.param(["1 234,50"], Numerals(",", " "), id="blanks between thousands"),
        pytest.param(["a,b"], None, id="no numbers"),
        pytest.param([1.5], None, id="number cells"),
        pytest.param([Exact("1.500")], None, id="exact numbers"),
    ],
)
@pytest.mark.parametrize("heading", ["Price", "Generate Quantity"])
def test_numbers_are_recognised(heading: str, cells: list[Cell], numerals: Numerals | None) -> None:
    found = drafted(column(heading, *cells))
    assert found.numerals == numerals
    assert ("[numbers]" in found.text) == (numerals is not None)


COMMA, POINT = Numerals(",", "."), Numerals(".", ",")


@pytest.mark.parametrize(
    ("quantities", "prices", "numerals", "other"),
    [
        pytest.param(["1,000", "2,000", "5"], [], POINT, COMMA, id="thousands beside a bare number"),
        pytest.param(["1.000", "2.000", "5"], [], COMMA, POINT, id="thousands with points"),
        pytest.param(["1,000", "2,000"], [], COMMA, POINT, id="decimals, which are refused"),
        pytest.param(["1.000", "2.000"], [], POINT, COMMA, id="decimals with points, which are refused"),
        pytest.param(["1"], ["1,500", "2,500"], COMMA, POINT, id="amounts, which are refused"),
        pytest.param(["1"], ["1.500"], POINT, COMMA, id="amounts with points, which are refused"),
        pytest.param(["1,000"], ["1,500", "2,50"], COMMA, None, id="an amount tells"),
        pytest.param(["1.000"], ["12.50"] * 9, POINT, None, id="a plain amount tells"),
        pytest.param(["1,000"], ["0,500"], COMMA, None, id="a half tells"),
        pytest.param(["1,000"], ["1,000,000"], POINT, None, id="a million tells"),
        pytest.param(["1"] * 28, ["1,50", "1.50"], COMMA, POINT, id="at odds"),
    ],
)
def test_numbers_that_may_be_read_in_two_ways_are_said_to_be(
    quantities: list[str], prices: list[str], numerals: Numerals, other: Numerals | None
) -> None:
    pairs = itertools.zip_longest(quantities, prices)
    rows: list[RawRow] = [(row, ["1", *pair]) for row, pair in enumerate(pairs, start=2)]
    found = drafted([(1, ["Document #", "Quantity", "Price"]), *rows])
    assert (found.numerals, found.other_numerals) == (numerals, other)
    assert ("# The numbers looked at do not tell it from decimal = " in found.text) == (other is not None)
    tomllib.loads(found.text)


@pytest.mark.parametrize("rows", [[], [(1, ["only one"])], [(21, ["Item", "Customer"])], [(1, [1, 2])]])
def test_without_a_header_there_is_no_draft(rows: list[RawRow]) -> None:
    assert draft("old.csv", rows) is None
