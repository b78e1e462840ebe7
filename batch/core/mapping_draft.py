"""Draft a mapping from the top of an export: which columns are recognised, which are not, and what stands in them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Lookup

from batch.core.cells import Exact, RawRow, text_of
from batch.core.columns import BY_FIELD, COLUMNS, HEADER_ROWS, IntakeColumn, column_letters, column_of, heading_key
from batch.core.date_formats import read_by
from batch.core.intake_words import shown
from batch.core.mapping import AMOUNTS, QUANTITIES
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
_COMMA, _POINT = Numerals(",", "."), Numerals(".", ",")
NUMERALS = (_COMMA, _POINT, Numerals(",", " "))
# What fits both, and by what thousands are told from decimals.
_EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_BELOW_A_THOUSAND = re.compile(r"[0-9]{1,3}")

# How other systems call what we call otherwise, in the order in which a heading is held against it: the date of a slip
# is a date, the serial of an item a serial. What is short is taken only as a word of its own, or at the end of one:
# there is "sn" in every Rechnungsnummer, "rma" in Firma, "dat" in data.
_WORDS = {
    field: re.compile(words)
    for field, words in {
        "document_date": r"date(?!n)|datum|dat\b|day|fecha",
        "mfr_serial_no": r"imei|mfr|maker|factory|oem|manuf|herst|fabricant",
        "serial_no": r"serial|serien|serie\b|sernr|serno|\bsn\b",
        "document_no": r"slip|\brma|\bbon\b|receipt|docno|returnno|ticket|beleg",
        "location_code": r"shop|store|branch|outlet|site|filiale|standort|warehouse",
        "customer_code": r"cust|client|account|debtor|kunde",
        "reference": r"rechnungsn|rechnungn|rechnr|facture",
        "item_code": r"item|\bart|artic|artik|sku|\bpart(?!ner)|product|produkt",
        "quantity": r"qty|quant|pieces|units|menge|anzahl",
        "unit_price": r"price|preis|prix",
        "unit_cost": r"cost|kosten",
        "discount": r"disc|rabatt",
        "tax": r"tax|\bvat\b|mwst",
        "currency": r"curr|waehrung|wahrung",
        "reason": r"reason|defect|fault|remark|comment|bemerk|grund",
    }.items()
}
# Too short to be looked for within a heading.
_NAMES = {"line_no": ("pos", "position", "seq", "zeile", "ln")}
_RATE = re.compile(r"percent|pct|proz|porcent|pourcent")
_OF_A_NUMBER = re.compile(r"(?:nummer|number|num|nr|no|code|id)$")
# Of dates and numbers so many must be typed alike: a few are always wrong.
_MOSTLY = 0.9
# So many different codes of shops are written out, to be translated.
_SHOPS = 12


@dataclasses.dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column of the file: how it is headed, some of what stands in it, and which of ours it seems to be."""

    heading: str
    letters: str
    samples: tuple[str, ...]
    ours: str | None = None
    # By its very name, not by likeness.
    certain: bool = False

    @property
    def seen(self) -> str:
        """Show some of what stands in the column."""
        return " | ".join(self.samples) or "blank"


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """A mapping to be looked over by a person, and what it rests on."""

    header_row: int
    columns: tuple[SourceColumn, ...]
    lacking: tuple[str, ...]
    # By which the dates looked at may be read; more than one where they do not tell.
    date_formats: tuple[str, ...]
    numerals: Numerals | None
    # Another notation that all numbers looked at fit as well.
    other_numerals: Numerals | None
    # Dates among those looked at that are typed otherwise.
    unlike_dates: tuple[str, ...]
    text: str


