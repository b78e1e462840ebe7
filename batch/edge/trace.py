"""Tell one unit's whole life: where it is, how it came there, what was credited for it and what went wrong.

However many units match, the number of statements is the same; each uses an index of the register or the documents.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from batch.core.keys import near_key, serial_key
from batch.edge.iso import iso_date, iso_instant
from batch.edge.schema import CUSTOMER, DOCUMENT, ITEM, SERIAL, STOCK_AREA
from batch.edge.trace_mentions import mentions_of
from batch.edge.trace_records import BY_MFR_SERIAL, BY_SERIAL, EXACT, NEAR, NONE, Holder, Trace, Unit
from batch.edge.trace_rows import appearances_of, memos_of, steps_of

MOST_UNITS = 20


def trace(connection: sa.Connection, text: str, *, most_units: int = MOST_UNITS) -> Trace:
    """Find the units that bear `text` as their serial or their manufacturer's serial, else those that nearly do."""
    asked = text.strip()
    key = serial_key(asked)
    if not key:
        return Trace(asked, NONE, (), more=False, mentions=())
    near = near_key(key)
    for match, by_serial, by_mfr_serial in (
        # A serial of another writer that no run has given a key yet is found as it is written.
        (EXACT, sa.or_(SERIAL.c.serial_key == key, SERIAL.c.serial_no == asked), SERIAL.c.mfr_serial_key == key),
        (NEAR, SERIAL.c.serial_near == near, SERIAL.c.mfr_serial_near == near),
    ):
        matched = _matched(connection, by_serial, by_mfr_serial, most_units + 1)
        if matched:
            shown = dict(itertools.islice(matched.items(), most_units))
            return Trace(asked, match, _units(connection, shown), more=len(matched) > most_units, mentions=())
    return Trace(asked, NONE, (), more=False, mentions=mentions_of(connection, {0: {asked}}, {})[0])


def _matched(
    connection: sa.Connection, by_serial: sa.ColumnElement[bool], by_mfr_serial: sa.ColumnElement[bool], most: int
) -> dict[int, str]:
    """Give the ids of at most about `most` units and by which of their serials each was found, its own first."""
    found: dict[int, str] = {}
    for matched_by, condition in ((BY_SERIAL, by_serial), (BY_MFR_SERIAL, by_mfr_serial)):
        ids = sa.select(SERIAL.c.serial_id).where(condition).order_by(SERIAL.c.serial_id).limit(most)
        for serial_id in connection.scalars(ids):
            found.setdefault(serial_id, matched_by)
    return found


def _units(connection: sa.Connection, matched: Mapping[int, str]) -> tuple[Unit, ...]:
    ids = list(matched)
    rows = {row.serial_id: row for row in connection.execute(_UNITS, {"ids": ids})}
    steps = steps_of(connection, ids)
    appearances = appearances_of(connection, ids)
    memos = memos_of(connection, ids)
    lines = {serial_id: appearances[serial_id].units for serial_id in ids}
    words = {serial_id: _names(rows[serial_id]) for serial_id in ids}
    mentions = mentions_of(connection, words, lines)
    return tuple(
        Unit(
            **_facts(rows[serial_id]),
            matched_by=matched[serial_id],
            held_by=_holder(rows[serial_id]),
            created_at=iso_instant(rows[serial_id].created_at),
            history=steps[serial_id],
            appearances=appearances[serial_id].lines,
            memos=memos[serial_id],
            files=appearances[serial_id].files,
            exceptions=mentions[serial_id],
        )
        for serial_id in ids
    )


def _names(row: sa.Row[*tuple[object, ...]]) -> set[str]:
    return {name for name in (row.serial_no, row.mfr_serial_no) if name}


def _facts(row: sa.Row[*tuple[object, ...]]) -> dict[str, Any]:
    return {name: row._mapping[name] for name in _FACTS}


def _holder(row: sa.Row[*tuple[object, ...]]) -> Holder | None:
    if row.held_type is None:
        return None
    return Holder(row.held_type, row.held_no, row.held_status, iso_date(row.held_date), row.held_customer)


_FACTS: Sequence[str] = (
    "serial_id",
    "serial_no",
    "item_code",
    "item_description",
    "mfr_serial_no",
    "area_code",
    "area_name",
    "area_type",
    "location_code",
    "origin",
    "unit_cost_minor",
    "cost_basis",
    "customer_code",
    "customer_name",
    "sequence_code",
    "sequence_number",
)

_UNITS = (
    sa.select(
        SERIAL,
        ITEM.c.description.label("item_description"),
        STOCK_AREA.c.name.label("area_name"),
        STOCK_AREA.c.area_type,
        STOCK_AREA.c.location_code,
        CUSTOMER.c.name.label("customer_name"),
        DOCUMENT.c.document_type.label("held_type"),
        DOCUMENT.c.document_no.label("held_no"),
        DOCUMENT.c.status.label("held_status"),
        DOCUMENT.c.document_date.label("held_date"),
        DOCUMENT.c.customer_code.label("held_customer"),
    )
    .select_from(SERIAL)
    .outerjoin(ITEM, ITEM.c.item_code == SERIAL.c.item_code)
    .outerjoin(STOCK_AREA, STOCK_AREA.c.area_code == SERIAL.c.area_code)
    .outerjoin(CUSTOMER, CUSTOMER.c.customer_code == SERIAL.c.customer_code)
    .outerjoin(DOCUMENT, DOCUMENT.c.document_id == SERIAL.c.open_document_id)
    .where(SERIAL.c.serial_id.in_(sa.bindparam("ids", expanding=True)))
)
