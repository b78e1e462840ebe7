"""Write results to standard output and everything else to standard error, whatever becomes of either."""

from __future__ import annotations

import datetime as dt
import errno
import io
import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Final, TextIO

from batch.errors import SerialbackError

# Control characters, and those that turn or hide the text around them: a file name may hold any of them.
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")

# The longest code kept on one line, the least room for a sentence, and what stands between two columns.
_WHOLE: Final = 32
_SENTENCE: Final = 12
_BETWEEN: Final = 2


class Figure(str):
    """A cell that is a number, set to the right."""

    __slots__ = ()


def say(text: str) -> None:
    """Write a result to standard output; nobody reading it any more is no failure."""
    _write(text if text.endswith("\n") else text + "\n")


def say_json(result: Mapping[str, object]) -> None:
    """Write one JSON object; pure ASCII, so that it survives any locale."""
    say(json.dumps(result, default=_plain, allow_nan=False))


def remark(text: str) -> None:
    """Write a line for people to standard error, as far as there still is one."""
    try:
        if sys.stderr is not None:
            sys.stderr.write(text + "\n")
            sys.stderr.flush()
    except (OSError, ValueError):
        _detach(sys.stderr)


def shown(value: object) -> str:
    """Give a value as people read it, on one line, with nothing in it that a terminal would obey."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list | tuple):
        return ", ".join(shown(part) for part in value)
    text = value if isinstance(value, str) else str(value)
    return _UNPRINTABLE.sub(lambda found: " " if found[0] in "\n\t" else _escaped(found[0]), text)


def figure(value: int | None) -> Figure:
    """Give a whole number with its thousands parted."""
    return Figure("" if value is None else f"{value:,}")


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay out rows under headings: fitted to a terminal, in full width where a program reads."""
    cells = [[value if isinstance(value, Figure) else shown(value) for value in row] for row in rows]
    if not on_terminal(sys.stdout):
        return _plain_table(headings, cells)
    columns = shutil.get_terminal_size().columns
    kept_whole = [_kept_whole([heading, *column]) for heading, *column in zip(headings, *cells, strict=True)]
    least = sum(longest or _SENTENCE for longest in kept_whole) + _BETWEEN * (len(headings) - 1)
    return _records(headings, cells, columns) if least > columns else _fitted(headings, cells, kept_whole)


def on_terminal(stream: TextIO | None) -> bool:
    """Say whether a person reads the stream."""
    return stream is not None and not stream.closed and stream.isatty()


def prepare_streams() -> None:
    """Make sure that no character is too strange for a stream to write."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _write(text: str) -> None:
    stream = sys.stdout
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _detach(stream)
    except OSError as error:
        if error.errno in (errno.EPIPE, errno.EBADF):
            _detach(stream)
            return
        _detach(stream)
        raise SerialbackError(f"The result cannot be written to standard output: {error.strerror}.") from error


def _detach(stream: TextIO) -> None:
    # What is still buffered would fail again when the interpreter closes the stream.
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _plain_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    figures = [bool(rows) and all(isinstance(row[at], Figure) for row in rows) for at in range(len(headings))]
    lines = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, figures, strict=True)
        ).rstrip()
        for row in (headings, *rows)
    ]
    return "\n".join(lines) + "\n"


def _kept_whole(column: Sequence[str]) -> int:
    """Give the width of a column of codes or numbers, which are read and copied whole; 0 for sentences."""
    longest = max(map(len, column))
    return longest if longest <= _WHOLE and not any(" " in cell for cell in column[1:]) else 0


def _records(headings: Sequence[str], rows: Sequence[Sequence[str]], columns: int) -> str:
    margin = max(map(len, headings)) + 2
    lines = []
    for row in rows:
        for heading, cell in zip(headings, row, strict=True):
            if not cell:
                continue
            parts = textwrap.wrap(cell, max(columns - margin, _SENTENCE))
            lines += [f"{name:<{margin}}{part}".rstrip() for name, part in zip_longest([heading], parts, fillvalue="")]
        lines.append("")
    return "\n".join(lines)


def _fitted(headings: Sequence[str], rows: Sequence[Sequence[str]], kept_whole: Sequence[int]) -> str:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # Drawn on a page first, in the terminal's encoding, so that lines are drawn with what it can show.
    page = io.TextIOWrapper(io.BytesIO(), encoding=sys.stdout.encoding, errors="backslashreplace")
    console = Console(file=page, force_terminal=True, highlight=False, emoji=False, markup=False)
    laid_out = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for at, heading in enumerate(headings):
        right = bool(rows) and all(isinstance(row[at], Figure) for row in rows)
        laid_out.add_column(
            Text(heading), justify="right" if right else "left", overflow="fold", no_wrap=kept_whole[at] > 0
        )
    for row in rows:
        laid_out.add_row(*map(Text, row))
    console.print(laid_out)
    page.seek(0)
    return "\n".join(line.rstrip() for line in page.read().splitlines()) + "\n"
