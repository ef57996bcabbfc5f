"""HTTP/1.1 as thin as a measurement wants it: messages framed by their length, on connections that stay open.

What makes a load shares two cores with what it measures. A library's client and server take a third of a millisecond
for each request, which was as much as the measured program's own share; these take a tenth of that.
"""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import cast
from urllib.parse import urlsplit

Answer = Callable[[str, bytes, object], tuple[bytes, float]]
"""Path, body and peer of a request; the JSON to answer with, and after how many seconds."""
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


class _Messages(asyncio.Protocol, ABC):
    """Cuts what comes in into messages."""

    def __init__(self) -> None:
        self._read = bytearray()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._read[:end])
            if _CHUNKED.search(head):
                raise ValueError("a message in chunks: this reads none")
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._read) < whole:
                return
            body = bytes(self._read[end + 4 : whole])
            del self._read[:whole]
            self.message(head, body)

    @abstractmethod
    def message(self, head: bytes, body: bytes) -> None:
        """One is here."""


class _Served(_Messages):
    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    def message(self, head: bytes, body: bytes) -> None:
        path = head.split(b" ", 2)[1].decode()
        told, after = self._answer(path, body, self.transport.get_extra_info("peername"))
        kind = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
        reply = b"%s%d\r\n\r\n%s" % (kind, len(told), told)
        if after:
            asyncio.get_running_loop().call_later(after, self._write, reply)
        else:
            self._write(reply)

    def _write(self, reply: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(reply)


async def serve(answer: Answer) -> tuple[asyncio.Server, str]:
    """Listen on a free port; the server, and its address."""
    server = await asyncio.get_running_loop().create_server(lambda: _Served(answer), "127.0.0.1", 0, backlog=1024)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class _Line(_Messages):
    """A connection of a client: one request at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._status: asyncio.Future[int] | None = None

    def message(self, head: bytes, body: bytes) -> None:
        if self._status is not None and not self._status.done():
            self._status.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._status is not None and not self._status.done():
            self._status.set_exception(ConnectionResetError("closed before its answer"))

    async def asked(self, request: bytes) -> int:
        """Write it; the status of what comes back. Raises ConnectionResetError."""
        self._status = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._status


class Client:
    """Posts JSON to one address, on as many connections as there are posts at once."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname, parts.port
        self._head = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        self._free: list[_Line] = []

    async def post(self, body: bytes, headers: Iterable[tuple[str, str]], patience: float) -> int:
        """The status of the answer. Raises OSError, TimeoutError."""
        more = "".join(f"{name}: {value}\r\n" for name, value in headers)
        head = f"{self._head}{more}Content-Length: {len(body)}\r\n\r\n".encode()
        async with asyncio.timeout(patience):
            line = await self._line()
            status = await line.asked(head + body)
        self._free.append(line)
        return status

    async def _line(self) -> _Line:
        while self._free:
            line = self._free.pop()
            if not line.transport.is_closing():
                return line
        _, made = await asyncio.get_running_loop().create_connection(_Line, self._host, self._port)
        return made

    def close(self) -> None:
        """Close what is open."""
        for line in self._free:
            line.transport.close()
