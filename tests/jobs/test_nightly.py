"""Run whole nights: a golden one, one that has little to do, and ones in which a part fails."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from batch.cli.night_page import night_line, night_notes
from batch.config import Settings, load_settings
from batch.core.hold import Hold
from batch.core.settle import settle
from batch.edge import landing_lines
from batch.errors import BusyError, DatabaseUnavailableError, InvariantError, SerialbackError
from batch.job import Job, named
from batch.nightly import run_nightly
from batch.report import NightPart, NightReport
from jobs.intake import JOB as INTAKE
from jobs.nightly import JOB as NIGHTLY
from jobs.pos import JOB as POS
from tests.jobs.world import NOW, TODAY, World, row

Clock = Callable[[], dt.datetime]


@pytest.fixture
def inbox(world: World) -> Path:
    """Make the inbox of the shop, and let its nights be short."""
    folder = world.folder / "inbox"
    folder.mkdir()
    world.settings |= {"inbox": folder, "inbox_settle_seconds": 0, "reports": world.folder / "reports"}
    return folder


def nightly(
    world: World, on: dt.date | None = TODAY, clock: Clock = lambda: NOW, *, dry_run: bool = False
) -> NightReport:
    """Run the night of the shop."""
    settings = Settings(**world.settings)
    jobs = named([INTAKE, POS])
    report = run_nightly(NIGHTLY, jobs, world.database.engine, settings, business_date=on, dry_run=dry_run, clock=clock)
    world.assert_sound()
    return report


def files(world: World) -> list[str]:
    """List all that lies in the shop's folder, the database apart."""
    found = (path for path in world.folder.rglob("*") if path.is_file() and not path.name.startswith("serialback.db"))
    return sorted(str(path.relative_to(world.folder)) for path in found)


def told(report: NightReport) -> list[tuple[str, str]]:
    """Give the parts of a night with the status of their runs."""
    return [(part.name, part.report.status if part.report else part.error) for part in report.parts]


def test_a_whole_night(world: World, inbox: Path) -> None:
    world.unit("4001", mfr_serial_no="M-7")
    world.intake(row("R-0", "LATER"))
    world.insert("item", item_code="LATER", inventory_type="SERIALIZED", list_price_minor=700, average_cost_minor=1)
    world.sheet(row("R-1", quantity=2), row("R-1", "NONE"), row("R-2", mfr="M-7"), name="inbox/good.xlsx")
    shutil.copy(inbox / "good.xlsx", inbox / "good again.xlsx")
    (inbox / "bad.xlsx").write_bytes(b"no workbook")
    (inbox / "notes.txt").write_text("call me", encoding="utf-8")
    (inbox / "half.xlsx.part").write_bytes(b"half")
    world.document("POS_INVOICE", "P-1", {"quantity": -1}, {"quantity": 1})
    world.document("POS_CREDIT", "P-2", {"quantity": 1}, {"quantity": 1, "item_code": "NONE"})
    world.document("SERVICE", "P-3", {"quantity": 1})

    report = nightly(world)

    assert told(report) == [("inbox", "DONE"), ("intake", "DONE"), ("pos", "DONE"), ("reports", "DONE")]
    assert (report.status, report.exit_status, report.open_exceptions) == ("DONE", 65, 3)
    assert world.memos() == [
        ("CM-HQ-00001", "R-1", 2, 30000, 30000),
        ("CM-HQ-00002", "R-2", 1, 15000, 15000),
        ("CM-HQ-00003", "R-0", 1, 700, 700),
        ("CM-HQ-00004", "P-1", 1, 15000, 15000),
    ]
    assert world.register() == {
        "4001": "CRMA",
        "5001": "CRMA",
        "5002": "CRMA",
        "5003": "CRMA",
        "5004": "CRMA",
        "5005": "REPAIRS-IN",
    }
    assert world.exceptions() == [("P-2", 1, "DOCUMENT_HELD"), ("P-2", 2, "ITEM_UNKNOWN"), ("R-1", 2, "ITEM_UNKNOWN")]
    assert report.totals_by_currency() == {"USD": 60700}
    assert [(each.name, each.outcome) for each in report.files()] == [
        ("bad.xlsx", "REFUSED"),
        ("good again.xlsx", "LANDED"),
        ("good.xlsx", "DUPLICATE"),
    ]
    assert report.notes == ("In the inbox, no intake file, and left where it is: notes.txt",)
    run_id = world.value("SELECT MAX(run_id) FROM run")
    assert files(world) == [
        "done/2026-03-31/good again.exceptions.xlsx",
        "done/2026-03-31/good again.xlsx",
        "duplicate/good.reason.txt",
        "duplicate/good.xlsx",
        "inbox/half.xlsx.part",
        "inbox/notes.txt",
        "intake-1.xlsx",
        "refused/bad.reason.txt",
        "refused/bad.xlsx",
        f"reports/2026-03-31/run-{run_id}-exceptions.xlsx",
        f"reports/2026-03-31/run-{run_id}-night.json",
    ]
    assert_reports(world, report, int(run_id))


