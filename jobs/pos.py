"""The POS job: documents that tills write into the tables, and credit orders whose goods have come."""

from batch.core.hold import Hold
from batch.job import Job, PosDocuments

JOB = Job(
    name="pos",
    purpose="Settle pending POS documents, whole or not at all, and receive credit orders.",
    cron="30 21 * * *",
    source=PosDocuments(),
    hold=Hold.DOCUMENT,
)
