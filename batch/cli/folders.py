"""Find the intake files that a command line means: files as named, and what a folder holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

from batch.core.file_names import is_intake_name, is_temporary


@dataclasses.dataclass(frozen=True, slots=True)
class Chosen:
    """The files to land, in order, and the files of folders that are none."""

    files: tuple[Path, ...]
    passed_over: tuple[Path, ...]


def intake_files(named: Iterable[Path]) -> Chosen:
    """Take files as named, and of a folder every intake file by name; what is still being written is left alone."""
    files: dict[Path, None] = {}
    passed_over: list[Path] = []
    for path in named:
        if not path.is_dir():
            files[path] = None
            continue
        for entry in sorted(path.iterdir(), key=lambda each: each.name):
            if entry.is_dir() or is_temporary(entry.name):
                continue
            if is_intake_name(entry.name):
                files[entry] = None
            else:
                passed_over.append(entry)
    return Chosen(tuple(files), tuple(passed_over))
