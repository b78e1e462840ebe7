"""Read a mapping from what its TOML file holds; every mistake is told, with the key it stands at and the remedy."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Lookup
from types import MappingProxyType
from typing import Any

from batch.core.columns import BY_FIELD, COLUMNS, column_of
from batch.core.date_formats import flaw_of_format
from batch.core.mapping import MappedColumn, Mapping
from batch.core.numerals import Numerals
from batch.errors import MappingRefusedError, SettingsError

# What a legacy return cannot be without, and what a backfill says of it itself.
NEEDED = ("Document #", "Date", "Customer", "Item", "Quantity")
FIXED = "Type"

_TABLES = ("columns", "constants", "dates", "numbers", "sheet")
_KEYS = {"dates": ("formats",), "numbers": ("decimal", "thousands"), "sheet": ("name",)}
_COLUMN_KEYS = ("from", "join", "translate")

Translations = Callable[[str, str], Lookup[str, str]]


def read_mapping(name: str, values: Lookup[str, Any], translations: Translations) -> Mapping:
    """Read a mapping; `translations` gives those of a file that a key names. Raises SettingsError."""
    text = _Text(name, translations)
    text.known("", values, _TABLES)
    named, constants = text.table(values, "columns"), text.table(values, "constants")
    columns = [*text.columns(named), *text.constants(constants)]
    # Where the table of columns itself is misspelt, nothing is told by all that it seems to lack.
    if named or not text.faults:
        text.complete()
    mapping = Mapping(
        name,
        tuple(columns),
        text.date_formats(text.table(values, "dates")),
        text.numerals(text.table(values, "numbers")),
        text.sheet(text.table(values, "sheet")),
    )
    if len(text.faults) > 1:
        raise MappingRefusedError(text.faults)
    for fault in text.faults:
        raise SettingsError(fault)
    return mapping


class _Text:
    """The file while it is read: what is wrong with it so far, and where translations come from."""

    def __init__(self, name: str, translations: Translations) -> None:
        self.faults: list[str] = []
        self._name, self._translations = name, translations
        # The fields that something is said of, were it something wrong.
        self._said: list[str] = []

    def fault(self, key: str, cause: str, remedy: str) -> None:
        """Note what is wrong, naming the file and the key."""
        self.faults.append(f"{self._name}, {key}: {cause}. {remedy}.")

    def known(self, table: str, values: Lookup[str, Any], keys: Iterable[str]) -> bool:
        """Say whether every key means something, and note those that do not."""
        for key in values:
            if key not in keys:
                close = difflib.get_close_matches(key, list(keys), 1)
                meant = f"Did you mean {close[0]}? " if close else ""
                where = f"[{table}] {key}" if table else f"[{key}]"
                self.fault(where, "there is no such key", f"{meant}Known are {', '.join(keys)}")
        return set(values) <= set(keys)

    def table(self, values: Lookup[str, Any], name: str) -> Lookup[str, Any]:
        """Give a table of the file, empty where it is left out."""
        found = values.get(name, {})
        if not isinstance(found, dict):
            self.fault(name, "is no table", f"Write [{name}] on a line of its own and the keys below it")
            return {}
        if name in _KEYS:
            self.known(name, found, _KEYS[name])
        return found

    def columns(self, values: Lookup[str, Any]) -> list[MappedColumn]:
        """Read the table of columns."""
        fields = {heading: self._field("columns", heading) for heading in values}
        columns = [self._column(heading, field, values[heading]) for heading, field in fields.items() if field]
        return [column for column in columns if column]

    def constants(self, values: Lookup[str, Any]) -> list[MappedColumn]:
        """Read what is the same in every row."""
        found = []
        for heading, said in values.items():
            field = self._field("constants", heading)
            if isinstance(said, dict | list):
                self.fault(f'[constants] "{heading}"', "is no single value", 'Write a text or a number, such as "HQ"')
            elif field:
                found.append(MappedColumn(field, constant=said))
        return found

    def complete(self) -> None:
        """Note a column that is read twice, and one that no legacy return can be without."""
        said = [BY_FIELD[field].heading for field in self._said]
        for heading in dict.fromkeys(said):
            if said.count(heading) > 1:
                self.fault(f'"{heading}"', "is given more than once", "Keep one of them")
        for heading in NEEDED:
            if heading not in said:
                self.fault(
                    "[columns]",
                    f'nothing is said of "{heading}", which every legacy return has',
                    f'Add a line such as "{heading}" = "HEADING IN THE FILE", or give it under [constants]',
                )

    def date_formats(self, values: Lookup[str, Any]) -> tuple[str, ...]:
        """Read how dates are typed."""
        formats = values.get("formats", [])
        if not isinstance(formats, list) or not all(isinstance(each, str) for each in formats):
            self.fault("[dates] formats", "is no list of texts", 'Write it like ["%d.%m.%Y"]')
            return ()
        for each in formats:
            flaw = flaw_of_format(each)
            if flaw:
                self.fault("[dates] formats", flaw, "Write it like %d.%m.%Y")
        return tuple(formats)

    def numerals(self, values: Lookup[str, Any]) -> Numerals | None:
        """Read how numbers are typed."""
        if not values:
            return None
        decimal, thousands = values.get("decimal", "."), values.get("thousands", "")
        for key, mark, allowed in (
            ("decimal", decimal, (".", ",")),
            ("thousands", thousands, ("", ".", ",", "'", " ", "\xa0", "\u202f")),
        ):
            if mark not in allowed:
                shown = " ".join(f'"{each}"' for each in allowed[:5])
                self.fault(f"[numbers] {key}", f"{mark!r} is no mark in numbers", f"Write one of {shown}")
        if decimal == thousands:
            self.fault("[numbers] thousands", f"{decimal!r} is the decimal mark too", "Write another one, or none")
        return Numerals(decimal, thousands)

    def sheet(self, values: Lookup[str, Any]) -> str | None:
        """Read which sheet of a workbook is meant."""
        name = values.get("name")
        if name is not None and not isinstance(name, str):
            self.fault("[sheet] name", "is no text", 'Write it like "Export"')
            return None
        return name

    def _field(self, table: str, heading: str) -> str | None:
        column = column_of(heading)
        if column is None:
            close = difflib.get_close_matches(heading, [each.heading for each in COLUMNS], 1, 0.5)
            names = ", ".join(each.heading for each in COLUMNS if each.heading != FIXED)
            remedy = f'Did you mean "{close[0]}"? Ours are {names}' if close else f"Ours are {names}"
            self.fault(f'[{table}] "{heading}"', "is no column of ours", remedy)
            return None
        if column.heading == FIXED:
            self.fault(f'[{table}] "{heading}"', "every row of a backfill is a legacy return", "Leave the key out")
            return None
        self._said.append(column.field)
        return column.field

    def _column(self, heading: str, field: str, said: object) -> MappedColumn | None:
        key = f'[columns] "{heading}"'
        if isinstance(said, str | list):
            said = {"from": said}
        if not isinstance(said, dict):
            self.fault(key, "is neither a heading nor a table", 'Write it like "HEADING IN THE FILE"')
            return None
        # A key that was meant for it, if it is that which lacks, is told already.
        if not self.known(f'columns."{heading}"', said, _COLUMN_KEYS) and "from" not in said:
            return None
        sources = said.get("from")
        sources = [sources] if isinstance(sources, str) else sources
        if not isinstance(sources, list) or not sources or not all(isinstance(each, str) and each for each in sources):
            self.fault(key, "says not which columns of the file it comes from", 'Write from = "HEADING IN THE FILE"')
            return None
        join = said.get("join", "")
        if not isinstance(join, str) or ("join" in said and len(sources) == 1):
            self.fault(f"{key} join", "joins nothing", 'Write it like "-", beside a from of several headings')
        elif field == "document_no" and len(sources) > 1 and not join:
            # Slip 11 of shop 1 and slip 1 of shop 11 would be one document, 111.
            line = f'"{heading}" = {{ from = {json.dumps(sources, ensure_ascii=False)}, join = "-" }}'
            self.fault(key, "does not say what stands between the columns it is made of", f"Add a join, as in {line}")
        return MappedColumn(field, tuple(sources), join, self._translate(f"{key} translate", said.get("translate")))

    def _translate(self, key: str, said: object) -> Lookup[str, str]:
        if said is None:
            return MappingProxyType({})
        if isinstance(said, str):
            try:
                return MappingProxyType(dict(self._translations(key, said)))
            except SettingsError as error:
                self.faults.append(str(error))
                return MappingProxyType({})
        if not isinstance(said, dict) or not all(isinstance(each, str) for each in said.values()):
            self.fault(key, "is neither a file nor a table of texts", 'Write "FILE.csv", or { "old" = "new" }')
            return MappingProxyType({})
        return MappingProxyType({old.strip(): new for old, new in said.items()})
