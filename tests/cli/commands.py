"""Run the real command as a program of its own, as a shell or cron does."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "batch")


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give this environment without any setting of ours, with warnings as errors, and what is extra."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SERIALBACK_", "PG", "NO_COLOR"))}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **(extra or {})}


def serialback(
    *args: str,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    stdout: int | IO[Any] = subprocess.PIPE,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in a folder, with text in and out."""
    return subprocess.run(
        [*COMMAND, *args],
        cwd=cwd,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def json_of(run: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Read the one JSON object on standard output."""
    (line,) = run.stdout.splitlines()
    told = json.loads(line)
    assert isinstance(told, dict)
    return told


def on_terminal(*args: str, cwd: Path, columns: int, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run a command with a terminal for its output; give its exit status and what the terminal got."""
    return watched([*COMMAND, *args], cwd=cwd, columns=columns, env=env)


def watched(
    program: Sequence[str], *, cwd: Path, columns: int, env: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Run any program with a terminal for its output; give its exit status and what the terminal got."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    plain = {name: value for name, value in environment(env).items() if name != "COLUMNS"}
    child = subprocess.Popen(
        program, cwd=cwd, env={**plain, "TERM": "xterm"}, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    got = bytearray()
    try:
        while part := _read(ours):
            got += part
        status = child.wait(timeout=120)
    finally:
        child.kill()
        child.wait()
        os.close(ours)
    return status, got.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        # How Linux says that nobody has the other end open any more.
        return b""
