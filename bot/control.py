"""The private socket: while a server runs, a second terminal's commands are carried out by the server.

It is a loopback port with a token in ``control.json`` in the data folder (mode 0600): only who may read the data
folder may use it, and it works on every system. One JSON line is a request, one is its answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from bot.private import write_private

NAME = "control.json"
LONGEST = 64 * 1024 * 1024
Does = Callable[[dict[str, Any]], Awaitable[Any]]


class Wrong(Exception):
    """The command cannot be carried out; the message says why and what to do."""


class ControlServer:
    """Offers ``operations`` by name while it runs."""

    def __init__(self, folder: Path, operations: Mapping[str, Does]) -> None:
        self._path = folder / NAME
        self._operations = operations
        self._token = secrets.token_urlsafe(32)
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen, and write down where."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LONGEST)
        port = self._server.sockets[0].getsockname()[1]
        self._path.unlink(missing_ok=True)
        write_private(self._path, orjson.dumps({"port": port, "token": self._token}))

    async def stop(self) -> None:
        """Listen no more."""
        self._path.unlink(missing_ok=True)
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(orjson.dumps(await self._answer(line)) + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            pass
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = orjson.loads(line)
            token, name, given = str(request["token"]), str(request["do"]), dict(request["with"])
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return {"wrong": "not a request"}
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return {"wrong": "not allowed"}
        operation = self._operations.get(name)
        if operation is None:
            return {"wrong": f"the running server does not know {name!r}: is it of another version?"}
        try:
            return {"result": await operation(given)}
        except Wrong as wrong:
            return {"wrong": str(wrong)}


class ControlClient:
    """A connection to a running server. ``connect`` gives None where none runs."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str) -> None:
        self._reader = reader
        self._writer = writer
        self._token = token

    @classmethod
    async def connect(cls, folder: Path) -> ControlClient | None:
        """The server of this data folder, if one answers."""
        try:
            told = orjson.loads((folder / NAME).read_bytes())
            reader, writer = await asyncio.open_connection("127.0.0.1", told["port"], limit=LONGEST)
        except (OSError, orjson.JSONDecodeError, KeyError):
            return None
        return cls(reader, writer, told["token"])

    async def do(self, name: str, **given: Any) -> Any:
        """Carry out one operation there. Raises Wrong."""
        self._writer.write(orjson.dumps({"token": self._token, "do": name, "with": given}) + b"\n")
        await self._writer.drain()
        line = await self._reader.readline()
        if not line:
            raise Wrong("the running server ended the connection")
        answer = orjson.loads(line)
        if "wrong" in answer:
            raise Wrong(answer["wrong"])
        return answer["result"]

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()
