"""What may be shown of the answers of one unit and period. Everything is withheld here, once. Pure.

==========  ==================================================================================
answers     shown
==========  ==================================================================================
0 … 4       nothing of them, not even how many
5 … 9       how many, and in which third of the scale the satisfied are (``Band``)
10 … 29     the distribution, the share of satisfied with its interval, reasons of five or more
from 30     also the change, where the period before has thirty answers too
==========  ==================================================================================

A longer period is also a sum of shorter ones; what of it may be told says ``views.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

from msgspec import Struct

from ratings.beside import Answers
from ratings.formulas.comparison import Standardised, standardised
from ratings.formulas.drivers import Driver
from ratings.parts import INVITED, Parts, Piece
from ratings.parts import parts as parts_of
from ratings.records import RatingRecord
from ratings.statistics import Change, Distribution, Proportion, newcombe
from ratings.watch import is_certified

LEAST_ANSWERS = 5
LEAST_DISTRIBUTION = 10
LEAST_CHANGE = 30
LEAST_OF_A_REASON = 5


class Band(Enum):
    """Where the share of satisfied lies, for five to nine answers."""

    HIGH = "≥ 80 %"
    MIDDLE = "50–79 %"
    LOW = "< 50 %"

    @property
    def words(self) -> str:
        """In the words of an official."""
        return {"HIGH": "từ 80 % trở lên", "MIDDLE": "từ 50 % đến dưới 80 %", "LOW": "dưới 50 %"}[self.name]

    @classmethod
    def of(cls, satisfied: Proportion) -> Band:
        """The band of a share, compared exactly."""
        if 10 * satisfied.count >= 8 * satisfied.n:
            return cls.HIGH
        return cls.MIDDLE if 2 * satisfied.count >= satisfied.n else cls.LOW


class ReasonCount(Struct, frozen=True):
    """So many people of those who were satisfied, or were not, gave this reason."""

    code: str
    people: int


class Cause(Struct, frozen=True):
    """``people`` dissatisfied gave this reason; ``attributable`` is the part of the dissatisfaction that would go
    with it (population attributable fraction, 0 … 1)."""

    code: str
    people: int
    attributable: float


class Integrity(Struct, frozen=True):
    """How many answers have a sign of not being given one by one, and the satisfied with and without them.

    ``without`` is None where nothing is flagged, or where fewer than ten are left without a sign.
    """

    flagged: int
    with_all: Proportion
    without: Proportion | None


class Headline(Struct, frozen=True):
    """The satisfied that stand first: without certified copies and without flagged answers, as far as each can be
    taken away and still leave ten. ``certified``: these hold certified copies, ``copies``: the least and the most of
    them, None: not to be told."""

    satisfied: Proportion
    without_certified: bool = False
    without_flagged: bool = False
    certified: bool = False
    copies: tuple[int, int] | None = None


class ModeCount(Struct, frozen=True):
    """Answers that came in one way (bot, slip, link, phone, kiosk); ``satisfied`` only from ten."""

    mode: str
    people: int
    satisfied: Proportion | None


def integrity_as_json(found: Integrity) -> dict[str, float | None]:
    """As in the digest's JSON: how many, and the shares with and without them."""
    without = None if found.without is None else found.without.share
    return {"flagged": found.flagged, "share_with": found.with_all.share, "share_without": without}


def mode_as_json(mode: ModeCount) -> dict[str, str | float | None]:
    """As in the digest's JSON."""
    share = None if mode.satisfied is None else mode.satisfied.share
    return {"mode": mode.mode, "answered": mode.people, "share": share}


class Shown(Struct, frozen=True):
    """What may be shown of some answers. ``withheld``: there are enough, but other reports would give a few away.

    ``by_invitation``: how many of the answered were invited; None: not to be told, but ``invited_between`` perhaps, the
    least and the most of it.
    """

    answered: int | None = None
    band: Band | None = None
    distribution: Distribution | None = None
    headline: Headline | None = None
    change: Change | None = None
    praise: tuple[ReasonCount, ...] = ()
    complaints: tuple[ReasonCount, ...] = ()
    certification: tuple[Proportion, Proportion] | None = None
    modes: tuple[ModeCount, ...] = ()
    drivers: tuple[Cause, ...] | None = None
    integrity: Integrity | None = None
    standardised: tuple[Standardised, tuple[str, ...]] | None = None
    withheld: bool = False
    by_invitation: int | None = None
    invited_between: tuple[int, int] | None = None

    @classmethod
    def of(
        cls,
        answers: Sequence[RatingRecord],
        previous: Proportion | None,
        previous_apart: bool | None = None,
        mix: Mapping[str, int] | None = None,
        parts: Parts | None = None,
    ) -> Shown:
        """``previous``: the headline of the period before, ``previous_apart``: whether that one is without certified
        copies (None: not known); ``mix``: completions by field, of all units alike; ``parts``: how far the answers may
        be told apart (``parts.py``); None: they are of one week."""
        distribution = Distribution.of(r.stars for r in answers)
        satisfied = distribution.satisfied
        if satisfied is None or satisfied.n < LEAST_ANSWERS:
            return cls()
        told = parts_of([Piece(True, 0, answers)]) if parts is None else parts
        band = Band.of(satisfied)
        invited = _by_invitation(answers, told)
        between = told.invited if invited is None else None
        if satisfied.n < LEAST_DISTRIBUTION:
            return cls(satisfied.n, band, by_invitation=invited, invited_between=between)
        certification = _certification(told.copies)
        headline = _headline(told, answers, satisfied, certification)
        first = headline.satisfied
        alike = previous_apart is None or previous_apart is headline.without_certified
        comparable = alike and previous is not None and min(first.n, previous.n) >= LEAST_CHANGE
        return cls(
            answered=satisfied.n,
            by_invitation=invited,
            invited_between=between,
            band=band,
            distribution=distribution,
            headline=headline,
            change=newcombe(first, previous) if comparable and previous is not None else None,
            praise=_reasons(told.praise),
            complaints=_reasons(told.complaints),
            certification=certification,
            modes=_modes(told.modes),
            drivers=_drivers(told, satisfied),
            integrity=_integrity(told, satisfied),
            standardised=with_mix(told.fields, mix) if mix else None,
        )


