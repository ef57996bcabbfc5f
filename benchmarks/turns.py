"""What a Telegram turn costs: ``python benchmarks/turns.py [ROUNDS] [CHATS]`` prints Markdown tables, with ``far``
after it only how many buttons are answered in a second at a round trip of 50 ms, a line each round.

The real program, a bare aiohttp echo bot and a stock python-telegram-bot echo bot, a process each, take the same load
by webhook from the same fake Bot API on loopback, one after the other within every round. All chats are new and no
text comes twice. Read the ratios: the machine's other work moves all rows alike.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import orjson

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.load import Load  # noqa: E402
from benchmarks.telegram_load import FakeApi, pressed, push, typed  # noqa: E402
from bot.commands.cli import fast_loop  # noqa: E402
from handlers.reading.intents import PARTS  # noqa: E402
from procedures.catalog import Catalog  # noqa: E402

ROUNDS, CHATS, IN_FLIGHT = 3, 4000, 40
ROUND_TRIP, FAR_IN_FLIGHT, FAR_CHATS, FAR_STOCK = 0.05, 400, 3000, 60
IDLE_TURNS, IDLE_PAUSE = 3, 6.0
PAGES = 3
"""Of a part that a button may ask for: enough for every press to be another one."""
LONGEST = 110.0
"""Seconds after which no further round begins: on a busy machine there are fewer."""
STOCK_SHARE = 4
"""The stock bot gets a fourth of the chats: it is slow, and its cost a turn is steady."""
HEAD = ("turn", "CPU µs", "× bare", "× stock", "search µs", "SQL µs", "group", "turns/s", "p50 ms", "p99 ms", "lost")
Updates = list[tuple[int, dict[str, Any]]]


class Bot:
    """One program under measurement, as a process. ``account``: the number before the colon of its token."""

    def __init__(self, kind: str, account: str) -> None:
        self.kind = kind
        self.account = account
        self.hook = ""
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, api: str, folder: str) -> None:
        """Start and wait until its webhook is open."""
        command = ("-W", "ignore", "-m", "benchmarks.measured", self.kind, self.account, api, folder)
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *command, stdin=pipe, stdout=pipe, cwd=ROOT
        )
        self.hook = (await self._line())["hook"]

    async def counts(self) -> dict[str, float]:
        """Everything it has used so far."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        return await self._line()

    async def stop(self) -> None:
        """End it."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()

    async def _line(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), 60)
        found: dict[str, Any] = orjson.loads(line)
        return found


@dataclass
class Row:
    """One kind of turn: what each round measured, in seconds of CPU a turn."""

    name: str
    cpu: list[float] = field(default_factory=list)
    search: list[float] = field(default_factory=list)
    sql: list[float] = field(default_factory=list)
    group: list[float] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)

    async def measure(self, api: FakeApi, bot: Bot, updates: Updates, in_flight: int) -> None:
        """One round."""
        before = await bot.counts()
        load = await push(api, bot.hook, updates, in_flight)
        await asyncio.sleep(0.2)  # "sent" rides with a later group to disk: its cost is the turn's
        after = await bot.counts()
        used = {name: after[name] - before[name] for name in after}
        self.loads.append(load)
        self.cpu.append(used["cpu"] / len(updates))
        if "groups" in used:
            self.search.append(used["search"] / len(updates))
            self.sql.append(used["sql"] / len(updates))
            self.group.append(used["jobs"] / max(1.0, used["groups"]))

    @property
    def speed(self) -> float:
        """Turns a second, the best round."""
        return max(len(each.took) / each.wall for each in self.loads)

    def times(self, other: Row) -> float:
        """How many times the other's CPU: paired in the round, then the median."""
        return statistics.median(mine / theirs for mine, theirs in zip(self.cpu, other.cpu, strict=True))

    def cells(self, bare: Row, stock: Row) -> tuple[str, ...]:
        """The row of the table."""
        latency = (min(each.quantile(share) for each in self.loads) for share in (0.5, 0.99))
        own = (_micro(values) if values else "–" for values in (self.search, self.sql))
        group = f"{statistics.median(self.group):.1f}" if self.group else "–"
        ratios = (f"{self.times(other):.2f}" for other in (bare, stock))
        lost = sum(each.lost for each in self.loads)
        return (
            self.name, _micro(self.cpu), *ratios, *own, group, f"{self.speed:.0f}",
            *(f"{value:.0f}" for value in latency), str(lost),
        )  # fmt: skip