def assert_reports(world: World, report: NightReport, run_id: int) -> None:
    """Insist that the files of the night say what the night was, to those who may read them."""
    folder = world.folder / "reports" / "2026-03-31"
    kept = json.loads((folder / f"run-{run_id}-night.json").read_text(encoding="utf-8"))
    assert kept["runs"] == report.to_json()["runs"][:-1]  # type: ignore[index]
    assert {name: kept[name] for name in report.figures()} == report.figures()
    assert (world.folder / "refused" / "bad.reason.txt").read_text(encoding="utf-8").startswith("bad.xlsx: ")
    assert "landed as good again.xlsx in run 2" in (world.folder / "duplicate" / "good.reason.txt").read_text("utf-8")
    book = openpyxl.load_workbook(world.folder / "done/2026-03-31/good again.exceptions.xlsx")
    assert "NONE" in {cell.value for line in book["Intake"].iter_rows() for cell in line}
    written = [*folder.iterdir(), *(world.folder / "refused").glob("*.txt")]
    assert {path.stat().st_mode & 0o777 for path in written} == {0o640}


@pytest.mark.usefixtures("inbox")
def test_a_night_tells_what_of_a_file_it_did_not_read(world: World) -> None:
    path = world.sheet(row("R-1"), name="inbox/march.xlsx")
    book = openpyxl.load_workbook(path)
    book["Intake"].cell(1, book["Intake"].max_column + 1, "Ask Ann")
    second = book.create_sheet("April")
    for cells in (["Document #", "Customer", "Item", "Quantity"], ["R-2", "C1", "CPU", 1]):
        second.append(cells)
    book.save(path)
    report = nightly(world)
    assert world.tuples("SELECT document_no FROM document") == [("R-1",)]
    (note,) = night_notes(report)
    assert note == (
        'Note: march.xlsx: columns not read: "Ask Ann"; sheets not read, though they have the columns: "April" '
        "(one sheet of a file is read)"
    )


def test_a_night_with_nothing_to_do(world: World, inbox: Path) -> None:
    for _ in range(2):
        report = nightly(world)
        assert (report.status, report.exit_status, report.notes) == ("NOOP", 0, ())
        assert told(report) == [("intake", "NOOP"), ("pos", "NOOP"), ("reports", "NOOP")]
        assert files(world) == []
    shutil.rmtree(inbox)
    assert nightly(world).notes == ()


def test_an_inbox_that_is_set_and_not_there_is_said(world: World, tmp_path: Path) -> None:
    config = tmp_path / "serialback.toml"
    config.write_text(f'inbox = "{tmp_path}/nowhere"\nreports = "{tmp_path}/reports"\n', encoding="utf-8")
    settings = load_settings(config=config, environ={})
    clock = lambda: NOW  # noqa: E731 - a clock that stands still
    jobs = named([INTAKE, POS])
    report = run_nightly(
        NIGHTLY, jobs, world.database.engine, settings, business_date=TODAY, dry_run=False, clock=clock
    )
    told = f"there is no inbox {tmp_path}/nowhere, which is set by {config}: nothing was taken from it"
    assert (report.problems, report.exit_status) == ((told,), 1)


