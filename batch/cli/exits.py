"""Leave with the exit status of the contract, whatever happened, and say why in one line."""

from __future__ import annotations

import secrets
import sys
import traceback
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Final, NoReturn

import click

from batch.cli.output import prepare_streams, remark, say_json, shown
from batch.errors import MappingRefusedError, ReferenceRefusedError, SerialbackError, one_line

STRICT: Final = 3
INTERRUPTED: Final = 130


def run_to_exit_status(
    command: Callable[..., Any], args: Sequence[str] | None, prog_name: str, **extra: Any
) -> NoReturn:
    """Run a click command to its end and leave the program with the exit status that the command gave."""
    prepare_streams()
    given = list(sys.argv[1:] if args is None else args)
    as_json = _asks_for_json(given)
    # What nobody foresaw ends here and not in an except clause, so that nothing can be mistaken for handled.
    sys.excepthook = lambda _, error, trace: tell_unforeseen(error, trace, as_json=as_json)
    try:
        status = command(given, prog_name, standalone_mode=False, **extra)
    except click.exceptions.NoArgsIsHelpError as error:
        remark(error.format_message())
        sys.exit(error.exit_code)
    except click.ClickException as error:
        usage = error.ctx.get_usage() if isinstance(error, click.UsageError) and error.ctx else ""
        sys.exit(_told(error.format_message(), error.exit_code, as_json=as_json, above=usage))
    except (click.Abort, KeyboardInterrupt):
        sys.exit(_told("Interrupted; what was begun is rolled back.", INTERRUPTED, as_json=as_json))
    except SerialbackError as error:
        problems = error.problems if isinstance(error, ReferenceRefusedError | MappingRefusedError) else []
        sys.exit(_told(str(error), error.exit_status, as_json=as_json, problems=problems))
    except _driver_errors() as error:
        from batch.edge.database_errors import translated

        known = translated(error)
        if known is None:
            raise
        sys.exit(_told(str(known), known.exit_status, as_json=as_json))
    sys.exit(status if isinstance(status, int) else 0)


def tell_unforeseen(error: BaseException, trace: TracebackType | None, *, as_json: bool) -> None:
    """Log the traceback of a fault in the program, and say in one line under which id it is found there."""
    from batch.log import logger

    trace_id = secrets.token_hex(4)
    text = "".join(traceback.format_exception(type(error), error, trace))
    logger().error("fault in the program", trace_id=trace_id, traceback=text)
    _told(
        f"A fault in the program ({type(error).__name__}); nothing is half done. "
        f"Pass trace id {trace_id} and the log to whoever maintains Serialback.",
        1,
        as_json=as_json,
        trace_id=trace_id,
    )


def _asks_for_json(args: Sequence[str]) -> bool:
    # Read before parsing, which may be just what fails.
    options = args[: args.index("--")] if "--" in args else args
    return "--json" in options


def _told(
    message: str, status: int, *, as_json: bool, above: str = "", problems: Sequence[str] = (), **more: str
) -> int:
    if above:
        remark(above)
    for problem in problems:
        remark(f"- {shown(one_line(problem))}")
    remark(f"Error: {shown(one_line(message))}")
    if as_json:
        listed = {"problems": list(problems)} if problems else {}
        say_json({"error": one_line(message), "exit_status": status, **listed, **more})
    return status


def _driver_errors() -> tuple[type[BaseException], ...]:
    # Asked only once something was raised; where SQLAlchemy was never imported it cannot have been the one.
    module = sys.modules.get("sqlalchemy.exc")
    return (module.DBAPIError,) if module is not None else ()
