"""Let many writers draw from one sequence, some of them giving up at the last moment: each number once, none lost."""

from __future__ import annotations

import concurrent.futures
import contextlib
import random

import pytest
import sqlalchemy as sa

from batch.core.chunk import Terms
from batch.core.hold import Hold
from batch.edge import ledger
from batch.edge.database import open_database, transaction
from batch.edge.sequences import SequenceMovedError
from batch.edge.settlement import settle_chunk
from batch.errors import BusyError
from tests.faults.night import DAY, Night
from tests.jobs.world import NOW

WRITERS = 6
DOCUMENTS = 36
TERMS = Terms(DAY, Hold.DOCUMENT, "USD")


class GivenUpError(Exception):
    """Abort a transaction when all of it is written."""


def settle_one(url: str, document_id: int, run_id: int, worker: int | None, chance: random.Random) -> int:
    """Settle a document in a transaction of its own until it is committed; say how often it was given up."""
    engine = open_database(url)
    given_up = 0
    try:
        while True:
            with contextlib.suppress(GivenUpError, SequenceMovedError, BusyError):
                with transaction(engine) as connection:
                    settle_chunk(connection, [document_id], TERMS, run_id, NOW, worker=worker)
                    if chance.random() < 0.3:
                        given_up += 1
                        raise GivenUpError
                return given_up
    finally:
        engine.dispose()


def write_documents(night: Night) -> list[int]:
    """Write documents of two units each, as a till does."""
    for number in range(DOCUMENTS):
        night.execute(
            "INSERT INTO document (document_type, document_no, location_code, customer_code, document_date) "
            f"VALUES ('POS_CREDIT', 'P-{number}', 'HQ', 'C1', '2026-03-29')"
        )
        night.execute(
            "INSERT INTO document_line (document_id, line_no, item_code, quantity) "
            "SELECT MAX(document_id), 1, 'CPU', 2 FROM document"
        )
    with night.database.engine.begin() as connection:
        return list(connection.execute(sa.text("SELECT document_id FROM document ORDER BY document_id")).scalars())


@pytest.mark.parametrize("allocation", ["GAPLESS", "BLOCK"])
def test_every_number_is_used_once(night: Night, allocation: str) -> None:
    night.execute(f"UPDATE number_sequence SET allocation = '{allocation}' WHERE kind = 'SERIAL'")
    documents = write_documents(night)
    opening = ledger.Opening("pos", DAY, NOW, {})
    with transaction(night.database.engine) as connection:
        run_id = ledger.begin_run(connection, opening)
        ledger.fill_keys(connection)
    several = night.database.dialect == "postgresql"

    def settle_all(worker: int) -> int:
        chance = random.Random(worker)
        mine = documents[worker::WRITERS]
        return sum(settle_one(night.database.url, each, run_id, worker if several else None, chance) for each in mine)

    with concurrent.futures.ThreadPoolExecutor(WRITERS) as writers:
        given_up = list(writers.map(settle_all, range(WRITERS)))
    assert sum(given_up) > 5
    with transaction(night.database.engine) as connection:
        ledger.burn_blocks(connection, NOW)
        ledger.end_run(connection, run_id, "DONE", NOW, DOCUMENTS)
        drawn = sorted(
            connection.execute(sa.text("SELECT sequence_number FROM serial WHERE origin = 'GENERATED'")).scalars()
        )
        memos = sorted(connection.execute(sa.text("SELECT sequence_number FROM credit_memo")).scalars())
    assert memos == list(range(1, DOCUMENTS + 1))
    assert len(set(drawn)) == 2 * DOCUMENTS
    if allocation == "GAPLESS" or not several:
        # 5004 was on the register.
        assert drawn == [number for number in range(5001, 5002 + 2 * DOCUMENTS) if number != 5004]
