"""Rating a result that was handed over, or how a dossier ended without one: the invitation, one to five stars, another
opinion within a day.

Why, and a word more, are asked in ``explaining.py``. Who may rate is looked up at every step, never carried by a
button: the chat must hold the dossier or its result's slip, the result must have been handed over, nobody else of the
same dossier may have rated it.
"""

from __future__ import annotations

import re
from typing import assert_never

from handlers import ways_on
from handlers.authority import CHANGEABLE, SLIP, Case, Refusal, answer, may_invite, may_rate, official_of
from handlers.desk import Conversation, Desk, Later, Step, Topic
from handlers.dossiers import tracking
from handlers.effects import Audited, Declined, Effect, Invited, NotReceived, Planned
from handlers.messages import Choice, Incoming, Outgoing, Purpose
from handlers.naming import is_grief, marked, notice_name, office_of, parsed, procedure_of
from handlers.rated import explaining
from handlers.rated.inviting import COOLDOWN, REMINDED_AFTER, read_invite, read_reminder, reminder_event, waits
from handlers.reading.intents import is_pressed
from handlers.reading.nodding import says_no, says_yes
from handlers.states import AsksComment, AsksReasons, AsksStars, AsksSure, AsksTap, Idle
from handlers.texts import rating as texts
from handlers.texts import slips as slip_texts
from onestop.code import DossierCode, find_codes
from procedures.finding.fold import syllables
from ratings import rating as reading
from ratings.rating import read_stars
from ratings.strata import ENDS
from ratings.week import vietnam_date

STARS = re.compile(r"[1-5]")
NUMBER = re.compile(r"[1-9][0-9]{0,3}")
AGAIN = frozenset(("change", "doi", "sua", "lai"))
"""Words of another opinion, not of a first one."""

NAMES_THE_SCALE = frozenset(("sao", "diem", "cham"))
"""Words that make a number a rating where none was asked for."""

# --- entry points ----------------------------------------------------------------------------------------------------


