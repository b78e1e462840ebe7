"""Measure one command: how long it took, and the most memory its whole process tree held."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

import psutil

# Each look goes through all processes of the machine, of which the command has both cores: at a fiftieth of a second
# the looks took a twentieth of a short run.
_SECONDS_BETWEEN_LOOKS = 0.1
_MIB = 1024 * 1024


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """Seconds on the wall clock, start-up of Python included, and the peak of the tree's resident memory in MiB."""

    seconds: float
    peak_mib: float


def serialback(url: str, *arguments: str) -> Measured:
    """Run the real command on a database."""
    return command([sys.executable, "-m", "batch", *arguments], {"SERIALBACK_DATABASE_URL": url})


def command(arguments: Sequence[str], environment: dict[str, str] | None = None) -> Measured:
    """Run a command to its end; raises where it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(
        arguments, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(process.pid, peak))
    watcher.start()
    _, errors = process.communicate()
    seconds = time.perf_counter() - started
    watcher.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed: {errors.decode()[-2000:]}")
    return Measured(seconds, peak[0])


def say(text: str) -> None:
    """Tell who waits what is being measured."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _watch(pid: int, peak: list[float]) -> None:
    try:
        root = psutil.Process(pid)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            tree = [root, *root.children(recursive=True)]
            peak[0] = max(peak[0], sum(_resident(process) for process in tree) / _MIB)
            time.sleep(_SECONDS_BETWEEN_LOOKS)
    except psutil.NoSuchProcess:
        return


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
