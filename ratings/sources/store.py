"""The records of a digest read from the database, and its first locked form kept.

Plain functions of a connection, for ``Database.read`` and (``lock``) ``Database.write``. How the rows are read stands
in ``rows.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection, select

from onestop.days.calendar import vietnam
from ratings.digest import Before, Digest, block_for, make_digest, wants_block
from ratings.peers import LEAST_LIKE, ByField, weeks_compared
from ratings.period import Span, counted_since, pieces
from ratings.records import Ends, Handed, Records
from ratings.reports import document
from ratings.reports.render import DUE_SOON_DAYS
from ratings.rollup import kept_as
from ratings.sources.answers import answers, end_answers, history, how_many
from ratings.sources.follow_up_rows import follow_ups
from ratings.sources.late_rows import stood
from ratings.sources.peer_rows import satisfied
from ratings.sources.rows import asked_often, ended, handed_over, mix, open_dossiers, unanswered, until
from ratings.sources.service_rows import calls, service
from ratings.themes import LATE
from ratings.trend import Point, before, points_from
from ratings.week import Week, vietnam_date
from storage.statement import upsert
from storage.tables import completions, digests, dossiers, ratings

MOST_READ = 20_000
"""Answers of a roll-up's earlier weeks that are read for its trend: a province with 130 a week has 1,500."""


def stored(connection: Connection, unit: str, span: Span, below: Sequence[str] | None = None) -> Digest | None:
    """The digest that was locked for this unit and week or period, None where none was yet."""
    query = select(digests.c.body).where(digests.c.unit == kept_as(unit, below), digests.c.week == str(span))
    body = connection.execute(query).scalar()
    return None if body is None else document.load(body)


def digest_of(
    connection: Connection,
    unit: str,
    span: Span,
    as_of: datetime,
    *,
    demo: bool,
    below: Sequence[str] | None = None,
    likes: Sequence[str] = (),
) -> Digest:
    """The digest: the locked one where there is one, else as known at ``as_of`` (aware). Only reads.

    ``demo``: whether the database holds sample data. ``below``: the units rolled up under this one, None: it alone.
    ``likes``: the units whose mix of procedures it is compared by.
    """
    if (found := stored(connection, unit, span, below)) is not None:
        return found
    one_before = span.previous()
    previous = stored(connection, unit, one_before, below)
    if previous is None:
        until = min(as_of, one_before.close)
        known = read_records(connection, unit, one_before, until, demo=demo, below=below, brief=True)
        previous = make_digest(unit, one_before, until, known, below=below, brief=True)
    records = read_records(connection, unit, span, as_of, demo=demo, below=below, likes=likes)
    points = earlier(connection, unit, span, as_of, below) if isinstance(span, Week) else ()
    made = make_digest(unit, span, as_of, records, Before.of(previous), below=below, earlier=points)
    if below is None and wants_block(made) and isinstance(span, Week):
        block = block_for(span)
        return replace(made, block=digest_of(connection, unit, block, block.close, demo=demo))
    return made


def earlier(
    connection: Connection,
    unit: str,
    week: Week,
    as_of: datetime,
    below: Sequence[str] | None = None,
    most: int = MOST_READ,
) -> tuple[Point, ...]:
    """The points of the weeks before: as their digests were locked, else as they would have been.

    Of a roll-up, weeks that were never locked and hold more than ``most`` answers (a large province's that nobody
    ever read) stay gaps.
    """
    weeks, units = before(week), (unit, *(below or ()))
    query = select(digests.c.body).where(digests.c.unit == kept_as(unit, below), digests.c.week.in_(map(str, weeks)))
    known = {point.week: point for body in connection.scalars(query) if (point := document.point_in(body)) is not None}
    left = [each for each in weeks if each not in known and each.close <= as_of]
    if left and (below is None or how_many(connection, units, left[0].first_day, left[-1].last_day) <= most):
        for each in left:
            given = answers(connection, units, each.first_day, each.last_day, each.close)
            known |= points_from(given, (each,), as_of, together=below is not None)
    return tuple(known.get(each, Point(each)) for each in weeks)


