"""A digest as JSON: for others to read, and as it is kept once it is locked."""

from __future__ import annotations

import json
from typing import Any

from msgspec import to_builtins

from onestop.days.punctuality import Tally
from ratings import call_backs, follow_ups, peers, service, strata, trend
from ratings.digest import Band, Child, Digest, Headline, Verdict
from ratings.formulas.comparison import Standardised
from ratings.reports import kept
from ratings.reports.action import action_of
from ratings.shown import integrity_as_json, mode_as_json
from ratings.statistics import Proportion, wilson
from ratings.sub_ratings import SubRating
from ratings.trend import Point
from ratings.watch import Alarm
from ratings.week import Week

VERSION = 1
WEEK = "tuan"


def to_json(digest: Digest) -> dict[str, Any]:
    """The keys of ``docs/contract.md``. Shares are fractions; ``from`` and ``to`` are the first and the last date.

    ``answered`` is "<5" where there are fewer; what is withheld is null and named in ``suppressed``; null and not
    named there is what is not known (deliveries of a file of ratings) or not defined (a rate of nobody). A file of
    ratings holds no open dossiers: both open counts are 0 there, and the five still add up to its rows.
    """
    counts, rate, span = digest.on_time, digest.response_rate, digest.span
    return {
        "unit": digest.unit,
        "week": str(span) if isinstance(span, Week) else None,
        "from": span.first_day.isoformat(),
        "to": span.last_day.isoformat(),
        "as_of": digest.as_of.isoformat(),
        "locked": digest.locked,
        "demo": digest.demo,
        "completed": digest.completed,
        "on_time": {
            "early": counts.early,
            "on_time": counts.on_time,
            "late_done": counts.late_done,
            "late_open": counts.late_open or 0,
            "in_time": counts.in_time or 0,
        },
        "rule_766": _rule(counts.rule),
        "weeks": _weeks(digest),
        "eligible": digest.eligible,
        "invited": digest.invited,
        "delivered": digest.delivered,
        "declined": digest.declined,
        "ended": None if digest.ended is None else to_builtins(digest.ended),
        "strata": None if digest.strata is None else [strata.to_json(each) for each in digest.strata],
        "unanswered": digest.unanswered,
        "service": None if digest.service is None else service.to_json(digest.service),
        "questions": [{"words": words, "times": times} for words, times in digest.questions],
        "answered": _answered(digest),
        "response_rate": None if rate is None else rate.share,
        "response_between": _between(digest.response_between),
        "distribution": None if digest.distribution is None else list(digest.distribution.counts),
        "satisfied": _share(digest.satisfied),
        "band": None if digest.band is None else digest.band.value,
        "change": _change(digest),
        "suppressed": list(digest.suppressed),
        "drivers": _drivers(digest),
        "integrity": None if digest.integrity is None else integrity_as_json(digest.integrity),
        "call_backs": None if digest.calls is None else call_backs.to_json(digest.calls),
        "headline": _headline(digest.headline),
        "certified": None if digest.certification is None else _of(digest.certification[0]),
        "modes": [mode_as_json(mode) for mode in digest.modes],
        "late": _late(digest),
        "alarm": _alarm(digest.alarm),
        "trend": None if digest.trend is None else trend.to_json(digest.trend),
        "standardised": _standardised(digest.standardised),
        "peers": None if digest.peers is None else peers.to_json(digest.peers),
        "sub_ratings": [_sub_rating(each) for each in digest.sub_ratings],
        "themes": [{"theme": each.theme, "people": each.people} for each in digest.themes],
        "follow_ups": None if digest.follow_ups is None else follow_ups.to_json(digest.follow_ups),
        "children": None if digest.children is None else [_child(child) for child in digest.children],
        "action": _action(digest),
        "period": WEEK if isinstance(span, Week) else span.kind.value,
        "block": None if digest.block is None else to_json(digest.block),
    }


def to_text(digest: Digest) -> str:
    """The JSON as printed: UTF-8 text, indented, keys in the contract's order, a newline at the end."""
    return json.dumps(to_json(digest), ensure_ascii=False, indent=2) + "\n"


def dump(digest: Digest) -> str:
    """The digest as it is stored when it is locked: the JSON and what only the text shows."""
    return json.dumps({"v": VERSION, "digest": to_json(digest), "more": kept.more_of(digest)}, ensure_ascii=False)


def load(body: str) -> Digest:
    """The digest that was stored. Raises ValueError where it was stored by a later version."""
    stored = json.loads(body)
    if stored["v"] != VERSION:
        raise ValueError(f"a stored digest of version {stored['v']}, this motcua reads {VERSION}")
    return kept.loaded(stored["digest"], stored["more"])


