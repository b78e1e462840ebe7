"""Write the two intake workbooks that keep to the form: one all good, one with every reason to refuse a line."""

from __future__ import annotations

from pathlib import Path

from sample_data.good import good_rows
from sample_data.problems import EXPECTED, problem_rows
from sample_data.sheets import COUNT, DATE, MONEY, Book, Column

COLUMNS = (
    Column("Document #", 12),
    Column("Line #", 7, COUNT),
    Column("Type", 13, choices=("Return", "Service", "Credit Order")),
    Column("Date", 11, DATE),
    Column("Location", 11),
    Column("Customer", 10),
    Column("Item", 13),
    Column("Quantity", 9, COUNT),
    Column("Generate Quantity", 10, COUNT),
    Column("Serial #", 20, wrapped=True),
    Column("Mfr Serial #", 21, wrapped=True),
    Column("Unit Price", 10, MONEY),
    Column("Discount", 9, MONEY),
    Column("Tax", 9, MONEY),
    Column("Unit Cost", 10, MONEY),
    Column("Currency", 9),
    Column("Area", 14),
    Column("Reason", 34, wrapped=True),
    Column("Reference", 12),
)


def write_good(path: Path) -> None:
    """Write a day's returns, service slips and credit orders, on which nothing is odd."""
    with Book(path, "Returns, 30 March 2026") as book:
        book.table("Intake", COLUMNS, good_rows())


def write_problems(path: Path) -> None:
    """Write a row or two for every code that a sheet can raise, with the expected ones in the last column."""
    columns = [_wide(column) if column.heading == "Reason" else column for column in COLUMNS]
    with Book(path, "One row for every problem") as book:
        book.table("Intake", [*columns, Column(EXPECTED, 46)], problem_rows())


def _wide(column: Column) -> Column:
    return Column(column.heading, 58, wrapped=True)
