"""``motcua mock``: it serves, pushes, and says what is wrong."""

from __future__ import annotations

import asyncio
import shlex
from datetime import timedelta

import aiohttp
import pytest

from bot.commands import mock as mock_command
from onestop.client import verify
from onestop.dossier import Status
from tests.mock_world import PROOFS, START, Hands, Receiver, arguments, look_up, receiving, running

# --- motcua mock -----------------------------------------------------------------------------------------------------


SECRET = {"ONESTOP_SECRET": "bi-mat"}


class Lines:
    """A terminal that keeps what is written to it."""

    def __init__(self) -> None:
        self.data: list[str] = []
        self.remarks: list[str] = []

    def out(self, text: str) -> None:
        self.data.append(text)

    def err(self, text: str) -> None:
        self.remarks.append(text)

    async def line(self) -> str | None:
        return None


async def as_curl_does(line: str) -> int:
    """What the printed command is answered with. ``curl -d`` says "a form" of whatever it sends."""
    _, words, url = shlex.split(line.partition("curl ")[2])
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    async with aiohttp.ClientSession() as session, session.post(url, data=words.encode(), headers=kind) as reply:
        return reply.status


async def test_the_command_serves_pushes_and_stops() -> None:
    receiver, lines, stop = Receiver(), Lines(), asyncio.Event()
    async with receiving(receiver) as to:
        running = asyncio.create_task(mock_command.run(arguments("--port", "0", "--push-to", to), lines, stop, SECRET))
        while len(lines.remarks) < 3 or len(receiver.rows) < int(lines.remarks[2].split()[0]):
            await asyncio.sleep(0.02)
            assert not running.done()
        assert len(receiver.rows) > 200
        assert lines.data[0].startswith("http://127.0.0.1:")
        assert {line.split()[0]: line.split()[1] for line in lines.data[1:]} == PROOFS
        told = "\n".join(lines.data)
        assert [told.count(word) for word in ("(late)", "rate it", "(in progress)", "(waits for papers)")] == [1] * 4
        dossier = await look_up(lines.data[0], "H99.02-261102-0031")
        assert dossier is not None and dossier.field == "Đất đai"
        assert await as_curl_does(lines.remarks[1]) == 200
        moved = await look_up(lines.data[0], "H99.07-261119-0015")
        assert moved is not None and moved.status is Status.RETURNED
        stop.set()
        assert await running == 0
    assert all(verify("bi-mat", raw, header) for raw, header in receiver.offers)


async def test_the_command_used_wrongly() -> None:
    lines = Lines()
    assert await mock_command.run(arguments("--push-to", "http://127.0.0.1:1/onestop"), lines, asyncio.Event(), {}) == 2
    assert "ONESTOP_SECRET" in lines.remarks[0] and lines.data == []
    async with running(Hands()) as (_, url):
        port = url.rpartition(":")[2]
        assert await mock_command.run(arguments("--port", port), lines, asyncio.Event(), {}) == 2
        assert "cannot listen" in lines.remarks[1]


@pytest.mark.parametrize("speed", ["0", "-1", "x", "1e9"])
def test_impossible_speeds(speed: str) -> None:
    with pytest.raises(SystemExit):
        arguments("--speed", speed)


def test_a_faster_clock() -> None:
    ticks = iter([10.0, 10.0, 13.0])
    clock = mock_command.FasterClock(START, 60, lambda: next(ticks))
    assert [clock.now(), clock.now()] == [START, START + timedelta(minutes=3)]
