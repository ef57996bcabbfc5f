"""What printing does to the chat: ``python -m benchmarks.printing [ROUNDS]`` prints a Markdown table.

The real program answers typed questions by Telegram's webhook, ten a second, each in a new chat, while a digest's
PDF, XLSX and PNG are made one after another without a pause: by nobody, in a thread of the program (as it was), and in
a process of its own (``bot/paper/press.py``). The three take turns within every round; read them against each other.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import statistics
import sys
import tempfile
from typing import Any

import orjson

from benchmarks.load import Load
from benchmarks.measured import desk
from benchmarks.telegram_load import FakeApi, push, token_of
from benchmarks.turns import ROOT, Turns
from bot.commands.cli import fast_loop
from bot.paper.files import FORMATS
from bot.paper.press import Press, a_thread
from ratings.digest import Digest, digest_from
from ratings.records import CompletionRecord, RatingRecord, Records
from ratings.reports import document
from ratings.week import Week

ROUNDS, TURNS, A_SECOND, ACCOUNT = 5, 120, 10, "4001"
WAYS = ("nobody", "a thread", "a process")


def a_digest() -> Digest:
    """Sixty answers a week for twelve weeks."""
    weeks = [Week(2026, number) for number in range(35, 47)]
    done = [CompletionRecord("H98.001", week.start, week.start, True, week.start) for week in weeks for _ in range(60)]
    said = [
        RatingRecord("H98.001", "Hộ tịch", week.first_day, week.start, 1 + k % 5) for week in weeks for k in range(60)
    ]
    return digest_from("H98.001", weeks[-1], weeks[-1].close, Records(tuple(done), tuple(said)))


def made(form: str, stored: str) -> int:
    """One file, as the printing process makes it; its size."""
    return len(FORMATS[form](document.load(stored), "Xã Đồng Sậy"))


async def _print_on(press: Press, stored: str, pages: list[int]) -> None:
    for form in itertools.cycle(("pdf", "xlsx", "png")):
        size = await press.made(made, form, stored)
        pages.append(size)


async def program(api: str, folder: str) -> None:
    """The program, with a printer that is told on stdin who prints; each line is answered with how many files that
    made until then."""
    lines, stored = asyncio.StreamReader(), document.dump(a_digest())
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    presses = {"a thread": Press(a_thread), "a process": Press()}
    for press in presses.values():
        await press.made(made, "pdf", stored)
    async with desk(token_of(ACCOUNT), api, folder) as (hook, _):
        print(orjson.dumps({"hook": hook}).decode(), flush=True)
        printing: asyncio.Task[None] | None = None
        pages: list[int] = []
        while line := (await lines.readline()).decode().strip():
            if printing is not None:
                printing.cancel()
                await asyncio.gather(printing, return_exceptions=True)
            print(orjson.dumps({"pages": len(pages)}).decode(), flush=True)
            pages.clear()
            printing = asyncio.create_task(_print_on(presses[line], stored, pages)) if line in presses else None
    for press in presses.values():
        press.close()


async def at_a_pace(api: FakeApi, hook: str, turns: Turns) -> Load:
    """So many turns, begun one after the other at a steady pace whatever the answers take."""
    whole, running = Load(), []
    for turn in turns.make("typed", TURNS):
        running.append(asyncio.create_task(push(api, hook, [turn], 1)))
        await asyncio.sleep(1 / A_SECOND)
    for load in await asyncio.gather(*running):
        whole.took += load.took
        whole.lost += load.lost
    return whole


async def main(rounds: int) -> None:
    """Print the table."""
    api, turns = FakeApi(), Turns()
    await api.start()
    loads: dict[str, list[Load]] = {way: [] for way in WAYS}
    files: dict[str, int] = dict.fromkeys(WAYS, 0)
    pipe = asyncio.subprocess.PIPE
    with tempfile.TemporaryDirectory() as folder:
        command = ("-W", "ignore", "-m", "benchmarks.printing", api.address, folder)
        child = await asyncio.create_subprocess_exec(sys.executable, *command, stdin=pipe, stdout=pipe, cwd=ROOT)
        asked, told = child.stdin, child.stdout
        assert asked is not None
        assert told is not None

        async def tell(way: str) -> dict[str, Any]:
            asked.write(f"{way}\n".encode())
            found: dict[str, Any] = orjson.loads(await told.readline())
            return found

        hook = orjson.loads(await told.readline())["hook"]
        await push(api, hook, turns.make("typed", 200), 10)
        for _ in range(rounds):
            for way in WAYS:
                await tell(way)
                loads[way].append(await at_a_pace(api, hook, turns))
                files[way] += (await tell("nobody"))["pages"]
        asked.close()
        await child.wait()
    await api.stop()
    print("| files are made by | files | p50 ms | p95 ms | p99 ms | lost |\n| --- | --- | --- | --- | --- | --- |")
    for way in WAYS:
        middle = (statistics.median(load.quantile(share) for load in loads[way]) for share in (0.5, 0.95, 0.99))
        lost = sum(load.lost for load in loads[way])
        print(f"| {way} | {files[way]} | {' | '.join(f'{ms:.0f}' for ms in middle)} | {lost} |")


if __name__ == "__main__":
    gc.disable()
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        if len(sys.argv) == 3:
            runner.run(program(*sys.argv[1:]))
        else:
            runner.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
