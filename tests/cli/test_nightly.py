"""Run nights as cron does, and print the lines that have cron do it."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from tests.cli.commands import COMMAND, environment, json_of, serialback
from tests.cli.shop import GOOD, TOO_MANY, intake_file
from tests.databases import Database

SOON = {"SERIALBACK_INBOX_SETTLE_SECONDS": "0"}
NIGHT = ("run", "nightly", "--business-date", "2026-03-31", "--database")


def test_a_night_is_one_line_for_the_log(shop: Database, tmp_path: Path) -> None:
    intake_file(tmp_path / "inbox" / "a.csv", GOOD, TOO_MANY)
    ran = serialback(*NIGHT, shop.url, cwd=tmp_path, env=SOON)
    assert (ran.returncode, ran.stderr) == (0, "")
    (line,) = ran.stdout.splitlines()
    assert line.rpartition(" [")[0] == (
        "Night of 2026-03-31: done; 1 file (1 landed); 1 line posted; 3 serials generated, 0 attached; "
        "1 credit memo, 450.00 USD; 1 exception open"
    )


def test_a_night_is_one_object_for_programs(shop: Database, tmp_path: Path) -> None:
    intake_file(tmp_path / "inbox" / "a.csv", GOOD)
    told = json_of(serialback(*NIGHT, shop.url, "--json", cwd=tmp_path, env=SOON))
    assert (told["job"], told["status"], told["exit_status"], told["serials_generated"]) == ("nightly", "DONE", 0, 3)
    assert [(each["part"], each["run_id"]) for each in told["runs"]] == [
        ("inbox", 1),
        ("intake", 2),
        ("pos", 3),
        ("reports", 4),
    ]


@pytest.mark.parametrize(
    ("rows", "bad", "args", "status", "said"),
    [
        pytest.param([GOOD, TOO_MANY], False, [], 0, "", id="silent where all went well"),
        pytest.param([GOOD], True, [], 65, "Error: refused: bad.xlsx: ", id="a refused file"),
        pytest.param([GOOD, TOO_MANY], False, ["--strict"], 3, "", id="strict, and a refused line"),
        pytest.param([GOOD], False, ["--metrics", "gone/m.prom"], 1, "Error: gone/m.prom cannot be", id="no metrics"),
        pytest.param([GOOD], False, ["--metrics", "m.prom"], 0, "", id="metrics"),
    ],
)
def test_a_quiet_night(
    *, rows: list[str], bad: bool, args: list[str], status: int, said: str, shop: Database, tmp_path: Path
) -> None:
    intake_file(tmp_path / "inbox" / "a.csv", *rows)
    if bad:
        (tmp_path / "inbox" / "bad.xlsx").write_bytes(b"no workbook")
    ran = serialback(*NIGHT, shop.url, "--quiet", *args, cwd=tmp_path, env=SOON)
    assert (ran.returncode, bool(ran.stdout), bool(ran.stderr)) == (status, bool(status), bool(said))
    assert ran.stderr.startswith(said)
    assert (tmp_path / "m.prom").exists() == (args == ["--metrics", "m.prom"])


def test_metrics_of_other_jobs_and_none_of_a_rehearsal(shop: Database, tmp_path: Path) -> None:
    for args, written in (((), True), (("--dry-run",), False)):
        run = ("run", "pos", "--quiet", "--metrics", "m.prom", *args, "--database", shop.url)
        assert serialback(*run, cwd=tmp_path).returncode == 0
        assert (tmp_path / "m.prom").exists() == written
        (tmp_path / "m.prom").unlink(missing_ok=True)


def crontab(*args: str, cwd: Path, env: dict[str, str] | None = None) -> list[str]:
    """Print the crontab; give its lines that are no comments."""
    ran = serialback(*args, "crontab", cwd=cwd, env=env)
    assert (ran.returncode, ran.stderr) == (0, "")
    return [line for line in ran.stdout.splitlines() if line and not line.startswith("#")]


def test_a_crontab_line_runs_as_it_stands(shop: Database, tmp_path: Path) -> None:
    folder = tmp_path / "a shop's 100% folder"
    folder.mkdir()
    intake_file(folder / "in box" / "a.csv", GOOD)
    (folder / "serialback.toml").write_text(f'database = "{shop.url}"\ninbox = "in box"\n', encoding="utf-8")
    (line,) = crontab(cwd=folder, env={"SERIALBACK_INBOX_SETTLE_SECONDS": "0"})
    *when, command = line.split(" ", 5)
    assert " ".join(when) == "15 22 * * *"
    # What cron does: a percent sign with a backslash is one, and the rest is for the shell, with little around it.
    bare = {name: value for name, value in environment().items() if name in {"PYTHONPATH", "HOME"}}
    ran = subprocess.run(
        ["/bin/sh", "-c", command.replace("\\%", "%")], cwd="/", env=bare, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert [path.name for path in (folder / "done").rglob("*.csv")] == ["a.csv"]


@pytest.mark.parametrize(
    ("toml", "env", "args", "expected", "never"),
    [
        pytest.param("", {}, [], ["15 22 * * *", "run nightly --quiet"], "CRON_TZ", id="as it is"),
        pytest.param("", {}, [], ["# Without a file it tries again what is open;"], "", id="what intake does by day"),
        pytest.param("[jobs.nightly]\ncron = '5 4 * * *'", {}, [], ["5 4 * * *"], "15 22", id="another time"),
        pytest.param("[jobs.pos]\ncron = '@daily'", {}, [], ["@daily ", "run pos --quiet"], "#@", id="another job too"),
        pytest.param("time_zone = 'Europe/Berlin'", {}, [], ["CRON_TZ=Europe/Berlin"], "", id="a time zone"),
        pytest.param("", {"SERIALBACK_CURRENCY": "EUR"}, [], ["SERIALBACK_CURRENCY=EUR"], "", id="a variable"),
        pytest.param("", {}, ["--database", "sqlite:///a b.db"], ["--database 'sqlite:///a b.db'"], "", id="an option"),
        pytest.param(
            "",
            {"SERIALBACK_DATABASE_URL": "postgresql://shop:s3cr3t@db/shop"},
            [],
            ["# The database URL holds a password"],
            "s3cr3t",
            id="a password in a variable",
        ),
        pytest.param(
            "", {}, ["--database", "postgresql://shop:s3cr3t@db/shop"], [".pgpass"], "s3cr3t", id="one in an option"
        ),
    ],
)
def test_the_crontab_is_by_the_settings(
    *, toml: str, env: dict[str, str], args: list[str], expected: list[str], never: str, tmp_path: Path
) -> None:
    (tmp_path / "serialback.toml").write_text(toml, encoding="utf-8")
    ran = serialback(*args, "crontab", cwd=tmp_path, env=env)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert [text for text in expected if text not in ran.stdout] == []
    assert not never or never not in ran.stdout


def test_the_crontab_as_an_object(tmp_path: Path) -> None:
    told = json_of(serialback("crontab", "--json", cwd=tmp_path))
    assert [each["job"] for each in told["jobs"]] == ["nightly", "intake", "pos"]
    assert all(each["command"].startswith(f"cd {shlex.quote(str(tmp_path))} && ") for each in told["jobs"])
    assert COMMAND[1:] == ("-m", "batch")
