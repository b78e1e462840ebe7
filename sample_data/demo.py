"""Run the sample files through Serialback, from nothing: `make demo`, or `python -m sample_data.demo`.

Every step is a command that can be typed as it is shown. Long blocks of output are cut, and it is said by how much.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from sample_data.shop import INTAKE_DATE, NIGHT_DATE

FOLDER = Path(__file__).resolve().parents[1]
DATABASE = "sqlite:///demo.db"
PROGRAMS = {"serialback": (sys.executable, "-m", "batch"), "python": (sys.executable,)}
# A reason takes three lines: what, an example, what to do.
REASON_LINES = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One command, what it does in words, and how much of its output is shown: lines of a block, and reasons."""

    words: str
    command: str
    shown: int = 4
    reasons: int = 1


STEPS = (
    Step("Make an empty database", "serialback init"),
    Step(
        "Load the shop: four locations, their areas and number sequences, 58 items, 40 customers",
        "serialback load sample_data/reference.xlsx",
        shown=6,
    ),
    Step(
        "The ERP writes the serials it knows, with plain SQL",
        f"python -m sample_data.sql sample_data/erp.sql {DATABASE}",
    ),
    Step(
        "A day's returns, service slips and credit orders, on which nothing is odd",
        f"serialback run intake sample_data/intake_good.xlsx --business-date {INTAKE_DATE}",
    ),
    Step(
        "The same file by mistake once more: nothing changes",
        f"serialback run intake sample_data/intake_good.xlsx --business-date {INTAKE_DATE}",
    ),
    Step(
        "A sheet with every problem a sheet can have: good lines post, the others wait for a person",
        f"serialback run intake sample_data/intake_problems.xlsx --business-date {INTAKE_DATE}",
        reasons=2,
    ),
    Step(
        "A sheet as people really send them: titles, other headings, lost zeros, a totals row",
        f"serialback run intake sample_data/intake_as_sent.xlsx --business-date {INTAKE_DATE}",
    ),
    Step(
        "The tills insert their documents of the next day, with plain SQL",
        f"python -m sample_data.sql sample_data/pos_night.sql {DATABASE}",
    ),
    Step(
        "The night: the inbox, what is open, the POS documents (one bad line holds its document), then the reports",
        f"serialback run nightly --business-date {NIGHT_DATE}",
        shown=6,
    ),
    Step("Run by run, the night included", "serialback runs", shown=12),
    Step("Prove that every number, memo and area adds up", "serialback verify"),
)

LOOK_FURTHER = (
    ("exceptions --run 3", "each problem with its row, reason and remedy"),
    ("trace LC008001", "a unit's life: sold, on the bench, brought back"),
    ("runs 1", "one run, down to the serial number it had to pass over"),
)


def main() -> int:
    """Run every step from an empty folder's state; stop at the first that fails."""
    for name in ("demo.db", "demo.db-wal", "demo.db-shm", "demo.db.lock"):
        (FOLDER / name).unlink(missing_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SERIALBACK_")}
    # What the night finds and leaves behind lies in a folder of the demo's own.
    shutil.rmtree(FOLDER / "demo" / "night", ignore_errors=True)
    (FOLDER / "demo" / "night" / "inbox").mkdir(parents=True)
    environment = {
        **kept,
        "SERIALBACK_DATABASE_URL": DATABASE,
        "SERIALBACK_INBOX": "demo/night/inbox",
        "SERIALBACK_REPORTS": "demo/night/reports",
    }
    print(f"The demo works on demo.db: SERIALBACK_DATABASE_URL={DATABASE}")
    for number, step in enumerate(STEPS, start=1):
        print(f"\n=== {number}. {step.words}\n$ {step.command}", flush=True)
        program, *arguments = step.command.split()
        run = subprocess.run(
            [*PROGRAMS[program], *arguments],
            cwd=FOLDER,
            env=environment,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
        print("\n".join(shortened(run.stdout, step)), flush=True)
        if run.returncode:
            print(f"The demo stops here: exit status {run.returncode}.", file=sys.stderr)
            return run.returncode
    print("\n=== Look further")
    for arguments_text, purpose in LOOK_FURTHER:
        print(f"{f'.venv/bin/serialback --database {DATABASE} {arguments_text}':<72}{purpose}")
    return 0


def shortened(output: str, step: Step) -> Iterator[str]:
    """Give the lines of an output, of each block the first few; where to look is said once, at the end of the demo."""
    for block in output.rstrip("\n").split("\n\n"):
        lines = block.split("\n")
        if lines[0].startswith("serialback "):
            continue
        are_reasons = len(lines) > 1 and lines[1].startswith("  e.g. ")
        most = step.reasons * REASON_LINES if are_reasons else step.shown
        # A cut that saves a single line would not be worth its own.
        if len(lines) <= most + 1:
            yield from lines
        else:
            yield from lines[:most]
            yield f"  [{len(lines) - most:,} lines more]"


if __name__ == "__main__":
    sys.exit(main())
