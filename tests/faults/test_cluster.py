"""Settle on a Dask cluster: the same outcome of every line whoever dies, and an end in bounded time."""

from __future__ import annotations

import functools
import random
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from batch.edge.database import read_only
from tests.faults.cluster import WAITS, Program, local_cluster, scheduler, worker
from tests.faults.night import REHEARSAL, WHOLE, Fresh, Night, until
from tests.faults.test_workers import alone, outcomes, prepare

Outcomes = dict[str, list[str]]
Folders = pytest.TempPathFactory

OLD = "import batch\n\nbatch.__version__ = '0.0.9'\n"
CHUNK_LINES = int(REHEARSAL["SERIALBACK_CHUNK_LINES"])


@pytest.fixture(scope="module")
def expected(postgresql_night: Fresh) -> Callable[[int], Outcomes]:
    """Say what becomes of the lines of a seed with one worker, found once."""
    return functools.cache(lambda seed: alone(postgresql_night, seed))


@pytest.fixture
def night(postgresql_night: Fresh) -> Iterator[Night]:
    """Give a night with many documents, and insist at the end that every invariant holds."""
    with postgresql_night() as night:
        prepare(night, 0)
        yield night
        night.assert_sound()


@pytest.fixture(scope="module")
def local(tmp_path_factory: Folders) -> Iterator[Local]:
    """Give a LocalCluster of two processes."""
    folder = tmp_path_factory.mktemp("local")
    with local_cluster(folder) as (program, address):
        yield Local(program, address, folder)


@pytest.fixture(scope="module")
def address(tmp_path_factory: Folders) -> Iterator[str]:
    """Give the address of a scheduler that gives up work with which a single worker has died."""
    once = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    with scheduler(tmp_path_factory.mktemp("scheduler"), env=once) as (_, address):
        yield address


class Local:
    """A LocalCluster whose workers find their database in a settings file that a test writes."""

    def __init__(self, program: Program, address: str, folder: Path) -> None:
        self.program, self.address, self.folder = program, address, folder

    def is_for(self, night: Night) -> None:
        """Set the workers to the database of a night."""
        set_to(night, self.folder)

    def kill(self, place: int) -> None:
        """Kill a worker; its nanny starts another."""
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(f"{place}\n")
        self.program.stdin.flush()
        assert self.program.stdout.readline() == "killed\n"


@pytest.mark.parametrize("seed", range(8 if WHOLE else 1))
def test_workers_killed_at_random_lose_nothing(
    postgresql_night: Fresh, local: Local, expected: Callable[[int], Outcomes], seed: int
) -> None:
    chance = random.Random(seed)
    with postgresql_night() as night:
        prepare(night, seed)
        local.is_for(night)
        with night.started("--cluster", local.address) as program:
            has_begun(night, program)
            for _ in range(2):
                local.kill(chance.randrange(2))
                time.sleep(chance.uniform(0, 1))
            _, said = program.communicate(timeout=120)
            assert (program.returncode, said) == (0, "")
        assert outcomes(night) == expected(seed)
        night.assert_sound()


def test_a_stop_lets_chunks_end(night: Night, local: Local, expected: Callable[[int], Outcomes]) -> None:
    local.is_for(night)
    with night.started("--cluster", local.address) as program:
        has_begun(night, program)
        program.terminate()
        _, said = program.communicate(timeout=60)
        assert program.returncode == 143, said
    assert night.statuses() == ["INTERRUPTED"]
    ran = night.run("--cluster", local.address)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert_same(night, expected(0))


if WHOLE:

    def test_no_worker_goes_on_for_a_run_that_was_killed(
        night: Night, local: Local, expected: Callable[[int], Outcomes]
    ) -> None:
        local.is_for(night)
        with night.started("--cluster", local.address) as program:
            has_begun(night, program)
            program.kill()
            program.communicate()
        # What was under way is done or undone; then nobody is at it any more.
        until(lambda: sessions(night) == 0)
        settled = lines_read(night)
        time.sleep(1)
        assert (lines_read(night), sessions(night)) == (settled, 0)
        assert night.statuses() == ["RUNNING"]
        assert night.run().returncode == 0
        assert lines_read(night) > settled
        assert_same(night, expected(0))


def test_the_scheduler_dies_and_the_same_command_goes_on(
    night: Night, tmp_path: Path, expected: Callable[[int], Outcomes]
) -> None:
    tls = certificates(tmp_path)
    by_variable = {**tls, "SERIALBACK_DATABASE_URL": night.database.url}
    (tmp_path / "two").mkdir()
    set_to(night, tmp_path / "two")
    with (
        scheduler(tmp_path, "--protocol", "tls", env=tls) as (killed, address),
        worker(address, "one", tmp_path / "one", env=by_variable),
        worker(address, "two", tmp_path / "two", env=tls),
        night.started("--cluster", address, env={**tls, **WAITS}) as program,
    ):
        assert address.startswith("tls://")
        has_begun(night, program)
        killed.kill()
        began = time.monotonic()
        _, said = program.communicate(timeout=60)
        assert time.monotonic() - began < 30
        assert program.returncode == 69, said
    assert f"Error: The connection to the scheduler {address} is lost. " in said
    assert " lines are settled and stay so: the same command goes on with the rest" in said
    assert night.statuses() == ["FAILED"]
    assert night.run().returncode == 0
    assert_same(night, expected(0))


def test_what_was_committed_counts_though_its_worker_died(night: Night, address: str, tmp_path: Path) -> None:
    # As far as the scheduler knows, the second chunk has killed it.
    with worker(address, "doomed", tmp_path / "doomed", env=dying_at("chunk.committed:2", night)):
        ran = night.run("--cluster", address, env=WAITS)
    assert ran.returncode == 69, ran.stderr
    said = f"The scheduler {address} has had no worker that takes work for 3 seconds. {lines_read(night)} of "
    assert said in ran.stderr
    assert lines_read(night) > CHUNK_LINES


