"""Talk that is no question about a procedure: anger, scams, a fire, a joke. The words stand in ``said.yaml``."""

from __future__ import annotations

import re
from enum import Enum

from handlers.reading.said import readings, said
from procedures.finding.fold import syllables


class Talk(Enum):
    """Kinds of talk, each with its own answer. The value is the name of its words in ``said.yaml``."""

    EMERGENCY = "emergency"
    CRISIS = "crisis"
    SCAM = "scam"
    ANGER = "anger"
    INSULT = "insult"
    UNREAD = "unread"
    OFFICIAL = "official"
    PETITION = "petition"
    LAND = "land"
    LOVE = "love"
    LAUGH = "laugh"
    WRONG_PLACE = "wrong_place"
    WHO = "who"
    LEADER = "leader"
    QUEUE = "queue"
    PAPERS_HERE = "papers_here"
    NUMBER = "number"
    ENGLISH = "english"
    INJECTION = "injection"


URGENT = (Talk.EMERGENCY, Talk.CRISIS)
OTHER_LETTERS = re.compile(r"[\u0370-\u1dff\u2c80-\ua71f\ua800-\ud7ff\uff66-\uffdc]")
"""Greek, Cyrillic, Thai, Lao, Khmer, Chinese, Japanese, Korean …: no letter of Vietnamese, whole or in parts."""
SHORT = 12
"""Syllables; a longer story is a question for the search or a person, not talk."""

ANGRY = re.compile(r"[\s!.😠😡🤬👿💢]*[😠😡🤬👿💢][\s!.😠😡🤬👿💢]*")
LAUGHS = re.compile(r"(?:(?:ha|hi|he|hehe|haha|hihi|kk+|hic|huhu|hu|lol|ah)\s*)+")


def talk_in(text: str) -> Talk | None:
    """The kind of talk that ``text`` is; None where it may be a question."""
    if ANGRY.fullmatch(text):
        return Talk.ANGER
    words = said()
    tokens = syllables(text)
    folded = " ".join(tokens)
    if words.no_talk.search(folded) is not None:
        return None
    read_as = [" ".join(each) for each in readings(tokens)]
    story = len(tokens) > SHORT or words.about_papers.search(folded) is not None
    for name, finds in (*words.talk_always, *(() if story else words.talk)):
        if any(finds.search(each) for each in read_as):
            return Talk(name)
    if LAUGHS.fullmatch(folded):
        return Talk.LAUGH
    if len(tokens) == 1 and tokens[0].isdigit() and tokens[0] != "0":
        return Talk.NUMBER
    if len(tokens) > 1 and sum(token in words.english for token in tokens) * 2 > len(tokens):
        return Talk.ENGLISH
    return Talk.ENGLISH if in_another_script(text) else None


def in_another_script(text: str) -> bool:
    """Whether most of its letters are not Latin: Korean, Chinese, Khmer, Lao, which the machine cannot read."""
    others = len(OTHER_LETTERS.findall(text))
    return others > 0 and others * 2 > sum(each.isalpha() for each in text)
