"""Name where a line stands, and its columns, as the sheet that brought it has them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from batch.core.cells import RawRow
from batch.core.columns import BY_FIELD, Header, find_header
from batch.core.intake_words import head, place


@dataclasses.dataclass(frozen=True, slots=True)
class LandedSheet:
    """The file and sheet that lines were landed from: what is on record of its header, and of a mapping it was read by.

    Worded only where something is to be said of a line, for most chunks say nothing.
    """

    file_name: str
    sheet_name: str | None = None
    headings: Sequence[str] = ()
    mapping: Mapping[str, Any] | None = None

    def place_words(self) -> str:
        """Name the file and its sheet, as what is found while reading names them."""
        return place(self.file_name, self.sheet_name or "").words

    def column_words(self) -> dict[str, str]:
        """Give, by the contract's names, how people find the columns that the sheet has."""
        header = self._header()
        if header is None:
            return {}
        return {BY_FIELD[field].heading: head(header, field).words for field in header.fields}

    def _header(self) -> Header | None:
        top: list[RawRow] = [(1, list(self.headings))]
        if self.mapping and self.mapping.get("columns"):
            # Not loaded where nothing was mapped: every run would wait for it.
            from batch.core.mapping import MappedRows
            from batch.core.mapping import Mapping as ColumnMapping

            mapped = ColumnMapping.from_record(self.mapping).find(top)
            return mapped.header if isinstance(mapped, MappedRows) else None
        found = find_header(top)
        return found if isinstance(found, Header) else None
