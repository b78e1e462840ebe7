"""Write real Parquet files, sound and hostile ones."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow.parquet import encryption

Maker = Callable[[Path], object]


def table(path: Path, columns: Mapping[str, Any], **options: Any) -> Path:
    """Write columns, Arrow arrays or plain lists."""
    pq.write_table(pa.table(dict(columns)), path, **options)
    return path


def of(columns: Mapping[str, Any], **options: Any) -> Maker:
    """Give what writes these columns."""
    return lambda path: table(path, columns, **options)


def written(content: bytes) -> Maker:
    """Give what writes these bytes, whatever they are."""
    return lambda path: path.write_bytes(content)


def cut(path: Path) -> None:
    """Leave the end off."""
    whole = table(path, {"a": ["x"] * 99}).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def scratched(path: Path) -> None:
    """Change bytes within a page, so that it no longer has its checksum."""
    table(path, {"a": [f"text {number}" for number in range(99)]}, use_dictionary=False, compression="none",
          write_page_checksum=True)  # fmt: skip
    path.write_bytes(path.read_bytes().replace(b"text 50", b"text 5O"))


def emptied(path: Path) -> None:
    """Say, where the file describes itself, that it has more rows than it has."""
    whole = table(path, {"a": list(range(60))}, store_schema=False).read_bytes()
    length = int.from_bytes(whole[-8:-4], "little")
    footer = whole[-8 - length : -8]
    # The count of rows stands twice, as 120 (it is written doubled): of the file, and of its one group.
    path.write_bytes(whole[: -8 - length] + footer.replace(b"\x16\x78", b"\x16\x7a") + whole[-8:])


def swelling(path: Path) -> None:
    """Pack one text of 200 MB into next to nothing."""
    table(path, {"a": ["x" * 200_000_000]}, compression="zstd", use_dictionary=False)


def repeated(path: Path) -> None:
    """Write a long text once and have a million rows refer to it."""
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), pa.array(["x" * 4_000]))
    table(path, {"a": texts})


def damaged(seed: int) -> Maker:
    """Give what writes a file with a few bytes changed anywhere."""

    def write(path: Path) -> None:
        chance = random.Random(seed)
        columns = {
            "n": list(range(500)),
            "s": [f"A-{number}" for number in range(500)],
            "d": [dt.date(2019, 5, 17)] * 500,
        }
        whole = bytearray(table(path, columns, row_group_size=200).read_bytes())
        # More often in the last part, where the file describes itself.
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(4, len(whole) - 8) if chance.random() < 0.3 else -chance.randrange(9, 900)
            whole[at] = chance.randrange(256)
        path.write_bytes(whole)

    return write


class _Keys(encryption.KmsClient):  # type: ignore[misc]
    """Wrap keys as they are: whoever reads the file has none of them."""

    def wrap_key(self, key_bytes: bytes, _: str) -> bytes:
        return key_bytes.hex().encode()

    def unwrap_key(self, wrapped_key: bytes, _: str) -> bytes:
        return bytes.fromhex(wrapped_key.decode())


def encrypted(*, footer: bool) -> Maker:
    """Give what writes an encrypted file; its description may stay readable."""

    def write(path: Path) -> None:
        rows = pa.table({"a": ["x"]})
        chosen = encryption.EncryptionConfiguration(
            footer_key="f", column_keys={"c": ["a"]}, plaintext_footer=not footer
        )
        made = encryption.CryptoFactory(lambda _: _Keys())
        properties = made.file_encryption_properties(encryption.KmsConnectionConfig(), chosen)
        with pq.ParquetWriter(path, rows.schema, encryption_properties=properties) as writer:
            writer.write_table(rows)

    return write


def typed(values: Sequence[object], kind: pa.DataType) -> pa.Array:
    """Give values as a column of a type."""
    return pa.array(values, kind)
