"""Show that a consistent world has no breach, and that each invariant sees its own break and names the rows."""

from __future__ import annotations

import dataclasses
import json

import pytest
import sqlalchemy as sa

from batch.edge.database import read_only
from batch.edge.verify import INVARIANTS, Breach, verify
from tests.databases import Database
from tests.edge.books import unguarded, with_books
from tests.edge.verify_breaks import BREAKS, HARMLESS


def test_a_consistent_world_has_no_breach(database: Database) -> None:
    assert _verified(with_books(database)) == []


def test_an_empty_database_has_no_breach(database: Database) -> None:
    assert _verified(database) == []


@pytest.mark.parametrize(("invariant", "statements", "rows"), BREAKS)
def test_a_break_is_named_with_its_rows(
    database: Database, invariant: str, statements: tuple[str, ...], rows: tuple[str, ...]
) -> None:
    _change(with_books(database), statements)
    breaches = _verified(database)
    assert [(breach.invariant, breach.count, breach.rows) for breach in breaches] == [(invariant, len(rows), rows)]


@pytest.mark.parametrize("statements", HARMLESS)
def test_what_is_allowed_is_no_breach(database: Database, statements: tuple[str, ...]) -> None:
    _change(with_books(database), statements)
    assert _verified(database) == []


def test_every_invariant_has_a_break_and_a_name_of_its_own() -> None:
    names = [invariant.name for invariant in INVARIANTS]
    assert len(set(names)) == len(names)
    assert {row.values[0] for row in BREAKS} == set(names)


def test_more_rows_are_counted_than_named(database: Database) -> None:
    _change(with_books(database), ("UPDATE serial SET area_code = 'MAIN-STOCK' WHERE serial_no IN ('5001', '5002')",))
    with read_only(database.engine) as connection:
        (breach,) = verify(connection, rows_named=1)
    assert (breach.count, breach.rows) == (2, ("serial 5001: it is in MAIN-STOCK, its history says CRMA",))


def test_several_breaches_are_told_at_once_and_as_json(database: Database) -> None:
    _change(with_books(database), ("DELETE FROM credit_memo_line WHERE line_id = 2",))
    breaches = _verified(database)
    assert [breach.invariant for breach in breaches] == ["posted_lines_are_credited", "memo_totals_are_their_lines"]
    told = json.loads(json.dumps([dataclasses.asdict(breach) for breach in breaches]))
    assert told[0] == {
        "invariant": "posted_lines_are_credited",
        "meaning": "The quantity credited for a posted line is its quantity.",
        "count": 1,
        "rows": ["RETURN R-1 line 2: quantity 4, 0 credited"],
    }


def _verified(database: Database) -> list[Breach]:
    with read_only(database.engine) as connection:
        return verify(connection)


def _change(database: Database, statements: tuple[str, ...]) -> None:
    with unguarded(database) as connection:
        for statement in statements:
            changed = connection.execute(sa.text(statement))
            assert changed.rowcount > 0, f"nothing was broken by {statement}"
