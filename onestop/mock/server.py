"""A one-stop system to try and test with: a real HTTP server with a seeded population and a clock that is passed in.

It answers ``POST /api`` as the national adapter does and pushes every completion and status change of its units to
``push_to``, signed, in order, again and again until they are taken. ``GET /`` is a page that shows the dossiers and
lets one move them (``mock_page.py``), ``GET /dossiers`` the same as plain text. Faults on demand
(``mock_faults.py``): ``/api?fault=slow``, or the attribute ``fault`` for everything. No name or phone in it is real.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import orjson
from aiohttp import web
from msgspec import Struct

from onestop.client import Answer
from onestop.code import DossierCode
from onestop.days.calendar import Calendar, vietnam
from onestop.dossier import Status
from onestop.mock.faults import Fault
from onestop.mock.page import Filter, page
from onestop.mock.population import Sizes, make_world
from onestop.mock.pusher import Deliver, Pusher
from onestop.mock.rows import Row, as_its_day_passed, dossier_row, told_of
from onestop.mock.simulation import Happening, MockUnit, World
from onestop.rows import read_phone
from onestop.wire import choose, read_reply

BATCH = 50


class Listed(Struct, frozen=True):
    """A dossier as ``dossiers()`` lists it; ``proof``: the last four of its phone, None where that proves nothing;
    ``parts``: how many agencies work on it, 0 where it is not linked."""

    code: str
    proof: str | None
    status: Status
    procedure: str
    unit: str
    late: bool
    parts: int = 0


class MockOneStop:
    """The mock. ``units`` with their weights; the same units, seed and first ``now()`` give the same dossiers.

    ``token``: the session it wants, None takes any. ``push_to``: the address that pushes are posted to (signed with
    ``secret``); ``deliver`` instead takes them in the same process.
    """

    def __init__(
        self,
        units: Sequence[MockUnit],
        *,
        now: Callable[[], datetime],
        seed: int = 1,
        secret: str = "",
        token: str | None = None,
        push_to: str | None = None,
        deliver: Deliver | None = None,
        calendar: Calendar | None = None,
        sizes: Sizes | None = None,
        slow_for: float = 4.0,
        pause: float = 0.2,
    ) -> None:
        self.now = now
        self.fault: Fault | None = None
        self.lookups = 0
        self._world: World = make_world(units, calendar or vietnam(), now(), seed, sizes)
        self._token, self._slow_for = token, slow_for
        self._pusher = Pusher(secret, push_to, deliver, random.Random(seed), pause, lambda: self.fault)
        self._ending = asyncio.Event()
        self._ticking: asyncio.Task[None] | None = None
        self._runner: web.AppRunner | None = None

    # --- what happens in it ------------------------------------------------------------------------------------------

    def dossiers(self) -> list[Listed]:
        """What was handed in by now, the five demo dossiers first."""
        known = sorted(self._world.known(self.now()), key=lambda record: (record.demo_proof is None, record.code))
        return [
            Listed(
                record.code,
                read_phone(record.phone),
                record.status(self.now()) or Status.UNKNOWN,
                record.procedure.name,
                record.unit.code,
                record.is_late(self.now()),
                len(record.parts),
            )
            for record in known
        ]

    def codes(self) -> tuple[str, ...]:
        """Every dossier there is and will be, as printed."""
        return tuple(self._world.records)

    def advance(self, to: datetime | None = None) -> int:
        """Let everything happen that is due by ``to`` (default: now); gives how many steps that were."""
        happened = self._world.advance(to or self.now())
        self._announce(happened)
        return len(happened)

    def move(self, code: str, status: int, at: datetime | None = None) -> None:
        """An official's click: a dossier, or a part, gets this national status at ``at`` (default: now); it is pushed.

        Raises KeyError where there is no such dossier, ValueError where there is no such status or code.
        """
        self._announce(self._world.move(code, Status(status), at or self.now()))

    def sync(self) -> int:
        """Push every dossier known by now, as a system does that is connected for the first time: those that were late
        as their day passed, then all as they stand. Gives how many dossiers that were."""
        now = self.now()
        known = self._world.known(now)
        earlier = [row for record in known if (row := as_its_day_passed(record, now)) is not None]
        for rows in (earlier, [dossier_row(record, now) for record in known]):
            for first in range(0, len(rows), BATCH):
                self._pusher.push("DongBoHoSoMC", rows[first : first + BATCH])
        return len(known)

    async def delivered(self, within: float = 10.0) -> None:
        """Wait until every push was taken. Raises TimeoutError."""
        await self._pusher.delivered(within)

    async def lookup(self, code: DossierCode) -> Answer:
        """The same answer as over HTTP, in the same process: the whole way through rows and JSON."""
        for form in code.forms:
            question = {"session": self._token, "service": "TraCuuHoSo", "mahoso": form}
            found = choose(code, read_reply(orjson.dumps(self._answer(question))))
            if found is not None:
                break
        return Answer(found, self.now())

    def _announce(self, happenings: Sequence[Happening]) -> None:
        """Order is kept; what goes by the same service goes together."""
        service, rows = "", list[Row]()
        for happening in happenings:
            needed, row = told_of(happening, self._world.find(happening.record.whole))
            if rows and (needed != service or len(rows) == BATCH):
                self._pusher.push(service, rows)
                rows = []
            service = needed
            rows.append(row)
        if rows:
            self._pusher.push(service, rows)

    # --- the server --------------------------------------------------------------------------------------------------

    async def start(self, host: str = "127.0.0.1", port: int = 0, tick: float | None = 1.0) -> str:
        """Serve; gives the base URL. Every ``tick`` seconds what is due happens; None: only by ``advance``."""
        application = web.Application()
        application.router.add_post("/api", self._api)
        application.router.add_post("/move", self._move_by_http)
        application.router.add_post("/fault", self._fault_by_http)
        application.router.add_get("/", self._page)
        application.router.add_get("/dossiers", self._list)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.start_pushing(tick)
        bound = self._runner.addresses[0][1]
        return f"http://[{host}]:{bound}" if ":" in host else f"http://{host}:{bound}"

    def start_pushing(self, tick: float | None = None) -> None:
        """Without a server: only deliver pushes (and tick)."""
        self._pusher.start()
        if tick is not None:
            self._ticking = asyncio.create_task(self._tick(tick))

    async def stop(self) -> None:
        """Stop serving and pushing; what was not taken yet is lost."""
        self._ending.set()
        if self._ticking is not None:
            self._ticking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticking
        await self._pusher.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def refused(self) -> int:
        """How many pushes were refused for good."""
        return self._pusher.refused

    async def _tick(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            self.advance()

    async def _api(self, request: web.Request) -> web.Response:
        self.lookups += 1
        asked = request.query.get("fault")
        fault = self.fault if asked is None else Fault(asked) if asked in {fault.value for fault in Fault} else None
        match fault:
            case Fault.SLOW:
                await asyncio.sleep(self._slow_for)
            case Fault.BLACK_HOLE:
                await self._ending.wait()
                return web.Response(status=503)
            case Fault.UNAVAILABLE:
                return web.Response(status=503, text="<html>503 Service Unavailable</html>")
            case Fault.GARBAGE:
                return web.Response(text='<html>{"error_code":', content_type="text/html")
            case Fault.ERROR:
                return _json({"error_code": "99", "error_message": "Lỗi hệ thống"})
            case Fault.EXPIRED:
                return _json({"error_code": "401", "error_message": "session expired"})
        try:
            question = orjson.loads(await request.read())
        except orjson.JSONDecodeError:
            return _json({"error_code": "97", "error_message": "invalid JSON"})
        answer = self._answer(question if isinstance(question, dict) else {})
        if fault is Fault.DOUBLE:
            return _json(
                {"message": orjson.dumps({**answer, "result": orjson.dumps(answer["result"]).decode()}).decode()}
            )
        if fault in (Fault.DUPLICATES, Fault.DISORDER):
            answer = {**answer, "result": self._twice(question, disorder=fault is Fault.DISORDER)}
        return _json(answer)

    def _twice(self, question: object, *, disorder: bool) -> list[Row]:
        """The row twice, or the row after one of how the dossier stood before."""
        code = str(question.get("mahoso", "")) if isinstance(question, dict) else ""
        record, now = self._world.find(code), self.now()
        past = [] if record is None else record.past(now)
        if record is None or not past:
            return []
        before = past[-2].at if disorder and len(past) > 1 and record.moved_at is None else now
        return [dossier_row(record, now), dossier_row(record, before)]

    def _answer(self, question: Mapping[str, object]) -> Row:
        if self._token is not None and question.get("session") != self._token:
            return {"error_code": "401", "error_message": "session expired", "result": []}
        if question.get("service") != "TraCuuHoSo":
            return {"error_code": "98", "error_message": "unknown service", "result": []}
        record = self._world.find(str(question.get("mahoso", "")))
        now = self.now()
        return {
            "error_code": "00",
            "result": [] if record is None or not record.past(now) else [dossier_row(record, now)],
        }

    async def _move_by_http(self, request: web.Request) -> web.StreamResponse:
        """JSON, or the page's form, which leads back to the page. ``curl -d`` calls JSON a form, so look inside."""
        sent = await request.read()
        by_form = not sent.lstrip().startswith(b"{")
        try:
            body = dict(await request.post()) if by_form else orjson.loads(sent)
            self.move(str(body["code"]), int(str(body["status"])))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return web.json_response({"error": "want a known code and a status 1 to 10"}, status=400)
        if by_form:
            raise web.HTTPSeeOther(Filter.read(body).address)
        return web.json_response({"ok": True})

    async def _fault_by_http(self, request: web.Request) -> web.StreamResponse:
        body = await request.post()
        told = str(body.get("fault", ""))
        if told and told not in {fault.value for fault in Fault}:
            return web.json_response({"error": "no such fault"}, status=400)
        self.fault = Fault(told) if told else None
        raise web.HTTPSeeOther(Filter.read(body).address)

    async def _page(self, request: web.Request) -> web.Response:
        known = [self._world.records[each.code] for each in self.dossiers()]
        text = page(known, self.now(), Filter.read(request.query), self.fault)
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"}
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def _list(self, request: web.Request) -> web.Response:
        lines = [
            f"{listed.code}  {listed.proof or '----'}  {int(listed.status):2}  {listed.procedure}"
            for listed in self.dossiers()
        ]
        return web.Response(text="\n".join(["DỮ LIỆU MẪU", *lines, ""]))


def _json(body: Row) -> web.Response:
    return web.Response(body=orjson.dumps(body), content_type="application/json")
