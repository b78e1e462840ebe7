"""Show that the first thing people type is answered at once, and with something they can use."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from batch.cli import COMMANDS, main
from tests.cli.commands import environment, serialback

SLOW_TO_IMPORT = {"alembic", "pandas", "psycopg", "pydantic", "rich", "sqlalchemy", "structlog"}


def commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Walk all commands and groups."""
    yield path, command
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from commands(below, (*path, name))


ALL = [pytest.param(path, command, id=" ".join(path) or "serialback") for path, command in commands(main, ())]


def test_without_arguments_the_first_steps_are_told(tmp_path: Path) -> None:
    run = serialback(cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    steps = re.findall(r"^  serialback (\w+(?: intake)?)", run.stdout, re.MULTILINE)
    assert steps == ["init", "load", "run intake", "exceptions"]
    assert list(tmp_path.iterdir()) == []


def test_the_help_names_every_command(tmp_path: Path) -> None:
    run = serialback("--help", cwd=tmp_path)
    assert run.returncode == 0
    assert set(COMMANDS) <= set(re.findall(r"^  (\w+)  ", run.stdout, re.MULTILINE))


@pytest.mark.parametrize(("path", "command"), ALL)
def test_the_help_teaches_with_an_example(path: tuple[str, ...], command: click.Command) -> None:
    name = " ".join(("serialback", *path))
    assert command.help is not None
    examples = inspect.cleandoc(command.help).partition("\b\nExample:\n")[2].splitlines()
    assert any(name in line for line in examples), f"no example of {name}"


@pytest.mark.parametrize("path", [pytest.param(row.values[0], id=row.id) for row in ALL])
def test_the_help_imports_nothing_slow(path: tuple[str, ...], tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from batch.cli import main\n"
        f"try: main({[*path, '--help']!r})\n"
        f"finally: sys.stderr.write(' '.join(sorted({SLOW_TO_IMPORT!r} & set(sys.modules))))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("Usage: serialback")


def test_the_program_leaves_without_looking_for_what_could_be_let_go() -> None:
    # What is asked first is answered last, and so of what is left when the program has ended.
    asked = "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 10_000)); import batch.cli"
    run = subprocess.run(
        [sys.executable, "-c", f"{asked}; batch.cli.main(['--help'])"], capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1] == "True"


def test_a_file_is_begun_to_be_read_before_what_is_slow_to_import() -> None:
    asked = f"import sys, batch.cli.run, batch.runner_before; print(sorted({SLOW_TO_IMPORT!r} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
