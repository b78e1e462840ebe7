"""Show which area and which sequence serve a location: its own, else its parents', else the default location's."""

from __future__ import annotations

import pytest

from batch.core.areas import AREA_ROLES, CREDIT_MEMO_AREA, OUT_AREA, SERVICE_AREA, Places
from tests.core.chunks import WORLD, World, area, location, numbers

# SHOP is in HQ-SALES, which is in HQ; LOST and FOUND are each other's parents.
TALL = WORLD.having(
    location("SHOP", "HQ-SALES"), location("LOST", "FOUND"), location("FOUND", "LOST"), location("ASTRAY", "NONE")
)
NO_DEFAULT = TALL.without("MAIN")


@pytest.mark.parametrize(
    ("world", "code", "expected"),
    [
        pytest.param(TALL, "SHOP", ["SHOP", "HQ-SALES", "HQ", "MAIN"], id="all the way up, then the default"),
        pytest.param(TALL, "MAIN", ["MAIN"], id="the default once"),
        pytest.param(TALL, "LOST", ["LOST", "FOUND", "MAIN"], id="a circle is walked once"),
        pytest.param(TALL, "ASTRAY", ["ASTRAY", "MAIN"], id="a parent that is not on file"),
        pytest.param(TALL, "NONE", ["MAIN"], id="unknown: the default"),
        pytest.param(TALL, None, ["MAIN"], id="none: the default"),
        pytest.param(NO_DEFAULT, "SHOP", ["SHOP", "HQ-SALES", "HQ"], id="no default"),
        pytest.param(NO_DEFAULT, None, [], id="nothing at all"),
    ],
)
def test_chain(world: World, code: str | None, expected: list[str]) -> None:
    assert [each.location_code for each in world.places().chain(code)] == expected


@pytest.mark.parametrize(
    ("world", "role", "code", "expected"),
    [
        pytest.param(WORLD, CREDIT_MEMO_AREA, "HQ", "CRMA", id="its own"),
        pytest.param(TALL, CREDIT_MEMO_AREA, "SHOP", "CRMA", id="its parent's parent's"),
        pytest.param(WORLD, SERVICE_AREA, "MAIN", None, id="none"),
        pytest.param(WORLD, CREDIT_MEMO_AREA, None, "MAIN-STOCK", id="the default's"),
        pytest.param(WORLD.having(area("CRMA", active=False)), CREDIT_MEMO_AREA, "HQ", "MAIN-STOCK", id="not active"),
        pytest.param(WORLD.without("CRMA"), CREDIT_MEMO_AREA, "HQ", "MAIN-STOCK", id="not on file"),
        pytest.param(WORLD.having(area("CRMA", "OUT")), CREDIT_MEMO_AREA, "HQ", "CRMA", id="wrong type: to be judged"),
        pytest.param(NO_DEFAULT, OUT_AREA, "ASTRAY", None, id="nowhere"),
    ],
)
def test_area(world: World, role: str, code: str | None, expected: str | None) -> None:
    places = world.places()
    for _ in ("asked", "asked again"):
        found = places.area(role, code)
        assert (found and found.area_code) == expected


@pytest.mark.parametrize(
    ("world", "own", "code", "expected"),
    [
        pytest.param(WORLD, None, "HQ", "S-HQ", id="the location's"),
        pytest.param(TALL, None, "SHOP", "S-HQ", id="its parents'"),
        pytest.param(WORLD.without("S-HQ"), None, "HQ", "S-MAIN", id="the default's"),
        pytest.param(WORLD.without("S-HQ", "S-MAIN"), None, "HQ", None, id="never a silent start"),
        pytest.param(WORLD.having(numbers("S-CPU", None, 1)), "S-CPU", "HQ", "S-CPU", id="the item's own"),
        pytest.param(WORLD.having(numbers("S-CPU", None, 1)), None, "HQ", "S-HQ", id="of no location, of no line"),
        pytest.param(WORLD, "S-NONE", "HQ", "S-HQ", id="the item's own is not on file"),
        pytest.param(WORLD, "CM-HQ", "HQ", "S-HQ", id="the item's own is for memos"),
        pytest.param(WORLD.having(numbers("S-AAA", "HQ", 1)), None, "HQ", "S-AAA", id="of two, the first by code"),
    ],
)
def test_serial_sequence(world: World, own: str | None, code: str, expected: str | None) -> None:
    found = world.places().serial_sequence(own, code)
    assert (found and found.sequence_code) == expected


@pytest.mark.parametrize(
    ("world", "code", "expected"),
    [
        pytest.param(WORLD, "HQ", "CM-HQ", id="the location's"),
        pytest.param(WORLD, "HQ-SALES", "CM-HQ", id="its parent's"),
        pytest.param(WORLD.without("CM-HQ"), "HQ", "CM-MAIN", id="the default's"),
        pytest.param(WORLD.without("CM-HQ", "CM-MAIN"), "HQ", None, id="none"),
    ],
)
def test_memo_sequence(world: World, code: str, expected: str | None) -> None:
    found = world.places().sequence("CREDIT_MEMO", code)
    assert (found and found.sequence_code) == expected


def test_the_default_location() -> None:
    assert WORLD.places().default_location == "MAIN"
    assert NO_DEFAULT.places().default_location is None
    assert Places((), (), ()).default_location is None


def test_every_role_has_its_own_area() -> None:
    places = WORLD.places()
    found = [places.area(role, "HQ") for role in AREA_ROLES]
    assert [each and each.area_code for each in found] == ["RELEASED", "CRMA-EX", "REPAIRS-IN", "CRMA"]
