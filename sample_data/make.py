"""Make every sample file anew: `python -m sample_data.make [FOLDER]`, the same files each time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from sample_data.as_sent import write_as_sent
from sample_data.intake import write_good, write_problems
from sample_data.pos_night import write_night
from sample_data.reference import write_reference, write_register

HERE = Path(__file__).resolve().parent

FILES: Mapping[str, Callable[[Path], None]] = {
    "reference.xlsx": write_reference,
    "erp.sql": write_register,
    "intake_good.xlsx": write_good,
    "intake_problems.xlsx": write_problems,
    "intake_as_sent.xlsx": write_as_sent,
    "pos_night.sql": write_night,
}


def make(folder: Path) -> None:
    """Write all files into a folder."""
    for name, write in FILES.items():
        write(folder / name)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    make(target)
    print(f"Made {', '.join(FILES)} in {target}.")
