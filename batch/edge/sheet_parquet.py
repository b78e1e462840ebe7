"""Read a Parquet file as it streams by, some rows at a time, each column by the type that the file gives it.

Row 1 is the names of the columns, and the first row of values is row 2: as the same table would be numbered in CSV.
Whole and decimal numbers keep every digit. A date is a date; an instant is what the clock showed in the zone that its
column names or, where that is UTC, as writers say who name none, in the site's.
"""

from __future__ import annotations

import datetime as dt
import math
import os
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias
from zoneinfo import ZoneInfo

from batch.core.cells import Cell, CellError
from batch.edge.sheet_content import PARQUET, check_kind, content_kind
from batch.edge.sheet_limits import ReadLimits, UnreadableError, damaged, plain, too_large
from batch.edge.sheet_spool import BLOCK_ROWS, SpoolWriter

if TYPE_CHECKING:
    import pyarrow as pa

# So many rows of a batch that its texts fit in memory even where all are as long as they may be.
_BATCH_ROWS = BLOCK_ROWS * 4
_BUFFER = 1 << 20
_ENCRYPTED = UnreadableError("is encrypted", "Write it without encryption and hand that in")
_WRITE_PLAIN = "Write it with one plain value a row (text, number, date), or leave the column out"
_UTC = {"UTC", "Etc/UTC", "Z", "+00:00"}
# Beyond it a 32-bit float skips whole numbers.
_LAST_WHOLE = {16: 2**11, 32: 2**24}

Column: TypeAlias = Sequence[Cell]
Reader: TypeAlias = Callable[["pa.Array"], Column]


def read_parquet(file: BinaryIO, spool: SpoolWriter, zone: str, limits: ReadLimits) -> None:
    """Read the whole file into the spool; `zone` is the site's."""
    check_kind(PARQUET, _kind(file))
    arrow = _pyarrow()
    try:
        _read(file, spool, ZoneInfo(zone), limits)
    except UnicodeDecodeError as error:
        raise UnreadableError(f"holds text that is not UTF-8 ({error})", "Write its texts as UTF-8") from error
    except arrow.ArrowMemoryError:
        raise
    except (arrow.ArrowException, OSError) as error:
        # Arrow's own have no number; those of the disk are for the caller.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise _unsound(str(error)) from error


def _kind(file: BinaryIO) -> str:
    """Tell by its first bytes what a file is, and by its last whether it is all there."""
    file.seek(0)
    kind = content_kind(file.read(4096))
    if kind == "an encrypted Parquet file":
        raise _ENCRYPTED
    if kind == PARQUET:
        file.seek(-4, os.SEEK_END)
        if file.read() == b"PARE":
            raise _ENCRYPTED
    file.seek(0)
    return kind


def _pyarrow() -> Any:
    """Import the library, which not every installation has, to take little memory and one processor."""
    os.environ |= {"ARROW_DEFAULT_MEMORY_POOL": "system", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        raise UnreadableError(
            "is a Parquet file, and what reads those is not installed here", "Run: pip install 'serialback[parquet]'"
        ) from error
    except ImportError as error:
        raise UnreadableError(
            f"is a Parquet file, and what reads those does not start here ({plain(str(error))})",
            "Raise limits.memory_mib, or install it anew: pip install --force-reinstall 'serialback[parquet]'",
        ) from error
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    return pa.lib


def _read(file: BinaryIO, spool: SpoolWriter, zone: ZoneInfo, limits: ReadLimits) -> None:
    from pyarrow import parquet

    # Buffered, not read ahead: a file of one huge row group is read in pieces as well.
    opened = parquet.ParquetFile(
        file, buffer_size=_BUFFER, pre_buffer=False, coerce_int96_timestamp_unit="us", page_checksum_verification=True
    )
    schema = opened.schema_arrow
    _check_extent(opened.metadata, len(schema.names), limits)
    spool.add(1, [schema.names])
    exact = {at for at, field in enumerate(schema, 1) if _keeps_digits(field.type)}
    readers = [_reader(field.name, field.type, zone) for field in schema]
    row = 2
    for batch in opened.iter_batches(_BATCH_ROWS, use_threads=False):
        for name, column in zip(schema.names, batch.columns, strict=True):
            _check_texts(name, column, row, limits)
        for start in range(0, batch.num_rows, BLOCK_ROWS):
            block = batch.slice(start, BLOCK_ROWS)
            columns = [tuple(read(column)) for read, column in zip(readers, block.columns, strict=True)]
            spool.add_columns(row, columns, exact)
            row += block.num_rows
    if row - 2 != opened.metadata.num_rows:
        raise damaged(f"it says it has {opened.metadata.num_rows:,} rows, and holds {row - 2:,}")


def _check_extent(metadata: Any, columns: int, limits: ReadLimits) -> None:
    """Refuse by what the file says of itself; where it lies, the bounds of this process hold."""
    if columns > limits.columns:
        raise UnreadableError(
            f"has {columns:,} columns, and only {limits.columns:,} are read", "Leave out what is no part of a return"
        )
    if metadata.num_rows > limits.parquet_rows:
        raise UnreadableError(
            f"has {metadata.num_rows:,} rows, and only {limits.parquet_rows:,} are read",
            "Split it into smaller files and hand those in",
        )
    unpacked = sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))
    if unpacked > limits.csv_bytes:
        raise too_large("unpacks to", limits.csv_bytes)


