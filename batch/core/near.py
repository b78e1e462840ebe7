"""Find what was likely meant by a serial or code that is not on file: slips of the finger, look-alikes, other case."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from batch.core.keys import near_key, serial_key

# Longer ones are no slip of a finger, and would have very many neighbours.
LONGEST = 40
# Comparing letter by letter is slow: among more codes than these it is not done.
COMPARED_CODES = 5_000
SHOWN = 3


def slips(key: str) -> set[str]:
    """Give the keys that this one may be a slip for: two neighbours swapped, a zero left out, or one too many."""
    if not key or len(key) > LONGEST:
        return set()
    swapped = {key[:at] + key[at + 1] + key[at] + key[at + 2 :] for at in range(len(key) - 1)}
    filled = {f"{key[:at]}0{key[at:]}" for at in range(len(key) + 1)}
    taken = {key[:at] + key[at + 1 :] for at, letter in enumerate(key) if letter == "0"}
    return (swapped | filled | taken) - {key, ""}


class Codes:
    """The codes of one kind on file, with what each is called."""

    def __init__(self, codes: Iterable[tuple[str, str]]) -> None:
        """Index the codes by what they look like."""
        self._names = dict(codes)
        self._alike: dict[str, list[str]] = {}
        for code in self._names:
            self._alike.setdefault(near_key(serial_key(code)), []).append(code)
        self._by_key = {serial_key(code): code for code in self._names}
        self._compared = list(self._by_key) if len(self._by_key) <= COMPARED_CODES else []
        self._known: dict[str, Sequence[str]] = {}

    def close_to(self, typed: str) -> Sequence[str]:
        """List the codes that may be meant, the likeliest first, each with its name."""
        if typed not in self._known:
            found = list(dict.fromkeys(self._found(typed)))[:SHOWN]
            self._known[typed] = [f"{code} ({self._names[code]})" if self._names[code] else code for code in found]
        return self._known[typed]

    def _found(self, typed: str) -> Iterable[str]:
        key = serial_key(typed)
        if not key or len(key) > LONGEST:
            return
        yield from self._alike.get(near_key(key), ())
        yield from sorted(self._by_key[each] for each in slips(key) if each in self._by_key)
        for each in difflib.get_close_matches(key, self._compared, n=SHOWN, cutoff=0.7):
            yield self._by_key[each]
