"""Write SQL that both databases read, and send such a file to one of them."""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
from contextlib import closing
from pathlib import Path


def literal(value: object) -> str:
    """Write a value as SQL has it; ours hold no backslash, which the two databases might read differently."""
    if value is None:
        return "NULL"
    if isinstance(value, int | float):
        return str(value)
    text = value.isoformat() if isinstance(value, dt.date) else str(value)
    return "'" + text.replace("'", "''") + "'"


def send(script: Path, database: str) -> None:
    """Run a script on a SQLite file or, by its URL, on PostgreSQL, as another system would."""
    text = script.read_text(encoding="utf-8")
    if database.startswith("postgresql"):
        import psycopg

        with psycopg.connect(database.replace("+psycopg", "", 1), autocommit=True) as connection:
            # Without parameters, a script of several statements goes through as it stands.
            connection.execute(text.encode())
        return
    with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(text)


if __name__ == "__main__":
    send(Path(sys.argv[1]), sys.argv[2])
    print(f"{sys.argv[1]}: sent.")
