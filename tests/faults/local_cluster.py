"""Be a LocalCluster of two worker processes, kill one when told to, and end with standard input.

Prints the scheduler's address; each line read kills the worker of that place, once there is one, and is answered.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from typing import Any

from distributed import LocalCluster
from distributed.core import Status


def main() -> None:
    """Serve until standard input is closed."""
    asked = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "memory_limit": 0}
    with LocalCluster(dashboard_address=None, **asked) as cluster:  # type: ignore[no-untyped-call]
        print(cluster.scheduler_address, flush=True)
        for line in sys.stdin:
            _kill(cluster.workers[int(line)])
            print("killed", flush=True)


def _kill(nanny: Any) -> None:
    """Kill the worker that a nanny looks after, once it is there: one killed while it starts is given up."""
    while True:
        process = nanny.process
        if process is not None and process.status is Status.running:
            # It may have ended just now.
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
                return
        time.sleep(0.05)


if __name__ == "__main__":
    main()
