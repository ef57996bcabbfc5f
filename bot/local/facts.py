"""What the desks hide and say for themselves, in the tables: written by officials' effects, read as one value."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.clock import VIETNAM
from bot.local.values import dump_line, dump_value, load_line, load_value
from bot.stale import Stale
from bot.tables import people
from handlers.effects import FactDecided, FactHidden, FactProposed, FactUnhidden
from procedures.finding.facets import Facet
from procedures.local import Basis, Fact, Hidden, Local, LocalFact
from storage.desk_tables import hidden_facts, local_facts, open_questions
from storage.tables import officials

ALL = "all"
PROPOSED, CONFIRMED, REFUSED = "proposed", "confirmed", "refused"


# --- written ---------------------------------------------------------------------------------------------------------


def hide(connection: Connection, chat: str, at: datetime, effect: FactHidden) -> None:
    """Hide a facet, once. Raises Stale where who hides it is no official any more."""
    _in_office(connection, effect.by, chat)
    if connection.execute(select(hidden_facts.c.id).where(*_now(effect))).first() is None:
        row = {"unit": effect.unit, "procedure": effect.procedure, "facet": effect.facet}
        connection.execute(hidden_facts.insert().values(**row, hidden_by=effect.by, hidden_at=at))


def unhide(connection: Connection, chat: str, at: datetime, effect: FactUnhidden) -> None:
    """Let it be said again. Raises Stale where who does so is no official any more."""
    _in_office(connection, effect.by, chat)
    connection.execute(hidden_facts.update().where(*_now(effect)).values(shown_by=effect.by, shown_at=at))


def propose(connection: Connection, chat: str, at: datetime, effect: FactProposed) -> None:
    """Put a value down to be confirmed. Raises Stale where its number was taken meanwhile, or the office is lost."""
    _in_office(connection, effect.by, chat)
    taken = select(local_facts.c.number).where(local_facts.c.number == effect.number)
    if connection.execute(taken).first() is not None:
        raise Stale("the number is taken")
    fact = effect.fact
    connection.execute(
        local_facts.insert().values(
            number=effect.number,
            unit=fact.unit,
            procedure=fact.procedure,
            fact=fact.fact.value,
            value=dump_value(fact.value),
            replaces=None if fact.replaces is None else dump_line(fact.replaces),
            document=fact.basis.number,
            issued_on=fact.basis.issued.isoformat(),
            issued_by=fact.basis.by,
            since=None if fact.basis.since is None else fact.basis.since.isoformat(),
            state=PROPOSED,
            proposed_by=effect.by,
            proposed_at=at,
        )
    )


def decide(connection: Connection, chat: str, at: datetime, effect: FactDecided) -> None:
    """Confirm or refuse a value that waits; a confirmed one that holds by now is said, though the fact was hidden.

    Raises Stale where it no longer waits, where the office is lost, or where one person would do both.
    """
    _in_office(connection, effect.by, chat)
    waits = (local_facts.c.number == effect.number, local_facts.c.state == PROPOSED)
    row = connection.execute(select(local_facts).where(*waits)).first()
    if row is None:
        raise Stale("somebody decided meanwhile")
    if not effect.confirmed:
        values = {"state": REFUSED, "refused_by": effect.by, "decided_at": at}
        connection.execute(local_facts.update().where(*waits).values(values))
        return
    proposer = select(officials.c.chat).where(officials.c.id == row.proposed_by, officials.c.revoked_at.is_(None))
    their_chat = connection.execute(proposer).scalar()
    if their_chat is None or their_chat in people.chats_of(connection, chat):
        raise Stale("it takes two officials in office")
    values = {"state": CONFIRMED, "confirmed_by": effect.by, "decided_at": at}
    connection.execute(local_facts.update().where(*waits).values(values))
    if row.fact == Fact.WAY.value:  # the question has its answer
        asked = (open_questions.c.unit == row.unit, open_questions.c.words == load_value(Fact.WAY, row.value))
        connection.execute(open_questions.delete().where(*asked))
        return
    if row.since is not None and date.fromisoformat(row.since) > at.astimezone(VIETNAM).date():
        return  # until then the old value would come back
    again = FactUnhidden(row.unit, row.procedure, row.fact, effect.by)
    connection.execute(hidden_facts.update().where(*_now(again)).values(shown_by=effect.by, shown_at=at))


def _now(effect: FactHidden | FactUnhidden) -> tuple[Any, ...]:
    table = hidden_facts.c
    same = (table.unit == effect.unit, table.procedure == effect.procedure, table.facet == effect.facet)
    return (*same, table.shown_at.is_(None))


def _in_office(connection: Connection, by: str, chat: str) -> None:
    where = (officials.c.id == by, officials.c.chat == chat, officials.c.revoked_at.is_(None))
    if connection.execute(select(officials.c.id).where(*where)).first() is None:
        raise Stale("no official any more")


# --- read ------------------------------------------------------------------------------------------------------------


def fact_of(row: Row[Any]) -> LocalFact:
    """A row of ``local_facts``. Raises ValueError, KeyError or TypeError where another version wrote it."""
    fact = Fact(row.fact)
    since = None if row.since is None else date.fromisoformat(row.since)
    return LocalFact(
        unit=row.unit,
        procedure=row.procedure,
        fact=fact,
        value=load_value(fact, row.value),
        basis=Basis(row.document, date.fromisoformat(row.issued_on), row.issued_by, since),
        replaces=None if row.replaces is None else load_line(fact, row.replaces),
        entered_by=row.proposed_by,
    )


def read(connection: Connection, written: Local) -> Local:
    """Everything in force: the values of files first, then the confirmed ones in the order of their confirmation."""
    confirmed = select(local_facts).where(local_facts.c.state == CONFIRMED)
    rows = connection.execute(confirmed.order_by(local_facts.c.decided_at, local_facts.c.number))
    hidden = connection.execute(select(hidden_facts).where(hidden_facts.c.shown_at.is_(None)).order_by("id"))
    return Local(
        (*written.facts, *(fact_of(row) for row in rows)),
        (Hidden(row.unit, row.procedure, None if row.facet == ALL else Facet(row.facet)) for row in hidden),
    )
