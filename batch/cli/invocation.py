"""Keep what was asked of a command: the options that all commands share, wherever on the line they stood."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from click.core import ParameterSource

from batch.cli.output import remark

if TYPE_CHECKING:
    import sqlalchemy as sa

    from batch.config import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

# What every job is asked with.
RUN_OPTIONS: Final = (
    "database",
    "config",
    "business_date",
    "dry_run",
    "workers",
    "cluster",
    "json",
    "quiet",
    "strict",
    "metrics",
)


@dataclasses.dataclass(slots=True)
class Invocation:
    """The options shared by the commands, as given before the command's name or after it; the latter wins."""

    database: str | None = None
    config: Path | None = None
    json: bool = False
    quiet: bool = False
    strict: bool = False
    business_date: dt.date | None = None
    dry_run: bool = False
    metrics: Path | None = None
    workers: int | None = None
    cluster: str | None = None

    _settings: Settings | None = None

    def settings(self) -> Settings:
        """Read the settings with the options on top, once, and set up the log by them."""
        if self._settings is None:
            from batch.config import load_settings
            from batch.log import configure_log

            self._settings = load_settings(config=self.config, options=self._options())
            configure_log(self._settings.log_level, quiet=self.quiet)
            for text in () if self.quiet else self._settings.remarks:
                remark(f"Note: {text}" + ("" if text.endswith("?") else "."))
        return self._settings

    def _options(self) -> dict[str, object]:
        # Who asks for workers of the one kind on the command line does not mean those that the settings may have.
        workers = 1 if self.cluster and self.workers is None else self.workers
        cluster = "" if self.workers is not None and self.cluster is None else self.cluster
        return {"database": self.database, "workers": workers, "cluster": cluster}

    def open(self, *, any_schema: bool = False) -> sa.Engine:
        """Open the database of the settings until the command ends; refuse another schema than ours."""
        from batch.edge.database import check_schema, open_database

        database = open_database(self.settings().database)
        click.get_current_context().call_on_close(database.dispose)
        if not any_schema:
            check_schema(database)
        return database


class DayType(click.ParamType[dt.date]):
    """A date typed as YYYY-MM-DD."""

    name = "date"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Show how a date is typed."""
        return "YYYY-MM-DD"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Read the date, or say how it should look."""
        if isinstance(value, dt.date):
            return value
        try:
            return dt.datetime.strptime(str(value), "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value!r} is not a date; type it as YYYY-MM-DD, such as 2026-03-31.", param, ctx)


def asks(*names: str) -> Callable[[Command], Command]:
    """Give a command some of the shared options, with the same words everywhere."""

    def decorate(command: Command) -> Command:
        for name in reversed(names):
            command = _OPTIONS[name](command)
        return command

    return decorate


def invocation() -> Invocation:
    """Give what was asked of the command that runs now."""
    return click.get_current_context().ensure_object(Invocation)


def _remember(ctx: click.Context, param: click.Parameter, value: object) -> object:
    asked = ctx.ensure_object(Invocation)
    if ctx.get_parameter_source(str(param.name)) is ParameterSource.COMMANDLINE:
        setattr(asked, str(param.name), value)
    return value


def _shared(*declarations: str, **attributes: Any) -> Callable[[Command], Command]:
    return click.option(*declarations, expose_value=False, callback=_remember, **attributes)


_OPTIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "database": _shared(
        "--database",
        metavar="URL",
        help="Database, such as sqlite:///shop.db or postgresql://user@host/name "
        "(else SERIALBACK_DATABASE_URL, else the settings file).",
    ),
    "config": _shared(
        "--config",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Settings file (else SERIALBACK_CONFIG, else serialback.toml in this folder).",
    ),
    "json": _shared("--json", is_flag=True, help="Print one JSON object instead of text."),
    "quiet": _shared("--quiet", "-q", is_flag=True, help="Print nothing where all went well; log only warnings."),
    "strict": _shared("--strict", is_flag=True, help="Leave with exit status 3 where lines were refused."),
    "business_date": _shared(
        "--business-date", type=DayType(), help="The date the run works for (else today in the settings' time zone)."
    ),
    "metrics": _shared(
        "--metrics",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Write the state of things to FILE afterwards, for Prometheus.",
    ),
    "dry_run": _shared(
        "--dry-run", is_flag=True, help="Do everything but the writing: same figures, database unchanged."
    ),
    "workers": _shared(
        "--workers",
        metavar="N",
        type=click.IntRange(1, 64),
        help="Settle in so many processes beside one another (PostgreSQL only).",
    ),
    "cluster": _shared(
        "--cluster",
        metavar="tcp://HOST:PORT|tls://HOST:PORT",
        help="Settle by the workers of the Dask cluster whose scheduler this is (PostgreSQL only).",
    ),
}
