"""Draft a mapping from the top of an export: which columns are recognised, which are not, and what stands in them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import json
from collections.abc import Iterator, Sequence

from batch.core.cells import RawRow, text_of
from batch.core.columns import BY_FIELD, COLUMNS, HEADER_ROWS, IntakeColumn, column_letters, column_of, heading_key
from batch.core.date_formats import read_by
from batch.core.intake_words import shown
from batch.core.mapping import NUMBERS
from batch.core.mapping_text import FIXED, NEEDED
from batch.core.numerals import Numerals

SAMPLES = 3
LONGEST_SAMPLE = 24
DATE_FORMATS = (
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%d-%m-%Y",
    "%Y%m%d",
    "%d.%m.%y",
    "%m/%d/%y",
    "%d-%b-%Y",
)
NUMERALS = (Numerals(",", "."), Numerals(",", ""), Numerals(".", ","), Numerals(",", " "))

# How other systems abbreviate what we call otherwise.
_WORDS = {
    "document_no": ("slip", "rma", "bon", "receipt", "docno", "returnno", "ticket"),
    "document_date": ("date", "dat", "day"),
    "location_code": ("shop", "store", "branch", "outlet", "site"),
    "customer_code": ("cust", "client", "account", "debtor", "kunde"),
    "item_code": ("item", "art", "sku", "part", "product"),
    "quantity": ("qty", "quant", "pieces", "units", "menge"),
    "mfr_serial_no": ("imei", "mfr", "maker", "factory", "oem"),
    "serial_no": ("serial", "sernr", "sn"),
    "unit_price": ("price", "preis"),
    "unit_cost": ("cost",),
    "tax": ("tax", "vat"),
    "currency": ("curr",),
    "reason": ("reason", "defect", "fault"),
}  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column of the file: how it is headed, some of what stands in it, and which of ours it seems to be."""

    heading: str
    letters: str
    samples: tuple[str, ...]
    ours: str | None = None
    # By its very name, not by likeness.
    certain: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """A mapping to be looked over by a person, and what it rests on."""

    header_row: int
    columns: tuple[SourceColumn, ...]
    lacking: tuple[str, ...]
    # By which the dates looked at may be read; more than one where they do not tell.
    date_formats: tuple[str, ...]
    numerals: Numerals | None
    text: str


def draft(file_name: str, rows: Sequence[RawRow]) -> Draft | None:
    """Draft a mapping from the first rows of a sheet; None where no row could be a header."""
    header = _header(rows)
    if header is None:
        return None
    below = [cells for sheet_row, cells in rows if sheet_row > header[0]]
    columns = _recognised(header[1], below)
    ours = {column.ours for column in columns}
    lacking = tuple(heading for heading in NEEDED if heading not in ours)
    date_formats = _date_formats(_cells_of("Date", columns, below))
    numerals = _numerals(
        [cell for each in sorted(NUMBERS) for cell in _cells_of(BY_FIELD[each].heading, columns, below)]
    )
    text = "\n".join(_text(file_name, columns, lacking, date_formats, numerals)) + "\n"
    return Draft(header[0], columns, lacking, date_formats, numerals, text)


def _header(rows: Sequence[RawRow]) -> RawRow | None:
    """Take the row at the top with the most headings that we know, or else the most texts."""
    top = [row for row in rows if row[0] <= HEADER_ROWS]

    def weight(row: RawRow) -> tuple[int, int]:
        texts = [cell for cell in row[1] if isinstance(cell, str)]
        return sum(_guess(text, frozenset()) is not None for text in texts), len(texts)

    best = max(top, key=weight, default=None)
    return best if best is not None and weight(best)[1] > 1 else None


def _recognised(headings: Sequence[object], below: Sequence[Sequence[object]]) -> tuple[SourceColumn, ...]:
    """Give each column the one of ours that it is called by, then by likeness what is left."""
    names = [heading.strip() if isinstance(heading, str) else "" for heading in headings]
    taken: dict[str, int] = {}
    for at, name in enumerate(names):
        known = column_of(name)
        if known is not None and known.heading != FIXED:
            taken.setdefault(known.heading, at)
    certain = dict(taken)
    for at, name in enumerate(names):
        if name and at not in taken.values():
            guessed = _guess(name, frozenset(taken))
            if guessed is not None:
                taken[guessed.heading] = at
    if "Date" not in taken:
        dated = [at for at, name in enumerate(names) if name and at not in taken.values() and _dated(at, below)]
        taken.update(("Date", at) for at in dated[:1])
    ours = {at: heading for heading, at in taken.items()}
    return tuple(
        SourceColumn(name, column_letters(at), _samples(at, below), ours.get(at), certain.get(ours.get(at, "")) == at)
        for at, name in enumerate(names)
        if name
    )


