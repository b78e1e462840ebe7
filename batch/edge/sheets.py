"""Read spreadsheets and CSV files: the only way a file comes in.

A file is hostile until read. It is opened once, without following links, and read by a child process under limits,
which leaves plain rows; nothing else of it reaches this process. See `sheet_child` for the other side.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import orjson

from batch.core.cells import RawRow
from batch.edge.sheet_content import EXPORT_KINDS, PARQUET, READ_KINDS
from batch.edge.sheet_limits import SAVE_AGAIN, SEND_AGAIN, ReadLimits, plain, size_text
from batch.edge.sheet_out import ANSWER, NO_ROOM, OUT_OF_MEMORY, rows_file
from batch.edge.sheet_spool import decoded
from batch.errors import FileRefusedError, SerialbackError

__all__ = ["ReadLimits", "Reading", "SheetPart", "SheetSpool", "read_sheets", "start_reading"]

_LONGEST_ANSWER = 4 << 20
_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
# All that the child gets of our environment; the last lets a coverage run see into it.
_PASSED_ON = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")

# What the libraries of the child say, each in its own words, when there is no more memory.
_MEMORY_WORDS = (b"memory allocation", b"Memory allocation", b"MemoryError", b"bad_alloc")


@dataclasses.dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet as it was read: blank rows are not counted."""

    name: str
    visible: bool
    row_count: int
    path: Path


