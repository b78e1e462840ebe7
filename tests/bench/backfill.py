"""Measure the backfill of a CSV file: against its bound, with two workers, and as it grows."""

from __future__ import annotations

from pathlib import Path

from tests.bench import bound, inputs
from tests.bench.measure import Measured, say, serialback
from tests.bench.rows import Row, against_bound, at_least, at_most
from tests.bench.stage import REGISTERED, Stage

MOST_MIB = 500


def measure(stage: Stage, scratch: Path, sizes: list[int], rows: list[Row]) -> list[tuple[int, float, float]]:
    """Measure each size once; give (lines, seconds of the job, seconds of the bound)."""
    points: list[tuple[int, float, float]] = []
    ran: dict[int, Measured] = {}
    for size in sizes:
        path = scratch / f"legacy-{size}.csv"
        inputs.write_csv(path, inputs.lines(size))
        say(f"{stage.name}, {path.name}: the job, its bound, two workers")
        url = stage.fresh("run")
        ran[size] = serialback(url, "--quiet", "run", "backfill", str(path))
        least = bound.seconds(url, stage.fresh("bound"), path, REGISTERED)
        what = f"{stage.name}, backfill csv, {size:,} lines"
        rows.append(against_bound(what, [ran[size]], size, least, 2.0))
        two = serialback(stage.fresh("two"), "--quiet", "run", "backfill", "--workers", "2", str(path))
        rows.append(
            at_least(f"{what}, two workers", two, size, ran[size].seconds / two.seconds, "one / two ≥ 1.4", 1.4)
        )
        points.append((size, ran[size].seconds, least))
    if len(sizes) > 1:
        small, large = sizes[0], sizes[-1]
        growth = ran[large].seconds / large / (ran[small].seconds / small)
        rows.append(at_most("the same, seconds a line against the smaller", ran[large], large, growth, "≤ 1.3", 1.3))
        memory = ran[large].peak_mib / ran[small].peak_mib
        rows.append(at_most("the same, memory against the smaller", ran[large], large, memory, "≤ 1.5", 1.5))
        share = ran[large].peak_mib / MOST_MIB
        rows.append(at_most(f"the same, memory against {MOST_MIB} MiB", ran[large], large, share, "≤ 1.0", 1.0))
    return points
