"""Show what holds of every settlement, whatever comes in and however it is cut into chunks."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batch.core.chunk import OPEN_LINE_STATUSES, Chunk, OpenDocument, Unit
from batch.core.outcome import Outcome
from batch.core.settle import settle_one_by_one as settle
from tests.core.chunks import HELD_WHOLE, TERMS, WORLD, WRITING, Doc, World, chunk, doc, item, numbers, reasons, unit

REGISTER = (
    unit("4001", mfr="M-7"),
    unit("4002", mfr="M-7", customer_code="C2"),
    unit("4003", mfr="M-3"),
    unit("4004", "CRMA", mfr="M-4"),
    unit("5003", "SOLD", of="GPU"),
    unit("13"),
)
# Twelve numbers, of which one is taken and one may be adopted; nine memos.
SCARCE = WORLD.having(numbers("S-HQ", "HQ", 9, "{seq:02}", last=20), numbers("CM-HQ", "HQ", 5, "{seq:01}"))
WORLDS = {"plenty": WORLD, "scarce": SCARCE, "unpriced": SCARCE.having(item("CPU", price=None))}

NAMES = ("#4001", "#4002", "#4003/M-3", "#4003/M-9", "#4004", "#5003", "#14", "#L-1", "#", "#/M-7", "#/M-3", "#/M-9")
HEADS = ("RETURN", "RETURN - HQ C2", "SERVICE", "SERVICE - HQ C2", "CREDIT_ORDER", "LEGACY_RETURN", "POS_INVOICE")
TERMS_OF = {"line": TERMS, "document": HELD_WHOLE, "writing": WRITING}

# Machines under load are slow, and each example settles a night.
settled = settings(deadline=None, max_examples=40)


@st.composite
def a_line(draw: st.DrawFn, *, sign: str) -> str:
    """Draw a line that may be good, may compete, or may be refused at any stage."""
    words = [
        draw(st.sampled_from(("CPU", "CPU", "CPU", "GPU", "MOUSE", "CABLE", "NONE"))),
        sign + draw(st.sampled_from(("1", "2", "3", "0", "1.5"))),
        *draw(st.lists(st.sampled_from(NAMES), max_size=2)),
        *draw(st.sampled_from(((), (), (), ("gen=0",), ("gen=1",), ("gen=2",), ("tax=-1",), ("area=SOLD",)))),
    ]
    return " ".join(words)


@st.composite
def documents(draw: st.DrawFn) -> list[Doc]:
    """Draw a night's documents; the number of each is its own, so that all may be told apart."""
    drawn = []
    for number in range(draw(st.integers(0, 6))):
        kind, *rest = draw(st.sampled_from(HEADS)).split()
        words = [kind, f"R-{number}", *rest[1:]]
        sign = draw(st.sampled_from(("-", "-", "+"))) if kind == "POS_INVOICE" else ""
        lines = draw(st.lists(a_line(sign=sign), min_size=1, max_size=3))
        drawn.append(doc(" ".join(words), *lines))
    return drawn


def next_chunk(before: Chunk, outcome: Outcome, rest: list[Doc], first_id: int) -> Chunk:
    """Let the effects of a chunk be what the next one sees, as the database would."""
    register = [outcome.changed_units.get(each.serial_id or 0, each) for each in before.register]
    register += [
        dataclasses.replace(new.unit, serial_id=len(register) + place)
        for place, new in enumerate(outcome.new_serials, 1)
    ]
    used = Counter(memo.sequence_code for memo in outcome.memos)
    places = before.places
    rows: list[Any] = [*places.locations.values(), *places.areas.values()]
    for sequence in places.sequences.values():
        code = sequence.sequence_code
        ((first, last),) = sequence.ranges
        moved = (outcome.positions.get(code, first) + used[code], last)
        rows.append(dataclasses.replace(sequence, ranges=(moved,)))
    rows += [*before.items.values(), *before.customers.values()]
    held = {
        row.document_id: OpenDocument(row.document_type, row.document_no, row.customer_code)
        for row in _rows(before)
        if row.document_type in {"SERVICE", "CREDIT_ORDER"}
    }
    return chunk(
        *rest,
        register=register,
        world=World(tuple(rows)),
        first_id=first_id,
        open_documents={**before.open_documents, **held},
    )


