"""Read as much of an export as it takes to draft a mapping, and write the draft."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

from batch.core.mapping_draft import Draft, draft
from batch.edge.new_file import new_file
from batch.edge.sheet_limits import plain
from batch.edge.sheets import ReadLimits, read_sheets
from batch.errors import FileRefusedError

ROWS_LOOKED_AT = 500


def draft_mapping(path: Path, limits: ReadLimits, zone: str) -> Draft:
    """Draft a mapping for the first visible sheet of a file that has a header; raises FileRefusedError."""
    name = plain(path.name, 200)
    with (
        tempfile.TemporaryDirectory(prefix="serialback-") as scratch,
        read_sheets(path, scratch=Path(scratch), limits=limits, export_zone=zone) as spool,
    ):
        for sheet in spool.sheets:
            if sheet.visible:
                found = draft(name, list(itertools.islice(spool.rows(sheet), ROWS_LOOKED_AT)))
                if found is not None:
                    return found
    raise FileRefusedError(name, "has no row near its top that could hold headings", "Add a row of headings")


def write_mapping(found: Draft, path: Path, *, overwrite: bool) -> None:
    """Write a draft to a file of its own."""
    with new_file(path, overwrite=overwrite) as part:
        part.write_text(found.text, encoding="utf-8")
