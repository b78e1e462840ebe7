"""Start the parts of a Dask cluster as people do, from the command line, and end them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.cli.commands import environment
from tests.faults.night import REHEARSAL, until

Program = subprocess.Popen[str]

# How long a run waits for a cluster; and nothing but what matters in the logs.
WAITS = {"SERIALBACK_CLUSTER_WAIT_SECONDS": "3"}
_PLAIN_WORKER = ("--no-nanny", "--nthreads", "1", "--memory-limit", "0", "--host", "127.0.0.1", "--no-dashboard")


@contextmanager
def scheduler(folder: Path, *options: str, env: Mapping[str, str] | None = None) -> Iterator[tuple[Program, str]]:
    """Start `dask scheduler`; give it and its address."""
    told = folder / "scheduler.json"
    told.unlink(missing_ok=True)
    asked = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told))
    with started("distributed.cli.dask_scheduler", *asked, *options, folder=folder, env=env) as program:
        until(lambda: program.poll() is not None or _address(told) != "")
        yield program, _address(told)


@contextmanager
def worker(
    address: str, name: str, folder: Path, *options: str, env: Mapping[str, str] | None = None
) -> Iterator[Program]:
    """Start `dask worker` in a folder of its own, without a nanny: its death is the end of it."""
    folder.mkdir(exist_ok=True)
    asked = (address, "--name", name, *_PLAIN_WORKER, *options)
    with started("distributed.cli.dask_worker", *asked, folder=folder, env=env) as program:
        yield program


@contextmanager
def local_cluster(folder: Path) -> Iterator[tuple[Program, str]]:
    """Start a LocalCluster of two processes, whose settings file is in the folder; give it and its address."""
    with started("tests.faults.local_cluster", folder=folder, talking=True) as program:
        assert program.stdout is not None
        assert program.stdin is not None
        yield program, program.stdout.readline().strip()
        program.stdin.close()
        program.wait(timeout=30)


@contextmanager
def started(
    module: str, *arguments: str, folder: Path, env: Mapping[str, str] | None = None, talking: bool = False
) -> Iterator[Program]:
    """Start a program in a folder; end it if it is still there."""
    pipe = subprocess.PIPE if talking else subprocess.DEVNULL
    with (
        (folder / "log.txt").open("a", encoding="utf-8") as log,
        subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=folder,
            # What Dask itself warns of is not ours to judge.
            env={**environment({**REHEARSAL, **(env or {})}), "PYTHONWARNINGS": "ignore"},
            stdin=pipe,
            stdout=pipe,
            stderr=log,
            encoding="utf-8",
        ) as program,
    ):
        try:
            yield program
        finally:
            program.kill()


def _address(told: Path) -> str:
    try:
        return str(json.loads(told.read_text(encoding="utf-8"))["address"])
    except (OSError, ValueError):
        return ""
