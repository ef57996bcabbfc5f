"""Whether a unit's answers call for a look: the running sums of ``alarms`` over its own weeks. Pure.

One sum for all but certified copies, one for each field. A week's answers enter a sum only once five have come since
it last moved, so that no two of its values differ by one to four citizens.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from ratings.alarms import RunningSum, exact_limit, running_sum
from ratings.records import RatingRecord
from ratings.statistics import SATISFIED_FROM
from ratings.week import Week

CERTIFICATION = "chứng thực"
"""The field of certified copies: minutes at the counter, most of the volume, hardly ever a complaint."""
LEAST_OF_A_BLOCK = 5
LEAST_TOLD = 10
TRAILING = timedelta(weeks=26)
"""What is ordinary for a unit is learnt from so long before the quarter, and stays for the quarter."""
PRIOR_BAD, PRIOR_ALL = 2, 20
"""What is ordinary anywhere, worth twenty answers: Beta(2, 18), a tenth dissatisfied."""
LEAST_LEARNT = 20
"""Below so many answers nobody knows what is ordinary, and nothing calls for a look."""
MOST_USUAL = 0.45


class Level(Enum):
    """What the answers ask of who reads them."""

    USUAL = "usual"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Alarm:
    """``value`` of ``threshold``: the sum over all but certified copies; None below ten answers in the week.
    ``fields``: those whose own sum reached its limit in this week, sorted."""

    level: Level
    value: int | None
    threshold: int | None
    fields: tuple[str, ...] = ()


def is_certified(field: str | None) -> bool:
    """Whether a field is that of certified copies, however it is written."""
    return (field or "").strip().casefold() == CERTIFICATION


def history_from(week: Week) -> date:
    """The first day of which answers are needed to watch a week."""
    return _quarter_start(week.first_day) - TRAILING


def watch(answers: Iterable[RatingRecord], week: Week) -> Alarm | None:
    """What one unit's ``answers`` (in any order, of any weeks) ask for in ``week``. None: not known, or nothing may
    be told: fewer than five answers of the week, or too few before it."""
    known = [a for a in answers if history_from(week) <= a.completed_on <= week.last_day]
    if sum(week.first_day <= a.completed_on for a in known) < LEAST_OF_A_BLOCK:
        return None
    rest = _follow([a for a in known if not is_certified(a.field)], week)
    fields = {field: _follow(of_it, week) for field, of_it in _by_field(known).items()}
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
    )


@dataclass(frozen=True, slots=True)
class _Stand:
    """A sum after a week: its value and limit, how many answers the week brought into it, whether it called."""

    value: int
    limit: int
    entered: int
    alarm: bool


def _by_field(answers: Sequence[RatingRecord]) -> dict[str, list[RatingRecord]]:
    found: defaultdict[str, list[RatingRecord]] = defaultdict(list)
    for answer in answers:
        if answer.field is not None and answer.field.strip():
            found[answer.field.strip()].append(answer)
    return dict(found)


def _follow(answers: Sequence[RatingRecord], week: Week) -> _Stand | None:
    """Run one sum from the begin of what is known to the end of ``week``."""
    value, before, stand = 0.0, None, None
    learnt: dict[date, RunningSum | None] = {}
    for last_day, block in _blocks(answers):
        quarter = _quarter_start(last_day)
        if quarter not in learnt:
            learnt[quarter] = _learn(answers, quarter)
        chart = learnt[quarter]
        if chart is None:
            continue
        if before is not None and before.limit != chart.limit:
            value = value * chart.limit // before.limit
        before = chart
        bad = [answer.stars < SATISFIED_FROM for answer in block]
        reached, alarms = chart.run(bad, int(value))
        value = reached
        if last_day == week.last_day:
            at_once = exact_limit(len(bad), 1 - _usual(answers, quarter)) if len(bad) >= LEAST_TOLD else None
            sudden = at_once is not None and len(bad) - sum(bad) <= at_once
            stand = _Stand(reached, chart.limit, len(bad), alarms > 0 or sudden)
    return stand


def _blocks(answers: Sequence[RatingRecord]) -> Iterator[tuple[date, list[RatingRecord]]]:
    """The answers in weeks, weeks of fewer than five together with what comes after; each with its last Sunday."""
    weeks: defaultdict[date, list[RatingRecord]] = defaultdict(list)
    for answer in answers:
        weeks[answer.completed_on + timedelta(days=6 - answer.completed_on.weekday())].append(answer)
    waiting: list[RatingRecord] = []
    for last_day in sorted(weeks):
        waiting += sorted(weeks[last_day], key=lambda a: (a.answered_at, a.stars))
        if len(waiting) >= LEAST_OF_A_BLOCK:
            yield last_day, waiting
            waiting = []


def _learn(answers: Sequence[RatingRecord], quarter: date) -> RunningSum | None:
    if sum(quarter - TRAILING <= a.completed_on < quarter for a in answers) < LEAST_LEARNT:
        return None
    return running_sum(_usual(answers, quarter))


def _usual(answers: Sequence[RatingRecord], quarter: date) -> float:
    """The ordinary share of dissatisfied, drawn towards a tenth, in whole percent so that limits are found once."""
    before = [a.stars < SATISFIED_FROM for a in answers if quarter - TRAILING <= a.completed_on < quarter]
    return round(min((sum(before) + PRIOR_BAD) / (len(before) + PRIOR_ALL), MOST_USUAL), 2)


def _quarter_start(day: date) -> date:
    """The Monday with which the weeks of the day's quarter begin: the week's Thursday says which quarter it is."""
    thursday = day + timedelta(days=3 - day.weekday())
    first = date(thursday.year, (thursday.month - 1) // 3 * 3 + 1, 1)
    start = first + timedelta(days=-first.weekday())
    return start if (start + timedelta(days=3)).month == first.month else start + timedelta(days=7)
