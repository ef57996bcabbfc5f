"""What a database would keep, in memory, and what one chat reads of it, for tests: see ``fakes.py``."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from typing import assert_never

from msgspec.structs import replace

from bot.keys import Keys
from handlers import effects as fx
from handlers.desk import (
    Binding,
    Completion,
    Costs,
    Extension,
    InvitationCode,
    Official,
    Proposal,
    Rules,
    Seen,
    Slip,
)
from handlers.memory import Memory
from handlers.rated.slips import SLIP_MISSED
from offices.unit import DATA, Offices
from onestop.code import DossierCode
from onestop.days.calendar import VIETNAM, ContactHours
from onestop.days.durations import Curve
from onestop.dossier import WITHOUT_RESULT, Dossier, Status
from procedures.catalog import Catalog
from procedures.finding.facets import Facet
from procedures.local import Hidden, Local
from procedures.national import elsewhere as bundled_elsewhere
from procedures.national.listed import Listed
from procedures.procedure import Procedure
from procedures.search import Index
from ratings.period import Span
from ratings.records import Records as DigestRecords
from ratings.week import Week
from tests.wrong_proofs import WrongProofs

KEYS = Keys(b"a key for fakes only")
NOON = datetime(2026, 11, 18, 9, 0, tzinfo=VIETNAM)
"""A Wednesday morning, inside the hours in which we may write."""


RULES = Rules(
    unit="H99.07",
    demo=False,
    connected=True,
    invite_least=timedelta(hours=2),
    invite_most=timedelta(hours=24),
    contact_hours=ContactHours.parse("07:30-11:30,13:30-20:00"),
)


@cache
def catalog() -> Catalog:
    """The catalog that ships."""
    return Catalog.load()


@cache
def elsewhere() -> Mapping[str, Listed]:
    """Who decides what the catalog does not hold, by code."""
    return bundled_elsewhere.load()


@cache
def index() -> Index[Procedure]:
    """Its search."""
    return Index(catalog(), is_all=False)


@cache
def offices() -> Offices:
    """The units of the demo's province."""
    return Offices.load(sorted(DATA.glob("*.yaml")))


