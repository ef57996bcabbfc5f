"""What a Zalo turn costs beside a Telegram turn: ``python benchmarks/zalo.py [ROUNDS] [CHATS]`` prints a table.

One program with both channels takes the same texts from new chats on either, in turn within every round. Then signed
events come at 200 a second, whether answered or not: how long the 200 takes. Read the ratio: the machine's other work
moves both alike.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import telegram_load, zalo_load  # noqa: E402
from benchmarks.load import Load  # noqa: E402
from benchmarks.turns import Bot, Row, Turns  # noqa: E402
from bot.commands.cli import fast_loop  # noqa: E402

ROUNDS, CHATS, IN_FLIGHT = 5, 1500, 40
A_SECOND, SECONDS = 200.0, 20.0
KINDS = {"pressed": "a button", "typed": "a typed question"}
PAYLOAD = "#mc1:"
HEAD = ("turn", "CPU µs", "turns/s", "p50 ms", "p99 ms", "lost")


class Bench:
    """Both channels of one program."""

    def __init__(self, rounds: int, chats: int) -> None:
        self.rounds = rounds
        self.chats = chats
        self.telegram = telegram_load.FakeApi()
        self.zalo = zalo_load.FakeZalo()
        self.bot = Bot("both", "4001")
        self.turns = Turns()
        self.users = itertools.count(1_000_000)
        kinds = itertools.product(KINDS, ("Telegram", "Zalo"))
        self.rows = {(kind, on): Row(f"{on}, {KINDS[kind]}") for kind, on in kinds}

    def events(self, kind: str, count: int) -> zalo_load.Events:
        """So many of the same turns as events of Zalo."""
        texts = (text_of(update) for _, update in self.turns.make(kind, count))
        before = PAYLOAD if kind == "pressed" else ""
        return [zalo_load.event(next(self.users), before + text) for text in texts]

    async def _load(self, on: str, kind: str, count: int) -> Load:
        if on == "Zalo":
            return await zalo_load.push(self.zalo, f"{self.bot.hook}/zalo/oa", self.events(kind, count), IN_FLIGHT)
        return await telegram_load.push(
            self.telegram, f"{self.bot.hook}/telegram", self.turns.make(kind, count), IN_FLIGHT
        )

    async def run(self) -> None:
        """Warm up, then in turn."""
        for kind, on in self.rows:
            await self._load(on, kind, 300)
        for _ in range(self.rounds):
            for (kind, on), row in self.rows.items():
                before = await self.bot.counts()
                load = await self._load(on, kind, self.chats)
                await asyncio.sleep(0.2)  # "sent" rides with a later group to disk: its cost is the turn's
                after = await self.bot.counts()
                row.loads.append(load)
                row.cpu.append((after["cpu"] - before["cpu"]) / self.chats)

    async def steady(self) -> tuple[Load, Load]:
        """Signed events at a steady rate."""
        events = self.events("pressed", int(A_SECOND * SECONDS))
        return await zalo_load.steadily(self.zalo, f"{self.bot.hook}/zalo/oa", events, A_SECOND)


def text_of(update: dict[str, object]) -> str:
    """What a turn of Telegram says."""
    match update:
        case {"message": {"text": str(text)}} | {"callback_query": {"data": str(text)}}:
            return text
    raise ValueError("an update without a text")


def _cells(row: Row) -> tuple[str, ...]:
    quantiles = (min(each.quantile(share) for each in row.loads) for share in (0.5, 0.99))
    cpu = f"{1e6 * statistics.median(row.cpu):.0f}"
    return row.name, cpu, f"{row.speed:.0f}", *(f"{q:.0f}" for q in quantiles), str(sum(e.lost for e in row.loads))


def _told(bench: Bench, stored: Load, answered: Load) -> str:
    lines = []
    for kind, what in KINDS.items():
        times = bench.rows[kind, "Zalo"].times(bench.rows[kind, "Telegram"])
        lines.append(f"- {_mark(times <= 1.2)}: {what} on Zalo costs {times:.2f} × the same on Telegram (goal: 1.2)")
    p99 = stored.quantile(0.99)
    rate = len(stored.took) / stored.wall
    lines.append(
        f"- {_mark(p99 <= 50 and not stored.lost)}: at {rate:.0f} signed events a second stored and acknowledged "
        f"within {stored.quantile(0.5):.1f} ms (p50), {p99:.1f} ms (p99; goal: 50), "
        f"answered within {answered.quantile(0.99):.0f} ms (p99)"
    )
    lost = stored.lost + answered.lost + sum(load.lost for row in bench.rows.values() for load in row.loads)
    lines.append(f"- {_mark(not lost)}: {lost} turns lost (goal: 0)")
    return "\n".join(lines)


def _mark(reached: bool) -> str:
    return "reached" if reached else "MISSED"


async def main(rounds: int, chats: int) -> None:
    """Print the table."""
    bench = Bench(rounds, chats)
    await bench.telegram.start()
    await bench.zalo.start()
    with tempfile.TemporaryDirectory() as folder:
        try:
            await bench.bot.start(f"{bench.telegram.address},{bench.zalo.address}", folder)
            await bench.run()
            stored, answered = await bench.steady()
        finally:
            await bench.bot.stop()
            await bench.telegram.stop()
            await bench.zalo.stop()
    table = [HEAD, ("---",) * len(HEAD), *(_cells(row) for row in bench.rows.values())]
    print(f"{rounds} rounds, {chats} new chats a row, {IN_FLIGHT} in flight:\n")
    print("\n".join(f"| {' | '.join(line)} |" for line in table))
    print(f"\n{_told(bench, stored, answered)}")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    gc.disable()  # a pause of the load's own would count as one of what it measures
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        runner.run(main(*(given + [ROUNDS, CHATS][len(given) :])))
