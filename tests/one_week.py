"""One unit's week as records, and the digest of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from onestop.dossier import Status
from ratings.digest import Digest, make_digest
from ratings.records import CompletionRecord, OpenDossier, RatingRecord, Records
from ratings.statistics import Proportion
from ratings.week import Week

UNIT = "H99.07"
WEEK = Week(2026, 46)
MONDAY = WEEK.start


hour = timedelta(hours=1)


def completion(at: datetime = MONDAY + 9 * hour, due: datetime | None = None, **more: Any) -> CompletionRecord:
    fields = {"eligible": True, "invited_at": at + hour, "delivered_at": at + hour, **more}
    return CompletionRecord(UNIT, at, due if due is not None else at, **fields)


def rating(stars: int, *reasons: str, at: datetime = MONDAY + 30 * hour, **more: Any) -> RatingRecord:
    return replace(RatingRecord(UNIT, "Hộ tịch", WEEK.first_day, at, stars, reasons), **more)


def digest_of(
    ratings: list[RatingRecord], completed: int = 50, previous: Proportion | None = None, **more: Any
) -> Digest:
    completions = tuple(completion() for _ in range(completed))
    return make_digest(UNIT, WEEK, WEEK.close, Records(completions, tuple(ratings), **more), previous)


def stars(*counts: int) -> list[RatingRecord]:
    """Ratings of so many 1★, 2★, … 5★."""
    return [rating(number) for number, count in enumerate(counts, 1) for _ in range(count)]


D1 = (3, 2, 5, 18, 32)


days = st.integers(-20, 20).map(lambda day: MONDAY + timedelta(days=day))
many_completions = st.lists(st.builds(completion, days, st.none() | days), max_size=30)
many_open = st.lists(st.builds(OpenDossier, st.sampled_from(Status), st.none() | days), max_size=30)
