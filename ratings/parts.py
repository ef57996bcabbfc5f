"""Parts of the answers that are told of (certified copies, odd answers, ways of answering, reasons, fields), counted so
that no two reports leave one to four people of any part. Pure.

What is told of comes in pieces (``views.py``): of a week its own answers, and what waited. A piece is told apart at
once where each of its parts is nobody or five at least; else it waits for others, and they are told apart together
once that is so. A period's part is the sum of what its weeks told apart, so that whatever is subtracted from whatever,
sums of pieces and of parts are left: nobody, or five at least. A finer division takes what the coarser one told apart.
Of several units together, a division is told of only where it and the own ones of any of the units, of the period or
of its weeks, differ by nobody or five people of each part, or either has some that the other has not: in the period,
from the year's beginning until it begins, and until it ends.

How many answered an invitation, and how many answers are about certified copies, is told between two bounds where not
everybody is told apart: of who waits one part is nobody to four, and no more is said of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, groupby
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from ratings.beside import LEAST, Answers, Part, few, few_of_a_week
from ratings.integrity import examine
from ratings.records import RatingRecord
from ratings.statistics import SATISFIED_FROM
from ratings.watch import is_certified

INVITED = "bot"
"""How an answer comes that was asked for; slips, links, kiosks and calls reach people who were not invited."""


class Piece(Struct, frozen=True):
    """Answers that began to be told of together. ``here``: in the asked period; ``year``: what waits ends with it;
    ``own``: of one week, as that week's report tells of them."""

    here: bool
    year: int
    answers: Answers
    own: bool = False


class Parts(Struct, frozen=True):
    """The answers of a period that are told apart by each division, as far as they are. ``odd``: the ``id`` of those
    with a sign; ``copies``: by certified copies and signs; ``asked``: by whether they were invited, ``invited``: the
    least and the most of all that were, ``certified``: likewise of certified copies (None: not to be told);
    ``fields``: those without a sign, of each field by itself; ``praise`` and ``complaints``: people by reason."""

    odd: frozenset[int]
    signs: Answers
    copies: Answers
    asked: Answers
    modes: Answers
    fields: Answers
    praise: Counter[str]
    complaints: Counter[str]
    invited: tuple[int, int] | None = None
    certified: tuple[int, int] | None = None


class Divided(Struct, frozen=True):
    """The same as pieces, those before the period included; what is of each key by itself, by key."""

    signs: Sequence[Piece]
    copies: Sequence[Piece]
    asked: Sequence[Piece] = ()
    modes: Sequence[Piece] = ()
    fields: Mapping[str, Sequence[Piece]] = {}
    praise: Mapping[str, Sequence[Piece]] = {}
    complaints: Mapping[str, Sequence[Piece]] = {}


def parts(pieces: Iterable[Piece], units: Iterable[Iterable[Piece]] = (), *, first_line: bool = False) -> Parts:
    """Of the told pieces of a period, those before it in its year included. ``units``: the same of each unit, where
    they are of several together; ``first_line``: of no other divisions than the headline needs."""
    known = list(pieces)
    odd = frozenset(id(a) for piece in known for a in examine(piece.answers).with_sign)
    alone = [_divided(list(each), odd, first_line) for each in units]
    return _besides(known, _divided(known, odd, first_line), alone, odd, first_line=first_line)


def by_sign(odd: frozenset[int]) -> Part:
    return lambda answer: id(answer) in odd


def by_copies(odd: frozenset[int]) -> Part:
    return lambda answer: (id(answer) in odd, is_certified(answer.field))


def by_certified(answer: RatingRecord) -> bool:
    return is_certified(answer.field)


def by_asked(answer: RatingRecord) -> bool:
    return answer.mode == INVITED


def by_mode(answer: RatingRecord) -> Hashable:
    return answer.mode


def by_field(answer: RatingRecord) -> str:
    return (answer.field or "").strip()


