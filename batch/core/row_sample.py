"""Draw a sample of whole documents from a file by a seed: the same seed draws the same documents."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator
from typing import Self

import numpy as np

from batch.core.cells import RawRow, text_of


@dataclasses.dataclass(frozen=True, slots=True)
class Sample:
    """The documents whose hash is not above a threshold."""

    seed: int
    highest: int

    @classmethod
    def drawn(cls, rows: Iterable[RawRow], at: int, wanted: int, seed: int) -> Self:
        """Draw documents, told by the cell at a position, until they have at least so many rows between them."""
        hashes = np.fromiter((_hash(row, at, seed) for row in rows), dtype=np.uint64)
        documents, sizes = np.unique(hashes, return_counts=True)
        if not len(documents):
            return cls(seed, 0)
        last = min(int(np.searchsorted(np.cumsum(sizes), wanted)), len(documents) - 1)
        return cls(seed, int(documents[last]))

    def only(self, rows: Iterable[RawRow], at: int) -> Iterator[RawRow]:
        """Pass on the rows of the documents drawn."""
        return (row for row in rows if _hash(row, at, self.seed) <= self.highest)


def _hash(row: RawRow, at: int, seed: int) -> int:
    cells = row[1]
    text = text_of(cells[at]).strip() if at < len(cells) else ""
    return int.from_bytes(hashlib.blake2b(f"{seed}\x1f{text}".encode(errors="replace"), digest_size=8).digest())
