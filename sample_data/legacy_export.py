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

MAPPING = """\
# How the exports of the old till system are read.
[columns]
"Document #" = { from = ["FILIALE", "BON_NR"], join = "-" }
"Line #" = "POS"
"Date" = "RETDAT"
"Location" = { from = "FILIALE", translate = { "07" = "CITY", "11" = "HARBOUR", "90" = "REPAIR" } }
"Customer" = "KUNDE_NR"
"Item" = { from = "ARTIKEL", translate = "items.csv" }
"Serial #" = "SERNR"
"Mfr Serial #" = "HERST_SN"
"Unit Price" = "PREIS"
"Reason" = "BEMERKUNG"

[constants]
"Quantity" = 1

[dates]
formats = ["%d.%m.%Y"]

[numbers]
decimal = ","
thousands = "."
"""


def write_export(folder: Path, rows: int) -> None:
    """Write the export, its mapping, and the translation of old item codes, all the same each time."""
    folder.mkdir(exist_ok=True)
    with (folder / "legacy.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADINGS)
        writer.writerows(_rows(rows))
    (folder / "legacy.toml").write_text(MAPPING, encoding="utf-8")
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
