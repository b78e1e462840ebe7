"""Print the lines that have cron run the jobs, with the settings as they are now."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from batch.cli.invocation import asks, invocation
from batch.cli.output import say, say_json
from batch.core.secrecy import without_secrets
from batch.job import Job, Night

if TYPE_CHECKING:
    from batch.config import Settings

_OPTION: Final = "--"


@click.command()
@asks("database", "config", "json")
def crontab() -> None:
    """Print crontab lines for the jobs, with the settings of this folder.

    What the night runs anyway is printed as a comment, unless the settings give the job a time of its own.

    \b
    Example:
      serialback crontab
      (crontab -l; serialback crontab) | crontab -
    """
    from jobs import intake, nightly, pos

    asked = invocation()
    settings = asked.settings()
    jobs = [nightly.JOB, intake.JOB, pos.JOB]
    start = _start(settings)
    if asked.json:
        lines = [{"job": job.name, "cron": _cron(job, settings), "command": _command(job, start)} for job in jobs]
        say_json({"jobs": lines, "remarks": list(_remarks(settings))})
    else:
        say("\n".join(_page(jobs, settings, start)))


def _page(jobs: list[Job], settings: Settings, start: str) -> Iterator[str]:
    yield "# Serialback: what it prints, cron mails; with --quiet that is only what somebody must see."
    yield "# Its exit status is 0 where all went well; docs/operating.md says what to do about every other."
    for remark in _remarks(settings):
        yield f"# {remark}"
    if settings.time_zone != "UTC":
        # Known to cronie; other crons take it for a variable and go by the system's clock.
        yield f"CRON_TZ={settings.time_zone}"
    in_the_night = {name for job in jobs if isinstance(job.source, Night) for name in job.source.jobs}
    for job in jobs:
        own_time = job.name in settings.jobs and settings.jobs[job.name].cron is not None
        yield ""
        yield f"# {job.name}: {job.purpose}"
        aside = job.name in in_the_night and not own_time
        if aside:
            yield "# The night does this too; take the # away to have it done by day as well."
            if job.name == "intake":
                yield "# Without a file it tries again what is open; what lies in the inbox, the night alone takes in."
        # Cron makes a new line of every bare percent sign.
        line = f"{_cron(job, settings)} {_command(job, start)}".replace("%", "\\%")
        yield f"#{line}" if aside else line


def _cron(job: Job, settings: Settings) -> str:
    said = settings.jobs.get(job.name)
    return " ".join(((said.cron if said else None) or job.cron).split())


def _command(job: Job, start: str) -> str:
    return f"{start} run {job.name} --quiet"


def _start(settings: Settings) -> str:
    """Give the beginning of every command: where, with which variables, which program, which settings."""
    parts = [f"cd {shlex.quote(str(Path.cwd()))} &&"]
    parts += [f"{name}={shlex.quote(os.environ[name])}" for name in _variables(settings)]
    parts.append(_program())
    if settings.config_file:
        parts += ["--config", shlex.quote(str(settings.config_file.resolve()))]
    if settings.origin("database").startswith(_OPTION) and not _holds_a_secret(settings.database):
        parts += ["--database", shlex.quote(settings.database)]
    return " ".join(parts)


def _variables(settings: Settings) -> list[str]:
    """Name the variables that the settings come from and cron would not have, secrets apart."""
    origins = {settings.origin(line.name) for line in settings.described()}
    return sorted(name for name in origins if name in os.environ and not _holds_a_secret(os.environ[name]))


def _remarks(settings: Settings) -> Iterator[str]:
    if _holds_a_secret(settings.database) and settings.origin("database") != str(settings.config_file):
        yield "The database URL holds a password and is not written here: put it into serialback.toml, or use .pgpass."


def _holds_a_secret(text: str) -> bool:
    return without_secrets(text) != text


def _program() -> str:
    """Name the program by its full path: cron knows few folders."""
    called = Path(sys.argv[0])
    found = str(called.absolute()) if called.name == "serialback" and called.is_file() else shutil.which("serialback")
    return shlex.quote(found) if found else f"{shlex.quote(sys.executable)} -m batch"
