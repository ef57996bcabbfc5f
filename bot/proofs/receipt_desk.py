"""Receipts for those who print them: the command line, and the desk's own software over HTTP."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import to_builtins
from sqlalchemy import Connection

from bot.control import Does
from bot.paper import slip
from bot.proofs import receipts
from bot.proofs.paper_desk import PaperDesk, asked_for, note, parsed
from onestop import store


class ReceiptDesk(PaperDesk):
    """Makes and ends receipts."""

    def by_name(self) -> Mapping[str, Does]:
        """The operations that another process may ask for."""
        return {"receipt": self.receipt, "receipt_end": self.receipt_end}

    async def receipt(self, given: dict[str, Any]) -> Any:
        """``{"code","afresh"}`` → ``{"code","known","unit","phone","demo","links":[{"channel","url","says"}]}``."""
        code, now = parsed(given["code"]), self._now()
        who = str(given.get("who", "operator"))

        def write(connection: Connection) -> tuple[str, store.Stored | None]:
            token = receipts.issue(connection, self._keys, code, now, afresh=bool(given.get("afresh")))
            known = store.find(connection, code.canonical)
            note(connection, now, who, "made a receipt", self._unit(known), code)
            return token, known

        token, known = await self._database.write(write)
        zalo = self._settings.zalo.oa_id
        links = receipts.links(token, web=self._settings.page, telegram=self._telegram(), zalo=zalo)
        return {**self._described(code, known), "links": [to_builtins(link) for link in links]}

    async def receipt_end(self, given: dict[str, Any]) -> Any:
        """``{"code"}`` → ``{"code","ended"}``: nothing printed so far opens the dossier any more."""
        return await self._ended(given, "ended receipts", receipts.end)

    async def answer(self, raw: bytes) -> dict[str, Any]:
        """The answer to a signed request of the desk's software, ``{"service": "receipt", "code", "at", "afresh"}``.

        ``at``: when it was asked, ISO 8601 with a zone. Raises BadPush where the request is wrong, or not of now.
        """
        asked = asked_for("receipt", raw, self._now())
        made = await self.receipt({**asked, "who": "onestop"})
        return {"error_code": "00", "result": {**made, "pictures": _pictures(made)}}


def _drawn(made: dict[str, Any]) -> Iterator[tuple[receipts.Link, str]]:
    """Each link with its slip."""
    for link in (receipts.Link(**each) for each in made["links"]):
        yield link, slip.slip(link, made["code"], made["unit"], made["phone"], demo=made["demo"])


def _pictures(made: dict[str, Any]) -> dict[str, dict[str, str]]:
    """By channel: ``png`` in base64, ``svg`` and ``slip``."""
    return {
        link.channel: {"png": base64.b64encode(slip.png(link)).decode(), "svg": slip.svg(link), "slip": paper}
        for link, paper in _drawn(made)
    }


def files_of(made: dict[str, Any]) -> dict[str, bytes]:
    """What is printed, by the end of its file's name: of each channel the QR and the slip."""
    files: dict[str, bytes] = {}
    for link, paper in _drawn(made):
        files[f"-{link.channel}.png"] = slip.png(link)
        files[f"-{link.channel}.svg"] = slip.svg(link).encode()
        files[f"-{link.channel}-slip.svg"] = paper.encode()
    return files
