"""Show that what cron would refuse is refused before it stands in a crontab."""

from __future__ import annotations

import pytest

from batch.core.cron import cron_flaw


@pytest.mark.parametrize(
    "text",
    [
        "*/15 6-20 * * 1-6",
        "0 0 1 1 0",
        "59 23 31 12 7",
        "0,30 6-20/2 * jan-mar mon,WED,fri",
        "5/10 0~5 * * sun-sat",
        "@daily",
        "@Reboot",
        "  22  1 * * * ",
    ],
)
def test_what_cron_understands(text: str) -> None:
    assert cron_flaw(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("60 3 * * *", "60 is no minute: that is 0 to 59, a range such as 0-59, or *", id="minute"),
        pytest.param("0 24 * * *", "24 is no hour", id="hour"),
        pytest.param("0 3 0 * *", "0 is no day of the month: that is 1 to 31", id="day of the month"),
        pytest.param("0 3 * 13 *", "13 is no month: that is 1 to 12", id="month"),
        pytest.param("0 3 * * 8", "8 is no day of the week: that is 0 to 7", id="day of the week"),
        pytest.param("0 20-6 * * *", "20-6 is no hour", id="backwards"),
        pytest.param("0 3 * * fri-mon", "fri-mon is no day of the week", id="over the week's end"),
        pytest.param("*/0 3 * * *", "*/0 is no minute", id="no step"),
        pytest.param("*/ 3 * * *", "*/ is no minute", id="half a step"),
        pytest.param("1,,2 3 * * *", "1,,2 is no minute", id="an empty part"),
        pytest.param("-5 3 * * *", "-5 is no minute", id="below"),
        pytest.param("² 3 * * *", "² is no minute", id="no digit of cron's"),
        pytest.param("0 3 * * mo", "mo is no day of the week", id="no name"),
        pytest.param("@nightly", "cron knows no @nightly, but @reboot, ", id="nickname"),
        pytest.param("0 3 * *", "a cron line has five fields, such as */15 6-20 * * 1-6", id="four fields"),
        pytest.param("", "a cron line has five fields", id="nothing"),
    ],
)
def test_what_cron_does_not_understand(text: str, said: str) -> None:
    flaw = cron_flaw(text)
    assert flaw is not None
    assert flaw.startswith(said)
