"""Open the container of old Excel files and of encrypted ones: a compound file, a small file system in a file."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from batch.edge.sheet_limits import UnreadableError, damaged

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_END = 0xFFFFFFFA  # and above: no sector
_ENTRY = 128
_SMALL = 4096


class CompoundFile:
    """The streams of a compound file by name; chains that run in a circle or out of the file are refused."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        try:
            self._open()
        except (struct.error, IndexError, UnicodeDecodeError) as error:
            raise damaged("its directory is cut off") from error

    def _open(self) -> None:
        header = self._content[:512]
        (shift,) = struct.unpack_from("<H", header, 30)
        if shift not in {9, 12}:
            raise damaged("its sectors have no known size")
        self._sector = 1 << shift
        directory, mini_table, difat, difats = struct.unpack_from("<48xI8xI4xII", header)
        table_sectors = [each for each in struct.unpack_from("<109I", header, 76) if each < _END]
        for _ in range(difats):
            *more, difat = struct.unpack(f"<{self._sector // 4}I", self._read_sector(difat))
            table_sectors += [each for each in more if each < _END]
        self._next = self._numbers(b"".join(map(self._read_sector, table_sectors)))
        self._mini_next = self._numbers(b"".join(map(self._read_sector, self._chain(mini_table, self._next))))
        self.streams: dict[str, tuple[int, int]] = {}
        self._mini = b""
        entries = b"".join(map(self._read_sector, self._chain(directory, self._next)))
        for offset in range(0, len(entries) - _ENTRY + 1, _ENTRY):
            length, kind, start, size = struct.unpack_from("<64xHB49xII", entries, offset)
            name = entries[offset : offset + max(length - 2, 0)].decode("utf-16-le")
            if kind == 5:  # the root: its content holds the small streams
                self._mini = b"".join(map(self._read_sector, self._chain(start, self._next)))
            elif kind:
                self.streams[name] = (start, size)

    def read(self, name: str) -> bytes:
        """Give the content of a stream."""
        start, size = self.streams[name]
        if size < _SMALL:
            content = b"".join(self._mini[each * 64 : each * 64 + 64] for each in self._chain(start, self._mini_next))
        else:
            content = b"".join(map(self._read_sector, self._chain(start, self._next)))
        if len(content) < size:
            raise damaged("a part is cut off")
        return content[:size]

    def _read_sector(self, number: int) -> bytes:
        start = (number + 1) * self._sector
        found = self._content[start : start + self._sector]
        if not found:
            raise damaged("a part lies outside the file")
        return found.ljust(self._sector, b"\0")

    @staticmethod
    def _numbers(content: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(content) // 4}I", content)

    @staticmethod
    def _chain(start: int, following: tuple[int, ...]) -> Iterator[int]:
        for _ in range(len(following) + 1):
            if start >= _END:
                return
            yield start
            start = following[start] if start < len(following) else _END
        raise UnreadableError("is damaged (its parts run in a circle)", "Save it again and hand that in")
