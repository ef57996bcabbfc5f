"""What only makes sense after what was said: "còn lệ phí?", "người nước ngoài thì sao", "nhờ em tôi nộp thay". Pure.

Each asks one thing of a message: whether it names nothing of its own, which sibling it means, whether it asks of
another place or of another person who goes. ``asking`` decides what is said.
"""

from __future__ import annotations

import re
import unicodedata

from handlers.answers.answering import Asked
from handlers.desk import Conversation, Desk
from handlers.reading.said import said
from handlers.texts.format import ended, sentence_case
from procedures.finding.facets import Facet
from procedures.finding.fold import syllables
from procedures.national.listed import Findable
from procedures.procedure import Document, Procedure
from procedures.search import CHOICES, FOUND

LONGEST_FURTHER = 12
"""Syllables of a question about the same matter in another case."""
SUREST_FURTHER = 0.5
"""The least score of the sibling that it means."""
FURTHER = re.compile(
    r"^\s*(?:(?:à|dạ|ừ|vậy|thế|còn|nếu|a|da|u|vay|the|con|neu|trường hợp|truong hop)\s+)+(?=\S)"
    r"|\s+(?:thì|thi)\s+(?:sao|thế nào|the nao|làm sao|lam sao)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
"""What it begins or ends with: "còn người nước ngoài thì sao"."""

_SPOT = (
    r"(?:(?:cho|noi|xa|phuong|tinh|thanh pho|dia phuong|que)(?: (?:nay|khac|cu|moi|minh|em|toi|tui|dang|o|tro|tam tru|"
    r"thuong tru|lam viec|sinh song|song|hien tai|nao))*|tam tru|thuong tru)"
)
_AROUND = r"(?:the|vay|roi|con|co|em|toi|tui|minh|thi|da|duoc|dc|khong|ko|k|hong|hem|a|ha|nhe|cung|luon|di|gio)"
ANOTHER_PLACE = re.compile(rf"(?:{_AROUND} )*(?:nop|lam|xin) (?:o|tai) {_SPOT}(?: {_AROUND})*")
"""The whole of "nộp ở chỗ tạm trú được không", folded."""

LESS = re.compile(
    r"(?:\w+ ){0,6}(?:co |duoc )+(?:mien|giam)(?: (?:phi|le phi|tien|bot|gia|khong mat tien))*"
    r"(?: (?:khong|ko|k|hong|hem|chua|a|gi|dc|duoc))+"
)
"""The whole of "sinh viên có được giảm không", folded."""

FINED = re.compile(
    r"\b(?:bị phạt|tiền phạt|phạt tiền|xử phạt|nộp phạt|đóng phạt|bi phat(?! hien)|tien phat|nop phat|dong phat"
    r"|(?:phạt|phat) (?:bao nhiêu|nhiêu|mấy|không|hông|ko|k|bao nhieu|nhieu|may|khong)\b)"
)
"""A fine is asked about; with its accent ("phát tiền" is another thing), or without any."""
_FINE_ALONE = re.compile(
    rf"(?:(?:{_AROUND}|bi|nop|dong|tre|muon|cham|qua|han|tu|lam|dang|ky|tien|mac) )*phat"
    r"(?: (?:tien|gi|bao|nhieu|may|khong|ko|k|hong|hem|dong|nua|a|ha|roi|vay))*"
)
"""The whole of "trễ có bị phạt không", folded."""

VALID = re.compile(
    r"\b(?:co gia tri|co hieu luc|co han|han dung|han su dung|xai duoc|dung duoc)"
    r" (?:(?:la|su dung|trong|duoc) )*(?:may|bao (?:lau|nhieu)|toi khi nao|den khi nao)\b"
    r"|\bthoi han (?:\w+ )?(?:may|bao nhieu|bn) nam\b"
)
"""How long a paper is good for is asked about, folded: another thing than how long it takes."""
DEADLINE = re.compile(
    r"\b(?:bao lau|(?:may|bao nhieu|bn) (?:ngay|thang|nam)|khi nao|chung nao|bao gio|tre nhat) (?:\w+ ){0,3}"
    r"phai (?:di |ra )?(?:khai|lam|dang ky|doi|bao|nop)\b"
    r"|\bphai (?:di |ra )?(?:khai|lam|dang ky|doi|bao|nop) (?:\w+ ){0,3}trong (?:vong )?(?:bao lau|may|bao nhieu)\b"
    r"|\b(?:bao lau|may (?:ngay|thang)) (?:\w+ ){0,2}(?:bi |la |thi )?(?:tre han|qua han)\b|\bhan chot\b"
)
"""By when one has to go is asked about, folded: another thing than how long the desk takes."""
TOLD_DEADLINE = re.compile(
    r"\b(?:trong|trước) (?:vòng )?\d+ (?:ngày|tháng|năm)|\d+ (?:ngày|tháng) trước", re.IGNORECASE
)
AREA = re.compile(r"\b(?:bao nhieu|may|toi thieu) (?:\w+ )?(?:m2|met|sao dat|cong dat)\b|\bdien tich toi thieu\b")
_THAT_ONE = re.compile(r"\b(?:giay|cai|to|the|so|ban) (?:do|nay|ay|kia)\b")

_WHO = r"(?:nguoi khac|nguoi nha|nguoi than|nguoi quen|vo|chong|con|em|anh|chi|bo|ba|cha|me|ong|chau|luat su|ai)"
_FOR_ONE = (
    r"(?:thay mat|thay(?! doi)|ho(?! (?:khau|chieu|ngheo|can|tich|so|kinh|gia|tro|dan|lap))|giup(?! do)|gium|dum)"
)
_RELATIVE = (
    r"(?:vo|chong|con|bo|ba|cha|me|ma|ong|chau|nguoi (?:nha|than|khac)|(?:anh|em) (?:trai|gai|ruot|re)|chi (?:gai|dau))"
    r"(?: (?:chau|noi|ngoai|trai|gai|toi|tui|em|minh))*"
)
ANOTHER_PERSON = re.compile(
    rf"\b(?:uy quyen (?:\w+ ){{0,2}}{_WHO}|nho (?:\w+ )?{_WHO} (?:\w+ ){{0,2}}(?:di|nop|lam|lay|nhan)"
    rf"|{_WHO} (?:\w+ ){{0,2}}(?:di |nop |lam |lay |nhan ){{1,2}}{_FOR_ONE}"
    rf"|(?:nop|lam|di|lay|nhan) {_FOR_ONE} (?:duoc|dc|co)"
    rf"|{_RELATIVE} (?:di |ra )(?:khai|nop|lam|lay|nhan) (?:\w+ )?(?:duoc|dc) (?:khong|ko|k|hong|hem))\b"
)
"""Somebody else goes in one's place, folded."""
OF_ITS_OWN = re.compile(
    r"\b(?:giay|hop dong|van ban|mau|viet|chung thuc|cong chung) (?:\w+ )?uy quyen\b"
    r"|\buy quyen (?:\w+ ){0,4}(?:ban|mua|dat|dung ten|vay|rut|quan ly|trong coi|xe|cong ty)\b"
)
"""The paper of authorisation itself is asked for, or power over something: a matter of its own."""
STANDS_IN = re.compile(r"\b(?:ủy quyền|uỷ quyền|người làm thay|nhờ người|đi thay|có mặt)\b", re.IGNORECASE)


def names_nothing(text: str) -> bool:
    """Whether every word of it asks about something else that was named: "thế còn lệ phí bao nhiêu?"."""
    return all(word in said().of_a_topic for word in syllables(text))


def asks_of_what_was_said(text: str, asked: tuple[Facet, ...]) -> tuple[Facet, ...]:
    """The facets that it asks of what was spoken of, where it is about nothing else; ``asked``: those in its words."""
    if names_nothing(text):
        return asked
    if of_another_place(text):
        return (Facet.WHERE,)
    if of_validity(text) and _THAT_ONE.search(" ".join(syllables(text))):
        return (Facet.RESULT,)
    return (Facet.FEE,) if of_less_to_pay(text) or (of_a_fine(text) and _is_all_of_a_fine(text)) else ()


def untold(text: str) -> str | None:
    """The key of the name of what is asked and no source tells: a fine, how long a paper is good for, how large a plot
    has to be."""
    if AREA.search(" ".join(syllables(text))):
        return "fact.area"
    return "fact.fine" if of_a_fine(text) else "fact.validity" if of_validity(text) else None


def of_a_deadline(text: str) -> bool:
    """ "bao lâu phải đi khai"; not "bao lâu thì xong"."""
    return DEADLINE.search(" ".join(syllables(text))) is not None


def deadline_of(procedure: Procedure) -> str | None:
    """The words in which the source says by when one has to go; None where it does not."""
    clauses = (clause for each in (procedure.summary or "", *procedure.conditions) for clause in each.split(";"))
    found = next((clause for clause in clauses if TOLD_DEADLINE.search(clause)), None)
    return None if found is None else ended(sentence_case(found.strip()))


def of_validity(text: str) -> bool:
    """ "giấy độc thân có giá trị mấy tháng"; not "thời hạn bao lâu"."""
    return VALID.search(" ".join(syllables(text))) is not None


def of_another_place(text: str) -> bool:
    """ "nộp ở chỗ tạm trú được không"."""
    return ANOTHER_PLACE.fullmatch(" ".join(syllables(text))) is not None


def of_less_to_pay(text: str) -> bool:
    """ "sinh viên có được giảm không"."""
    return LESS.fullmatch(" ".join(syllables(text))) is not None


def of_a_fine(text: str) -> bool:
    """ "khai sinh trễ có bị phạt không"."""
    return FINED.search(unicodedata.normalize("NFC", text).lower()) is not None


def _is_all_of_a_fine(text: str) -> bool:
    return _FINE_ALONE.fullmatch(" ".join(syllables(text))) is not None


def of_another_person(text: str) -> bool:
    """ "ủy quyền cho em gái đi làm được không"; not "viết giấy ủy quyền"."""
    folded = " ".join(syllables(text))
    return ANOTHER_PERSON.search(folded) is not None and OF_ITS_OWN.search(folded) is None


def stands_in(asked: Asked) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """The papers and conditions that say something of who goes for somebody else, of the case or of all."""
    cases = [each for each in asked.procedure.cases if asked.case in (None, each.key)]
    papers = [each for case in cases for each in case.documents if STANDS_IN.search(f"{each.name} {each.note or ''}")]
    told = [each for each in asked.procedure.conditions if STANDS_IN.search(each)]
    return tuple(dict.fromkeys(papers)), tuple(told) if Facet.CONDITIONS not in asked.hidden else ()


def of_a_variant(text: str, topic: Procedure, desk: Desk) -> Procedure | None:
    """ "người nước ngoài thì sao": the sibling of what was spoken of that this means; None where it is no such
    question, or begins a new subject.
    """
    asked = FURTHER.sub("", unicodedata.normalize("NFC", text))
    if asked == text or len(syllables(text)) > LONGEST_FURTHER or names_nothing(asked):
        return None
    best = next(iter(desk.index.search(f"{topic.plain} {asked}", 1)), None)
    if best is None or best.score < SUREST_FURTHER or not isinstance(best.procedure, Procedure):
        return None
    meant = best.procedure
    return meant if meant.field == topic.field and meant is not topic else None


def kin(text: str, topic: Procedure, desk: Desk) -> list[Findable]:
    """ "còn con tôi 5 tuổi": what it may mean of the field that was spoken of; none where it is no such question."""
    asked = FURTHER.sub("", unicodedata.normalize("NFC", text))
    if asked == text or len(syllables(text)) > LONGEST_FURTHER:
        return []
    found = [hit.procedure for hit in desk.index.search(asked, FOUND)]
    near = [each for each in found if isinstance(each, Procedure) and each.field == topic.field and each is not topic]
    return [near[0], topic, *near[1 : CHOICES - 1]] if near else []


def still_open(conversation: Conversation, desk: Desk) -> list[Findable]:
    """What the question back that is open offers; none where none is."""
    codes = [each.says.partition(" ")[2] for each in conversation.offered if each.key in ("1", "2", "3")]
    asks = all(each.says.split(" ")[0].split("+")[0] in ("about", "other") for each in conversation.offered)
    if not codes or not asks:
        return []
    found = (desk.catalog.by_code(code) or desk.national.get(code) for code in codes)
    return [each for each in found if each is not None]


def left_over(conversation: Conversation) -> tuple[str, ...]:
    """The codes that "Không phải" of the question back offers next."""
    says = next((each.says for each in conversation.offered if each.says.startswith("other")), "")
    return tuple(says.split(" ")[1:])