def told(outcomes: list[Outcome]) -> dict[str, object]:
    """Give all that settlements decided, in the names of the outside, so that two of them can be compared."""
    history = itertools.chain.from_iterable(each.history for each in outcomes)
    memos = itertools.chain.from_iterable(each.memos for each in outcomes)
    new = itertools.chain.from_iterable(each.new_serials for each in outcomes)
    return {
        "lines": {key: value for each in outcomes for key, value in each.line_statuses.items()},
        "documents": {key: value for each in outcomes for key, value in each.document_statuses.items()},
        "said": [each.refusal for outcome in outcomes for each in outcome.exceptions],
        "history": [(row.unit.serial_no, *row[1:]) for row in history],
        "new": [(row.unit.serial_no, row.unit.mfr_serial_no, *row[1:]) for row in new],
        "memos": list(memos),
        "passed over": [each for outcome in outcomes for each in outcome.passed_over],
    }


def _rows(drawn: Chunk) -> list[Any]:
    return list(drawn.documents.itertuples(index=False))


@settled
@given(documents(), st.sampled_from(sorted(WORLDS)), st.sampled_from(sorted(TERMS_OF)), st.data())
def test_the_outcome_does_not_depend_on_the_cut(night: list[Doc], world: str, terms: str, data: st.DataObject) -> None:
    whole = settle(chunk(*night, register=REGISTER, world=WORLDS[world]), TERMS_OF[terms])
    outcomes, done = [], 0
    current = chunk(*night[:0], register=REGISTER, world=WORLDS[world])
    outcome = settle(current, TERMS_OF[terms])
    while done < len(night):
        size = data.draw(st.integers(1, len(night) - done))
        current = next_chunk(current, outcome, night[done : done + size], first_id=done + 1)
        outcome = settle(current, TERMS_OF[terms])
        outcomes.append(outcome)
        done += size
    assert told(outcomes) == told([whole])


@settled
@given(documents(), st.sampled_from(sorted(WORLDS)), st.sampled_from(sorted(TERMS_OF)))
def test_no_line_vanishes(night: list[Doc], world: str, terms: str) -> None:
    outcome = settle(chunk(*night, register=REGISTER, world=WORLDS[world]), TERMS_OF[terms])
    counted = Counter(outcome.line_statuses.values())
    assert outcome.line_statuses.keys() == {
        100 * document_id + line_no
        for document_id, document in enumerate(night, 1)
        for line_no in range(1, len(document.lines) + 1)
    }
    assert outcome.lines_posted == counted["POSTED"] + counted["COMMITTED"]
    assert outcome.lines_refused == counted["REFUSED"] + counted["HELD"]
    assert outcome.lines_skipped == counted["IGNORED"]
    refused = {each.line_id for each in outcome.exceptions if each.refusal.severity == "REFUSE"}
    assert refused == {line_id for line_id, status in outcome.line_statuses.items() if status in OPEN_LINE_STATUSES}


@settled
@given(documents(), st.sampled_from(sorted(WORLDS)), st.sampled_from(sorted(TERMS_OF)))
def test_no_serial_twice_and_no_number_lost(night: list[Doc], world: str, terms: str) -> None:
    drawn = chunk(*night, register=REGISTER, world=WORLDS[world])
    outcome = settle(drawn, TERMS_OF[terms])
    keys = [each.unit.serial_key for each in outcome.new_serials] + [each.serial_key for each in drawn.register]
    assert len(keys) == len(set(keys))
    for code, position in outcome.positions.items():
        first = drawn.places.sequences[code].ranges[0][0]
        issued = [each.sequence_number for each in outcome.new_serials if each.sequence_code == code]
        passed = [number for passed_code, number in outcome.passed_over if passed_code == code]
        assert sorted([*(number or 0 for number in issued), *passed]) == list(range(first, position))


