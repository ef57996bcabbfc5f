"""A Zalo Official Account: events by webhook, letters by ``message/cs``.

An event is acknowledged only after ``accept`` has returned, so none is lost however the program ends; one delivered
twice is dropped by its id, however late. What is not rightly signed is answered 200 and goes nowhere: Zalo's own
probe, when the webhook's address is saved, bears no signature. When an official types in OA Manager the machine is
quiet in that chat for a while.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any, TypeVar

from aiohttp import web

from channels.body import loads, read_body
from channels.channel import Accept, FileRefused, Letter, Limits, Refused, StorageFailing, Untold
from channels.outage import LOOK, doubled
from channels.receiving import START, Receiving
from channels.zalo_account import Account, Contacts
from channels.zalo_echoes import Echoes
from channels.zalo_errors import Host, Policy
from channels.zalo_events import Outcome, Reader, Received, is_signed, stamp
from channels.zalo_http import Lost, NotSent, Roots, ZaloError, ZaloHttp
from channels.zalo_letters import message, to, upload
from channels.zalo_outreach import Outreach
from channels.zalo_probe import Probe, Trial
from channels.zalo_ratings import ids, read_ratings
from channels.zalo_template import TemplateSender, hash_phone
from channels.zalo_token import NoToken, Tokens
from channels.zalo_verdict import Verdicts
from handlers.messages import Chat, Incoming, Purpose

log = logging.getLogger(__name__)
SIGNATURE = "X-ZEvent-Signature"
MOST_BYTES = 256 * 1024
ANSWERS_WITHIN = 1.5
"""Seconds in which an event must be stored; Zalo waits two for its 200, and tries again after a 503."""
"""Seconds the start waits for Zalo; after that it goes on trying beside the rest of the program."""
REMEMBERED = 20_000
THUMB = "/-strong"
CS = "/v3.0/oa/message/cs"
OF_THE_FILE = frozenset({Policy.PAYLOAD, Policy.PERMANENT, Policy.AGAIN})
"""What refuses a file alone; other refusals would meet its text as well."""
T = TypeVar("T")


class ZaloOA:
    """The channel. ``counts`` tells what became of events and calls: message, echo, forged, refused_-210, …"""

    name = "zalo_oa"
    limits = Limits(text=2000, label=100, choices=5, says=64, listed=True)
    pulled = False

    def __init__(
        self,
        account: Account,
        tokens: Tokens,
        contacts: Contacts,
        accept: Accept,
        *,
        outreach: Outreach,
        now: Callable[[], datetime],
        http: ZaloHttp | None = None,
        jitter: Callable[[], float] = lambda: 1.0,
        first_pause: float = 1.0,
        look: float = LOOK,
    ) -> None:
        self.account = account
        self.counts: Counter[str] = Counter()
        self._tokens = tokens
        self._contacts = contacts
        self._outreach = outreach
        self._accept = accept
        self._now = now
        self._http = http or ZaloHttp(Roots())
        self._reader = Reader(account.oa_id, now)
        self._echoes = Echoes(now)
        self._verdicts = Verdicts(now, jitter, first_pause)
        self.templates = TemplateSender(self._http, outreach, self._with_token)
        self.probe = Probe()
        self.trial = Trial(self._http, self._with_token, account.buttons)
        self._first_pause = first_pause
        self._look_every = look
        self._receiving = Receiving("zalo_oa", log, lambda: "the account answers")
        self._reconciles_from: datetime | None = None
        self._newest: OrderedDict[str, str] = OrderedDict()
        """What each citizen wrote last, by Zalo's id."""
        self._halves: set[tuple[str, int]] = set()
        """Letters of two calls whose first is done."""

    def routes(self) -> Iterable[web.RouteDef]:
        """``POST /zalo/oa``; the console's form may also look whether the address answers a GET."""
        return [web.post("/zalo/oa", self._hooked), web.get("/zalo/oa", _here)]

    def ready(self) -> str | None:
        """None when the account answers and its token is good, else what is wrong."""
        return self._receiving.trouble or self._tokens.trouble() or self._verdicts.trouble

    @property
    def asks_phone(self) -> bool:
        """Whether citizens are asked for a phone number here."""
        return self.account.form is not None

    def arrived(self, letter: Letter) -> None:
        """Nothing: letters are sent, not pulled."""

    # --- start and stop -------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to look after the account; events come in as soon as the web server listens."""
        await self._contacts.load()
        await self._outreach.load()
        try:
            async with asyncio.timeout(START):
                await self._look()
        except TimeoutError:
            self._receiving.report("Zalo does not answer")
        self._receiving.begin(self._watch())

    async def stop(self) -> None:
        """Stop to look after it; letters may still be sent until ``close``."""
        await self._receiving.end()

    async def close(self) -> None:
        """End the connections, after the last letter."""
        await self._tokens.close()
        await self._http.close()

    async def _watch(self) -> None:
        failures = 0
        while True:
            try:
                await self._look()
            except Exception:
                log.exception("zalo_oa: looking after the account failed")
                self._receiving.report("looking after the account failed; see the log")
            await self._reconcile()
            failures = failures + 1 if self._receiving.trouble or self._tokens.trouble() else 0
            pause = doubled(self._first_pause, failures)
            await asyncio.sleep(pause if failures else self._look_every)

    async def _look(self) -> None:
        """Renew the token where it is old, and see whether the account answers."""
        try:
            await self._tokens.keep_fresh()
            await self.told_of_itself()
        except NoToken as error:
            self._receiving.report(str(error))
        except (NotSent, Lost) as error:
            self._receiving.report(f"Zalo cannot be reached: {error}")
        except ZaloError as error:
            self._receiving.report(f"Zalo refuses: {error.code} {error.told}")
        else:
            self._receiving.report(None)

    async def _reconcile(self) -> None:
        """Once a night: the answers of the rating template that the webhook has missed."""
        template, now = self._outreach.terms.templates.get("invite"), self._now()
        if template is None or self._receiving.trouble or now < (self._reconciles_from or now):
            return
        self._reconciles_from = now + timedelta(hours=1)
        try:
            rows = await self._with_token(lambda token: read_ratings(self._http, token, template, now))
            found = [await self._outreach.answered(row, now) for row in rows]
            await self._accept([incoming for incoming in found if incoming is not None])
        except (NotSent, Lost, NoToken, ZaloError, StorageFailing) as error:
            log.warning("zalo_oa: ratings were not reconciled: %s", error)
        else:
            self._reconciles_from = datetime.combine(now + timedelta(days=1), time.min, now.tzinfo)

    async def renew(self) -> str | None:
        """Ask for a new pair now, however young the old one is; what is wrong where there is none, else None."""
        try:
            await self._tokens.renewed(await self._tokens.current())
        except NoToken as error:
            return str(error)
        return None

    async def told_of_itself(self) -> Mapping[str, Any]:
        """What Zalo tells of the account: name, package_name … Raises NotSent, Lost, NoToken, ZaloError."""
        found = await self._with_token(lambda token: self._http.get(Host.OA, "/v2.0/oa/getoa", {}, token))
        data = found.get("data")
        return data if isinstance(data, dict) else {}

    async def waits(self, chat: Chat, event: str) -> datetime | None:
        """When an event of ours may be looked at again; None where the citizen may be told now."""
        return await self._outreach.waits(chat, event)

    # --- receiving ------------------------------------------------------------------------------------------------

    async def _hooked(self, request: web.Request) -> web.Response:
        body = await read_body(request, MOST_BYTES)
        if body is None:
            self.counts["oversized"] += 1
            return web.Response(status=413)
        event = loads(body) if body else None
        given = request.headers.getall(SIGNATURE, [])
        if not isinstance(event, dict) or len(given) != 1 or not self._is_ours(given[0], body, event):
            self.counts["forged" if given else "unsigned"] += 1
            return web.Response()
        try:
            await self._take(event)
        except (StorageFailing, TimeoutError):
            self.counts["not_stored"] += 1
            return web.Response(status=503)
        return web.Response()

    def _is_ours(self, header: str, body: bytes, event: Mapping[str, Any]) -> bool:
        for name, first in self.account.first_terms.items():
            if is_signed(header, first, body, stamp(event), self.account.secret):
                if not self.counts[f"signed_with_{name}"]:
                    log.info("zalo_oa: webhooks are signed with %s first", name)
                self.counts[f"signed_with_{name}"] += 1
                return True
        return False

    async def _take(self, event: Mapping[str, Any]) -> None:
        """Raises StorageFailing, TimeoutError."""
        received = self._reader.read(event)
        if received.incoming is not None:
            self.probe.meet(received.incoming.chat.id, received.incoming.text)
            self._newest[received.incoming.chat.id] = received.message
            if len(self._newest) > REMEMBERED:
                self._newest.popitem(last=False)
            await self._message(received.incoming, received)
        elif received.outcome is Outcome.FEEDBACK:
            await self._feedback(event, received)
        elif received.outcome is Outcome.ECHO:
            self._echo(received)
        elif received.outcome is Outcome.HEARD and received.chat is not None and received.at is not None:
            self._contacts.heard(received.chat, received.at)
        elif received.outcome is Outcome.UNREADABLE:
            log.warning("zalo_oa: an event holds nothing that can be answered")
        self.counts[received.outcome.value] += 1

    async def _feedback(self, event: Mapping[str, Any], received: Received) -> None:
        told = event.get("message")
        assert received.at is not None
        incoming = await self._outreach.answered(told, received.at) if isinstance(told, dict) else None
        if incoming is None:
            self.counts["feedback_of_try" if ids(told) & self.templates.tried else "feedback_of_others"] += 1
            return
        if self.account.rating_opens:
            self._contacts.heard(incoming.chat, received.at)
        await self._store(incoming)

    async def _message(self, incoming: Incoming, received: Received) -> None:
        self._contacts.heard(incoming.chat, incoming.at)
        quiet = self._contacts.quiet_until(incoming.chat)
        # Who taps a button of ours speaks to the machine, whoever else is there.
        if quiet is not None and self._now() < quiet and not received.tapped:
            self.counts["left_to_official"] += 1
            return
        if received.phone and self.asks_phone:
            self._contacts.gave_phone(incoming.chat, hash_phone(received.phone))
        await self._store(incoming)

    async def _store(self, incoming: Incoming) -> None:
        # What is stored late is stored all the same: Zalo's repetition finds it there.
        storing = asyncio.ensure_future(self._accept([incoming]))
        storing.add_done_callback(_looked_at)
        await asyncio.wait_for(asyncio.shield(storing), ANSWERS_WITHIN)

    def _echo(self, received: Received) -> None:
        assert received.chat is not None
        assert received.at is not None
        if self._echoes.is_official(received):
            self.counts["official"] += 1
            self._contacts.taken_over(received.chat, received.at + self.account.quiet)

    # --- sending --------------------------------------------------------------------------------------------------

    async def send(self, letter: Letter) -> None:
        """Deliver one letter. Raises TryLater, Refused, FileRefused, Untold."""
        self._verdicts.check(letter)
        key, file = (letter.chat.id, letter.seq), False
        try:
            with self._echoes.sending(letter.chat):
                if await self._outreach.by_template(letter):
                    await self.templates.send(letter)
                    return
                if letter.attachment is not None and key not in self._halves:
                    file = True
                    await self._file(letter)
                    self._halves.add(key)
                    file = False
                if letter.text and not (letter.asks_phone and key in self._halves):
                    await self._text(letter)
                if letter.asks_phone and self.account.form is not None:
                    self._halves.add(key)
                    await self._say(letter, self.account.form.message())
        except (NotSent, Lost, NoToken, ZaloError) as error:
            if isinstance(error, ZaloError):
                self.counts[f"refused_{error.code}"] += 1
            outcome = self._verdicts.of(error, letter)
            if isinstance(error, ZaloError) and isinstance(outcome, Refused):
                raise await self._spared(letter, error.policy, outcome, file=file) from None
            raise outcome from None
        self._halves.discard(key)
        self._verdicts.well(letter)

    async def _spared(self, letter: Letter, policy: Policy, refused: Refused, *, file: bool) -> Exception:
        """What is lost less than the whole letter: its file alone, or, of our own events, nothing but time."""
        if file and policy in OF_THE_FILE:
            self.counts["without_file"] += 1
            return FileRefused(str(refused), said=False)
        if policy is Policy.WINDOW and letter.purpose is not Purpose.ANSWER:
            await self._outreach.shut(letter.chat)
            return Untold()
        return refused

    async def typing(self, chat: str) -> None:
        """A thumb up at the citizen's newest message, since Zalo shows nobody typing; free. Raises nothing."""
        newest = self._newest.get(chat)
        if not newest:
            return
        body = {"recipient": {"user_id": chat}, "sender_action": {"react_icon": THUMB, "react_message_id": newest}}
        try:
            await self._with_token(lambda token: self._http.post(Host.OA, "/v2.0/oa/message", body, token))
        except (NotSent, Lost, NoToken, ZaloError) as error:
            self.counts["reaction_failed"] += 1
            log.debug("zalo_oa: a reaction failed: %s", error)

    async def _text(self, letter: Letter) -> None:
        try:
            await self._say(letter, message(letter, self.account.buttons))
        except ZaloError as error:
            if error.policy is not Policy.PAYLOAD or not letter.choices:
                raise
            self.counts["without_buttons"] += 1
            log.warning("zalo_oa: outbox %d goes without its buttons: %s", letter.seq, error.code)
            await self._say(letter, message(letter, buttons=False))

    async def _file(self, letter: Letter) -> None:
        assert letter.attachment is not None
        file = upload(letter.attachment)
        if file is None:
            raise ZaloError(Host.OA, -201, "a file of a kind or size that Zalo does not take")
        found = await self._with_token(
            lambda token: self._http.upload(
                file.path, file.attachment.name, file.attachment.content, file.attachment.type, token
            )
        )
        given = found.get("data", {}).get(file.key)
        if not isinstance(given, str):
            raise Lost("an upload without its id")
        await self._say(letter, file.message(given))

    async def _say(self, letter: Letter, said: Mapping[str, Any]) -> None:
        body = to(letter.chat.id, said)
        found = await self._with_token(lambda token: self._http.post(Host.OA, CS, body, token))
        data = found.get("data")
        if isinstance(data, dict):
            self._echoes.sent(str(data.get("message_id", "")))
            self._outreach.sent(data)

    async def _with_token(self, call: Callable[[str], Awaitable[T]]) -> T:
        """One call; once more with a new token where the old one is refused."""
        token = await self._tokens.current()
        try:
            return await call(token)
        except ZaloError as error:
            if error.policy is not Policy.TOKEN:
                raise
        return await call(await self._tokens.renewed(token))


async def _here(_request: web.Request) -> web.Response:
    return web.Response(text="zalo\n")


def _looked_at(storing: asyncio.Future[None]) -> None:
    """What failed after its answer was given is known by the 503 that was sent."""
    if not storing.cancelled():
        storing.exception()
