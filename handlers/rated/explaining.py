"""Why it was so many stars, short questions (``tapping.py``), a word more: all skippable, each answer written at once.

Every pick replaces the rating's row, so that a reason counts although nobody types "xong".
"""

from __future__ import annotations

from handlers.authority import Case, answer, may_rate
from handlers.desk import Conversation, Desk, Step
from handlers.messages import Choice, Incoming, Outgoing
from handlers.rated import tapping
from handlers.reading.intents import Chat, Codes, Invitation, JoinCode, OfficialWords, Start, Wants, Wish, understand
from handlers.reading.nodding import says_enough
from handlers.reading.picking import NUMBERS
from handlers.reading.remarks import may_accuse, without_names
from handlers.reading.small_talk import Talk
from handlers.states import AsksComment, AsksReasons, AsksTap, Idle
from handlers.texts import rating as texts
from procedures.finding.fold import syllables
from ratings.rating import Instrument

LONGEST_COMMENT = 500
JOINS = frozenset(
    ("va", "so", "voi", "cai", "muc", "y", "chon", "ca", "them", "nua", "roi", "nhe", "a", "da", "thi", "em", "toi")
)
"""Words between the numbers of several picks: "1 và 3"."""

WISHES = frozenset(
    (
        Wish.PERSON,
        Wish.MENU,
        Wish.TRACK,
        Wish.HOURS,
        Wish.CHANGE_RATING,
        Wish.ERASE,
        Wish.SEE_DATA,
        Wish.MINE,
        Wish.FOLLOW,
    )
)
"""Wishes that leave the question, where the message is nothing else."""

LONGEST_WISH = 5
A_COMMENT = 4
"""So many words that name no reason on the list are one of their own."""


def question(desk: Desk, stars: int, chosen: tuple[str, ...]) -> Outgoing:
    """Asks why; reasons chosen before are marked."""
    key = desk.instrument.questions["low" if desk.instrument.chips(stars) == desk.instrument.low else "high"]
    return Outgoing(texts.reasons(key), _chips(desk.instrument, stars, chosen))


