"""Take the settlement lock in a process of its own, say so, and keep it until told or killed."""

from __future__ import annotations

import datetime as dt
import sys

from batch.edge.database import open_database
from batch.edge.lock import settlement_lock
from batch.errors import BusyError


def hold(url: str, run_id: str) -> None:
    """Print HELD and wait for a line, or print BUSY and who holds the lock."""
    engine = open_database(url)
    try:
        with settlement_lock(engine, purpose="intake", clock=lambda: dt.datetime.now(dt.UTC)) as lock:
            if run_id:
                lock.describe(int(run_id))
            print("HELD", flush=True)
            sys.stdin.readline()
    except BusyError as error:
        print(f"BUSY {error.holder}", flush=True)
    finally:
        engine.dispose()


if __name__ == "__main__":
    hold(sys.argv[1], sys.argv[2])
