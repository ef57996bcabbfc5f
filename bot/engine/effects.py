"""Effects, written. Matched to the end: a new effect that is not written here does not type-check."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import assert_never

import orjson
from msgspec import Struct
from sqlalchemy import Connection, func, select

from bot.engine.jobs import Answer
from bot.engine.planning import plan
from bot.keys import Keys
from bot.local import facts as local_facts
from bot.proofs import receipts, slips
from bot.stale import Stale
from bot.tables import extensions, machine, misses, open_questions, people
from bot.tables.followers import followers
from handlers.effects import (
    ActionNoted,
    Audited,
    BecameOfficial,
    Consented,
    Declined,
    Effect,
    Erased,
    ExtensionConfirmed,
    ExtensionDrafted,
    FactDecided,
    FactHidden,
    FactProposed,
    FactUnhidden,
    Followed,
    Invited,
    Joined,
    JoinOffered,
    LeftOpen,
    Locked,
    MachineJudged,
    Missed,
    Named,
    NotReceived,
    Opened,
    Parted,
    PhoneForgotten,
    Planned,
    Proved,
    Rated,
    Reopened,
    SlipTyped,
    Unfollowed,
)
from handlers.messages import Kind
from ratings.integrity import is_soon
from storage.desk_tables import actions
from storage.statement import upsert
from storage.tables import (
    audit,
    bindings,
    completions,
    consents,
    conversation,
    digests,
    erasures,
    inbox,
    official_codes,
    officials,
    outbox,
    ratings,
)
from storage.zalo_tables import contacts, zalo_templates

CHANGEABLE = timedelta(hours=24)
"""How long an answer may be changed, from its first row."""


class Context(Struct, frozen=True):
    """What the writer needs to know besides the turn."""

    keys: Keys
    demo: bool


def apply(connection: Connection, context: Context, turn: Answer, effect: Effect) -> None:
    """Write one effect. Raises Stale where what it rests on no longer holds."""
    chat, at = str(turn.row.incoming.chat), turn.at
    match effect:
        case Proved(dossier, until, origin):
            _may_try(connection, context, chat, at, dossier, origin)
            _bind(connection, chat, at, dossier, until)
        case Opened(dossier, receipt, until):
            if receipts.opens(connection, receipt, at) is None:
                raise Stale("the receipt opens nothing any more")
            _bind(connection, chat, at, dossier, until)
        case Missed(dossier, origin):
            _may_try(connection, context, chat, at, dossier, origin)
            misses.miss(connection, dossier, context.keys.chat(chat), origin, at)
        case SlipTyped():
            slips.tried(connection, context.keys.chat(chat), at, effect)
        case Followed():
            _follow(connection, chat, at, effect)
        case Unfollowed(dossier):
            mine = bindings.c.chat.in_(people.chats_of(connection, chat))
            connection.execute(bindings.delete().where(mine, bindings.c.dossier == dossier))
        case Named(dossier, name):
            mine = bindings.c.chat.in_(people.chats_of(connection, chat))
            theirs = (bindings.c.dossier == dossier, bindings.c.following_since.is_not(None))
            connection.execute(bindings.update().where(mine, *theirs).values(name=name))
        case Planned(event, due):
            plan(connection, chat, event, at, due)
        case Invited(dossier, n):
            _stamp(connection, dossier, n, "invited_at", at)
        case Declined(dossier, n):
            _stamp(connection, dossier, n, "declined_at", at)
        case NotReceived(dossier, n):
            _stamp(connection, dossier, n, "not_received_at", at)
        case Rated():
            _rate(connection, context, chat, at, effect)
        case Consented(purpose, version, granted):
            row = {"chat": chat, "purpose": purpose, "at": at, "version": version, "granted": granted}
            connection.execute(consents.insert().values(row))
        case PhoneForgotten():
            connection.execute(contacts.update().where(contacts.c.chat == chat).values(phone=None))
        case BecameOfficial(code_hash):
            _become_official(connection, chat, at, code_hash)
        case JoinOffered():
            people.offer(connection, chat, effect)
        case Joined():
            other, event = people.join(connection, chat, at, effect)
            plan(connection, other, event, at, at)
        case Parted():
            people.part(connection, chat)
        case Audited() | Locked():
            note(connection, at, effect)
        case LeftOpen():
            open_questions.leave(connection, at, effect)
        case FactHidden():
            local_facts.hide(connection, chat, at, effect)
        case FactUnhidden():
            local_facts.unhide(connection, chat, at, effect)
        case FactProposed():
            local_facts.propose(connection, chat, at, effect)
        case FactDecided():
            local_facts.decide(connection, chat, at, effect)
        case ExtensionDrafted():
            extensions.draft(connection, at, effect)
        case ExtensionConfirmed(_, dossier):
            event = extensions.confirm(connection, at, effect)
            for follower in followers(connection, dossier, at):
                plan(connection, follower, event, at, at)
        case ActionNoted(unit, procedure, day, words, by):
            row = {"unit": unit, "procedure": procedure, "done_on": day.isoformat(), "words": words, "noted_by": by}
            connection.execute(actions.insert().values(**row, noted_at=at))
        case MachineJudged():
            machine.judge(connection, at, effect)
        case Reopened(dossier):
            misses.reopen(connection, dossier)
        case Erased():
            _erase(connection, context, turn)
        case _:
            assert_never(effect)


def note(connection: Connection, at: datetime, effect: Audited | Locked) -> None:
    """What reading a digest writes, in a turn or outside of one: the journal's row, the first closed digest."""
    match effect:
        case Audited(who, what, unit, detail):
            connection.execute(audit.insert().values(at=at, who=who, what=what, unit=unit, detail=detail))
        case Locked(unit, week, as_of, body):
            insert = upsert(connection.dialect.name, digests)
            row = {"unit": unit, "week": week, "as_of": as_of, "made_at": at, "body": body}
            connection.execute(insert.values(row).on_conflict_do_nothing())
        case _:
            assert_never(effect)


