"""Run one job from lock to totals: land what was handed in, settle chunk after chunk, close the books.

Data flow: files → (child process) rows → landed, a transaction a file → chunks of whole documents, a transaction
each → control totals → the run is DONE. A killed run leaves whole transactions done and the rest for the next run.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from batch.edge.database import check_schema
from batch.edge.failpoint import reach
from batch.edge.lock import settlement_lock
from batch.edge.planner_figures import PlannerFigures
from batch.edge.readings import Readings
from batch.edge.session import Session, SpoiledRehearsalError
from batch.edge.sheet_limits import plain
from batch.edge.stopping import StoppedError, Stopping
from batch.errors import FileRefusedError, SerialbackError, one_line
from batch.job import IntakeFiles, Job, LeftPending, LegacyFiles, PosDocuments
from batch.log import logger
from batch.report import DUPLICATE, FAILED, LANDED, NO_PROGRESS, REFUSED, FileOutcome, Progress, RunReport
from batch.runner_before import Circles, begin_reading, check_workforce, rarely_look_for_circles

if TYPE_CHECKING:
    from batch.config import Settings
    from batch.core.chunk import Terms
    from batch.core.hold import Hold
    from batch.edge.file_landing import KnownFile, LandedFile
    from batch.edge.landing import IntakeTerms
    from batch.edge.plan import Plan
    from batch.edge.run_report import RunFacts
    from batch.edge.sheets import SheetSpool
    from batch.runner_workforce import Workforce

# How much of a file's name messages keep.
NAME_SHOWN = 200


def run_job(
    job: Job,
    engine: sa.Engine,
    settings: Settings,
    files: Sequence[Path] | Readings = (),
    *,
    business_date: dt.date | None,
    dry_run: bool,
    clock: Callable[[], dt.datetime],
    progress: Progress = NO_PROGRESS,
) -> RunReport:
    """Run a job once and report; raises SerialbackError where nothing or not all could be done.

    The files may be begun to be read already.
    """
    check_workforce(engine, settings)
    rarely_look_for_circles()
    first = files if isinstance(files, Readings) else begin_reading(job, settings, files)

    def attempt(begun: Readings, *, careful: bool) -> RunReport:
        with begun as readings:
            check_schema(engine)
            with (
                settlement_lock(engine, purpose=job.name, clock=clock) as lock,
                Session(engine, dry_run=dry_run, careful=careful) as session,
            ):
                day = business_date or settings.business_date_at(clock())
                report = Run(job, session, settings, day, clock, progress).go(readings, lock.describe, lock.check)
                notes = outlook_notes(session, settings, clock())
                return dataclasses.replace(report, notes=(*report.notes, *notes))

    try:
        return attempt(first, careful=False)
    except SpoiledRehearsalError as spoiled:
        # Nothing is lost but time: a rehearsal leaves nothing behind.
        logger().warning("rehearsed_again", reason=one_line(str(spoiled))[:200])
        return attempt(first.anew(), careful=True)


def outlook_notes(session: Session, settings: Settings, now: dt.datetime) -> list[str]:
    """Say which sequences will soon have no numbers left."""
    from batch.edge.outlook import outlooks, warnings_of

    nights = settings.sequence_warn_nights
    with session.transaction() as connection:
        return warnings_of(outlooks(connection, now, nights), nights)


class Run:
    """One run under the lock."""

    def __init__(  # noqa: PLR0917 - what a run is made of
        self,
        job: Job,
        session: Session,
        settings: Settings,
        business_date: dt.date,
        clock: Callable[[], dt.datetime],
        progress: Progress,
        parameters: Mapping[str, object] | None = None,
    ) -> None:
        """Keep what is fixed for the whole run (the business date is, even across midnight).

        What `parameters` says is kept with the run's own.
        """
        self.job = job
        self.session = session
        self.settings = settings
        self.business_date = business_date
        self.clock = clock
        self.progress = progress
        self.parameters = dict(parameters or {})
        self.notes: list[str] = []
        self.files: list[FileOutcome] = []
        self.refused_files = 0
        self.failed_files = 0
        self.lines_closed = 0
        self.rows_read = 0
        self.landed_ids: list[int] = []
        self.first_run_id: int | None = None
        self.run_id = 0

    def go(self, readings: Readings, describe: Callable[[int], None], check_lock: Callable[[], None]) -> RunReport:
        """Go through the steps of the run, and leave its row telling how it ended."""
        # Slow to import: by now the first file is being read.
        from batch.edge import ledger, run_report

        started_at = self.clock()
        with self.session.transaction() as connection:
            self.parameters |= {
                "files": [plain(path.name, NAME_SHOWN) for path in readings.paths],
                "hold": self._hold().value,
                "chunk_lines": self.settings.chunk_lines,
                **self._legacy_parameters(),
            }
            self.run_id = ledger.begin_run(
                connection, ledger.Opening(self.job.name, self.business_date, started_at, self.parameters)
            )
            ledger.fill_keys(connection)
        describe(self.run_id)
        reach("run.begun")
        with Stopping() as stopping:
            try:
                expected = self._work(readings, stopping, check_lock)
                reach("run.worked")
                with self.session.transaction() as connection:
                    status = "DONE" if self._did_something(expected) else "NOOP"
                    ledger.end_run(connection, self.run_id, status, self.clock(), expected)
                    ledger.give_back_blocks(connection)
                    ledger.burn_blocks(connection, self.clock())
                    reach("run.ended")
                    exit_status = FileRefusedError.exit_status if self.refused_files else 0
                    exit_status = SerialbackError.exit_status if self.failed_files else exit_status
                    report = run_report.read_report(connection, self._facts(started_at, exit_status))
            except StoppedError as stopped:
                with self.session.transaction() as connection:
                    ledger.fail_run(connection, self.run_id, "INTERRUPTED", self.clock(), str(stopped))
                    report = run_report.read_report(connection, self._facts(started_at, stopped.exit_status))
            except BaseException as error:
                self._record_failure(error)
                raise
        reach("run.over")
        self.progress.finish()
        return report

    def _work(self, readings: Readings, stopping: Stopping, check_lock: Callable[[], None]) -> int:
        """Land and settle; give the number of lines that this run must have read."""
        from batch.runner_workforce import workforce

        if self.settings.cluster and self.session.dry_run:
            self.notes.append("A rehearsal is one transaction, which only one can hold: the cluster was not asked.")
        elif self.settings.cluster:
            self.progress.start(f"Looking for the cluster {self.settings.cluster}", None)
        # Found before anything is landed: a cluster that is not fit is told at once.
        with workforce(self.session, self.settings, self._terms(), self.run_id, self.clock) as workers:
            return self._land_and_settle(readings, stopping, check_lock, workers)

    def _land_and_settle(
        self, readings: Readings, stopping: Stopping, check_lock: Callable[[], None], workers: Workforce
    ) -> int:
        if isinstance(self.job.source, LegacyFiles):
            from batch.edge.backfill import before_landing

            with self.session.transaction() as connection:
                self.notes += before_landing(connection, self.job.source)
        for place in range(len(readings.paths)):
            self._land(readings, place, stopping)
        circles = Circles()

        def check() -> None:
            stopping.check()
            check_lock()

        def done(lines: int) -> None:
            self.progress.advance(lines)
            figures.settled(lines)
            circles.settled(lines)

        with PlannerFigures(self.session) as figures:
            figures.refresh()
            with self.session.transaction() as connection:
                chosen = self._plan(connection, of_files=bool(readings.paths))
                lanes = self._lanes(connection, chosen, workers.size)
            self.progress.start("Settling", chosen.open_lines)
            workers.executor(len(lanes)).run(lanes, done, check)
        stopping.check()
        return self._expected(chosen)

    def _plan(self, connection: sa.Connection, *, of_files: bool) -> Plan:
        """Choose the documents, and take in what other systems have done to those that were done."""
        from batch.edge import backfill, ledger, outside, plan

        if isinstance(self.job.source, PosDocuments):
            self.lines_closed = outside.close_released(connection)
            _, mark = outside.reopen_added_to(connection, self.job.name)
            self.parameters[outside.LINE_MARK] = mark
            ledger.note_parameters(connection, self.run_id, self.parameters)
            if self.lines_closed:
                self.notes.append(f"{self.lines_closed} lines of service slips were closed: their units are released.")
            return plan.plan_pos(connection)
        if isinstance(self.job.source, LegacyFiles):
            self.notes += backfill.before_settling(connection, self.run_id, self.clock())
            return plan.plan_backfill(connection, self.landed_ids, all_open=not of_files)
        if of_files or isinstance(self.job.source, LeftPending):
            return plan.plan_files(connection, self.landed_ids)
        judged_by = self.job.source.judged_by if isinstance(self.job.source, IntakeFiles) else ()
        return plan.plan_intake(connection, judged_by)

    def _expected(self, chosen: Plan) -> int:
        """Say how many lines the run must have read: those of the plan, less what others have since taken from it."""
        from batch.edge import ledger, outside

        planned = self.rows_read + chosen.lines_from_elsewhere
        with self.session.transaction() as connection:
            read = ledger.figures_of(connection, self.run_id)["lines_read"]
            if read == planned or outside.left_untouched(connection, chosen):
                return planned
        self.notes.append(
            f"Other programs changed documents while the run was on: {planned} lines were planned, {read} were read."
        )
        return read

    def _lanes(self, connection: sa.Connection, chosen: Plan, workers: int) -> list[list[tuple[list[int], int]]]:
        """Part the work: one lane where one works alone."""
        from batch.edge.lanes import lanes_of

        if workers > 1:
            return lanes_of(connection, chosen, self.settings.chunk_lines, workers)
        return [list(chosen.tapered_chunks(self.settings.chunk_lines))]

    def _land(self, readings: Readings, place: int, stopping: Stopping) -> None:
        from batch.edge.file_landing import LandedFile

        path = readings.paths[place]
        self.progress.start(f"Landing {path.name}", None)
        with stopping.at_once():
            reading = readings.get(place)
        try:
            with stopping.at_once():
                spool = reading.result()
            with spool:
                landed = self._land_rows(spool, readings.scratch, stopping)
        except FileRefusedError as refusal:
            self._refuse_file(path, refusal)
            return
        except (SerialbackError, StoppedError):
            raise
        except Exception as fault:
            self._leave_file(path, fault)
            return
        if isinstance(landed, LandedFile):
            self.landed_ids.append(landed.intake_file_id)
            self.rows_read += landed.rows_read
            name = plain(path.name, NAME_SHOWN)
            self.files.append(FileOutcome(name, LANDED, landed.rows_read, landed.detail, landed.not_read))
        else:
            self.first_run_id = self.first_run_id or landed.first_run_id
            self.files.append(FileOutcome(plain(path.name, NAME_SHOWN), DUPLICATE, 0, landed.detail))

    def _land_rows(self, spool: SheetSpool, scratch: Path, stopping: Stopping) -> LandedFile | KnownFile:
        if isinstance(self.job.source, LegacyFiles):
            from batch.edge.backfill_landing import land_backfill_file

            source, terms = self.job.source, self._intake_terms()
            return land_backfill_file(self.session, spool, source, terms, scratch, stopping.check, self.progress)
        from batch.edge.file_landing import land_file

        def land() -> LandedFile | KnownFile:
            with self.session.transaction() as connection:
                landed = land_file(connection, spool, self._intake_terms(), scratch, stopping.check, self.progress)
                reach("land.written")
            reach("land.committed")
            return landed

        try:
            return land()
        except sa.exc.IntegrityError:
            # Somebody else has just written one of its documents: now that is on file, and the rows are set against it.
            logger().warning("file_landed_again", file=spool.name)
            return land()

    def _refuse_file(self, path: Path, refusal: FileRefusedError) -> None:
        from batch.edge.file_landing import record_refusal

        with self.session.transaction() as connection:
            record_refusal(connection, path, refusal, self._intake_terms())
            reach("refusal.written")
        self.refused_files += 1
        self.files.append(FileOutcome(plain(path.name, NAME_SHOWN), REFUSED, 0, str(refusal)))

    def _leave_file(self, path: Path, fault: Exception) -> None:
        """Go on without a file that the program fails on: nothing of it is landed, and it can be handed in again."""
        trace_id = uuid.uuid4().hex[:12]
        logger().error("file_failed", file=path.name, trace_id=trace_id, exc_info=fault)
        self.failed_files += 1
        name = plain(path.name, NAME_SHOWN)
        parts = isinstance(self.job.source, LegacyFiles)
        left = "Handed in again, it goes on where it was" if parts else "Nothing of it was landed"
        said = f"{name}: a fault in the program ({type(fault).__name__}). {left}; trace id {trace_id}"
        self.files.append(FileOutcome(name, FAILED, 0, said))

    def _record_failure(self, error: BaseException) -> None:
        """Leave the reason in the run's row if the database can still be written; the error itself goes on."""
        from batch.edge import ledger

        try:
            with self.session.transaction() as connection:
                ledger.fail_run(
                    connection, self.run_id, "FAILED", self.clock(), one_line(f"{type(error).__name__}: {error}")[:500]
                )
        except (SerialbackError, sa.exc.SQLAlchemyError) as second:
            logger().warning("failure_not_recorded", run_id=self.run_id, reason=type(second).__name__)

    def _facts(self, started_at: dt.datetime, exit_status: int) -> RunFacts:
        from batch.edge.run_report import RunFacts

        return RunFacts(
            run_id=self.run_id,
            job=self.job.name,
            dry_run=self.session.dry_run,
            business_date=self.business_date,
            started_at=started_at,
            files=tuple(self.files),
            first_run_id=self.first_run_id,
            exit_status=exit_status,
            notes=tuple(self.notes),
        )

    def _did_something(self, expected: int) -> bool:
        done_with = self.refused_files + self.failed_files + self.lines_closed
        return expected + done_with > 0 or any(each.outcome == LANDED for each in self.files)

    def _hold(self) -> Hold:
        said = self.settings.jobs.get(self.job.name)
        return self.job.held_by(said.hold if said else None)

    def _legacy_parameters(self) -> dict[str, object]:
        """Give what an audit must know of how a backfill read its files."""
        if not isinstance(self.job.source, LegacyFiles):
            return {}
        read = {"currency": self.settings.currency, "date_formats": list(self.settings.date_formats)}
        return self.job.source.parameters() | read

    def _terms(self) -> Terms:
        from batch.core.chunk import Terms

        return Terms(
            business_date=self.business_date,
            hold=self._hold(),
            currency=self.settings.currency,
            default_location=self.settings.default_location,
            quantity_limit=self.settings.limits.line_quantity,
            units_limit=self.settings.limits.document_units,
            credit_memos_for_legacy=isinstance(self.job.source, LegacyFiles) and self.job.source.credit_memos,
            into_area=self.job.source.into_area if isinstance(self.job.source, LegacyFiles) else None,
        )

    def _intake_terms(self) -> IntakeTerms:
        from batch.edge.landing import IntakeTerms

        return IntakeTerms(
            run_id=self.run_id,
            business_date=self.business_date,
            currency=self.settings.currency,
            date_formats=self.settings.date_formats,
            quantity_limit=self.settings.limits.line_quantity,
            now=self.clock(),
            legacy=isinstance(self.job.source, LegacyFiles),
            default_location=self.settings.default_location,
            earlier=frozenset(self.landed_ids),
        )
