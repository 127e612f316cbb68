"""A stream sealed piece by piece, so that a file of any size needs little memory and nothing of it can be changed,
exchanged, cut off or appended without being found.

Each file has a key of its own, made of a key from the settings and of random salt (HKDF-SHA-256). Each piece is sealed
with AES-GCM under its number and whether it is the last one.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from io import BufferedReader
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.errors import ServiceError

MAGIC = b"yinian backup 1\n"
SALT_BYTES, KEY_BYTES, TAG_BYTES = 32, 32, 16
PIECE_BYTES = 1 << 20
LENGTH = struct.Struct(">I")
# Number and last-or-not: twelve bytes, which never repeat under the key of one file.
NONCE = struct.Struct(">3xQ?")


class BackupDamaged(ServiceError):
    """Not a backup, or one that was cut off or changed."""

    code = "backup_damaged"


class BackupKeyUnknown(ServiceError):
    """The backup was sealed with a key whose id, `key`, is not in the settings."""

    code = "backup_key_unknown"


def seal_stream(pieces: Iterable[bytes], target: BinaryIO, *, keys: dict[str, bytes]) -> None:
    """Write the pieces to `target`, sealed with the first of the keys."""
    name, key = next(iter(keys.items()))
    salt = os.urandom(SALT_BYTES)
    target.write(MAGIC + bytes([len(name)]) + name.encode() + salt)
    cipher = _cipher(name, key, salt)
    number, waiting = 0, None
    for piece in pieces:
        if waiting is not None:
            _write_piece(target, cipher, number, waiting, is_last=False)
            number += 1
        waiting = piece
    _write_piece(target, cipher, number, waiting or b"", is_last=True)


def open_stream(source: BufferedReader, *, keys: dict[str, bytes]) -> Iterator[bytes]:
    """The pieces, each proven before it is given out. Raises BackupDamaged, BackupKeyUnknown; what was given out before
    belongs to a file that is cut off or changed further on."""
    if source.read(len(MAGIC)) != MAGIC:
        raise BackupDamaged(expected="a file made by `make backup`")
    name = _exactly(source, _exactly(source, 1)[0]).decode(errors="replace")
    salt = _exactly(source, SALT_BYTES)
    if name not in keys:
        raise BackupKeyUnknown(key=name if name.isalnum() else "?")
    cipher, number, is_last = _cipher(name, keys[name], salt), 0, False
    while not is_last:
        (length,) = LENGTH.unpack(_exactly(source, LENGTH.size))
        if length > PIECE_BYTES + TAG_BYTES:
            raise BackupDamaged(piece=number)
        sealed = _exactly(source, length)
        is_last = not source.peek(1)
        try:
            yield cipher.decrypt(NONCE.pack(number, is_last), sealed, MAGIC)
        except InvalidTag:
            raise BackupDamaged(piece=number) from None
        number += 1


def _write_piece(target: BinaryIO, cipher: AESGCM, number: int, piece: bytes, *, is_last: bool) -> None:
    sealed = cipher.encrypt(NONCE.pack(number, is_last), piece, MAGIC)
    target.write(LENGTH.pack(len(sealed)) + sealed)


def _cipher(name: str, key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=MAGIC + name.encode()).derive(key))


def _exactly(source: BinaryIO, count: int) -> bytes:
    found = source.read(count)
    if len(found) != count:
        raise BackupDamaged(expected="more of the file")
    return found
