"""Read the settings: built-in defaults, then serialback.toml, then SERIALBACK_* variables, then options.

Each layer overrides the one before it, and every value remembers which layer it came from. The layers are merged here
rather than by pydantic-settings, which can read them but not tell them apart afterwards.
"""

# ruff: noqa: ARG003 - pydantic-settings prescribes the signature of its one hook
from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import os
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as LayerError

from batch import DATABASE_VARIABLE
from batch.core import currency as iso_4217
from batch.core.cron import cron_flaw
from batch.core.date_formats import flaw_of_format
from batch.core.label_sizes import DEFAULT_SIZE, label_size
from batch.core.secrecy import without_secrets
from batch.errors import SettingsError, one_line

CONFIG_NAME: Final = "serialback.toml"
PREFIX: Final = "SERIALBACK_"
CONFIG_VARIABLE: Final = "SERIALBACK_CONFIG"
DEFAULT_ORIGIN: Final = "default"

# Variables that are ours and no setting: where the file lies, and what tests and fault injection use.
_NO_SETTINGS: Final = (CONFIG_VARIABLE, DATABASE_VARIABLE)
_NO_SETTINGS_BEGIN: Final = ("SERIALBACK_FAILPOINT", "SERIALBACK_TEST_", "SERIALBACK_BENCH_")
_FAILPOINT_BEGINS: Final = "SERIALBACK_FAILPOINT"

MIB: Final = 1024 * 1024

Count = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Limits(BaseModel):
    """How large what is handed in may be; a file over one of these is refused before it can do harm."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    file_mib: Count = 50
    csv_mib: Count = 2048
    unpacked_mib: Count = 512
    ratio: Count = 200
    members: Count = 2_000
    rows: Count = 1_048_576
    parquet_rows: Count = 100_000_000
    columns: Count = 200
    cell_text: Count = 4_096
    memory_mib: Count = 2048
    cpu_seconds: Count = 300
    wall_seconds: Count = 300
    spool_mib: Count = 4096
    line_quantity: Count = 10_000
    document_units: Count = 100_000

    def for_reading(self) -> dict[str, int]:
        """Give what bounds the reading of a file, in the terms of `batch.edge.sheets.ReadLimits`: sizes in bytes."""
        sizes = {f"{name}_bytes": getattr(self, f"{name}_mib") * MIB for name in _SIZES}
        return {**sizes, **{name: getattr(self, name) for name in _COUNTS}}


_SIZES: Final = ("file", "csv", "unpacked", "memory", "spool")
_COUNTS: Final = ("ratio", "members", "rows", "parquet_rows", "columns", "cell_text", "cpu_seconds", "wall_seconds")


JOB_NAMES: Final = ("intake", "pos", "nightly", "backfill")


class JobSettings(BaseModel):
    """What a site says differently about one job; what is left out is as the job itself has it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    hold: Literal["line", "document"] | None = None
    cron: str | None = None

    @field_validator("cron")
    @classmethod
    def _understood(cls, value: str | None) -> str | None:
        if value is not None and (flaw := cron_flaw(value)) is not None:
            raise ValueError(flaw)
        return value


