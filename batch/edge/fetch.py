"""Fetch what a query finds column by column; on SQLite as one text, for there every row asks for Python's own lock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import sqlalchemy as sa

Columns = dict[str, Sequence[Any]]


def fetch_columns(
    connection: sa.Connection, query: sa.Select[*tuple[Any, ...]], ordered_by: Sequence[str] = ()
) -> Columns:
    """Fetch the values of each column of a query, which is `ordered_by` the columns so named."""
    if connection.dialect.name == "sqlite":
        found = _fetched_as_text(connection, query, ordered_by)
        if found is not None:
            return found
    names = query.selected_columns.keys()
    rows = connection.execute(query).all()
    return dict(zip(names, list(zip(*rows, strict=True)) or [()] * len(names), strict=True))


def _fetched_as_text(
    connection: sa.Connection, query: sa.Select[*tuple[Any, ...]], ordered_by: Sequence[str]
) -> Columns | None:
    """Have SQLite write each column as one JSON text; None where that is not what the rows would be.

    JSON knows no bytes, and has fewer digits of a number with decimals: no column of ours holds such, but another
    system may have written it.
    """
    part = query.subquery()
    written = sa.select(*(sa.func.json_group_array(column, type_=sa.Text) for column in part.c)).select_from(part)
    try:
        texts = dict(zip(part.c.keys(), connection.execute(written).one(), strict=True))
        found = {name: orjson.loads(text) for name, text in texts.items()}
        # That an aggregate sees the rows in their order is how SQLite does it, and nowhere promised.
        keys = list(zip(*(found[name] for name in ordered_by), strict=True))
        is_sound = keys == sorted(keys)
    except (sa.exc.DBAPIError, orjson.JSONDecodeError, TypeError):
        return None
    # Only where there is a point or an exponent can a number be one with decimals; a column of texts keeps none.
    doubtful = [
        name
        for name, text in texts.items()
        if not isinstance(part.c[name].type, sa.Text) and ("." in text or "e" in text)
    ]
    if not is_sound or any(float in set(map(type, found[name])) for name in doubtful):
        return None
    for name, column in part.c.items():
        convert = column.type.dialect_impl(connection.dialect).result_processor(connection.dialect, None)
        if convert is not None:
            found[name] = list(map(convert, found[name]))
    return found
