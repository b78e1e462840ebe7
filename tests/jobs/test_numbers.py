"""Draw numbers in whole runs: which sequence serves, what is passed over, where it ends, and memos without a gap."""

from __future__ import annotations

import pytest

from batch.edge import ledger
from batch.edge.database import transaction
from tests.jobs.world import NOW, Row, World, row


def sequence(world: World, code: str, mask: str, next_number: int = 1, **values: object) -> None:
    world.insert(
        "number_sequence", sequence_code=code, mask=mask, next_number=next_number, **({"kind": "SERIAL"} | values)
    )


def test_an_items_own_sequence_comes_first(world: World) -> None:
    sequence(world, "S-CPU", "C{seq:04}", 7)
    world.execute("UPDATE item SET serial_sequence_code = 'S-CPU' WHERE item_code = 'CPU'")
    world.intake(row("R-1", quantity=2), row("R-1", "MOUSE"), row("R-2", location="MAIN"))
    assert world.serials("R-1") == ["C0007", "C0008", "5001"]
    assert world.serials("R-2") == ["C0009"]
    assert (world.next_number("S-CPU"), world.next_number()) == (10, 5002)


def test_a_child_location_may_have_its_own_sequence(world: World) -> None:
    sequence(world, "S-SALES", "SALES-{seq}", location_code="HQ-SALES")
    world.intake(row("R-1", location="HQ-SALES"), row("R-2"))
    assert (world.serials("R-1"), world.serials("R-2")) == (["SALES-1"], ["5001"])


@pytest.mark.parametrize(
    ("mask", "location", "serial_no"),
    [
        pytest.param("{yy}{mm}{dd}-{seq:03}", "HQ", "260331-007", id="date"),
        pytest.param("{location}-{item}-{yyyy}-{seq}", "HQ-SALES", "HQ-SALES-CPU-2026-7", id="document's location"),
        pytest.param("{yy}{seq:05}{check:luhn}", "HQ", "26000075", id="luhn"),
        pytest.param("{yy}{seq:05}{check:luhn}/{location}", "HQ", "26000075/HQ", id="luhn before the location"),
        pytest.param("{seq:04}{check:verhoeff}", "HQ", "00076", id="verhoeff"),
        pytest.param("{seq:04}{check:damm}", "HQ", "00076", id="damm"),
        pytest.param("{location}{seq:04}{check:iso7064_mod_37_36}", "HQ", "HQ0007W", id="letters too"),
    ],
)
def test_masks(world: World, mask: str, location: str, serial_no: str) -> None:
    world.execute("UPDATE number_sequence SET mask = :mask, next_number = 7 WHERE sequence_code = 'S-HQ'", mask=mask)
    world.intake(row("R-1", location=location))
    assert world.serials("R-1") == [serial_no]


def test_a_mask_that_the_erp_has_spoiled_is_told_line_by_line(world: World) -> None:
    mask = "{location}{yy}{seq:05}{check:luhn}"
    world.execute("UPDATE number_sequence SET mask = :mask WHERE sequence_code = 'S-HQ'", mask=mask)
    world.intake(row("R-1"), row("R-2", location="MAIN"))
    assert world.exceptions() == [("R-1", 1, "SEQUENCE_MISSING")]
    assert "sequence S-HQ cannot be used" in world.exception("SEQUENCE_MISSING")["message"]
    assert (world.serials("R-2"), world.next_number()) == (["900"], 5001)


def test_a_number_taken_in_two_sequences_is_passed_over_by_the_second(world: World) -> None:
    sequence(world, "S-SALES", "{seq}", 5002, location_code="HQ-SALES")
    world.intake(row("R-1", quantity=2), row("R-2", location="HQ-SALES", quantity=2), row("R-3", quantity=2))
    assert world.serials("R-1") == ["5001", "5002"]
    assert world.serials("R-2") == ["5003", "5004"]
    assert world.serials("R-3") == ["5005", "5006"]
    assert world.missing() == [("S-HQ", 5003, 5004, "TAKEN"), ("S-SALES", 5002, 5002, "TAKEN")]
    assert (world.next_number(), world.next_number("S-SALES")) == (5007, 5005)


