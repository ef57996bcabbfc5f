"""The OAuth server: codes, PKCE, and pairs of which a new one kills the old one."""

from __future__ import annotations

import hashlib
import random
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulators.zalo_world import Refusal, World

ACCESS_LIVES = 90_000.0
"""Seconds: 25 hours."""
REFRESH_LIVES = 90 * 86_400.0
CODE_LIVES = 600.0


@dataclass(frozen=True, slots=True)
class Code:
    """A consent that was given and not exchanged."""

    challenge: str
    at: float


class Grants:
    """``access`` and ``refresh``: the pair that is good now. ``burnt``: refresh tokens that were used.

    ``twice``: how often a used one came again, which on the real Zalo leaves the account without any token.
    """

    def __init__(self, world: World, rng: random.Random) -> None:
        self._world = world
        self._random = rng
        self._codes: dict[str, Code] = {}
        self._lives: dict[str, float] = {}
        self._refresh_until = 0.0
        self.access = self.refresh = ""
        self.burnt: set[str] = set()
        self.twice = 0
        self.renewals = 0
        self.issue()

    def issue(self) -> dict[str, str]:
        """A new pair; the refresh token before it dies, the access token before it lives out its time."""
        if self.refresh:
            self.burnt.add(self.refresh)
        now = self._world.clock.now()
        self.access, self.refresh = (f"{kind}-{self._random.getrandbits(128):032x}" for kind in ("AT", "RT"))
        self._lives[self.access] = now + ACCESS_LIVES
        self._refresh_until = now + REFRESH_LIVES
        return {"access_token": self.access, "refresh_token": self.refresh, "expires_in": "90000"}

    def expire(self) -> None:
        """All access tokens run out now."""
        self._lives.clear()

    def check(self, token: str) -> None:
        """Raises Refusal where no call may be made with this access token."""
        until = self._lives.get(token)
        if until is None:
            raise Refusal(-216, "Access token is invalid")
        if until <= self._world.clock.now():
            raise Refusal(-220, "Access token is expired or removed")

    def consent(self, challenge: str) -> str:
        """The account's administrator agrees: a code for ten minutes and one use."""
        code = f"code-{self._random.getrandbits(96):024x}"
        self._codes[code] = Code(challenge, self._world.clock.now())
        return code

    def exchange(self, secret: str, fields: Mapping[str, str]) -> dict[str, Any]:
        """What ``/v4/oa/access_token`` answers, HTTP 200 in every case."""
        if secret != self._world.app_secret:
            return _error(-14004, "Invalid secret key.")
        if fields.get("app_id") != self._world.app_id:
            return _error(-14001, "Invalid app id.")
        match fields.get("grant_type"):
            case "authorization_code":
                return self._by_code(fields)
            case "refresh_token":
                return self._by_refresh(fields.get("refresh_token", ""))
        return _error(-14005, "Invalid grant type.")

    def _by_code(self, fields: Mapping[str, str]) -> dict[str, Any]:
        code = self._codes.pop(fields.get("code", ""), None)
        if code is None or self._world.clock.now() - code.at > CODE_LIVES:
            return _error(-14010, "Invalid code.")
        if code.challenge and challenge(fields.get("code_verifier", "")) != code.challenge:
            return _error(-14012, "Invalid code verifier.")
        return self.issue()

    def _by_refresh(self, token: str) -> dict[str, Any]:
        if token in self.burnt:
            self.twice += 1
        if token != self.refresh or self._refresh_until <= self._world.clock.now():
            return _error(-14014, "Invalid refresh token.")
        self.renewals += 1
        return self.issue()


def challenge(verifier: str) -> str:
    """base64url of the SHA-256 of the verifier, without padding."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _error(code: int, name: str) -> dict[str, Any]:
    ref = "https://developers.zalo.me/docs/official-account"
    return {"error": code, "error_name": name, "error_reason": "", "error_description": "", "ref_doc": ref}
