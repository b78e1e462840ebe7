"""Draw nights of documents that compete for units, and tell what a settlement decided on them."""

from __future__ import annotations

from hypothesis import strategies as st

from batch.core.outcome import Outcome
from tests.core.chunks import HELD_WHOLE, TERMS, WORLD, WRITING, Doc, doc, item, numbers, unit

REGISTER = (
    unit("4001", mfr="M-7"),
    unit("4002", mfr="M-7", customer_code="C2"),
    unit("4004", "CRMA", mfr="M-4"),
    unit("5003", "SOLD", of="GPU"),
    unit("13"),
)
SCARCE = WORLD.having(numbers("S-HQ", "HQ", 9, "{seq:02}", last=24), numbers("CM-HQ", "HQ", 5, "{seq:01}"))
CHECKED = WORLD.having(item("GPU", mfr_serial_check="luhn"), item("MOUSE", serial_sequence_code="S-MAIN"))
SPOILED = WORLD.having(numbers("S-HQ", "HQ", 1, "{seq"), numbers("CM-MAIN", "MAIN", 1, "{seq"))
WORLDS = {"plenty": WORLD, "scarce": SCARCE, "checked": CHECKED, "spoiled": SPOILED, "none": WORLD.without("S-HQ")}
TERMS_OF = {"line": TERMS, "document": HELD_WHOLE, "writing": WRITING}
HEADS = (
    "RETURN",
    "RETURN",
    "RETURN - HQ C2",
    "SERVICE",
    "CREDIT_ORDER",
    "LEGACY_RETURN",
    "POS_INVOICE",
    "RETURN - MAIN",
)
# Mostly names of one line alone; a few that are known, that others bear, or that a sequence will come to.
SHARED = (
    "#4001",
    "#4004",
    "#/M-7",
    "#/M-4",
    "#/N-1",
    "#5002",
    "#9",
    "#O9",
    "#L-1",
    "#L1",
    "#/79927398713",
    "#",
    "#/\u200b",
    "#\u200b",
)


@st.composite
def a_line(draw: st.DrawFn, place: str, *, sign: str) -> str:
    """Draw a line, plain more often than not; `place` makes its names its own."""
    own = (f"#/OWN{place}", f"#/{place}X", f"#L{place}", f"#L{place}/OWN{place}")
    words = [
        draw(st.sampled_from(("CPU", "CPU", "GPU", "MOUSE", "CABLE", "WORK"))),
        sign + draw(st.sampled_from(("1", "1", "2", "3"))),
        *draw(st.lists(st.one_of(st.sampled_from(own), st.sampled_from(SHARED)), max_size=2)),
        *draw(st.sampled_from(((), (), (), (), ("gen=1",), ("gen=2",), ("tax=-1",), ("cost=77",), ("status=POSTED",)))),
    ]
    return " ".join(words)


@st.composite
def nights(draw: st.DrawFn) -> list[Doc]:
    """Draw a night's documents."""
    drawn = []
    for number in range(draw(st.integers(0, 8))):
        kind, *rest = draw(st.sampled_from(HEADS)).split()
        sign = draw(st.sampled_from(("-", "-", "+"))) if kind == "POS_INVOICE" else ""
        count = draw(st.integers(1, 3))
        lines = [draw(a_line(f"{number}7{line}", sign=sign)) for line in range(count)]
        drawn.append(doc(" ".join([kind, f"R-{number}", *rest[1:]]), *lines))
    return drawn


def told(outcome: Outcome) -> dict[str, object]:
    """Give all that a settlement decided, whichever way, in the names of the outside."""
    rows = outcome.rows
    serials = [*rows.serials, *(new.row() for new in outcome.new_serials)]
    names = [str(row[0]) for row in rows.serials]
    history = [(names[place], *rest) for place, *rest in rows.history]
    history += [(row.unit.serial_no, *row[1:]) for row in outcome.history]
    units = [(line_id, number, names[at], action, True) for line_id, number, at, action in rows.units_on_file]
    units += [(line_id, number, names[at], action, False) for line_id, number, at, action in rows.new_units]
    units += [(row.line_id, row.unit_no, row.unit.serial_no, *row[3:]) for row in outcome.units]
    return {
        "serials": sorted(serials, key=str),
        # Of each unit in their order.
        "history": sorted(history, key=lambda row: str(row[0])),
        "units": sorted(units),
        "lines": outcome.line_statuses,
        "documents": outcome.document_statuses,
        "said": outcome.exceptions,
        "memos": outcome.memos,
        "moved": outcome.changed_units,
        "slips": outcome.service_documents,
        "numbers": (outcome.positions, sorted(outcome.passed_over)),
        "counted": (outcome.lines_posted, outcome.lines_refused, outcome.lines_skipped, outcome.serials_attached),
        "made": (outcome.generated(), outcome.adopted(), sorted(outcome.new_keys())),
        "judged": sorted(outcome.judged_of(outcome.judged_documents()), key=str),
    }
