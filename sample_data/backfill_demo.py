"""Bring 100,000 legacy returns in, from nothing: `make demo-backfill`, or `python -m sample_data.backfill_demo [ROWS]`.

Every step is a command that can be typed as it is shown. All files are made in the folder `demo`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from sample_data.demo import FOLDER, PROGRAMS, Step, shortened
from sample_data.legacy_export import write_export

ROWS = 100_000
DATABASE = "sqlite:///demo/backfill.db"
RUN = "serialback run backfill demo/legacy.csv --mapping demo/legacy.toml"

STEPS = (
    Step("Make an empty database", "serialback init"),
    Step("Load the shop", "serialback load sample_data/reference.xlsx", shown=1),
    Step(
        "Look at the export, and draft a mapping: what is recognised, what is not, a sample of each column",
        "serialback mapping demo/legacy.csv",
        shown=12,
    ),
    Step(
        "Rehearse a sample by the mapping, looked over and completed by a person",
        f"{RUN} --sample 5000",
        shown=5,
        reasons=0,
    ),
    Step("Bring it all in; nobody is credited a second time", RUN, shown=5),
    Step("The same command again: nothing changes", RUN, shown=2),
    Step(
        "Audit it: the source against the database by month and location, and a sample of rows side by side",
        "serialback report demo/audit.xlsx --run 1",
        shown=4,
    ),
    Step("Prove that every number, memo and area adds up", "serialback verify"),
)


def main(rows: int) -> int:
    """Run every step from nothing; stop at the first that fails."""
    folder = FOLDER / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    write_export(folder, rows)
    print(f"An export of {rows:,} legacy returns, and how to read it: demo/legacy.csv, legacy.toml, items.csv")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SERIALBACK_")}
    for number, step in enumerate(STEPS, start=1):
        print(f"\n=== {number}. {step.words}\n$ {step.command}", flush=True)
        program, *arguments = step.command.split()
        run = subprocess.run(
            [*PROGRAMS[program], *arguments],
            cwd=FOLDER,
            env={**kept, "SERIALBACK_DATABASE_URL": DATABASE},
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
        print("\n".join(shortened(run.stdout, step)), flush=True)
        if run.returncode:
            print(f"The demo stops here: exit status {run.returncode}.", file=sys.stderr)
            return run.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
