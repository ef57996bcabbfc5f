"""Somebody guesses four digits over codes that follow one another: how far the limits let him come, in numbers.

``bot.guessing`` computes what the docs state; here it is lived through by the handlers, at full scale and in virtual
time: a thousand chats, a hundred thousand codes, a day.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from itertools import count
from math import sqrt
from random import Random

import pytest

from bot.engine.alarm import LOOKED_EVERY, Alarm, Guesses, guesses
from bot.guessing import Attack, table
from handlers import effects as fx
from handlers.desk import Conversation, Step
from handlers.dossiers import tracking
from handlers.dossiers.limiting import LIMITS, MISSES_OF_CODE
from handlers.messages import Chat, Incoming
from handlers.states import AsksProof
from onestop.rows import MOST_OF_A_PHONE
from storage.engine import Database
from storage.tables import misses
from tests.books import KEYS
from tests.fakes import NOON, Book, FakeRecords, Talk, a_desk, a_dossier
from tests.held import CODE, following
from tests.world import ROOT

FULL = Attack(chats=1000, addresses=1000, codes=100_000)


class Guessing:
    """Chats that try, one code after the other, until they are told to wait; then they come back when told."""

    def __init__(self, attack: Attack, followed: Talk, seed: int = 1) -> None:
        self.book, self.onestop = followed.book, followed.onestop
        self.random = Random(seed)
        self.codes = [f"H99.07-2611{10 + n // 9000:02}-{n % 9000 + 1:04}" for n in range(attack.codes)]
        self.chats = [Chat("web", "1", f"{n}") for n in range(attack.chats)]
        self.origins = [f"address {n % attack.addresses}" for n in range(attack.chats)]
        self.waits = [NOON] * attack.chats
        self.tries: Counter[str] = Counter()
        self.hits = 0
        self._next = count()

    async def an_hour(self, start: datetime) -> None:
        """Each chat at its own time of the hour."""
        for n, chat in enumerate(self.chats):
            now = start + timedelta(hours=1) * n / len(self.chats)
            if self.waits[n] <= now:
                await self._tries(n, chat, now)

    def _next_code(self) -> str:
        """The next one; its dossier has a phone that nobody knows."""
        code = self.codes[next(self._next) % len(self.codes)]
        if code not in self.onestop.dossiers:
            self.onestop.put(a_dossier(code, phone_last4=f"{self.random.randrange(10_000):04}"))
        return code

    async def _tries(self, n: int, chat: Chat, now: datetime) -> None:
        desk = a_desk(self.onestop, FakeRecords(self.book, str(chat), now), now)
        for tried in count():
            code = self._next_code()
            asked = Conversation(state=AsksProof(code, code))
            guess = Incoming(chat, f"{tried}", f"{self.random.randrange(10_000):04}", now, origin=self.origins[n])
            step = await tracking.in_state(asked, guess, desk)
            assert isinstance(step, Step)
            if not step.effects:
                wrong = self.book.misses.counted(code, str(chat), self.origins[n], now)
                self.waits[n] = wrong.waits_until(now) or now + LIMITS[0].within
                return
            for effect in step.effects:
                self.book.write(str(chat), effect, now)
                self.tries[code] += 1
                self.hits += isinstance(effect, fx.Proved)


async def heard(database: Database, book: Book) -> datetime | None:
    """When the alarm is raised that looks each minute; each wrong proof is there once its time has come."""
    rows = [{"dossier": each.dossier, "who": KEYS.chat(each.who), "at": each.at} for each in book.misses]
    alarm = Alarm()
    for minute in range(1, 60):
        now = NOON + minute * LOOKED_EVERY
        new = [row for row in rows if now - LOOKED_EVERY <= row["at"] < now]
        if new:
            await database.write(lambda connection, new=new: connection.execute(misses.insert(), new))
        found: Guesses = await database.read(lambda connection, now=now: guesses(connection, now))
        if alarm.due(now) and alarm.heard(found, now):
            return now
    return None


async def a_day(attack: Attack, database: Database | None = None) -> None:
    """With a database, the alarm is looked for there."""
    owner = await following()
    guessing = Guessing(attack, owner)
    for hour in range(24):
        await guessing.an_hour(NOON + timedelta(hours=hour))
        if hour == 0:
            at = NOON if database is None else await heard(database, owner.book)
            assert at is not None and at - NOON <= timedelta(minutes=5)
            owner.now = NOON
            assert "đang làm" in await owner.says(CODE), "who follows is not shut out"
    tries = guessing.tries.total()
    assert attack.tries * 0.99 <= tries - guessing.hits <= attack.tries, "the limits are what holds it"
    assert abs(guessing.hits - attack.hits) <= 4 * sqrt(attack.hits) + 1
    assert max(guessing.tries.values()) <= MISSES_OF_CODE + 1, "ten wrong ones, and a right one among them"
    owner.now = NOON + timedelta(hours=24)
    assert "đang làm" in await owner.says(CODE)


@pytest.mark.slow
@pytest.mark.parametrize("leg", ["sqlite"])
async def test_a_thousand_chats_guess_for_a_day_over_a_hundred_thousand_codes(database: Database) -> None:
    await a_day(FULL, database)


@pytest.mark.parametrize("attack", [Attack(50, 50, 1000), Attack(80, 2, 1000), Attack(50, 50, 40)], ids=str)
async def test_a_day_of_guessing_is_held_to_the_tries_that_are_stated(attack: Attack) -> None:
    await a_day(attack)


def test_the_docs_state_what_is_computed() -> None:
    docs = (ROOT / "docs" / "operating.md").read_text("utf-8")
    for line in table():
        assert line in docs, line
    assert re.search(r"at most 20,000 wrong tries a day and so 2 right guesses to expect", docs)


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


def test_the_limits_are_those_that_the_docs_state() -> None:
    """The tries above are counted with the limits themselves, so these are held to the words an operator reads."""
    hour, day = LIMITS
    said = (ROOT / "docs/operating.md").read_text("utf-8")
    assert MISSES_OF_CODE == 10 and "ten wrong tries of a code over all chats close its phone proof" in said
    assert f"a chat has {hour.of_chat} an hour and {day.of_chat} a day" in said
    assert f"{hour.of_address} an hour and {day.of_address} a day" in said.partition("an address")[2]
    assert MOST_OF_A_PHONE == 15 and "more than 15 dossiers received in one month" in said
