"""Do one of several pieces of work, and go on with the others where it fails."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from typing import TypeVar

from batch.edge.database_errors import translated
from batch.edge.stopping import StoppedError
from batch.errors import SerialbackError, one_line
from batch.log import logger

Result = TypeVar("Result")


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """What failed, in one line, and with which exit status a command would end for it alone."""

    error: str
    exit_status: int


def attempted(work: Callable[[], Result]) -> Result | Failure:
    """Do one of several pieces of work, none of which may stop the others by failing."""
    try:
        return work()
    except StoppedError:
        raise
    except SerialbackError as error:
        return Failure(one_line(str(error)), error.exit_status)
    except Exception as fault:
        known = translated(fault)
        if known is not None:
            return Failure(one_line(str(known)), known.exit_status)
        trace_id = uuid.uuid4().hex[:12]
        logger().error("part_failed", trace_id=trace_id, exc_info=fault)
        return Failure(f"A fault in the program ({type(fault).__name__}). Trace id {trace_id}.", 1)
