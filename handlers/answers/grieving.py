"""A death in the family: when a line of condolence leads the answer, once. Pure.

Papers after a death are marked in the catalog (``tone: grief``). Beside them a citizen may say it: "ba em mất rồi thì
sổ đỏ sang tên làm sao". "Mất" is also to lose: only who is said to have died counts, never what was lost.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from msgspec.structs import replace

from handlers.desk import Conversation, Desk, Step
from handlers.texts import asking as texts
from handlers.texts import greeting
from procedures.finding.fold import fold, syllables
from procedures.national.listed import Findable
from procedures.procedure import Case, Procedure, Tone

_OF_US = r"(?:tôi|tui|em|mình|cháu|con|anh|chị|nó|vợ|chồng|bác|cô|chú|toi|minh|chau|nhà (?:tôi|tui|em|mình))"
_ELDER = (
    r"(?:ba|bố|cha|mẹ|má|tía|vợ|chồng|ông|bà|cụ|bo|me|vo|chong|ong)(?: (?:nội|ngoại|cụ|già|noi|ngoai|gia))?"
    rf"(?: {_OF_US})?"
)
_OTHER = (
    r"(?:(?:con|cháu|chau) (?:trai|gái|gai|rể|dâu|nội|ngoại|noi|ngoai)"
    rf"|(?:anh|chị|em|chi) (?:trai|gái|ruột|gai|ruot|rể|dâu))(?: {_OF_US})?"
)
_OURS = r"(?:con|cháu|em|anh|chị) (?:tôi|tui|mình|toi)"
_BEING = (
    r"(?: (?:là|la) (?:(?:thương|bệnh|cựu chiến) binh|thuong binh|người có công|nguoi co cong|liệt sĩ|cán bộ hưu))?"
)
_HOW = r"(?: (?:vừa|mới|đã|vua|moi|da|bị|bi|bệnh|tai nạn))*"
_THEN = (
    r"(?= (?:rồi|thì|hôm|năm|tháng|ngày|tuần|do|vì|vừa|được|để lại|lúc|mà|nên|khi|sớm"
    r"|roi|thi|hom|nam|thang|ngay|tuan|vi|duoc|de lai)\b| ,|$)"
)
_NEWBORN = (
    r"(?:con|bé|cháu|be|chau)(?: \w+){0,2} (?:sinh|sanh|đẻ|de)(?: (?!giấy|giay|thẻ|the|sổ|so)\w+){0,6} "
    r"(?:thì|rồi|đã|là|thi|roi|da|la)"
)
DIED = re.compile(
    rf"\b(?:(?:{_ELDER}|{_OTHER}|{_OURS}){_BEING}{_HOW}|{_NEWBORN}) "
    rf"(?:qua đời|từ trần|qua doi|tu tran|(?:hỏa|hoả|mai|an) táng|hoa tang|(?:mất|chết|mat|chet){_THEN})"
    r"|\b(?:sảy|sẩy|say) thai\b|\bthai (?:chết )?lưu\b|\bthai luu\b"
)
AT_SCHOOL = re.compile(r"\b(?:chau|con|em|be) (?:\w+ ){0,6}lop (?:[1-9]|1[0-2])\b")
ALONE = re.compile(
    r"\bmo coi\b|\bkhong (?:con )?ai nuoi\b"
    r"|\b(?:bo|ba|cha|me|ma) (?:\w+ ){0,2}(?:mat|chet|bo di|bo nha|bo chau|di tu)\b"
)
OF_DEATH = re.compile(
    r"\b(?:mai tang|chon cat|hoa tang|tuat|khai tu|chung tu|bao tu|chet|mat|qua doi|tu tran|dam ma|dam tang)\b"
)
_DEAD = re.compile(r"(?:mất|mat)$")
INHERITED, WILL = "thua ke", "di chuc"
NOT_YET = re.compile(r"\b(?:sợ|nếu|lỡ|nhỡ|mai mốt|sau này|khi nào|neu|mai mot|sau nay)\b")


def is_a_child_alone(text: str) -> bool:
    """ "cháu học lớp 7, bố mất rồi mẹ bỏ đi, cháu ở với bà"."""
    folded = " ".join(syllables(text))
    return AT_SCHOOL.search(folded) is not None and ALONE.search(folded) is not None


def speaks_of_a_death(text: str) -> bool:
    """Whether somebody of the citizen's family is said to have died."""
    words = _words(text)
    return DIED.search(words) is not None and NOT_YET.search(words) is None


