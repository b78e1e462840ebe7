"""Read one file in a process of its own, under limits, and write its rows as plain text for the parent.

Started as `python -m batch.edge.sheet_child`; the request comes on standard input, the answer is a file beside the
rows. Whatever a hostile file does to this process, the parent sees no more than that it ended.
"""

from __future__ import annotations

import errno
import functools
import hashlib
import io
import os
import resource
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import orjson

from batch.edge.sheet_content import PARQUET
from batch.edge.sheet_limits import ReadLimits, UnreadableError, too_large
from batch.edge.sheet_out import ANSWER, NO_ROOM, OUT_OF_MEMORY, SheetFiles

_PIECE = 1 << 20


def main() -> None:
    """Answer one request."""
    request = orjson.loads(sys.stdin.buffer.read())
    limits = ReadLimits(**request["limits"])
    _restrict(limits)
    folder = Path(request["folder"])
    try:
        answer = read_file(folder, limits, request)
        (folder / ANSWER).write_bytes(orjson.dumps(answer))
    except UnreadableError as error:
        _write_refusal(folder, error)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except OSError as error:
        if error.errno == errno.EFBIG:
            _write_refusal(folder, too_large("takes, as plain rows,", limits.spool_bytes))
        elif error.errno in {errno.ENOSPC, errno.EDQUOT}:
            sys.exit(NO_ROOM)
        else:
            raise


def _restrict(limits: ReadLimits) -> None:
    """Bound what this process may take, before a byte of the file is looked at."""
    bounds = {
        resource.RLIMIT_AS: (limits.memory_bytes, limits.memory_bytes),
        resource.RLIMIT_CPU: (limits.cpu_seconds, limits.cpu_seconds + 1),
        resource.RLIMIT_FSIZE: (limits.spool_bytes, limits.spool_bytes),
        resource.RLIMIT_CORE: (0, 0),
    }
    for kind, wanted in bounds.items():
        ceiling = resource.getrlimit(kind)[1]
        soft, hard = (each if ceiling == resource.RLIM_INFINITY else min(each, ceiling) for each in wanted)
        resource.setrlimit(kind, (soft, hard))
    # A parent that was killed cannot stop this process any more; the alarm's default is to end it.
    signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds + 5)


def _write_refusal(folder: Path, error: UnreadableError) -> None:
    (folder / ANSWER).write_bytes(orjson.dumps({"cause": error.cause, "remedy": error.remedy}))


def _refuse_at_once(folder: Path, error: UnreadableError) -> NoReturn:
    """End this process from the scan, while the reader works: it may be about to take all memory."""
    _write_refusal(folder, error)
    os._exit(0)


def read_file(folder: Path, limits: ReadLimits, request: Mapping[str, Any]) -> dict[str, object]:
    """Read the file behind a descriptor into the folder, and say what was written."""
    declared, name = request["kind"], request["name"]
    files = SheetFiles(folder, limits)
    with io.FileIO(request["descriptor"]) as file:
        source = _Hashed(file)
        if declared in {".csv", ".csv.gz"}:
            from batch.edge.sheet_csv import read_csv

            with files.sheet(name, visible=True) as spool:
                read_csv(source, spool, name, declared, limits)
        elif declared == PARQUET:
            from batch.edge.sheet_parquet import read_parquet

            # First for its hash; the parent sees to it that nobody writes to it meanwhile.
            while source.read(_PIECE):
                pass
            with files.sheet(name, visible=True) as spool:
                read_parquet(file, spool, request["zone"], limits)
        else:
            from batch.edge.sheet_workbook import read_workbook

            # Whole, so that what is hashed is what is read: the file on disk may change under way.
            content = source.read(limits.file_bytes + 1)
            if len(content) > limits.file_bytes:
                raise too_large("is", limits.file_bytes)
            refuse = None if request["scan_first"] else functools.partial(_refuse_at_once, folder)
            read_workbook(content, declared, files, limits, refuse)
    return {"sha256": source.digest.hexdigest(), "size": source.size, "sheets": files.written}


class _Hashed(io.RawIOBase):
    """A file that is hashed and counted as it is read."""

    def __init__(self, file: io.FileIO) -> None:
        self._file, self.digest, self.size = file, hashlib.sha256(), 0

    def read(self, size: int = -1, /) -> bytes:
        """Read on; fewer bytes than asked for only at the end."""
        pieces = []
        while size > 0 and (piece := self._file.read(size)):
            self.digest.update(piece)
            pieces.append(piece)
            size -= len(piece)
        whole = b"".join(pieces)
        self.size += len(whole)
        return whole


if __name__ == "__main__":
    main()
