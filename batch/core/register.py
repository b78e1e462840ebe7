"""Hold the part of the register a chunk mentions, as the documents before have left it."""

from __future__ import annotations

from collections.abc import Iterable

from batch.core.chunk import Unit
from batch.core.keys import near_key

_NONE: tuple[Unit, ...] = ()


class Register:
    """Units by serial, by id, by manufacturer's serial, and by what they look like."""

    def __init__(self, units: Iterable[Unit]) -> None:
        """Index the units."""
        self.by_key: dict[str, Unit] = {}
        self.by_id: dict[int, Unit] = {}
        self._by_mfr: dict[str, list[Unit]] = {}
        self._by_near_mfr: dict[str, list[Unit]] = {}
        self._by_near: dict[str, list[Unit]] = {}
        for unit in units:
            self.add(unit)

    def add(self, unit: Unit) -> None:
        """Take a unit in; what is new to the register is found by the documents that follow."""
        self.by_key[unit.serial_key] = unit
        if unit.serial_id is not None:
            self.by_id[unit.serial_id] = unit
        unit.serial_near = near_key(unit.serial_key)
        self._by_near.setdefault(unit.serial_near, []).append(unit)
        if unit.mfr_serial_key:
            self.note_mfr(unit)

    def note_mfr(self, unit: Unit) -> None:
        """Index a unit by the manufacturer's serial it has been given."""
        assert unit.mfr_serial_key, "a unit without a manufacturer's serial"
        self._by_mfr.setdefault(unit.mfr_serial_key, []).append(unit)
        unit.mfr_serial_near = near_key(unit.mfr_serial_key)
        self._by_near_mfr.setdefault(unit.mfr_serial_near, []).append(unit)

    def with_mfr(self, item_code: str, mfr_serial_key: str) -> list[Unit]:
        """Find the units of an item that bear a manufacturer's serial."""
        return [unit for unit in self._by_mfr.get(mfr_serial_key, _NONE) if unit.item_code == item_code]

    def with_mfr_elsewhere(self, item_code: str, mfr_serial_key: str) -> Unit | None:
        """Find a unit of another item that bears a manufacturer's serial; of several, the first by serial."""
        others = (unit for unit in self._by_mfr.get(mfr_serial_key, _NONE) if unit.item_code != item_code)
        return min(others, key=_serial_no, default=None)

    def near_mfr(self, item_code: str, mfr_serial_key: str) -> Unit | None:
        """Find a unit of the item whose manufacturer's serial only looks the same; of several, the first by serial."""
        alike = self._by_near_mfr.get(near_key(mfr_serial_key), _NONE)
        others = (unit for unit in alike if unit.mfr_serial_key != mfr_serial_key and unit.item_code == item_code)
        return min(others, key=_serial_no, default=None)

    def knows_mfr_like(self, mfr_near: str) -> bool:
        """Say whether any unit bears a manufacturer's serial that looks like this."""
        return mfr_near in self._by_near_mfr

    def near(self, serial_key: str) -> Unit | None:
        """Find a unit whose serial only looks the same; of several, the first by serial."""
        return min(self._by_near.get(near_key(serial_key), _NONE), key=_serial_no, default=None)


def _serial_no(unit: Unit) -> str:
    return unit.serial_no
