"""Settle the same drawn nights in chunks of every size: the tables must come out the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Database, sqlite_copy
from tests.jobs.world import Row, World, row

SERIALS = ("A1", "a1 ", "A2", "A3", "IN1", "5003", "5009", "NEVER")
MFR_SERIALS = ("M1", "m1", "M2", "M3", "M4", "TWIN")

# All that a night leaves, without the ids and times that may differ.
TABLES = {
    "serial": (
        "SELECT s.serial_no, s.item_code, s.mfr_serial_no, s.area_code, s.origin, s.unit_cost_minor, s.cost_basis, "
        "s.customer_code, d.document_no, s.sequence_code, s.sequence_number FROM serial s "
        "LEFT JOIN document d ON d.document_id = s.open_document_id ORDER BY s.serial_no"
    ),
    "history": (
        "SELECT s.serial_no, h.action, h.from_area_code, h.to_area_code, d.document_no FROM serial_history h "
        "JOIN serial s ON s.serial_id = h.serial_id JOIN document d ON d.document_id = h.document_id "
        "ORDER BY s.serial_no, h.history_id"
    ),
    "lines": (
        "SELECT d.document_type, d.document_no, d.status, l.line_no, l.status AS line_status FROM document d "
        "JOIN document_line l ON l.document_id = d.document_id ORDER BY 1, 2, l.line_no"
    ),
    "units": (
        "SELECT d.document_type, d.document_no, l.line_no, u.unit_no, u.action, s.serial_no FROM line_unit u "
        "JOIN document_line l ON l.line_id = u.line_id JOIN document d ON d.document_id = l.document_id "
        "LEFT JOIN serial s ON s.serial_id = u.serial_id ORDER BY 1, 2, l.line_no, u.unit_no"
    ),
    "memos": (
        "SELECT m.credit_memo_no, d.document_no, m.total_minor, l.quantity, l.net_minor, l.area_code, n.line_no "
        "FROM credit_memo m JOIN document d ON d.document_id = m.document_id "
        "JOIN credit_memo_line l ON l.credit_memo_id = m.credit_memo_id "
        "JOIN document_line n ON n.line_id = l.line_id ORDER BY 1, n.line_no"
    ),
    "exceptions": (
        "SELECT document_type, document_no, line_no, unit_no, code, status, message FROM exception "
        "ORDER BY document_type, document_no, line_no, unit_no, code, message, status"
    ),
    "sequences": "SELECT sequence_code, next_number, first_number FROM number_sequence ORDER BY 1",
    "figures": "SELECT job, lines_read, lines_posted, lines_refused, lines_skipped, serials_generated, "
    "serials_attached, credit_memos, exceptions, warnings FROM run ORDER BY run_id",
}

GENERATED_BEYOND_WHAT_WAS_ALLOWED = """
    SELECT l.line_id FROM document_line l
    JOIN line_unit u ON u.line_id = l.line_id AND u.action = 'GENERATED'
    GROUP BY l.line_id, l.generate_quantity, l.quantity
    HAVING COUNT(*) > COALESCE(l.generate_quantity, ABS(l.quantity)) OR COUNT(*) > ABS(l.quantity)
