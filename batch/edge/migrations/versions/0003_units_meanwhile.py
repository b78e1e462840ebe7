"""Have whoever lowers a quantity on PostgreSQL wait for whoever names a unit of its line, and the other way round."""

from __future__ import annotations

from alembic import op

from batch.edge.triggers import QUANTITY_FUNCTIONS

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Replace the functions that look at the quantity; SQLite has one writer."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for statement in QUANTITY_FUNCTIONS:
            connection.exec_driver_sql(statement)
