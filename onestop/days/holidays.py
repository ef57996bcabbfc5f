"""The days on which State offices rest, year by year: read from the notice of the year, else computed from the law.

The law: Bộ luật Lao động 2019 (in force 1/1/2021), Điều 112: Tết five days, Quốc khánh two, the others one each;
Điều 111 khoản 3: a holiday on a weekly day of rest is made up on the next working day. Which five and which two a
notice says each year. Lunar days come from ``lunar_vn``, imported when the first year without a notice is asked for.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct
from yaml import YAMLError

from onestop.yaml_text import safe_load

DAY = timedelta(days=1)
SATURDAY = 5
LAW_SINCE = 2021
TET, KINGS, NATIONAL = "Tết Nguyên đán", "Giỗ Tổ Hùng Vương", "Quốc khánh"


class Fixed(Struct, frozen=True):
    """A holiday on the same day of each year from ``since`` on.

    ``made_up``: on a weekend it is made up for on the next working day.
    """

    month: int
    day: int
    name: str
    since: int = 0
    made_up: bool = True


class Year(Struct, frozen=True):
    """``rest``: holidays, their make-ups and exchanged days by name, some on weekends; ``work``: days of rest worked in
    exchange; ``half``: working days that end at noon; ``doubt``: working days of which it is not settled, and why;
    ``first``: mùng 1 Tết, where it is known."""

    rest: Mapping[date, str]
    work: frozenset[date] = frozenset()
    half: frozenset[date] = frozenset()
    doubt: Mapping[date, str] = {}
    first: date | None = None


def read(path: Path) -> tuple[dict[int, Year], tuple[Fixed, ...]]:
    """The years with a notice, and what is the same each year, from YAML. Raises OSError, KeyError or ValueError."""
    data = safe_load(path.read_text("utf-8"))
    fixed = tuple(
        Fixed(int(each["day"][:2]), int(each["day"][3:]), each["name"], each.get("since", 0), each.get("made_up", True))
        for each in data["every_year"]
    )
    return {number: _noticed(number, year, fixed) for number, year in data["years"].items()}, fixed


class BadYears(ValueError):
    """An installation's own file of years cannot be used; the message says where and why."""


def read_own(path: Path, fixed: Iterable[Fixed]) -> dict[int, Year]:
    """The years of an installation's own file, in the same form as ours. Raises OSError or BadYears.

    A make-up day has to be a day of rest, all days have to lie in their year: else a slip of the pen would shift every
    due day that is computed across it.
    """
    try:
        years = safe_load(path.read_text("utf-8"))["years"]
        read_years = {int(number): _noticed(int(number), year, fixed) for number, year in years.items()}
    except (YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise BadYears(f"{path}{f':{mark.line + 1}' if mark else ''}: not YAML in UTF-8") from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadYears(f"{path}: wants years: 2027: {{tet, source, rest: [{{from, to, name}}]}} ({error})") from None
    for number, year in read_years.items():
        days = {*year.rest, *year.work, *year.half, *year.doubt, year.first}
        astray = [day for day in days if not isinstance(day, date) or day.year != number]
        if astray:
            raise BadYears(f"{path}: {number}: {astray[0]} is no day of that year")
        for day in sorted(year.work):
            if day.weekday() < SATURDAY and day not in year.rest:
                raise BadYears(f"{path}: {number}: work: {day:%d/%m} is worked anyway, wants a Saturday or Sunday")
    return read_years


def _noticed(number: int, year: Mapping[str, Any], fixed: Iterable[Fixed]) -> Year:
    rest = {day: each["name"] for each in year["rest"] for day in through(each["from"], each["to"])}
    return Year(
        rest=each_year(number, fixed) | rest,
        work=frozenset(year.get("work", ())),
        half=frozenset(year.get("half", ())),
        doubt={each["day"]: each["why"] for each in year.get("unknown", ())},
        first=year["tet"],
    )


def each_year(number: int, fixed: Iterable[Fixed]) -> dict[date, str]:
    """The holidays of a year that the sun alone decides."""
    return {date(number, each.month, each.day): each.name for each in fixed if number >= each.since}


def by_law(number: int, fixed: Iterable[Fixed]) -> Year | None:
    """A year as the law has it; None where the law was another, or the moon is not known.

    Tết may begin with giao thừa or a day earlier, Quốc khánh last from the day before or to the day after: what both
    ways have in common is sure, the rest in doubt, and so is a working day alone between days of rest.
    """
    known = each_year(number, fixed)
    try:
        first, kings = _from_the_moon(1, 1, number), _from_the_moon(10, 3, number)
    except ValueError:
        return None
    if number < LAW_SINCE:
        return None
    known = {kings: KINGS} | known
    national = next(day for day in known if known[day] == NATIONAL)
    open_ones = {date(number, each.month, each.day) for each in fixed if not each.made_up}
    early = _made_up(known | _named(TET, first - 2 * DAY, 5) | _named(NATIONAL, national - DAY, 2), open_ones)
    late = _made_up(known | _named(TET, first - DAY, 5) | _named(NATIONAL, national, 2), open_ones)
    doubt = {
        _next_worked(day, late): f"{day.day}/{day.month} vào ngày nghỉ hằng tuần, có nghỉ bù hay không là do thông báo"
        for day in open_ones & known.keys()
        if day.weekday() >= SATURDAY
    }
    for one, other in zip(_weekdays(early, late), _weekdays(late, early), strict=True):
        why = f"nghỉ {one.day}/{one.month} hay {other.day}/{other.month} là do thông báo hằng năm"
        doubt |= {one: why, other: why}
    sure = {day: name for day, name in late.items() if day not in doubt}
    for day in through(date(number, 1, 2), date(number, 12, 30)):
        if _alone(day, sure.keys() | doubt.keys()):
            doubt.setdefault(day, "có thể hoán đổi để nghỉ liền với ngày lễ bên cạnh")
    return Year(rest=sure, doubt=doubt, first=first)


def through(first: date, last: date) -> Iterator[date]:
    """Each day from the first to the last, both included."""
    for n in range((last - first).days + 1):
        yield first + n * DAY


def _from_the_moon(day: int, month: int, year: int) -> date:
    """A day of Vietnam's lunar year (UTC+7). Raises ValueError before 1900 and after 2100."""
    from lunar_vn import LunarDate, lunar_to_solar

    return lunar_to_solar(LunarDate(day, month, year))


def _named(name: str, first: date, many: int) -> dict[date, str]:
    return {first + n * DAY: name for n in range(many)}


def _made_up(holidays: Mapping[date, str], left_open: Container[date]) -> dict[date, str]:
    """With the days on which those of a weekend are made up for, but for the ones of which the law does not say."""
    rested = dict(holidays)
    for day, name in sorted(holidays.items()):
        if day.weekday() >= SATURDAY and day not in left_open:
            rested[_next_worked(day, rested)] = f"Nghỉ bù {name}"
    return rested


def _next_worked(day: date, rested: Container[date]) -> date:
    while day in rested or day.weekday() >= SATURDAY:
        day += DAY
    return day


def _weekdays(these: Iterable[date], without: Mapping[date, str]) -> list[date]:
    return sorted(day for day in these if day not in without and day.weekday() < SATURDAY)


def _alone(day: date, rested: Iterable[date]) -> bool:
    """A working day with a holiday on one side and a day of rest on the other."""
    sides = (day - DAY, day + DAY)
    return (
        day.weekday() < SATURDAY
        and day not in rested
        and all(side in rested or side.weekday() >= SATURDAY for side in sides)
        and any(side.weekday() < SATURDAY for side in sides)
    )
