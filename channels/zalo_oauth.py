"""Zalo's OAuth: the link of consent with PKCE, codes and refresh tokens for pairs. A refresh token works once.

Success is a reply with both tokens, and nothing else: errors come with HTTP 200 too.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from channels.zalo_http import Roots, ZaloHttp

ACCESS_LIVES = timedelta(hours=25)
LONGEST = timedelta(days=30)
PATH = "/v4/oa/access_token"


class Unauthorized(Exception):
    """Zalo gave no pair; ``name`` is what it calls the error."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Zalo gives no token: {name}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token, how long it lives, and the refresh token that works once."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    lives: timedelta = ACCESS_LIVES


def new_verifier() -> str:
    """43 characters for PKCE (RFC 7636)."""
    return secrets.token_urlsafe(32)


def challenge(verifier: str) -> str:
    """base64url of the verifier's SHA-256, without padding."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def consent_link(roots: Roots, app_id: str, redirect: str, verifier: str, state: str) -> str:
    """The page on which the account's administrator agrees. ``redirect``: the console's address, byte for byte."""
    query = {"app_id": app_id, "redirect_uri": redirect, "code_challenge": challenge(verifier), "state": state}
    return f"{roots.oauth}/v4/oa/permission?{urlencode(query)}"


@dataclass(frozen=True, slots=True)
class OAuth:
    """Calls that give pairs. They raise NotSent (nothing happened), Lost (nobody knows), Unauthorized."""

    http: ZaloHttp
    app_id: str
    app_secret: str = field(repr=False)

    async def exchange(self, code: str, verifier: str) -> Pair:
        """The pair for a code, which lives ten minutes and works once."""
        return await self._ask({"grant_type": "authorization_code", "code": code, "code_verifier": verifier})

    async def renew(self, refresh: str) -> Pair:
        """The next pair. Never repeated by itself: the token works once."""
        return await self._ask({"grant_type": "refresh_token", "refresh_token": refresh})

    async def _ask(self, fields: Mapping[str, str]) -> Pair:
        return _pair(await self.http.form(PATH, {**fields, "app_id": self.app_id}, self.app_secret))


def _pair(told: Mapping[str, Any]) -> Pair:
    match told:
        case {"access_token": str(access), "refresh_token": str(refresh)} if access and refresh:
            return Pair(access, refresh, _lives(told.get("expires_in")))
    raise Unauthorized(str(told.get("error_name") or told.get("error_description") or told.get("error") or "?")[:200])


def _lives(given: Any) -> timedelta:
    """``expires_in`` comes as a string of seconds."""
    text = str(given)
    seconds = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    return min(timedelta(seconds=seconds), LONGEST) if seconds else ACCESS_LIVES
