"""A file of Fernet tokens, one a line: a stream, in pieces that must all be there.

Fernet itself wants the whole text in memory. Each piece here carries the number of its file, its
own place and whether it is the last, so that a file that was cut off, mixed up or put together
from two is refused.
"""

from __future__ import annotations

import secrets
import struct
from typing import IO

from cryptography.fernet import Fernet, InvalidToken

MAGIC = b"schakel-backup 1\n"
PIECE = 1 << 20
#: a token is a third longer than what is in it
LONGEST_LINE = 2 * PIECE
_HEAD = struct.Struct(">16sQ?")


class BackupError(Exception):
    """The file is no backup of ours, damaged, or locked with another key. ``why`` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class SealedWriter:
    """What is written here leaves encrypted; :meth:`close` writes the last piece."""

    def __init__(self, out: IO[bytes], key: bytes) -> None:
        """:raises ValueError: this is no Fernet key."""
        self._out, self._fernet = out, Fernet(key)
        self._file, self._count, self._rest = secrets.token_bytes(16), 0, bytearray()
        out.write(MAGIC)

    def write(self, data: bytes) -> int:
        self._rest += data
        while len(self._rest) > PIECE:
            self._seal(bytes(self._rest[:PIECE]), is_last=False)
            del self._rest[:PIECE]
        return len(data)

    def close(self) -> None:
        self._seal(bytes(self._rest), is_last=True)
        self._rest.clear()

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        head = _HEAD.pack(self._file, self._count, is_last)
        self._out.write(self._fernet.encrypt(head + piece) + b"\n")
        self._count += 1


class SealedReader:
    """The other way round. :meth:`read` raises :class:`BackupError` where something is wrong."""

    def __init__(self, source: IO[bytes], key: bytes) -> None:
        """:raises ValueError: this is no Fernet key."""
        self._source, self._fernet = source, Fernet(key)
        self._file: bytes | None = None
        self._count, self._is_over, self._ready = 0, False, bytearray()
        if source.readline(len(MAGIC)) != MAGIC:
            raise BackupError("no_backup")

    def read(self, size: int = -1) -> bytes:
        while not self._is_over and (size < 0 or len(self._ready) < size):
            self._ready += self._next()
        take = len(self._ready) if size < 0 else size
        data = bytes(self._ready[:take])
        del self._ready[:take]
        return data

    def _next(self) -> bytes:
        line = self._source.readline(LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise BackupError("cut_off")
        try:
            piece = self._fernet.decrypt(line[:-1])
        except InvalidToken:
            raise BackupError("other_key" if self._count == 0 else "damaged") from None
        file, count, self._is_over = _HEAD.unpack_from(piece)
        self._file = self._file or file
        if (file, count) != (self._file, self._count):
            raise BackupError("damaged")
        self._count += 1
        if self._is_over and self._source.read(1):
            raise BackupError("damaged")
        return piece[_HEAD.size :]
