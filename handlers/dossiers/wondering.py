"""What is asked of a dossier that this chat holds, without naming it: how far it is, why so long, what to bring.

::

    "bao giờ có kết quả", "xong chưa", "sao lâu thế" ──▶ where the dossier just shown stands, or the only one followed
    "tại sao trễ", "giờ phải làm gì", just shown as late ──▶ waiting.py
    "đi lấy cần mang gì" ──▶ what its result is handed over for
    "mang gì", while the desk waits for papers or money ──▶ what it waits for
    "ở đâu", "nộp thêm ở đâu", "mai có làm không" ──▶ the desk that has it, which need not be ours
    "thiếu giấy gì", "bản vẽ xin ở đâu" ──▶ what the desk waits for, and what is known of that paper

Without such a dossier these words are about a procedure, or ask for a code: the answer is left to others.
"""

from __future__ import annotations

import re

from handlers import locating, ways_on
from handlers.desk import Conversation, Desk, Step
from handlers.dossiers import tracking, waiting
from handlers.messages import Choice, Incoming, Outgoing
from handlers.naming import followed, held, office_of, procedure_of
from handlers.reading.intents import is_pressed
from handlers.states import Idle
from handlers.texts import tracking as texts
from handlers.texts.asking import paper_whole
from onestop.code import DossierCode
from onestop.dossier import Status
from procedures.finding.fold import syllables
from procedures.procedure import Document, Procedure

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
WHAT_IS_MISSING = re.compile(
    r"(?:con )?(?:phai |can )?(?:thieu|bo sung|nop them|nop bo sung)(?: them)?(?: nhung)? (?:gi|nao)(?: nua)?"
)
WHAT_TO_TAKE_ALONG = re.compile(
    r"(?:den |ra |di )?(?:can |phai )*(?:mang|cam|dem|dua|chuan bi)(?: theo| den| ra| di| nhung)* gi"
    r"(?: theo| den| ra| di| nua| khong)*"
)
ASKS_PLACE = re.compile(
    r"\b(?:dau|dia chi|may gio|gio (?:lam viec|mo cua)|mo cua|lam viec|co (?:lam|nghi)|(?:quay|noi|cho) nao|ban do"
    r"|dien thoai)\b"
)
OF_A_PLACE = FILLERS | frozenset(
    syllables(
        "o dau dia chi ban do may gio mo dong cua lam viec nghi quay noi cho nao so dien thoai phong bo phan mot tru so"
        " trung tam uy ban ubnd xa phuong hom mai mot thu hai tu nam sau bay nhat ngay sang chieu trua toi den ra di"
        " nop them bo sung lay nhan tra tien dong le phi duoc khong ko k co thi can phai dang nam"
    )
)
"""Syllables of a question about the desk itself; with any other it is about something else."""
OF_THE_DOSSIER = re.compile(r"ho so (?:cua )?(?:\w+ )?(?:dang |hien |nam )*o dau(?: roi)?(?: a| vay| the)*")
CERTIFIED = re.compile(r"\b(?:cong chung|chung thuc)\b")
OF_A_PAPER = frozenset(
    syllables(
        "o dau lam sao the nao nhu xin lay nop mua cap viet ghi can co phai khong ko duoc ban chinh goc photo hay may"
        " mau gi ra la nua con thieu bo sung them thi bao nhieu mat ai toi cua tai online qua mang"
    )
)
"""Syllables that ask something of a paper; what is left names it."""
TO_FETCH = re.compile(r"\b(?:di|den|ra|khi|luc) (?:lay|nhan)\b.*\b(?:mang|cam|dem|can) (?:\w+ ){0,3}gi\b")


