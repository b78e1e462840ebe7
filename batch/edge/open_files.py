"""Find out which files somebody on this machine has open for writing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

FileId = tuple[int, int]

_PROC = Path("/proc")
_ACCESS_MODE = 0o3


def open_for_writing(wanted: Collection[FileId]) -> set[FileId]:
    """Give those of the files (device, inode) that a program has open for writing, as far as we may look.

    Programs of other users are hidden from all but root, and those of other machines from everybody.
    """
    if not wanted:
        return set()
    return {found for found in _written_to() if found in wanted}


def _written_to() -> Iterator[FileId]:
    for folder in _PROC.glob("[0-9]*/fd"):
        try:
            opened = list(folder.iterdir())
        except OSError:
            # Gone by now, or not ours to look into.
            continue
        for each in opened:
            try:
                status = each.stat()
                flags = (folder.with_name("fdinfo") / each.name).read_text(encoding="ascii")
            except (OSError, ValueError):
                continue
            if _for_writing(flags):
                yield status.st_dev, status.st_ino


def _for_writing(description: str) -> bool:
    flags = next((line for line in description.splitlines() if line.startswith("flags:")), "flags: 0")
    return bool(int(flags.split()[1], 8) & _ACCESS_MODE)
