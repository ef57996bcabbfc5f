"""The attack on every number of people that a digest tells of a part of its answers: each view less each within it.

The views are those of ``test_subtracting.py``; the parts: certified copies and all else, the headline, odd answers,
ways of answering, reasons, fields, short questions, themes and what ended without a result.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import product
from random import Random

import pytest
from msgspec.structs import replace

from onestop.dossier import Status
from ratings.digest import Digest, digest_from
from ratings.parts import Piece, parts
from ratings.period import Kind, Period, period_of, whole_weeks
from ratings.records import EndAnswer, EndRecord, RatingRecord, Records
from ratings.watch import CERTIFICATION
from ratings.week import Week
from tests.test_subtracting import View, comparable, everything, few, life

FIELDS = ("Hộ tịch", "Đất đai", CERTIFICATION)
WEIGHTS = {"bot": 6, "slip": 2, "kiosk": 2}


def lived(seed: int) -> Records:
    """The life of ``test_subtracting.py`` with all that parts are made of: some of a device's answers in a row."""
    random, known = Random(seed), life(seed)
    ratings = tuple(_with_parts(answer, random) for answer in known.ratings)
    ends = tuple(EndRecord(a.unit, Status.REJECTED, a.answered_at, True, a.answered_at) for a in ratings)
    ended = tuple(EndAnswer(Status.REJECTED, a) for a in ratings if random.random() < 0.7)
    completions = tuple(replace(c, field=random.choice(FIELDS)) for c in known.completions)
    return replace(known, completions=completions, ratings=ratings, ends=ends, end_answers=ended)


def _with_parts(answer: RatingRecord, random: Random) -> RatingRecord:
    low = answer.stars < 4
    return replace(
        answer,
        field=random.choices(FIELDS, (4, 3, 3))[0],
        mode=random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0],
        reasons=tuple(random.sample(("waiting", "manner") if low else ("prompt", "clear"), random.randrange(3))),
        marked=answer.completed_on.toordinal() // 7 % 3 == 0 and random.random() < 0.6,
        taps=(("trips", "once"),) if random.random() < 0.8 else (),
        themes=("slow",) if random.random() < 0.7 else (),
    )


@cache
def told(seed: int) -> dict[View, Digest]:
    return everything(lived(seed))


def people(digest: Digest) -> Iterator[tuple[tuple[object, ...], int]]:
    """Every number of people that is told of a part of the answers, by what part it is."""
    if digest.by_invitation is not None:
        yield ("asked",), digest.by_invitation
        yield ("not asked",), (digest.answered or 0) - digest.by_invitation
    if digest.headline is not None:
        first = digest.headline
        yield ("headline", first.without_certified, first.without_flagged), first.satisfied.n
    if digest.certification is not None:
        yield from zip((("copies",), ("all else",)), (each.n for each in digest.certification), strict=True)
    yield from ((("mode", mode.mode), mode.people) for mode in digest.modes)
    yield from ((("praise", each.code), each.people) for each in digest.praise)
    yield from ((("complaint", each.code), each.people) for each in digest.complaints)
    yield from ((("driver", each.code), each.people) for each in digest.drivers or ())
    if digest.integrity is not None:
        yield ("odd",), digest.integrity.flagged
        if digest.integrity.without is not None:
            yield ("plain",), digest.integrity.without.n
    if digest.standardised is not None:
        yield ("fields", digest.standardised[1]), digest.standardised[0].n
    yield from ((("question", each.question, each.procedure), each.n) for each in digest.sub_ratings)
    yield from ((("theme", each.theme), each.people) for each in digest.themes)
    yield from ((("ended", each.ended), each.answered) for each in digest.strata or () if each.answered is not None)


DIVIDED = {"asked", "not asked", "headline", "copies", "all else", "mode", "odd", "plain"}
"""What is left of all answers besides these is people too: of who gave no reason it is everybody else."""


