"""The demonstration: a fictional province, its mock backend, and answers of citizens who do not exist.

Everything of it is marked: the database, and with it every message, drawing and export.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from random import Random

import orjson
from msgspec.structs import replace
from sqlalchemy import Connection, func, select, update

from bot.clock import Clock
from bot.keys import Keys
from offices.unit import Kind, Offices, Unit
from onestop.days.calendar import vietnam_date
from onestop.dossier import Status
from onestop.mock.population import Sizes
from onestop.mock.pusher import Deliver
from onestop.mock.server import Listed, MockOneStop
from onestop.mock.simulation import MockUnit, OldUnit
from ratings.rating import Instrument, Tap
from storage.tables import completions, instant, meta, micros, ratings

SEED = 1
FORMER = 31
"""Dossiers that were handed in before the units changed, under the old ones' codes."""
STARTED = "demo_started_at"
FRESH = timedelta(days=7)
"""A demonstration older than this begins anew, so that there is always something of today to see."""
ANSWERS = 0.6
"""Share of invited who answer: far above life's, so that a week of the demo desk has enough to show."""
TAPPED = 0.6
"""Share of who answers that answers the short questions too."""
STARS = ((5, 56), (4, 27), (3, 8), (2, 5), (1, 4))


class _Start:
    """The mock takes the first ``now()`` as its beginning: that of the demonstration, then the clock's."""

    def __init__(self, started: datetime, clock: Clock) -> None:
        self._first: datetime | None = started
        self._clock = clock

    def __call__(self) -> datetime:
        first, self._first = self._first, None
        return first or self._clock.now()


def make_mock(
    offices: Offices,
    clock: Clock,
    started: datetime,
    *,
    seed: int = SEED,
    secret: str = "",
    push_to: str | None = None,
    deliver: Deliver | None = None,
    sizes: Sizes | None = None,
) -> MockOneStop:
    """The mock backend of the demo province."""
    units = [_mock_unit(unit, offices) for unit in offices.units if unit.kind is Kind.COMMUNE]
    now = _Start(started, clock)
    sizes = replace(sizes or Sizes(), former=FORMER)
    return MockOneStop(units, now=now, seed=seed, secret=secret, push_to=push_to, deliver=deliver, sizes=sizes)


def _mock_unit(unit: Unit, offices: Offices) -> MockUnit:
    # the demo desk gets more than its share: it is the one that a newcomer looks at
    weight = float(unit.weekly or 1) * (8 if unit.code == "H99.07" else 1)
    branch = {"branch": unit.land_branch} if unit.land_branch else {}
    former = tuple(OldUnit(old.name, old.code) for old in unit.former if old.code is not None and old.part is None)
    return MockUnit(unit.code, unit.name, weight, former=former, **branch)


def demo_start(connection: Connection, now: datetime) -> datetime:
    """When this demonstration began: as noted in the database, else now."""
    noted = connection.execute(select(meta.c.value).where(meta.c.key == STARTED)).scalar()
    if noted is not None and now - instant(int(noted)) < FRESH:
        return instant(int(noted))
    connection.execute(meta.delete().where(meta.c.key == STARTED))
    connection.execute(meta.insert().values(key=STARTED, value=str(micros(now))))
    return now


def answer_for_the_demo(
    connection: Connection, keys: Keys, instrument: Instrument, unit: str, now: datetime, left: Collection[str]
) -> int:
    """Invitations and answers for the demo desk's completions and other ends, but for ``left``: those are the
    newcomer's to rate."""
    if connection.execute(select(func.count()).select_from(ratings)).scalar_one():
        return 0
    rows = connection.execute(
        select(completions)
        .where(completions.c.unit == unit, completions.c.completed_at < now - timedelta(days=1))
        .where(completions.c.dossier.not_in(left))
        .order_by(completions.c.completed_at)
    ).all()
    chances = {True: Random(SEED), False: Random(f"{SEED}/ends")}
    found = (_answer(connection, keys, instrument, row, chances[row.ended is None]) for row in rows)
    answers = [values for values in found if values is not None]
    if answers:
        connection.execute(ratings.insert(), answers)
    return len(answers)


def _answer(
    connection: Connection, keys: Keys, instrument: Instrument, row: object, random: Random
) -> dict[str, object] | None:
    dossier, n, completed = row.dossier, row.n, row.completed_at  # type: ignore[attr-defined]
    invited = completed + timedelta(hours=random.uniform(2, 20))
    stamp = {"invited_at": invited, "delivered_at": invited + timedelta(seconds=2)}
    where = (completions.c.dossier == dossier, completions.c.n == n)
    connection.execute(update(completions).where(*where).values(stamp))
    if random.random() > ANSWERS:
        return None
    stars = random.choices([s for s, _ in STARS], [weight for _, weight in STARS])[0]
    taps = instrument.taps_after(handed_over=row.ended is None)  # type: ignore[attr-defined]
    at = invited + timedelta(minutes=random.uniform(1, 300))
    reasons = [random.choice(instrument.chips(stars)).code] if random.random() < 0.7 else []
    return {
        "completion": keys.completion(dossier, n),
        "rater": None,
        "at": at,
        "first_at": at,
        "stars": stars,
        "reasons": orjson.dumps(reasons).decode(),
        "taps": orjson.dumps(_tapped(taps, stars, random)).decode() if random.random() < TAPPED else None,
        "unit": row.unit,  # type: ignore[attr-defined]
        "procedure": row.procedure,  # type: ignore[attr-defined]
        "field": row.field,  # type: ignore[attr-defined]
        "completed_on": vietnam_date(completed).isoformat(),
        "ended": row.ended,  # type: ignore[attr-defined]
        "mode": "bot",
        "instrument": instrument.version,
        "demo": True,
    }


def _tapped(taps: Sequence[Tap], stars: int, random: Random) -> dict[str, str]:
    """Answers to the short questions: who is satisfied mostly gives the good ones."""
    given = {}
    for tap in taps:
        good = [chip.code for chip in tap.answers if chip.code in tap.good]
        well = random.random() < (0.92 if stars >= 4 else 0.4)
        given[tap.code] = good[0] if well and good else random.choice(tap.answers).code
    return given


def shown_codes(mock: MockOneStop) -> Sequence[tuple[str, str, str]]:
    """The four dossiers a newcomer is given and, last, a linked one: code, proof, how it stands (its status's official
    name and more)."""
    five = [listed for listed in mock.dossiers()[:5] if listed.proof]
    five.sort(key=lambda listed: listed.parts > 0)
    return [(listed.code, listed.proof or "", _standing(listed)) for listed in five]


def _standing(listed: Listed) -> str:
    if listed.status is Status.RETURNED:
        return f"{listed.status.official}, chấm điểm được (completed: rate it)"
    if listed.parts:
        return f"{listed.status.official}, {listed.parts} cơ quan cùng làm (linked, in progress)"
    if listed.late:
        return f"{listed.status.official}, đã quá hẹn (late)"
    waits = {Status.NEEDS_PAPERS: " (waits for papers)", Status.IN_PROGRESS: " (in progress)"}
    return listed.status.official + waits.get(listed.status, "")
