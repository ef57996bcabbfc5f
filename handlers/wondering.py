"""What is asked of a dossier that this chat holds, without naming it: how far it is, why so long, what to bring.

::

    "bao giờ có kết quả", "xong chưa", "sao lâu thế" ──▶ where the dossier just shown stands, or the only one followed
    "đi lấy cần mang gì" ──▶ what its result is handed over for

Without such a dossier these words are about a procedure, or ask for a code: the answer is left to others.
"""

from __future__ import annotations

import re

from handlers import tracking
from handlers.desk import Conversation, Desk, Step
from handlers.messages import Choice, Incoming, Outgoing
from handlers.naming import followed, held, office_of
from handlers.reading.intents import is_pressed
from handlers.states import Idle
from handlers.texts import tracking as texts
from onestop.code import DossierCode
from procedures.fold import syllables

FILLERS = frozenset(
    syllables(
        "a oi da vang em toi minh chau bac chu anh chi ong ba ad vay nhi nhe nha ha thi ma la ay do nay kia"
        " cho hoi biet giup gium voi cua ho so giay to ket qua viec cai"
    )
)
"""Syllables that change nothing of the question, wherever they stand."""
LONGEST = 14
"""Syllables; who writes more asks more."""
WHEN = r"(?:bao gio|khi nao|chung nao|luc nao|hom nao|ngay nao|(?:con )?bao lau nua|con bao lau|may ngay nua)"
DONE = r"(?:xong|lam xong|co|ra|duoc|tra|(?:duoc |den |di |ra )?(?:lay|nhan)(?: duoc)?)"
SLOW = r"(?:lau|cham|tre|mai)"
HOW_FAR = re.compile(
    rf"(?:con )?(?:{WHEN}(?: moi)?(?: {DONE})?|(?:da )?{DONE}(?: roi)? chua|(?:van )?chua {DONE}|(?:den )?dau roi"
    rf"|the nao(?: roi)?|sao roi|lau(?: nua)? (?:khong|ko|k)|(?:lau|cham)(?: the)?"
    rf"|(?:sao|tai sao|vi sao|lam gi|ly do)(?: lai)?(?: lam)? {SLOW}(?: the)?(?: chua {DONE})?"
    rf"|(?:sao|tai sao|vi sao) (?:mai |van )*chua {DONE})"
)
WHAT_TO_BRING = re.compile(r"\b(?:mang|cam|dem|can) (?:\w+ ){0,3}gi (?:\w+ ){0,2}(?:di |den |ra )?(?:lay|nhan)\b")
TO_FETCH = re.compile(r"\b(?:di|den|ra|khi|luc) (?:lay|nhan)\b.*\b(?:mang|cam|dem|can) (?:\w+ ){0,3}gi\b")


async def typed(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | None:
    """The answer where a dossier is meant that this chat holds; None where none is, or something else is asked."""
    said = syllables(incoming.text)
    if is_pressed(incoming.text) or not incoming.private or not 0 < len(said) <= LONGEST:
        return None
    fetching = _asks_what_to_bring(" ".join(said))
    if not fetching and not _asks_how_far(said):
        return None
    about = await _meant(conversation, desk)
    if about is None:
        return None
    code = DossierCode.parse(about)
    return await _to_fetch(code, desk) if fetching else await tracking.stands(desk, code)


def _asks_how_far(said: list[str]) -> bool:
    core = " ".join(word for word in said if word not in FILLERS)
    return HOW_FAR.fullmatch(core) is not None


def _asks_what_to_bring(said: str) -> bool:
    return WHAT_TO_BRING.search(said) is not None or TO_FETCH.search(said) is not None


async def _meant(conversation: Conversation, desk: Desk) -> str | None:
    """The dossier just shown, where it is still held; else the only one followed, where nothing else was spoken of."""
    about = conversation.topic.dossier
    if about is not None:
        return about if await held(desk, about) is not None else None
    if conversation.topic.procedure is not None:
        return None
    mine = await followed(desk)
    return mine[0].dossier if len(mine) == 1 else None


async def _to_fetch(code: DossierCode, desk: Desk) -> Step:
    seen = await desk.records.last_seen(code.canonical)
    unit = None if seen is None or seen.dossier is None else seen.dossier.unit
    pick = Choice(texts.label("detail"), f"status {code.canonical}")
    return Step(Idle(), (Outgoing(texts.to_fetch(code.printed, office_of(unit, desk).phone), (pick,)),))
