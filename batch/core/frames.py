"""Give pandas as our frames need it: without pyarrow, which it loads wherever it finds it.

No frame of ours is kept in Arrow, and Parquet is read in a process of its own, which knows no pandas. With it every
process would take 34 MiB more and 0.07 s longer to start (pandas 3.1, pyarrow 26), for nothing.
"""

from __future__ import annotations

import sys
from typing import Any

# A module that is None cannot be imported: for pandas it is not installed, as it may well be. One that somebody has
# loaded already stays as it is.
_modules: dict[str, Any] = sys.modules
_arrow = _modules.setdefault("pyarrow", None)
import pandas as pd  # noqa: E402 - after what keeps it small

if _arrow is None:
    del _modules["pyarrow"]

__all__ = ["pd"]
