"""``motcua chat``: the whole bot in a terminal. A line in is a message; lines that begin with ``:`` are directions.

``:as NAME`` talk as somebody else · ``:dossiers`` codes with proofs · ``:move CODE STATUS`` an official's click in the
mock backend · ``:wait 30h`` the clock moves and what falls due happens · ``:official [UNIT]`` a code that makes an
official.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import orjson

from bot.app import App
from bot.clock import VIETNAM, HandClock, MachineClock
from bot.commands.console import Console
from bot.config import CannotStart, Settings
from bot.control import Wrong
from bot.demo import filling
from bot.logs import set_up_logging
from bot.operations import operations_of
from bot.parsing import duration
from bot.program import DEMO_UNIT, Program, open_program
from channels.channel import Channel
from channels.terminal import Terminal
from onestop.code import DossierCode
from storage.tables import officials

LONGEST_WAIT = timedelta(days=400)


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``chat`` to the commands."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "chat", help="talk in the terminal", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="a JSON line an answer")
    parser.add_argument("--memory", action="store_true", help="no file, no server: all in memory, the mock inside")
    parser.add_argument("--chat", metavar="NAME", default="toi", help="who is talking (default: toi)")
    parser.add_argument("--at", metavar="ISO", help="the clock begins here and moves only by :wait")
    return parser


async def run(args: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Talk until the end of input; 0, or 2 with one line on stderr."""
    try:
        clock = _clock(args.at)
    except ValueError as error:
        console.err(f"motcua chat: --at: {error}")
        return 2
    if args.memory:
        settings = _in_memory(settings)
    set_up_logging(dataclasses.replace(settings, log_level="ERROR"))
    talk = Talk(args, console, clock)
    random = Random(filling.SEED) if args.memory else None
    program = await open_program(settings, clock, talk.channels, memory=args.memory, listen=False, random=random)
    try:
        await talk.begin(program)
        await talk.all_lines()
    finally:
        await program.stop()
    return 0


def _clock(at: str | None) -> MachineClock | HandClock:
    if at is None:
        return MachineClock()
    found = datetime.fromisoformat(at.strip())
    return HandClock((found.replace(tzinfo=VIETNAM) if found.tzinfo is None else found).astimezone(UTC))


def _in_memory(settings: Settings) -> Settings:
    """The demonstration with nothing configured; invitations come as in life, after two hours to a day."""
    usual = Settings() if settings.demo else settings
    return dataclasses.replace(
        settings,
        demo=True,
        unit=settings.unit or DEMO_UNIT,
        onestop_base_url=None,
        onestop_secret=None,
        contact_hours=usual.contact_hours,
        invite_delay=usual.invite_delay,
        host="127.0.0.1",
    )


class Talk:
    """One session at the terminal."""

    def __init__(self, args: argparse.Namespace, console: Console, clock: MachineClock | HandClock) -> None:
        self._args = args
        self._console = console
        self._clock = clock
        self._terminal: Terminal | None = None
        self._program: Program | None = None
        self._number = 0

    def channels(self, app: App) -> Iterable[Channel]:
        """The terminal alone."""
        self._terminal = Terminal(app.accept, app.clock.now, self._console.out, as_json=self._args.json)
        self._terminal.who = self._args.chat
        yield self._terminal

    async def begin(self, program: Program) -> None:
        """In memory the one who talks is an official of the demo unit besides: everything can be tried."""
        self._program = program
        if self._args.memory:
            who = {"id": "cb-thu", "chat": str(self.terminal.chat), "unit": program.settings.unit, "role": "head"}
            since = self._clock.now()
            await program.app.write(lambda c: c.execute(officials.insert().values(**who, since=since)), "official")
        await self._settle()

    @property
    def terminal(self) -> Terminal:
        """The channel, once the program is open."""
        assert self._terminal is not None
        return self._terminal

    @property
    def program(self) -> Program:
        """The program, once it is open."""
        assert self._program is not None
        return self._program

    async def all_lines(self) -> None:
        """Until the end of input."""
        while (line := await self._console.line()) is not None:
            self._number += 1
            if line.startswith(":"):
                await self._direct(line[1:].split())
            elif line.strip():
                await self.terminal.say(self._number, line)
                await self._settle()
            else:
                self._remark("(dòng trống)")

    async def _settle(self) -> None:
        """Until everything that was said and pushed has had its effect."""
        if self.program.mock is not None:
            with contextlib.suppress(TimeoutError):
                await self.program.mock.delivered(10)
        await self.program.app.quiet()

    def _remark(self, text: str, **more: Any) -> None:
        if self._args.json:
            line = {"to": self._number, "text": text, "choices": [], "attachment": None, **more}
            self._console.out(orjson.dumps(line).decode())
        else:
            self._console.out(text + "\n")

    async def _direct(self, words: list[str]) -> None:
        try:
            match words:
                case ["as", name]:
                    self.terminal.who = name
                    self._remark(f"nói với tên {name}")
                case ["dossiers"]:
                    self._list()
                case ["move", code, status]:
                    self._move(code, status)
                    await self._settle()
                case ["wait", time]:
                    await self._wait(duration(time))
                    self._remark(f"bây giờ là {self._clock.now().astimezone(VIETNAM):%H:%M %d/%m/%Y}")
                case ["official", *unit]:
                    await self._official(unit[0] if unit else self.program.settings.unit)
                case _:
                    raise ValueError("try :as NAME, :dossiers, :move CODE STATUS, :wait 30h, :official [UNIT]")
        except (ValueError, KeyError, Wrong, CannotStart) as error:
            self._remark(f":{' '.join(words)}: {error}")

    def _list(self) -> None:
        mock = self._mock()
        listed = [
            {"code": d.code, "proof": d.proof, "status": int(d.status), "procedure": d.procedure, "unit": d.unit}
            for d in mock.dossiers()
        ]
        shown = [f"{d['code']}  {d['proof'] or '----'}  {d['status']}  {d['procedure']}" for d in listed[:40]]
        self._remark("\n".join(shown), dossiers=listed)

    def _mock(self) -> Any:
        if self.program.mock is None:
            raise ValueError("there is no mock backend inside: use --memory, or MOTCUA_DEMO=1")
        return self.program.mock

    def _move(self, code: str, status: str) -> None:
        if not status.isdecimal() or not 1 <= int(status) <= 10:
            raise ValueError("a status is 1 to 10")
        mock = self._mock()
        try:
            mock.move(DossierCode.parse(code).canonical, int(status), self._clock.now())
        except KeyError:
            raise ValueError("no such dossier, see :dossiers") from None
        self._remark(f"{code} → {status}")

    async def _wait(self, time: timedelta) -> None:
        """Go from one thing that falls due to the next, so that each happens at its own time."""
        if time > LONGEST_WAIT:
            raise ValueError(f"at most {LONGEST_WAIT.days} days at once")
        until = self._clock.now() + time
        while True:
            due = await self.program.app.schedule.next_due()
            next_stop = until if due is None else max(self._clock.now(), min(due, until))
            self._clock.move_to(next_stop)
            if self.program.mock is not None:
                self.program.mock.advance(self._clock.now())
            await self._settle()
            if next_stop >= until:
                return

    async def _official(self, unit: str) -> None:
        made = await operations_of(self.program.app).official_add({"unit": unit, "role": "head"})
        self._remark(made["code"])