def in_plain_words(text: str) -> str:
    """The text with a death called so: "ba em mất rồi thì sổ đỏ sang tên" is no question about a lost paper."""
    if not speaks_of_a_death(text):
        return text
    return DIED.sub(lambda found: _DEAD.sub("qua đời", found[0]), _words(text))


def inherited(procedure: Procedure, text: str) -> Case | None:
    """The case of what is inherited, where somebody died and no other case is called by its name."""
    if not speaks_of_a_death(text):
        return None
    said = fold(text)
    if any(fold(case.name) in said for case in procedure.cases):
        return None
    return next((case for case in procedure.cases if INHERITED in fold(case.name)), None)


def is_too_late(found: Findable, text: str) -> bool:
    """Whether it is done by who still lives: after a death "để lại đất" speaks of what is inherited, not of a will."""
    return WILL in fold(found.plain) and speaks_of_a_death(text)


def condoles(procedure: Procedure, conversation: Conversation, desk: Desk) -> bool:
    """Whether a line of condolence is due: the first words about a death, once."""
    return procedure.tone is Tone.GRIEF and not _said_before(conversation, desk)


def living_first(found: Sequence[Findable], text: str) -> list[Findable]:
    """What is offered, that after a death last where the words hold none: who asks for a mother's allowance does not
    want to read of her funeral first."""
    if OF_DEATH.search(" ".join(syllables(text))):
        return list(found)
    return sorted(found, key=lambda each: isinstance(each, Procedure) and each.tone is Tone.GRIEF)


def with_condolence_over(
    found: Sequence[Findable], step: Step, text: str, conversation: Conversation, desk: Desk
) -> Step:
    """The question back, with the line before it where a death is in its words and in most of what it offers: who asks
    for a living mother's allowance is offered a funeral's too."""
    grieving = [isinstance(each, Procedure) and condoles(each, conversation, desk) for each in found]
    due = bool(grieving) and grieving[0] and sum(grieving) > 1 and OF_DEATH.search(" ".join(syllables(text)))
    return _led(step) if due else step


def with_condolence(step: Step, text: str, conversation: Conversation, desk: Desk) -> Step:
    """The answer to a message that speaks of a death begins with a line of condolence, if none was said yet."""
    if not step.say or step.say[0].text.startswith(texts.condolence()) or not speaks_of_a_death(text):
        return step
    if _said_before(conversation, desk):
        return step
    return _led(step)


def _led(step: Step) -> Step:
    first = replace(step.say[0], text=f"{texts.condolence()}\n{step.say[0].text}")
    return replace(step, say=(first, *step.say[1:]))


def with_help_for_a_child(step: Step, text: str, phone: str | None) -> Step:
    """The answer begins with whom a child without parents calls; only condolence stands before it."""
    if not step.say or not is_a_child_alone(text):
        return step
    lead, rest = split(step.say[0].text)
    first = replace(step.say[0], text=f"{lead}{greeting.child_alone(phone)}\n{rest}")
    return replace(step, say=(first, *step.say[1:]))


def split(text: str) -> tuple[str, str]:
    """The line of condolence that leads ``text`` ("" where none does), and what follows it."""
    lead = f"{texts.condolence()}\n"
    return (lead, text.removeprefix(lead)) if text.startswith(lead) else ("", text)


def _said_before(conversation: Conversation, desk: Desk) -> bool:
    """Whether what was spoken of last, or the question back that is open, was about a death."""
    offered = next((each.says for each in conversation.offered if each.key == "1"), "")
    about, _, code = offered.partition(" ")
    codes = [conversation.topic.procedure, code if about.split("+")[0] == "about" else None]
    found = (None if each is None else desk.catalog.by_code(each) for each in codes)
    return any(each is not None and each.tone is Tone.GRIEF for each in found)


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+|,", unicodedata.normalize("NFC", text).lower()))
