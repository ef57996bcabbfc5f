"""How long dossiers take: the estimate against a slow independent one, supplement time, what is said of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.code import DossierCode
from onestop.days.calendar import VIETNAM, vietnam
from onestop.days.durations import LEAST, Curve, Spell, awaited_days, fit, likely_day, spell_of
from onestop.dossier import Dossier, Status, Supplement

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=VIETNAM)
SPELLS = st.lists(st.builds(Spell, st.integers(0, 25), st.booleans()), max_size=60)


def redistributed(spells: list[Spell]) -> dict[int, Fraction]:
    """Efron's way to the same numbers: each censored one hands its weight to those that last longer, equally.

    Gives the share lasting longer than each day on which one was done; exact.
    """
    ordered = sorted(spells, key=lambda spell: (spell.days, not spell.done))
    weights = [Fraction(1, len(ordered))] * len(ordered)
    for n, spell in enumerate(ordered):
        later = len(ordered) - n - 1
        if not spell.done and later:
            for other in range(n + 1, len(ordered)):
                weights[other] += weights[n] / later
            weights[n] = Fraction(0)
    days = {spell.days for spell in ordered if spell.done}
    pairs = list(zip(ordered, weights, strict=True))
    return {day: 1 - sum((w for s, w in pairs if s.done and s.days <= day), Fraction(0)) for day in days}


@given(SPELLS)
def test_the_estimate_is_that_of_redistribution_to_the_right(spells: list[Spell]) -> None:
    expected = redistributed(spells) if spells else {}
    curve = fit(spells)
    assert dict(curve.steps) == pytest.approx({day: float(share) for day, share in expected.items()})
    assert (curve.n, curve.done) == (len(spells), sum(spell.done for spell in spells))


def drawn(seed: int, n: int, most: int, cut: int) -> list[Spell]:
    """Waiting times that some are taken from too early, as ``Random`` gives them on every machine."""
    random, spells = Random(seed), []
    for _ in range(n):
        takes, leaves = min(most, 1 + int(random.expovariate(1 / 6))), random.randint(0, cut)
        spells.append(Spell(min(takes, leaves), takes <= leaves))
    return spells


LIFELINES = [
    ((1, 40, 30, 25), {1: 0.945945946, 3: 0.806836248, 5: 0.59765648, 8: 0.44824236, 12: 0.216116852}, [7, 10, 17]),
    ((2, 120, 30, 15), {1: 0.863636364, 3: 0.614499129, 5: 0.432854733, 8: 0.282972562, 12: 0.153276805}, [5, 8, None]),
    ((3, 400, 45, 60), {1: 0.833333333, 3: 0.625495698, 5: 0.428161371, 8: 0.249317836, 12: 0.119285689}, [5, 8, 14]),
    ((4, 35, 20, 8), {1: 0.870967742, 3: 0.689516129, 5: 0.556916873, 8: 0.278458437}, [6, 7, None]),
]
"""``KaplanMeierFitter`` of lifelines 0.30.3, fitted to the days and whether they were done: what lasts longer than each
day, and ``percentile`` of .5, .3 and .1: by when half, seven and nine in ten are done."""


@pytest.mark.parametrize(("sample", "lasting", "by"), LIFELINES, ids=[str(row[0]) for row in LIFELINES])
def test_the_estimate_is_that_of_lifelines(
    sample: tuple[int, int, int, int], lasting: dict[int, float], by: list[int | None]
) -> None:
    curve = fit(drawn(*sample))
    assert {day: curve.lasting(day) for day in lasting} == pytest.approx(lasting, abs=1e-9)
    assert [curve.by(share) for share in (0.5, 0.7, 0.9)] == by


@given(SPELLS, st.sampled_from([0.5, 0.7, 0.9]))
def test_a_quantile_is_the_first_day_by_which_the_share_is_done(spells: list[Spell], share: float) -> None:
    curve = fit(spells)
    day = curve.by(share)
    left = redistributed(spells) if spells else {}
    enough = sorted(d for d, rest in left.items() if float(rest) <= 1 - share + 1e-9)
    assert day == (enough[0] if enough else None)


def test_without_censoring_it_is_simply_counted() -> None:
    curve = fit([Spell(days, True) for days in (1, 2, 2, 3, 4, 5, 6, 7, 8, 9)])
    assert curve.by(0.7) == 6
    assert curve.lasting(2) == pytest.approx(0.7)


def test_pending_ones_make_it_longer() -> None:
    done = [Spell(days, True) for days in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)]
    pending = [Spell(5, False)] * 10
    assert (fit(done).by(0.5), fit([*done, *pending]).by(0.5)) == (5, 7)


def test_of_those_that_took_as_long_already() -> None:
    curve = fit([Spell(1, True)] * 90 + [Spell(10, True)] * 10)
    assert curve.by(0.7) == 1
    assert curve.by(0.7, after=1) == 10
    assert curve.by(0.7, after=10) is None


def test_it_finds_the_true_quantile_of_many() -> None:
    random = Random(7)
    spells = []
    for _ in range(20_000):
        takes, leaves = random.randint(1, 20), random.randint(1, 40)
        spells.append(Spell(min(takes, leaves), takes <= leaves))
    assert fit(spells).by(0.72) == 15


def dossier(status: Status, *supplements: Supplement, **more: object) -> Dossier:
    code = DossierCode.parse("H99.07-261102-0001")
    return Dossier(code, status, received_at=MONDAY, supplements=supplements, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (dossier(Status.RETURNED, done_at=MONDAY + timedelta(days=7)), Spell(5, True)),
        (
            dossier(Status.RETURNED, finished_at=MONDAY + timedelta(days=2), done_at=MONDAY + timedelta(days=7)),
            Spell(2, True),
        ),
        (dossier(Status.IN_PROGRESS), Spell(7, False)),
        (dossier(Status.WITHDRAWN, moved_at=MONDAY + timedelta(days=1)), Spell(1, False)),
        (dossier(Status.UNKNOWN), None),
        (
            dossier(
                Status.RETURNED,
                Supplement("x", asked_at=MONDAY + timedelta(days=1), received_at=MONDAY + timedelta(days=4)),
                done_at=MONDAY + timedelta(days=7),
            ),
            Spell(2, True),
        ),
        (dossier(Status.NEEDS_PAPERS, Supplement("x", asked_at=MONDAY + timedelta(days=1))), Spell(1, False)),
    ],
)
def test_a_spell_is_the_offices_own_time(made: Dossier, expected: Spell | None) -> None:
    assert spell_of(made, MONDAY + timedelta(days=9), vietnam()) == expected


def test_the_likely_day_leaves_out_what_the_citizen_took() -> None:
    curve = fit([Spell(4, True)] * LEAST)
    now = MONDAY + timedelta(days=7)
    waited = Supplement("x", asked_at=MONDAY + timedelta(days=1), received_at=MONDAY + timedelta(days=4))
    plain, longer = dossier(Status.IN_PROGRESS), dossier(Status.IN_PROGRESS, waited)
    assert awaited_days(longer, now.date(), vietnam()) == 3
    assert likely_day(plain, curve, 0.7, MONDAY, vietnam()) == (MONDAY + timedelta(days=4)).date()
    assert likely_day(longer, curve, 0.7, now, vietnam()) == (MONDAY + timedelta(days=9)).date()
    assert likely_day(plain, fit([Spell(4, True)] * (LEAST - 1)), 0.7, MONDAY, vietnam()) is None
    assert likely_day(plain, curve, 0.7, now, vietnam()) is None, "longer than any: nothing is known"
    assert likely_day(dossier(Status.FINISHED), curve, 0.7, MONDAY, vietnam()) is None


def test_nothing_comes_of_nothing() -> None:
    assert fit([]) == Curve((), 0, 0)
    assert fit([]).by(0.7) is None
