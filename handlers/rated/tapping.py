"""The short questions after the reasons: one tap each, at most four, in the instrument's order.

Each may be skipped and all of them stopped; every answer is written at once.
"""

from __future__ import annotations

from handlers.authority import Case, answer, may_rate
from handlers.desk import Desk, Step
from handlers.effects import Effect
from handlers.messages import Choice, Outgoing
from handlers.reading.picking import pick
from handlers.states import AsksTap, Idle
from handlers.texts import rating as texts
from procedures.finding.fold import syllables
from ratings.rating import Tap

PLAIN_NO = frozenset(("khong", "ko", "k", "da khong", "khong a"))
MONEY = ("extra_money", "some")


async def first(desk: Desk, about: str, n: int, stars: int) -> Step | None:
    """The first question that has no answer yet; None where there is none."""
    return await _after(desk, about, n, stars, None)


async def say_code(state: AsksTap, desk: Desk, words: tuple[str, ...], end: Step) -> Step | None:
    """A choice of ours: "tap QUESTION ANSWER", "tap stop", "skip" (this one). ``end``: what follows the last one."""
    match words:
        case ("tap", code, given) if code == state.tap:
            tap = _named(desk, code)
            known = tap is not None and any(chip.code == given for chip in tap.answers)
            return await _taken(state, desk, given, end) if known else _stale(state)
        case ("tap", "stop"):
            return Step(Idle(), (Outgoing(texts.thanks()),))
        case ("tap", *_):
            return _stale(state)
        case ("skip",):
            return await _after(desk, state.dossier, state.n, state.stars, state.tap) or end
        case _:
            return None


def typed(state: AsksTap, text: str, desk: Desk) -> tuple[str, ...] | None:
    """The choice's words that a typed answer picks, by its number or label; None where it picks none."""
    tap = _named(desk, state.tap)
    if tap is None:
        return None
    found = pick(text, _choices(tap))
    if found is None and tap.no is not None and " ".join(syllables(text)) in PLAIN_NO:
        return "tap", tap.code, tap.no
    return None if found is None else tuple(found.says.split(" "))


def again(state: AsksTap, desk: Desk) -> Step:
    """The same question, after an answer that is none of the list."""
    tap = _named(desk, state.tap)
    return Step(state, (Outgoing(texts.tap_unclear(), () if tap is None else _choices(tap)),))


async def _taken(state: AsksTap, desk: Desk, given: str, end: Step) -> Step:
    case = await may_rate(desk, state.dossier, state.n)
    if not isinstance(case, Case) or case.given is None:
        return Step(Idle(), (Outgoing(texts.stale()),))
    before = case.given
    taps = (*(each for each in before.taps if each[0] != state.tap), (state.tap, given))
    effects: tuple[Effect, ...] = ()
    if taps != before.taps:
        effects = (answer(case, before.stars, before.reasons, before.comment, desk, taps),)
    after = await _after(desk, state.dossier, state.n, state.stars, state.tap) or end
    said = (Outgoing(texts.three_ways()),) if (state.tap, given) == MONEY else ()
    return Step(after.state, (*said, *after.say), effects)


async def _after(desk: Desk, about: str, n: int, stars: int, code: str | None) -> Step | None:
    """The next question after ``code`` without an answer; None where none is left."""
    case = await may_rate(desk, about, n)
    given = case.given.taps if isinstance(case, Case) and case.given is not None else ()
    handed_over = not isinstance(case, Case) or case.completion.ended is None
    taps = desk.instrument.taps_after(handed_over=handed_over)
    places = [place for place, tap in enumerate(taps) if tap.code == code]
    start = places[0] + 1 if places else 0 if code is None else len(taps)
    answered = {question for question, _ in given}
    for place, tap in enumerate(taps[start:], start + 1):
        if tap.code not in answered:
            asked = Outgoing(texts.tap(tap.ask, place, len(taps)), _choices(tap))
            return Step(AsksTap(about, n, stars, tap.code), (asked,))
    return None


def _choices(tap: Tap) -> tuple[Choice, ...]:
    return (
        *(Choice(chip.label, f"tap {tap.code} {chip.code}") for chip in tap.answers),
        Choice(texts.label("skip"), "skip"),
        Choice(texts.label("tap_stop"), "tap stop"),
    )


def _named(desk: Desk, code: str) -> Tap | None:
    return next((tap for tap in desk.instrument.taps if tap.code == code), None)


def _stale(state: AsksTap) -> Step:
    return Step(state, (Outgoing(texts.stale()),))
