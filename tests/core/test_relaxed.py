"""Show that the report of a backfill says which rules it relaxes."""

from __future__ import annotations

from batch.core.relaxed import relaxed_text


def test_a_backfill_without_memos_relaxes_closed_periods_too() -> None:
    assert relaxed_text(credit_memos=False) != relaxed_text(credit_memos=True)
    assert relaxed_text(credit_memos=False).strip()