def draft(file_name: str, rows: Sequence[RawRow]) -> Draft | None:
    """Draft a mapping from the first rows of a sheet; None where no row could be a header."""
    header = _header(rows)
    if header is None:
        return None
    below = [cells for sheet_row, cells in rows if sheet_row > header[0]]
    columns = _recognised(header[1], below)
    ours = {column.ours for column in columns}
    dates = _cells_of("Date", columns, below)
    date_formats = _date_formats(dates)
    # A number of a file that has types is not typed in any notation.
    typed = [[None if isinstance(cell, Exact) else cell for cell in cells] for cells in below]
    quantities, amounts = (
        [cell for each in fields for cell in _cells_of(BY_FIELD[each].heading, columns, typed)]
        for fields in (QUANTITIES, AMOUNTS)
    )
    numerals, other = _numerals(quantities, amounts)
    found = Draft(
        header_row=header[0],
        columns=columns,
        lacking=tuple(heading for heading in NEEDED if heading not in ours),
        date_formats=date_formats,
        numerals=numerals,
        other_numerals=other,
        unlike_dates=_unlike(dates, date_formats),
        text="",
    )
    shops = tuple(dict.fromkeys(each for each in _cells_of("Location", columns, below) if each))
    return dataclasses.replace(found, text="\n".join(_text(file_name, found, shops)) + "\n")


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
    taken |= _likely({at: name for at, name in enumerate(names) if name and at not in taken.values()}, frozenset(taken))
    if "Date" not in taken:
        dated = [at for at, name in enumerate(names) if name and at not in taken.values() and _dated(at, below)]
        taken.update(("Date", at) for at in dated[:1])
    ours = {at: heading for heading, at in taken.items()}
    return tuple(
        SourceColumn(name, column_letters(at), _samples(at, below), ours.get(at), certain.get(ours.get(at, "")) == at)
        for at, name in enumerate(names)
        if name
    )


def _likely(names: Lookup[int, str], taken: frozenset[str]) -> dict[str, int]:
    """Give each column of ours that is free the heading most like it: the one that says least else, if it is one."""
    guessed: dict[str, list[int]] = {}
    for at, name in names.items():
        ours = _guess(name, taken)
        if ours is not None:
            guessed.setdefault(ours.heading, []).append(at)
    found = {}
    for heading, places in guessed.items():
        besides = {at: _besides(names[at]) for at in places}
        best = [at for at in places if besides[at] == min(besides.values())]
        if len(best) == 1:
            found[heading] = best[0]
    return found


def _besides(heading: str) -> tuple[int, bool]:
    """Weigh what a heading says beyond what it is the number of; Belegnummer says less than Belegart or Beleg."""
    key = heading_key(heading)
    what = _OF_A_NUMBER.sub("", key)
    return len(what), what == key


def _guess(heading: str, taken: frozenset[str]) -> IntakeColumn | None:
    """Find the column of ours that a heading is most like, among those that are not taken."""
    known = column_of(heading)
    if known is not None:
        return known if known.heading not in taken and known.heading != FIXED else None
    plain = "".join(each for each in unicodedata.normalize("NFKD", heading) if not unicodedata.combining(each))
    key = heading_key(plain)
    words = " ".join(filter(None, map(heading_key, re.split(r"[\W_]+", plain))))
    free = [column for column in COLUMNS if column.heading not in taken and column.heading != FIXED]
    if _RATE.search(key):
        # A rate is no amount.
        free = [column for column in free if column.field not in AMOUNTS]
    by_field = {column.field: column for column in free}
    for field, known_by in _WORDS.items():
        if known_by.search(f"{key} {words}"):
            # A second one of a kind is not taken for another kind.
            return by_field.get(field)
    for field, names in _NAMES.items():
        if key in names:
            return by_field.get(field)
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
    """Find the formats by which most dates are read; none where they are ISO, which needs none."""
    if not texts or _share(read_by("%Y-%m-%d", text) for text in texts) >= _MOSTLY:
        return ()
    return tuple(form for form in DATE_FORMATS if _share(read_by(form, text) for text in texts) >= _MOSTLY)


def _numerals(quantities: Sequence[str], amounts: Sequence[str]) -> tuple[Numerals | None, Numerals | None]:
    """Find how most numbers are typed where it is not as the contract has them, and what else that may be.

    Where 1,000 may be a thousand or one it is taken for one, which is refused if it is none: a quantity has no
    decimals, few currencies have three. Beside a quantity of 5 it is a thousand, for the 5 would be 5,000 else.
    """
    texts = [text for text in (*quantities, *amounts) if text]
    either = [text for text in texts if _EITHER.fullmatch(text)]
    if not either and all("," not in text and text.count(".") <= 1 for text in texts):
        return None, None
    fits = {each: _share(each.fits(text) for text in texts) for each in NUMERALS}
    best = [each for each in NUMERALS if fits[each] == max(fits.values()) >= _MOSTLY]
    if not {_COMMA, _POINT} <= set(best):
        return (best[0] if best else None), None
    mark = "." if either and "." in either[0] else ","
    grouped = any(map(_EITHER.fullmatch, quantities)) and any(map(_BELOW_A_THOUSAND.fullmatch, quantities))
    meant = _COMMA if (mark == _COMMA.decimal) != grouped else _POINT
    return meant, _POINT if meant == _COMMA else _COMMA