def test_a_chunk_that_kills_its_workers_ends_the_run(night: Night, address: str, tmp_path: Path) -> None:
    with worker(address, "doomed", tmp_path / "doomed", env=dying_at("chunk.written:2", night)):
        ran = night.run("--cluster", address, env=WAITS)
    assert ran.returncode == 1, ran.stderr
    assert "has ended every worker that took it. Their logs say why" in ran.stderr


def test_workers_that_are_unfit_are_named_before_anything_is_landed(night: Night, local: Local) -> None:
    (local.folder / "serialback.toml").unlink(missing_ok=True)
    ran = night.run("--cluster", local.address)
    assert ran.returncode == 78, ran.stderr
    assert ran.stderr.count("It has no database setting. Set SERIALBACK_DATABASE_URL in its environment") == 2
    assert re.match(r"Error: Worker [01] \(tcp://[^)]+\): It has .* Worker [01] \(tcp://[^)]+\): It has ", ran.stderr)
    assert night.business()["intake_file"] == []


def test_a_scheduler_of_another_version_is_named(night: Night, tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text(OLD, encoding="utf-8")
    with scheduler(tmp_path, "--preload", str(tmp_path / "old.py")) as (_, address):
        ran = night.run("--cluster", address, env=WAITS)
    assert ran.returncode == 78, ran.stderr
    assert f"Error: The scheduler {address}: Its Serialback is 0.0.9, and the run's is 0.1.0." in ran.stderr


def test_a_worker_that_joins_late_and_is_unfit_is_named(night: Night, local: Local, tmp_path: Path) -> None:
    local.is_for(night)
    (tmp_path / "old.py").write_text(OLD, encoding="utf-8")
    with night.database.engine.connect() as other, night.started("--cluster", local.address) as program:
        # The chunks of the others wait, so that there is one left for who comes next.
        until(lambda: locks_documents(other) or program.poll() is not None)
        with worker(local.address, "late", tmp_path / "late", "--preload", str(tmp_path / "old.py")):
            has_joined(tmp_path / "late")
            other.rollback()
            _, said = program.communicate(timeout=60)
        assert program.returncode == 78, said
    assert "Error: Worker late (tcp://" in said
    assert "Its Serialback is 0.0.9, and the run's is 0.1.0. Install the same on all machines." in said


def test_a_silent_scheduler_is_not_waited_for(night: Night, local: Local) -> None:
    local.is_for(night)
    with night.started("--cluster", local.address, env=WAITS) as program:
        has_begun(night, program)
        local.program.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        try:
            _, said = program.communicate(timeout=60)
        finally:
            local.program.send_signal(signal.SIGCONT)
        assert time.monotonic() - began < 30
        assert program.returncode == 69, said
    assert f"The scheduler {local.address} has not answered for 3 seconds." in said


def dying_at(place: str, night: Night) -> dict[str, str]:
    """Set a worker to a night's database, and to be killed at a place."""
    return {"SERIALBACK_DATABASE_URL": night.database.url, "SERIALBACK_FAILPOINT": place}


def set_to(night: Night, folder: Path) -> None:
    """Write the settings file of a worker."""
    (folder / "serialback.toml").write_text(f'database = "{night.database.url}"\n', encoding="utf-8")


def lines_read(night: Night) -> int:
    """Say how many lines are settled and committed."""
    with read_only(night.database.engine) as connection:
        return int(connection.execute(sa.text("SELECT COALESCE(SUM(lines_read), 0) FROM run")).scalar_one())


def sessions(night: Night) -> int:
    """Count who else is connected to the database of a night."""
    with night.database.engine.connect() as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'serialback%'"
        asked = f"SELECT COUNT(*) FROM pg_stat_activity WHERE {others} AND client_port IS NOT NULL"
        return int(connection.execute(sa.text(asked)).scalar_one())


def has_begun(night: Night, program: Program) -> None:
    """Wait until the first chunk is committed."""
    until(lambda: lines_read(night) > 0 or program.poll() is not None)
    assert program.poll() is None, program.communicate()[1]


def has_joined(folder: Path) -> None:
    """Wait until a worker says that the scheduler knows it."""
    until(lambda: "Registered to" in (folder / "log.txt").read_text(encoding="utf-8"))


def locks_documents(connection: sa.Connection) -> bool:
    """Lock all documents, if there are any yet."""
    found = connection.execute(sa.text("SELECT document_id FROM document WHERE source = 'INTAKE' FOR UPDATE")).all()
    if not found:
        connection.rollback()
    return bool(found)


def assert_same(night: Night, expected: Outcomes) -> None:
    """Insist on the outcome of the one run of one worker; how many runs it took is in the figures."""
    assert {**outcomes(night), "figures": []} == {**expected, "figures": []}


def certificates(folder: Path) -> dict[str, str]:
    """Make a certificate that all parts of a cluster share; give what tells Dask of it."""
    cert, key = str(folder / "cert.pem"), str(folder / "key.pem")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    made = ("openssl", "req", "-x509", *curve, "-keyout", key, "-out", cert, "-subj", "/CN=localhost")
    subprocess.run(made, check=True, capture_output=True)
    told = {"DASK_DISTRIBUTED__COMM__TLS__CA_FILE": cert}
    for part in ("SCHEDULER", "WORKER", "CLIENT"):
        told[f"DASK_DISTRIBUTED__COMM__TLS__{part}__CERT"] = cert
        told[f"DASK_DISTRIBUTED__COMM__TLS__{part}__KEY"] = key
    return told
