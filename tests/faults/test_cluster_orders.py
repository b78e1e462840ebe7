"""Ask for a cluster, and be asked as one of its workers: what is refused, and what two do who are asked the same."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from batch import runner_cluster
from batch.config import Settings
from batch.core.chunk import Terms
from batch.core.hold import Hold
from batch.edge import ledger
from batch.edge.database import open_database, transaction
from batch.edge.lock import settlement_lock
from batch.edge.plan import plan_pos
from batch.edge.session import Session
from batch.errors import BusyError, SerialbackError
from batch.runner_cluster_task import facts, owner, settle_as, standing_by
from batch.runner_overlap import Overlapped
from batch.runner_worker import terms_as_json
from batch.runner_workforce import workforce
from tests.cli.commands import environment
from tests.faults.night import DAY, Fresh, Night, until

NOWHERE = "tcp://127.0.0.1:1"
TERMS = Terms(DAY, Hold.DOCUMENT, "USD", default_location="HQ")
INVOICES = 6


@dataclasses.dataclass
class On:
    """A run that is on, and what it would ask of a worker."""

    night: Night
    order: dict[str, Any]


def now() -> dt.datetime:
    """Read the clock."""
    return dt.datetime.now(dt.UTC)


@contextmanager
def run_on(night: Night) -> Iterator[On]:
    """Begin a run over a few invoices, under the lock."""
    for number in range(INVOICES):
        night.execute(
            "WITH made AS (INSERT INTO document (document_type, document_no, location_code, customer_code, "
            f"document_date) VALUES ('POS_CREDIT', 'P-{number}', 'HQ', 'C1', '2026-03-29') RETURNING document_id) "
            "INSERT INTO document_line (document_id, line_no, item_code, quantity, unit_price_minor) "
            "SELECT document_id, 1, 'CPU', 1, 100 FROM made"
        )
    engine = night.database.engine
    with settlement_lock(engine, purpose="pos", clock=now):
        with transaction(engine) as connection:
            run_id = ledger.begin_run(connection, ledger.Opening("pos", DAY, now(), {}))
            begun, _ = ledger.begun_at(connection, run_id)
            documents = [document_id for document_id, *_ in plan_pos(connection).documents]
        order = {"run_id": run_id, "begun_at": begun, "versions": facts(), "documents": documents, "block_size": 10}
        yield On(night, {**order, "terms": terms_as_json(TERMS)})


@pytest.fixture
def on(postgresql_night: Fresh, monkeypatch: pytest.MonkeyPatch) -> Iterator[On]:
    """Give a run that is on, and a database setting as a worker has one."""
    with postgresql_night() as night, run_on(night) as on:
        monkeypatch.setenv("SERIALBACK_DATABASE_URL", night.database.url)
        monkeypatch.chdir(night.folder)
        yield on


@pytest.mark.parametrize(
    ("change", "variable", "status", "said"),
    [
        pytest.param({}, {}, 0, "", id="fit"),
        pytest.param(
            {"versions": {**facts(), "Serialback": "9.9"}},
            {},
            78,
            f"Its Serialback is {facts()['Serialback']}, and the run's is 9.9. Install the same on all machines.",
            id="another version of ours",
        ),
        pytest.param(
            {"versions": {**facts(), "Python": "2.7"}}, {}, 78, "Its Python is 3.", id="another version of Python"
        ),
        pytest.param(
            {"versions": {**facts(), "numpy": "1.0"}}, {}, 78, "Its numpy is missing, and", id="asked by a newer run"
        ),
        pytest.param({}, {"SERIALBACK_DATABASE_URL": ""}, 78, "It has no database setting.", id="no database"),
        pytest.param(
            {}, {"SERIALBACK_DATABASE_URL": "sqlite:///x.db"}, 78, "It is set to an SQLite file", id="a file of its own"
        ),
        pytest.param({"begun_at": "2020-01-01T00:00:00+00:00"}, {}, 78, "another database than", id="another's run"),
        pytest.param({"run_id": 999}, {}, 78, "It is set to another database than the run's.", id="no such run"),
        pytest.param({}, {"SERIALBACK_WORKERS": "many"}, 78, "must be a whole number", id="settings that are wrong"),
    ],
)
def test_a_worker_says_what_it_is_not_fit_for(  # noqa: PLR0917 - a table's columns
    on: On,
    monkeypatch: pytest.MonkeyPatch,
    change: Mapping[str, object],
    variable: Mapping[str, str],
    status: int,
    said: str,
) -> None:
    for name, value in variable.items():
        monkeypatch.setenv(name, value)
    found, message = 0, ""
    try:
        with standing_by({**on.order, **change}, open_database):
            pass
    except SerialbackError as error:
        found, message = error.exit_status, str(error)
    assert (found, said in message) == (status, True), message
    assert not (on.night.folder / "x.db").exists()


def test_nothing_is_settled_for_a_run_that_is_over(postgresql_night: Fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    with postgresql_night() as night:
        monkeypatch.setenv("SERIALBACK_DATABASE_URL", night.database.url)
        with run_on(night) as on:
            pass
        # Its row says that it runs, as after a kill; but nobody holds the lock.
        before = night.business()
        with pytest.raises(SerialbackError, match="is over, and nothing more is settled for it"):
            settle_as(on.order, owner(), open_database)
        with settlement_lock(night.database.engine, purpose="pos", clock=now):
            with transaction(night.database.engine) as connection:
                ledger.begin_run(connection, ledger.Opening("pos", DAY, now(), {}))
            with pytest.raises(SerialbackError, match="is over, and nothing more is settled for it"):
                settle_as(on.order, owner(), open_database)
        assert night.business() == before


def test_two_workers_with_one_chunk_settle_it_once(on: On) -> None:
    on.night.execute("UPDATE number_sequence SET allocation = 'BLOCK' WHERE kind = 'SERIAL'")
    failures: list[BaseException] = []

    def settle(number_owner: int) -> None:
        try:
            settle_as(on.order, number_owner, open_database)
        except SerialbackError as error:
            failures.append(error)

    with on.night.database.engine.connect() as other:
        other.execute(sa.text("SELECT document_id FROM document FOR UPDATE"))
        both = [threading.Thread(target=settle, args=[owner() + number]) for number in range(2)]
        for thread in both:
            thread.start()
        until(lambda: waiting(on.night) == 2)
        other.rollback()
        for thread in both:
            thread.join()
    settle_as(on.order, owner() + 2, open_database)
    assert failures == []
    with transaction(on.night.database.engine) as connection:
        figures = ledger.figures_of(connection, on.order["run_id"])
        assert ledger.unjudged(connection, on.order["documents"], on.order["run_id"]) == 0
        ledger.burn_blocks(connection, now())
        ledger.end_run(connection, on.order["run_id"], "DONE", now(), INVOICES)
    assert (figures["lines_posted"], figures["serials_generated"], figures["credit_memos"]) == (INVOICES,) * 3
    on.night.assert_sound()


def test_blocks_are_drawn_from_by_one_process_alone() -> None:
    # Parent and forked child, each asked twice.
    say = (
        "import os; from batch.runner_cluster_task import owner; "
        "owner(); child = os.fork(); child and os.wait(); print(owner(), owner(), flush=True)"
    )
    told = [
        subprocess.run([sys.executable, "-c", say], env=environment(), capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    pairs = [line.split() for each in told for line in each.stdout.splitlines()]
    assert all(first == again and 64 < int(first) < 2**63 for first, again in pairs)
    assert len({first for first, _ in pairs}) == 4


def test_a_run_that_fails_waits_for_a_chunk_elsewhere(on: On) -> None:
    engine, run_id = on.night.impatient().database.engine, on.order["run_id"]

    def fail() -> None:
        with transaction(engine) as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '200ms'")
            ledger.fail_run(connection, run_id, "INTERRUPTED", now(), "Stopped.")

    with engine.connect() as elsewhere:
        ledger.assert_running(elsewhere, run_id)
        with pytest.raises(BusyError):
            fail()
        elsewhere.rollback()
        fail()
        with pytest.raises(SerialbackError, match="another run has taken over"):
            ledger.assert_running(elsewhere, run_id)


def test_an_order_holds_no_row_and_no_password(on: On, monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[Mapping[str, Any]] = []

    @contextmanager
    def on_cluster(_address: str, order: Mapping[str, Any], *_: object) -> Iterator[runner_cluster.Cluster]:
        handed.append(order)
        yield runner_cluster.Cluster(None, order, len)  # type: ignore[arg-type]

    class Sized(runner_cluster.Cluster):
        size = 2

    monkeypatch.setattr(runner_cluster, "on_cluster", on_cluster)
    monkeypatch.setattr(runner_cluster, "Cluster", Sized)
    settings = Settings(database="postgresql://shop:secret@db/shop", cluster=NOWHERE)
    with (
        Session(on.night.database.engine, dry_run=False) as session,
        workforce(session, settings, TERMS, on.order["run_id"], now) as workers,
    ):
        assert workers.size == 2
    assert "secret" not in json.dumps(handed)
    assert set(handed[0]) == {"run_id", "begun_at", "terms", "block_size"}


@pytest.mark.parametrize(
    ("options", "variables", "changes", "status", "said"),
    [
        pytest.param(
            [NOWHERE],
            {"SERIALBACK_WORKERS": "3"},
            "",
            69,
            f"Error: The scheduler {NOWHERE} cannot be reached: ",
            id="nobody there (and the option wins over workers of the settings)",
        ),
        pytest.param(
            [NOWHERE, "--workers", "2"],
            {},
            "",
            2,
            "leave out cluster (set by --cluster) or workers (set by --workers).",
            id="two ways at once",
        ),
        pytest.param(["there:8786"], {}, "", 78, "name the scheduler, as tcp://HOST:PORT or tls://", id="no scheme"),
        pytest.param(["tls://127.0.0.1:1"], {}, "", 78, "DASK_DISTRIBUTED__COMM__TLS__CA_FILE", id="no certificates"),
        pytest.param([NOWHERE], {}, "without-package=distributed", 2, "install the extra, serialback[clu", id="extra"),
    ],
)
def test_a_cluster_that_cannot_be_is_refused(  # noqa: PLR0917 - a table's columns
    postgresql_night: Fresh,
    options: Sequence[str],
    variables: Mapping[str, str],
    changes: str,
    status: int,
    said: str,
) -> None:
    with postgresql_night() as night:
        ran = night.run(
            "--cluster", *options, env={"SERIALBACK_CLUSTER_WAIT_SECONDS": "1", **variables}, changes=changes
        )
        assert (ran.returncode, said in ran.stderr) == (status, True), ran.stderr
        assert len(ran.stderr.splitlines()) == 1, ran.stderr
        # Found before a file was landed.
        assert night.statuses() == (["FAILED"] if status == 69 else [])
        assert not any(night.business()[name] for name in ("intake_file", "document"))


def test_sqlite_has_no_cluster(sqlite_night: Fresh) -> None:
    with sqlite_night() as night:
        ran = night.run("--cluster", NOWHERE)
        assert (ran.returncode, night.statuses()) == (2, [])
        assert "SQLite lets one process write at a time: run without --cluster, or use PostgreSQL." in ran.stderr


def test_a_rehearsal_asks_no_cluster(postgresql_night: Fresh) -> None:
    with postgresql_night() as night:
        (night.folder / "b.csv").unlink()
        ran = night.run("--cluster", NOWHERE, "--dry-run", "--json")
        assert ran.returncode == 0, ran.stderr
        assert json.loads(ran.stdout)["notes"] == [
            "A rehearsal is one transaction, which only one can hold: the cluster was not asked."
        ]


def test_one_works_alone_where_there_is_nothing_to_share(on: On) -> None:
    settings = Settings(database=on.night.database.url, workers=2)
    with (
        Session(on.night.database.engine, dry_run=False) as session,
        workforce(session, settings, TERMS, on.order["run_id"], now) as workers,
    ):
        assert isinstance(workers.executor(1), Overlapped)


def waiting(night: Night) -> int:
    """Count the sessions that wait for a lock."""
    with night.database.engine.connect() as connection:
        asked = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return int(connection.execute(sa.text(asked)).scalar_one())
