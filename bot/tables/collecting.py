"""Answers from kiosks and phone interviews entered, and the lot that says who is to be called."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from random import Random
from typing import Any

import orjson
from sqlalchemy import Connection, select

from bot.clock import Clock
from bot.control import Does, Wrong
from bot.keys import Keys
from handlers.rated.inviting import RATABLE
from onestop.days.calendar import vietnam_date
from onestop.dossier import Status
from ratings.call_backs import band_of
from ratings.integrity import is_soon
from ratings.rating import default_instrument
from ratings.records import MODES
from ratings.strata import ENDS
from ratings.week import Week
from storage.engine import Database
from storage.service_tables import called_back
from storage.statement import upsert
from storage.tables import audit, completions, instant, ratings

OPERATOR, PHONE = "operator", "phone"
CALLED = 0.02
"""The share of the eligible that is called back."""


class Collecting:
    """One method an operation, as in ``bot.operations``."""

    def __init__(self, database: Database, keys: Keys, clock: Clock, *, demo: bool) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._demo = demo

    def by_name(self) -> Mapping[str, Does]:
        """The operations."""
        return {"ratings_enter": self.enter, "ratings_lot": self.lot}

    async def enter(self, given: dict[str, Any]) -> Any:
        """``{"rows": [{"line","dossier","answered_at","stars","reasons","mode","n"|null,"taps"|null}]}``
        → ``{"entered","before","refused": [[line, why]]}``. What has an answer keeps it: the same rows again change
        nothing. An answer by phone of who had rated otherwise is entered as a check of that rating, and not told apart:
        who calls need not learn who had rated."""
        now = self._clock.now()
        return await self._database.write(lambda connection: self._enter(connection, given["rows"], now))

    def _enter(self, connection: Connection, rows: Sequence[dict[str, Any]], now: datetime) -> dict[str, Any]:
        outcome: dict[str, Any] = {"entered": 0, "before": 0, "refused": []}
        units: Counter[str] = Counter()
        for row in rows:
            unit = self._enter_one(connection, row, now, outcome)
            if unit is not None:
                units[unit] += 1
        for unit, n in sorted(units.items()):
            note = {"what": "imported ratings", "unit": unit, "detail": f"{n} answers"}
            connection.execute(audit.insert().values(at=now, who=OPERATOR, **note))
        return outcome

    def _enter_one(
        self, connection: Connection, row: dict[str, Any], now: datetime, outcome: dict[str, Any]
    ) -> str | None:
        """The unit whose answer was entered; what else came of the row goes into ``outcome``."""
        done, at = _completion(connection, row["dossier"], row["n"]), instant(row["answered_at"])
        why = _refused(done, at, now, row["mode"])
        if why is not None or done is None:
            outcome["refused"].append([row["line"], why])
            return None
        key = self._keys.completion(done.dossier, done.n)
        newest = select(ratings.c.stars, ratings.c.mode).where(ratings.c.completion == key)
        given = connection.execute(newest.order_by(ratings.c.id.desc()).limit(1)).first()
        if given is not None:
            checks = row["mode"] == PHONE != given.mode and done.ended is None
            agrees = band_of(row["stars"]) == band_of(given.stars)
            kept = checks and self._check(connection, key, done.unit, at, now, agrees=agrees)
            outcome["entered" if kept else "before"] += 1
            return str(done.unit) if kept else None
        insert = upsert(connection.dialect.name, ratings)
        entered = connection.execute(
            insert.values(
                completion=key,
                rater=None,
                supersedes=None,
                at=at,
                first_at=at,
                soon=is_soon(done.completed_at, at),
                stars=row["stars"],
                reasons=orjson.dumps(row["reasons"]).decode(),
                taps=None if row.get("taps") is None else orjson.dumps(row["taps"]).decode(),
                comment=None,
                unit=done.unit,
                procedure=done.procedure,
                field=done.field,
                completed_on=vietnam_date(done.completed_at).isoformat(),
                ended=done.ended,
                mode=row["mode"],
                instrument=default_instrument().version,
                demo=self._demo,
            ).on_conflict_do_nothing()
        )
        if entered.rowcount == 0:  # a citizen answered in this instant
            outcome["before"] += 1
            return None
        outcome["entered"] += 1
        return str(done.unit)

    def _check(self, connection: Connection, key: str, unit: str, at: datetime, now: datetime, *, agrees: bool) -> bool:
        """Keep whether who was called back said the same; False where that is kept already."""
        day = vietnam_date(at).isoformat()
        row = {"completion": key, "unit": unit, "called_on": day, "entered_at": now, "agrees": agrees}
        insert = upsert(connection.dialect.name, called_back).values(**row, demo=self._demo)
        return connection.execute(insert.on_conflict_do_nothing()).rowcount > 0

    async def lot(self, given: dict[str, Any]) -> Any:
        """``{"unit","week","share"|null,"seed"}`` → ``[[dossier, n, day, field, ended]]``: whom to call, by lot.
        ``ended``: "" of a result handed over, else refused, withdrawn or stopped."""
        try:
            week = Week.parse(given["week"])
        except ValueError as error:
            raise Wrong(f"--week {error}") from None
        now, share = self._clock.now(), CALLED if given["share"] is None else given["share"]
        if not 0 < share <= 1:
            raise Wrong(f"--share wants a part of 1 such as {CALLED}, not {share}")

        def work(connection: Connection) -> list[list[Any]]:
            drawn = self._lot(connection, given["unit"], week, share, given["seed"])
            note = {"what": "drew whom to call", "unit": given["unit"], "detail": f"{week}, {len(drawn)} dossiers"}
            connection.execute(audit.insert().values(at=now, who=OPERATOR, **note))
            return drawn

        return await self._database.write(work)

    def _lot(self, connection: Connection, unit: str, week: Week, share: float, seed: int) -> list[list[Any]]:
        table = completions.c
        query = (
            select(table.dossier, table.n, table.completed_at, table.field, table.ended)
            .where(table.unit == unit, table.completed_at >= week.start, table.completed_at < week.end, table.eligible)
            .order_by(table.dossier, table.n)
        )
        strata: defaultdict[tuple[str, str, bool], list[list[Any]]] = defaultdict(list)
        for row in connection.execute(query).all():
            key = self._keys.completion(row.dossier, row.n)
            rated = select(ratings.c.id).where(ratings.c.completion == key).limit(1)
            answered = connection.execute(rated).first() is not None
            day = vietnam_date(row.completed_at).isoformat()
            ended = "" if row.ended is None else ENDS[Status(row.ended)]
            strata[ended, row.field or "", answered].append([row.dossier, row.n, day, row.field or "", ended])
        return draw(strata, share, Random(f"{seed}/{unit}/{week}"))


def draw(strata: Mapping[tuple[str, str, bool], Sequence[list[Any]]], share: float, random: Random) -> list[list[Any]]:
    """So great a share of each stratum (how it ended, field, answered or not), at least one of each, in the order of
    the codes: nobody who reads the list can tell who answered."""
    found: list[list[Any]] = []
    for key in sorted(strata):
        found += random.sample(strata[key], ceil(share * len(strata[key])))
    return sorted(found)


def _completion(connection: Connection, dossier: str, n: int | None) -> Any:
    query = select(completions).where(completions.c.dossier == dossier)
    if n is not None:
        query = query.where(completions.c.n == n)
    return connection.execute(query.order_by(completions.c.n.desc()).limit(1)).first()


def _refused(done: Any, at: datetime, now: datetime, mode: str) -> str | None:
    if done is None:
        return "no result of this dossier was handed over, nor has it ended otherwise"
    if at < done.completed_at:
        return "answered before the result was handed over, or the dossier ended"
    if at > now + timedelta(minutes=5):
        return "answered in the future"
    if at - done.completed_at > RATABLE:
        return f"answered more than {RATABLE.days} days after the result was handed over, or the dossier ended"
    return None if mode in MODES else f"mode {mode!r}"