def _micro(seconds: list[float]) -> str:
    return f"{1e6 * statistics.median(seconds):.0f}"


class Turns:
    """Makes updates: every one in a new chat, with a text that was not there before."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1_000_000)
        presses = _codes()
        self.presses = len(presses)
        """How many presses differ."""
        self._texts = {"typed": _questions(), "pressed": iter(presses)}

    def make(self, kind: str, count: int) -> Updates:
        """So many turns, ``kind`` typed or pressed."""
        make = typed if kind == "typed" else pressed
        return [(n, make(n, n, next(self._texts[kind]))) for n in itertools.islice(self._numbers, count)]


def _questions() -> Iterator[str]:
    """What people ask, each time with other words at the end."""
    lines = (ROOT / "tests" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    names = ("Lan", "Hùng", "Mận", "Tám", "Phước", "Sen", "Bảo", "Thơm", "Quý", "Nhàn")
    for n in itertools.count():
        for line in lines:
            yield f"{orjson.loads(line)['text']}, cho {names[n % 10]} ở tổ {n // 10 + 1}"


def _codes() -> list[str]:
    """What buttons under the catalog's procedures say, in a fixed disorder: an overview, or one part of a procedure or
    of one of its cases ("fee 1.001193", "papers 1.001193 thuong p2"). A page too many is the last one."""
    procedures = Catalog.load().procedures
    whole = [procedure.code for procedure in procedures]
    cases = [f"{found.code} {case.key}" for found in procedures if len(found.cases) > 1 for case in found.cases]
    pages = ["", *(f" p{page}" for page in range(2, PAGES + 1))]
    said = [f"about {of}" for of in (*whole, *cases)]
    said += [f"{part} {of}{page}" for page in pages for part in PARTS for of in (*whole, *cases)]
    Random(1).shuffle(said)
    return said


class Bench:
    """All rows, measured in turn."""

    def __init__(self, api: FakeApi, rounds: int, chats: int) -> None:
        self.api = api
        self.rounds = rounds
        self.chats = chats
        self.turns = Turns()
        self.desk, self.bare, self.stock = Bot("desk", "4001"), Bot("bare", "4002"), Bot("stock", "4003")
        self.near: list[Row] = []
        self.far: list[Row] = []

    @property
    def bots(self) -> tuple[Bot, ...]:
        return self.desk, self.bare, self.stock

    async def _rows(self, plan: list[tuple[str, Bot, str, int]], rounds: int, in_flight: int) -> list[Row]:
        rows = [Row(name) for name, *_ in plan]
        until = time.monotonic() + LONGEST
        for _ in range(rounds):
            if rows[0].cpu and time.monotonic() > until:
                break
            for row, (_, bot, kind, count) in zip(rows, plan, strict=True):
                await row.measure(self.api, bot, self.turns.make(kind, count), in_flight)
        return rows

    async def run(self) -> None:
        """Warm up, then everything."""
        for bot, kind in ((self.desk, "pressed"), (self.desk, "typed"), (self.bare, "typed"), (self.stock, "typed")):
            await push(self.api, bot.hook, self.turns.make(kind, 300), IN_FLIGHT)
        self.near = await self._rows(self._plan(self.chats, self.chats // STOCK_SHARE), self.rounds, IN_FLIGHT)
        self.api.round_trip = ROUND_TRIP
        self.far = await self._rows(self._plan(FAR_CHATS, FAR_STOCK, FAR_CHATS // 3), self.rounds, FAR_IN_FLIGHT)
        self.api.round_trip = 0.0

    async def far_alone(self) -> None:
        """Buttons of the program and the bare echo, each round printed as soon as it is there."""
        self.api.round_trip = ROUND_TRIP
        rounds = min(self.rounds, self.turns.presses // self.chats)
        if rounds < self.rounds:
            print(f"only {rounds} rounds: there are {self.turns.presses} presses, and none comes twice")
        for n in range(1, rounds + 1):
            plan = self._plan(self.chats, FAR_STOCK)
            desk, bare = await self._rows([plan[0], plan[2]], 1, FAR_IN_FLIGHT)
            print(
                f"round {n}: a button {desk.speed:.0f} turns/s at {_micro(desk.cpu)} µs of CPU, the bare echo "
                f"{bare.speed:.0f} at {_micro(bare.cpu)}: {desk.times(bare):.2f} × bare; lost {desk.loads[0].lost}"
            )

    def _plan(self, chats: int, stock: int, asked: int | None = None) -> list[tuple[str, Bot, str, int]]:
        return [
            ("a button, durable", self.desk, "pressed", chats),
            ("a typed question, durable", self.desk, "typed", asked or chats),
            ("bare aiohttp, echo only", self.bare, "typed", chats),
            ("stock python-telegram-bot, echo only", self.stock, "typed", stock),
        ]

    async def idle(self) -> dict[str, int]:
        """Connections that a quiet desk, just started, has opened to the Bot API after a few questions."""
        for _ in range(IDLE_TURNS):
            await asyncio.gather(
                *(push(self.api, bot.hook, self.turns.make("typed", 1), 1) for bot in (self.desk, self.stock))
            )
            await asyncio.sleep(IDLE_PAUSE)
        return {bot.kind: len(self.api.connections[bot.account]) for bot in (self.desk, self.stock)}


def _table(rows: list[Row]) -> str:
    bare, stock = rows[2], rows[3]
    lines = [HEAD, ("---",) * len(HEAD), *(row.cells(bare, stock) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _goals(bench: Bench, connections: dict[str, int]) -> str:
    button, question, bare, stock = bench.near
    lost = sum(load.lost for row in (*bench.near, *bench.far) for load in row.loads)
    search = statistics.median(question.search) / statistics.median(question.cpu)
    goals = [
        (f"a button costs {button.times(bare):.2f} × the bare echo (goal: at most 4)", button.times(bare) <= 4),
        (f"a button costs {button.times(stock):.2f} × the stock echo (goal: below 0.5)", button.times(stock) < 0.5),
        (f"{bench.far[0].speed:.0f} turns/s at a round trip of 50 ms (goal: 1000)", bench.far[0].speed >= 1000),
        (
            f"a quiet desk opens {connections['desk']} connection (stock: {connections['stock']})",
            connections["desk"] == 1,
        ),
        (f"{lost} turns lost (goal: 0)", lost == 0),
    ]
    told = [f"- {'reached' if reached else 'MISSED'}: {what}" for what, reached in goals]
    return "\n".join([*told, f"- of a typed question {100 * search:.0f} % is the search"])


async def main(rounds: int, chats: int, *, far: bool = False) -> None:
    """Print the tables."""
    api = FakeApi()
    await api.start()
    bench = Bench(api, rounds, chats)
    with tempfile.TemporaryDirectory() as folder:
        try:
            for bot in bench.bots:
                await bot.start(api.address, folder)
            if far:
                await bench.far_alone()
                return
            connections = await bench.idle()
            await bench.run()
        finally:
            for bot in bench.bots:
                await bot.stop()
            await api.stop()
    print(f"{len(bench.near[0].cpu)} rounds, {chats} new chats a row, {IN_FLIGHT} in flight:\n\n{_table(bench.near)}\n")
    print(f"With a round trip of {1000 * ROUND_TRIP:.0f} ms to the Bot API, {FAR_IN_FLIGHT} in flight:\n")
    print(f"{_table(bench.far)}\n\n{_goals(bench, connections)}")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:] if argument != "far"]
    gc.disable()  # a pause of the load's own would count as one of what it measures
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        runner.run(main(*(given + [ROUNDS, CHATS][len(given) :]), far="far" in sys.argv))
