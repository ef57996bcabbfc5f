"""Tracking a dossier: its code, the proof that it is one's own, where it stands.

::

    a code ──▶ held by this chat? ──yes──▶ the status
                     │ no
                     ▼
              asks the last four digits of the receipt's phone ──right──▶ the status, following is offered
                     └─ wrong, or no such code: one and the same answer, counted the same ─▶ asked again

Where the backend is down and nothing is known, the machine comes back by itself (``again:`` events) once it answers.

The QR of a receipt opens its dossier at once, as the paper at the desk does, also while the phone proof is closed.

Nothing said before a right proof depends on whether the dossier exists, or on where it is looked up. Misses of a code
over all chats close its proof for new chats; misses of a chat, or from its address, make it wait (``limiting``). Who
holds a dossier already, or follows it, is touched by neither.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from handlers import ways_on
from handlers.desk import BackendDown, Conversation, Desk, Later, NotConnected, Seen, Step, Topic
from handlers.dossiers import following, retrying, status
from handlers.dossiers.proving import NoProof, Proof, read_proof
from handlers.effects import Missed, Opened, Proved
from handlers.messages import Choice, Incoming, Outgoing, Purpose
from handlers.naming import held, office_of, parsed, topic_of
from handlers.rated.inviting import ratable, waits
from handlers.reading.intents import is_pressed
from handlers.reading.nodding import says_no, says_yes
from handlers.states import AsksCode, AsksConsent, AsksProof, Idle
from handlers.texts import linking as linking_texts
from handlers.texts import tracking as texts
from onestop.code import DossierCode, find_codes, suggest
from onestop.dossier import Status
from onestop.ministries import ministry
from procedures.finding.fold import syllables

PROVED_FOR = timedelta(minutes=30)

NO_RECEIPT = ("mat giay", "khong co giay", "ko co giay", "k co giay", "mat phieu", "khong thay giay", "lam mat")
NO_NUMBER = ("khong nho", "ko nho", "k nho", "quen so", "quen roi", "khong biet so", "ko biet so", "khong co so")


# --- entry points ----------------------------------------------------------------------------------------------------


async def found_code(
    conversation: Conversation, incoming: Incoming, desk: Desk, codes: tuple[DossierCode, ...]
) -> Step | Later | None:
    """The answer to a message with dossier codes, in any state; it repeats each code as printed."""
    if not codes:
        return None
    printed = [code.printed for code in codes]
    if not incoming.private:
        return _say(conversation, texts.group(printed))
    if len(codes) > 1:
        picks = tuple(Choice(code.canonical[-24:], f"status {code.canonical}") for code in codes[:8])
        return Step(Idle(), (Outgoing(texts.several(printed), picks),))
    code = codes[0]
    branch = ministry(code)
    if branch is not None:
        return Step(Idle(), (Outgoing(texts.ministry(code.printed, branch.agency, branch.where), (ways_on.person(),)),))
    return await _look(desk, code, read_proof(incoming.text), incoming.origin)


async def prompt(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """Asks for a code; shows first where the dossiers stand that this chat follows."""
    if not incoming.private:
        return _say(conversation, texts.group(()))
    if not desk.rules.connected:
        return Step(Idle(), (_not_connected(desk, ()),))
    own = await following.listed(desk)
    if own is None:
        return Step(AsksCode(), (Outgoing(texts.prompt(), (Choice(texts.label("lost"), "lost"),)),))
    return Step(AsksCode(), (replace(own, text=f"{own.text}\n{texts.prompt_other()}"),))


async def say_code(
    conversation: Conversation, incoming: Incoming, desk: Desk, words: tuple[str, ...]
) -> Step | Later | None:
    """A choice of ours: "track", "status CODE", "lost", "no_number", and those of following."""
    match words:
        case ("track",):
            return await prompt(conversation, incoming, desk)
        case ("status", typed) if (code := parsed(typed)) is not None:
            return await found_code(conversation, incoming, desk, (code,))
        case ("lost",):
            return Step(Idle(), (Outgoing(texts.lost(), _lost_choices()),))
        case ("no_number",):
            return Step(conversation.state, (Outgoing(texts.no_number(_phone(desk)), (ways_on.person(),)),))
        case ("follow", typed) | ("consent", "yes", typed) if (code := parsed(typed)) is not None:
            if not incoming.private:
                return _say(conversation, texts.group((code.printed,)))
            if await held(desk, code.canonical) is None:
                return await _look(desk, code, None, incoming.origin)
            return await following.say_code(conversation, incoming, desk, words)
        case _:
            return await following.say_code(conversation, incoming, desk, words)


async def in_state(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """The answer to what was asked about a dossier; None where the text is no answer to that."""
    if is_pressed(incoming.text):
        return None
    match conversation.state:
        case AsksProof(dossier, printed):
            return await _answer_to_proof(conversation, incoming, desk, DossierCode.parse(dossier), printed)
        case AsksCode():
            return await _answer_to_code(conversation, incoming, desk)
        case AsksConsent(dossier) if says_yes(incoming.text):
            return await say_code(conversation, incoming, desk, ("consent", "yes", dossier))
        case AsksConsent(dossier) if says_no(incoming.text):
            return await say_code(conversation, incoming, desk, ("consent", "no", dossier))
        case _:
            return None


async def scanned(conversation: Conversation, incoming: Incoming, desk: Desk, receipt: str) -> Step:
    """The QR of a receipt (the hash of its token): opens its dossier like the paper in one's hand."""
    if not incoming.private:
        return _say(conversation, texts.group(()))
    printed = await desk.records.receipt(receipt)
    if printed is None:
        return Step(AsksCode(), (Outgoing(texts.receipt_over(), (ways_on.person(),)),))
    code = DossierCode.parse(printed)
    shown = await stands(desk, code, by_receipt=True)
    opened = Opened(code.canonical, receipt, desk.now + PROVED_FOR)
    return replace(shown, effects=(opened, *shown.effects), topic=shown.topic or Topic(dossier=code.canonical))


