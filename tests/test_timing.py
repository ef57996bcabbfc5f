"""What the time of an answer tells: nothing. A wrong proof of a dossier that exists and a code that does not take
equally long, from the message on disk to the answer on disk, with the backend asked over HTTP each time."""

from __future__ import annotations

from random import Random
from statistics import quantiles
from time import perf_counter

import pytest

from bot.clock import MachineClock
from bot.commands.serve import make_channels
from bot.config import read_settings
from bot.program import Program, open_program
from handlers.messages import Chat, Incoming, Kind
from onestop.code import DossierCode
from onestop.mock.server import Fault, MockOneStop
from tests.news_week import UNITS

PAIRS = 60
FAR_AWAY = 0.02
"""Seconds that the backend takes for each question: where it takes no time, one question more shows nothing."""
MOST_APART = FAR_AWAY / 2
"""Seconds between the lower quartiles, which a busy machine moves least."""


async def answered_in(program: Program, n: int, text: str) -> float:
    """Seconds until a chat of its own has its answer."""
    app, message = (
        program.app,
        Incoming(Chat("web", "H99.07", f"chat-{n}"), "m", text, program.app.clock.now(), Kind.TEXT),
    )
    began = perf_counter()
    await app.accept([message])
    await app.worker.finished()
    return perf_counter() - began


@pytest.mark.slow
async def test_no_such_and_no_match_take_equally_long() -> None:
    clock = MachineClock()
    mock = MockOneStop(UNITS, now=clock.now, slow_for=FAR_AWAY)
    mock.fault = Fault.SLOW
    given = {"ONESTOP_BASE_URL": await mock.start(tick=None), "ONESTOP_SECRET": "s", "MOTCUA_UNIT": "H99.07"}
    settings = read_settings({**given, "MOTCUA_PORT": "0"}, None)
    program = await open_program(settings, clock, make_channels, memory=True)
    try:
        listed = [each for each in mock.dossiers() if each.proof not in (None, "0001")]
        known = [each.code for each in listed if each.code == DossierCode.parse(each.code).canonical][:PAIRS]
        assert len(known) == PAIRS
        unknown = [f"{code[:-4]}9{code[-3:]}" for code in known]
        tries = [
            (name, code) for pair in zip(known, unknown, strict=True) for name, code in zip("ku", pair, strict=True)
        ]
        Random(1).shuffle(tries)
        took: dict[str, list[float]] = {"k": [], "u": []}
        for n, (name, code) in enumerate(tries):
            took[name].append(await answered_in(program, n, f"{code} 0001"))
        assert await said(program) == 2 * PAIRS
        known_took, unknown_took = (quantiles(each, n=4)[0] for each in took.values())
        apart = abs(known_took - unknown_took)
        print(f"lower quartiles {known_took * 1e3:.1f} and {unknown_took * 1e3:.1f} ms, {apart * 1e3:.2f} ms apart")
        assert apart < MOST_APART
    finally:
        await program.stop()
        await mock.stop()


async def said(program: Program) -> int:
    """How many were told that nothing matches."""
    chats = [str(Chat("web", "H99.07", f"chat-{n}")) for n in range(2 * PAIRS)]
    letters = [letter for chat in chats for letter in await program.app.reading.newest_letters(chat, 1)]
    return sum("Không thấy hồ sơ nào khớp cả mã" in letter.text for letter in letters)
