"""Cut PostgreSQL off in the middle: a backend, the server, the answer to a COMMIT, the connection with the lock."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from batch.edge.lock import LOCK_KEY
from tests.databases import Database, opened, restartable_server
from tests.faults.conftest import Undisturbed
from tests.faults.night import ROWS, WHOLE, Fresh, Night, differences, set_up, until, write_files
from tests.faults.proxy import proxy

# What it runs is counted by other tests.
pytestmark = pytest.mark.usefixtures("uncounted")

# After those of the run's own row, the landing, the file refused, the plan and the first chunk.
SECOND_CHUNK = 7
MIDDLE = "pause=chunk.units:2"
IN_MID_CHUNK = "state = 'idle in transaction' AND datname = current_database() AND pid <> pg_backend_pid()"
HOLDS_THE_LOCK = (
    f"pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid::bigint = {LOCK_KEY & 0xFFFFFFFF})"
)


@pytest.fixture
def fresh(postgresql_night: Fresh) -> Fresh:
    """Give fresh PostgreSQL databases of the shop."""
    return postgresql_night


def terminate(night: Night, which: str) -> int:
    """End backends; say how many."""
    with night.database.engine.begin() as connection:
        ended = connection.execute(
            sa.text(
                f"SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {which} "
                "AND datname = current_database()"
            )
        )
        return int(ended.scalar_one())


def waits_for_a_dead_run(night: Night) -> bool:
    """Tell whether a run that begins waits for what one before it has under way."""
    asked = (
        "SELECT COUNT(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() "
        "AND query LIKE '%FROM run %FOR UPDATE%'"
    )
    with night.database.engine.begin() as connection:
        return bool(connection.execute(sa.text(asked)).scalar_one())


def completes(night: Night, undisturbed: Undisturbed) -> None:
    """Run again and insist that all is as if nothing had happened."""
    ran = night.run()
    assert ran.returncode == 65, ran.stderr
    assert differences(night.business(), undisturbed.business) == {}


@pytest.mark.parametrize(
    ("which", "status"),
    [
        pytest.param(IN_MID_CHUNK, 65, id="the chunk's: it is tried again"),
        pytest.param(HOLDS_THE_LOCK, 69, id="the lock's: the run ends"),
        pytest.param("application_name LIKE 'serialback%' AND pid <> pg_backend_pid()", 69, id="all of them"),
    ],
)
def test_a_backend_is_terminated(night: Night, undisturbed: Undisturbed, which: str, status: int) -> None:
    with night.started(changes=MIDDLE) as program:
        night.paused_at(program)
        assert terminate(night, which) >= 1
        night.go_on()
        _, said = program.communicate(timeout=60)
        assert program.returncode == status, said
    assert night.statuses() == ["DONE" if status == 65 else "FAILED"]
    completes(night, undisturbed)


def lines_read(night: Night) -> list[int]:
    """Read what each run has counted."""
    with night.database.engine.begin() as connection:
        return list(connection.execute(sa.text("SELECT lines_read FROM run ORDER BY run_id")).scalars())


def taken_over(night: Night, undisturbed: Undisturbed, changes: str = "") -> None:
    """Insist that a run which lost its lock unawares writes nothing once another has taken over."""
    with night.started(changes=f"{changes},unwatched,pause=chunk.begun:2") as first:
        night.paused_at(first)
        terminate(night, HOLDS_THE_LOCK)
        assert night.run().returncode == 65
        counted = lines_read(night)
        night.go_on()
        _, said = first.communicate(timeout=60)
        assert first.returncode == 69, said
    assert night.statuses() == ["INTERRUPTED", "DONE"]
    assert lines_read(night) == counted
    completes(night, undisturbed)


def test_another_run_takes_over(night: Night, undisturbed: Undisturbed) -> None:
    taken_over(night, undisturbed)


def test_what_a_dead_run_has_under_way_is_waited_for(night: Night, undisturbed: Undisturbed) -> None:
    with night.started(changes=MIDDLE) as first:
        night.paused_at(first)
        terminate(night, HOLDS_THE_LOCK)
        assert not waits_for_a_dead_run(night)
        with night.started() as second:
            until(lambda: waits_for_a_dead_run(night))
            with pytest.raises(subprocess.TimeoutExpired):
                second.wait(1)
            night.go_on()
            _, said = first.communicate(timeout=60)
            second.communicate(timeout=60)
        assert (first.returncode, second.returncode) == (69, 65), said
    assert night.statuses() == ["INTERRUPTED", "DONE"]
    completes(night, undisturbed)


def lost_commit(night: Night, number: int, changes: str = "") -> tuple[int, int, str]:
    """Run the command through a proxy that loses the answer to a COMMIT: (exit status, commits seen, what was said)."""
    url = make_url(night.database.url)
    folder = str(url.query["host"])
    (socket_file,) = [str(path) for path in Path(folder).glob(".s.PGSQL.*") if not path.name.endswith(".lock")]
    with proxy(socket_file, number) as standing:
        through = url.set(host="127.0.0.1", port=standing.port, query={"sslmode": "disable", "gssencmode": "disable"})
        own = Database(through.render_as_string(hide_password=False), night.database.engine)
        ran = Night(own, night.folder).run(changes=changes)
        return ran.returncode, standing.commits, ran.stderr


def test_the_answer_to_a_commit_is_lost(fresh: Fresh, undisturbed: Undisturbed) -> None:
    with fresh() as night:
        status, commits, said = lost_commit(night, 0)
        assert status == 65, said
        assert commits > 6
    for number in range(1, commits + 1) if WHOLE else (2, commits // 2 + 1, commits):
        with fresh() as night:
            status, _, said = lost_commit(night, number)
            assert status in {65, 69}, f"COMMIT {number}: {said}"
            completes(night, undisturbed)
            night.assert_sound()


def test_the_answer_to_a_chunk_with_refused_lines_is_lost(night: Night, undisturbed: Undisturbed) -> None:
    counted_once(night, undisturbed)


def counted_once(night: Night, undisturbed: Undisturbed, changes: str = "") -> None:
    """Insist that a chunk whose commit was not confirmed counts once, its refused lines included."""
    status, _, said = lost_commit(night, SECOND_CHUNK, changes)
    assert status == 65, said
    assert lines_read(night) == [len(ROWS)]
    assert differences(night.business(), undisturbed.business) == {}


def test_the_server_is_restarted_in_mid_chunk(undisturbed: Undisturbed, tmp_path: Path) -> None:
    with (
        restartable_server() as (server, restart),
        server.template() as name,
        opened(server.url_of(name)) as database,
    ):
        set_up(database, tmp_path)
        for path in tmp_path.glob("*"):
            path.unlink()
        write_files(tmp_path)
        night = Night(database, tmp_path)
        with night.started(changes=MIDDLE) as program:
            night.paused_at(program)
            restart()
            database.engine.dispose()
            night.go_on()
            _, said = program.communicate(timeout=90)
            assert program.returncode == 69, said
        completes(night, undisturbed)
        night.assert_sound()
