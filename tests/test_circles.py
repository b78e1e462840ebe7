"""Show that memory is looked after during a run, though rarely."""

from __future__ import annotations

import gc
import weakref

from batch.runner_before import Circles


def test_what_circles_hold_is_let_go_once_in_a_while() -> None:
    class Statement:
        """Something that holds itself."""

    held = Statement()
    held.itself = held  # type: ignore[attr-defined]
    there, circles = weakref.ref(held), Circles()
    gc.disable()
    try:
        del held
        circles.settled(49_999)
        assert there() is not None
        circles.settled(1)
        assert there() is None
    finally:
        gc.enable()