def _may_try(
    connection: Connection, context: Context, chat: str, at: datetime, dossier: str, origin: str | None
) -> None:
    # looked at again here: a thousand chats that guess at once get ten tries in all, not ten each
    wrong = misses.counted(connection, dossier, context.keys.chat(chat), origin, at)
    if wrong.closes_code or wrong.waits_until(at) is not None:
        raise Stale("the phone proof has closed")


def _bind(connection: Connection, chat: str, at: datetime, dossier: str, until: datetime) -> None:
    insert = upsert(connection.dialect.name, bindings)
    row = {"chat": chat, "dossier": dossier, "proved_at": at, "until": until}
    longer = func.max if connection.dialect.name == "sqlite" else func.greatest
    connection.execute(
        insert.values(row).on_conflict_do_update(
            index_elements=["chat", "dossier"],
            set_={"proved_at": insert.excluded.proved_at, "until": longer(bindings.c.until, insert.excluded.until)},
        )
    )


def _follow(connection: Connection, chat: str, at: datetime, effect: Followed) -> None:
    mine = people.chats_of(connection, chat)
    proved = (bindings.c.chat.in_(mine), bindings.c.dossier == effect.dossier, bindings.c.until >= at)
    held = connection.execute(select(bindings.c.chat).where(*proved)).scalars().all()
    if not held:
        raise Stale("the proof has run out")
    # the proof may be that of a joined chat: then it is the one that follows, for both
    first = min(held, key=mine.index)
    row = bindings.update().where(bindings.c.chat == first, bindings.c.dossier == effect.dossier)
    connection.execute(row.values(following_since=at, until=effect.until, name=effect.name))