@dataclass
class Book:
    """What the database keeps, of all chats."""

    bindings: dict[tuple[str, str], Binding] = field(default_factory=dict)
    curves: dict[tuple[str, str], Curve] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    slips: dict[str, Slip] = field(default_factory=dict)
    misses: WrongProofs = field(default_factory=WrongProofs)
    consents: list[tuple[str, fx.Consented]] = field(default_factory=list)
    completions: dict[tuple[str, int], Completion] = field(default_factory=dict)
    ratings: list[tuple[int, str, fx.Rated]] = field(default_factory=list)
    planned: dict[tuple[str, str], datetime] = field(default_factory=dict)
    proposed: dict[int, Proposal] = field(default_factory=dict)
    local: Local = field(default_factory=Local)
    revoked: set[str] = field(default_factory=set)
    seen: dict[str, Seen] = field(default_factory=dict)
    officials: list[tuple[str, Official]] = field(default_factory=list)
    codes: dict[str, InvitationCode] = field(default_factory=dict)
    locked: dict[tuple[str, str], fx.Locked] = field(default_factory=dict)
    audited: list[fx.Audited] = field(default_factory=list)
    done: list[fx.ActionNoted] = field(default_factory=list)
    invited: list[fx.Invited] = field(default_factory=list)
    invitations: list[tuple[str, datetime]] = field(default_factory=list)
    judged: list[fx.MachineJudged] = field(default_factory=list)
    digests: dict[tuple[str, Span], DigestRecords] = field(default_factory=dict)
    persons: list[set[str]] = field(default_factory=list)
    join_codes: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    memories: dict[str, Memory] = field(default_factory=dict)
    unprovable: dict[str, int] = field(default_factory=dict)
    extensions: dict[int, Extension] = field(default_factory=dict)
    costs: dict[Week, Costs] = field(default_factory=dict)
    left_open: list[fx.LeftOpen] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def push(self, dossier: Dossier, at: datetime = NOON) -> None:
        """The backend pushed this row; a returned result is a completion, and so is an end without one."""
        key = dossier.code.canonical
        before = self.seen.get(key)
        same = before is not None and before.dossier is not None and before.dossier.status is dossier.status
        since = before.since if same and before is not None else dossier.own_time
        self.seen[key] = Seen(dataclasses.replace(dossier, phone_last4=None), at, since=since)
        n = 1 + sum(code == key for code, _ in self.completions)
        last, goes_on = self.completions.get((key, n - 1)), dossier.status not in WITHOUT_RESULT
        if last is not None and last.ended is not None and goes_on:
            self.completions[key, n - 1] = replace(last, stands=False)
        if dossier.status.is_closed and (goes_on or last is None or last.ended is None or not last.stands):
            unit = offices().resolve(dossier.unit, RULES.unit).code
            done = Completion(
                key,
                n,
                unit,
                dossier.procedure,
                dossier.field,
                dossier.done_at or at,
                declined=False,
                not_received=False,
                ended=None if dossier.status is Status.RETURNED else dossier.status,
            )
            self.completions[key, n] = done

    def chats_of(self, chat: str) -> tuple[str, ...]:
        """The chats of whoever talks in this one, itself first."""
        others = next((each for each in self.persons if chat in each), {chat}) - {chat}
        return (chat, *sorted(others))

    def effective(self, dossier: str, n: int) -> tuple[int, str, fx.Rated] | None:
        """The newest row of a completion."""
        rows = [row for row in self.ratings if (row[2].dossier, row[2].n) == (dossier, n)]
        return rows[-1] if rows else None

    def write(self, chat: str, effect: fx.Effect, at: datetime) -> None:
        """As the ledger: what rests on something that no longer holds is a mistake of the handler here."""
        match effect:
            case fx.Proved(dossier, until, _):
                held = self.bindings.get((chat, dossier), Binding(dossier, None, until, following=False))
                self.bindings[chat, dossier] = replace(held, until=max(held.until, until))
            case fx.Opened(dossier, receipt, until):
                assert DossierCode.parse(self.receipts[receipt]).canonical == dossier
                held = self.bindings.get((chat, dossier), Binding(dossier, None, until, following=False))
                self.bindings[chat, dossier] = replace(held, until=max(held.until, until))
            case fx.Missed(dossier, origin):
                self.misses.add(dossier, chat, at, origin)
            case fx.SlipTyped(right, origin):
                if not right:
                    self.misses.add(SLIP_MISSED, chat, at, origin)
            case fx.Followed(dossier, name, until):
                held_by = next(each for each in self.chats_of(chat) if (each, dossier) in self.bindings)
                assert self.bindings[held_by, dossier].until >= at
                self.bindings[held_by, dossier] = Binding(dossier, name, until, following=True)
            case fx.Named(dossier, name):
                held = self.bindings[chat, dossier]
                self.bindings[chat, dossier] = replace(held, name=name)
            case fx.Unfollowed(dossier):
                for each in self.chats_of(chat):
                    self.bindings.pop((each, dossier), None)
            case fx.Planned(event, due):
                self.planned.setdefault((chat, event), due)
            case fx.Invited():
                self.invited.append(effect)
            case fx.Rated(dossier, n):
                newest = self.effective(dossier, n)
                assert effect.supersedes == (None if newest is None else newest[0])
                assert newest is None or newest[1] in self.chats_of(chat)
                self.ratings.append((next(self.numbers), chat, effect))
            case fx.Declined(dossier, n):
                self.completions[dossier, n] = replace(self.completions[dossier, n], declined=True)
            case fx.NotReceived(dossier, n):
                self.completions[dossier, n] = replace(self.completions[dossier, n], not_received=True)
            case fx.Consented():
                self.consents.append((chat, effect))
            case fx.PhoneForgotten():
                pass
            case fx.BecameOfficial(code_hash):
                typed, code = next((key, code) for key, code in self.codes.items() if code.hash == code_hash)
                assert not code.used
                assert code.expires_at > at
                self.codes[typed] = replace(code, used=True)
                self.officials.append((chat, Official(f"cb-{len(self.officials) + 1}", code.unit, code.role)))
            case fx.JoinOffered(code, until):
                self.join_codes = {each: held for each, held in self.join_codes.items() if held[0] != chat}
                self.join_codes[code] = (chat, until)
            case fx.Joined(code):
                other, until = self.join_codes.pop(code)
                assert until > at
                both = {*self.chats_of(other), *self.chats_of(chat)}
                self.persons = [each for each in self.persons if not each & both] + [both]
            case fx.Parted():
                self.persons = [each - {chat} for each in self.persons]
            case fx.Audited():
                self.audited.append(effect)
            case fx.LeftOpen():
                self.left_open.append(effect)
            case fx.FactHidden(unit, procedure, facet):
                hidden = Hidden(unit, procedure, None if facet == "all" else Facet(facet))
                self.local = Local(self.local.facts, dict.fromkeys((*self.local.hidden, hidden)))
            case fx.FactUnhidden(unit, procedure, facet):
                gone = Hidden(unit, procedure, None if facet == "all" else Facet(facet))
                self.local = Local(self.local.facts, (each for each in self.local.hidden if each != gone))
            case fx.FactProposed(number, fact, by):
                assert number not in self.proposed
                self.proposed[number] = Proposal(number, fact, by, at, own=False, in_office=True)
            case fx.FactDecided(number, confirmed, by):
                proposal = self.proposed.pop(number)
                theirs = next((each for each, official in self.officials if official.id == proposal.by), None)
                if confirmed:
                    assert theirs not in (None, chat)
                    assert proposal.by not in self.revoked
                    same = Hidden(proposal.fact.unit, proposal.fact.procedure, None)
                    facet = proposal.fact.fact.value
                    is_facet = facet not in ("note", "way")
                    again = replace(same, facet=Facet(facet)) if is_facet else same
                    left = (each for each in self.local.hidden if each != again or not is_facet)
                    self.local = Local((*self.local.facts, proposal.fact), left)
            case fx.ExtensionDrafted(number, dossier, unit, due, day, reason, by):
                self.extensions[number] = Extension(number, dossier, unit, due, day, reason, by, confirmed=False)
            case fx.ExtensionConfirmed(number):
                assert not self.extensions[number].confirmed
                self.extensions[number] = replace(self.extensions[number], confirmed=True)
            case fx.ActionNoted():
                self.done.append(effect)
            case fx.MachineJudged():
                self.judged.append(effect)
            case fx.Reopened(dossier):
                self.misses.reopen(dossier)
            case fx.Locked(unit, week):
                self.locked.setdefault((unit, week), effect)
            case fx.Erased():
                self.bindings = {key: binding for key, binding in self.bindings.items() if key[0] != chat}
                self.consents = [consent for consent in self.consents if consent[0] != chat]
                self.planned = {key: at for key, at in self.planned.items() if key[0] != chat}
                self.officials = [held for held in self.officials if held[0] != chat]
            case _:
                assert_never(effect)
