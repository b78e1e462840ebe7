"""Show each exception code as a user sees it: the sample files are run through the product, and its words are taken."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import sqlalchemy as sa

from batch.config import Settings
from batch.core.codes import CATALOGUE
from batch.edge.database import create_or_upgrade, open_database, read_only, transaction
from batch.edge.quarantine import quarantine
from batch.edge.reference import load_reference
from batch.edge.schema import DOCUMENT, EXCEPTION
from batch.edge.sheets import ReadLimits
from batch.job import Job
from batch.runner import run_job
from jobs.intake import JOB as INTAKE
from jobs.pos import JOB as POS
from sample_data.shop import INTAKE_DATE, NIGHT_DATE
from sample_data.sql import send

SAMPLES = Path(__file__).resolve().parent
NOW = dt.datetime(2026, 3, 31, 20, 0, tzinfo=dt.UTC)
TRACE_ID = "5f0c2a9e41d7"


# What no till of the sample does: mark a line as posted, as only a run may; attach one unit and name another.
_BY_ANOTHER_TILL = (
    """
    INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
    VALUES ('POS_CREDIT', 'T-0998', 'CITY', 'C1001', :day), ('POS_CREDIT', 'T-0999', 'CITY', 'C1001', :day)
    """,
    """
    INSERT INTO document_line (document_id, line_no, item_code, quantity, status)
    SELECT document_id, 1, 'CPU-6C', 1, CASE document_no WHEN 'T-0999' THEN 'POSTED' ELSE 'PENDING' END
    FROM document WHERE document_no IN ('T-0998', 'T-0999')
    """,
    """
    INSERT INTO line_unit (line_id, unit_no, serial_no, serial_id)
    SELECT line_id, 1, 'LC009999', (SELECT MIN(serial_id) FROM serial WHERE item_code = 'CPU-6C')
    FROM document_line JOIN document USING (document_id) WHERE document_no = 'T-0998'
    """,
)


def messages() -> dict[str, str]:
    """Give for every code the first message that the sample files bring it to."""
    with tempfile.TemporaryDirectory(prefix="serialback-messages-") as folder:
        url = f"sqlite:///{folder}/messages.db"
        engine = open_database(url)
        try:
            create_or_upgrade(engine)
            _settle(engine, url)
            _fail_a_document(engine)
            with read_only(engine) as connection:
                latest_first = sa.select(EXCEPTION.c.code, EXCEPTION.c.message).order_by(
                    EXCEPTION.c.exception_id.desc()
                )
                found = dict(connection.execute(latest_first).all())
        finally:
            engine.dispose()
    silent = set(CATALOGUE) - set(found)
    assert not silent, f"no sample file raises {', '.join(sorted(silent))}"
    return found


def _settle(engine: sa.Engine, url: str) -> None:
    """Go through the day and the night of the demo."""
    settings = Settings()
    limits = ReadLimits(**settings.limits.for_reading())
    load_reference(engine, [SAMPLES / "reference.xlsx"], currency=settings.currency, limits=limits)

    def run(job: Job, on: dt.date, *files: str) -> None:
        paths = [SAMPLES / name for name in files]
        run_job(job, engine, settings, paths, business_date=on, dry_run=False, clock=lambda: NOW)

    send(SAMPLES / "erp.sql", url)
    run(INTAKE, INTAKE_DATE, "intake_good.xlsx")
    run(INTAKE, INTAKE_DATE, "intake_problems.xlsx")
    send(SAMPLES / "pos_night.sql", url)
    with transaction(engine) as connection:
        for statement in _BY_ANOTHER_TILL:
            connection.execute(sa.text(statement), {"day": NIGHT_DATE.isoformat()} if ":day" in statement else {})
    run(POS, NIGHT_DATE)


def _fail_a_document(engine: sa.Engine) -> None:
    """Set aside a document as a run does on which the program itself has failed."""
    with transaction(engine) as connection:
        waiting = sa.select(sa.func.min(DOCUMENT.c.document_id)).where(DOCUMENT.c.status == "HELD")
        run_id = connection.scalars(sa.text("SELECT MAX(run_id) FROM run")).one()
        quarantine(connection, connection.scalars(waiting).one(), TRACE_ID, run_id, NOW)
