"""Make the export of an old system: odd headings, codes of its own, dates and amounts as Europe types them."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

from sample_data import shop

HEADINGS = ("FILIALE", "BON_NR", "POS", "RETDAT", "KUNDE_NR", "ARTIKEL", "SERNR", "HERST_SN", "PREIS", "BEMERKUNG")
OLD_SHOPS = {"07": "CITY", "11": "HARBOUR", "90": "REPAIR"}
ITEMS = tuple(item for item, family in shop.FAMILY.items() if family in {"computer", "screen", "board"})
FIRST_DAY = dt.date(2014, 1, 2)

# What a person says of these exports that the draft of a mapping cannot know, line by line.
EDITS = {
    "Location": '{ from = "FILIALE", translate = { "07" = "CITY", "11" = "HARBOUR", "90" = "REPAIR" } }',
    "Document #": '{ from = ["FILIALE", "BON_NR"], join = "-" }',
    "Item": '{ from = "ARTIKEL", translate = "items.csv" }',
    "Quantity": "1",
}


def edit(mapping: Path) -> list[str]:
    """Correct a draft as a person would, and give the lines that are other ones now."""
    lines = mapping.read_text(encoding="utf-8").split("\n")
    edited = []
    for name, said in EDITS.items():
        # Of what the draft has for a column, the line in force; else the last that is left as a remark.
        (at, *_) = [at for at, line in enumerate(lines) if line.startswith(f'"{name}"')] or [
            at for at, line in enumerate(lines) if line.startswith(f'# "{name}"')
        ][-1:]
        lines[at] = f'"{name}" = {said}'
        edited.append(lines[at])
    mapping.write_text("\n".join(lines), encoding="utf-8")
    return edited


def write_export(folder: Path, rows: int) -> None:
    """Write the export, and the translation of old item codes, all the same each time."""
    folder.mkdir(exist_ok=True)
    with (folder / "legacy.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADINGS)
        writer.writerows(_rows(rows))
    with (folder / "items.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("old", "new"))
        writer.writerows((f"{70001 + at}", item) for at, item in enumerate(ITEMS))


def _rows(count: int) -> Iterator[tuple[object, ...]]:
    """Make rows: six in ten bear a serial of the old system, one in a hundred has something wrong with it."""
    chance = random.Random(2014)
    shops = tuple(OLD_SHOPS)
    for number in range(count):
        slip, position = divmod(number, 3)
        day = FIRST_DAY + dt.timedelta(days=slip % 3000)
        draw = chance.random()
        serial = f"OS-{number:07}" if draw < 0.59 else f"LC{20001 + number % 400:06}" if draw < 0.592 else ""
        euros = chance.randrange(2_000, 250_000)
        yield (
            shops[slip % 3],
            100_000 + slip,
            position + 1,
            day.strftime("%d.%m.%Y") if chance.random() > 0.003 else "im Mai",
            shop.DOLLAR_CUSTOMERS[slip % len(shop.DOLLAR_CUSTOMERS)],
            70001 + chance.randrange(len(ITEMS)) if chance.random() > 0.005 else "99999",
            serial,
            f"HX{number * 7919 % 10**8:08}" if chance.random() < 0.5 else "",
            f"{euros // 100:,}".replace(",", ".") + f",{euros % 100:02}",
            "Altbestand",
        )
