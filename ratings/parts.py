"""Parts of the answers that are told of (certified copies, odd answers, ways of answering, reasons, fields), counted so
that no two reports leave one to four people of any part. Pure.

What is told of comes in pieces (``views.py``): of a week its own answers, and what waited. A piece is told apart at
once where each of its parts is nobody or five at least; else it waits for others, and they are told apart together
once that is so. A period's part is the sum of what its weeks told apart, so that whatever is subtracted from whatever,
sums of pieces and of parts are left: nobody, or five at least. A finer division takes what the coarser one told apart.
Of several units together, a division is told of only where subtracting the units' own leaves nobody or five of each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeVar

from msgspec import Struct

from ratings.integrity import examine
from ratings.records import RatingRecord
from ratings.statistics import SATISFIED_FROM
from ratings.watch import is_certified

LEAST = 5
INVITED = "bot"
"""How an answer comes that was asked for; slips, links, kiosks and calls reach people who were not invited."""
Answers = Sequence[RatingRecord]
Part = Callable[[RatingRecord], Hashable]
Key = TypeVar("Key", bound=Hashable)


class Piece(Struct, frozen=True):
    """Answers that began to be told of together. ``here``: in the asked period; ``year``: what waits ends with it."""

    here: bool
    year: int
    answers: Answers


class Parts(Struct, frozen=True):
    """The answers of a period that are told apart by each division, as far as they are. ``odd``: the ``id`` of those
    with a sign; ``copies``: by certified copies and signs; ``asked``: by whether they were invited; ``fields``:
    those without a sign, of each field by itself; ``praise`` and ``complaints``: people by reason."""

    odd: frozenset[int]
    signs: Answers
    copies: Answers
    asked: Answers
    modes: Answers
    fields: Answers
    praise: Counter[str]
    complaints: Counter[str]


def parts(pieces: Iterable[Piece], units: Iterable[Iterable[Piece]] = (), *, first_line: bool = False) -> Parts:
    """Of the told pieces of a period, those before it in its year included. ``units``: the same of each unit, where
    they are of several together; ``first_line``: of no other divisions than the headline needs."""
    known = list(pieces)
    odd = frozenset(id(a) for piece in known for a in examine(piece.answers).with_sign)
    found = _parts(known, odd, first_line)
    alone = [_parts(list(each), odd, first_line) for each in units]
    everybody = sum(len(piece.answers) for piece in known if piece.here)
    return _besides(found, alone, everybody)


def by_sign(odd: frozenset[int]) -> Part:
    return lambda answer: id(answer) in odd


def by_copies(odd: frozenset[int]) -> Part:
    return lambda answer: (id(answer) in odd, is_certified(answer.field))


def by_certified(answer: RatingRecord) -> Hashable:
    return is_certified(answer.field)


def by_asked(answer: RatingRecord) -> Hashable:
    return answer.mode == INVITED


def by_mode(answer: RatingRecord) -> Hashable:
    return answer.mode


def by_field(answer: RatingRecord) -> str:
    return (answer.field or "").strip()


def _parts(pieces: Sequence[Piece], odd: frozenset[int], first_line: bool) -> Parts:
    signs = list(_apart(pieces, by_sign(odd)))
    copies = _here(_apart(signs, by_copies(odd)))
    if first_line:
        return Parts(odd, _here(signs), copies, (), (), (), Counter(), Counter())
    asked = list(_apart(pieces, by_asked))
    plain = [Piece(each.here, each.year, [a for a in each.answers if id(a) not in odd]) for each in signs]
    return Parts(
        odd=odd,
        signs=_here(signs),
        copies=copies,
        asked=_here(asked),
        modes=_here(_apart(asked, by_mode)),
        fields=_here(_each(plain, lambda answer: (by_field(answer),))),
        praise=_reasons(pieces, satisfied=True),
        complaints=_reasons(pieces, satisfied=False),
    )


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


def _each(pieces: Iterable[Piece], keys: Callable[[RatingRecord], Iterable[str]]) -> Iterator[Piece]:
    """Of each key by itself: its answers of a piece where they are five, else once five have come together. An
    answer of several keys comes once with each."""
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
            if len(mine) < LEAST:
                mine = [*waiting.pop(key, ()), *mine]
                if len(mine) < LEAST:
                    waiting[key] = mine
                    continue
            yield Piece(piece.here, piece.year, mine)


def _reasons(pieces: Iterable[Piece], *, satisfied: bool) -> Counter[str]:
    """A person counts once, however often a reason was picked."""
    found, waiting = Counter[str](), Counter[str]()
    year = None
    for piece in pieces:
        if piece.year != year:
            waiting, year = Counter(), piece.year
        mine = (a.reasons for a in piece.answers if a.reasons and (a.stars >= SATISFIED_FROM) is satisfied)
        new = Counter(chain.from_iterable(map(set, mine)))
        for code, people in new.items():
            told = people
            if people < LEAST:
                waiting[code] += people
                told = waiting.pop(code) if waiting[code] >= LEAST else 0
            if piece.here and told:
                found[code] += told
    return found


def _here(pieces: Iterable[Piece]) -> Answers:
    return [answer for piece in pieces if piece.here for answer in piece.answers]


# --- beside what else is told ----------------------------------------------------------------------------------------


def _besides(whole: Parts, units: Sequence[Parts], everybody: int) -> Parts:
    """What is left when a few seem to be found by subtracting it from everybody (who waited before the period is told
    apart in it, so that it need not be they), or, of several units, by subtracting one unit's, or all units'."""

    def kept(part: Part, of: Callable[[Parts], Answers]) -> Answers:
        counts = Counter(map(part, of(whole)))
        if any(0 < abs(everybody - n) < LEAST for n in (counts.total(), *counts.values())):
            return ()
        return () if _few_left(counts, [Counter(map(part, of(unit))) for unit in units]) else of(whole)

    signs, asked = kept(by_sign(whole.odd), lambda p: p.signs), kept(by_asked, lambda p: p.asked)
    copies = kept(by_certified, lambda p: p.copies) and kept(by_copies(whole.odd), lambda p: p.copies)
    few = _few_left(Counter(map(by_field, whole.fields)), [Counter(map(by_field, unit.fields)) for unit in units])
    return Parts(
        odd=whole.odd,
        signs=signs,
        copies=copies if signs else (),
        asked=asked,
        modes=kept(by_mode, lambda p: p.modes) if asked else (),
        fields=[answer for answer in whole.fields if by_field(answer) not in few],
        praise=_but(whole.praise, _few_left(whole.praise, [unit.praise for unit in units])),
        complaints=_but(whole.complaints, _few_left(whole.complaints, [unit.complaints for unit in units])),
    )


def _few_left(whole: Counter[Key], units: Sequence[Counter[Key]]) -> set[Key]:
    """The parts of which one unit's count, or the sum of all, differs from the whole's by one to four."""
    if not units:
        return set()
    every = Counter[Key]()
    for unit in units:
        every.update(unit)
    few = {key for key in whole.keys() | every.keys() if 0 < abs(whole[key] - every[key]) < LEAST}
    return few | {key for unit in units for key, n in unit.items() if 0 < whole[key] - n < LEAST}


def _but(people: Counter[str], few: set[str]) -> Counter[str]:
    return Counter({code: n for code, n in people.items() if code not in few})