def test_a_taken_number_is_recorded_when_it_is_reached(world: World) -> None:
    for serial_no in ("5002", "5003", "5006"):
        world.unit(serial_no)
    world.intake(row("R-1"))
    assert (world.missing(), world.next_number()) == ([], 5002)
    world.intake(row("R-2"))
    assert (world.serials("R-2"), world.missing()) == (["5004"], [("S-HQ", 5002, 5003, "TAKEN")])


def test_a_long_run_of_taken_numbers_is_passed_over_at_once(world: World) -> None:
    world.execute(
        "INSERT INTO serial (serial_no, item_code, area_code) "
        "WITH RECURSIVE n(i) AS (SELECT 5001 UNION ALL SELECT i + 1 FROM n WHERE i < 6500) "
        "SELECT CAST(i AS TEXT), 'CPU', 'CRMA' FROM n"
    )
    world.intake(row("R-1"))
    assert world.serials("R-1") == ["6501"]
    assert world.missing() == [("S-HQ", 5001, 6500, "TAKEN")]


def test_a_sequence_that_ends_refuses_the_line_and_a_smaller_one_fits(world: World) -> None:
    world.execute("UPDATE number_sequence SET mask = 'X{seq:02}', next_number = 98 WHERE sequence_code = 'S-HQ'")
    world.intake(row("R-1", quantity=3), row("R-1", quantity=2), row("R-1"))
    assert world.exceptions() == [("R-1", 1, "SEQUENCE_EXHAUSTED"), ("R-1", 3, "SEQUENCE_EXHAUSTED")]
    assert world.serials("R-1") == ["X98", "X99"]
    assert world.next_number() == 100
    world.execute("UPDATE number_sequence SET mask = 'X{seq:03}' WHERE sequence_code = 'S-HQ'")
    world.intake()
    assert world.serials("R-1") == ["X100", "X101", "X102", "X98", "X99", "X103"]


def test_numbers_taken_by_others_shorten_a_sequence(world: World) -> None:
    world.execute("UPDATE number_sequence SET mask = 'X{seq:02}', next_number = 97 WHERE sequence_code = 'S-HQ'")
    world.unit("X98")
    world.intake(row("R-1", quantity=3), row("R-2", quantity=2))
    assert world.exceptions() == [("R-1", 1, "SEQUENCE_EXHAUSTED")]
    assert world.serials("R-2") == ["X97", "X99"]
    assert world.missing() == [("S-HQ", 98, 98, "TAKEN")]


# --- Credit memos --------------------------------------------------------------------------------


def test_memo_numbers_have_no_gap_over_refused_and_held_documents(world: World) -> None:
    good: Row = {"quantity": 1}
    bad: Row = {"quantity": 1, "item_code": "NONE"}
    for number, lines in enumerate([(good,), (bad,), (good, bad), (good,), (bad, good), (good, good)], start=1):
        world.document("RETURN", f"P-{number}", *lines)
    world.pos()
    assert [memo[:3] for memo in world.memos()] == [
        ("CM-HQ-00001", "P-1", 1),
        ("CM-HQ-00002", "P-4", 1),
        ("CM-HQ-00003", "P-6", 2),
    ]
    assert world.next_number("CM-HQ") == 4
    world.execute("UPDATE document_line SET item_code = 'CPU'")
    world.pos()
    assert [memo[0] for memo in world.memos()] == [f"CM-HQ-0000{number}" for number in range(1, 7)]


def test_a_memo_number_that_the_erp_used_is_passed_over(world: World) -> None:
    world.intake(row("R-0"))
    document_id, run_id = world.tuples("SELECT document_id, run_id FROM credit_memo")[0]
    world.execute("UPDATE number_sequence SET mask = 'N{seq}' WHERE sequence_code LIKE 'CM-%'")
    world.execute("UPDATE number_sequence SET next_number = 2 WHERE sequence_code = 'CM-MAIN'")
    world.intake(row("R-1", location="MAIN"), row("R-2"), row("R-3"))
    assert [memo[:2] for memo in world.memos()][1:] == [("N2", "R-1"), ("N3", "R-2"), ("N4", "R-3")]
    assert world.missing() == [("CM-HQ", 2, 2, "TAKEN")]
    assert (document_id, run_id) == (1, 1)


