"""Write the cells of a row again as they were typed: identifiers as text, and what was wrong as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from batch.core.cells import NEVER_CALCULATED, Cell, CellError, Percent, Shown, Typed
from batch.core.columns import BY_FIELD
from batch.core.correction import ADDED
from batch.core.intake_cells import FIRST_INEXACT
from batch.edge.book_rows import blank_cell, day_number, error_cell, number_cell, text_cell, truth_cell
from batch.edge.exception_rows import RowToCorrect, SourceFile
from batch.edge.exceptions_frame import STYLES


class CellWriter:
    """Write cells in the looks of one workbook."""

    def __init__(self, styles: Sequence[int]) -> None:
        """Keep the number of each look, in the order of `STYLES`."""
        self._styles = dict(zip(STYLES, styles, strict=True))

    def said(self, name: str, text: str) -> str:
        """Write a text of ours."""
        style = self._styles[name, ""]
        return text_cell(text, style) if text else blank_cell(style)

    def typed(self, cell: Cell, look: str, *, identifier: bool) -> str | None:
        """Write a cell as it was typed; None where it is blank and has no look.

        What the reading refuses for its kind (a date for a serial, a number whose digits are lost) stays of that kind,
        so that handed in uncorrected it is refused again and not taken for a text.
        """
        if cell is None:
            return blank_cell(self._styles["text" if identifier else "number", look]) if look else None
        if isinstance(cell, str):
            return text_cell(cell, self._styles["text", look])
        if isinstance(cell, bool):
            return truth_cell(cell, self._styles["number", look])
        if isinstance(cell, CellError):
            return error_cell("#N/A" if cell == NEVER_CALCULATED else cell.text, self._styles["number", look])
        if isinstance(cell, Percent):
            # As text, lest what is typed over it become a percentage again.
            return self._number(cell.number, look) if identifier else text_cell(cell.text, self._styles["text", look])
        if isinstance(cell, Shown):
            text = identifier and abs(cell.number) < FIRST_INEXACT
            return text_cell(cell.text, self._styles["text", look]) if text else self._number(cell.number, look)
        if isinstance(cell, int | float):
            text = identifier and isinstance(cell, int) and 0 <= cell < FIRST_INEXACT
            return text_cell(str(cell), self._styles["text", look]) if text else self._number(cell, look)
        assert not isinstance(cell, Typed), "what a mapping makes of a cell is never kept"
        return self._moment(cell, look)

    def _number(self, number: float, look: str) -> str:
        return number_cell(number, self._styles["number", look])

    def _moment(self, moment: dt.date | dt.time | dt.timedelta, look: str) -> str:
        days = day_number(moment)
        if days is None:
            return text_cell(str(moment), self._styles["text", look])
        return number_cell(days, self._styles[_kind(moment), look])


class TypedCells:
    """Say which cell of one file's rows goes where in the workbook."""

    def __init__(self, file: SourceFile, columns: Mapping[str, int]) -> None:
        """Lay the file's columns onto those of the workbook, which are given by heading."""
        self._file = file
        self._line_from = file.header.fields.get("line_no")
        self._line_to = columns[BY_FIELD["line_no"].heading]
        self._laid = [
            (at, columns[BY_FIELD[field].heading], field, BY_FIELD[field].identifier)
            for field, at in file.header.fields.items()
        ]
        known = set(file.header.fields.values())
        kept: dict[str, int] = {}
        for at, heading in enumerate(file.header.headings):
            if at not in known and heading in columns and heading not in ADDED:
                kept.setdefault(heading, at)
        self._laid += [(at, columns[heading], "", False) for heading, at in kept.items()]

    def written(self, row: RowToCorrect, looks: Mapping[str, str], write: CellWriter) -> dict[int, str]:
        """Write a row's cells by column, with the number of its line filled in, so that positions do not shift."""
        written: dict[int, str] = {}
        typed = row.cells
        for at, to, field, identifier in self._laid:
            if at < len(typed) and typed[at] is not None:
                cell = typed[at]
                # What is in a column unknown to us is kept as it was seen.
                as_text = identifier or (not field and isinstance(cell, Shown))
                written[to] = write.typed(cell, looks.get(field, ""), identifier=as_text) or ""
        if self._line_to not in written:
            written[self._line_to] = write.typed(self._line_no(row), looks.get("line_no", ""), identifier=False) or ""
        return written

    def _line_no(self, row: RowToCorrect) -> int:
        for problem in row.problems:
            if problem.document_type and problem.document_no and problem.line_no:
                return problem.line_no
        # Nobody knows yet which document it is a line of: a number that is free on every document of the file.
        return self._file.rows_read + row.sheet_row


def _kind(moment: dt.date | dt.time | dt.timedelta) -> str:
    if isinstance(moment, dt.datetime):
        return "moment"
    if isinstance(moment, dt.date):
        return "day"
    return "time" if isinstance(moment, dt.time) else "duration"
