"""The HTTP under python-telegram-bot: one keep-alive aiohttp session, orjson, and a token that nothing else ever sees.

``telegram.Bot`` is given a stand-in for the token, and the real one is put into the address here. So it cannot come
out of PTB's log lines, its ``repr`` or its error texts, and no exception raised here has one in its chain that holds
the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import aiohttp
import orjson
from msgspec import Struct, field
from telegram.error import BadRequest, NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData
from yarl import URL

from channels.body import loads
from channels.calls import brief, timeout

STAND_IN = "the-token-is-kept-elsewhere"
"""What PTB believes to be the token."""
PATIENCE = 20.0
"""Seconds for one call, unless said otherwise."""
KEEP_ALIVE = 50.0
"""Seconds an idle connection is kept: a desk with one answer in half a minute pays no second TLS handshake."""
CONNECTIONS = 200
"""At once, at most: a thousand presses a second are two thousand calls, a hundred under way at 50 ms each."""
_JSON = {"Content-Type": "application/json"}
_NO_FILES: Mapping[str, tuple[str, bytes, str]] = {}


class NotSent(NetworkError):
    """There was no connection: the call certainly had no effect."""


class Lost(NetworkError):
    """The call was written, its reply did not come or could not be read: it may have had its effect."""


class Limited(TelegramError):
    """Too many requests (429): wait ``after`` seconds. In place of PTB's RetryAfter, which warns when it is made."""

    def __init__(self, after: float) -> None:
        super().__init__(f"Too many requests: retry after {after:g}")
        self.after = after


class Parameters(Struct, frozen=True):
    """A call's parameters, as PTB's ``RequestData`` shows them to a request, without its cost per call.

    ``files``: parameter → (file name, content, type).
    """

    parameters: Mapping[str, Any]
    files: Mapping[str, tuple[str, bytes, str]] = field(default_factory=dict)

    @property
    def contains_files(self) -> bool:
        return bool(self.files)

    @property
    def json_parameters(self) -> dict[str, str]:
        return {
            name: value if isinstance(value, str) else orjson.dumps(value).decode()
            for name, value in self.parameters.items()
        }

    @property
    def multipart_data(self) -> Mapping[str, tuple[str, bytes, str]]:
        return self.files


class AiohttpRequest(BaseRequest):
    """``call`` is the short way in; ``post``, PTB's own way, serves ``telegram.Bot``. Both raise PTB's errors,
    ``NotSent``, ``Lost`` and ``Limited``, and nothing else."""

    __slots__ = ("_addresses", "_closed", "_root", "_session", "_token")

    def __init__(self, base_url: str, token: str) -> None:
        self._root = base_url.rstrip("/")
        self._token = token
        self._addresses: dict[str, URL] = {}
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    @property
    def read_timeout(self) -> float | None:
        return PATIENCE

    async def initialize(self) -> None:
        self._closed = False
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEP_ALIVE),
                cookie_jar=aiohttp.DummyCookieJar(),
                # A proxy of the environment is for the way out, not for a server of one's own beside us.
                trust_env=self._root.startswith("https://"),
            )

    async def shutdown(self) -> None:
        self._closed = True
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(
        self,
        method: str,
        parameters: Mapping[str, Any],
        *,
        files: Mapping[str, tuple[str, bytes, str]] = _NO_FILES,
        patience: float = PATIENCE,
    ) -> Any:
        """One method of the Bot API; its ``result``. ``patience`` in seconds."""
        return await self.post(method, cast(RequestData, Parameters(parameters, files)), read_timeout=patience)

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """``url`` ends with the method's name; what stands before it is not looked at."""
        patience = read_timeout if isinstance(read_timeout, int | float) else PATIENCE
        status, payload = await self._exchange(url.rpartition("/")[2], request_data, patience)
        if status < 300:
            return status, payload
        return status, self._told(status, payload)

    async def _exchange(self, name: str, data: RequestData | None, patience: float) -> tuple[int, bytes]:
        if self._closed:
            raise NotSent("the connections are closed")
        if self._session is None:  # what was left unsent may be posted before the channel is started
            await self.initialize()
        assert self._session is not None
        address = self._addresses.get(name)
        if address is None:
            address = self._addresses[name] = URL(f"{self._root}/bot{self._token}/{name}", encoded=True)
        body, headers = _body(data)
        try:
            async with self._session.post(
                address,
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=timeout(patience),
            ) as reply:
                return reply.status, await reply.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            failure: TelegramError = NotSent(f"no connection: {brief(error)}")
        except Exception as error:
            failure = Lost(f"no reply: {brief(error)}")
        # Outside of the except: what aiohttp raised may hold the address, and with it the token.
        raise failure

    def _told(self, status: int, payload: bytes) -> bytes:
        """What the server says of an error, as PTB reads it. Only a server that speaks the Bot API is believed: the
        403 of some proxy on the way must not make a citizen one who blocked us."""
        try:
            found = orjson.loads(payload)
        except ValueError:
            found = None
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise BadRequest("the file is too large")
        if not isinstance(found, dict) or not isinstance(found.get("description"), str):
            if status >= 500:
                raise Lost(f"an unreadable reply with status {status}")
            raise NetworkError(f"an unreadable reply with status {status}")
        parameters = found.get("parameters")
        parameters = parameters if isinstance(parameters, dict) else {}
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            after = parameters.get("retry_after")
            raise Limited(float(after) if isinstance(after, int | float) and after > 0 else 5.0)
        migrated = parameters.get("migrate_to_chat_id")
        told = found["description"]
        for form in (self._token, quote(self._token, safe="")):
            told = told.replace(form, STAND_IN)
        return orjson.dumps(
            {
                "description": told,
                "parameters": {"migrate_to_chat_id": migrated} if migrated else None,
                "result": None,
            }
        )

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The reply's object. Raises Lost where it is none that holds a result."""
        found = loads(payload)
        if not isinstance(found, dict) or "result" not in found:
            raise Lost("an unreadable reply")
        return found


def _body(data: RequestData | None) -> tuple[bytes | aiohttp.FormData, Mapping[str, str] | None]:
    if data is None:
        return b"{}", _JSON
    if not data.contains_files:
        try:
            return orjson.dumps(data.parameters), _JSON
        except TypeError:
            raise BadRequest("not valid Unicode") from None
    # Telegram reads file names as they are, and none that is percent-encoded.
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, content_type) in data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=content_type)
    return form, None
