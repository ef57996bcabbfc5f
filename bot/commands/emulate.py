"""``motcua emulate``: a Telegram or a Zalo of one's own, to try the bot with no account and no internet."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from emulators.faults import Faults
from emulators.telegram import TOKEN, TelegramEmulator
from emulators.telegram_queue import Hook
from emulators.zalo import ZaloEmulator
from emulators.zalo_hooks import LADDER

SHARES = ("limited", "failing", "slow", "lost", "garbage", "garbled")
_SAYS = {
    "limited": "answered with 429 and retry_after",
    "failing": "answered with 500",
    "slow": "answered late",
    "lost": "done, but the reply lost",
    "garbage": "answered with a proxy's error page",
    "garbled": "done, but the reply unreadable",
}


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError("a share is from 0 to 1")
    return share


def _speed(text: str) -> float:
    speed = float(text)
    if speed <= 0:
        raise argparse.ArgumentTypeError("a speed is above 0")
    return speed


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``emulate telegram`` to the commands (``subparsers`` as from ``ArgumentParser.add_subparsers``)."""
    parser: argparse.ArgumentParser = subparsers.add_parser("emulate", help="a messenger of one's own, for trying")
    kinds = parser.add_subparsers(dest="kind", required=True)
    telegram = kinds.add_parser(
        "telegram",
        help="the Bot API with its checks and delivery rules, and a phone as a page",
        description="Prints the settings that make motcua serve use it, and the address of the phone.",
    )
    telegram.add_argument("--host", default="127.0.0.1", help="default 127.0.0.1")
    telegram.add_argument("--port", type=int, default=8081, help="default 8081; 0 takes a free one")
    telegram.add_argument("--token", default=TOKEN, help="the only token it knows")
    telegram.add_argument("--speed", type=_speed, default=1.0, help="emulated seconds a second (lives, retries)")
    telegram.add_argument("--seed", type=int, default=1, help="of all that is drawn")
    telegram.add_argument("--webhook-url", metavar="URL", help="deliver there without waiting for setWebhook")
    telegram.add_argument("--webhook-secret", metavar="SECRET", help="the secret header that goes with --webhook-url")
    telegram.add_argument("--retry-after", type=float, default=1, metavar="S", help="seconds named with 429")
    zalo = kinds.add_parser(
        "zalo",
        help="an Official Account with its limits, windows and single-use tokens, and a phone as a page",
        description="Prints the settings that make motcua serve use it, and the address of the phone.",
    )
    zalo.add_argument("--host", default="127.0.0.1", help="default 127.0.0.1")
    zalo.add_argument("--port", type=int, default=8082, help="default 8082; 0 takes a free one")
    zalo.add_argument("--speed", type=_speed, default=1.0, help="emulated seconds a second (windows, retries)")
    zalo.add_argument("--seed", type=int, default=1, help="of all that is drawn")
    zalo.add_argument(
        "--webhook-url", metavar="URL", default="http://127.0.0.1:8080/zalo/oa", help="default %(default)s"
    )
    for name in SHARES:
        zalo.add_argument(f"--{name}", type=_share, default=0.0, metavar="SHARE", help=f"of sends: {_SAYS[name]}")
        telegram.add_argument(f"--{name}", type=_share, default=0.0, metavar="SHARE", help=f"of sends: {_SAYS[name]}")
    return parser


def emulator(args: argparse.Namespace) -> TelegramEmulator:
    """The emulator that the arguments ask for."""
    shares = {name: getattr(args, name) for name in SHARES}
    return TelegramEmulator(
        host=args.host,
        port=args.port,
        token=args.token,
        speed=args.speed,
        seed=args.seed,
        faults=Faults(seed=args.seed, retry_after=args.retry_after, **shares),
    )


async def run(args: argparse.Namespace) -> int:
    """Until Ctrl-C or SIGTERM. 0; 2 where the port is taken."""
    return await (_zalo(args) if args.kind == "zalo" else _telegram(args))


async def _telegram(args: argparse.Namespace) -> int:
    telegram = emulator(args)
    if not await _started(telegram.start, args):
        return 2
    if args.webhook_url:
        telegram.updates.set_hook(Hook(args.webhook_url, args.webhook_secret, 40))
    print(f"TELEGRAM_BOT_TOKEN={telegram.token}")
    print(f"TELEGRAM_API_BASE_URL={telegram.base_url}", flush=True)
    print(f"the phone: {telegram.base_url}/", file=sys.stderr, flush=True)
    await _until_told()
    await telegram.stop()
    return 0


async def _zalo(args: argparse.Namespace) -> int:
    shares = {name: getattr(args, name) for name in SHARES}
    faults = Faults(seed=args.seed, prefix="cs", **shares)
    zalo = ZaloEmulator(host=args.host, port=args.port, speed=args.speed, seed=args.seed, faults=faults)
    if not await _started(zalo.start, args):
        return 2
    # What is sent before the server is up is tried again; the real ladder begins with half a minute.
    zalo.hooks.url, zalo.hooks.ladder = args.webhook_url, (1.0, 2.0, 5.0, *LADDER)
    for name, value in zalo.settings.items():
        print(f"{name}={value}", flush=True)
    print(f"the phone: {zalo.base_url}/ (events go to {args.webhook_url})", file=sys.stderr, flush=True)
    await _until_told()
    await zalo.stop()
    return 0


async def _started(start: Callable[[], Awaitable[None]], args: argparse.Namespace) -> bool:
    try:
        await start()
    except OSError as error:
        print(f"cannot listen on {args.host}:{args.port}: {error.strerror}", file=sys.stderr)
        return False
    return True


async def _until_told() -> None:
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        except NotImplementedError:  # Windows: Ctrl-C comes as KeyboardInterrupt
            continue
    await told.wait()
