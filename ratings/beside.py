"""What several units' report tells of beside what the units' own tell of: whether one to four people are left. Pure.

Whoever has all reports may subtract any of the units' from the whole, each by the same days or by the weeks in them.
By whom each side tells of: where either has some that the other has not, a difference of numbers is nobody's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from operator import attrgetter

from ratings.records import RatingRecord

LEAST = 5
NOBODY: frozenset[int] = frozenset()
Answers = Sequence[RatingRecord]
Part = Callable[[RatingRecord], Hashable]
_unit = attrgetter("unit")


def few(whole: Answers, tellings: Sequence[Answers], part: Part) -> set[Hashable]:
    """The parts of which the units' own leave a few of the whole, or are left by it. ``tellings``: what all units
    tell of, in each way in which they do (of the period, of its weeks)."""
    mine, theirs = _people(whole, part), [_people(told, part) for told in tellings]
    found = set()
    for key in set(mine).union(*theirs):
        here = mine.get(key, {})
        more, less = [], []
        for unit in set(here).union(*(told.get(key, {}) for told in theirs)):
            people = here.get(unit, NOBODY)
            left = [(len(people), 0)]  # nothing of it subtracted
            for told in theirs:
                of_it = told.get(key, {}).get(unit, NOBODY)
                left.append((len(people - of_it), len(of_it - people)))
            more.append({n for n, others in left if not others})
            less.append({n for others, n in left if not others})
        if _reach_a_few(more) or _reach_a_few(less):
            found.add(key)
    return found


def few_of_a_week(whole: Answers, told: Answers, part: Part) -> set[Hashable]:
    """The same of one week, in which whatever units tell of a part stands in the whole's."""
    mine, theirs = (Counter(zip(map(part, each), map(_unit, each), strict=True)) for each in (whole, told))
    left: dict[Hashable, list[set[int]]] = {}
    for (key, unit), n in mine.items():
        left.setdefault(key, []).append({n, n - theirs[key, unit]})
    return {key for key, of_units in left.items() if _reach_a_few(of_units)}


def _people(answers: Answers, part: Part) -> dict[Hashable, dict[str, set[int]]]:
    """By part and unit."""
    found: dict[Hashable, dict[str, set[int]]] = {}
    for answer in answers:
        found.setdefault(part(answer), {}).setdefault(answer.unit, set()).add(id(answer))
    return found


def _reach_a_few(each: Iterable[set[int]]) -> bool:
    """Whether one number of each adds up to one to four."""
    sums = {0}
    for numbers in each:
        sums = {total + n for total in sums for n in numbers if total + n < LEAST}
    return any(sums)
