"""Ask for the rows whose column is one of many values, which travel as one parameter, also where nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from batch.edge.database import json_text


def among(
    connection: sa.Connection, column: sa.ColumnElement[Any], values: Sequence[str] | Sequence[int]
) -> sa.ColumnElement[bool]:
    """Say that a column is one of these texts or whole numbers; a few thousand at once."""
    if connection.dialect.name == "sqlite":
        listed = sa.func.json_each(sa.literal(json_text(list(values)), sa.Text())).table_valued("value")
        return column.in_(sa.select(listed.c.value))
    return column == sa.any_(sa.literal(list(values), postgresql.ARRAY(column.type)))
