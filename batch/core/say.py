"""Word an exception about a line: where it is, what is wrong, and the pieces as evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batch.core.chunk import Chunk
from batch.core.codes import CATALOGUE, Refusal
from batch.core.currency import major_text
from batch.core.document_names import line_words
from batch.core.rule import Rule

Line = Mapping[str, Any]


class Speaker:
    """Word the exceptions of one chunk."""

    def __init__(self, chunk: Chunk) -> None:
        """Keep what the wording needs: the sheets that lines come from, and hints at codes that differ only in case."""
        self._sheets = chunk.sheets
        self._worded: dict[int, tuple[str | None, Mapping[str, str]]] = {}
        self._hints = chunk.hints
        self._areas = {area.casefold(): area for area in chunk.places.areas}
        self._locations = {location.casefold(): location for location in chunk.places.locations}

    def by_rule(self, rule: Rule, line: Line) -> Refusal:
        """Word the refusal (or warning) of a line by a rule."""
        spoken = self._spoken(line)
        value = spoken.get(rule.value)
        return self.refusal(
            line,
            rule.code.code,
            rule.sentence(spoken),
            column=rule.column,
            value="" if value is None else str(value),
            evidence=rule.evidence(spoken),
            remedy=rule.remedy,
        )

    def refusal(
        self,
        line: Line,
        code: str,
        sentence: str,
        *,
        column: str | None = None,
        value: str | None = None,
        unit_no: int | None = None,
        evidence: Mapping[str, object] | None = None,
        remedy: str | None = None,
    ) -> Refusal:
        """Word one exception about a line, or about one of its units."""
        place, headings = self._words(line["intake_file_id"] or 0)
        where = line_words(line["document_type"], line["document_no"], line["line_no"], place, line["sheet_row"])
        about = f", {headings.get(column, column)}" if column else ""
        return Refusal(
            code,
            f"{where}{about}: {sentence}. {remedy or CATALOGUE[code].remedy}",
            sheet_row=line["sheet_row"],
            document_type=line["document_type"],
            document_no=line["document_no"],
            line_no=line["line_no"],
            unit_no=unit_no,
            column=column,
            value=value,
            evidence={name: _plain(each) for name, each in (evidence or {}).items()},
        )

    def _words(self, intake_file_id: int) -> tuple[str | None, Mapping[str, str]]:
        """Give the words for a sheet and for its columns, made once."""
        words = self._worded.get(intake_file_id)
        if words is None:
            sheet = self._sheets.get(intake_file_id)
            words = (sheet.place_words(), sheet.column_words()) if sheet else (None, {})
            self._worded[intake_file_id] = words
        return words

    def _spoken(self, line: Line) -> dict[str, object]:
        """Give the line's values as people read them: amounts in major units, hints in words."""
        currency = line["currency"] or line["company_currency"]
        spoken: dict[str, object] = {
            name: major_text(int(value), currency) if name.endswith("_minor") and value is not None else value
            for name, value in line.items()
        }
        spoken["item_hint"] = self._hint("item", line["item_code"])
        spoken["customer_hint"] = self._hint("customer", line["customer_code"])
        spoken["area_hint"] = _did_you_mean(line["area_code"], self._areas.get(_folded(line["area_code"])))
        location = line["location_code"]
        spoken["location_said"] = (
            f'location "{location}" is not on file{_did_you_mean(location, self._locations.get(_folded(location)))}'
            if location
            else "no location is given and there is no default location"
        )
        spoken["target_needed"] = "STOCK" if line["takes_into_stock"] else "OUT"
        return spoken

    def _hint(self, kind: str, code: object) -> str:
        return _did_you_mean(code, self._hints.get(f"{kind}:{code}"))


def _folded(code: object) -> str:
    return str(code).strip().casefold()


def _did_you_mean(code: object, on_file: str | None) -> str:
    """Point out the code on file that is meant, if there is one."""
    if not on_file:
        return ""
    differs = "has no blanks around it" if str(code).strip() == on_file else "differs only in upper and lower case"
    return f' (there is "{on_file}", which {differs})'


def _plain(value: object) -> object:
    """Make a value one that JSON can carry."""
    return value if value is None or isinstance(value, bool | int | float | str | list | dict) else str(value)
