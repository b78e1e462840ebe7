"""Tell by its name what a file in an inbox is: an intake file, one that is not for us, or one not ready yet."""

from __future__ import annotations

from typing import Final

# A workbook with macros is among them: it is better refused with a reason than passed over.
INTAKE_SUFFIXES: Final = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".csv.gz")

# What office programs, browsers and uploads call a file that is locked or half there.
_TEMPORARY_BEGINS: Final = ("~$", ".")
_TEMPORARY_ENDS: Final = (".part", ".tmp", ".filepart", ".crdownload", ".lock", "~")


def is_temporary(name: str) -> bool:
    """Say whether a name is that of a lock file, a half upload or a hidden file."""
    return name.startswith(_TEMPORARY_BEGINS) or name.lower().endswith(_TEMPORARY_ENDS)


def is_intake_name(name: str) -> bool:
    """Say whether a name ends like that of an intake file."""
    return name.lower().endswith(INTAKE_SUFFIXES)


def with_number(name: str, number: int) -> str:
    """Give the second name a file may bear where its own is taken: `returns.xlsx` becomes `returns-2.xlsx`."""
    if number == 1:
        return name
    stem, ending = _parted(name)
    return f"{stem}-{number}{ending}"


def beside(name: str, what: str) -> str:
    """Give the name of what lies beside a file: `returns.xlsx` and `exceptions.xlsx` make `returns.exceptions.xlsx`."""
    return f"{_parted(name)[0]}.{what}"


def _parted(name: str) -> tuple[str, str]:
    """Part a name from its ending: `returns.csv.gz` ends in `.csv.gz`, and a name that is nothing else in nothing."""
    stem, dot, suffix = name.rpartition(".")
    if suffix.lower() == "gz" and stem.lower().endswith(".csv"):
        stem, dot = stem[:-4], stem[-4:] + dot
    return (stem, dot + suffix) if stem and dot else (name, "")
