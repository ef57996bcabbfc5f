"""A digest as text for a chat: first the desk's own work, which is never empty, then what people said."""

from __future__ import annotations

from collections.abc import Iterator

from ratings import call_backs, follow_ups, lateness, peers, service, strata, themes, trend
from ratings.digest import Digest, Headline, ReasonCount, Verdict
from ratings.period import Period
from ratings.rating import Instrument, Tap, default_instrument
from ratings.reports import action, texts, units
from ratings.reports.units import Named
from ratings.statistics import wilson, without_assumptions
from ratings.strata import Stratum
from ratings.sub_ratings import SubRating
from ratings.watch import Level

DUE_SOON_DAYS = 2
"""Working days that "sắp đến hẹn" looks ahead."""
MOST_REASONS = 2
MOST_CAUSES = 3
FEW_ANSWER = 0.2
"""Below this response rate the text says what the silence leaves open."""
WORTH_TELLING = 0.03
"""By so much the share with the common mix of procedures must differ before the text says it."""


def render_text(
    digest: Digest, unit: str | None = None, instrument: Instrument | None = None, named: Named = str
) -> str:
    """The digest in about ten short lines. ``unit``: its name, the code where None; ``instrument``: whose labels;
    ``named``: the names of the units of a roll-up."""
    instrument = instrument or default_instrument()
    people = [*people_lines(digest, instrument), *peer_lines(digest), *end_lines(digest), *call_lines(digest)]
    people += trend_lines(digest)
    lines = [*_head(digest, unit or digest.unit), *desk_lines(digest), *people, *units.lines(digest, named)]
    lines += service_lines(digest)
    return "\n".join([*lines, *action.lines(digest, instrument), texts.footer()])


def _head(digest: Digest, unit: str) -> Iterator[str]:
    if digest.demo:
        yield texts.SAMPLE
    yield texts.header(digest.span, unit, locked=digest.locked)
    if not digest.locked:
        yield texts.as_of(digest.as_of)


def desk_lines(digest: Digest) -> Iterator[str]:
    """The desk's own work, never empty."""
    counts = digest.on_time
    done = texts.completed(counts, digest.span)
    if counts.late_open is None or counts.in_time is None:
        yield done
    else:
        yield f"{done} {texts.still_open(counts.late_open, counts.in_time, counts.total)}"
    if digest.late is not None:
        yield from lateness.lines(digest.late, counts.late_done, texts.long(digest.span))
    if counts.without_due:
        yield texts.without_due(counts.without_due)
    if counts.rule is not None and counts.rule.judged:
        yield texts.rule(counts.rule)
    parts = [
        texts.due_soon(counts.due_soon, DUE_SOON_DAYS) if counts.due_soon else "",
        texts.waiting(counts.waiting) if counts.waiting else "",
        texts.ready(counts.ready) if counts.ready else "",
    ]
    if any(parts):
        yield " ".join(part for part in parts if part)
    if digest.ended is not None and digest.ended.total:
        yield texts.ended(digest.ended.refused, digest.ended.withdrawn, digest.ended.stopped)
    if digest.weeks:
        yield texts.whole_weeks(digest.weeks[0].first_day, digest.weeks[-1].last_day)
    if digest.invited:
        yield texts.asked(digest.eligible, digest.invited, digest.delivered, digest.declined)
    if digest.follow_ups is not None:
        yield from follow_ups.lines(digest.follow_ups)
    elif digest.not_received:
        yield texts.not_received(digest.not_received)
    if digest.uneven is not None:
        yield texts.uneven(*digest.uneven)


def people_lines(digest: Digest, instrument: Instrument) -> Iterator[str]:
    """What people said, as far as it may be shown."""
    if digest.answered is None or digest.band is None:
        yield _nothing(digest)
        if digest.block is not None:
            yield from _block_lines(digest.block, instrument)
        if digest.block is None or not digest.block.themes:
            yield from themes.lines(digest.themes)
        return
    satisfied, rate, first = digest.satisfied, digest.response_rate, digest.headline
    if digest.distribution is None or satisfied is None or first is None:
        yield texts.band(digest.band)
        yield _answered(digest, digest.answered)
        yield from _alarm_lines(digest)
        yield from themes.lines(digest.themes)
        return
    yield headline(first)
    yield texts.distribution(digest.distribution.counts, everybody=first.satisfied.n < satisfied.n)
    if rate is not None and rate.share < FEW_ANSWER and rate.count == digest.answered:
        yield texts.mostly_silent(rate, without_assumptions(satisfied, digest.invited))
    elif rate is not None or digest.response_between is not None or first.satisfied.n < digest.answered:
        yield _answered(digest, digest.answered)  # else the first line has said how many
    yield from _signs_and_ways(digest)
    if digest.change is not None:
        yield texts.change(digest.change, Verdict.of(digest.change), digest.span)
    yield from _alarm_lines(digest)
    if digest.certification is not None:
        yield texts.certification(*digest.certification, alone=first.without_certified)
    if digest.standardised is not None:
        same_mix, fields = digest.standardised
        if abs(same_mix.share - first.satisfied.share) >= WORTH_TELLING:
            yield texts.same_mix(same_mix.share, fields)
    yield from _reason_lines(digest, instrument)
    yield from themes.lines(digest.themes)
    yield from _sub_lines(digest, instrument)


