"""The attack on every number of people that a digest tells of a part of its answers: each view less each within it.

The views are those of ``test_subtracting.py``; the parts: certified copies and all else, the headline, odd answers,
ways of answering, reasons, fields, short questions, themes and what ended without a result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from itertools import product
from random import Random

import pytest
from msgspec.structs import replace

from onestop.dossier import Status
from ratings.digest import Digest, digest_from
from ratings.parts import Piece, by_asked, by_certified, by_field, by_mode, parts
from ratings.period import Kind, Period, Span, period_of, whole_weeks
from ratings.records import EndAnswer, EndRecord, RatingRecord, Records
from ratings.views import Views
from ratings.watch import CERTIFICATION
from ratings.week import Week
from tests.test_subtracting import UNITS, View, alone_in, comparable, everything, few, life, spans

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
    for each in digest.strata or ():
        if each.answered is not None:
            yield ("ended", each.ended), each.answered
        yield from ((("ended", each.ended, mode.mode), mode.people) for mode in each.modes)
        if each.integrity is not None:
            yield ("ended", each.ended, "odd"), each.integrity.flagged
            yield ("ended", each.ended, "plain"), (each.answered or 0) - each.integrity.flagged


DIVIDED = {"asked", "not asked", "headline", "copies", "all else", "mode", "odd", "plain"}
"""What is left of all answers besides these is people too: of who gave no reason it is everybody else."""


def invited(digest: Digest) -> tuple[int, int] | None:
    """The least and the most who are told to have answered an invitation."""
    exact = digest.by_invitation
    return digest.invited_between if exact is None else (exact, exact)


def pinned(whole: Digest, part: Digest) -> bool:
    """Whether the bounds of two views leave one number of people, one to four, who were invited, or who were not."""
    more, less = invited(whole), invited(part)
    if more is None or less is None:
        return False
    low, high = more[0] - less[1], more[1] - less[0]
    left = (whole.answered or 0) - (part.answered or 0)
    return low == high and (few(low) or few(left - low))


def left_over(views: dict[View, Digest]) -> list[object]:
    """Parts of two views, one within the other, and parts and all, that leave one to four people. Of longer periods
    who waited before them is told apart in them, so that only their own numbers of all and of parts are compared."""
    known = {view: dict(people(digest)) for view, digest in views.items()}
    weeks = {view: frozenset(whole_weeks(view[1])) for view in views}
    found: list[object] = []
    for whole, part in product(known, known):
        if not (weeks[part] <= weeks[whole] and known[part]) or (whole != part and not comparable(part, whole)):
            continue
        if whole != part and pinned(views[whole], views[part]):
            found.append((whole, part, "bounds"))
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


def test_who_was_invited_is_told_between_bounds_that_hold_and_leave_it_open() -> None:
    """Wherever all are told of; the bounds are four apart at least, or as many as wait."""
    records = lived(0)
    seen = {True: 0, False: 0}
    for (units, span), digest in told(0).items():
        views = Views([a for a in records.ratings if a.unit in units], together=len(units) > 1)
        if digest.answered is None or (between := invited(digest)) is None:
            assert digest.answered is None or len(units) > 1
            continue
        true = sum(answer.mode == "bot" for answer in views.told(span, span.close) or ())
        low, high = between
        assert low <= true <= high
        exact = digest.by_invitation is not None
        seen[exact] += 1
        assert exact or high - low >= 4 or high - low <= few_who_wait(views, span)
    assert min(seen.values()) > 30


def test_so_is_how_many_certified_copies_stand_among_the_others() -> None:
    """Where no answer has a sign; with one, copies are told apart by more than whether they are."""
    answers = [replace(a, marked=False) for a in lived(0).ratings]
    seen = 0
    for unit, span in product(UNITS, spans()):
        views = Views(a for a in answers if a.unit == unit)
        shown, told = views.parts(span, span.close), views.told(span, span.close) or []
        if shown.odd or len(told) < 5:
            assert not shown.odd or shown.certified is None
            continue
        assert shown.certified is not None
        low, high = shown.certified
        assert low <= sum(map(by_certified, told)) <= high
        wait = {id(answer) for answer in told} - {id(answer) for answer in shown.copies}
        assert high - low >= min(4, len(wait))
        seen += high > low
    assert seen > 30


def few_who_wait(views: Views, span: Span) -> int:
    """How many are told of and not told apart by whether they were invited."""
    apart = {id(answer) for answer in views.parts(span, span.close).asked}
    return len({id(answer) for answer in views.told(span, span.close) or ()} - apart)


@pytest.mark.parametrize("seed", [0, 3, pytest.param(5, marks=pytest.mark.slow)])
def test_no_part_of_a_roll_up_leaves_a_few_beside_its_units_by_whom_it_tells_of(seed: int) -> None:
    """Beside any of them, each by the same days or by the weeks in them."""
    answers = lived(seed).ratings
    together = Views(answers, together=True)
    alone = [Views(a for a in answers if a.unit == unit) for unit in UNITS]
    attacked = 0
    for span in spans():
        here = divided(together, span)
        ways = [(divided(views, span), by_weeks(views, span), {}) for views in alone] if here else []
        for key, people in here.items():
            for told in product(*({frozenset(way.get(key, ())) for way in unit} for unit in ways)):
                assert not alone_in(people, set().union(*told)), (span, key)
        attacked += bool(here)
    assert attacked > 20


def by_weeks(views: Views, span: Span) -> dict[object, set[int]]:
    found: dict[object, set[int]] = {}
    for week in whole_weeks(span):
        for key, people in divided(views, week).items():
            found.setdefault(key, set()).update(people)
    return found


def divided(views: Views, span: Span) -> dict[object, set[int]]:
    """Whom a view tells of in each part."""
    found: dict[object, set[int]] = {}
    if views.told(span, span.close) is None:
        return found
    shown = views.parts(span, span.close)
    ways = {"copies": by_certified, "asked": by_asked, "modes": by_mode, "fields": by_field}
    for name, part in ways.items():
        for answer in getattr(shown, name):
            found.setdefault((name, part(answer)), set()).add(id(answer))
    return found


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


def test_a_roll_up_less_what_its_units_told_each_week_leaves_nobody_of_a_part() -> None:
    """Fourteen slips less five and five of two units' week: three that a third tells of later, and one that waits."""
    by_slip = {(0, 0): 5, (1, 0): 5, (2, 0): 3, (3, 0): 1, (2, 1): 2}
    known = {place: came(*place, 10, slips) for place, slips in by_slip.items()}
    both = [week_of(*(known[unit, 0] for unit in range(4))), week_of(known[2, 1])]
    units = [[week_of(mine) for (unit, _), mine in known.items() if unit == each] for each in range(4)]
    assert len(parts(both).asked) == 54
    found = parts(both, units)
    assert (found.asked, found.modes, found.invited) == ([], (), None)


def came(unit: int, week: int, invited: int, slips: int) -> list[RatingRecord]:
    one = RatingRecord(f"P.{unit}", "Hộ tịch", Week(2026, 44 + week).first_day, Week(2026, 44 + week).start, 5)
    return [replace(one) for _ in range(invited)] + [replace(one, mode="slip") for _ in range(slips)]


def week_of(*answers: Sequence[RatingRecord]) -> Piece:
    return Piece(True, 0, [each for some in answers for each in some], own=True)


def test_a_roll_up_less_its_units_leaves_nobody_of_a_part() -> None:
    """Twelve of sixteen came by slip in two units: one of them tells of ten, the other of none."""
    answers = copies((0, 40)).ratings
    ways = [replace(a, mode="slip") if n < 10 else a for n, a in enumerate(answers)]
    other = [replace(a, unit="P.2", mode="slip") if n < 2 else replace(a, unit="P.2") for n, a in enumerate(answers)]
    one, two, both = ([Piece(True, 0, each)] for each in (ways, other, [*ways, *other]))
    assert parts(both).modes
    assert not parts(both, [one, two]).modes
    assert parts(both, [one]).signs
