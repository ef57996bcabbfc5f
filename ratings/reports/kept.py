"""A locked digest read back: from its JSON, and from ``more``, what only the text shows."""

from __future__ import annotations

from datetime import datetime
from itertools import zip_longest
from typing import Any

from msgspec.structs import replace

from onestop.days.punctuality import Tally
from ratings import call_backs, follow_ups, peers, service, strata, trend
from ratings.digest import Band, Cause, Child, Digest, Headline, Integrity, ModeCount, ReasonCount
from ratings.formulas.comparison import Standardised
from ratings.formulas.shrinkage import Standing
from ratings.lateness import Late, Step
from ratings.on_time import OnTime
from ratings.period import Kind, Period, Span, whole_weeks
from ratings.rollup import MixPair
from ratings.statistics import Distribution, Proportion, newcombe
from ratings.strata import ENDS, Stratum
from ratings.sub_ratings import SubRating
from ratings.themes import Wrote
from ratings.watch import Alarm, Level
from ratings.week import VIETNAM, Week


def more_of(digest: Digest) -> dict[str, Any]:
    """What the JSON does not hold."""
    counts, certification = digest.on_time, digest.certification
    without = None if digest.integrity is None else digest.integrity.without
    return {
        "without_due": counts.without_due,
        "waiting": counts.waiting,
        "ready": counts.ready,
        "due_soon": counts.due_soon,
        "not_received": digest.not_received,
        "by_invitation": digest.by_invitation,
        "invited_between": digest.invited_between,
        "praise": [[reason.code, reason.people] for reason in digest.praise],
        "complaints": [[reason.code, reason.people] for reason in digest.complaints],
        "certification": _counts(certification),
        "uneven": _counts(digest.uneven),
        "without_flagged": _pair_of(without),
        "certified_in_headline": digest.headline is not None and digest.headline.certified,
        "modes": [_pair_of(mode.satisfied) for mode in digest.modes],
        "strata": [_parts_of(each) for each in digest.strata or ()],
        "standardised_error": None if digest.standardised is None else digest.standardised[0].error,
        "by_mix": [
            [pair.first, pair.second, *_values(pair.first_share), *_values(pair.second_share)] for pair in digest.by_mix
        ],
        "block": None if digest.block is None else more_of(digest.block),
    }


def loaded(kept: dict[str, Any], more: dict[str, Any]) -> Digest:
    """The digest. What one that was stored by an earlier version does not hold is None or empty."""
    distribution = None if kept["distribution"] is None else Distribution(tuple(kept["distribution"]))
    satisfied = None if distribution is None else distribution.satisfied
    headline = _headline(kept, more, satisfied)
    change = None
    if kept["change"] is not None and headline is not None:
        before = Proportion(kept["change"]["previous"]["count"], kept["change"]["previous"]["n"])
        change = newcombe(headline.satisfied, before)
    counts = {name: more[name] for name in ("without_due", "waiting", "ready", "due_soon")}
    block = kept.get("block")
    return Digest(
        unit=kept["unit"],
        span=_span(kept),
        as_of=datetime.fromisoformat(kept["as_of"]).astimezone(VIETNAM),
        locked=kept["locked"],
        demo=kept["demo"],
        on_time=OnTime(**kept["on_time"], **counts, rule=_rule(kept.get("rule_766"))),
        eligible=kept["eligible"],
        invited=kept["invited"],
        delivered=kept["delivered"],
        answered=kept["answered"] if isinstance(kept["answered"], int) else None,
        distribution=distribution,
        headline=headline,
        band=None if kept["band"] is None else Band(kept["band"]),
        change=change,
        suppressed=tuple(kept["suppressed"]),
        not_received=more["not_received"],
        by_invitation=more.get("by_invitation", kept["answered"] if isinstance(kept["answered"], int) else None),
        invited_between=_two(more.get("invited_between")),
        declined=kept.get("declined", 0),
        unanswered=kept.get("unanswered"),
        questions=tuple((each["words"], each["times"]) for each in kept.get("questions", ())),
        strata=_strata(kept, more.get("strata", ())),
        praise=tuple(ReasonCount(*reason) for reason in more["praise"]),
        complaints=tuple(ReasonCount(*reason) for reason in more["complaints"]),
        certification=_pair(more["certification"]),
        modes=_modes(kept, more),
        drivers=_drivers(kept.get("drivers")),
        integrity=_integrity(kept.get("integrity"), satisfied, more.get("without_flagged")),
        uneven=_pair(more.get("uneven")),
        late=_late(kept.get("late")),
        alarm=_alarm(kept.get("alarm")),
        standardised=_standardised(kept.get("standardised"), more),
        block=None if block is None else loaded(block, more["block"]),
        children=_children(kept.get("children")),
        follow_ups=None if kept.get("follow_ups") is None else follow_ups.from_json(kept["follow_ups"]),
        sub_ratings=tuple(_sub_rating(values) for values in kept.get("sub_ratings", ())),
        themes=tuple(Wrote(each["theme"], each["people"]) for each in kept.get("themes", ())),
        by_mix=tuple(_mix_pair(values) for values in more.get("by_mix", ())),
        weeks=None if kept.get("weeks") is None else whole_weeks(_span(kept)),
        peers=None if kept.get("peers") is None else peers.from_json(kept["peers"]),
        trend=None if kept.get("trend") is None else trend.from_json(kept["trend"]),
        service=None if kept.get("service") is None else service.from_json(kept["service"]),
        calls=None if kept.get(call_backs.CALLS) is None else call_backs.from_json(kept[call_backs.CALLS]),
    )


