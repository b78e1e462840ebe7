"""Tell what a file is by its content, and refuse one whose name says otherwise."""

from __future__ import annotations

from batch.edge.sheet_cfb import SIGNATURE
from batch.edge.sheet_limits import UnreadableError

ZIP, OLD_EXCEL = ".zip", ".xls"
PARQUET = ".parquet"
READ_KINDS = (".xlsx", ".xls", ".xlsb", ".ods", ".csv", ".csv.gz")
# What only the exports of other systems come in.
EXPORT_KINDS = (*READ_KINDS, PARQUET)

_STARTS = (
    (b"PK\x03\x04", ZIP),
    (SIGNATURE, OLD_EXCEL),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF document"),
    (b"PAR1", PARQUET),
    (b"PARE", "an encrypted Parquet file"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_MARKUP = (
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<table", "a web page"),
    (b"<?xml", "XML text"),
)


def content_kind(start: bytes) -> str:
    """Say what the first bytes of a file make it: a container that we read, or words for the refusal."""
    if not start:
        raise UnreadableError("is empty (0 bytes)", "Save or upload it again, and hand it in when it is complete")
    for signature, kind in _STARTS:
        if start.startswith(signature):
            return kind
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    markup = next((kind for mark, kind in _MARKUP if text.startswith(mark)), None)
    if markup is not None:
        return markup
    return "binary content" if b"\0" in start[:512] else "plain text"


def check_kind(declared: str, actual: str) -> None:
    """Refuse a file that is not what its name ends in."""
    if declared == actual:
        return
    if actual in EXPORT_KINDS:
        raise UnreadableError(f"is named {declared}, and its content is {actual}", f"Rename it to end in {actual}")
    if actual == "template":
        raise UnreadableError("is a workbook template", "Save it as .xlsx and hand that in")
    raise UnreadableError(
        f"is named {declared}, and its content is {actual}",
        "Open it in a spreadsheet program, save it as .xlsx and hand that in"
        if actual in {"a web page", "XML text", "plain text", "UTF-16 text"}
        else "Hand in a spreadsheet (.xlsx, .xls, .xlsb, .ods or .csv)",
    )


def check_csv_start(start: bytes, declared: str) -> None:
    """Refuse a file named as CSV that begins as something else; a compressed one is looked at unpacked."""
    kind = content_kind(start)
    if kind in {"plain text", "UTF-16 text"}:  # the reader tells the latter with the offset
        return
    if kind == "a gzip archive" and declared == ".csv":
        kind = ".csv.gz"
    check_kind(declared, "a workbook" if kind in {ZIP, OLD_EXCEL} else kind)
