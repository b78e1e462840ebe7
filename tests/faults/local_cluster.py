"""Be a LocalCluster of two worker processes, kill one when told to, and end with standard input.

Prints the scheduler's address; each line read kills the worker of that place, and is answered when another is there.
"""

from __future__ import annotations

import os
import signal
import sys

from distributed import LocalCluster


def main() -> None:
    """Serve until standard input is closed."""
    asked = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "memory_limit": 0}
    with LocalCluster(dashboard_address=None, **asked) as cluster:  # type: ignore[no-untyped-call]
        print(cluster.scheduler_address, flush=True)
        for line in sys.stdin:
            nanny = cluster.workers[int(line)]
            os.kill(nanny.pid, signal.SIGKILL)
            print("killed", flush=True)


if __name__ == "__main__":
    main()
