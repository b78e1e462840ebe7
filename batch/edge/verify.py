"""Check what must always be true of the whole database, and name every row that breaks it.

Each invariant is one set-based SELECT that both databases understand and that gives rows only where it is broken; one
that SQL cannot tell is a SELECT of rows that are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from batch.edge.verify_facts import Invariant
from batch.edge.verify_lines import LINE_INVARIANTS
from batch.edge.verify_memos import MEMO_INVARIANTS
from batch.edge.verify_numbers import NUMBER_INVARIANTS
from batch.edge.verify_register import REGISTER_INVARIANTS

INVARIANTS: tuple[Invariant, ...] = (
    *LINE_INVARIANTS,
    *MEMO_INVARIANTS,
    *NUMBER_INVARIANTS,
    *REGISTER_INVARIANTS,
)

ROWS_NAMED = 20
_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Breach:
    """One invariant that does not hold: how many rows break it, and the first of them in plain words."""

    invariant: str
    meaning: str
    count: int
    rows: tuple[str, ...]


def verify(
    connection: sa.Connection, *, invariants: Sequence[Invariant] = INVARIANTS, rows_named: int = ROWS_NAMED
) -> list[Breach]:
    """Check every invariant and return those that do not hold, in the order declared; nothing is written."""
    found = (_breach(connection, invariant, rows_named) for invariant in invariants)
    return [breach for breach in found if breach is not None]


def _breach(connection: sa.Connection, invariant: Invariant, rows_named: int) -> Breach | None:
    if invariant.fault is not None:
        return _found_row_by_row(connection, invariant, invariant.fault, rows_named)
    broken = connection.execute(sa.text(invariant.counted_sql()), {"rows_named": rows_named}).mappings().all()
    if not broken:
        return None
    rows = tuple(invariant.wording.format(**row) for row in broken)
    return Breach(invariant.name, invariant.meaning, broken[0]["breaches"], rows)


def _found_row_by_row(
    connection: sa.Connection, invariant: Invariant, fault: Callable[[Sequence[Any]], str], rows_named: int
) -> Breach | None:
    statement = sa.text(f"{invariant.sql} ORDER BY {invariant.order}")
    rows = connection.execute(statement, execution_options={"yield_per": _ROWS_AT_ONCE})
    count, named = 0, []
    for row in rows:
        found = fault(row)
        if found:
            count += 1
            if count <= rows_named:
                named.append(invariant.wording.format(**row._mapping, fault=found))
    return Breach(invariant.name, invariant.meaning, count, tuple(named)) if count else None
