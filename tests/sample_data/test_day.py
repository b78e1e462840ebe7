"""Hold the sample day to its golden figures, on both databases, and the problem sheet to the codes it promises."""

from __future__ import annotations

import dataclasses

import pytest

from batch.core.codes import CATALOGUE
from sample_data.make import HERE
from sample_data.problems import EXPECTED, FINE
from tests.databases import Database
from tests.sample_data.day import Day, run_day, sheet_rows

# What a POS document raises but no sheet, and what only a fault of a program does.
NOT_BY_A_SHEET = {"DOCUMENT_HELD", "DOCUMENT_FAILED", "LINE_STATUS_WRONG", "SERIAL_MISMATCH"}


@dataclasses.dataclass(frozen=True)
class Golden:
    """The figures of one run, and what it credited in minor units."""

    read: int
    posted: int
    refused: int
    skipped: int
    generated: int
    attached: int
    memos: int
    exceptions: int
    warnings: int
    credited: dict[str, int]


GOLDEN = {
    "intake_good.xlsx": Golden(144, 144, 0, 0, 217, 34, 69, 0, 0, {"EUR": 1886165, "USD": 6552391}),
    "intake_problems.xlsx": Golden(54, 7, 47, 0, 5, 2, 7, 47, 6, {"USD": 188700}),
    "intake_as_sent.xlsx": Golden(17, 10, 7, 0, 9, 2, 8, 7, 4, {"EUR": 28950, "USD": 234110}),
    "pos_night.sql": Golden(102, 59, 12, 31, 82, 7, 47, 12, 0, {"EUR": 34924, "USD": 3090100}),
}

# Row of the sheet as sent: the codes raised for it; the other rows are done.
AS_SENT = {
    7: {"SERIAL_STORED_AS_NUMBER", "SERIAL_UNKNOWN"},
    9: {"SERIAL_STORED_AS_NUMBER", "MFR_SERIAL_NEAR_MATCH", "MFR_SERIAL_INVALID"},
    13: {"SERIAL_MALFORMED"},
    14: {"COST_UNKNOWN"},
    16: {"ITEM_UNKNOWN"},
    21: {"AMOUNT_INVALID"},
    22: {"LOCATION_UNKNOWN"},
    25: {"CELL_REQUIRED"},
}

NIGHT = {
    "I-48010": {"ITEM_UNKNOWN", "DOCUMENT_HELD"},
    "I-48011": {"SERIAL_ALREADY_IN_STOCK", "DOCUMENT_HELD"},
    "I-48012": {"GENERATE_QUANTITY_EXCEEDED", "DOCUMENT_HELD"},
    "I-48013": {"CUSTOMER_UNKNOWN"},
    "K-9010": {"SIGN_WRONG"},
    "K-9011": {"QUANTITY_NOT_INTEGER"},
    "K-9012": {"PERIOD_CLOSED"},
    "K-9013": {"MFR_SERIAL_INVALID", "DOCUMENT_HELD"},
}


@pytest.fixture
def day(database: Database) -> Day:
    """Give a database after the sample day."""
    return run_day(database)


def test_the_day_comes_to_its_figures(day: Day) -> None:
    assert day.warnings == ()
    assert {name: report.exit_status for name, report in day.reports.items()} == dict.fromkeys(GOLDEN, 0)
    found = {
        name: Golden(
            report.lines_read,
            report.lines_posted,
            report.lines_refused,
            report.lines_skipped,
            report.serials_generated,
            report.serials_attached,
            report.credit_memos,
            report.exceptions,
            report.warnings,
            dict(report.totals_by_currency),
        )
        for name, report in day.reports.items()
    }
    assert found == GOLDEN
    assert day.rows("SELECT sequence_code, first_number, last_number, reason FROM missing_number") == [
        ("SN-CITY", 10480, 10480, "TAKEN")
    ]
    # The order whose goods came in the night; the one returned from the bench; those that still wait.
    numbers = "'CO-7001', 'CO-7002', 'S-1101', 'S-1102', 'KO-301'"
    statuses = f"SELECT document_no, status FROM document WHERE document_no IN ({numbers}) ORDER BY document_no"
    assert day.rows(statuses) == [
        ("CO-7001", "POSTED"),
        ("CO-7002", "COMMITTED"),
        ("KO-301", "COMMITTED"),
        ("S-1101", "CLOSED"),
        ("S-1102", "POSTED"),
    ]


def test_every_row_raises_the_codes_expected_of_it(day: Day) -> None:
    rows = dict(sheet_rows(HERE / "intake_problems.xlsx", "Intake"))
    expected = {number: set(str(row[EXPECTED]).split(", ")) - {FINE} for number, row in rows.items()}
    found = day.codes("intake_problems.xlsx")
    assert {number: found.get(number, set()) for number in rows} == expected
    assert set().union(*expected.values()) == set(CATALOGUE) - NOT_BY_A_SHEET
    assert [number for number, row in rows.items() if not row["Reason"]] == []
    assert day.codes("intake_good.xlsx") == {}
    assert day.codes("intake_as_sent.xlsx") == AS_SENT
    raised: dict[str, set[str]] = {}
    statement = "SELECT document_no, code FROM exception WHERE document_type IN ('POS_INVOICE', 'POS_CREDIT')"
    for document_no, code in day.rows(statement):
        raised.setdefault(str(document_no), set()).add(str(code))
    assert raised == NIGHT