def point_in(body: str) -> Point | None:
    """The week's point as a stored digest shows it; None where the digest is of a period."""
    stored = json.loads(body)
    found, more = stored["digest"], stored["more"]
    if found["week"] is None:
        return None
    week, first = Week.parse(found["week"]), found.get("headline")
    if first is not None:
        return Point(week, Proportion(first["count"], first["n"]), certified=more["certified_in_headline"])
    if found["satisfied"] is not None:  # stored before there were headlines
        return Point(week, Proportion(found["satisfied"]["count"], sum(found["distribution"])))
    return Point(week, band=None if found["band"] is None else Band(found["band"]))


def _weeks(digest: Digest) -> dict[str, str | None] | None:
    """The first and the last day of the whole weeks of a period."""
    if digest.weeks is None:
        return None
    if not digest.weeks:
        return {"from": None, "to": None}
    return {"from": digest.weeks[0].first_day.isoformat(), "to": digest.weeks[-1].last_day.isoformat()}


def _answered(digest: Digest) -> int | str | None:
    if digest.answered is None:
        return None if "answered" in digest.suppressed else "<5"
    return digest.answered


def _share(satisfied: Proportion | None) -> dict[str, float] | None:
    if satisfied is None:
        return None
    interval = wilson(satisfied)
    return {"count": satisfied.count, "share": satisfied.share, "low": interval.low, "high": interval.high}


def _of(satisfied: Proportion) -> dict[str, float]:
    return {"n": satisfied.n, **(_share(satisfied) or {})}


def _between(found: tuple[Proportion, Proportion] | None) -> dict[str, float] | None:
    return None if found is None else {"low": found[0].share, "high": found[1].share}


def _headline(found: Headline | None) -> dict[str, Any] | None:
    if found is None:
        return None
    without = {"without_certified": found.without_certified, "without_flagged": found.without_flagged}
    copies = None if found.copies is None else {"from": found.copies[0], "to": found.copies[1]}
    return {**_of(found.satisfied), **without, "certified": copies}


def _action(digest: Digest) -> dict[str, Any] | None:
    found = action_of(digest)
    return None if found is None else {"what": found.what.value, "about": list(found.about), "count": found.count}


def _rule(found: Tally | None) -> dict[str, int] | None:
    if found is None:
        return None
    late = {"judged": found.judged, "late": found.late, "asked_again": found.asked_again}
    return {**late, "without_due": found.without_due}


def _drivers(digest: Digest) -> list[dict[str, Any]] | None:
    if digest.drivers is None:
        return None
    return [{"reason": cause.code, "count": cause.people, "paf": cause.attributable} for cause in digest.drivers]


def _late(digest: Digest) -> dict[str, Any] | None:
    late = digest.late
    if late is None:
        return None
    before = late.before
    return {
        "told_before": late.told,
        "agencies": [{"agency": agency, "count": count} for agency, count in late.agencies],
        "agency_unknown": digest.on_time.late_done - sum(count for _, count in late.agencies),
        "steps": [{"step": step.value, "count": count} for step, count in late.steps],
        "previous": None if before is None else {"count": before.count, "n": before.n},
    }


def _alarm(alarm: Alarm | None) -> dict[str, Any] | None:
    if alarm is None:
        return None
    return {
        "level": alarm.level.value,
        "value": alarm.value,
        "threshold": alarm.threshold,
        "fields": list(alarm.fields),
        "usual": alarm.usual,
    }


def _standardised(found: tuple[Standardised, tuple[str, ...]] | None) -> dict[str, Any] | None:
    if found is None:
        return None
    common, fields = found
    low, high = common.interval.low, common.interval.high
    return {"share": common.share, "low": low, "high": high, "n": common.n, "fields": list(fields)}


def _child(child: Child) -> dict[str, Any]:
    return {
        "unit": child.unit,
        "completed": child.completed,
        "late_done": child.late_done,
        "answered": None if child.withheld else "<5" if child.answered is None else child.answered,
        "band": None if child.band is None else child.band.value,
        "standing": None if child.standing is None else child.standing.name.lower(),
    }


def _sub_rating(found: SubRating) -> dict[str, Any]:
    about = {"question": found.question, "stage": found.stage, "procedure": found.procedure}
    return {**about, "name": found.name, "n": found.n, "answers": dict(found.answers)}


def _change(digest: Digest) -> dict[str, Any] | None:
    change = digest.change
    if change is None:
        return None
    previous = change.previous
    return {
        "previous": {"count": previous.count, "n": previous.n, "share": previous.share},
        "difference": change.difference,
        "low": change.interval.low,
        "high": change.interval.high,
        "verdict": Verdict.of(change).value,
    }
