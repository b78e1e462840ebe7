"""Settle plain documents in one go: nothing stands against a line, and no unit is known or named anywhere else.

Most documents of a night are like that. What judging, matching and taking would come to for them is written down at
once, as rows; a document that turns out otherwise is left to be settled the long way, with nothing taken. Both ways
draw on the same numbers and come to the same outcome.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from batch.core.chunk import Chunk, NamedUnit
from batch.core.credit import cost_of, is_kept, memo_line_of
from batch.core.frames import pd
from batch.core.judge import Judge
from batch.core.judged import JudgedLine
from batch.core.keys import near_key, serial_key
from batch.core.match import check_problem
from batch.core.numbers import Context, Issued, Numbers
from batch.core.outcome import ADOPTED, GENERATED, MFR_ASSIGNED, RECEIVED, Memo, MemoLine, Outcome
from batch.core.register import Register


class _Line(NamedTuple):
    """What is read of a plain line; the names are those of the enriched frame."""

    line_id: int
    line_no: int
    document_id: int
    document_type: str
    document_no: str
    sheet_row: int | None
    intake_file_id: int | None
    location_code: str
    customer_code: str
    currency: str
    effective_date: dt.date
    item_code: str
    inventory_type: str
    serialized: bool
    units_wanted: int
    generate_quantity: float
    sale: bool
    service: bool
    legacy: bool
    writes_memo: bool
    memo_sequence: str | None
    start_area: str
    target_area: str
    price_minor: int | None
    discount_minor: int
    tax_minor: int
    unit_cost_minor: int | None
    cost_minor: int | None


class _Planned(NamedTuple):
    """A unit of a plain line; without a name of its own (`adopt`), a number is issued for it."""

    unit_no: int
    adopt: str | None
    mfr_serial_no: str | None
    mfr_serial_key: str | None
    on_file: bool = True


# A line, its units as planned, and in their order the numbers issued for those that need one.
_Plan = tuple[_Line, Sequence[_Planned], Sequence[Issued]]


class PlainWay:
    """Settle documents of one chunk, in turn with those that take the long way."""

    def __init__(  # noqa: PLR0917 - what a chunk is settled from
        self, chunk: Chunk, lines: pd.DataFrame, register: Register, numbers: Numbers, judge: Judge, outcome: Outcome
    ) -> None:
        """Read the columns once."""
        columns = [lines[name].tolist() for name in _Line._fields]
        self._lines = list(map(_Line._make, zip(*columns, strict=True)))
        self._chunk = chunk
        self._register = register
        self._numbers = numbers
        self._judge = judge
        self._outcome = outcome
        self._named = _Named(chunk, lines["surplus_units"])
        self._without_names: dict[int, Sequence[_Planned]] = {}
        self._contexts: dict[tuple[str, str, dt.date], Context | None] = {}
        writers = {(line.memo_sequence, line.document_id) for line in self._lines if line.writes_memo}
        self._documents_of = Counter(code for code, _ in writers)
        self._memo_good: dict[tuple[str | None, str, dt.date], bool] = {}

    def settle(self, first: int, after: int) -> bool:
        """Settle the document of the lines from `first` on, up to `after`; False, with nothing taken, if not plain."""
        lines = self._lines[first:after]
        self._numbers.begin()
        plans: list[_Plan] = []
        writing: list[_Line] = []
        for line in lines:
            if line.sale:
                continue
            plan: _Plan | None = self._plan(line) if line.serialized else (line, (), ())
            if plan is None:
                self._numbers.undo()
                return False
            plans.append(plan)
            if line.writes_memo:
                writing.append(line)
        if writing and not self._has_memo_number(writing[0]):
            self._numbers.undo()
            return False
        for plan in plans:
            self._post(*plan)
        self._credit(writing)
        self._close(lines, posted=len(plans))
        return True

    def _plan(self, line: _Line) -> _Plan | None:
        """Plan each unit of a line, the named ones first; None where any of it takes a closer look."""
        named = self._chunk.units.get(line.line_id)
        if named is None:
            planned: Sequence[_Planned] = self._unnamed(line.units_wanted)
            generating = line.units_wanted
        else:
            found = self._plan_named(line, named)
            if found is None:
                return None
            planned = found
            generating = sum(plan.adopt is None for plan in planned)
        asked = line.generate_quantity
        # Blank is NaN, the one number that is not itself.
        if not (asked != asked or asked == generating):  # noqa: PLR0124
            return None
        issued = self._issue(line, generating) if generating else ()
        return None if issued is None else (line, planned, issued)

    def _unnamed(self, count: int) -> Sequence[_Planned]:
        if count not in self._without_names:
            self._without_names[count] = [_new_unit(number) for number in range(1, count + 1)]
        return self._without_names[count]

    def _plan_named(self, line: _Line, named: Sequence[NamedUnit]) -> list[_Planned] | None:
        """Plan the units that have a row of their own, and those beside them; None if any of them may be known."""
        planned = []
        for unit in named:
            mfr_key = None
            if unit.mfr_serial_no:
                mfr_key = serial_key(unit.mfr_serial_no)
                near = near_key(mfr_key)
                # What cannot be seen is no name.
                if not mfr_key or self._named.by_mfr[near] > 1 or self._register.knows_mfr_like(near):
                    return None
                item = self._chunk.items[line.item_code]
                if item.mfr_serial_check and check_problem(item, unit.mfr_serial_no):
                    return None
            if unit.serial_id is not None or not (unit.serial_no is None or self._is_adopted(line, unit.serial_no)):
                return None
            planned.append(_Planned(unit.unit_no, unit.serial_no, unit.mfr_serial_no, mfr_key))
        if len(planned) < line.units_wanted:
            used = {plan.unit_no for plan in planned}
            free = (number for number in range(1, line.units_wanted + 1) if number not in used)
            planned.extend(_new_unit(number) for number in free)
        return planned

    def _is_adopted(self, line: _Line, serial_no: str) -> bool:
        """Say whether a serial is to be kept as the unit's own: a legacy one that nothing else goes by."""
        key = serial_key(serial_no)
        alone = self._named.by_serial[near_key(key)] == 1
        return bool(key) and line.legacy and alone and key not in self._register.by_key

    def _issue(self, line: _Line, count: int) -> list[Issued] | None:
        """Issue numbers; None where there are not enough, or one of them is named somewhere."""
        key = (line.item_code, line.location_code, line.effective_date)
        context = self._contexts[key] if key in self._contexts else self._find_context(line)
        issued = self._numbers.take(context, count) if context else None
        if issued and self._named.by_serial:
            for each in issued:
                if near_key(each.serial_key) in self._named.by_serial:
                    return None
        return issued

    def _find_context(self, line: _Line) -> Context | None:
        own = self._chunk.items[line.item_code].serial_sequence_code
        sequence = self._chunk.places.serial_sequence(own, line.location_code)
        context = sequence and self._numbers.context(sequence, line.location_code, line.item_code, line.effective_date)
        found = context if context and context.problem is None else None
        self._contexts[line.item_code, line.location_code, line.effective_date] = found
        return found

    def _has_memo_number(self, line: _Line) -> bool:
        """Say whether every document of the chunk could have a memo number of this sequence."""
        key = (line.memo_sequence, line.location_code, line.effective_date)
        if key not in self._memo_good:
            good = line.memo_sequence is not None
            if line.memo_sequence is not None:
                sequence = self._chunk.places.sequences[line.memo_sequence]
                context = self._numbers.context(sequence, line.location_code, "", line.effective_date)
                enough = self._documents_of[line.memo_sequence]
                good = context.problem is None and self._numbers.room(context) >= enough
            self._memo_good[key] = good
        return self._memo_good[key]

    def _post(self, line: _Line, planned: Sequence[_Planned], issued: Sequence[Issued]) -> None:
        """Write down the serials of a line and the steps of each: into an Out area, and on to where it stays."""
        rows, numbers = self._outcome.rows, iter(issued)
        serials, history = rows.serials, rows.history
        cost, basis = cost_of(line.unit_cost_minor, line.cost_minor)
        start, document_id, line_id, on = line.start_area, line.document_id, line.line_id, line.effective_date
        area, customer, held_by = line.target_area, None, None
        if line.service:
            area, customer, held_by = start, line.customer_code, document_id
        for unit_no, adopt, mfr_serial_no, mfr_serial_key, on_file in planned:
            place = len(serials)
            if adopt is None:
                origin = GENERATED
                code, number, serial_no, key = next(numbers)
            else:
                origin, code, number, serial_no, key = ADOPTED, None, None, adopt, serial_key(adopt)
                rows.adopted += 1
                self._numbers.note(key)
            mfr_near = near_key(mfr_serial_key) if mfr_serial_key else None
            names = (serial_no, key, near_key(key), line.item_code, mfr_serial_no, mfr_serial_key, mfr_near)
            serials.append((*names, area, origin, cost, basis, customer, held_by, line_id, code, number))
            history.append((place, origin, None, start, document_id, line_id, on))
            if mfr_serial_key:
                history.append((place, MFR_ASSIGNED, start, start, document_id, line_id, on))
            if not line.service:
                history.append((place, RECEIVED, start, area, document_id, line_id, on))
            (rows.units_on_file if on_file else rows.new_units).append((line_id, unit_no, place, origin))

    def _credit(self, writing: Sequence[_Line]) -> None:
        if not writing:
            return
        first = writing[0]
        assert first.memo_sequence is not None, "a memo without a sequence"
        self._judge.count_memo(first.memo_sequence)
        self._outcome.memos.append(
            Memo(
                first.document_id,
                first.document_no,
                first.customer_code,
                first.location_code,
                first.currency,
                first.effective_date,
                first.memo_sequence,
                tuple([_credited(line) for line in writing]),
            )
        )

    def _close(self, lines: Sequence[_Line], *, posted: int) -> None:
        outcome = self._outcome
        statuses = outcome.line_statuses
        for line in lines:
            statuses[line.line_id] = "IGNORED" if line.sale else "POSTED"
        outcome.document_statuses[lines[0].document_id] = "POSTED"
        outcome.lines_posted += posted
        outcome.lines_skipped += len(lines) - posted
        if posted:
            key = (lines[0].document_type, lines[0].document_no)
            outcome.rows.judged[key] = functools.partial(_judged, lines)


