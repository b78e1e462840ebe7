"""Write a file that people get: whole or not at all, never over another one unasked, and not for everybody to read."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from batch.errors import SerialbackError, UsageError

MODE = 0o640


@contextlib.contextmanager
def new_file(path: Path, *, overwrite: bool = False, keep_mode: bool = False) -> Iterator[Path]:
    """Give a name beside `path` to write to; when all went well it becomes `path`, else it is gone.

    With `keep_mode`, it may be read by whoever could read the file that it replaces.
    Raises UsageError where `path` is taken and is not to be overwritten, SerialbackError where it cannot be written.
    """
    if not overwrite:
        _refuse_taken(path)
    with _told(path):
        mode = path.stat().st_mode & 0o777 if keep_mode and path.exists() else MODE
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with _told(path):
            os.fchmod(descriptor, MODE)
            os.close(descriptor)
            yield part
            _to_disk(part, mode)
            _put(part, path, overwrite=overwrite)
    finally:
        part.unlink(missing_ok=True)


def _put(part: Path, path: Path, *, overwrite: bool) -> None:
    if overwrite:
        part.replace(path)
        return
    try:
        # Unlike a renaming, a link fails where somebody else has made the file in the meantime.
        path.hardlink_to(part)
    except OSError:
        # Taken by now, or a file system without links.
        _refuse_taken(path)
        part.rename(path)


def _refuse_taken(path: Path) -> None:
    if path.is_symlink() or path.exists():
        raise UsageError(f"{path} exists already. Give another name, or say --overwrite.")


def _to_disk(part: Path, mode: int) -> None:
    with part.open("rb") as file:
        # Whoever wrote it may have made the file anew.
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SerialbackError(f"{path} cannot be written: {error.strerror or error}.") from error
