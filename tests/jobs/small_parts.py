"""Be the command, with files landed in parts of so many rows: `python -m tests.jobs.small_parts ROWS ARGUMENTS`."""

from __future__ import annotations

import sys

from batch.cli import main
from batch.edge import parts_landing

if __name__ == "__main__":
    assert hasattr(parts_landing, "PART_ROWS")
    parts_landing.PART_ROWS = int(sys.argv[1])
    main(sys.argv[2:])
