"""How the machine served citizens in a period: how many messages it answered and how soon, and what was out of reach.

Pure. The counts are sums of whole days; a minute in which several things were out of reach is counted once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from msgspec import Struct

from ratings.reports.numerals import number
from ratings.statistics import Proportion

SECONDS = 3
"""Within which an answer is soon."""
MINUTE = timedelta(minutes=1)
NAMES = {
    "motcua": "máy không chạy",
    "onestop": "hệ thống một cửa",
    "telegram": "Telegram",
    "zalo_oa": "Zalo OA",
    "zalo_bot": "Zalo Bot",
    "web": "trang web",
}
"""What an official calls it; a channel that is not here is called as in the settings."""


class Stretch(NamedTuple):
    """``what`` was out of reach between the two instants (aware)."""

    what: str
    began: datetime
    ended: datetime


class Service(Struct, frozen=True):
    """``soon``: of the messages those answered within three seconds; None: there were none. ``unanswered``: of them
    those that never were, or are not yet.

    ``minutes``: in which anything was out of reach, every begun one counted; ``outages``: the same of each thing by
    itself, longest first. ``own``: the messages are those to these units, not to all who share the machine.
    ``counted_from``: the first day that was counted, where that is later than the period's.
    """

    soon: Proportion | None
    unanswered: int
    minutes: int
    outages: tuple[tuple[str, int], ...] = ()
    own: bool = True
    counted_from: date | None = None


def minutes(stretches: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime) -> int:
    """The length of their union between ``start`` and ``end``, in minutes, a begun one as a whole."""
    total, until = timedelta(0), start
    for began, ended in sorted(stretches):
        first, last = max(began, until), min(ended, end)
        if last > first:
            total, until = total + (last - first), last
    return -(-total // MINUTE)


def outages_of(stretches: Iterable[Stretch], start: datetime, end: datetime) -> tuple[int, tuple[tuple[str, int], ...]]:
    """The minutes in which anything was out of reach, and those of each thing, longest first."""
    each: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for what, began, ended in stretches:
        each[what].append((began, ended))
    found = [(what, minutes(mine, start, end)) for what, mine in each.items()]
    together = minutes((pair for mine in each.values() for pair in mine), start, end)
    return together, tuple(sorted(((what, n) for what, n in found if n), key=lambda one: (-one[1], one[0])))


def to_json(found: Service) -> dict[str, Any]:
    """As in ``docs/contract.md``."""
    soon, since = found.soon, found.counted_from
    return {
        "messages": 0 if soon is None else soon.n,
        "within_3_s": 0 if soon is None else soon.count,
        "share": None if soon is None else soon.share,
        "unanswered": found.unanswered,
        "outage_minutes": found.minutes,
        "outages": [{"what": what, "minutes": n} for what, n in found.outages],
        "own": found.own,
        "counted_from": None if since is None else since.isoformat(),
    }


def from_json(kept: dict[str, Any]) -> Service:
    """The same read back."""
    since = kept["counted_from"]
    return Service(
        Proportion(kept["within_3_s"], kept["messages"]) if kept["messages"] else None,
        kept["unanswered"],
        kept["outage_minutes"],
        tuple((each["what"], each["minutes"]) for each in kept["outages"]),
        kept["own"],
        None if since is None else date.fromisoformat(since),
    )


# --- in words and cells ----------------------------------------------------------------------------------------------


def heading() -> str:
    return "Máy trả lời"


def lines(found: Service | None) -> Iterator[str]:
    """What an official reads of it."""
    if found is None:
        yield "Máy trả lời nhanh hay chậm, gián đoạn bao lâu: kỳ này chưa đếm, không phải là 0."
        return
    yield f"{_answered(found)} {_away(found)}{_since(found)}"


def unknown() -> Iterator[str]:
    """Of a file of ratings, which holds none of it."""
    yield "Tệp số liệu không cho biết máy trả lời nhanh hay chậm, gián đoạn, gọi lại: không rõ, không phải là 0."


def _answered(found: Service) -> str:
    shared = "" if found.own else " Tính chung mọi đơn vị dùng máy này."
    if found.soon is None:
        return f"Chưa có tin nhắn nào của dân cho máy.{shared}"
    soon = f"{found.soon.percent} % trong {SECONDS} giây ({number(found.soon.count)}/{number(found.soon.n)} tin)"
    return f"Máy trả lời {soon}, bỏ sót {number(found.unanswered)} tin.{shared}"


def _away(found: Service) -> str:
    if not found.minutes:
        return "Không gián đoạn phút nào."
    each = ", ".join(f"{NAMES.get(what, what)} {number(n)}" for what, n in found.outages)
    return f"Gián đoạn {number(found.minutes)} phút: {each}."


def _since(found: Service) -> str:
    return "" if found.counted_from is None else f" Đếm từ {found.counted_from:%-d/%-m/%Y}."


def rows(found: Service) -> Iterator[tuple[str | int | float | None, ...]]:
    """The same as cells below their headings."""
    yield (heading(), "Số", "Tỷ lệ")
    soon = found.soon
    yield ("Tin nhắn của dân", 0 if soon is None else soon.n, None)
    yield (f"Trả lời trong {SECONDS} giây", 0 if soon is None else soon.count, None if soon is None else soon.share)
    yield ("Bỏ sót", found.unanswered, None)
    yield ("Gián đoạn, phút", found.minutes, None)
    yield from ((f"Gián đoạn, phút: {NAMES.get(what, what)}", n, None) for what, n in found.outages)