"""

Fresh = Callable[[Path], AbstractContextManager[Database]]


def maker(request: pytest.FixtureRequest, kind: str) -> Fresh:
    """Give a maker of fresh, migrated databases, for a night is settled on several of them."""
    if kind == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        return lambda folder: sqlite_copy(template, folder)
    server = request.getfixturevalue("postgresql")
    name = request.getfixturevalue("postgresql_template")
    return lambda _: server.copy(name)


def drawn_cells(draw: random.Random) -> dict[str, Any]:
    """Draw a line: mostly good, its units named from a small pool, so that lines compete."""
    quantity = draw.choice((1, 1, 2, 3, 4))
    cells: dict[str, Any] = {
        "item": draw.choice(("CPU",) * 6 + ("MOUSE", "TINY", "CABLE", "LATE")),
        "quantity": quantity,
    }
    if draw.random() < 0.4:
        cells["serial"] = ", ".join(draw.sample(SERIALS, draw.randint(1, 2)))
    if draw.random() < 0.4:
        cells["mfr"] = ", ".join(draw.sample(MFR_SERIALS, draw.randint(1, 2)))
    if draw.random() < 0.2:
        cells["generate"] = draw.randint(0, quantity + 1)
    return cells


def drawn_rows(draw: random.Random) -> Iterator[Row]:
    """Draw the rows of a sheet: documents of every type, some for customers and places that are not on file."""
    for number in range(25):
        header = {
            "type": draw.choice(("Return",) * 5 + ("Service", "Credit Order")),
            "customer": draw.choice(("C1",) * 6 + ("C2", "NOBODY")),
            "location": draw.choice(("HQ", "HQ", "HQ-SALES", "MAIN")),
        }
        for _ in range(draw.choice((1, 1, 2, 3))):
            yield row(f"R-{number:02}", **(drawn_cells(draw) | header))


def drawn_documents(world: World, draw: random.Random) -> None:
    """Draw POS documents that want the same units."""
    for number in range(10):
        kind = draw.choice(("POS_INVOICE", "POS_CREDIT", "SERVICE"))
        lines = [drawn_cells(draw) for _ in range(draw.choice((1, 2, 3)))]
        sign = -1 if kind == "POS_INVOICE" else 1
        units = [
            (line_no, 1, {"serial_no": each.get("serial", "").split(",")[0] or None, "mfr_serial_no": each.get("mfr")})
            for line_no, each in enumerate(lines, start=1)
            if "serial" in each or "mfr" in each
        ]
        given = [
            {"item_code": each["item"], "quantity": sign * each["quantity"], "generate_quantity": each.get("generate")}
            for each in lines
        ]
        world.document(kind, f"P-{number:02}", *given, units=units)


def settle_night(world: World, sheet: Path, seed: int) -> dict[str, list[tuple[Any, ...]]]:
    """Run intake and POS, mend what was unknown, receive the orders, and run both again."""
    world.insert("number_sequence", sequence_code="S-TINY", kind="SERIAL", mask="T{seq:01}", next_number=4)
    world.insert(
        "item", item_code="TINY", inventory_type="SERIALIZED", list_price_minor=1, serial_sequence_code="S-TINY"
    )
    for serial_no, area, mfr in (
        ("A1", "SOLD", "M1"),
        ("A2", "SOLD", "TWIN"),
        ("A3", "SOLD", "TWIN"),
        ("IN1", "CRMA", "M2"),
    ):
        world.unit(serial_no, area, mfr_serial_no=mfr)
    for serial_no in ("5003", "5004", "5009", "901"):
        world.unit(serial_no, "CRMA")
    drawn_documents(world, random.Random(seed))
    world.intake(sheet)
    world.pos()
    world.insert("item", item_code="LATE", inventory_type="SERIALIZED", list_price_minor=1, average_cost_minor=1)
    world.insert("customer", customer_code="NOBODY", currency="USD")
    world.execute(
        "UPDATE document SET status = 'RECEIVED' WHERE document_type = 'CREDIT_ORDER' AND status = 'COMMITTED'"
    )
    world.intake()
    world.pos()
    assert world.rows(GENERATED_BEYOND_WHAT_WAS_ALLOWED) == []
    return {name: world.tuples(statement) for name, statement in TABLES.items()} | {
        "missing": sorted(
            (code, number) for code, first, last, _ in world.missing() for number in range(first, last + 1)
        )
    }


@pytest.mark.parametrize(
    ("kind", "seed", "chunk_lines"),
    [
        pytest.param("sqlite", 1, (1, 7, 5000), id="sqlite"),
        pytest.param("sqlite", 2, (7, 5000), id="sqlite, another night"),
        pytest.param("sqlite", 3, (2, 5000), id="sqlite, a third night"),
        pytest.param("postgresql", 1, (2, 5000), id="postgresql"),
    ],
)
def test_the_size_of_a_chunk_changes_nothing(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, seed: int, chunk_lines: tuple[int, ...]
) -> None:
    fresh = maker(request, kind)
    nights = {}
    sheet = None
    for lines in chunk_lines:
        folder = tmp_path / str(lines)
        folder.mkdir()
        with fresh(folder) as database:
            world = World(database, folder)
            sheet = sheet or world.sheet(*drawn_rows(random.Random(-seed)))
            world.settings["chunk_lines"] = lines
            nights[lines] = settle_night(world, sheet, seed)
    whole = nights[chunk_lines[-1]]
    # The drawn night is worth settling: something of everything happens in it.
    assert {status for *_, status in whole["lines"]} >= {"POSTED", "REFUSED", "HELD"}
    assert len(whole["memos"]) > 5
    assert len({code for _, _, _, _, code, *_ in whole["exceptions"]}) > 5
    for lines in chunk_lines[:-1]:
        for name, rows in whole.items():
            assert nights[lines][name] == rows, f"{name}, in chunks of {lines} lines"
