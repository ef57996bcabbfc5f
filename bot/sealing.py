"""Secrets at rest: sealed under a key of their own, made from the secret key.

Encrypt, then authenticate, with HMAC-SHA-256 as the only building block: a keystream of HMAC(key, nonce ‖ counter),
and a tag over nonce and ciphertext under a second key. Why not a library: ``docs/adr/0012``.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

VERSION = b"1"
NONCE = 16
TAG = 32


class NotSealedHere(Exception):
    """The secret key is not the one that sealed it, or the text was changed."""


class Seal:
    """``purpose`` keeps the keys apart from every other use of the same secret."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        self._stream_key = hmac.new(secret, f"seal\0{purpose}\0stream".encode(), hashlib.sha256).digest()
        self._tag_key = hmac.new(secret, f"seal\0{purpose}\0tag".encode(), hashlib.sha256).digest()

    def close(self, text: str) -> str:
        """The text, sealed; another one at every call."""
        nonce = secrets.token_bytes(NONCE)
        body = VERSION + nonce + self._mixed(nonce, text.encode())
        return urlsafe_b64encode(body + self._tag(body)).decode()

    def open(self, sealed: str) -> str:
        """The text again. Raises NotSealedHere."""
        try:
            raw = urlsafe_b64decode(sealed.encode())
        except ValueError:
            raise NotSealedHere from None
        # Base64 writes some bytes in several ways; only ours is one of ours.
        if urlsafe_b64encode(raw).decode() != sealed:
            raise NotSealedHere
        body, tag = raw[:-TAG], raw[-TAG:]
        if len(raw) < 1 + NONCE + TAG or body[:1] != VERSION or not hmac.compare_digest(self._tag(body), tag):
            raise NotSealedHere
        nonce = body[1 : 1 + NONCE]
        return self._mixed(nonce, body[1 + NONCE :]).decode()

    def _mixed(self, nonce: bytes, text: bytes) -> bytes:
        blocks = (
            hmac.new(self._stream_key, nonce + number.to_bytes(8, "big"), hashlib.sha256).digest()
            for number in range(-(-len(text) // 32))
        )
        return bytes(a ^ b for a, b in zip(text, b"".join(blocks), strict=False))

    def _tag(self, body: bytes) -> bytes:
        return hmac.new(self._tag_key, body, hashlib.sha256).digest()
