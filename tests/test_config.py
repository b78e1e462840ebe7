"""Show where each setting comes from, which layer wins, and that what is no setting is refused in one line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest

from batch import DATABASE_VARIABLE
from batch.config import JOB_NAMES, Limits, Settings, load_settings
from batch.errors import SettingsError
from jobs import backfill, intake, nightly, pos


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(text: str, name: str = "serialback.toml") -> Path:
    """Write a settings file into this folder."""
    Path(name).write_text(text, encoding="utf-8")
    return Path(name)


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = load_settings(environ={})
    assert (settings.database, settings.currency, settings.chunk_lines) == ("sqlite:///serialback.db", "USD", 10_000)
    assert {line.origin for line in settings.described()} == {"default"}
    assert settings == Settings()


@pytest.mark.parametrize(
    ("toml", "environ", "option", "value", "origin"),
    [
        pytest.param("", {}, None, "sqlite:///serialback.db", "default", id="nothing said"),
        pytest.param('database = "sqlite:///f"', {}, None, "sqlite:///f", "serialback.toml", id="file"),
        pytest.param(
            'database = "sqlite:///f"',
            {DATABASE_VARIABLE: "sqlite:///v"},
            None,
            "sqlite:///v",
            DATABASE_VARIABLE,
            id="variable",
        ),
        pytest.param(
            'database = "sqlite:///f"', {DATABASE_VARIABLE: ""}, None, "sqlite:///f", "serialback.toml", id="empty"
        ),
        pytest.param(
            'database = "sqlite:///f"',
            {DATABASE_VARIABLE: "sqlite:///v"},
            "sqlite:///o",
            "sqlite:///o",
            "--database",
            id="option",
        ),
    ],
)
def test_each_layer_overrides_the_one_before(
    toml: str, environ: Mapping[str, str], option: str | None, value: str, origin: str
) -> None:
    written(toml)
    settings = load_settings(options={"database": option}, environ=environ)
    assert (settings.database, settings.origin("database")) == (value, origin)


def test_the_layers_of_a_section_are_merged() -> None:
    written('[jobs.pos]\nhold = "line"\n[limits]\ncolumns = 9\n')
    environ = {"SERIALBACK_JOBS__POS__CRON": "0 2 * * *", "SERIALBACK_LIMITS__ROWS": "99"}
    settings = load_settings(environ=environ)
    assert (settings.jobs["pos"].hold, settings.jobs["pos"].cron) == ("line", "0 2 * * *")
    assert (settings.limits.columns, settings.limits.rows, settings.limits.members) == (9, 99, 2_000)
    assert settings.origin("limits.columns") == "serialback.toml"
    assert settings.origin("limits.rows") == "SERIALBACK_LIMITS__ROWS"
    assert settings.origin("jobs.pos.cron") == "SERIALBACK_JOBS__POS__CRON"


def test_a_variable_may_hold_several_date_formats() -> None:
    settings = load_settings(environ={"SERIALBACK_DATE_FORMATS": "%d.%m.%Y; %b %d, %Y"})
    assert settings.date_formats == ("%d.%m.%Y", "%b %d, %Y")


@pytest.mark.parametrize(
    ("toml", "environ", "message"),
    [
        pytest.param(
            'curency = "EUR"', {}, "serialback.toml: curency is not a setting; did you mean currency?", id="unknown"
        ),
        pytest.param(
            "[limits]\ncolums = 3",
            {},
            "serialback.toml: limits.colums is not a setting; did you mean limits.columns?",
            id="unknown in a section",
        ),
        pytest.param(
            "zzz = 1", {}, "serialback.toml: zzz is not a setting; `serialback settings` lists them all", id="like none"
        ),
        pytest.param(
            "",
            {"SERIALBACK_CHUNK_LINES": "many"},
            "SERIALBACK_CHUNK_LINES: chunk_lines = 'many': must be a whole number",
            id="no number",
        ),
        pytest.param(
            "workers = 0", {}, "serialback.toml: workers = 0: must be greater than or equal to 1", id="below the least"
        ),
        pytest.param(
            '[jobs.pos]\nhold = "both"',
            {},
            "serialback.toml: jobs.pos.hold = 'both': must be 'line' or 'document'",
            id="none of the choices",
        ),
        pytest.param(
            '[jobs.pos]\ncron = "daily"',
            {},
            "serialback.toml: jobs.pos.cron = 'daily': a cron line has five fields, such as */15 6-20 * * 1-6",
            id="cron",
        ),
        pytest.param(
            '[jobs.pos]\ncron = "0 25 * * *"',
            {},
            "serialback.toml: jobs.pos.cron = '0 25 * * *': 25 is no hour: that is 0 to 23, a range such as 0-23, or *",
            id="cron with a number out of range",
        ),
        pytest.param(
            'currency = "usd"',
            {},
            "serialback.toml: currency = 'usd': not a current ISO 4217 code; "
            "use a three-letter code such as USD or EUR",
            id="currency",
        ),
        pytest.param(
            'time_zone = "Mars/Base"',
            {},
            "serialback.toml: time_zone = 'Mars/Base': no such time zone; use a name such as Europe/Berlin",
            id="zone",
        ),
        pytest.param(
            'day_starts_at = "25:00"',
            {},
            "serialback.toml: day_starts_at = '25:00': give a time of day such as 04:00",
            id="time of day",
        ),
        pytest.param(
            'date_formats = ["%d.%m"]',
            {},
            "serialback.toml: date_formats = ['%d.%m']: '%d.%m' does not tell day, month and year; "
            "write it like %d.%m.%Y",
            id="date format without a year",
        ),
        pytest.param(
            "chunk_lines = 0\nworkers = 99",
            {},
            "serialback.toml: chunk_lines = 0: must be greater than or equal to 1; "
            "serialback.toml: workers = 99: must be less than or equal to 64",
            id="all at once",
        ),
        pytest.param(
            "", {"SERIALBACK_LIMITS": "{"}, "A SERIALBACK_ variable cannot be read: ", id="variable that cannot be read"
        ),
        pytest.param('database = ""', {}, "serialback.toml: database = ...: must not be empty", id="no database named"),
        pytest.param("a = ", {}, "serialback.toml: not a TOML file: ", id="no toml"),
        pytest.param(
            "",
            {"SERIALBACK_FAILPOINT": "x"},
            "SERIALBACK_FAILPOINT is set, which makes a run fail on purpose, and these are production settings. ",
            id="failpoint in production",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(toml: str, environ: Mapping[str, str], message: str) -> None:
    written(toml)
    with pytest.raises(SettingsError) as refused:
        load_settings(environ=environ)
    assert str(refused.value).startswith(message)
    assert "\n" not in str(refused.value)
    assert refused.value.exit_status == 78


def test_a_wrong_database_setting_is_not_shown() -> None:
    written('database = ["postgresql://u:secret@h/d"]')
    with pytest.raises(SettingsError) as refused:
        load_settings(environ={})
    assert str(refused.value) == "serialback.toml: database = ...: must be a valid string"


def test_faults_may_be_rehearsed_where_it_is_said() -> None:
    written("production = false")
    assert not load_settings(environ={"SERIALBACK_FAILPOINT": "x"}).production


@pytest.mark.parametrize(
    ("option", "variable", "file"),
    [
        pytest.param(None, None, "serialback.toml", id="this folder"),
        pytest.param(None, "v.toml", "v.toml", id="variable"),
        pytest.param("o.toml", "v.toml", "o.toml", id="option before variable"),
        pytest.param("gone.toml", None, None, id="named and missing"),
        pytest.param(None, "gone.toml", None, id="variable names none"),
    ],
)
def test_the_settings_file_is_found(option: str | None, variable: str | None, file: str | None) -> None:
    for name in ("serialback.toml", "v.toml", "o.toml"):
        written(f'default_location = "{name}"', name)
    config = Path(option) if option else None
    environ = {"SERIALBACK_CONFIG": variable} if variable else {}
    if file is None:
        with pytest.raises(SettingsError, match=r"gone\.toml: there is no such settings file"):
            load_settings(config=config, environ=environ)
        return
    settings = load_settings(config=config, environ=environ)
    assert (settings.default_location, settings.config_file) == (file, Path(file))


def test_without_a_settings_file_none_is_named() -> None:
    assert load_settings(environ={}).config_file is None


@pytest.mark.parametrize(
    ("variable", "remarks"),
    [
        pytest.param("SERIALBACK_CHUNK_LINES", (), id="a setting"),
        pytest.param("SERIALBACK_LIMITS__ROWS", (), id="of a section"),
        pytest.param("SERIALBACK_TEST_DATABASE_URL", (), id="for tests"),
        pytest.param("OTHER_CHUNK_LINES", (), id="somebody else's"),
        pytest.param(
            "SERIALBACK_CHUNK_LINE",
            ("SERIALBACK_CHUNK_LINE is not a setting and changes nothing; did you mean SERIALBACK_CHUNK_LINES?",),
            id="misspelt",
        ),
        pytest.param("SERIALBACK_ZZZ", ("SERIALBACK_ZZZ is not a setting and changes nothing",), id="like none"),
    ],
)
def test_a_variable_that_is_no_setting_is_remarked(variable: str, remarks: tuple[str, ...]) -> None:
    assert load_settings(environ={variable: "7"}).remarks == remarks


def test_passwords_are_masked_where_settings_are_shown() -> None:
    settings = load_settings(environ={DATABASE_VARIABLE: "postgresql://shop:secret@h/d"})
    assert settings.database == "postgresql://shop:secret@h/d"
    assert settings.described()[0].value == "postgresql://shop:***@h/d"
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("zone", "starts", "instant", "business_date"),
    [
        pytest.param("UTC", "00:00", "2026-03-31T23:59:59", "2026-03-31", id="before midnight"),
        pytest.param("UTC", "00:00", "2026-04-01T00:00:00", "2026-04-01", id="midnight"),
        pytest.param("Europe/Berlin", "00:00", "2026-03-31T22:30:00", "2026-04-01", id="east of Greenwich"),
        pytest.param("America/New_York", "00:00", "2026-04-01T03:30:00", "2026-03-31", id="west of Greenwich"),
        pytest.param("UTC", "04:00", "2026-04-01T03:59:00", "2026-03-31", id="the night belongs to the day before"),
        pytest.param("UTC", "04:00", "2026-04-01T04:00:00", "2026-04-01", id="the day has begun"),
        pytest.param("Europe/Berlin", "03:00", "2026-03-29T00:59:00", "2026-03-28", id="hour before summer time"),
        pytest.param("Europe/Berlin", "03:00", "2026-03-29T01:00:00", "2026-03-29", id="summer time has begun"),
    ],
)
def test_the_business_date(zone: str, starts: str, instant: str, business_date: str) -> None:
    settings = Settings(time_zone=zone, day_starts_at=starts)
    at = dt.datetime.fromisoformat(instant).replace(tzinfo=dt.UTC)
    assert settings.business_date_at(at).isoformat() == business_date


def test_the_limits_of_reading_are_those_of_the_reader() -> None:
    from batch.edge.sheet_limits import ReadLimits

    assert ReadLimits(**Limits().for_reading()) == ReadLimits()


def test_a_job_that_there_is_not_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "serialback.toml"
    config.write_text('[jobs.intke]\nhold = "line"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"intke is not a job: there are .*; did you mean intake"):
        load_settings(config=config, environ={})
    config.write_text("[jobs.night]\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="night is not a job: there are intake, pos, nightly, backfill"):
        load_settings(config=config, environ={})


def test_the_jobs_that_can_be_set_are_those_there_are() -> None:
    assert {module.JOB.name for module in (backfill, intake, nightly, pos)} == set(JOB_NAMES)
