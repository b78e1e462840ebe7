"""Hold the memos, exceptions and passed-over numbers of the small world that `tests/edge/books.py` writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tests.edge.books_rows import DAY, NOON, Row


def results() -> Sequence[tuple[str, list[Row]]]:
    """Give the memos, the exceptions and the numbers that are on no serial."""
    memo = {"location_code": "HQ", "currency": "USD", "memo_date": DAY, "sequence_code": "M-HQ"}
    return (
        (
            "credit_memo",
            [
                {
                    "credit_memo_id": number,
                    "credit_memo_no": f"CM-HQ-0000{number}",
                    "document_id": document_id,
                    "customer_code": customer,
                    "net_minor": net,
                    "tax_minor": tax,
                    "total_minor": net + tax,
                    "run_id": run_id,
                    "sequence_number": number,
                    **memo,
                }
                for number, document_id, customer, net, tax, run_id in (
                    (1, 1, "C1", 32_000, 3_200, 1),
                    (2, 5, "C2", 15_000, 1_500, 2),
                )
            ],
        ),
        (
            "credit_memo_line",
            [
                {
                    "credit_memo_id": memo_id,
                    "line_id": line_id,
                    "item_code": item,
                    "quantity": quantity,
                    "unit_price_minor": price,
                    "discount_minor": 0,
                    "net_minor": quantity * price,
                    "tax_minor": tax,
                    "area_code": "CRMA",
                }
                for memo_id, line_id, item, quantity, price, tax in (
                    (1, 1, "CPU", 2, 15_000, 3_000),
                    (1, 2, "CABLE", 4, 500, 200),
                    (2, 6, "CPU", 1, 15_000, 1_500),
                )
            ],
        ),
        ("exception", _exceptions()),
        (
            "missing_number",
            [
                {"sequence_code": "S-HQ", "first_number": 5003, "last_number": 5003, "reason": "TAKEN", "run_id": 1},
                {"sequence_code": "S-HQ", "first_number": 5010, "last_number": 5010, "reason": "BURNT", "run_id": 2},
            ],
        ),
        (
            "number_block",
            [{"sequence_code": "S-HQ", "first_number": 5006, "last_number": 5009, "next_number": 5007, "run_id": 2}],
        ),
    )


def _exceptions() -> list[Row]:
    refused = {"document_type": "RETURN", "document_no": "R-2", "line_no": 1, "unit_no": 1, "sheet_row": 6}
    return [
        {
            "exception_id": 1,
            "run_id": 1,
            "last_run_id": 2,
            "code": "SERIAL_UNKNOWN",
            "severity": "REFUSE",
            "document_id": 4,
            "line_id": 5,
            "intake_file_id": 1,
            "message": "Serial 9999 is not in the register.",
            "evidence": {"serial_no": "9999", "near": ["4001"]},
            "created_at": NOON,
            **refused,
        },
        {
            "exception_id": 2,
            "run_id": 1,
            "last_run_id": 1,
            "code": "NOT_SOLD_TO_CUSTOMER",
            "severity": "WARN",
            "document_type": "CREDIT_ORDER",
            "document_no": "O-1",
            "line_no": 1,
            "unit_no": 2,
            "document_id": 3,
            "line_id": 4,
            "message": "The unit was sold to somebody else.",
            "status": "RESOLVED",
            "resolved_run_id": 1,
            "resolved_at": NOON + dt.timedelta(days=2),
            "created_at": NOON,
        },
        {
            "exception_id": 3,
            "run_id": 2,
            "last_run_id": 2,
            "code": "MFR_SERIAL_AMBIGUOUS",
            "severity": "REFUSE",
            "document_type": "RETURN",
            "document_no": "R-3",
            "message": "Manufacturer's serial M-2 is on several units: 50021, 4001.",
            "created_at": NOON + dt.timedelta(days=10),
        },
    ]
