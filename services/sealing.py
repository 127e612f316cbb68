"""Sealing of personal data: AES-GCM for what is stored, keyed blind indexes for what must be found again; and signing
of the record of deeds.

A sealed value carries the id of its key, so that keys can be changed while old values still open. The context (table
and column) is authenticated with it: a sealed phone number copied into another column does not open there.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from services.errors import ServiceError
from services.settings import Settings, decoded_key, named_keys

NONCE_BYTES = 12
VAULT = "vault"
SEALED_AS = "sealed_as"
# HMAC, RFC 2104: the block of SHA-256 and the two pads.
BLOCK_BYTES, INNER_PAD, OUTER_PAD = 64, 0x36, 0x5C


class SealBroken(ServiceError):
    """A sealed value does not open: wrong key, wrong place, or changed by somebody."""

    code = "seal_broken"


class Vault:
    """Seals, opens and indexes with the keys of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._set_up(
            named_keys(settings.sealing_keys.get_secret_value()),
            decoded_key(settings.index_key.get_secret_value()),
            named_keys(settings.audit_keys.get_secret_value()),
        )

    def __getstate__(self) -> dict[str, Any]:
        """The keys, for a process of our own that seals on our behalf."""
        return {"keys": self._keys, "index_key": self._index_key, "audit_keys": self._audit_keys}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._set_up(state["keys"], state["index_key"], state["audit_keys"])

    def _set_up(self, keys: dict[str, bytes], index_key: bytes, audit_keys: dict[str, bytes]) -> None:
        self._keys, self._index_key, self._audit_keys = keys, index_key, audit_keys
        current = next(iter(keys))
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._current, self._prefix = self._ciphers[current], current.encode() + b":"
        padded = index_key.ljust(BLOCK_BYTES, b"\0")
        self._outer = sha256(bytes(byte ^ OUTER_PAD for byte in padded))
        self._inner_start = bytes(byte ^ INNER_PAD for byte in padded)
        # By context: the inner hash up to where the text begins. A city's import takes millions of indexes, and
        # `hmac.digest` would spend most of its time on looking up SHA-256 and on hashing the key again.
        self._inner: dict[str, Any] = {}

    def seal(self, text: str, *, context: str) -> bytes:
        """`text` sealed with the current key: key id, colon, nonce, ciphertext."""
        return self.seal_bytes(text.encode(), context=context)

    def seal_bytes(self, content: bytes, *, context: str) -> bytes:
        """The same for what is no text, such as a photo."""
        nonce = os.urandom(NONCE_BYTES)
        return self._prefix + nonce + self._current.encrypt(nonce, content, context.encode())

    def seal_all(self, contents: Sequence[bytes], *, context: str) -> list[bytes]:
        """Each of many contents as `seal_bytes` seals it. All nonces are asked of the system at once: one by one that
        takes as long as the sealing."""
        prefix, encrypt, sealed_for = self._prefix, self._current.encrypt, context.encode()
        at_once = os.urandom(NONCE_BYTES * len(contents))
        nonces = [at_once[start : start + NONCE_BYTES] for start in range(0, len(at_once), NONCE_BYTES)]
        return [
            prefix + nonce + encrypt(nonce, content, sealed_for)
            for nonce, content in zip(nonces, contents, strict=True)
        ]

    def open(self, sealed: bytes, *, context: str) -> str:
        """The text that was sealed in the same context. Raises SealBroken."""
        return self.open_bytes(sealed, context=context).decode()

    def open_bytes(self, sealed: bytes, *, context: str) -> bytes:
        """The bytes that were sealed in the same context. Raises SealBroken."""
        name, _, rest = sealed.partition(b":")
        cipher = self._ciphers.get(name.decode(errors="replace"))
        if cipher is None:
            raise SealBroken(context=context)
        try:
            return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], context.encode())
        except InvalidTag:
            raise SealBroken(context=context) from None

    @property
    def current_key(self) -> str:
        """The id of the key that seals."""
        return self._prefix[:-1].decode()

    def sealed_anew(self, sealed: bytes, *, context: str) -> bytes:
        """The same content under the current key. Raises SealBroken."""
        return self.seal_bytes(self.open_bytes(sealed, context=context), context=context)

    def index(self, text: str, *, context: str) -> bytes:
        """32 bytes by which equal texts are found without opening them (HMAC-SHA-256); worthless without the key."""
        return self.index_all((text.encode(),), context=context)[0]

    def index_all(self, texts: Sequence[bytes], *, context: str) -> list[bytes]:
        """The index of each of many texts, in UTF-8."""
        start = self._inner.get(context)
        if start is None:
            start = self._inner[context] = sha256(self._inner_start + f"{context}\0".encode())
        begin_inner, begin_outer = start.copy, self._outer.copy
        digests: list[bytes] = []
        for text in texts:
            inner, outer = begin_inner(), begin_outer()
            inner.update(text)
            outer.update(inner.digest())
            digests.append(outer.digest())
        return digests

    def signed(self, content: bytes) -> tuple[str, bytes]:
        """The id of the key that signs the record of deeds, and 32 bytes that only its holder can make of `content`
        (HMAC-SHA-256)."""
        key_id, key = next(iter(self._audit_keys.items()))
        return key_id, hmac.digest(key, content, "sha256")

    def is_signed(self, content: bytes, key_id: str, mac: bytes) -> bool:
        """Whether `mac` was made of `content` with the key of this id; never for a key that is not known."""
        key = self._audit_keys.get(key_id)
        return key is not None and hmac.compare_digest(mac, hmac.digest(key, content, "sha256"))


def sealed_as(context: str) -> dict[str, str]:
    """For the `info` of a column: its values are sealed in this context, and sealed anew when keys change."""
    return {SEALED_AS: context}


def vault_of(session: Session) -> Vault:
    """The vault that the session was opened with."""
    vault: Vault = session.info[VAULT]
    return vault