def test_a_rehearsed_night_tells_the_same_and_leaves_nothing(world: World, inbox: Path) -> None:
    world.sheet(row("R-1", quantity=2), row("R-1", "NONE"), name="inbox/good.xlsx")
    world.document("POS_INVOICE", "P-1", {"quantity": -1})
    before = files(world)
    rehearsed = nightly(world, dry_run=True)
    assert (files(world), world.count("run", "document_line", "serial")) == (before, [0, 1, 0])
    report = nightly(world)
    assert rehearsed.figures() == report.figures()
    assert told(rehearsed) == told(report)[:-1]
    assert (report.figures()["lines_posted"], inbox.exists()) == (2, True)


@pytest.mark.usefixtures("inbox")
def test_what_the_inbox_was_refused_is_not_counted_twice_in_one_night(world: World) -> None:
    world.intake(row("R-0", "NONE"))
    world.sheet(row("R-1"), row("R-1", "NONE"), name="inbox/good.xlsx")
    figures = nightly(world).figures()
    # The line of the day before is tried again; that of the night was judged a moment ago.
    assert (figures["lines_read"], figures["lines_posted"], figures["lines_refused"]) == (3, 1, 2)
    assert nightly(world).figures()["lines_refused"] == 2


@pytest.mark.usefixtures("inbox")
def test_what_an_interrupted_run_left_comes_first(world: World) -> None:
    world.intake(row("R-1", "NONE"))
    world.execute("UPDATE document_line SET status = 'PENDING', item_code = 'CPU'")
    world.execute("UPDATE document SET status = 'PENDING'")
    world.execute("UPDATE run SET status = 'RUNNING', finished_at = NULL")
    world.execute("DELETE FROM exception")
    world.execute("UPDATE run SET lines_read = 0, lines_refused = 0, exceptions = 0")
    world.sheet(row("R-2"), name="inbox/a.xlsx")
    report = nightly(world)
    assert told(report)[:2] == [("interrupted", "DONE"), ("inbox", "DONE")]
    assert world.serials("R-1") + world.serials("R-2") == ["5001", "5002"]
    assert world.tuples("SELECT job, status FROM run ORDER BY run_id") == [
        ("intake", "INTERRUPTED"),
        *[("intake", "DONE")] * 2,
        ("intake", "NOOP"),
        ("pos", "NOOP"),
        ("nightly", "DONE"),
    ]


@pytest.mark.usefixtures("inbox")
def test_a_file_on_which_the_program_fails_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        world.sheet(row(f"R-{name}"), name=f"inbox/{name}.xlsx")
    sound = landing_lines.land_lines

    def faulty(connection: Any, lines: Any, file: Any, now: dt.datetime) -> Any:
        if "b.xlsx" in str(file):
            raise KeyError("a fault")
        return sound(connection, lines, file, now)

    monkeypatch.setattr("batch.edge.landing.land_lines", faulty)
    report = nightly(world)
    assert (report.exit_status, report.figures()["lines_posted"]) == (1, 2)
    assert [each.outcome for each in report.files()] == ["LANDED", "FAILED", "LANDED"]
    assert [name for name in files(world) if name.startswith("inbox")] == ["inbox/b.xlsx"]
    monkeypatch.undo()
    assert nightly(world).figures()["lines_posted"] == 1
    assert [name for name in files(world) if name.startswith("inbox")] == []


