"""Print barcode labels."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batch.cli.invocation import asks, invocation
from batch.cli.output import say, say_json, shown
from batch.cli.printing import plural
from batch.cli.progress import progressing
from batch.cli.report import OVERWRITE, must_end
from batch.core.label_sizes import SIZES, LabelSize, LabelSizeError, label_size

if TYPE_CHECKING:
    from batch.edge.labels import Printed


class SizeType(click.ParamType[LabelSize]):
    """A label size by its name or its measures."""

    name = "size"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Show what is meant."""
        return "SIZE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> LabelSize:
        """Find the size, or say which there are."""
        if isinstance(value, LabelSize):
            return value
        try:
            return label_size(str(value))
        except LabelSizeError as error:
            self.fail(f"{error}.", param, ctx)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.pdf")
@click.option("--run", "run_id", type=click.IntRange(min=1), metavar="N", help="The serials that run N generated.")
@click.option("--serial", "serials", multiple=True, metavar="S", help="This serial; may be given several times.")
@click.option(
    "--size",
    type=SizeType(),
    help=f"One of {', '.join(SIZES)}, or a roll by its measures in mm, such as 62x29 (else the setting label_size).",
)
@click.option(
    "--start", type=click.IntRange(min=1), default=1, show_default=True, help="First free place on a used sheet."
)
@click.option(
    "--font",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.ttf",
    help="A TrueType font for letters beyond those of western Europe (else the setting label_font).",
)
@OVERWRITE
@asks("database", "config", "json", "quiet")
def labels(  # noqa: PLR0917 - click passes every option by name
    file: Path,
    run_id: int | None,
    serials: tuple[str, ...],
    size: LabelSize | None,
    start: int,
    font: Path | None,
    *,
    overwrite: bool,
) -> None:
    """Print barcode labels: Code 128 and QR of the serial, and in words its item, maker's serial and document.

    Where the item has a GTIN, the QR symbol holds GS1 elements: GTIN (01) and serial (21).

    \b
    Example:
      serialback labels --run 7 labels.pdf
      serialback labels --serial 5001 --serial 5002 --size roll-62 labels.pdf
      serialback labels --run 7 --start 5 labels.pdf
    """
    if (run_id is None) == (not serials):
        raise click.UsageError("Say which labels: --run N, or --serial S once or more.")
    must_end(file, ".pdf")
    from batch.edge.database import read_only
    from batch.edge.labels import LabelTerms, Printed, labels_of_run, labels_of_serials, print_labels

    asked = invocation()
    settings = asked.settings()
    terms = LabelTerms(size or label_size(settings.label_size), start, font or settings.label_font)
    with progressing(quiet=asked.quiet) as progress, read_only(asked.open()) as connection:
        if run_id is not None:
            total, chosen = labels_of_run(connection, run_id)
        else:
            listed = labels_of_serials(connection, serials)
            total, chosen = len(listed), iter(listed)
        if run_id is not None and not total:
            # No error: a script may print the labels of every run.
            if asked.json:
                say_json({"file": None, "size": terms.size.name, **dataclasses.asdict(Printed())})
            elif not asked.quiet:
                say(f"Run {run_id} generated no serials; nothing was written.")
            return
        progress.start("Labels", total)
        printed = print_labels(chosen, file, terms, overwrite=overwrite, progress=progress)
    if asked.json:
        say_json({"file": str(file), "size": terms.size.name, **dataclasses.asdict(printed)})
    elif not asked.quiet:
        say("\n".join([_headline(printed, terms.size, file), *_remarks(printed)]))


def _headline(printed: Printed, size: LabelSize, file: Path) -> str:
    pages = plural(printed.pages, "page")
    return f"{plural(printed.labels, 'label')} on {pages} of {size.name}, written to {shown(file)}. Print at 100%."


def _remarks(printed: Printed) -> Iterator[str]:
    for count, what in (
        (
            printed.without_code128,
            "without Code 128: the serial is too long for the label, or has letters beyond ASCII",
        ),
        (printed.without_qr, "without QR: the serial is too long for the label"),
        (printed.without_gs1, "without GS1: the item's GTIN is none, or the serial is not one that GS1 allows"),
    ):
        if count:
            yield f"{plural(count, 'label')} {what}."
    if printed.letters_lacking:
        yield (
            f"The font lacks {' '.join(printed.letters_lacking)}: they are shown by their number, or in words "
            "without their accent. Name a font that has them with --font FILE.ttf."
        )
