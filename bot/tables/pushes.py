"""What the backend pushed or a register lists: recorded, and what its followers are told is planned, in one
transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random

from msgspec import Struct
from sqlalchemy import Connection

from bot.engine.planning import plan_all
from bot.tables.followers import Followers
from handlers.desk import Rules
from handlers.dossiers import collecting, linking
from handlers.dossiers.status import MATTERS
from handlers.effects import Planned
from handlers.naming import national
from handlers.rated.inviting import invite_at, invite_event
from offices.unit import Offices
from onestop import store
from onestop.client import Push
from onestop.dossier import Status
from onestop.register.listed import Entered, enter_lines
from onestop.register.reading import Line
from procedures.catalog import Catalog
from procedures.procedure import Tone
from storage.tables import micros


class Pushes(Struct, frozen=True):
    """Stores pushes; ``record`` runs inside the writer's transaction."""

    offices: Offices
    catalog: Catalog
    rules: Rules
    phone_key: bytes
    random: Random
    now: Callable[[], datetime]

    def record(self, connection: Connection, push: Push) -> int:
        """Record the rows and plan the events of their followers; how many events that were."""
        now = self.now()
        recorded = store.record(
            connection, push.rows, now, unit_of=self._unit, phone_key=self.phone_key, demo=self.rules.demo
        )
        return self._plan(connection, recorded, now)

    def enter(self, connection: Connection, lines: Sequence[Line], as_of: datetime) -> Entered:
        """The same for rows of a register that was true at ``as_of``."""
        entered = enter_lines(
            connection, lines, as_of, unit_of=self._unit, phone_key=self.phone_key, demo=self.rules.demo
        )
        self._plan(connection, entered.recorded, self.now())
        return entered

    def _plan(self, connection: Connection, recorded: store.Recorded, now: datetime) -> int:
        told = [(change, event) for change in recorded.changes if (event := _event(change)) is not None]
        codes = {change.code for change, _ in told} | {completion.code for completion in recorded.completions}
        if not codes:
            return 0
        followers = Followers(connection, codes, now)
        planned: list[tuple[str, str, datetime]] = []
        for change, event in told:
            to_fetch = self._to_fetch(change, now)
            for chat in followers.of(change.code, change.at if change.before is None else None):
                planned.append((chat, event, now))
                planned += ((chat, each.event, each.at) for each in to_fetch)
        for completion in recorded.completions:
            due = invite_at(completion.at, now, self.rules, self.random, self._grief(completion.procedure))
            event = invite_event(completion.code, completion.n)
            planned += ((chat, event, due) for chat in followers.of(completion.code))
        plan_all(connection, planned, now)
        return len(planned)

    def _to_fetch(self, change: store.Change, now: datetime) -> tuple[Planned, ...]:
        """The reminders to fetch what is finished now."""
        if change.after is not Status.FINISHED or change.part is not None:
            return ()
        return collecting.reminders(change.code, change.finished_at or change.at, now, self.rules)

    def _unit(self, told: str | None) -> str:
        return self.offices.resolve(told, self.rules.unit).code

    def _grief(self, procedure: str | None) -> bool:
        found = None if procedure is None else national(procedure, self.catalog)
        return found is not None and found.tone is Tone.GRIEF


def _event(change: store.Change) -> str | None:
    """The id of the event that tells it; None where it is nothing to a citizen."""
    if change.part is None:
        if change.after not in MATTERS and not change.new_due:
            return None
        return f"status:{change.code}:{micros(change.at)}"
    if not linking.matters(change.before, change.after):
        return None
    return linking.PartNews(change.code, change.part, change.after, micros(change.at)).event
