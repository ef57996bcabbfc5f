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
from onestop.mock.faults import Fault
from onestop.mock.server import MockOneStop
from tests.news_week import UNITS

PAIRS = 24
ROUNDS = 5
"""At most: what a busy machine makes unequal is equal in another round, what we make unequal is so in each."""
FAR_AWAY = 0.05
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
    settings = read_settings({**given, "MOTCUA_PORT": "0", "ONESTOP_WAIT": "60s"}, None)
    program = await open_program(settings, clock, make_channels, memory=True)
    try:
        listed = [each for each in mock.dossiers() if each.proof not in (None, "0001")]
        known = [each.code for each in listed if each.code == DossierCode.parse(each.code).canonical]
        assert len(known) >= ROUNDS * PAIRS
        rounds = 0
        while rounds < ROUNDS:
            apart = await seconds_apart(program, known[rounds * PAIRS :][:PAIRS], 2 * PAIRS * rounds)
            rounds += 1
            if apart < MOST_APART:
                break
        assert await said(program, 2 * PAIRS * rounds) == 2 * PAIRS * rounds
        assert apart < MOST_APART
    finally:
        await program.stop()
        await mock.stop()


async def seconds_apart(program: Program, known: list[str], first: int) -> float:
    """Between the lower quartiles of what is there and what is not, asked for in any order from chats of their own."""
    unknown = [f"{code[:-4]}9{code[-3:]}" for code in known]
    tries = [*(("k", code) for code in known), *(("u", code) for code in unknown)]
    Random(first).shuffle(tries)
    took: dict[str, list[float]] = {"k": [], "u": []}
    for n, (name, code) in enumerate(tries):
        took[name].append(await answered_in(program, first + n, f"{code} 0001"))
    known_took, unknown_took = (quantiles(each, n=4)[0] for each in took.values())
    apart = abs(known_took - unknown_took)
    print(f"lower quartiles {known_took * 1e3:.1f} and {unknown_took * 1e3:.1f} ms, {apart * 1e3:.2f} ms apart")
    return apart


async def said(program: Program, chats: int) -> int:
    """How many were told that nothing matches."""
    names = [str(Chat("web", "H99.07", f"chat-{n}")) for n in range(chats)]
    letters = [letter for name in names for letter in await program.app.reading.newest_letters(name, 1)]
    return sum("Không thấy hồ sơ nào khớp cả mã" in letter.text for letter in letters)
