"""``motcua serve``: everything, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Coroutine, Iterable
from datetime import timedelta
from typing import Any

from bot.app import App
from bot.clock import MachineClock
from bot.commands.console import OwnConsole
from bot.config import CannotStart, Settings
from bot.demo import filling
from bot.logs import set_up_logging
from bot.operations import Operations, offered_by, operations_of
from bot.program import Program, open_program
from channels.channel import Channel, WrongToken
from channels.web import Web
from handlers.texts.sentences import sentence

log = logging.getLogger(__name__)


def make_channels(app: App) -> Iterable[Channel]:
    """The channels of the settings, but for those switched off."""
    settings = app.settings
    if "web" not in settings.disable:
        yield Web(
            app.accept,
            app.reading,
            app.clock.now,
            sentence,
            account="1",
            unit_name=app.shelf.unit_name,
            phone=lambda: app.shelf.phone(None),
            demo=settings.demo,
            proxies=settings.trusted_proxies,
        )
    if settings.telegram_bot_token and "telegram" not in settings.disable:
        from bot.telegram_channel import make_telegram

        yield make_telegram(app)
    if settings.zalo.oa_id and "zalo_oa" not in settings.disable:
        from bot.zalo.channel import make_zalo_oa

        yield make_zalo_oa(app)
    if settings.zalo.bot_token and "zalo_bot" not in settings.disable:
        from bot.zalo.channel import make_zalo_bot

        yield make_zalo_bot(app)


async def serve(settings: Settings) -> int:
    """Serve until told to stop. Raises CannotStart."""
    set_up_logging(settings)
    stopping = asyncio.Event()
    _on_signals(stopping)
    try:
        program = await _unless(stopping, open_program(settings, MachineClock(), make_channels, offers=offered_by))
    except WrongToken as error:
        raise CannotStart(str(error)) from None
    if program is None:
        return 0
    gc.freeze()  # the catalog, the index and the code are never garbage
    try:
        await _welcome(program, operations_of(program.app))
        await stopping.wait()
    finally:
        await program.stop()
    return 0


async def _unless(stopping: asyncio.Event, starting: Coroutine[Any, Any, Program]) -> Program | None:
    """The started program; None where it was told to stop while it still started."""
    start, stop = asyncio.create_task(starting), asyncio.create_task(stopping.wait())
    await asyncio.wait((start, stop), return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if start.done():
        return start.result()
    start.cancel()
    await asyncio.gather(start, return_exceptions=True)
    return None


def _on_signals(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stopping.set)
        except NotImplementedError:  # Windows: the loop cannot, the interpreter can
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stopping.set))


async def _welcome(program: Program, operations: Operations) -> None:
    console, settings = OwnConsole(), program.settings
    console.out(f"Một Cửa: {program.address}/")
    if program.mock is not None:
        console.out("\nDỮ LIỆU MẪU · tỉnh Lam Châu không có thật. Try these dossiers (code, proof, how it stands):")
        *four, linked = filling.shown_codes(program.mock)
        for dossier in four:
            console.out("  " + "  ".join(dossier))
        console.out("A linked one: " + "  ".join(linked))
        week = timedelta(days=7) // timedelta(minutes=1)
        made = await operations.official_add({"unit": settings.unit, "role": "head", "minutes": week})
        console.out(f"\nBecome an official of {made['unit']}: write this code in the chat, then “tuần này”:")
        console.out(f"  {made['code']}")
    if settings.telegram_bot_token is None:
        console.out("\nFor Telegram set TELEGRAM_BOT_TOKEN (from @BotFather) in the environment or in .env.")
    if not settings.zalo.oa_id:
        console.out("For Zalo see docs/operating.md; without an account: motcua emulate zalo")
    console.out("\nCtrl-C stops.")
    sys.stdout.flush()