@dataclasses.dataclass(frozen=True, slots=True)
class SheetSpool:
    """A file as it was read; its rows lie in a folder of their own until `remove`, or the end of a `with`."""

    name: str
    sha256: str
    size_bytes: int
    sheets: list[SheetPart]
    folder: Path

    def rows(self, sheet: SheetPart) -> Iterator[RawRow]:
        """Give the rows of a sheet that are not blank."""
        with sheet.path.open("rb") as lines:
            yield from decoded(lines)

    def remove(self) -> None:
        """Delete the rows from the disk."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def read_sheets(
    path: Path,
    *,
    scratch: Path,
    limits: ReadLimits | None = None,
    export_zone: str | None = None,
) -> SheetSpool:
    """Read a file and wait for it; raises FileRefusedError."""
    return start_reading(path, scratch=scratch, limits=limits, export_zone=export_zone).result()


def start_reading(
    path: Path,
    *,
    scratch: Path,
    limits: ReadLimits | None = None,
    export_zone: str | None = None,
) -> Reading:
    """Start to read a file in a child process.

    Never raises a refusal: `Reading.result` does. `scratch` is a folder for the rows, with room for them. The export
    of another system, of which an instant is a time of day in `export_zone`, may be a Parquet file.
    """
    return Reading(path, scratch, limits or ReadLimits(), export_zone)


class Reading:
    """A file being read. Call `result` once, or `cancel`."""

    def __init__(self, path: Path, scratch: Path, limits: ReadLimits, export_zone: str | None = None) -> None:
        self._path, self._limits = path, limits
        self._kinds = READ_KINDS if export_zone is None else EXPORT_KINDS
        self._name = plain(path.name, 200)
        self._child: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._refusal: FileRefusedError | None = None
        self._started = time.monotonic()
        try:
            self._start(scratch, {"zone": export_zone})
        except FileRefusedError as refusal:
            self._refusal = refusal

    def _start(self, scratch: Path, asked: Mapping[str, object]) -> None:
        self._request: dict[str, object] = {"kind": (kind := self._kind()), **asked}
        with contextlib.ExitStack() as undo:
            self._descriptor = self._opened()
            undo.callback(os.close, self._descriptor)
            self._before = os.fstat(self._descriptor)
            self._check_file(kind)
            self._folder = Path(tempfile.mkdtemp(prefix="reading-", dir=scratch))
            undo.callback(self._remove)
            self._start_child(scan_first=False)
            undo.pop_all()

    def result(self) -> SheetSpool:
        """Wait for the rows; raises FileRefusedError, and leaves nothing behind then."""
        if self._refusal is not None:
            raise self._refusal
        with contextlib.ExitStack() as undo:
            undo.callback(self.cancel)
            self._wait()
            if self._out_of_memory():
                # The scan, which knows why, did not come first; now it shall.
                self._start_child(scan_first=True)
                self._wait()
            spool = self._spool()
            self._check_unchanged()
            undo.pop_all()
        os.close(self._descriptor)
        return spool

    def cancel(self) -> None:
        """Stop reading and leave nothing behind."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None
            os.close(self._descriptor)
        self._remove()

    def _refused(self, cause: str, remedy: str) -> FileRefusedError:
        return FileRefusedError(self._name, cause, remedy)

    def _kind(self) -> str:
        lower = self._path.name.lower()
        kind = next((each for each in self._kinds if lower.endswith(each)), None)
        if kind is None and lower.endswith(PARQUET):
            raise self._refused(
                "is a Parquet file, and only a backfill reads those",
                "Save it as .csv or .xlsx; legacy returns go to `serialback run backfill` as they are",
            )
        if kind is None:
            macros = lower.endswith((".xlsm", ".xlam", ".xltm"))
            raise self._refused(
                "may hold macros" if macros else "does not end in " + ", ".join(self._kinds),
                "Save it as .xlsx and hand that in",
            )
        return kind

    def _opened(self) -> int:
        try:
            # Without waiting: a pipe in the folder must not hold us up before it is refused.
            return os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            raise self._refused("does not exist", "Check the name") from None
        except OSError as error:
            if self._path.is_symlink():
                raise self._refused("is a symbolic link", "Hand in the file itself") from error
            raise self._refused(f"cannot be opened ({error.strerror})", "Check the file and its permissions") from error

    def _check_file(self, kind: str) -> None:
        if not stat.S_ISREG(self._before.st_mode):
            raise self._refused("is not a regular file", "Hand in a file")
        limit = self._limits.csv_bytes if kind in {".csv", ".csv.gz", PARQUET} else self._limits.file_bytes
        if self._before.st_size > limit:
            raise self._refused(
                f"has {self._before.st_size:,} bytes, more than {size_text(limit)}",
                "Split it into smaller files, or save a large one as .csv, and hand those in",
            )

    def _start_child(self, *, scan_first: bool) -> None:
        assert self._folder is not None
        request = self._request | {
            "descriptor": self._descriptor,
            "name": self._path.name.encode("utf-8", "replace").decode(),
            "folder": str(self._folder),
            "limits": dataclasses.asdict(self._limits),
            "scan_first": scan_first,
        }
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        with (self._folder / "request.json").open("w+b") as asked, (self._folder / "stderr").open("wb") as said:
            asked.write(orjson.dumps(request))
            asked.seek(0)
            self._child = subprocess.Popen(
                # Safe path: neither the folder we are in nor the script's may shadow a module.
                [sys.executable, "-P", "-m", "batch.edge.sheet_child"],
                stdin=asked,
                stdout=subprocess.DEVNULL,
                stderr=said,
                pass_fds=(self._descriptor,),
                env={**environment, "PYTHONPATH": str(_PACKAGE_ROOT), "MALLOC_ARENA_MAX": "2"},
                cwd=self._folder,
                # Ctrl-C is for us to answer, not for the child.
                start_new_session=True,
            )

    def _wait(self) -> None:
        assert self._child is not None
        until = self._started + self._limits.wall_seconds
        _sleep_until_ended(self._child, max(until - time.monotonic(), 0.0))
        try:
            self._child.wait(max(until - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            raise self._refused(
                f"takes longer to read than {self._limits.wall_seconds:g} seconds",
                "Split it into smaller files, or save it as .csv, and hand those in",
            ) from None

    def _spool(self) -> SheetSpool:
        """Believe of the answer only what has the shape of one."""
        assert self._child is not None
        assert self._folder is not None
        answer_file = self._folder / ANSWER
        if self._child.returncode or not answer_file.exists() or answer_file.stat().st_size > _LONGEST_ANSWER:
            raise self._ended_badly(self._child.returncode)
        try:
            answer: dict[str, Any] = orjson.loads(answer_file.read_bytes())
            if "cause" in answer:
                raise self._refused(str(answer["cause"]), str(answer["remedy"]))
            sheets = [
                SheetPart(
                    name=str(each["name"]),
                    visible=bool(each["visible"]),
                    row_count=int(each["rows"]),
                    path=rows_file(self._folder, int(each["file"])),
                )
                for each in answer["sheets"]
            ]
            return SheetSpool(self._path.name, str(answer["sha256"]), int(answer["size"]), sheets, self._folder)
        except (KeyError, TypeError, ValueError) as error:
            raise self._ended_badly(self._child.returncode) from error

    def _out_of_memory(self) -> bool:
        assert self._child is not None
        assert self._folder is not None
        if not self._child.returncode:
            return False
        with (self._folder / "stderr").open("rb") as said:
            words = said.read(65_536)
        return self._child.returncode == OUT_OF_MEMORY or any(sign in words for sign in _MEMORY_WORDS)

    def _ended_badly(self, status: int) -> SerialbackError:
        assert self._folder is not None
        if status == NO_ROOM:
            return SerialbackError(f"{self._name}: no room for its rows in {self._folder.parent}. Make room, run again")
        if self._out_of_memory():
            return self._refused(
                f"takes more memory to read than {size_text(self._limits.memory_bytes)}",
                "Delete what stands far outside the table, split the file or save it as .csv, and hand it in again",
            )
        if status in {-signal.SIGXCPU, -signal.SIGKILL}:
            return self._refused(
                f"takes more than {self._limits.cpu_seconds} seconds of computing to read",
                "Split it into smaller files, or save it as .csv, and hand those in",
            )
        how = signal.Signals(-status).name if status < 0 else f"status {status}"
        return self._refused(f"stopped the program that reads it ({how})", SAVE_AGAIN)

    def _check_unchanged(self) -> None:
        """Refuse a file that somebody wrote to or replaced while it was read."""

        def facts(status: os.stat_result) -> tuple[int, ...]:
            return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)

        try:
            now = [os.fstat(self._descriptor), self._path.lstat()]
        except FileNotFoundError:
            now = []
        if [facts(each) for each in now] != [facts(self._before)] * 2:
            raise self._refused("was changed or replaced while it was read", SEND_AGAIN)

    def _remove(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _sleep_until_ended(child: subprocess.Popen[bytes], seconds: float) -> None:
    """Be woken as soon as a child ends, where the system can: a timed wait looks only every twentieth of a second."""
    try:
        descriptor = os.pidfd_open(child.pid)
    except (AttributeError, OSError):
        return
    try:
        ended = select.poll()
        ended.register(descriptor, select.POLLIN)
        ended.poll(seconds * 1000)
    finally:
        os.close(descriptor)
