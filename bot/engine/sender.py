"""Delivers what is in the outbox: per chat in order, one send in flight per chat, never while a transaction is open."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import timedelta

from msgspec.structs import replace

from bot.clock import Clock
from bot.engine.group import GroupCommit
from bot.engine.jobs import Job, Retry, Sent
from bot.engine.letters import units
from bot.engine.metrics import Metrics
from bot.engine.queues import Queues
from bot.engine.service import Service
from channels.channel import Channel, FileRefused, Letter, Limits, Refused, TryLater, Untold
from handlers.texts import common

log = logging.getLogger(__name__)
EXPIRES = timedelta(hours=24)
"""An answer older than this is no answer any more."""
LONGEST_PAUSE = 60.0
AT_ONCE = 128
"""Sends in flight over all chats of one channel."""


class Sender:
    """``post`` gives it committed letters."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        writer: GroupCommit[Job],
        clock: Clock,
        metrics: Metrics,
        service: Service | None = None,
    ) -> None:
        """``service`` counts how soon citizens have their answers."""
        self._service = service
        self._channels = channels
        self._writer = writer
        self._clock = clock
        self._metrics = metrics
        self._queues: Queues[Letter] = Queues(self._handle)
        self._lanes = {name: _Lane() for name in channels}

    def post(self, letters: Iterable[Letter]) -> None:
        """Queue letters, in order; those of pulled channels are only announced."""
        for letter in letters:
            channel = self._channels.get(letter.chat.channel)
            if channel is None:
                continue  # a channel that is switched off: the row stays open until it is back or expires
            if channel.pulled:
                channel.arrived(letter)
                self._metrics.letter("sent")
                if letter.since is not None and self._service is not None:
                    self._service.handed_over(letter.since, self._clock.now())
                continue
            self._queues.put(str(letter.chat), letter)

    @property
    def waiting(self) -> int:
        """Letters in memory that are not yet done with."""
        return self._queues.waiting

    @property
    def idle(self) -> bool:
        """Nothing waits to be sent."""
        return self._queues.idle

    async def finished(self) -> None:
        """Until every chat's task has ended."""
        await self._queues.finished()

    async def stop(self) -> None:
        """Give sends in flight a moment; what is left stays open in the table."""
        await self._queues.stop(1)

    async def _handle(self, _chat: str, letter: Letter) -> None:
        try:
            state, blocked = await self._deliver(letter)
        except Untold:
            self._metrics.letter("refused")
            self._metrics.accepted(1)  # the event comes in once more
            self._writer.submit_lazily(Sent(letter, "refused", self._clock.now(), untold=True))
            return
        self._metrics.letter(state)
        now = self._clock.now()
        if letter.since is not None and self._service is not None and not blocked:
            self._service.handed_over(letter.since, now) if state == "sent" else self._service.given_up(letter.since)
        self._writer.submit_lazily(Sent(letter, state, now, blocked))

    async def _deliver(self, letter: Letter) -> tuple[str, bool]:
        channel, lane = self._channels[letter.chat.channel], self._lanes[letter.chat.channel]
        tries = 0
        while True:
            if self._clock.now() - letter.made_at > EXPIRES:
                return "expired", False
            await lane.free()
            try:
                async with lane.places:
                    await channel.send(letter)
                return "sent", False
            except TryLater as later:
                if later.ambiguous and not letter.purpose.repeated:
                    return "expired", False  # it may have arrived; what we start ourselves is never sent twice
                pause = later.after
                if later.limited:
                    lane.slow_down(pause)
            except Untold:
                log.info("outbox %d waits until its citizen writes", letter.seq)
                raise
            except FileRefused as refused:
                log.warning("outbox %d goes without its file: %s", letter.seq, refused)
                letter = _without_file(letter, channel.limits, said=refused.said)
                continue
            except Refused as refused:
                log.warning("outbox %d refused: %s", letter.seq, refused)
                return "refused", refused.blocked
            except Exception:
                log.exception("outbox %d could not be sent", letter.seq)
                if tries >= 8:
                    return "dead", False
                pause = min(LONGEST_PAUSE, 0.5 * 2**tries)
            tries += 1
            self._metrics.letter("retried")
            if pause > 1:
                self._writer.submit_lazily(Retry(letter, self._clock.now() + timedelta(seconds=pause)))
            await asyncio.sleep(pause)


def _without_file(letter: Letter, limits: Limits, *, said: bool) -> Letter:
    """Its text, which must not be lost with the file, and that there was one."""
    noted = common.no_file() if said else f"{letter.text}\n{common.no_file()}".lstrip()
    return replace(letter, attachment=None, text=noted if units(noted) <= limits.text else letter.text)


class _Lane:
    """One channel: so many sends at once, and a common pause when several chats are told to slow down."""

    def __init__(self) -> None:
        self.places = asyncio.Semaphore(AT_ONCE)
        self._slowed: deque[float] = deque(maxlen=3)
        self._until = 0.0

    def slow_down(self, seconds: float) -> None:
        now = asyncio.get_running_loop().time()
        self._slowed.append(now)
        if len(self._slowed) == 3 and now - self._slowed[0] < 1:
            self._until = max(self._until, now + seconds)

    async def free(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._until > now:
            await asyncio.sleep(self._until - now)