def mistyped(incoming: Incoming) -> Step | None:
    """Asks back whether a code was meant that stands there with O for 0 or the like; None where none seems to."""
    meant = suggest(incoming.text)
    if meant is None or not incoming.private:
        return None
    pick = Choice(texts.label("suggest"), f"status {meant.canonical}")
    return Step(AsksCode(), (Outgoing(texts.suggest(meant.printed), (pick,)),))


async def event(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """News of a followed dossier (``status:``), a look-up tried again (``again:``); None where it is another event."""
    return await following.event(conversation, incoming, desk) or await _again(conversation, incoming, desk)


# --- answers to our questions ----------------------------------------------------------------------------------------


async def _code_or_lost(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """A code, or that the receipt is lost: both are heard whatever was asked for."""
    codes = find_codes(incoming.text)
    if codes:
        return await found_code(conversation, incoming, desk, codes)
    said = " ".join(syllables(incoming.text))
    if any(phrase in said for phrase in NO_RECEIPT):
        return Step(Idle(), (Outgoing(texts.lost(), _lost_choices()),))
    return None


async def _answer_to_proof(
    conversation: Conversation, incoming: Incoming, desk: Desk, code: DossierCode, printed: str
) -> Step | Later | None:
    other = await _code_or_lost(conversation, incoming, desk) or mistyped(incoming)
    if other is not None:
        return other
    said = " ".join(syllables(incoming.text))
    if any(phrase in said for phrase in NO_NUMBER):
        return Step(conversation.state, (Outgoing(texts.no_number(_phone(desk)), (ways_on.person(),)),))
    if said == "0":
        return None
    proof = read_proof(incoming.text)
    if proof is None:
        return None
    asked = DossierCode(code.unit, code.day, code.number, printed)
    return await _look(desk, asked, proof, incoming.origin)


async def _answer_to_code(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    other = await _code_or_lost(conversation, incoming, desk) or mistyped(incoming)
    if other is not None:
        return other
    meant = _suggested(conversation)
    if meant is not None and says_yes(incoming.text, dung=True):
        return await say_code(conversation, replace(incoming, text=meant.says), desk, tuple(meant.says.split()))
    if meant is not None and says_no(incoming.text):
        return Step(AsksCode(), (Outgoing(texts.prompt(), (Choice(texts.label("lost"), "lost"),)),))
    if sum(character.isdigit() for character in incoming.text) >= 4:
        return Step(AsksCode(), (Outgoing(texts.unreadable(), (Choice(texts.label("lost"), "lost"),)),))
    return None


# --- one dossier -----------------------------------------------------------------------------------------------------


async def _look(desk: Desk, code: DossierCode, proof: Proof | NoProof | None, origin: str | None) -> Step:
    """The status for who holds the dossier; for others the proof is asked, or tried where it came along.

    ``origin``: where the message was sent from.
    """
    if not desk.rules.connected:
        return Step(Idle(), (_not_connected(desk, (code.printed,)),))
    if await held(desk, code.canonical) is not None:
        return await stands(desk, code)
    wrong = await desk.records.misses(code.canonical, origin)
    until = wrong.waits_until(desk.now)
    if until is not None:
        return Step(Idle(), (Outgoing(texts.wait(code.printed, until, desk.today, _phone(desk)), (ways_on.person(),)),))
    if wrong.closes_code:
        return Step(Idle(), (Outgoing(texts.locked(code.printed, _phone(desk)), (ways_on.person(),)),))
    waiting = AsksProof(code.canonical, code.printed)
    if isinstance(proof, Proof):
        return await _prove(desk, code, proof, waiting, origin)
    text = texts.proof(code.printed) if proof is None else texts.digits(code.printed)
    return Step(
        waiting,
        (Outgoing(text, (Choice(texts.label("no_number"), "no_number"),)),),
        topic=Topic(dossier=code.canonical),
    )


async def _prove(desk: Desk, code: DossierCode, proof: Proof, waiting: AsksProof, origin: str | None) -> Step:
    try:
        seen = await desk.onestop.look_up(code.printed)
    except NotConnected:
        return Step(Idle(), (_not_connected(desk, (code.printed,)),))
    except BackendDown:
        return Step(waiting, (_down(desk, code),), (retrying.first(code.canonical, desk.now),))
    if not desk.onestop.proves(seen, proof.digits):
        again = (retrying.first(code.canonical, desk.now),) if seen.down else ()
        return Step(waiting, (_no_match(desk, code, seen),), (Missed(code.canonical, origin), *again))
    shown = await _shown(desk, code, seen, following_now=False)
    said = (Outgoing(texts.down_seen()), shown) if seen.down else (shown,)
    proved = Proved(code.canonical, desk.now + PROVED_FOR, origin)
    return Step(Idle(), said, (proved,), _topic(seen, desk))


def _no_match(desk: Desk, code: DossierCode, seen: Seen) -> Outgoing:
    """While the backend is down a wrong proof is answered like a code that only it may know: it is down."""
    if seen.down:
        return _down(desk, code)
    return Outgoing(texts.nomatch(code.printed), (Choice(texts.label("no_number"), "no_number"), ways_on.person()))


async def stands(desk: Desk, code: DossierCode, *, by_receipt: bool = False) -> Step:
    """The status for who holds the dossier or its receipt; as told last where the backend cannot be asked."""
    binding = await held(desk, code.canonical)
    is_following = binding is not None and binding.following
    seen: Seen | None
    try:
        seen = await desk.onestop.look_up(code.printed)
    except NotConnected:
        return Step(Idle(), (_not_connected(desk, (code.printed,)),))
    except BackendDown:
        seen = None
    down = seen is None or seen.down
    if seen is None or seen.dossier is None:
        seen = await desk.records.last_seen(code.canonical)
    if seen is None or seen.dossier is None:
        if down:
            return Step(Idle(), (_down(desk, code),), (retrying.first(code.canonical, desk.now),))
        if by_receipt and not down:  # printed before the system told of it
            pick = Choice(texts.label("follow"), f"follow {code.canonical}")
            return Step(Idle(), (Outgoing(texts.receipt_early(code.printed, _phone(desk)), (pick, ways_on.person())),))
        return Step(Idle(), (Outgoing(texts.gone(code.printed, _phone(desk)), (ways_on.person(),)),))
    shown = await _shown(desk, code, seen, is_following)
    said = (Outgoing(texts.down_seen()), shown) if down else (shown,)
    return Step(Idle(), said, topic=_topic(seen, desk))


async def _shown(desk: Desk, code: DossierCode, seen: Seen, following_now: bool) -> Outgoing:
    """The status with what can be done next: follow it, rate it, what its procedure asks."""
    dossier = seen.dossier
    assert dossier is not None
    if dossier.whole is not None:
        picks = [Choice(linking_texts.label_whole(), f"status {dossier.whole.canonical}")]
    else:
        picks = [] if following_now else [Choice(texts.label("follow"), f"follow {code.canonical}")]
    if dossier.status is Status.RETURNED and await _unrated(desk, code.canonical):
        picks.append(Choice(texts.label("rate"), f"rate {code.canonical}"))
    picks += status.choices(dossier, desk)
    if following_now:
        picks.append(Choice(texts.label("unfollow"), f"unfollow {code.canonical}"))
    curve = None
    if dossier.procedure is not None:
        curve = await desk.records.curve(office_of(dossier.unit, desk).code, dossier.procedure)
    extension = await desk.records.extension(code.canonical)
    return Outgoing(status.tell(dossier, code.printed, seen, desk, curve, extension), tuple(picks))


async def _unrated(desk: Desk, dossier: str) -> bool:
    completion = await desk.records.completion(dossier)
    if completion is None or not ratable(completion.completed_at, desk.now):
        return False
    return await desk.records.rating(dossier, completion.n) is None


async def _again(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """What could not be looked up while the backend was down, once it answers: where it stands, or the proof asked."""
    about = retrying.read(incoming.id)
    if about is None:
        return None
    later = waits(conversation, desk)
    if later is not None:
        return later
    silent, code = Step(conversation.state), DossierCode.parse(about.dossier)
    try:
        seen = await desk.onestop.look_up(about.dossier)
    except (BackendDown, NotConnected):
        seen = None
    if seen is None or seen.down:
        following_try = retrying.following(about, desk.now)
        return silent if following_try is None else replace(silent, effects=(following_try,))
    if await held(desk, about.dossier) is None:
        if retrying.is_settled(about, conversation):
            return silent
        asked = await _look(desk, code, None, incoming.origin)
    else:
        asked = await stands(desk, code)
    back = (
        Outgoing(texts.up_again(), purpose=Purpose.NOTICE),
        *(replace(o, purpose=Purpose.NOTICE) for o in asked.say),
    )
    return replace(asked, say=back)


# --- small parts -----------------------------------------------------------------------------------------------------


def _suggested(conversation: Conversation) -> Choice | None:
    """The code that was asked back, where that was the last question."""
    match conversation.offered:
        case (Choice(label=label) as only,) if label == texts.label("suggest"):
            return only
        case _:
            return None


def _topic(seen: Seen, desk: Desk) -> Topic | None:
    return None if seen.dossier is None else topic_of(seen.dossier, desk)


def _down(desk: Desk, code: DossierCode) -> Outgoing:
    return Outgoing(texts.down(code.printed, _phone(desk)), (ways_on.person(),))


def _say(conversation: Conversation, text: str) -> Step:
    return Step(conversation.state, (Outgoing(text),))


def _not_connected(desk: Desk, codes: tuple[str, ...]) -> Outgoing:
    return Outgoing(texts.not_connected(codes, _phone(desk)), (ways_on.person(),))


def _phone(desk: Desk) -> str | None:
    return office_of(None, desk).phone


def _lost_choices() -> tuple[Choice, ...]:
    return (ways_on.hours(), ways_on.person())
