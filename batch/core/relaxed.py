"""Say in one place what is not asked of a legacy return, which other systems have settled long ago (R24)."""

from __future__ import annotations

from typing import Final

# Code of the rule that does not count, and in which words the report tells it; `rules.py` asks no line of a backfill
# for the first ones, and for the last ones only where a credit memo is written.
NEVER_ASKED: Final = (
    ("ITEM_INACTIVE", "items may be inactive"),
    ("CUSTOMER_INACTIVE", "customers may be inactive"),
)
NOT_ASKED_WITHOUT_MEMO: Final = (
    ("PERIOD_CLOSED", "dates may lie in closed periods"),
    ("PRICE_UNKNOWN", "prices may be missing"),
    ("SEQUENCE_MISSING", "locations may have no sequence for credit memos"),
)


def relaxed_text(*, credit_memos: bool) -> str:
    """Tell what a backfill does not ask, for its report."""
    told = NEVER_ASKED if credit_memos else NEVER_ASKED + NOT_ASKED_WITHOUT_MEMO
    memos = "written" if credit_memos else "none"
    return f"Relaxed for legacy returns (credit memos: {memos}): {', '.join(words for _, words in told)}."
