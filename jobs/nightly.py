"""The nightly job: all that the day has brought, one thing after another, unattended."""

from batch.core.hold import Hold
from batch.job import Job, Night

JOB = Job(
    name="nightly",
    purpose="Finish what was interrupted, take in the inbox, settle all that is open, and write the reports.",
    cron="15 22 * * *",
    source=Night(jobs=("intake", "pos")),
    hold=Hold.DOCUMENT,
)
