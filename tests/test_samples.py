"""Hold the samples of docs/ against the program: the settings file and the units of systemd."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from batch.config import JobSettings, Limits, Settings, load_settings
from batch.errors import SettingsError
from tests.house.source import ROOT

SAMPLE = ROOT / "docs" / "serialback.sample.toml"
UNITS = ROOT / "docs" / "systemd"


def test_the_sample_settings_load_as_they_are() -> None:
    settings = load_settings(config=SAMPLE, environ={})
    apart = settings.model_dump(exclude={"jobs"})
    assert apart == Settings().model_dump(exclude={"jobs"}), "the sample shows other values than the defaults"


def test_the_sample_names_every_setting() -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    named = set(re.findall(r"^(?:# )?(\w+) = ", text, re.MULTILINE)) | set(re.findall(r"^\[(\w+)", text, re.MULTILINE))
    assert {*Settings.model_fields, *Limits.model_fields, *JobSettings.model_fields} - named == set()


def test_what_the_sample_leaves_out_loads_too(tmp_path: Path) -> None:
    whole = re.sub(r"^# (\w+ = )", r"\1", SAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert tomllib.loads(whole).keys() == Settings.model_fields.keys()
    file = tmp_path / "serialback.toml"
    file.write_text(whole, encoding="utf-8")
    assert load_settings(config=file, environ={}).default_location == "MAIN"
    file.write_text(f"unknown = 1\n{whole}", encoding="utf-8")
    with pytest.raises(SettingsError, match="unknown is not a setting"):
        load_settings(config=file, environ={})


def read_unit(path: Path) -> configparser.ConfigParser:
    """Read a unit file."""
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # how the library has it
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def test_the_units_say_what_to_run_and_when() -> None:
    service, timer = (read_unit(UNITS / f"serialback-nightly.{kind}") for kind in ("service", "timer"))
    program, *args = shlex.split(service["Service"]["ExecStart"])
    assert (Path(program).name, args[:2], "--quiet" in args) == ("serialback", ["run", "nightly"], True)
    assert service["Service"]["Type"] == "oneshot"
    assert (timer["Timer"]["OnCalendar"], timer["Timer"]["Persistent"]) == ("*-*-* 22:15:00 UTC", "true")
    assert timer["Install"]["WantedBy"] == "timers.target"


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    """Where there is no systemd, nobody can say; that the units can be read is shown above."""
    checker = shutil.which("systemd-analyze")
    if checker is None:
        return
    units = [shutil.copy(path, tmp_path) for path in sorted(UNITS.iterdir())]
    service = tmp_path / "serialback-nightly.service"
    # It looks for the program as well, which is installed somewhere else here.
    there = service.read_text(encoding="utf-8").replace("/opt/serialback/bin/serialback", "/bin/true")
    service.write_text(there, encoding="utf-8")
    checked = subprocess.run([checker, "verify", *units], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    service.write_text(there.replace("Type=oneshot", "Type=nonsense"), encoding="utf-8")
    broken = subprocess.run([checker, "verify", *units], capture_output=True, text=True, check=False)
    assert "nonsense" in broken.stderr
