"""Where the protocols of ``handlers.desk`` meet what implements them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

import aiohttp

from bot.clock import Clock
from bot.config import Settings
from handlers import desk as protocols
from handlers.desk import Desk, Rules, Seen
from offices.unit import Offices
from onestop.calendar import ContactHours
from onestop.client import BackendDown, OneStopClient
from onestop.code import DossierCode
from procedures.catalog import Catalog
from procedures.procedure import Procedure
from procedures.search import Index
from ratings.rating import Instrument

__all__ = ["Backend", "Desk", "Shelf", "backend", "rules"]
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class Shelf:
    """What every turn shares: read at the start, never changed."""

    catalog: Catalog
    index: Index[Procedure]
    offices: Offices
    instrument: Instrument
    rules: Rules

    def desk(self, onestop: protocols.OneStop, records: protocols.Records, now: datetime, random: Random) -> Desk:
        """The desk of one turn."""
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
        )

    def unit_name(self) -> str:
        """What our unit is called."""
        return self.offices.unit(self.rules.unit).name if self.rules.unit else ""

    def phone(self, unit: str | None) -> str | None:
        """The desk's phone, of the unit given or of ours."""
        found = self.offices.by_code(unit or self.rules.unit)
        return None if found is None else found.phone


class Backend:
    """``handlers.desk.OneStop`` by the one-stop client."""

    def __init__(self, client: OneStopClient) -> None:
        self._client = client

    async def look_up(self, code: str) -> Seen:
        """What the backend knows of a code now. Raises protocols.BackendDown."""
        try:
            answer = await self._client.lookup(DossierCode.parse(code))
        except BackendDown as down:
            raise protocols.BackendDown(down.reason) from down
        return Seen(answer.dossier, answer.as_of)


class NoBackend:
    """No backend is configured."""

    async def look_up(self, code: str) -> Seen:
        """Always raises protocols.NotConnected."""
        raise protocols.NotConnected(code)


def backend(settings: Settings, session: aiohttp.ClientSession, clock: Clock) -> protocols.OneStop:
    """The backend of the settings."""
    if settings.onestop_base_url is None:
        return NoBackend()
    client = OneStopClient(
        settings.onestop_base_url, settings.onestop_token or "", settings.unit, session, now=clock.now
    )
    return Backend(client)


def rules(settings: Settings) -> Rules:
    """The settings that a conversation needs."""
    least, most = settings.invite_delay
    return Rules(
        unit=settings.unit,
        demo=settings.demo,
        connected=settings.onestop_base_url is not None,
        invite_least=least,
        invite_most=most,
        contact_hours=ContactHours.parse(settings.contact_hours),
    )
