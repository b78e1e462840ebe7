"""The intake job: sheets that shops and service centres hand in."""

from batch.core.hold import Hold
from batch.job import IntakeFiles, Job

JOB = Job(
    name="intake",
    purpose="Give returned units their serials and credit their customers, from the sheets handed in.",
    cron="*/15 6-20 * * 1-6",
    source=IntakeFiles(),
    hold=Hold.LINE,
)
