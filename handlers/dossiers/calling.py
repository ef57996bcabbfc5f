"""What a citizen calls a followed dossier: "giấy của mẹ", where a procedure's name tells too much.

::

    "đặt tên: giấy của mẹ" ─┬─ one is followed, or was just spoken of ─▶ it is called so from now on ─▶ "Bỏ tên này"
    /datten …               └─ several ─▶ which one? ─┐
    "Đặt tên riêng" (name CODE) ──────────────────────┴─▶ asks for the name (AsksName)

A name is a few plain words: no figures that could be somebody's number, no names of people, no signs that a channel or
a page could take for anything else. It goes with the following, and with everything else when a chat is forgotten.
"""

from __future__ import annotations

import re
import unicodedata

from handlers.desk import Binding, Conversation, Desk, Step, Topic
from handlers.dossiers.proving import without_codes
from handlers.effects import Named
from handlers.messages import Choice, Incoming, Outgoing
from handlers.naming import followed, notice_name, parsed
from handlers.reading.intents import Codes, Start, Wants, is_pressed, understand
from handlers.reading.remarks import without_names
from handlers.states import AsksName, Idle
from handlers.texts import calling as texts
from handlers.texts import tracking
from handlers.texts.format import shortened
from onestop.code import find_codes

LONGEST = 30
"""Characters of a name."""
FIGURES = 3
"""A longer run of figures is a number of somebody's, or of something that has a number."""

_TYPED = re.compile(
    r"\s*(?:/datten\b(?:@\w+)?"
    r"|(?:đặt|dat|đổi|doi)\s+(?:tên|ten)(?:(?=\s*:)|\s+(?:cho\s+)?(?:hồ\s+sơ|ho\s+so|hs)\b(?:\s+(?:này|nay)\b)?))"
    r"(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
"""Without a colon or "hồ sơ" it is a question: "đổi tên cho con" is a procedure."""
_FRONT = re.compile(r"^[\s:|–-]*(?:(?:là|la)\s+)?[\s:|–-]*", re.IGNORECASE)
_PLAIN = ("L", "M", "N", "Z")


async def typed(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | None:
    """The answer to "đặt tên: …" and "/datten …"; None where the text is something else."""
    found = _TYPED.fullmatch(incoming.text)
    if found is None:
        return None
    if not incoming.private:
        return Step(conversation.state, (Outgoing(tracking.group(())),))
    own = await followed(desk)
    codes = {code.canonical for code in find_codes(found["rest"])}
    meant = _meant(own, codes, conversation.topic)
    name = clean(_FRONT.sub("", without_codes(found["rest"]) if codes else found["rest"]))
    match meant:
        case ():
            return Step(Idle(), (Outgoing(texts.none_followed()),))
        case (binding,):
            return _ask(binding.dossier) if name is None else _named(binding.dossier, name, desk)
        case _:
            picks = tuple(Choice(each.dossier[-24:], f"name {each.dossier}") for each in meant)
            return Step(Idle(), (Outgoing(texts.which(), picks),))


async def in_state(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | None:
    """The name that was asked for; None where the text is a wish, a code, a press."""
    state = conversation.state
    if not isinstance(state, AsksName) or is_pressed(incoming.text) or incoming.text.lstrip().startswith("/"):
        return None
    if isinstance(understand(incoming.text, conversation), Wants | Codes | Start) or incoming.text.strip() == "0":
        return None
    name = clean(incoming.text)
    if name is None:
        return Step(state, (Outgoing(texts.unclear(LONGEST)),))
    if await _binding(desk, state.dossier) is None:
        return Step(Idle(), (Outgoing(texts.none_followed()),))
    return _named(state.dossier, name, desk)


async def say_code(conversation: Conversation, incoming: Incoming, desk: Desk, words: tuple[str, ...]) -> Step | None:
    """ "name CODE", "unname CODE"; None where it is another choice."""
    match words:
        case ("name" | "unname" as what, given) if (code := parsed(given)) is not None:
            if not incoming.private:
                return Step(conversation.state, (Outgoing(tracking.group((code.printed,))),))
            if await _binding(desk, code.canonical) is None:
                return Step(Idle(), (Outgoing(texts.none_followed()),))
            if what == "name":
                return _ask(code.canonical)
            seen = await desk.records.last_seen(code.canonical)
            dossier = None if seen is None else seen.dossier
            told = (None, None) if dossier is None else (dossier.procedure, dossier.field)
            neutral = notice_name(code, *told, desk)
            said = Outgoing(texts.taken_back(code.canonical, neutral))
            return Step(Idle(), (said,), (Named(code.canonical, neutral),), Topic(dossier=code.canonical))
        case _:
            return None


def offered(dossier: str) -> Choice:
    """The choice that asks for a name."""
    return Choice(texts.label("name"), f"name {dossier}")


def clean(text: str) -> str | None:
    """What is kept as a name: at most ``LONGEST`` plain characters; None where no word is left."""
    name = _tidied(without_names(_tidied(text)))
    name = shortened(name, LONGEST).rstrip("…").rstrip(" ,.'-")
    return name if any(each.isalpha() for each in name) else None


def _tidied(text: str) -> str:
    """The plain characters on one line, without long figures. Names of people show only when the marks are gone."""
    plain = "".join(each if _is_plain(each) else " " for each in unicodedata.normalize("NFC", text))
    return " ".join(re.sub(rf"\d[\d .,'-]{{{FIGURES},}}", " ", plain).split()).strip(" ,.'-")


def _is_plain(character: str) -> bool:
    return character in ",.'-" or unicodedata.category(character)[0] in _PLAIN


def _meant(own: tuple[Binding, ...], codes: set[str], topic: Topic) -> tuple[Binding, ...]:
    """Of what is followed: what the text names, else what was spoken of last, else all."""
    if codes:
        return tuple(each for each in own if each.dossier in codes)
    spoken_of = tuple(each for each in own if each.dossier == topic.dossier)
    return spoken_of or own


async def _binding(desk: Desk, dossier: str) -> Binding | None:
    return next((each for each in await followed(desk) if each.dossier == dossier), None)


def _ask(dossier: str) -> Step:
    return Step(AsksName(dossier), (Outgoing(texts.ask(dossier, LONGEST)),), topic=Topic(dossier=dossier))


def _named(dossier: str, name: str, desk: Desk) -> Step:
    picks = (Choice(texts.label("unname"), f"unname {dossier}"),)
    said = Outgoing(texts.done(dossier, name), picks)
    return Step(Idle(), (said,), (Named(dossier, name),), Topic(dossier=dossier))
