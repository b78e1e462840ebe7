"""Declare that every number a sequence issued is accounted for exactly once.

A sequence owes an account from `first_number`, where its first run found it, up to `next_number`. Numbers in use are
laid out as ranges in order; where a range starts past what was reached, numbers are lost, and where it starts before,
they are accounted for twice.
"""

from __future__ import annotations

from batch.edge.verify_facts import Invariant

_SERIAL_NUMBERS = """
    SELECT sequence_code, sequence_number AS first_number, sequence_number AS last_number
    FROM serial WHERE sequence_code IS NOT NULL AND sequence_number IS NOT NULL
    UNION ALL
    SELECT m.sequence_code, m.first_number, m.last_number
    FROM missing_number m
    LEFT JOIN number_sequence s ON s.sequence_code = m.sequence_code
    WHERE s.sequence_code IS NULL OR s.kind = 'SERIAL'
    UNION ALL
    SELECT sequence_code, next_number, last_number FROM number_block WHERE next_number <= last_number
"""

# A burnt memo number is on record, but it is the very gap that the law forbids: it does not count.
_MEMO_NUMBERS = """
    SELECT sequence_code, sequence_number AS first_number, sequence_number AS last_number
    FROM credit_memo WHERE sequence_code IS NOT NULL AND sequence_number IS NOT NULL
    UNION ALL
    SELECT m.sequence_code, m.first_number, m.last_number
    FROM missing_number m
    JOIN number_sequence s ON s.sequence_code = m.sequence_code AND s.kind = 'CREDIT_MEMO'
    WHERE m.reason = 'TAKEN'
"""

_FAULT_WORDS = "sequence {sequence_code}: {first_fault} to {last_fault} {fault}"


def _faults(kind: str, numbers: str) -> str:
    return f"""
        WITH in_use AS ({numbers}
        ), fenced AS (
            SELECT sequence_code, first_number, last_number, 0 AS fence FROM in_use
            UNION ALL
            SELECT sequence_code, next_number, next_number, 1
            FROM number_sequence WHERE kind = '{kind}' AND first_number IS NOT NULL
        ), laid_out AS (
            SELECT sequence_code, first_number, last_number, fence,
                   MAX(last_number) OVER (
                       PARTITION BY sequence_code ORDER BY first_number, last_number
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                   ) AS reached
            FROM fenced
        ), owed AS (
            SELECT l.*, s.next_number,
                   s.first_number AS owed_from,
                   CASE WHEN l.reached >= s.first_number THEN l.reached + 1 ELSE s.first_number END AS expected
            FROM laid_out l
            LEFT JOIN number_sequence s ON s.sequence_code = l.sequence_code AND s.kind = '{kind}'
        ), judged AS (
            SELECT owed.*, first_number > expected AND first_number <= next_number AS lost,
                   first_number <= reached AND first_number < next_number AS doubled,
                   fence = 0
                   AND (owed_from IS NULL OR first_number < owed_from OR last_number >= next_number) AS strange
            FROM owed
        ), faulty AS (
            SELECT * FROM judged WHERE lost OR doubled OR strange
        )
        SELECT sequence_code, expected AS first_fault, first_number - 1 AS last_fault, 'unaccounted for' AS fault
        FROM faulty WHERE lost
        UNION ALL
        SELECT sequence_code, first_number, CASE WHEN last_number < reached THEN last_number ELSE reached END,
               'accounted for more than once'
        FROM faulty WHERE doubled
        UNION ALL
        SELECT sequence_code, first_number, last_number, 'in use, but the sequence never issued them'
        FROM faulty WHERE strange
    """


NUMBER_INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        name="serial_numbers_are_accounted_for",
        meaning="Every number a serial sequence issued is on one serial, in missing numbers, or free in a block.",
        sql=_faults("SERIAL", _SERIAL_NUMBERS),
        wording=_FAULT_WORDS,
        order="sequence_code, first_fault, fault",
    ),
    Invariant(
        name="memo_numbers_have_no_gap",
        meaning="Every number a credit memo sequence issued is on a credit memo.",
        sql=_faults("CREDIT_MEMO", _MEMO_NUMBERS),
        wording=_FAULT_WORDS,
        order="sequence_code, first_fault, fault",
    ),
    Invariant(
        name="memos_bear_a_number_of_a_sequence",
        meaning="Every credit memo says which number of which sequence it bears.",
        sql="SELECT credit_memo_no FROM credit_memo WHERE sequence_code IS NULL OR sequence_number IS NULL",
        wording="credit memo {credit_memo_no}",
        order="credit_memo_no",
    ),
    Invariant(
        name="generated_serials_bear_a_number_of_a_sequence",
        meaning="Every generated serial says which number of which sequence it bears.",
        sql="""
            SELECT serial_no FROM serial
            WHERE origin = 'GENERATED' AND (sequence_code IS NULL OR sequence_number IS NULL)
        """,
        wording="serial {serial_no}",
        order="serial_no",
    ),
)
