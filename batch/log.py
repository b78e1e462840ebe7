"""Write the log to standard error: JSON lines for machines, plain text on a terminal.

No value that tells of a person is written at INFO or above, and a password never. structlog is imported with the first
logger: look-up commands log nothing and should not wait for it.
"""

from __future__ import annotations

import dataclasses
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any, Final, TextIO, cast

from batch.core.secrecy import without_secrets

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger, Processor

LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

# Who somebody is, what they own, and cells as typed, which may hold either.
PERSONAL: Final = frozenset(
    {"cells", "customer", "customer_code", "evidence", "mfr_serial_no", "name_text", "reference", "serial_no", "value"}
)

# PostgreSQL puts the offending row's values on these lines of a message.
_DETAIL: Final = re.compile(r"^\s*(?:DETAIL|CONTEXT):.*$", re.MULTILINE)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class LogStream:
    """A stream that stops telling when nobody reads any more: a log that is gone must not stop a run."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write the text, or nothing where the stream is closed, full or gone."""
        try:
            return self._stream.write(text) if self._stream else 0
        except (OSError, ValueError):
            self._stream = None
            return 0

    def flush(self) -> None:
        """Pass on what is buffered."""
        try:
            if self._stream:
                self._stream.flush()
        except (OSError, ValueError):
            self._stream = None

    def isatty(self) -> bool:
        """Say whether a person reads it."""
        return self._stream is not None and not self._stream.closed and self._stream.isatty()


@dataclasses.dataclass(slots=True)
class _Choice:
    """What was asked of the log, kept until the first logger is wanted."""

    level: str | None = None
    quiet: bool = False
    stream: TextIO | None = None
    in_force: bool = False


_choice = _Choice()


def configure_log(level: str | None = None, *, quiet: bool = False, stream: TextIO | None = None) -> None:
    """Set where and from which level on the log is written, for the loggers asked for afterwards.

    Without a level it is INFO for machines, and WARNING for people on a terminal and with `quiet`.
    """
    _choice.level, _choice.quiet, _choice.stream, _choice.in_force = level, quiet, stream, False


def logger() -> FilteringBoundLogger:
    """Give the logger: `logger().info("chunk settled", run_id=7, lines=5000)`."""
    import structlog

    if not _choice.in_force:
        _put_in_force()
    return structlog.get_logger()  # type: ignore[no-any-return]


def _put_in_force() -> None:
    import structlog

    stream = LogStream(_choice.stream or sys.stderr)
    plain = stream.isatty()
    level = _choice.level or ("warning" if _choice.quiet or plain else "info")
    render: Processor = (
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
        if plain
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.format_exc_info,
            _without_personal_values,
            _without_secrets,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", stream)),
        cache_logger_on_first_use=False,
    )
    _choice.in_force = True


def _without_personal_values(_: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if method == "debug":
        return event
    return {name: "(not logged)" if name in PERSONAL else value for name, value in event.items()}


def _without_secrets(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: _cleaned(value) for name, value in event.items()}


def _cleaned(value: object) -> object:
    if isinstance(value, BaseException):
        value = f"{type(value).__name__}: {value}"
    if isinstance(value, str):
        text = without_secrets(_DETAIL.sub("", value))
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
    if isinstance(value, list | tuple):
        return [_cleaned(part) for part in value]
    if isinstance(value, dict):
        return {str(name): _cleaned(part) for name, part in value.items()}
    return value
