"""Tell Alembic which connection to migrate: the one it was handed, inside its transaction."""

from __future__ import annotations

from alembic import context

# SQLite's schema changes are part of a transaction as any other, once BEGIN is said.
context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)

with context.begin_transaction():
    context.run_migrations()
