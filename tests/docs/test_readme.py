"""Hold README.md against the product: what the demo shows, settings, exit statuses; and number the decisions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from batch import errors
from batch.config import Settings
from jobs.backfill import JOB as BACKFILL
from jobs.intake import JOB as INTAKE
from jobs.nightly import JOB as NIGHTLY
from jobs.pos import JOB as POS
from sample_data.shop import INTAKE_DATE
from sample_data.sql import send
from tests.cli.commands import serialback

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FOLD = 50
EXCERPT = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def table(heading: str) -> list[list[str]]:
    """Read the rows of the table under a heading, without its head."""
    section = README.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return rows[2:]


def test_what_matters_stands_before_the_fold() -> None:
    above = README.split("\n---\n")[0]
    assert len(above.splitlines()) < FOLD
    assert "make demo" in above


def test_what_you_see_is_what_the_demo_prints(tmp_path: Path) -> None:
    samples = ROOT / "sample_data"
    database = f"sqlite:///{tmp_path}/demo.db"
    day = ("--business-date", str(INTAKE_DATE))
    seen = ""
    for arguments in (
        ("init",),
        ("load", str(samples / "reference.xlsx")),
        ("run", "intake", str(samples / "intake_good.xlsx"), *day),
        ("run", "intake", str(samples / "intake_problems.xlsx"), *day),
        ("verify",),
    ):
        run = serialback("--database", database, *arguments, cwd=tmp_path)
        assert (run.returncode, run.stderr) == (0, "")
        seen = seen + run.stdout
        if arguments[0] == "load":
            send(samples / "erp.sql", database)
    (excerpt,) = EXCERPT.findall(README)
    assert [line for line in excerpt.splitlines() if line not in seen.splitlines()] == []


@pytest.mark.parametrize("names", [pytest.param(row[0], id=row[0].strip("`")) for row in table("Settings")])
def test_settings_are_named_with_their_defaults(names: str) -> None:
    (said,) = (row[1] for row in table("Settings") if row[0] == names)
    for name, default in zip(names.split(", "), said.split(", "), strict=True):
        field, *below = name.strip("`").split(".")
        assert field in Settings.model_fields
        if not below:
            value = Settings.model_fields[field].default
            assert default == ("none" if value in {None, (), ""} else f"`{value}`")


def test_jobs_are_told_as_they_are() -> None:
    files = {path.stem for path in (ROOT / "jobs").glob("*.py")} - {"__init__"}
    jobs = [(job.name, f"`{job.cron}`" if job.cron else "by hand") for job in (INTAKE, POS, NIGHTLY, BACKFILL)]
    assert {name for name, _ in jobs} == files
    assert [(row[0].strip("`"), row[-1]) for row in table("Jobs")] == jobs


def test_every_exit_status_of_an_error_is_told() -> None:
    told = {int(status) for row in table("Exit statuses") for status in row[0].split(", ")}
    raised = {
        each.exit_status for each in vars(errors).values() if isinstance(each, type) and hasattr(each, "exit_status")
    }
    assert raised <= told


def test_decisions_are_numbered_and_headed_alike() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [page.name[:3] for page in pages] == [f"{number:03}" for number in range(1, len(pages) + 1)]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {page.name[:3]}. "), page.name
        assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == ["Question", "Choice", "Why", "Cost"], page.name
