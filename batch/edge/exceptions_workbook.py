"""Write the workbook of the rows that need a human: as they were typed, with what is wrong, to be handed in again.

Data flow: open exceptions → rows of their files, streamed → suggestions, some rows at a time → the sheet Intake;
exceptions without a row → a sheet of their own; counts → the summary.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, NamedTuple

import sqlalchemy as sa

from batch.core.correction_words import parted
from batch.core.document_names import DOCUMENT_WORDS
from batch.edge.book_rows import SheetRows, fill, lines_needed, styles_of_model_row
from batch.edge.exception_cells import CellWriter
from batch.edge.exception_rows import Problem, Wanted, rows_to_correct, source_files, without_row
from batch.edge.exception_sheet import ExceptionSheet, columns_for
from batch.edge.exceptions_frame import ELSEWHERE_COLUMNS, STYLES, Frame, make_frame, members
from batch.edge.new_file import new_file
from batch.edge.suggestions import Suggester

# What remains is left for the next workbook: a larger one would be refused when it is handed in.
ROW_LIMIT = 250_000
# Of what is not handed in again, so many of each code.
LISTED_OF_A_CODE = 1_000


class Exported(NamedTuple):
    """The rows of a workbook: to be corrected in it and handed in, and those that are only to be read."""

    to_correct: int
    to_read: int
    # What was left out of it, in words.
    remarks: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Count them all."""
        return self.to_correct + self.to_read


def write_exceptions_workbook(
    connection: sa.Connection,
    path: Path,
    *,
    intake_file_id: int | None = None,
    run_id: int | None = None,
    code: str | None = None,
    overwrite: bool = False,
) -> int:
    """Write the rows that need a human to a workbook, and say how many; for none, nothing is written.

    Raises UsageError where `path` is taken and is not to be overwritten.
    """
    return export_exceptions(connection, path, Wanted(intake_file_id, run_id, code), overwrite=overwrite).rows


def export_exceptions(connection: sa.Connection, path: Path, wanted: Wanted, *, overwrite: bool) -> Exported:
    """Write the rows that need a human to a workbook, and count them by what can be done with them in it."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="serialback-")))
        intake, elsewhere = (stack.enter_context(tempfile.TemporaryFile(dir=folder)) for _ in range(2))
        book = _Book(connection, wanted, folder)
        frame = book.write(intake, elsewhere)
        if not frame.intake_rows + frame.elsewhere_rows:
            return Exported(0, 0)
        make_frame(folder / "frame.xlsx", frame)
        parts = zip(members(frame), (frame.intake_rows, frame.elsewhere_rows), (intake, elsewhere), strict=True)
        with new_file(path, overwrite=overwrite) as part:
            fill(folder / "frame.xlsx", part, {name: rows for name, count, rows in parts if count})
    return Exported(frame.intake_rows, frame.elsewhere_rows, tuple(frame.remarks))


class _Book:
    """Write the rows of both sheets, and count them for the summary."""

    def __init__(self, connection: sa.Connection, wanted: Wanted, folder: Path) -> None:
        self._connection, self._wanted = connection, wanted
        self._files = source_files(connection, wanted)
        self._columns = columns_for(self._files.values())
        self._write = CellWriter(self._styles(folder / "looks.xlsx"))
        self._by_code: dict[str, list[int]] = {}

    def write(self, intake: IO[bytes], elsewhere: IO[bytes]) -> Frame:
        """Write all rows, and give what the rest of the workbook is made from."""
        lines = SheetRows(intake)
        sheet = ExceptionSheet(self._files, self._columns, self._write, lines)
        rows, left_out = self._write_intake(sheet)
        lines.flush()
        others, unlisted = self._write_elsewhere(without_row(self._connection, self._wanted), elsewhere)
        remarks = []
        if left_out:
            remarks.append(f"{left_out:,} more rows are left out: hand these in, then write the workbook again.")
        if unlisted:
            told = f"of each code the first {LISTED_OF_A_CODE:,} are listed. All are counted, and in the database"
            remarks.append(f"{unlisted:,} more exceptions of other documents are left out: {told}.")
        codes = {code: (in_rows, exceptions) for code, (in_rows, exceptions) in self._by_code.items()}
        return Frame(self._columns, rows, others, codes, sheet.notes, remarks)

    def _write_intake(self, sheet: ExceptionSheet) -> tuple[int, int]:
        """Write the rows to hand in again: (written, left out)."""
        suggester = Suggester(self._connection, self._files)
        written = left_out = 0
        for rows in rows_to_correct(self._connection, self._wanted) if self._files else ():
            for row, suggestion in zip(rows, suggester.suggestions(rows), strict=True):
                if written == ROW_LIMIT:
                    left_out += 1
                    continue
                self._count(row.problems)
                sheet.add(row, suggestion)
                written += 1
        return written, left_out

    def _write_elsewhere(self, problems: Iterable[Problem], out: IO[bytes]) -> tuple[int, int]:
        """Write the exceptions of documents that no sheet has brought, the first of each code: (written, left out).

        Nobody hands them in again, and a backfill may have a million of one kind.
        """
        lines = SheetRows(out)
        written = left_out = 0
        listed: Counter[str] = Counter()
        for problem in problems:
            self._count([problem])
            listed[problem.code] += 1
            if written == ROW_LIMIT or listed[problem.code] > LISTED_OF_A_CODE:
                left_out += 1
                continue
            told = _told(problem)
            needed = max(lines_needed(text, 50) for look, text in told if look == "said")
            lines.add(enumerate(self._write.said(look, text) for look, text in told), lines=needed)
            written += 1
        lines.flush()
        return written, left_out

    def _styles(self, path: Path) -> list[int]:
        """Make the workbook once without rows, to see what number each look has in it."""
        frame = Frame(self._columns, int(bool(self._files)), 1, {"CELL_REQUIRED": (1, 1)})
        make_frame(path, frame)
        intake, elsewhere = members(frame)
        return styles_of_model_row(path, intake if self._files else elsewhere, len(STYLES))

    def _count(self, problems: Sequence[Problem]) -> None:
        for code in {problem.code for problem in problems}:
            self._by_code.setdefault(code, [0, 0])[0] += 1
        for problem in problems:
            self._by_code[problem.code][1] += 1


def _told(problem: Problem) -> list[tuple[str, str]]:
    assert len(ELSEWHERE_COLUMNS) == 8, "a column without a cell"
    # With its place: here is no row as it was typed, beside which one would look.
    wrong, to_do = parted(problem.code, problem.message, None)
    kind = problem.document_type or ""
    return [
        ("ours", DOCUMENT_WORDS.get(kind, kind)),
        ("ours", problem.document_no or ""),
        ("ours", str(problem.line_no or "")),
        ("ours", str(problem.unit_no or "")),
        ("said", wrong),
        ("said", to_do),
        ("ours", problem.code),
        ("ours", str(problem.exception_id)),
    ]
