"""What a turn may read of the database, for one chat. Only reads; every call takes its own short connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from bot.keys import Keys
from bot.local.facts import PROPOSED, fact_of
from bot.proofs import receipts, slips
from bot.tables import extensions, machine, misses, open_questions, people, withheld
from bot.tables.histories import Histories
from bot.zalo.books import costs_of
from handlers.authority import ROLES
from handlers.desk import (
    Binding,
    Completion,
    Costs,
    Extension,
    FormerRole,
    Given,
    Held,
    InvitationCode,
    JoinOffer,
    Noted,
    Official,
    OpenQuestion,
    Proposal,
    Seen,
    Slip,
    Withheld,
)
from handlers.dossiers.limiting import Misses
from handlers.messages import Chat, Purpose
from onestop import phones
from onestop import store as dossier_store
from onestop.days.durations import Curve
from onestop.dossier import WITHOUT_RESULT, Status
from ratings.digest import Digest
from ratings.period import Span
from ratings.sources import store as rating_store
from ratings.week import Week
from storage.desk_tables import local_facts
from storage.engine import Database
from storage.tables import (
    audit,
    bindings,
    completions,
    consents,
    digests,
    dossiers,
    official_codes,
    officials,
    outbox,
    ratings,
)

MOST_LISTED = 1000
"""Dossiers of one list: nobody reads further."""


def _held(whose: ColumnElement[bool]) -> Select[Any]:
    return (
        select(bindings)
        .where(whose, bindings.c.until >= bindparam("now"))
        .order_by(bindings.c.proved_at.desc(), bindings.c.dossier)
    )


_HELD = _held(bindings.c.chat == bindparam("of"))
"""What one chat holds: made once, since every turn about a dossier asks. So are those below."""
_OF_DOSSIER = select(completions).where(completions.c.dossier == bindparam("of"))
_LATEST_COMPLETION = _OF_DOSSIER.order_by(completions.c.n.desc()).limit(1)
_COMPLETION = _OF_DOSSIER.where(completions.c.n == bindparam("nth"))
_STANDS = select(dossiers.c.code).where(
    dossiers.c.code == bindparam("of"),
    dossiers.c.completions == bindparam("nth"),
    dossiers.c.status.in_([int(status) for status in WITHOUT_RESULT]),
)
"""Whether a dossier that ended so still stands so: nobody took it up again, nothing was handed over since."""
_RATING = select(ratings).where(ratings.c.completion == bindparam("of")).order_by(ratings.c.id.desc()).limit(1)
_ROLES_HELD = (
    select(officials)
    # a role that this version does not know may nothing
    .where(officials.c.chat == bindparam("of"), officials.c.revoked_at.is_(None), officials.c.role.in_(ROLES))
    .order_by(officials.c.since)
)
_ROLE_TAKEN_BACK = (
    select(officials.c.unit, officials.c.revoked_at)
    .where(officials.c.chat == bindparam("of"), officials.c.revoked_at.is_not(None))
    .order_by(officials.c.revoked_at.desc())
    .limit(1)
)


class ChatRecords:
    """``handlers.desk.Records`` for the chat whose table key is ``chat``."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        chat: str,
        now: datetime,
        *,
        demo: bool,
        histories: Histories | None = None,
    ) -> None:
        self._database = database
        self._keys = keys
        self._chat = chat
        self._now = now
        self._demo = demo
        self._histories = histories or Histories(database)
        self._mine: tuple[str, ...] | None = None

    async def _first(self, query: Select[Any], **given: object) -> Any:
        return await self._database.read(lambda connection: connection.execute(query, given).first())

    async def _rows(self, query: Select[Any], **given: object) -> Sequence[Any]:
        return await self._database.read(lambda connection: connection.execute(query, given).all())

    async def _number(self, query: Select[Any]) -> int:
        return int(await self._database.read(lambda connection: connection.execute(query).scalar_one()))

    async def last_seen(self, dossier: str) -> Seen | None:
        """The dossier as the backend last pushed it."""
        stored = await self._database.read(lambda connection: dossier_store.find_with_since(connection, dossier))
        return None if stored is None else Seen(stored.dossier, stored.seen_at, since=stored.since)

    async def misses(self, dossier: str, origin: str | None) -> Misses:
        """Wrong proofs of this code, and the latest by this chat and from its address."""
        who = self._keys.chat(self._chat)
        return await self._database.read(lambda c: misses.counted(c, dossier, who, origin, self._now))

    async def receipt(self, hashed: str) -> str | None:
        """The code of the dossier that a receipt opens now."""
        return await self._database.read(lambda connection: receipts.opens(connection, hashed, self._now))

    async def bindings(self) -> tuple[Binding, ...]:
        """What this chat has proved and may still see, newest first."""
        return await self._database.read(self._bindings)

    def _bindings(self, connection: Connection) -> tuple[Binding, ...]:
        if self._mine is None:
            self._mine = people.chats_of(connection, self._chat)
        alone = len(self._mine) == 1
        query = _HELD if alone else _held(bindings.c.chat.in_(self._mine))
        given = {"now": self._now, **({"of": self._chat} if alone else {})}
        found: dict[str, Binding] = {}
        for r in connection.execute(query, given):
            held, following = found.get(r.dossier), r.following_since is not None
            new = Binding(r.dossier, r.name, r.until, following)
            found[r.dossier] = new if held is None else _more_of(held, new)
        return tuple(found.values())

    async def _chats(self) -> tuple[str, ...]:
        """This chat and those joined with it; read once a turn."""
        if self._mine is None:
            self._mine = await self._database.read(lambda connection: people.chats_of(connection, self._chat))
        return self._mine

    async def completion(self, dossier: str, n: int | None = None) -> Completion | None:
        """The ``n``-th completion of a dossier, the latest where ``n`` is None."""
        if n is None:
            row = await self._first(_LATEST_COMPLETION, of=dossier)
        else:
            row = await self._first(_COMPLETION, of=dossier, nth=n)
        if row is None:
            return None
        ended = None if row.ended is None else Status(row.ended)
        return Completion(
            dossier=row.dossier,
            n=row.n,
            unit=row.unit,
            procedure=row.procedure,
            field=row.field,
            completed_at=row.completed_at,
            declined=row.declined_at is not None,
            not_received=row.not_received_at is not None,
            ended=ended,
            stands=ended is None or await self._first(_STANDS, of=dossier, nth=row.n) is not None,
        )

    async def rating(self, dossier: str, n: int) -> Given | None:
        """The effective rating of a completion: its newest row."""
        row = await self._first(_RATING, of=self._keys.completion(dossier, n))
        if row is None:
            return None
        return Given(
            id=row.id,
            stars=row.stars,
            reasons=tuple(orjson.loads(row.reasons)),
            comment=row.comment,
            first_at=row.first_at,
            taps=tuple(orjson.loads(row.taps).items()) if row.taps else (),
            own=row.rater in {self._keys.chat(chat) for chat in await self._chats()},
        )

    async def invited_since(self, at: datetime) -> bool:
        """Whether whoever talks here was invited since then."""
        mine = (outbox.c.chat.in_(await self._chats()), outbox.c.made_at >= at, outbox.c.state.in_(("open", "sent")))
        invited = select(func.count()).where(*mine, outbox.c.purpose == Purpose.INVITATION.value)
        return await self._number(invited) > 0

    async def latest_rated(self) -> Completion | None:
        """The completion that this chat rated last, among those it may still see."""
        newest: tuple[int, Completion] | None = None
        for binding in await self.bindings():
            completion = await self.completion(binding.dossier)
            given = None if completion is None else await self.rating(completion.dossier, completion.n)
            if completion is None or given is None or not given.own:
                continue
            if newest is None or given.id > newest[0]:
                newest = (given.id, completion)
        return None if newest is None else newest[1]

    async def slip(self, hashed: str) -> Slip | None:
        """What a result slip opens now."""
        return await self._database.read(lambda connection: slips.opens(connection, hashed, self._now))

    async def slips_missed(self, since: datetime) -> int:
        """Wrong eight characters since then, over all chats."""
        return await self._database.read(lambda connection: slips.missed(connection, since))

    async def rated_by_slip(self, since: datetime) -> Slip | None:
        """The slip by which this chat rated last, since then."""
        mine = ratings.c.rater.in_([self._keys.chat(chat) for chat in await self._chats()])
        newest = select(ratings.c.completion, ratings.c.mode).where(mine, ratings.c.first_at >= since)
        query = newest.order_by(ratings.c.id.desc()).limit(1)

        def read(connection: Connection) -> Slip | None:
            row = connection.execute(query).first()
            if row is None:
                return None
            return slips.that_rated(connection, self._keys, row.completion, row.mode, self._now)

        return await self._database.read(read)

    async def consented(self, purpose: str) -> bool:
        """Whether this chat's last word about a purpose was a yes."""
        mine = (consents.c.chat == self._chat, consents.c.purpose == purpose)
        newest = select(consents.c.granted).where(*mine).order_by(consents.c.at.desc()).limit(1)
        return bool(await self._database.read(lambda connection: connection.execute(newest).scalar()))

    async def officials(self) -> tuple[Official, ...]:
        """The roles this chat holds now."""
        rows = await self._rows(_ROLES_HELD, of=self._chat)
        return tuple(Official(r.id, r.unit, r.role) for r in rows)

    async def former_role(self) -> FormerRole | None:
        """The role of this chat that was taken back last."""
        row = await self._first(_ROLE_TAKEN_BACK, of=self._chat)
        return None if row is None else FormerRole(row.unit, row.revoked_at)

    async def invitation_code(self, typed: str) -> InvitationCode | None:
        """The invitation whose code was typed."""
        query = select(official_codes).where(official_codes.c.hash == self._keys.code(typed))
        row = await self._first(query)
        if row is None:
            return None
        return InvitationCode(row.hash, row.unit, row.role, row.expires_at, row.used_at is not None)

    def join_code(self, n: int) -> tuple[str, str]:
        """This chat's code number ``n``, and its hash."""
        code = self._keys.join_code(self._chat, n)
        return code, self._keys.joins(code)

    async def join_offer(self, code: str) -> JoinOffer | None:
        """What a typed code joins."""
        return await self.join_offer_by(self._keys.joins(code))

    async def join_offer_by(self, hashed: str) -> JoinOffer | None:
        """The same by its hash."""
        mine = await self._chats()
        return await self._database.read(lambda connection: people.offered(connection, hashed, mine))

    async def joined(self) -> tuple[str, ...]:
        """The channels of the other chats."""
        return tuple(Chat.parse(chat).channel for chat in (await self._chats())[1:])

    async def digest(
        self,
        unit: str,
        span: Span,
        as_of: datetime,
        below: tuple[str, ...] | None = None,
        likes: tuple[str, ...] = (),
    ) -> Digest:
        """The locked digest, else the one of what is known up to ``as_of``."""
        read = partial(
            rating_store.digest_of, unit=unit, span=span, as_of=as_of, demo=self._demo, below=below, likes=likes
        )
        return await self._database.read(read)

    async def locked(self, unit: str, span: Span) -> bool:
        """Whether the digest is stored."""
        where = (digests.c.unit == unit, digests.c.week == str(span))
        return bool(await self._number(select(func.count()).select_from(digests).where(*where)))

    async def due_dossiers(self, unit: str, until: datetime) -> tuple[Seen, ...]:
        """What a unit still works on and that is due before ``until``, the oldest due first."""
        read = partial(dossier_store.due_before, unit=unit, until=until, limit=MOST_LISTED)
        return tuple(Seen(stored.dossier, stored.seen_at) for stored in await self._database.read(read))

    async def unprovable(self, unit: str) -> int:
        """Open dossiers of a unit that no phone proves."""
        return await self._database.read(partial(phones.unprovable, unit=unit))

    async def curve(self, unit: str, procedure: str) -> Curve:
        """How long dossiers of a procedure take at a unit."""
        return await self._histories.curve(unit, procedure, self._now)

    async def curves(self, unit: str) -> Mapping[str, Curve]:
        """All curves of a unit that were fitted, by procedure."""
        return await self._histories.curves(unit)

    async def held(self) -> Held:
        """What is kept of this chat."""
        rated = select(func.count(ratings.c.completion.distinct()))
        return Held(
            messages=await self._number(select(func.count()).where(outbox.c.chat == self._chat)),
            bindings=await self.bindings(),
            ratings=await self._number(rated.where(ratings.c.rater == self._keys.chat(self._chat))),
            official=bool(await self.officials()),
            misses=len((await self.misses("", None)).of_chat),
        )

    async def proposals(self, units: tuple[str, ...]) -> tuple[Proposal, ...]:
        """The local values of these units that wait for a second official, oldest first."""
        query = (
            select(local_facts, officials.c.chat, officials.c.revoked_at)
            .outerjoin(officials, officials.c.id == local_facts.c.proposed_by)
            .where(local_facts.c.unit.in_(units), local_facts.c.state == PROPOSED)
            .order_by(local_facts.c.number)
        )
        mine = await self._chats()
        return tuple(
            Proposal(
                number=row.number,
                fact=fact_of(row),
                by=row.proposed_by,
                at=row.proposed_at,
                own=row.chat in mine,
                in_office=row.chat is not None and row.revoked_at is None,
            )
            for row in await self._rows(query)
        )

    async def open_questions(
        self, units: tuple[str, ...], most: int, id: int | None = None
    ) -> tuple[OpenQuestion, ...]:
        """What citizens of these units asked most that had no answer; with ``id`` that one."""
        return await self._database.read(lambda connection: open_questions.read(connection, units, most, id))

    async def machine_judged(self, units: tuple[str, ...]) -> tuple[int, int]:
        """What citizens of these units said of the machine."""
        return await self._database.read(partial(machine.judged, units=units, now=self._now))

    async def extension(self, dossier: str, *, drafts: bool = False) -> Extension | None:
        """The newest new day of a dossier."""
        return await self._database.read(partial(extensions.newest, dossier=dossier, drafts=drafts))

    async def drafted(self, number: int) -> Extension | None:
        """A new day by its number."""
        return await self._database.read(partial(extensions.numbered, number=number))

    async def next_extension(self) -> int:
        """A number that no new day has yet."""
        return await self._database.read(extensions.next_number)

    async def next_proposal(self) -> int:
        """One more than the largest number given so far."""
        return 1 + await self._number(select(func.coalesce(func.max(local_facts.c.number), 0)))

    async def costs(self, week: Week) -> Costs:
        """What writing to citizens cost."""
        return await self._database.read(lambda connection: costs_of(connection, week, self._now))

    async def withheld(self, unit: str, until: datetime, most: int, skip: int) -> tuple[Withheld, ...]:
        """Remarks about a unit that may accuse somebody, written by ``until``, newest first."""
        return await self._database.read(lambda connection: withheld.read(connection, unit, until, most, skip))

    async def journal(self, unit: str, most: int) -> tuple[Noted, ...]:
        """The newest rows of a unit's journal, newest first."""
        query = select(audit).where(audit.c.unit == unit).order_by(audit.c.id.desc()).limit(most)
        return tuple(Noted(r.at, r.who, r.what, r.detail or "") for r in await self._rows(query))


def _more_of(held: Binding, other: Binding) -> Binding:
    """One dossier proved in two chats of one person: what is longer, what is followed, what has a name."""
    following = held.following or other.following
    return Binding(held.dossier, held.name or other.name, max(held.until, other.until), following)
