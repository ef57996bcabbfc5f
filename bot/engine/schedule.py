"""What must happen without being asked: due events, rows that waited in the table, and keeping house."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.clock import Clock
from bot.engine.alarm import Alarm, Guesses, guesses
from bot.engine.group import GroupCommit
from bot.engine.jobs import InboxRow, Job, Work
from bot.engine.low_scores import plan_low_scores
from bot.engine.mondays import plan_digests, readers, week_told_at
from bot.engine.mornings import morning_of, next_morning, plan_morning, told
from bot.engine.reading import Reading
from bot.engine.worker import MOST_WAITING, Worker
from bot.proofs import slips
from bot.tables import misses, people, withheld
from onestop import phones
from storage.engine import Database
from storage.tables import inbox, outbox

log = logging.getLogger(__name__)
TICK = 0.5
ENOUGH = 256
"""Rows that wait in memory while the table is not asked for more events."""
HOUSEKEEPING = timedelta(hours=1)
KEPT = timedelta(days=30)
"""How long web letters stay readable."""
REMEMBERED_IDS = timedelta(days=7)
"""How long the ids of answered messages are kept against repetition (channels repeat for at most two days)."""
VANISHING = timedelta(seconds=20)
"""How long the last word to an erased chat stays readable (on the web it is fetched, not sent)."""


class Schedule:
    """``look`` is one look at the table; ``run`` looks again and again."""

    def __init__(
        self,
        reading: Reading,
        worker: Worker,
        writer: GroupCommit[Job],
        database: Database,
        clock: Clock,
        counted: Callable[[Guesses], None] = lambda found: None,
    ) -> None:
        """``counted`` is told how many wrong proofs there were, each minute."""
        self._reading = reading
        self._worker = worker
        self._writer = writer
        self._database = database
        self._clock = clock
        self._counted = counted
        self._alarm = Alarm()
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._morning: datetime | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name="schedule")

    async def stop(self) -> None:
        """End looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def nudge(self) -> None:
        """Something may be due now: look at once."""
        self._nudged.set()

    async def _run(self) -> None:
        next_house = next_vanishing = self._clock.now()
        while True:
            try:
                await self.look()
                if self._clock.now() >= next_vanishing:
                    await self.vanish()
                    next_vanishing = self._clock.now() + VANISHING
                if self._clock.now() >= next_house:
                    await self.keep_house()
                    next_house = self._clock.now() + HOUSEKEEPING
            except Exception:
                log.exception("looking at the table failed")
            self._nudged.clear()
            try:
                async with asyncio.timeout(TICK):
                    await self._nudged.wait()
            except TimeoutError:
                pass

    async def look(self) -> int:
        """Hand over what is due; how many rows that were."""
        now = self._clock.now()
        await self._mornings(now)
        await self._guesses(now)
        self._worker.done.clear()
        if self._worker.behind:
            if self._worker.waiting > MOST_WAITING // 2:
                return 0
            self._worker.behind = False
            rows = await self._reading.open_rows(now, MOST_WAITING)
            if len(rows) == MOST_WAITING:
                self._worker.behind = True
        elif self._worker.waiting > ENOUGH:
            return 0  # what is due would be read again, and again each time, only to be found waiting already
        else:
            rows = await self._reading.due_events(now, MOST_WAITING)
        return self._hand([row for row in rows if not self._busy(row)])

    async def _mornings(self, now: datetime) -> None:
        """Once a working day, and after a start: tell the officials what their unit has to see to; before that, on
        the week's first working day, how the last week was."""
        if self._morning is not None and now < self._morning:
            return
        week = week_told_at(now)
        if week is not None and len(await self._database.read(readers)) > 0:
            await self._writer.submit(Work(lambda connection: plan_digests(connection, week, now), "digests"))
        day = morning_of(now)
        if day is not None and len(await self._database.read(told)) > 0:
            await self._writer.submit(Work(lambda connection: plan_morning(connection, day, now), "morning"))
            await self._writer.submit(Work(lambda connection: plan_low_scores(connection, now), "low scores"))
        self._morning = next_morning(now)

    async def _guesses(self, now: datetime) -> None:
        """Each minute: whether somebody guesses proofs."""
        if self._alarm.due(now):
            found = await self._database.read(lambda connection: guesses(connection, now))
            self._counted(found)
            self._alarm.heard(found, now)

    async def next_due(self) -> datetime | None:
        """When something is due next: an event, or a morning where there is somebody to tell."""
        event = await self._reading.next_event()
        if len(await self._database.read(readers)) == 0:
            return event
        morning = next_morning(self._clock.now())
        return morning if event is None else min(event, morning)

    def _busy(self, row: InboxRow) -> bool:
        if row.seq in self._worker.done:
            return True
        if row.deferred:
            self._worker.forget_deferred(row)  # its own time has come
        return self._worker.knows(row)

    def _hand(self, rows: list[InboxRow]) -> int:
        self._worker.hand(rows)
        return len(rows)

    async def vanish(self, after: timedelta = VANISHING) -> None:
        """Remove the last words to erased chats, and what the log file still holds of them."""
        before = self._clock.now() - after
        gone = (outbox.c.vanishes, outbox.c.state != "open", outbox.c.sent_at <= before)
        removed = await self._writer.submit(
            Work(lambda connection: connection.execute(outbox.delete().where(*gone)).rowcount, "vanish")
        )
        if removed or self._worker.erased:
            self._worker.erased = False
            await self._database.truncate_log()

    async def vanish_now(self) -> None:
        """The same at the end of the program, whoever has not read yet."""
        await self.vanish(timedelta(0))

    async def keep_house(self) -> None:
        """Forget what need not be kept."""
        now = self._clock.now()

        def work(connection: Connection) -> int:
            gone = 0
            old_web = (outbox.c.state != "open", outbox.c.made_at < now - KEPT)
            for query in (
                outbox.delete().where(*old_web),
                inbox.delete().where(inbox.c.state != "open", inbox.c.answered_at < now - REMEMBERED_IDS),
                inbox.delete().where(inbox.c.state == "rejected", inbox.c.at < now - REMEMBERED_IDS),
            ):
                gone += connection.execute(query).rowcount
            gone += misses.forget(connection, now) + phones.forget(connection, now) + slips.forget(connection, now)
            gone += withheld.forget(connection, now)
            return gone + people.forget(connection, now)

        if await self._writer.submit(Work(work, "housekeeping")):
            await self._database.truncate_log()