def test_a_memo_bears_location_and_date_and_ends(world: World) -> None:
    mask = "{location}-{yy}{mm}-{seq:01}"
    world.execute("UPDATE number_sequence SET mask = :mask, next_number = 8 WHERE sequence_code = 'CM-HQ'", mask=mask)
    world.intake(
        row("R-1"), row("R-2", location="HQ-SALES"), row("R-3"), row("R-3", "CABLE"), row("S-1", type="Service")
    )
    assert [memo[:2] for memo in world.memos()] == [("HQ-2603-8", "R-1"), ("HQ-SALES-2603-9", "R-2")]
    assert world.exceptions() == [("R-3", 1, "SEQUENCE_EXHAUSTED"), ("R-3", 2, "SEQUENCE_EXHAUSTED")]
    assert world.status("S-1") == ("POSTED", "POSTED")
    assert world.next_number() == 5004


def test_without_a_memo_sequence_every_line_waits(world: World) -> None:
    world.execute("DELETE FROM number_sequence WHERE kind = 'CREDIT_MEMO'")
    world.intake(row("R-1"), row("R-1", "CABLE"), row("S-1", type="Service"), row("O-1", type="Credit Order"))
    assert world.exceptions() == [("R-1", 1, "SEQUENCE_MISSING"), ("R-1", 2, "SEQUENCE_MISSING")]
    assert (world.status("S-1")[0], world.status("O-1")[0]) == ("POSTED", "COMMITTED")
    assert world.next_number() == 5003


def test_both_sequences_that_a_line_lacks_are_told(world: World) -> None:
    world.execute("DELETE FROM number_sequence")
    world.intake(row("R-1"), row("R-1", "CABLE"))
    first, second = world.rows("SELECT message FROM exception ORDER BY exception_id")
    assert "no number sequence for credit memos is set for HQ" in first["message"]
    assert "default location; and no number sequence for serials is set for item CPU" in first["message"]
    assert "for serials" not in second["message"]


def test_memos_go_by_the_documents_location(world: World) -> None:
    world.intake(row("R-1"), row("R-2", location="MAIN"), row("R-3"), row("R-4", location="HQ-SALES"))
    assert [memo[:2] for memo in world.memos()] == [
        ("CM-HQ-00001", "R-1"),
        ("CM-MAIN-00001", "R-2"),
        ("CM-HQ-00002", "R-3"),
        ("CM-HQ-00003", "R-4"),
    ]


@pytest.mark.parametrize(
    ("blocks", "before", "after", "burnt"),
    [
        pytest.param([(5001, 5001, 6000)], 6001, 5001, [], id="unused"),
        pytest.param([(5001, 5003, 6000)], 6001, 5003, [], id="used in part"),
        pytest.param([(5001, 5001, 6000), (6001, 6001, 7000)], 7001, 5001, [], id="two unused"),
        pytest.param(
            [(5001, 5001, 6000), (6001, 6002, 7000)], 7001, 6002, [(5001, 6000)], id="unused below one that was used"
        ),
        pytest.param([(5001, 5002, 6000)], 6002, 6002, [(5002, 6000)], id="numbers were taken above it"),
    ],
)
def test_what_a_run_leaves_of_its_blocks_is_given_back(
    world: World, blocks: list[tuple[int, int, int]], before: int, after: int, burnt: list[tuple[int, int]]
) -> None:
    run_id = world.intake(row("R-1", "NONE")).run_id
    world.execute("UPDATE number_sequence SET next_number = :before WHERE sequence_code = 'S-HQ'", before=before)
    for first, free, last in blocks:
        world.insert(
            "number_block", sequence_code="S-HQ", first_number=first, next_number=free, last_number=last, run_id=run_id
        )
    with transaction(world.database.engine) as connection:
        ledger.give_back_blocks(connection)
        ledger.burn_blocks(connection, NOW)
    assert world.next_number() == after
    assert world.tuples("SELECT first_number, last_number FROM missing_number") == burnt
    assert world.count("number_block") == [0]
    world.execute("DELETE FROM missing_number")
    world.execute("UPDATE number_sequence SET next_number = 5001 WHERE sequence_code = 'S-HQ'")
