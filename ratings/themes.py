"""What citizens' comments are about, told without a word of theirs. Pure.

The themes and their wording are our own (``instruments/themes.yaml``); a comment is read for them where it is fetched
and goes no further. Comments that may accuse somebody are not read at all. A theme is told of from ten people, and
only where no view of the same theme, of a shorter period or of a part of the units, leaves one to nine of them when it
is subtracted (``views.py``).

It is told of a week late: in the week after that in which an answer counts, so that seven days at least lie between the
writing and the telling, and nobody is known by having been at the desk just then. For that every answer is counted as
if all about it had happened seven days later; what holds of views (``views.py``) holds of these likewise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from procedures.finding.fold import accented, both
from procedures.reading import safe_load
from ratings.period import Span
from ratings.records import RatingRecord
from ratings.reports.numerals import number
from ratings.views import Views
from ratings.week import Week

FILE = Path(__file__).parent / "instruments" / "themes.yaml"
LEAST_WROTE = 10
LATE = timedelta(days=7)
"""At least so long after it was written a comment is read by officials, or told of."""
MOST = 2
NOT = frozenset({*accented("không chưa chẳng đừng khỏi"), "khong", "chua", "chang", "ko", "kg", "k"})
BEFORE = 2
"""So many syllables before the words a "không" takes them back: "không phải chờ lâu", "chưa được nhiệt tình"."""


class Theme(Struct, frozen=True):
    """``praise``: it praises; ``told``: how a digest calls it."""

    code: str
    told: str
    praise: bool


class Wrote(Struct, frozen=True):
    """So many people wrote of this theme."""

    theme: str
    people: int


class _Phrase(Struct, frozen=True):
    """Words that make a theme; ``after_not``: only after "không"."""

    theme: str
    words: tuple[str, ...]
    after_not: bool


def themes_of(comment: str) -> tuple[str, ...]:
    """The codes of the themes that a comment holds, in the order of the file."""
    folded, marked = both(comment)
    plain = folded == marked
    said = folded if plain else marked
    found = {phrase.theme for at in range(len(said)) for phrase in _begins(said, at, plain=plain)}
    return tuple(code for code in themes() if code in found)


@cache
def themes() -> dict[str, Theme]:
    """The themes by their codes, praise first."""
    found = [Theme(each["code"], each["told"], kind == "praise") for kind, each in _written()]
    return {theme.code: theme for theme in found}


def told_themes(answers: Sequence[RatingRecord], span: Span, as_of: datetime, *, together: bool) -> tuple[Wrote, ...]:
    """What may be told of, most people first. ``answers``: those from a week before ``period.counted_since`` on.
    ``together``: of several units."""
    wrote: defaultdict[str, list[RatingRecord]] = defaultdict(list)
    for answer in answers:
        for theme in answer.themes:
            wrote[theme].append(answer)
    found = []
    for theme, mine in wrote.items():
        if len(mine) >= LEAST_WROTE:
            told = Views(map(_a_week_later, mine), together=together, least=LEAST_WROTE).told(span, as_of)
            found += [Wrote(theme, len(told))] if told is not None and len(told) >= LEAST_WROTE else []
    return tuple(sorted(found, key=lambda each: (-each.people, each.theme)))


def readable_until(now: datetime) -> datetime:
    """Until when a remark was written that officials may read at ``now`` (aware): seven days before books were closed
    last. They become readable together on Mondays, for one by one they would tell when each was written."""
    return Week.last_closed(now).close - LATE


def lines(found: Sequence[Wrote]) -> Iterator[str]:
    """What an official reads of it: what most people praise, and what most are not content with."""
    parts = []
    for praise, heading in ((True, "khen"), (False, "chưa vừa ý")):
        told = [(themes()[each.theme], each.people) for each in found if each.theme in themes()]
        mine = [f"{theme.told} ({number(people)} người)" for theme, people in told if theme.praise is praise]
        parts += [f"{heading}: {'; '.join(mine[:MOST])}"] if mine else []
    if parts:
        yield f"Lời góp ý (nêu chậm một tuần) – {' – '.join(parts)}. Máy đếm theo chủ đề, không trích lời ai."


def _a_week_later(answer: RatingRecord) -> RatingRecord:
    """Counted from its last form, for a comment may have been added to stars given a day before."""
    return replace(
        answer, completed_on=answer.completed_on + LATE, answered_at=answer.answered_at + LATE, first_at=None
    )


def _begins(said: Sequence[str], at: int, *, plain: bool) -> Iterator[_Phrase]:
    """The phrases that begin there; ``plain``: without diacritics."""
    for phrase in _phrases(plain).get(said[at], ()):
        if tuple(said[at : at + len(phrase.words)]) == phrase.words:
            taken_back = not NOT.isdisjoint(said[max(0, at - BEFORE) : at])
            if taken_back is phrase.after_not:
                yield phrase


@cache
def _phrases(plain: bool) -> dict[str, list[_Phrase]]:
    """By their first word."""
    found: defaultdict[str, list[_Phrase]] = defaultdict(list)
    for _, each in _written():
        turned = each.get("only_after_not", ())
        for written in each["words"]:
            words = tuple(both(written)[0 if plain else 1])
            found[words[0]].append(_Phrase(each["code"], words, written in turned))
    return dict(found)


@cache
def _written() -> tuple[tuple[str, dict[str, Any]], ...]:
    read = safe_load(FILE.read_text(encoding="utf-8"))
    every = tuple((kind, each) for kind in ("praise", "blame") for each in read[kind])
    twice = [code for code, n in Counter(each["code"] for _, each in every).items() if n > 1]
    if twice:
        raise ValueError(f"{FILE.name}: {', '.join(twice)} stands there twice")
    return every
