"""Tell over a whole file which row is which line: positions, repeated lines, documents whose rows disagree.

Works on hashes of 64 bits, so that a file of millions of rows is gone through in a few arrays.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from batch.core.frames import pd

# What all rows of a document must agree on; a blank cell has no opinion.
HEADER_FIELDS = ("customer_code", "location_code", "document_date", "currency", "decimals")

# Stands for a number of a line that cannot be read.
UNREADABLE_NO = -1

Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Number = TypeVar("Number", np.uint64, np.int64)


@dataclasses.dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a part of a file, as hashes: 0 where nothing is said.

    `line_no` is 0 where the cell is blank, and UNREADABLE_NO where it cannot be read.
    """

    sheet_row: npt.NDArray[np.int64]
    document: Hashes
    line_no: npt.NDArray[np.int64]
    header: tuple[Hashes, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Identities:
    """What the whole file says of each of its rows, in the order of the rows."""

    sheet_row: npt.NDArray[np.int64]
    line_no: npt.NDArray[np.int64]
    repeated: Flags
    inconsistent: Flags

    def of(self, sheet_rows: Sequence[int]) -> npt.NDArray[np.intp]:
        """Give the positions of sheet rows, which must be among them."""
        return np.searchsorted(self.sheet_row, np.asarray(sheet_rows, dtype=np.int64))


def hashed(identities: pd.DataFrame) -> Rows:
    """Reduce the identity columns of a part to hashes; `identities` has one row a row of the part, refused ones too."""
    numbers = identities["document_no"]
    known = numbers.notna().to_numpy()
    kinds = identities["document_type"].fillna("")
    names = (kinds.astype(object) + "\x1f" + numbers.fillna("").astype(object)).to_numpy(dtype=object)
    return Rows(
        identities["sheet_row"].to_numpy(dtype=np.int64),
        _hashes(names, known),
        identities["line_no"].fillna(0).to_numpy(dtype=np.int64),
        tuple(_hashes_of(identities[name]) for name in HEADER_FIELDS),
    )


def identify(parts: Sequence[Rows]) -> Identities:
    """Give numbers to the lines that have none, and find lines repeated and documents whose rows disagree."""
    document = _joined([part.document for part in parts], np.uint64)
    given = _joined([part.line_no for part in parts], np.int64)
    sheet_row = _joined([part.sheet_row for part in parts], np.int64)
    named = document != 0
    frame = pd.DataFrame({"document": document})
    position = frame.groupby("document", sort=False).cumcount().to_numpy() + 1
    line_no = np.where(given <= 0, np.where(named, position, 0), given)
    # A row whose number cannot be read is called by its place, but takes no other row's number.
    readable = named & (given >= 0)
    numbers = pd.DataFrame({"document": document, "line_no": line_no})
    repeated = readable.copy()
    repeated[readable] = numbers[readable].duplicated().to_numpy()
    inconsistent = np.zeros(len(document), dtype=np.bool_)
    for place in range(len(HEADER_FIELDS)):
        said = _joined([part.header[place] for part in parts], np.uint64)
        inconsistent |= _disagreeing(document, said) & named
    return Identities(sheet_row, line_no, repeated, inconsistent)


def _disagreeing(document: Hashes, said: Hashes) -> Flags:
    """Flag every row of a document in which two rows say different things."""
    speaks = said != 0
    frame = pd.DataFrame({"document": document[speaks], "said": said[speaks]})
    grouped = frame.groupby("document", sort=False)["said"]
    first, last = grouped.min(), grouped.max()
    disagreeing = first.index[(first != last).to_numpy()].to_numpy(dtype=np.uint64)
    return np.isin(document, disagreeing) if len(disagreeing) else np.zeros(len(document), dtype=np.bool_)


def _hashes_of(column: pd.Series) -> Hashes:
    """Hash a column in which few values stand many times: each is written out once."""
    codes, found = pd.factorize(column.astype(object).to_numpy())
    if not len(found):
        return np.zeros(len(column), dtype=np.uint64)
    texts = np.array([str(value) for value in found], dtype=object)
    return np.where(codes >= 0, _hashes(texts, np.ones(len(texts), dtype=np.bool_))[codes], np.uint64(0))


def _hashes(texts: npt.NDArray[np.object_], known: Flags) -> Hashes:
    if not len(texts):
        return np.zeros(0, dtype=np.uint64)
    hashes = pd.util.hash_array(texts)
    return np.where(known, hashes | np.uint64(1), np.uint64(0))


def _joined(arrays: Sequence[npt.NDArray[Number]], kind: type[Number]) -> npt.NDArray[Number]:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=kind)
