"""Read a CSV file as it streams by: UTF-8, with comma, semicolon or tab; every cell is text, but an error is an error.

Rows are numbered as a spreadsheet would show them: a record is one row, also where a quoted cell holds line breaks.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import itertools
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator

from batch.core.cells import Cell, CellError
from batch.core.columns import column_letters
from batch.edge.sheet_content import check_csv_start
from batch.edge.sheet_limits import SEND_AGAIN, ReadLimits, UnreadableError, damaged, too_far, too_large
from batch.edge.sheet_spool import BLOCK_ROWS, Column, SpoolWriter

_CHUNK = 1 << 20
_DELIMITERS = ",;\t"
_SAMPLE_RECORDS = 20

# What spreadsheet programs write for an error, or for a value that its column is too narrow to show. One sign alone is
# rather a heading.
_ERROR = re.compile(
    r"\s*(#N/A|#REF!|#VALUE!|#DIV/0!|#NAME\?|#NULL!|#NUM!|##+"
    # German, French and Spanish, as far as they write other words.
    r"|#NV|#BEZUG!|#WERT!|#ZAHL!|#NOM ?\?|#VALEUR ?!|#NUL ?!|#NOMBRE ?!|#¡REF!|#¿NOMBRE\?|#¡VALOR!|#¡DIV/0!|#¡NUM!)\s*"
)
# How people keep a spreadsheet program from taking the zeros off: it shows the text between the quotation marks.
_KEPT_TEXT = re.compile(r'\s*="((?:[^"]|"")*)"\s*')


def read_csv(source: io.RawIOBase, spool: SpoolWriter, sheet: str, declared: str, limits: ReadLimits) -> None:
    """Read the whole file into the spool."""
    chunks = _unpacked(source, limits) if declared == ".csv.gz" else _chunks(source)
    lines = _lines(_decoded(_checked(chunks, declared)), limits)
    sample = list(itertools.islice(lines, _SAMPLE_RECORDS))
    delimiter = _delimiter(sample)
    if sample and sample[0].strip().lower() in {f"sep={each}" for each in _DELIMITERS}:
        delimiter = sample.pop(0).strip()[-1:] or "\t"
    # A cell that is too long is told by the spool, with its address; this bound is for a quote never closed.
    csv.field_size_limit(max(limits.cell_text * 16, _CHUNK))
    reader = csv.reader(itertools.chain(sample, lines), delimiter=delimiter, strict=True)
    first_row = 1
    try:
        while block := list(itertools.islice(reader, BLOCK_ROWS)):
            _check_width(first_row, block, sheet, limits)
            columns = [_meant(column) for column in itertools.zip_longest(*block)]
            spool.add_columns(first_row, columns, frozenset())
            first_row += len(block)
    except csv.Error as error:
        raise UnreadableError(
            f"is not sound CSV near line {reader.line_num:,} ({error})",
            "Look there for a quotation mark that is not closed or stands inside a cell, and save the file again",
        ) from error


def _check_width(first_row: int, block: list[list[str]], sheet: str, limits: ReadLimits) -> None:
    if len(max(block, key=len)) <= limits.columns:
        return
    for row_no, row in enumerate(block, first_row):
        for column, cell in enumerate(row[limits.columns :], limits.columns):
            if cell:
                raise too_far(sheet, f"{column_letters(column)}{row_no}", limits)
        del row[limits.columns :]


def _meant(column: tuple[str | None, ...]) -> Column:
    """Read errors and kept texts as what they are; a column is looked at as one text, for hardly any has some."""
    try:
        texts = "".join(column)  # type: ignore[arg-type]
    except TypeError:
        texts = "".join(filter(None, column))
    if "#" not in texts and '="' not in texts:
        return column
    return tuple([each if each is None else _cell(each) for each in column])


def _cell(text: str) -> Cell:
    if "#" in text and (error := _ERROR.fullmatch(text)):
        return CellError(error[1])
    if '="' in text and (kept := _KEPT_TEXT.fullmatch(text)):
        return kept[1].replace('""', '"')
    return text


def _checked(chunks: Iterator[bytes], declared: str) -> Iterator[bytes]:
    first = next(chunks, b"")
    check_csv_start(first[:4096], declared)
    yield first
    yield from chunks


def _chunks(source: io.RawIOBase | gzip.GzipFile) -> Iterator[bytes]:
    return iter(lambda: source.read(_CHUNK) or b"", b"")


def _unpacked(source: io.RawIOBase, limits: ReadLimits) -> Iterator[bytes]:
    size = 0
    try:
        with gzip.GzipFile(fileobj=source) as opened:
            for chunk in _chunks(opened):
                size += len(chunk)
                if size > limits.csv_bytes:
                    raise too_large("unpacks to", limits.csv_bytes)
                yield chunk
        # What follows the archive, if anything, belongs to the file's hash.
        for _ in _chunks(source):
            pass
    except gzip.BadGzipFile as error:
        raise UnreadableError("is named .csv.gz, and its content is not compressed by gzip", SEND_AGAIN) from error
    except (EOFError, zlib.error) as error:
        raise damaged(str(error)) from error


def _decoded(chunks: Iterator[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset = 0
    for chunk in itertools.chain(chunks, [b""]):
        waiting = len(decoder.getstate()[0])
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            if offset == 0 and chunk[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                raise UnreadableError("is UTF-16 text", "Save it as 'CSV UTF-8', or as an .xlsx workbook") from error
            where = offset - waiting + error.start
            raise UnreadableError(
                f"is not UTF-8 text: byte 0x{error.object[error.start]:02X} at offset {where:,}",
                "Save it as 'CSV UTF-8', or as an .xlsx workbook",
            ) from error
        if "\0" in text:
            raise UnreadableError("holds NUL characters, so it is not CSV text", "Save it as 'CSV UTF-8'")
        yield text.removeprefix("\ufeff") if offset == 0 else text
        offset += len(chunk)


def _lines(texts: Iterable[str], limits: ReadLimits) -> Iterator[str]:
    """Cut at line ends of any kind: not str.splitlines, which also cuts at characters that a cell may hold."""
    rest = ""
    for text in texts:
        rest += text
        # A CR at the very end may be half of a CR LF.
        end = max(rest.rfind("\n"), rest.rfind("\r", 0, -1)) + 1
        if end:
            yield from io.StringIO(rest[:end], newline="")
            rest = rest[end:]
        elif len(rest) > limits.columns * (limits.cell_text + 3) + _CHUNK:
            raise UnreadableError("has a line too long to be a row of a table", "Save it as 'CSV UTF-8' again")
    yield from io.StringIO(rest, newline="")


def _delimiter(sample: list[str]) -> str:
    """Choose the character that cuts the most records into the same number of columns, comma before the others."""

    def score(delimiter: str) -> int:
        try:
            widths = Counter(len(row) for row in csv.reader(sample, delimiter=delimiter))
        except csv.Error:
            return 0
        return max(((width - 1) * count for width, count in widths.items()), default=0)

    return max(_DELIMITERS, key=score)
