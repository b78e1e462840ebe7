"""Find the area and the number sequence that serve a location: its own, else its parents', else the default's."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

OUT_AREA = "out_area_code"
CREDIT_ORDER_AREA = "credit_order_area_code"
SERVICE_AREA = "service_area_code"
CREDIT_MEMO_AREA = "credit_memo_area_code"
AREA_ROLES = (OUT_AREA, CREDIT_ORDER_AREA, SERVICE_AREA, CREDIT_MEMO_AREA)

Found = TypeVar("Found")


@dataclasses.dataclass(frozen=True, slots=True)
class Area:
    """A stock area: ours (STOCK) or someone else's (OUT)."""

    area_code: str
    area_type: str
    active: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Location:
    """A location with its own areas by role; None where it has none of its own."""

    location_code: str
    parent_location_code: str | None
    is_default: bool
    areas: Mapping[str, str | None]
    closed_through: object | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Sequence:
    """A number sequence as the snapshot found it; `ranges` are the numbers free to use, in order."""

    sequence_code: str
    kind: str
    location_code: str | None
    mask: str
    ranges: tuple[tuple[int, int | None], ...]
    allocation: str = "GAPLESS"


class Places:
    """Answer, for one snapshot, which area or sequence serves a location."""

    def __init__(self, locations: Iterable[Location], areas: Iterable[Area], sequences: Iterable[Sequence]) -> None:
        """Index the reference rows; the outcome does not depend on their order."""
        self.locations = {location.location_code: location for location in locations}
        self.areas = {area.area_code: area for area in areas}
        self.sequences = {sequence.sequence_code: sequence for sequence in sequences}
        self._default = next((code for code, location in self.locations.items() if location.is_default), None)
        self._by_location: dict[tuple[str, str], str] = {}
        for sequence in sorted(self.sequences.values(), key=lambda each: each.sequence_code, reverse=True):
            if sequence.location_code is not None:
                self._by_location[sequence.kind, sequence.location_code] = sequence.sequence_code
        self._remembered: dict[tuple[str, str | None], object] = {}

    @property
    def default_location(self) -> str | None:
        """The location used where a document names none."""
        return self._default

    def chain(self, location_code: str | None) -> Iterator[Location]:
        """Walk from a location over its parents to the default location, each once."""
        seen = set()
        for start in (location_code, self._default):
            code = start
            while code is not None and code not in seen and code in self.locations:
                seen.add(code)
                yield self.locations[code]
                code = self.locations[code].parent_location_code

    def area(self, role: str, location_code: str | None) -> Area | None:
        """Find the first active area set for a role; its type is for the caller to judge."""
        return self._remember(role, location_code, self._find_area)

    def sequence(self, kind: str, location_code: str | None) -> Sequence | None:
        """Find the sequence of a kind (SERIAL, CREDIT_MEMO) that serves a location."""
        return self._remember(kind, location_code, self._find_sequence)

    def serial_sequence(self, item_sequence_code: str | None, location_code: str | None) -> Sequence | None:
        """Find the sequence for an item's serials: the item's own, else the location's."""
        own = self.sequences.get(item_sequence_code) if item_sequence_code else None
        if own is not None and own.kind == "SERIAL":
            return own
        return self.sequence("SERIAL", location_code)

    def _find_area(self, role: str, location_code: str | None) -> Area | None:
        for location in self.chain(location_code):
            area = self.areas.get(location.areas.get(role) or "")
            if area is not None and area.active:
                return area
        return None

    def _find_sequence(self, kind: str, location_code: str | None) -> Sequence | None:
        for location in self.chain(location_code):
            code = self._by_location.get((kind, location.location_code))
            if code is not None:
                return self.sequences[code]
        return None

    def _remember(
        self, what: str, location_code: str | None, find: Callable[[str, str | None], Found | None]
    ) -> Found | None:
        key = (what, location_code)
        if key not in self._remembered:
            self._remembered[key] = find(what, location_code)
        return self._remembered[key]  # type: ignore[return-value]
