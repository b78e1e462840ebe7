"""Say how much of a file is read before it is refused, and what a refusal inside the reading child holds."""

from __future__ import annotations

import dataclasses

MIB = 1024 * 1024
GIB = 1024 * MIB


@dataclasses.dataclass(frozen=True, slots=True)
class ReadLimits:
    """Bound one file: sizes in bytes, times in seconds; at the limit a file is read, one above it is refused."""

    file_bytes: int = 50 * MIB
    csv_bytes: int = 2 * GIB
    unpacked_bytes: int = 512 * MIB
    ratio: int = 200
    members: int = 2_000
    rows: int = 1_048_576
    parquet_rows: int = 100_000_000
    columns: int = 200
    cell_text: int = 4_096
    memory_bytes: int = 2 * GIB
    cpu_seconds: int = 300
    wall_seconds: float = 300.0
    spool_bytes: int = 4 * GIB


class UnreadableError(Exception):
    """Refuse the file being read, from inside the child; the parent adds the file's name."""

    def __init__(self, cause: str, remedy: str) -> None:
        """Keep the cause and the remedy apart."""
        super().__init__(cause)
        self.cause, self.remedy = cause, remedy


SAVE_AGAIN = "Open it in a spreadsheet program, save it as a new .xlsx workbook and hand that in"
SEND_AGAIN = "Save or upload it again, and hand it in when it is complete"


def damaged(detail: str) -> UnreadableError:
    """Refuse a file whose inside does not hold together."""
    return UnreadableError(f"is damaged or incomplete ({plain(detail)})", SEND_AGAIN)


def too_far(sheet: str, cell: str, limits: ReadLimits) -> UnreadableError:
    """Refuse a sheet that reaches beyond the limits, naming the cell."""
    return UnreadableError(
        f"sheet {plain(sheet)!r} has a value in cell {cell}, and only {limits.columns:,} columns and "
        f"{limits.rows:,} rows are read",
        "Delete what stands outside the table, or split the sheet, and hand it in again",
    )


def too_large(what: str, limit: int) -> UnreadableError:
    """Refuse a file that is larger than a limit in bytes."""
    return UnreadableError(f"{what} more than {size_text(limit)}", "Split it into smaller files and hand those in")


def size_text(size: int) -> str:
    """Show a size as people say it: 50 MiB, or bytes where it is not whole."""
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (1024, "KiB")):
        if size >= unit and size % unit == 0:
            return f"{size // unit:,} {name}"
    return f"{size:,} bytes"


def plain(text: str, length: int = 80) -> str:
    """Escape what does not print and cut what is long: names and texts of a file are shown, never obeyed."""
    if text.isprintable() and len(text) <= length:
        return text
    shown = "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)
    return shown if len(shown) <= length else shown[: length - 1] + "…"


def column_number(letters: str) -> int:
    """Count a column, from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
