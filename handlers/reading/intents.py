"""What a message wants, as one closed union. Pure: no catalog, no database, no clock.

The order decides: a choice's code, a command, a cry for help, a dossier's code, an invitation of officials, words
that are a whole message ("menu", "cảm ơn"), words found inside ("gặp cán bộ"), small talk, a procedure's code; what
is left is a question. All words are compared folded, so that "gap can bo" is understood as well.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from unicodedata import category

from msgspec import Struct

from handlers.desk import Conversation
from handlers.reading.door import SEAL, SLIP_LINKED, SLIP_SCANNED, SLIP_TYPED
from handlers.reading.first_words import (
    DONE,
    EIGHT,
    INVITATION,
    OFFICIAL,
    OFFICIAL_COMMANDS,
    OFFICIALS_OWN,
    THEIRS,
    WANTS_TO_RATE,
    join_code_in,
)
from handlers.reading.said import named_by
from handlers.reading.small_talk import URGENT, Talk, talk_in
from onestop.code import DossierCode, find_codes
from procedures.finding.facets import Facet, facets
from procedures.finding.fold import accented, syllables


class Wish(Enum):
    """Wishes without a detail. The value is the code of the choice that says it."""

    MENU = "menu"
    HELP = "help"
    GREETING = "hello"
    THANKS = "thanks"
    FINE = "fine"
    BYE = "bye"
    LEAVE = "stop"
    HOURS = "hours"
    PERSON = "person"
    PRIVACY = "privacy"
    SEE_DATA = "data"
    ERASE = "erase"
    ERASE_SURE = "erase_sure"
    ASK = "ask"
    FIELDS = "fields"
    NOT_THIS = "not_this"
    PETITION = "petition"
    CHANGE_RATING = "change"
    NOT_RECEIVED = "not_received"
    MINE = "mine"
    FOLLOW = "follow"
    LISTS = "lists"
    LACKING = "lacking"
    PRINT = "print"
    SHARE = "share"
    UNFOLLOW = "unfollow"
    TRACK = "track"
    LOST = "lost"
    JOIN = "link"
    PART = "unlink"
    PHONE = "phone"
    FORGET_PHONE = "no_phone"


class Wants(Struct, frozen=True):
    """A wish without a detail."""

    wish: Wish


class Start(Struct, frozen=True):
    """The chat was opened, perhaps by a printed link: ``payload`` is what stands in it."""

    payload: str


class Receipt(Struct, frozen=True):
    """The QR of a receipt was scanned: the hash of its token."""

    hashed: str


class ResultSlip(Struct, frozen=True):
    """A result's slip, by the hash of its QR, its link or (``typed``) its eight characters. ``sure``: only rating can
    be meant."""

    hashed: str
    typed: bool = False
    sure: bool = True


class WrongSlip(Struct, frozen=True):
    """Eight characters as on a slip, of which one is wrong."""


class About(Struct, frozen=True):
    """A procedure by its code: a page (from 1) of everything about ``part``; None: an answer to what was ``asked``."""

    procedure: str
    part: Facet | None = None
    case: str | None = None
    page: int = 1
    asked: tuple[Facet, ...] = ()


class Cases(Struct, frozen=True):
    """The cases of a procedure, to choose from."""

    procedure: str
    page: int = 1


class Fields(Struct, frozen=True):
    """The fields of the catalog, a page of them."""

    page: int = 1


class InField(Struct, frozen=True):
    """The procedures of one field, by its name in ASCII ("ho-tich"), a page of them."""

    field: str
    page: int = 1


class Others(Struct, frozen=True):
    """None of what was offered: these procedures may be offered instead."""

    procedures: tuple[str, ...]


class More(Struct, frozen=True):
    """The choices on offer from this one on (from 0), which a channel with few buttons did not show."""

    first: int


class Pressed(Struct, frozen=True):
    """A choice's code of tracking, rating or the officials; they read it."""

    words: tuple[str, ...]


class Codes(Struct, frozen=True):
    """Dossier codes in the text."""

    codes: tuple[DossierCode, ...]


class Invitation(Struct, frozen=True):
    """Perhaps the one-time code that makes an official."""


