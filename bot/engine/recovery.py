"""Messages that were open when the program ended: counted, and those that may have ended it are tried alone.

A message found open at a start was perhaps only waiting. So it is counted, but not given up for that: from the third
time on it is a *suspect* and answered alone, before all others, with a mark on disk while it is tried. Only a message
that was being tried alone three times when the program died is given up with an apology.
"""

from __future__ import annotations

from sqlalchemy import Connection, case, select

from bot.engine.jobs import InboxRow
from bot.engine.stored import load_inbox
from handlers.messages import Kind
from storage.engine import Database
from storage.tables import inbox

ALONE = "alone"
SUSPECT = 3
DIED_ALONE = 100
"""What one death while tried alone adds to ``attempts``."""
GIVEN_UP = 3 * DIED_ALONE
_OPEN = (inbox.c.state == "open", inbox.c.kind != Kind.EVENT.value)


def count_open(connection: Connection) -> None:
    """One more start has found these messages open."""
    more = case((inbox.c.claimed_by == ALONE, DIED_ALONE), else_=1)
    connection.execute(inbox.update().where(*_OPEN).values(attempts=inbox.c.attempts + more, claimed_by=None))


async def suspects(database: Database) -> list[InboxRow]:
    """The messages to be tried alone, oldest first."""
    query = select(inbox).where(*_OPEN, inbox.c.attempts >= SUSPECT).order_by(inbox.c.seq)
    return [load_inbox(row) for row in await database.read(lambda connection: connection.execute(query).all())]


def mark_alone(connection: Connection, row: InboxRow) -> None:
    """The message is being tried alone: a death now counts against it."""
    message = row.incoming
    where = (inbox.c.chat == str(message.chat), inbox.c.event == message.id)
    connection.execute(inbox.update().where(*where).values(claimed_by=ALONE))
