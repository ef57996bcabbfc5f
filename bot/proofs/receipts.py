"""Receipts with a QR: tokens made, ended, and turned into their hash before anything of a message is stored.

A token opens its dossier without any other proof, as the paper in one's hand does. It is derived from the secret key,
the dossier and a serial number, so that the same receipt can be printed again; the table holds only its keyed hash.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Connection, select

from bot.keys import Keys
from handlers.reading.door import SEAL
from onestop.code import DossierCode
from storage.tables import receipts

OPENS_FOR = timedelta(days=365)
_TOKEN = re.compile(r"(?<![A-Za-z0-9_])hs_[a-z]{28}(?![A-Za-z0-9_])", re.IGNORECASE)


def sealed(text: str, keys: Keys) -> str:
    """``text`` with the hash of a token in the token's place, marked by a character that nobody can type."""
    return _TOKEN.sub(lambda found: SEAL + keys.receipt(found[0]), text)


def issue(connection: Connection, keys: Keys, code: DossierCode, now: datetime, *, afresh: bool) -> str:
    """The token of the dossier's receipt: the one that opens it already, or a new one.

    ``afresh``: whatever was printed before opens nothing any more.
    """
    dossier = code.canonical
    mine = receipts.c.dossier == dossier
    newest = connection.execute(select(receipts).where(mine).order_by(receipts.c.serial.desc()).limit(1)).first()
    if newest is not None and not afresh and newest.ended_at is None and newest.made_at > now - OPENS_FOR:
        token = keys.receipt_token(dossier, newest.serial)
        if keys.receipt(token) == newest.token:  # not so where the secret key was changed
            return token
    connection.execute(receipts.update().where(mine, receipts.c.ended_at.is_(None)).values(ended_at=now))
    serial = 1 if newest is None else newest.serial + 1
    token = keys.receipt_token(dossier, serial)
    row = {"token": keys.receipt(token), "dossier": dossier, "serial": serial, "printed": code.printed, "made_at": now}
    connection.execute(receipts.insert().values(row))
    return token


def end(connection: Connection, dossier: str, now: datetime) -> int:
    """No receipt printed so far opens the dossier (its canonical code) any more; how many did."""
    where = (receipts.c.dossier == dossier, receipts.c.ended_at.is_(None))
    return connection.execute(receipts.update().where(*where).values(ended_at=now)).rowcount


def opens(connection: Connection, hashed: str, now: datetime) -> str | None:
    """The code, as printed, of the dossier that a token's hash opens now."""
    where = (receipts.c.token == hashed, receipts.c.ended_at.is_(None), receipts.c.made_at > now - OPENS_FOR)
    found: str | None = connection.execute(select(receipts.c.printed).where(*where)).scalar()
    return found


class Link(Struct, frozen=True):
    """One way to open a dossier. ``says``: what has to be sent as a message, where the link cannot carry it."""

    channel: str
    url: str
    says: str | None = None


def links(token: str, *, web: str | None, telegram: str | None, zalo: str | None) -> tuple[Link, ...]:
    """A token's links. ``web``: the chat page; ``telegram``: where links open the bot; ``zalo``: the account's id."""
    found = []
    if web:
        found.append(Link("web", f"{web}?start={token}"))
    if telegram:
        found.append(Link("telegram", f"{telegram}?start={token}"))
    if zalo:
        found.append(Link("zalo", f"https://zalo.me/{zalo}", token))
    return tuple(found)
