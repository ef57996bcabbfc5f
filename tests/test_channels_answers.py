"""What happens to answers on each channel: lost, refused, blocked, taken over by an official; and ratings.

A row that does not apply to a line is not in its table: nobody can block the web, and nothing is sent to it that
could be lost on the way. The rest of every channel's contract is in ``test_channels``.
"""

from __future__ import annotations

import csv
from collections import Counter
from itertools import chain, zip_longest
from pathlib import Path

import pytest
from sqlalchemy import select

from emulators.faults import Fault
from storage.tables import outbox
from tests.desks import Desks, recorded
from tests.lines import (
    BUTTONS,
    LINES,
    TELEGRAM,
    OnTelegram,
    OnZalo,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

# --- what goes wrong on the way out -----------------------------------------------------------------------------------

TROUBLES = [
    ("429", (Fault.LIMITED,), 1),
    ("429 again and again", (Fault.LIMITED,) * 4, 1),
    ("500", (Fault.FAILING,) * 3, 1),
    ("a proxy's 502", (Fault.GARBAGE,), 1),
    ("the reply is lost", (Fault.LOST,), 2),
    ("the reply cannot be read", (Fault.GARBLED,), 2),
    ("everything in turn", (Fault.FAILING, Fault.LIMITED, Fault.GARBAGE), 1),
]


@pytest.mark.parametrize("line", TELEGRAM)
@pytest.mark.parametrize(("faults", "times"), [row[1:] for row in TROUBLES], ids=[row[0] for row in TROUBLES])
async def test_an_answer_arrives_whatever_happens_to_it(
    desks: Desks, line: str, faults: tuple[Fault, ...], times: int
) -> None:
    """Once; twice only where the first reply was lost, and then the same words."""
    desk, telegram = desks[line], desks[line].telegram
    telegram.faults.retry_after = 0.05
    one = desk.person(line)
    telegram.faults.next("sendMessage", *faults)
    said = await desk.says(one, "giờ làm việc", "menu")
    assert not telegram.faults.script["sendmessage"]
    first, *rest = [each.text for each in said]
    assert rest[: times - 1] == [first] * (times - 1)
    assert len(rest) == times
    assert rest[-1] != first
    assert telegram.world.impatient == 0


@pytest.mark.parametrize("line", TELEGRAM)
async def test_a_rating_is_one_whatever_happens_to_its_confirmation(desks: Desks, line: str) -> None:
    desk, telegram = desks[line], desks[line].telegram
    one = desk.person(line)
    code, proof = desk.dossier()
    await desk.says(one, f"{code} {proof}", f"rate {code}")
    telegram.faults.retry_after = 0.05
    telegram.faults.next("sendMessage", Fault.LOST, Fault.LIMITED, Fault.FAILING, Fault.GARBLED)
    said = [each.text for each in await desk.says(one, "4")]
    assert said[0].startswith("Đã ghi: 4 ")
    assert list(dict.fromkeys(said)) == [said[0], said[-1]]
    assert (said.count(said[0]), said.count(said[-1])) == (3, 1)
    assert await recorded(desk, one, code) == 4


@pytest.mark.parametrize("line", TELEGRAM)
async def test_who_blocks_is_left_alone_and_no_neighbour_notices(desks: Desks, line: str) -> None:
    desk, telegram = desks[line], desks[line].telegram
    one, other = desk.person(line), desk.person(line)
    assert isinstance(one, OnTelegram)
    code, proof = desk.dossier()
    await desk.says(one, f"{code} {proof}")
    telegram.block(one.number)
    assert await desk.says(one, "menu") == []
    assert len(await desk.says(other, "menu")) == 1
    calls = telegram.world.calls["sendmessage"]
    await desk.quiet()
    assert telegram.world.calls["sendmessage"] == calls
    telegram.block(one.number, blocked=False)
    # the proof went with the block: the dossier is asked for anew, and no stars are on offer
    (said,) = await desk.says(one, f"rate {code}")
    assert code in said.text
    assert not any(says.startswith("rate ") for _, says in said.choices)
    async with desk.app.database.reading() as connection:
        states = await connection.execute(select(outbox.c.state).where(outbox.c.chat == str(one.chat)))
        assert Counter(states.scalars()) == {"sent": 2, "refused": 1}


ON_ZALO = [
    ("-32", (Fault.GARBLED, Fault.LOST), 3),
    ("-200", (Fault.FAILING,), 1),
    ("a proxy's 502", (Fault.GARBAGE, Fault.GARBAGE), 1),
]


@pytest.mark.parametrize(("faults", "times"), [row[1:] for row in ON_ZALO], ids=[row[0] for row in ON_ZALO])
async def test_an_answer_arrives_on_zalo_whatever_happens_to_it(
    desks: Desks, faults: tuple[Fault, ...], times: int
) -> None:
    desk = desks["zalo"]
    one = desk.person("zalo")
    desk.zalo.faults.next("cs", *faults)
    said = [each.text for each in await desk.says(one, "giờ làm việc", "menu")]
    assert said[:times] == [said[0]] * times
    assert len(said) == times + 1


BY_ZALOS_BOT = [
    ("a proxy's 502", (Fault.GARBAGE,), 1),
    ("500", (Fault.FAILING,), 1),
    ("the reply is lost", (Fault.LOST,), 2),
]


@pytest.mark.parametrize(("faults", "times"), [row[1:] for row in BY_ZALOS_BOT], ids=[row[0] for row in BY_ZALOS_BOT])
async def test_an_answer_arrives_by_zalos_bot_whatever_happens_to_it(
    desks: Desks, faults: tuple[Fault, ...], times: int
) -> None:
    desk = desks["zalo_bot"]
    one = desk.person("zalo_bot")
    desk.zalo.bot.faults.next("sendMessage", *faults)
    said = [each.text for each in await desk.says(one, "giờ làm việc", "menu")]
    assert said[:times] == [said[0]] * times
    assert len(said) == times + 1


async def test_a_rating_is_one_on_zalo_whatever_happens_to_its_confirmation(desks: Desks) -> None:
    desk = desks["zalo"]
    one = desk.person("zalo")
    code, proof = desk.dossier()
    await desk.says(one, f"{code} {proof}", f"rate {code}")
    desk.zalo.faults.next("cs", Fault.LOST, Fault.FAILING, Fault.GARBLED)
    said = [each.text for each in await desk.says(one, "4")]
    assert said[0].startswith("Đã ghi: 4 ")
    assert list(dict.fromkeys(said)) == [said[0], said[-1]]
    assert (said.count(said[0]), said.count(said[-1])) == (3, 1)
    assert await recorded(desk, one, code) == 4


async def test_who_blocks_zalos_bot_is_left_alone_and_no_neighbour_notices(desks: Desks) -> None:
    desk = desks["zalo_bot"]
    one, other = desk.person("zalo_bot"), desk.person("zalo_bot")
    code, proof = desk.dossier()
    await desk.says(one, f"{code} {proof}")
    desk.zalo.bot.blocked.add(one.chat.id)
    assert await desk.says(one, "menu") == []
    assert len(await desk.says(other, "menu")) == 1
    desk.zalo.bot.blocked.discard(one.chat.id)
    (said,) = await desk.says(one, f"rate {code}")
    assert "4 số cuối" in said.text


async def test_who_blocks_on_zalo_is_left_alone_and_no_neighbour_notices(desks: Desks) -> None:
    desk = desks["zalo"]
    one, other = desk.person("zalo"), desk.person("zalo")
    assert isinstance(one, OnZalo)
    code, proof = desk.dossier()
    await desk.says(one, f"{code} {proof}")
    desk.zalo.block(one.user)
    assert await desk.says(one, "menu") == []
    assert len(await desk.says(other, "menu")) == 1
    desk.zalo.block(one.user, blocked=False)
    # the proof went with the block: the dossier is asked for anew, and no stars are on offer
    (said,) = await desk.says(one, f"rate {code}")
    assert code in said.text
    assert not any(says.startswith("rate ") for _, says in said.choices)


async def test_an_official_in_oa_manager_has_the_chat_to_themselves(desks: Desks) -> None:
    desk = desks["zalo"]
    one = desk.person("zalo")
    assert isinstance(one, OnZalo)
    await desk.says(one, "menu")
    await desk.says(one, "gặp cán bộ")
    event = desk.zalo.official(one.user, "Chào bác, tôi nghe ạ")
    await desk.zalo.wait_until(lambda: event.taken)
    assert await desk.says(one, "tôi hỏi thêm giấy tờ") == []
    assert len(await desk.says(one, "hours")) == 1  # a tap on a button of ours


# --- ratings ----------------------------------------------------------------------------------------------------------


def spellings() -> list[tuple[int, str]]:
    """Every spelling that is a number of stars, so ordered that two neighbours are never the same number."""
    with (Path(__file__).parent / "ratings_readings.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["reading"], row["text"]) for row in csv.DictReader(file)]
    by_stars = [[(stars, text) for reading, text in rows if reading == str(stars)] for stars in range(1, 6)]
    mixed = [each for each in chain.from_iterable(zip_longest(*by_stars)) if each is not None]
    fives = [each for each in mixed if each[0] == 5]
    others = [each for each in mixed if each[0] != 5]
    return [each for pair in zip_longest(fives, others) for each in pair if each is not None]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.slow), 9])
