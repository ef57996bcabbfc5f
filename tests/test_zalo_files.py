"""Files on the Official Account: what goes, and that a refusal is the file's alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from channels.channel import FileRefused, Refused, TryLater
from emulators.faults import Fault
from emulators.zalo import ZaloEmulator
from handlers.messages import Attachment
from tests.telegram_channel import Store
from tests.test_zalo_oa import sent_by
from tests.zalo_world import AN, channel, letter


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloEmulator]:
    async with ZaloEmulator() as emulated:
        yield emulated


async def test_a_picture_and_a_paper_go_before_their_text(zalo: ZaloEmulator) -> None:
    for name, kind in (("a.png", "image/png"), ("giấy.pdf", "application/pdf")):
        assert await sent_by(zalo, letter("đây ạ", attachment=Attachment(name, kind, b"x" * 1000))) is None
        file, text = zalo.sent(AN)[-2:]
        assert (file.file, text.text) == (name, "đây ạ")


@pytest.mark.parametrize(("kind", "size"), [("application/zip", 1), ("application/pdf", (5 << 20) + 1)])
async def test_a_file_that_zalo_does_not_take_is_refused_alone(zalo: ZaloEmulator, kind: str, size: int) -> None:
    error = await sent_by(zalo, letter("bảng", attachment=Attachment("a.xlsx", kind, b"x" * size)))
    assert isinstance(error, FileRefused)
    assert (error.said, zalo.world.calls["file"], zalo.sent(AN)) == (False, 0, [])


async def test_a_file_that_zalo_itself_refuses_is_refused_alone(zalo: ZaloEmulator) -> None:
    zalo.faults.next("file", Fault.FAILING, Fault.FAILING)
    zalo.world.touch(zalo.world.person(AN))
    made, paper = channel(zalo, Store()), letter("giấy", attachment=Attachment("a.pdf", "application/pdf", b"x"))
    with pytest.raises(TryLater):  # -200 is theirs: once more
        await made.send(paper)
    with pytest.raises(FileRefused):
        await made.send(paper)
    assert made.counts["without_file"] == 1
    await made.send(replace(paper, attachment=None))
    assert [sent.text for sent in zalo.sent(AN)] == ["giấy"]
    zalo.block(AN)
    with pytest.raises(Refused):  # who blocked gets no text either
        await made.send(paper)
    await made.close()
