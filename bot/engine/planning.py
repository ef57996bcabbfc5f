"""Our own initiative as rows of the inbox: an event is planned once, whoever plans it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from handlers.messages import Kind
from storage.statement import Statement, upsert
from storage.tables import inbox, micros

_NEWEST = select(func.max(inbox.c.seq))
_PLAN = Statement(
    ("chat", "event", "seq", "kind", "text", "at", "private", "state", "not_before"),
    lambda dialect: upsert(dialect, inbox).on_conflict_do_nothing(),
)


def plan(connection: Connection, chat: str, event: str, at: datetime, due: datetime) -> None:
    """Put an event into a chat's inbox, once; ``due`` is when it may be answered."""
    plan_all(connection, ((chat, event, due),), at)


def plan_all(connection: Connection, planned: Sequence[tuple[str, str, datetime]], at: datetime) -> None:
    """The same with many (chat, event, due), in their order."""
    if not planned:
        return
    newest, now = connection.execute(_NEWEST).scalar() or 0, micros(at)
    rows = [
        (chat, event, newest + n, Kind.EVENT.value, "", now, True, "open", micros(due))
        for n, (chat, event, due) in enumerate(planned, 1)
    ]
    _PLAN.run(connection, rows)
