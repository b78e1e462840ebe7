"""Show that exceptions are closed by decision, all or none, and that closed ones stay as they are."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from batch.edge.database import transaction
from batch.edge.schema import EXCEPTION
from batch.edge.verify import verify
from batch.edge.waive import Waived, waive
from batch.errors import UsageError
from tests.databases import Database
from tests.edge.books import with_books

NOW = dt.datetime(2026, 4, 2, 8, 30, tzinfo=dt.UTC)

# The ids given; what is waived; what was closed before.
GIVEN = [
    pytest.param([1], (1,), (), id="one"),
    pytest.param([3, 1], (1, 3), (), id="several"),
    pytest.param([1, 1], (1,), (), id="one twice"),
    pytest.param([2], (), (2,), id="one that was resolved"),
    pytest.param([2, 3], (3,), (2,), id="one of each"),
    pytest.param([], (), (), id="none"),
]


@pytest.mark.parametrize(("ids", "waived", "closed_before"), GIVEN)
def test_open_exceptions_are_waived(
    database: Database, ids: list[int], waived: tuple[int, ...], closed_before: tuple[int, ...]
) -> None:
    with transaction(with_books(database).engine) as connection:
        assert waive(connection, ids, " Settled by phone. ", NOW) == Waived(waived, closed_before)
    rows = {row.exception_id: row for row in _exceptions(database)}
    for exception_id in waived:
        row = rows[exception_id]
        assert (row.status, row.note, row.resolved_at, row.resolved_run_id) == (
            "WAIVED",
            "Settled by phone.",
            NOW,
            None,
        )
    assert [row.exception_id for row in rows.values() if row.status == "WAIVED"] == list(waived)
    assert (rows[2].status, rows[2].note) == ("RESOLVED", None)


def test_waiving_again_changes_nothing(database: Database) -> None:
    with transaction(with_books(database).engine) as connection:
        waive(connection, [1], "First.", NOW)
    before = _exceptions(database)
    with transaction(database.engine) as connection:
        assert waive(connection, [1], "Second.", NOW + dt.timedelta(days=1)) == Waived((), (1,))
    assert _exceptions(database) == before


def test_a_waived_refusal_breaks_no_invariant(database: Database) -> None:
    with transaction(with_books(database).engine) as connection:
        waive(connection, [1, 3], "Written off.", NOW)
        assert verify(connection) == []


# The ids and the note given; what the refusal says.
REFUSED = [
    pytest.param([1], "  ", "A waiver needs a note", id="a blank note"),
    pytest.param([1, 77], "Why.", "No exception has the id 77; nothing was waived.", id="an unknown id"),
    pytest.param([0, -1], "Why.", "the id -1, 0;", id="ids that cannot be"),
    pytest.param([2**63], "Why.", "the id 9223372036854775808;", id="an id beyond the database's numbers"),
    pytest.param(range(100, 120), "Why.", "108, 109 and 10 more; nothing", id="many unknown ids"),
]


@pytest.mark.parametrize(("ids", "note", "said"), REFUSED)
def test_a_waiver_is_refused_whole(database: Database, ids: list[int], note: str, said: str) -> None:
    before = _exceptions(with_books(database))
    with pytest.raises(UsageError, match=said.replace("-", r"\-")), transaction(database.engine) as connection:
        waive(connection, ids, note, NOW)
    assert _exceptions(database) == before


def test_a_great_many_are_waived_in_parts(database: Database) -> None:
    count = 2_345
    row = {"run_id": 1, "last_run_id": 1, "code": "SERIAL_UNKNOWN", "severity": "REFUSE", "message": "Unknown."}
    with transaction(with_books(database).engine) as connection:
        connection.execute(EXCEPTION.insert(), [{"exception_id": 100 + i, **row} for i in range(count)])
        assert len(waive(connection, range(100, 100 + count), "Written off.", NOW).waived) == count
    assert sum(row.status == "WAIVED" for row in _exceptions(database)) == count


def _exceptions(database: Database) -> list[sa.Row[*tuple[object, ...]]]:
    with database.engine.connect() as connection:
        return list(connection.execute(sa.select(EXCEPTION).order_by(EXCEPTION.c.exception_id)).all())
