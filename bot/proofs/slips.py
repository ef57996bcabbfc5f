"""Result slips: what a citizen rates one completion with, without any other proof: a QR, a link, eight characters.

All three are derived from the secret key, so that the same slip can be printed again; the table holds only their keyed
hashes. A rating ends nothing here: a completion has one effective rating, whichever way it came.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Connection, func, or_, select

from bot.keys import Keys
from bot.stale import Stale
from bot.tables.misses import counted, miss
from handlers.dossiers.limiting import REMEMBERED
from handlers.effects import SlipTyped
from handlers.known import Slip
from handlers.rated.slips import MISSES_OF_ALL, SLIP_MISSED, WITHIN
from handlers.reading.door import SLIP_LINKED, SLIP_SCANNED, SLIP_TYPED
from onestop.code import locate
from onestop.store import find
from ratings import typed_code
from storage.slip_tables import slips
from storage.tables import completions, misses

OPENS_FOR = timedelta(days=45)
"""From printing; the rating itself is taken for thirty days from the handing over."""
SCANNED, LINKED = "ps", "pl"
_MARKS = {SCANNED: SLIP_SCANNED, LINKED: SLIP_LINKED}
_TOKEN = re.compile(r"(?<![A-Za-z0-9_])(ps|pl)_[a-z]{28}(?![A-Za-z0-9_])", re.IGNORECASE)


class Printed(Struct, frozen=True):
    """What stands on one slip. ``n``: the completion that it rates; ``made_at``: when it was made first."""

    n: int
    made_at: datetime
    scanned: str
    linked: str
    typed: str


def sealed(text: str, keys: Keys) -> str:
    """``text`` with the hash of what a slip holds in its place, marked by a character that nobody can type."""
    text = _TOKEN.sub(lambda found: _MARKS[found[1].lower()] + keys.slip(found[0]), text)
    codes = [(code, start, end) for code, start, end in typed_code.codes_in(text) if not _in_dossier(text, start, end)]
    for code, start, end in reversed(codes):
        text = f"{text[:start]}{SLIP_TYPED}{keys.slip(code)}{text[end:]}"
    return text


def _in_dossier(text: str, start: int, end: int) -> bool:
    return any(left < end and start < right for _, left, right in locate(text))


def issue(
    connection: Connection, keys: Keys, dossier: str, now: datetime, *, n: int | None = None, afresh: bool = False
) -> Printed:
    """The slip of the ``n``-th completion, or other end, of a dossier: the one that is good already, or a new one.

    ``n`` None: the latest, or the next where the dossier has not ended yet. ``afresh``: what was printed before
    opens nothing any more.
    """
    number = _completion(connection, dossier) if n is None else n
    mine = (slips.c.dossier == dossier, slips.c.n == number)
    newest = connection.execute(select(slips).where(*mine).order_by(slips.c.serial.desc()).limit(1)).first()
    if newest is not None and not afresh and newest.ended_at is None and newest.made_at > now - OPENS_FOR:
        made = _printed(keys, dossier, number, newest.serial, newest.made_at)
        if keys.slip(made.scanned) == newest.token:  # not so where the secret key was changed
            return made
    end(connection, dossier, now, n=number)
    serial = 1 if newest is None else newest.serial + 1
    while _is_taken(connection, keys.slip(keys.slip_code(dossier, number, serial))):
        serial += 1
    made = _printed(keys, dossier, number, serial, now)
    row = {
        "token": keys.slip(made.scanned),
        "link": keys.slip(made.linked),
        "typed": keys.slip(made.typed),
        "dossier": dossier,
        "n": number,
        "serial": serial,
        "rates": keys.slip_of(keys.completion(dossier, number)),
        "made_at": now,
    }
    connection.execute(slips.insert().values(row))
    return made


def end(connection: Connection, dossier: str, now: datetime, *, n: int | None = None) -> int:
    """No slip of the dossier printed so far (of its ``n``-th completion only) opens anything any more; how many did."""
    where = [slips.c.dossier == dossier, slips.c.ended_at.is_(None), *([] if n is None else [slips.c.n == n])]
    return connection.execute(slips.update().where(*where).values(ended_at=now)).rowcount


def opens(connection: Connection, hashed: str, now: datetime) -> Slip | None:
    """What a slip opens now, by the hash of any of the three."""
    any_of_them = or_(slips.c.token == hashed, slips.c.link == hashed, slips.c.typed == hashed)
    good = (slips.c.ended_at.is_(None), slips.c.made_at > now - OPENS_FOR)
    row = connection.execute(select(slips).where(any_of_them, *good)).first()
    if row is None:
        return None
    return Slip(hashed, row.dossier, row.n, "link" if row.link == hashed else "slip")


def that_rated(connection: Connection, keys: Keys, completion: str, mode: str, now: datetime) -> Slip | None:
    """The slip by which a completion (its hash) was rated in this ``mode``."""
    good = (slips.c.ended_at.is_(None), slips.c.made_at > now - OPENS_FOR)
    row = connection.execute(select(slips).where(slips.c.rates == keys.slip_of(completion), *good)).first()
    if row is None or mode not in ("slip", "link"):
        return None
    return Slip(row.link if mode == "link" else row.token, row.dossier, row.n, mode)


def missed(connection: Connection, since: datetime) -> int:
    """Wrong eight characters since then, over all chats."""
    where = (misses.c.dossier == SLIP_MISSED, misses.c.at > since)
    return connection.execute(select(func.count()).select_from(misses).where(*where)).scalar_one()


def tried(connection: Connection, who: str, at: datetime, effect: SlipTyped) -> None:
    """Count a wrong code of a chat (its keyed hash). Raises Stale where nothing may be typed any more.

    Looked at again here: a thousand chats that guess at once have no more tries than one after the other.
    """
    of_it = counted(connection, SLIP_MISSED, who, effect.origin, at)
    if of_it.waits_until(at) is not None or missed(connection, at - WITHIN) >= MISSES_OF_ALL:
        raise Stale("nothing may be typed now")
    if not effect.right:
        miss(connection, SLIP_MISSED, who, effect.origin, at)


def forget(connection: Connection, now: datetime) -> int:
    """Remove what opens nothing any more, and wrong codes of days past; how many."""
    guesses = misses.delete().where(misses.c.dossier == SLIP_MISSED, misses.c.at < now - REMEMBERED)
    gone = connection.execute(guesses).rowcount
    return gone + connection.execute(slips.delete().where(slips.c.made_at < now - OPENS_FOR)).rowcount


def _printed(keys: Keys, dossier: str, n: int, serial: int, made_at: datetime) -> Printed:
    scanned, linked = (keys.slip_token(way, dossier, n, serial) for way in (SCANNED, LINKED))
    return Printed(n, made_at, scanned, linked, keys.slip_code(dossier, n, serial))


def _is_taken(connection: Connection, typed: str) -> bool:
    return connection.execute(select(slips.c.token).where(slips.c.typed == typed)).first() is not None


def _completion(connection: Connection, dossier: str) -> int:
    known = find(connection, dossier)
    if known is None:
        latest = select(func.max(completions.c.n)).where(completions.c.dossier == dossier)
        return connection.execute(latest).scalar() or 1
    return known.completions if known.dossier.status.is_closed else known.completions + 1
