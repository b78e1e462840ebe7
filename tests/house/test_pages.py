"""Hold what people read against the code: rules and codes, commands, and the generated pages."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from batch.cli import main as serialback
from batch.core import rules, rules_amounts
from batch.core.codes import CATALOGUE, REFUSE, STAGE_ORDER, WARN
from batch.core.rule import Rule
from tests.house.source import ROOT, sources, tracked_texts

PAGES = ("exceptions.md", "tables.md", "commands.md")


def generate(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the generator as `make docs` does."""
    command = [sys.executable, "docs/generate.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Walk the commands that a user can call, without the groups that only hold others."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name, below in command.commands.items():
        yield from commands(below, f"{path} {name}")


def test_generated_pages_are_fresh() -> None:
    run = generate("--check")
    assert run.returncode == 0, run.stderr


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generate the pages in a folder of their own."""
    folder = tmp_path_factory.mktemp("generated")
    assert generate("--folder", str(folder)).returncode == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(PAGES)
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_a_stale_page_is_noticed(page: str, generated: Path, tmp_path: Path) -> None:
    shutil.copytree(generated, tmp_path, dirs_exist_ok=True)
    (tmp_path / page).write_text("written by hand", encoding="utf-8")
    run = generate("--check", "--folder", str(tmp_path))
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == f"{tmp_path / page} is stale: run `make docs`\n"


@pytest.mark.parametrize("code", CATALOGUE)
def test_codes_are_explained(code: str) -> None:
    entry = CATALOGUE[code]
    assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", code)
    assert entry.stage in STAGE_ORDER
    assert entry.severity in {REFUSE, WARN}
    assert re.fullmatch(r"[A-Z].*\.", entry.meaning)
    assert re.fullmatch(r"[A-Z].*\.", entry.remedy)


@pytest.mark.parametrize("code", CATALOGUE)
def test_codes_are_in_use(code: str) -> None:
    # A rule is a function named after its code; `code__detail` names several of one code.
    use = re.compile(rf"\b{code}\b|def {code.lower()}(__\w+)?\(")
    elsewhere = [source for source in sources("batch") if source.path != "batch/core/codes.py"]
    assert any(use.search(source.text) for source in elsewhere), f"no line can get {code}"


def test_rules_are_staged_once() -> None:
    named = vars(rules) | vars(rules_amounts)
    declared = sorted(name for name, each in named.items() if isinstance(each, Rule))
    staged = sorted(each.test.__name__ for stage in rules.STAGES for each in stage)
    assert staged == declared


def test_commands_have_help() -> None:
    silent = []
    for path, command in commands(serialback, "serialback"):
        if not command.help:
            silent.append(path)
        silent += [
            f"{path} {option.opts[0]}"
            for option in command.params
            if isinstance(option, click.Option) and not option.hidden and not option.help
        ]
    assert not silent, "\n".join(silent)


def test_the_readme_and_the_guides_name_every_command() -> None:
    prose = "\n".join(
        text
        for name, text in tracked_texts().items()
        if name.endswith(".md") and name not in {"CHANGELOG.md", *(f"docs/{page}" for page in PAGES)}
    )
    unnamed = [path for path, _ in commands(serialback, "serialback") if path not in prose]
    assert not unnamed, "\n".join(unnamed)
