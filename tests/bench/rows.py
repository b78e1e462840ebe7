"""Keep what was measured, and whether it reaches its target, as the rows of a table."""

from __future__ import annotations

import dataclasses

from tests.bench.measure import Measured


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


def against_bound(what: str, runs: list[Measured], size: int, least: float, target: float) -> Row:
    """Set the median of several runs against the bound, in seconds."""
    ran = median(runs)
    ratio = ran.seconds / least
    return Row(
        what,
        ran.seconds,
        max(each.peak_mib for each in runs),
        size / ran.seconds,
        f"{ratio:.2f} × bound ({least:.2f} s)",
        f"≤ {target:.1f} × bound",
        ratio <= target,
    )


def at_least(  # noqa: PLR0917 - the fields of a row
    what: str, ran: Measured, size: int | None, ratio: float, target: str, bar: float
) -> Row:
    """Give a row whose ratio must be at least `bar`."""
    return _row(what, ran, size, f"{ratio:.2f}", target, reached=ratio >= bar)


def at_most(  # noqa: PLR0917 - the fields of a row
    what: str, ran: Measured, size: int | None, ratio: float, target: str, bar: float
) -> Row:
    """Give a row whose ratio must be at most `bar`."""
    return _row(what, ran, size, f"{ratio:.2f}", target, reached=ratio <= bar)


def within(what: str, ran: Measured, size: int | None, seconds: float) -> Row:
    """Give a row that must not take longer than so many seconds."""
    return _row(what, ran, size, "", f"≤ {seconds:g} s", reached=ran.seconds <= seconds)


def median(runs: list[Measured]) -> Measured:
    """Give the run in the middle."""
    return sorted(runs, key=lambda each: each.seconds)[len(runs) // 2]


def _row(what: str, ran: Measured, size: int | None, ratio: str, target: str, *, reached: bool) -> Row:
    return Row(what, ran.seconds, ran.peak_mib, size / ran.seconds if size else None, ratio, target, reached)


def as_table(rows: list[Row]) -> str:
    """Write rows as a table in Markdown."""
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
