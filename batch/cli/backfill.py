"""Run a backfill: hand over how it was asked for."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from batch.cli.invocation import RUN_OPTIONS, asks, invocation
from batch.job import LegacyFiles


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="[FILE]...")
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.toml",
    help="How the file's columns are read as ours; `serialback mapping FILE` drafts one.",
)
@click.option(
    "--credit-memos",
    type=click.Choice(["none", "write"]),
    default="none",
    show_default=True,
    help="Whether credit memos are written, dated as their documents are; none: they are settled already.",
)
@click.option(
    "--into", "into_area", metavar="AREA", help="The stock area for lines that name none (else their location's)."
)
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="Rehearse with about N rows of each file, in whole documents; nothing is written.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, metavar="S", help="Which sample: the same seed, the same one."
)
@asks(*RUN_OPTIONS)
def backfill(
    files: tuple[Path, ...],
    *,
    mapping: Path | None,
    credit_memos: str,
    into_area: str | None,
    sample: int | None,
    seed: int,
) -> int:
    """Bring in legacy returns from FILEs of another system: CSV (also .csv.gz), Parquet or a workbook.

    A legacy return keeps its date and, where it has one, its legacy serial. A file is landed in parts: a run that was
    killed goes on where it was when the same command is given again, and nothing is done twice. Without a FILE, all
    open legacy returns are tried again.

    \b
    Example:
      serialback run backfill returns-2019.csv --mapping old-shop.toml --dry-run
      serialback run backfill returns-2019.csv.gz --into QUARANTINE
      serialback run backfill returns-2019.csv --sample 10000 --seed 7
    """
    from batch.cli.run import run_and_print
    from batch.edge.mapping_file import load_mapping
    from batch.edge.sheets import ReadLimits
    from jobs.backfill import JOB

    if sample is not None:
        invocation().dry_run = True
    limits = ReadLimits(**invocation().settings().limits.for_reading())
    columns = load_mapping(mapping, limits) if mapping else None
    source = LegacyFiles(columns, credit_memos=credit_memos == "write", into_area=into_area, sample=sample, seed=seed)
    return run_and_print(dataclasses.replace(JOB, source=source), files)