def left_over(views: dict[View, Digest]) -> list[object]:
    """Parts of two views, one within the other, and parts and all, that leave one to four people. Of longer periods
    who waited before them is told apart in them, so that only their own numbers of all and of parts are compared."""
    known = {view: dict(people(digest)) for view, digest in views.items()}
    weeks = {view: frozenset(whole_weeks(view[1])) for view in views}
    found: list[object] = []
    for whole, part in product(known, known):
        if not (weeks[part] <= weeks[whole] and known[part]) or (whole != part and not comparable(part, whole)):
            continue
        everybody = views[whole].answered if whole == part or isinstance(part[1], Week) else None
        for name, n in known[part].items():
            if name in known[whole] and few(known[whole][name] - n):
                found.append((whole, part, name))
            if name[0] in DIVIDED and everybody is not None and few(everybody - n):
                found.append((whole, part, "all", name))
    return found


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_no_part_of_any_view_less_any_view_within_it_leaves_one_to_four(seed: int) -> None:
    assert left_over(told(seed)) == []


def test_every_part_is_told_of_somewhere() -> None:
    """The attack has something to attack: in weeks and in longer periods."""
    names = {"asked", "headline", "copies", "mode", "praise", "complaint", "driver", "odd", "plain", "ended"}
    for long in (False, True):
        views = [d for view, d in told(0).items() if isinstance(view[1], Period) is long]
        assert {str(name[0]) for digest in views for name, _ in people(digest)} >= names | {"question", "theme"}
    assert any(digest.standardised for digest in told(0).values())


def test_the_attack_finds_what_is_left_open() -> None:
    """As long as parts were those of whatever a period tells of: thirteen copies less the ten of its first week."""
    week, month = Week(2026, 44), period_of(Kind.MONTH, Week(2026, 44).first_day)
    records = copies((10, 20), (3, 12))
    unit = frozenset({"P.1"})
    digests = {(unit, span): digest_from("P.1", span, span.close, records) for span in (week, month)}
    assert left_over(digests) == []
    shown = digests[unit, month]
    assert shown.certification is not None
    certified, others = shown.certification
    assert (certified.n, others.n) == (10, 20)
    assert shown.answered == 45
    open_to_all = replace(shown, certification=(replace(certified, n=13), replace(others, n=32)))
    assert left_over({**digests, (unit, month): open_to_all})


def copies(*weeks: tuple[int, int]) -> Records:
    """So many answers about certified copies, and about all else, in weeks from the 44th on."""
    answers: list[RatingRecord] = []
    for n, counts in enumerate(weeks):
        day = Week(2026, 44).first_day + timedelta(weeks=n)
        at = Week.of(Week(2026, 44).start + timedelta(weeks=n)).start + timedelta(hours=9)
        for field, many in zip((CERTIFICATION, "Hộ tịch"), counts, strict=True):
            answers += [RatingRecord("P.1", field, day, at + timedelta(hours=7 * k), 5) for k in range(many)]
    return Records((), tuple(answers))


def test_a_part_waits_until_five_have_come_together() -> None:
    quarter = period_of(Kind.QUARTER, Week(2026, 44).first_day)
    found = digest_from("P.1", quarter, quarter.close, copies((10, 20), (3, 12), (2, 9))).certification
    assert found is not None
    assert [each.n for each in found] == [15, 41]


def test_reasons_wait_likewise_and_what_they_cost_is_made_of_what_is_told() -> None:
    week, month = Week(2026, 44), period_of(Kind.MONTH, Week(2026, 44).first_day)
    known = copies((0, 20), (0, 20))
    answers = tuple(
        replace(a, stars=2, reasons=("waiting",)) if n < 8 or 20 <= n < 23 else a for n, a in enumerate(known.ratings)
    )
    first, longer = (digest_from("P.1", span, span.close, Records((), answers)) for span in (week, month))
    assert [each.people for each in (*first.complaints, *longer.complaints)] == [8, 8]
    assert longer.drivers is not None
    assert longer.drivers[0].attributable == pytest.approx((11 / 40 - 3 / 32) / (11 / 40))


def test_a_roll_up_less_its_units_leaves_nobody_of_a_part() -> None:
    """Twelve of sixteen came by slip in two units: one of them tells of ten, the other of none."""
    answers = copies((0, 40)).ratings
    ways = [replace(a, mode="slip") if n < 10 else a for n, a in enumerate(answers)]
    other = [replace(a, unit="P.2", mode="slip") if n < 2 else replace(a, unit="P.2") for n, a in enumerate(answers)]
    one, two, both = ([Piece(True, 0, each)] for each in (ways, other, [*ways, *other]))
    assert parts(both).modes
    assert not parts(both, [one, two]).modes
    assert parts(both, [one]).signs
