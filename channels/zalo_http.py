"""Calls of Zalo's servers: one keep-alive session, the roots from the settings, an answer or one of three errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson
from msgspec import Struct
from yarl import URL

from channels.body import loads
from channels.calls import brief, timeout
from channels.zalo_errors import Host, Policy, policy

PATIENCE = 20.0
"""Seconds for one call."""
KEEP_ALIVE = 50.0
CONNECTIONS = 200
_JSON = "application/json"


class NotSent(Exception):
    """There was no connection: the call certainly had no effect."""


class Lost(Exception):
    """The call was written, its reply did not come or could not be read: it may have had its effect."""


class ZaloError(Exception):
    """Zalo refused the call. ``code`` is its own; ``told`` its words, which may name a field but no person."""

    def __init__(self, host: Host, code: int, told: str) -> None:
        super().__init__(f"{host.value} {code}: {told}")
        self.host = host
        self.code = code
        self.told = told

    @property
    def policy(self) -> Policy:
        """What is to be done about it."""
        return policy(self.host, self.code)


class Roots(Struct, frozen=True):
    """Where Zalo's servers are, ``scheme://host[:port]``; one emulator stands for all of them."""

    api: str = "https://openapi.zalo.me"
    oauth: str = "https://oauth.zaloapp.com"
    business: str = "https://business.openapi.zalo.me"

    def of(self, host: Host) -> str:
        """The root of one of them."""
        match host:
            case Host.OA:
                return self.api
            case Host.BUSINESS:
                return self.business
            case Host.OAUTH:
                return self.oauth


class ZaloHttp:
    """Every call raises NotSent, Lost or ZaloError, and no exception holds an address, a token or a body."""

    def __init__(self, roots: Roots, patience: float = PATIENCE) -> None:
        self._roots = roots
        self._timeout = timeout(patience)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """End the connections; a later call opens them again."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def post(self, host: Host, path: str, body: Mapping[str, Any], token: str) -> Mapping[str, Any]:
        """A call with a JSON body; the reply's object, whose ``error`` is 0."""
        headers = {"Content-Type": _JSON, "access_token": token}
        try:
            payload = orjson.dumps(body)
        except TypeError:
            raise ZaloError(host, -201, "not valid Unicode") from None
        return self._read(host, *await self._exchange("POST", host, path, headers, payload))

    async def get(self, host: Host, path: str, query: Mapping[str, str], token: str) -> Mapping[str, Any]:
        """A call without a body."""
        address = f"{path}?{urlencode(query)}" if query else path
        return self._read(host, *await self._exchange("GET", host, address, {"access_token": token}, None))

    async def form(self, path: str, fields: Mapping[str, str], secret: str) -> Mapping[str, Any]:
        """A call of the OAuth server. What it says is no success only for its status: look for both tokens."""
        status, payload = await self._exchange("POST", Host.OAUTH, path, {"secret_key": secret}, dict(fields))
        found = loads(payload)
        if not isinstance(found, dict):
            raise Lost(f"an unreadable reply with status {status}")
        return found

    async def upload(self, path: str, name: str, content: bytes, kind: str, token: str) -> Mapping[str, Any]:
        """A file for a message."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("file", content, filename=name, content_type=kind)
        return self._read(Host.OA, *await self._exchange("POST", Host.OA, path, {"access_token": token}, form))

    def _read(self, host: Host, status: int, payload: bytes) -> Mapping[str, Any]:
        found = loads(payload)
        if not isinstance(found, dict) or not isinstance(found.get("error"), int):
            # Only a server that speaks the API is believed: a proxy's page on the way says nothing of a citizen.
            raise Lost(f"an unreadable reply with status {status}")
        if found["error"] != 0:
            raise ZaloError(host, found["error"], str(found.get("message", ""))[:200])
        return found

    async def _exchange(
        self, method: str, host: Host, path: str, headers: Mapping[str, str], data: Any
    ) -> tuple[int, bytes]:
        if self._session is None:
            root = self._roots.of(host)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEP_ALIVE),
                cookie_jar=aiohttp.DummyCookieJar(),
                # A proxy of the environment is for the way out, not for a server of one's own beside us.
                trust_env=root.startswith("https://"),
            )
        address = URL(f"{self._roots.of(host)}{path}", encoded=True)
        try:
            async with self._session.request(
                method, address, data=data, headers=headers, allow_redirects=False, timeout=self._timeout
            ) as reply:
                return reply.status, await reply.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            failure: Exception = NotSent(f"no connection: {brief(error)}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = Lost(f"no reply: {brief(error)}")
        # Outside of the except: what aiohttp raised may hold headers, and with them the token.
        raise failure
