"""Lay the serials a row names onto the units of its line: pairs, further units, and those beyond the quantity."""

from __future__ import annotations

from collections.abc import Sequence

from batch.core.keys import serial_key

Named = tuple[str | None, str | None]


def named_units(serials: Sequence[str], mfr_serials: Sequence[str]) -> list[Named]:
    """Pair serials with manufacturer's serials where there are as many, else let the latter name further units."""
    if len(serials) == len(mfr_serials):
        return list(zip(serials, mfr_serials, strict=True))
    return [(serial, None) for serial in serials] + [(None, mfr) for mfr in mfr_serials]


def surplus_units(named: Sequence[Named], quantity: int, unwritten: int) -> list[dict[str, object]] | None:
    """Keep the units beyond the quantity, which can have no row of their own; `unwritten` are only counted."""
    surplus: list[dict[str, object]] = [
        {"serial_no": serial_no, "mfr_serial_no": mfr_serial_no} for serial_no, mfr_serial_no in named[quantity:]
    ]
    if unwritten > 0:
        surplus.append({"count": unwritten})
    return surplus or None


def unit_keys(named: Sequence[Named]) -> list[tuple[str, str]]:
    """Reduce units to what decides whether a line is handed in unchanged."""
    return [(serial_key(serial or ""), serial_key(mfr or "")) for serial, mfr in named]
