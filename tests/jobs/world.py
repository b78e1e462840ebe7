"""Set up the shop of the worked examples, hand sheets and POS documents to real runs, and read back what they did."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import sqlalchemy as sa

from batch.config import JobSettings, Settings
from batch.edge.database import read_only, transaction
from batch.edge.verify import verify
from batch.job import Job
from batch.report import RunReport
from batch.runner import run_job
from jobs.intake import JOB as INTAKE
from jobs.pos import JOB as POS
from tests.databases import Database, opened

TODAY = dt.date(2026, 3, 31)
NOW = dt.datetime(2026, 3, 31, 20, 0, tzinfo=dt.UTC)

Row = Mapping[str, object]
Found = dict[str, Any]

# How a test calls a column, and how the sheet does.
HEADINGS = {
    "document": "Document #",
    "line": "Line #",
    "type": "Type",
    "date": "Date",
    "location": "Location",
    "customer": "Customer",
    "item": "Item",
    "quantity": "Quantity",
    "generate": "Generate Quantity",
    "serial": "Serial #",
    "mfr": "Mfr Serial #",
    "price": "Unit Price",
    "discount": "Discount",
    "tax": "Tax",
    "cost": "Unit Cost",
    "currency": "Currency",
    "area": "Area",
    "reason": "Reason",
    "reference": "Reference",
}

REFERENCE: tuple[tuple[str, tuple[str, ...], tuple[tuple[object, ...], ...]], ...] = (
    (
        "stock_area",
        ("area_code", "area_type"),
        (
            ("RELEASED", "OUT"),
            ("CRMA-EX", "OUT"),
            ("REPAIRS-IN", "OUT"),
            ("SOLD", "OUT"),
            ("CRMA", "STOCK"),
            ("MAIN-STOCK", "STOCK"),
        ),
    ),
    (
        "location",
        (
            "location_code",
            "parent_location_code",
            "is_default",
            "out_area_code",
            "credit_order_area_code",
            "service_area_code",
            "credit_memo_area_code",
        ),
        (
            ("MAIN", None, True, "RELEASED", None, None, "MAIN-STOCK"),
            ("HQ", None, False, "RELEASED", "CRMA-EX", "REPAIRS-IN", "CRMA"),
            ("HQ-SALES", "HQ", False, None, None, None, None),
        ),
    ),
    (
        "number_sequence",
        ("sequence_code", "kind", "location_code", "mask", "next_number"),
        (
            ("S-HQ", "SERIAL", "HQ", "{seq}", 5001),
            ("S-MAIN", "SERIAL", "MAIN", "{seq}", 900),
            ("CM-HQ", "CREDIT_MEMO", "HQ", "CM-HQ-{seq:05}", 1),
            ("CM-MAIN", "CREDIT_MEMO", "MAIN", "CM-MAIN-{seq:05}", 1),
        ),
    ),
    (
        "item",
        ("item_code", "inventory_type", "list_price_minor", "average_cost_minor"),
        (
            ("CPU", "SERIALIZED", 15000, 10000),
            ("MOUSE", "AUTO_SERIALIZED", 2000, 1000),
            ("CABLE", "INVENTORIED", 500, 200),
            ("FEE", "NON_INVENTORIED", 1000, None),
        ),
    ),
    ("customer", ("customer_code", "currency"), (("C1", "USD"), ("C2", "USD"), ("EURO", "EUR"))),
)


def row(document: object, item: object = "CPU", quantity: object = 1, **cells: object) -> Row:
    """Give a row of a sheet: customer C1 and location HQ, unless said otherwise."""
    given = {"document": document, "item": item, "quantity": quantity, "customer": "C1", "location": "HQ"} | cells
    return {HEADINGS[name]: value for name, value in given.items()}


def _insert(table: str, columns: Iterable[str]) -> str:
    names = tuple(columns)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"


class World:
    """A database of the shop, a folder for its sheets, and a business date."""

    def __init__(self, database: Database, folder: Path) -> None:
        """Write the reference rows of the worked examples."""
        self.database = database
        self.folder = folder
        self.today = TODAY
        self.settings: dict[str, Any] = {}
        self._numbers = itertools.count(1)
        with transaction(database.engine) as connection:
            for table, columns, rows in REFERENCE:
                given = [dict(zip(columns, values, strict=True)) for values in rows]
                connection.execute(sa.text(_insert(table, columns)), given)

    # --- What comes in -------------------------------------------------------------------------

    def insert(self, table: str, **values: object) -> None:
        """Insert one row with plain SQL, naming only these columns, as other systems do."""
        self.execute(_insert(table, values), **values)

    def execute(self, statement: str, **values: object) -> None:
        """Run one statement in a transaction of its own."""
        with transaction(self.database.engine) as connection:
            connection.execute(sa.text(statement), values)

    def from_outside(self, statement: str, **values: object) -> None:
        """Run one statement as another program does, on a connection that no run has."""
        with opened(self.database.url) as outside, transaction(outside.engine) as connection:
            connection.execute(sa.text(statement), values)

    def unit(self, serial_no: str, area_code: str = "SOLD", item_code: str = "CPU", **values: object) -> None:
        """Put a unit into the register, as the ERP does: without keys."""
        self.insert("serial", serial_no=serial_no, item_code=item_code, area_code=area_code, **values)

    def sheet(self, *rows: Row, name: str = "", sheet_name: str = "Intake") -> Path:
        """Write a workbook of these rows, with the columns that they use."""
        headings = [heading for heading in HEADINGS.values() if any(heading in each for each in rows)]
        book = openpyxl.Workbook()
        page = book.active
        assert page is not None
        page.title = sheet_name
        page.append(headings)
        for each in rows:
            page.append([each.get(heading) for heading in headings])
        path = self.folder / (name or f"intake-{next(self._numbers)}.xlsx")
        # Else two sheets of the same rows, written within a second, would be the same file.
        book.properties.title = path.name
        book.save(path)
        return path

    def document(
        self,
        document_type: str,
        document_no: str,
        *lines: Row,
        units: Iterable[tuple[int, int, Row]] = (),
        **header: object,
    ) -> int:
        """Write a document as a POS system does; lines are rows of document_line, units (line_no, unit_no, row)."""
        head = {"location_code": "HQ", "customer_code": "C1", "document_date": TODAY.isoformat()} | header
        self.insert("document", document_type=document_type, document_no=document_no, **head)
        document_id = int(self.value("SELECT MAX(document_id) FROM document"))
        for line_no, line in enumerate(lines, start=1):
            self.insert(
                "document_line", **({"document_id": document_id, "line_no": line_no, "item_code": "CPU"} | dict(line))
            )
        for line_no, unit_no, named in units:
            self.insert("line_unit", line_id=self.line_id(document_no, line_no), unit_no=unit_no, **named)
        return document_id

    # --- Runs ----------------------------------------------------------------------------------

    def intake(self, *handed_in: Row | Path, on: dt.date | None = None, dry_run: bool = False) -> RunReport:
        """Run the intake job: rows make one sheet, paths are files as they are, nothing is all that is open."""
        rows = [each for each in handed_in if not isinstance(each, Path)]
        files = [each for each in handed_in if isinstance(each, Path)]
        return self._run(INTAKE, [*files, *([self.sheet(*rows)] if rows else [])], on, dry_run=dry_run)

    def pos(self, on: dt.date | None = None) -> RunReport:
        """Run the POS job."""
        return self._run(POS, [], on, dry_run=False)

    def pos_invoice(self, document_no: str, *lines: Row, location_code: str = "HQ") -> RunReport:
        """Write an invoice and run the POS job."""
        self.document("POS_INVOICE", document_no, *lines, location_code=location_code)
        return self.pos()

    def _run(self, job: Job, files: Sequence[Path], on: dt.date | None, *, dry_run: bool) -> RunReport:
        report = run_job(
            job,
            self.database.engine,
            Settings(**self.settings),
            files,
            business_date=on or self.today,
            dry_run=dry_run,
            clock=lambda: NOW,
        )
        self.assert_sound()
        return report

    def hold(self, **policies: str) -> None:
        """Set the hold policy of jobs."""
        self.settings["jobs"] = {job: JobSettings.model_validate({"hold": hold}) for job, hold in policies.items()}

    def assert_sound(self) -> None:
        """Insist that every invariant holds."""
        with read_only(self.database.engine) as connection:
            assert verify(connection) == []

    # --- What came of it -----------------------------------------------------------------------

    def rows(self, statement: str, **values: object) -> list[Found]:
        """Read rows by name."""
        with read_only(self.database.engine) as connection:
            return [dict(each) for each in connection.execute(sa.text(statement), values).mappings()]

    def tuples(self, statement: str, **values: object) -> list[tuple[Any, ...]]:
        """Read rows as tuples."""
        return [tuple(each.values()) for each in self.rows(statement, **values)]

    def value(self, statement: str, **values: object) -> Any:
        """Read one value."""
        ((value,),) = self.tuples(statement, **values)
        return value

    def line_id(self, document_no: str, line_no: int) -> int:
        """Find a line by what people call it."""
        found = self.value(
            "SELECT l.line_id FROM document_line l JOIN document d ON d.document_id = l.document_id "
            "WHERE d.document_no = :document_no AND l.line_no = :line_no",
            document_no=document_no,
            line_no=line_no,
        )
        return int(found)

    def status(self, document_no: str) -> tuple[str, ...]:
        """Read a document's status and then those of its lines."""
        lines = self.tuples(
            "SELECT d.status, l.status AS line_status FROM document d "
            "JOIN document_line l ON l.document_id = d.document_id "
            "WHERE d.document_no = :document_no ORDER BY l.line_no",
            document_no=document_no,
        )
        return (lines[0][0], *(status for _, status in lines)) if lines else ()

    def serials(self, document_no: str, line_no: int | None = None) -> list[str]:
        """Read the serials on a document's lines, in the order of their units."""
        return [
            each["serial_no"]
            for each in self.rows(
                "SELECT s.serial_no FROM line_unit u JOIN serial s ON s.serial_id = u.serial_id "
                "JOIN document_line l ON l.line_id = u.line_id JOIN document d ON d.document_id = l.document_id "
                "WHERE d.document_no = :document_no AND (l.line_no = :line_no OR :every = 1) "
                "AND u.action IS NOT NULL ORDER BY l.line_no, u.unit_no",
                document_no=document_no,
                line_no=line_no or 0,
                every=int(line_no is None),
            )
        ]

    def register(self) -> dict[str, str]:
        """Read the area of every serial."""
        return dict(self.tuples("SELECT serial_no, area_code FROM serial ORDER BY serial_no"))

    def serial(self, serial_no: str) -> Found:
        """Read one row of the register."""
        (found,) = self.rows("SELECT * FROM serial WHERE serial_no = :serial_no", serial_no=serial_no)
        return found

    def history(self, serial_no: str) -> list[tuple[str, str | None, str]]:
        """Read the steps of a serial's life: (action, from, to)."""
        return self.tuples(
            "SELECT h.action, h.from_area_code, h.to_area_code FROM serial_history h "
            "JOIN serial s ON s.serial_id = h.serial_id WHERE s.serial_no = :serial_no ORDER BY h.history_id",
            serial_no=serial_no,
        )

    def memos(self) -> list[tuple[str, str, int, int, int]]:
        """Read all memos: (number, document, units, net, total)."""
        return self.tuples(
            "SELECT m.credit_memo_no, d.document_no, CAST(SUM(l.quantity) AS INTEGER) AS units, m.net_minor, "
            "m.total_minor FROM credit_memo m JOIN document d ON d.document_id = m.document_id "
            "JOIN credit_memo_line l ON l.credit_memo_id = m.credit_memo_id "
            "GROUP BY m.credit_memo_id, m.credit_memo_no, d.document_no, m.net_minor, m.total_minor "
            "ORDER BY m.credit_memo_id"
        )

    def next_number(self, sequence_code: str = "S-HQ") -> int:
        """Read where a sequence stands."""
        return int(
            self.value("SELECT next_number FROM number_sequence WHERE sequence_code = :code", code=sequence_code)
        )

    def missing(self) -> list[tuple[str, int, int, str]]:
        """Read the numbers passed over."""
        return self.tuples(
            "SELECT sequence_code, first_number, last_number, reason FROM missing_number "
            "ORDER BY sequence_code, first_number"
        )

    def exceptions(self, status: str = "OPEN") -> list[tuple[str, int | None, str]]:
        """Read exceptions of a status: (document, line, code)."""
        return self.tuples(
            "SELECT document_no, line_no, code FROM exception WHERE status = :status "
            "ORDER BY document_no, line_no, unit_no, code, exception_id",
            status=status,
        )

    def exception(self, code: str) -> Found:
        """Read the one exception of a code."""
        (found,) = self.rows("SELECT * FROM exception WHERE code = :code", code=code)
        if isinstance(found["evidence"], str):
            found["evidence"] = orjson.loads(found["evidence"])
        return found

    def day(self, text: str) -> object:
        """Give a date as this database gives it."""
        return text if self.database.dialect == "sqlite" else dt.date.fromisoformat(text)

    def count(self, *tables: str) -> list[int]:
        """Count the rows of tables."""
        return [int(self.value(f"SELECT COUNT(*) FROM {table}")) for table in tables]
