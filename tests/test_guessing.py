"""Somebody guesses four digits over codes that follow one another: how far the limits let him come, in numbers.

A chat has five wrong tries in an hour, a code ten over all chats. So ``chats`` guess at most ``chats × 5 × hours``
times, each with one chance in 10,000: 1,000 chats have 120,000 tries a day and 12 hits to expect, and no more than
ten tries on any one dossier (one in a thousand), however many they are. Here on a smaller scale, by the handlers.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from math import sqrt
from random import Random

import pytest

from bot.engine.alarm import guesses
from handlers import effects as fx
from handlers.tracking import MISSES_OF_CHAT, MISSES_OF_CODE
from storage.engine import Database
from storage.tables import misses
from tests.fakes import NOON, Talk, a_dossier
from tests.held import CODE, following

CHATS, HOURS, CODES, EAGER = 5, 24, 100, 6


class Attack:
    """``CHATS`` chats, each trying ``EAGER`` times at the beginning of every hour, on codes one after the other."""

    def __init__(self, seed: int = 1) -> None:
        self.random = Random(seed)
        self.first = Talk()
        self.codes = [f"H99.07-261116-{n:04}" for n in range(1, CODES + 1)]
        for code in self.codes:
            self.first.onestop.put(a_dossier(code, phone_last4=f"{self.random.randrange(10_000):04}"))
        self.chats = [self.first.other(f"web/1/{n}") for n in range(CHATS)]
        self.tries: Counter[str] = Counter()
        self.hits = 0
        self._next = 0

    async def an_hour(self, start: datetime) -> None:
        for talk in self.chats:
            talk.now = start
            for _ in range(EAGER):
                code = self.codes[self._next % CODES]
                self._next += 1
                await talk.says(f"{code} {self.random.randrange(10_000):04}")
                self.tries[code] += sum(isinstance(effect, fx.Missed | fx.Proved) for effect in talk.effects)
                self.hits += sum(isinstance(effect, fx.Proved) for effect in talk.effects)


async def test_a_day_of_guessing_is_held_to_the_tries_that_the_limits_state(database: Database) -> None:
    attack = Attack()
    for hour in range(HOURS):
        await attack.an_hour(NOON + timedelta(hours=hour, seconds=hour))
        if hour == 0:
            rows = [{"dossier": code, "who": who, "at": at} for code, who, at in attack.first.book.misses]
            await database.write(lambda connection, rows=rows: connection.execute(misses.insert(), rows))
            seen = await database.read(lambda connection: guesses(connection, NOON + timedelta(minutes=5, seconds=-1)))
            assert seen.is_attack, "the alarm comes within five minutes"
    wrong = sum(attack.tries.values()) - attack.hits
    assert wrong == CHATS * MISSES_OF_CHAT * HOURS
    expected = wrong / 10_000
    assert attack.hits <= expected + 4 * sqrt(expected)
    assert max(attack.tries.values()) <= MISSES_OF_CODE


async def test_a_thousand_chats_on_one_dossier_have_ten_tries_and_shut_nobody_out_who_follows() -> None:
    owner = await following()
    wrong = 0
    for n in range(1000):
        guesser = owner.other(f"web/1/{n}")
        await guesser.says(f"{CODE} {n:04}")
        wrong += sum(isinstance(effect, fx.Missed) for effect in guesser.effects)
        assert not any(isinstance(effect, fx.Proved) for effect in guesser.effects)
    assert wrong == MISSES_OF_CODE
    assert "đang làm" in await owner.says(CODE)
    assert "tạm dừng tra mã" in await owner.other("web/1/new").says(f"{CODE} 4821")


@pytest.mark.parametrize("known", [True, False])
async def test_what_is_answered_does_not_tell_which_codes_exist(known: bool) -> None:
    talk = Talk()
    if known:
        talk.onestop.put(a_dossier(CODE))
    said = [await talk.says(CODE), await talk.says("1111"), await talk.says("2222")]
    other = Talk()
    assert said == [await other.says(CODE), await other.says("1111"), await other.says("2222")]
