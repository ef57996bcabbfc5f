"""The web server: the channels' routes, the backend's pushes, and what operators look at."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any

from aiohttp import web

from bot.app import App
from bot.file_door import FileDoor
from bot.proofs.receipt_desk import ReceiptDesk
from bot.proofs.slip_desk import SlipDesk
from onestop.client import BadPush, read_push, verify

log = logging.getLogger(__name__)
LARGEST_PUSH = 8 * 1024 * 1024
STOPS_WITHIN = 2.0


class Server:
    """HTTP for one ``App``. ``start`` binds before anything else is begun, so that a port in use ends the start."""

    def __init__(self, app: App, host: str, port: int) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        """Bind and serve; the address, ``http://host:port``. Raises OSError."""
        application = web.Application(client_max_size=LARGEST_PUSH)
        for channel in self._app.channels.values():
            application.add_routes(channel.routes())
        application.add_routes(
            [
                web.post("/onestop", self._onestop),
                web.post("/onestop/receipt", self._receipt),
                web.post("/onestop/slip", self._slip),
                *FileDoor(self._app).routes(),
                web.get("/healthz", self._healthz),
                web.get("/readyz", self._readyz),
                web.get("/metrics", self._metrics),
            ]
        )
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=STOPS_WITHIN)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port, reuse_address=True)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    async def stop(self) -> None:
        """Close the door."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _signed(self, request: web.Request) -> bytes | None:
        """The body of a request that the backend signed; None where it did not."""
        secret = self._app.settings.onestop_secret
        raw = await request.read()
        header = request.headers.getall("X-Onestop-Signature", [])
        return raw if secret and len(header) == 1 and verify(secret, raw, header[0]) else None

    async def _receipt(self, request: web.Request) -> web.Response:
        return await self._paper(request, ReceiptDesk.of(self._app).answer)

    async def _slip(self, request: web.Request) -> web.Response:
        return await self._paper(request, SlipDesk.of(self._app).answer)

    async def _paper(self, request: web.Request, answered: Callable[[bytes], Awaitable[Any]]) -> web.Response:
        """What the desk's software prints."""
        raw = await self._signed(request)
        if raw is None:
            return web.json_response({"error": "signature"}, status=401)
        try:
            answer = await answered(raw)
        except BadPush as bad:
            return web.json_response({"error": bad.reason}, status=400)
        except Exception as error:
            log.error("a paper could not be stored: %s", type(error).__name__)
            return web.json_response({"error": "storage"}, status=503)
        return web.json_response(answer, headers={"Cache-Control": "no-store"})

    async def _onestop(self, request: web.Request) -> web.Response:
        raw = await self._signed(request)
        if raw is None:
            return web.json_response({"error": "signature"}, status=401)
        try:
            push = read_push(raw, self._app.shelf.statuses)
        except BadPush as bad:
            return web.json_response({"error": bad.reason}, status=400)
        try:
            await self._app.pushed(push)
        except Exception as error:
            log.error("a push could not be stored: %s", type(error).__name__)
            return web.json_response({"error": "storage"}, status=503)
        for reason in push.bad[:20]:
            log.warning("a pushed row was left out: %s", reason)
        return web.json_response({"error_code": "00", "stored": len(push.rows), "left_out": list(push.bad[:100])})

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _readyz(self, _request: web.Request) -> web.Response:
        wrong = self._app.ready()
        if wrong:
            return web.json_response({"ready": False, "wrong": wrong}, status=503)
        return web.json_response({"ready": True})

    async def _metrics(self, request: web.Request) -> web.Response:
        if not self._may_measure(request):
            return web.Response(status=403, text="only from this machine, or with MOTCUA_METRICS_TOKEN\n")
        metrics = self._app.metrics
        metrics.inbox_waiting.set(self._app.worker.waiting)
        metrics.outbox_waiting.set(self._app.sender.waiting)
        return web.Response(body=metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    def _may_measure(self, request: web.Request) -> bool:
        token = self._app.settings.metrics_token
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token and hmac.compare_digest(given.encode(), token.encode()):
            return True
        if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
            return False  # a proxy on this machine speaks for somebody else
        try:
            return ip_address(request.remote or "").is_loopback
        except ValueError:
            return False
