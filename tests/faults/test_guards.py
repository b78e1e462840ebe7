"""Take each guard away, and see the check fail that stands for it: so the guard is needed, and the check can fail."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import Protocol

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from batch.edge.database import read_only
from tests.faults.conftest import Undisturbed
from tests.faults.night import Fresh, Night
from tests.faults.test_failpoints import completed
from tests.faults.test_postgresql import counted_once, taken_over
from tests.faults.test_stops import second_is_turned_away

# What it runs is counted by other tests.
pytestmark = pytest.mark.usefixtures("uncounted")


def killed_in_mid_chunk(night: Night, undisturbed: Undisturbed, changes: str = "") -> None:
    """Insist that a kill within a chunk leaves nothing of it."""
    with night.started(changes=f"{changes},pause=chunk.units:2") as program:
        night.paused_at(program)
        program.kill()
        program.communicate()
    completed(night, undisturbed, "a kill in mid-chunk")


def read_then_write(night: Night, _undisturbed: Undisturbed, changes: str = "") -> None:
    """Insist that a run whose chunk has begun keeps other writers out, so that it never has to give up."""
    with night.started(changes=f"{changes},pause=chunk.decided:1") as program:
        night.paused_at(program)
        written = True
        with contextlib.closing(sqlite3.connect(str(night.database.engine.url.database), timeout=1)) as other:
            try:
                other.execute("INSERT INTO customer (customer_code, name, currency) VALUES ('C9', 'Nine', 'USD')")
                other.commit()
            except sqlite3.OperationalError:
                written = False
        night.go_on()
        _, said = program.communicate(timeout=60)
        assert (program.returncode, written) == (65, False), said


def two_runs(night: Night, _undisturbed: Undisturbed, changes: str = "") -> None:
    """Insist that the second of two runs is turned away."""
    second_is_turned_away(night, changes)


class Check(Protocol):
    """A check of one guard, of a program changed or not."""

    def __call__(self, night: Night, undisturbed: Undisturbed, /, changes: str = "") -> None:
        """Raise AssertionError where the guard is not there."""


@pytest.mark.parametrize(
    ("kind", "check", "without"),
    [
        pytest.param("sqlite", killed_in_mid_chunk, "begin=SELECT 1", id="transaction"),
        pytest.param("sqlite", read_then_write, "begin=BEGIN", id="BEGIN IMMEDIATE"),
        pytest.param("sqlite", two_runs, "without-lock", id="lock file"),
        pytest.param("postgresql", two_runs, "without-lock", id="advisory lock"),
        pytest.param("postgresql", taken_over, "without-fence", id="no writing for a run declared dead"),
        pytest.param("postgresql", counted_once, "without-mark", id="mark of the run that judged"),
    ],
)
def test_the_check_fails_without_the_guard(
    kind: str, check: Check, without: str, request: pytest.FixtureRequest
) -> None:
    fresh: Fresh = request.getfixturevalue(f"{kind}_night")
    undisturbed = found(fresh)
    if check in {killed_in_mid_chunk, read_then_write}:
        # The others are tests of their own.
        with fresh() as night:
            check(night, undisturbed, "")
    with fresh() as night, pytest.raises(AssertionError):
        check(night.impatient(), undisturbed, without)


def found(fresh: Fresh) -> Undisturbed:
    """Give what an undisturbed night leaves."""
    with fresh() as night:
        assert night.run().returncode == 65
        return Undisturbed(night.business(), ())


# --- Unique keys: what the database itself refuses ----------------------------------------------------


def loosened(night: Night, table: str, constraint: str, *then: str) -> None:
    """Take a unique key off a table, then run statements that nothing refuses any more."""
    if night.database.dialect == "postgresql":
        for statement in (f"ALTER TABLE {table} DROP CONSTRAINT {constraint} CASCADE", *then):
            night.execute(statement)
        return
    # SQLite drops no key of a table: the table is made anew without any, and no other refers to it for now.
    with contextlib.closing(sqlite3.connect(str(night.database.engine.url.database))) as connection:
        connection.executescript(
            "PRAGMA legacy_alter_table=ON; "
            f"CREATE TABLE loose AS SELECT * FROM {table}; DROP TABLE {table}; ALTER TABLE loose RENAME TO {table};"
        )
        for statement in then:
            connection.execute(statement)
        connection.commit()


def copied(table: str, key: str, **other: str) -> str:
    """Say how to write a row again, some of its values excepted."""
    return f"INSERT INTO {table} ({', '.join([key, *other])}) SELECT {', '.join([key, *other.values()])} FROM {table}"


MEMO = {
    "document_id": "document_id",
    "customer_code": "customer_code",
    "location_code": "location_code",
    "currency": "currency",
    "memo_date": "memo_date",
    "net_minor": "net_minor",
    "tax_minor": "tax_minor",
    "total_minor": "total_minor",
    "run_id": "run_id",
    "status": "'OPEN'",
    "credit_memo_id": "credit_memo_id + 1000",
}
MEMO_LINE = {
    "credit_memo_id": "credit_memo_id",
    "item_code": "item_code",
    "quantity": "quantity",
    "unit_price_minor": "unit_price_minor",
    "discount_minor": "discount_minor",
    "net_minor": "net_minor",
    "tax_minor": "tax_minor",
}
SERIAL = {"item_code": "item_code", "area_code": "area_code", "origin": "'EXTERNAL'", "cost_basis": "'EXTERNAL'"}


# What is refused: (table, its unique key, the row again). Those that refer to others stand before them.
AGAIN = (
    ("credit_memo_line", "pk_credit_memo_line", copied("credit_memo_line", "line_id", **MEMO_LINE)),
    ("line_unit", "pk_line_unit", copied("line_unit", "line_id", unit_no="unit_no")),
    (
        "intake_file",
        "uq_intake_file_sha256",
        (
            "INSERT INTO intake_file (intake_file_id, sha256, name, status, run_id) "
            "SELECT intake_file_id + 1000, sha256, 'again', 'LANDED', run_id FROM intake_file"
        ),
    ),
    ("credit_memo", "uq_credit_memo_credit_memo_no", copied("credit_memo", "credit_memo_no", **MEMO)),
    (
        "serial",
        "uq_serial_serial_key",
        copied("serial", "serial_key", serial_no="serial_no || ' '", serial_id="serial_id + 1000", **SERIAL),
    ),
    ("serial", "uq_serial_serial_no", copied("serial", "serial_no", serial_id="serial_id + 100000", **SERIAL)),
)


def test_unique_keys_are_needed(fresh: Fresh) -> None:
    with fresh() as night:
        assert night.run().returncode == 65
        for _, constraint, again in AGAIN:
            with pytest.raises(IntegrityError) as refused:
                night.execute(again)
            assert night.database.dialect == "sqlite" or constraint in str(refused.value)
        for table, constraint, again in AGAIN:
            # Nothing else refuses it: only so is the key what stands between.
            loosened(night, table, constraint, again)


def an_outside_serial_is_passed_over(night: Night) -> None:
    """Insist that a serial which another system writes while a chunk is settled is not given a second time."""
    with night.started(changes="pause=chunk.decided:1") as program:
        night.paused_at(program)
        night.execute("INSERT INTO serial (serial_no, item_code, area_code) VALUES ('5001', 'CPU', 'SOLD')")
        night.go_on()
        _, said = program.communicate(timeout=60)
        assert program.returncode == 65, said
    with read_only(night.database.engine) as connection:
        twice = connection.execute(sa.text("SELECT COUNT(*) FROM serial WHERE serial_no = '5001'")).scalar_one()
        failed = connection.execute(sa.text("SELECT COUNT(*) FROM exception WHERE code LIKE '%FAILED'")).scalar_one()
    assert (twice, failed) == (1, 0)
    night.assert_sound()


def test_a_number_taken_in_mid_chunk(postgresql_night: Fresh) -> None:
    with postgresql_night() as night:
        an_outside_serial_is_passed_over(night)
    with postgresql_night() as night:
        loosened(night, "serial", "uq_serial_serial_no")
        loosened(night, "serial", "uq_serial_serial_key")
        with pytest.raises(AssertionError):
            an_outside_serial_is_passed_over(night)
