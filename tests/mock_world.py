"""A mock backend with hands on its clock, and who receives its pushes."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
import orjson
from aiohttp import web

from bot.commands import mock as mock_command
from onestop.client import OneStopClient, Patience
from onestop.code import DossierCode
from onestop.days.calendar import VIETNAM
from onestop.dossier import Dossier
from onestop.mock.population import Sizes
from onestop.mock.server import MockOneStop
from onestop.mock.simulation import MockUnit

UNITS = [MockUnit(f"H99.{n:02d}", f"xã số {n}", 3 if n == 7 else 1, "chi nhánh Sông Trúc") for n in range(1, 13)]
START = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
PROOFS = {
    "H99.07-261116-0007": "4821",
    "H99.07-261119-0015": "2650",
    "H99.07-261117-0023": "7315",
    "H99.02-261102-0031": "0907",
    "H99.08-261118-0012": "3365",
}
NO_CROWD = Sizes(0, 0, 0)


class Hands:
    """A clock moved by hand."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


class Receiver:
    """Takes pushes: gives the statuses of a list, then 200, and keeps what it took."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.offers: list[tuple[bytes, str]] = []
        self.taken: list[dict[str, Any]] = []

    async def take(self, raw: bytes, header: str) -> int:
        self.offers.append((raw, header))
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.taken.append(orjson.loads(raw))
        return status

    async def by_http(self, request: web.Request) -> web.Response:
        return web.Response(status=await self.take(await request.read(), request.headers["X-Onestop-Signature"]))

    @property
    def rows(self) -> list[tuple[str, dict[str, Any]]]:
        return [(push["service"], row) for push in self.taken for row in push["data"]]


@asynccontextmanager
async def running(hands: Hands, **options: Any) -> AsyncIterator[tuple[MockOneStop, str]]:
    mock = MockOneStop(UNITS, now=hands, **{"secret": "bi-mat", "pause": 0.01, **options})
    url = await mock.start(tick=None)
    try:
        yield mock, url
    finally:
        await mock.stop()


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_post("/onestop", receiver.by_http)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/onestop"
    finally:
        await runner.cleanup()


async def look_up(url: str, code: str, patience: Patience | None = None) -> Dossier | None:
    async with aiohttp.ClientSession() as session:
        client = OneStopClient(url, "t", "H99.07", session, patience=patience or Patience())
        return (await client.lookup(DossierCode.parse(code))).dossier


def vietnam_time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    mock_command.add_parser(parser.add_subparsers())
    return parser.parse_args(["mock", *words])
