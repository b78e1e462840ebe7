"""Keep the parts of a file aside until the whole file is known."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import IO, Any, Generic, TypeVar

T = TypeVar("T")

_PARTS_IN_MEMORY = 3


class KeptParts(Generic[T]):
    """Parts kept aside until the whole file is known: the first few in memory, the others in a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._first: list[T] = []
        self._file = file

    def add(self, part: T) -> None:
        """Keep one more part."""
        if len(self._first) < _PARTS_IN_MEMORY:
            self._first.append(part)
        else:
            pickle.dump(part, self._file, pickle.HIGHEST_PROTOCOL)

    def parts(self) -> Iterator[T]:
        """Give the parts in their order, each once."""
        while self._first:
            yield self._first.pop(0)
        yield from kept_in(self._file)


def kept_in(file: IO[bytes]) -> Iterator[Any]:
    """Give what was kept in a file, from its beginning."""
    file.seek(0)
    while True:
        try:
            # Written by this very run a moment ago, into a file that has no name.
            yield pickle.load(file)  # noqa: S301
        except EOFError:
            return
