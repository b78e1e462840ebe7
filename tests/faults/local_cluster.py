"""Be a LocalCluster of two worker processes, kill one when told to, and end with standard input.

Prints the scheduler's address; each line read kills the worker of that place, once there is one, and is answered.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any

from distributed import LocalCluster


def main() -> None:
    """Serve until standard input is closed."""
    asked = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "memory_limit": 0}
    with LocalCluster(dashboard_address=None, **asked) as cluster:  # type: ignore[no-untyped-call]
        print(cluster.scheduler_address, flush=True)
        for line in sys.stdin:
            _kill(cluster.workers[int(line)])
            print("killed", flush=True)


def _kill(nanny: Any) -> None:
    """Kill the worker that a nanny looks after; one killed a moment ago may not be there again yet."""
    while True:
        try:
            os.kill(nanny.pid, signal.SIGKILL)
        except (ProcessLookupError, TypeError):
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":
    main()
