"""Put files where nothing is overwritten: whole, at once, and under another name where theirs is taken."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from batch.core.file_names import beside, with_number
from batch.edge.failpoint import reach

# Where a name is taken so often, something else is wrong.
_MOST_NAMES = 10_000


def put(source: Path, target: Path) -> None:
    """Move a file within its file system; raises FileExistsError where the name is taken."""
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        if not os.path.samestat(source.lstat(), target.lstat()):
            raise
    except OSError:
        # A file system without links, or somebody else's file: the name is taken first, and then filled.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640))
        try:
            source.replace(target)
        except OSError:
            target.unlink()
            raise
        return
    source.unlink()


def put_with_companion(source: Path, folder: Path, companion: Path | None, kind: str) -> Path:
    """Move a file into a folder, and what belongs beside it with it; give where it lies.

    The companion comes first and leaves its own place last: wherever this is cut short, doing it again does the rest.
    """
    for target in _names(folder, source.name):
        if companion is not None and companion.exists():
            place = folder / beside(target.name, kind)
            try:
                _link_or_copy(companion, place)
            except FileExistsError:
                if not os.path.samestat(companion.lstat(), place.lstat()):
                    continue
            reach("inbox.put.companion")
        try:
            put(source, target)
        except FileExistsError:
            continue
        reach("inbox.put")
        if companion is not None:
            companion.unlink(missing_ok=True)
        return target
    raise FileExistsError(f"{folder / source.name}: too many files of this name")


def _names(folder: Path, name: str) -> Iterator[Path]:
    for number in range(1, _MOST_NAMES):
        target = folder / with_number(name, number)
        # Looked at first, so that no companion is laid beside somebody else's file.
        if not target.is_symlink() and not target.exists():
            yield target


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        with os.fdopen(descriptor, "wb") as written:
            written.write(source.read_bytes())