def _answered(digest: Digest, n: int) -> str:
    between = digest.response_between
    if between is not None:
        return texts.answered_between(n, digest.invited, *between)
    return texts.answered(n, digest.invited, digest.response_rate)


def headline(first: Headline) -> str:
    """The sentence that stands first among those about the answers."""
    return texts.satisfied(first, wilson(first.satisfied))


def peer_lines(digest: Digest) -> Iterator[str]:
    """Where the unit stands among its likes."""
    if digest.peers is not None:
        yield peers.line(digest.peers)


def end_lines(digest: Digest) -> Iterator[str]:
    """What people said of dossiers that ended without a result, apart from everything else."""
    for each in digest.strata or ():
        if (line := strata.line(each, locked=digest.locked)) is not None:
            yield " ".join((line, *_signs_and_ways(each)))


def _signs_and_ways(found: Digest | Stratum) -> Iterator[str]:
    if found.modes:
        yield texts.ways(((mode.mode, mode.people, mode.satisfied) for mode in found.modes), found.answered)
    if found.integrity is not None and found.integrity.flagged:
        yield texts.flagged(found.integrity.flagged, found.integrity.with_all, found.integrity.without)


def call_lines(digest: Digest) -> Iterator[str]:
    """Whether who rated said the same when called back."""
    if digest.calls is not None:
        yield from call_backs.lines(digest.calls)


def service_lines(digest: Digest) -> Iterator[str]:
    """How the machine served, or that it is not known."""
    known = digest.calls is not None or call_backs.CALLS in digest.suppressed
    yield from service.lines(digest.service) if digest.service or known else service.unknown()
    if digest.unanswered:
        yield texts.unanswered(digest.unanswered)
    if digest.questions:
        yield texts.asked_often(digest.questions)


def trend_lines(digest: Digest) -> Iterator[str]:
    """The week beside those before it, where there are two to be seen."""
    if digest.trend is not None:
        yield from trend.lines(digest.trend)


def _sub_lines(digest: Digest, instrument: Instrument) -> Iterator[str]:
    """The short questions, of all procedures together."""
    asked = [(tap, each) for tap, each in asked_of(digest, instrument) if each.procedure is None]
    if asked:
        by_procedure = any(each.procedure is not None for each in digest.sub_ratings)
        yield texts.asked_more(((tap.told, each.share_of(tap.good)) for tap, each in asked), by_procedure=by_procedure)


def asked_of(digest: Digest, instrument: Instrument) -> Iterator[tuple[Tap, SubRating]]:
    """What was answered to the short questions that the instrument knows."""
    names = {tap.code: tap for tap in instrument.taps}
    yield from ((names[each.question], each) for each in digest.sub_ratings if each.question in names)


def _nothing(digest: Digest) -> str:
    if digest.no_week_ends:
        return texts.no_week()
    if "answered" in digest.suppressed:
        return texts.withheld(digest.invited)
    return texts.too_few(digest.invited) if digest.locked else texts.not_yet(digest.invited)


def _block_lines(block: Digest, instrument: Instrument) -> Iterator[str]:
    assert isinstance(block.span, Period), "a block is a period"
    if block.answered is None and "answered" not in block.suppressed:
        yield texts.block_too_few(block.span)
        return
    yield texts.block(block.span)
    yield from people_lines(block, instrument)


def _alarm_lines(digest: Digest) -> Iterator[str]:
    if digest.alarm is None:
        return
    if digest.alarm.level is Level.LOOK:
        yield texts.look(digest.alarm.fields)
    elif digest.change is None or Verdict.of(digest.change) is not Verdict.NO_EVIDENCE:
        yield texts.usual(changed=digest.change is not None)


def _reason_lines(digest: Digest, instrument: Instrument) -> Iterator[str]:
    if digest.praise:
        yield texts.praise(_labelled(digest.praise, instrument))
    if not digest.complaints:
        return
    if not digest.drivers or not action.is_telling(digest):
        yield texts.complaints(_labelled(digest.complaints, instrument))
        return
    causes = [(_label(each.code, instrument), each.people, each.attributable) for each in digest.drivers[:MOST_CAUSES]]
    said = texts.complaints((label, people) for label, people, _ in causes)
    (label, _, part), *others = causes
    gain = texts.drivers(each for *_, each in causes) if others else texts.driver(label, part)
    yield f"{said} {gain}"


def _labelled(reasons: tuple[ReasonCount, ...], instrument: Instrument) -> Iterator[tuple[str, int]]:
    for reason in reasons[:MOST_REASONS]:
        yield _label(reason.code, instrument), reason.people


def _label(code: str, instrument: Instrument) -> str:
    chip = instrument.chip(code)
    return code if chip is None else chip.label
