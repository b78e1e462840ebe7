"""Tell the rows of a file apart however many they are: their hashes lie on disk, and a share is in memory at a time.

Rows of one document fall into one share, so that each share can be gone through by itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from batch.core.identity import HEADER_FIELDS, Identities, Rows, identify

SHARES = 32

_ROW = np.dtype(
    [
        ("at", np.int64),
        ("sheet_row", np.int64),
        ("line_no", np.int64),
        ("document", np.uint64),
        ("header", np.uint64, (len(HEADER_FIELDS),)),
    ]
)


class FileIdentities:
    """The rows of one file, gathered part by part in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Begin with no rows."""
        self._folder = folder
        self._count = 0

    def add(self, rows: Rows) -> None:
        """Take in the rows of a part."""
        written = np.empty(len(rows.sheet_row), dtype=_ROW)
        written["at"] = np.arange(self._count, self._count + len(written))
        written["sheet_row"], written["line_no"], written["document"] = rows.sheet_row, rows.line_no, rows.document
        written["header"] = np.stack(rows.header, axis=1)
        shares = rows.document % SHARES
        for share in np.unique(shares):
            with self._share(int(share)).open("ab") as file:
                file.write(written[shares == share].tobytes())
        self._count += len(written)

    def told_apart(self) -> Identities:
        """Go through the file share by share; what is found lies on disk as well."""
        found = Identities(
            self._array("sheet_row", np.int64),
            self._array("line_no", np.int64),
            self._array("repeated", np.bool_),
            self._array("inconsistent", np.bool_),
        )
        for share in range(SHARES):
            path = self._share(share)
            if not path.exists():
                continue
            rows = np.fromfile(path, dtype=_ROW)
            path.unlink()
            header = tuple(np.ascontiguousarray(rows["header"][:, place]) for place in range(len(HEADER_FIELDS)))
            told = identify([Rows(rows["sheet_row"], rows["document"], rows["line_no"], header)])
            for name in ("sheet_row", "line_no", "repeated", "inconsistent"):
                getattr(found, name)[rows["at"]] = getattr(told, name)
        return found

    def _share(self, number: int) -> Path:
        return self._folder / f"share-{number}"

    def _array(self, name: str, kind: Any) -> npt.NDArray[Any]:
        if not self._count:
            return np.zeros(0, dtype=kind)
        return np.memmap(self._folder / name, dtype=kind, mode="w+", shape=(self._count,))
