"""What one chat reads of a ``Book``, for tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

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
    Spent,
    Withheld,
)
from handlers.dossiers.limiting import Misses
from handlers.memory import Memory
from handlers.messages import Chat
from handlers.rated.slips import SLIP_MISSED
from onestop.days.durations import Curve, fit
from onestop.dossier import AT_WORK
from ratings.digest import Digest, make_digest
from ratings.period import Span
from ratings.records import Records as DigestRecords
from ratings.week import Week
from tests.books import KEYS, NOON, RULES, Book, offices


@dataclass
class FakeRecords:
    """As ``handlers.desk.Records``, for one chat of a book."""

    book: Book
    chat: str = "test/0/1"
    now: datetime = NOON

    async def last_seen(self, dossier: str) -> Seen | None:
        return self.book.seen.get(dossier)

    async def misses(self, dossier: str, origin: str | None) -> Misses:
        return self.book.misses.counted(dossier, self.chat, origin, self.now)

    async def receipt(self, hashed: str) -> str | None:
        return self.book.receipts.get(hashed)

    async def bindings(self) -> tuple[Binding, ...]:
        mine = self.book.chats_of(self.chat)
        held = [binding for (chat, _), binding in self.book.bindings.items() if chat in mine]
        return tuple(binding for binding in reversed(held) if binding.until >= self.now)

    async def completion(self, dossier: str, n: int | None = None) -> Completion | None:
        numbers = [number for code, number in self.book.completions if code == dossier]
        wanted = max(numbers, default=0) if n is None else n
        return self.book.completions.get((dossier, wanted))

    async def rating(self, dossier: str, n: int) -> Given | None:
        row = self.book.effective(dossier, n)
        if row is None:
            return None
        number, chat, rated = row
        return Given(number, rated.stars, rated.reasons, rated.comment, rated.first_at, chat in self._mine, rated.taps)

    async def invited_since(self, at: datetime) -> bool:
        return any(chat in self._mine and since >= at for chat, since in self.book.invitations)

    async def latest_rated(self) -> Completion | None:
        held = {binding.dossier for binding in await self.bindings()}
        mine = [rated for _, chat, rated in self.book.ratings if chat == self.chat and rated.dossier in held]
        return self.book.completions[mine[-1].dossier, mine[-1].n] if mine else None

    async def slip(self, hashed: str) -> Slip | None:
        return self.book.slips.get(hashed)

    async def slips_missed(self, since: datetime) -> int:
        return sum(miss.dossier == SLIP_MISSED and miss.at > since for miss in self.book.misses)

    async def rated_by_slip(self, since: datetime) -> Slip | None:
        mine = [rated for _, chat, rated in self.book.ratings if chat in self._mine and rated.first_at >= since]
        if not mine:
            return None
        about = (mine[-1].dossier, mine[-1].n, mine[-1].mode)
        return next((slip for slip in self.book.slips.values() if (slip.dossier, slip.n, slip.mode) == about), None)

    async def consented(self, purpose: str) -> bool:
        said = [each.granted for chat, each in self.book.consents if (chat, each.purpose) == (self.chat, purpose)]
        return bool(said) and said[-1]

    async def officials(self) -> tuple[Official, ...]:
        mine = (official for chat, official in self.book.officials if chat == self.chat)
        return tuple(each for each in mine if each.id not in self.book.revoked and each.role in ROLES)

    async def former_role(self) -> FormerRole | None:
        mine = (official for chat, official in self.book.officials if chat == self.chat)
        gone = [each for each in mine if each.id in self.book.revoked]
        return FormerRole(gone[-1].unit, self.now) if gone else None

    @property
    def _mine(self) -> tuple[str, ...]:
        return self.book.chats_of(self.chat)

    def join_code(self, n: int) -> tuple[str, str]:
        code = KEYS.join_code(self.chat, n)
        return code, KEYS.joins(code)

    async def join_offer(self, code: str) -> JoinOffer | None:
        return await self.join_offer_by(KEYS.joins(code))

    async def join_offer_by(self, hashed: str) -> JoinOffer | None:
        held = self.book.join_codes.get(hashed)
        if held is None:
            return None
        chat, until = held
        together = len({*self.book.chats_of(chat), *self._mine})
        memory = self.book.memories.get(chat, Memory())
        return JoinOffer(hashed, Chat.parse(chat).channel, until, False, chat == self.chat, together, memory)

    async def joined(self) -> tuple[str, ...]:
        return tuple(Chat.parse(chat).channel for chat in self._mine[1:])

    async def invitation_code(self, typed: str) -> InvitationCode | None:
        return self.book.codes.get(typed.upper())

    async def digest(
        self,
        unit: str,
        span: Span,
        as_of: datetime,
        below: tuple[str, ...] | None = None,
        likes: tuple[str, ...] = (),
    ) -> Digest:
        return make_digest(unit, span, as_of, self.book.digests.get((unit, span), DigestRecords()), below=below)

    async def locked(self, unit: str, span: Span) -> bool:
        return (unit, str(span)) in self.book.locked

    async def unprovable(self, unit: str) -> int:
        return self.book.unprovable.get(unit, 0)

    async def due_dossiers(self, unit: str, until: datetime) -> tuple[Seen, ...]:
        found = [
            (seen.dossier.due, key, seen)
            for key, seen in self.book.seen.items()
            if seen.dossier is not None
            and seen.dossier.due is not None
            and seen.dossier.due < until
            and seen.dossier.status in AT_WORK
            and offices().resolve(seen.dossier.unit, RULES.unit).code == unit
        ]
        return tuple(seen for _, _, seen in sorted(found, key=lambda each: each[:2]))

    async def curve(self, unit: str, procedure: str) -> Curve:
        return self.book.curves.get((unit, procedure), fit([]))

    async def curves(self, unit: str) -> Mapping[str, Curve]:
        return {procedure: curve for (of, procedure), curve in self.book.curves.items() if of == unit}

    async def held(self) -> Held:
        rated = {(rated.dossier, rated.n) for _, chat, rated in self.book.ratings if chat == self.chat}
        wrong = len((await self.misses("", None)).of_chat)
        return Held(0, await self.bindings(), len(rated), bool(await self.officials()), wrong)

    async def proposals(self, units: tuple[str, ...]) -> tuple[Proposal, ...]:
        chats = {official.id: chat for chat, official in self.book.officials}
        return tuple(
            replace(
                each,
                own=chats.get(each.by) in self._mine,
                in_office=each.by in chats and each.by not in self.book.revoked,
            )
            for each in self.book.proposed.values()
            if each.fact.unit in units
        )

    async def open_questions(
        self, units: tuple[str, ...], most: int, id: int | None = None
    ) -> tuple[OpenQuestion, ...]:
        """By their first asking; every one counted."""
        times = Counter((each.unit, each.words) for each in self.book.left_open if not each.again)
        why = {(each.unit, each.words): each.why for each in self.book.left_open}
        every = [OpenQuestion(n, *key, why[key], times[key]) for n, key in enumerate(why, 1)]
        kept = [each for each in every if each.unit in units and id in (None, each.id)]
        return tuple(sorted(kept, key=lambda each: -each.times)[:most])

    async def machine_judged(self, units: tuple[str, ...]) -> tuple[int, int]:
        mine = [each.helped for each in self.book.judged if each.unit in units]
        return sum(mine), len(mine) - sum(mine)

    async def extension(self, dossier: str, *, drafts: bool = False) -> Extension | None:
        found = [each for each in self.book.extensions.values() if each.dossier == dossier]
        return max((each for each in found if each.confirmed or drafts), key=lambda each: each.number, default=None)

    async def drafted(self, number: int) -> Extension | None:
        return self.book.extensions.get(number)

    async def next_extension(self) -> int:
        return 1 + max(self.book.extensions, default=0)

    async def next_proposal(self) -> int:
        return next(self.book.numbers)

    async def costs(self, week: Week) -> Costs:
        return self.book.costs.get(week, Costs(Spent(0, 0, 0), Spent(0, 0, 0), 0, 0))

    async def withheld(self, unit: str, until: datetime, most: int, skip: int) -> tuple[Withheld, ...]:
        written = [rated for _, _, rated in reversed(self.book.ratings) if rated.first_at <= until]
        mine = [rated for rated in written if rated.unit == unit and rated.held]
        shown = mine[skip : skip + most]
        return tuple(Withheld(f"{r.completed_on.month}/{r.completed_on.year}", r.comment or "") for r in shown)

    async def journal(self, unit: str, most: int) -> tuple[Noted, ...]:
        rows = [Noted(self.now, each.who, each.what, each.detail) for each in self.book.audited if each.unit == unit]
        return tuple(rows[::-1][:most])
