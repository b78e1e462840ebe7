"""Take files out of an inbox, so that none is read while it is written and none is taken by two.

A file is claimed by renaming it into a folder of the sweep's own, which the sweep holds locked: the lock is gone with
whoever held it, and the next sweep takes over what a dead one has left.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from batch.core.file_names import is_intake_name, is_temporary
from batch.edge.failpoint import reach
from batch.edge.open_files import open_for_writing
from batch.edge.placing import put
from batch.errors import SettingsError

CLAIMED = ".claimed"
FOLDER_MODE = 0o750

# What a look at a file remembers of it: where it is on the disk, how long it is, when it was last written to.
Look = tuple[int, int, int, int]


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    """A file that a sweep has taken, and how it looked then; `token` names the sweep that took it first."""

    path: Path
    look: Look
    token: str

    @property
    def folder(self) -> Path:
        """Give the folder that holds this one file."""
        return self.path.parent

    def is_unchanged(self) -> bool:
        """Say whether nobody has written to the file since it was taken."""
        return look_at(self.path) == self.look


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """What lies in an inbox: files to take, files left for the next time, and files that are not for us."""

    ready: tuple[Path, ...]
    left: tuple[str, ...]
    strange: tuple[str, ...]


class Sweep:
    """One sweep of one inbox, with the folder into which it claims."""

    def __init__(self, inbox: Path, folder: Path, token: str) -> None:
        """Keep where files are claimed into."""
        self.inbox = inbox
        self.token = token
        self._folder = folder
        self._numbers = iter(range(1, 1_000_000))

    def claim(self, path: Path) -> Claim | None:
        """Take a file; None where somebody else was faster, or it is not what it seemed."""
        looked = look_at(path)
        if looked is None:
            return None
        taken = self._place() / path.name
        try:
            path.rename(taken)
        except FileNotFoundError:
            taken.parent.rmdir()
            return None
        reach("inbox.claimed")
        claim = Claim(taken, looked, self.token)
        if not claim.is_unchanged() or open_for_writing({looked[:2]}):
            self.give_back(claim)
            return None
        return claim

    def give_back(self, claim: Claim) -> None:
        """Put a file back into the inbox; where its name is taken by now it stays for the next sweep."""
        with contextlib.suppress(FileExistsError, FileNotFoundError):
            put(claim.path, self.inbox / claim.path.name)
            claim.folder.rmdir()

    def left_behind(self) -> Iterator[Claim]:
        """Take over, in order, what sweeps that are dead have claimed."""
        for folder in sorted((self.inbox / CLAIMED).iterdir()):
            if folder == self._folder or not folder.is_dir():
                continue
            with _locked(folder) as is_ours:
                if is_ours:
                    yield from self._take_over(folder)

    def _take_over(self, folder: Path) -> Iterator[Claim]:
        for place in sorted(folder.iterdir()):
            mine = self._place()
            # Whole folders, so that what lies ready beside a file comes with it.
            place.rename(mine)
            yield from (
                Claim(path, looked, folder.name) for path in _files(mine) if (looked := look_at(path)) is not None
            )
        with contextlib.suppress(OSError):
            folder.rmdir()

    def _place(self) -> Path:
        place = self._folder / f"{next(self._numbers):06d}"
        place.mkdir(mode=FOLDER_MODE)
        return place


@contextlib.contextmanager
def sweeping(inbox: Path, now: dt.datetime) -> Iterator[Sweep]:
    """Begin a sweep; at its end nothing but what could not be settled is left in its folder."""
    root = make_folder(inbox / CLAIMED)
    for number in range(1, 1000):
        token = f"{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}-{number}"
        folder = root / token
        try:
            folder.mkdir(mode=FOLDER_MODE)
        except FileExistsError:
            continue
        with _locked(folder) as is_ours:
            if not is_ours:
                # Seen as dead, and cleared away, in the moment before it was locked.
                continue
            try:
                yield Sweep(inbox, folder, token)
            finally:
                _clear(folder)
            return
    raise SettingsError(f"{root}: no folder could be made there to claim files into. Look into it.")


def look_around(inbox: Path, settle_seconds: float, sleep: Callable[[float], None] = time.sleep) -> Waiting:
    """See what lies in an inbox; what changes within some seconds, or is open for writing, is left."""
    first = {path: looked for path in _files(inbox) if (looked := look_at(path)) is not None}
    ours = {path: looked for path, looked in first.items() if is_intake_name(path.name)}
    if ours:
        sleep(settle_seconds)
    written_to = open_for_writing({looked[:2] for looked in ours.values()})
    ready = [path for path, looked in ours.items() if look_at(path) == looked and looked[:2] not in written_to]
    left = [path.name for path in ours if path not in set(ready)]
    return Waiting(tuple(ready), tuple(left), tuple(path.name for path in first if path not in ours))


def claimed_by_the_dead(inbox: Path) -> list[Path]:
    """List what sweeps that are over have left claimed, and leave it there: for a rehearsal."""
    claimed = inbox / CLAIMED
    folders = sorted(claimed.iterdir()) if claimed.is_dir() else []
    found: list[Path] = []
    for folder in folders:
        with _locked(folder) as is_dead:
            places = sorted(folder.iterdir()) if is_dead else []
            found += [path for place in places for path in _files(place) if look_at(path) is not None]
    return found


def look_at(path: Path) -> Look | None:
    """Look at a regular file without following links; None for all else."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def make_folder(folder: Path) -> Path:
    """Make a folder, with those above it, that not everybody may look into."""
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{folder} cannot be made: {error.strerror}. Look at the settings and permissions."
        ) from error
    return folder


def _files(inbox: Path) -> list[Path]:
    names = sorted(entry.name for entry in os.scandir(inbox) if not is_temporary(entry.name))
    return [inbox / name for name in names]


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Hold a folder as long as we live; say whether we got it, and it is still there."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        yield False
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield _is_same(folder, descriptor)
    finally:
        os.close(descriptor)


def _is_same(folder: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(folder.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _clear(folder: Path) -> None:
    """Remove what is empty: what is not holds a file that could not be settled."""
    for place in folder.iterdir():
        if not _files(place):
            # What was to lie beside a file that is gone; the file has it, or it can be made again.
            for left in place.iterdir():
                left.unlink()
            place.rmdir()
    with contextlib.suppress(OSError):
        folder.rmdir()
