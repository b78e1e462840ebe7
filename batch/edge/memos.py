"""Number and write credit memos: without gaps, in the transaction that uses the numbers, as late as possible (R15)."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from batch.core.mask import Mask
from batch.core.outcome import Memo
from batch.edge.bulk import insert_rows, keyed, next_ids
from batch.edge.schema import CREDIT_MEMO, CREDIT_MEMO_LINE, NUMBER_SEQUENCE
from batch.edge.sequences import SequenceMovedError, record_missing

_MEMO_COLUMNS = (
    "credit_memo_id",
    "credit_memo_no",
    "document_id",
    "customer_code",
    "location_code",
    "currency",
    "memo_date",
    "net_minor",
    "tax_minor",
    "total_minor",
    "run_id",
    "created_at",
    "sequence_code",
    "sequence_number",
)
_LINE_COLUMNS = (
    "credit_memo_id",
    "line_id",
    "item_code",
    "quantity",
    "unit_price_minor",
    "discount_minor",
    "net_minor",
    "tax_minor",
    "area_code",
)


@dataclasses.dataclass(frozen=True, slots=True)
class WrittenMemo:
    """A credit memo as written; amounts in minor units of its currency."""

    credit_memo_no: str
    document_no: str
    customer_code: str
    currency: str
    total_minor: int
    units: int


def write_memos(connection: sa.Connection, memos: Sequence[Memo], run_id: int, now: dt.datetime) -> list[WrittenMemo]:
    """Give the memos of a chunk their numbers, in the order of their documents, and write them."""
    if not memos:
        return []
    numbered = _number(connection, memos, run_id, now)
    ids = next_ids(connection, CREDIT_MEMO, len(memos))
    insert_rows(
        connection,
        CREDIT_MEMO,
        _MEMO_COLUMNS,
        [
            (
                memo_id,
                number_text,
                memo.document_id,
                memo.customer_code,
                memo.location_code,
                memo.currency,
                memo.memo_date,
                memo.net_minor,
                memo.tax_minor,
                memo.net_minor + memo.tax_minor,
                run_id,
                now,
                memo.sequence_code,
                number,
            )
            for memo_id, memo, (number, number_text) in zip(ids, memos, numbered, strict=True)
        ],
    )
    _write_lines(connection, memos, ids)
    return [
        WrittenMemo(
            text,
            memo.document_no,
            memo.customer_code,
            memo.currency,
            memo.net_minor + memo.tax_minor,
            sum(line.quantity for line in memo.lines),
        )
        for memo, (_, text) in zip(memos, numbered, strict=True)
    ]


def _write_lines(connection: sa.Connection, memos: Sequence[Memo], ids: Sequence[int]) -> None:
    insert_rows(
        connection,
        CREDIT_MEMO_LINE,
        _LINE_COLUMNS,
        [
            (
                memo_id,
                line.line_id,
                line.item_code,
                line.quantity,
                line.unit_price_minor,
                line.discount_minor,
                line.net_minor,
                line.tax_minor,
                line.area_code,
            )
            for memo_id, memo in zip(ids, memos, strict=True)
            for line in memo.lines
        ],
    )


def _number(connection: sa.Connection, memos: Sequence[Memo], run_id: int, now: dt.datetime) -> list[tuple[int, str]]:
    """Take a number for each memo: (number, text), sequence by sequence in the order of their names."""
    numbered: dict[int, tuple[int, str]] = {}
    for code in sorted({memo.sequence_code for memo in memos}):
        sequence = NUMBER_SEQUENCE.c
        row = connection.execute(
            sa.select(sequence.mask, sequence.next_number, sequence.first_number)
            .where(sequence.sequence_code == code)
            .with_for_update()
        ).one()
        mask = Mask.parse(row.mask)
        mine = [position for position, memo in enumerate(memos) if memo.sequence_code == code]
        number, passed = row.next_number, []
        taken = _taken(connection, [memos[each] for each in mine], mask, number)
        for position in mine:
            render = _renderer(mask, memos[position])
            while (text := render(number)) in taken:
                passed.append((code, number))
                number += 1
            numbered[position] = (number, text)
            number += 1
        if mask.last_number is not None and number - 1 > mask.last_number:
            # The snapshot saw enough of them: somebody else took numbers since.
            raise SequenceMovedError(code)
        first = row.next_number if row.first_number is None else row.first_number
        connection.execute(
            sa.update(NUMBER_SEQUENCE)
            .where(sequence.sequence_code == code)
            .values(next_number=number, first_number=first)
        )
        record_missing(connection, passed, "TAKEN", run_id, now)
    return [numbered[position] for position in range(len(memos))]


def _taken(connection: sa.Connection, memos: Sequence[Memo], mask: Mask, first: int) -> set[str]:
    """Find which of the numbers that may be used are on a memo already: sequences overlap, or the ERP wrote."""
    taken: set[str] = set()
    ahead = len(memos)
    renders = list({(memo.location_code, memo.memo_date): _renderer(mask, memo) for memo in memos}.values())
    done = 0
    while done < ahead:
        texts = [render(number) for number in range(first + done, first + ahead) for render in renders]
        wanted = keyed(connection, "memo_number", {"credit_memo_no": (sa.Text(), texts)})
        rows = connection.execute(
            sa.select(CREDIT_MEMO.c.credit_memo_no).join(
                wanted, wanted.c.credit_memo_no == CREDIT_MEMO.c.credit_memo_no
            )
        )
        found = set(rows.scalars())
        done, ahead = ahead, ahead + 2 * len(found)
        taken |= found
    return taken


def _renderer(mask: Mask, memo: Memo) -> Callable[[int], str]:
    return mask.renderer(location=memo.location_code, item="", on=memo.memo_date)
