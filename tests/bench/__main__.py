"""Measure the jobs against the bound of bare reading and loading: `make bench`.

Everything is measured in one run, so that the ratios mean something on a noisy machine. `ARGS="--million"` adds a
file of 1,000,000 lines; `--write` puts the table and the picture into docs/.
"""

from __future__ import annotations

import argparse
import platform
import sqlite3
import statistics
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from tests.bench import backfill, bound, inputs, picture
from tests.bench.measure import Measured, command, say, serialback
from tests.bench.rows import Row, against_bound, as_table, at_least, at_most, median, within
from tests.bench.stage import REGISTERED, Stage, stages, workbooks

MILLION = 1_000_000
DOCS = Path(__file__).resolve().parents[2] / "docs"


def main() -> int:
    """Measure what is asked for, print a table; 0 whatever it says, for a ratio of a busy machine fails nobody."""
    asked = _arguments()
    sizes = [int(size) for size in asked.lines.split(",")]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-files-") as scratch:
        say(f"Setting the stage: a register of {REGISTERED:,} serials")
        with stages(asked.databases.split(","), REGISTERED) as ready:
            points = _measure(ready, sizes, Path(scratch), rows, asked)
    rows += _start_up()
    table = as_table(rows)
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
    parser.add_argument("--million", action="store_true", help="also a backfill of 1,000,000 lines, on PostgreSQL")
    parser.add_argument("--repeat", type=int, default=3, help="how often to run; the median counts")
    parser.add_argument("--write", action="store_true", help="put the table and the picture into docs/")
    return parser.parse_args()


def _measure(
    ready: list[Stage], sizes: list[int], scratch: Path, rows: list[Row], asked: argparse.Namespace
) -> dict[str, list[tuple[int, float, float]]]:
    points: dict[str, list[tuple[int, float, float]]] = {}
    made = workbooks(scratch, sizes)
    for stage in ready:
        for size in sizes:
            ran, least = _intake(stage, made[size], size, rows, asked.repeat)
            points.setdefault(stage.name, []).append((size, ran.seconds, least))
            if size == sizes[0]:
                _users_script(stage, made[size], ran, size, rows)
        _beside(stage, made[sizes[-1]], scratch, sizes[-1], rows, asked.repeat)
        if stage.name == "PostgreSQL":
            lines = [sizes[-1], MILLION] if asked.million else [sizes[-1]]
            points["PostgreSQL, backfill"] = backfill.measure(stage, scratch, lines, rows)
    return points


def _intake(stage: Stage, path: Path, size: int, rows: list[Row], repeat: int) -> tuple[Measured, float]:
    """Measure the job and its bound, alternately; the medians count."""
    runs: list[Measured] = []
    least: list[float] = []
    for _ in range(repeat):
        say(f"{stage.name}, {path.name}: the job, then its bound")
        url = stage.fresh("run")
        runs.append(serialback(url, "--quiet", "run", "intake", str(path)))
        least.append(bound.seconds(url, stage.fresh("bound"), path, REGISTERED))
    lowest = statistics.median(least)
    target = 3.0 if size <= 10_000 else 2.0
    rows.append(against_bound(f"{stage.name}, intake xlsx, {size:,} lines", runs, size, lowest, target))
    return median(runs), lowest


def _users_script(stage: Stage, path: Path, ran: Measured, size: int, rows: list[Row]) -> None:
    say(f"{stage.name}: the script a user writes")
    script = command([sys.executable, "-m", "tests.bench.users_script", stage.fresh("script"), str(path)])
    what = f"{stage.name}, the script a user writes, {size:,} lines"
    rows.append(at_least(what, script, size, script.seconds / ran.seconds, "script / run ≥ 10", 10))


def _beside(  # noqa: PLR0917 - where, what and how often
    stage: Stage, path: Path, scratch: Path, size: int, rows: list[Row], repeat: int
) -> None:
    """Measure what is set beside the plain job: a rehearsal, a file of which a tenth is refused, its workbook."""
    say(f"{stage.name}: rehearsal, refusals, look-ups")
    tenth, all_of_them = scratch / "tenth.xlsx", scratch / "refused.csv"
    inputs.write_workbook(tenth, inputs.lines(size, refused=0.1))
    inputs.write_csv(all_of_them, inputs.lines(size, refused=1.0))
    plains, rehearsals, tenths = [], [], []
    for _ in range(repeat):
        url = stage.fresh("plain")
        plains.append(serialback(url, "--quiet", "run", "intake", str(path)))
        rehearsals.append(serialback(stage.fresh("dry"), "--quiet", "run", "intake", "--dry-run", str(path)))
        tenths.append(serialback(stage.fresh("refused"), "--quiet", "run", "intake", str(tenth)))
    plain, rehearsed, refused = median(plains), median(rehearsals), median(tenths)
    what = f"{stage.name}, {size:,} lines"
    rows += [
        within(f"{what}: serialback {words[0]}", serialback(url, *words), None, 1.0)
        for words in (("runs",), ("trace", "OLD000000007"), ("exceptions", "--limit", "5"))
    ]
    rows.append(at_most(f"{what}, dry run", rehearsed, size, rehearsed.seconds / plain.seconds, "dry / run ≤ 1.0", 1.0))
    ratio = refused.seconds / plain.seconds
    rows.append(at_most(f"{what}, a tenth refused", refused, size, ratio, "refused / good ≤ 1.3", 1.3))
    url = stage.fresh("refused")
    serialback(url, "--quiet", "run", "intake", str(all_of_them))
    book = serialback(url, "--quiet", "exceptions", "--export", str(scratch / f"{stage.name}.xlsx"))
    # The target is for 100,000 rows; of fewer, the start of the command is too much of it to say anything.
    rows.append(within(f"{stage.name}, exceptions workbook, {size:,} rows", book, size, max(size / 10_000, 10)))
    if stage.name == "PostgreSQL":
        two = serialback(stage.fresh("two"), "--quiet", "run", "intake", "--workers", "2", str(path))
        rows.append(at_least(f"{what}, two workers", two, size, plain.seconds / two.seconds, "one / two ≥ 1.4", 1.4))


def _start_up() -> list[Row]:
    runs = [command([sys.executable, "-m", "batch", "--help"]) for _ in range(5)]
    seconds = statistics.median(each.seconds for each in runs)
    return [Row("serialback --help", seconds, max(each.peak_mib for each in runs), None, "", "≤ 0.4 s", seconds <= 0.4)]


def _versions() -> str:
    used = ", ".join(f"{name} {version(name)}" for name in ("pandas", "SQLAlchemy", "psycopg", "python-calamine"))
    return (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {used}; medians, on a shared machine "
        "of 2 cores: read the ratios, not the seconds."
    )


if __name__ == "__main__":
    sys.exit(main())
