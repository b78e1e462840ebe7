"""See to what comes before a run: files begun to be read, settings that fit the database, memory looked after."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from batch.edge.readings import Readings
from batch.edge.sheets import ReadLimits
from batch.errors import UsageError
from batch.job import Job, LegacyFiles

if TYPE_CHECKING:
    import sqlalchemy as sa

    from batch.config import Settings


_LINES_BETWEEN_LOOKS = 50_000


def begin_reading(job: Job, settings: Settings, files: Sequence[Path]) -> Readings:
    """Begin to read the files of a run, in a process of its own: before all that takes its time to be imported."""
    zone = settings.time_zone if isinstance(job.source, LegacyFiles) else None
    return Readings(files, ReadLimits(**settings.limits.for_reading()), zone)


def check_workforce(engine: sa.Engine, settings: Settings) -> None:
    """Refuse several writers where the database lets only one write, and two ways to have them."""
    several = settings.workers > 1 or settings.cluster
    if several and engine.dialect.name == "sqlite":
        remedy = "without --cluster" if settings.cluster else "with --workers 1"
        raise UsageError(f"SQLite lets one process write at a time: run {remedy}, or use PostgreSQL.")
    if settings.cluster and settings.workers > 1:
        where = " or ".join(f"{name} (set by {settings.origin(name)})" for name in ("cluster", "workers"))
        raise UsageError(f"A cluster has as many workers as it has: leave out {where}.")
    if settings.cluster:
        from batch.runner_cluster import check_cluster

        check_cluster(settings.cluster)


def rarely_look_for_circles() -> None:
    """Let rows be: they live as long as their chunk and hold no circles, and looking costs a tenth of a run."""
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)


class Circles:
    """Statements do hold circles, and with them the keys they asked for: few objects, but large ones."""

    def __init__(self) -> None:
        """Begin to count."""
        self._lines = 0

    def settled(self, lines: int) -> None:
        """Count lines that were settled, and have the statements that settled them let go once in a while."""
        self._lines += lines
        if self._lines >= _LINES_BETWEEN_LOOKS:
            self._lines = 0
            gc.collect()
