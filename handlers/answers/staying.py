"""Whether a few words that name nothing else are still about what was spoken of: "có gấp được không". Pure.

The search reads each message alone, so "bao lâu phải đi khai" after a death looks like a birth. A short message stays
with its topic where the search is not sure of another procedure, or where every word of it is one that any question
holds or that the topic is called by; and never where it calls something else by its name.
"""

from __future__ import annotations

import re
from functools import lru_cache

from handlers.answers.continuing import LONGEST_FURTHER, of_a_fine
from handlers.desk import Desk
from handlers.guides.guiding import case_named
from handlers.reading.said import said
from procedures.finding.facets import Facet, facets
from procedures.finding.fold import accented, pairs, syllables
from procedures.national.listed import Findable
from procedures.procedure import Procedure
from procedures.search import Answer, Ask, Decision, Unknown

SURE = 0.7
"""The least score of an answer about something else that is believed although no name of it is said."""
LIKELY = 0.3
"""The same of what would be asked back about."""
WITH_ITS_NAME = 0.5
"""The least score of the topic once it is named before the words."""
NO_KIND = frozenset(("", "vague"))
"""Kinds of the lines outside that a question about something that was named is like too."""
STRANGE_BESIDE_A_FACT = 1
"""Words of its own that a message may hold and still ask for a fact of the topic: "thịt heo mua ở đâu" has three."""
FAR = re.compile(r"\b(?:ve (?:que|xa cu|noi cu|tan)|(?:o|tan) xa|tinh khac|khac tinh|(?:xa|phuong|noi) khac)\b")
SOON = re.compile(
    r"\bgap (?:lam|qua)\b|\b(?:gap|nhanh|lien|ngay|som|luon) (?:\w+ )?(?:duoc|dc)? ?(?:khong|ko|k|hong|hem)\b"
)
OF_ANYTHING = frozenset(("vo chong", "cha me", "bo me", "nguoi nha", "nguoi khac", "tre em")) | frozenset(
    ("giay phep", "chung nhan", "giay chung", "dang ky", "xac nhan", "cap lai", "lam lai", "to khai")
)
"""Pairs of syllables in so many names that they name nothing."""


def stays(text: str, topic: Procedure, decision: Decision[Findable], desk: Desk) -> bool:
    """Whether it is about the topic, whatever the search found for the words alone."""
    words = syllables(text)
    if len(words) > LONGEST_FURTHER or not _asks(words):
        return False
    match decision:
        case Answer(hit):
            others = [hit.procedure]
            sure = hit.score >= SURE and bool(_strange(words, topic))
        case Ask(hits, _, elsewhere):
            case = case_named(topic, text)
            others = [] if case else [each.procedure for each in hits if each.procedure.code != topic.code]
            others += [desk.national[code] for code in elsewhere if code in desk.national]
            believed = hits[0].score >= LIKELY and hits[0].procedure.code != topic.code
            sure = believed and bool(_strange(words, topic)) and not (asks_where(text) or case)
        case Unknown(kind, elsewhere, is_sure):
            others = [desk.national[code] for code in elsewhere if code in desk.national]
            of_it = kind in NO_KIND or (others and not is_sure) or bool(meant(text)) or asks_a_fact(text, topic)
            sure = not of_it or not all(map(desk.index.knows, _strange(words, topic)))
    if sure or any(each.code == topic.code or _is_named(each, text, topic) for each in others):
        return False
    best = next(iter(desk.index.search(f"{topic.plain} {text}", 1)), None)
    if best is None or best.procedure.code != topic.code:
        return False
    return best.score >= WITH_ITS_NAME or bool(meant(text))


def meant(text: str) -> tuple[Facet, ...]:
    """The fact that it asks for without naming it: a fine, where one may hand in, how soon."""
    if of_a_fine(text):
        return (Facet.FEE,)
    return (Facet.WHERE,) if asks_where(text) else (Facet.TIME,) if asks_how_soon(text) else ()


def asks_a_fact(text: str, topic: Procedure) -> bool:
    """Whether there is little in it beside the words that ask for a fact."""
    return len(_strange(syllables(text), topic)) <= STRANGE_BESIDE_A_FACT


def asks_where(text: str) -> bool:
    """ "tôi ở Sài Gòn có cần về quê không": who lives elsewhere asks where it may be handed in."""
    return FAR.search(" ".join(syllables(text))) is not None


def asks_how_soon(text: str) -> bool:
    """ "có gấp được không"."""
    return SOON.search(" ".join(syllables(text))) is not None


def asks_whether(text: str) -> bool:
    """ "có cần hai đứa cùng đi không": a condition may answer it."""
    return Facet.CONDITIONS in facets(text)


def _asks(words: list[str]) -> bool:
    """Whether one of them is of those that ask, or an age: "đổi tên" and "visa" only name."""
    return any(word.isdigit() or word in said().of_a_topic - said().fillers for word in words)


def _strange(words: list[str], topic: Procedure) -> list[str]:
    table = said()
    return [word for word in words if word not in table.of_a_topic | table.fillers | _words_of(topic)]


def _is_named(found: Findable, text: str, topic: Procedure) -> bool:
    """Whether two words in a row call the other one by its name, with their accents where they were typed."""
    spoken = accented(text)
    table = _accented_pairs_of if spoken != syllables(text) else _pairs_of
    ours = {pair for pair in pairs(spoken) if not said().of_a_topic.issuperset(syllables(pair))}
    return any(" ".join(syllables(pair)) not in OF_ANYTHING for pair in (ours & table(found)) - table(topic))


@lru_cache(1024)
def _pairs_of(found: Findable) -> frozenset[str]:
    return frozenset(pair for name in _names(found) for pair in pairs(syllables(name)))


@lru_cache(1024)
def _accented_pairs_of(found: Findable) -> frozenset[str]:
    return frozenset(pair for name in _names(found) for pair in pairs(accented(name)))


def _names(found: Findable) -> tuple[str, ...]:
    return (found.name, found.plain, *found.aliases)


@lru_cache(256)
def _words_of(found: Findable) -> frozenset[str]:
    return frozenset(word for name in (found.name, found.plain) for word in syllables(name))