async def typed(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | None:
    """The answer where a dossier is meant that this chat holds; None where none is, or something else is asked."""
    said = syllables(incoming.text)
    if is_pressed(incoming.text) or not incoming.private or not 0 < len(said) <= LONGEST:
        return None
    fetching, far, late = _asks_what_to_bring(" ".join(said)), _asks_how_far(said), waiting.read(_core(said))
    missing = WHAT_IS_MISSING.fullmatch(_core(said)) is not None
    named = frozenset() if missing else _named(said)
    along = WHAT_TO_TAKE_ALONG.fullmatch(_core(said)) is not None
    place = conversation.topic.dossier is not None and _asks_place(said)
    if not (fetching or far or late or missing or along or place or (named and conversation.topic.dossier)):
        return None
    about = await _meant(conversation, desk)
    if about is None:
        return None
    code = DossierCode.parse(about)
    just_shown = conversation.topic.dossier is not None
    if late is not None and just_shown and (told := await waiting.of_the_late(late, code, desk)) is not None:
        return told
    if fetching:
        return await _to_fetch(code, desk)
    if place:
        return await _desk_of(code, conversation, incoming, desk)
    if along:
        return await _to_take_along(code, desk)
    if far or late is waiting.Asks.NOW:
        return await tracking.stands(desk, code)
    return await _of_what_is_missing(named, code, desk)


def _asks_how_far(said: list[str]) -> bool:
    return HOW_FAR.fullmatch(_core(said)) is not None or OF_THE_DOSSIER.fullmatch(" ".join(said)) is not None


def _asks_place(said: list[str]) -> bool:
    folded = " ".join(said)
    if ASKS_PLACE.search(folded) is None or OF_THE_DOSSIER.fullmatch(folded) or HOW_FAR.fullmatch(_core(said)):
        return False
    if "giay" in said and "nop" not in said:
        return False  # where that paper is to be had is not where the desk is
    return all(word in OF_A_PLACE or word.isdigit() for word in said)


def _core(said: list[str]) -> str:
    return " ".join(word for word in said if word not in FILLERS)


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


def _named(said: list[str]) -> frozenset[str]:
    """The syllables that name a paper; none where one alone is left, which stands in too many names."""
    named = frozenset(CERTIFIED.sub("", " ".join(said)).split()) - FILLERS - OF_A_PAPER
    return named if len(named) > 1 else frozenset()


async def _of_what_is_missing(named: frozenset[str], code: DossierCode, desk: Desk) -> Step | None:
    """What the desk waits for: all of it, or the paper ``named``. None where it waits for none, or not for that."""
    seen = await desk.records.last_seen(code.canonical)
    dossier = None if seen is None else seen.dossier
    asked = None if dossier is None else dossier.open_supplement
    if dossier is None or asked is None:
        return None
    if not named:
        return await tracking.stands(desk, code)
    paper = next((paper for paper in asked.wanted if named <= set(syllables(paper))), None)
    if paper is None:
        return None
    procedure = procedure_of(dossier.procedure, desk)
    document = None if procedure is None else _document(procedure, named)
    page, phone = None if document is None else paper_whole(document), office_of(dossier.unit, desk).phone
    picks = (Choice(texts.label("detail"), f"status {code.canonical}"), ways_on.person())
    return Step(Idle(), (Outgoing(texts.missing_paper(code.printed, paper, page, phone), picks),))


def _document(procedure: Procedure, named: frozenset[str]) -> Document | None:
    """The paper of the procedure's page that goes by the same name."""
    documents = (document for case in procedure.cases for document in case.documents)
    return next((document for document in documents if named <= set(syllables(document.name))), None)


async def _desk_of(code: DossierCode, conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | None:
    """The desk that has the dossier; None where nothing but its code is known."""
    seen = await desk.records.last_seen(code.canonical)
    office = office_of(code.unit if seen is None or seen.dossier is None else seen.dossier.unit, desk)
    if not office.known:
        return None
    if locating.asks_hours(incoming.text):
        return locating.hours(conversation, desk, incoming.text, office)
    return locating.place(office, desk)


async def _to_take_along(code: DossierCode, desk: Desk) -> Step | None:
    """What the desk waits for, or what a result is handed over for; None where nobody has to go there."""
    seen = await desk.records.last_seen(code.canonical)
    match None if seen is None or seen.dossier is None else seen.dossier.status:
        case Status.NEEDS_PAPERS | Status.NEEDS_PAYMENT:
            return await tracking.stands(desk, code)
        case Status.FINISHED:
            return await _to_fetch(code, desk)
        case _:
            return None


async def _to_fetch(code: DossierCode, desk: Desk) -> Step:
    seen = await desk.records.last_seen(code.canonical)
    unit = None if seen is None or seen.dossier is None else seen.dossier.unit
    pick = Choice(texts.label("detail"), f"status {code.canonical}")
    return Step(Idle(), (Outgoing(texts.to_fetch(code.printed, office_of(unit, desk).phone), (pick,)),))
