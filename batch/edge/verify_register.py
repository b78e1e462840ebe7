"""Declare what is always true of serials: where they are, how they came there, and who holds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from batch.core.keys import near_key, serial_key
from batch.edge.stored import serial_text
from batch.edge.verify_facts import LINE_WORDS, Invariant

_KEYS = ("serial_key", "serial_near", "mfr_serial_key", "mfr_serial_near")


def wrong_keys(row: Sequence[Any]) -> str:
    """Say which keys of a serial are not those of its texts; one that has none of its own is told elsewhere."""
    _, serial_no, mfr_serial_no, *stored = row
    found = [each or "" for each in stored]
    key = serial_key(serial_text(serial_no) or "")
    mfr_key = serial_key(serial_text(mfr_serial_no) or "")
    right = [key if found[0] else "", near_key(key), mfr_key, near_key(mfr_key)]
    if found == right:
        return ""
    compared = zip(_KEYS, found, right, strict=True)
    return "; ".join(
        f"{name} is {have or 'blank'}, not {meant or 'blank'}" for name, have, meant in compared if have != meant
    )


REGISTER_INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        name="area_is_where_history_put_it",
        meaning="A serial is in the area where the last row of its history put it.",
        sql="""
            SELECT s.serial_no, s.area_code, h.to_area_code
            FROM (
                SELECT serial_id, MAX(history_id) AS history_id
                FROM serial_history WHERE to_area_code IS NOT NULL
                GROUP BY serial_id
            ) latest
            JOIN serial_history h ON h.history_id = latest.history_id
            JOIN serial s ON s.serial_id = latest.serial_id
            WHERE s.area_code <> h.to_area_code
        """,
        wording="serial {serial_no}: it is in {area_code}, its history says {to_area_code}",
        order="serial_no",
    ),
    Invariant(
        name="origin_is_in_history",
        meaning="A serial that was generated or adopted says so in its history, once; no other serial does.",
        sql="""
            SELECT s.serial_no, s.origin, COALESCE(h.starts, 0) AS starts
            FROM serial s
            LEFT JOIN (
                SELECT serial_id, COUNT(*) AS starts, MIN(action) AS action
                FROM serial_history WHERE action IN ('GENERATED', 'ADOPTED')
                GROUP BY serial_id
            ) h ON h.serial_id = s.serial_id
            WHERE s.origin IN ('GENERATED', 'ADOPTED') AND (h.starts IS NULL OR h.starts <> 1 OR h.action <> s.origin)
               OR s.origin = 'EXTERNAL' AND h.starts IS NOT NULL
        """,
        wording="serial {serial_no}: its origin is {origin}, its history starts it {starts} times",
        order="serial_no",
    ),
    Invariant(
        name="steps_go_from_out_to_stock",
        meaning="A serial is generated from nowhere into an Out area, and received from an Out area into stock.",
        sql="""
            SELECT s.serial_no, h.history_id, h.action, h.from_area_code, h.to_area_code
            FROM serial_history h
            JOIN serial s ON s.serial_id = h.serial_id
            LEFT JOIN stock_area f ON f.area_code = h.from_area_code
            LEFT JOIN stock_area t ON t.area_code = h.to_area_code
            WHERE h.action = 'GENERATED'
                  AND (h.from_area_code IS NOT NULL OR t.area_type IS NULL OR t.area_type <> 'OUT')
               OR h.action = 'RECEIVED'
                  AND (f.area_type IS NULL OR f.area_type <> 'OUT' OR t.area_type IS NULL OR t.area_type <> 'STOCK')
        """,
        wording="serial {serial_no}: history row {history_id} is {action} from {from_area_code} to {to_area_code}",
        order="serial_no, history_id",
    ),
    # Where a unit is when it is attached, others may have said nothing about; their rows are not ours to answer for.
    Invariant(
        name="steps_begin_where_the_last_one_ended",
        meaning="A step that a run wrote begins in the area where the row before it put the serial.",
        sql="""
            SELECT s.serial_no, h.history_id, h.action, h.from_area_code, h.ended_in
            FROM (
                SELECT serial_id, history_id, action, run_id, from_area_code,
                       LAG(to_area_code) OVER (PARTITION BY serial_id ORDER BY history_id) AS ended_in
                FROM serial_history WHERE to_area_code IS NOT NULL
            ) h
            JOIN serial s ON s.serial_id = h.serial_id
            WHERE h.ended_in <> h.from_area_code AND h.run_id IS NOT NULL AND h.action <> 'ATTACHED'
        """,
        wording="serial {serial_no}: history row {history_id} is {action} from {from_area_code}, but the row before "
        "put it in {ended_in}",
        order="serial_no, history_id",
    ),
    Invariant(
        name="posted_units_were_received",
        meaning="Every unit of a posted line was received into stock for that line, unless it is in for repair.",
        sql="""
            SELECT d.document_type, d.document_no, l.line_no, u.unit_no, s.serial_no
            FROM line_unit u
            JOIN document_line l ON l.line_id = u.line_id
            JOIN document d ON d.document_id = l.document_id
            JOIN serial s ON s.serial_id = u.serial_id
            WHERE u.action IS NOT NULL AND l.status = 'POSTED' AND d.document_type <> 'SERVICE'
              AND NOT EXISTS (
                  SELECT 1 FROM serial_history h
                  WHERE h.serial_id = u.serial_id AND h.line_id = u.line_id AND h.action = 'RECEIVED'
              )
        """,
        wording=f"{LINE_WORDS} unit {{unit_no}}: serial {{serial_no}} was not received",
        order="document_type, document_no, line_no, unit_no",
    ),
    Invariant(
        name="committed_units_wait_outside",
        meaning="The units of a committed line are in an Out area and held by their credit order.",
        sql="""
            SELECT d.document_type, d.document_no, l.line_no, s.serial_no, s.area_code, s.open_document_id
            FROM document_line l
            JOIN document d ON d.document_id = l.document_id
            JOIN line_unit u ON u.line_id = l.line_id AND u.action IS NOT NULL
            JOIN serial s ON s.serial_id = u.serial_id
            LEFT JOIN stock_area a ON a.area_code = s.area_code
            WHERE l.status = 'COMMITTED'
              AND (a.area_type IS NULL OR a.area_type <> 'OUT'
                   OR s.open_document_id IS NULL OR s.open_document_id <> l.document_id)
        """,
        wording=f"{LINE_WORDS}: serial {{serial_no}} is in {{area_code}}, held by document id {{open_document_id}}",
        order="document_type, document_no, line_no, serial_no",
    ),
    Invariant(
        name="stock_is_held_by_no_slip",
        meaning="A serial in stock is held by no service slip or credit order, and a closed line holds nothing.",
        sql="""
            SELECT s.serial_no, s.area_code, d.document_type, d.document_no
            FROM serial s
            JOIN document d ON d.document_id = s.open_document_id AND d.document_type IN ('SERVICE', 'CREDIT_ORDER')
            LEFT JOIN stock_area a ON a.area_code = s.area_code
            WHERE s.open_document_id IS NOT NULL
              AND (a.area_type = 'STOCK'
                   OR d.status = 'CLOSED'
                   OR EXISTS (
                       SELECT 1 FROM line_unit u
                       JOIN document_line l ON l.line_id = u.line_id
                       WHERE u.serial_id = s.serial_id AND l.document_id = d.document_id AND l.status = 'CLOSED'
                   ))
        """,
        wording="serial {serial_no} in {area_code} is still held by {document_type} {document_no}",
        order="serial_no",
    ),
    Invariant(
        name="serial_has_its_own_key",
        meaning="Every serial that a run has seen has a key of its own, by which it is found.",
        sql="""
            SELECT serial_no, item_code, area_code
            FROM serial
            WHERE serial_key IS NULL AND serial_near IS NOT NULL
        """,
        wording="serial {serial_no} of {item_code} in {area_code}: another row on file is the same serial",
        order="serial_no",
    ),
    Invariant(
        name="keys_are_those_of_the_serials",
        meaning="The keys of a serial that a run has seen are those of its serial and its manufacturer's serial.",
        # What has no near key was written or changed by others, and gets all keys anew when the next run begins.
        sql="""
            SELECT serial_id, serial_no, mfr_serial_no, serial_key, serial_near, mfr_serial_key, mfr_serial_near
            FROM serial
            WHERE serial_near IS NOT NULL
        """,
        wording="serial {serial_no}: {fault}",
        order="serial_id",
        fault=wrong_keys,
    ),
)
