"""The client of the one-stop system: one question, ``TraCuuHoSo``, asked patiently but not for long.

Where a citizen waits each try has 3 s, a look-up 6 s in all; elsewhere both have 60 s (``PATIENTLY``). A network error,
a 5xx, a 429 and garbage are tried again after a short random pause; an ``error_code`` of the system is its answer and
is not, but for an expired session, once. After five look-ups failed in a row the system is left alone for five seconds
(a *breaker*), then one look-up tries it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

import aiohttp
from msgspec import Struct

from onestop.code import DossierCode
from onestop.dossier import Dossier
from onestop.status_map import NATIONAL, StatusMap
from onestop.wire import (
    BadPush,
    Garbage,
    Push,
    SessionExpired,
    SystemRefused,
    choose,
    read_push,
    read_reply,
    signature,
    verify,
)

__all__ = ["Answer", "BackendDown", "BadPush", "OneStopClient", "Push", "read_push", "signature", "verify"]

LARGEST_REPLY = 4 * 1024 * 1024


class BackendDown(Exception):
    """The one-stop system did not answer; ``reason`` is for the log and the operator, not for citizens."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Answer(Struct, frozen=True):
    """What the system says of a code, None where it does not know it, and when it said so (aware UTC)."""

    dossier: Dossier | None
    as_of: datetime


class Patience(Struct, frozen=True):
    """How long to wait, in seconds: for one try, for a look-up in all, between tries, for a system left alone."""

    one_try: float = 3.0
    in_all: float = 6.0
    pause: float = 0.2
    failures: int = 5
    leave_alone: float = 5.0


def waiting(one_try: timedelta) -> Patience:
    """As long as a citizen waits: one try, and once more."""
    seconds = one_try.total_seconds()
    return Patience(one_try=seconds, in_all=2 * seconds)


PATIENTLY = Patience(one_try=60.0, in_all=60.0)
"""Where nobody waits for the answer: as long as the national adapter itself waits."""


class Breaker:
    """Counts failures in a row; open, it keeps callers away, then lets one through to try."""

    def __init__(self, patience: Patience, clock: Callable[[], float]) -> None:
        self._patience = patience
        self._clock = clock
        self._failures = 0
        self._closed_again = 0.0

    def admit(self) -> None:
        """Raises BackendDown while the system is left alone."""
        if self._failures < self._patience.failures:
            return
        if self._clock() < self._closed_again:
            raise BackendDown("left alone after repeated failures")
        self._closed_again = self._clock() + self._patience.in_all

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        self._closed_again = self._clock() + self._patience.leave_alone


class OneStopClient:
    """Asks the one-stop system at ``base_url`` (``/api`` is added), as ``unit``, with the session ``token``.

    The HTTP session is the caller's, who closes it; clocks and randomness can be passed in.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        unit: str,
        session: aiohttp.ClientSession,
        *,
        patience: Patience | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = monotonic,
        chance: random.Random | None = None,
        statuses: StatusMap = NATIONAL,
    ) -> None:
        path, _, query = base_url.partition("?")
        self._url = path.rstrip("/") + "/api" + (f"?{query}" if query else "")
        self._token = token
        self._unit = unit
        self._session = session
        self._patience = patience or Patience()
        self._now = now
        self._statuses = statuses
        self._clock = clock
        self._chance = chance or random.Random()
        self._breaker = Breaker(self._patience, clock)

    async def lookup(self, code: DossierCode) -> Answer:
        """What the system says of this dossier now. Raises BackendDown.

        The code is asked for as printed and in the other styles a system may have stored it in, all at once: a code
        that exists takes as many questions, and as long, as one that does not.
        """
        self._breaker.admit()
        try:
            async with asyncio.timeout(self._patience.in_all):
                dossier = await self._in_any(code)
        except TimeoutError:
            self._breaker.failed()
            raise BackendDown(f"no answer within {self._patience.in_all:g} s") from None
        except (SystemRefused, SessionExpired) as error:
            self._breaker.succeeded()
            raise BackendDown(str(error)) from None
        except BackendDown:
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        return Answer(dossier, self._now())

    async def _in_any(self, code: DossierCode) -> Dossier | None:
        """What the first style that is known says; raises what went wrong where none is known and one failed."""
        asked = (self._ask(code, form) for form in code.forms)
        answers = await asyncio.gather(*asked, return_exceptions=True)
        found = next((answer for answer in answers if isinstance(answer, Dossier)), None)
        failed = next((answer for answer in answers if isinstance(answer, BaseException)), None)
        if found is None and failed is not None:
            raise failed
        return found

    async def _ask(self, code: DossierCode, form: str) -> Dossier | None:
        """One form of the code, tried until an answer or until there is no time left."""
        renewed = False
        deadline = self._clock() + self._patience.in_all
        pause = self._patience.pause
        while True:
            try:
                return choose(code, read_reply(await self._post(form)), self._statuses)
            except SessionExpired:
                if renewed:
                    raise
                renewed = True
                continue
            except aiohttp.ClientResponseError as error:
                if error.status < 500 and error.status != 429:
                    raise BackendDown(f"HTTP {error.status}") from None
                reason = f"HTTP {error.status}"
            except TimeoutError:
                reason = f"no answer within {self._patience.one_try:g} s"
            except (aiohttp.ClientError, OSError, Garbage) as error:
                reason = f"{type(error).__name__}: {error}"
            wait = pause * self._chance.uniform(0.5, 1.5)
            if self._clock() + wait >= deadline:
                raise BackendDown(reason)
            await asyncio.sleep(wait)
            pause *= 2

    async def _post(self, form: str) -> bytes:
        question = {"session": self._token, "madonvi": self._unit, "service": "TraCuuHoSo", "mahoso": form}
        timeout = aiohttp.ClientTimeout(total=self._patience.one_try)
        async with self._session.post(self._url, json=question, timeout=timeout, raise_for_status=True) as reply:
            raw = await reply.content.read(LARGEST_REPLY + 1)
            while not reply.content.at_eof() and len(raw) <= LARGEST_REPLY:
                raw += await reply.content.read(LARGEST_REPLY + 1 - len(raw))
        if len(raw) > LARGEST_REPLY:
            raise Garbage("a reply without end")
        return raw
