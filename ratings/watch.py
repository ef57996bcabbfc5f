"""Whether a unit's answers call for a look: the running sums of ``alarms`` over its own weeks. Pure.

One sum for all but certified copies, one for each field. A week's answers enter a sum only once five have come since
it last moved, so that no two of its values differ by one to four citizens.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Protocol, TypeVar

from msgspec import Struct

from ratings.formulas.alarms import ONCE_IN, RunningSum, running_sum
from ratings.formulas.beta import binomial_at_most
from ratings.records import EPOCH, MICROSECOND
from ratings.statistics import SATISFIED_FROM
from ratings.week import VIETNAM, Week

CERTIFICATION = "chứng thực"
"""The field of certified copies: minutes at the counter, most of the volume, hardly ever a complaint."""
LEAST_OF_A_BLOCK = 5
LEAST_TOLD = 10
TRAILING = timedelta(weeks=26)
"""What is ordinary for a unit is learnt from so long before the quarter, and stays for the quarter."""
LAG = timedelta(weeks=13)
"""The newest quarter is left out of what is learnt, where enough is older: what goes wrong must not become ordinary."""
MOST_USUAL = 0.45


class Tuning(Struct, frozen=True):
    """How one sum is set. ``bad`` of ``worth`` answers are thought ordinary before anything is learnt; below
    ``least`` answers nothing is known and nothing calls; ``a_year``: false alarms in a province of 200 units.

    The numbers are the outcome of simulation, ``benchmarks/alarms.py``.
    """

    bad: int
    worth: int
    least: int
    a_year: int


ALL_WORK = Tuning(bad=3, worth=20, least=40, a_year=4)
ONE_FIELD = Tuning(bad=2, worth=20, least=24, a_year=36)


class Watched(Protocol):
    """What of an answer a series is made of: a ``RatingRecord`` or a ``PastAnswer``."""

    @property
    def field(self) -> str | None: ...
    @property
    def completed_on(self) -> date: ...
    @property
    def at(self) -> int: ...
    @property
    def stars(self) -> int: ...


AnAnswer = TypeVar("AnAnswer", bound=Watched)


class Level(Enum):
    """What the answers ask of who reads them."""

    USUAL = "usual"
    LOOK = "look"


class Alarm(Struct, frozen=True):
    """``value`` of ``threshold``: the sum over all but certified copies; None below ten answers in the week.
    ``fields``: those whose own sum reached its limit in this week, sorted. ``usual``: the share of the satisfied that
    is ordinary here, in whole percent; None where nothing was learnt."""

    level: Level
    value: int | None
    threshold: int | None
    fields: tuple[str, ...] = ()
    usual: float | None = None


@cache
def is_certified(field: str | None) -> bool:
    """Whether a field is that of certified copies, however it is written."""
    return (field or "").strip().casefold() == CERTIFICATION


def history_from(week: Week) -> date:
    """The first day of which answers are needed to watch a week."""
    return _quarter_start(week.first_day) - LAG - TRAILING


def watch(answers: Iterable[Watched], week: Week) -> Alarm | None:
    """What one unit's ``answers`` (in any order, of any weeks) ask for in ``week``. None: not known, or nothing may
    be told: fewer than five answers of the week, or too few before it."""
    since, first, last = history_from(week), week.first_day, week.last_day
    known = [a for a in answers if since <= a.completed_on <= last]
    if sum(first <= a.completed_on for a in known) < LEAST_OF_A_BLOCK:
        return None
    rest = follow([a for a in known if not is_certified(a.field)], ALL_WORK).get(week.last_day)
    fields = {field: follow(of_it, ONE_FIELD).get(week.last_day) for field, of_it in by_field(known).items()}
    watched = [found for found in (rest, *fields.values()) if found is not None]
    if not watched:
        return None
    called = tuple(sorted(field for field, found in fields.items() if found is not None and found.alarm))
    look = called or (rest is not None and rest.alarm)
    told = rest is not None and rest.entered >= LEAST_TOLD
    return Alarm(
        level=Level.LOOK if look else Level.USUAL,
        value=rest.value if told and rest is not None else None,
        threshold=rest.limit if told and rest is not None else None,
        fields=called,
        usual=None if rest is None else round(1 - rest.usual, 2),
    )


class Stand(Struct, frozen=True):
    """A sum after a week: its value and limit, how many answers the week brought into it, whether it called, and the
    share of dissatisfied that is thought ordinary."""

    value: int
    limit: int
    entered: int
    alarm: bool
    usual: float


def by_field(answers: Sequence[AnAnswer]) -> dict[str, list[AnAnswer]]:
    found: defaultdict[str, list[AnAnswer]] = defaultdict(list)
    for answer in answers:
        if answer.field is not None and answer.field.strip():
            found[answer.field.strip()].append(answer)
    return dict(found)


def follow(answers: Sequence[Watched], tuning: Tuning) -> dict[date, Stand]:
    """Run one sum over answers in any order: where it stands after each week that brought some, by its Sunday."""
    row = sorted(answers, key=attrgetter("completed_on"))
    value, before = 0, None
    learnt: dict[date, tuple[RunningSum, float] | None] = {}
    found: dict[date, Stand] = {}
    for last_day, block in _blocks(row):
        quarter = _quarter_start(last_day)
        if quarter not in learnt:
            learnt[quarter] = _learn(row, quarter, tuning)
        known = learnt[quarter]
        if known is None:
            continue
        chart, usual = known
        if before is not None and before.limit != chart.limit:
            value = value * chart.limit // before.limit
        before = chart
        bad = [answer.stars < SATISFIED_FROM for answer in block]
        value, alarms = chart.run(bad, value)
        found[last_day] = Stand(value, chart.limit, len(bad), alarms > 0 or _sudden(bad, usual), usual)
    return found


def _sudden(bad: Sequence[bool], usual: float) -> bool:
    """Whether one week alone passes the exact limit."""
    n = len(bad)
    return n >= LEAST_TOLD and binomial_at_most(n - sum(bad), n, 1 - usual) <= ONCE_IN


def _blocks(answers: Sequence[Watched]) -> Iterator[tuple[date, list[Watched]]]:
    """The answers in weeks, weeks of fewer than five together with what comes after; each with its last Sunday."""
    days: defaultdict[date, list[Watched]] = defaultdict(list)
    for answer in answers:
        days[answer.completed_on].append(answer)
    weeks: defaultdict[date, list[Watched]] = defaultdict(list)
    for day, mine in days.items():
        weeks[day + timedelta(days=6 - day.weekday())] += mine
    waiting: list[Watched] = []
    for last_day in sorted(weeks):
        waiting += sorted(weeks[last_day], key=attrgetter("at", "stars"))
        if len(waiting) >= LEAST_OF_A_BLOCK:
            yield last_day, waiting
            waiting = []


def _learn(row: Sequence[Watched], quarter: date, tuning: Tuning) -> tuple[RunningSum, float] | None:
    """The sum for a quarter and the ordinary share of dissatisfied, drawn towards what is thought before and in whole
    percent, so that limits are found once; None where too few answers came before the quarter. ``row``: in the order
    of their days. What came once the quarter had begun changes nothing: one late answer would move what is told."""
    begins = (datetime.combine(quarter, time(), VIETNAM) - EPOCH) // MICROSECOND
    for end in (quarter - LAG, quarter):
        places = (bisect_left(row, day, key=attrgetter("completed_on")) for day in (end - TRAILING, end))
        before = [a.stars < SATISFIED_FROM for a in row[slice(*places)] if a.at < begins]
        if len(before) >= tuning.least:
            usual = round(min((sum(before) + tuning.bad) / (len(before) + tuning.worth), MOST_USUAL), 2)
            return running_sum(usual, tuning.a_year), usual
    return None


def _quarter_start(day: date) -> date:
    """The Monday with which the weeks of the day's quarter begin: the week's Thursday says which quarter it is."""
    thursday = day + timedelta(days=3 - day.weekday())
    first = date(thursday.year, (thursday.month - 1) // 3 * 3 + 1, 1)
    start = first + timedelta(days=-first.weekday())
    return start if (start + timedelta(days=3)).month == first.month else start + timedelta(days=7)