class Settings(BaseSettings):
    """All settings of one site. Made directly it takes nothing from the environment; `load_settings` does."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    database: Annotated[str, Field(repr=False, min_length=1)] = "sqlite:///serialback.db"
    currency: str = "USD"
    default_location: str | None = None
    date_formats: Annotated[tuple[str, ...], NoDecode] = ()
    chunk_lines: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    time_zone: str = "UTC"
    day_starts_at: str = "00:00"
    inbox: Path = Path("inbox")
    inbox_settle_seconds: Annotated[float, Field(ge=0, le=3600)] = 3.0
    reports: Path = Path("reports")
    block_size: Count = 1000
    sequence_warn_nights: Annotated[int, Field(ge=0, le=10_000)] = 14
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    cluster: Annotated[str, Field(pattern=r"^((tcp|tls)://[^\s/@]+:[0-9]+)?$")] = ""
    cluster_wait_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    log_level: Literal["debug", "info", "warning", "error"] | None = None
    label_size: str = DEFAULT_SIZE
    label_font: Path | None = None
    production: bool = True
    limits: Limits = Limits()
    jobs: dict[str, JobSettings] = Field(default_factory=dict)

    _origins: Mapping[str, str] = PrivateAttr(default_factory=dict)
    _config_file: Path | None = PrivateAttr(default=None)
    _remarks: tuple[str, ...] = PrivateAttr(default=())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is given and nothing else: the layers are read and merged by `load_settings`."""
        return (init_settings,)

    @field_validator("jobs")
    @classmethod
    def _known_jobs(cls, value: dict[str, JobSettings]) -> dict[str, JobSettings]:
        for name in value:
            if name not in JOB_NAMES:
                close = difflib.get_close_matches(name, JOB_NAMES, n=1)
                meant = f"; did you mean {close[0]}?" if close else ""
                raise ValueError(f"{name} is not a job: there are {', '.join(JOB_NAMES)}{meant}")
        return value

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        if iso_4217.exponent(value) is None:
            raise ValueError("not a current ISO 4217 code; use a three-letter code such as USD or EUR")
        return value

    @field_validator("date_formats", mode="before")
    @classmethod
    def _split_formats(cls, value: object) -> object:
        # A variable holds one text; semicolons part the formats, since a format may well have a comma.
        return [part.strip() for part in value.split(";") if part.strip()] if isinstance(value, str) else value

    @field_validator("date_formats")
    @classmethod
    def _telling_formats(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for flaw in filter(None, map(flaw_of_format, value)):
            raise ValueError(f"{flaw}; write it like %d.%m.%Y")
        return value

    @field_validator("label_size")
    @classmethod
    def _known_size(cls, value: str) -> str:
        return label_size(value).name

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            zoneinfo.ZoneInfo(value)
        except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError) as error:
            raise ValueError("no such time zone; use a name such as Europe/Berlin") from error
        return value

    @field_validator("day_starts_at")
    @classmethod
    def _time_of_day(cls, value: str) -> str:
        try:
            dt.datetime.strptime(value, "%H:%M")
        except ValueError as error:
            raise ValueError("give a time of day such as 04:00") from error
        return value

    @property
    def config_file(self) -> Path | None:
        """Name the file that was read, if any."""
        return self._config_file

    @property
    def remarks(self) -> tuple[str, ...]:
        """Give what should be said aloud about the settings, such as a variable that is none."""
        return self._remarks

    def origin(self, name: str) -> str:
        """Say where a value came from, by its dotted name: a file, a variable, an option or `default`."""
        return self._origins.get(name, DEFAULT_ORIGIN)

    def described(self) -> list[SettingLine]:
        """List every value with its origin, secrets masked, in the order of their declaration."""
        return [
            SettingLine(name, without_secrets(value) if isinstance(value, str) else value, self.origin(name))
            for name, value in _leaves(self.model_dump(mode="json"))
        ]

    def business_date_at(self, instant: dt.datetime) -> dt.date:
        """Give the business date of an instant: what happens before `day_starts_at` belongs to the day before."""
        local = instant.astimezone(zoneinfo.ZoneInfo(self.time_zone))
        begins = dt.datetime.strptime(self.day_starts_at, "%H:%M").time()
        return local.date() - dt.timedelta(days=1 if local.time() < begins else 0)


