"""Which answers of a period may be told of, when shorter periods within it are told of too. Pure.

Whoever has a month and all its weeks can subtract, and so can who has a province and all its communes. What came too
late for its week counts in the month, but where subtracting everything shorter would leave one to four people, the
late ones are left out of the month as well; where subtracting all communes would, those that are not told of are left
out of the province. Where nothing helps, nothing is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from ratings.period import Span, inside
from ratings.records import RatingRecord
from ratings.week import CLOSE_AFTER, VIETNAM

LEAST = 5
DAY = timedelta(days=1)


def leaves_a_few(whole: int, parts: Iterable[int], least: int = LEAST) -> bool:
    """Whether subtracting all parts that are told of (``least`` or more) leaves some of the whole, but fewer."""
    return 0 < whole - sum(n for n in parts if n >= least) < least


class Views:
    """The answers of one unit, or of several together, each of which is told of by itself as well."""

    def __init__(self, answers: Iterable[RatingRecord], together: bool = False, least: int = LEAST) -> None:
        """``least``: fewer are never told of, nor left over."""
        self._least = least
        self._days: defaultdict[date, list[RatingRecord]] = defaultdict(list)
        units: defaultdict[str, list[RatingRecord]] = defaultdict(list)
        for answer in answers:
            self._days[answer.completed_on].append(answer)
            if together:
                units[answer.unit].append(answer)
        self._newest = {day: max(answer.received_at for answer in mine) for day, mine in self._days.items()}
        self._units = {unit: Views(mine, least=least) for unit, mine in sorted(units.items())}
        self._told: dict[tuple[Span, datetime], list[RatingRecord] | None] = {}

    def told(self, span: Span, as_of: datetime) -> list[RatingRecord] | None:
        """The answers that a report of the period may hold as known at ``as_of`` (fewer than the least: whoever shows
        them shows nothing); None where it may hold none, because a few people would be left over."""
        if (span, as_of) not in self._told:
            self._told[span, as_of] = self._may_be_told(span, as_of)
        return self._told[span, as_of]

    def _may_be_told(self, span: Span, as_of: datetime) -> list[RatingRecord] | None:
        everything = self._of(span, as_of)
        if len(everything) < self._least:
            return everything
        for candidate in self._candidates(everything, span, as_of):
            if len(candidate) >= self._least and not self._subtracts(len(candidate), span, as_of):
                return candidate
        return None

    def alone(self, span: Span, as_of: datetime) -> list[RatingRecord]:
        """The answers that the units' own reports hold."""
        return [answer for unit in self._units.values() for answer in unit._shown(span, as_of)]

    def withheld(self, span: Span, as_of: datetime) -> frozenset[str]:
        """The units that have answers enough and may not be told of."""
        return frozenset(unit for unit, views in self._units.items() if views.told(span, as_of) is None)

    def _shown(self, span: Span, as_of: datetime) -> list[RatingRecord]:
        told = self.told(span, as_of)
        return [] if told is None or len(told) < self._least else told

    def _candidates(self, everything: list[RatingRecord], span: Span, as_of: datetime) -> Iterator[list[RatingRecord]]:
        yield everything
        yield [answer for answer in everything if in_time(answer)]
        if self._units:
            alone = self.alone(span, as_of)
            yield alone
            yield [answer for answer in alone if in_time(answer)]

    def _of(self, span: Span, as_of: datetime) -> list[RatingRecord]:
        found: list[RatingRecord] = []
        for n in range((span.last_day - span.first_day).days + 1):
            day = span.first_day + n * DAY
            if mine := self._days.get(day):
                in_time = self._newest[day] <= as_of
                found += mine if in_time else [answer for answer in mine if answer.received_at <= as_of]
        return found

    def _subtracts(self, whole: int, span: Span, as_of: datetime) -> bool:
        families = [
            [len(self._shown(each, each.close)) for each in family if each.close <= as_of] for family in inside(span)
        ]
        for counts in (*families, [len(unit._shown(span, as_of)) for unit in self._units.values()]):
            if leaves_a_few(whole, counts, self._least) or any(leaves_a_few(whole, (n,), self._least) for n in counts):
                return True
        return False


def in_time(answer: RatingRecord) -> bool:
    """Whether it came before the books of its own week were closed."""
    day = answer.completed_on
    monday = datetime(day.year, day.month, day.day, tzinfo=VIETNAM) + timedelta(days=7 - day.weekday())
    return answer.received_at <= monday + CLOSE_AFTER
