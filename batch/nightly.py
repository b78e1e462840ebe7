"""Run a whole night: what an interrupted run left, the inbox, all that is open, then the reports.

One lock is held from the first part to the last, and every part is a run of its own in the ledger. A part that fails
does not stop the others, unless the database itself is gone or somebody says stop.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa

from batch.config import DEFAULT_ORIGIN, Settings
from batch.edge import ledger
from batch.edge.database import check_schema
from batch.edge.failpoint import reach
from batch.edge.inbox import Claim, Sweep, claimed_by_the_dead, look_around, sweeping
from batch.edge.inbox_places import OnFile, Places, told_of
from batch.edge.lock import HeldLock, settlement_lock
from batch.edge.night_files import open_exceptions, write_night
from batch.edge.run_report import RunFacts, read_report
from batch.edge.session import Session
from batch.edge.stopping import StoppedError, Stopping
from batch.errors import SerialbackError
from batch.job import IntakeFiles, Job, LeftPending, Night
from batch.report import DONE, INTERRUPTED, NO_PROGRESS, NOOP, FileOutcome, NightPart, NightReport, Progress, RunReport
from batch.runner import Run, outlook_notes
from batch.runner_attempt import Failure, attempted
from batch.runner_before import begin_reading, check_workforce, rarely_look_for_circles

# With these nothing that comes after can go better: no database, or settings that are wrong.
_ENDS_THE_NIGHT = frozenset({69, 78})


def run_nightly(
    job: Job,
    jobs: Mapping[str, Job],
    engine: sa.Engine,
    settings: Settings,
    *,
    business_date: dt.date | None,
    dry_run: bool,
    clock: Callable[[], dt.datetime],
    progress: Progress = NO_PROGRESS,
) -> NightReport:
    """Run all parts of a night and report; raises BusyError at once where another run is on."""
    started_at = clock()
    # Fixed here, so that a night over midnight has one date.
    on = business_date or settings.business_date_at(started_at)
    check_workforce(engine, settings)
    check_schema(engine)
    with (
        settlement_lock(engine, purpose=job.name, clock=clock) as lock,
        Session(engine, dry_run=dry_run) as session,
    ):
        rarely_look_for_circles()
        night = NightRun(job, jobs, session, settings, on, started_at, clock, progress, lock)
        night.go()
        return night.report()


class NightRun:
    """One night under the lock."""

    def __init__(  # noqa: PLR0917 - what a night is made of
        self,
        job: Job,
        jobs: Mapping[str, Job],
        session: Session,
        settings: Settings,
        business_date: dt.date,
        started_at: dt.datetime,
        clock: Callable[[], dt.datetime],
        progress: Progress,
        lock: HeldLock,
    ) -> None:
        """Keep what is fixed for the whole night."""
        self.job = job
        self.jobs = jobs
        self.session = session
        self.settings = settings
        self.business_date = business_date
        self.started_at = started_at
        self.clock = clock
        self.progress = progress
        self.lock = lock
        self.parts: list[NightPart] = []
        self.notes: list[str] = []
        self.problems: list[str] = []
        self._stopping = Stopping()
        # The runs that have settled something this night; a rehearsal reports none, and has them all the same.
        self._runs: list[int] = []

    def go(self) -> None:
        """Go through the parts in order."""
        source = self.job.source
        assert isinstance(source, Night), f"{self.job.name} is no night"
        parts: list[tuple[str, Callable[[], object]]] = [
            ("interrupted", self._finish_interrupted),
            ("inbox", self._inbox),
        ]
        parts += [(name, functools.partial(self._settle_open, name)) for name in source.jobs]
        parts += [("reports", self._write_reports)]
        with self._stopping:
            for name, part in parts:
                if self._is_over():
                    return
                self._try(name, part)
                reach(f"night.{name}")

    def report(self) -> NightReport:
        """Say how the night went."""
        notes = [note for part in self.parts if part.report for note in part.report.notes]
        problems = list(self.problems)
        left_open = attempted(self._count_open)
        if isinstance(left_open, Failure):
            problems.append(f"the open exceptions could not be counted: {left_open.error}")
        warned = attempted(lambda: outlook_notes(self.session, self.settings, self.clock()))
        if isinstance(warned, Failure):
            problems.append(f"how long the sequences last could not be worked out: {warned.error}")
        return NightReport(
            business_date=self.business_date,
            dry_run=self.session.dry_run,
            started_at=self.started_at,
            finished_at=self.clock(),
            parts=tuple(self.parts),
            open_exceptions=None if isinstance(left_open, Failure) else left_open,
            notes=(*self.notes, *notes, *([] if isinstance(warned, Failure) else warned)),
            problems=tuple(problems),
        )

    # --- The parts -----------------------------------------------------------------------------

    def _finish_interrupted(self) -> None:
        """Settle what a run has landed and left pending, before anything new comes; nothing left is no run."""
        with self.session.transaction() as connection:
            unfinished = ledger.is_unfinished(connection)
        if unfinished:
            intake = self.jobs["intake"]
            self._settle("interrupted", dataclasses.replace(intake, source=LeftPending()))

    def _inbox(self) -> None:
        """Sweep the inbox; none that is there is nothing to do, unless somebody has said where it is."""
        inbox = self.settings.inbox
        if not inbox.is_dir():
            if (origin := self.settings.origin("inbox")) != DEFAULT_ORIGIN:
                self.problems.append(f"there is no inbox {inbox}, which is set by {origin}: nothing was taken from it")
            return
        with _in_plain_words(inbox):
            if self.session.dry_run:
                files = [*claimed_by_the_dead(inbox), *self._look_around()]
                if files:
                    self._settle("inbox", self.jobs["intake"], files)
                return
            with sweeping(inbox.resolve(), self.clock()) as sweep:
                self._sweep(sweep, Places(inbox, self.business_date))

    def _sweep(self, sweep: Sweep, places: Places) -> None:
        left_behind = list(sweep.left_behind())
        claims = [claim for claim in left_behind if not self._place(places, claim, None)]
        claims += [claim for path in self._look_around() if (claim := sweep.claim(path)) is not None]
        if not claims:
            return
        files = [claim.path for claim in claims]
        report = self._settle("inbox", self.jobs["intake"], files, {"claim": sweep.token})
        told = report.files if report else ()
        for claim, outcome in itertools.zip_longest(claims, told):
            written_to = outcome is not None and outcome.outcome == "REFUSED" and not claim.is_unchanged()
            if written_to or not self._place(places, claim, outcome):
                # Nothing of it is on file: it is for the next sweep, as it was.
                sweep.give_back(claim)

    def _place(self, places: Places, claim: Claim, told: FileOutcome | None) -> bool:
        """Move a file whose fate is known; False where nothing is known of it."""

        def ask() -> OnFile | None:
            with _in_plain_words(claim.path), self.session.transaction() as connection:
                return told_of(connection, claim, told)

        def place(found: OnFile) -> None:
            with _in_plain_words(claim.path), self.session.transaction() as connection:
                places.place(connection, claim, found)

        found = attempted(ask)
        if isinstance(found, Failure):
            # It stays claimed, and the next night asks again: it may be settled.
            self.problems.append(f"{claim.path.name}: what became of it could not be asked: {found.error}")
        elif found is not None and isinstance(placed := attempted(functools.partial(place, found)), Failure):
            self.problems.append(f"{claim.path.name} is settled but could not be moved: {placed.error}")
        return found is not None

    def _look_around(self) -> Sequence[Path]:
        with self._stopping.at_once():
            waiting = look_around(self.settings.inbox.resolve(), self.settings.inbox_settle_seconds)
        for names, said in (
            (waiting.left, "still being written, and left for the next time"),
            (waiting.strange, "no intake file, and left where it is"),
        ):
            self.notes += [f"In the inbox, {said}: {name}" for name in names]
        return waiting.ready

    def _settle_open(self, name: str) -> None:
        """Settle all that is open for a job, but for what this very night has judged: it would count twice."""
        job = self.jobs[name]
        if isinstance(job.source, IntakeFiles):
            job = dataclasses.replace(job, source=IntakeFiles(tuple(self._runs)))
        self._settle(name, job)

    def _write_reports(self) -> None:
        """Write the night's reports, as a run of its own that reads no line and bears the whole night's time."""
        if self.session.dry_run:
            return
        runs = [part.report.run_id for part in self.parts if part.report]
        opening = ledger.Opening(self.job.name, self.business_date, self.started_at, {"runs": runs})
        with self.session.transaction() as connection:
            run_id = ledger.begin_run(connection, opening)
        self.lock.describe(run_id)
        reach("reports.begun")
        told = self.report()
        status = DONE if told.status != NOOP else NOOP
        try:
            with self.session.transaction() as connection:
                if status == DONE:
                    write_night(connection, self.settings.reports / self.business_date.isoformat(), run_id, told)
                reach("reports.written")
                ledger.end_run(connection, run_id, status, self.clock(), 0)
                report = read_report(connection, self._facts(run_id))
        except SerialbackError as error:
            with self.session.transaction() as connection:
                ledger.fail_run(connection, run_id, "FAILED", self.clock(), str(error))
            raise
        self.parts.append(NightPart("reports", report))

    # --- What they share -----------------------------------------------------------------------

    def _settle(
        self, name: str, job: Job, files: Sequence[Path] = (), parameters: Mapping[str, object] | None = None
    ) -> RunReport | None:
        """Run one job of the night; what fails is told in its part, and the next one comes."""
        said = {"night_part": name, **(parameters or {})}
        run = Run(job, self.session, self.settings, self.business_date, self.clock, self.progress, said)
        with begin_reading(job, self.settings, files) as readings:
            done = attempted(lambda: run.go(readings, self.lock.describe, self.lock.check))
        self._runs.append(run.run_id)
        if isinstance(done, Failure):
            self.parts.append(NightPart(name, None, done.error, done.exit_status))
            return None
        self.parts.append(NightPart(name, done, exit_status=done.exit_status))
        return done

    def _try(self, name: str, part: Callable[[], object]) -> None:
        try:
            self._stopping.check()
            self.lock.check()
            done = attempted(part)
        except StoppedError as stopped:
            self.parts.append(NightPart(name, None, str(stopped), stopped.exit_status))
            return
        if isinstance(done, Failure):
            self.parts.append(NightPart(name, None, done.error, done.exit_status))

    def _is_over(self) -> bool:
        last = self.parts[-1] if self.parts else None
        stopped = last is not None and last.report is not None and last.report.status == INTERRUPTED
        return stopped or any(part.exit_status in _ENDS_THE_NIGHT | {130, 143} for part in self.parts)

    def _count_open(self) -> int:
        with self.session.transaction() as connection:
            return open_exceptions(connection)

    def _facts(self, run_id: int) -> RunFacts:
        return RunFacts(
            run_id=run_id,
            job=self.job.name,
            dry_run=False,
            business_date=self.business_date,
            started_at=self.started_at,
            files=(),
            first_run_id=None,
            exit_status=0,
        )


@contextlib.contextmanager
def _in_plain_words(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        said = f"{error.filename or place}: {error.strerror or error}"
        raise SerialbackError(
            f"{said}. Look at the folder, its permissions and its room; it is safe to run again."
        ) from error
