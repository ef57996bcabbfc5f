"""The terminal: a line in is a message, an answer is printed. For trying everything, and for tests in a shell."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

import orjson
from aiohttp import web

from channels.channel import OFFICE, Accept, Letter, Limits
from channels.plain import with_choices
from handlers.messages import Chat, Incoming


class Terminal:
    """``print_line`` receives each finished output; ``name`` is who is talking now."""

    name = "terminal"
    limits = Limits(burst=None, documents=OFFICE)
    pulled = False

    def __init__(
        self, accept: Accept, now: Callable[[], datetime], print_line: Callable[[str], None], *, as_json: bool
    ) -> None:
        self._accept = accept
        self._now = now
        self._print = print_line
        self._as_json = as_json
        self._session = secrets.token_hex(4)
        self._lines: dict[str, int] = {}
        self.who = "toi"
        self.counts: Counter[str] = Counter()

    @property
    def chat(self) -> Chat:
        """The chat of who is talking now."""
        return Chat("terminal", "local", self.who)

    def routes(self) -> Iterable[web.RouteDef]:
        """None."""
        return ()

    async def start(self) -> None:
        """Nothing to do."""

    async def stop(self) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do."""

    def ready(self) -> str | None:
        """Always ready."""
        return None

    async def typing(self, chat: str) -> None:
        """Nothing: a line that is waited for needs no sign."""

    def arrived(self, letter: Letter) -> None:
        """Never called: letters are sent."""

    async def say(self, number: int, text: str) -> None:
        """The input line ``number``, as a message of who is talking."""
        event = f"{self._session}-{number}"
        self._lines[event] = number
        await self._accept([Incoming(self.chat, event, text, self._now())])

    async def send(self, letter: Letter) -> None:
        """Print one answer."""
        to = self._lines.get(letter.event, 0)
        file = letter.attachment
        if not self._as_json:
            note = f"\n  [tệp: {file.name}, {len(file.content)} byte]" if file is not None else ""
            whose = "" if letter.chat == self.chat else f"(cho {letter.chat.id}) "
            self._print(whose + with_choices(letter.text, letter.choices) + note + "\n")
            return
        line = {
            "to": to,
            "text": letter.text,
            "choices": [{"label": choice.label, "says": choice.says} for choice in letter.choices],
            "attachment": None if file is None else {"name": file.name, "type": file.type, "size": len(file.content)},
        }
        if letter.chat.id != "toi":
            line["as"] = letter.chat.id
        self._print(orjson.dumps(line).decode())
