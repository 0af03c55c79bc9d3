"""Secrets at rest: sealed with a key that only the installation's `SECRET_KEY` gives. Pure."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES = 32
_NONCE_BYTES = 12
_FORM = b"\x01"


class UnsealableError(ValueError):
    """It was sealed with another key, for another purpose or owner, or was altered."""


class Sealer:
    """Seals and opens what is kept for one purpose.

    ```python
    sealer = Sealer(settings.secret_key.get_secret_value(), "identity.totp")
    kept = sealer.seal(secret, about=user_id.bytes)
    ```

    AES-256-GCM (NIST SP 800-38D) with a random nonce; the key comes from `SECRET_KEY` and the
    purpose by HKDF (RFC 5869), so that what is sealed for one purpose opens for no other. `about`
    names the owner: what is copied into another's row does not open there.
    """

    def __init__(self, secret_key: str, purpose: str) -> None:
        derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=f"dotmac {purpose}".encode())
        self._cipher = AESGCM(derived.derive(secret_key.encode()))

    def seal(self, content: bytes, *, about: bytes = b"") -> bytes:
        """`content` so that only `open` with the same `about` can read it: 29 bytes longer."""
        nonce = os.urandom(_NONCE_BYTES)
        return _FORM + nonce + self._cipher.encrypt(nonce, content, about)

    def open(self, sealed: bytes, *, about: bytes = b"") -> bytes:
        """What was sealed.

        Raises:
            UnsealableError: the key, the purpose or `about` is another, or it was altered.
        """
        nonce, content = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if sealed[:1] != _FORM or len(nonce) < _NONCE_BYTES:
            raise UnsealableError("this is not something that was sealed")
        try:
            return self._cipher.decrypt(nonce, content, about)
        except InvalidTag as error:
            raise UnsealableError("it was sealed with another key or for another owner") from error
