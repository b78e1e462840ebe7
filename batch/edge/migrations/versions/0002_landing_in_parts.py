"""Keep how far a file has come that is landed in parts, and by which mapping it was read."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns where they stand in the metadata: at the end."""
    kind = {"sqlite": "JSON", "postgresql": "JSONB"}[op.get_bind().dialect.name]
    op.execute("ALTER TABLE intake_file ADD COLUMN landed_through BIGINT")
    op.execute(f"ALTER TABLE intake_file ADD COLUMN mapping {kind}")
