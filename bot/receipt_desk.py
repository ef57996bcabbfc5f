"""Receipts for those who print them: the command line, and the desk's own software over HTTP."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from msgspec import to_builtins
from sqlalchemy import Connection

from bot import receipts
from bot.app import App
from bot.clock import Now
from bot.config import Settings
from bot.control import Does, Wrong
from bot.keys import Keys
from bot.paper import slip
from offices.unit import Offices
from onestop import store
from onestop.client import BadPush
from onestop.code import DossierCode
from storage.engine import Database
from storage.tables import audit

FRESH = timedelta(minutes=5)
"""A request that somebody overheard asks for nothing after so long."""


class ReceiptDesk:
    """Makes and ends receipts. ``telegram``: where links open the bot, once it is known."""

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

    def by_name(self) -> Mapping[str, Does]:
        """The operations that another process may ask for."""
        return {"receipt": self.receipt, "receipt_end": self.receipt_end}

    async def receipt(self, given: dict[str, Any]) -> Any:
        """``{"code","afresh"}`` → ``{"code","known","unit","phone","demo","links":[{"channel","url","says"}]}``."""
        code, now = parsed(given["code"]), self._now()
        who = str(given.get("who", "operator"))

        def write(connection: Connection) -> tuple[str, store.Stored | None]:
            token = receipts.issue(connection, self._keys, code, now, afresh=bool(given.get("afresh")))
            known = store.find(connection, code.canonical)
            note(connection, now, who, "made a receipt", self._unit(known), code)
            return token, known

        token, known = await self._database.write(write)
        unit = self._offices.by_code(self._unit(known))
        zalo = self._settings.zalo.oa_id
        links = receipts.links(token, web=self._settings.page, telegram=self._telegram(), zalo=zalo)
        return {
            "code": code.printed,
            "known": known is not None,
            "unit": None if unit is None else unit.name,
            "phone": None if unit is None else unit.phone,
            "demo": self._settings.demo,
            "links": [to_builtins(link) for link in links],
        }

    async def receipt_end(self, given: dict[str, Any]) -> Any:
        """``{"code"}`` → ``{"code","ended"}``: nothing printed so far opens the dossier any more."""
        code, now = parsed(given["code"]), self._now()

        def write(connection: Connection) -> int:
            unit = self._unit(store.find(connection, code.canonical))
            note(connection, now, "operator", "ended receipts", unit, code)
            return receipts.end(connection, code.canonical, now)

        return {"code": code.printed, "ended": await self._database.write(write)}

    async def answer(self, raw: bytes) -> dict[str, Any]:
        """The answer to a signed request of the desk's software, ``{"service": "receipt", "code", "at", "afresh"}``.

        ``at``: when it was asked, ISO 8601 with a zone. Raises BadPush where the request is wrong, or not of now.
        """
        asked = asked_for("receipt", raw, self._now())
        made = await self.receipt({**asked, "who": "onestop"})
        return {"error_code": "00", "result": {**made, "pictures": _pictures(made)}}

    def _unit(self, known: store.Stored | None) -> str:
        return self._settings.unit if known is None else known.unit


def receipts_of(app: App) -> ReceiptDesk:
    """The receipts of a running program."""
    return ReceiptDesk(app.database, app.keys, app.shelf.offices, app.settings, app.clock.now, app.telegram_address)


def _pictures(made: dict[str, Any]) -> dict[str, dict[str, str]]:
    """By channel: ``png`` in base64, ``svg`` and ``slip``."""
    found: dict[str, dict[str, str]] = {}
    for link in (receipts.Link(**each) for each in made["links"]):
        paper = slip.slip(link, made["code"], made["unit"], made["phone"], demo=made["demo"])
        png = base64.b64encode(slip.png(link)).decode()
        found[link.channel] = {"png": png, "svg": slip.svg(link), "slip": paper}
    return found


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