@settled
@given(documents(), st.sampled_from(sorted(WORLDS)), st.sampled_from(sorted(TERMS_OF)))
def test_every_unit_of_a_line_that_stands_has_one_serial(night: list[Doc], world: str, terms: str) -> None:
    drawn = chunk(*night, register=REGISTER, world=WORLDS[world])
    outcome = settle(drawn, TERMS_OF[terms])
    taken = Counter(row.line_id for row in outcome.units)
    generated = Counter(new.line_id for new in outcome.new_serials if new.sequence_code)
    lines: list[Any] = list(drawn.lines.itertuples(index=False))
    for line in lines:
        stands = outcome.line_statuses[line.line_id] in {"POSTED", "COMMITTED"}
        known = drawn.items.get(str(line.item_code))
        wanted = abs(line.quantity) if stands and known and known.inventory_type != "INVENTORIED" else 0
        assert taken[line.line_id] == wanted
        named = sum(1 for each in drawn.units.get(line.line_id, ()) if each.serial_no)
        # R3: never more than the units that have none, nor than was asked for.
        assert generated[line.line_id] <= max(wanted - named, 0)
        if line.generate_given:
            assert generated[line.line_id] <= line.generate_quantity
    unit_rows = Counter((row.line_id, row.unit_no) for row in outcome.units)
    assert set(unit_rows.values()) <= {1}


@settled
@given(documents(), st.sampled_from(sorted(WORLDS)))
def test_a_document_held_leaves_no_trace(night: list[Doc], world: str) -> None:
    outcome = settle(chunk(*night, register=REGISTER, world=WORLDS[world]), HELD_WHOLE)
    held = {document_id for document_id, status in outcome.document_statuses.items() if status == "HELD"}
    without = [doc(each.words) if place in held else each for place, each in enumerate(night, 1)]
    alone = told([settle(chunk(*without, register=REGISTER, world=WORLDS[world]), HELD_WHOLE)])
    both = told([outcome])
    for what in ("history", "new", "memos", "passed over"):
        assert both[what] == alone[what]


@settled
@given(documents(), st.sampled_from(sorted(WORLDS)), st.sampled_from(("line", "writing")))
def test_a_refused_line_takes_nothing(night: list[Doc], world: str, terms: str) -> None:
    outcome = settle(chunk(*night, register=REGISTER, world=WORLDS[world]), TERMS_OF[terms])
    refused = {line_id for line_id, status in outcome.line_statuses.items() if status in OPEN_LINE_STATUSES}
    assert not refused & {row.line_id for row in outcome.history}
    assert not refused & {row.line_id for row in outcome.units}
    assert not refused & {line.line_id for memo in outcome.memos for line in memo.lines}


@settled
@given(documents(), st.sampled_from(sorted(WORLDS)), st.sampled_from(sorted(TERMS_OF)))
def test_every_unit_is_where_its_last_step_put_it(night: list[Doc], world: str, terms: str) -> None:
    drawn = chunk(*night, register=REGISTER, world=WORLDS[world])
    outcome = settle(drawn, TERMS_OF[terms])
    where: dict[str, str | None] = {each.serial_no: each.area_code for each in drawn.register}
    left: dict[str, Unit] = {each.serial_no: each for each in drawn.register}
    left |= {each.serial_no: each for each in outcome.changed_units.values()}
    left |= {each.unit.serial_no: each.unit for each in outcome.new_serials}
    for row in outcome.history:
        assert where.get(row.unit.serial_no) == row.from_area_code
        where[row.unit.serial_no] = row.to_area_code
    assert where == {serial_no: each.area_code for serial_no, each in left.items()}


@pytest.mark.parametrize("terms", TERMS_OF)
def test_settling_twice_is_settling_once(terms: str) -> None:
    drawn = chunk(doc("RETURN", "CPU 2 #4001", "CPU 0"), doc("SERVICE", "CPU 1 #/M-9"), register=REGISTER)
    first, second = settle(drawn, TERMS_OF[terms]), settle(drawn, TERMS_OF[terms])
    assert told([first]) == told([second])
    assert reasons(first) == reasons(second)