@pytest.mark.usefixtures("inbox")
@pytest.mark.parametrize(
    ("error", "parts", "exit_status"),
    [
        pytest.param(InvariantError("no sum"), ["intake", "pos", "reports"], 4, id="a total that does not hold"),
        pytest.param(SerialbackError("no room"), ["intake", "pos", "reports"], 1, id="a failure"),
        pytest.param(BusyError("locked out"), ["intake", "pos", "reports"], 75, id="locked out"),
        pytest.param(DatabaseUnavailableError("gone"), ["intake"], 69, id="no database any more"),
    ],
)
@pytest.mark.usefixtures("inbox")
def test_a_part_that_fails_stops_the_others_only_if_nothing_else_can_go(
    world: World,
    *,
    error: SerialbackError,
    parts: list[str],
    exit_status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world.intake(row("R-1", "NONE"))
    world.document("POS_INVOICE", "P-1", {"quantity": -1})

    def failing(chunk: Any, *terms: Any) -> Any:
        if "INTAKE" in set(chunk.documents["source"]):
            raise error
        return settle(chunk, *terms)

    for module in ("batch.runner_overlap", "batch.edge.settlement"):
        monkeypatch.setattr(f"{module}.settle", failing)
    report = nightly(world)
    assert [part.name for part in report.parts] == parts
    assert (report.status, report.exit_status, report.parts[0].error) == ("FAILED", exit_status, str(error))
    assert world.status("P-1")[0] == ("POSTED" if "pos" in parts else "PENDING")
    assert world.value("SELECT status FROM run WHERE run_id = 2") == "FAILED"


@pytest.mark.usefixtures("inbox")
def test_reports_that_cannot_be_written_leave_the_runs_as_they_are(world: World) -> None:
    world.document("POS_INVOICE", "P-1", {"quantity": -1})
    (world.folder / "reports").write_text("a file, not a folder", encoding="utf-8")
    report = nightly(world)
    assert (report.exit_status, report.parts[-1].name, world.status("P-1")) == (78, "reports", ("POSTED", "POSTED"))
    assert world.value("SELECT status FROM run WHERE job = 'nightly'") == "FAILED"


def test_files_that_cannot_be_moved_are_moved_by_the_next_night(world: World, inbox: Path) -> None:
    world.sheet(row("R-1"), row("R-1", "NONE"), name="inbox/a.xlsx")
    claimed = inbox / ".claimed" / "20260330T201500Z-1-1" / "000001"
    claimed.mkdir(parents=True)
    (inbox / "a.xlsx").rename(claimed / "a.xlsx")
    (world.folder / "done").write_text("a file, not a folder", encoding="utf-8")
    report = nightly(world)
    assert (report.status, report.exit_status) == ("FAILED", 78)
    (world.folder / "done").unlink()
    report = nightly(world)
    assert (report.status, report.exit_status, report.figures()["lines_posted"]) == ("DONE", 0, 1)
    assert "done/2026-03-31/a.exceptions.xlsx" in files(world)
    assert list((inbox / ".claimed").iterdir()) == []


def failing(*_: object, **__: object) -> Any:
    """Fail as what a database is asked does."""
    raise DatabaseUnavailableError("The database is gone.")


def test_a_file_that_could_not_be_asked_for_stays_claimed(
    world: World, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.sheet(row("R-1"), name="inbox/a.xlsx")
    monkeypatch.setattr("batch.nightly.told_of", failing)
    report = nightly(world)
    assert report.problems == ("a.xlsx: what became of it could not be asked: The database is gone.",)
    assert (report.status, report.figures()["lines_posted"]) == ("FAILED", 1)
    assert len(list((inbox / ".claimed").rglob("a.xlsx"))) == 1
    monkeypatch.undo()
    assert nightly(world).problems == ()
    assert "done/2026-03-31/a.xlsx" in files(world)


def test_what_could_not_be_counted_or_foreseen_is_said(
    world: World, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.rmdir()
    monkeypatch.setattr("batch.nightly.open_exceptions", failing)
    monkeypatch.setattr("batch.nightly.outlook_notes", failing)
    report = nightly(world)
    assert report.problems == (
        "the open exceptions could not be counted: The database is gone.",
        "how long the sequences last could not be worked out: The database is gone.",
    )
    assert (report.status, report.exit_status, report.to_json()["open_exceptions"]) == ("FAILED", 1, None)
    assert "open" not in night_line(report)


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [
        pytest.param([0, 0], 0, id="all well"),
        pytest.param([65, 3], 65, id="a refused file before refused lines"),
        pytest.param([65, 75], 75, id="locked out before a refused file"),
        pytest.param([75, 4], 4, id="a total before being locked out"),
        pytest.param([4, 1, 65], 1, id="a failure before a total"),
        pytest.param([1, 69], 69, id="no database before all that went on"),
        pytest.param([1, 143], 143, id="stopped before all else"),
        pytest.param([0, 2], 1, id="what is no status of a night is a failure"),
    ],
)
def test_the_worst_exit_status_that_matters(statuses: list[int], worst: int) -> None:
    parts = tuple(NightPart("part", None, "", status) for status in statuses)
    report = NightReport(
        business_date=TODAY, dry_run=False, started_at=NOW, finished_at=NOW, parts=parts, open_exceptions=0
    )
    assert report.exit_status == worst


def ticking(start: str, minutes: int) -> Clock:
    """Give a clock that is some minutes further at each look."""
    first = dt.datetime.fromisoformat(start).astimezone(dt.UTC)
    ticks: Iterator[int] = itertools.count()
    return lambda: first + dt.timedelta(minutes=minutes * next(ticks))


@pytest.mark.parametrize(
    ("zone", "day_starts_at", "start", "date"),
    [
        pytest.param("UTC", "00:00", "2026-03-31T23:58:00+00:00", "2026-03-31", id="over midnight"),
        pytest.param("UTC", "00:00", "2026-04-01T00:00:00+00:00", "2026-04-01", id="at midnight"),
        pytest.param("UTC", "04:00", "2026-04-01T03:50:00+00:00", "2026-03-31", id="over the cut-off"),
        pytest.param("Europe/Berlin", "00:00", "2026-03-31T21:59:00+00:00", "2026-03-31", id="before a local midnight"),
        pytest.param("Europe/Berlin", "00:00", "2026-03-31T22:00:00+00:00", "2026-04-01", id="at a local midnight"),
        pytest.param(
            "Europe/Berlin", "02:30", "2026-03-29T00:55:00+00:00", "2026-03-28", id="before the hour left out"
        ),
        pytest.param("Europe/Berlin", "02:30", "2026-03-29T01:00:00+00:00", "2026-03-29", id="after the hour left out"),
        pytest.param("Europe/Berlin", "02:30", "2026-10-25T00:15:00+00:00", "2026-10-24", id="in the hour, first time"),
        pytest.param(
            "Europe/Berlin", "02:30", "2026-10-25T00:31:00+00:00", "2026-10-25", id="in the hour, first half past"
        ),
        pytest.param("Pacific/Auckland", "00:00", "2026-03-31T11:00:00+00:00", "2026-04-01", id="far ahead"),
    ],
)
@pytest.mark.usefixtures("inbox")
def test_the_night_has_the_date_it_starts_on(
    world: World, *, zone: str, day_starts_at: str, start: str, date: str
) -> None:
    world.settings |= {"time_zone": zone, "day_starts_at": day_starts_at}
    world.sheet(row("R-1"), name="inbox/a.xlsx")
    world.document("POS_INVOICE", "P-1", {"quantity": -1})
    report = nightly(world, None, ticking(start, minutes=45))
    assert report.seconds > 7200
    assert report.business_date.isoformat() == date
    assert {str(each) for (each,) in world.tuples("SELECT business_date FROM run")} == {date}
    assert {str(each) for (each,) in world.tuples("SELECT memo_date FROM credit_memo")} == {date}
    assert f"done/{date}/a.xlsx" in files(world)


def test_the_job_is_what_the_settings_and_the_crontab_say() -> None:
    assert isinstance(NIGHTLY, Job)
    assert (NIGHTLY.name, NIGHTLY.hold) == ("nightly", Hold.DOCUMENT)