async def in_state(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | None:
    """The answer to "why" or to "a word more"; None where the text is no answer to that."""
    if _wants_something_else(conversation, incoming.text):
        return None
    match conversation.state:
        case AsksReasons() as state:
            return await _reasons(state, incoming.text, desk)
        case AsksTap() as state:
            return await _tap(state, incoming.text, desk)
        case AsksComment() as state:
            return await _comment(state, incoming.text, desk)
        case _:
            return None


def _wants_something_else(conversation: Conversation, text: str) -> bool:
    """Whether it is a short wish of its own ("gặp cán bộ"), a command or a dossier's code; a story is a comment."""
    match understand(text, conversation):
        case Wants(wish):
            return wish in WISHES and len(syllables(text)) <= LONGEST_WISH
        case Codes() | Start() | Invitation() | JoinCode() | Chat(Talk.EMERGENCY | Talk.CRISIS):
            return True
        case OfficialWords():
            return isinstance(conversation.state, AsksTap)
        case _:
            return text.startswith("/")


async def say_code(conversation: Conversation, incoming: Incoming, desk: Desk, words: tuple[str, ...]) -> Step | None:
    """A choice of ours: "reason CODE", "unreason CODE", "skip", "tap …"; an earlier question's is said to be old."""
    state = conversation.state
    match words:
        case ("skip",) if isinstance(state, AsksReasons):
            return await _after_reasons(state, desk)
        case ("tap", *_) | ("skip",) if isinstance(state, AsksTap):
            return await tapping.say_code(state, desk, words, _ask_comment(state, desk))
        case ("skip",) if isinstance(state, AsksComment):
            return Step(Idle(), (Outgoing(texts.thanks()),))
        case ("reason", code) if isinstance(state, AsksReasons) and _label(desk, state.stars, code) is not None:
            return await _choose(state, (*state.chosen, code), desk)
        case ("unreason", code) if isinstance(state, AsksReasons):
            return await _choose(state, tuple(each for each in state.chosen if each != code), desk)
        case ("reason" | "unreason", _) | ("skip",) | ("tap", *_):
            return Step(state, (Outgoing(texts.stale()),))
        case _:
            return None


async def _reasons(state: AsksReasons, text: str, desk: Desk) -> Step | None:
    if says_enough(text):
        return await _after_reasons(state, desk)
    taken_back = [chip.code for chip in desk.instrument.chips(state.stars) if text.strip() == texts.chosen(chip.label)]
    if taken_back:
        return await _choose(state, tuple(code for code in state.chosen if code not in taken_back), desk)
    picked = read_reasons(text, desk.instrument, state.stars)
    if picked:
        return await _choose(state, (*state.chosen, *picked), desk)
    if len(syllables(text)) >= A_COMMENT:
        return await _comment(AsksComment(state.dossier, state.n, state.stars), text, desk)
    again = _chips(desk.instrument, state.stars, state.chosen)
    return Step(state, (Outgoing(texts.reasons_unclear(), again),))


def read_reasons(text: str, instrument: Instrument, stars: int) -> tuple[str, ...]:
    """The codes of the reasons that a text picks, by label or by one or several positions; empty where none."""
    chips = instrument.chips(stars)
    words = syllables(text)
    for chip in chips:
        label = syllables(chip.label)
        if words == label or (len(words) >= 2 and words == label[: len(words)]):
            return (chip.code,)
    said = [word for word in words if word not in JOINS]
    positions = [int(word) if word.isascii() and word.isdigit() else NUMBERS.get(word) for word in said]
    if not positions or not all(position is not None and 1 <= position <= len(chips) for position in positions):
        return ()
    return tuple(dict.fromkeys(chips[position - 1].code for position in positions if position is not None))


async def _choose(state: AsksReasons, chosen: tuple[str, ...], desk: Desk) -> Step:
    """Writes the picked reasons down and shows the list again."""
    chosen = tuple(dict.fromkeys(chosen))
    case = await may_rate(desk, state.dossier, state.n)
    if not isinstance(case, Case) or case.given is None:
        return Step(Idle(), (Outgoing(texts.stale()),))
    labels = tuple(label for code in chosen if (label := _label(desk, state.stars, code)) is not None)
    again = Outgoing(texts.reasons_now(labels), _chips(desk.instrument, state.stars, chosen))
    effects = (
        () if chosen == case.given.reasons else (answer(case, case.given.stars, chosen, case.given.comment, desk),)
    )
    return Step(AsksReasons(state.dossier, state.n, state.stars, chosen), (again,), effects)


async def _after_reasons(state: AsksReasons, desk: Desk) -> Step:
    """The first short question that is unanswered, else the one for a word more."""
    return await tapping.first(desk, state.dossier, state.n, state.stars) or _ask_comment(state, desk)


async def _tap(state: AsksTap, text: str, desk: Desk) -> Step | None:
    words = tapping.typed(state, text, desk)
    if words is None and says_enough(text):
        words = ("tap", "stop")
    if words is not None:
        return await tapping.say_code(state, desk, words, _ask_comment(state, desk))
    if len(syllables(text)) >= A_COMMENT:
        return await _comment(AsksComment(state.dossier, state.n, state.stars), text, desk)
    return tapping.again(state, desk)


def _ask_comment(state: AsksReasons | AsksTap | AsksComment, desk: Desk) -> Step:
    said = Outgoing(texts.comment(desk.instrument.questions["comment"]), (Choice(texts.label("skip"), "skip"),))
    return Step(AsksComment(state.dossier, state.n, state.stars), (said,))


async def _comment(state: AsksComment, text: str, desk: Desk) -> Step | None:
    if says_enough(text):
        return Step(Idle(), (Outgoing(texts.thanks()),))
    if text.strip().isdigit():
        return _ask_comment(state, desk)
    case = await may_rate(desk, state.dossier, state.n)
    if not isinstance(case, Case) or case.given is None:
        return Step(Idle(), (Outgoing(texts.stale()),))
    kept = without_names(text)[:LONGEST_COMMENT].strip()
    said = texts.thanks_comment() if len(text) <= LONGEST_COMMENT else texts.thanks_comment_cut(LONGEST_COMMENT)
    if may_accuse(text):
        said = f"{said}\n{texts.accusation()}"
    return Step(Idle(), (Outgoing(said),), (answer(case, case.given.stars, case.given.reasons, kept, desk),))


def _chips(instrument: Instrument, stars: int, chosen: tuple[str, ...]) -> tuple[Choice, ...]:
    """The reasons in their fixed order; one that is chosen is marked and, picked again, taken back."""
    listed = [
        Choice(texts.chosen(chip.label), f"unreason {chip.code}")
        if chip.code in chosen
        else Choice(chip.label, f"reason {chip.code}")
        for chip in instrument.chips(stars)
    ]
    return (*listed, Choice(texts.label("done" if chosen else "skip"), "skip"))


def _label(desk: Desk, stars: int, code: str) -> str | None:
    return next((chip.label for chip in desk.instrument.chips(stars) if chip.code == code), None)
