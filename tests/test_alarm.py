"""The alarm on guessing by itself: what counts as an attack, and how soon after its beginning it is said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.engine.alarm import Alarm, Guesses
from tests.fakes import NOON


@pytest.mark.parametrize(
    ("tries", "codes", "attack"),
    [(60, 20, False), (61, 1, True), (61, 20, True), (21, 21, True), (20, 20, False)],
)
def test_many_tries_are_an_attack_and_so_are_many_codes(tries: int, codes: int, attack: bool) -> None:
    assert Guesses(tries, codes, 1).is_attack is attack


@pytest.mark.parametrize("begins", [timedelta(0), timedelta(seconds=1), timedelta(seconds=59), timedelta(minutes=3)])
def test_it_is_said_within_five_minutes_though_it_looked_just_before(begins: timedelta) -> None:
    alarm, said = Alarm(), None
    for tick in range(0, 900, 10):
        now = NOON + timedelta(seconds=tick)
        tries = 100 if tick >= begins.total_seconds() else 0
        if alarm.due(now) and alarm.heard(Guesses(tries, tries, 10), now):
            said = now
            break
    assert said is not None and said - NOON - begins <= timedelta(minutes=5)


def test_while_it_lasts_it_is_said_every_ten_minutes() -> None:
    alarm = Alarm()
    ticks = [NOON + timedelta(minutes=n) for n in range(31)]
    assert [at for at in ticks if alarm.heard(Guesses(100, 100, 10), at)] == [ticks[0], ticks[10], ticks[20], ticks[30]]
