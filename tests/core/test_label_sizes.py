"""Show which sizes labels come in, and that no label of a sheet leaves its page or covers another."""

from __future__ import annotations

import pytest

from batch.core.label_sizes import DEFAULT_SIZE, SIZES, LabelSizeError, label_size


@pytest.mark.parametrize(
    ("text", "label", "a_page"),
    [
        pytest.param("avery-l7160", (63.5, 38.1), 21, id="the default sheet"),
        pytest.param(" Avery-L7160 ", (63.5, 38.1), 21, id="as people type it"),
        pytest.param("avery-5160", (66.675, 25.4), 30, id="a letter sheet"),
        pytest.param("roll-62", (62, 40), 1, id="a roll"),
        pytest.param("50x30", (50, 30), 1, id="a roll by its measures"),
        pytest.param("50.5 x 30 mm", (50.5, 30), 1, id="with blanks and unit"),
    ],
)
def test_a_size_is_found(text: str, label: tuple[float, float], a_page: int) -> None:
    size = label_size(text)
    assert (size.label, size.a_page) == (label, a_page)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("avery", "is no label size; take one of avery-l7160, ", id="no such name"),
        pytest.param("62", "is no label size", id="one measure"),
        pytest.param("10x50", "is out of bounds; labels measure from 15 to 300 mm", id="too small"),
        pytest.param("50x301", "is out of bounds", id="too large"),
    ],
)
def test_what_is_no_size_is_told(text: str, said: str) -> None:
    with pytest.raises(LabelSizeError, match=said):
        label_size(text)


def test_the_default_is_a_size() -> None:
    assert DEFAULT_SIZE in SIZES


@pytest.mark.parametrize("name", SIZES)
def test_labels_stay_on_their_page_and_apart(name: str) -> None:
    size = SIZES[name]
    corners = [size.corner(place) for place in range(size.a_page)]
    assert all(left + size.label[0] <= size.page[0] and top + size.label[1] <= size.page[1] for left, top in corners)
    assert size.columns == 1 or size.pitch[0] >= size.label[0]
    assert size.rows == 1 or size.pitch[1] >= size.label[1]
    assert len(set(corners)) == size.a_page
