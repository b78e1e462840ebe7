"""Read the project's own sources, for the tests of the house's rules."""

from __future__ import annotations

import ast
import dataclasses
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("batch", "jobs")
CHECKED = (*PRODUCT, "tests", "docs", "sample_data")

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclasses.dataclass(frozen=True)
class Source:
    """One Python file: where it stands, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    def definitions(self) -> Iterator[tuple[str, Definition]]:
        """Give every function and class with its qualified name, as Python writes it."""
        yield from _definitions(self.tree, "")

    def at(self, node: ast.stmt | ast.expr | ast.excepthandler) -> str:
        """Name a place as editors do."""
        return f"{self.path}:{node.lineno}"


@functools.cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Read every Python file below the folders, in order."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert found, f"no Python file below {folders}"
    texts = [(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in found]
    return tuple(Source(path, text, ast.parse(text, path)) for path, text in texts)


@functools.cache
def tracked_files() -> tuple[str, ...]:
    """List the files that are, or are about to be, in the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(name for name in listed if (ROOT / name).is_file())


@functools.cache
def tracked_texts() -> dict[str, str]:
    """Read those of them that are text."""
    contents = {name: (ROOT / name).read_bytes() for name in tracked_files()}
    return {name: each.decode(errors="replace") for name, each in contents.items() if b"\0" not in each}


def _definitions(node: ast.AST, prefix: str) -> Iterator[tuple[str, Definition]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Definition):
            yield f"{prefix}{child.name}", child
            inside = "." if isinstance(child, ast.ClassDef) else ".<locals>."
            yield from _definitions(child, f"{prefix}{child.name}{inside}")
        else:
            yield from _definitions(child, prefix)
