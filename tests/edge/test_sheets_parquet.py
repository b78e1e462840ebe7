"""Read Parquet: every column by its type and to the last digit; what is hostile or broken is refused in one line."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from batch.core.cells import Cell, CellError, Exact, RawRow
from batch.edge.sheet_spool import row_cells, row_text
from batch.edge.sheets import ReadLimits, read_sheets, start_reading
from batch.errors import FileRefusedError
from tests.edge import parquet as make

MIB = 1 << 20


def rows_of(path: Path, limits: ReadLimits | None = None, zone: str = "Europe/Vienna") -> list[RawRow]:
    with read_sheets(path, scratch=path.parent, limits=limits, export_zone=zone) as spool:
        [sheet] = spool.sheets
        assert (sheet.name, sheet.visible) == (path.name, True)
        rows = list(spool.rows(sheet))
    assert sheet.row_count == len(rows)
    return rows


def refusal(path: Path, limits: ReadLimits | None = None) -> FileRefusedError:
    with pytest.raises(FileRefusedError) as refused:
        rows_of(path, limits)
    assert [each.name for each in path.parent.iterdir()] == [path.name], "something was left behind"
    assert "\n" not in str(refused.value)
    assert refused.value.remedy
    return refused.value


def day(hour: int = 0, minute: int = 0) -> dt.datetime:
    return dt.datetime(2019, 1, 31, hour, minute)


BEYOND_32 = CellError("a number beyond what 32 bits keep")


@pytest.mark.parametrize(
    ("column", "read"),
    [
        pytest.param(["a", "", None, "NA"], ["a", None, None, "NA"], id="text"),
        pytest.param(make.typed(["a"], pa.large_string()), ["a"], id="large text"),
        pytest.param(make.typed(["a", None], pa.string_view()), ["a", None], id="text view"),
        pytest.param([123456789012345678, None, -1], ["123456789012345678", None, "-1"], id="whole, 18 digits"),
        pytest.param(make.typed([2**64 - 1], pa.uint64()), ["18446744073709551615"], id="whole, unsigned"),
        pytest.param(make.typed([7], pa.int8()), ["7"], id="whole, small"),
        pytest.param([Decimal("150.00"), None, Decimal("0.10")], ["150", None, "0.1"], id="decimals"),
        pytest.param([Decimal("0.000000001"), Decimal(0)], ["0.000000001", "0"], id="small decimals"),
        pytest.param(make.typed([Decimal("9" * 60)], pa.decimal256(60)), ["9" * 60], id="decimal, 60 digits"),
        pytest.param(make.typed([Decimal("1.5")], pa.decimal32(5, 2)), ["1.5"], id="decimal, short"),
        pytest.param([1.0, 0.1, None], [1, 0.1, None], id="floats"),
        pytest.param(
            [float("nan"), float("inf"), 1e300],
            [CellError("not a number"), CellError("not a number"), int(1e300)],
            id="floats that are none",
        ),
        pytest.param(make.typed([0.1, 2.0**24, 2.0**25], pa.float32()), [0.1, 2**24, BEYOND_32], id="short floats"),
        pytest.param([True, None, False], [True, None, False], id="true and false"),
        pytest.param([dt.date(2019, 5, 17), None], [dt.date(2019, 5, 17), None], id="dates"),
        pytest.param(make.typed([day()], pa.timestamp("ns")), [day()], id="time of the wall, nanoseconds"),
        pytest.param([day(23, 59), None], [day(23, 59), None], id="time of the wall"),
        pytest.param(
            make.typed([day(23, 30)], pa.timestamp("ms", "UTC")), [day(23, 30) + dt.timedelta(hours=1)], id="UTC"
        ),
        pytest.param(
            make.typed([day(23, 30)], pa.timestamp("us", "Europe/London")), [day(23, 30)], id="zone, in winter as UTC"
        ),
        pytest.param(
            make.typed([day(23, 30)], pa.timestamp("us", "Asia/Tokyo")), [dt.datetime(2019, 2, 1, 8, 30)], id="zone"
        ),
        pytest.param(
            make.typed([2**62, None, 0], pa.timestamp("us")),
            [CellError("a date beyond the year 9999"), None, dt.datetime(1970, 1, 1)],
            id="no such year",
        ),
        pytest.param([dt.time(10, 5)], [dt.time(10, 5)], id="time of day"),
        pytest.param([dt.timedelta(hours=30)], [dt.timedelta(hours=30)], id="duration"),
        pytest.param(pa.array(["a", None, "a"]).dictionary_encode(), ["a", None, "a"], id="dictionary of text"),
        pytest.param(pa.array([10**16, 10**16]).dictionary_encode(), [f"{10**16}"] * 2, id="dictionary of numbers"),
        pytest.param([b"A-1", None], ["A-1", None], id="bytes that are text"),
        pytest.param(make.typed([b"A1"], pa.binary(2)), ["A1"], id="bytes of one length"),
        pytest.param(
            make.typed([uuid.UUID(int=5).bytes], pa.uuid()), ["00000000-0000-0000-0000-000000000005"], id="UUID"
        ),
        pytest.param(pa.nulls(2), [None, None], id="nothing"),
    ],
)
def test_values_by_their_type(tmp_path: Path, column: object, read: Sequence[Cell]) -> None:
    path = make.table(tmp_path / "a.parquet", {"value": column, "row": [f"r{at}" for at in range(len(read))]})
    head, *rows = rows_of(path)
    assert head == (1, ["value", "row"])
    assert rows == [(at + 2, [cell, f"r{at}"]) for at, cell in enumerate(read)]


def test_exact_numbers_stay_what_they_are() -> None:
    cells: list[Cell] = [Exact("0.10"), "0.10", None]
    again = row_cells(row_text(cells))
    assert [type(cell) for cell in again] == [Exact, str, type(None)]
    assert again == cells


def test_numbers_of_a_file_are_exact(tmp_path: Path) -> None:
    columns = {"n": [1, None], "d": [Decimal("1.5"), None], "f": [float("nan"), 1.0], "s": ["1", "2"]}
    rows = rows_of(make.table(tmp_path / "a.parquet", columns))
    assert [type(cell) for cell in rows[1][1]] == [Exact, Exact, CellError, str]


@pytest.mark.parametrize("group", [100, 700, 5_000], ids=["many groups", "some groups", "one group"])
def test_rows_are_numbered_as_in_csv(tmp_path: Path, group: int) -> None:
    texts = [f"A-{at}" if at % 7 else None for at in range(3_000)]
    rows = rows_of(make.table(tmp_path / "a.parquet", {"s": texts}, row_group_size=group))
    assert rows == [(1, ["s"])] + [(at + 2, [text]) for at, text in enumerate(texts) if text]


def test_a_million_rows_in_one_group_take_little_memory(tmp_path: Path) -> None:
    count = 1_000_000
    columns = {
        "n": list(range(count)),
        "s": [f"OS-{at:09}" for at in range(count)],
        "t": ["a text of all rows"] * count,
    }
    path = make.table(tmp_path / "a.parquet", columns, row_group_size=count, use_dictionary=["t"])
    with read_sheets(path, scratch=tmp_path, limits=ReadLimits(memory_bytes=450 * MIB), export_zone="UTC") as spool:
        assert spool.sheets[0].row_count == count + 1


LISTS = pa.array([["a"]])
STRUCTS = pa.array([{"a": 1}])


@pytest.mark.parametrize(
    ("name", "write", "cause"),
    [
        pytest.param("a.parquet", make.written(b""), "is empty (0 bytes)", id="empty"),
        pytest.param("a.parquet", make.written(b"a,b\n"), "named .parquet, and its content is plain text", id="CSV"),
        pytest.param("a.csv", make.of({"a": ["x"]}), "named .csv, and its content is .parquet", id="named .csv"),
        pytest.param("a.xlsx", make.of({"a": ["x"]}), "named .xlsx, and its content is .parquet", id="named .xlsx"),
        pytest.param("a.parquet", make.written(b"PAR1"), "is damaged or incomplete", id="no more than its mark"),
        pytest.param("a.parquet", make.written(b"PAR1" * 90), "is damaged or incomplete", id="marks alone"),
        pytest.param("a.parquet", make.cut, "is damaged or incomplete", id="cut off"),
        pytest.param("a.parquet", make.scratched, "is damaged or incomplete", id="wrong checksum"),
        pytest.param("a.parquet", make.emptied, "it says it has 61 rows, and holds 60", id="rows that are not there"),
        pytest.param("a.parquet", make.encrypted(footer=True), "is encrypted", id="encrypted"),
        pytest.param("a.parquet", make.encrypted(footer=False), "is encrypted", id="values encrypted"),
        pytest.param("a.parquet", make.of({"a": LISTS}), 'column "a" holds list<', id="lists"),
        pytest.param("a.parquet", make.of({"a": STRUCTS}), 'column "a" holds struct<', id="structs"),
        pytest.param("a.parquet", make.of({"a": [b"\xff"]}), 'column "a" holds bytes that are no UTF-8', id="bytes"),
        pytest.param("a\n.parquet", make.of({"a\nb": LISTS}), r'column "a\nb" holds list<', id="odd names"),
    ],
)
def test_refused(tmp_path: Path, name: str, write: make.Maker, cause: str) -> None:
    write(tmp_path / name)
    assert cause in refusal(tmp_path / name).cause


ROWS = make.of({"a": ["abcd", "x", "y"], "b": [1, 2, 3]}, compression="none")


@pytest.mark.parametrize(
    ("write", "limits", "cause"),
    [
        pytest.param(ROWS, ReadLimits(parquet_rows=3, columns=2, cell_text=4, rows=1), None, id="at the limits"),
        pytest.param(ROWS, ReadLimits(parquet_rows=2), "has 3 rows, and only 2 are read", id="rows above"),
        pytest.param(ROWS, ReadLimits(columns=1), "has 2 columns, and only 1 are read", id="columns above"),
        pytest.param(
            ROWS, ReadLimits(cell_text=3), 'column "a", row 2: the text is longer than 3 characters', id="text above"
        ),
        pytest.param(
            make.of({"a": pa.array(["x", "abcd"]).dictionary_encode()}),
            ReadLimits(cell_text=3),
            'column "a", row 3: the text is longer',
            id="text of a dictionary above",
        ),
        pytest.param(ROWS, ReadLimits(csv_bytes=100), "bytes, more than 100 bytes", id="file above"),
        pytest.param(
            make.of({"a": [f"{at:0900}" for at in range(900)]}, use_dictionary=False),
            ReadLimits(csv_bytes=400_000),
            "unpacks to more than 400,000 bytes",
            id="unpacked above",
        ),
        pytest.param(
            make.swelling,
            ReadLimits(memory_bytes=450 * MIB),
            "takes more memory to read than 450 MiB",
            id="one text that fills the memory",
        ),
        pytest.param(
            make.repeated, ReadLimits(spool_bytes=MIB * 40), "as plain rows, more than 40 MiB", id="text repeated"
        ),
        pytest.param(make.repeated, ReadLimits(cpu_seconds=1), "more than 1 seconds of computing", id="computes on"),
    ],
)  # fmt: skip
def test_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: make.Maker, limits: ReadLimits, cause: str | None
) -> None:
    # A coverage run writes its own file in the child, which must not be cut off by the limit on files.
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    path = tmp_path / "a.parquet"
    write(path)
    if cause is None:
        assert len(rows_of(path, limits)) == 4
    else:
        assert cause in refusal(path, limits).cause


@pytest.mark.parametrize("seed", range(24))
def test_bytes_changed_anywhere_are_read_or_refused(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "a.parquet"
    make.damaged(seed)(path)
    try:
        read = len(rows_of(path))
    except FileRefusedError as refused:
        said, read = str(refused), 0
    else:
        said = ""
    assert (read <= 501, "\n" in said) == (True, False)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_only_exports_may_be_parquet(tmp_path: Path) -> None:
    path = make.table(tmp_path / "a.parquet", {"a": ["x"]})
    with pytest.raises(FileRefusedError, match="is a Parquet file, and only a backfill reads those"):
        start_reading(path, scratch=tmp_path).result()
