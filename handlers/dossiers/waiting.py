"""What is asked of a late dossier by who was just shown where it stands: why, until when, what to do now.

::

    "tại sao trễ", "ai làm trễ" ──▶ the reason as the desk wrote it    ─┐
    "bao giờ mới xong"          ──▶ the new day, or that there is none ─┼─▶ where it lies, whom to ask, one's right
    "giờ tôi phải làm gì"       ──▶ that nothing is to be handed in    ─┘

It is looked up anew: the same whole answer a second time would answer none of them.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import assert_never

from handlers import ways_on
from handlers.desk import BackendDown, Desk, Extension, NotConnected, Seen, Step
from handlers.dossiers import linking, status
from handlers.messages import Choice, Outgoing
from handlers.naming import marked, office_of, topic_of
from handlers.states import Idle
from handlers.texts import extending, greeting
from handlers.texts import tracking as tracking_texts
from handlers.texts import waiting as texts
from onestop.code import DossierCode
from onestop.days.calendar import vietnam
from onestop.dossier import AT_WORK, Dossier

LATE = r"(?:lai|lam|bi|mai|van|chua|xong|hen|lau|cham|tre|lo)"


class Asks(Enum):
    """What is asked of a lateness."""

    WHY = auto()
    WHEN = auto()
    NOW = auto()


READ_AS = (
    (
        Asks.WHY,
        re.compile(
            rf"(?:(?:tai|vi) sao|(?:vi )?ly do(?: gi)?)(?: {LATE})*|(?:sao|lam sao|lam gi)(?: {LATE})+"
            r"|ai lam(?: cham| tre| lau)?|(?:loi|tai|do|trach nhiem)(?: o| thuoc| ve| tai| do)* ai|ai chiu trach nhiem"
            r"|(?:bi |dang )*(?:vuong|ket|mac|tac)(?: o)? (?:gi|dau|khau nao|cho nao)"
        ),
    ),
    (
        Asks.WHEN,
        re.compile(
            r"(?:bao gio|khi nao|chung nao|luc nao|hom nao|ngay nao|(?:con )?bao lau nua|may ngay nua)"
            r"(?: moi| co| duoc| xong| lay| tra| nhan| hen| lai)*|(?:co )?ngay hen moi(?: chua| khong)*"
        ),
    ),
    (
        Asks.NOW,
        re.compile(
            r"(?:gio |bay gio )?(?:phai |can |nen |biet )*lam (?:gi|sao|the nao)(?: gio| bay gio| tiep| nua| day)*"
        ),
    ),
)


def read(core: str) -> Asks | None:
    """What the folded words, without politeness, ask of a lateness."""
    return next((asks for asks, words in READ_AS if words.fullmatch(core)), None)


async def of_the_late(asks: Asks, code: DossierCode, desk: Desk) -> Step | None:
    """The answer about a dossier that is late now; None where it is not, waits for the citizen, or cannot be seen."""
    try:
        seen = await desk.onestop.look_up(code.printed)
    except (BackendDown, NotConnected):
        return None
    dossier = seen.dossier
    if dossier is None or seen.down:
        return None
    if dossier.status not in AT_WORK or not dossier.is_late(desk.now) or linking.waiting(dossier) is not None:
        return None
    new_day = await desk.records.extension(code.canonical)
    extension = new_day if new_day is not None and status.in_force(new_day, dossier) else None
    said = _said(asks, code, dossier, extension, seen, desk)
    picks = (Choice(greeting.label_petition(), "petition"), ways_on.person())
    return Step(Idle(), (Outgoing(said, picks),), topic=topic_of(dossier, desk))


def _said(asks: Asks, code: DossierCode, dossier: Dossier, extension: Extension | None, seen: Seen, desk: Desk) -> str:
    phone, days = office_of(dossier.unit, desk).phone, dossier.days_late(desk.now, vietnam())
    place = linking.place(dossier, desk) or dossier.agency
    lines = [_first(asks, code.printed, days, linking.late_reason(dossier, desk), extension)]
    if extension is not None:
        lines.append(extending.promised(extension.day, desk.today, extension.reason))
    lines += [] if place is None else [tracking_texts.at_work(place)]
    return marked("\n".join([*lines, texts.ask(phone), texts.right(), tracking_texts.as_of(seen.as_of)]), desk)


def _first(asks: Asks, code: str, days: int, reason: str | None, extension: Extension | None) -> str:
    match asks:
        case Asks.NOW:
            return texts.nothing_to_do(code, days)
        case _ if extension is not None:  # it says the new day and its reason itself
            return texts.late(code, days)
        case Asks.WHY:
            return texts.why(code, days, reason)
        case Asks.WHEN:
            return texts.no_new_day(code, days)
        case _:
            assert_never(asks)
