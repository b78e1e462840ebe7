"""Write the pages of docs/ that are drawn from the code: exception codes, tables and commands.

`make docs` writes them; with `--check` nothing is written and a stale page gives exit status 1.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import re
import sys
import tokenize
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from batch.core.codes import CATALOGUE, STAGE_ORDER
from batch.edge import schema, schema_reference

NOTICE = "<!-- Written by `make docs` from {source}: change that, not this page. -->\n"

DIALECTS: tuple[sa.Dialect, ...] = (sqlite.dialect(), postgresql.dialect())  # type: ignore[no-untyped-call]

# What a table is for, where an outside reader meets it first.
PURPOSES = {
    "location": "Stores and offices, in a tree; a setting left out is looked up at the parent, then at the default.",
    "stock_area": "Where units are: ours (STOCK) or somebody else's (OUT).",
    "number_sequence": "Where serials and credit memo numbers come from.",
    "item": "What is sold, and whether it is kept by serial.",
    "customer": "Who returns units, and in which currency they are credited.",
    "run": "One row for each time a job ran, with its figures.",
    "intake_file": "One row for each content handed in.",
    "intake_row": "The rows of an intake file as they came, so that refused ones can be given back.",
    "document": "Slips and invoices with returns on them, written by the POS system or by landing a file.",
    "document_line": "One item of a document.",
    "line_unit": "The units of a line that are named or have a serial.",
    "serial": "The register: one row for each internal serial.",
    "serial_history": "What happened to a serial, one row a step; never changed or deleted.",
    "credit_memo": "Credit memos; final once written.",
    "credit_memo_line": "What a credit memo credits; a document line is credited once.",
    "exception": "One row for each reason why a line could not be done, and for each warning.",
    "missing_number": "Numbers that were passed over, with the reason.",
    "number_block": "Blocks of numbers reserved by a run and not used up yet.",
}


def main(arguments: list[str] | None = None) -> int:
    """Write every generated page, or say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is stale")
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent, help="where the pages are")
    options = parser.parse_args(arguments)
    stale = 0
    for name, draw in PAGES.items():
        page, text = options.folder / name, draw()
        if page.is_file() and page.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if options.check:
            print(f"{page} is stale: run `make docs`", file=sys.stderr)
        else:
            page.write_text(text, encoding="utf-8")
            print(f"{page} written")
    return int(options.check and stale > 0)


def exceptions_page() -> str:
    """Draw every exception code by stage, in order of precedence."""
    parts = [
        "# Exception codes\n",
        NOTICE.format(source="batch/core/codes.py"),
        (
            "A line that cannot be done gets one row in `exception` for each reason. Reasons are looked for in the "
            "stages below, in this order: a line refused at one stage is not judged at the next. REFUSE keeps the "
            "line from being posted; WARN only points something out. Codes are public and never re-used.\n"
        ),
        (
            "Below each table stands one message of each code as people read it: the sample files were run to get "
            "them. A message says where to look, what is wrong with which value, and last what to do.\n"
        ),
    ]
    shown = _messages()
    for stage in STAGE_ORDER:
        entries = [entry for entry in CATALOGUE.values() if entry.stage == stage]
        rows = ((f"`{entry.code}`", entry.severity, entry.meaning, entry.remedy) for entry in entries)
        parts += [f"## {stage.capitalize()}\n", _table(("code", "severity", "meaning", "what to do"), rows)]
        parts += [f"`{entry.code}`\n\n> {_quoted(shown[entry.code])}\n" for entry in entries]
    return "\n".join(parts)


def tables_page() -> str:
    """Draw every table: columns, types on both databases, keys, checks and indexes."""
    remarks = _remarks(Path(schema.__file__)) | _remarks(Path(schema_reference.__file__))
    parts = [
        "# Tables\n",
        NOTICE.format(source="batch/edge/schema.py"),
        (
            "The same names on SQLite and PostgreSQL; where the types differ, both are given. Instants are UTC, "
            "amounts (`_minor`) whole minor units of the currency. A column with a default may be left out by an "
            "outside writer.\n"
        ),
    ]
    for table in schema.METADATA.tables.values():
        parts += [f"## `{table.name}`\n", f"{table.comment or PURPOSES[table.name]}\n"]
        rows = (_column_row(column) for column in table.columns)
        parts.append(_table(("column", "type", "null", "default", "refers to"), rows))
        facts = [*_constraints(table), *_indexes(table), *remarks.get(table.name, [])]
        if facts:
            parts.append("\n".join(f"- {fact}" for fact in facts) + "\n")
    parts += ["## `exception_report` (view)\n", "One row for each run and code.\n"]
    parts += [f"```sql\n{schema.EXCEPTION_REPORT_SQL.strip()}\n```\n"]
    return "\n".join(parts)


