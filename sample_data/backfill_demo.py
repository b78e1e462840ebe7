"""Bring 100,000 legacy returns in, from nothing: `make demo-backfill`, or `python -m sample_data.backfill_demo [ROWS]`.

Every step is a command that can be typed as it is shown. Of what it prints, the lines that matter are shown. All files
are made in the folder `demo`.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from sample_data.demo import FOLDER, PROGRAMS
from sample_data.legacy_export import edit, write_export

ROWS = 100_000
DATABASE = "sqlite:///demo/backfill.db"
MAPPING = FOLDER / "demo" / "legacy.toml"
RUN = "serialback run backfill demo/legacy.csv --mapping demo/legacy.toml"
PREPARED = ("serialback init", "serialback load sample_data/reference.xlsx")


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One command, what it does in words, and how the lines of its output begin that are shown (empty: all)."""

    words: str
    command: str
    shown: tuple[str, ...] = ()
    after: Callable[[], Sequence[str]] = tuple


STEPS = (
    Step(
        "Draft a mapping: what is recognised, what is not, a sample of each column",
        "serialback mapping demo/legacy.csv --write demo/legacy.toml",
        shown=(
            "demo/legacy.csv",
            "column",
            *(f"{letter}  " for letter in "ABCDEFGHIJ"),
            "Not found",
            "Dates",
            "Not read",
            "Numbers",
        ),
        after=lambda: ("A person completes it with these lines:", *edit(MAPPING)),
    ),
    Step("Rehearse a sample; nothing of it is kept", f"{RUN} --sample 5000", shown=("Dry run", "Lines", "Serials")),
    Step(
        "Bring it all in; nobody is credited a second time",
        RUN,
        shown=("Run ", "Lines", "Serials", "Exceptions", "ITEM_UNKNOWN", "  e.g. legacy.csv", "Sequence SN-CITY"),
    ),
    Step("The same command again: nothing changes", RUN, shown=("Run ",)),
    Step(
        "Audit it: each row of the source beside its line, by month and location, and a sample side by side",
        "serialback report demo/audit.xlsx --run 1",
        shown=("Run ", "control total", "Rows of the source", "Lines posted as in", "Serials they name"),
    ),
    Step("Prove that every number, memo and area adds up", "serialback verify"),
)


def main(rows: int) -> int:
    """Run every step from nothing; stop at the first that fails."""
    begun = time.monotonic()
    folder = FOLDER / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    write_export(folder, rows)
    print(f"An export of {rows:,} legacy returns: demo/legacy.csv. Its old item codes and ours: demo/items.csv.")
    for command in PREPARED:
        status, _ = _output(command)
        if status:
            return _stopped(status)
    print(f"An empty database with the shop in it: {', '.join(PREPARED)}.", flush=True)
    for number, step in enumerate(STEPS, start=1):
        print(f"\n=== {number}. {step.words}\n$ {step.command}", flush=True)
        status, output = _output(step.command)
        for line in (*_shown(output, step.shown), *(step.after() if not status else ())):
            print(line)
        if status:
            return _stopped(status)
    print(f"\nAll in {time.monotonic() - begun:.0f} seconds; demo/audit.xlsx is for reading.")
    return 0


def _output(command: str) -> tuple[int, str]:
    program, *arguments = command.split()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SERIALBACK_")}
    run = subprocess.run(
        [*PROGRAMS[program], *arguments],
        cwd=FOLDER,
        env={**kept, "SERIALBACK_DATABASE_URL": DATABASE},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    return run.returncode, run.stdout


def _shown(output: str, beginnings: Sequence[str]) -> list[str]:
    """Give the first line that begins as each of these; all lines where none is given."""
    lines = [line for line in output.splitlines() if line]
    firsts = {next((line for line in lines if line.startswith(each)), "") for each in beginnings}
    return [line for line in dict.fromkeys(lines) if not beginnings or line in firsts]


def _stopped(status: int) -> int:
    print(f"The demo stops here: exit status {status}.", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
