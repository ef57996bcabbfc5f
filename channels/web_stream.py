"""The web chat's event streams: what is committed for a chat, read from the outbox and written to its open tabs.

A stream holds no queue of letters. It is woken, reads what comes after the last number it wrote, and writes that;
so a reader as slow as may be costs one batch of memory, and nothing falls between reading and waking.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Any, Protocol

import orjson
from aiohttp import web

from channels.channel import Letter
from channels.web_door import Bounds, Rejected
from handlers.messages import Choice

log = logging.getLogger(__name__)
NEWEST = 50
"""Letters shown to a page that says nothing of what it has, and letters read at once."""
ECHOES = 100
STUCK = 20.0
"""Seconds that a write may wait for a reader that takes nothing."""
CLOSES_WITHIN = 0.7
_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Mailbox(Protocol):
    """Where committed letters are read; ``chat`` is the tables' key."""

    async def letters_after(self, chat: str, seq: int, limit: int) -> list[Letter]:
        """The first ``limit`` letters after ``seq``, in order."""
        ...

    async def newest_letters(self, chat: str, limit: int) -> list[Letter]:
        """The last ``limit`` letters, in order."""
        ...


class Stream:
    """One open tab. Echoes are a courtesy: the oldest go when a tab does not take them."""

    def __init__(self) -> None:
        self.wake = asyncio.Event()
        self.gone = asyncio.Event()
        self.ends = False
        self.echoes: deque[bytes] = deque(maxlen=ECHOES)
        self.transport: asyncio.Transport | None = None

    def end(self) -> None:
        """Let the stream finish what it writes and close."""
        self.ends = True
        self.wake.set()


class Streams:
    """All open streams. ``beat``: seconds between the comments that keep proxies from closing a quiet one."""

    def __init__(self, mailbox: Mailbox, bounds: Bounds, beat: float = 15.0) -> None:
        self._mailbox = mailbox
        self._bounds = bounds
        self._beat = beat
        self._open: dict[str, list[Stream]] = {}
        self.count = 0

    def wake(self, chat: str) -> None:
        """There is something new to read for this chat."""
        for stream in self._open.get(chat, ()):
            stream.wake.set()

    def echo(self, chat: str, id: str, text: str, at: str) -> None:
        """Tell the tabs of a chat what was said in one of them."""
        event = event_text("echo", {"id": id, "text": text, "at": at})
        for stream in self._open.get(chat, ()):
            stream.echoes.append(event)
            stream.wake.set()

    async def close(self) -> None:
        """End every stream, within a second."""
        streams = [stream for streams in self._open.values() for stream in streams]
        for stream in streams:
            stream.end()
        if streams:
            gone = [asyncio.ensure_future(stream.gone.wait()) for stream in streams]
            _, late = await asyncio.wait(gone, timeout=CLOSES_WITHIN)
            for future in late:
                future.cancel()
        for stream in streams:
            if not stream.gone.is_set() and stream.transport is not None:
                stream.transport.abort()

    async def serve(self, request: web.Request, chat: str, after: int | None) -> web.StreamResponse:
        """Stream until the reader leaves or ``close``. Raises Rejected before anything was written."""
        if self.count >= self._bounds.streams:
            raise Rejected(503, "busy", after=30)
        stream = self._join(chat, request)
        try:
            letters = await self._begin(chat, after)
            response = web.StreamResponse(headers=_HEADERS)
            await response.prepare(request)
            try:
                await self._flow(stream, response, chat, letters, after or 0)
            except (ConnectionError, TimeoutError):
                if stream.transport is not None:
                    stream.transport.abort()
            except Exception:
                log.exception("a web stream broke off")  # the page comes back and resumes
            return response
        finally:
            self._leave(chat, stream)

    def _join(self, chat: str, request: web.Request) -> Stream:
        stream = Stream()
        stream.transport = request.transport
        mine = self._open.setdefault(chat, [])
        if len(mine) >= self._bounds.streams_per_chat:
            next((other for other in mine if not other.ends), mine[0]).end()
        mine.append(stream)
        self.count += 1
        return stream

    def _leave(self, chat: str, stream: Stream) -> None:
        stream.gone.set()
        self.count -= 1
        mine = self._open[chat]
        mine.remove(stream)
        if not mine:
            del self._open[chat]

    async def _begin(self, chat: str, after: int | None) -> list[Letter]:
        try:
            if after is None:
                return await self._mailbox.newest_letters(chat, NEWEST)
            return await self._mailbox.letters_after(chat, after, NEWEST)
        except Exception as error:
            log.exception("a web chat could not be read")
            raise Rejected(503, "storage", after=5) from error

    async def _flow(
        self, stream: Stream, response: web.StreamResponse, chat: str, letters: list[Letter], seq: int
    ) -> None:
        ready = False
        while not stream.ends:
            # echoes are taken after the letters were read: what a letter answers was said, and echoed, before
            echoes = [stream.echoes.popleft() for _ in range(len(stream.echoes))]
            seq = letters[-1].seq if letters else seq
            parts = [*echoes, *map(letter_event, letters)]
            caught_up = len(letters) < NEWEST
            if caught_up and not ready:
                ready = True
                parts.append(event_text("ready", {}))
            await _write(response, b"".join(parts))
            if caught_up and not await self._woken(stream, response):
                break
            stream.wake.clear()
            letters = await self._mailbox.letters_after(chat, seq, NEWEST)
        await response.write_eof()

    async def _woken(self, stream: Stream, response: web.StreamResponse) -> bool:
        """Wait for something new, with a comment now and then. False when the stream is to end."""
        while not stream.ends:
            try:
                async with asyncio.timeout(self._beat):
                    await stream.wake.wait()
            except TimeoutError:
                await _write(response, b":\n\n")
            else:
                return not stream.ends
        return False


async def _write(response: web.StreamResponse, events: bytes) -> None:
    if events:
        async with asyncio.timeout(STUCK):
            await response.write(events)


def letter_event(letter: Letter) -> bytes:
    """A letter as the page reads it. ``typed``: what may be typed for each choice, empty where its label says so."""
    file = letter.attachment
    body = {
        "text": letter.text,
        "choices": [{"label": choice.label, "says": choice.says} for choice in letter.choices],
        "typed": typed(letter.choices),
        "attachment": None
        if file is None
        else {
            "name": file.name,
            "type": file.type,
            "size": len(file.content),
            "url": f"/web/attachments/{letter.seq}",
        },
        "at": letter.made_at.isoformat(),
    }
    return event_text("message", body, letter.seq)


def typed(choices: tuple[Choice, ...]) -> list[str]:
    """The key of each choice, or its position where none has one and there are several; nothing the label says."""
    keyed = len(choices) == 1 or any(choice.key is not None for choice in choices)
    numbers = [choice.key or "" if keyed else str(n) for n, choice in enumerate(choices, 1)]
    return ["" if choice.label.startswith(n) else n for n, choice in zip(numbers, choices, strict=True)]


def event_text(event: str, body: dict[str, Any], seq: int | None = None) -> bytes:
    """One server-sent event (WHATWG HTML, 9.2.6). JSON escapes line ends, so the data is one line."""
    head = b"" if seq is None else b"id: %d\n" % seq
    return b"%sevent: %s\ndata: %s\n\n" % (head, event.encode(), orjson.dumps(body))
