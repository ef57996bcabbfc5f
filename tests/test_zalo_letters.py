"""What the engine cuts for Zalo is what a strict Zalo takes: length, buttons, labels, payloads."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.engine.letters import letters
from channels.zalo_bot import ZaloBot
from channels.zalo_oa import ZaloOA
from emulators.zalo import ZaloEmulator
from handlers.messages import Choice, Outgoing
from tests.telegram_channel import Store
from tests.test_zalo_bot import NOON
from tests.test_zalo_bot import channel as bot_channel
from tests.zalo_world import AN, channel, chat


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloEmulator]:
    async with ZaloEmulator() as emulated:
        emulated.echoes = False
        yield emulated


TEXTS = {
    "just short enough": "ă" * 2000,
    "one too long": "ă" * 2001,
    "faces count twice": "🌾" * 1001,
    "paragraphs": "\n\n".join(["Giấy cần mang. " * 60] * 5),
    "lines": "\n".join(["Tờ khai, căn cước, giấy chứng sinh"] * 200),
    "words": "khai sinh " * 700,
}


@pytest.mark.parametrize("named", TEXTS)
@pytest.mark.parametrize("many", [0, 5, 6, 40])
async def test_the_account_takes_what_was_cut_for_it(zalo: ZaloEmulator, named: str, many: int) -> None:
    zalo.world.touch(zalo.world.person(AN))
    made = channel(zalo, Store())
    choices = tuple(Choice(f"Nhãn {n} " + "dài " * 40, f"say {n} " + "x" * 50) for n in range(many))
    cut = letters(chat(), "e", [Outgoing(TEXTS[named], choices)], ZaloOA.limits, 0, NOON)
    for each in cut:
        await made.send(each)
    await made.close()
    assert zalo.world.refusals == []
    sent = zalo.sent(AN)
    buttons = [each for one in sent for each in one.buttons]
    assert len(buttons) == min(many, 5)
    assert not any(one.buttons for one in sent[:-1])
    said = "".join("".join(one.text.split()) for one in sent)
    assert said.startswith("".join(TEXTS[named].split()))
    assert all(f"{n}.Nhãn{n - 1}dài" in said for n in range(1, many + 1))
    assert [one.text for one in sent if "Xem thêm" in one.text] == []


@pytest.mark.parametrize("named", TEXTS)
async def test_the_bot_takes_what_was_cut_for_it(zalo: ZaloEmulator, named: str) -> None:
    zalo.bot.known.add(AN)
    made = bot_channel(zalo, Store())
    choices = tuple(Choice(f"Nhãn {n}", f"say {n}") for n in range(9))
    for each in letters(chat(), "e", [Outgoing(TEXTS[named], choices)], ZaloBot.limits, 0, NOON):
        await made.send(each)
    await made.close()
    said = "\n".join(sent.text for sent in zalo.bot.sent(AN))
    assert "".join(said.split()).startswith("".join(TEXTS[named].split()))
    assert "9. Nhãn 8" in said