def _share(hits: Iterable[object]) -> float:
    found = [bool(hit) for hit in hits]
    return sum(found) / len(found)


def _unlike(texts: Sequence[str], date_formats: Sequence[str]) -> tuple[str, ...]:
    """Give the dates that are not read as most are."""
    form = date_formats[0] if date_formats else "%Y-%m-%d"
    return tuple(dict.fromkeys(text for text in texts if not read_by(form, text)))


def _text(file_name: str, found: Draft, shops: Sequence[str]) -> Iterator[str]:
    """Write the mapping as TOML; what a person must still decide stands there as a remark."""
    yield f"# Drafted from {file_name}: look it over, then run"
    yield f"#   serialback run backfill {file_name} --mapping THIS-FILE --sample 1000"
    yield ""
    yield "[columns]"
    ours = {column.ours: column.heading for column in found.columns if column.ours}
    lines = [f"{_quoted(name)} = {_quoted(heading)}" for name, heading in ours.items()]
    width = max(map(len, lines), default=0)
    for line, column in zip(lines, (column for column in found.columns if column.ours), strict=True):
        seen = f"{'' if column.certain else 'guessed: '}{column.seen}"
        yield f"{line:{width}}  # {seen}"
    for heading in found.lacking:
        yield f"# {_quoted(heading)} = ?  # every legacy return has one: name its column, or put it under [constants]"
    yield from _remarks(ours, shops)
    unread = [column for column in found.columns if not column.ours]
    if unread:
        yield from ("", "# Not read:")
    for column in unread:
        yield f"#   {_quoted(column.heading)}: {column.seen}"
    yield ""
    yield "[constants]  # the same in every row"
    if "Quantity" in found.lacking:
        yield '# "Quantity" = 1'
    if "Location" not in ours:
        yield '# "Location" = "HQ"'
    yield from _notations(found)


def _remarks(ours: Lookup[str, str], shops: Sequence[str]) -> Iterator[str]:
    """Write down, ready to be used, what exports often need and no program can tell."""
    shop, slip, item = (ours.get(name) for name in ("Location", "Document #", "Item"))
    if shop and slip:
        yield "# Where every shop counts its own slips:"
        yield f'# "Document #" = {{ from = [{_quoted(shop)}, {_quoted(slip)}], join = "-" }}'
    if shop and 0 < len(shops) <= _SHOPS:
        codes = ", ".join(f'{_quoted(code)} = "?"' for code in shops)
        yield "# Where the shops have other codes now; old and new item codes may stand in a CSV file of two columns:"
        yield f'# "Location" = {{ from = {_quoted(shop)}, translate = {{ {codes} }} }}'
        if item:
            yield f'# "Item" = {{ from = {_quoted(item)}, translate = "items.csv" }}'


def _notations(found: Draft) -> Iterator[str]:
    if found.date_formats:
        yield from ("", "[dates]", f"formats = [{_quoted(found.date_formats[0])}]")
    if len(found.date_formats) > 1:
        yield f"# The dates looked at do not tell it from {' and '.join(map(_quoted, found.date_formats[1:]))}."
    if found.unlike_dates:
        yield f"# Not read as dates: {', '.join(shown(each[:LONGEST_SAMPLE]) for each in found.unlike_dates[:SAMPLES])}"
    if found.numerals:
        yield from ("", "[numbers]")
        yield f"decimal = {_quoted(found.numerals.decimal)}"
        yield f"thousands = {_quoted(found.numerals.thousands)}"
    if found.other_numerals:
        marks = (
            f"decimal = {_quoted(found.other_numerals.decimal)}, thousands = {_quoted(found.other_numerals.thousands)}"
        )
        yield f"# The numbers looked at do not tell it from {marks}: see which of them is meant."


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
