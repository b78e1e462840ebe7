"""Number and write credit memos: without gaps, in the transaction that uses the numbers, as late as possible (R15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from batch.core.mask import Mask
from batch.core.outcome import Memo, MemoLine
from batch.edge.bulk import Same, insert_columns, keyed, next_ids
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
    "sequence_code",
    "sequence_number",
)


def write_memos(connection: sa.Connection, memos: Sequence[Memo], run_id: int, now: dt.datetime) -> int:
    """Give the memos of a chunk their numbers, in the order of their documents, and write them; how many."""
    if not memos:
        return 0
    numbered = _number(connection, memos, run_id, now)
    ids = next_ids(connection, CREDIT_MEMO, len(memos))
    rows = []
    for memo_id, memo, (number, number_text) in zip(ids, memos, numbered, strict=True):
        net, tax = memo.net_minor, memo.tax_minor
        rows.append(
            (
                memo_id,
                number_text,
                memo.document_id,
                memo.customer_code,
                memo.location_code,
                memo.currency,
                memo.memo_date,
                net,
                tax,
                net + tax,
                memo.sequence_code,
                number,
            )
        )
    columns = dict(zip(_MEMO_COLUMNS, zip(*rows, strict=True), strict=True))
    insert_columns(connection, CREDIT_MEMO, {**columns, "run_id": Same(run_id), "created_at": Same(now)})
    _write_lines(connection, memos, ids)
    return len(memos)


def _write_lines(connection: sa.Connection, memos: Sequence[Memo], ids: Sequence[int]) -> None:
    rows = [(memo_id, *line) for memo_id, memo in zip(ids, memos, strict=True) for line in memo.lines]
    insert_columns(
        connection,
        CREDIT_MEMO_LINE,
        dict(zip(("credit_memo_id", *MemoLine._fields), zip(*rows, strict=True), strict=True)),
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
        renders = _Renderers(mask)
        taken = _taken(connection, [memos[each] for each in mine], renders, number)
        for position in mine:
            render = renders.of(memos[position])
            while (text := render(number)) in taken:
                passed.append((code, number))
                number += 1
            numbered[position] = (number, text)
            number += 1
        if number - 1 > mask.last_number:
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


def _taken(connection: sa.Connection, memos: Sequence[Memo], renders: _Renderers, first: int) -> set[str]:
    """Find which of the numbers that may be used are on a memo already: sequences overlap, or the ERP wrote."""
    taken: set[str] = set()
    ahead = len(memos)
    different = {id(render): render for render in map(renders.of, memos)}.values()
    done = 0
    while done < ahead:
        texts = [render(number) for number in range(first + done, first + ahead) for render in different]
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


class _Renderers:
    """How a mask writes a number, found once a location and date."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._found: dict[tuple[str, dt.date], Callable[[int], str]] = {}

    def of(self, memo: Memo) -> Callable[[int], str]:
        """Give the way of this memo's location and date."""
        key = (memo.location_code, memo.memo_date)
        if key not in self._found:
            self._found[key] = self._mask.renderer(location=memo.location_code, item="", on=memo.memo_date)
        return self._found[key]
