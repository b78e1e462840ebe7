"""Kill this very process at a named place, so that tests can show what a crash leaves behind. Inert otherwise.

`SERIALBACK_FAILPOINT=NAME` or `NAME:N` (at the N-th time) kills with SIGKILL; `?` counts every place reached on
standard error instead. Settings refuse the variable unless `production = false`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter

VARIABLE = "SERIALBACK_FAILPOINT"

_reached: Counter[str] = Counter()


def reach(name: str) -> None:
    """Mark a place where a crash must do no harm."""
    asked = os.environ.get(VARIABLE)
    if not asked:
        return
    _reached[name] += 1
    if asked == "?":
        sys.stderr.write(f"failpoint {name}:{_reached[name]}\n")
        return
    wanted, _, count = asked.partition(":")
    if wanted == name and _reached[name] == int(count or 1):
        os.kill(os.getpid(), signal.SIGKILL)
