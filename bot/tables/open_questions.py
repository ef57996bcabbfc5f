"""Questions that had no answer, in the tables: words without a name, counted by unit; no chat, no hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, select

from bot.clock import VIETNAM
from handlers.desk import OpenQuestion
from handlers.effects import LeftOpen
from storage.desk_tables import open_questions
from storage.statement import upsert

KEPT = timedelta(days=180)
"""After so long without being asked again a question goes."""


def leave(connection: Connection, at: datetime, effect: LeftOpen) -> None:
    """Count a question; ``again``: it was counted when it was asked, only the reason is a newer one."""
    today = at.astimezone(VIETNAM).date()
    insert = upsert(connection.dialect.name, open_questions)
    times = open_questions.c.times if effect.again else open_questions.c.times + 1
    row = {"unit": effect.unit, "words": effect.words, "why": effect.why, "times": 1}
    connection.execute(
        insert.values(**row, first_on=today.isoformat(), last_on=today.isoformat()).on_conflict_do_update(
            index_elements=["unit", "words"],
            set_={"why": insert.excluded.why, "times": times, "last_on": insert.excluded.last_on},
        )
    )
    connection.execute(open_questions.delete().where(open_questions.c.last_on < (today - KEPT).isoformat()))


def newest(units: tuple[str, ...], most: int, id: int | None) -> Select[tuple[object, ...]]:
    """The most frequent of these units, or the one with this id."""
    query = select(open_questions).where(open_questions.c.unit.in_(units))
    if id is not None:
        query = query.where(open_questions.c.id == id)
    return query.order_by(open_questions.c.times.desc(), open_questions.c.last_on.desc(), open_questions.c.id).limit(
        most
    )


def read(connection: Connection, units: tuple[str, ...], most: int, id: int | None) -> tuple[OpenQuestion, ...]:
    """As ``handlers.desk.Records.open_questions``."""
    rows = connection.execute(newest(units, most, id)).all()
    return tuple(OpenQuestion(row.id, row.unit, row.words, row.why, row.times) for row in rows)
