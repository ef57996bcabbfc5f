"""The alarm on guessing: what is counted, when it is said, and what it never names."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.engine.alarm import MOST_CODES, MOST_TRIES, Alarm, Guesses, guesses
from storage.engine import Database
from storage.tables import misses

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
QUIET, LOUD = Guesses(MOST_TRIES, MOST_CODES, 40), Guesses(MOST_TRIES + 1, 1, 7)


async def test_only_the_last_five_minutes_count(database: Database) -> None:
    rows = [
        {"dossier": f"H99.07-261116-{n % 3:04}", "who": f"w{n % 2}", "at": NOW - timedelta(minutes=n)} for n in range(9)
    ]
    await database.write(lambda connection: connection.execute(misses.insert(), rows))
    assert await database.read(lambda connection: guesses(connection, NOW)) == Guesses(5, 3, 2)
    assert await database.read(lambda connection: guesses(connection, NOW + timedelta(hours=1))) == Guesses(0, 0, 0)


@pytest.mark.parametrize(
    ("found", "expected"),
    [(QUIET, False), (LOUD, True), (Guesses(MOST_CODES + 1, MOST_CODES + 1, 1), True), (Guesses(0, 0, 0), False)],
)
def test_more_than_mistyping_is_an_attack(found: Guesses, expected: bool) -> None:
    assert found.is_attack is expected


def test_it_is_looked_each_minute_and_said_once_in_ten(caplog: pytest.LogCaptureFixture) -> None:
    alarm = Alarm()
    looked = [n for n in range(0, 600, 5) if alarm.due(NOW + timedelta(seconds=n))]
    assert looked == list(range(0, 600, 60))
    with caplog.at_level(logging.ERROR):
        said = [n for n in range(25) if alarm.heard(LOUD, NOW + timedelta(minutes=n))]
    assert said == [0, 10, 20]
    assert len(caplog.messages) == 3
    assert "61 wrong in five minutes, of 1 codes, by 7 chats" in caplog.text
    assert not alarm.heard(QUIET, NOW + timedelta(hours=2))


def test_a_clock_set_back_does_not_silence_it() -> None:
    alarm = Alarm()
    assert alarm.due(NOW)
    assert alarm.due(NOW - timedelta(days=1))
