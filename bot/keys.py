"""Keyed hashes: what must be found again but never read back (chats, completions, phones, invitation codes)."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
from itertools import count
from pathlib import Path

from bot.private import write_private
from bot.sealing import Seal
from ratings import typed_code

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PLAIN_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Keys:
    """HMAC-SHA-256 under one secret, apart for every purpose."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def _hash(self, purpose: str, *parts: object) -> str:
        message = "\0".join((purpose, *map(str, parts)))
        return hmac.new(self._secret, message.encode(), hashlib.sha256).hexdigest()[:40]

    def chat(self, chat: str) -> str:
        """Who rated, who missed: the same chat again, without its name."""
        return self._hash("chat", chat)

    def address(self, address: str) -> str:
        """Where a message was sent from."""
        return self._hash("address", address)

    def completion(self, dossier: str, n: int) -> str:
        """The completion that a rating belongs to, without the dossier's code."""
        return self._hash("completion", dossier, n)

    def phone(self, last_four: str) -> str:
        """The last four digits on the receipt."""
        return self._hash("phone", last_four)

    def code(self, typed: str) -> str:
        """An official's invitation code, as typed (any case, spaces and dashes)."""
        return self._hash("official", "".join(c for c in typed.upper() if c.isalnum()))

    def join_code(self, chat: str, n: int) -> str:
        """A chat's ``n``-th code for joining another chat: ``NOI-ABCDE-FGHJK``, 45 bits."""
        number = self._number("join code", chat, n)
        letters = ""
        for _ in range(10):
            number, letter = divmod(number, len(_PLAIN_LETTERS))
            letters += _PLAIN_LETTERS[letter]
        return f"NOI-{letters[:5]}-{letters[5:]}"

    def joins(self, code: str) -> str:
        """What is stored of such a code, as printed."""
        return self._hash("join", code)

    def seal(self, purpose: str) -> Seal:
        """What closes secrets for the disk, apart for every purpose."""
        return Seal(self._secret, purpose)

    def receipt_token(self, dossier: str, serial: int) -> str:
        """What stands in the QR of a dossier's ``serial``-th receipt: ``hs_`` and 28 letters, 131 bits.

        The same again whenever it is printed; nothing of it need be stored but its hash. Only letters, so that
        no number in it is taken for a phone.
        """
        return f"hs_{self._letters('token', dossier, serial)}"

    def _letters(self, *parts: object) -> str:
        """28 letters, 131 bits."""
        number = self._number(*parts)
        letters = ""
        for _ in range(28):
            number, letter = divmod(number, 26)
            letters += chr(ord("a") + letter)
        return letters

    def _number(self, *parts: object) -> int:
        """256 bits."""
        message = "\0".join(map(str, parts)).encode()
        return int.from_bytes(hmac.new(self._secret, message, "sha256").digest(), "big")

    def receipt(self, token: str) -> str:
        """What is stored of a receipt's token, as scanned or typed (any case)."""
        return self._hash("receipt", token.lower())

    def slip_token(self, way: str, dossier: str, n: int, serial: int) -> str:
        """What stands in the QR (``way`` "ps") or the link ("pl") of the ``serial``-th slip of a dossier's ``n``-th
        completion: ``ps_`` or ``pl_`` and 28 letters, 131 bits."""
        return f"{way}_{self._letters('slip', way, dossier, n, serial)}"

    def slip_code(self, dossier: str, n: int, serial: int) -> str:
        """The eight characters on that slip, to be typed."""
        found = (typed_code.made_from(self._number("slip code", dossier, n, serial, attempt)) for attempt in count())
        return next(code for code in found if code is not None)

    def slip(self, token: str) -> str:
        """What is stored of a slip's token or eight characters (any case)."""
        return self._hash("slip", token.lower())

    def slip_of(self, completion: str) -> str:
        """By which a rating's slip is found again with the key, from the rating's completion (its hash), and by nobody
        without it."""
        return self._hash("slip of", completion)

    def file_link(self, *parts: object) -> str:
        """What makes a link to a file one that nobody can think up: 160 bits over all that stands in it."""
        return self._hash("file link", *parts)

    @property
    def phone_key(self) -> bytes:
        """The key under which phones of dossiers are hashed."""
        return hmac.new(self._secret, b"phones", hashlib.sha256).digest()


def new_code() -> str:
    """A fresh invitation code, ``CB-XXXXX-XXXXX-XXXXX``: 74 bits."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(15))
    return f"CB-{letters[:5]}-{letters[5:10]}-{letters[10:]}"


def load_secret(given: str | None, folder: Path) -> bytes:
    """The secret key: as set, else from ``secret.key`` in the data folder, made on first use (mode 0600)."""
    if given:
        return given.encode()
    path = folder / "secret.key"
    with contextlib.suppress(FileExistsError):
        write_private(path, secrets.token_hex(32).encode())
    return path.read_bytes().strip()
