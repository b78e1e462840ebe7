"""The backfill job: years of legacy returns, from the exports of another system."""

from batch.core.hold import Hold
from batch.job import Job, LegacyFiles

JOB = Job(
    name="backfill",
    purpose="Bring legacy returns into the register with their own dates and serials, from exports of another system.",
    cron="",
    source=LegacyFiles(),
    hold=Hold.LINE,
)
