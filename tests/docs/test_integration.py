"""Run docs/integration.md: its SQL and its commands, in order, with the results that it shows."""

from __future__ import annotations

import dataclasses
import re
import shlex
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.cli.commands import serialback
from tests.databases import Database

# What it runs is counted by other tests.
pytestmark = pytest.mark.usefixtures("uncounted")

PAGE = Path(__file__).resolve().parents[2] / "docs" / "integration.md"
FENCED = re.compile(r"^```(?P<kind>[^\n]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
KINDS = {"sql", "sql refused", "sql postgresql", "text", "sh"}
HEADER = "Document #,Location,Customer,Item,Quantity,Generate Quantity\n"


@dataclasses.dataclass(frozen=True)
class Block:
    """One fenced block of the page: its kind, its text, and the line it begins on."""

    kind: str
    text: str
    line: int


def blocks() -> list[Block]:
    """Read the blocks of the page in order."""
    page = PAGE.read_text(encoding="utf-8")
    return [
        Block(found["kind"], found["text"], page.count("\n", 0, found.start()) + 1) for found in FENCED.finditer(page)
    ]


def statements(text: str) -> list[str]:
    """Part a block into its statements."""
    return [part.strip() for part in re.split(r";$", text, flags=re.MULTILINE) if part.strip()]


@contextmanager
def outside(database: Database) -> Iterator[Any]:
    """Connect as another system does: by its driver alone, each statement on its own, BEGIN and COMMIT as written."""
    url = make_url(database.url)
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(url.database), isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection
    else:
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as server:
            yield server


def shown(rows: Sequence[Sequence[object]]) -> str:
    """Write rows as the page does: a bar between the columns, and a hyphen for nothing."""
    return "".join(" | ".join("-" if value is None else str(value) for value in row) + "\n" for row in rows)


def run(connection: Any, text: str) -> str:
    """Run the statements of a block; give what the last one has found."""
    found = ""
    for statement in statements(text):
        cursor = connection.execute(statement)
        found = shown(cursor.fetchall()) if cursor.description else ""
    return found


def command(line: str, url: str, folder: Path) -> None:
    """Run one command of the page."""
    program, *arguments = shlex.split(line)
    assert program == "serialback"
    ended = serialback(*arguments, cwd=folder, env={"SERIALBACK_DATABASE_URL": url})
    assert ended.returncode == 0, f"{line}\n{ended.stdout}{ended.stderr}"


def test_the_page_holds_only_blocks_that_are_run() -> None:
    assert {block.kind for block in blocks()} == KINDS
    assert PAGE.read_text(encoding="utf-8").count("\n```") == 2 * len(blocks())


def test_the_page_does_what_it_says(database: Database, tmp_path: Path) -> None:
    found = ""
    with outside(database) as connection:
        for block in blocks():
            place = f"docs/integration.md, line {block.line}"
            if block.kind == "sql":
                found = run(connection, block.text)
            elif block.kind == "text":
                assert found == block.text, place
            elif block.kind == "sql postgresql":
                # In a test of its own: roles are the server's, not the database's.
                continue
            elif block.kind == "sh":
                for line in block.text.splitlines():
                    command(line, database.url, tmp_path)
            else:
                with pytest.raises((sqlite3.IntegrityError, psycopg.errors.IntegrityError)):
                    run(connection, block.text)


@contextmanager
def roles(database: Database) -> Iterator[tuple[Any, str, str]]:
    """Make the two roles of the page, under names of our own; give a connection as owner, and their names."""
    name = str(database.engine.url.database)
    till, settler = f"{name}_till", f"{name}_settler"
    with outside(database) as owner:
        for role in (till, settler):
            owner.execute(f"CREATE ROLE {role}")
        try:
            yield owner, till, settler
        finally:
            owner.execute("RESET ROLE")
            owner.execute(f"DROP OWNED BY {till}, {settler}")
            owner.execute(f"DROP ROLE {till}, {settler}")


def test_tills_and_runs_need_no_more_than_they_are_granted(postgresql_database: Database, tmp_path: Path) -> None:
    name = str(postgresql_database.engine.url.database)
    page = PAGE.read_text(encoding="utf-8")
    tills_begin = page.count("\n", 0, page.index("\n## Units that were sold")) + 1
    with roles(postgresql_database) as (owner, till, settler):
        owner.execute(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")
        url = make_url(postgresql_database.url).update_query_dict({"options": f"-c role={settler}"})
        as_settler = url.render_as_string(hide_password=False)
        for block in blocks():
            if block.kind == "sql postgresql":
                granted = re.sub(r"\btill\b", till, re.sub(r"\bsettler\b", settler, block.text))
                run(owner, granted.replace("DATABASE shop", f"DATABASE {name}"))
            elif block.kind == "sql":
                if block.line > tills_begin:
                    owner.execute(f"SET ROLE {till}")
                run(owner, block.text)
            elif block.kind == "sh":
                for line in block.text.splitlines():
                    command(line, postgresql_database.url if line == "serialback init" else as_settler, tmp_path)
        (tmp_path / "customer.csv").write_text("customer_code,name,currency\nC9,New,USD\n", encoding="utf-8")
        command("serialback load customer.csv", as_settler, tmp_path)
        for number, generate in enumerate(("3", "")):
            (tmp_path / f"{number}.csv").write_text(f"{HEADER}R-1,CITY,C1,CPU,2,{generate}\n", encoding="utf-8")
            command(f"serialback run intake {number}.csv", as_settler, tmp_path)
        command("serialback run nightly --strict", as_settler, tmp_path)
        command("serialback verify", as_settler, tmp_path)


def test_every_result_is_shown() -> None:
    read = [block for block in blocks() if block.kind == "text" or block.text.startswith("SELECT")]
    assert [block.kind for block in read] == ["sql", "text"] * (len(read) // 2)
