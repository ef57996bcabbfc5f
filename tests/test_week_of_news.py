"""A week of five thousand dossiers, told: every follower of every change once, in order, in the hours for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from time import monotonic, process_time

import pytest

from bot.config import read_settings
from bot.program import load_shelf, open_database
from handlers.dossiers import linking
from handlers.dossiers.following import _read
from handlers.texts import linking as linking_texts
from onestop.mock.population import Sizes
from tests.news_week import START, Week

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


async def lived(tmp_path: Path, sizes: Sizes, days: float, crashes: int) -> Week:
    """The week after it was lived through: till the morning after, when what waited for it was told."""
    settings = read_settings({"MOTCUA_DATA_DIR": str(tmp_path), "MOTCUA_UNIT": "H99.07", "ONESTOP_SECRET": "s"}, None)
    database, lock = await open_database(settings)
    await database.close()
    week = Week(settings, load_shelf(settings), settings.url, sizes)
    await week.begin()
    dying = [START + days * DAY * week.random.random() for _ in range(crashes - 2)]
    await week.run(START + days * DAY + 10 * HOUR, [*dying, START + 9 * HOUR, START + 7.75 * HOUR])
    assert await week.left_open() == 0
    await week.end()
    await lock.release()
    return week


def check(week: Week) -> Counter[str]:
    """The promises; what was counted on the way."""
    hours = week.shelf.rules.contact_hours
    counted: Counter[str] = Counter(week.faults)
    events: Counter[tuple[str, str]] = Counter()
    texts: Counter[tuple[str, str]] = Counter()
    parts: Counter[tuple[str, str, int, bool]] = Counter()
    told: dict[tuple[str, str], list[object]] = defaultdict(list)
    for letter in week.letters():
        chat = str(letter.chat)
        assert hours.allows(letter.made_at)
        assert hours.allows(week.phones[letter.chat.channel].arrived_at[chat, letter.seq])
        events[chat, letter.event] += 1
        part = linking.read(letter.event)
        if part is not None:
            assert chat in week.following[part.dossier]
            assert linking_texts.short(part.status) in letter.text or part.status in linking.OVER
            parts[chat, part.dossier, part.n, part.status in linking.OVER] += 1
            counted["parts told"] += 1
        news = _read(letter.event)
        if news is not None:
            texts[chat, letter.text] += 1
            told[chat, news[0]].append(news[1])
            assert any(says in letter.text for says in week.says(*news)), "what it is about is what it says"
    assert set(events.values()) <= {1}, "an event is told once"
    assert set(texts.values()) <= {1}, "nothing is said twice"
    assert all(times == 1 for (*_, over), times in parts.items() if over), "that a part is over is told once"
    asked = week.asked()
    for code, chats in week.following.items():
        for chat in chats:
            may, must = week.to_tell(code, asked[chat])
            heard = told.pop((chat, code), [])
            assert heard == sorted(heard), "in order"
            assert must <= set(heard) <= may, week.story(code, chat)
            counted["told"] += len(heard)
            counted["overtaken before it could be told"] += len(may - set(heard))
    assert not told, "nobody is told who does not follow"
    counted["again after a crash"] = sum(phone.again for phone in week.phones.values())
    return counted


@pytest.mark.slow
async def test_two_days_of_six_hundred_dossiers(tmp_path: Path) -> None:
    week = await lived(tmp_path, Sizes(returned=0, open=300, coming=300), 2, crashes=4)
    counted = check(week)
    assert counted["told"] > 200
    assert counted["parts told"] > 5
    assert min(counted[fault] for fault in ("refused", "overtaken", "acknowledgement lost", "twice")) > 0


@pytest.mark.soak
async def test_a_week_of_five_thousand_dossiers(tmp_path: Path) -> None:
    began, worked = monotonic(), process_time()
    week = await lived(tmp_path, Sizes(returned=0, open=2500, coming=2500), 7, crashes=8)
    counted = check(week)
    assert counted["told"] > 3000
    assert counted["parts told"] > 50
    spent, cpu = monotonic() - began, process_time() - worked
    print(f"{dict(counted)}; {7 * DAY / timedelta(seconds=spent):.0f} times life's speed, {cpu:.0f} s of CPU")
