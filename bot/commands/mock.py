"""``motcua mock``: the one-stop system of the demo province as a server of its own, for trying the real wiring.

Its page shows the dossiers and moves them; new ones are handed in as long as it runs. With ``--push-to`` it first
pushes every dossier it knows, then every change. Its address and the demo dossiers go to stdout; it runs until it is
stopped.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from bot.commands.console import Console, OwnConsole
from bot.demo.filling import SEED, make_mock, shown_codes
from offices.unit import DATA, Offices
from onestop.mock.faults import Fault
from onestop.mock.population import Sizes

PORT = 8090
MOST_DOSSIERS = 20_000


class FasterClock:
    """The machine's clock from a start on, ``speed`` times as fast."""

    def __init__(self, start: datetime, speed: float, ticks: Callable[[], float] = monotonic) -> None:
        self._start, self._speed, self._ticks = start, speed, ticks
        self._began = ticks()

    def now(self) -> datetime:
        """An aware UTC instant."""
        return self._start + timedelta(seconds=(self._ticks() - self._began) * self._speed)


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``mock`` to the commands (``subparsers`` as from ``ArgumentParser.add_subparsers``)."""
    parser: argparse.ArgumentParser = subparsers.add_parser("mock", help="a one-stop system to try against")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=PORT, help=f"0: any free one (default {PORT})")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed, other dossiers")
    parser.add_argument("--speed", type=_speed, default=1.0, metavar="N", help="its clock runs N times as fast")
    parser.add_argument("--push-to", metavar="URL", help="where pushes go, e.g. http://127.0.0.1:8080/onestop")
    parser.add_argument("--fault", choices=[fault.value for fault in Fault], help="what goes wrong")
    parser.add_argument("--dossiers", type=_dossiers, default=280, metavar="N", help="at its start (default 280)")
    return parser


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 < speed <= 100_000:
        raise argparse.ArgumentTypeError("want more than 0 and at most 100000")
    return speed


def _dossiers(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MOST_DOSSIERS:
        raise argparse.ArgumentTypeError(f"want 1 to {MOST_DOSSIERS}")
    return number


async def run(
    args: argparse.Namespace,
    console: Console | None = None,
    stop: asyncio.Event | None = None,
    environment: Mapping[str, str] = os.environ,
) -> int:
    """Serve until ``stop`` (default: SIGINT or SIGTERM); 0, or 2 for a wrong use."""
    console = console or OwnConsole()
    secret = environment.get("ONESTOP_SECRET", "")
    if args.push_to and not secret:
        console.err("motcua: --push-to wants ONESTOP_SECRET in the environment, the same as the receiver's")
        return 2
    start = datetime.now(UTC)
    returned = round(args.dossiers * 5 / 7)
    sizes = Sizes(returned, args.dossiers - returned, -(-args.dossiers // 7), endless=True)
    clock = FasterClock(start, args.speed)
    mock = make_mock(
        Offices.load([DATA / "lam-chau.yaml"]),
        clock,
        start,
        seed=args.seed,
        secret=secret,
        push_to=args.push_to,
        sizes=sizes,
    )
    mock.fault = None if args.fault is None else Fault(args.fault)
    stop = stop or _until_signalled()
    try:
        url = await mock.start(args.host, args.port)
    except OSError as error:
        console.err(f"motcua: cannot listen on {args.host}:{args.port}: {error.strerror}; choose another --port")
        return 2
    try:
        console.out(url)
        for code, proof, status in shown_codes(mock):
            console.out(f"{code}  {proof}  {status}")
        console.err(f"DỮ LIỆU MẪU. Set ONESTOP_BASE_URL={url} for the bot; {url} shows and moves its dossiers.")
        console.err(f'Move one: curl -d \'{{"code": "H99.07-261119-0015", "status": 10}}\' {url}/move')
        if args.push_to:
            console.err(f"{mock.sync()} dossiers are being pushed to {args.push_to}")
        await stop.wait()
    finally:
        await mock.stop()
    return 0


def _until_signalled() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