async def test_every_spelling_of_a_rating_records_that_number(desks: Desks, line: str, every: int) -> None:
    desk, rows = desks[line], spellings()[::every]
    assert {stars for stars, _ in rows} == {1, 2, 3, 4, 5}
    assert len(rows) * every >= 90
    for first in range(0, len(rows), 8):  # a chat may send twenty messages in ten seconds
        one = desk.person(line)
        code, proof = desk.dossier()
        await desk.says(one, f"{code} {proof}")
        for stars, text in rows[first : first + 8]:
            await desk.says(one, f"rate {code}")
            said = await desk.says(one, text)
            assert said[0].text.startswith(f"Đã ghi: {stars} "), (text, said[0].text)
            assert await recorded(desk, one, code) == stars, text


@pytest.mark.parametrize("stars", [1, 2, 3, 4, 5])
async def test_without_buttons_the_invitation_prints_what_may_be_typed(desks: Desks, stars: int) -> None:
    desk = desks["zalo_bot"]
    one = desk.person("zalo_bot")
    code, proof = desk.dossier()
    await desk.says(one, f"{code} {proof}")
    await desk.says(one, f"follow {code}")
    *_, invited = await desk.says(one, "1")
    lines = [line.strip() for line in invited.text.split("\n") if line.startswith("  ")]
    assert [line[0] for line in lines] == ["5", "4", "3", "2", "1"]
    said = await desk.says(one, str(stars) if stars % 2 else lines[5 - stars])
    assert said[0].text.startswith(f"Đã ghi: {lines[5 - stars]}")
    assert await recorded(desk, one, code) == stars


@pytest.mark.parametrize("line", BUTTONS)
@pytest.mark.parametrize("stars", [1, 2, 3, 4, 5])
async def test_an_invitation_offers_five_to_one_and_each_is_that_number(desks: Desks, line: str, stars: int) -> None:
    desk = desks[line]
    one = desk.person(line)
    code, proof = desk.dossier()
    await desk.says(one, f"{code} {proof}")
    await desk.says(one, f"follow {code}")
    *_, invited = await desk.says(one, f"consent yes {code}")
    assert [label[0] for label, _ in invited.choices] == ["5", "4", "3", "2", "1"]
    label, says = invited.choices[5 - stars]
    said = await desk.says(one, says if stars % 2 else label)
    assert said[0].text.startswith(f"Đã ghi: {label}")
    assert await recorded(desk, one, code) == stars
