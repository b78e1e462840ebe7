"""Fill the sheet Intake of the exceptions workbook: each row as it was typed, and beside it what is open about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from batch.core.codes import CATALOGUE, REFUSE, SHAPE
from batch.core.columns import BY_FIELD, COLUMNS
from batch.core.correction import (
    CAME_FROM,
    CODE,
    LINK,
    LINKED_LIMIT,
    SUGGESTION,
    TO_DO,
    WRONG,
    Linked,
    is_added,
    link_text,
)
from batch.core.correction_words import parted, together, wrong_fields
from batch.edge.book_rows import SheetRows, lines_needed
from batch.edge.exception_cells import CellWriter, TypedCells
from batch.edge.exception_rows import Problem, RowToCorrect, SourceFile
from batch.edge.exceptions_frame import WIDTHS, Note

# What the reader of a workbook takes; what a file has beyond is its own affair.
COLUMN_LIMIT = 200
# Notes are kept in memory, and no program is quick with many.
NOTE_LIMIT = 1_000
LINES_LIMIT = 8


def columns_for(files: Iterable[SourceFile]) -> list[str]:
    """Give the headings of the sheet: what we say, the contract's columns, then those of the files unknown to us."""
    # Ours to the left, so that nobody has to look for them beyond the cells that are wrong.
    columns = [WRONG, TO_DO, SUGGESTION, *(column.heading for column in COLUMNS)]
    last = [CODE, LINK, CAME_FROM]
    unknown = dict.fromkeys(name for file in files for name in file.header.unread if not is_added(name))
    return [*columns, *list(unknown)[: COLUMN_LIMIT - len(columns) - len(last)], *last]


class ExceptionSheet:
    """Turn rows to correct into the cells of the sheet, and collect the notes on the cells that are wrong."""

    def __init__(
        self, files: Mapping[int, SourceFile], columns: Sequence[str], write: CellWriter, lines: SheetRows
    ) -> None:
        """Lay the columns of each file onto those of the sheet."""
        self._files = files
        self._at = {heading: at for at, heading in enumerate(columns)}
        self._typed = {file_id: TypedCells(file, self._at) for file_id, file in files.items()}
        self._write = write
        self._lines = lines
        self.notes: list[Note] = []

    def add(self, row: RowToCorrect, suggestion: str) -> None:
        """Write one row."""
        said = [parted(each.code, each.message, each.sheet_row) for each in row.problems]
        looks = _looks(row.problems)
        cells = self._typed[row.intake_file_id].written(row, looks, self._write)
        for field, look in looks.items():
            at = self._at[BY_FIELD[field].heading]
            if at not in cells:
                cells[at] = self._write.typed(None, look, identifier=BY_FIELD[field].identifier) or ""
        wrong, to_do = together(each for each, _ in said), together(each for _, each in said)
        for heading, name, text in (
            (WRONG, "said", wrong),
            (TO_DO, "said", to_do),
            (SUGGESTION, "suggested", suggestion),
            (CODE, "ours", ", ".join(dict.fromkeys(each.code for each in row.problems))),
            (LINK, "ours", link_text(_linked(row.problems))),
            (CAME_FROM, "ours", f"{self._files[row.intake_file_id].name}, row {row.sheet_row}"),
        ):
            cells[self._at[heading]] = self._write.said(name, text)
        if len(self.notes) < NOTE_LIMIT:
            self._note(row.problems, said, self._lines.row - 1)
        texts = ((WRONG, wrong), (TO_DO, to_do), (SUGGESTION, suggestion))
        needed = max(lines_needed(text, WIDTHS[heading]) for heading, text in texts)
        self._lines.add(sorted(cells.items()), lines=min(needed, LINES_LIMIT))

    def _note(self, problems: Sequence[Problem], said: Sequence[tuple[str, str]], at_row: int) -> None:
        texts: dict[str, list[str]] = {}
        for problem, (wrong, to_do) in zip(problems, said, strict=True):
            for field in _fields(problem):
                texts.setdefault(field, []).append(f"{wrong}\n{to_do}")
        for field, each in texts.items():
            self.notes.append(Note(at_row, self._at[BY_FIELD[field].heading], together(each)))


def _looks(problems: Iterable[Problem]) -> dict[str, str]:
    looks: dict[str, str] = {}
    for problem in problems:
        for field in _fields(problem):
            if problem.severity == REFUSE:
                looks[field] = "wrong"
            else:
                looks.setdefault(field, "doubtful")
    return looks


def _fields(problem: Problem) -> Sequence[str]:
    column = problem.evidence.get("column")
    return wrong_fields(problem.code, column if isinstance(column, str) else None)


def _linked(problems: Iterable[Problem]) -> list[Linked]:
    """Take first what was seen in the row itself: the rest is found again by the number of its line."""
    ordered = sorted(problems, key=lambda each: (CATALOGUE[each.code].stage != SHAPE, each.exception_id))
    return [Linked(each.exception_id, each.code, each.created_at) for each in ordered[:LINKED_LIMIT]]
