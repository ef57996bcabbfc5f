"""Where the protocols of ``handlers.desk`` meet what implements them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from hmac import compare_digest
from random import Random
from typing import Protocol
from zoneinfo import ZoneInfo

import aiohttp
from msgspec import Struct, field
from msgspec.structs import replace

from bot.clock import Clock, Now
from bot.config import Settings
from bot.keys import Keys
from handlers import desk as protocols
from handlers.desk import Desk, Rules, Seen
from handlers.messages import DOCX, PDF
from handlers.outlets import Links, Printer
from offices.unit import Offices
from onestop import phones, store
from onestop.client import BackendDown, OneStopClient, Patience, waiting
from onestop.code import DossierCode
from onestop.days.calendar import ContactHours
from onestop.status_map import NATIONAL, StatusMap
from onestop.writing import phone_hash
from procedures.catalog import Catalog
from procedures.local import Local
from procedures.national.listed import Findable, Listed
from procedures.search import Index
from ratings.rating import Instrument
from storage.engine import Database

__all__ = ["Backend", "BackendThenTables", "Desk", "Shelf", "Tables", "onestop", "rules"]
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Shelf(Struct, frozen=True):
    """What every turn shares: read at the start, never changed."""

    catalog: Catalog
    index: Index[Findable]
    offices: Offices
    instrument: Instrument
    rules: Rules
    local: Local = field(default_factory=Local)
    """What the units' files say for themselves."""
    printer: Printer | None = None
    statuses: StatusMap = NATIONAL
    national: Mapping[str, Listed] = field(default_factory=dict)
    """What is listed beside the catalog, by code."""

    def desk(
        self,
        onestop: protocols.OneStop,
        records: protocols.Records,
        now: datetime,
        random: Random,
        local: Local | None = None,
        address: str | None = None,
        *,
        asks_phone: bool = False,
        documents: frozenset[str] = frozenset({PDF, DOCX}),
        links: Links | None = None,
    ) -> Desk:
        """The desk of one turn. ``local``: what is in force now; None: what the files say. ``address``: where a link
        opens the chat's channel; ``asks_phone``: it has a form for a phone number;
        ``documents``: types of files that it takes; ``links``: None where no address for files is known."""
        return Desk(
            catalog=self.catalog,
            index=self.index,
            offices=self.offices,
            instrument=self.instrument,
            onestop=onestop,
            records=records,
            rules=self.rules,
            now=now,
            today=now.astimezone(VIETNAM).date(),
            random=random,
            local=self.local if local is None else local,
            printer=self.printer,
            documents=documents,
            links=links,
            address=address,
            asks_phone=asks_phone,
            national=self.national,
        )

    def unit_name(self) -> str:
        """What our unit is called."""
        return self.offices.unit(self.rules.unit).name if self.rules.unit else ""

    def phone(self, unit: str | None) -> str | None:
        """The desk's phone, of the unit given or of ours."""
        found = self.offices.by_code(unit or self.rules.unit)
        return None if found is None else found.phone


class LookedUp(Protocol):
    """Is told that the backend was asked at ``began``, and whether it answered."""

    def __call__(self, began: datetime, *, failed: bool) -> None: ...


class Heard(Struct, frozen=True):
    """Who is told of what the backend says: of ``words``, statuses that nobody knows; and of each question."""

    words: Callable[[Iterable[str]], None] = lambda words: None
    looked_up: LookedUp = lambda began, *, failed: None


class Backend:
    """``handlers.desk.OneStop`` by the one-stop client."""

    def __init__(self, client: OneStopClient, now: Now, heard: Heard = Heard()) -> None:  # noqa: B008 (a value)
        self._client = client
        self._now = now
        self._heard = heard

    async def look_up(self, code: str) -> Seen:
        """What the backend knows of a code now. Raises protocols.BackendDown."""
        began = self._now()
        try:
            answer = await self._client.lookup(DossierCode.parse(code))
        except BackendDown as down:
            self._heard.looked_up(began, failed=True)
            raise protocols.BackendDown(down.reason) from down
        self._heard.looked_up(began, failed=False)
        if answer.dossier is not None and answer.dossier.status_told is not None:
            self._heard.words((answer.dossier.status_told,))
        return Seen(answer.dossier, answer.as_of)

    def proves(self, seen: Seen, digits: str) -> bool:
        """By the phone that the backend told."""
        expected = None if seen.dossier is None else seen.dossier.phone_last4
        # compared even where nothing can be right, so that the time taken tells nothing
        return compare_digest(digits.encode(), (expected or "none").encode()) and expected is not None


