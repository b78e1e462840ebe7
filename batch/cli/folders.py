"""Find the intake files that a command line means: files as named, and what a folder holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Final

# A workbook with macros is among them: it is better refused with a reason than passed over.
INTAKE_SUFFIXES: Final = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv"})

_TEMPORARY_BEGINS: Final = ("~$", ".")
_TEMPORARY_ENDS: Final = (".part", ".tmp")


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
            if entry.suffix.lower() in INTAKE_SUFFIXES:
                files[entry] = None
            else:
                passed_over.append(entry)
    return Chosen(tuple(files), tuple(passed_over))


def is_temporary(name: str) -> bool:
    """Say whether a name is that of a lock file, a half upload or a hidden file."""
    return name.startswith(_TEMPORARY_BEGINS) or name.lower().endswith(_TEMPORARY_ENDS)
