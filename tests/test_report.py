"""Show that a run's report adds up and is plain JSON."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from batch.report import DONE, FIGURES, NO_PROGRESS, CodeCount, FileOutcome, MemoLine, RunReport

STARTED = dt.datetime(2026, 3, 31, 22, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))


def report(read: int = 0, posted: int = 0, refused: int = 0, skipped: int = 0) -> RunReport:
    """Make the report of a run that took a second and a half."""
    return RunReport(
        run_id=7,
        job="intake",
        status=DONE,
        dry_run=False,
        business_date=dt.date(2026, 3, 31),
        started_at=STARTED,
        finished_at=STARTED + dt.timedelta(seconds=1.5),
        memos=(MemoLine("CM-1", "R-1", "C1", "USD", 45000, 3),),
        totals_by_currency={"USD": 45000},
        exceptions_by_code=(CodeCount("SERIAL_UNKNOWN", "REFUSE", 1, "No 9999.", "Look again."),),
        files=(FileOutcome("r.xlsx", "LANDED", 4),),
        lines_read=read,
        lines_posted=posted,
        lines_refused=refused,
        lines_skipped=skipped,
    )


def test_the_report_is_json() -> None:
    told = json.loads(json.dumps(report(4, 3, 1).to_json()))
    assert (told["run_id"], told["business_date"], told["started_at"]) == (7, "2026-03-31", "2026-03-31T20:00:00.000Z")
    assert (told["seconds"], told["lines_read"], told["lines_posted"], told["exit_status"]) == (1.5, 4, 3, 0)
    assert told["memos"][0] == {
        "credit_memo_no": "CM-1",
        "document_no": "R-1",
        "customer_code": "C1",
        "currency": "USD",
        "total_minor": 45000,
        "units": 3,
    }
    assert told["totals_by_currency"] == {"USD": 45000}
    assert told["exceptions_by_code"][0]["code"] == "SERIAL_UNKNOWN"
    assert told["files"] == [{"name": "r.xlsx", "outcome": "LANDED", "rows": 4, "detail": "", "not_read": ""}]
    assert set(FIGURES) <= set(told)


@pytest.mark.parametrize(
    ("read", "posted", "refused", "skipped", "adds_up"),
    [
        pytest.param(0, 0, 0, 0, True, id="nothing"),
        pytest.param(6, 3, 2, 1, True, id="each its own"),
        pytest.param(6, 3, 2, 0, False, id="one lost"),
        pytest.param(6, 3, 3, 1, False, id="one counted twice"),
    ],
)
def test_a_report_that_does_not_add_up_is_none(
    read: int, posted: int, refused: int, skipped: int, adds_up: bool
) -> None:
    if adds_up:
        assert report(read, posted, refused, skipped).lines_read == read
    else:
        with pytest.raises(AssertionError, match=f"{read} lines read"):
            report(read, posted, refused, skipped)


def test_no_progress_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    NO_PROGRESS.start("reading", 10)
    NO_PROGRESS.advance(10)
    NO_PROGRESS.finish()
    assert capfd.readouterr() == ("", "")
