"""Measure the jobs against the bound of bare reading and loading: `make bench`.

Everything is measured in one run, so that the ratios mean something on a noisy machine. `ARGS="--million"` adds a
file of 1,000,000 lines; `--write` puts the table and the picture into docs/.
"""

from __future__ import annotations

import argparse
import dataclasses
import platform
import sqlite3
import statistics
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from batch.edge.database import open_database
from tests.bench import bound, inputs, picture
from tests.bench.measure import Measured, command, serialback
from tests.bench.stage import Stage, files, stages

REGISTERED = 1_000_000
MILLION = 1_000_000
DOCS = Path(__file__).resolve().parents[2] / "docs"


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One measurement as it is printed: the target in words, and whether it was reached (None: no target)."""

    what: str
    seconds: float
    peak_mib: float
    lines_a_second: float | None
    ratio: str
    target: str
    reached: bool | None


def main() -> int:
    """Measure what is asked for, print a table; 0 whatever it says, for a ratio of a busy machine fails nobody."""
    asked = _arguments()
    sizes = [int(size) for size in asked.lines.split(",")] + ([MILLION] if asked.million else [])
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-files-") as scratch:
        _say(f"Writing sheets of {', '.join(f'{size:,}' for size in sizes)} lines, and a register of {REGISTERED:,}")
        made = files(Path(scratch), sizes)
        refused = Path(scratch) / "refused.xlsx"
        inputs.write_workbook(refused, inputs.lines(sizes[-1 if not asked.million else -2], refused=0.1))
        with stages(asked.databases.split(","), REGISTERED) as ready:
            points = _measure(ready, sizes, made, refused, rows, asked)
    rows += _start_up()
    table = _table(rows)
    print(table)
    if asked.write:
        picture.write(DOCS / "performance.svg", points)
        page = DOCS / "performance.md"
        begin, end = "<!-- table -->", "<!-- end of table -->"
        before, _, rest = page.read_text(encoding="utf-8").partition(begin)
        after = rest.partition(end)[2]
        page.write_text(f"{before}{begin}\n{_versions()}\n\n{table}\n{end}{after}", encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--lines", default="10000,100000", help="sizes, the larger last")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--million", action="store_true", help="also a CSV file of 1,000,000 lines, on PostgreSQL")
    parser.add_argument("--repeat", type=int, default=3, help="how often to run; the median counts")
    parser.add_argument("--write", action="store_true", help="put the table and the picture into docs/")
    return parser.parse_args()


def _measure(  # noqa: PLR0917 - what a round of measurements needs
    ready: list[Stage],
    sizes: list[int],
    made: dict[tuple[int, str], Path],
    refused: Path,
    rows: list[Row],
    asked: argparse.Namespace,
) -> dict[str, list[tuple[int, float, float]]]:
    points: dict[str, list[tuple[int, float, float]]] = {}
    for stage in ready:
        for size in sizes:
            if size == MILLION and stage.name == "SQLite":
                continue
            path = made.get((size, "xlsx")) or made[size, "csv"]
            target = 3.0 if size <= 10_000 else 2.0
            ran, least = _job(stage, path, size, target, rows, 1 if size == MILLION else asked.repeat)
            points.setdefault(stage.name, []).append((size, ran.seconds, least))
            if size == sizes[0]:
                _users_script(stage, path, ran, rows)
            if stage.name == "PostgreSQL" and size > sizes[0]:
                two = serialback(stage.fresh("two"), "--quiet", "run", "intake", "--workers", "2", str(path))
                _add(
                    rows,
                    f"{stage.name}, {size:,} lines, two workers",
                    two,
                    size,
                    ran.seconds / two.seconds,
                    "one / two ≥ 1.4",
                    1.4,
                )
        largest = [size for size in sizes if size != MILLION][-1]
        _beside(stage, made[largest, "xlsx"], refused, largest, rows)
    return points


def _job(  # noqa: PLR0917 - what a job is measured by
    stage: Stage, path: Path, size: int, target: float, rows: list[Row], repeat: int
) -> tuple[Measured, float]:
    """Measure the job and its bound, alternately; the medians count."""
    runs: list[Measured] = []
    least: list[float] = []
    for _ in range(repeat):
        _say(f"{stage.name}, {path.name}: the job, then its bound")
        url = stage.fresh("run")
        runs.append(serialback(url, "--quiet", "run", "intake", str(path)))
        engine = open_database(url)
        left = bound.rows_left(engine, REGISTERED)
        engine.dispose()
        empty = open_database(stage.fresh("bound"))
        least.append(bound.bare_read(path) + bound.bare_load(empty, left))
        empty.dispose()
    ran = sorted(runs, key=lambda each: each.seconds)[len(runs) // 2]
    lowest = statistics.median(least)
    ratio = ran.seconds / lowest
    rows.append(
        Row(
            f"{stage.name}, intake {path.suffix[1:]}, {size:,} lines",
            ran.seconds,
            max(each.peak_mib for each in runs),
            size / ran.seconds,
            f"{ratio:.2f} × bound ({lowest:.2f} s)",
            f"≤ {target:.1f} × bound",
            ratio <= target,
        )
    )
    return ran, lowest


def _users_script(stage: Stage, path: Path, ran: Measured, rows: list[Row]) -> None:
    _say(f"{stage.name}: the script a user writes")
    script = command([sys.executable, "-m", "tests.bench.users_script", stage.fresh("script"), str(path)])
    ratio = script.seconds / ran.seconds
    rows.append(
        Row(
            f"{stage.name}, the script a user writes, 10,000 lines",
            script.seconds,
            script.peak_mib,
            None,
            f"{ratio:.1f} × ours",
            "≥ 10 × ours",
            ratio >= 10,
        )
    )


def _beside(stage: Stage, path: Path, refused: Path, size: int, rows: list[Row]) -> None:
    """Measure what is set beside the plain job: a rehearsal, a file of which a tenth is refused, its workbook."""
    _say(f"{stage.name}: rehearsal, refusals")
    plain = serialback(stage.fresh("plain"), "--quiet", "run", "intake", str(path))
    rehearsed = serialback(stage.fresh("dry"), "--quiet", "run", "intake", "--dry-run", str(path))
    _add(
        rows,
        f"{stage.name}, {size:,} lines, dry run",
        rehearsed,
        size,
        rehearsed.seconds / plain.seconds,
        "dry / run ≤ 1.0",
        -1.0,
    )
    url = stage.fresh("refused")
    tenth = serialback(url, "--quiet", "run", "intake", str(refused))
    _add(
        rows,
        f"{stage.name}, {size:,} lines, a tenth refused",
        tenth,
        size,
        tenth.seconds / plain.seconds,
        "refused / good ≤ 1.3",
        -1.3,
    )


def _add(  # noqa: PLR0917 - the fields of a row
    rows: list[Row], what: str, ran: Measured, size: int, ratio: float, target: str, bar: float
) -> None:
    """Add a row whose ratio must be at least `bar`, or where that is negative at most its opposite."""
    reached = ratio >= bar if bar > 0 else ratio <= -bar
    rows.append(Row(what, ran.seconds, ran.peak_mib, size / ran.seconds, f"{ratio:.2f}", target, reached))


def _start_up() -> list[Row]:
    runs = [command([sys.executable, "-m", "batch", "--help"]) for _ in range(5)]
    seconds = statistics.median(each.seconds for each in runs)
    return [Row("serialback --help", seconds, max(each.peak_mib for each in runs), None, "", "≤ 0.4 s", seconds <= 0.4)]


def _table(rows: list[Row]) -> str:
    lines = [
        "| what | seconds | lines/s | peak MiB | ratio | target | reached |",
        "| --- | ---: | ---: | ---: | --- | --- | --- |",
    ]
    for row in rows:
        speed = "" if row.lines_a_second is None else f"{row.lines_a_second:,.0f}"
        reached = {True: "yes", False: "no", None: ""}[row.reached]
        lines.append(
            f"| {row.what} | {row.seconds:.2f} | {speed} | {row.peak_mib:.0f} "
            f"| {row.ratio} | {row.target} | {reached} |"
        )
    return "\n".join(lines)


def _versions() -> str:
    used = ", ".join(f"{name} {version(name)}" for name in ("pandas", "SQLAlchemy", "psycopg", "python-calamine"))
    return (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {used}; medians, on a shared machine "
        "of 2 cores: read the ratios, not the seconds."
    )


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
