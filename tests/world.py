"""The world outside a running ``motcua serve``: the process itself, a one-stop backend, and citizens on the web.

Everything is looked at from outside: what the web API acknowledged and showed, and what ``motcua digest`` prints.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web

from onestop.client import signature
from ratings.week import Week
from tests.conftest import free_port
from tests.forked import Forked, motcua
from tests.patience import PATIENCE

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
SECRET = "a secret of the backend, for tests"
OURS = ("MOTCUA_", "ONESTOP_", "TELEGRAM_", "ZALO_")
ROOT = Path(__file__).resolve().parents[1]


class Backend:
    """A one-stop backend with completed dossiers of one unit; knows every code and pushes them all."""

    def __init__(self, unit: str, count: int, completed_at: datetime) -> None:
        self.unit = unit
        local = completed_at.astimezone(VIETNAM)
        self.rows = {code: self._row(code, n, local) for n, code in ((n, self.code(local, n)) for n in range(count))}
        self._runner: web.AppRunner | None = None
        self.url = ""

    def code(self, local: datetime, n: int) -> str:
        return f"{self.unit}-{local - timedelta(days=2):%y%m%d}-{n + 1:04}"

    def _row(self, code: str, n: int, local: datetime) -> dict[str, Any]:
        stamp = "%Y%m%d%H%M%S"
        return {
            "MaHoSo": code,
            "MaTTHC": "1.001193",
            "TenTTHC": "Thủ tục đăng ký khai sinh",
            "TenLinhVuc": "Hộ tịch",
            "SoDienThoai": f"09123{self.proof(code)}",
            "NgayTiepNhan": (local - timedelta(days=2)).strftime(stamp),
            "NgayHenTra": (local + timedelta(days=1)).strftime(stamp),
            "NgayTra": (local + timedelta(seconds=n)).strftime(stamp),
            "TrangThaiHoSo": "10",
            "DonViXuLy": self.unit,
            "DanhSachHoSoBoSung": [],
        }

    @staticmethod
    def proof(code: str) -> str:
        """The last four digits on the receipt."""
        return f"{int(code[-4:]) * 7919 % 10_000:04}"

    async def start(self) -> None:
        application = web.Application()
        application.router.add_post("/api", self._api)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _api(self, request: web.Request) -> web.Response:
        asked = (await request.json()).get("mahoso")
        found = self.rows.get(asked)
        return web.json_response({"error_code": "00", "result": [found] if found else []})

    async def push(self, session: aiohttp.ClientSession, address: str) -> None:
        """Everything, in parts, each again until it is taken."""
        rows = list(self.rows.values())
        for first in range(0, len(rows), 100):
            raw = json.dumps({"service": "DongBoHoSoMC", "data": rows[first : first + 100]}).encode()
            headers = {"X-Onestop-Signature": signature(SECRET, raw)}
            for _ in range(50):
                try:
                    async with session.post(f"{address}/onestop", data=raw, headers=headers) as reply:
                        if reply.status == 200:
                            break
                except (aiohttp.ClientError, OSError):
                    pass
                await asyncio.sleep(0.1)


def lately() -> datetime:
    """A day ago, but in this week: the books of the last one are closed on Monday morning."""
    now = datetime.now(UTC)
    return max(now - timedelta(days=1), Week.of(now).start)


@dataclass
class Server:
    """``motcua serve`` as a process that can be killed and started again on the same folder."""

    folder: Path
    settings: dict[str, str]
    command: Sequence[str] = ("-m", "bot", "serve")
    port: int = field(default_factory=free_port)
    forked: bool = True
    """Begin with everything imported; False where it is the start that is looked at."""
    kills: int = 0
    process: asyncio.subprocess.Process | Forked | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        ours = {"MOTCUA_PORT": str(self.port), "MOTCUA_DATA_DIR": str(self.folder), "PYTHONPATH": str(ROOT)}
        # a machine that stands still for seconds is no finding: who looks at the limits asks for others
        patient = {"ONESTOP_WAIT": "60s"}
        return {**kept, **ours, **patient, **self.settings}

    async def start(self) -> None:
        """Start and wait until it is ready."""
        self.process = await self._begin()
        async with aiohttp.ClientSession() as session:
            give_up = monotonic() + PATIENCE
            while monotonic() < give_up:
                if self.process.returncode is not None:
                    raise RuntimeError((self.folder / "log.txt").read_text()[-3000:])
                try:
                    async with session.get(f"{self.address}/readyz") as reply:
                        if reply.status == 200:
                            return
                except (aiohttp.ClientError, OSError):
                    pass
                await asyncio.sleep(0.05)
        raise RuntimeError(f"not ready within {PATIENCE:g} s: " + (self.folder / "log.txt").read_text()[-3000:])

    async def _begin(self) -> asyncio.subprocess.Process | Forked:
        file = self.folder / "log.txt"
        if self.forked:
            _, module, *arguments = self.command
            return Forked(module, arguments, self.environment, self.folder, file)
        with file.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, *self.command, stdout=log, stderr=log, env=self.environment, cwd=self.folder
            )

    async def kill(self) -> None:
        """SIGKILL: no time to write anything down."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()
        self.kills += 1

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.terminate()
        return await self.process.wait()

    async def run(self, *command: str) -> tuple[int, str]:
        """A command line on the same folder: exit code and standard output."""
        done = await asyncio.to_thread(motcua, self.folder, self.environment, *command)
        return done.returncode, done.stdout


