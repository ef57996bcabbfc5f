"""What printed papers of a dossier have in common: who asks for them, what is known of it, the journal's row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Self

import orjson
from sqlalchemy import Connection

from bot.app import App
from bot.clock import Now
from bot.config import Settings
from bot.control import Wrong
from bot.keys import Keys
from offices.unit import Offices
from onestop import store
from onestop.client import BadPush
from onestop.code import DossierCode
from storage.engine import Database
from storage.tables import audit

FRESH = timedelta(minutes=5)
"""A request that somebody overheard asks for nothing after so long."""


class PaperDesk:
    """Makes and ends papers of dossiers. ``telegram``: where links open the bot, once it is known."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        offices: Offices,
        settings: Settings,
        now: Now,
        telegram: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._database = database
        self._keys = keys
        self._offices = offices
        self._settings = settings
        self._now = now
        self._telegram = telegram

    @classmethod
    def of(cls, app: App) -> Self:
        """The papers of a running program."""
        return cls(app.database, app.keys, app.shelf.offices, app.settings, app.clock.now, app.telegram_address)

    def _unit(self, known: store.Stored | None) -> str:
        return self._settings.unit if known is None else known.unit

    def _described(self, code: DossierCode, known: store.Stored | None) -> dict[str, Any]:
        """What is said of every paper: ``code known unit phone demo``."""
        unit = self._offices.by_code(self._unit(known))
        return {
            "code": code.printed,
            "known": known is not None,
            "unit": None if unit is None else unit.name,
            "phone": None if unit is None else unit.phone,
            "demo": self._settings.demo,
        }

    async def _ended(
        self, given: dict[str, Any], what: str, end: Callable[[Connection, str, datetime], int]
    ) -> dict[str, Any]:
        """``{"code"}`` → ``{"code","ended"}``: how many that opened something open nothing any more."""
        code, now = parsed(given["code"]), self._now()

        def write(connection: Connection) -> int:
            note(connection, now, "operator", what, self._unit(store.find(connection, code.canonical)), code)
            return end(connection, code.canonical, now)

        return {"code": code.printed, "ended": await self._database.write(write)}


def asked_for(service: str, raw: bytes, now: datetime) -> dict[str, Any]:
    """A signed request of the desk's software: ``code`` as printed and ``afresh``, with whatever else stands there.

    Raises BadPush where it is of another service, misshapen, or not of ``now``.
    """
    try:
        asked = orjson.loads(raw)
        at = datetime.fromisoformat(asked["at"])
        if asked["service"] != service or at.tzinfo is None:
            raise ValueError
        code, afresh = parsed(str(asked["code"])), bool(asked.get("afresh", False))
    except Wrong as wrong:
        raise BadPush(str(wrong)) from None
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise BadPush(f'wants {{"service": "{service}", "code": …, "at": ISO 8601 with a zone}}') from None
    if abs(now - at) > FRESH:
        raise BadPush(f"at is more than {FRESH // timedelta(minutes=1)} minutes from now")
    return {**asked, "code": code.printed, "afresh": afresh}


def parsed(typed: str) -> DossierCode:
    """The dossier's code as typed. Raises Wrong."""
    try:
        code = DossierCode.parse(typed)
    except ValueError:
        raise Wrong("that is no dossier code, such as H99.07-261116-0007") from None
    if code.is_ministry:
        raise Wrong("a ministry's dossier cannot be seen here")
    return code


def note(connection: Connection, at: datetime, who: str, what: str, unit: str, code: DossierCode) -> None:
    """A row of the journal."""
    connection.execute(audit.insert().values(at=at, who=who, what=what, unit=unit, detail=code.canonical))