@dataclasses.dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting as people read it."""

    name: str
    value: object
    origin: str


def load_settings(
    *, config: Path | None = None, options: Mapping[str, object] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """Read and merge all layers. Raises SettingsError, in one line, for whatever is unknown or wrong."""
    environ = os.environ if environ is None else environ
    file = _config_file(config, environ)
    given = {name: value for name, value in (options or {}).items() if value is not None}
    layers: list[tuple[dict[str, Any], Callable[[str], str]]] = [
        (_from_file(file) if file else {}, lambda _: str(file)),
        (_from_environment(environ), _variable),
        (given, lambda name: f"--{name.replace('_', '-')}"),
    ]
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for layer, name_of in layers:
        _merge(merged, layer)
        origins.update({name: name_of(name) for name, _ in _leaves(layer)})
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        raise SettingsError("; ".join(_problems(error, merged, origins))) from None
    _refuse_failpoints(settings, environ)
    settings._origins, settings._config_file = origins, file  # noqa: SLF001 - the one place that makes settings
    settings._remarks = tuple(_strangers(environ))  # noqa: SLF001 - as above
    return settings


def _config_file(config: Path | None, environ: Mapping[str, str]) -> Path | None:
    asked = config or (Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else None)
    if asked is None:
        return Path(CONFIG_NAME) if Path(CONFIG_NAME).is_file() else None
    if not asked.is_file():
        raise SettingsError(f"{asked}: there is no such settings file. Check the name given by --config")
    return asked


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return TomlConfigSettingsSource(Settings, path)()
    except ValueError as error:
        raise SettingsError(f"{path}: not a TOML file: {one_line(str(error))}") from error
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error


class _Variables(EnvSettingsSource):
    """The variables of one environment, which need not be this very one."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._environ.items() if value}


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    try:
        layer = _Variables(environ)()
    except LayerError as error:
        raise SettingsError(f"A {PREFIX} variable cannot be read: {one_line(str(error))}") from error
    if environ.get(DATABASE_VARIABLE):
        layer["database"] = environ[DATABASE_VARIABLE]
    return layer


def _variable(name: str) -> str:
    return DATABASE_VARIABLE if name == "database" else PREFIX + name.replace(".", "__").upper()


def _merge(below: dict[str, Any], above: Mapping[str, Any]) -> None:
    for name, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(name), dict):
            _merge(below[name], value)
        else:
            below[name] = dict(value) if isinstance(value, dict) else value


def _leaves(tree: Mapping[str, Any], under: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{under}{name}.")
        else:
            yield under + name, value


def _problems(error: ValidationError, merged: Mapping[str, Any], origins: Mapping[str, str]) -> Iterator[str]:
    for problem in error.errors(include_url=False, include_context=False):
        path = [str(part) for part in problem["loc"] if not isinstance(part, int)]
        name = ".".join(path)
        origin = origins.get(name) or next((told for leaf, told in origins.items() if leaf.startswith(name)), "")
        if problem["type"] == "extra_forbidden":
            yield f"{origin}: {name} is not a setting{_meant(path)}"
        else:
            value = _shown(name, problem["loc"], merged)
            yield f"{origin}: {name} = {value}: {_reason(problem['type'], problem['msg'])}"


def _reason(kind: str, message: str) -> str:
    if kind.startswith("int_"):
        return "must be a whole number"
    if kind == "string_too_short":
        return "must not be empty"
    if kind == "string_pattern_mismatch":
        return "name the scheduler, as tcp://HOST:PORT or tls://HOST:PORT"
    plain = message.removeprefix("Value error, ").replace("Input should be", "must be")
    return one_line(plain.partition(", unable to")[0])


def _meant(path: list[str]) -> str:
    siblings = {"limits": Limits.model_fields, "jobs": JobSettings.model_fields}.get(path[0], Settings.model_fields)
    close = difflib.get_close_matches(path[-1], siblings, n=1)
    return f"; did you mean {'.'.join([*path[:-1], close[0]])}?" if close else "; `serialback settings` lists them all"


def _shown(name: str, loc: tuple[int | str, ...], merged: Mapping[str, Any]) -> str:
    value: Any = merged
    for part in loc:
        value = value.get(part) if isinstance(value, dict) else value
    return "..." if name == "database" else repr(value)


def _refuse_failpoints(settings: Settings, environ: Mapping[str, str]) -> None:
    failpoints = sorted(name for name, value in environ.items() if name.startswith(_FAILPOINT_BEGINS) and value)
    if failpoints and settings.production:
        raise SettingsError(
            f"{failpoints[0]} is set, which makes a run fail on purpose, and these are production settings. "
            "Unset it, or set production = false where faults are rehearsed"
        )


def _strangers(environ: Mapping[str, str]) -> Iterator[str]:
    known = {_variable(name).split("__")[0] for name in Settings.model_fields} | {PREFIX + "DATABASE", *_NO_SETTINGS}
    for name in sorted(environ):
        ours = name.startswith(PREFIX) and not name.startswith(_NO_SETTINGS_BEGIN)
        if ours and name.split("__", maxsplit=1)[0].upper() not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
            yield f"{name} is not a setting and changes nothing" + (f"; did you mean {close[0]}?" if close else "")
