"""Open the container of a workbook, a zip file, and refuse what is not a plain spreadsheet before anything reads it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from batch.edge.sheet_limits import SAVE_AGAIN, ReadLimits, UnreadableError, damaged, plain, too_large

# What zipfile raises on a file that is not sound.
ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, UnicodeDecodeError, OverflowError
)  # fmt: skip

_CHUNK = 1 << 20
_SLACK = 1 << 20
_CONTENT_TYPES = "[Content_Types].xml"
_KINDS = {
    b"spreadsheetml.sheet.main+xml": ".xlsx",
    b"application/vnd.ms-excel.sheet.binary": ".xlsb",
    b"application/vnd.ms-excel.sheet.macroEnabled": "macros",
    b"spreadsheetml.template.main+xml": "template",
    b"application/vnd.ms-excel.template": "template",
    b"wordprocessingml": "a Word document",
    b"presentationml": "a PowerPoint presentation",
}
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."


class Container:
    """The members of a zip file whose directory was found sound and within the limits."""

    def __init__(self, content: bytes, limits: ReadLimits) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except ZIP_ERRORS as error:
            raise damaged(str(error)) from error
        self._limits, self._unpacked = limits, 0
        self.members = {each.filename: each for each in self._zip.infolist()}
        self._check_directory()

    def _check_directory(self) -> None:
        entries = self._zip.infolist()
        if len(entries) > self._limits.members:
            raise UnreadableError(f"holds {len(entries):,} parts, more than {self._limits.members:,}", SAVE_AGAIN)
        if len({each.filename.lower() for each in entries}) < len(entries):
            raise UnreadableError("holds two parts of one name", SAVE_AGAIN)
        if sum(each.file_size for each in entries) > self._limits.unpacked_bytes:
            raise too_large("unpacks to", self._limits.unpacked_bytes)
        for each in entries:
            if each.filename.startswith("/") or ".." in each.filename.split("/") or "\\" in each.filename:
                raise UnreadableError(f"holds a part with an unlikely name ({plain(each.filename)})", SAVE_AGAIN)
            if each.flag_bits & 1:
                raise encrypted()
            if each.file_size > each.compress_size * self._limits.ratio + _SLACK:
                raise UnreadableError(
                    f"packs {plain(each.filename)} more than {self._limits.ratio} times smaller than it is, "
                    "as no honest workbook does",
                    SAVE_AGAIN,
                )

    def chunks(self, name: str) -> Iterator[bytes]:
        """Unpack one member piece by piece, counting what comes out against the limit, whatever its header says."""
        if name not in self.members:
            raise damaged(f"{name} is missing")
        try:
            with self._zip.open(name) as member:
                while chunk := member.read(_CHUNK):
                    self._unpacked += len(chunk)
                    if self._unpacked > 2 * self._limits.unpacked_bytes:
                        raise too_large("unpacks to", self._limits.unpacked_bytes)
                    yield chunk
        except ZIP_ERRORS as error:
            raise damaged(str(error)) from error

    def text(self, name: str) -> bytes:
        """Unpack one small member whole."""
        return b"".join(self.chunks(name))

    def kind(self) -> str:
        """Say by the content what it is: an extension that we read, or words for the refusal."""
        if "mimetype" in self.members:
            mimetype = self.text("mimetype")
            if mimetype == _OPEN_DOCUMENT + b"spreadsheet":
                return ".ods"
            return "an OpenDocument file but no spreadsheet" if mimetype.startswith(_OPEN_DOCUMENT) else "a zip archive"
        types = self.text(_CONTENT_TYPES) if _CONTENT_TYPES in self.members else b""
        return next((kind for mark, kind in _KINDS.items() if mark in types), "a zip archive")

    def check_members(self) -> None:
        """Refuse macros, links to other files and documents behind a password, by the names of the parts."""
        for name in self.members:
            lower = name.lower()
            if lower.endswith("vbaproject.bin") or "macrosheets/" in lower or lower.startswith(("basic/", "scripts/")):
                raise macros()
            if "externallinks/" in lower:
                raise external_links()

    def check_xml(self, besides: frozenset[str]) -> None:
        """Unpack every XML part but `besides` and refuse document type definitions: no workbook needs one."""
        for name in self.members:
            if name not in besides and name.lower().endswith((".xml", ".rels")):
                tail = b""
                for chunk in self.chunks(name):
                    check_markup(tail + chunk)
                    tail = chunk[-16:]


def check_markup(xml: bytes) -> None:
    """Refuse a piece of XML that defines a document type, without which there are no entities, or is not UTF-8."""
    if b"<!DOCTYPE" in xml:
        raise UnreadableError("holds a document type definition (DTD), which no workbook needs", SAVE_AGAIN)
    if xml.startswith((b"\xfe\xff", b"\xff\xfe")) or b"\0" in xml[:8]:
        raise UnreadableError("holds a part that is not UTF-8", SAVE_AGAIN)


def macros() -> UnreadableError:
    """Refuse a workbook with macros."""
    return UnreadableError("is a workbook with macros", "Save it as .xlsx, without macros, and hand that in")


def external_links() -> UnreadableError:
    """Refuse a workbook that draws values from other files."""
    return UnreadableError(
        "is linked to other workbooks", "Break the links (in Excel: Data, Edit Links), save it and hand it in again"
    )


def encrypted() -> UnreadableError:
    """Refuse a workbook behind a password."""
    return UnreadableError("is protected by a password", "Save it without the password and hand that in")
