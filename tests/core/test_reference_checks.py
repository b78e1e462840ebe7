"""Show which reference rows are refused for what stands beside them, in the load or on file."""

from __future__ import annotations

import pytest

from batch.core.reference_cells import ReferenceRow, Source
from batch.core.reference_checks import OnFile, check_rows
from batch.core.reference_columns import TABLES

SAID = dict[str, object]

AREAS: dict[str, SAID] = {"OUT1": {"area_type": "OUT"}, "STOCK1": {"area_type": "STOCK"}}
SERIALS: SAID = {"kind": "SERIAL", "mask": "S{seq}", "next_number": 1, "allocation": "GAPLESS", "location_code": None}
MEMOS: SAID = {**SERIALS, "kind": "CREDIT_MEMO", "mask": "CM{seq}"}


def rows(*said: tuple[str, str, SAID]) -> list[ReferenceRow]:
    """Make rows as if read from one workbook, from row 2 on."""
    return [
        ReferenceRow(TABLES[table], key, values, Source("r.xlsx", table), at)
        for at, (table, key, values) in enumerate(said, 2)
    ]


def place(table: str, column: str, row: int = 2) -> str:
    """Write where a problem stands."""
    return f"r.xlsx, sheet {table}, row {row}, column {column}"


USED_MEMOS: SAID = {"kind": "CREDIT_MEMO", "mask": "CM{seq}", "next_number": 10, "allocation": "GAPLESS"}


@pytest.mark.parametrize(
    ("said", "on_file"),
    [
        pytest.param([("customer", "C1", {"currency": "EUR"})], {}, id="new, with what it needs"),
        pytest.param([("customer", "C1", {"name": "Ann"})], {"customer": {"C1": {"currency": "EUR"}}}, id="known"),
        pytest.param(
            [("location", "B", {"parent_location_code": "A", "is_default": True}), ("location", "A", {})],
            {},
            id="rows that refer to one another, in any order",
        ),
        pytest.param(
            [("location", "A", {"out_area_code": "OUT1", "credit_memo_area_code": "STOCK1", "is_default": True})],
            {"stock_area": AREAS},
            id="areas of the right type",
        ),
        pytest.param(
            [("location", "A", {"is_default": False}), ("location", "B", {"is_default": True})],
            {"location": {"A": {"is_default": True}}},
            id="the default moves",
        ),
        pytest.param(
            [("item", "I", {"inventory_type": "SERIALIZED", "serial_sequence_code": "S"})],
            {"number_sequence": {"S": SERIALS}},
            id="an item with a sequence of its own",
        ),
        pytest.param(
            [("stock_area", "OUT1", {"area_type": "STOCK"})], {"stock_area": AREAS}, id="an area nobody uses changes"
        ),
        pytest.param(
            [("location", "A", {"is_default": True})],
            {"location": {"B": {"out_area_code": "STOCK1"}}, "stock_area": AREAS},
            id="what is wrong on file already and not touched",
        ),
        pytest.param(
            [("number_sequence", "CM", {"next_number": 15})],
            {"number_sequence": {"CM": USED_MEMOS | {"first_number": None}}},
            id="a memo sequence never used begins elsewhere",
        ),
        pytest.param(
            [("number_sequence", "CM", {"next_number": 10})],
            {"number_sequence": {"CM": USED_MEMOS | {"first_number": 1}}},
            id="a memo sequence as it is on file",
        ),
    ],
)
def test_nothing_is_wrong(said: list[tuple[str, str, SAID]], on_file: OnFile) -> None:
    checked = check_rows(rows(*said), on_file)
    assert (checked.problems, checked.warnings) == ([], [])