async def event(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """The invitation that falls due (``invite:<dossier>:<n>``) or its one reminder; None where the event is another."""
    reminds = read_reminder(incoming.id)
    about = reminds or read_invite(incoming.id)
    if about is None:
        return None
    later = waits(conversation, desk)
    if later is not None:
        return later
    case = await may_rate(desk, *about)
    if not isinstance(case, Case) or not may_invite(case):
        return Step(conversation.state)
    if reminds is not None:
        return _invitation(case, desk, again=True)
    if not desk.rules.demo and await desk.records.invited_since(desk.now - COOLDOWN):
        return Step(conversation.state)
    return _invitation(case, desk, again=False)


async def in_state(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """The answer to what was asked about a rating; None where it is no answer to that."""
    if is_pressed(incoming.text):
        return None
    match conversation.state:
        case AsksStars(dossier, n):
            return await _read(conversation, incoming, desk, dossier, n, None)
        case AsksSure(dossier, n, stars):
            return await _read(conversation, incoming, desk, dossier, n, stars)
        case AsksReasons() | AsksTap() | AsksComment():
            return await explaining.in_state(conversation, incoming, desk)
        case _:
            return None


async def say_code(
    conversation: Conversation, incoming: Incoming, desk: Desk, words: tuple[str, ...]
) -> Step | Later | None:
    """A choice of ours: "rate 5 CODE n", "rate missing CODE n", "rate CODE", "rate", "change", "reason …",
    "unreason …", "skip", "tap …"."""
    match words:
        case ("rate", stars, typed, n) if STARS.fullmatch(stars) and NUMBER.fullmatch(n):
            about = _about(typed)
            return None if about is None else await _take(conversation, incoming, desk, about, int(n), int(stars))
        case ("rate", "missing", typed, n) if NUMBER.fullmatch(n) and (code := parsed(typed)) is not None:
            case = await may_rate(desk, code.canonical, int(n))
            is_theirs = isinstance(case, Case) and case.binding is not None and case.given is None
            return await _not_received(desk, code.canonical, int(n)) if is_theirs and incoming.private else None
        case ("rate", typed) if (about := _about(typed)) is not None:
            return await begin(conversation, incoming, desk, about)
        case ("rate",) | ("change",):
            return await change(conversation, incoming, desk)
        case ("reason", _) | ("unreason", _) | ("skip",) | ("tap", *_):
            return await explaining.say_code(conversation, incoming, desk, words)
        case _:
            return None


async def change(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """ "đổi điểm": another rating for what this chat rated last. "chấm điểm": a first one, if something is unrated."""
    if not incoming.private:
        return _say(conversation, texts.group())
    unrated = await _unrated(desk)
    if unrated and not AGAIN & set(syllables(incoming.text)):
        return _asked_of(conversation, unrated, desk)
    completion = await desk.records.latest_rated()
    case = None if completion is None else await may_rate(desk, completion.dossier, completion.n)
    if isinstance(case, Case):
        return _asked(case, desk)
    slip = await desk.records.rated_by_slip(desk.now - CHANGEABLE)
    if slip is not None:
        return await begin(conversation, incoming, desk, slip.hash)
    if unrated or completion is None or case is None:
        return _asked_of(conversation, unrated, desk)
    return await _refused(conversation, incoming, desk, completion.dossier, completion.n, case)


async def typed(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """ "5 sao", "rất hài lòng" although nothing was asked: what there is to rate is asked for, nothing is taken as
    said. None where it is something else."""
    if not isinstance(read_stars(incoming.text), reading.Stars):
        return None
    meant = NAMES_THE_SCALE & set(syllables(incoming.text)) or "hai long" in " ".join(syllables(incoming.text))
    return await change(conversation, incoming, desk) if meant else None


async def not_received(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | None:
    """ "chưa nhận", as the invitation said, also when something else was asked in between. None where nothing that
    this chat holds is unrated."""
    if not incoming.private:
        return _say(conversation, texts.group())
    unrated = [case.completion for case in await _unrated(desk) if case.completion.ended is None]
    if len(unrated) > 1:
        picks = (Choice(done.dossier[-24:], f"rate missing {done.dossier} {done.n}") for done in unrated)
        return Step(Idle(), (Outgoing(texts.which_missing(), tuple(picks)),))
    return await _not_received(desk, unrated[0].dossier, unrated[0].n) if unrated else None


async def begin(conversation: Conversation, incoming: Incoming, desk: Desk, about: str) -> Step | Later | None:
    """Asks for the rating of a dossier (its code), or of what a slip (its hash) rates."""
    if not incoming.private:
        return _say(conversation, texts.group())
    case = await may_rate(desk, about, None)
    if isinstance(case, Case):
        return _asked(case, desk)
    return await _refused(conversation, incoming, desk, about, None, case)


def _about(typed: str) -> str | None:
    """What a choice is about: a dossier's code, or a slip by its hash; None where it is neither."""
    if SLIP.fullmatch(typed):
        return typed
    code = parsed(typed)
    return None if code is None else code.canonical


async def _unrated(desk: Desk) -> tuple[Case, ...]:
    """What this chat holds and nobody has rated."""
    found = [await may_rate(desk, binding.dossier, None) for binding in await desk.records.bindings()]
    return tuple(case for case in found if isinstance(case, Case) and case.given is None)


def _asked_of(conversation: Conversation, unrated: tuple[Case, ...], desk: Desk) -> Step:
    """Asks for the one that is unrated; for which, where there are several."""
    if not unrated:
        return _say(conversation, texts.nothing())
    if len(unrated) == 1:
        return _asked(unrated[0], desk)
    codes = [case.completion.dossier for case in unrated]
    return Step(Idle(), (Outgoing(texts.which(), tuple(Choice(code[-24:], f"rate {code}") for code in codes)),))


# --- what is asked and taken -----------------------------------------------------------------------------------------


async def _read(
    conversation: Conversation, incoming: Incoming, desk: Desk, dossier: str, n: int, supposed: int | None
) -> Step | Later | None:
    """A typed answer to the question for stars; ``supposed`` are the stars that we asked to confirm."""
    if find_codes(incoming.text):
        return None
    if supposed is not None and says_yes(incoming.text, dung=True):
        return await _take(conversation, incoming, desk, dossier, n, supposed)
    if supposed is not None and says_no(incoming.text) and incoming.text.strip() != "0":
        return Step(AsksStars(dossier, n), (Outgoing(texts.unclear(), _stars(desk, dossier, n)),))
    match read_stars(incoming.text):
        case reading.Stars(stars):
            return await _take(conversation, incoming, desk, dossier, n, stars)
        case reading.AskSure(stars):
            picks = (
                Choice(texts.label("sure"), f"rate {stars} {dossier} {n}"),
                Choice(texts.label("other_star"), f"rate {dossier}"),
            )
            return Step(AsksSure(dossier, n, stars), (Outgoing(texts.sure(desk.instrument.label(stars)), picks),))
        case reading.Unclear():
            return Step(AsksStars(dossier, n), (Outgoing(texts.unclear(), _stars(desk, dossier, n)),))
        case reading.Declined():
            return await _decline(desk, dossier, n)
        case reading.NotReceived():
            return await _not_received(desk, dossier, n)
        case reading.Other():
            return None
        case unreachable:
            assert_never(unreachable)


async def _take(
    conversation: Conversation, incoming: Incoming, desk: Desk, about: str, n: int, stars: int
) -> Step | Later | None:
    """Writes the stars down, confirms them, and asks why."""
    if not incoming.private:
        return _say(conversation, texts.group())
    case = await may_rate(desk, about, n)
    if not isinstance(case, Case):
        return await _refused(conversation, incoming, desk, about, n, case)
    confirmed = Outgoing(texts.recorded(desk.instrument.label(stars)))
    if case.given is not None and case.given.stars == stars:
        repeated = isinstance(conversation.state, AsksReasons | AsksTap | AsksComment)
        return Step(conversation.state if repeated else Idle(), (confirmed,))
    kept = tuple(code for code in (case.given.reasons if case.given else ()) if _is_asked(desk, stars, code))
    comment = None if case.given is None else case.given.comment
    why = explaining.question(desk, stars, kept)
    return Step(
        AsksReasons(about, n, stars, kept),
        (confirmed, why),
        (answer(case, stars, kept, comment, desk),),
        _topic(case, desk),
    )


async def _decline(desk: Desk, about: str, n: int) -> Step:
    dossier = await _dossier(desk, about)
    if dossier is None or await desk.records.rating(dossier, n) is not None:
        return Step(Idle(), (Outgoing(texts.kept()),))
    return Step(Idle(), (Outgoing(texts.declined()),), (Declined(dossier, n),))


async def _dossier(desk: Desk, about: str) -> str | None:
    """The dossier itself; None of a slip that opens nothing any more."""
    if not SLIP.fullmatch(about):
        return about
    slip = await desk.records.slip(about)
    return None if slip is None else slip.dossier


async def _not_received(desk: Desk, about: str, n: int) -> Step:
    dossier = await _dossier(desk, about)
    if dossier is None:
        return Step(Idle(), (Outgoing(slip_texts.over()),))
    completion = await desk.records.completion(dossier, n)
    office = office_of(None if completion is None else completion.unit, desk)
    place, picks = office.name if office.known else None, (ways_on.hours(), ways_on.person())
    if completion is not None and completion.ended is not None:
        return Step(Idle(), (Outgoing(texts.no_result(place, office.phone), picks),))
    said = texts.not_received(place, office.phone)
    return Step(Idle(), (Outgoing(said, picks),), (NotReceived(dossier, n),))


def _invitation(case: Case, desk: Desk, *, again: bool) -> Step:
    """``again``: the one reminder, after which nothing more is asked."""
    done = case.completion
    office = office_of(done.unit, desk)
    own = None if case.binding is None else case.binding.name
    name = own or notice_name(DossierCode.parse(done.dossier), done.procedure, done.field, desk)
    question = "stars" if done.ended is None else ENDS[done.ended]
    asked = texts.invite(desk.instrument.questions[question], name, office.name if office.known else None)
    picks = _stars(desk, done.dossier, done.n)
    if again:
        said = Outgoing(marked(texts.remind(asked), desk), picks, purpose=Purpose.REMINDER)
        return Step(AsksStars(done.dossier, done.n), (said,), (), _topic(case, desk))
    said = Outgoing(marked(asked, desk), picks, purpose=Purpose.INVITATION)
    effects: tuple[Effect, ...] = (Invited(done.dossier, done.n),)
    if not is_grief(done.procedure, desk):
        at = desk.rules.contact_hours.next_contact(desk.now + REMINDED_AFTER)
        effects = (*effects, Planned(reminder_event(done.dossier, done.n), at))
    return Step(AsksStars(done.dossier, done.n), (said,), effects, _topic(case, desk))


def _asked(case: Case, desk: Desk) -> Step:
    """The question for stars because the citizen wants to rate; the first one counts as the invitation."""
    done = case.completion
    picks = _stars(desk, case.about, done.n)
    day, place = vietnam_date(done.completed_at), desk.offices.unit(done.unit).name
    about = slip_texts.about(day, place, handed_over=done.ended is None)
    if case.given is None:
        asked = texts.ask(done.dossier) if case.binding is not None else slip_texts.ask(about)
        said = Outgoing(marked(asked, desk), picks)
        # a slip is no invitation: counted as one, it would make the rate of answers a rate of nothing
        effects = (Invited(done.dossier, done.n),) if case.binding is not None else ()
        return Step(AsksStars(case.about, done.n), (said,), effects)
    label = desk.instrument.label(case.given.stars)
    again = texts.change(done.dossier, label) if case.binding is not None else slip_texts.change(about, label)
    return Step(AsksStars(case.about, done.n), (Outgoing(marked(again, desk), picks),))


def _stars(desk: Desk, about: str, n: int) -> tuple[Choice, ...]:
    """Five first, each with its key: a typed 5 can never be another number of stars."""
    return tuple(
        Choice(desk.instrument.label(stars), f"rate {stars} {about} {n}", str(stars)) for stars in (5, 4, 3, 2, 1)
    )


def _is_asked(desk: Desk, stars: int, reason: str) -> bool:
    return any(chip.code == reason for chip in desk.instrument.chips(stars))


async def _refused(
    conversation: Conversation, incoming: Incoming, desk: Desk, about: str, n: int | None, why: Refusal
) -> Step | Later | None:
    """Why this chat may not rate, each with a way on."""
    dossier = await _dossier(desk, about)
    if dossier is None:
        return Step(Idle(), (Outgoing(slip_texts.over()),))
    match why:
        case Refusal.SLIP_OVER:
            return Step(Idle(), (Outgoing(slip_texts.over()),))
        case Refusal.SLIP_EARLY:
            return Step(Idle(), (Outgoing(slip_texts.early()),))
        case Refusal.UNPROVED:
            code = parsed(dossier)
            return None if code is None else await tracking.found_code(conversation, incoming, desk, (code,))
        case Refusal.NOT_DONE:
            return Step(Idle(), (Outgoing(texts.not_done(dossier)),))
        case Refusal.OTHER:
            return Step(Idle(), (Outgoing(texts.other()),))
        case Refusal.CLOSED:
            completion = await desk.records.completion(dossier, n)
            given = None if completion is None else await desk.records.rating(dossier, completion.n)
            day = desk.today if given is None else vietnam_date(given.first_at)
            return Step(Idle(), (Outgoing(texts.closed(day)),))
        case Refusal.TOO_LATE:
            late = slip_texts.too_late() if SLIP.fullmatch(about) else texts.too_late(dossier)
            return Step(Idle(), (Outgoing(late),))
        case Refusal.OWN_UNIT:
            return await _own_unit(desk, dossier, n)
        case unreachable:
            assert_never(unreachable)


async def _own_unit(desk: Desk, dossier: str, n: int | None) -> Step:
    """An official does not rate the own unit: said, and written down."""
    completion = await desk.records.completion(dossier, n)
    official = None if completion is None else await official_of(desk, completion.unit)
    if official is None:
        return Step(Idle(), (Outgoing(texts.not_done(dossier)),))
    noted = Audited(official.id, "rating of own unit refused", official.unit)
    return Step(Idle(), (Outgoing(texts.own_unit(desk.offices.unit(official.unit).name)),), (noted,))


def _topic(case: Case, desk: Desk) -> Topic | None:
    """What was rated; a slip shows nothing of it."""
    if case.binding is None:
        return None
    procedure = procedure_of(case.completion.procedure, desk)
    return Topic(None if procedure is None else procedure.code, dossier=case.completion.dossier)


def _say(conversation: Conversation, text: str) -> Step:
    return Step(conversation.state, (Outgoing(text),))