def lock(connection: Connection, digest: Digest, made_at: datetime) -> Digest:
    """Keep a locked digest, unless one is kept already; the kept one.

    Raises ValueError while its week is open at ``made_at``: a digest "as of" some future time is not kept.
    """
    if not digest.locked or made_at < digest.span.close:
        raise ValueError(f"the books of {digest.span} are open until {digest.span.close.isoformat()}")
    below = None if digest.children is None else tuple(child.unit for child in digest.children)
    row = {
        "unit": kept_as(digest.unit, below),
        "week": str(digest.span),
        "as_of": digest.as_of,
        "made_at": made_at,
        "body": document.dump(digest),
    }
    insert = upsert(connection.dialect.name, digests)
    connection.execute(insert.values(row).on_conflict_do_nothing())
    kept = stored(connection, digest.unit, digest.span, below)
    return digest if kept is None else kept


def is_known(connection: Connection, unit: str) -> bool:
    """Whether the database holds any dossier, completion or rating of a unit."""
    for table in (dossiers, completions, ratings):
        if connection.execute(select(table.c.unit).where(table.c.unit == unit).limit(1)).first() is not None:
            return True
    return False


def read_records(
    connection: Connection,
    unit: str,
    span: Span,
    as_of: datetime,
    *,
    demo: bool,
    below: Sequence[str] | None = None,
    likes: Sequence[str] = (),
    brief: bool = False,
) -> Records:
    """Everything that the digest of one unit (or of all ``below`` it) is made from, as known at ``as_of`` (aware).

    ``brief``: only what a later period is compared with.
    """
    units = (unit, *(below or ()))
    before, both, after = (tuple(_handed(connection, units, each, as_of, ruled=not brief)) for each in pieces(span))
    done, asked = (*both, *after), None if isinstance(span, Week) else (*before, *both)
    ends = None if brief else [_ended(connection, units, each, as_of) for each in pieces(span)]
    since, last = counted_since(span), span.last_day
    read = tuple(answers(connection, units, since if brief else since - LATE, last, as_of))
    late = not brief and any(row.is_late for row in done)
    watched = span if isinstance(span, Week) and below is None and not brief else None
    return Records(
        ratings=tuple(answer for answer in read if answer.completed_on >= since),
        wrote=tuple(answer for answer in read if answer.themes and answer.completed_on <= last - LATE),
        history=() if watched is None else history(connection, unit, watched, as_of),
        handed=done,
        asked=asked,
        stood=stood(connection, units, span, until(span, as_of)) if late else {},
        open_dossiers=None if brief else open_dossiers(connection, units, as_of),
        ended=None if ends is None else (*ends[1], *ends[2]),
        ended_asked=None if ends is None or isinstance(span, Week) else (*ends[0], *ends[1]),
        end_answers=() if brief else tuple(end_answers(connection, units, since, last, as_of)),
        follow_ups=None if brief else follow_ups(connection, units, span, as_of),
        unanswered=None if brief else unanswered(connection, units, span),
        service=None if brief else service(connection, units, span, as_of),
        calls=None if brief else calls(connection, units, span, as_of),
        questions=() if brief else asked_often(connection, units, span),
        due_soon_until=vietnam().add_working_days(vietnam_date(as_of), DUE_SOON_DAYS),
        demo=demo,
        peers={} if brief or below is not None else _peers(connection, (unit, *likes), span, as_of),
        mix={} if brief or below is not None else mix(connection, (*units, *likes), span),
    )


def _peers(connection: Connection, units: Sequence[str], span: Span, as_of: datetime) -> dict[str, ByField]:
    days = weeks_compared(span)
    return {} if days is None or len(units) < LEAST_LIKE else satisfied(connection, units, days, as_of)


def _handed(
    connection: Connection, units: Sequence[str], days: Span | None, as_of: datetime, *, ruled: bool
) -> Iterable[Handed]:
    return () if days is None else handed_over(connection, units, days, as_of, ruled=ruled)


def _ended(connection: Connection, units: Sequence[str], days: Span | None, as_of: datetime) -> tuple[Ends, ...]:
    return () if days is None else ended(connection, units, days, as_of)
