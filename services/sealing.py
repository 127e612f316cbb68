"""Sealing of personal data: AES-GCM for what is stored, keyed blind indexes for what must be found again.

A sealed value carries the id of its key, so that keys can be changed while old values still open. The context (table
and column) is authenticated with it: a sealed phone number copied into another column does not open there.
"""

from __future__ import annotations

import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from services.errors import ServiceError
from services.settings import Settings, decoded_key, named_keys

NONCE_BYTES = 12
VAULT = "vault"


class SealBroken(ServiceError):
    """A sealed value does not open: wrong key, wrong place, or changed by somebody."""

    code = "seal_broken"


class Vault:
    """Seals, opens and indexes with the keys of the settings."""

    def __init__(self, settings: Settings) -> None:
        keys = named_keys(settings.sealing_keys.get_secret_value())
        self._current = next(iter(keys))
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._index_key = decoded_key(settings.index_key.get_secret_value())

    def seal(self, text: str, *, context: str) -> bytes:
        """`text` sealed with the current key: key id, colon, nonce, ciphertext."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, text.encode(), context.encode())
        return self._current.encode() + b":" + nonce + sealed

    def open(self, sealed: bytes, *, context: str) -> str:
        """The text that was sealed in the same context. Raises SealBroken."""
        name, _, rest = sealed.partition(b":")
        cipher = self._ciphers.get(name.decode(errors="replace"))
        if cipher is None:
            raise SealBroken(context=context)
        try:
            return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], context.encode()).decode()
        except InvalidTag:
            raise SealBroken(context=context) from None

    def index(self, text: str, *, context: str) -> bytes:
        """32 bytes by which equal texts are found without opening them; worthless without the key."""
        return hmac.digest(self._index_key, f"{context}\0{text}".encode(), sha256)


def vault_of(session: Session) -> Vault:
    """The vault that the session was opened with."""
    vault: Vault = session.info[VAULT]
    return vault