def commands_page() -> str:
    """Draw every command with its help, arguments and options."""
    from batch.cli import main as serialback

    parts = ["# Commands\n", NOTICE.format(source="batch/cli")]
    for path, command in _commands(serialback, "serialback"):
        context = click.Context(command, info_name=path, terminal_width=100)
        usage = " ".join([path, *command.collect_usage_pieces(context)])
        parts += [f"## `{path}`\n", f"```\n{usage}\n```\n", _help_text(command)]
        records = (parameter.get_help_record(context) for parameter in command.get_params(context))
        rows = [(f"`{record[0]}`", record[1]) for record in records if record]
        if rows:
            parts.append(_table(("option", "meaning"), rows))
    return "\n".join(parts)


PAGES: dict[str, Callable[[], str]] = {
    "exceptions.md": exceptions_page,
    "tables.md": tables_page,
    "commands.md": commands_page,
}


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def _messages() -> dict[str, str]:
    # The samples are no installed package, and this script's own folder is what Python looks through.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from sample_data.messages import messages

    return messages()


def _quoted(message: str) -> str:
    """Keep what was typed from being taken for marks of the page."""
    return re.sub(r"([\\`*_<>|])", r"\\\1", message)


def _column_row(column: sa.Column[Any]) -> tuple[str, ...]:
    name = f"**`{column.name}`**" if column.primary_key else f"`{column.name}`"
    kinds = " / ".join(dict.fromkeys(column.type.compile(dialect=dialect) for dialect in DIALECTS))
    refers = ", ".join(sorted(f"`{key.target_fullname}`" for key in column.foreign_keys))
    return name, kinds, "yes" if column.nullable else "", _default(column), refers


def _default(column: sa.Column[Any]) -> str:
    if column.identity:
        return "given by the database"
    if not isinstance(column.server_default, sa.DefaultClause):
        return ""
    value = column.server_default.arg
    if not isinstance(value, str):
        return f"`{value.compile(dialect=DIALECTS[-1])}`"
    return f"`{value}`" if column.type.python_type is int else f"`'{value}'`"


def _constraints(table: sa.Table) -> list[str]:
    facts = []
    for constraint in table.constraints:
        if isinstance(constraint, sa.PrimaryKeyConstraint):
            facts.append(f"primary key: {_names(constraint.columns)}")
        elif isinstance(constraint, sa.UniqueConstraint):
            facts.append(f"unique: {_names(constraint.columns)}")
        elif isinstance(constraint, sa.CheckConstraint):
            facts.append(f"check: `{constraint.sqltext}`")
    return sorted(facts)


def _indexes(table: sa.Table) -> list[str]:
    facts = []
    for index in table.indexes:
        where = index.dialect_options["postgresql"]["where"]
        condition = "" if where is None else f" where `{where}`"
        facts.append(f"{'unique index' if index.unique else 'index'}: {_names(index.columns)}{condition}")
    return sorted(facts)


def _names(columns: Iterable[sa.Column[Any]]) -> str:
    return ", ".join(f"`{column.name}`" for column in columns)


def _remarks(source: Path) -> dict[str, list[str]]:
    """Read what the comments inside each table's declaration say of the column below them."""
    with source.open("rb") as stream:
        tokens = list(tokenize.tokenize(stream.readline))
    comments = {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}
    remarks: dict[str, list[str]] = {}
    for call in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if not (isinstance(call, ast.Call) and ast.unparse(call.func) == "sa.Table"):
            continue
        inside = [line for line in sorted(comments) if call.lineno < line <= (call.end_lineno or 0)]
        said = remarks.setdefault(ast.literal_eval(call.args[0]), [])
        for _, block in itertools.groupby(enumerate(inside), lambda pair: pair[1] - pair[0]):
            lines = [line for _, line in block]
            below = next(argument for argument in call.args if argument.end_lineno and argument.end_lineno > lines[-1])
            said.append(f"{_declared(below)}{' '.join(comments[line] for line in lines)}")
    return remarks


def _declared(argument: ast.expr) -> str:
    """Name the column or index that an argument of a table declares; several in one have no name."""
    if isinstance(argument, ast.Call) and argument.args and isinstance(argument.args[0], ast.Constant):
        return f"`{argument.args[0].value!s}`: "
    return ""


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None, f"{path} lists {name}, but has no such command"
            if not below.hidden:
                yield from _commands(below, f"{path} {name}")


def _help_text(command: click.Command) -> str:
    """Join the lines of each paragraph of a command's help as click does, leaving alone those marked to be."""
    paragraphs = (command.help or command.short_help or "").strip().split("\n\n")
    shown = []
    for paragraph in paragraphs:
        lines = [line.strip() for line in paragraph.splitlines()]
        kept = lines[:1] == ["\b"]
        shown.append("```\n" + "\n".join(lines[1:]) + "\n```" if kept else " ".join(lines))
    return "\n\n".join(shown) + "\n"


if __name__ == "__main__":
    sys.exit(main())