def _divided(pieces: Sequence[Piece], odd: frozenset[int], first_line: bool) -> Divided:
    signs = list(_apart(pieces, by_sign(odd)))
    copies = list(_apart(signs, by_copies(odd)))
    if first_line:
        return Divided(signs, copies)
    asked = list(_apart(pieces, by_asked))
    plain = [replace(each, answers=[a for a in each.answers if id(a) not in odd]) for each in signs]
    return Divided(
        signs=signs,
        copies=copies,
        asked=asked,
        modes=list(_apart(asked, by_mode)),
        fields=_each(plain, lambda answer: (by_field(answer),)),
        praise=_each(pieces, lambda answer: _reasons(answer, satisfied=True)),
        complaints=_each(pieces, lambda answer: _reasons(answer, satisfied=False)),
    )


def _reasons(answer: RatingRecord, *, satisfied: bool) -> Collection[str]:
    """Those of a satisfied answer, or of one that is not: a person counts once, however often a reason was picked."""
    if not answer.reasons or (answer.stars >= SATISFIED_FROM) is not satisfied:
        return ()
    return dict.fromkeys(answer.reasons)


def _apart(pieces: Iterable[Piece], part: Part) -> Iterator[Piece]:
    """The pieces that may be told apart, each when it may."""
    waiting: list[RatingRecord] = []
    year = None
    for piece in pieces:
        if piece.year != year:
            waiting, year = [], piece.year
        if _is_apart(piece.answers, part):
            yield piece
            continue
        waiting += piece.answers
        if _is_apart(waiting, part):
            yield Piece(piece.here, piece.year, waiting)
            waiting = []


def _is_apart(answers: Answers, part: Part) -> bool:
    return min(Counter(map(part, answers)).values(), default=LEAST) >= LEAST


def _each(pieces: Iterable[Piece], keys: Callable[[RatingRecord], Iterable[str]]) -> dict[str, list[Piece]]:
    """Of each key by itself: its answers of a piece where they are five, else once five have come together. An
    answer of several keys comes once with each."""
    found: dict[str, list[Piece]] = {}
    waiting: dict[str, list[RatingRecord]] = {}
    year = None
    for piece in pieces:
        if piece.year != year:
            waiting, year = {}, piece.year
        new: dict[str, list[RatingRecord]] = {}
        for answer in piece.answers:
            for key in keys(answer):
                new.setdefault(key, []).append(answer)
        for key, mine in new.items():
            if len(mine) >= LEAST:
                found.setdefault(key, []).append(replace(piece, answers=mine))
                continue
            waiting[key] = [*waiting.get(key, ()), *mine]
            if len(waiting[key]) >= LEAST:
                found.setdefault(key, []).append(Piece(piece.here, piece.year, waiting.pop(key)))
    return found


def _here(pieces: Iterable[Piece]) -> list[RatingRecord]:
    return [answer for piece in pieces if piece.here for answer in piece.answers]


# --- between two bounds ----------------------------------------------------------------------------------------------


def between(pieces: Iterable[Piece], part: Callable[[RatingRecord], bool]) -> tuple[int, int]:
    """The least and the most of the period's answers that may be of a part, for who knows what is told apart by it. Of
    those who wait one part is one to four people: it may be anything from nobody to four."""
    low = high = 0
    for _, of_year in groupby(pieces, key=lambda piece: piece.year):
        waiting: list[Piece] = []
        for piece in of_year:
            alone = _is_apart(piece.answers, part)
            together = [piece] if alone else [*waiting, piece]
            if not alone and not _is_apart(_all(together), part):
                waiting = together
                continue
            if piece.here:
                before = _all(each for each in together if not each.here)
                least, most = _few_or_all_but(len(before), before, part)
                n = sum(map(part, _all(together)))
                low, high = low + n - most, high + n - least
            waiting = waiting if alone else []
        least, most = _few_or_all_but(len(_here(waiting)), _all(waiting), part)
        low, high = low + least, high + most
    return low, high


