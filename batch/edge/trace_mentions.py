"""Find the exceptions that are about a unit: those of its lines, and those whose words or evidence name it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from batch.edge.iso import iso_instant
from batch.edge.schema import EXCEPTION
from batch.edge.trace_records import Mention

# What a LIKE lets through is judged again in full here, so more rows are read than shown.
MOST_READ = 2_000
MOST_SHOWN = 100


def mentions_of(
    connection: sa.Connection,
    names: Mapping[int, Collection[str]],
    units: Mapping[int, Sequence[tuple[int, int]]],
) -> dict[int, tuple[Mention, ...]]:
    """Give for each unit its exceptions, oldest first: by its names, and by its (line id, unit number) pairs.

    One pass over the exceptions serves all units; they are few beside the register, and no index could find a name
    inside a sentence.
    """
    line_ids = sorted({line_id for pairs in units.values() for line_id, _ in pairs})
    conditions = [_mentions(name) for name in sorted({name for each in names.values() for name in each})]
    if line_ids:
        conditions.append(EXCEPTION.c.line_id.in_(line_ids))
    newest = sa.select(EXCEPTION).where(sa.or_(*conditions)).order_by(EXCEPTION.c.exception_id.desc()).limit(MOST_READ)
    rows = list(reversed(connection.execute(newest).all()))
    return {
        unit: tuple(_mention(row) for row in rows if _about(row, names[unit], units.get(unit, ())))[-MOST_SHOWN:]
        for unit in names
    }


def _mentions(name: str) -> sa.ColumnElement[bool]:
    # SQLite keeps JSON as it was written, where a letter beyond ASCII may be escaped; PostgreSQL does not.
    written = {name, json.dumps(name)[1:-1]}
    evidence = sa.cast(EXCEPTION.c.evidence, sa.Text())
    texts = [EXCEPTION.c.message.ilike(_anywhere(name), escape="~")]
    texts += [evidence.ilike(_anywhere(form), escape="~") for form in sorted(written)]
    return sa.or_(*texts)


def _anywhere(text: str) -> str:
    return "%" + re.sub("([~%_])", r"~\1", text) + "%"


def _about(row: sa.Row[*tuple[object, ...]], names: Collection[str], units: Sequence[tuple[int, int]]) -> bool:
    if any(row.line_id == line_id and row.unit_no in {None, unit_no} for line_id, unit_no in units):
        return True
    text = f"{row.message}\n{json.dumps(row.evidence, ensure_ascii=False)}"
    forms = {form for name in names for form in (name, json.dumps(name, ensure_ascii=False)[1:-1])}
    return any(_whole(form).search(text) for form in forms)


def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)


def _mention(row: sa.Row[*tuple[object, ...]]) -> Mention:
    return Mention(
        exception_id=row.exception_id,
        run_id=row.run_id,
        code=row.code,
        severity=row.severity,
        status=row.status,
        document_type=row.document_type,
        document_no=row.document_no,
        line_no=row.line_no,
        unit_no=row.unit_no,
        message=row.message,
        note=row.note,
        created_at=iso_instant(row.created_at),
    )
