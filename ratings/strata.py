"""How dossiers ended without a result: refused, withdrawn, stopped. Each a stratum of its own. Pure.

Nothing of them is ever among the completed, in the headline, the response rate, alarms, the weeks beside each other,
what is compared with one mix, or drivers. Of each stratum is told how many there were and who was asked, and of the
answers what ``shown.py`` tells of so many; which of them may be told, when others have a shorter report or one of a
part, says ``views.py``. No sum of strata is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from onestop.dossier import Status
from ratings.period import Span
from ratings.records import EndAnswer, EndRecord, Ends
from ratings.reports.numerals import number
from ratings.shown import Band, Integrity, ModeCount, Shown, integrity_as_json, mode_as_json
from ratings.statistics import Distribution, Proportion, wilson
from ratings.views import Views

ENDS = {Status.REJECTED: "refused", Status.WITHDRAWN: "withdrawn", Status.STOPPED: "stopped"}
"""What each is called in files, in the order in which they are told."""
BY_NAME = {name: status for status, name in ENDS.items()}


class Stratum(Struct, frozen=True):
    """Dossiers of a unit and period that ended in one way. ``count``: all of them; ``answered`` None: fewer than five,
    or ``withheld``; ``delivered`` None: not known. Others, also ``integrity`` and ``modes``, as in ``Digest``."""

    ended: Status
    count: int
    eligible: int
    invited: int
    delivered: int | None
    declined: int
    answered: int | None = None
    band: Band | None = None
    distribution: Distribution | None = None
    withheld: bool = False
    integrity: Integrity | None = None
    modes: tuple[ModeCount, ...] = ()

    @property
    def satisfied(self) -> Proportion | None:
        """4★ and 5★ of all answers."""
        return None if self.distribution is None else self.distribution.satisfied

    def without_answers(self) -> Stratum:
        """The same as long as books are open."""
        asked = (self.count, self.eligible, self.invited, self.delivered, self.declined)
        return Stratum(self.ended, *asked)


class Ended(Struct, frozen=True):
    """Dossiers that ended without a result: strata of their own, never among the completed."""

    refused: int = 0
    withdrawn: int = 0
    stopped: int = 0

    @classmethod
    def of(cls, strata: Iterable[Stratum]) -> Ended:
        """Of the strata."""
        return cls(**{ENDS[each.ended]: each.count for each in strata})

    @property
    def total(self) -> int:
        return self.refused + self.withdrawn + self.stopped


def counted(
    ends: Iterable[EndRecord], units: Collection[str], start: datetime, end: datetime, as_of: datetime
) -> tuple[Ends, ...]:
    """Those of these units from ``start`` to before ``end``, as known at ``as_of``; ``rows.py`` has the database count
    them likewise."""
    return tuple(
        Ends(1, each.unit, each.ended, each.eligible, *(at is not None and at <= as_of for at in _stamps(each)))
        for each in ends
        if each.unit in units and start <= each.at < end
    )


def _stamps(end: EndRecord) -> tuple[datetime | None, ...]:
    return end.invited_at, end.delivered_at, end.declined_at


def strata(
    ends: Iterable[Ends],
    answers: Iterable[EndAnswer],
    span: Span,
    as_of: datetime,
    *,
    together: bool,
    deliveries_known: bool = True,
    asked: Iterable[Ends] | None = None,
) -> tuple[Stratum, ...]:
    """Those that are not empty. ``ends`` and ``answers``: of the asked units alone; ``asked``: the ends of the whole
    weeks of a period, for who was asked; None: the same. ``together``: of several units."""
    known, given = tuple(ends), tuple(answers)
    whole = known if asked is None else tuple(asked)
    found = []
    for ended in ENDS:
        mine, of_weeks = ([row for row in rows if row.ended is ended] for rows in (known, whole))
        if not mine and not of_weeks:
            continue
        made = Stratum(
            ended=ended,
            count=sum(row.n for row in mine),
            eligible=sum(row.n for row in of_weeks if row.eligible),
            invited=sum(row.n for row in of_weeks if row.invited),
            delivered=sum(row.n for row in of_weeks if row.delivered) if deliveries_known else None,
            declined=sum(row.n for row in of_weeks if row.declined),
        )
        found.append(_with_answers(made, [each for each in given if each.ended is ended], span, as_of, together))
    return tuple(found)


def _with_answers(stratum: Stratum, given: Sequence[EndAnswer], span: Span, as_of: datetime, together: bool) -> Stratum:
    views = Views((each.answer for each in given), together=together)
    told = views.told(span, as_of)
    if told is None:
        return replace(stratum, withheld=True)
    shown = Shown.of(told, None, parts=views.parts(span, as_of))
    return replace(
        stratum,
        answered=shown.answered,
        band=shown.band,
        distribution=shown.distribution,
        integrity=shown.integrity,
        modes=shown.modes,
    )


# --- told ------------------------------------------------------------------------------------------------------------

CALLED = {
    Status.REJECTED: "bị từ chối",
    Status.WITHDRAWN: "dân rút",
    Status.STOPPED: "dừng xử lý",
}


def line(each: Stratum, *, locked: bool) -> str | None:
    """How many were asked and what they said, where anybody was asked or answered; ``locked``: the books are
    closed."""
    if each.answered is None and not each.invited and not each.withheld:
        return None
    no = f", không muốn trả lời {number(each.declined)}" if each.declined else ""
    asked = f"Riêng hồ sơ {CALLED[each.ended]}: hỏi {number(each.invited)} người{no}."
    return f"{asked} {_said(each) if locked else 'Số chỉ nêu khi đã khóa sổ và đủ 5 lượt.'}"


def _said(stratum: Stratum) -> str:
    if stratum.withheld:
        return "Chưa nêu số, vì trừ đi các báo cáo khác thì lộ ra vài người."
    if stratum.answered is None or stratum.band is None:
        return "Chưa đủ 5 lượt nên chưa nêu số."
    satisfied = stratum.satisfied
    if satisfied is None:
        return f"Hài lòng với hướng dẫn, giải thích: {stratum.band.words} ({number(stratum.answered)} người)."
    interval = wilson(satisfied)
    low, high = (f"{100 * end:.0f}" for end in (interval.low, interval.high))
    return (
        f"Hài lòng với hướng dẫn, giải thích {satisfied.percent} %: {number(satisfied.count)} trong "
        f"{number(satisfied.n)} người trả lời. Số thật nhiều khả năng nằm trong khoảng {low}–{high} %."
    )


def to_json(stratum: Stratum) -> dict[str, Any]:
    """One of ``strata`` in the digest's JSON; what is withheld is null, or "<5", and named in its ``suppressed``."""
    satisfied, share = stratum.satisfied, None
    if satisfied is not None:
        interval = wilson(satisfied)
        share = {"count": satisfied.count, "share": satisfied.share, "low": interval.low, "high": interval.high}
    few = None if stratum.withheld else "<5"
    shown = {
        "answered": few if stratum.answered is None else stratum.answered,
        "distribution": None if stratum.distribution is None else list(stratum.distribution.counts),
        "satisfied": share,
        "band": None if stratum.band is None else stratum.band.value,
        "integrity": None if stratum.integrity is None else integrity_as_json(stratum.integrity),
    }
    return {
        "ended": ENDS[stratum.ended],
        "count": stratum.count,
        "eligible": stratum.eligible,
        "invited": stratum.invited,
        "delivered": stratum.delivered,
        "declined": stratum.declined,
        **shown,
        "modes": [mode_as_json(mode) for mode in stratum.modes],
        "suppressed": [name for name, value in shown.items() if value is None],
    }


def from_json(stored: dict[str, Any]) -> Stratum:
    """The stratum that was stored, but for ``integrity`` and ``modes``, of which the JSON holds shares alone."""
    counts = stored["distribution"]
    return Stratum(
        ended=BY_NAME[stored["ended"]],
        **{name: stored[name] for name in ("count", "eligible", "invited", "delivered", "declined")},
        answered=stored["answered"] if isinstance(stored["answered"], int) else None,
        band=None if stored["band"] is None else Band(stored["band"]),
        distribution=None if counts is None else Distribution(tuple(counts)),
        withheld=stored["answered"] is None,
    )
