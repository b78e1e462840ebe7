"""Read a mapping file and the files of translations that it names."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Mapping as Lookup
from pathlib import Path

from batch.core.cells import text_of
from batch.core.mapping import Mapping
from batch.core.mapping_text import read_mapping
from batch.edge.sheet_limits import plain
from batch.edge.sheets import ReadLimits, read_sheets
from batch.errors import FileRefusedError, SettingsError

LARGEST = 1 << 20


def load_mapping(path: Path, limits: ReadLimits | None = None) -> Mapping:
    """Read a mapping from a TOML file, and what it names within limits; raises SettingsError with key and remedy."""
    name = plain(path.name, 200)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise SettingsError(f"{name} is larger than a mapping can be. Put long translations into a CSV file.")
        values = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise SettingsError(f"The mapping {name} cannot be read: {error.strerror}. Check the name.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"The mapping {name} is not UTF-8 text. Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The mapping {name} is not sound TOML: {error}. Texts stand in quotes.") from error
    return read_mapping(name, values, lambda key, said: _translations(path, key, said, limits))


def _translations(mapping: Path, key: str, said: str, limits: ReadLimits | None) -> Lookup[str, str]:
    """Read a file of translations, which lies beside the mapping: old code and new code, below a row of headings."""
    path = mapping.parent / said
    where = f"{plain(mapping.name, 200)}, {key}"
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="serialback-") as scratch:
        try:
            with read_sheets(path, scratch=Path(scratch), limits=limits) as spool:
                for sheet_row, cells in spool.rows(spool.sheets[0]):
                    texts = [text_of(cell).strip() for cell in cells]
                    if sheet_row == 1:
                        continue
                    if len(texts) != 2 or not all(texts):
                        raise SettingsError(
                            f"{where}: row {sheet_row} of {plain(said)} has not two codes. "
                            "Write the old one, a comma, the new one; the first row holds headings."
                        )
                    if found.setdefault(texts[0], texts[1]) != texts[1]:
                        raise SettingsError(
                            f"{where}: row {sheet_row} of {plain(said)} translates {plain(texts[0])} into "
                            f"{plain(texts[1])}, and a row before it into {plain(found[texts[0]])}. Keep one of them."
                        )
        except FileRefusedError as refusal:
            raise SettingsError(f"{where}: {refusal}") from refusal
    return found