def _guess(heading: str, taken: frozenset[str]) -> IntakeColumn | None:
    """Find the column of ours that a heading is most like, among those that are not taken."""
    known = column_of(heading)
    if known is not None:
        return known if known.heading not in taken and known.heading != FIXED else None
    key = heading_key(heading)
    free = [column for column in COLUMNS if column.heading not in taken and column.heading != FIXED]
    for column in free:
        if any(word in key for word in _WORDS.get(column.field, ())):
            return column
    keys = {heading_key(name): column for column in free for name in (column.heading, *column.aliases)}
    close = difflib.get_close_matches(key, list(keys), 1, 0.82)
    return keys[close[0]] if close else None


def _dated(at: int, below: Sequence[Sequence[object]]) -> bool:
    """Say whether a column holds dates and nothing else."""
    cells = [cells[at] for cells in below if at < len(cells) and cells[at] is not None]
    if not cells or not all(isinstance(cell, str | dt.date) for cell in cells):
        return False
    texts = [cell.strip() for cell in cells if isinstance(cell, str)]
    return any(all(read_by(form, text) for text in texts) for form in ("%Y-%m-%d", *DATE_FORMATS))


def _samples(at: int, below: Sequence[Sequence[object]]) -> tuple[str, ...]:
    texts = (text_of(cells[at]).strip() for cells in below if at < len(cells))  # type: ignore[arg-type]
    distinct = dict.fromkeys(text for text in texts if text)
    return tuple(shown(text[:LONGEST_SAMPLE]) for text in list(distinct)[:SAMPLES])


def _cells_of(heading: str, columns: Sequence[SourceColumn], below: Sequence[Sequence[object]]) -> list[str]:
    """Give the texts of the column that seems to be one of ours."""
    places = {column.ours: column.letters for column in columns}
    found = []
    for cells in below if heading in places else ():
        for at, cell in enumerate(cells):
            if column_letters(at) == places[heading] and isinstance(cell, str):
                found.append(cell.strip())
    return found


def _date_formats(texts: Sequence[str]) -> tuple[str, ...]:
    """Find the formats by which all dates are read; none where they are ISO, which needs none."""
    if not texts or all(read_by("%Y-%m-%d", text) for text in texts):
        return ()
    return tuple(form for form in DATE_FORMATS if all(read_by(form, text) for text in texts))


def _numerals(texts: Sequence[str]) -> Numerals | None:
    """Find how numbers are typed where it is not as the contract has them."""
    if not texts or all("," not in text and text.count(".") <= 1 for text in texts):
        return None
    fitting = [each for each in NUMERALS if not any("(not" in str(each.plain(text)) for text in texts)]
    return fitting[0] if fitting else None


def _text(
    file_name: str,
    columns: Sequence[SourceColumn],
    lacking: Sequence[str],
    date_formats: Sequence[str],
    numerals: Numerals | None,
) -> Iterator[str]:
    """Write the mapping as TOML; what a person must still decide stands there as a remark."""
    yield f"# Drafted from {file_name}: look it over, then run"
    yield f"#   serialback run backfill {file_name} --mapping THIS-FILE --sample 1000"
    yield ""
    yield "[columns]"
    width = max((len(column.ours) + 2 for column in columns if column.ours), default=0)
    for column in columns:
        if column.ours:
            doubt = "" if column.certain else "  # guessed"
            seen = f"  # {', '.join(column.samples)}" if column.samples and column.certain else doubt
            yield f"{_quoted(column.ours):{width}} = {_quoted(column.heading)}{seen}"
    for heading in lacking:
        yield f"# {_quoted(heading)} = ?  # every legacy return has one: name its column, or put it under [constants]"
    yield ""
    yield "# Not read:"
    for column in columns:
        if not column.ours:
            yield f"#   {_quoted(column.heading)}: {', '.join(column.samples) or 'blank'}"
    yield ""
    yield "# [constants]"
    yield '# "Location" = "HQ"'
    if date_formats:
        yield from ("", "[dates]", f"formats = [{_quoted(date_formats[0])}]")
    if len(date_formats) > 1:
        yield f"# The dates looked at do not tell it from {' and '.join(map(_quoted, date_formats[1:]))}."
    if numerals:
        yield from ("", "[numbers]")
        yield f"decimal = {_quoted(numerals.decimal)}"
        yield f"thousands = {_quoted(numerals.thousands)}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
