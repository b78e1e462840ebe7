"""Put the files of a sweep where they belong, each with its report beside it: done, refused, or handed in before.

The database comes first: what is moved is what it has on file, told by the content's hash, so that a sweep after a
crash finishes the moves of the one before.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from pathlib import Path

import sqlalchemy as sa

from batch.edge.exceptions_workbook import write_exceptions_workbook
from batch.edge.failpoint import reach
from batch.edge.file_landing import NAME_KEPT
from batch.edge.inbox import Claim, make_folder
from batch.edge.new_file import new_file
from batch.edge.placing import put_with_companion
from batch.edge.schema import INTAKE_FILE, RUN
from batch.edge.sheet_limits import plain
from batch.errors import SettingsError
from batch.report import DUPLICATE, FAILED, LANDED, REFUSED, FileOutcome

EXCEPTIONS = "exceptions.xlsx"
REASON = "reason.txt"


@dataclasses.dataclass(frozen=True, slots=True)
class OnFile:
    """What became of a claimed file: its outcome, the reason where there is one, and the file it is in the ledger."""

    outcome: str
    detail: str
    intake_file_id: int | None


class Places:
    """The folders beside an inbox into which settled files go."""

    def __init__(self, inbox: Path, business_date: dt.date) -> None:
        """Make the folders; raises SettingsError where they cannot serve."""
        root = inbox.resolve().parent
        self._folders = {
            LANDED: make_folder(root / "done" / business_date.isoformat()),
            REFUSED: make_folder(root / "refused"),
            DUPLICATE: make_folder(root / "duplicate"),
        }
        for folder in self._folders.values():
            if folder.stat().st_dev != inbox.stat().st_dev:
                raise SettingsError(
                    f"{folder} is not on one file system with {inbox}: files could not be moved at once."
                )

    def place(self, connection: sa.Connection, claim: Claim, found: OnFile) -> Path:
        """Move a file to where it belongs, with its report beside it; give where it lies."""
        companion, kind = self._report(connection, claim, found)
        reach("inbox.reported")
        placed = put_with_companion(claim.path, self._folders[found.outcome], companion, kind)
        reach("inbox.moved")
        claim.folder.rmdir()
        return placed

    def _report(self, connection: sa.Connection, claim: Claim, found: OnFile) -> tuple[Path | None, str]:
        """Write what is to lie beside the file, hidden for now; what a sweep before has written stays."""
        kind = EXCEPTIONS if found.outcome == LANDED else REASON
        report = claim.folder / f".{kind}"
        if report.exists():
            return report, kind
        if found.outcome != LANDED:
            with new_file(report) as part:
                part.write_text(f"{found.detail}\n", encoding="utf-8")
            return report, kind
        written = write_exceptions_workbook(connection, report, intake_file_id=found.intake_file_id)
        return (report if written else None), kind


def told_of(connection: sa.Connection, claim: Claim, told: FileOutcome | None) -> OnFile | None:
    """Say what became of a file: as the run that took it tells, else as the database does; None: nothing yet."""
    if told is not None and told.outcome == FAILED:
        return None
    on_file = _on_file(connection, claim)
    if told is None:
        return on_file
    return OnFile(told.outcome, told.detail, on_file.intake_file_id if on_file else None)


def _on_file(connection: sa.Connection, claim: Claim) -> OnFile | None:
    file = INTAKE_FILE.c
    with claim.path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    row = connection.execute(
        sa.select(file.intake_file_id, file.name, file.status, file.refusal, file.run_id, RUN.c.parameters)
        .join(RUN, RUN.c.run_id == file.run_id)
        .where(file.sha256 == sha256)
    ).one_or_none()
    if row is None:
        return None
    # A file of the same content may have been claimed beside it, or brought by another sweep.
    is_this = row.parameters.get("claim") == claim.token and row.name == plain(claim.path.name, NAME_KEPT)
    if row.status == "LANDED":
        detail = "" if is_this else f"the same content was landed as {row.name} in run {row.run_id}"
        return OnFile(LANDED if is_this else DUPLICATE, detail, row.intake_file_id)
    # Refused before under other settings: it is read again.
    return OnFile(REFUSED, row.refusal or "", row.intake_file_id) if is_this else None
