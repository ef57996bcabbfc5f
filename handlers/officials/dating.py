"""Which week or period an official's words name: "tuần trước", "/tuan 2026-W46", "tháng 10", "quý III năm 2026"."""

from __future__ import annotations

import re

from msgspec import Struct

from handlers.desk import Desk, Step
from handlers.messages import Outgoing
from handlers.officials import becoming
from handlers.states import Idle
from handlers.texts import reporting as texts
from ratings.period import Kind, Period, Span, last_closed, numbered, parse_span, period_of
from ratings.week import Week

FIRST_YEAR, LAST_YEAR = 2000, 2100
_ASKING = r"(?:(?:cho|xem|gui|lay|coi|toi|minh|em|anh|chi|bao cao|so lieu|ket qua|tong ket|digest|cua) )*"
_REST = r"(?P<rest>(?: \w+)*)"
_WEEK = re.compile(
    _ASKING + r"tuan(?: (?P<which>nay|truoc|roi|vua roi|vua qua|qua|(?P<year>\d{4}) ?w(?P<iso>\d{1,2})"
    r"|(?P<number>\d{1,2})(?: nam (?P<of>\d{4}))?))?" + _REST
)
_MONTH = re.compile(
    _ASKING + r"(?P<kind>thang|quy)(?: (?P<which>nay|truoc|roi|vua roi|vua qua|qua)"
    r"|(?: (?P<first>\d{4}))?(?: (?P<number>\d{1,2}|iv|i{1,3})(?: (?:nam )?(?P<of>\d{4}))?))?" + _REST
)
_HALF = re.compile(_ASKING + r"(?:6|sau) thang (?P<which>dau|cuoi) nam(?: (?P<of>\d{4}))?" + _REST)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_BEFORE = frozenset(("truoc", "roi", "vua roi", "vua qua", "qua"))


class Asked(Struct, frozen=True):
    """A week or period, and the words after it, which may name a unit."""

    span: Span
    rest: str = ""


def read(said: str, desk: Desk) -> Asked | Step | None:
    """What folded words name; a Step where there is no such week or period; None where none is named."""
    for pattern, reads in ((_WEEK, _week), (_MONTH, _month), (_HALF, _half)):
        if (found := pattern.fullmatch(said)) is not None:
            return reads(found, desk)
    return None


def sensible(text: str) -> Span:
    """A week or period as a choice carries it. Raises ValueError for one that nobody can mean."""
    return _within(parse_span(text))


def _week(found: re.Match[str], desk: Desk) -> Asked | Step:
    this = Week.of(desk.now)
    rest = found["rest"].strip()
    if found["which"] in (None, "nay"):
        return Asked(this, rest)
    if found["which"] in _BEFORE:
        return Asked(this.previous(), rest)
    number = int(found["iso"] or found["number"])
    year = found["year"] or found["of"]
    try:
        week = _within(Week(int(year), number) if year else _latest(number, this))
    except ValueError:
        return Step(Idle(), (Outgoing(texts.no_week(int(year or this.year), number), becoming.menu()),))
    return Asked(week, rest)


def _month(found: re.Match[str], desk: Desk) -> Asked | Step:
    """Without a number: the last one whose books are closed."""
    kind, rest = Kind(found["kind"]), found["rest"].strip()
    this = period_of(kind, desk.today, desk.rules.closing_day)
    if found["which"] == "nay":
        return Asked(this, rest)
    if found["which"] in _BEFORE:
        return Asked(this.previous(), rest)
    if found["number"] is None:
        return Asked(last_closed(kind, desk.now, desk.rules.closing_day), rest)
    number = _ROMAN.get(found["number"]) or int(found["number"])
    return _numbered(kind, number, found["first"] or found["of"], this, rest, desk)


def _half(found: re.Match[str], desk: Desk) -> Asked | Step:
    this = period_of(Kind.HALF, desk.today, desk.rules.closing_day)
    number = 1 if found["which"] == "dau" else 2
    return _numbered(Kind.HALF, number, found["of"], this, found["rest"].strip(), desk)


def _numbered(kind: Kind, number: int, year: str | None, this: Period, rest: str, desk: Desk) -> Asked | Step:
    """By its number; without a year the newest that has begun."""
    closing, of = desk.rules.closing_day, this.last_day.year
    try:
        span = numbered(kind, int(year) if year else of, number, closing)
        if not year and span.start > desk.now:
            span = numbered(kind, of - 1, number, closing)
        return Asked(_within(span), rest)
    except ValueError:
        return Step(Idle(), (Outgoing(texts.no_period(), becoming.menu()),))


def _within(span: Span) -> Span:
    """The span itself. Raises ValueError for a year that nobody can mean."""
    if not FIRST_YEAR <= span.last_day.year <= LAST_YEAR:
        raise ValueError(f"{span} is none of ours")
    return span


def _latest(number: int, this: Week) -> Week:
    """The newest week with this number that has begun. Raises ValueError where neither year has one."""
    return Week(this.year, number) if number <= this.number else Week(this.year - 1, number)
