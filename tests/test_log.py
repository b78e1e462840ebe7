"""Show what the log says to whom, and what it never says."""

from __future__ import annotations

import errno
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from batch.log import configure_log, logger


class Terminal(io.StringIO):
    """A stream that a person reads."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture(autouse=True)
def fresh_log() -> Iterator[None]:
    """Leave the log as it was found."""
    yield
    configure_log()
    structlog.reset_defaults()


def lines_of(stream: io.StringIO) -> list[dict[str, Any]]:
    """Read a log of JSON lines."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_machines_get_json_lines_with_level_and_instant() -> None:
    stream = io.StringIO()
    configure_log(stream=stream)
    logger().info("chunk settled", run_id=7, lines=5000)
    (line,) = lines_of(stream)
    assert line.pop("at").endswith("Z")
    assert line == {"event": "chunk settled", "level": "info", "run_id": 7, "lines": 5000}


def test_people_get_plain_text() -> None:
    stream = Terminal()
    configure_log("info", stream=stream)
    logger().info("chunk settled", run_id=7)
    assert "chunk settled" in stream.getvalue()
    assert "run_id=7" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()
    assert not stream.getvalue().startswith("{")


@pytest.mark.parametrize(
    ("level", "quiet", "terminal", "written"),
    [
        pytest.param(None, False, False, ["info", "warning", "error"], id="machines"),
        pytest.param(None, False, True, ["warning", "error"], id="people"),
        pytest.param(None, True, False, ["warning", "error"], id="quiet"),
        pytest.param("debug", True, False, ["debug", "info", "warning", "error"], id="asked for all"),
        pytest.param("error", False, False, ["error"], id="asked for errors only"),
    ],
)
def test_the_level(level: str | None, quiet: bool, terminal: bool, written: list[str]) -> None:
    stream = Terminal() if terminal else io.StringIO()
    configure_log(level, quiet=quiet, stream=stream)
    for each in ("debug", "info", "warning", "error"):
        getattr(logger(), each)(f"this is {each}")
    assert [each for each in ("debug", "info", "warning", "error") if f"this is {each}" in stream.getvalue()] == written


@pytest.mark.parametrize(
    ("method", "value"),
    [
        pytest.param("debug", "C1", id="debug"),
        pytest.param("info", "(not logged)", id="info"),
        pytest.param("error", "(not logged)", id="error"),
    ],
)
def test_personal_values_are_for_debugging_only(method: str, value: str) -> None:
    stream = io.StringIO()
    configure_log("debug", stream=stream)
    getattr(logger(), method)("line refused", customer_code="C1", line_no=3)
    assert [(line["customer_code"], line["line_no"]) for line in lines_of(stream)] == [(value, 3)]


@pytest.mark.parametrize(
    ("value", "logged"),
    [
        pytest.param("postgresql://u:pw@h", "postgresql://u:***@h", id="password"),
        pytest.param(["password=pw"], ["password=***"], id="in a list"),
        pytest.param({"url": "x://u:pw@h"}, {"url": "x://u:***@h"}, id="in a mapping"),
        pytest.param(ValueError("x://u:pw@h"), "ValueError: x://u:***@h", id="in an error"),
        pytest.param("duplicate key\nDETAIL:  Key (serial_no)=(A1)", "duplicate key\n", id="what a database quotes"),
        pytest.param("a\x1b[31mb\u202e", "a\\x1b[31mb\\x202e", id="what a terminal would obey"),
        pytest.param(7, 7, id="a number"),
    ],
)
def test_what_is_never_logged(value: object, logged: object) -> None:
    stream = io.StringIO()
    configure_log("debug", stream=stream)
    logger().debug("told", what=value)
    assert [line["what"] for line in lines_of(stream)] == [logged]


def test_a_traceback_is_logged_without_passwords() -> None:
    stream = io.StringIO()
    configure_log(stream=stream)
    try:
        int("x://u:pw@h")
    except ValueError:
        logger().exception("failed")
    (line,) = lines_of(stream)
    assert "Traceback" in line["exception"]
    assert "x://u:***@h" in line["exception"]
    assert "pw" not in line["exception"].partition("ValueError")[2]


class FullDisk(io.StringIO):
    """A stream whose disk has no room left."""

    def write(self, text: str) -> int:
        """Fail as the system does."""
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_does_not_stop_what_is_logged() -> None:
    stream = FullDisk()
    configure_log(stream=stream)
    logger().info("lost")
    logger().info("lost as well")


def test_a_closed_stream_does_not_stop_what_is_logged() -> None:
    stream = io.StringIO()
    stream.close()
    configure_log(stream=stream)
    logger().info("lost")
