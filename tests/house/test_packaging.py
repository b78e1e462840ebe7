"""Hold the pins, the architecture's contracts and the tree against what a fresh clone needs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.source import ROOT, tracked_files, tracked_texts

PIN = re.compile(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*")
# Character classes keep these patterns from being findings of their own.
MACHINE_PATH = re.compile(r"/(wor[k]|far[m]|roo[t])/|/ho[m]e/[a-z]|/tm[p]/bash")
DOWNLOAD_ADDRESS = re.compile(r"pyp[i]\.org|pythonhoste[d]|\b(url|resolved|source|registry)\"? *[=:] *\"?http[s]?://")
LARGEST_FILE = 1_048_576

TOP_LEVEL = {
    *(".ci", ".editorconfig", ".gitattributes", ".gitignore", ".pre-commit-config.yaml"),
    *("CHANGELOG.md", "LICENSE", "Makefile", "README.md", "pyproject.toml"),
    *("batch", "docs", "jobs", "sample_data", "tests"),
}


def direct_requirements() -> Iterator[Requirement]:
    """Read what pyproject.toml asks for, all extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for lines in [project["dependencies"], *project["optional-dependencies"].values()]:
        yield from map(Requirement, lines)


def pins() -> dict[str, str]:
    """Read the pinned version of each distribution."""
    lines = (ROOT / ".ci/constraints.txt").read_text(encoding="utf-8").splitlines()
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}


def test_pins_are_plain() -> None:
    lines = (ROOT / ".ci/constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not PIN.fullmatch(line)] == []
    assert len(pins()) == len(lines), "a distribution is pinned twice"


@pytest.mark.parametrize("requirement", [pytest.param(each, id=each.name) for each in direct_requirements()])
def test_direct_dependencies_are_pinned(requirement: Requirement) -> None:
    pinned = pins().get(canonicalize_name(requirement.name))
    assert pinned is not None, f".ci/constraints.txt has no {requirement.name}"
    assert requirement.specifier.contains(pinned)


def test_imports_run_downwards() -> None:
    # Called as a module of this interpreter, so that it checks the environment the tests run in.
    call = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    command = [sys.executable, "-c", call, "--no-logo", "--no-cache"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("pattern", [MACHINE_PATH, DOWNLOAD_ADDRESS], ids=["machine path", "download address"])
def test_no_text_points_out_of_the_tree(pattern: re.Pattern[str]) -> None:
    found = [
        f"{name}:{number}: {line.strip()}"
        for name, text in tracked_texts().items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PIP_TARGET"])
def test_the_callers_environment_does_not_reach_what_make_starts(name: str) -> None:
    command = ["make", "--no-print-directory", "--eval", "shown: ; @env", "shown"]
    run = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, name: "given", "KEPT": "given"},
    )
    given = {line.split("=")[0] for line in run.stdout.splitlines() if line.endswith("=given")}
    assert given == {"KEPT"}


def test_the_tree_is_tidy() -> None:
    assert {name.split("/")[0] for name in tracked_files()} <= TOP_LEVEL
    large = [name for name in tracked_files() if (ROOT / name).stat().st_size > LARGEST_FILE]
    assert not large


def test_lines_end_as_they_should() -> None:
    # What stands in for a shop's own files may end its lines as shops do.
    ours = {name: text for name, text in tracked_texts().items() if not name.startswith("sample_data/")}
    ragged = [name for name, text in ours.items() if text and (not text.endswith("\n") or "\r" in text)]
    assert not ragged
