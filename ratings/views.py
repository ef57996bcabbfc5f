"""Which answers may be told of, when shorter periods and parts of the units are told of too. Pure.

Whoever has a month and all its weeks can subtract, and so can who has a province and all its communes. So a longer
period is a sum of whole weeks: each tells of its own answers where there are five, and what a week may not tell of, or
what came after its books were closed, waits until five have come together and is told of in the week in which they
have. Whatever is subtracted from whatever, what is left is nobody, or five at least. What waits does so for a year at
most (``period.counted_since``); the last few of a year are never told of.

Of several units together a week holds everybody, but where subtracting all units that are told of would leave one to
four people, those that are not told of are left out; where nothing helps, nothing is told. A longer period of them is
told of where no few are left when their own are subtracted: whom it tells of besides them, and whom they tell of
besides it (those who waited there and not here), are nobody, or five, or there are both. Beside the units' weeks no few
are left by themselves: a week holds whom they tell of, and who waits was told of by none of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain

from ratings.parts import Parts, Piece, parts
from ratings.period import Period, Span, counted_since, counting_year, whole_weeks
from ratings.records import RatingRecord
from ratings.week import CLOSE_AFTER, Week, vietnam_date

LEAST = 5
SIX_DAYS, A_WEEK = timedelta(days=6), timedelta(days=7)


def leaves_a_few(whole: int, parts: Iterable[int], least: int = LEAST) -> bool:
    """Whether subtracting all parts that are told of (``least`` or more) leaves some of the whole, but fewer."""
    return 0 < whole - sum(n for n in parts if n >= least) < least


class Views:
    """The answers of one unit, or of several together, each of which is told of by itself as well."""

    def __init__(self, answers: Iterable[RatingRecord], together: bool = False, least: int = LEAST) -> None:
        """``answers``: of a period, all since ``period.counted_since``. ``least``: fewer are never told of, nor left
        over."""
        self._least = least
        days: defaultdict[date, list[RatingRecord]] = defaultdict(list)
        units: defaultdict[str, list[RatingRecord]] = defaultdict(list)
        for answer in answers:
            days[answer.completed_on].append(answer)
            if together:
                units[answer.unit].append(answer)
        self._weeks: defaultdict[date, list[RatingRecord]] = defaultdict(list)
        for day in sorted(days):
            self._weeks[_sunday(day)] += days[day]
        self._newest = {sunday: max(a.received_at for a in mine) for sunday, mine in self._weeks.items()}
        self._units = {unit: Views(mine, least=least) for unit, mine in sorted(units.items())}
        self._told: dict[tuple[Span, datetime], list[RatingRecord] | None] = {}
        self._years: dict[int, dict[date, tuple[list[RatingRecord], ...]]] = {}

    def told(self, span: Span, as_of: datetime) -> list[RatingRecord] | None:
        """The answers that a report of the span may hold as known at ``as_of`` (fewer than the least: whoever shows
        them shows nothing); None where it may hold none, because a few people would be left over."""
        if (span, as_of) not in self._told:
            found = self._of_week(span, as_of) if isinstance(span, Week) else self._summed(span, as_of)
            self._told[span, as_of] = found
        return self._told[span, as_of]

    def parts(self, span: Span, as_of: datetime, *, first_line: bool = False) -> Parts:
        """As far as what is told of a span may be told apart; ``first_line``: as the headline needs it."""
        units = (unit._pieces(span, as_of) for unit in self._units.values())
        return parts(self._pieces(span, as_of), units, first_line=first_line)

    def alone(self, span: Span, as_of: datetime) -> list[RatingRecord]:
        """The answers that the units' own reports hold."""
        return [answer for unit in self._units.values() for answer in unit._shown(span, as_of)]

    def _shown(self, span: Span, as_of: datetime) -> list[RatingRecord]:
        told = self.told(span, as_of)
        return [] if told is None or len(told) < self._least else told

    # --- one week ----------------------------------------------------------------------------------------------------

    def _of_week(self, week: Week, as_of: datetime) -> list[RatingRecord] | None:
        everything = self._known(week.last_day, as_of)
        if len(everything) < self._least:
            return everything
        for candidate in self._candidates(everything, week, as_of):
            if len(candidate) >= self._least and not self._subtracts(len(candidate), week, as_of):
                return candidate
        return None

    def _known(self, sunday: date, as_of: datetime) -> list[RatingRecord]:
        mine = self._weeks.get(sunday)
        if mine is None or self._newest[sunday] <= as_of:
            return mine or []
        return [answer for answer in mine if answer.received_at <= as_of]

    def _candidates(self, everything: list[RatingRecord], week: Week, as_of: datetime) -> Iterator[list[RatingRecord]]:
        yield everything
        if self._units:
            yield self.alone(week, as_of)

    def _subtracts(self, whole: int, span: Span, as_of: datetime) -> bool:
        """Whether one unit leaves a few of the whole, or, of a week, all that are told of together."""
        parts = [len(unit._shown(span, as_of)) for unit in self._units.values()]
        every = [[n] for n in parts] + ([parts] if isinstance(span, Week) else [])
        return any(leaves_a_few(whole, some, self._least) for some in every)

    # --- a sum of weeks ----------------------------------------------------------------------------------------------

    def _summed(self, span: Span, as_of: datetime) -> list[RatingRecord] | None:
        found = self._sum(span, as_of)
        return None if self._units and found and self._tells_apart(found, span, as_of) else found

    def _sum(self, span: Span, as_of: datetime) -> list[RatingRecord]:
        found: list[RatingRecord] = []
        for week in whole_weeks(span):
            if week.close <= as_of:
                found += chain.from_iterable(self._year(counting_year(week.last_day)).get(week.last_day, ()))
        return found

    def _pieces(self, span: Span, as_of: datetime) -> Iterator[Piece]:
        """What is told of in the span, and before it in its year, in the order of the weeks."""
        if isinstance(span, Week):
            yield Piece(True, 0, self._shown(span, as_of), own=True)
            return
        weeks = {week.last_day for week in whole_weeks(span) if week.close <= as_of}
        for year in sorted({counting_year(sunday) for sunday in weeks}):
            for sunday, told in self._year(year).items():
                if sunday <= max(weeks):
                    here = sunday in weeks
                    yield from (Piece(here, year, piece, own=n == 0) for n, piece in enumerate(told) if piece)

    def _tells_apart(self, found: Collection[RatingRecord], span: Span, as_of: datetime) -> bool:
        """Whether a few are left where the units' sums, each counted on by itself, are subtracted: here, or from the
        year's beginning until the span begins, or until it ends."""
        since, last = counted_since(span), whole_weeks(span)[-1].last_day
        weeks = [Week.of(each.start - A_WEEK) for each in whole_weeks(span)[:1]]
        spans = [span, Period(since, last), *(Period(since, week.last_day) for week in weeks if week.last_day > since)]
        return self._subtracts(len(found), span, as_of) or any(self._leaves_a_few(each, as_of) for each in spans)

    def _leaves_a_few(self, span: Span, as_of: datetime) -> bool:
        """Told of here, or by the units, alone; where either side has some that the other has not, nobody is found."""
        here = {id(answer) for answer in self._sum(span, as_of)}
        there = {id(answer) for unit in self._units.values() for answer in unit._sum(span, as_of)}
        more, less = len(here - there), len(there - here)
        return min(more, less) == 0 < max(more, less) < self._least

    def _year(self, year: int) -> dict[date, tuple[list[RatingRecord], ...]]:
        """What is told of in each week of a year, by its Sunday: its own answers, and those that waited."""
        if year not in self._years:
            self._years[year] = dict(self._counted_on(year))
        return self._years[year]

    def _counted_on(self, year: int) -> Iterator[tuple[date, tuple[list[RatingRecord], ...]]]:
        sundays = {sunday for sunday in self._weeks if counting_year(sunday) == year}
        late: defaultdict[date, list[RatingRecord]] = defaultdict(list)
        for sunday in sundays:
            close = _week(sunday).close
            if self._newest[sunday] > close:
                for answer in self._weeks[sunday]:
                    if answer.received_at > close:
                        late[_sunday(vietnam_date(answer.received_at - CLOSE_AFTER - timedelta.resolution))] += [answer]
        waiting: list[RatingRecord] = []
        for sunday in sorted(sundays | {each for each in late if counting_year(each) == year}):
            week = _week(sunday)
            known, told = self._known(sunday, week.close), self._shown(week, week.close)
            if len(known) > len(told):
                shown = set(map(id, told))
                waiting += (answer for answer in known if id(answer) not in shown)
            waiting += late.get(sunday, ())
            if len(waiting) >= self._least:
                yield sunday, (told, waiting)
                waiting = []
            else:
                yield sunday, (told,)


def _sunday(day: date) -> date:
    return day + SIX_DAYS - timedelta(days=day.weekday())


def _week(sunday: date) -> Week:
    year, number, _ = sunday.isocalendar()
    return Week(year, number)
