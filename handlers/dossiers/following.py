"""Following a dossier: consent, the list of what is followed, news of it, no more news.

Notices carry a neutral name and go out only in the hours in which we may write.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from handlers.desk import BackendDown, Binding, Conversation, Desk, Later, NotConnected, Seen, Step, Topic
from handlers.dossiers import calling, collecting, linking, reaching, status
from handlers.effects import Consented, Effect, Followed, Planned, Unfollowed
from handlers.messages import Choice, Incoming, Outgoing, Purpose
from handlers.naming import followed, held, is_grief, marked, notice_name, parsed, topic_of
from handlers.rated.inviting import invite_at, invite_event, ratable, waits
from handlers.states import AsksConsent, Idle
from handlers.texts import joining as joining_texts
from handlers.texts import linking as linking_texts
from handlers.texts import tracking as texts
from onestop.code import DossierCode
from onestop.days.calendar import vietnam, vietnam_date
from onestop.dossier import AT_WORK, Dossier, Status

CONSENT = "follow-1"
"""Version of the text ``follow.consent``; a changed wording is a new one."""

PURPOSE = "follow"
FOLLOWED_FOR = timedelta(days=90)
MOST_LISTED = 8
LONGEST_NUMBER = 12


async def say_code(
    conversation: Conversation, incoming: Incoming, desk: Desk, words: tuple[str, ...]
) -> Step | Later | None:
    """ "follow CODE", "consent yes|no CODE" (the caller has seen that the dossier is held), "unfollow CODE",
    "unfollow", "mine", "follow" (what was just spoken of)."""
    if words[0] in ("mine", "follow", "unfollow") and not incoming.private:
        return Step(conversation.state, (Outgoing(texts.group(())),))
    match words:
        case ("follow", typed) if (code := parsed(typed)) is not None:
            return await _ask(desk, code.canonical)
        case ("consent", "yes" | "no" as said, typed) if (code := parsed(typed)) is not None:
            return await _settle(desk, code.canonical, said == "yes")
        case ("unfollow", typed) if (code := parsed(typed)) is not None:
            return await _stop(desk, code.canonical)
        case ("unfollow",):
            return await stop(desk)
        case ("follow",):
            about = conversation.topic.dossier
            asked = None if about is None or await _follows(desk, about) else await _ask(desk, about)
            return asked or await mine(desk)
        case ("mine",):
            return await mine(desk)
        case _:
            return None


async def mine(desk: Desk) -> Step:
    """ "hồ sơ đang theo dõi": what this chat follows, each with where it stands."""
    return Step(Idle(), (await listed(desk) or Outgoing(texts.follow_none()),))


async def listed(desk: Desk) -> Outgoing | None:
    """The list of what this chat follows; None where it follows nothing."""
    bindings = (await followed(desk))[:MOST_LISTED]
    if not bindings:
        return None
    seen = [(binding, await _seen(desk, binding.dossier)) for binding in bindings]
    lines = [_line(binding, each, await _new_day(binding, each, desk), desk) for binding, each in seen]
    told = [each.as_of for _, each in seen if each is not None and each.dossier is not None]
    as_of = [] if not told else [texts.as_of_all(min(told), is_one=len({texts.as_of(at) for at in told}) == 1)]
    return Outgoing(marked("\n".join([texts.follow_list(lines), *as_of]), desk), _picks(bindings, "status", desk))


async def stop(desk: Desk) -> Step:
    """ "thôi theo dõi": ends the one that is followed, asks which where there are several."""
    bindings = await followed(desk)
    if not bindings:
        return Step(Idle(), (Outgoing(texts.follow_none()),))
    if len(bindings) == 1:
        return await _stop(desk, bindings[0].dossier)
    return Step(Idle(), (Outgoing(texts.follow_which(), _picks(bindings, "unfollow", desk)),))


async def event(conversation: Conversation, incoming: Incoming, desk: Desk) -> Step | Later | None:
    """News of a followed dossier (``status:<dossier>:<at>``) or of a part of one (``part:…``). Silent where a newer
    event will tell it."""
    part = linking.read(incoming.id)
    about = _read(incoming.id) if part is None else (part.dossier, None)
    if about is None:
        return None
    later = waits(conversation, desk)
    if later is not None:
        return later
    dossier, at = about
    binding = await held(desk, dossier)
    seen = await desk.records.last_seen(dossier)
    if binding is None or not binding.following or seen is None or seen.dossier is None:
        return Step(conversation.state)
    name = binding.name or notice_name(seen.dossier.code, seen.dossier.procedure, seen.dossier.field, desk)
    if part is not None:
        text = linking.news(part, seen.dossier, name, seen, desk)
    else:
        text = None if _is_overtaken(seen, seen.dossier, at) else status.news(seen.dossier, name, seen, desk)
    if text is None:
        return Step(conversation.state)
    picks = (
        Choice(texts.label("detail"), f"status {dossier}"),
        Choice(texts.label("unfollow"), f"unfollow {dossier}"),
    )
    news = Outgoing(text, picks, purpose=Purpose.NOTICE)
    return Step(conversation.state, (news,), topic=topic_of(seen.dossier, desk))


# --- consent ---------------------------------------------------------------------------------------------------------


async def _ask(desk: Desk, dossier: str) -> Step | None:
    binding = await held(desk, dossier)
    if binding is None:
        return None
    if binding.following:
        pick = Choice(texts.label("unfollow"), f"unfollow {dossier}")
        return Step(Idle(), (Outgoing(texts.follow_already(dossier, vietnam_date(binding.until)), (pick,)),))
    refused = await _part_of_a_whole(desk, dossier)
    if refused is not None:
        return refused
    picks = (
        Choice(texts.label("yes"), f"consent yes {dossier}"),
        Choice(texts.label("no"), f"consent no {dossier}"),
    )
    question = Outgoing(texts.consent(dossier, await _name(desk, dossier)), picks)
    return Step(AsksConsent(dossier), (question,), topic=Topic(dossier=dossier))


async def _follows(desk: Desk, dossier: str) -> bool:
    binding = await held(desk, dossier)
    return binding is not None and binding.following


async def _part_of_a_whole(desk: Desk, dossier: str) -> Step | None:
    """A part has no news of its own: the code of the whole is given instead. None where it is no part."""
    seen = await _seen(desk, dossier)
    whole = None if seen is None or seen.dossier is None else seen.dossier.whole
    if whole is None:
        return None
    pick = Choice(linking_texts.label_follow_whole(), f"follow {whole.canonical}")
    return Step(Idle(), (Outgoing(linking_texts.follow_the_whole(dossier, whole.printed), (pick,)),))


async def _settle(desk: Desk, dossier: str, granted: bool) -> Step | None:
    """Writes the consent down, and following with it; None where the proof no longer holds."""
    binding = await held(desk, dossier)
    given = Consented(PURPOSE, CONSENT, granted)
    if not granted:
        ends = (Unfollowed(dossier),) if binding is not None and binding.following else ()
        return Step(Idle(), (Outgoing(texts.follow_no(dossier)),), (given, *ends))
    if binding is None:
        return None
    refused = await _part_of_a_whole(desk, dossier)
    if refused is not None:
        return refused
    until = desk.now + FOLLOWED_FOR
    follows = Followed(dossier, await _name(desk, dossier), until, CONSENT)
    effects: tuple[Effect, ...] = (given, follows, *await _planned(desk, dossier), *await _to_fetch(desk, dossier))
    picks = (calling.offered(dossier), *reaching.offered(desk), Choice(joining_texts.label_offer(), "link"))
    said = Outgoing(texts.follow_on(dossier, vietnam_date(until)), picks)
    return Step(Idle(), (said,), effects, Topic(dossier=dossier))


async def _planned(desk: Desk, dossier: str) -> tuple[Planned, ...]:
    """The invitation to rate what was handed over before following began; later ones the ledger plans."""
    done = await desk.records.completion(dossier)
    if done is None or done.declined or done.not_received or not ratable(done.completed_at, desk.now):
        return ()
    if await desk.records.rating(dossier, done.n) is not None:
        return ()
    at = invite_at(done.completed_at, desk.now, desk.rules, desk.random, is_grief(done.procedure, desk))
    return (Planned(invite_event(dossier, done.n), at),)


async def _to_fetch(desk: Desk, dossier: str) -> tuple[Planned, ...]:
    """The reminders to fetch what was finished before following began; later ones the ledger plans."""
    seen = await desk.records.last_seen(dossier)
    if seen is None or seen.dossier is None or seen.dossier.status is not Status.FINISHED:
        return ()
    at = seen.dossier.finished_at or seen.dossier.own_time
    return () if at is None else collecting.reminders(dossier, at, desk.now, desk.rules)


async def _stop(desk: Desk, dossier: str) -> Step:
    binding = await held(desk, dossier)
    effects = (Unfollowed(dossier),) if binding is not None and binding.following else ()
    return Step(Idle(), (Outgoing(texts.follow_off(dossier)),), effects)


async def _name(desk: Desk, dossier: str) -> str:
    """The neutral name; from the code alone where nobody can say what the dossier is about."""
    seen = await _seen(desk, dossier)
    code = DossierCode.parse(dossier)
    if seen is None or seen.dossier is None:
        return notice_name(code, None, None, desk)
    return notice_name(code, seen.dossier.procedure, seen.dossier.field, desk)


async def _seen(desk: Desk, dossier: str) -> Seen | None:
    """The dossier as it was pushed last; asked for where it never was."""
    seen = await desk.records.last_seen(dossier)
    if seen is not None:
        return seen
    try:
        return await desk.onestop.look_up(dossier)
    except (BackendDown, NotConnected):
        return None


# --- news ------------------------------------------------------------------------------------------------------------


def _line(binding: Binding, seen: Seen | None, new_day: date | None, desk: Desk) -> str:
    """One followed dossier: where it stands, its due day, how late it is, the new day that an official confirmed."""
    dossier = None if seen is None else seen.dossier
    if dossier is None:
        return texts.follow_line(binding.dossier, _called(binding, desk), None, None, desk.today)
    due = None if dossier.due is None or dossier.status.is_closed else vietnam_date(dossier.due)
    late = dossier.days_late(desk.now, vietnam()) if dossier.status in AT_WORK and dossier.is_late(desk.now) else None
    return texts.follow_line(binding.dossier, _called(binding, desk), dossier.status, due, desk.today, late, new_day)


async def _new_day(binding: Binding, seen: Seen | None, desk: Desk) -> date | None:
    """The new day of a dossier at work that an official confirmed and that still stands."""
    dossier = None if seen is None else seen.dossier
    if dossier is None or dossier.status not in AT_WORK:
        return None
    extension = await desk.records.extension(binding.dossier)
    return extension.day if extension is not None and status.in_force(extension, dossier) else None


def _called(binding: Binding, desk: Desk) -> str:
    return binding.name or notice_name(DossierCode.parse(binding.dossier), None, None, desk)


def _picks(bindings: Sequence[Binding], what: str, desk: Desk) -> tuple[Choice, ...]:
    """A choice for each, by its name and the end of its code: of three "hồ sơ hộ tịch" one is known by that."""
    return tuple(
        Choice(texts.named_with_tail(_called(each, desk), each.dossier), f"{what} {each.dossier}", str(n))
        for n, each in enumerate(bindings, 1)
    )


def _is_overtaken(seen: Seen, dossier: Dossier, at: datetime | None) -> bool:
    """Whether the dossier has changed again after what this event is about: the newer change has its own event."""
    since = seen.since or dossier.own_time
    return at is not None and since is not None and at < since


def _read(event: str) -> tuple[str, datetime | None] | None:
    """The dossier and the instant of a ``status`` event's id; None where it is another kind of event."""
    kind, _, rest = event.partition(":")
    dossier, _, at = rest.partition(":")
    if kind != "status" or parsed(dossier) is None:
        return None
    return dossier, _instant(at)


def _instant(text: str) -> datetime | None:
    """Microseconds since 1970 UTC, or ISO 8601 with a zone; None for all else, such as a running number."""
    if text.isascii() and text.isdigit() and len(text) > LONGEST_NUMBER:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(text))
    try:
        at = datetime.fromisoformat(text if not text.isdigit() else "")
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
