"""Make the reading child crash, hang or take memory over files named so; it starts with this folder on its path."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


def misread(read_csv: Callable[..., None]) -> Callable[..., None]:
    """Read a file, unless its name says what to do instead."""

    def read(source: Any, spool: Any, name: str, *rest: Any) -> None:
        if name.startswith("crash"):
            os.abort()
        if name.startswith("hang"):
            time.sleep(3600)
        if name.startswith("eat"):
            eaten = []
            while True:
                eaten.append(bytearray(1 << 24))
        read_csv(source, spool, name, *rest)

    return read


if "batch.edge.sheet_child" in sys.orig_argv:
    sys.path.append(str(ROOT))
    from batch.edge import sheet_csv

    sheet_csv.read_csv = misread(sheet_csv.read_csv)