class _Named:
    """How often the units of a chunk are named by what looks the same, by either name."""

    def __init__(self, chunk: Chunk, surplus: Iterable[Sequence[dict[str, str]] | None]) -> None:
        serials: list[str | None] = []
        mfr_serials: list[str | None] = []
        for units in chunk.units.values():
            serials += [unit.serial_no for unit in units]
            mfr_serials += [unit.mfr_serial_no for unit in units]
        for extras in surplus:
            serials += [extra.get("serial_no") for extra in extras or ()]
            mfr_serials += [extra.get("mfr_serial_no") for extra in extras or ()]
        self.by_serial = Counter(near_key(serial_key(name)) for name in serials if name)
        self.by_mfr = Counter(near_key(serial_key(name)) for name in mfr_serials if name)


def plain_looking(lines: pd.DataFrame, flagged: Collection[int], starts: npt.NDArray[np.intp]) -> list[bool]:
    """Say of each document, by where its lines start, whether it may be plain: no rule broken, nothing done before."""
    good = lines["judged"] & ~(lines["foreign"] | lines["committed"] | lines["order"])
    good &= (lines["surplus"] == 0) & (~lines["serialized"].astype(bool) | (lines["named"] <= lines["units_wanted"]))
    plain = (good | (lines["sale"] & ~lines["judged"])).to_numpy(dtype=bool, copy=True)
    plain[list(flagged)] = False
    return np.logical_and.reduceat(plain, starts).tolist() if len(starts) else []


def _new_unit(unit_no: int) -> _Planned:
    return _Planned(unit_no, None, None, None, on_file=False)


def _credited(line: _Line) -> MemoLine:
    assert line.price_minor is not None, "a line without a price is to be credited"
    kept = is_kept(line.inventory_type, serialized=line.serialized)
    return memo_line_of(
        line.line_id,
        line.item_code,
        line.units_wanted,
        int(line.price_minor),
        int(line.discount_minor),
        int(line.tax_minor),
        line.target_area if kept else None,
    )


def _judged(lines: Sequence[_Line]) -> list[JudgedLine]:
    return [
        JudgedLine(
            (line.document_type, line.document_no, line.line_no), line.intake_file_id, line.sheet_row, posted=True
        )
        for line in lines
        if not line.sale
    ]