class JoinCode(Struct, frozen=True):
    """The one-time code of another chat, as printed."""

    code: str


class OfficialWords(Struct, frozen=True):
    """Perhaps an official's words ("tuần này"); a citizen who types them has a question."""

    text: str


class Chat(Struct, frozen=True):
    """Small talk, anger, an emergency."""

    talk: Talk


class Question(Struct, frozen=True):
    """Everything else, as typed."""

    text: str


Intent = (
    Wants
    | Start
    | Receipt
    | ResultSlip
    | WrongSlip
    | About
    | Cases
    | Fields
    | InField
    | Others
    | More
    | Pressed
    | Codes
    | Invitation
    | JoinCode
    | OfficialWords
    | Chat
    | Question
)

PARTS = {facet.value: facet for facet in Facet}
WISHES = {wish.value: wish for wish in Wish}
SCANNED = re.compile(f"{SEAL}([0-9a-f]{{40}})")
SLIP = re.compile(f"([{SLIP_SCANNED}{SLIP_LINKED}{SLIP_TYPED}])([0-9a-f]{{40}})")
PROCEDURE_CODE = re.compile(r"(?<![\w.])(\d[._-]\d{6}(?:\.\d{3}\.\d{2}\.\d{2}\.H\d{2})?)(?![\w])", re.IGNORECASE)
PRESSED = re.compile(r"[a-z_]+(?:\+[a-z_]+){0,4}(?: [A-Za-z0-9._\-]+){0,4}")
COMMANDS = {
    "menu": Wish.MENU,
    "help": Wish.HELP,
    "trogiup": Wish.HELP,
    "xoa": Wish.ERASE,
    "dulieu": Wish.SEE_DATA,
    "riengtu": Wish.PRIVACY,
    "privacy": Wish.PRIVACY,
    "gio": Wish.HOURS,
    "canbo": Wish.PERSON,
    "hoi": Wish.ASK,
    "hoso": Wish.TRACK,
    "theodoi": Wish.MINE,
    "thoi": Wish.LEAVE,
    "dung": Wish.LEAVE,
    "doidiem": Wish.CHANGE_RATING,
    "noichat": Wish.JOIN,
    "bonoi": Wish.PART,
}
COMMAND = re.compile(r"/([A-Za-z]+)(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
PAGE = re.compile(r"p[1-9]\d{0,2}")
ASKED_OF_TOPIC = frozenset({"o dau", "dia chi", "dia diem", "huong dan"})
"""Wishes that are questions about the procedure just spoken of."""

OTHER_CASES = frozenset({"truong hop khac", "cac truong hop", "xem cac truong hop", "xem moi truong hop"})
"""Typed after an answer about a procedure: its cases, to choose from."""

LONGEST_WISH = 14
"""Syllables: in a longer text a wish is part of a story."""


def understand(text: str, conversation: Conversation) -> Intent:
    """What the message wants; after an answer about a procedure "ở đâu?" asks where to hand that in."""
    said = text.strip()
    scanned = SCANNED.search(said)
    if scanned is not None:
        return Receipt(scanned[1])
    slip = SLIP.search(said)
    if slip is not None:
        typed = slip[1] == SLIP_TYPED
        return ResultSlip(slip[2], typed, not typed or bool(WANTS_TO_RATE.search(" ".join(syllables(said)))))
    return _pressed(said) or _command(said, conversation) or _read(said, conversation)


def is_pressed(text: str) -> bool:
    """Whether the text is a choice's code of ours, as a button sends it."""
    return _pressed(text.strip()) is not None


def _read(said: str, conversation: Conversation) -> Intent:
    talk = talk_in(said)
    if talk in URGENT:
        return Chat(talk)
    words = syllables(said)
    if OFFICIALS_OWN.match(" ".join(words)) or DONE.match(said):
        return OfficialWords(said)
    codes = find_codes(said)
    if codes:
        return Codes(codes)
    carried = join_code_in(said)
    if carried is not None:
        return JoinCode(carried)
    if INVITATION.fullmatch(said):
        return Invitation()
    if EIGHT.fullmatch(said):
        return WrongSlip()
    if not words and talk is not None:
        return Chat(talk)
    if not words:
        return Wants(Wish.FINE if any(category(character) == "So" for character in said) else Wish.GREETING)
    topic = conversation.topic.procedure
    if topic is not None and " ".join(words) in OTHER_CASES:
        return Cases(topic)
    wish = Wish.FINE if accented(said) == accented("đúng") else _wish(words)
    if wish is not None and not (topic and " ".join(words) in ASKED_OF_TOPIC):
        return Wants(wish)
    if talk is not None:
        return Chat(talk)
    if OFFICIAL.search(" ".join(words)) and len(words) <= LONGEST_WISH:
        return OfficialWords(said)
    procedure = PROCEDURE_CODE.search(said)
    if procedure:
        return About(_code(procedure[1]), asked=_beside(said, procedure))
    return Question(said)


def _beside(said: str, code: re.Match[str]) -> tuple[Facet, ...]:
    """What is asked about a procedure that is named by its code; "thủ tục" right before a code only names it."""
    before = said[: code.start()].split()
    if syllables(" ".join(before[-2:])) == ["thu", "tuc"]:
        del before[-2:]
    return facets(f"{' '.join(before)} {said[code.end() :]}")


@lru_cache(256)  # a text is read several times in its turn
def _pressed(said: str) -> Intent | None:
    if not PRESSED.fullmatch(said):
        return None
    word, *rest = said.split(" ")
    page, rest = _page(rest)
    match [word, *rest]:
        case ["fields"]:
            return Fields(page)
        case [wish] if wish in WISHES and wish not in ("hello", "help", "stop"):
            return Wants(WISHES[wish])
        case ["cases", procedure] if is_code(procedure):
            return Cases(procedure, page)
        case [about, procedure, *case] if _asked(about) is not None and is_code(procedure) and len(case) < 2:
            return About(procedure, case=case[0] if case else None, asked=_asked(about) or ())
        case [part, procedure] if part in PARTS and is_code(procedure):
            return About(procedure, PARTS[part], None, page)
        case [part, procedure, case] if part in PARTS and is_code(procedure):
            return About(procedure, PARTS[part], case, page)
        case ["other", *procedures] if all(map(is_code, procedures)):
            return Others(tuple(procedures))
        case ["more", first] if re.fullmatch(r"[1-9]\d?", first):
            return More(int(first))
        case ["field", name]:
            return InField(name, page)
        case [theirs, *_] if theirs in THEIRS:
            return Pressed(tuple(said.split(" ")))
        case _:
            return None


def _asked(word: str) -> tuple[Facet, ...] | None:
    """The facets of "about+fee+time"; none of "about"; None where it is another word."""
    about, *facets = word.split("+")
    known = tuple(PARTS[facet] for facet in facets if facet in PARTS)
    return known if about == "about" and len(known) == len(facets) else None


def _page(words: list[str]) -> tuple[int, list[str]]:
    if words and PAGE.fullmatch(words[-1]):
        return int(words[-1][1:]), words[:-1]
    return 1, words


def is_code(text: str) -> bool:
    """Whether the text is a procedure's code as choices carry it."""
    return PROCEDURE_CODE.fullmatch(text) is not None


def _code(typed: str) -> str:
    """A procedure's code as the catalog writes it: "1_001193" of a link is "1.001193"."""
    return f"{typed[0]}.{typed[2:]}".upper()


def _command(said: str, conversation: Conversation) -> Intent | None:
    found = COMMAND.fullmatch(said)
    if found is None:
        return None
    name, rest = found[1].lower(), (found[2] or "").strip()
    codes = find_codes(rest)
    if name == "start":
        return Start(rest)
    if name in OFFICIAL_COMMANDS:
        return OfficialWords(said)
    if codes:
        return Codes(codes)
    if name in COMMANDS:
        return Wants(COMMANDS[name])
    return _read(rest, conversation) if rest else Wants(Wish.HELP)


def _wish(words: list[str]) -> Wish | None:
    name = named_by(words) if 0 < len(words) <= LONGEST_WISH else None
    return None if name is None else Wish(name)