def _check_texts(name: str, column: pa.Array, first_row: int, limits: ReadLimits) -> None:
    """Refuse a text that is too long, before there is a Python text of it."""
    from pyarrow import compute, types

    kind = column.type.value_type if types.is_dictionary(column.type) else column.type
    if not (types.is_string(kind) or types.is_large_string(kind)):
        return
    texts = column.dictionary_decode() if kind is not column.type else column
    lengths = compute.utf8_length(texts)
    if (compute.max(lengths).as_py() or 0) > limits.cell_text:
        row = first_row + compute.index(compute.greater(lengths, limits.cell_text), value=True).as_py()
        raise UnreadableError(
            f'column "{plain(name)}", row {row:,}: the text is longer than {limits.cell_text:,} characters',
            "Shorten the text and hand the file in again",
        )


def _reader(name: str, kind: pa.DataType, zone: ZoneInfo) -> Reader:
    """Choose, once for a column, how its values become cells."""
    from pyarrow import BaseExtensionType, types

    if isinstance(kind, BaseExtensionType):
        of_storage = _reader(name, kind.storage_type, zone)
        return _uuids if kind.extension_name == "arrow.uuid" else lambda column: of_storage(column.storage)
    if types.is_dictionary(kind):
        of_values = _reader(name, kind.value_type, zone)
        return lambda column: of_values(column.dictionary_decode())
    for fits, read in _readers(name, zone):
        if fits(kind):
            return read
    raise UnreadableError(
        f'column "{plain(name)}" holds {plain(str(kind))}, and only plain values are read', _WRITE_PLAIN
    )


def _readers(name: str, zone: ZoneInfo) -> Iterator[tuple[Callable[[pa.DataType], bool], Reader]]:
    from pyarrow import types

    yield types.is_null, lambda column: [None] * len(column)
    yield lambda kind: types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind), _strings
    yield types.is_integer, lambda column: _strings(column.cast("string"))
    yield types.is_decimal, lambda column: [each if each is None else _digits(each) for each in column.to_pylist()]
    yield types.is_float64, _values
    yield types.is_floating, _short_floats
    yield types.is_boolean, _values
    yield types.is_date, lambda column: _dated(column, column.type)
    yield types.is_timestamp, lambda column: _instants(column, zone)
    yield types.is_time, lambda column: column.cast("time64[us]", safe=False).to_pylist()
    yield types.is_duration, lambda column: column.cast("duration[us]", safe=False).to_pylist()
    yield lambda kind: types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind), _texts(name)
    yield types.is_fixed_size_binary, _texts(name)


def _keeps_digits(kind: pa.DataType) -> bool:
    from pyarrow import types

    plain_kind = kind.value_type if types.is_dictionary(kind) else kind
    return bool(types.is_integer(plain_kind) or types.is_decimal(plain_kind))


def _strings(column: pa.Array) -> Column:
    # Several times as fast as to_pylist, and the same: blanks are None.
    return column.to_numpy(zero_copy_only=False).tolist()  # type: ignore[no-any-return]


def _values(column: pa.Array) -> Column:
    return column.to_pylist()  # type: ignore[no-any-return]


def _uuids(column: pa.Array) -> Column:
    return [None if each is None else str(each) for each in column.to_pylist()]


def _digits(number: Decimal) -> str:
    """Write a decimal as one would type it: 150.00 is 150, for it may be a number of something."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _short_floats(column: pa.Array) -> Column:
    """Read floats of fewer bits as they are written shortest: 0.1 is not 0.10000000149011612."""
    last_whole = _LAST_WHOLE[column.type.bit_width]
    beyond = CellError(f"a number beyond what {column.type.bit_width} bits keep")
    return [
        each if each is None or not math.isfinite(each) else float(str(value)) if abs(each) <= last_whole else beyond
        for each, value in zip(column.to_pylist(), column.to_numpy(zero_copy_only=False), strict=True)
    ]


def _instants(column: pa.Array, zone: ZoneInfo) -> Column:
    """Read instants as a clock on the wall showed them."""
    from pyarrow import timestamp

    named = column.type.tz
    cells = _dated(column, timestamp("us", named))
    if named is None:
        return cells
    return [
        (each.astimezone(zone) if named in _UTC else each).replace(tzinfo=None)
        if isinstance(each, dt.datetime)
        else each
        for each in cells
    ]


def _dated(column: pa.Array, kind: pa.DataType) -> Column:
    """Read dates and instants; one that no calendar has is an error of its cell."""
    try:
        return column.cast(kind, safe=False).to_pylist()  # type: ignore[no-any-return]
    except (OverflowError, ValueError):
        return [_one_dated(column.slice(at, 1), kind) for at in range(len(column))]


def _one_dated(column: pa.Array, kind: pa.DataType) -> Cell:
    try:
        [value] = column.cast(kind, safe=False).to_pylist()
    except (OverflowError, ValueError):
        return CellError("a date beyond the year 9999")
    assert value is None or isinstance(value, dt.date), value
    return value


def _texts(name: str) -> Reader:
    def read(column: pa.Array) -> Column:
        try:
            return [None if each is None else each.decode() for each in column.to_pylist()]
        except UnicodeDecodeError as error:
            raise UnreadableError(
                f'column "{plain(name)}" holds bytes that are no UTF-8 text',
                "Write it as text, or leave the column out",
            ) from error

    return read


def _unsound(detail: str) -> UnreadableError:
    """Put into words what the library says of a file that it cannot read."""
    said = detail.split("\n", maxsplit=1)[0]
    if "decrypt" in said.lower() or "encrypt" in said.lower():
        return _ENCRYPTED
    return damaged(said)
