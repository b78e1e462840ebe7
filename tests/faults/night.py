"""Run the real command on a small night's work, killed or not, and read back what it left, whoever wrote it when."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from batch.edge import failpoint
from batch.edge.database import read_only
from batch.edge.verify import verify
from tests.cli.commands import COMMAND, environment
from tests.databases import Database
from tests.jobs.world import World

# A sample of each kind of fault for every change; all of them by `make faults`.
WHOLE = os.environ.get("SERIALBACK_TEST_FAULTS") == "whole"
DAY = dt.date(2026, 3, 29)
REHEARSAL = {"SERIALBACK_PRODUCTION": "0", "SERIALBACK_CHUNK_LINES": "4", "SERIALBACK_LOG_LEVEL": "error"}

HEADER = "Document #,Type,Location,Customer,Item,Quantity,Generate Quantity,Serial #,Mfr Serial #,Unit Price,Tax\n"
# What is refused, warned of, matched, generated, put on a slip, taken off one, and passed over: a little of all.
ROWS = (
    "R-1,Return,HQ,C1,CPU,2,,,,99.50,1.25",
    "R-1,Return,HQ,C1,MOUSE,1,,4001,,,",
    "R-2,Return,HQ-SALES,C2,CPU,2,,,M-1;M-2,,",
    "R-3,Return,HQ,C1,NONE,1,,,,,",
    "R-3,Return,HQ,C1,CPU,1,,4002,,,",
    "V-1,Service,HQ,C2,CPU,2,,4003;4004,,,",
    "R-4,Return,HQ,C2,CPU,1,,4003,,,",
    "R-5,Return,HQ,C2,CPU,1,,4004,,,",
    "R-6,Return,MAIN,C1,CPU,2,3,,,,",
    "R-7,Return,MAIN,C1,CPU,3,,,,,",
    "O-1,Credit Order,HQ,C1,CPU,1,,4005,,,",
    "R-8,Return,HQ,C1,CPU,0,,,,,",
    "R-9,Return,HQ,C1,FEE,1,,,,,",
)

# Every business table by what its rows are called, without ids, run ids and instants.
BUSINESS: Mapping[str, str] = {
    "intake_file": "SELECT name, sha256, size_bytes, rows_read, status, refusal FROM intake_file",
    "intake_row": "SELECT f.name, r.sheet_row, r.cells FROM intake_row r "
    "JOIN intake_file f ON f.intake_file_id = r.intake_file_id",
    "document": "SELECT document_type, document_no, location_code, customer_code, currency, document_date, reference, "
    "status, source FROM document",
    "document_line": "SELECT d.document_type, d.document_no, l.line_no, l.item_code, l.quantity, l.generate_quantity, "
    "l.unit_price_minor, l.discount_minor, l.tax_minor, l.unit_cost_minor, l.area_code, l.reason, l.status, "
    "l.sheet_row FROM document_line l JOIN document d ON d.document_id = l.document_id",
    "line_unit": "SELECT d.document_type, d.document_no, l.line_no, u.unit_no, u.serial_no, u.mfr_serial_no, u.action, "
    "s.serial_no AS attached FROM line_unit u JOIN document_line l ON l.line_id = u.line_id "
    "JOIN document d ON d.document_id = l.document_id LEFT JOIN serial s ON s.serial_id = u.serial_id",
    "serial": "SELECT s.serial_no, s.serial_key, s.serial_near, s.item_code, s.mfr_serial_no, s.mfr_serial_key, "
    "s.area_code, s.origin, s.unit_cost_minor, s.cost_basis, s.customer_code, s.sequence_code, s.sequence_number, "
    "o.document_no AS open_document, d.document_no AS made_for, l.line_no FROM serial s "
    "LEFT JOIN document o ON o.document_id = s.open_document_id LEFT JOIN document_line l ON l.line_id = s.line_id "
    "LEFT JOIN document d ON d.document_id = l.document_id",
    "serial_history": "SELECT s.serial_no, (SELECT COUNT(*) FROM serial_history e WHERE e.serial_id = h.serial_id "
    "AND e.history_id < h.history_id) AS step, h.action, h.from_area_code, h.to_area_code, d.document_no, "
    "h.business_date FROM serial_history h JOIN serial s ON s.serial_id = h.serial_id "
    "LEFT JOIN document d ON d.document_id = h.document_id",
    "credit_memo": "SELECT m.credit_memo_no, d.document_no, m.customer_code, m.location_code, m.currency, m.memo_date, "
    "m.net_minor, m.tax_minor, m.total_minor, m.sequence_code, m.sequence_number FROM credit_memo m "
    "JOIN document d ON d.document_id = m.document_id",
    "credit_memo_line": "SELECT m.credit_memo_no, c.item_code, c.quantity, c.unit_price_minor, c.discount_minor, "
    "c.net_minor, c.tax_minor, c.area_code, l.line_no FROM credit_memo_line c "
    "JOIN credit_memo m ON m.credit_memo_id = c.credit_memo_id JOIN document_line l ON l.line_id = c.line_id",
    "exception": "SELECT e.code, e.severity, e.document_type, e.document_no, e.line_no, e.unit_no, e.sheet_row, "
    "e.message, CAST(e.evidence AS TEXT) AS evidence, e.status, f.name FROM exception e "
    "LEFT JOIN intake_file f ON f.intake_file_id = e.intake_file_id",
    "missing_number": "SELECT sequence_code, first_number, last_number, reason FROM missing_number",
    "number_sequence": "SELECT sequence_code, next_number, first_number FROM number_sequence",
    "number_block": "SELECT sequence_code, first_number, last_number FROM number_block",
}

Case = TypeVar("Case")
Business = dict[str, list[tuple[Any, ...]]]
Fresh = Callable[[], AbstractContextManager["Night"]]


@dataclasses.dataclass(frozen=True)
class Night:
    """A database of the shop with its register, and the folder with the files handed in."""

    database: Database
    folder: Path

    def command(self, *extra: str, changes: str = "") -> list[str]:
        """Give the command of the night; with `changes`, of a program changed by them."""
        program = [sys.executable, "-m", "tests.faults.changed", changes] if changes else COMMAND
        files = [str(path) for path in sorted(self.folder.glob("*.csv"))]
        return [*program, "run", "intake", *files, "--quiet", "--database", self.database.url, *extra]

    def impatient(self) -> Night:
        """Give the same night, whose programs wait for locks a second only."""
        waits = {"timeout": "1"} if self.database.dialect == "sqlite" else {"options": "-c lock_timeout=1s"}
        url = make_url(self.database.url).update_query_dict(waits).render_as_string(hide_password=False)
        return dataclasses.replace(self, database=Database(url, self.database.engine))

    def run(
        self,
        *extra: str,
        changes: str = "",
        env: Mapping[str, str] | None = None,
        umask: int = -1,
        on: dt.date | None = DAY,
    ) -> subprocess.CompletedProcess[str]:
        """Run the command to its end, whatever that is."""
        dated = [] if on is None else ["--business-date", on.isoformat()]
        around = environment({**REHEARSAL, **(env or {})})
        if "file-size" in changes or (env or {}).get(failpoint.VARIABLE, "?") != "?":
            # Whoever counts the covered lines writes a file as well, and would fail on the limit meant for ours; of a
            # program that is killed they are never known.
            around = {name: value for name, value in around.items() if not name.startswith("COVERAGE_")}
        return subprocess.run(
            self.command(*dated, *extra, changes=changes),
            cwd=self.folder,
            env=around,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
            umask=umask,
        )

    @contextmanager
    def started(
        self, *extra: str, changes: str = "", env: Mapping[str, str] | None = None
    ) -> Iterator[subprocess.Popen[str]]:
        """Start the command; end it if it is still there."""
        with subprocess.Popen(
            self.command("--business-date", DAY.isoformat(), *extra, changes=changes),
            cwd=self.folder,
            env=environment({**REHEARSAL, **(env or {})}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as program:
            try:
                yield program
            finally:
                program.kill()

    def paused_at(self, program: subprocess.Popen[str]) -> None:
        """Wait until a program changed by `pause` is where it should pause."""
        until(lambda: (self.folder / "paused").exists() or program.poll() is not None)
        assert program.poll() is None, f"the program ended before the place: {program.communicate()[1]}"

    def go_on(self) -> None:
        """Let a paused program go on."""
        (self.folder / "go").touch()

    def business(self) -> Business:
        """Read every business row, in an order that does not hang on ids."""
        with read_only(self.database.engine) as connection:
            return {
                name: sorted((tuple(row) for row in connection.execute(sa.text(statement))), key=repr)
                for name, statement in BUSINESS.items()
            }

    def assert_sound(self) -> None:
        """Insist that every invariant holds."""
        with read_only(self.database.engine) as connection:
            assert verify(connection) == []

    def statuses(self) -> list[str]:
        """Read how the runs ended, in their order."""
        with read_only(self.database.engine) as connection:
            return list(connection.execute(sa.text("SELECT status FROM run ORDER BY run_id")).scalars())

    def execute(self, statement: str) -> None:
        """Run one statement as another system does."""
        with self.database.engine.begin() as connection:
            connection.execute(sa.text(statement))


def sample(every: Sequence[Case], few: int) -> Sequence[Case]:
    """Give the first few cases, or every one in the whole sweep."""
    return every if WHOLE else every[:few]


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.01)


def set_up(database: Database, folder: Path) -> None:
    """Write the shop and its register, as the ERP does."""
    world = World(database, folder)
    for serial in ("4001", "4002", "4003", "4004", "4005", "5004"):
        world.unit(serial, item_code="MOUSE" if serial == "4001" else "CPU", mfr_serial_no=f"OLD-{serial}")
    world.unit("4009", area_code="MAIN-STOCK")


def write_files(folder: Path, rows: Sequence[str] = ROWS) -> None:
    """Write the files of the night: one to read, one to refuse."""
    (folder / "a.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    (folder / "b.csv").write_text("Document #,Customer\nR-1,C1\n", encoding="utf-8")


def differences(found: Business, expected: Business) -> dict[str, Any]:
    """Say which tables differ, and how."""
    return {
        name: {
            "missing": [row for row in rows if row not in found[name]],
            "surplus": [row for row in found[name] if row not in rows],
            "counts": (len(found[name]), len(rows)),
        }
        for name, rows in expected.items()
        if found[name] != rows
    }


def may_mount() -> bool:
    """Tell whether a disk may be mounted here: as root, on a machine of one's own."""
    tried = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
    return os.geteuid() == 0 and subprocess.run(tried, check=False, capture_output=True).returncode == 0
