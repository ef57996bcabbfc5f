"""What following costs: `python benchmarks/tracking.py [DOSSIERS] [HISTORY]`.

* ``DOSSIERS`` followed dossiers are finished, pushed fifty at a time as a backend does, and told: CPU for each, from
  the signed body to the letter marked as sent, and whether every follower was told once and in order.
* Which of them a poll would ask for next.
* With ``HISTORY`` dossiers stored, by when a dossier is usually done: fitted as each night, read the first time on a
  day, and after that.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter, process_time

import orjson
from sqlalchemy import Connection

from bot.app import App
from bot.clock import HandClock
from bot.config import read_settings
from bot.keys import Keys
from bot.polling import due
from bot.program import load_shelf, open_database
from bot.tables.histories import Histories, Nights
from channels.channel import Letter, Limits
from onestop.client import read_push
from onestop.days.calendar import VIETNAM
from onestop.days.durations import LEAST
from storage.engine import Database
from storage.tables import bindings, dossiers

NOON = datetime(2026, 11, 18, 9, 0, tzinfo=VIETNAM)
BATCH = 50


class Counting:
    """A channel that takes everything at once."""

    name, pulled, limits = "fake", False, Limits()

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.letters: list[Letter] = []

    def routes(self) -> Iterable[object]:
        return ()

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def close(self) -> None: ...
    async def typing(self, chat: str) -> None: ...
    def ready(self) -> str | None: ...

    async def send(self, letter: Letter) -> None:
        self.letters.append(letter)


def row(n: int, status: int, at: datetime) -> dict[str, str]:
    stamp = "%Y%m%d%H%M%S"
    return {
        "MaHoSo": f"H99.07-{NOON - timedelta(days=1 + n // 9000):%y%m%d}-{n % 9000 + 1:04}",
        "MaTTHC": "1.001193",
        "TenLinhVuc": "Hộ tịch",
        "NgayTiepNhan": (at - timedelta(days=2)).strftime(stamp),
        "NgayHenTra": (at + timedelta(days=2)).strftime(stamp),
        "ThoiDiemXuLy": at.strftime(stamp),
        "TrangThaiHoSo": str(status),
        "DonViXuLy": "H99.07",
    }


async def pushed(app: App, n: int, status: int, at: datetime) -> None:
    for first in range(0, n, BATCH):
        rows = [row(k, status, at) for k in range(first, min(first + BATCH, n))]
        await app.pushed(read_push(orjson.dumps({"service": "DongBoHoSoMC", "data": rows})))


async def following(folder: Path, n: int) -> None:
    settings = read_settings({"MOTCUA_DATA_DIR": str(folder), "MOTCUA_UNIT": "H99.07"}, None)
    database, lock = await open_database(settings)
    await database.close()
    clock, channel = HandClock(NOON), Counting()
    app = App(
        settings, Database(settings.url), Keys(b"k" * 32), load_shelf(settings), clock, lambda _: [channel], Random(1)
    )  # type: ignore[list-item]
    await app.start()
    await pushed(app, n, 4, NOON - timedelta(hours=3))
    codes = [
        read_push(orjson.dumps({"service": "DongBoHoSoMC", "data": [row(k, 4, NOON)]})).rows[0].code.canonical
        for k in range(n)
    ]
    held = {"proved_at": NOON, "until": NOON + timedelta(days=90), "following_since": NOON, "name": "hồ sơ hộ tịch"}
    rows = [{**held, "chat": f"fake/a/{k // 2}", "dossier": code} for k, code in enumerate(codes)]
    await app.write(lambda connection: connection.execute(bindings.insert(), rows), "follow")
    clock.move_to(NOON + timedelta(hours=3))
    began = perf_counter()
    asked = await app.database.read(lambda connection: due(connection, clock.now()))
    print(f"poll: {len(asked)} of {n} followed dossiers to ask for, found in {(perf_counter() - began) * 1e3:.0f} ms")
    clock.move_to(NOON + timedelta(hours=5))
    began, worked = perf_counter(), process_time()
    await pushed(app, n, 9, NOON + timedelta(hours=4))
    await app.quiet()
    spent, cpu = perf_counter() - began, process_time() - worked
    told = Counter((str(letter.chat), letter.event) for letter in channel.letters)
    orders = all(a.seq < b.seq for a, b in zip(channel.letters, channel.letters[1:], strict=False) if a.chat == b.chat)
    right = len(told) == n and set(told.values()) == {1} and orders
    print(
        f"push: {n} changes told in {spent:.1f} s ({60 * n / spent:.0f} a minute), {cpu / n * 1e3:.2f} ms of CPU each"
    )
    print("each once, in order" if right else f"WRONG: {len(told)} told, in order {orders}")
    await app.stop()
    await lock.release()


def fill(connection: Connection, n: int) -> None:
    """Returned dossiers of twelve units and twenty procedures over two years."""
    chance = Random(1)
    for first in range(0, n, 10_000):
        rows = []
        for k in range(first, min(first + 10_000, n)):
            received = NOON - timedelta(days=chance.uniform(1, 730))
            done = received + timedelta(days=chance.lognormvariate(1, 0.6))
            unit = f"H99.{k % 12 + 1:02}"
            code = f"{unit}-{received:%y%m%d}-{k:07}"
            rest = '"agency":null,"note":null,"finished_at":null,"supplements":[],"fees":[],"provisional":false'
            details = f'{{"printed":"{code}",{rest}}}'
            rows.append(
                {
                    "code": code, "unit": unit, "procedure": f"1.{k % 20:06}", "status": 10, "received_at": received,
                    "due_at": received + timedelta(days=9), "done_at": done, "moved_at": done, "details": details,
                    "seen_at": done, "demo": False,
                }
            )  # fmt: skip
        connection.execute(dossiers.insert(), rows)


async def history(folder: Path, n: int) -> None:
    settings = read_settings({"MOTCUA_DATA_DIR": str(folder)}, None)
    database, lock = await open_database(settings)
    await database.write(lambda connection: fill(connection, n))
    histories = Histories(database)
    began, worked = perf_counter(), process_time()
    kinds = await Nights(database, histories, lambda work, _: database.write(work), HandClock(NOON)).look()
    print(
        f"nightly fit: {kinds} histories of {n} dossiers in {perf_counter() - began:.0f} s, "
        f"{process_time() - worked:.0f} s of CPU"
    )
    for when in ("the first time on a day", "after that"):
        began = perf_counter()
        curve = await histories.curve("H99.07", "1.000006", NOON)
        took = (perf_counter() - began) * 1e3
        print(f"usual days: {n} dossiers stored, {curve.done} of this kind fitted, {when} {took:.3f} ms")
    assert curve.done >= LEAST
    await database.close()
    await lock.release()


async def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    stored = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    for bench, size in ((following, n), (history, stored)):
        with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
            await bench(Path(folder), size)


if __name__ == "__main__":
    asyncio.run(main())
