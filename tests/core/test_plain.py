"""Hold the short way of plain documents to the outcome of the long one, and show which documents take it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batch.core.chunk import Chunk
from batch.core.settle import settle, settle_one_by_one
from tests.core.chunks import TERMS, WORLD, Doc, Row, chunk, doc, item, numbers
from tests.core.nights import REGISTER, TERMS_OF, WORLDS, nights, told


@settings(deadline=None, max_examples=50)
@given(
    nights(),
    st.sampled_from(sorted(WORLDS)),
    st.sampled_from(sorted(TERMS_OF)),
    st.sets(st.sampled_from(("5001", "5002", "5004", "10", "12"))),
)
def test_both_ways_come_to_the_same(night: list[Doc], world: str, terms: str, taken: set[str]) -> None:
    drawn = chunk(*night, register=REGISTER, world=WORLDS[world])
    assert told(settle(drawn, TERMS_OF[terms], taken)) == told(settle_one_by_one(drawn, TERMS_OF[terms], taken))


PLAIN, LONG = True, False
WAYS = (
    ("a unit to be generated", (doc("RETURN", "CPU 1"),), PLAIN),
    ("several units", (doc("RETURN", "CPU 3", "GPU 2 gen=2"),), PLAIN),
    ("a maker's serial of its own", (doc("RETURN", "CPU 2 #/X-1"),), PLAIN),
    ("a unit without a name", (doc("RETURN", "CPU 2 #"),), PLAIN),
    ("a service slip", (doc("SERVICE", "CPU 1 #/X-1"),), PLAIN),
    ("a sale beside a return", (doc("POS_INVOICE", "CPU +2", "CPU -1"),), PLAIN),
    ("goods without serials", (doc("RETURN", "CABLE 4", "WORK 1"),), PLAIN),
    ("a legacy serial", (doc("LEGACY_RETURN", "CPU 2 #L-1/X-1"),), PLAIN),
    ("fewer numbers than units", (doc("RETURN", "CPU 2 gen=1"),), LONG),
    ("a serial that is named", (doc("RETURN", "CPU 1 #4001"),), LONG),
    ("a maker's serial on file", (doc("RETURN", "CPU 1 #/M-7"),), LONG),
    ("one that looks like one on file", (doc("RETURN", "CPU 1 #/M7"),), LONG),
    ("one named twice", (doc("RETURN", "CPU 1 #/X-1", "CPU 1 #/X1"),), LONG),
    ("one beyond the quantity", (doc("RETURN", "CPU 1 #/X-1"), doc("RETURN", "CPU 1 #/X-2 #/X-1")), LONG),
    ("a maker's serial that cannot be seen", (doc("RETURN", "CPU 1 #/\u200b"),), LONG),
    ("a legacy serial that cannot be seen", (doc("LEGACY_RETURN", "CPU 1 #\u200b"),), LONG),
    ("a serial attached at the till", (doc("POS_CREDIT", "CPU 1 @4001"),), LONG),
    ("a legacy serial on file", (doc("LEGACY_RETURN", "CPU 1 #4001"),), LONG),
    ("a legacy serial named twice", (doc("LEGACY_RETURN", "CPU 1 #L-1"), doc("LEGACY_RETURN", "CPU 1 #L1")), LONG),
    ("a number that is named elsewhere", (doc("RETURN", "CPU 1"), doc("RETURN", "CPU 1 #5001")), LONG),
    ("a line refused by a rule", (doc("RETURN", "CPU 1", "CPU 1 tax=-1"),), LONG),
    ("a warning", (doc("RETURN", "MOUSE 1"),), LONG),
    ("a credit order", (doc("CREDIT_ORDER", "CPU 1"),), LONG),
    ("a line done before", (doc("RETURN", "CPU 1 @4001 status=POSTED", "CPU 1"),), LONG),
)


@pytest.mark.parametrize(("documents", "expected"), [pytest.param(*way[1:], id=way[0]) for way in WAYS])
def test_which_documents_are_plain(documents: tuple[Doc, ...], expected: bool) -> None:
    drawn = chunk(*documents, register=REGISTER)
    assert (first_key(drawn) in settle(drawn, TERMS).rows.judged) is expected
    assert told(settle(drawn, TERMS)) == told(settle_one_by_one(drawn, TERMS))


LUHN = item("CPU", mfr_serial_check="luhn")
IN_WORLDS = (
    ("a maker's serial that passes", (LUHN,), "CPU 1 #/79927398713", PLAIN),
    ("a maker's serial that fails", (LUHN,), "CPU 1 #/79927398710", LONG),
    ("the last numbers", (numbers("S-HQ", "HQ", 8, last=9),), "CPU 2", PLAIN),
    ("a number too few", (numbers("S-HQ", "HQ", 8, last=9),), "CPU 3", LONG),
    ("a spoiled mask", (numbers("S-HQ", "HQ", 8, "{seq"),), "CPU 1", LONG),
    ("a spoiled mask for memos", (numbers("CM-HQ", "HQ", 8, "{seq"),), "CPU 1", LONG),
    ("the last memo", (numbers("CM-HQ", "HQ", 9, last=9),), "CPU 1", PLAIN),
    ("no memo left", (numbers("CM-HQ", "HQ", 10, last=9),), "CPU 1", LONG),
)


@pytest.mark.parametrize(("rows", "line", "expected"), [pytest.param(*way[1:], id=way[0]) for way in IN_WORLDS])
def test_what_the_world_makes_plain(rows: tuple[Row, ...], line: str, expected: bool) -> None:
    drawn = chunk(doc("RETURN", line), world=WORLD.having(*rows))
    assert (first_key(drawn) in settle(drawn, TERMS).rows.judged) is expected
    assert told(settle(drawn, TERMS)) == told(settle_one_by_one(drawn, TERMS))


@pytest.mark.parametrize("missing", ["S-HQ", "CM-HQ"])
def test_without_a_sequence_nothing_is_plain(missing: str) -> None:
    drawn = chunk(doc("RETURN", "CPU 1"), world=WORLD.without(missing, missing.replace("HQ", "MAIN")))
    assert settle(drawn, TERMS).rows.judged == {}


def test_a_document_left_to_the_long_way_has_taken_nothing() -> None:
    drawn = chunk(doc("RETURN", "CPU 2", "CPU 1 #/M-7"), doc("RETURN", "CPU 1"), register=REGISTER[:2])
    outcome = settle(drawn, TERMS)
    assert (sorted(outcome.new_keys()), outcome.positions) == (["5001", "5002", "5003"], {"S-HQ": 5004})


def first_key(drawn: Chunk) -> tuple[str, str]:
    """Name the first document."""
    first = drawn.documents.iloc[0]
    return first["document_type"], first["document_no"]
