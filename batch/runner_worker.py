"""Be one worker of a run: settle the chunks that the run names, until it has no more or is gone.

Work comes by reference, as lines of JSON on standard input: first how the run is set, then document ids. The database
is our own setting, from the environment. Every chunk is answered by one line on standard output.
"""

from __future__ import annotations

import ctypes
import dataclasses
import datetime as dt
import json
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from batch import DATABASE_VARIABLE
from batch.core.chunk import Terms
from batch.core.hold import Hold
from batch.edge.database import open_database
from batch.edge.session import Session
from batch.errors import SerialbackError, one_line
from batch.runner_chunks import ChunkSettler

_PR_SET_PDEATHSIG = 1


def main() -> int:
    """Settle chunk after chunk; 0 when the run has closed our standard input."""
    die_with_the_run()
    set_up = json.loads(sys.stdin.readline())
    engine = open_database(os.environ[DATABASE_VARIABLE])
    with Session(engine, dry_run=False) as session:
        settler = ChunkSettler(
            session,
            terms_from(set_up["terms"]),
            set_up["run_id"],
            lambda: dt.datetime.now(dt.UTC),
            worker=set_up["worker"],
            block_size=set_up["block_size"],
        )
        for line in sys.stdin:
            try:
                print(json.dumps(_answer(settler, json.loads(line))), flush=True)  # noqa: T201 - the answer is the output
            except BrokenPipeError:
                # The run is gone, and with it whoever would hear of this chunk: it is done, and the next run sees so.
                os._exit(0)
    engine.dispose()
    return 0


def die_with_the_run() -> None:
    """Ask the kernel to end us when the run ends in whatever way: its lock is gone then, and another may begin."""
    # Ctrl-C and SIGTERM are for the run to answer; it lets us finish our chunk.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def terms_as_json(terms: Terms) -> dict[str, Any]:
    """Write the terms of a run as plain JSON values."""
    return {**dataclasses.asdict(terms), "business_date": terms.business_date.isoformat(), "hold": terms.hold.value}


def terms_from(values: Mapping[str, Any]) -> Terms:
    """Read the terms of a run back."""
    fixed = {"business_date": dt.date.fromisoformat(values["business_date"]), "hold": Hold(values["hold"])}
    return Terms(**{**values, **fixed})


def _answer(settler: ChunkSettler, asked: Mapping[str, Any]) -> dict[str, Any]:
    try:
        settler.settle(asked["documents"])
    except SerialbackError as error:
        return {"error": one_line(str(error)), "exit_status": error.exit_status}
    return {"done": True}


if __name__ == "__main__":
    sys.exit(main())
