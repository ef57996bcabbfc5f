"""A digest as text for a chat: first the desk's own work, which is never empty, then what people said."""

from __future__ import annotations

from collections.abc import Iterator

from ratings import texts
from ratings.digest import Digest, ReasonCount, Verdict
from ratings.rating import Instrument, default_instrument
from ratings.statistics import wilson, without_assumptions

DUE_SOON_DAYS = 2
"""Working days that "sắp đến hẹn" looks ahead."""
MOST_REASONS = 2
FEW_ANSWER = 0.2
"""Below this response rate the text says what the silence leaves open."""


def render_text(digest: Digest, unit: str | None = None, instrument: Instrument | None = None) -> str:
    """The digest in about ten short lines. ``unit``: its name, the code where None; ``instrument``: whose labels."""
    people = people_lines(digest, instrument or default_instrument())
    lines = [*_head(digest, unit or digest.unit), *desk_lines(digest), *people]
    return "\n".join([*lines, texts.footer()])


def _head(digest: Digest, unit: str) -> Iterator[str]:
    if digest.demo:
        yield texts.SAMPLE
    yield texts.header(digest.week, unit, locked=digest.locked)
    if not digest.locked:
        yield texts.as_of(digest.as_of)


def desk_lines(digest: Digest) -> Iterator[str]:
    """The desk's own work, never empty."""
    counts = digest.on_time
    done = texts.completed(counts)
    if counts.late_open is None or counts.in_time is None:
        yield done
    else:
        yield f"{done} {texts.still_open(counts.late_open, counts.in_time, counts.total)}"
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
    if digest.not_received:
        yield texts.not_received(digest.not_received)
    if digest.uneven is not None:
        yield texts.uneven(*digest.uneven)


def people_lines(digest: Digest, instrument: Instrument) -> Iterator[str]:
    """What people said, as far as it may be shown."""
    if digest.answered is None or digest.band is None:
        yield texts.too_few(digest.invited) if digest.locked else texts.not_yet(digest.invited)
        return
    satisfied, rate = digest.satisfied, digest.response_rate
    if digest.distribution is None or satisfied is None:
        yield texts.band(digest.band)
        yield texts.answered(digest.answered, digest.invited, rate)
        return
    yield texts.satisfied(satisfied, wilson(satisfied))
    yield texts.distribution(digest.distribution.counts)
    if rate is not None and rate.share < FEW_ANSWER:
        yield texts.mostly_silent(rate, without_assumptions(satisfied, digest.invited))
    else:
        yield texts.answered(digest.answered, digest.invited, rate)
    if digest.integrity is not None and digest.integrity.flagged:
        yield texts.flagged(digest.integrity.flagged, digest.integrity.with_all, digest.integrity.without)
    if digest.change is not None:
        yield texts.change(digest.change, Verdict.of(digest.change))
    if digest.certification is not None:
        yield texts.certification(*digest.certification)
    if digest.praise:
        yield texts.praise(_labelled(digest.praise, instrument))
    if digest.complaints:
        yield texts.complaints(_labelled(digest.complaints, instrument))


def _labelled(reasons: tuple[ReasonCount, ...], instrument: Instrument) -> Iterator[tuple[str, int]]:
    for reason in reasons[:MOST_REASONS]:
        chip = instrument.chip(reason.code)
        yield (reason.code if chip is None else chip.label), reason.people
