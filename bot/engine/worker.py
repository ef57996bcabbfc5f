"""Answers what is in the inbox: one task per chat, in the chat's order, each answer one fenced commit.

``respond`` only reads, so it may be run again at will: after a crash, after a Stale commit, after an error. Three
errors on the same message park it with an apology, and its neighbours go on.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.engine.group import GroupCommit
from bot.engine.jobs import Answer, Defer, Failed, InboxRow, Job, Stand, Stands, Work
from bot.engine.ledger import is_idle
from bot.engine.letters import letters
from bot.engine.metrics import Metrics
from bot.engine.pace import Pace
from bot.engine.queues import Queues
from bot.engine.reading import drop, is_open
from bot.engine.recovery import GIVEN_UP, mark_alone
from bot.engine.service import Service
from bot.stale import Stale
from channels.channel import Letter, Limits
from handlers.desk import Conversation, Later, Step
from handlers.effects import Planned
from handlers.messages import Chat, Incoming, Kind, Outgoing
from handlers.states import Idle
from handlers.texts import engine as texts
from storage.tables import micros

log = logging.getLogger(__name__)
Respond = Callable[[Conversation, Incoming], Awaitable[Step | Later]]
TURN = 10.0
"""Seconds that all reads of one turn have."""
MOMENT = 1.0
"""Seconds after which the citizen is shown that an answer takes a moment."""
EVENTS_AT_ONCE = 32
"""Turns of our own initiative at one time: at half past seven there are thousands, and citizens write as well."""
SLOW_EVENT = timedelta(minutes=1)
"""When an event whose reads took too long is tried again: nobody waits for it, and it must not be lost."""
PAUSES = (0.2, 1.0)
"""Seconds before the second and third try; after the third the message is parked with an apology."""
MOST_WAITING = 10_000
"""Rows that wait in memory; beyond that the table is read when there is room again."""
REMEMBERED = 20_000
"""Conversations kept in memory. A stale one is harmless: its commit is fenced, and it is read again."""
SAME_MOMENT = timedelta(seconds=2)
"""Channels date messages by the second: only what is clearly older than an erasure is a repetition."""
BURST_WINDOW = timedelta(seconds=10)


class Worker:
    """``hand`` gives it rows that are on disk; ``post`` receives the letters of committed answers."""

    def __init__(
        self,
        respond: Respond,
        writer: GroupCommit[Job],
        stands: Stands,
        limits: Callable[[str], Limits],
        post: Callable[[Iterable[Letter]], None],
        clock: Clock,
        metrics: Metrics,
        phone: Callable[[str | None], str | None] = lambda unit: None,
        nudge: Callable[[], None] = lambda: None,
        typing: Callable[[Chat], None] = lambda chat: None,
        turn: float = TURN,
        service: Service | None = None,
    ) -> None:
        """``turn``: seconds that all reads of one turn have; ``service`` counts what was given up."""
        self._service = service
        self._turn_seconds = turn
        self._places = asyncio.Semaphore(EVENTS_AT_ONCE)
        self._pace = Pace()
        self._respond = respond
        self._writer = writer
        self._stands = stands
        self._limits = limits
        self._post = post
        self._clock = clock
        self._metrics = metrics
        self._phone = phone
        self._nudge = nudge
        self._typing = typing
        self._queues: Queues[InboxRow] = Queues(self._handle)
        self._remembered: OrderedDict[str, Stand] = OrderedDict()
        self._wanted: dict[str, asyncio.Future[Stand]] = {}
        self._deferred: dict[str, list[InboxRow]] = {}
        self._recent: dict[str, deque[datetime]] = {}
        self.done: set[int] = set()
        """Rows seen to since somebody emptied this: whoever reads the table meanwhile reads them as open."""
        self.erased = False
        """True when a chat was erased and the log file may still hold it."""
        self.behind = True
        """True while the table may hold open rows that are not in memory: then new rows wait there too."""

    def hand(self, rows: Iterable[InboxRow]) -> None:
        """Queue rows in the order given; a chat without a task gets one."""
        for row in rows:
            if row.incoming.kind is not Kind.EVENT and self.waiting >= MOST_WAITING:
                self.behind = True
                return
            self._queue(row)

    def _queue(self, row: InboxRow) -> None:
        chat = str(row.incoming.chat)
        if all(other.seq != row.seq for other in self._queues.of(chat)):
            self._queues.put(chat, row)

    @property
    def waiting(self) -> int:
        """Rows in memory that are not yet answered."""
        return self._queues.waiting

    def knows(self, row: InboxRow) -> bool:
        """Whether the row waits in memory or is being answered."""
        chat = str(row.incoming.chat)
        waiting = (*self._queues.of(chat), *self._deferred.get(chat, ()))
        return any(other.seq == row.seq for other in waiting)

    def defer(self, rows: Iterable[InboxRow]) -> None:
        """Events found waiting for their chat to be idle."""
        for row in rows:
            self._deferred.setdefault(str(row.incoming.chat), []).append(row)

    def forget_deferred(self, row: InboxRow) -> None:
        """The row's own time has come: it no longer waits for an idle chat."""
        chat = str(row.incoming.chat)
        left = [other for other in self._deferred.get(chat, ()) if other.seq != row.seq]
        if left:
            self._deferred[chat] = left
        else:
            self._deferred.pop(chat, None)

    @property
    def idle(self) -> bool:
        """Nothing is waiting and nothing is being answered."""
        return self._queues.idle

    async def finished(self) -> None:
        """Until every chat's task has ended."""
        await self._queues.finished()

    async def stop(self) -> None:
        """Finish the turns in hand for a moment; what is left stays open in the table."""
        await self._queues.stop(2)

    async def _handle(self, chat: str, row: InboxRow) -> None:
        try:
            await self._answer(chat, row)
            self.done.add(row.seq)
        except Exception:
            # the row stays open in the table; a later start, or the next look at the table, finds it
            log.exception("inbox %d could not be answered", row.seq)
            self.behind = True

    async def _answer(self, chat: str, row: InboxRow) -> None:
        while True:
            stand = await self._stand(chat)
            if stand.erased_at is not None and row.incoming.at < stand.erased_at - SAME_MOMENT:
                await self._writer.submit(Work(lambda connection: drop(connection, row), "drop"))
                self._metrics.answered("rejected")
                return
            await self._pace.turn()
            result, outcome = await self._decide(chat, row, stand)
            if isinstance(result, Later):
                await self._writer.submit(Defer(row, result.at))
                self.defer([row])
                return
            try:
                if await self._commit(chat, row, stand, result, outcome):
                    return
            except Exception:
                # neither the Step nor an apology for it could be written: the storage itself is failing
                log.exception("inbox %d could not be committed", row.seq)
                await asyncio.sleep(PAUSES[-1])
                raise

    async def _commit(self, chat: str, row: InboxRow, stand: Stand, step: Step, outcome: str) -> bool:
        """Write a decided Step; False where the chat went on meanwhile and it must be decided anew."""
        try:
            turn = self._turn(row, stand, step, outcome)
            after: Stand = await self._writer.submit(turn)
        except Stale:
            self._remembered.pop(chat, None)
            return not await self._still_open(row)
        except Exception:
            if outcome == "dead":
                raise
            log.exception("the answer to inbox %d cannot be written", row.seq)
            self._remembered.pop(chat, None)
            fresh = await self._stand(chat)
            return await self._commit(chat, row, fresh, self._apology(row, fresh.conversation), "dead")
        self._remember(chat, after, turn)
        return True

    def _turn(self, row: InboxRow, stand: Stand, step: Step, outcome: str) -> Answer:
        at = self._clock.now()
        message = row.incoming
        # numbers follow the clock, so that they go on growing even after the chat's rows were erased
        newest = max(stand.seq, micros(at) - 1)
        since = None if message.kind is Kind.EVENT or outcome == "dead" else row.seq
        made = letters(message.chat, message.id, step.say, self._limits(message.chat.channel), newest, at, since)
        return Answer(row, stand, step, made, at, outcome)

    def strangers(self, chats: Iterable[str]) -> tuple[str, ...]:
        """Those whose stand is not in memory."""
        return tuple(chat for chat in dict.fromkeys(chats) if chat not in self._remembered)

    def learn(self, stands: Mapping[str, Stand]) -> None:
        """How strangers stood when their messages were stored; what was committed since is known better."""
        for chat, stand in stands.items():
            if chat not in self._remembered:
                self._keep(chat, stand)

    def _keep(self, chat: str, stand: Stand) -> None:
        self._remembered[chat] = stand
        self._remembered.move_to_end(chat)
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)

    def _remember(self, chat: str, after: Stand, turn: Answer) -> None:
        if after.conversation.version == 0:
            self._remembered.pop(chat, None)
            self.erased = True
        else:
            self._keep(chat, after)
        self._metrics.answered(turn.outcome)
        if turn.outcome == "dead" and self._service is not None and turn.row.incoming.kind is not Kind.EVENT:
            self._service.given_up(turn.row.seq)
        self._post(turn.letters)
        if any(isinstance(effect, Planned) and effect.at <= turn.at for effect in turn.step.effects):
            self._nudge()
        if is_idle(after) and chat in self._deferred:
            self.hand(self._deferred.pop(chat))

    async def _decide(self, chat: str, row: InboxRow, stand: Stand) -> tuple[Step | Later, str]:
        message, before = row.incoming, stand.conversation
        if message.kind is not Kind.EVENT and self._too_fast(chat, message):
            return Step(before.state, (Outgoing(texts.too_fast()),)), "answered"
        if row.attempts >= GIVEN_UP:
            return self._apology(row, before), "dead"
        for pause in (*PAUSES, None):
            try:
                return await self._patiently(before, message), "answered"
            except TimeoutError:
                log.warning("inbox %d took longer than %g s", row.seq, self._turn_seconds)
                if message.kind is Kind.EVENT:
                    return Later(self._clock.now() + SLOW_EVENT), "answered"
                return Step(before.state, (Outgoing(texts.slow(self._phone(before.unit))),)), "answered"
            except Exception:
                log.exception("inbox %d failed", row.seq)
                await self._writer.submit(Failed(row))
                if pause is not None:
                    await asyncio.sleep(pause)
        return self._apology(row, before), "dead"

    async def _patiently(self, before: Conversation, message: Incoming) -> Step | Later:
        """``respond``, and a sign to the citizen where it takes more than a moment. Raises TimeoutError."""
        if message.kind is Kind.EVENT:
            async with self._places, asyncio.timeout(self._turn_seconds):
                return await self._respond(before, message)
        sign = asyncio.get_running_loop().call_later(MOMENT, self._typing, message.chat)
        try:
            async with asyncio.timeout(self._turn_seconds):
                return await self._respond(before, message)
        finally:
            sign.cancel()

    def _apology(self, row: InboxRow, before: Conversation) -> Step:
        if row.incoming.kind is Kind.EVENT:
            return Step(before.state)
        return Step(Idle(), (Outgoing(texts.broken(self._phone(before.unit))),))

    async def alone(self, row: InboxRow) -> None:
        """Answer one message by itself, with a mark on disk while it is tried: it may have ended the program before."""
        if row.attempts < GIVEN_UP:
            await self._writer.submit(Work(lambda connection: mark_alone(connection, row), "mark"))
        self._queue(row)
        await self.finished()

    def _too_fast(self, chat: str, message: Incoming) -> bool:
        burst, at = self._limits(message.chat.channel).burst, message.at
        if burst is None:
            return False
        recent = self._recent.get(chat)
        if recent is None:
            if len(self._recent) > REMEMBERED:
                self._recent.clear()
            recent = self._recent[chat] = deque()
        while recent and at - recent[0] > BURST_WINDOW:
            recent.popleft()
        recent.append(at)
        return len(recent) > burst

    async def _stand(self, chat: str) -> Stand:
        found = self._remembered.get(chat)
        if found is not None:
            return found
        wanted = self._wanted.get(chat)
        if wanted is None:
            wanted = self._wanted[chat] = asyncio.get_running_loop().create_future()
            if len(self._wanted) == 1:
                self._queues.aside(self._read_wanted())
        return await wanted

    async def _read_wanted(self) -> None:
        await asyncio.sleep(0)  # let every chat of the same group ask first: one SELECT serves them all
        wanted, self._wanted = self._wanted, {}
        try:
            # through the writer: it costs no connection and no transaction of its own, and nothing committed is missed
            chats = list(wanted)
            found = await self._writer.submit(Work(lambda connection: self._stands.of(connection, chats), "stands"))
        except Exception as error:
            for future in wanted.values():
                if not future.done():
                    future.set_exception(error)
            return
        for chat, future in wanted.items():
            if not future.done():
                future.set_result(found[chat])

    async def _still_open(self, row: InboxRow) -> bool:
        # asked through the writer, so that every answer committed before is seen
        return bool(await self._writer.submit(Work(lambda connection: is_open(connection, row), "still open")))
