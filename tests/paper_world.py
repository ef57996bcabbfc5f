"""What the tests of printed papers share: a program with demonstration data, the desk's signed requests, a browser."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import aiohttp
from sqlalchemy import Connection, text

from bot.clock import MachineClock
from bot.commands.serve import make_channels
from bot.config import read_settings
from bot.program import Program, open_program
from onestop.client import signature

SECRET = "the backend's secret"


@asynccontextmanager
async def a_program() -> AsyncIterator[Program]:
    """Everything runs; nothing is kept."""
    given = {"MOTCUA_DEMO": "1", "MOTCUA_PORT": "0", "ONESTOP_SECRET": SECRET}
    settings = read_settings({**given, "MOTCUA_PUBLIC_URL": "https://motcua.example"}, None)
    made = await open_program(settings, MachineClock(), make_channels, memory=True)
    yield made
    await made.stop()


async def ask(
    program: Program, service: str, body: dict[str, object], secret: str = SECRET
) -> tuple[int, dict[str, object]]:
    """A signed request of the desk's software, of now unless ``body`` says otherwise: status and answer."""
    raw = json.dumps({"at": datetime.now(UTC).isoformat(), "service": service, **body}).encode()
    signed = {"X-Onestop-Signature": signature(secret, raw)}
    async with (
        aiohttp.ClientSession(program.address) as session,
        session.post(f"/onestop/{service}", data=raw, headers=signed) as reply,
    ):
        return reply.status, await reply.json()


async def citizen_says(program: Program, *texts: str) -> None:
    """A browser that was never here before."""
    async with aiohttp.ClientSession(program.address, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        (await session.get("/")).release()
        for said in texts:
            assert (await session.post("/web/messages", json={"id": str(uuid4()), "text": said})).status == 202
            await program.app.quiet()


def everything(connection: Connection) -> str:
    """All cells of all tables, as one text."""
    tables = [row[0] for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))]
    return "".join(str(connection.execute(text(f'SELECT * FROM "{name}"')).all()) for name in tables)
