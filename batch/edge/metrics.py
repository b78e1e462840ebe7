"""Write the state of things as a Prometheus text file, whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import sqlalchemy as sa

from batch.edge.new_file import new_file
from batch.edge.outlook import outlooks
from batch.edge.schema import EXCEPTION, RUN
from batch.errors import SerialbackError

_ENDED_WELL = ("DONE", "NOOP")
_OUTCOMES = ("posted", "refused", "skipped")

Labels = Mapping[str, str]
Sample = tuple[Labels, float]


def write_metrics(connection: sa.Connection, path: Path, now: dt.datetime, nights: int) -> None:
    """Put the metrics in the place of those before; whoever reads meets one or the other, never half of one."""
    text = "".join(_page(connection, now, nights))
    try:
        # Not named *.prom until it is whole: a collector that looks into the folder passes it over.
        with new_file(path, overwrite=True, keep_mode=True) as part:
            part.write_text(text, encoding="utf-8")
    except SerialbackError as error:
        raise SerialbackError(f"{error} The run itself stands.") from error


def _page(connection: sa.Connection, now: dt.datetime, nights: int) -> Iterator[str]:
    ended_well = _last_runs(connection, RUN.c.status.in_(_ENDED_WELL))
    ended = _last_runs(connection, RUN.c.finished_at.is_not(None))
    yield from _metric(
        "last_success_timestamp_seconds",
        "When a job last ended well.",
        [({"job": row.job}, row.finished_at.timestamp()) for row in ended_well],
    )
    yield from _metric(
        "last_run_timestamp_seconds",
        "When a job last ended, well or not.",
        [({"job": row.job}, row.finished_at.timestamp()) for row in ended],
    )
    yield from _metric(
        "last_run_duration_seconds",
        "How long a job's last run took.",
        [({"job": row.job}, (row.finished_at - row.started_at).total_seconds()) for row in ended],
    )
    yield from _metric(
        "last_run_lines",
        "Lines of a job's last run by outcome.",
        [
            ({"job": row.job, "outcome": outcome}, row._mapping[f"lines_{outcome}"])
            for row in ended
            for outcome in _OUTCOMES
        ],
    )
    yield from _all_lines(connection)
    yield from _exceptions(connection, now)
    yield from _sequences(connection, now, nights)


def _last_runs(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[sa.Row[tuple[object, ...]]]:
    """Read the last run of each job."""
    last = sa.select(sa.func.max(RUN.c.run_id)).where(which).group_by(RUN.c.job)
    columns = (RUN.c.job, RUN.c.started_at, RUN.c.finished_at, *(RUN.c[f"lines_{outcome}"] for outcome in _OUTCOMES))
    return list(connection.execute(sa.select(*columns).where(RUN.c.run_id.in_(last)).order_by(RUN.c.job)).all())


def _all_lines(connection: sa.Connection) -> Iterator[str]:
    sums = [sa.func.sum(RUN.c[f"lines_{outcome}"]) for outcome in _OUTCOMES]
    rows = connection.execute(sa.select(RUN.c.job, *sums).group_by(RUN.c.job).order_by(RUN.c.job))
    samples = [
        ({"job": job, "outcome": outcome}, float(count))
        for job, *counts in rows
        for outcome, count in zip(_OUTCOMES, counts, strict=True)
    ]
    yield from _metric("lines_total", "Lines of all runs of a job by outcome.", samples, kind="counter")


def _exceptions(connection: sa.Connection, now: dt.datetime) -> Iterator[str]:
    rows = connection.execute(
        # The status is spelt out, not bound: only so does the index of open exceptions serve.
        sa.select(EXCEPTION.c.code, sa.func.count(), sa.func.min(EXCEPTION.c.created_at))
        .where(sa.text("status = 'OPEN'"))
        .group_by(EXCEPTION.c.code)
        .order_by(EXCEPTION.c.code)
    ).all()
    yield from _metric("open_exceptions", "Open exceptions by code.", [({"code": code}, n) for code, n, _ in rows])
    yield from _metric(
        "oldest_open_exception_age_seconds",
        "For how long the oldest open exception of a code has waited.",
        [({"code": code}, max((now - oldest).total_seconds(), 0)) for code, _, oldest in rows],
    )


def _sequences(connection: sa.Connection, now: dt.datetime, nights: int) -> Iterator[str]:
    found = outlooks(connection, now, nights, every=True)
    yield from _metric(
        "sequence_numbers_left",
        "Numbers that a sequence has left; +Inf for one without an end.",
        [({"sequence": each.sequence_code}, _or_endless(each.left)) for each in found],
    )
    yield from _metric(
        "sequence_nights_left",
        "For how many nights like the last a sequence has numbers; +Inf where nothing says how long.",
        [({"sequence": each.sequence_code}, _or_endless(each.nights)) for each in found],
    )


def _or_endless(value: float | None) -> float:
    return float("inf") if value is None else value


def _metric(name: str, says: str, samples: Iterable[Sample], *, kind: str = "gauge") -> Iterator[str]:
    yield f"# HELP serialback_{name} {says}\n# TYPE serialback_{name} {kind}\n"
    for labels, value in samples:
        named = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"serialback_{name}{{{named}}} {_number(value)}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    if value == float("inf"):
        return "+Inf"
    return str(int(value)) if float(value).is_integer() else repr(round(float(value), 3))
