"""Chats that may rate a dossier, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.desk import Binding
from onestop.dossier import Status
from tests.fakes import NOON, Talk, a_dossier

CODE = "H99.07-261116-0007"
EVENT = f"invite:{CODE}:1"
DONE = NOON - timedelta(hours=3)


def a_talk(done_at: datetime = DONE, following: bool = True, **more: object) -> Talk:
    """A chat that holds a dossier whose result was handed over."""
    talk = Talk()
    dossier = a_dossier(CODE, Status.RETURNED, done_at=done_at, **more)
    talk.onestop.put(dossier)
    talk.book.push(dossier)
    talk.book.bindings[talk.chat, CODE] = Binding(CODE, "hồ sơ hộ tịch", NOON + timedelta(days=90), following)
    return talk


async def invited(**more: object) -> Talk:
    talk = a_talk(**more)  # type: ignore[arg-type]
    await talk.happens(EVENT)
    return talk


SKIPPED = ("xong", *["bỏ qua"] * 4)
"""Past the reasons and the short questions, to a word more."""


def stars(talk: Talk) -> list[int]:
    return [rated.stars for _, _, rated in talk.book.ratings]