def _stamp(connection: Connection, dossier: str, n: int, column: str, at: datetime) -> None:
    where = (completions.c.dossier == dossier, completions.c.n == n, completions.c[column].is_(None))
    connection.execute(completions.update().where(*where).values({column: at}))


def _rate(connection: Connection, context: Context, chat: str, at: datetime, effect: Rated) -> None:
    completion, rater = context.keys.completion(effect.dossier, effect.n), context.keys.chat(chat)
    own = {context.keys.chat(each) for each in people.chats_of(connection, chat)}
    newest = connection.execute(
        select(ratings.c.id, ratings.c.rater, ratings.c.first_at, ratings.c.mode)
        .where(ratings.c.completion == completion)
        .order_by(ratings.c.id.desc())
        .limit(1)
    ).first()
    if (None if newest is None else newest.id) != effect.supersedes:
        raise Stale("somebody rated meanwhile")
    if newest is not None and (newest.rater not in own or newest.first_at + CHANGEABLE < at):
        raise Stale("this rating may no longer be changed here")
    first_at = effect.first_at if newest is None else newest.first_at
    mine = (completions.c.dossier == effect.dossier, completions.c.n == effect.n)
    done = connection.execute(select(completions.c.completed_at, completions.c.ended).where(*mine)).first()
    connection.execute(
        ratings.insert().values(
            completion=completion,
            rater=rater,
            supersedes=effect.supersedes,
            at=at,
            first_at=first_at,
            soon=done is not None and is_soon(done.completed_at, first_at),
            ended=None if done is None else done.ended,
            stars=effect.stars,
            reasons=orjson.dumps(effect.reasons).decode(),
            taps=orjson.dumps(dict(effect.taps)).decode() if effect.taps else None,
            comment=effect.comment,
            held=effect.held,
            unit=effect.unit,
            procedure=effect.procedure,
            field=effect.field,
            completed_on=effect.completed_on.isoformat(),
            mode=effect.mode if newest is None else newest.mode,
            instrument=effect.instrument,
            demo=context.demo,
        )
    )


def _become_official(connection: Connection, chat: str, at: datetime, code_hash: str) -> None:
    code = connection.execute(
        select(official_codes.c.unit, official_codes.c.role).where(
            official_codes.c.hash == code_hash, official_codes.c.used_at.is_(None), official_codes.c.expires_at > at
        )
    ).first()
    if code is None:
        raise Stale("the invitation is used up")
    connection.execute(official_codes.update().where(official_codes.c.hash == code_hash).values(used_at=at))
    name = f"cb-{secrets.token_hex(4)}"
    connection.execute(officials.insert().values(id=name, chat=chat, unit=code.unit, role=code.role, since=at))
    connection.execute(audit.insert().values(at=at, who=name, what="became official", unit=code.unit, detail=code.role))


def _erase(connection: Connection, context: Context, turn: Answer) -> None:
    """Remove every row that holds the chat. Messages that came after the request stay: they are new ones.

    Its wrong proofs keep their hash for the day that they are counted, else erasing would give new tries.
    """
    chat, rater = str(turn.row.incoming.chat), context.keys.chat(str(turn.row.incoming.chat))
    people.part(connection, chat)
    for table in (conversation, outbox, bindings, consents, officials, contacts, zalo_templates):
        connection.execute(table.delete().where(table.c.chat == chat))
    mine = (inbox.c.chat == chat, inbox.c.seq <= turn.row.seq)
    connection.execute(inbox.delete().where(*mine))
    connection.execute(inbox.delete().where(inbox.c.chat == chat, inbox.c.kind == Kind.EVENT.value))
    connection.execute(ratings.update().where(ratings.c.rater == rater).values(rater=None, comment=None))
    insert = upsert(connection.dialect.name, erasures)
    row = {"who": rater, "at": turn.at}
    connection.execute(
        insert.values(row).on_conflict_do_update(index_elements=["who"], set_={"at": insert.excluded.at})
    )
