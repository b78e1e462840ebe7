"""Draw a sample of whole documents from a file by a seed: the same seed draws the same documents."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Self, TypeAlias

import numpy as np

from batch.core.cells import Cell, RawRow, text_of

Document: TypeAlias = Callable[[RawRow], Cell]


@dataclasses.dataclass(frozen=True, slots=True)
class Sample:
    """The documents whose hash is not above a threshold."""

    seed: int
    highest: int

    @classmethod
    def drawn(cls, rows: Iterable[RawRow], document: Document, wanted: int, seed: int) -> Self:
        """Draw documents, told by the cell of a row that names its own, until they have so many rows between them."""
        hashes = np.fromiter((_hash(document(row), seed) for row in rows), dtype=np.uint64)
        documents, sizes = np.unique(hashes, return_counts=True)
        if not len(documents):
            return cls(seed, 0)
        last = min(int(np.searchsorted(np.cumsum(sizes), wanted)), len(documents) - 1)
        return cls(seed, int(documents[last]))

    def only(self, rows: Iterable[RawRow], document: Document) -> Iterator[RawRow]:
        """Pass on the rows of the documents drawn."""
        return (row for row in rows if _hash(document(row), self.seed) <= self.highest)


def _hash(cell: Cell, seed: int) -> int:
    return int.from_bytes(
        hashlib.blake2b(f"{seed}\x1f{text_of(cell).strip()}".encode(errors="replace"), digest_size=8).digest()
    )