@pytest.mark.parametrize(
    ("said", "on_file", "expected"),
    [
        pytest.param(
            [("customer", "C1", {"currency": "EUR"})] * 2,
            {},
            [f'{place("customer", "customer_code", 3)}: "C1" stands in r.xlsx, sheet customer, row 2 already. Keep'],
            id="the same key twice",
        ),
        pytest.param(
            [("number_sequence", "CM", {"next_number": 15})],
            {"number_sequence": {"CM": USED_MEMOS | {"first_number": 1}}},
            [
                f"{place('number_sequence', 'next_number')}: credit memo numbers have no gaps, and the next one of",
            ],
            id="memo numbers passed over",
        ),
        pytest.param(
            [("customer", "C1", {})],
            {},
            [f'{place("customer", "currency")}: "C1" is new and needs a value here. Type it.'],
            id="new without a currency",
        ),
        pytest.param(
            [("stock_area", "A1", {})],
            {},
            [f'{place("stock_area", "area_type")}: "A1" is new and needs a value here. Type one of STOCK, OUT.'],
            id="new without a type",
        ),
        pytest.param(
            [("stock_area", "A1", {"area_type": "OUT", "location_code": "HQ"})],
            {},
            [f'{place("stock_area", "location_code")}: there is no location "HQ". Correct it, or add that location'],
            id="unknown parent",
        ),
        pytest.param(
            [("stock_area", "A1", {"area_type": "OUT", "location_code": "hq"})],
            {"location": {"HQ": {}}},
            [f'{place("stock_area", "location_code")}: there is no location "hq". Type "HQ".'],
            id="a code that differs only in case",
        ),
        pytest.param(
            [("location", "A", {"out_area_code": "STOCK1", "credit_memo_area_code": "OUT1"})],
            {"stock_area": AREAS},
            [
                f'{place("location", "out_area_code")}: stock area "STOCK1" is of type STOCK. Name an area of',
                f'{place("location", "credit_memo_area_code")}: stock area "OUT1" is of type OUT. Name an area of',
            ],
            id="areas of the wrong type",
        ),
        pytest.param(
            [("stock_area", "OUT1", {"area_type": "STOCK"})],
            {"stock_area": AREAS, "location": {"HQ": {"service_area_code": "OUT1"}}},
            [f'{place("stock_area", "area_type")}: "OUT1" is the service_area_code of location "HQ", which must be of'],
            id="an area in use changes its type",
        ),
        pytest.param(
            [("location", "A", {"parent_location_code": "B"}), ("location", "C", {"parent_location_code": "A"})],
            {"location": {"B": {"parent_location_code": "A"}}},
            [f"{place('location', 'parent_location_code')}: the parents go in a circle: A → B → A. Break the circle."],
            id="parents in a circle",
        ),
        pytest.param(
            [("location", "A", {"parent_location_code": "A"})],
            {},
            [f"{place('location', 'parent_location_code')}: the parents go in a circle: A → A."],
            id="its own parent",
        ),
        pytest.param(
            [("location", "A", {"is_default": True}), ("location", "B", {"is_default": False})],
            {"location": {"C": {"is_default": True}}},
            [f'{place("location", "is_default")}: "C" would be the default location as well. Say yes for one and no'],
            id="two defaults",
        ),
        pytest.param(
            [("item", "I", {"inventory_type": "SERIALIZED", "serial_sequence_code": "CM"})],
            {"number_sequence": {"CM": MEMOS}},
            [f'{place("item", "serial_sequence_code")}: sequence "CM" numbers credit memos. Name a sequence of kind'],
            id="an item numbered by a memo sequence",
        ),
        pytest.param(
            [("number_sequence", "CM", {"allocation": "BLOCK"})],
            {"number_sequence": {"CM": MEMOS}},
            [f"{place('number_sequence', 'allocation')}: credit memo numbers have no gaps, so they are not reserved"],
            id="memo numbers in blocks",
        ),
        pytest.param(
            [("number_sequence", "S", {"kind": "CREDIT_MEMO"})],
            {"number_sequence": {"S": SERIALS}},
            [f'{place("number_sequence", "kind")}: "S" is on file as SERIAL, and its numbers are accounted'],
            id="a sequence of another kind",
        ),
    ],
)
def test_what_is_wrong(said: list[tuple[str, str, SAID]], on_file: OnFile, expected: list[str]) -> None:
    problems = check_rows(rows(*said), on_file).problems
    assert len(problems) == len(expected), problems
    for problem, beginning in zip(problems, expected, strict=True):
        assert problem.startswith(beginning)


def test_what_could_not_be_read_is_not_missing_as_well() -> None:
    row = ReferenceRow(TABLES["customer"], "C1", {}, Source("customer.csv", None), 2, frozenset({"currency"}))
    assert check_rows([row], {}).problems == []


def test_no_default_location_is_worth_telling() -> None:
    checked = check_rows(rows(("location", "A", {})), {})
    assert checked.problems == []
    [warning] = checked.warnings
    assert warning.startswith("location: none is the default")


def test_a_row_adds_to_what_is_on_file() -> None:
    before: SAID = {"customer_code": "C1", "name": "Ann", "currency": "EUR", "active": False}
    checked = check_rows(
        rows(("customer", "C1", {"name": "Anna"}), ("customer", "C2", {"currency": "USD"})),
        {"customer": {"C1": before}},
    )
    assert checked.after["customer"] == {
        "C1": {"customer_code": "C1", "name": "Anna", "currency": "EUR", "active": False},
        "C2": {"name": "", "currency": "USD", "active": True},
    }