def _few_or_all_but(n: int, of: Answers, part: Callable[[RatingRecord], bool]) -> tuple[int, int]:
    """How many of ``n`` who wait may be of the part. ``of``: those they wait with, a few of whom are, or are not."""
    few = min(n, LEAST - 1)
    return (0, few) if sum(map(part, of)) < LEAST else (n - few, n)


def _all(pieces: Iterable[Piece]) -> list[RatingRecord]:
    return [answer for piece in pieces for answer in piece.answers]


# --- beside what else is told ----------------------------------------------------------------------------------------


_asked: Callable[[Divided], Sequence[Piece]] = attrgetter("asked")
_copies: Callable[[Divided], Sequence[Piece]] = attrgetter("copies")


def _besides(
    pieces: Sequence[Piece], whole: Divided, units: Sequence[Divided], odd: frozenset[int], *, first_line: bool
) -> Parts:
    """What is left when a few seem to be found by subtracting it from everybody (who waited before the period is told
    apart in it, so that it need not be they), or, of several units, by subtracting one unit's, or all units'."""
    everybody = sum(len(piece.answers) for piece in pieces if piece.here)

    @cache
    def leaves(part: Part, of: Callable[[Divided], Sequence[Piece]]) -> bool:
        return bool(_few_left(of(whole), [of(unit) for unit in units], part))

    def kept(part: Part, of: Callable[[Divided], Sequence[Piece]]) -> list[RatingRecord]:
        told = _here(of(whole))
        counts = Counter(map(part, told))
        seems = any(0 < abs(everybody - n) < LEAST for n in (counts.total(), *counts.values()))
        return [] if seems or leaves(part, of) else told

    def each(of: Callable[[Divided], Mapping[str, Sequence[Piece]]]) -> dict[str, list[RatingRecord]]:
        keys = dict.fromkeys(chain(of(whole), *map(of, units)))
        mine = {key: (of(whole).get(key, ()), [of(unit).get(key, ()) for unit in units]) for key in keys}
        told = {key: _here(its) for key, (its, theirs) in mine.items() if not _few_left(its, theirs, lambda _: True)}
        return {key: answers for key, answers in told.items() if answers}

    signs, asked = kept(by_sign(odd), lambda d: d.signs), kept(by_asked, _asked)
    copies = kept(by_certified, _copies) and kept(by_copies(odd), _copies)
    return Parts(
        odd=odd,
        signs=signs,
        copies=copies if signs else (),
        asked=asked,
        modes=kept(by_mode, lambda d: d.modes) if asked else (),
        fields=list(chain.from_iterable(each(lambda d: d.fields).values())),
        praise=Counter({code: len(people) for code, people in each(lambda d: d.praise).items()}),
        complaints=Counter({code: len(people) for code, people in each(lambda d: d.complaints).items()}),
        invited=None if first_line or leaves(by_asked, _asked) else between(pieces, by_asked),
        # with odd answers copies are told apart by more than this
        certified=None if odd or leaves(by_certified, _copies) else between(pieces, by_certified),
    )


def _few_left(whole: Sequence[Piece], units: Sequence[Sequence[Piece]], part: Part) -> set[Hashable]:
    """The parts of which some of the units' own, each of its period or of its weeks, leave one to four people, or are
    left by these."""
    if not units:
        return set()
    every = list(chain.from_iterable(units))
    known = list(chain(whole, every))
    if len(whole) < 2 and all(piece.here and piece.own for piece in known):
        return few_of_a_week(_all(whole), _all(every), part)
    found = few(_here(whole), [_here(every), _here(piece for piece in every if piece.own)], part)
    if not all(piece.here for piece in known):
        found |= few(_all(whole), [_all(every)], part)
        found |= few(_all(p for p in whole if not p.here), [_all(p for p in every if not p.here)], part)
    return found
