"""Programs to be measured, one a process: ``python -m benchmarks.measured KIND ACCOUNT API_ADDRESS FOLDER``.

KIND is desk, bare, stock, or both: the desk on Telegram and on Zalo, with two addresses that a comma divides.

Each prints one JSON line with the address of its webhook once it is ready, then one line of counts for every line it
reads, and ends at the end of its input. CPU is what the kernel accounts to the process, all threads, user and system.
"""

from __future__ import annotations

import asyncio
import hmac
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson
from aiohttp import web
from msgspec.structs import replace

from benchmarks.telegram_load import SECRET, SECRET_HEADER, token_of

Counts = dict[str, float]


class TimedIndex:
    """The search with a stop-watch: the loop's own CPU seconds inside of it."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._index, name)

        def timed(*given: Any) -> Any:
            began = time.thread_time()
            try:
                return call(*given)
            finally:
                self.seconds += time.thread_time() - began

        return timed


@asynccontextmanager
async def desk(token: str, api: str, folder: str) -> AsyncIterator[tuple[str, Callable[[], Any]]]:
    """The real program, composed as ``motcua serve`` composes it, on SQLite in ``folder``."""
    async with _program(token, api, folder, {}) as (address, counts):
        yield f"{address}/telegram", counts


@asynccontextmanager
async def both(token: str, apis: str, folder: str) -> AsyncIterator[tuple[str, Callable[[], Any]]]:
    """The same with a Zalo Official Account beside Telegram; what it tells is the program's address."""
    from benchmarks.zalo_load import APP_ID, OA_ID, OA_SECRET

    telegram, zalo = apis.split(",")
    more = {
        "ZALO_APP_ID": APP_ID,
        "ZALO_OA_ID": OA_ID,
        "ZALO_OA_SECRET": OA_SECRET,
        "ZALO_OA_ACCESS_TOKEN": "AT-for-measuring",
        "ZALO_OA_REFRESH_TOKEN": "RT-for-measuring",
        "ZALO_API_BASE_URL": zalo,
    }
    async with _program(token, telegram, folder, more) as told:
        yield told


@asynccontextmanager
async def _program(
    token: str, api: str, folder: str, more: dict[str, str]
) -> AsyncIterator[tuple[str, Callable[[], Any]]]:
    import gc

    import bot.__main__  # noqa: F401 - sets the pace of its garbage collection
    from bot.clock import MachineClock
    from bot.commands.serve import make_channels
    from bot.config import read_settings
    from bot.engine.jobs import Work
    from bot.program import open_program

    given = {
        "MOTCUA_DATA_DIR": folder,
        "MOTCUA_UNIT": "H15.07",
        "MOTCUA_PORT": "0",
        "TELEGRAM_BOT_TOKEN": token,
        "TELEGRAM_MODE": "webhook",
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "TELEGRAM_API_BASE_URL": api,
        **more,
    }
    program = await open_program(read_settings(given, None), MachineClock(), make_channels)
    app = program.app
    index = TimedIndex(app.shelf.index)
    app.shelf = replace(app.shelf, index=index)  # type: ignore[arg-type]
    gc.freeze()

    async def counts() -> Counts:
        await app.writer.drained()
        writer = await app.writer.submit(Work(lambda _: time.thread_time()))
        return {
            "cpu": time.process_time(),
            # every thread but the loop's runs SQL: the writer, and aiosqlite's readers
            "sql": time.process_time() - time.thread_time(),
            "writer": writer,
            "search": index.seconds,
            "groups": app.writer.groups,
            "jobs": app.writer.jobs,
        }

    try:
        yield f"{program.address}", counts
    finally:
        await program.stop()


@asynccontextmanager
async def bare(token: str, api: str, _folder: str) -> AsyncIterator[tuple[str, Callable[[], Any]]]:
    """aiohttp's server and client and orjson: the text comes back, nothing is stored, nothing is checked but the
    secret."""
    address = f"{api}/bot{token}/sendMessage"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def hooked(request: web.Request) -> web.Response:
            if not hmac.compare_digest(request.headers[SECRET_HEADER], SECRET):
                return web.Response(status=403)
            message = orjson.loads(await request.read())["message"]
            body = orjson.dumps({"chat_id": message["chat"]["id"], "text": message["text"]})
            async with session.post(address, data=body, headers={"Content-Type": "application/json"}) as reply:
                orjson.loads(await reply.read())
            return web.Response()

        async with _served(hooked) as hook:
            yield hook, _cpu


@asynccontextmanager
async def stock(token: str, api: str, _folder: str) -> AsyncIterator[tuple[str, Callable[[], Any]]]:
    """python-telegram-bot as its examples have it: Application, MessageHandler, its own httpx request, updates one
    after the other. Its tornado webhook (an extra) is replaced by aiohttp's server feeding its queue."""
    from telegram import Update
    from telegram.ext import Application, ContextTypes, MessageHandler, filters

    async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        assert update.message.text is not None
        await update.message.reply_text(update.message.text)

    app = Application.builder().token(token).base_url(f"{api}/bot").updater(None).build()
    app.add_handler(MessageHandler(filters.TEXT, echo))

    async def hooked(request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers[SECRET_HEADER], SECRET):
            return web.Response(status=403)
        await app.update_queue.put(Update.de_json(orjson.loads(await request.read()), app.bot))
        return web.Response()

    async with app:
        await app.start()
        async with _served(hooked) as hook:
            yield hook, _cpu
        await app.stop()


async def _cpu() -> Counts:
    return {"cpu": time.process_time()}


@asynccontextmanager
async def _served(handler: Callable[[web.Request], Any]) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/telegram", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/telegram"
    await runner.cleanup()


async def main(kind: str, account: str, api: str, folder: str) -> None:
    """Until the end of input."""
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with {"desk": desk, "both": both, "bare": bare, "stock": stock}[kind](token_of(account), api, folder) as (
        hook,
        counts,
    ):
        _tell({"hook": hook})
        while await lines.readline():
            _tell(await counts())


def _tell(what: dict[str, Any]) -> None:
    print(orjson.dumps(what).decode(), flush=True)


if __name__ == "__main__":
    from bot.commands.cli import fast_loop

    # all on the loop that ``motcua serve`` uses
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        runner.run(main(*sys.argv[1:]))