def _span(kept: dict[str, Any]) -> Span:
    if kept["week"] is not None:
        return Week.parse(kept["week"])
    first, last = datetime.fromisoformat(kept["from"]).date(), datetime.fromisoformat(kept["to"]).date()
    return Period(first, last, Kind(kept["period"]))


def _two(stored: list[int] | None) -> tuple[int, int] | None:
    return None if stored is None else (stored[0], stored[1])


def _headline(kept: dict[str, Any], more: dict[str, Any], satisfied: Proportion | None) -> Headline | None:
    stored = kept.get("headline")
    if stored is None:
        return None if satisfied is None else Headline(satisfied)
    share = Proportion(stored["count"], stored["n"])
    without = stored["without_certified"], stored["without_flagged"]
    copies = stored.get("certified")
    known = None if copies is None else (copies["from"], copies["to"])
    return Headline(share, *without, more["certified_in_headline"], known)


def _modes(kept: dict[str, Any], more: dict[str, Any]) -> tuple[ModeCount, ...]:
    shares = more.get("modes", ())
    return tuple(
        ModeCount(mode["mode"], mode["answered"], None if share is None else Proportion(*share))
        for mode, share in zip(kept.get("modes", ()), shares, strict=True)
    )


def _rule(stored: dict[str, int] | None) -> Tally | None:
    if stored is None:
        return None
    overdue = stored["late"] - stored["asked_again"]
    return Tally(stored["judged"] - stored["late"], overdue, stored["asked_again"], stored["without_due"])


def _drivers(stored: list[dict[str, Any]] | None) -> tuple[Cause, ...] | None:
    if stored is None:
        return None
    return tuple(Cause(cause["reason"], cause["count"], cause["paf"]) for cause in stored)


def _integrity(
    stored: dict[str, Any] | None, satisfied: Proportion | None, without: list[int] | None
) -> Integrity | None:
    if stored is None or satisfied is None:
        return None
    return Integrity(stored["flagged"], satisfied, None if without is None else Proportion(*without))


def _parts_of(stratum: Stratum) -> dict[str, Any]:
    without = None if stratum.integrity is None else stratum.integrity.without
    return {"without_flagged": _pair_of(without), "modes": [_pair_of(mode.satisfied) for mode in stratum.modes]}


def _strata(kept: dict[str, Any], more: list[dict[str, Any]]) -> tuple[Stratum, ...] | None:
    """An earlier version stored how many ended, and had asked nobody; one after it no parts of the answers."""
    if kept.get("strata") is not None:
        return tuple(
            _stratum(each, parts) for each, parts in zip_longest(kept["strata"], more, fillvalue={"modes": ()})
        )
    counts = kept.get("ended")
    if counts is None:
        return None
    return tuple(Stratum(status, counts[name], 0, 0, 0, 0) for status, name in ENDS.items() if counts[name])


def _stratum(kept: dict[str, Any], more: dict[str, Any]) -> Stratum:
    found = strata.from_json(kept)
    integrity = _integrity(kept.get("integrity"), found.satisfied, more.get("without_flagged"))
    return replace(found, integrity=integrity, modes=_modes(kept, more))


def _late(stored: dict[str, Any] | None) -> Late | None:
    if stored is None:
        return None
    agencies = tuple((each["agency"], each["count"]) for each in stored["agencies"])
    before = stored["previous"]
    steps = tuple((Step(each["step"]), each["count"]) for each in stored.get("steps", ()))
    known = None if before is None else Proportion(before["count"], before["n"])
    return Late(stored["told_before"], agencies, known, steps)


def _alarm(stored: dict[str, Any] | None) -> Alarm | None:
    if stored is None:
        return None
    return Alarm(
        Level(stored["level"]), stored["value"], stored["threshold"], tuple(stored["fields"]), stored.get("usual")
    )


def _standardised(stored: dict[str, Any] | None, more: dict[str, Any]) -> tuple[Standardised, tuple[str, ...]] | None:
    if stored is None:
        return None
    return Standardised(stored["share"], more["standardised_error"], stored["n"]), tuple(stored["fields"])


def _children(stored: list[dict[str, Any]] | None) -> tuple[Child, ...] | None:
    if stored is None:
        return None
    return tuple(
        Child(
            unit=child["unit"],
            completed=child["completed"],
            late_done=child["late_done"],
            answered=child["answered"] if isinstance(child["answered"], int) else None,
            band=None if child["band"] is None else Band(child["band"]),
            standing=None if child["standing"] is None else Standing[child["standing"].upper()],
            withheld=child["answered"] is None,
        )
        for child in stored
    )


def _sub_rating(stored: dict[str, Any]) -> SubRating:
    about = stored["question"], stored["stage"], stored["procedure"]
    return SubRating(*about, tuple(stored["answers"].items()), stored.get("name"))


def _mix_pair(values: list[Any]) -> MixPair:
    return MixPair(values[0], values[1], Standardised(*values[2:5]), Standardised(*values[5:8]))


def _values(found: Standardised) -> tuple[float, float, int]:
    return found.share, found.error, found.n


def _pair_of(share: Proportion | None) -> list[int] | None:
    return None if share is None else [share.count, share.n]


def _counts(pair: tuple[Proportion, Proportion] | None) -> list[list[int]] | None:
    return None if pair is None else [[part.count, part.n] for part in pair]


def _pair(stored: list[list[int]] | None) -> tuple[Proportion, Proportion] | None:
    return None if stored is None else (Proportion(*stored[0]), Proportion(*stored[1]))