class Kept(Seen, frozen=True):
    """What stands in our tables: ``code`` canonical, ``phone`` the keyed hash."""

    code: str = ""
    phone: str | None = None

    def __repr__(self) -> str:
        return f"Kept({self.code!r})"


class Tables:
    """``handlers.desk.OneStop`` by what was imported or pushed."""

    def __init__(self, database: Database, phone_key: bytes, now: Now) -> None:
        self._database = database
        self._key = phone_key
        self._now = now
        self._any = False

    async def is_any(self) -> bool:
        """Whether any dossier is stored; there is no way back from that, so it is asked until it is so."""
        self._any = self._any or await self._database.read(store.is_any)
        return self._any

    async def look_up(self, code: str) -> Kept:
        """What was told of a code last; ``as_of`` is when. Raises protocols.NotConnected where nothing is stored."""
        if not await self.is_any():
            raise protocols.NotConnected(code)
        return await self.find(code)

    async def is_shared(self, number: str) -> bool:
        """Whether a phone stands at so many dossiers that it proves none."""
        return await self._database.read(lambda connection: phones.is_shared(connection, number, self._key))

    async def find(self, code: str) -> Kept:
        """The same where it does not matter whether anything is stored."""
        canonical = DossierCode.parse(code).canonical
        stored = await self._database.read(lambda connection: store.find(connection, canonical))
        if stored is None:
            return Kept(None, self._now(), code=canonical)
        return Kept(stored.dossier, stored.seen_at, code=canonical, phone=stored.phone)

    def proves(self, seen: Seen, digits: str) -> bool:
        """By the keyed hash; one is made and compared even where nothing can be right."""
        if not isinstance(seen, Kept):
            return False
        given = phone_hash(self._key, seen.code, digits)
        return compare_digest(given.encode(), (seen.phone or "-" * len(given)).encode())


class BackendThenTables:
    """The backend is asked; what stands in the tables is the answer where it does not know, or is down."""

    def __init__(self, backend: Backend, tables: Tables) -> None:
        self._backend = backend
        self._tables = tables

    async def look_up(self, code: str) -> Seen:
        """Raises protocols.BackendDown where nothing is stored either."""
        kept = await self._tables.find(code)  # always read, so that the time taken tells nothing
        try:
            seen = await self._backend.look_up(code)
        except protocols.BackendDown:
            if not await self._tables.is_any():
                raise
            return replace(kept, down=True)
        number = None if seen.dossier is None else seen.dossier.number
        if await self._tables.is_shared(number or "none") and seen.dossier is not None:  # always asked, as above
            seen = replace(seen, dossier=dataclasses.replace(seen.dossier, phone_last4=None))
        return seen if seen.dossier is not None or kept.dossier is None else kept

    def proves(self, seen: Seen, digits: str) -> bool:
        """By whichever of them gave it; both take their time."""
        by_backend = self._backend.proves(seen, digits)
        by_tables = self._tables.proves(seen if isinstance(seen, Kept) else Kept(None, seen.as_of), digits)
        return by_tables if isinstance(seen, Kept) else by_backend


def backend(
    settings: Settings,
    session: aiohttp.ClientSession,
    clock: Clock,
    statuses: StatusMap = NATIONAL,
    heard: Heard = Heard(),  # noqa: B008 (a value)
    patience: Patience | None = None,
) -> Backend | None:
    """The one-stop backend of the settings, None where there is none; ``heard`` is told what it says.

    ``patience``: how long to wait for it; None: as long as the settings say that a citizen does.
    """
    if settings.onestop_base_url is None:
        return None
    token = settings.onestop_token or ""
    client = OneStopClient(
        settings.onestop_base_url,
        token,
        settings.unit,
        session,
        patience=patience or waiting(settings.onestop_wait),
        now=clock.now,
        statuses=statuses,
    )
    return Backend(client, clock.now, heard)


def onestop(backend: Backend | None, clock: Clock, database: Database, keys: Keys) -> protocols.OneStop:
    """Where dossiers are looked up."""
    tables = Tables(database, keys.phone_key, clock.now)
    return tables if backend is None else BackendThenTables(backend, tables)


def rules(settings: Settings) -> Rules:
    """The settings that a conversation needs; ``connected`` becomes true besides once any dossier is stored."""
    least, most = settings.invite_delay
    return Rules(
        unit=settings.unit,
        demo=settings.demo,
        connected=settings.onestop_base_url is not None,
        invite_least=least,
        invite_most=most,
        contact_hours=ContactHours.parse(settings.contact_hours),
        monthly_cap=settings.zalo.oa_monthly_cap if settings.zalo.oa_id else None,
        closing_day=settings.closing_day,
    )