@dataclass(frozen=True)
class Shown:
    """A message as the page gets it."""

    seq: int
    text: str
    choices: list[dict[str, str]]


class Citizen:
    """A browser: one cookie, messages posted until they are acknowledged (and now and then once more), one stream."""

    def __init__(self, server: Server, random: Random) -> None:
        self._server = server
        self._random = random
        self._session: aiohttp.ClientSession | None = None
        self.shown: list[Shown] = []
        self.acknowledged: list[str] = []
        self._news = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Open the page and keep its stream."""
        jar = aiohttp.CookieJar(unsafe=True)
        patience = aiohttp.ClientTimeout(total=None, sock_connect=2)  # tried again
        self._session = aiohttp.ClientSession(cookie_jar=jar, timeout=patience)
        while True:
            try:
                async with self._session.get(self._server.address + "/") as reply:
                    if reply.status == 200:
                        break
            except (aiohttp.ClientError, OSError, TimeoutError):
                pass
            await asyncio.sleep(0.1)
        self._reader = asyncio.create_task(self._read())

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _read(self) -> None:
        assert self._session is not None
        while True:
            after = {"Last-Event-ID": str(self.shown[-1].seq)} if self.shown else {}
            try:
                async with self._session.get(f"{self._server.address}/web/events", headers=after) as reply:
                    if reply.status == 200:
                        await self._events(reply)
            except (aiohttp.ClientError, OSError, TimeoutError):
                pass
            await asyncio.sleep(0.05)

    async def _events(self, reply: aiohttp.ClientResponse) -> None:
        event: dict[str, str] = {}
        async for raw in reply.content:
            line = raw.decode().rstrip("\n")
            if line:
                name, _, value = line.partition(": ")
                event[name] = value
                continue
            if event.get("event") == "message":
                data = json.loads(event["data"])
                self.shown.append(Shown(int(event["id"]), data["text"], data["choices"]))
                self._news.set()
            event = {}

    async def say(self, text: str) -> None:
        """Post until it is acknowledged; sometimes the acknowledged message comes once more."""
        assert self._session is not None
        message = {"id": str(UUID(int=self._random.getrandbits(128), version=4)), "text": text}
        times = 2 if self._random.random() < 0.2 else 1
        while times:
            try:
                async with self._session.post(f"{self._server.address}/web/messages", json=message) as reply:
                    if reply.status == 202:
                        times -= 1
                        continue
            except (aiohttp.ClientError, OSError, TimeoutError):
                pass
            await asyncio.sleep(0.05)
        self.acknowledged.append(message["id"])

    async def until(self, fragment: str, since: int, within: float = PATIENCE) -> Shown:
        """The first message shown after number ``since`` that holds ``fragment``. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while True:
                for shown in self.shown[since:]:
                    if fragment in shown.text:
                        return shown
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def citizen(server: Server, random: Random) -> AsyncIterator[Citizen]:
    """A citizen with the page open."""
    one = Citizen(server, random)
    await one.open()
    try:
        yield one
    finally:
        await one.close()