def _satisfied(answers: Iterable[RatingRecord]) -> Proportion | None:
    return Distribution.of(r.stars for r in answers).satisfied


def _headline(
    told: Parts, answers: Answers, everybody: Proportion, certification: tuple[Proportion, Proportion] | None
) -> Headline:
    """As much taken away as leaves ten; where copies are told apart of half the answers at least."""
    odd = any(id(a) in told.odd for a in told.signs)
    others = certification[1] if certification is not None and 2 * len(told.copies) >= len(answers) else None
    found: Proportion | None
    if others is not None:
        found = _satisfied(a for a in told.copies if id(a) not in told.odd and not is_certified(a.field))
        if found is not None and found.n >= LEAST_DISTRIBUTION:
            return Headline(found, True, odd)
    plain = [a for a in told.signs if id(a) not in told.odd]
    if odd and (found := _satisfied(plain)) is not None and found.n >= LEAST_DISTRIBUTION:
        return Headline(found, False, True, any(is_certified(a.field) for a in plain))
    if others is not None:
        return Headline(others, True, False)
    certified = any(is_certified(a.field) for a in answers)
    return Headline(everybody, certified=certified, copies=told.certified if certified else None)


def _reasons(people: Mapping[str, int]) -> tuple[ReasonCount, ...]:
    """Reasons that at least five people gave, most frequent first."""
    found = [ReasonCount(code, n) for code, n in people.items() if n >= LEAST_OF_A_REASON]
    return tuple(sorted(found, key=lambda reason: (-reason.people, reason.code)))


def _certification(answers: Answers) -> tuple[Proportion, Proportion] | None:
    """Certified copies beside all else, so that neither hides the other; only where both have ten answers."""
    certified = _satisfied(a for a in answers if is_certified(a.field))
    others = _satisfied(a for a in answers if not is_certified(a.field))
    if certified is None or others is None or min(certified.n, others.n) < LEAST_DISTRIBUTION:
        return None
    return certified, others


def _by_invitation(answers: Answers, told: Parts) -> int | None:
    """How many answered an invitation; None where not all of them may be told apart."""
    if set(map(id, told.asked)) != set(map(id, answers)):
        return None
    return sum(answer.mode == INVITED for answer in answers)


def _modes(answers: Answers) -> tuple[ModeCount, ...]:
    """How the answers came, where they came in several ways."""
    ways: defaultdict[str, list[RatingRecord]] = defaultdict(list)
    for answer in answers:
        ways[answer.mode].append(answer)
    if len(ways) < 2:
        return ()
    return tuple(
        ModeCount(way, len(of_it), _satisfied(of_it) if len(of_it) >= LEAST_DISTRIBUTION else None)
        for way, of_it in sorted(ways.items())
    )


def _drivers(told: Parts, satisfied: Proportion) -> tuple[Cause, ...]:
    """The reasons of five dissatisfied people or more, by how much of the dissatisfaction would go with each: from
    nothing but what is told."""
    found = []
    bad, n = satisfied.n - satisfied.count, satisfied.n
    for reason in _reasons(told.complaints):
        named = min(reason.people + told.praise[reason.code], n)
        people, part = min(reason.people, bad), 1.0
        if named < n:
            driver = Driver(Proportion(people, named), Proportion(min(bad - people, n - named), n - named))
            part = max(0.0, driver.attributable)
        found.append(Cause(reason.code, reason.people, part))
    return tuple(sorted(found, key=lambda cause: (-cause.attributable, cause.code)))


def _integrity(told: Parts, satisfied: Proportion) -> Integrity | None:
    """None where who has a sign may not be told apart."""
    if not told.signs:
        return None
    plain = [a for a in told.signs if id(a) not in told.odd]
    left, flagged = _satisfied(plain), len(told.signs) - len(plain)
    shown = flagged and left is not None and left.n >= LEAST_DISTRIBUTION
    return Integrity(flagged, satisfied, left if shown else None)


def by_field(answers: Iterable[RatingRecord]) -> dict[str, Proportion]:
    """The satisfied of each field with ten answers or more, but certified copies."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for answer in answers:
        if answer.field is not None and not is_certified(answer.field):
            found[answer.field.strip()].append(answer.stars)
    shares = {field: Distribution.of(stars).satisfied for field, stars in sorted(found.items())}
    return {field: p for field, p in shares.items() if p is not None and p.n >= LEAST_DISTRIBUTION}


def with_mix(answers: Iterable[RatingRecord], mix: Mapping[str, int]) -> tuple[Standardised, tuple[str, ...]] | None:
    """The share with the common mix of the fields (two at least) that have ten answers, and these fields."""
    fields = by_field(answers)
    weights = {field: float(mix[field]) for field in fields if mix.get(field)}
    found = standardised(fields, weights) if len(weights) > 1 else None
    return None if found is None else (found, tuple(weights))
