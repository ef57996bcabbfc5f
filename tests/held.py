"""Chats that know a dossier, for tests: not yet proved, proved, followed."""

from __future__ import annotations

from datetime import timedelta

from onestop.dossier import Status, Supplement
from tests.fakes import NOON, Talk, a_dossier

CODE = "H99.07-261116-0007"
OLD = "000.00.07.H99-261116-0007"
SUPPLEMENT = Supplement("Bổ sung", ("Giấy chứng sinh", "Tờ khai"), asked_at=NOON - timedelta(days=1))


def a_talk(status: Status = Status.IN_PROGRESS, **more: object) -> Talk:
    """A chat and a backend that knows one dossier, pushed as well."""
    talk = Talk()
    dossier = a_dossier(CODE, status, **more)
    talk.onestop.put(dossier)
    talk.book.push(dossier)
    return talk


async def proved(status: Status = Status.IN_PROGRESS, **more: object) -> Talk:
    talk = a_talk(status, **more)
    await talk.says(f"{CODE} 4821")
    return talk


async def following(status: Status = Status.IN_PROGRESS, **more: object) -> Talk:
    talk = await proved(status, **more)
    await talk.says(f"follow {CODE}")
    await talk.says("có")
    return talk
