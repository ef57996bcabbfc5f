"""A digest as JSON: for others to read, and as it is kept once it is locked."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from onestop.punctuality import Tally
from ratings.digest import Band, Cause, Digest, Integrity, ReasonCount, Verdict
from ratings.on_time import OnTime
from ratings.statistics import Distribution, Proportion, newcombe, wilson
from ratings.week import VIETNAM, Week

VERSION = 1


def to_json(digest: Digest) -> dict[str, Any]:
    """The keys of ``docs/contract.md``. Shares are fractions; ``from`` and ``to`` are Monday's and Sunday's dates.

    ``answered`` is "<5" where there are fewer; what is withheld is null and named in ``suppressed``; null and not
    named there is what is not known (deliveries of a file of ratings) or not defined (a rate of nobody). A file of
    ratings holds no open dossiers: both open counts are 0 there, and the five still add up to its rows.
    """
    counts, rate = digest.on_time, digest.response_rate
    return {
        "unit": digest.unit,
        "week": str(digest.week),
        "from": digest.week.first_day.isoformat(),
        "to": digest.week.last_day.isoformat(),
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
        "eligible": digest.eligible,
        "invited": digest.invited,
        "delivered": digest.delivered,
        "answered": "<5" if digest.answered is None else digest.answered,
        "response_rate": None if rate is None else rate.share,
        "distribution": None if digest.distribution is None else list(digest.distribution.counts),
        "satisfied": _satisfied(digest.satisfied),
        "band": None if digest.band is None else digest.band.value,
        "change": _change(digest),
        "suppressed": list(digest.suppressed),
        "drivers": _drivers(digest),
        "integrity": _integrity(digest.integrity),
    }


def to_text(digest: Digest) -> str:
    """The JSON as printed: UTF-8 text, indented, keys in the contract's order, a newline at the end."""
    return json.dumps(to_json(digest), ensure_ascii=False, indent=2) + "\n"


def dump(digest: Digest) -> str:
    """The digest as it is stored when it is locked: the JSON and what only the text shows."""
    counts, certification = digest.on_time, digest.certification
    without = None if digest.integrity is None else digest.integrity.without
    more = {
        "without_due": counts.without_due,
        "waiting": counts.waiting,
        "ready": counts.ready,
        "due_soon": counts.due_soon,
        "not_received": digest.not_received,
        "praise": [[reason.code, reason.people] for reason in digest.praise],
        "complaints": [[reason.code, reason.people] for reason in digest.complaints],
        "certification": _counts(certification),
        "uneven": _counts(digest.uneven),
        "without_flagged": None if without is None else [without.count, without.n],
    }
    return json.dumps({"v": VERSION, "digest": to_json(digest), "more": more}, ensure_ascii=False)


def load(body: str) -> Digest:
    """The digest that was stored. Raises ValueError where it was stored by a later version."""
    stored = json.loads(body)
    if stored["v"] != VERSION:
        raise ValueError(f"a stored digest of version {stored['v']}, this motcua reads {VERSION}")
    kept, more = stored["digest"], stored["more"]
    distribution = None if kept["distribution"] is None else Distribution(tuple(kept["distribution"]))
    satisfied = None if distribution is None else distribution.satisfied
    change = None
    if kept["change"] is not None and satisfied is not None:
        change = newcombe(satisfied, Proportion(kept["change"]["previous"]["count"], kept["change"]["previous"]["n"]))
    counts = {name: more[name] for name in ("without_due", "waiting", "ready", "due_soon")}
    return Digest(
        unit=kept["unit"],
        week=Week.parse(kept["week"]),
        as_of=datetime.fromisoformat(kept["as_of"]).astimezone(VIETNAM),
        locked=kept["locked"],
        demo=kept["demo"],
        on_time=OnTime(**kept["on_time"], **counts, rule=_load_rule(kept.get("rule_766"))),
        eligible=kept["eligible"],
        invited=kept["invited"],
        delivered=kept["delivered"],
        answered=None if kept["answered"] == "<5" else kept["answered"],
        distribution=distribution,
        band=None if kept["band"] is None else Band(kept["band"]),
        change=change,
        suppressed=tuple(kept["suppressed"]),
        not_received=more["not_received"],
        praise=tuple(ReasonCount(*reason) for reason in more["praise"]),
        complaints=tuple(ReasonCount(*reason) for reason in more["complaints"]),
        certification=_pair(more["certification"]),
        drivers=_load_drivers(kept.get("drivers")),
        integrity=_load_integrity(kept.get("integrity"), satisfied, more.get("without_flagged")),
        uneven=_pair(more.get("uneven")),
    )


def _rule(found: Tally | None) -> dict[str, int] | None:
    if found is None:
        return None
    late = {"judged": found.judged, "late": found.late, "asked_again": found.asked_again}
    return {**late, "without_due": found.without_due}


def _load_rule(stored: dict[str, int] | None) -> Tally | None:
    """What a digest that was stored before the rule was applied does not hold is None."""
    if stored is None:
        return None
    overdue = stored["late"] - stored["asked_again"]
    return Tally(stored["judged"] - stored["late"], overdue, stored["asked_again"], stored["without_due"])


def _drivers(digest: Digest) -> list[dict[str, Any]] | None:
    if digest.drivers is None:
        return None
    return [{"reason": cause.code, "count": cause.people, "paf": cause.attributable} for cause in digest.drivers]


def _integrity(found: Integrity | None) -> dict[str, float | None] | None:
    if found is None:
        return None
    without = None if found.without is None else found.without.share
    return {"flagged": found.flagged, "share_with": found.with_all.share, "share_without": without}


def _load_drivers(stored: list[dict[str, Any]] | None) -> tuple[Cause, ...] | None:
    """What a digest that was stored before there were drivers does not hold is None."""
    if stored is None:
        return None
    return tuple(Cause(cause["reason"], cause["count"], cause["paf"]) for cause in stored)


def _load_integrity(
    stored: dict[str, Any] | None, satisfied: Proportion | None, without: list[int] | None
) -> Integrity | None:
    if stored is None or satisfied is None:
        return None
    return Integrity(stored["flagged"], satisfied, None if without is None else Proportion(*without))


def _satisfied(satisfied: Proportion | None) -> dict[str, float] | None:
    if satisfied is None:
        return None
    interval = wilson(satisfied)
    return {"count": satisfied.count, "share": satisfied.share, "low": interval.low, "high": interval.high}


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


def _counts(pair: tuple[Proportion, Proportion] | None) -> list[list[int]] | None:
    return None if pair is None else [[part.count, part.n] for part in pair]


def _pair(stored: list[list[int]] | None) -> tuple[Proportion, Proportion] | None:
    return None if stored is None else (Proportion(*stored[0]), Proportion(*stored[1]))
