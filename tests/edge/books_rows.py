"""Hold the rows of the small world that `tests/edge/books.py` writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from batch.core.keys import near_key, serial_key

Row = Mapping[str, object]

DAY = dt.date(2026, 3, 31)
NOON = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)


AREAS_OF_A_LOCATION = {
    "out_area_code": "RELEASED",
    "credit_order_area_code": "CRMA-EX",
    "service_area_code": "REPAIRS-IN",
    "credit_memo_area_code": "CRMA",
}


def reference() -> Sequence[tuple[str, list[Row]]]:
    """Give the locations, areas, sequences, items and customers."""
    return (
        (
            "location",
            [{"location_code": "MAIN", "is_default": True}, {"location_code": "HQ", "parent_location_code": "MAIN"}],
        ),
        (
            "stock_area",
            [
                {"area_code": code, "name": name, "area_type": kind, "location_code": location}
                for code, name, kind, location in (
                    ("RELEASED", "Sold", "OUT", "HQ"),
                    ("CRMA-EX", "Promised back", "OUT", "HQ"),
                    ("REPAIRS-IN", "In for repair", "OUT", "HQ"),
                    ("CRMA", "Returns", "STOCK", "HQ"),
                    ("MAIN-STOCK", "Shelves", "STOCK", "MAIN"),
                )
            ],
        ),
        (
            "number_sequence",
            [
                {
                    "sequence_code": code,
                    "kind": kind,
                    "location_code": location,
                    "mask": mask,
                    "first_number": first,
                    "next_number": following,
                    "allocation": allocation,
                }
                for code, kind, location, mask, first, following, allocation in (
                    ("S-HQ", "SERIAL", "HQ", "{seq}", 5001, 5011, "BLOCK"),
                    ("S-MAIN", "SERIAL", "MAIN", "{seq}", None, 900, "GAPLESS"),
                    ("M-HQ", "CREDIT_MEMO", "HQ", "CM-HQ-{seq:05}", 1, 3, "GAPLESS"),
                )
            ],
        ),
        (
            "item",
            [
                {"item_code": "CPU", "description": "Processor", "inventory_type": "SERIALIZED"},
                {"item_code": "CABLE", "description": "Cable", "inventory_type": "INVENTORIED"},
            ],
        ),
        (
            "customer",
            [
                {"customer_code": "C1", "name": "Ada", "currency": "USD"},
                {"customer_code": "C2", "name": "Bo", "currency": "USD"},
            ],
        ),
    )


def ledger() -> Sequence[tuple[str, list[Row]]]:
    """Give the runs and the intake file."""
    intake = {"lines_read": 5, "lines_posted": 4, "lines_refused": 1, "serials_generated": 4, "credit_memos": 1}
    pos = {"lines_read": 2, "lines_posted": 1, "lines_skipped": 1, "serials_generated": 1, "credit_memos": 1}
    backfill = {"lines_read": 1, "lines_posted": 1, "serials_adopted": 1}
    runs = ((1, "intake", "DONE", intake), (2, "pos", "DONE", pos), (3, "backfill", "RUNNING", backfill))
    return (
        (
            "run",
            [
                {
                    "run_id": run_id,
                    "job": job,
                    "status": status,
                    "business_date": DAY,
                    "started_at": NOON,
                    "finished_at": NOON + dt.timedelta(seconds=90) if status == "DONE" else None,
                    "parameters": {"hold": "line"},
                    "host": "till-1",
                    "version": "0.1.0",
                    **figures,
                }
                for run_id, job, status, figures in runs
            ],
        ),
        (
            "intake_file",
            [
                {
                    "intake_file_id": 1,
                    "sha256": "ab" * 32,
                    "name": "march.xlsx",
                    "size_bytes": 9_000,
                    "rows_read": 5,
                    "status": "LANDED",
                    "run_id": 1,
                    "landed_at": NOON,
                    "sheet_name": "Intake",
                }
            ],
        ),
    )


def documents() -> Sequence[tuple[str, list[Row]]]:
    """Give the documents and their lines."""
    documents = (
        (1, "RETURN", "R-1", "C1", "POSTED", "INTAKE", 1),
        (2, "SERVICE", "S-1", "C2", "POSTED", "INTAKE", 1),
        (3, "CREDIT_ORDER", "O-1", "C1", "COMMITTED", "INTAKE", 1),
        (4, "RETURN", "R-2", "C1", "HELD", "INTAKE", 1),
        (5, "POS_INVOICE", "P-1", "C2", "POSTED", "POS", None),
        (6, "LEGACY_RETURN", "L-1", "C2", "POSTED", "BACKFILL", None),
    )
    lines = (
        (1, 1, 1, "CPU", 2, "POSTED", 2),
        (2, 1, 2, "CABLE", 4, "POSTED", 3),
        (3, 2, 1, "CPU", 1, "POSTED", 4),
        (4, 3, 1, "CPU", 2, "COMMITTED", 5),
        (5, 4, 1, "CPU", 1, "REFUSED", 6),
        (6, 5, 1, "CPU", -1, "POSTED", None),
        (7, 5, 2, "CPU", 3, "IGNORED", None),
        (8, 6, 1, "CPU", 1, "POSTED", None),
    )
    return (
        (
            "document",
            [
                {
                    "document_id": document_id,
                    "document_type": kind,
                    "document_no": number,
                    "location_code": "HQ",
                    "customer_code": customer,
                    "currency": "USD",
                    "document_date": DAY,
                    "status": status,
                    "source": source,
                    "intake_file_id": file,
                }
                for document_id, kind, number, customer, status, source, file in documents
            ],
        ),
        (
            "document_line",
            [
                {
                    "line_id": line_id,
                    "document_id": document_id,
                    "line_no": line_no,
                    "item_code": item,
                    "quantity": quantity,
                    "status": status,
                    "sheet_row": sheet_row,
                }
                for line_id, document_id, line_no, item, quantity, status, sheet_row in lines
            ],
        ),
    )


def register() -> Sequence[tuple[str, list[Row]]]:
    """Give the serials, the units of the lines and their history."""
    ours = {"origin": "GENERATED", "cost_basis": "AVERAGE", "unit_cost_minor": 10_000, "sequence_code": "S-HQ"}
    on_slip = {"line_id": 3, "run_id": 1, "open_document_id": 2, "customer_code": "C2"}
    on_order = {"line_id": 4, "run_id": 1, "open_document_id": 3}
    adopted = {"origin": "ADOPTED", "cost_basis": "UNKNOWN"}
    units = ((1, 1, 1), (1, 2, 2), (3, 1, 4), (4, 1, 5), (4, 2, 7), (6, 1, 6), (8, 1, 8))
    taken = {
        1: "GENERATED",
        2: "GENERATED",
        4: "GENERATED",
        5: "GENERATED",
        6: "GENERATED",
        7: "ATTACHED",
        8: "ADOPTED",
    }
    return (
        (
            "serial",
            [
                serial_row(1, "5001", "M-1", "CRMA", {"line_id": 1, "run_id": 1, "sequence_number": 5001, **ours}),
                serial_row(2, "5002", "M-2", "CRMA", {"line_id": 1, "run_id": 1, "sequence_number": 5002, **ours}),
                serial_row(3, "5003", None, "RELEASED", {"customer_code": "C1"}),
                serial_row(4, "5004", "M-9", "REPAIRS-IN", {**on_slip, "sequence_number": 5004, **ours}),
                serial_row(5, "5005", None, "CRMA-EX", {**on_order, "sequence_number": 5005, **ours}),
                serial_row(6, "5006", None, "CRMA", {"line_id": 6, "run_id": 2, "sequence_number": 5006, **ours}),
                serial_row(7, "4001", "M-2", "CRMA-EX", {"open_document_id": 3}),
                serial_row(8, "OLD-1", None, "CRMA", {**adopted, "line_id": 8, "run_id": 3}),
            ],
        ),
        (
            "line_unit",
            [
                *(
                    {"line_id": line_id, "unit_no": unit_no, "serial_id": serial_id, "action": taken[serial_id]}
                    for line_id, unit_no, serial_id in units
                ),
                {"line_id": 5, "unit_no": 1, "serial_no": "9999"},
            ],
        ),
        ("serial_history", _history()),
    )


def _history() -> list[Row]:
    steps = (
        (1, "GENERATED", None, "RELEASED", 1, 1, 1),
        (1, "RECEIVED", "RELEASED", "CRMA", 1, 1, 1),
        (2, "GENERATED", None, "RELEASED", 1, 1, 1),
        (2, "MFR_ASSIGNED", None, None, 1, 1, 1),
        (2, "RECEIVED", "RELEASED", "CRMA", 1, 1, 1),
        (4, "GENERATED", None, "REPAIRS-IN", 2, 3, 1),
        (5, "GENERATED", None, "CRMA-EX", 3, 4, 1),
        (7, "ATTACHED", "RELEASED", "CRMA-EX", 3, 4, 1),
        (6, "GENERATED", None, "RELEASED", 5, 6, 2),
        (6, "RECEIVED", "RELEASED", "CRMA", 5, 6, 2),
        (8, "ADOPTED", None, "RELEASED", 6, 8, 3),
        (8, "RECEIVED", "RELEASED", "CRMA", 6, 8, 3),
    )
    return [
        {
            "history_id": history_id,
            "serial_id": serial_id,
            "action": action,
            "from_area_code": left,
            "to_area_code": reached,
            "document_id": document_id,
            "line_id": line_id,
            "run_id": run_id,
            "business_date": DAY,
            "recorded_at": NOON,
        }
        for history_id, (serial_id, action, left, reached, document_id, line_id, run_id) in enumerate(steps, 1)
    ]


def serial_row(
    serial_id: int, serial_no: str, mfr_serial_no: str | None, area_code: str, more: Row = MappingProxyType({})
) -> Row:
    """Make one serial of the CPU as a run writes it, with its keys; `more` adds or replaces columns."""
    key = serial_key(serial_no)
    mfr_key = None if mfr_serial_no is None else serial_key(mfr_serial_no)
    return {
        "serial_id": serial_id,
        "serial_no": serial_no,
        "serial_key": key,
        "serial_near": near_key(key),
        "item_code": "CPU",
        "mfr_serial_no": mfr_serial_no,
        "mfr_serial_key": mfr_key,
        "mfr_serial_near": None if mfr_key is None else near_key(mfr_key),
        "area_code": area_code,
        "created_at": NOON,
        **more,
    }
